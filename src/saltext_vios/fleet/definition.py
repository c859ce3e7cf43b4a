"""Reads a fleet: which NIM masters migrate what, in which waves, within which window."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from saltext_vios import calls
from saltext_vios import options as table
from saltext_vios.errors import Refused
from saltext_vios.migration import selection, targets, timelimit
from saltext_vios.nim.names import check_name

KEYS = ("masters", "roster", "options", "canary", "waves", "max_failures", "window", "expected", "apart")
MASTER_KEYS = ("targets", "tgt_type", "options")
# Salt's own: how it reads a target.
TGT_TYPES = (
    *("glob", "pcre", "list", "compound", "nodegroup", "grain", "grain_pcre", "pillar", "pillar_pcre"),
    *("pillar_exact", "ipcidr", "range"),
)
ROSTER_TYPES = ("glob", "pcre", "list", "nodegroup", "range")
CANARY, REST = "canary", "the rest"


@dataclass(frozen=True)
class Entry:
    """NIM masters that migrate the same: a Salt target, the tuples or ``*``, and the options.

    ``ssh``: the target is one of the roster, else of minions.
    """

    tgt: str
    tgt_type: str
    targets: Any
    options: Mapping[str, Any]
    ssh: bool = False


@dataclass(frozen=True)
class Fleet:
    """``start`` and ``end`` are aware times; ``expected`` are the seconds of a VIOS of which no history is known.

    ``apart`` are the globs of frames that are another machine on each NIM master.
    """

    entries: tuple[Entry, ...]
    canary: Mapping[str, tuple[tuple[str, ...], ...]]  # minion -> tuples
    waves: tuple[tuple[str, ...], ...]  # each the globs of its minions
    max_failures: str
    start: datetime | None = None
    end: datetime | None = None
    expected: float | None = None
    apart: tuple[str, ...] = ()

    def is_apart(self, frame: str) -> bool:
        return any(fnmatch.fnmatchcase(frame, pattern) for pattern in self.apart)

    def wave_of(self, minion: str, key: str) -> int:
        """0 for the canary, then the waves in their order, last of all the rest."""
        if any(key == targets.key(names) for names in self.canary.get(minion, ())):
            return 0
        for number, patterns in enumerate(self.waves, 1):
            if any(fnmatch.fnmatchcase(minion, pattern) for pattern in patterns):
                return number
        return len(self.waves) + 1

    def name_of(self, wave: int) -> str:
        if wave == 0:
            return CANARY
        return f"wave {wave}" if wave <= len(self.waves) else REST


def read(value: object, now: datetime) -> Fleet:
    """Check all that can be checked without asking anybody.

    :param value: the fleet as YAML reads it.
    :param now: an aware time, for durations and for the local zone.
    :raises Refused: naming the place, the value and what is expected.
    """
    told = _map("the fleet", value)
    # What has no masters may be anybody's file or pillar: nothing of it is shown.
    if "masters" not in told and "roster" not in told:
        raise Refused(
            "the fleet has no masters; expected a map with masters (minions) or roster (over ssh), and any of: "
            f"{', '.join(KEYS[2:])}"
        )
    _map("the fleet", told, KEYS)
    ways = {"masters": _map("masters", told.get("masters") or {}), "roster": _map("roster", told.get("roster") or {})}
    if not any(ways.values()):
        raise Refused("masters is missing: expected a map of Salt targets to tuples, such as nim-a: [[vios1, vios2]]")
    common = _map("options", told.get("options") or {})
    window = _map("window", told.get("window") or {}, ("start", "end"))
    start, end = (_time(f"window: {name}", window.get(name), now) for name in ("start", "end"))
    if start is not None and end is not None and end <= start:
        raise Refused(f"window: end {window['end']} is not after start {window['start']}")
    max_failures = told.get("max_failures", 1)
    if end is not None:
        common = {"time_limit": end.isoformat(), **common}
    common = {"max_failures": max_failures, **common}
    checked = table.checked({"max_failures": max_failures})
    entries = tuple(
        _entry(way, str(tgt), one, common, now) for way, listed in ways.items() for tgt, one in listed.items()
    )
    return Fleet(
        entries,
        {str(minion): _canary(minion, one) for minion, one in _map("canary", told.get("canary") or {}).items()},
        tuple(
            _globs(f"waves: wave {number}", one, "minion ids such as [nim-a, 'nim-b*']")
            for number, one in enumerate(_list("waves", told.get("waves")), 1)
        ),
        checked["max_failures"],
        start,
        end,
        _seconds(told.get("expected")),
        _globs("apart", told["apart"], "frames such as [cec1], or '*'") if told.get("apart") is not None else (),
    )


def _entry(way: str, tgt: str, value: object, common: Mapping[str, Any], now: datetime) -> Entry:
    """Either the targets alone, or a map with them."""
    place, known = f"{way}: {tgt}", ROSTER_TYPES if way == "roster" else TGT_TYPES
    told = _map(place, value, MASTER_KEYS) if isinstance(value, Mapping) else {"targets": value}
    wanted, tgt_type = told.get("targets"), told.get("tgt_type", "glob")
    if wanted is None:
        raise Refused(f"{place}: targets is missing; {targets.EXPECTED}, or '*' for every pair that NIM shows")
    if tgt_type not in known:
        raise Refused(f"{place}: tgt_type is {tgt_type!r}, expected one of: {', '.join(known)}")
    own = {**common, **_map(f"{place}: options", told.get("options") or {})}
    with _at(place):
        options = calls.options_for(wanted, own, {}, now)
        if wanted != selection.ALL:
            wanted = [list(names) for names in targets.read(wanted, check_name)]
            calls.fitted(wanted, options)
    return Entry(tgt, str(tgt_type), wanted, own, way == "roster")


def _canary(minion: object, value: object) -> tuple[tuple[str, ...], ...]:
    with _at(f"canary: {minion}"):
        return targets.read(value, check_name)


@contextmanager
def _at(place: str) -> Iterator[None]:
    """What is refused within is reported with its place."""
    try:
        yield
    except Refused as error:
        raise Refused(f"{place}: {error}") from None


def _globs(what: str, value: object, expected: str) -> tuple[str, ...]:
    patterns = [value] if isinstance(value, str) else value
    if not isinstance(patterns, Sequence) or not all(isinstance(one, str) for one in patterns) or not patterns:
        raise Refused(f"{what} is {value!r}, expected globs of {expected}")
    return tuple(patterns)


def _map(what: str, value: object, keys: Sequence[str] = ()) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Refused(f"{what} is {_sort_of(value)}, expected a map")
    for key in value:
        if keys and key not in keys:
            raise Refused(f"{what} has {key!r}, expected are: {', '.join(keys)}")
    return value


def _sort_of(value: object) -> str:
    """What a value is, without the value: it may be a secret."""
    sorts = {str: "a text", bool: "yes or no", int: "a number", float: "a number", list: "a list", type(None): "empty"}
    return sorts.get(type(value), "something else")


def _list(what: str, value: object) -> Sequence[Any]:
    if value is None:
        return []
    if not isinstance(value, (list, tuple)):
        raise Refused(f"{what} is {value!r}, expected a list")
    return value


def _time(what: str, value: object, now: datetime) -> datetime | None:
    with _at(what):
        return None if value is None else timelimit.parse(value, now)


def _seconds(value: object) -> float | None:
    try:
        length = timelimit.duration(value) if isinstance(value, str) else None
    except OverflowError:
        length = None
    if value is not None and not length:
        raise Refused(f"expected is {value!r}, which should be the duration of one VIOS, such as '90m' or '2h30m'")
    return length.total_seconds() if length else None
