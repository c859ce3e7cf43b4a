"""What a benchmark hands back, and how two sides are timed beside one another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory


@dataclass(frozen=True)
class Figure:
    """One line of the table; ``holds`` is None where there is no limit."""

    what: str
    measured: str
    limit: str = "none"
    holds: bool | None = None


def table(figures: Sequence[Figure]) -> str:
    """The figures as Markdown."""
    words = {True: "yes", False: "**no**", None: ""}
    rows = [f"| {one.what} | {one.measured} | {one.limit} | {words[one.holds]} |" for one in figures]
    return "\n".join(["| what | measured | limit | holds |", "|---|---|---|---|", *rows])


def in_turns(
    rounds: int, *sides: Callable[[], object], clock: Callable[[], float] = time.perf_counter
) -> list[list[float]]:
    """Seconds that each side took, one after the other in every round: what slows the machine slows them all."""
    took: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for place, side in enumerate(sides):
            begin = clock()
            side()
            took[place].append(clock() - begin)
    return took


@contextmanager
def directory() -> Iterator[Path]:
    """A directory with a short path, as Salt's sockets need it."""
    with TemporaryDirectory(prefix="vb") as name:
        yield Path(name)
