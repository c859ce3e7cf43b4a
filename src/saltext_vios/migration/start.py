"""May this VIOS start now? Every question before a start, in one ordered table.

Rules of this file: all that keeps a VIOS from being started stands here, and nothing else does. Each question is a
pure function of one frozen picture, the ``Situation``; no clock, no journal, no NIM.

A tuple is asked about at three moments: when a call asks for it (REQUEST), when its turn would come (TURN, with what
a listing shows), and right before its command runs (START, with the answers of NIM and of its VIOSes); and at a fourth
where this program reboots a VIOS whose image is on another disk (REBOOT), since that is its outage. The first
question that has an answer decides. The driver asks at each moment and obeys; a preview asks the first three at once
(``foresee``). The second VIOS of a tuple gets its turn only when the first is DONE (verified) or CURRENT, or
serves next to it where that is asked for (``overlap``), and then is asked about like the first.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Union

from saltext_vios.migration import statuses, targets
from saltext_vios.migration.checks import Checked, Severity, at_level
from saltext_vios.migration.durations import AUTO, History, span
from saltext_vios.migration.facts import Progress
from saltext_vios.migration.machine import Migration, Step, move, reboot, start
from saltext_vios.migration.previous import Objection
from saltext_vios.migration.recalled import CloneBefore, CloneState
from saltext_vios.migration.transitions import TRANSITIONS, Event, State
from saltext_vios.migration.tuples import Run

LAUNCHES = 3  # launchers that came to nothing before a VIOS is given up


class Moment(enum.Enum):
    REQUEST = "when it is asked for"
    TURN = "when its turn would come"
    START = "right before its command runs"
    REBOOT = "right before a VIOS is rebooted whose image is on another disk"


@dataclass(frozen=True)
class Situation:
    """All that a start depends on, at one moment. ``checked`` is None before NIM and the VIOSes have answered."""

    run: Run
    wall: float  # seconds since the epoch
    objection: Objection | None = None
    under_way: str = ""
    cancelled: str = ""
    held: str | None = None  # by whom, and why
    failures: tuple[int, int] = (0, 0)  # runs of its request that failed, of how many
    history: History = field(default_factory=History)
    views: Mapping[str, Progress] = field(default_factory=dict)
    doubt: str = ""  # why the listing is not trusted
    place: bool | None = None  # None: not asked yet
    in_use: bool = False
    launches: int = 0
    clone: CloneBefore | None = None  # None: none is wanted
    rebooting: Migration | None = None  # the VIOS that would be rebooted, where that is what is asked
    leaves_reboot: bool = False  # the tool was seen here to leave the reboot to others
    checked: Mapping[str, Checked] | None = None

    @property
    def elsewhere(self) -> Migration | None:
        """The VIOS that the caller says was started elsewhere, if NIM shows it in an operation."""
        n = statuses.initiated(self.run.terms.previous)
        waiting = (m for m in self.run.migrations if m.state in (State.WAITING, State.CHECKING))
        return next((m for m in waiting if m.n == n and self.views.get(m.vios, Progress()).busy), None)

    @property
    def at_level(self) -> list[Migration]:
        """Those that are not finished and need not be started; known with the answers only."""
        checked, force = self.checked, self.run.terms.force
        if checked is None or self.rebooting is not None:
            return []
        # One that installs may answer with its new level before it is done.
        still = [m for m in self.run.migrations if not m.final and not m.in_flight and m != self.elsewhere]
        return [m for m in still if at_level(checked[m.vios], force)]

    @property
    def left(self) -> list[Migration]:
        """Those that are still to be started, as far as is known; the one that would be rebooted, where it is that."""
        if self.rebooting is not None:
            return [self.rebooting]
        done = self.at_level
        return [m for m in self.run.migrations if not m.final and not m.in_flight and m not in done]

    @property
    def untouched(self) -> bool:
        """Nothing of the tuple was started or found at its level."""
        return all(m.state in (State.WAITING, State.CHECKING) for m in self.run.migrations)

    def found(self, m: Migration) -> Checked | None:
        return None if self.checked is None else self.checked[m.vios]


@dataclass(frozen=True)
class Wait:
    """Not now; it is asked again."""

    why: str


@dataclass(frozen=True)
class Stop:
    """Not at all: an event of the VIOS that it is about, or a status that is passed through."""

    why: str
    event: Event | None = None
    migration: Migration | None = None
    status: str | None = None


@dataclass(frozen=True)
class Attach:
    """Somebody started it already; it is followed."""

    why: str


@dataclass(frozen=True)
class Adopt:
    """The caller says that this VIOS was started elsewhere, and NIM shows it: it is followed, not started."""

    why: str
    migration: Migration


@dataclass(frozen=True)
class Clone:
    """This VIOS is to be cloned first."""

    why: str
    migration: Migration


@dataclass(frozen=True)
class Settled:
    """Nothing is left to be migrated."""

    why: str


Answer = Union[Wait, Stop, Attach, Adopt, Clone, Settled, None]


def _earlier_status(now: Situation) -> Answer:
    return Stop(now.objection.message, status=now.objection.status) if now.objection else None


def _under_way(now: Situation) -> Answer:
    return Attach(now.under_way) if now.under_way else None


def _other_vios(now: Situation) -> Answer:
    """Where the second VIOS waits: until the first is DONE or CURRENT, or its image may be installed meanwhile.

    Meanwhile only where that is asked for, the first still serves with its former system, and the tool is known to
    leave the reboot: by this first one, which waits for its own, or by an earlier one here.
    """
    if now.run.over:
        return Wait("the tuple is over")
    for m in now.run.flying:
        known = m.state is State.INSTALLED or now.leaves_reboot
        if not (now.run.terms.overlap and m.serves_aside and known):
            return Wait(f"{m.vios} is {m.state.value}")
    return None


def _others_at_a_reboot(now: Situation) -> Answer:
    """Never both rebooted, and in their order: the one before is verified, one behind serves with its former system."""
    m = now.left[0]
    for other in now.run.migrations:
        if other.n < m.n and other.state in (State.FAILED, State.SKIPPED):
            return Stop(f"{other.vios} is not verified", Event.NOT_VERIFIED)
        if other.n < m.n and not other.final:
            return Wait(f"{m.vios} waits with its reboot: {other.vios} is {other.state.value}")
        if other.in_flight and not other.serves_aside:
            return Wait(f"{m.vios} waits with its reboot: {other.vios} is {other.state.value}")
    return None


def _serves(now: Situation) -> Answer:
    """Asked again until the time runs out: a VIOS with its image on another disk can wait."""
    found = now.found(now.left[0])
    if found is None or not found.errors:
        return None
    return Wait(f"{now.left[0].vios} is not rebooted: {'; '.join(map(str, found.errors))}")


def _started_elsewhere(now: Situation) -> Answer:
    m = now.elsewhere
    if m is None and statuses.initiated(now.run.terms.previous) and now.doubt and now.untouched:
        return Wait(now.doubt)
    if m is None or (now.checked is not None and m != now.left[0]):
        return None
    shown = now.views[m.vios].seen
    earlier = now.run.terms.previous
    return Adopt(f"{m.vios}: started elsewhere ({earlier}), NIM shows {shown}; it is followed, not started", m)


def _cancelled(now: Situation) -> Answer:
    return Stop(now.cancelled, Event.HELD) if now.cancelled and now.left else None


def _time_limit(now: Situation) -> Answer:
    terms = now.run.terms
    if terms.time_limit is None or now.wall < terms.time_limit or not now.left:
        return None
    return Stop(f"Time limit {terms.time_limit_text} reached, no further operation", Event.PAST_LIMIT)


def _margin(now: Situation) -> Answer:
    terms = now.run.terms
    if terms.time_limit is None or not now.left:
        return None
    vios = now.left[0].vios
    takes = now.history.expected(vios) if terms.margin == AUTO else terms.margin
    if not isinstance(takes, (int, float)) or now.wall + takes <= terms.time_limit:
        return None
    left, limit = span(terms.time_limit - now.wall), terms.time_limit_text
    why = f"not started: {vios} is expected to take {span(takes)}, {left} left until the time limit {limit}"
    return Stop(why, Event.PAST_LIMIT)


def _hold(now: Situation) -> Answer:
    if now.held is None or not now.left:
        return None
    return Stop(f"held by {now.held or 'an operator'}", Event.HELD)


def _failure_budget(now: Situation) -> Answer:
    failed, total = now.failures
    if not now.untouched or not now.left or not out_of_failures(now.run.terms.max_failures, failed, total):
        return None
    return Stop(f"not started: {failed} of {total} tuples failed, max_failures reached", Event.HELD)


def _listing(now: Situation) -> Answer:
    return Wait(now.doubt) if now.doubt else None


def _place(now: Situation) -> Answer:
    return Wait("no place is free") if now.place is False else None


def _frame_and_cluster(now: Situation) -> Answer:
    # Who has no place yet is kept out by the places: whoever asked first for a frame or a cluster gets it first.
    return Wait("its frame or cluster is in use") if now.in_use and now.run.admitted else None


def _at_the_level(now: Situation) -> Answer:
    if now.left:
        return None
    # Of a task each VIOS says why there is nothing to do.
    reasons = [one.done for one in map(now.found, now.at_level) if one and one.done]
    return Settled("; ".join(dict.fromkeys(reasons)) or "every VIOS is already at the level")


def _trace(now: Situation) -> Answer:
    """A previous ``...-INIT`` says started, not done: it is never started again on that word alone."""
    n = statuses.initiated(now.run.terms.previous)
    m = next((m for m in now.left if m.n == n), None)
    found = None if m is None else now.found(m)
    if m is None or found is None or found.progress.busy:
        return None
    answer = f"answers with ioslevel {found.level}" if found.level else "does not answer"
    why = f"{m.vios}: started earlier ({now.run.terms.previous}), but no trace of it: NIM is idle, the VIOS {answer}"
    return Stop(why, Event.NO_TRACE, m)


def _findings(now: Situation) -> Answer:
    for m in now.left:
        found = now.found(m)
        if found is not None and found.errors:
            event = Event.CLUSTER_DEGRADED if found.cluster_unfit else Event.CHECK_FAILED
            return Stop("; ".join(map(str, found.errors)), event, m)
    return None


def _cluster_comes_back(now: Situation) -> Answer:
    found = now.found(now.left[0])
    if found is None or not found.waits_for:
        return None
    return Wait(f"{now.left[0].vios}: waiting for its SSP cluster, which rejoins after a migration: {found.waits_for}")


def _launches(now: Situation) -> Answer:
    if now.launches < LAUNCHES:
        return None
    m = now.left[0]
    why = f"{m.vios}: not started, {now.launches} attempts to launch its command failed; see driver.log"
    return Stop(why, Event.NOT_LAUNCHED, m)


def _cloned(now: Situation) -> Answer:
    """With the option clone nothing starts without a proven clone; the second VIOS is cloned like the first."""
    if now.clone is None or not now.left:
        return None
    m = now.left[0]
    key = targets.key([m.vios], "clone")
    if now.clone.state is CloneState.FAILED and now.checked is not None:
        why = f"{m.vios}: not started, its clone ended {now.clone.status}; vios.history {key} detail=True shows why"
        return Stop(why, Event.CHECK_FAILED, m)
    if now.clone.state is CloneState.UNDER_WAY:
        return Wait(f"{m.vios}: waits for its clone ({key})")
    if now.clone.state is CloneState.MISSING and now.checked is not None:
        return Clone(f"{m.vios}: waits for its clone ({key})", m)
    return None


@dataclass(frozen=True)
class Question:
    name: str
    moments: tuple[Moment, ...]
    ask: Callable[[Situation], Answer]


M = Moment
BOTH = (M.TURN, M.START)
EACH = (*BOTH, M.REBOOT)

# In this order; the first that has an answer decides.
QUESTIONS = (
    Question("earlier status", (M.REQUEST,), _earlier_status),
    Question("under way already", (M.REQUEST,), _under_way),
    Question("other VIOS of the tuple verified", BOTH, _other_vios),
    Question("other VIOS verified or serving", (M.REBOOT,), _others_at_a_reboot),
    Question("started elsewhere", BOTH, _started_elsewhere),
    Question("cancelled", EACH, _cancelled),
    Question("time limit", EACH, _time_limit),
    # Of the VIOS that would start, so only when it is known which one is at the level.
    Question("margin", (M.START,), _margin),
    Question("hold", EACH, _hold),
    Question("failure budget", BOTH, _failure_budget),
    Question("listing complete", EACH, _listing),
    Question("place", (M.TURN,), _place),
    Question("frame and cluster", EACH, _frame_and_cluster),
    Question("at the level", (M.START,), _at_the_level),
    Question("trace of an earlier start", (M.START,), _trace),
    Question("findings", (M.START,), _findings),
    Question("cluster comes back", (M.START,), _cluster_comes_back),
    Question("partners serve", (M.REBOOT,), _serves),
    Question("launches", (M.START, M.REBOOT), _launches),
    Question("clone", BOTH, _cloned),
)


@dataclass(frozen=True)
class Decision:
    """``answer`` is None when nothing stands in the way; else the question that had one."""

    answer: Answer
    question: str = ""


GO = Decision(None)


def decide(now: Situation, moment: Moment, patient: bool = False) -> Decision:
    """The first question of a moment that has an answer.

    :param patient: take what only has to wait as having come about.
    """
    seen = now if moment in (M.START, M.REBOOT) else replace(now, checked=None)
    for question in QUESTIONS:
        if moment in question.moments:
            answer = question.ask(seen)
            if answer is not None and not (patient and isinstance(answer, Wait)):
                return Decision(answer, question.name)
    return GO


def foresee(now: Situation) -> Decision:
    """What all moments come to if nothing changes: what only has to wait does not stand in the way."""
    for moment in (M.REQUEST, M.TURN, M.START):
        decision = decide(now, moment, patient=True)
        # At its turn it is only looked at more closely: the answers may show that it is not to be followed.
        if decision.answer is not None and not (moment is M.TURN and isinstance(decision.answer, Adopt)):
            return decision
    return GO


def status_of(stop: Stop, run: Run) -> str | None:
    """The status that a stop gives to its VIOS, or that is passed through."""
    if stop.event is None:
        return stop.status
    m = stop.migration or run.next
    status = TRANSITIONS[State.CHECKING][stop.event][1]
    return status.format(word=m.word) if status and m else None


def steps(now: Situation, decision: Decision, steady: float) -> list[Step]:
    """What a decision at a START is to be recorded as, in order: what is at the level, then the rest.

    :param steady: seconds on the clock by which migrations are followed.
    """
    found = [_at_level_step(m, now) for m in now.at_level]
    answer = decision.answer
    if isinstance(answer, Settled):
        return found
    if isinstance(answer, Stop):
        return [*found, stop_step(now, answer)]
    if isinstance(answer, Adopt):
        return [*found, _adopt(_looked_at(answer.migration, now), answer, steady)]
    if isinstance(answer, (Wait, Attach, Clone)):
        return []
    return [*found, _start(now.left[0], now, steady)]


def reboot_step(now: Situation, steady: float) -> Step:
    return reboot(now.left[0], steady)


def stop_step(now: Situation, stop: Stop) -> Step:
    """The move of the VIOS that a stop is about, the next one unless it names another."""
    m = stop.migration or now.left[0]
    if now.rebooting is not None:
        advice = m.view.advice if m.view else ""
        return move(m, stop.event or Event.HELD, f"{stop.why}; {m.vios} was not rebooted. {advice}".rstrip())
    return move(_looked_at(m, now) if now.checked is not None else m, stop.event or Event.HELD, stop.why)


def _at_level_step(m: Migration, now: Situation) -> Step:
    known = _looked_at(m, now)
    found = now.found(m)
    why = (found and found.done) or f"already at ioslevel {known.level_old} (wanted {known.wanted})"
    message = f"{m.vios}: {why}; not touched"
    return move(replace(known, level_new=known.level_old), Event.AT_LEVEL, message)


def _looked_at(m: Migration, now: Situation) -> Migration:
    found = now.found(m)
    if found is None:
        return m
    return replace(
        m,
        state=State.CHECKING,
        wanted=found.wanted,
        level_old=found.level,
        level_new=None,
        view=found.progress,
        kept=found.kept,
    )


def _start(m: Migration, now: Situation, steady: float) -> Step:
    known = _looked_at(m, now)
    found = now.found(m)
    step = start(known, known.view or Progress(), steady, found.serves if found else None)
    findings = found.findings if found else ()
    kept = [f"; {f.check}: {f.seen}" for f in findings if f.kept]
    warned = [f"; warning: {f.check}: {f.seen}" for f in findings if f.severity is Severity.WARNING]
    return replace(step, message=step.message + "".join(kept + warned))


def _adopt(m: Migration, answer: Adopt, steady: float) -> Step:
    """It is followed from what NIM shows now; what it was before is not known."""
    view = m.view or Progress()
    known = replace(m, baseline=view, begun=True, seen_busy=True, same_views=1)
    flying = replace(known, started=steady, changed=steady, progressed=steady)
    return move(flying, Event.ADOPTED, answer.why)


def out_of_failures(allowed: str | None, failed: int, total: int) -> bool:
    """Whether ``max_failures`` (a count, or a share such as ``10%``) is used up."""
    if allowed is None:
        return False
    limit = total * float(allowed[:-1]) / 100 if allowed.endswith("%") else float(allowed)
    return failed > 0 and failed >= limit
