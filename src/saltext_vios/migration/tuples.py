"""Tuples: how one stands, when it is over, and which of those that wait get a place.

Whether one of its VIOSes may start is asked in ``saltext_vios.migration.start``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from saltext_vios.migration import statuses
from saltext_vios.migration.durations import History
from saltext_vios.migration.machine import Limits, Migration, Step, move
from saltext_vios.migration.transitions import Event, State

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
    overlap: bool = False
    limits: Limits = field(default_factory=Limits)
    task: str = ""
    takes_down: bool = True  # it takes its VIOSes from their clients, or may


@dataclass(frozen=True)
class Run:
    """One tuple being carried out. ``over`` is set with the reason when it ends before its last VIOS."""

    id: int
    request: int
    key: str
    migrations: tuple[Migration, ...]
    terms: Terms
    over: bool = False
    parent: int | None = None  # the run that waits for this one, and has the places

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
    def next(self) -> Migration | None:
        """The first VIOS that is neither finished nor in flight."""
        if self.over:
            return None
        return next((m for m in self.migrations if not m.final and not m.in_flight), None)

    @property
    def flying(self) -> tuple[Migration, ...]:
        """The VIOSes in flight: one, or two whose images go onto other disks while they serve."""
        return () if self.over else tuple(m for m in self.migrations if m.in_flight)

    @property
    def status(self) -> str | None:
        return statuses.of_tuple(m.status for m in self.migrations)

    @property
    def admitted(self) -> bool:
        """Whether it takes a place: something of it was checked or started and it is not over."""
        return not self.over and any(m.state is not State.WAITING for m in self.migrations)


def with_migration(run: Run, migration: Migration) -> Run:
    """The run with one VIOS moved on; over when one did not succeed, or all are final, and none is in flight."""
    migrations = tuple(migration if m.n == migration.n else m for m in run.migrations)
    ended = any(m.state in (State.FAILED, State.SKIPPED) for m in migrations) or all(m.final for m in migrations)
    return replace(run, migrations=migrations, over=ended and not any(m.in_flight for m in migrations))


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
    taken = Places.all(_places(run, frames, clusters) for run in active)
    admitted: list[Run] = []
    count = Counter(run.terms.task for run in active)
    for run in waiting:
        if count[run.terms.task] >= run.terms.max_parallel:
            continue
        places = _places(run, frames, clusters)
        fits = not places.clash(taken)
        if run.parent is not None:
            others = (one for one in (*active, *admitted) if one.id != run.parent)
            fits = not any(places.clash(_places(one, frames, clusters)) for one in others)
        # Whoever asked first for a frame or a cluster gets it first.
        taken = Places.all((taken, places))
        if fits:
            count[run.terms.task] += 1
            admitted.append(run)
    return admitted


def in_its_way(
    run: Run, others: Iterable[Run], frames: Mapping[str, str], clusters: Mapping[str, str] = NO_CLUSTERS
) -> Run | None:
    """Another run with a VIOS of this one's frame or cluster in flight: asked again right before a start."""
    mine = _places(run, frames, clusters)
    flying = (other for other in others if other.id != run.id and any(m.in_flight for m in other.migrations))
    return next((other for other in flying if mine.clash(_places(other, frames, clusters))), None)


def give_way(run: Run) -> Step | None:
    """Back to the queue, so that its place serves another; not between the two VIOSes of a tuple."""
    migration = run.next
    begun = run.flying or any(m.final for m in run.migrations)
    if migration is None or migration.state is not State.CHECKING or begun:
        return None
    return move(migration, Event.REQUEUED)


@dataclass(frozen=True)
class Places:
    """What a run occupies for itself, and what it shares with others that share it."""

    own: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()

    @classmethod
    def all(cls, several: Iterable[Places]) -> Places:
        own: set[str] = set()
        shared: set[str] = set()
        for one in several:
            own |= one.own
            shared |= one.shared
        return cls(frozenset(own), frozenset(shared))

    def clash(self, other: Places) -> bool:
        return bool(self.own & other.own or self.own & other.shared or self.shared & other.own)


def _places(run: Run, frames: Mapping[str, str], clusters: Mapping[str, str]) -> Places:
    """Its VIOSes, their frames and clusters (which may all have the same names).

    What leaves its VIOS serving shares the frame: it waits while another VIOS of it is down, and keeps it up meanwhile.
    """
    vioses = frozenset(f"vios {name}" for name in run.vioses)
    around = frozenset(f"frame {frames[name]}" for name in run.vioses if name in frames)
    if not run.terms.takes_down:
        return Places(vioses, around)
    return Places(vioses | around | {f"cluster {clusters[name]}" for name in run.vioses if name in clusters})
