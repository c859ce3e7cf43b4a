"""The driver's loop: gathers facts, lets the core decide, records what it decided, then does it.

One thread decides. Whatever may block (lsnim, c_rsh, the Salt event bus) runs in a small pool and comes back as a
fact. One listing per poll interval serves every tuple, whoever asked for it.
"""

from __future__ import annotations

import json
import logging
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from saltext_vios import __version__
from saltext_vios.driver import commands as nim_commands
from saltext_vios.driver import inquiry, presence
from saltext_vios.driver.clock import Clock
from saltext_vios.driver.home import Home
from saltext_vios.driver.inquiry import Answers
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.post import Post
from saltext_vios.driver.records import CommandRecord, Note
from saltext_vios.driver.settings import Settings
from saltext_vios.errors import JournalDamaged, JournalError, NIMUnavailable
from saltext_vios.migration import checks, clusters, tuples
from saltext_vios.migration.facts import CommandState, LevelAnswer
from saltext_vios.migration.machine import Event, Facts, Migration, State, Step, follow, move
from saltext_vios.migration.trust import Trust
from saltext_vios.migration.tuples import Run, with_migration
from saltext_vios.nim.client import Attributes
from saltext_vios.nim.commands import migvios
from saltext_vios.nim.process import environment

log = logging.getLogger(__name__)
T = TypeVar("T")

LAUNCH_PATIENCE = 30  # seconds a launcher may take to show itself
LAUNCHES = 3
QUESTIONS = 16  # to NIM and VIOSes at once

# How a transition is called in the journal's log and in the tag of its event.
WHAT = {
    Event.CLEARED: "starting",
    Event.ACCEPTED: "initiated",
    Event.BEGAN: "began",
    Event.NIM_DONE: "verifying",
    Event.BUSY_AGAIN: "phase",
    Event.PROVEN: "migrated",
    Event.FINISHED: "migrated",
    Event.AT_LEVEL: "current",
    Event.STALLED: "stalled",
    Event.HELD: "skipped",
    Event.PAST_LIMIT: "skipped",
    Event.WITHDRAWN: "withdrawn",
    Event.TURN: "checking",
}


@dataclass
class Flight:
    """What the driver keeps of one run beside the run itself; lost with the driver, asked again by the next."""

    run: Run
    options: dict[str, Any]
    settings: Settings
    gathering: Future[Answers] | None = None
    answers: Answers | None = None
    asking: Future[LevelAnswer] | None = None
    launched: float | None = None
    missing: bool = False
    waits: str = ""

    @property
    def busy(self) -> bool:
        """Something of it is under way, so that nothing new is begun."""
        migration = self.run.current
        return self.gathering is not None or self.answers is not None or (migration is not None and migration.in_flight)


@dataclass(frozen=True)
class Workers:
    """Threads for what may block. A c_rsh that hangs must not hold up the look at NIM."""

    listing: Executor
    questions: Executor

    @classmethod
    def started(cls) -> Workers:
        return cls(ThreadPoolExecutor(1), ThreadPoolExecutor(QUESTIONS))


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
        self.journal, self.workers, self.post, self.clock = journal, workers, post, clock
        self.may_start = may_start
        self.settings = settings
        self.flights: dict[int, Flight] = {}
        self.listing: dict[str, Attributes] | None = None
        self.listing_future: Future[dict[str, Attributes]] | None = None
        self.next_poll = 0.0
        self.failed_queries = 0
        self.trust = Trust()
        self.history = journal.durations()
        self.clusters: dict[str, str] = {}
        self.seen_request = 0
        self.news = threading.Event()

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
        self._collect_commands()
        self._collect_listing()
        for flight in list(self.flights.values()):
            self._collect_level(flight)
            self._collect_answers(flight)
        self._begin()
        self._poll()
        self.post.deliver()

    # what comes in

    def _load(self) -> None:
        newest = self.journal.newest_request()
        if newest != self.seen_request:
            self.settings = self.journal.settings() or self.settings
            for run in self.journal.unfinished():
                if run.id not in self.flights:
                    self._adopt(run)
            self.journal.pick_up(self.clock.wall())
            self.seen_request = newest
            self.next_poll = min(self.next_poll, self.clock.steady())
        for number, (limit, text) in self.journal.time_limits().items():
            if number in self.flights:
                flight = self.flights[number]
                terms = replace(flight.run.terms, time_limit=limit, time_limit_text=text)
                flight.run = replace(flight.run, terms=terms)

    def _adopt(self, run: Run) -> None:
        """Take up a run as the journal has it; an intent whose ``nim`` never ran is taken back and checked anew."""
        options, settings = self.journal.terms_of(run.request)
        flight = Flight(run, options, settings)
        migration = run.current
        if migration is not None and migration.in_flight:
            gone = self.clock.gone_by
            message = f"{migration.vios}: a new driver goes on, {gone.seconds:.0f} s after the last record"
            note = self._note(migration, "resumed", message + (f"; {gone.doubt}" if gone.doubt else ""))
            self.journal.note(run, note, self.clock.wall())
        self.flights[run.id] = flight
        if migration is not None and migration.state is State.STARTING:
            self._take_back(flight, migration, "the driver was restarted before nim ran; it is checked anew")

    def _take_back(self, flight: Flight, migration: Migration, why: str) -> None:
        if self._command(flight, migration).state is not CommandState.ABSENT:
            return
        if nim_commands.withdraw(self._directory(flight, migration)):
            record = CommandRecord(self._attempt(flight, migration), [], out=False)
            self._record(flight, move(migration, Event.WITHDRAWN, f"{migration.vios}: {why}"), record)

    def _collect_commands(self) -> None:
        followed = set()
        for flight in list(self.flights.values()):
            migration = flight.run.current
            if migration is None or not migration.in_flight:
                continue
            followed.add((flight.run.id, migration.n))
            known = migration.command
            if migration.state is State.STARTING or (known is not None and known.state is CommandState.RUNNING):
                self._collect_command(flight, migration)
        for row in self.journal.commands_out():
            if (row["run"], row["n"]) not in followed:
                self._collect_orphan(row["run"], row["n"], row["attempt"])

    def _collect_command(self, flight: Flight, migration: Migration) -> None:
        found = self._command(flight, migration)
        if found.state is CommandState.ABSENT:
            if self.clock.steady() - (flight.launched or 0) > LAUNCH_PATIENCE:
                self._take_back(flight, migration, "the launcher of nim did not start")
            return
        step = follow(migration, Facts(self.clock.steady(), command=found), flight.run.terms.limits)
        if step.migration == migration:
            return
        record = None
        if found.state is not CommandState.RUNNING:
            row = self.journal.command_of(flight.run.id, migration.n)
            stdout, stderr = nim_commands.output(self._directory(flight, migration))
            record = CommandRecord(
                row["attempt"], json.loads(row["argv"]), out=False, rc=found.rc, stdout=stdout, stderr=stderr
            )
        self._record(flight, step, record)

    def _collect_orphan(self, run: int, n: int, attempt: int) -> None:
        """A ``nim`` that its run no longer waits for: its frame stays taken until it ends."""
        directory = self.journal.home.command(run, n, attempt)
        found = nim_commands.inspect(directory)
        if found.state is not CommandState.RUNNING:
            self.journal.command_ended(run, n, found.rc, *nim_commands.output(directory))

    def _collect_listing(self) -> None:
        if self.listing_future is None or not self.listing_future.done():
            return
        future, self.listing_future = self.listing_future, None
        try:
            self.listing = future.result()
        except NIMUnavailable as error:
            self.failed_queries += 1
            self._without_listing(str(error))
            return
        self.failed_queries = 0
        presence.looked(self.journal.home)
        before = self.trust.missing
        wanted = [name for run in self._runs() for name in run.vioses]
        self.trust = self.trust.looked(self.listing, wanted, self.settings.query_retries)
        if self.trust.missing - before:
            log.warning("the listing of lsnim lacks %s", ", ".join(sorted(self.trust.missing)))
        for flight in list(self.flights.values()):
            self._look(flight)

    def _without_listing(self, error: str) -> None:
        for flight in list(self.flights.values()):
            migration = flight.run.current
            if migration is None:
                continue
            limits = flight.run.terms.limits
            note = self._note(migration, "query-failed", f"lsnim failed ({self.failed_queries} in a row): {error}")
            if migration.in_flight:
                facts = Facts(self.clock.steady(), failed_queries=self.failed_queries)
                self._record(flight, follow(migration, facts, limits), notes=[note])
            elif self.failed_queries > limits.query_retries:
                message = f"{migration.vios}: NIM could not be asked, nothing was started: {error}"
                self._record(flight, move(migration, Event.UNREADABLE, message), notes=[note])
            else:
                self._record(flight, Step(migration), notes=[note])

    def _look(self, flight: Flight) -> None:
        """One listing came in: what it says of the run's current VIOS."""
        migration = flight.run.current
        if migration is None:
            return
        if flight.answers is not None:
            self._judge(flight)
            return
        if not migration.in_flight:
            return
        attributes = (self.listing or {}).get(migration.vios)
        notes = []
        if attributes is None and not flight.missing:
            message = f"{migration.vios} is missing from the listing of lsnim"
            notes.append(self._note(migration, "query-failed", message))
        flight.missing = attributes is None
        facts = Facts(self.clock.steady(), view=inquiry.view(attributes) if attributes else None)
        self._record(flight, follow(migration, facts, flight.run.terms.limits), notes=notes)
        now = flight.run.current
        if now is not None and now.n == migration.n and now.wants_level and flight.asking is None:
            flight.asking = self._ask(
                self.workers.questions, inquiry.level, inquiry.client(flight.settings), attributes
            )

    def _collect_level(self, flight: Flight) -> None:
        if flight.asking is None or not flight.asking.done():
            return
        future, flight.asking = flight.asking, None
        migration = flight.run.current
        if migration is not None and migration.in_flight:
            facts = Facts(self.clock.steady(), level=future.result())
            self._record(flight, follow(migration, facts, flight.run.terms.limits))

    def _collect_answers(self, flight: Flight) -> None:
        if flight.gathering is not None and flight.gathering.done():
            # Judged with the next listing, so that the baseline is younger than the answers.
            flight.answers, flight.gathering = flight.gathering.result(), None

    # what is begun

    def _begin(self) -> None:
        """Give VIOSes their turn: the second of a tuple, and tuples for which there is a place."""
        waiting = []
        idle = [flight for flight in self.flights.values() if not flight.busy]
        held = self._held() if idle else None
        for flight in idle:
            migration = flight.run.current
            if migration is None or self._gated(flight, held) or not self.trust.trusted:
                continue
            if flight.run.admitted and self._clashes(flight):
                continue
            if migration.state is State.CHECKING or flight.run.admitted:
                self._gather(flight)
            else:
                waiting.append(flight)
        if not waiting:
            return
        active = [run for run in self._runs() if run.admitted]
        first = tuples.in_order([flight.run for flight in waiting], self.history)
        for run in tuples.admit(first, active, self._frames(), self.clusters):
            self._gather(self.flights[run.id])

    def _clashes(self, flight: Flight) -> bool:
        """Whether its frame or its cluster is in use; then it leaves its place to others if it can."""
        if not tuples.clashes(flight.run, self._runs(), self._frames(), self.clusters):
            return False
        step = tuples.give_way(flight.run)
        if step is not None:
            self._record(flight, step)
        return True

    def _runs(self) -> list[Run]:
        return [flight.run for flight in self.flights.values()]

    def _frames(self) -> dict[str, str]:
        return inquiry.frames(self.listing or {}, [run.vioses for run in self._runs()])

    def _held(self) -> str | None:
        held = self.journal.held()
        return held["reason"] if held else None

    def _gated(self, flight: Flight, held: str | None) -> bool:
        step = tuples.gate(flight.run, self.clock.wall(), held, self.history)
        if step is None and flight.run.terms.max_failures is not None and not flight.run.admitted:
            failed, total = self.journal.failures_of(flight.run.request)
            if tuples.out_of_failures(flight.run.terms, failed, total):
                migration = flight.run.migrations[0]
                step = move(migration, Event.HELD, f"{failed} of {total} tuples failed, max_failures is reached")
        if step is not None:
            self._record(flight, step)
        return step is not None

    def _gather(self, flight: Flight) -> None:
        migration = flight.run.current
        if migration is None or self.listing is None:
            return
        if migration.state is State.WAITING:
            self._record(flight, move(migration, Event.TURN))
        nim = inquiry.client(flight.settings)
        flight.gathering = self._ask(
            self.workers.questions, inquiry.ask, nim, dict(self.listing), flight.run.vioses, flight.options
        )

    def _judge(self, flight: Flight) -> None:
        answers, flight.answers = flight.answers, None
        if answers is None or self._gated(flight, self._held()):
            return
        run = flight.run
        self.clusters.update({vios: cluster.name for vios, cluster in clusters.known(answers.clusters).items()})
        if not self.trust.trusted or self._clashes(flight):
            return  # asked anew when it can be judged
        out = nim_commands.still_out(self.journal)
        recent = self.journal.migrated_since(self.clock.wall() - run.terms.limits.stall_timeout)
        facts = inquiry.facts(self.listing or {}, run.vioses, answers, out, recent)
        finished = {m.vios for m in run.migrations if m.final}
        checked = checks.check_tuple(facts, inquiry.asked(flight.options), finished)
        for step in tuples.judge(run, checked, self.clock.steady()):
            if step.event is Event.CLEARED:
                self._start(flight, step)
            elif step.event is None:
                self._waits(flight, step.message)
            else:
                self._record(flight, step)

    def _waits(self, flight: Flight, message: str) -> None:
        """Nothing moves; said once, and again when it waits for something else."""
        migration = flight.run.current
        if migration is not None and message != flight.waits:
            flight.waits = message
            self._record(flight, Step(migration), notes=[self._note(migration, "waiting", message)])

    def _start(self, flight: Flight, step: Step) -> None:
        """The intent goes to disk before the launcher gets to work."""
        self.may_start(flight.settings)
        migration, terms = step.migration, flight.run.terms
        attempt = self._attempt(flight, migration) + 1
        if attempt > LAUNCHES:
            failed = replace(move(migration, Event.REFUSED), message=f"{migration.vios}: nim could not be launched")
            self._record(flight, failed)
            return
        argv = migvios(migration.vios, flight.options)
        self._record(flight, step, CommandRecord(attempt, argv, out=True))
        flight.launched = self.clock.steady()
        try:
            nim_commands.launch(
                self._directory(flight, migration),
                flight.settings.program("nim"),
                argv,
                environment(flight.settings.environment),
                terms.time_limit,
            )
        except (OSError, subprocess.SubprocessError):
            log.exception("the launcher of nim failed for %s", migration.vios)

    # NIM and the journal

    def _poll(self) -> None:
        now = self.clock.steady()
        if not self.flights or self.listing_future is not None or now < self.next_poll:
            return
        self.next_poll = now + self.interval
        self.listing_future = self._ask(self.workers.listing, inquiry.client(self.settings).vioses)

    def _ask(self, workers: Executor, question: Callable[..., T], *about: Any) -> Future[T]:
        """Have something asked that may block; the answer ends the driver's sleep."""
        future = workers.submit(question, *about)
        future.add_done_callback(lambda _: self.news.set())
        return future

    def sleep(self) -> None:
        """Until there is news, the next look at NIM is due, or it is time to see what others wrote."""
        pause = min(1.0, self.interval / 4)
        if self.flights and self.listing_future is None:
            pause = min(pause, self.next_poll - self.clock.steady())
        self.news.wait(max(0.05, pause))
        self.news.clear()

    def _record(
        self,
        flight: Flight,
        step: Step,
        command: CommandRecord | None = None,
        notes: list[Note] | None = None,
    ) -> None:
        """Write one transition, and what changed in NIM's picture of it, then take it over."""
        notes = list(notes or [])
        old = next(m for m in flight.run.migrations if m.n == step.migration.n)
        new = step.migration
        if step == Step(old) and not notes and command is None:
            return
        if new.in_flight and new.view is not None and old.view is not None:
            if new.view.phase != old.view.phase or (new.view.info != old.view.info and new.view.percent is None):
                notes.append(self._note(new, "phase", f"{new.vios}: {new.view.phase}" + _info(new)))
            elif new.view.percent != old.view.percent:
                notes.append(self._note(new, "percent", f"{new.vios}: {new.view.phase}{_info(new)}"))
        run = with_migration(flight.run, new)
        if step.event not in (None, Event.TURN, Event.YIELDED):
            what = WHAT.get(step.event, "failed")
            notes.append(self._note(new, what, step.message, status=run.status if run.over else new.status))
        self.journal.record(run, new, notes, self.clock.mark(), command)
        for note in notes:
            log.info("run %s %s %s: %s", run.id, run.key, note.what, note.message)
        flight.run = run
        if new.state is State.DONE:
            self.history = self.journal.durations()
        if run.over:
            del self.flights[run.id]

    def _note(self, migration: Migration, what: str, message: str, status: str | None = None) -> Note:
        view = migration.view
        return Note(
            what,
            migration.vios,
            message,
            phase=view.phase if view else "",
            percent=view.percent if view else None,
            status=status or migration.status,
            elapsed=int(self.clock.steady() - migration.started) if migration.started is not None else 0,
        )

    def _attempt(self, flight: Flight, migration: Migration) -> int:
        return self.journal.command_of(flight.run.id, migration.n)["attempt"]

    def _directory(self, flight: Flight, migration: Migration) -> Any:
        return self.journal.home.command(flight.run.id, migration.n, self._attempt(flight, migration))

    def _command(self, flight: Flight, migration: Migration) -> Any:
        return nim_commands.inspect(self._directory(flight, migration))

    def states(self) -> dict[str, str]:
        return {f"{run.key} {m.vios}": m.state.value for run in self._runs() for m in run.migrations}


def _info(migration: Migration) -> str:
    return f" ({migration.view.info})" if migration.view is not None and migration.view.info else ""


def run(loop: Loop, ended: threading.Event) -> None:
    """Tick until nothing is left to do, or somebody wants this driver gone."""
    quiet = 0
    while quiet < 2 and not ended.is_set() and not _to_leave(loop.journal.home):
        try:
            loop.tick()
        except JournalDamaged as error:
            loop.post.last_words(str(error), loop.states())
            raise
        except JournalError as error:
            loop.post.trouble(str(error), loop.states())
            quiet = 0
        else:
            loop.post.recovered(loop.states())
            quiet = quiet + 1 if loop.idle else 0
        loop.sleep()


def _to_leave(home: Home) -> bool:
    note = presence.leave_note(home)
    if note is None:
        return False
    if note.why == presence.HANDOVER and not presence.is_older(__version__, note.version):
        presence.wanted_again(home)  # it was meant for the driver before this one
        return False
    log.info("asked to leave by %s (%s)", note.by, note.why)
    return True
