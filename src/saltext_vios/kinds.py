"""What the value of an option can be, and how each kind is read: typed and bounded here, or refused."""

from __future__ import annotations

import enum
import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from saltext_vios.errors import Refused
from saltext_vios.migration import durations, paths, timelimit
from saltext_vios.nim import names


class Kind(enum.Enum):
    """What a value must be; the text is what the reference shows."""

    YES_NO = "yes or no"
    NAME = "NIM name"
    NAMES = "NIM name, or several"
    PART = "part of a NIM name"
    DISKS = "disk, or several"
    DISKS_EACH = "disk, or several; or a map of them by VIOS"
    WORD = "word"
    FLAGS = "flags"
    SECONDS = "seconds"
    COUNT = "number"
    SHARE = "number or percentage"
    LEVEL = "level"
    TIME = "time or duration"
    MAP = "map"
    STATUS_MAP = "map of statuses, or the word recorded"
    METHOD = "migvios, viosupgrade or auto"
    TYPE = "bosinst or altdisk"
    RESOURCES = "NIM names, separated by colons"
    PATH = "absolute path"
    MARGIN = "duration, or the word auto"
    DURATION = "duration"
    DEMAND = "require, warn or ignore"
    CLIENTS = "names or numbers of client partitions"
    BACKUP = "ios_backup or ios_mksysb"
    REBOOT = "tool or driver"
    ORDER = "given or longest"


MIGVIOS, VIOSUPGRADE = "migvios", "viosupgrade"
METHODS = (MIGVIOS, VIOSUPGRADE)
TOOL, DRIVER = "tool", "driver"  # who reboots a VIOS whose image is on another disk
AUTO = "auto"  # what the NIM master offers
_WORDS = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}


def read(kind: Kind, name: str, given: Any) -> Any:
    """A given value as it is used. :raises Refused: for one that cannot be, naming the option."""
    _no_control_characters(name, given)
    return _READERS[kind](name, given)


def literal(given: Any) -> str:
    """A value that YAML reads as what it is."""
    if isinstance(given, str) and _number(given) is None and given.lower() not in _WORDS:
        return given
    return json.dumps(given)


# Besides control characters: what turns the text around on a terminal, line breaks of Unicode, halves of characters.
_REFUSED = ("Cc", "Cf", "Cs", "Zl", "Zp")


def _no_control_characters(name: str, value: Any) -> None:
    if isinstance(value, str) and any(unicodedata.category(character) in _REFUSED for character in value):
        raise Refused(f"{name} is {value!r}, expected a text without control characters")
    if isinstance(value, Mapping):
        for key, item in value.items():
            _no_control_characters(name, key)
            _no_control_characters(name, item)
    if isinstance(value, (list, tuple)):
        for item in value:
            _no_control_characters(name, item)


def _yes_no(name: str, value: Any) -> bool:
    word = _WORDS.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(word, bool):
        raise Refused(f"{name} is {value!r}, expected yes or no")
    return word


def _names(name: str, value: Any) -> list[str]:
    words = [word.strip() for word in value.split(",")] if isinstance(value, str) else value
    if not isinstance(words, (list, tuple)) or not words:
        raise Refused(f"{name} is {value!r}, expected a NIM name, or several in a list")
    return [names.check_name(word, name) for word in words]


def _seconds(name: str, value: Any) -> float:
    number = _number(value)
    if number is None or number <= 0:
        raise Refused(f"{name} is {value!r}, expected a positive number of seconds")
    return number


def _count(name: str, value: Any) -> int:
    number = _number(value)
    if number is None or number < 1 or number != int(number):
        raise Refused(f"{name} is {value!r}, expected a positive whole number")
    return int(number)


def _share(name: str, value: Any) -> str:
    if isinstance(value, str) and value.endswith("%"):
        number = _number(value[:-1])
        if number is not None and 0 < number <= 100:
            return value
    elif (number := _number(value)) is not None and number >= 1 and number == int(number):
        return str(int(number))
    raise Refused(f"{name} is {value!r}, expected a positive whole number or a percentage such as '10%'")


def _number(value: Any) -> float | None:
    """A finite number, also from plain digits; None for all that only Python would read as one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str) and not re.fullmatch(r"[0-9]+(\.[0-9]+)?", value):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _level(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise Refused(
            f"{name} is the {type(value).__name__} {value!r}: YAML reads 3.10 as 3.1; quote it: {name}: '3.1.4.31'"
        )
    return value


def _time(name: str, value: Any) -> Any:
    if isinstance(value, (bool, int, float)):
        raise Refused(f"{name} is the number {value!r}: YAML reads 12:30 as 750; quote it: {name}: '11/30/2026 04:00'")
    return value


def _map(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Refused(f"{name} is {value!r}, expected a map")
    return dict(value)


def _status_map(name: str, value: Any) -> Any:
    if value == "recorded":
        return value
    if not isinstance(value, Mapping):
        raise Refused(f"{name} is {value!r}, expected a map of tuple keys to statuses, or the word recorded")
    for key, status in value.items():
        if not isinstance(key, str) or not isinstance(status, (str, type(None))):
            raise Refused(f"{name} holds {key!r}: {status!r}, expected texts such as vios1-vios2: SUCCESS-UPGR1")
    return dict(value)


def _resources(name: str, value: Any) -> list[str]:
    words = re.split(r"[:,]", value) if isinstance(value, str) else value
    if not isinstance(words, (list, tuple)) or not words:
        raise Refused(f"{name} is {value!r}, expected NIM names separated by colons")
    return [names.check_name(word.strip() if isinstance(word, str) else word, name) for word in words]


def _margin(name: str, value: Any) -> str:
    if value == durations.AUTO:
        return str(value)
    try:
        length = timelimit.duration(value) if isinstance(value, str) else None
    except OverflowError:
        length = None
    if length is None:
        raise Refused(f"{name} is {value!r}, expected a duration such as '3h' or '2h30m', or 'auto'")
    return str(value)


def _duration(name: str, value: Any) -> str:
    try:
        length = timelimit.duration(value) if isinstance(value, str) else None
    except OverflowError:
        length = None
    if not length:
        raise Refused(f"{name} is {value!r}, expected a duration such as '7d', '12h' or '1d12h'")
    return str(value)


def read_clients(name: str, value: Any) -> list[str]:
    """Client partitions that a caller names: a list, or a text with commas; each a name or a number."""
    words = value.split(",") if isinstance(value, str) else value if isinstance(value, (list, tuple)) else [value]
    if any(isinstance(word, bool) or not isinstance(word, (str, int)) for word in words):
        raise Refused(f"{name} is {value!r}, expected names or numbers of client partitions")
    return [str(word).strip() for word in words if str(word).strip()]


def _disks_each(name: str, value: Any) -> str | dict[str, str]:
    if not isinstance(value, Mapping):
        return names.check_disks(value, name)
    if not value:
        raise Refused(f"{name} is an empty map, expected a disk of each VIOS, such as {{vios1: hdisk1}}")
    return {
        names.check_name(vios, f"a VIOS in {name}"): names.check_disks(disk, f"{name} of {vios}")
        for vios, disk in value.items()
    }


def _one_of(*words: str) -> Callable[[str, Any], str]:
    shown = f"{', '.join(map(repr, words[:-1]))} or {words[-1]!r}"

    def read_word(name: str, value: Any) -> str:
        if value not in words:
            raise Refused(f"{name} is {value!r}, expected {shown}")
        return str(value)

    return read_word


def _checked_by(check: Callable[[object, str], str]) -> Callable[[str, Any], str]:
    return lambda name, value: check(value, name)


_READERS: dict[Kind, Callable[[str, Any], Any]] = {
    Kind.YES_NO: _yes_no,
    Kind.NAME: _checked_by(names.check_name),
    Kind.NAMES: _names,
    Kind.PART: _checked_by(names.check_part),
    Kind.DISKS: _checked_by(names.check_disks),
    Kind.DISKS_EACH: _disks_each,
    Kind.WORD: _checked_by(names.check_word),
    Kind.FLAGS: _checked_by(names.check_flags),
    Kind.SECONDS: _seconds,
    Kind.COUNT: _count,
    Kind.SHARE: _share,
    Kind.LEVEL: _level,
    Kind.TIME: _time,
    Kind.MAP: _map,
    Kind.STATUS_MAP: _status_map,
    Kind.METHOD: _one_of(*METHODS, AUTO),
    Kind.TYPE: _one_of("bosinst", "altdisk"),
    Kind.RESOURCES: _resources,
    Kind.PATH: _checked_by(names.check_path),
    Kind.MARGIN: _margin,
    Kind.DURATION: _duration,
    Kind.DEMAND: _one_of(paths.REQUIRE, paths.WARN, paths.IGNORE),
    Kind.BACKUP: _one_of("ios_backup", "ios_mksysb"),
    Kind.ORDER: _one_of("given", "longest"),
    Kind.CLIENTS: read_clients,
    Kind.REBOOT: _one_of(TOOL, DRIVER),
}
