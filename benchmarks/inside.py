"""The driver's loop in this process, with NIM's commands as function calls: no command takes processor time of its own.

Two uses: a night that passes on a clock we set, and many tuples brought into flight at once.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from benchmarks.site import Site, until
from saltext_vios.driver import commands as driver_commands
from saltext_vios.driver.clock import Clock
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.loop import QUESTIONS, Loop, Workers
from saltext_vios.migration.machine import State
from saltext_vios.nim import client
from saltext_vios.simulator import commands
from saltext_vios.simulator.api import Simulator

NOBODY = SimpleNamespace(idle=True, deliver=lambda: None)  # no events


@contextlib.contextmanager
def no_processes(simulator: Simulator) -> Iterator[None]:
    """What the driver runs is answered by the simulator in this process, for a while."""

    def run(argv: Sequence[str], executable: str, *_: object) -> client.Output:
        with contextlib.redirect_stdout(io.StringIO()) as stdout, contextlib.redirect_stderr(io.StringIO()) as stderr:
            rc = commands.main(str(simulator.directory), Path(executable).name, list(argv[1:]))
        return client.Output(rc, stdout.getvalue(), stderr.getvalue())

    def launch(directory: Path, executable: str, argv: Sequence[str], env: Mapping[str, str], not_after: Any) -> None:
        directory.mkdir(mode=0o700)
        outcome = {"rc": run(argv, executable).rc, "pid": 0}
        for name in ("begun.json", "outcome.json"):
            (directory / name).write_text(json.dumps(outcome))

    with patch.object(client, "run", run), patch.object(driver_commands, "launch", launch):
        yield


class SetClock:
    """The driver's clocks and the simulator's; both stand still until they are set."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator, self.at = simulator, float(int(time.time()))
        simulator.speed(0)

    def now(self) -> float:
        return self.at

    def set(self, at: float) -> None:
        self.simulator.advance(at - self.at)
        self.at = at


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
            future.set_result(call())


def night(site: Site, ask: Callable[[float], None], listing: float, question: float) -> float:
    """Carry out what ``ask`` asks for at the time it is given; the seconds until all is done.

    :param listing: seconds that the look at NIM takes.
    :param question: seconds that the questions of a tuple, or to one VIOS, take together.
    """
    clock = SetClock(site.simulator)
    workers = Workers(Later(clock, listing, 1), Later(clock, question, QUESTIONS))
    begin = clock.now()
    ask(begin)
    with no_processes(site.simulator), Journal(site.home) as journal:
        loop = Loop(journal, site.settings, workers, NOBODY, Clock(wall=clock.now, monotonic=clock.now))
        loop.tick()
        while not loop.idle:
            clock.set(_next(loop, workers, clock.now()))
            for executor in (workers.listing, workers.questions):
                executor.answer()
            loop.tick()
    return clock.now() - begin


def _next(loop: Loop, workers: Workers, now: float) -> float:
    """The driver wakes once a second; the seconds in which there is nothing for it are left out."""
    if any(m.state is State.STARTING for flight in loop.flights.values() for m in flight.run.migrations):
        return now + 1
    due = [executor.due[0][0] for executor in (workers.listing, workers.questions) if executor.due]
    if loop.listing_future is None:
        due.append(loop.next_poll)
    return max(now + 1, float(math.ceil(min(due))))


class AtOnce(Executor):
    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(function(*args))
        return future


def take_off(site: Site, tuples: Sequence[Sequence[str]]) -> None:
    """Bring the first VIOSes of tuples into flight; a real driver finds them there and goes on."""
    site.ask(tuples, time.time())
    with no_processes(site.simulator), Journal(site.home) as journal:
        loop = Loop(journal, site.settings, Workers(AtOnce(), AtOnce()), NOBODY, Clock())

        def all_begun() -> bool:
            loop.next_poll = 0.0
            loop.tick()
            return sum(m.begun for flight in loop.flights.values() for m in flight.run.migrations) == len(tuples)

        until(all_begun, "the start of every tuple")
