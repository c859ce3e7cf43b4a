"""What may happen next to a tuple: when its first VIOS may start, when its second, and when it is over.

The order of the questions is the reference's: previous status, time limit, hold, already at the level, checks.
The second VIOS gets its turn only when the first is DONE (verified) or CURRENT, and all but the previous status is
asked again before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from saltext_vios.migration import statuses
from saltext_vios.migration.checks import Checked, Severity, at_level
from saltext_vios.migration.durations import AUTO, History
from saltext_vios.migration.machine import Event, Limits, Migration, State, Step, move, span, start

NOTHING = History()
NO_CLUSTERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Terms:
    """What the caller wants of one tuple. ``time_limit`` is a wall-clock time in seconds since the epoch.

    ``margin`` are the seconds that one VIOS is expected to take, or ``auto``: what the history says.
    """

    time_limit: float | None = None
    time_limit_text: str = ""
    force: bool = False
    previous: str | None = None
    max_parallel: int = 8
    max_failures: str | None = None
    margin: float | str | None = None
    longest_first: bool = False
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Run:
    """One tuple being carried out. ``over`` is set with the reason when it ends before its last VIOS."""

    id: int
    request: int
    key: str
    migrations: tuple[Migration, ...]
    terms: Terms
    over: bool = False

    @property
    def vioses(self) -> tuple[str, ...]:
        return tuple(migration.vios for migration in self.migrations)

    @property
    def current(self) -> Migration | None:
        """The first VIOS that is not finished; None when the tuple is over."""
        if self.over:
            return None
        return next((m for m in self.migrations if not m.final), None)

    @property
    def status(self) -> str | None:
        return statuses.of_tuple(m.status for m in self.migrations)

    @property
    def admitted(self) -> bool:
        """Whether it takes a place: something of it was checked or started and it is not over."""
        return not self.over and any(m.state is not State.WAITING for m in self.migrations)


def with_migration(run: Run, migration: Migration) -> Run:
    """The run with one VIOS moved on; over when that VIOS did not succeed or was the last."""
    migrations = tuple(migration if m.n == migration.n else m for m in run.migrations)
    ended = migration.state in (State.FAILED, State.SKIPPED)
    return replace(run, migrations=migrations, over=ended or all(m.final for m in migrations))


def gate(run: Run, wall: float, held: str | None, history: History = NOTHING) -> Step | None:
    """Time limit and hold, asked before every start. None: the tuple may go on."""
    migration = run.current
    if migration is None or migration.state not in (State.WAITING, State.CHECKING):
        return None
    late = too_late(run.terms, migration.vios, wall, history)
    if late:
        return move(migration, Event.PAST_LIMIT, late)
    if held is not None:
        return move(migration, Event.HELD, f"held: {held}" if held else "held by an operator")
    return None


def too_late(terms: Terms, vios: str, wall: float, history: History = NOTHING) -> str:
    """Why a VIOS may not be started any more; empty when it may."""
    if terms.time_limit is None:
        return ""
    if wall >= terms.time_limit:
        return f"Time limit {terms.time_limit_text} reached, no further operation"
    takes = history.expected(vios) if terms.margin == AUTO else terms.margin
    if isinstance(takes, float) and wall + takes > terms.time_limit:
        return (
            f"Time limit {terms.time_limit_text}: {vios} takes {span(takes)}, only {span(terms.time_limit - wall)} are "
            "left, no further operation"
        )
    return ""


def in_order(waiting: Iterable[Run], history: History) -> list[Run]:
    """Earlier requests first; within one as given, or those that took longest before first."""
    return sorted(
        waiting,
        key=lambda run: (run.request, -history.of_tuple(run.vioses) if run.terms.longest_first else 0.0, run.id),
    )


def judge(run: Run, checked: Mapping[str, Checked], now: float) -> list[Step]:
    """The checks are in: which VIOSes are at the level, what stands in the way, or the start of the current one.

    The steps are in the order they are to be recorded; the last one decides. One without an event waits: all is to
    be asked again.
    """
    steps: list[Step] = []
    for m in run.migrations:
        if not m.final and at_level(checked[m.vios], run.terms.force):
            facts = checked[m.vios]
            known = replace(m, state=State.CHECKING, wanted=facts.wanted, level_old=facts.level, level_new=facts.level)
            steps.append(
                move(
                    known,
                    Event.AT_LEVEL,
                    f"{m.vios}: ioslevel {facts.level}, wanted {facts.wanted}; not touched",
                )
            )
    current_names = {step.migration.vios for step in steps}
    left = [m for m in run.migrations if not m.final and m.vios not in current_names]
    if not left:
        return steps
    trace = _no_trace(run, left, checked)
    if trace is not None:
        return [*steps, trace]
    for m in left:
        errors = checked[m.vios].errors
        if errors:
            event = Event.CLUSTER_UNFIT if checked[m.vios].cluster_unfit else Event.CHECK_FAILED
            return [*steps, move(_looked_at(m, checked), event, "; ".join(map(str, errors)))]
    first = checked[left[0].vios]
    if first.waits_for:
        return [*steps, Step(left[0], None, f"{left[0].vios}: waits for its cluster: {first.waits_for}")]
    step = start(_looked_at(left[0], checked), first.view, now)
    warnings = "".join(f"; warning: {f.check}: {f.seen}" for f in first.findings if f.severity is Severity.WARNING)
    return [*steps, replace(step, message=step.message + warnings)]


def _looked_at(m: Migration, checked: Mapping[str, Checked]) -> Migration:
    facts = checked[m.vios]
    return replace(
        m, state=State.CHECKING, wanted=facts.wanted, level_old=facts.level, level_new=None, view=facts.view
    )


def _no_trace(run: Run, left: Sequence[Migration], checked: Mapping[str, Checked]) -> Step | None:
    """A previous ``...-INIT`` says started, not done: it is never started again on that word alone."""
    n = statuses.initiated(run.terms.previous)
    m = next((m for m in left if m.n == n), None)
    if m is None or checked[m.vios].view.busy:
        return None
    answer = checked[m.vios].level
    return move(
        _looked_at(m, checked),
        Event.NO_TRACE,
        f"{m.vios}: started earlier ({run.terms.previous}), no trace of it: NIM is idle and the VIOS "
        + (f"answers with ioslevel {answer}" if answer else "does not answer"),
    )


def admit(
    waiting: Iterable[Run],
    active: Iterable[Run],
    frames: Mapping[str, str],
    clusters: Mapping[str, str] = NO_CLUSTERS,
) -> list[Run]:
    """Which waiting runs may begin now, in their order: a free place, and no frame, cluster or VIOS in use.

    :param frames: VIOS name -> frame, for every VIOS whose frame is known or whose caller vouched for it.
    :param clusters: VIOS name -> SSP cluster, as far as it is known yet.
    """
    active = list(active)
    taken = {place for run in active for place in _places(run, frames, clusters)}
    admitted: list[Run] = []
    for run in waiting:
        if len(active) + len(admitted) >= run.terms.max_parallel:
            continue
        places = _places(run, frames, clusters)
        if places & taken:
            # Whoever asked first for a frame or a cluster gets it first.
            taken |= places
            continue
        taken |= places
        admitted.append(run)
    return admitted


def clashes(
    run: Run, others: Iterable[Run], frames: Mapping[str, str], clusters: Mapping[str, str] = NO_CLUSTERS
) -> bool:
    """Whether another run has a VIOS of this one's frame or cluster in flight: asked again right before a start."""
    mine = _places(run, frames, clusters)
    return any(
        other.id != run.id and any(m.in_flight for m in other.migrations) and mine & _places(other, frames, clusters)
        for other in others
    )


def give_way(run: Run) -> Step | None:
    """Back to the queue, so that its place serves another; not between the two VIOSes of a tuple."""
    migration = run.current
    if migration is None or migration.state is not State.CHECKING or any(m.final for m in run.migrations):
        return None
    return move(migration, Event.YIELDED)


def _places(run: Run, frames: Mapping[str, str], clusters: Mapping[str, str]) -> set[str]:
    """What a run occupies: its VIOSes, their frames and clusters (which may all have the same names)."""
    return (
        {f"vios {name}" for name in run.vioses}
        | {f"frame {frames[name]}" for name in run.vioses if name in frames}
        | {f"cluster {clusters[name]}" for name in run.vioses if name in clusters}
    )


def out_of_failures(terms: Terms, failed: int, total: int) -> bool:
    """Whether a request has used up its ``max_failures`` (a count, or a share such as ``10%``)."""
    if terms.max_failures is None:
        return False
    text = str(terms.max_failures)
    allowed = total * float(text[:-1]) / 100 if text.endswith("%") else float(text)
    return failed > 0 and failed >= allowed
