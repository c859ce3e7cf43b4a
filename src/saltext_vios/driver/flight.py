"""One run being carried out: takes in what comes for it, lets the core decide, records it, then does it.

Whatever is raised here is this one tuple's business: ``saltext_vios.driver.wall``.
"""

from __future__ import annotations

import json
import logging
import subprocess
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from saltext_vios import methods
from saltext_vios.asked import Options
from saltext_vios.driver import commands as tool_commands
from saltext_vios.driver import inquiry, one_vios, tool_report
from saltext_vios.driver.callers import cancellation
from saltext_vios.driver.desk import Desk
from saltext_vios.driver.inquiry import Answers
from saltext_vios.driver.records import CommandRecord, Note
from saltext_vios.driver.settings import Settings
from saltext_vios.driver.tool_report import ToolReport
from saltext_vios.errors import Contradiction
from saltext_vios.methods import clone
from saltext_vios.migration import checks, clusters, start, targets, tuples
from saltext_vios.migration.durations import span
from saltext_vios.migration.facts import Command, CommandState, Disks, Evidence, Ground, LevelAnswer, Progress
from saltext_vios.migration.machine import Facts, Migration, Step, few, follow, move
from saltext_vios.migration.recalled import CloneBefore, CloneState
from saltext_vios.migration.start import Adopt, Clone, Moment, Situation, Stop, Wait
from saltext_vios.migration.transitions import RESTART, Event, First, State
from saltext_vios.migration.tuples import Run, with_migration
from saltext_vios.nim import replies
from saltext_vios.nim.client import Attributes
from saltext_vios.nim.process import environment

log = logging.getLogger(__name__)

LAUNCH_PATIENCE = 30  # seconds a launcher may take to show itself

# How a transition is called in the journal's log and in the tag of its event.
WHAT = {
    Event.CLEARED: "starting",
    Event.ADOPTED: "adopted",
    Event.ACCEPTED: "initiated",
    Event.BEGAN: "began",
    Event.SAID_DONE: "verifying",
    Event.BUSY_AGAIN: "phase",
    Event.INSTALLED: "installed",
    Event.REBOOT: "rebooting",
    Event.NOT_VERIFIED: "skipped",
    Event.PROVEN: "migrated",
    Event.FINISHED: "migrated",
    Event.AT_LEVEL: "current",
    Event.STALLED: "stalled",
    Event.HELD: "skipped",
    Event.PAST_LIMIT: "skipped",
    Event.WITHDRAWN: "withdrawn",
    Event.ADMITTED: "checking",
}
# Events after which a tuple is where it was: they do not show that this program gets on with it.
IDLE = (None, Event.ADMITTED, Event.REQUEUED, Event.WITHDRAWN)


@dataclass
class Seat:
    """What is being asked of one VIOS in flight, and what it answered last."""

    asking: Future[LevelAnswer | Evidence] | None = None
    disks: Disks | None = None
    asking_disks: Future[Disks] | None = None
    report: ToolReport | None = None
    before_reboot: Future[Answers] | None = None
    launched: float | None = None
    missing: bool = False

    @property
    def has_news(self) -> bool:
        return any(one is not None and one.done() for one in (self.asking, self.asking_disks, self.before_reboot))


class Flight:
    """What is kept here besides the run itself is lost with the driver, and asked again by the next."""

    def __init__(self, run: Run, options: Options, settings: Settings, desk: Desk) -> None:
        self.run, self.options, self.settings, self.desk = run, options, settings, desk
        self.method, self.read = methods.of(options), inquiry.reader(options)
        self.row: tuple[Any, ...] = ()  # what others may change of it, as it was last seen
        self.cancelled = ""
        self.gathering: Future[Answers] | None = None
        self.answers: Answers | None = None
        self.preparing: Future[str] | None = None
        self.seats: dict[int, Seat] = {}
        self.waits = ""
        self.bare = False  # only what moves it is recorded

    @property
    def busy(self) -> bool:
        """Something of it is under way, so that nothing new is begun."""
        asks = self.gathering is not None or self.answers is not None
        return asks or (self.in_flight and not (self.run.terms.overlap and self.run.next))

    @property
    def waits_for(self) -> str:
        """Why it does not go on, where it is not for a place or another tuple; empty while something is done."""
        m = self.run.current
        if m is None or m.in_flight:
            return ""
        if m.state is State.CHECKING and m.vios in self.waits:
            return self.waits
        return "" if self.busy else self.desk.doubt

    @property
    def in_flight(self) -> bool:
        return bool(self.run.flying)

    @property
    def has_news(self) -> bool:
        """An answer is there, or a command may have come back."""
        if any(_is_out(m) for m in self.run.flying) or any(seat.has_news for seat in self.seats.values()):
            return True
        return any(one is not None and one.done() for one in (self.gathering, self.preparing))

    def seat(self, m: Migration) -> Seat:
        return self.seats.setdefault(m.n, Seat())

    def _own(self, m: Migration) -> Options:
        return targets.own(self.options, m.vios)

    def forget(self) -> None:
        """What is being asked is asked again."""
        self.gathering = self.answers = self.preparing = None
        self.seats.clear()

    # what a new driver does first

    def take_up(self) -> None:
        """By the table of restarts; of what the driver before knew only the journal counts."""
        for m in self.run.flying:
            gone = self.desk.clock.gone_by
            message = f"{m.vios}: driver restarted, resuming {gone.seconds:.0f} s after the last journal entry"
            self.note(self.line(m, "resumed", message + (f"; {gone.doubt}" if gone.doubt else "")))
            if RESTART[m.state] is First.TAKE_BACK:
                program = self._program(m)
                self._take_back(
                    m, f"driver restarted before {program} was run: start withdrawn, checks will be repeated"
                )

    def changed(self, row: Any) -> None:
        """Another call may have drawn in the time limit, or cancelled the tuple."""
        self.row = tuple(row)
        terms = replace(self.run.terms, time_limit=row["time_limit"], time_limit_text=row["time_limit_text"])
        self.run = replace(self.run, terms=terms)
        self.cancelled = "" if row["cancelled_at"] is None else cancellation(row)

    # what comes in

    def collect(self) -> None:
        """Take in what has come since the last time: news of its command, answers of VIOSes."""
        self._collect_preparation()
        for m in self.run.flying:
            self._collect_command(m)
            self._collect_proof(m.n)
            self._collect_disks(self.seat(m))
            self._collect_before_reboot(m.n)
        if self.gathering is not None and self.gathering.done():
            # Judged with the next listing, so that the baseline is younger than the answers.
            future, self.gathering = self.gathering, None
            self.answers = future.result()

    def _collect_preparation(self) -> None:
        """What was set on the VIOS was read back: now its command may run, or it never will."""
        if self.preparing is None or not self.preparing.done():
            return
        future, self.preparing = self.preparing, None
        m = self.run.current
        if m is None or m.state is not State.STARTING:
            return
        wrong = future.result()
        if not wrong:
            self._launch(m, json.loads(self.desk.journal.command_of(self.run.id, m.n)["argv"]))
        elif tool_commands.withdraw(self._directory(m)):
            record = CommandRecord(self._attempt(m), [], out=False)
            self.record(move(m, Event.REFUSED, f"{m.vios}: {wrong}; {self.method.program} was not run"), record)

    def _collect_command(self, m: Migration) -> None:
        if not _is_out(m) or self.preparing is not None:
            return
        found = self._command(m)
        if found.state is CommandState.ABSENT:
            if self.desk.clock.steady() - (self.seat(m).launched or 0) > LAUNCH_PATIENCE:
                self._take_back(m, f"the launcher of {self._program(m)} did not start; checks will be repeated")
            return
        step = follow(m, Facts(self.desk.clock.steady(), command=found), self.run.terms.limits)
        if step.migration == m:
            return
        record, notes = None, []
        if found.state is not CommandState.RUNNING:
            row = self.desk.journal.command_of(self.run.id, m.n)
            stdout, stderr = tool_commands.output(self._directory(m))
            argv = json.loads(row["argv"])
            aside = m.state is State.REBOOTING
            record = CommandRecord(row["attempt"], argv, False, found.rc, stdout, stderr, aside)
            if aside:
                told = f"{found.state.value} {'' if found.rc is None else found.rc} {stderr.strip()[-300:]}".strip()
                notes.append(self.line(m, "rebooting", f"{m.vios}: the command that reboots it: {told}"))
        self.record(step, record, notes)

    def _collect_proof(self, n: int) -> None:
        m, seat, now = self._flying(n), self.seats.get(n), self.desk.clock.steady()
        if m is None or seat is None or seat.asking is None or not seat.asking.done():
            return
        future, seat.asking = seat.asking, None
        answer, task = future.result(), self.method.task
        if isinstance(answer, LevelAnswer):
            self.follow(m, Facts(now, level=answer))
        elif task is not None:
            proof = task.prove(m, answer, self._own(m))
            self.follow(m, Facts(now, proof=replace(proof, serves=answer.level.serves)))

    def _collect_disks(self, seat: Seat) -> None:
        """What it says is looked at with the next listing."""
        if seat.asking_disks is not None and seat.asking_disks.done():
            future, seat.asking_disks = seat.asking_disks, None
            seat.disks = future.result()

    def _ask_disks(self, m: Migration, attributes: Attributes | None) -> None:
        seat = self.seat(m)
        if self.method.asks and seat.asking_disks is None and attributes:
            boot = self.method.reboot(m.vios, self.options) is not None
            about = (one_vios.client(self.settings), attributes, False, boot)
            seat.asking_disks = self.desk.ask(self.desk.workers.questions, one_vios.disks, *about)

    def look(self) -> None:
        """One listing came in: what it says of the VIOSes in flight, and of the one that would start."""
        for m in self.run.flying:
            self._look_at(m)
        if self.answers is not None:
            self._judge()

    def _look_at(self, m: Migration) -> None:
        attributes, seat = (self.desk.listing or {}).get(m.vios), self.seat(m)
        notes = []
        if attributes is None and not seat.missing:
            notes.append(self.line(m, "query-failed", f"lsnim does not list {m.vios}; waiting for the next poll"))
        seat.missing = attributes is None
        # Without an answer of the VIOS yet a look would show less than the one before it.
        told = attributes and (seat.disks is not None or not self.method.asks)
        view = self.read(m.vios, attributes, seat.disks) if attributes and told else None
        if attributes:
            view, said = self._reported(m, view, attributes)
            notes += [self.line(m, "tool", said)] if said else []
        turn = self._reboot_turn(m)
        if isinstance(turn, Stop):
            self.record(start.stop_step(self.situation(rebooting=m), turn))
            return
        in_turn = not isinstance(turn, Wait)
        self.follow(m, Facts(self.desk.clock.steady(), view=view, in_turn=in_turn), notes)
        now = self._flying(m.n)
        if now is None:
            return
        self._ask_disks(now, attributes)
        if now.wants_proof and seat.asking is None:
            self._ask_proof(now, attributes)
        if now.state is State.INSTALLED and in_turn and now.view and now.view.installed and seat.before_reboot is None:
            about = (one_vios.client(self.settings), dict(self.desk.listing or {}), self.run.vioses, self.options)
            seat.before_reboot = self.desk.ask(self.desk.workers.questions, inquiry.before_reboot, *about)

    def _reported(self, m: Migration, view: Progress | None, attributes: Attributes) -> tuple[Progress | None, str]:
        """The look with what the tool itself says, which is asked for meanwhile; and that, where it is news."""
        question, seat = self.method.report, self.seat(m)
        if question is None:
            return view, ""
        if seat.report is None:
            seat.report = tool_report.of_before(m.view, question)
        about = (one_vios.client(self.settings), question, attributes)
        # Nobody waits for the answer: it does not end the driver's sleep.
        news = seat.report.news(lambda: self.desk.workers.reports.submit(one_vios.report, *about))
        text = f"{m.vios}: {tool_report.name_of(question)}: {news}" if news and not self.bare else ""
        return view and seat.report.on(view, question), text

    def _ask_proof(self, m: Migration, attributes: Attributes | None) -> None:
        nim, questions, seat = one_vios.client(self.settings), self.desk.workers.questions, self.seat(m)
        listing = dict(self.desk.listing or {})
        if self.method.task is None:
            seat.asking = self.desk.ask(questions, one_vios.proof, nim, listing, m.vios, m.served)
        elif attributes:
            seat.asking = self.desk.ask(questions, one_vios.evidence, nim, listing, m.vios, self.options, m.served)

    def without_listing(self, error: str, times: int) -> None:
        """A look at NIM came to nothing, so many times in a row."""
        flying, m = self.run.flying, self.run.next
        for one in flying:
            note = self.line(one, "query-failed", f"lsnim failed ({times} in a row): {error}")
            self.follow(one, Facts(self.desk.clock.steady(), failed_queries=times), [note])
        if flying or m is None:
            return
        note = self.line(m, "query-failed", f"lsnim failed, {times} in a row: {error}")
        if times > self.run.terms.limits.query_retries:
            message = f"{m.vios}: not started, lsnim failed {times} times in a row: {error}"
            self.record(move(m, Event.UNREADABLE, message), notes=[note])
        else:
            self.note(note)

    def follow(self, m: Migration, facts: Facts, notes: list[Note] | None = None) -> None:
        self.record(follow(m, facts, self.run.terms.limits), notes=notes)

    def _flying(self, n: int) -> Migration | None:
        """A VIOS as it is now, while it is in flight."""
        return next((m for m in self.run.flying if m.n == n), None)

    # what is begun

    def situation(self, **more: Any) -> Situation:
        """All that a start of it depends on now."""
        desk, run = self.desk, self.run
        listing = desk.listing or {}
        # Looked up only where it matters: hundreds may wait for their turn, and are asked about every second.
        return Situation(
            run=run,
            wall=desk.clock.wall(),
            cancelled=self.cancelled,
            held=desk.held,
            failures=desk.journal.failures_of(run.request) if run.terms.max_failures else (0, 0),
            history=desk.history,
            views={
                name: self.read(name, listing[name], None)
                for name in run.vioses
                if run.terms.previous and name in listing
            },
            doubt=desk.doubt,
            leaves_reboot=run.terms.overlap and desk.leaves_reboot(self.method.program),
            clone=self._clone_before(),
            in_use=run.admitted and tuples.in_its_way(run, desk.runs(), desk.frames(), desk.clusters) is not None,
            **more,
        )

    def _clone_before(self) -> CloneBefore | None:
        m = self.run.next
        if self.method.task is not None or not self.options["clone"] or m is None:
            return None
        return self.desk.journal.clone_for(self.run.id, m.vios)

    def _is_to_be_cloned(self, vios: str) -> bool:
        return self.desk.journal.clone_for(self.run.id, vios).state is CloneState.MISSING

    def _clone_first(self, m: Migration, why: str) -> None:
        """A clone is a run of its own: it has its own intent, limits and resume."""
        terms = self.run.terms
        options: Options = {
            **clone.asked_by(self._own(m)),
            "poll_interval": self.options["poll_interval"],
            "stall_timeout": self.options["stall_timeout"],
            "time_limit": terms.time_limit,
            "time_limit_text": terms.time_limit_text,
        }
        try:
            self.desk.journal.ask_for(self.run.id, m.vios, options, self.settings, self.desk.clock.wall())
        except Contradiction as error:
            self.record(move(m, Event.CHECK_FAILED, f"{m.vios}: not started, it cannot be cloned: {error}"))
            return
        self._waits(m, why)

    def turn(self, place: bool | None = None) -> bool:
        """Ask whether its turn has come, and begin with the questions to NIM; whether it waits for a place.

        :param place: whether it has one; None when nobody has looked yet.
        """
        now = self.situation(place=place)
        decision = start.decide(now, Moment.TURN)
        if isinstance(decision.answer, Stop):
            self.record(start.stop_step(now, decision.answer))
        elif isinstance(decision.answer, Adopt):
            self._gather()
        elif isinstance(decision.answer, Wait):
            give_way = tuples.give_way(self.run) if now.in_use and self.run.admitted else None
            if give_way is not None:
                self.record(give_way)
        elif self.run.admitted or place:
            self._gather()
        else:
            return True
        return False

    def _gather(self) -> None:
        """Have NIM and the VIOSes asked all that a start depends on."""
        m = self.run.next
        if m is None or self.desk.listing is None:
            return
        if m.state is State.WAITING:
            self.record(move(m, Event.ADMITTED))
        nim, listing = one_vios.client(self.settings), dict(self.desk.listing)
        about = (nim, listing, self.run.vioses, self.options)
        self.gathering = self.desk.ask(self.desk.workers.questions, inquiry.ask, *about)

    def _judge(self) -> None:
        """The answers are in: obey what the table of a start says to them."""
        answers, self.answers = self.answers, None
        m = self.run.next
        if answers is None or m is None:
            return
        where = {vios: cluster.name for vios, cluster in clusters.known(answers.clusters).items()}
        self.desk.clusters.update(where)
        self.desk.refresh()
        now = self.situation(checked=self._checked(answers), launches=self._attempt(m))
        decision = start.decide(now, Moment.START)
        if isinstance(decision.answer, Wait):
            give_way = tuples.give_way(self.run) if now.in_use else None
            self._waits(m, decision.answer.why) if give_way is None else self.record(give_way)
            return
        if isinstance(decision.answer, Clone):
            self._clone_first(decision.answer.migration, decision.answer.why)
            return
        for step in start.steps(now, decision, self.desk.clock.steady()):
            if step.event is Event.CLEARED:
                self._start(step, now)
            else:
                self.record(step)

    def _checked(self, answers: Answers) -> dict[str, checks.Checked]:
        journal, run = self.desk.journal, self.run
        recent = journal.migrated_since(self.desk.clock.wall() - run.terms.limits.stall_timeout)
        out = tool_commands.running_commands(journal)
        listing, previous = self.desk.listing or {}, run.terms.previous
        facts = inquiry.facts(listing, run.vioses, answers, out, self.read, recent, previous)
        if self.method.task is not None or self.options["clone"]:
            facts = inquiry.facts_with_history(facts, journal.recall(run.vioses, self.desk.clock.wall()))
        if self.options["clone"]:
            facts = [one if self._is_to_be_cloned(one.name) else replace(one, readiness=None) for one in facts]
        facts = inquiry.with_doubts(facts, journal.unproven())
        finished = {m.vios for m in run.migrations if m.final}
        return checks.check_tuple(facts, inquiry.asked(self.options), finished, self._aside())

    def _aside(self) -> set[str]:
        """Its VIOSes that serve while they are installed on another disk."""
        return {m.vios for m in self.run.flying if m.serves_aside}

    def _reboot_turn(self, m: Migration) -> start.Answer:
        """What stands in the way of a VIOS's reboot, as far as is known without asking."""
        if m.state is not State.INSTALLED:
            return None
        answer = start.decide(self.situation(rebooting=m), Moment.REBOOT).answer
        if isinstance(answer, Wait):
            self._waits(m, answer.why)
        return answer

    def _collect_before_reboot(self, n: int) -> None:
        """The answers right before a reboot are in: obey what the table of a start says to them."""
        m, seat = self._flying(n), self.seats.get(n)
        if seat is None or seat.before_reboot is None or not seat.before_reboot.done():
            return
        future, seat.before_reboot = seat.before_reboot, None
        if m is None or m.state is not State.INSTALLED or m.view is None or not m.view.installed:
            return
        self.desk.refresh()
        facts = inquiry.facts(self.desk.listing or {}, self.run.vioses, future.result(), {}, self.read)
        asked = inquiry.asked(self.options)
        checked = {one.name: checks.check_reboot(one, asked, self.run.vioses, self._aside()) for one in facts}
        now = self.situation(rebooting=m, checked=checked, launches=m.reboots)
        decision = start.decide(now, Moment.REBOOT)
        if isinstance(decision.answer, Stop):
            self.record(start.stop_step(now, decision.answer))
        elif isinstance(decision.answer, Wait):
            self._waits(m, decision.answer.why)
        else:
            argv = self.method.reboot(m.vios, self.options) or []
            self._intend(start.reboot_step(now, self.desk.clock.steady()), argv)
            self._launch(m, argv)

    def _waits(self, m: Migration, why: str) -> None:
        """Nothing moves; said once, and again when it waits for something else."""
        if why != self.waits:
            self.waits = why
            self.note(self.line(m, "waiting", why))

    def _start(self, step: Step, now: Situation) -> None:
        m, found = step.migration, now.found(step.migration)
        argv = self.method.argv(m.vios, self._own(m), found.ground if found else Ground())
        self._intend(step, argv)
        prepares = self.method.task.prepares if self.method.task is not None else None
        attributes = (self.desk.listing or {}).get(m.vios)
        if prepares is None or attributes is None:
            self._launch(m, argv)
            return
        nim, preparation = one_vios.client(self.settings), prepares(m, self._own(m))
        self.preparing = self.desk.ask(self.desk.workers.questions, one_vios.prepare, nim, attributes, preparation)

    def _intend(self, step: Step, argv: list[str]) -> None:
        """The intent goes to disk before the launcher gets to work."""
        self.desk.may_start(self.settings)
        m = step.migration
        attempt = self._attempt(m) + 1
        # What its disks were is known by the baseline; what they are is asked again.
        self.seats[m.n] = Seat(launched=self.desk.clock.steady())
        directory = self.desk.journal.home.command(self.run.id, m.n, attempt)
        # Made before the intent, so that an intent without its directory is one that was deleted.
        for one in (directory.parent, directory):
            one.mkdir(mode=0o700, exist_ok=True)
        self.record(step, CommandRecord(attempt, argv, out=True, aside=m.state is State.REBOOTING))

    def _launch(self, m: Migration, argv: list[str]) -> None:
        """Its intent is on disk; whether it ran is asked of its launcher."""
        directory = self._directory(m)
        self.seat(m).launched = self.desk.clock.steady()
        program = self.settings.program(argv[0])
        try:
            tool_commands.launch(
                directory, program, argv, environment(self.settings.environment), self.run.terms.time_limit
            )
        except (OSError, subprocess.SubprocessError):
            log.exception("the launcher of %s failed for %s", argv[0], m.vios)

    def _take_back(self, m: Migration, why: str) -> None:
        """An intent whose command is proven never to have run, nor ever to run, is checked again."""
        if self._command(m).state is CommandState.ABSENT and tool_commands.withdraw(self._directory(m)):
            record = CommandRecord(self._attempt(m), [], out=False, aside=m.state is State.REBOOTING)
            self.record(move(m, Event.WITHDRAWN, f"{m.vios}: {why}"), record)

    # the journal

    def record(self, step: Step, command: CommandRecord | None = None, notes: list[Note] | None = None) -> None:
        """Write one transition, and what changed in the picture of it, then take it over."""
        notes = list(notes or [])
        old = next(m for m in self.run.migrations if m.n == step.migration.n)
        new = step.migration
        if step == Step(old) and not notes and command is None:
            return
        notes += self._seen(old, new) + self._lacks(old, new)
        run = with_migration(self.run, new)
        if step.event not in (None, Event.ADMITTED, Event.REQUEUED):
            what = WHAT.get(step.event, "failed")
            if new.task and new.state is State.DONE:
                what = "done"
            notes.append(self.line(new, what, step.message, status=run.status if run.over else new.status))
        self.desk.journal.record(run, new, notes, self.desk.clock.mark(), command, moved=step.event not in IDLE)
        self._say(notes)
        self.run = run
        if step.event is Event.INSTALLED:
            self.desk.leave_reboot.add(self.method.program)
        if new.state is State.DONE:
            self.desk.history = self.desk.journal.durations()

    def _seen(self, old: Migration, new: Migration) -> list[Note]:
        """What is shown of a VIOS in flight, where it is something new."""
        if self.bare or not new.in_flight or new.view is None or old.view is None:
            return []
        if new.view.phase != old.view.phase or (new.view.info != old.view.info and new.view.percent is None):
            return [self.line(new, "phase", f"{new.vios}: {new.view.phase}" + _info(new))]
        if new.view.percent != old.view.percent:
            return [self.line(new, "percent", f"{new.vios}: {new.view.phase}{_info(new)}")]
        return []

    def _lacks(self, old: Migration, new: Migration) -> list[Note]:
        """What a VIOS no longer serves: when that is first seen, and when the wait for it is over."""
        if self.bare:
            return []
        if new.lacks and new.final and not old.final:
            return [self.line(new, "paths", f"{new.vios}: missing after the {new.what}: {few(new.lacks)}")]
        if new.lacks and not old.lacks:
            limit = span(self.run.terms.limits.paths_timeout)
            return [self.line(new, "waiting", f"{new.vios}: waiting up to {limit} for: {few(new.lacks)}")]
        return []

    def note(self, note: Note) -> None:
        """A line that moves nothing."""
        self.desk.journal.note(self.run, note, self.desk.clock.wall())
        self._say([note])

    def _say(self, notes: list[Note]) -> None:
        for note in notes:
            log.info("run %s %s %s: %s", self.run.id, self.run.key, note.what, note.message)

    def line(self, m: Migration, what: str, message: str, status: str | None = None) -> Note:
        view = m.view
        return Note(
            what,
            m.vios,
            message,
            phase=view.phase if view else "",
            percent=view.percent if view else None,
            status=status or m.status,
            elapsed=int(self.desk.clock.steady() - m.started) if m.started is not None else 0,
        )

    def _attempt(self, m: Migration) -> int:
        return int(self.desk.journal.command_of(self.run.id, m.n)["attempt"])

    def _directory(self, m: Migration) -> Path:
        return self.desk.journal.home.command(self.run.id, m.n, self._attempt(m))

    def _command(self, m: Migration) -> Command:
        directory = self._directory(m)
        found = tool_commands.inspect(directory)
        asks = self.method.asks and found.state in (CommandState.RUNNING, CommandState.RETURNED)
        stdout, stderr = tool_commands.output(directory) if asks or found.rc else ("", "")
        program = self._program(m)
        if program == "c_rsh" and found.rc == 0:
            # It does not pass on what the VIOS returned: that stands in what it printed.
            found = replace(found, rc=replies.remote(stdout).rc)
        question = replies.question(f"{stdout}\n{stderr}") if asks else ""
        return replace(found, tool=program, question=question, complaint=replies.complaint(stderr) if found.rc else "")

    def _program(self, m: Migration) -> str:
        """What was launched for it last."""
        reboot = self.method.reboot(m.vios, self.options) if m.state is State.REBOOTING else None
        return reboot[0] if reboot else self.method.program


def _is_out(m: Migration) -> bool:
    """Whether its command has not come back, as far as is known."""
    if m.state is State.REBOOTING and m.command is None:
        return True
    return m.state is State.STARTING or (m.command is not None and m.command.state is CommandState.RUNNING)


def _info(m: Migration) -> str:
    return f" ({m.view.info})" if m.view is not None and m.view.info else ""
