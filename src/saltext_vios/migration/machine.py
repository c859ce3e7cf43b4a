"""What happens next in the migration of one VIOS.

Rules of this file: everything that moves a migration from one state to another stands here, by the table in
``saltext_vios.migration.transitions``. No clock, no process, no journal: the time and the facts come in, the next state
and a message go out.

How to read it. A migration waits for its turn, is checked, is started, installs, is verified and is done. Facts
come in whenever there are any: a look at the operation, news of its command, an answer of the VIOS. ``follow`` first
takes them in, then names the one event they amount to, and the table says where that leads. No event, no move:
what is shown may be unknown, missing or late, and then the wait continues, up to the limits.

What is hard, and where it stands:

* a success of an earlier operation is not ours: nothing counts before a look shows what only an operation can have
  caused (``Progress.left``), or the VIOS itself proves the new level (``_proves``);
* the command may fail although the operation began, succeed although nothing begins, or never come back: while it
  runs, and when it failed, only an operation that is seen to run is a beginning (``_starting``);
* a VIOS that answers with its new level may not serve its clients yet: what it served before the start has a time of
  its own to come back (``_proven``);
* when a VIOS may start at all, and the second only after the first: ``saltext_vios.migration.start``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from saltext_vios.migration import statuses
from saltext_vios.migration.durations import span
from saltext_vios.migration.facts import Command, CommandState, LevelAnswer, Outcome, Progress, Proof
from saltext_vios.migration.levels import Level
from saltext_vios.migration.paths import Serving, lacking
from saltext_vios.migration.transitions import FINAL, IN_FLIGHT, TRANSITIONS, Event, State

# A failed command, or an old level, must show in this many looks: what is shown may lag behind the command.
SETTLED = 2
# So often the same view, or the same state, counts as progress: a reboot and a second pass show what was seen before.
# What comes back more often goes round in circles, and a wait for it would have no end.
ROUNDS = 3
REMEMBERED = 96

PATHS_TIMEOUT = 1800  # seconds in which what a VIOS served may come back after it has answered


@dataclass(frozen=True)
class Limits:
    """The times and counts a wait is held to, in seconds; what an administrator may set has its default here."""

    start_timeout: float = 7200
    stall_timeout: float = 10800
    query_retries: int = 5
    verify: bool = True
    require_paths: bool = False  # what does not serve what it served before has failed
    paths_timeout: float = PATHS_TIMEOUT
    late_is_unknown: bool = False  # a command that does not return in time may have begun all the same
    synchronous: bool = False  # the command returns when all is done
    quiet: float = 0  # seconds for which nothing may be seen of what a command began that failed

    @property
    def still(self) -> float:
        """Seconds without any change after which an image counts as whole; shorter for who waits less for a stall."""
        return min(self.quiet, self.stall_timeout / 4)


@dataclass(frozen=True)
class Migration:
    """One VIOS of a tuple, and all that its next move depends on. Times are seconds on a steady clock."""

    vios: str
    n: int
    state: State = State.WAITING
    status: str | None = None
    wanted: Level | None = None
    level_old: Level | None = None
    level_new: Level | None = None
    baseline: Progress | None = None
    view: Progress | None = None
    begun: bool = False
    seen_busy: bool = False
    passing: tuple[str, ...] = ()  # every one seen since the baseline
    same_views: int = 0
    old_answers: int = 0
    command: Command | None = None
    views_since_return: int = 0
    unanswered: str = ""
    served: Serving | None = None  # before the start; None where nobody wants to know
    lacks: tuple[str, ...] = ()  # what of that is missing, by its last answer
    proven: float | None = None  # since when it answers with the level wanted
    started: float | None = None
    changed: float | None = None
    progressed: float | None = None  # a change to what was not seen too often already; a stall is counted from here
    sights: tuple[str, ...] = ()  # what counted as progress since the start or the reboot
    reboots: int = 0  # intents to reboot it; one that was taken back counts, too
    task: str = ""  # the task that this is, if it is no migration
    kept: Mapping[str, str] = field(default_factory=dict)  # from before the start; what proves it is held against it

    @property
    def word(self) -> str:
        return statuses.word(self.n, self.task)

    @property
    def what(self) -> str:
        return self.task or "migration"

    @property
    def serves_aside(self) -> bool:
        """Its image goes onto another disk, or is there, and it still serves with the system of before."""
        view = self.view or Progress()
        installs = self.state in (State.INSTALLING, State.INSTALLED)
        out = self.command is not None and self.command.state is CommandState.RUNNING
        return installs and view.aside and bool(view.serving) and not out

    @property
    def final(self) -> bool:
        return self.state in FINAL

    @property
    def in_flight(self) -> bool:
        return self.state in IN_FLIGHT

    @property
    def wants_proof(self) -> bool:
        """Whether what proves it shall be asked for after this look: the level, or what a task is proven by."""
        if self.state is State.VERIFYING:
            return True
        return self.state is State.STARTED and _looks_done(self)


@dataclass(frozen=True)
class Facts:
    """What came in. Each part may be missing; ``failed_queries`` counts lsnim failures in a row."""

    now: float
    view: Progress | None = None
    command: Command | None = None
    level: LevelAnswer | None = None
    proof: Proof | None = None  # in place of the level, of a task
    failed_queries: int = 0
    in_turn: bool = True  # False: it waits for another VIOS, which has a time of its own

    @property
    def serves(self) -> Serving | None:
        """What it gives to its clients, by its last answer."""
        answer = self.proof or self.level
        return answer.serves if answer is not None else None


@dataclass(frozen=True)
class Step:
    migration: Migration
    event: Event | None = None
    message: str = ""


def move(migration: Migration, event: Event, message: str = "") -> Step:
    """Apply one event by the table; an event the table does not know in this state is an error of ours."""
    state, status = TRANSITIONS[migration.state][event]
    return Step(
        replace(migration, state=state, status=status.format(word=migration.word) if status else migration.status),
        event,
        message,
    )


def start(migration: Migration, baseline: Progress, now: float, served: Serving | None = None) -> Step:
    """The checks passed: the intent, with what was seen before it."""
    ready = replace(
        migration,
        baseline=baseline,
        view=baseline,
        begun=False,
        seen_busy=False,
        passing=baseline.passing,
        same_views=0,
        old_answers=0,
        command=None,
        views_since_return=0,
        unanswered="",
        served=served,
        lacks=(),
        proven=None,
        started=now,
        changed=now,
        progressed=now,
        sights=(),
        reboots=0,
    )
    levels_known = f"from ioslevel {migration.level_old or 'unknown'} to {migration.wanted}"
    if migration.wanted is None:
        levels_known = f"from ioslevel {migration.level_old or 'unknown'}, target level unknown"
    if migration.task and migration.wanted is None:
        levels_known = f"at ioslevel {migration.level_old or 'unknown'}"
    return move(ready, Event.CLEARED, f"{migration.vios}: {migration.what} starts {levels_known}")


def reboot(migration: Migration, now: float) -> Step:
    """Nothing stands in the way: the intent to reboot it from the disk that has its image."""
    ready = replace(
        migration,
        command=None,
        views_since_return=0,
        old_answers=0,
        changed=now,
        progressed=now,
        sights=(),
        reboots=migration.reboots + 1,
    )
    return move(ready, Event.REBOOT, f"{migration.vios}: rebooting from the disk with its image; its partner serves")


def follow(migration: Migration, facts: Facts, limits: Limits) -> Step:
    """Take facts in and say where the migration stands now."""
    migration = _take_in(migration, facts)
    found = _event(migration, facts, limits)
    if found is None:
        return Step(migration)
    event, message = found
    step = move(migration, event, f"{migration.vios}: {message}")
    # A new state brings its own wait.
    return replace(step, migration=_changed(step.migration, step.migration.state.value, facts.now))


def _is_old(m: Migration, sight: str) -> bool:
    return m.sights.count(sight) >= ROUNDS


def _changed(m: Migration, to: str, now: float) -> Migration:
    m = replace(m, changed=now)
    if _is_old(m, to):
        return m
    return replace(m, progressed=now, sights=(*m.sights, to)[-REMEMBERED:])


def _take_in(m: Migration, facts: Facts) -> Migration:
    """Everything the facts change except the state."""
    if facts.command is not None and facts.command != m.command:
        if facts.command.state is not CommandState.RUNNING:
            m = replace(m, changed=facts.now, progressed=facts.now)
        m = replace(m, command=facts.command)
    if facts.view is not None:
        same = m.view is not None and facts.view.mark == m.view.mark
        news = facts.view.news(m.passing)
        if m.view is None or news != m.view.news(m.passing):
            m = _changed(m, hashlib.blake2b(repr(news).encode(errors="replace"), digest_size=6).hexdigest(), facts.now)
        returned = m.command is not None and m.command.state is not CommandState.RUNNING
        passing = (*m.passing, *(text for text in facts.view.passing if text not in m.passing))
        m = replace(
            m,
            view=facts.view,
            passing=passing,
            proven=None if facts.view.busy else m.proven,
            # Counted no further than it matters, so that a look which shows nothing new changes nothing.
            same_views=min(m.same_views + 1, SETTLED) if same else 1,
            begun=m.begun or facts.view.left(m.baseline or Progress(), passing),
            seen_busy=m.seen_busy or facts.view.busy,
            views_since_return=min(m.views_since_return + 1, SETTLED) if returned else 0,
        )
    if facts.level is not None:
        m = replace(
            m,
            level_new=facts.level.level or m.level_new,
            unanswered="" if facts.level.level else facts.level.error or "no answer",
            old_answers=min(m.old_answers + 1, SETTLED)
            if facts.level.level and _is_another(m, facts.level.level)
            else 0,
        )
    if facts.proof is not None:
        against = facts.proof.done is False
        m = replace(
            m,
            level_new=facts.proof.level or m.level_new,
            unanswered="" if facts.proof.done else facts.proof.text,
            old_answers=min(m.old_answers + 1, SETTLED) if against else 0,
            kept={**m.kept, **facts.proof.keeps},
        )
    m = replace(m, proven=_proven_since(m, facts))
    if m.proven is not None and m.served is not None and facts.serves is not None:
        m = replace(m, lacks=lacking(m.served, facts.serves))
    if m.state is State.INSTALLED:
        since = facts.now if m.progressed is None else m.progressed
        m = replace(m, progressed=since if facts.in_turn else None)
    return m


def _proven_since(m: Migration, facts: Facts) -> float | None:
    """Since when its answers prove it; an answer that says nothing changes nothing."""
    holds = facts.proof.done if facts.proof is not None else None
    if facts.level is not None and facts.level.level is not None:
        holds = _proves(m, facts.level.level)
    if holds is None:
        return m.proven
    return (facts.now if m.proven is None else m.proven) if holds else None


def _event(m: Migration, facts: Facts, limits: Limits) -> tuple[Event, str] | None:
    if facts.failed_queries > limits.query_retries:
        return (
            Event.UNREADABLE,
            f"lsnim failed {facts.failed_queries} times in a row; gave up waiting, the VIOS was not touched",
        )
    by_state = {
        State.STARTING: _starting,
        State.STARTED: _started,
        State.INSTALLING: _installing,
        State.INSTALLED: _installed,
        State.REBOOTING: _rebooting,
        State.VERIFYING: _verifying,
    }
    found = by_state[m.state](m, facts, limits)
    leads_to = None if found is None else TRANSITIONS[m.state][found[0]][0]
    if (leads_to is None or _is_old(m, leads_to.value)) and _stalled(m, facts.now, limits):
        found = Event.STALLED, _stall_message(m, facts.now)
    return found


def _starting(m: Migration, facts: Facts, limits: Limits) -> tuple[Event, str] | None:
    command = m.command
    if command is not None and command.state is CommandState.TOO_LATE:
        return Event.PAST_LIMIT, f"the time limit was reached before {command.tool} ran"
    if m.seen_busy:
        return Event.BEGAN, _began_message(m)
    if command is None or command.state is CommandState.ABSENT:
        return None
    if command.state is CommandState.RETURNED and command.rc == 0 and not command.question:
        return Event.ACCEPTED, f"{m.what} successfully initiated ({command.tool} returned 0)"
    if command.state is CommandState.LOST:
        return Event.ACCEPTED, f"{command.tool} exited, exit status unknown; following NIM's state instead"
    if command.state is CommandState.RETURNED and m.views_since_return >= SETTLED:
        if m.changed is None or facts.now - m.changed >= limits.quiet:
            return Event.REFUSED, _refused_message(command)
        return None
    if _out_too_long(m, facts.now, limits):
        limit = span(limits.start_timeout)
        late = f"{command.tool} (pid {command.pid}) still running after {limit} (start_timeout){_asked(command)}"
        if limits.late_is_unknown:
            return Event.ACCEPTED, f"{late}; it may have begun all the same, so NIM and the VIOS are still polled"
        return Event.NOT_BACK, f"{late}, NIM shows no operation; gave up waiting, process not killed"
    return None


def _refused_message(command: Command) -> str:
    said = f"it printed {command.complaint!r}" if command.complaint else "it printed nothing on stderr"
    more = "see its stdout" if command.question else said
    return f"{command.tool} returned {command.rc}{_asked(command)} and NIM shows no operation; {more}"


def _asked(command: Command) -> str:
    return f", waiting for an answer to {command.question!r}," if command.question else ""


def _started(m: Migration, facts: Facts, limits: Limits) -> tuple[Event, str] | None:
    if m.begun:
        return Event.BEGAN, _began_message(m)
    # A look from before the command came back says nothing of what came of it.
    looked = m.views_since_return > 0 and _looks_done(m)
    if m.task:
        if looked and limits.synchronous and m.old_answers >= SETTLED and facts.proof is not None:
            return Event.DISPROVEN, facts.proof.text
        return _task_proven(m, facts, limits) if looked else None
    if facts.level is not None and looked and _proves(m, facts.level.level):
        return _migrated(m, facts, limits)
    return None


def _installing(m: Migration, facts: Facts, limits: Limits) -> tuple[Event, str] | None:
    if m.view is None or facts.view is None:
        return None
    failure = _failure(m)
    if failure:
        return Event.SAID_FAILED, failure
    # A tool that has more to do, or reboots by itself after all, would show it meanwhile.
    still = m.changed is not None and facts.now - m.changed >= limits.still
    if m.view.installed and m.serves_aside and not m.reboots and still:
        return Event.INSTALLED, f"{m.view.seen}; waiting for its turn to reboot"
    if not _looks_done(m) or not (m.seen_busy or m.same_views >= SETTLED):
        return None
    if limits.verify:
        if m.task:
            return Event.SAID_DONE, f"{m.view.seen}; verifying"
        return Event.SAID_DONE, f"NIM reports success ({m.view.seen}); verifying: asking the VIOS for its level"
    # Without an answer of the VIOS the word must be complete, and of an operation that was seen.
    if m.seen_busy and m.view.info is None and m.view.complaint is None and m.view.serving is not False:
        return Event.FINISHED, "migrated according to NIM, not verified (verify=False)"
    return None


def _installed(m: Migration, facts: Facts, limits: Limits) -> tuple[Event, str] | None:
    if m.view is None or facts.view is None:
        return None
    if failure := _failure(m):
        return Event.SAID_FAILED, failure
    # One that does not answer may have been rebooted; its next answer shows it.
    if m.view.serving and not m.view.aside:
        return Event.BUSY_AGAIN, f"{m.view.seen}: it was rebooted by something other than this driver"
    return None


def _rebooting(m: Migration, facts: Facts, limits: Limits) -> tuple[Event, str] | None:
    command = m.command
    if command is not None and command.state is CommandState.TOO_LATE:
        return Event.PAST_LIMIT, f"the time limit was reached before {command.tool} ran; it was not rebooted"
    refused = command is not None and command.state is CommandState.RETURNED and command.rc
    view = m.view if m.view is not None and m.view.installed and m.views_since_return >= SETTLED else None
    if command is not None and refused and view is not None and facts.now - (m.changed or 0) >= limits.quiet:
        return Event.REFUSED, f"{command.tool} returned {command.rc}, it was not rebooted. {view.advice}"
    return _installing(m, facts, limits)


def _verifying(m: Migration, facts: Facts, limits: Limits) -> tuple[Event, str] | None:
    if facts.view is not None and m.view is not None:
        if m.view.busy:
            return Event.BUSY_AGAIN, f"busy again: {m.view.seen}"
        failure = _failure(m)
        if failure:
            return Event.SAID_FAILED, failure
    if m.task:
        return _task_verified(m, facts, limits)
    if facts.level is None or facts.level.level is None or not _looks_done(m):
        return None
    if _proves(m, facts.level.level):
        return _migrated(m, facts, limits)
    if m.old_answers >= SETTLED and _ran(m):
        return Event.OLD_LEVEL, _old_level_message(m, facts.level.level)
    return None


def _task_proven(m: Migration, facts: Facts, limits: Limits) -> tuple[Event, str] | None:
    if facts.proof is None or not facts.proof.done:
        return None
    return _proven(m, facts, limits, facts.proof.text, facts.proof.text)


def _task_verified(m: Migration, facts: Facts, limits: Limits) -> tuple[Event, str] | None:
    """An answer against it counts twice, and not before what its command began must have shown itself."""
    if facts.proof is None or not _looks_done(m):
        return None
    early = m.started is not None and facts.now - m.started < limits.quiet
    if m.old_answers >= SETTLED and _ran(m) and not early:
        return Event.DISPROVEN, facts.proof.text
    return _task_proven(m, facts, limits)


def _migrated(m: Migration, facts: Facts, limits: Limits) -> tuple[Event, str] | None:
    answers = f"the VIOS answers with ioslevel {m.level_new}"
    return _proven(m, facts, limits, f"successfully migrated, {answers}", answers)


def _proven(m: Migration, facts: Facts, limits: Limits, done: str, answers: str) -> tuple[Event, str] | None:
    """Its level is proven; what it serves has its own time to come back."""
    if not m.lacks:
        return Event.PROVEN, done
    if m.proven is None or facts.now - m.proven < limits.paths_timeout:
        return None
    missing = f"{span(facts.now - m.proven)} after the {m.what} still missing: {few(m.lacks)}"
    if limits.require_paths:
        others = "" if m.task else "; no other VIOS of its tuple is started"
        return Event.PATHS_LOST, f"{answers}, but {missing}{others}"
    return Event.PROVEN, f"{done}; warning: {missing}"


def few(texts: Sequence[str], shown: int = 5) -> str:
    """The first ones, and how many more there are."""
    return "; ".join(texts[:shown]) + (f"; and {len(texts) - shown} more" if len(texts) > shown else "")


def _looks_done(m: Migration) -> bool:
    """The tool's word, and that clients get what they got. A complaint from before the start says nothing of ours."""
    view, baseline = m.view or Progress(), m.baseline or Progress()
    whole = view.served is None or baseline.served is None or view.served >= baseline.served
    good = view.outcome is Outcome.SUCCESS and view.complaint in (None, baseline.complaint)
    return bool(view.idle) and good and whole


def _ran(m: Migration) -> bool:
    """Whether an operation was seen, not only what it may have left behind."""
    return m.seen_busy or (m.view or Progress()).left_trace(m.baseline or Progress(), m.passing)


def _is_another(m: Migration, level: Level) -> bool:
    """Whether a level is not the one wanted; where none is known, one that did not change."""
    if m.wanted is None:
        return level == m.level_old
    going_down = m.level_old is not None and m.wanted < m.level_old
    return level < m.wanted or (going_down and level == m.level_old)


def _proves(m: Migration, level: Level | None) -> bool:
    """The VIOS's own proof that something was installed: its level changed, to the one wanted.

    A level that it had before, or may have had, is one only where an operation was seen and nothing speaks against it.
    """
    if level is None or _is_another(m, level):
        return False
    changed = m.level_old is not None and level != m.level_old
    return changed or (m.seen_busy and (m.view or Progress()).complaint is None)


def _failure(m: Migration) -> str:
    """What is said against it, once begun; what stood there before counts only when nothing runs any more."""
    view, baseline = m.view or Progress(), m.baseline or Progress()
    new_result = view.idle or view.result != baseline.result
    if view.outcome in (Outcome.FAILURE, Outcome.RESET) and new_result:
        return f"NIM shows {view.result}, {view.said}".rstrip(", ")
    if view.complaint is not None and view.complaint != baseline.complaint:
        return f"NIM shows {view.said}"
    return ""


def _stalled(m: Migration, now: float, limits: Limits) -> bool:
    running = m.command is not None and m.command.state is CommandState.RUNNING
    if running and not _out_too_long(m, now, limits):
        return False
    if m.proven is not None and m.lacks:
        return now - m.proven >= limits.paths_timeout + limits.stall_timeout  # the answers have stopped
    return m.progressed is not None and now - m.progressed >= limits.stall_timeout


def _out_too_long(m: Migration, now: float, limits: Limits) -> bool:
    running = m.command is not None and m.command.state is CommandState.RUNNING
    return running and m.started is not None and now - m.started >= limits.start_timeout


def _stall_message(m: Migration, now: float) -> str:
    quiet = span(now - (now if m.progressed is None else m.progressed))
    if m.task and m.unanswered:
        what = f"it is not proven ({m.unanswered})"
    elif m.state is State.STARTED:
        what = "nothing began"
    elif m.state is State.VERIFYING:
        answer = f"it answers with ioslevel {m.level_new}" if m.level_new else "no answer"
        what = f"NIM reports success, but the VIOS has not confirmed its level ({m.unanswered or answer})"
    elif m.changed != m.progressed:
        what = "NIM state keeps changing, but shows only what it showed before,"
    else:
        what = "no change of NIM state"
    view = m.view or Progress()
    hint = "; err_info is still that of an earlier operation" if view.complaint else ""
    shown = ", ".join(f"{name} {text!r}" for name, text in view.shown.items()) or "NIM shows nothing"
    before = m.baseline.served if m.baseline else None
    if view.served is not None and before is not None and view.served < before:
        hint += f"; it serves {view.served} disks to its clients, {before} before the start"
    return f"{what} for {quiet}; {shown}{hint}" + (f". {view.advice}" if view.advice else "")


def _old_level_message(m: Migration, level: Level) -> str:
    seen = m.view.seen if m.view else "nothing"
    if m.wanted is None:
        return (
            f"NIM reports success ({seen}), but the VIOS still answers with ioslevel {level}, as before; it may have "
            "booted from its old disk. If the image holds that very level, give level="
        )
    return (
        f"NIM reports success ({seen}), but the VIOS still answers with ioslevel {level}, expected {m.wanted}; it "
        "may have booted from its old disk"
    )


def _began_message(m: Migration) -> str:
    command = m.command
    late = ""
    if command is not None and command.state is CommandState.RETURNED and command.rc:
        late = f", although {command.tool} returned {command.rc}; still waiting for its end"
    return f"operation started ({m.view.seen}){late}" if m.view else "operation started"
