"""The driver's two clocks, and how one of them continues over a restart."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

AGREE = 5.0  # seconds by which two clocks may differ and still say the same


@dataclass(frozen=True)
class Mark:
    """What three clocks showed at one moment: the driver's steady one, the system's, and the machine's uptime."""

    steady: float
    wall: float
    monotonic: float


@dataclass(frozen=True)
class Elapsed:
    """Seconds since a mark, and why they may be too few."""

    seconds: float
    doubt: str = ""


def since(mark: Mark, wall: float, monotonic: float) -> Elapsed:
    """How much time went by since a mark that another process left.

    The uptime is right unless the machine restarted, the system clock unless somebody set it. Where they differ,
    the lesser counts: a stall found late costs time, one found too early gives a VIOS up that installs.
    """
    by_wall, by_uptime = wall - mark.wall, monotonic - mark.monotonic
    if by_uptime >= 0 and abs(by_wall - by_uptime) <= AGREE:
        return Elapsed(by_uptime)
    seconds = min((span for span in (by_wall, by_uptime) if span >= 0), default=0.0)
    return Elapsed(
        seconds,
        f"the machine restarted or its clock was set: {seconds:.0f} s are counted since the last record, "
        f"the system clock says {by_wall:.0f} s",
    )


class Clock:
    """``wall`` is what time limits are held against; ``steady`` counts durations and stalls.

    ``steady`` begins at the system clock, once for a journal, and then follows the monotonic one: setting the
    system clock does not move it. A later driver continues from the mark in the journal.
    """

    def __init__(
        self,
        mark: Mark | None = None,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.wall, self._monotonic = wall, monotonic
        self.gone_by = Elapsed(0.0) if mark is None else since(mark, wall(), monotonic())
        begin = wall() if mark is None else mark.steady + self.gone_by.seconds
        self._start = begin - monotonic()

    def steady(self) -> float:
        return self._start + self._monotonic()

    def mark(self) -> Mark:
        return Mark(self.steady(), self.wall(), self._monotonic())
