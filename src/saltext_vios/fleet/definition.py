"""Reads a fleet: which NIM masters migrate what, in which waves, within which window."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from saltext_vios import options as table
from saltext_vios.errors import Refused
from saltext_vios.migration import selection, targets, timelimit
from saltext_vios.nim.names import check_name

KEYS = ("masters", "options", "canary", "waves", "max_failures", "window", "expected")
MASTER_KEYS = ("targets", "tgt_type", "options")
CANARY, REST = "canary", "the rest"


@dataclass(frozen=True)
class Entry:
    """NIM masters that migrate the same: a Salt target, the tuples or ``*``, and the options."""

    tgt: str
    tgt_type: str
    targets: Any
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Fleet:
    """``start`` and ``end`` are aware times; ``expected`` are the seconds of a VIOS of which no history is known."""

    entries: tuple[Entry, ...]
    canary: Mapping[str, frozenset[str]]  # minion -> tuple keys
    waves: tuple[tuple[str, ...], ...]  # each the globs of its minions
    max_failures: str
    start: datetime | None = None
    end: datetime | None = None
    expected: float | None = None

    def wave_of(self, minion: str, key: str) -> int:
        """0 for the canary, then the waves in their order, last of all the rest."""
        if key in self.canary.get(minion, ()):
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
    told = _map("the fleet", value, KEYS)
    masters = _map("masters", told.get("masters"))
    if not masters:
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
    entries = tuple(_entry(str(tgt), one, common) for tgt, one in masters.items())
    checked = table.checked({"max_failures": max_failures})
    return Fleet(
        entries,
        {
            str(minion): frozenset(targets.key(names) for names in targets.read(one, check_name))
            for minion, one in _map("canary", told.get("canary") or {}).items()
        },
        tuple(_wave(number, one) for number, one in enumerate(_list("waves", told.get("waves")), 1)),
        checked["max_failures"],
        start,
        end,
        _seconds(told.get("expected")),
    )


def _entry(tgt: str, value: object, common: Mapping[str, Any]) -> Entry:
    """Either the targets alone, or a map with them."""
    told = _map(f"masters: {tgt}", value, MASTER_KEYS) if isinstance(value, Mapping) else {"targets": value}
    wanted = told.get("targets")
    if wanted is None:
        raise Refused(f"masters: {tgt}: targets is missing; {targets.EXPECTED}, or '*' for every pair that NIM shows")
    if wanted != selection.ALL:
        wanted = [list(names) for names in targets.read(wanted, check_name)]
    own = {**common, **_map(f"masters: {tgt}: options", told.get("options") or {})}
    table.checked(own)
    return Entry(tgt, str(told.get("tgt_type", "glob")), wanted, own)


def _wave(number: int, value: object) -> tuple[str, ...]:
    patterns = [value] if isinstance(value, str) else value
    if not isinstance(patterns, Sequence) or not all(isinstance(one, str) for one in patterns) or not patterns:
        raise Refused(f"waves: wave {number} is {value!r}, expected globs of minion ids such as [nim-a, 'nim-b*']")
    return tuple(patterns)


def _map(what: str, value: object, keys: Sequence[str] = ()) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Refused(f"{what} is {value!r}, expected a map")
    for key in value:
        if keys and key not in keys:
            raise Refused(f"{what} has {key!r}, expected are: {', '.join(keys)}")
    return value


def _list(what: str, value: object) -> Sequence[Any]:
    if value is None:
        return []
    if not isinstance(value, (list, tuple)):
        raise Refused(f"{what} is {value!r}, expected a list")
    return value


def _time(what: str, value: object, now: datetime) -> datetime | None:
    if value is None:
        return None
    try:
        return timelimit.parse(value, now)
    except Refused as error:
        raise Refused(f"{what}: {error}") from None


def _seconds(value: object) -> float | None:
    length = timelimit.duration(value) if isinstance(value, str) else None
    if value is not None and not length:
        raise Refused(f"expected is {value!r}, which should be the duration of one VIOS, such as '90m' or '2h30m'")
    return length.total_seconds() if length else None
