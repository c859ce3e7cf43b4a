"""The driver's loop in this process on a clock that is set, NIM's commands as function calls: hours pass in no time.

What is real: the loop, the journal, the core, the readers, the simulator's answers. What is not: processes, the time. A
``Night`` stands in for both ends of the one seam: who starts a driver gets a ``Driver`` here, and whoever sleeps (a
follower, a test that waits) lets the night go on.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from datetime import datetime
from functools import partial
from heapq import heappop, heappush
from itertools import count
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from saltext_vios.driver import capture as driver_capture
from saltext_vios.driver import client as driver_client
from saltext_vios.driver import commands as driver_commands
from saltext_vios.driver import locks, presence
from saltext_vios.driver import loop as driver_loop
from saltext_vios.driver.clock import Clock
from saltext_vios.driver.desk import QUESTIONS, REPORTS, Workers
from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.loop import Loop
from saltext_vios.errors import JournalError
from saltext_vios.migration.facts import CommandState
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.transitions import State
from saltext_vios.modules import _support
from saltext_vios.nim import client
from saltext_vios.simulator.api import Simulator
from tests.answers import Commands

LISTING, QUESTION = 1.0, 10.0  # seconds that a look at NIM takes, and the questions of a tuple


def _nothing(*_: Any) -> None:
    pass


# No events are sent.
NOBODY = SimpleNamespace(idle=True, deliver=_nothing, trouble=_nothing, recovered=_nothing, last_words=_nothing)


@contextlib.contextmanager
def no_processes(simulator: Simulator) -> Iterator[Commands]:
    """What the driver runs is answered by the simulator in this process, for a while."""
    made = Commands(simulator)
    with contextlib.ExitStack() as stack:
        for whose in (client, _support, driver_capture):
            stack.enter_context(patch.object(whose, "run", made.run))
        stack.enter_context(patch.object(driver_commands, "launch", made.launch))
        yield made
    for _, lock, *_ in made.hanging:
        locks.release(lock)
    made.close()


class SetClock:
    """The time, of the driver and of the simulator; it stands still until it is set.

    ``ahead``: by how many seconds somebody set the system clock; ``booted``: when the machine was started.
    """

    def __init__(self, simulator: Simulator) -> None:
        self.simulator, self.at = simulator, float(int(time.time()))
        self.ahead, self.booted = 0.0, 0.0
        simulator.speed(0)

    def now(self) -> float:
        return self.at

    def wall(self) -> float:
        return self.at + self.ahead

    def uptime(self) -> float:
        return self.at - self.booted

    def set(self, at: float) -> None:
        self.simulator.advance(at - self.at)
        self.at = at

    @property
    def datetime(self) -> type[datetime]:
        """A ``datetime`` whose ``now`` is this clock's."""
        return type("datetime", (datetime,), {"now": lambda tz=None: datetime.fromtimestamp(self.wall(), tz)})


class Later(Executor):
    """Answers when the clock has come to it: each call takes a time, ``width`` of them go at once."""

    def __init__(self, clock: SetClock, takes: float, width: int) -> None:
        self.clock, self.takes = clock, takes
        self.free = [0.0] * width
        self.due: list[tuple[float, int, Future[Any], Callable[[], Any]]] = []
        self.order = count()

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
        at = max(heappop(self.free), self.clock.now()) + self.takes
        heappush(self.free, at)
        future: Future[Any] = Future()
        heappush(self.due, (at, next(self.order), future, partial(function, *args)))
        return future

    def answer(self) -> None:
        while self.due and self.due[0][0] <= self.clock.now():
            _, _, future, call = heappop(self.due)
            try:
                future.set_result(call())
            except Exception as error:  # it is the caller's, as of any executor
                future.set_exception(error)


class OneTurn:
    """Lets ``loop.run`` do one turn; ``done`` is False when it left instead."""

    done = False
    asked = False

    def is_set(self) -> bool:
        self.done, self.asked = self.asked, True
        return self.done


class Driver:
    """A driver of a state directory, a turn at a time."""

    def __init__(
        self, home: Home, clock: SetClock, listing: float = LISTING, question: float = QUESTION, sender: Any = NOBODY
    ) -> None:
        self.clock = clock
        self.lock = locks.acquire(home.driver_lock)
        if self.lock is None:
            raise AssertionError(f"another driver has {home.path}")
        presence.announce(self.lock)
        self.workers = Workers(
            Later(clock, listing, 1), Later(clock, question, QUESTIONS), Later(clock, question, REPORTS)
        )
        self.journal = Journal(home, drives=True)
        own = Clock(self.journal.last_mark(), wall=clock.wall, monotonic=clock.uptime)
        self.loop = Loop(self.journal, self.journal.settings(), self.workers, sender, own)
        self.loop.sleep = _nothing
        self.quiet = 0

    def turn(self) -> bool:
        """Go on to the next moment at which there is something to do, and do it; False at the driver's end."""
        self.clock.set(self._next())
        for executor in (self.workers.listing, self.workers.questions, self.workers.reports):
            executor.answer()
        one = OneTurn()
        driver_loop.run(self.loop, one)
        self.quiet = self.quiet + 1 if self.loop.idle else 0
        return one.done and self.quiet < 2

    def _next(self) -> float:
        """A driver wakes once a second; the seconds in which there is nothing for it are left out."""
        now, loop = self.clock.now(), self.loop
        if any(_comes_back(m) for flight in loop.flights.values() for m in flight.run.migrations):
            return now + 1
        due = [executor.due[0][0] for executor in (self.workers.listing, self.workers.questions) if executor.due]
        if loop.listing_future is None:
            due.append(now + loop.next_poll - loop.clock.steady())
        return max(now + 1, float(math.ceil(min(due))))

    def end(self) -> None:
        self.journal.close()
        locks.release(self.lock)


def _comes_back(migration: Migration) -> bool:
    """A ``nim`` was launched, and nothing is known of it yet."""
    known = migration.command
    return migration.state is State.STARTING and (known is None or known.state is CommandState.ABSENT)


class Night:
    """One simulated NIM master, its driver while there is one, and the time."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator, self.clock = simulator, SetClock(simulator)
        self.driver: Driver | None = None
        self._thread, self._busy, self._sleep = threading.get_ident(), False, time.sleep

    @contextlib.contextmanager
    def falls(self) -> Iterator[Night]:
        """From here on nothing takes time but what says so."""
        clock = self.clock
        with contextlib.ExitStack() as stack:
            self.commands = stack.enter_context(no_processes(self.simulator))
            for whose, name, ours in (
                (driver_client, "start_driver", self.start_driver),
                (time, "time", clock.wall),
                (time, "sleep", self.sleep),
                (Clock.__init__, "__defaults__", (None, clock.wall, clock.uptime)),
            ):
                stack.enter_context(patch.object(whose, name, ours))
            stack.callback(self.kill_driver)
            yield self

    def start_driver(self, home: Home, _caller: Any) -> None:
        with contextlib.suppress(JournalError):
            self.driver = Driver(home, self.clock)

    def kill_driver(self) -> None:
        """As by SIGKILL: what it has not written is lost."""
        if self.driver is not None:
            self.driver.end()
            self.driver = None

    def sleep(self, seconds: float) -> None:
        """Who sleeps here lets the driver have its next turn; without one the time goes by."""
        if threading.get_ident() != self._thread:
            self._sleep(seconds)
        elif self.driver is None:
            self.clock.set(self.clock.now() + seconds)
        elif not self._busy:
            self._turn()

    def _turn(self) -> None:
        self._busy, goes_on = True, False
        try:
            self.commands.come_back()
            goes_on = self.driver.turn()
        finally:
            self._busy = False
            if not goes_on:
                self.kill_driver()
