"""How long a migration will take, judging by earlier ones; and lengths of time as people write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median

AUTO = "auto"
DAY, HOUR, MINUTE = 86400, 3600, 60


@dataclass(frozen=True)
class History:
    """Seconds that successful migrations took, by VIOS."""

    took: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def expected(self, vios: str) -> float | None:
        """The median of its own, else of all; None when nothing is known."""
        known = self.took.get(vios)
        return median(known) if known else self._of_all

    @cached_property
    def _of_all(self) -> float | None:
        every = [seconds for one in self.took.values() for seconds in one]
        return median(every) if every else None

    def of_tuple(self, vioses: Iterable[str]) -> float:
        return sum(self.expected(vios) or 0.0 for vios in vioses)


def span(seconds: float) -> str:
    """``3 d 4 h``, ``3 h 5 min``, ``40 s``: two units say enough."""
    left = max(0, int(seconds))
    if left < MINUTE:
        return f"{left} s"
    words = []
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        count, left = divmod(left, unit)
        if count:
            words.append(f"{count} {name}")
    return " ".join(words[:2])
