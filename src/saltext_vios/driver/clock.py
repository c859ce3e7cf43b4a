"""The driver's two clocks."""

from __future__ import annotations

import time


class Clock:
    """``wall`` is what time limits are held against; ``steady`` counts durations and stalls.

    ``steady`` starts at the wall clock and then only follows the monotonic one: setting the system clock does not
    move it, and over a restart of the driver it can be compared with what an earlier driver recorded.
    """

    def __init__(self) -> None:
        self._start = time.time() - time.monotonic()

    def wall(self) -> float:
        return time.time()

    def steady(self) -> float:
        return self._start + time.monotonic()
