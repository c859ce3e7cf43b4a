"""The driver's loop: when NIM is looked at, whose turn it is, and when there is nothing left to do.

One thread decides. Whatever may block (lsnim, c_rsh, the Salt event bus) runs in a small pool and comes back as a
fact. One listing per poll interval serves every tuple, whoever asked for it. What is done for one tuple is done
behind a wall of its own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future

from saltext_vios import __version__
from saltext_vios.driver import commands as tool_commands
from saltext_vios.driver import one_vios, presence, standalone, waiting
from saltext_vios.driver.clock import Clock
from saltext_vios.driver.desk import Desk, Workers
from saltext_vios.driver.flight import Flight
from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal, Unreadable
from saltext_vios.driver.post import Post
from saltext_vios.driver.records import Note
from saltext_vios.driver.settings import Settings
from saltext_vios.driver.wall import Wall
from saltext_vios.errors import DatabaseTaken, JournalDamaged, JournalError, NIMUnavailable
from saltext_vios.migration import tuples
from saltext_vios.migration import waiting as reasons
from saltext_vios.migration.facts import CommandState
from saltext_vios.migration.tuples import Run
from saltext_vios.nim.client import Attributes

log = logging.getLogger(__name__)

LEFT = {
    presence.STOP: "stopped by",
    presence.HANDOVER: "replaced by a newer version, requested by",
    presence.REPLACED: "replaced since its Python is gone, requested by",
}
WORDS = 1.0  # seconds between two looks at why tuples wait
FAILURES = 20  # of the loop itself, in a row, before a new driver begins from the journal


class Loop:
    def __init__(
        self,
        journal: Journal,
        settings: Settings,
        workers: Workers,
        post: Post,
        clock: Clock,
        may_start: Callable[[Settings], None] = lambda settings: None,
    ) -> None:
        """:param may_start: asked before every start; raises ``DatabaseTaken``, which ends the driver."""
        self.journal, self.settings, self.post, self.clock = journal, settings, post, clock
        self.desk = Desk(journal, clock, workers, may_start, journal.durations(), runs=self._runs)
        self.wall = Wall(self.desk)
        self.flights: dict[int, Flight] = {}
        self.unreadable: list[Unreadable] = []
        self.listing_future: Future[dict[str, Attributes]] | None = None
        self.next_poll = 0.0
        self.failed_queries = 0
        self.seen_request = -1
        self.said: dict[int, str] | None = None  # why tuples wait, as last written for callers
        self.next_word = 0.0

    @property
    def interval(self) -> float:
        """The shortest poll interval that anybody under way asked for, in seconds."""
        wanted = [flight.options["poll_interval"] or flight.settings.poll_interval for flight in self.flights.values()]
        return min(wanted, default=self.settings.poll_interval)

    @property
    def idle(self) -> bool:
        return not self.flights and self.post.idle

    def tick(self) -> None:
        """Everything there is to do now; returns soon, waits for nothing."""
        self._load()
        for flight in [one for one in self.flights.values() if one.has_news]:
            self._for(flight, flight.collect)
        self._collect_orphans()
        self._collect_listing()
        self._begin()
        self._poll()
        self.post.deliver()

    def _for(self, flight: Flight, do: Callable[..., object], *about: object) -> object:
        """Do something for one tuple, behind its wall; one that is over by it leaves."""
        done = self.wall.behind(flight, do, *about)
        if flight.run.over:
            self.flights.pop(flight.run.id, None)
        return done

    # what others wrote

    def _load(self) -> None:
        newest = self.journal.newest_request()
        if newest != self.seen_request:
            self.settings = self.journal.settings() or self.settings
            self._take_up()
            self.journal.pick_up(self.clock.wall())
            self.seen_request = newest
            self.next_poll = min(self.next_poll, self.clock.steady())
        rows = {row["id"]: row for row in self.journal.changes()}
        for number, flight in list(self.flights.items()):
            if number not in rows:
                del self.flights[number]  # ended by somebody else's hand
            elif flight.row != tuple(rows[number]):
                self._for(flight, flight.changed, rows[number])
        self.unreadable = [one for one in self.unreadable if one.run.id in rows]

    def _take_up(self) -> None:
        self.unreadable = []
        for found in self.journal.unfinished():
            if isinstance(found, Unreadable):
                self._tell_unreadable(found)
            elif found.id not in self.flights:
                options, settings = self.journal.terms_of(found.request)
                flight = Flight(found, options, settings, self.desk)
                self.flights[found.id] = flight
                self.journal.unreadable(found.id, None)
                self.wall.taken_up(flight)
                self._for(flight, flight.take_up)

    def _tell_unreadable(self, found: Unreadable) -> None:
        """It takes its frame all the same: its VIOS may be down."""
        self.unreadable.append(found)
        if self.journal.unreadable(found.run.id, found.why):
            message = f"{found.run.key}: {found.why}; the driver leaves it alone. To end: vios.cancel {found.run.key}"
            log.error("run %s %s", found.run.id, message)
            self.journal.note(found.run, Note("fault", "", message), self.clock.wall())

    def _runs(self) -> list[Run]:
        return [flight.run for flight in self.flights.values()] + [one.run for one in self.unreadable]

    def _collect_orphans(self) -> None:
        """Commands that their runs no longer wait for: their frames stay taken until they end."""
        followed = {(f.run.id, m.n) for f in self.flights.values() for m in f.run.flying}
        for row in self.journal.running_commands():
            if (row["run"], row["n"]) in followed:
                continue
            directory = self.journal.home.command(row["run"], row["n"], row["attempt"])
            found = tool_commands.inspect(directory)
            if found.state is not CommandState.RUNNING:
                self.journal.command_ended(row["run"], row["n"], found.rc, *tool_commands.output(directory))

    # looks at NIM

    def _poll(self) -> None:
        now = self.clock.steady()
        if not self.flights or self.listing_future is not None or now < self.next_poll:
            return
        self.next_poll = now + self.interval
        self.listing_future = self.desk.ask(self.desk.workers.listing, one_vios.client(self.settings).vioses)

    def _collect_listing(self) -> None:
        if self.listing_future is None or not self.listing_future.done():
            return
        future, self.listing_future = self.listing_future, None
        try:
            self.desk.listing = future.result()
        except NIMUnavailable as error:
            self._without_listing(str(error))
            return
        except Exception as error:
            log.exception("the listing of lsnim could not be read")
            self._without_listing(f"internal error ({error}), see {self.journal.home.driver_log}")
            return
        self.failed_queries = 0
        presence.touch_last_poll(self.journal.home)
        before = self.desk.trust.missing
        wanted = [name for run in self._runs() for name in run.vioses]
        self.desk.trust = self.desk.trust.looked(self.desk.listing, wanted, self.settings.query_retries)
        if self.desk.trust.missing - before:
            log.warning("%s", self.desk.trust.doubt)
        for flight in list(self.flights.values()):
            self._for(flight, flight.look)
            self.wall.well(flight)

    def _without_listing(self, error: str) -> None:
        self.failed_queries += 1
        for flight in list(self.flights.values()):
            self._for(flight, flight.without_listing, error, self.failed_queries)

    # whose turn it is

    def _begin(self) -> None:
        """Give VIOSes their turn: the second of a tuple, and tuples for which there is a place."""
        self.desk.refresh()
        idle = [flight for flight in self.flights.values() if not flight.busy]
        asking = {flight.run.id: flight for flight in idle if self._for(flight, flight.turn)}
        active = [run for run in self._runs() if run.admitted]
        first = tuples.in_order([flight.run for flight in asking.values()], self.desk.history)
        admitted = tuples.admit(first, active, self.desk.frames(), self.desk.clusters)
        for run in admitted:
            self._for(asking[run.id], asking[run.id].turn, True)
        if self.clock.steady() >= self.next_word:
            self.next_word = self.clock.steady() + WORDS
            self._say_why_they_wait([run for run in first if run not in admitted])

    def _say_why_they_wait(self, queue: list[Run]) -> None:
        where = self.desk.frames(), self.desk.clusters
        others = [run for run in self._runs() if run.admitted]
        found = reasons.for_a_place(queue, others, *where)
        # By place: to hold each of a hundred against each, once a second, keeps a core busy.
        flying = reasons.by_place([run for run in others if run.flying], *where)
        for number, flight in self.flights.items():
            if number not in found:
                found[number] = flight.waits_for or reasons.for_another(flight.run, flying, *where)
        found = {number: why for number, why in found.items() if why}
        if found != self.said:
            self.said = found
            waiting.say(self.journal.home, found)

    def sleep(self) -> None:
        """Until there is news, the next look at NIM is due, or it is time to see what others wrote."""
        pause = min(1.0, self.interval / 4)
        if self.flights and self.listing_future is None:
            pause = min(pause, self.next_poll - self.clock.steady())
        self.desk.news.wait(max(0.05, pause))
        self.desk.news.clear()

    def states(self) -> dict[str, str]:
        return {f"{run.key} {m.vios}": m.state.value for run in self._runs() for m in run.migrations}


def run(loop: Loop, ended: threading.Event) -> str:
    """Tick until nothing is left to do, or this driver is asked to leave; why it ended."""
    quiet = failures = 0
    while quiet < 2:
        why = "stopped by a signal (SIGTERM)" if ended.is_set() else _asked_to_leave(loop.journal.home)
        if why:
            return why
        try:
            loop.tick()
        except JournalDamaged as error:
            loop.post.last_words(str(error), loop.states())
            raise
        except JournalError as error:
            loop.post.trouble(str(error), loop.states())
            quiet = 0
        except DatabaseTaken:
            raise
        except Exception as error:
            failures += 1
            log.exception("internal error in the driver itself, %s in a row (it crashes at %s)", failures, FAILURES)
            if failures >= FAILURES:
                raise
            loop.post.trouble(f"internal error ({error}), see {loop.journal.home.driver_log}", loop.states())
            quiet = 0
        else:
            loop.post.recovered(loop.states())
            quiet = quiet + 1 if loop.idle else 0
            failures = 0
        loop.sleep()
    return "nothing left to do"


def _asked_to_leave(home: Home) -> str:
    note = presence.leave_note(home)
    if note is None:
        return ""
    if (note.why == presence.HANDOVER and not presence.is_older(__version__, note.version)) or (
        note.why == presence.REPLACED and not standalone.obstacle()
    ):
        presence.cancel_stop(home)  # it was meant for the driver before this one
        return ""
    return f"{LEFT[note.why]} {note.by}" if note.why in LEFT else f"asked to leave by {note.by} ({note.why})"
