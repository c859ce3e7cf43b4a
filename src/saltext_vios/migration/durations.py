"""How long a migration will take, judging by earlier ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median

AUTO = "auto"


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
