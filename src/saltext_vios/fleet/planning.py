"""Works out the waves of a fleet from what its NIM masters answered: who, what, when, and what does not fit.

The expected times come from a rehearsal: every wave begins when the one before is over; on each NIM master tuples start
by the rules of the driver (``saltext_vios.migration.tuples``), and each VIOS takes as long as it is expected to.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from saltext_vios.errors import Refused
from saltext_vios.fleet.definition import Fleet
from saltext_vios.migration import statuses, targets
from saltext_vios.migration.selection import SELECTING

MOVING = ("migrate", "attach")


@dataclass(frozen=True)
class Part:
    """One tuple on one NIM master, as ``vios.check`` told of it. ``seconds`` is None where nobody knows."""

    key: str
    would: str
    why: str
    vioses: tuple[str, ...]
    to_migrate: tuple[str, ...]
    level: Mapping[str, str | None]
    places: frozenset[str]
    seconds: float | None


def parts(answer: Mapping[str, Any], default: float | None) -> list[Part]:
    """The tuples of one NIM master, in the order in which it would start them.

    :param default: seconds of a VIOS of which the NIM master has no history.
    """
    found = []
    for key, one in answer["tuples"].items():
        lengths = [one["vios"][name]["expected"] or default for name in one["to_migrate"]]
        vioses = one["vios"]
        found.append(
            Part(
                key,
                one["would"],
                one["why"],
                tuple(vioses),
                tuple(one["to_migrate"]),
                {name: vios["level"] for name, vios in vioses.items()},
                frozenset(
                    f"{kind} {vios[kind]}" for vios in vioses.values() for kind in ("frame", "cluster") if vios[kind]
                ),
                None if None in lengths else sum(lengths),
            )
        )
    return found


def rehearse(todo: Sequence[Part], max_parallel: int) -> dict[str, tuple[float, float]] | None:
    """Tuple key -> seconds from the begin of its wave to its start and to its end; None if a length is unknown."""
    if any(one.seconds is None for one in todo):
        return None
    waiting, running, times, now = list(todo), [], {}, 0.0
    while waiting:
        taken = frozenset().union(*(one.places for _, _, one in running))
        for one in list(waiting):
            if len(running) < max_parallel and not one.places & taken:
                waiting.remove(one)
                end = now + (one.seconds or 0.0)
                times[one.key] = (now, end)
                heapq.heappush(running, (end, one.key, one))
            # Whoever comes first for a frame or a cluster gets it first.
            taken |= one.places
        now = heapq.heappop(running)[0]
    return times


def plan(
    fleet: Fleet,
    answers: Mapping[str, Mapping[str, Any]],
    options: Mapping[str, Mapping[str, Any]],
    now: datetime,
) -> dict[str, Any]:
    """The waves of a fleet.

    :param answers: minion -> what ``vios.check`` returned.
    :param options: minion -> the options of its migrations.
    """
    known = {minion: parts(answer, fleet.expected) for minion, answer in answers.items()}
    _canary_is_there(fleet, known)
    lists: dict[str, list[dict[str, str]]] = {"late": [], "nothing_to_do": [], "blocked": []}
    waves = []
    begin: datetime | None = max(now, fleet.start) if fleet.start else now
    for number in sorted({fleet.wave_of(minion, one.key) for minion, found in known.items() for one in found}):
        name = fleet.name_of(number)
        masters, ends = {}, [begin]
        for minion, found in known.items():
            mine = [one for one in found if fleet.wave_of(minion, one.key) == number]
            lists["nothing_to_do"] += [
                {"wave": name, "master": minion, "tuple": one.key} for one in mine if one.would == statuses.CURRENT
            ]
            todo = [one for one in mine if one.would != statuses.CURRENT]
            lists["blocked"] += [
                {"wave": name, "master": minion, "tuple": one.key, "why": f"{one.would}: {one.why}"}
                for one in todo
                if one.would not in MOVING
            ]
            if not todo:
                continue
            times = rehearse([one for one in todo if one.would in MOVING], answers[minion]["max_parallel"])
            entries = [_entry(one, begin, None if times is None else times.get(one.key), fleet.end) for one in todo]
            ends += [entry["end"] if times is not None else None for entry in entries if entry["would"] in MOVING]
            lists["late"] += [
                {"wave": name, "master": minion, "tuple": entry["tuple"], "why": _late(entry, fleet.end)}
                for entry in entries
                if entry["fits"] is False
            ]
            # The tuples are named now: what selected them has done its work.
            named = {name: value for name, value in options[minion].items() if name not in SELECTING}
            masters[minion] = {"tuples": entries, "options": named}
        end = None if begin is None or None in ends else max(one for one in ends if one is not None)
        waves.append({"name": name, "start": begin, "end": end, "masters": masters})
        begin = end
    return _as_text(
        {
            "at": now,
            "window": {"start": fleet.start, "end": fleet.end},
            "early": f"the window opens at {fleet.start.isoformat()}" if fleet.start and now < fleet.start else "",
            "max_failures": fleet.max_failures,
            "waves": waves,
            **lists,
            "left_alone": {minion: one["left_alone"] for minion, one in answers.items() if one["left_alone"]},
        }
    )


def _canary_is_there(fleet: Fleet, known: Mapping[str, Sequence[Part]]) -> None:
    for minion, tuples in fleet.canary.items():
        missing = sorted({targets.key(names) for names in tuples} - {one.key for one in known.get(minion, ())})
        if minion in known and missing:
            raise Refused(f"canary: {minion} has no tuple {missing[0]} among its targets")


def _entry(
    one: Part, begin: datetime | None, times: tuple[float, float] | None, limit: datetime | None
) -> dict[str, Any]:
    start = end = None
    if begin is not None and times is not None and one.would in MOVING:
        start, end = (begin + timedelta(seconds=seconds) for seconds in times)
    return {
        "tuple": one.key,
        "vioses": list(one.vioses),
        "would": one.would,
        "why": one.why,
        "to_migrate": list(one.to_migrate),
        "level": dict(one.level),
        "start": start,
        "end": end,
        "fits": None if end is None or limit is None else end <= limit,
    }


def _late(entry: Mapping[str, Any], limit: datetime | None) -> str:
    return f"expected to end at {_text(entry['end'])}, the window ends at {_text(limit)}"


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone().isoformat(timespec="seconds")


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return _text(value)
    if isinstance(value, Mapping):
        return {key: _as_text(one) for key, one in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_as_text(one) for one in value]
    return value
