"""When the tuples of one NIM master are expected to begin and to end: the driver's own rules on a clock that jumps."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from saltext_vios.migration import statuses, tuples
from saltext_vios.migration.durations import History
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.tuples import Run, Terms

ATTACH = "attach"
ACTIVE = ("migrate", ATTACH)


@dataclass(frozen=True)
class Part:
    """One tuple on one NIM master, as ``vios.check`` returned it. ``frames``, ``clusters`` and ``known`` are by VIOS.

    ``known`` are the seconds of a VIOS by the NIM master's history, ``seconds`` those of the tuple, by the fleet's
    word where there is no history; None where nobody knows.
    """

    key: str
    would: str
    why: str
    vioses: tuple[str, ...]
    to_migrate: tuple[str, ...]
    level: Mapping[str, str | None]
    frames: Mapping[str, str]
    clusters: Mapping[str, str]
    known: Mapping[str, float]
    seconds: float | None

    def at_level(self) -> Part:
        return replace(self, would=statuses.CURRENT, to_migrate=())


def parts(answer: Mapping[str, Any], default: float | None) -> list[Part]:
    """The tuples of one NIM master, in the order in which it returned them.

    :param default: seconds of a VIOS of which the NIM master has no history.
    """
    found = []
    for key, one in answer["tuples"].items():
        vioses = one["vios"]
        lengths = [vioses[name]["expected"] or default for name in one["to_migrate"]]
        found.append(
            Part(
                key,
                one["would"],
                one["why"],
                tuple(vioses),
                tuple(one["to_migrate"]),
                _by_vios(vioses, "level"),
                {name: frame for name, frame in _by_vios(vioses, "frame").items() if frame},
                {name: cluster for name, cluster in _by_vios(vioses, "cluster").items() if cluster},
                {name: seconds for name, seconds in _by_vios(vioses, "expected").items() if seconds},
                None if None in lengths else sum(one for one in lengths if one is not None),
            )
        )
    return found


def rehearse(
    todo: Sequence[Part], max_parallel: int, longest_first: bool = True
) -> dict[str, tuple[float, float]] | None:
    """Tuple key -> seconds from the begin of its wave to its start and to its end; None if a length is unknown.

    What the driver would not start is left out; what is under way there goes first.
    """
    todo = [one for one in todo if one.would in ACTIVE]
    if any(one.seconds is None for one in todo):
        return None
    terms = Terms(max_parallel=max_parallel, longest_first=longest_first)
    lengths = [one.seconds or 0.0 for one in todo]
    runs = [
        Run(n, int(one.would != ATTACH), one.key, tuple(map(Migration, one.vioses, (1, 2))), terms)
        for n, one in enumerate(todo)
    ]
    frames = {name: frame for one in todo for name, frame in one.frames.items()}
    clusters = {name: cluster for one in todo for name, cluster in one.clusters.items()}
    history = History({name: [seconds] for one in todo for name, seconds in one.known.items()})
    waiting, now = tuples.in_order(runs, history), 0.0
    active: list[tuple[float, int, Run]] = []
    times: dict[str, tuple[float, float]] = {}
    while waiting:
        for run in tuples.admit(waiting, [run for _, _, run in active], frames, clusters):
            waiting.remove(run)
            end = now + lengths[run.id]
            times[run.key] = (now, end)
            heapq.heappush(active, (end, run.id, run))
        now = active[0][0]
        while active and active[0][0] <= now:
            heapq.heappop(active)
    return times


def _by_vios(vioses: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, Any]:
    return {vios: one[name] for vios, one in vioses.items()}
