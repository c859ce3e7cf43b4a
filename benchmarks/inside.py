"""The driver's loop in this process, see ``tests.in_process``: no command takes processor time of its own.

Two uses: a night that passes on a clock we set, and many tuples brought into flight at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import Any

from benchmarks.site import Site, until
from saltext_vios.driver.clock import Clock
from saltext_vios.driver.desk import Workers
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.loop import Loop
from tests.in_process import NOBODY, Driver, SetClock, no_processes


def night(site: Site, ask: Callable[[float], None], listing: float, question: float) -> float:
    """Carry out what ``ask`` asks for at the time it is given; the seconds until all is done.

    :param listing: seconds that the look at NIM takes.
    :param question: seconds that the questions of a tuple, or to one VIOS, take together.
    """
    clock = SetClock(site.simulator)
    begin = clock.now()
    ask(begin)
    with no_processes(site.simulator):
        driver = Driver(site.home, clock, listing, question)
        while driver.turn():
            pass
        driver.end()
    return clock.now() - begin


class AtOnce(Executor):
    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(function(*args))
        return future


def take_off(site: Site, tuples: Sequence[Sequence[str]]) -> None:
    """Bring the first VIOSes of tuples into flight; a real driver finds them there and goes on."""
    site.ask(tuples, time.time())
    with no_processes(site.simulator), Journal(site.home) as journal:
        loop = Loop(journal, site.settings, Workers(AtOnce(), AtOnce(), AtOnce()), NOBODY, Clock())

        def all_begun() -> bool:
            loop.next_poll = 0.0
            loop.tick()
            return sum(m.begun for flight in loop.flights.values() for m in flight.run.migrations) == len(tuples)

        until(all_begun, "the start of every tuple")
