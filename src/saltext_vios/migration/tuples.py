"""Tuples: how one stands, when it is over, and which of those that wait get a place.

Whether one of its VIOSes may start is asked in ``saltext_vios.migration.start``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from saltext_vios.migration import statuses
from saltext_vios.migration.durations import History
from saltext_vios.migration.machine import Event, Limits, Migration, State, Step, move

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


def in_order(waiting: Iterable[Run], history: History) -> list[Run]:
    """Earlier requests first; within one as given, or those that took longest before first."""
    return sorted(
        waiting,
        key=lambda run: (run.request, -history.of_tuple(run.vioses) if run.terms.longest_first else 0.0, run.id),
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
    return move(migration, Event.REQUEUED)


def _places(run: Run, frames: Mapping[str, str], clusters: Mapping[str, str]) -> set[str]:
    """What a run occupies: its VIOSes, their frames and clusters (which may all have the same names)."""
    return (
        {f"vios {name}" for name in run.vioses}
        | {f"frame {frames[name]}" for name in run.vioses if name in frames}
        | {f"cluster {clusters[name]}" for name in run.vioses if name in clusters}
    )
