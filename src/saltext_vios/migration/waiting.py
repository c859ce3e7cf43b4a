"""Why a tuple waits for its turn, in words. Who gets a place is decided in ``saltext_vios.migration.tuples`` alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from saltext_vios.migration import tuples
from saltext_vios.migration.tuples import Run

Where = Mapping[str, str]  # VIOS name -> frame or cluster


def for_a_place(waiting: Sequence[Run], active: Iterable[Run], frames: Where, clusters: Where) -> dict[int, str]:
    """By the number of the run why it is not admitted yet: who is in its way, or how many come before it.

    :param waiting: in the order in which they get their places; none of them could be admitted.
    """
    active = list(active)
    others = by_place(active, frames, clusters)
    found = {}
    count = Counter(run.terms.task for run in active)
    for run in waiting:
        count[run.terms.task] += 1
        number = count[run.terms.task]
        found[run.id] = _in_its_way(run, others, frames, clusters) or (
            f"place {number} of {run.terms.max_parallel}: no more tuples than that at once (max_parallel)"
        )
        _keep(run, others, frames, clusters)
    return found


def for_another(run: Run, others: Mapping[str, list[Run]], frames: Where, clusters: Where) -> str:
    """Whose VIOS in flight keeps one from being started that has its place already; empty if none does.

    :param others: by place.
    """
    near = (other for place in _places(run, frames, clusters) for other in others.get(place, ()))
    other = tuples.in_its_way(run, near, frames, clusters)
    return f"{_shared(run, other, frames, clusters)} is in use by {other.key}" if other else ""


def _in_its_way(run: Run, others: Mapping[str, list[Run]], frames: Where, clusters: Where) -> str:
    # Alone with one other, only that other can be why it is not admitted.
    alone = replace(run, terms=replace(run.terms, max_parallel=2))
    for place in _places(run, frames, clusters):
        for other in others.get(place, ()):
            if not tuples.admit([alone], [other], frames, clusters):
                what = "is in use by" if other.admitted else "goes first to"
                return f"{_shared(run, other, frames, clusters)} {what} {other.key}"
    return ""


def by_place(runs: Iterable[Run], frames: Where, clusters: Where) -> dict[str, list[Run]]:
    """Who has, or wants, each VIOS, frame and cluster."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        _keep(run, found, frames, clusters)
    return found


def _keep(run: Run, others: dict[str, list[Run]], frames: Where, clusters: Where) -> None:
    for place in _places(run, frames, clusters):
        others.setdefault(place, []).append(run)


def _shared(run: Run, other: Run, frames: Where, clusters: Where) -> str:
    mine, theirs = (_places(one, frames, clusters) for one in (run, other))
    return next((place for place in mine if place in theirs), "a place")


def _places(run: Run, frames: Where, clusters: Where) -> list[str]:
    """What it may have to share, the nearest first."""
    return [
        *(f"VIOS {name}" for name in run.vioses),
        *(f"frame {frames[name]}" for name in run.vioses if name in frames),
        *(f"cluster {clusters[name]}" for name in run.vioses if name in clusters),
    ]
