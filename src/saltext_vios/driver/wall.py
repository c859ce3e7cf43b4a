"""A wall around each tuple: what fails for one ends or delays that one, and is reported there; the others continue.

What fails is counted on disk, also where it takes the whole driver with it: while the driver works on a run, the
number of the run stands in a file, and the next driver finds it there. A tuple whose VIOS is in flight is never
dropped for that: it is followed with facts alone, as long as a silent one would be.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from saltext_vios.driver.desk import Desk
from saltext_vios.driver.flight import Flight
from saltext_vios.errors import DatabaseTaken, Fault, JournalError
from saltext_vios.migration.durations import span
from saltext_vios.migration.machine import Migration, move
from saltext_vios.migration.transitions import Event
from saltext_vios.migration.tuples import with_migration
from saltext_vios.nim.text import printable

log = logging.getLogger(__name__)
T = TypeVar("T")

FAULTS = 3  # in a row, before a tuple of which nothing is in flight is put aside


@dataclass
class _Trouble:
    """Of one run, while it lasts: since when, what was said, and until when it is left alone."""

    since: float
    said: str = ""
    rests_until: float = 0.0


class Wall:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._doing = os.open(desk.journal.home.doing, os.O_RDWR | os.O_CREAT, 0o600)
        self._left = _number(os.pread(self._doing, 32, 0))
        self._mark(0)
        self._trouble: dict[int, _Trouble] = {}

    def close(self) -> None:
        os.close(self._doing)

    def taken_up(self, flight: Flight) -> None:
        """A run that the driver before was at when it died has one more fault."""
        if flight.run.id == self._left:
            self._left = 0
            crash = f"the previous driver crashed while it worked on {flight.run.key}{self._log_is()}"
            self._count(flight, Fault(crash))

    def behind(self, flight: Flight, do: Callable[..., T], *about: object) -> T | None:
        """Do something for one run; what is raised there stays there.

        :raises JournalError: when nothing can be recorded, which is everybody's business.
        :raises DatabaseTaken: when this driver may start nothing at all.
        """
        known = self._trouble.get(flight.run.id)
        if known is not None and self.desk.clock.steady() < known.rests_until:
            return None
        self._mark(flight.run.id)
        try:
            done = do(*about)
        except Exception as error:
            # What is no Exception ends the driver, and the mark stays.
            self._mark(0)
            if isinstance(error, (JournalError, DatabaseTaken)):
                raise
            log.exception("run %s %s: internal error", flight.run.id, flight.run.key)
            text = f"{type(error).__name__}: {printable(str(error))[:300]}"
            self._count(flight, Fault(f"internal error of saltext-vios at {flight.run.key} ({text}){self._log_is()}"))
            return None
        self._mark(0)
        return done

    def well(self, flight: Flight) -> None:
        """It was looked at, and nothing failed."""
        known = self._trouble.get(flight.run.id)
        if known is not None and self.desk.clock.steady() >= known.rests_until:
            del self._trouble[flight.run.id]

    def _count(self, flight: Flight, fault: Fault) -> None:
        now, m = self.desk.clock.steady(), flight.run.current
        if m is None:
            return
        known = self._trouble.setdefault(flight.run.id, _Trouble(now))
        known.rests_until = now + flight.settings.poll_interval
        flight.bare = True
        flight.forget()
        times = self.desk.journal.faults(flight.run.id) + 1
        if not m.in_flight or str(fault) != known.said:
            known.said = str(fault)
            told = f"{fault}; {self._what_next(m, times)}"
            self.desk.journal.fault(flight.run, flight.line(m, "fault", told), self.desk.clock.wall())
        limit = flight.run.terms.limits.stall_timeout
        if m.in_flight and now - known.since >= limit:
            self._end(flight, m, f"{m.vios}: saltext-vios could not follow it for {span(limit)}: {fault}")
        elif not m.in_flight and times >= FAULTS:
            why = f"given up after {times} errors of saltext-vios in a row, nothing was started: {fault}"
            self._end(flight, m, f"{m.vios}: {why}")

    def _what_next(self, m: Migration, times: int) -> str:
        if m.in_flight:
            return "the VIOS is in flight, so it is still followed"
        return f"nothing was started, retrying ({times} of {FAULTS})"

    def _end(self, flight: Flight, m: Migration, message: str) -> None:
        step = move(m, Event.FAULTY, message)
        try:
            flight.record(step)
        except JournalError:
            raise
        except Exception:
            log.exception("run %s %s: only its status could be recorded", flight.run.id, flight.run.key)
            self.desk.journal.put_aside(flight.run.id, flight.run.key, message, self.desk.clock.wall())
            flight.run = replace(with_migration(flight.run, step.migration), over=True)

    def _log_is(self) -> str:
        return f", see {self.desk.journal.home.driver_log}"

    def _mark(self, run: int) -> None:
        os.pwrite(self._doing, f"{run:<31}\n".encode(), 0)


def _number(text: bytes) -> int:
    text = text.strip()
    return int(text) if text.isdigit() and len(text) < 19 else 0
