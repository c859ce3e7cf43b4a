"""What an answer of a minion must look like: held against it once, where it comes in, and believed from there on.

Any minion may be asked, and one of another version, or one that lies, may answer anything.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from saltext_vios.migration import targets, timestamps
from saltext_vios.nim.names import is_key, is_name

Check = Callable[[str, Any], None]  # of a place and what stands there

LONGEST = 256 * 1024  # characters of a text
MOST = 10**9  # of a count or of seconds


class Misfit(Exception):
    """Where an answer has another form, and what is expected there; never what stands there."""


def misfit(fun: str, answer: object) -> str:
    """Why an answer to a function of the execution module cannot be read; empty if it can."""
    try:
        _SHAPES[fun]("", answer)
    except Misfit as error:
        return str(error)
    return ""


def _refuse(place: str, expected: str) -> None:
    raise Misfit(f"{place or 'all of it'}: expected {expected}")


def _only(expected: str, fits: Callable[[Any], bool]) -> Check:
    def check(place: str, value: Any) -> None:
        if not fits(value):
            _refuse(place, expected)

    return check


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST


def _is_time(value: object) -> bool:
    try:
        return isinstance(value, str) and len(value) < 64 and timestamps.read(value).tzinfo is not None
    except (ValueError, OverflowError):
        return False


TEXT = _only("a text", lambda value: isinstance(value, str) and len(value) <= LONGEST)
FLAG = _only("true or false", lambda value: isinstance(value, bool))
COUNT = _only("a whole number", _is_count)
PLACES = _only("a whole number from 1", lambda value: _is_count(value) and value > 0)
NUMBER = _only("a number", lambda value: _is_number(value) and abs(value) <= MOST)
SECONDS = _only("seconds", lambda value: _is_number(value) and 0 <= value <= MOST)
TIME = _only("a time with its zone", _is_time)
KEY = _only("the key of a tuple", is_key)
NAME = _only("the name of a VIOS", is_name)


def _or_none(check: Check) -> Check:
    return lambda place, value: None if value is None else check(place, value)


def _each(check: Check) -> Check:
    def of_list(place: str, value: Any) -> None:
        if not isinstance(value, (list, tuple)):
            _refuse(place, "a list")
        for number, one in enumerate(value):
            check(f"{place}[{number}]", one)

    return of_list


def _by(key: Check, check: Check) -> Check:
    def of_map(place: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            _refuse(place, "a map")
        for name, one in value.items():
            key(f"a key of {place or 'it'}", name)
            check(f"{place}: {name}".lstrip(": "), one)

    return of_map


def _record(optional: Mapping[str, Check] | None = None, /, **parts: Check) -> Check:
    """A map with these keys at least: a newer version may say more, an older one less of what is optional."""

    def of_map(place: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            _refuse(place, "a map")
        for name, check in parts.items():
            inner = f"{place}: {name}".lstrip(": ")
            if name not in value:
                _refuse(inner, "it to be there")
            check(inner, value[name])
        for name, check in (optional or {}).items():
            if name in value:
                check(f"{place}: {name}".lstrip(": "), value[name])

    return of_map


_LEVELS = {"old": _or_none(TEXT), "new": _or_none(TEXT)}
_DONE = {
    "status": _or_none(TEXT),
    "started": _or_none(TIME),
    "finished": _or_none(TIME),
    "duration": _or_none(SECONDS),
}
_STANDING = _record(
    **_DONE,
    state=TEXT,
    level=_record(**_LEVELS, wanted=_or_none(TEXT)),
    phase=_or_none(TEXT),
    percent=_or_none(COUNT),
    info=_or_none(TEXT),
    since=_or_none(TIME),
    elapsed=_or_none(NUMBER),
    expected=_or_none(SECONDS),
)
_OVERVIEW = _record(
    {"trouble": TEXT},
    at=TIME,
    held=_or_none(_record(reason=TEXT, by=TEXT, since=TIME)),
    driver=FLAG,
    event=COUNT,
    tuples=_by(
        KEY,
        _record(
            run=COUNT, status=_or_none(TEXT), asked=_or_none(TIME), finished=_or_none(TIME), vios=_by(NAME, _STANDING)
        ),
    ),
)
_FAILURE = _record(expected=TEXT, seen=_by(TEXT, TEXT), since=_or_none(TIME), output=TEXT, next=TEXT)
_HISTORY = _each(
    _record(
        run=COUNT,
        tuple=KEY,
        status=TEXT,
        asked=_or_none(TIME),
        asked_by=TEXT,
        finished=_or_none(TIME),
        messages=_each(TEXT),
        vios=_by(NAME, _record(**_DONE, cmd=_or_none(TEXT), level=_record(**_LEVELS), failure=_or_none(_FAILURE))),
    )
)
_WOULD = _record(
    would=TEXT,
    why=TEXT,
    to_migrate=_each(NAME),
    vios=_by(
        NAME,
        _record(level=_or_none(TEXT), frame=_or_none(TEXT), cluster=_or_none(TEXT), expected=_or_none(SECONDS)),
    ),
)


def _tuple(place: str, value: Any) -> None:
    _WOULD(place, value)
    key = place.rpartition(": ")[2]
    if not 1 <= len(value["vios"]) <= 2 or targets.key(value["vios"]) != key:
        _refuse(f"{place}: vios", "the VIOSes of this tuple")
    if not set(value["to_migrate"]) <= set(value["vios"]):
        _refuse(f"{place}: to_migrate", "VIOSes of this tuple")


_SHAPES: Mapping[str, Check] = {
    "vios.status": _by(KEY, TEXT),
    "vios.overview": _OVERVIEW,
    "vios.history": _HISTORY,
    "vios.check": _record(
        tuples=_by(KEY, _tuple),
        max_parallel=PLACES,
        tuple_order=_only("given or longest", lambda value: value in ("given", "longest")),
        left_alone=_by(TEXT, TEXT),
    ),
    "vios.list": _by(TEXT, _record(frame=_or_none(TEXT))),
    "vios.hold": _record(held=FLAG),
    "vios.release": _record(changed=FLAG),
    "vios.migrate": _record(result=FLAG),
    "vios.resume": _record(),
}
