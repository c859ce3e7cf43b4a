"""Targets: which VIOSes, in tuples of one or two, in the order they are migrated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from saltext_vios.asked import Options, as_options
from saltext_vios.errors import Refused

EXPECTED = "expected tuples of one or two VIOS names, such as vios1,vios2 or [[vios1, vios2], [vios3]]"

_ONE = re.compile(r"\([^\[\]()]*\)|\[[^\[\]()]*\]")
_LIST = rf"(?:{_ONE.pattern})(?:,?(?:{_ONE.pattern}))*,?"
_SEVERAL = re.compile(rf"\[{_LIST}\]|{_LIST}")
_QUOTED = re.compile(r"\A(['\"])([^'\"]*)\1\Z")


def key(names: Sequence[str], task: str = "") -> str:
    """The key of a tuple in every map of statuses; of a task on a VIOS ``clone:vios1``, which no tuple can have."""
    return (f"{task}:" if task else "") + "-".join(sorted(names))


# Options that may hold a map, VIOS -> value: a disk has another name on each VIOS.
EACH = ("disk", "clone_disk", "clone_to")


def own(options: Options, vios: str) -> Options:
    """The options of one VIOS: its own entry of each that holds a map."""
    values: Mapping[str, Any] = options
    maps = {name: values[name].get(vios) for name in EACH if isinstance(values.get(name), Mapping)}
    return as_options({**options, **maps}) if maps else options


def refuse_incomplete(tuples: Sequence[Sequence[str]], options: Mapping[str, Any]) -> None:
    """:raises Refused: for a VIOS that is in no entry of a map; entries for other VIOSes do not matter."""
    for name in EACH:
        value = options.get(name)
        if not isinstance(value, Mapping):
            continue
        lacking = [vios for names in tuples for vios in names if vios not in value]
        if lacking:
            raise Refused(
                f"{name} has no disk for {', '.join(lacking)}; give each VIOS of the call one, such as "
                f"{name}={{{lacking[0]}: hdisk1}}"
            )


def read(value: object, check: Callable[[object], object] | None = None) -> tuple[tuple[str, ...], ...]:
    """The tuples that a caller means.

    :param value: ``"vios1,vios2"``; ``"(vios1, vios2)"``; ``"[[vios1, vios2], [vios3]]"``; or a list of tuples,
        each a list or such a string.
    :param check: called with every name, raises when it cannot be one.
    :raises Refused: naming the value and what is expected.
    """
    if isinstance(value, str):
        tuples = _split(value)
    elif isinstance(value, (list, tuple)):
        tuples = [one for item in value for one in _item(item, value)]
    else:
        raise Refused(f"targets are {value!r}, {EXPECTED}")
    if not tuples:
        raise Refused(f"targets are {value!r}, which name no VIOS; {EXPECTED}")
    _refuse_misfits(tuples, value, check)
    return tuple(tuple(names) for names in tuples)


def _item(item: object, value: object) -> list[list[str]]:
    """One element of a list: a tuple."""
    if isinstance(item, str):
        found = _split(item)
        if len(found) != 1:
            raise Refused(f"targets hold {item!r} in {value!r}, {EXPECTED}")
        return found
    if isinstance(item, (list, tuple)):
        for name in item:
            if not isinstance(name, str):
                raise Refused(f"targets hold the name {name!r}, expected a text (quote it in YAML)")
        return [[name.strip(" ") for name in item]]
    raise Refused(f"targets hold {item!r} in {value!r}, {EXPECTED} (quote a name that YAML reads as a number)")


def _split(text: str) -> list[list[str]]:
    """A string: one tuple, or several in parentheses or brackets of their own."""
    # Blanks go where they separate nothing; one that stands between two words stays, and is refused.
    stripped = re.sub(r" *([\[\](),]) *", r"\1", text.strip(" "))
    if _SEVERAL.fullmatch(stripped):
        return [_names(one[1:-1]) for one in _ONE.findall(stripped)]
    if re.search(r"[\[\]()]", stripped):
        raise Refused(f"targets are {text!r}, whose brackets cannot be read; {EXPECTED}")
    return [_names(stripped)] if stripped else []


def _names(text: str) -> list[str]:
    return [_QUOTED.sub(r"\2", name) for name in text.split(",")] if text else []


def _refuse_misfits(tuples: list[list[str]], value: object, check: Callable[[object], object] | None) -> None:
    seen: set[str] = set()
    keys: dict[str, list[str]] = {}
    for names in tuples:
        if not 1 <= len(names) <= 2:
            raise Refused(f"targets {value!r} hold a tuple of {len(names)} names ({', '.join(names)}); {EXPECTED}")
        for name in names:
            if not name:
                raise Refused(f"targets {value!r} hold an empty name; {EXPECTED}")
            if name.split() != [name]:
                raise Refused(f"targets {value!r} hold {name!r}, a name with whitespace; put commas between names")
            if check is not None:
                check(name)
            if name in seen:
                raise Refused(f"targets {value!r} name {name!r} twice; name every VIOS once")
            seen.add(name)
        other = keys.setdefault(key(names), names)
        if other is not names:
            raise Refused(
                f"the tuples {', '.join(other)} and {', '.join(names)} have one key, {key(names)!r}; "
                "migrate them in two calls"
            )
