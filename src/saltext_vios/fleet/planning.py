"""Works out the waves of a fleet from what its NIM masters answered: who, what, when, and what does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from saltext_vios.errors import Refused
from saltext_vios.fleet.definition import Entry, Fleet
from saltext_vios.fleet.rehearsal import ACTIVE, ATTACH, Part, parts, rehearse
from saltext_vios.migration import levels, selection, statuses, targets, timestamps

Parts = Mapping[str, Sequence[Part]]  # by minion
Lists = Mapping[str, list[dict[str, Any]]]


def left_out(
    fleet: Fleet, answers: Mapping[str, Mapping[str, Any]], asked: Mapping[str, Entry]
) -> dict[str, list[tuple[str, ...]]]:
    """By minion the canaries that its selection does not name: they may be at the level, and are asked for by name.

    :raises Refused: for a canary that is among no tuples given by name, or on no NIM master of the fleet.
    """
    found = {}
    for minion, tuples in fleet.canary.items():
        if minion not in asked:
            raise Refused(f"canary: {minion} is no NIM master of this fleet; it has: {', '.join(asked) or 'none'}")
        if minion not in answers:
            continue
        missing = [names for names in tuples if targets.key(names) not in answers[minion]["tuples"]]
        if missing and asked[minion].targets != selection.ALL:
            raise Refused(f"canary: {minion} has no tuple {targets.key(missing[0])} among its targets")
        if missing:
            found[minion] = missing
    return found


def plan(
    fleet: Fleet,
    answers: Mapping[str, Mapping[str, Any]],
    asked: Mapping[str, Entry],
    now: datetime,
    by_name: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """The waves of a fleet.

    :param answers: minion -> what ``vios.check`` returned.
    :param asked: minion -> its entry, in the order of the fleet file.
    :param by_name: minion -> what ``vios.check`` returned for the canaries that were left out.
    """
    known = {minion: parts(answers[minion], fleet.expected) for minion in asked if minion in answers}
    for minion, answer in (by_name or {}).items():
        known[minion] = [*_canaries(minion, answer, answers[minion], asked[minion], fleet.expected), *known[minion]]
    elsewhere = _elsewhere(known, fleet)
    lists: Lists = {"late": [], "nothing_to_do": [], "blocked": []}
    waves = []
    begin: datetime | None = max(now, fleet.start) if fleet.start else now
    for number in sorted({fleet.wave_of(minion, one.key) for minion, found in known.items() for one in found}):
        name = fleet.name_of(number)
        masters, ends = {}, [begin]
        for minion, found in known.items():
            mine = [one for one in found if fleet.wave_of(minion, one.key) == number]
            todo = _sort(mine, name, minion, elsewhere, lists)
            if todo:
                entries = _entries(todo, answers[minion], begin, fleet.end)
                ends += [entry["end"] for entry in entries if entry["would"] in ACTIVE]
                lists["late"] += [_late(entry, name, minion, fleet.end) for entry in entries if entry["fits"] is False]
                masters[minion] = {
                    "tuples": entries,
                    "options": named(asked[minion].options),
                    "ssh": asked[minion].ssh,
                }
        end = None if begin is None or None in ends else max(one for one in ends if one is not None)
        waves.append({"name": name, "start": begin, "end": end, "masters": masters})
        begin = end
    plan: dict[str, Any] = _as_text(
        {
            "at": now,
            "window": {"start": fleet.start, "end": fleet.end},
            "early": _early(fleet.start) if fleet.start and now < fleet.start else "",
            "max_failures": fleet.max_failures,
            "canary": list(fleet.canary),
            "waves": waves,
            **lists,
            "left_alone": {minion: one["left_alone"] for minion, one in answers.items() if one["left_alone"]},
        }
    )
    return plan


def _early(start: datetime) -> str:
    return f"the window opens at {start.isoformat()}; nothing is started before it, run it again then"


def named(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a call whose tuples are named: what selected them has done its work."""
    return {name: value for name, value in options.items() if name not in selection.SELECTING}


def _canaries(
    minion: str, answer: Mapping[str, Any], whole: Mapping[str, Any], entry: Entry, default: float | None
) -> list[Part]:
    """Canaries that the selection does not name: at the level, or silent. Any other is a slip of the fleet file."""
    found = []
    for one in parts(answer, default):
        if _is_done(one, entry.options.get("level_below")):
            found.append(one.at_level())
        elif set(one.vioses) & set(whole["left_alone"]):
            found.append(one)
        else:
            raise Refused(f"canary: {minion} has no tuple {one.key} among its targets")
    return found


def _is_done(one: Part, limit: str | None) -> bool:
    """At the level wanted; or, by the selection's own measure, not below its limit."""
    if one.would == statuses.CURRENT:
        return True
    least, known = levels.read(limit), [levels.read(level) for level in one.level.values()]
    return least is not None and all(level is not None and level >= least for level in known)


def _elsewhere(known: Parts, fleet: Fleet) -> dict[tuple[str, str], str]:
    """Why a tuple is not for this NIM master: its frame is another one's, which drives it alone.

    A frame belongs to the NIM master that has a migration under way on it, else to the first in the fleet's order.
    """
    owners: dict[str, str] = {}
    open_ones = [(minion, one) for minion, found in known.items() for one in found if one.would != statuses.CURRENT]
    for minion, one in sorted(open_ones, key=lambda entry: entry[1].would != ATTACH):
        for frame in one.frames.values():
            owners.setdefault(frame, minion)
    return {
        (minion, one.key): f"{frame} is also a frame of {owners[frame]}, and only one NIM master may work on a frame; "
        f"run it again when {owners[frame]} has nothing left to do there. If they are two machines of one name, "
        f"say so in the fleet file: apart: [{frame}]"
        for minion, one in open_ones
        for frame in one.frames.values()
        if owners[frame] != minion and one.would != ATTACH and not fleet.is_apart(frame)
    }


def _sort(
    mine: Iterable[Part], wave: str, minion: str, elsewhere: Mapping[tuple[str, str], str], lists: Lists
) -> list[Part]:
    """What its NIM master is asked to do. What needs nothing, and what would not start, is put on its list.

    ``in_wave``: the NIM master is asked all the same, and says why it does not start it.
    """
    todo = []
    for one in mine:
        place = {"wave": wave, "master": minion, "tuple": one.key}
        if one.would == statuses.CURRENT:
            lists["nothing_to_do"].append(place)
        elif (minion, one.key) in elsewhere:
            lists["blocked"].append({**place, "why": elsewhere[minion, one.key], "in_wave": False})
        else:
            todo.append(one)
            if one.would not in ACTIVE:
                lists["blocked"].append({**place, "why": f"{one.would}: {one.why}", "in_wave": True})
    return todo


def _entries(
    todo: Sequence[Part], answer: Mapping[str, Any], begin: datetime | None, limit: datetime | None
) -> list[dict[str, Any]]:
    times = rehearse(todo, answer["max_parallel"], answer["tuple_order"] == "longest") or {}
    return [_entry(one, begin, times.get(one.key), limit) for one in todo]


def _entry(
    one: Part, begin: datetime | None, times: tuple[float, float] | None, limit: datetime | None
) -> dict[str, Any]:
    start = end = None
    if begin is not None and times is not None:
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


def _late(entry: Mapping[str, Any], wave: str, minion: str, limit: datetime | None) -> dict[str, Any]:
    why = f"expected to end at {_text(entry['end'])}, the window ends at {_text(limit)}"
    return {"wave": wave, "master": minion, "tuple": entry["tuple"], "why": why}


def _text(at: datetime | None) -> str | None:
    return None if at is None else timestamps.write(at.astimezone())


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return _text(value)
    if isinstance(value, Mapping):
        return {key: _as_text(one) for key, one in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_as_text(one) for one in value]
    return value
