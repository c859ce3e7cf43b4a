"""How often lsnim is started while tuples install: one look serves them all."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figures import Figure, directory
from benchmarks.inside import take_off
from benchmarks.site import drawn, frames, listings, pairs, site, start_driver, until

IN_FLIGHT = (1, 10, 100)
INTERVAL, LOOKS = 2.0, 20  # seconds; the rate does not depend on what the interval is
LIMIT = 1.05 * 3600 / INTERVAL


def measure() -> Iterator[Figure]:
    rates = [rate(number) for number in IN_FLIGHT]
    yield Figure(
        f"`lsnim` starts per hour with {', '.join(map(str, IN_FLIGHT))} tuples in flight, at a `poll_interval` "
        f"of {INTERVAL:.0f} s",
        ", ".join(f"{one:.0f}" for one in rates),
        f"{LIMIT:.0f} (3600 / `poll_interval` + 5 %)",
        max(rates) <= LIMIT,
    )


def rate(number: int) -> float:
    """Starts per hour, from the times of the first and the last of a row."""
    tuples = pairs(number)
    settings = {"poll_interval": INTERVAL, "max_parallel": number}
    with directory() as root, site(root, frames(tuples, drawn(tuples)), **settings) as nim_master:
        take_off(nim_master, tuples)
        start_driver(nim_master.home)
        before = len(listings(nim_master))
        # The first two are of the driver's beginning.
        until(lambda: len(listings(nim_master)) >= before + LOOKS + 2, f"{LOOKS} starts of lsnim")
        starts = listings(nim_master)[before + 2 :]
    return (len(starts) - 1) / (starts[-1] - starts[0]) * 3600
