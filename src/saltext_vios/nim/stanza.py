"""Reads the stanzas that ``lsnim -l`` and ``lsnim -a`` print.

Seen in published output: a name and a colon at the beginning of a line; attributes indented, padded or not, then
`` = `` and the value, which may hold anything; an attribute without a value is left out; err_info of several lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Union

# Names of NIM hold no colon; the header of `lsnim -Z` does.
_OBJECT = re.compile(r"[^\s:]+:\s*")

Value = Union[str, list[str]]


def read(text: str) -> dict[str, dict[str, Value]]:
    """Objects by name, each with its attributes; one that NIM repeats is a list.

    Never raises. A line that is neither a name nor an attribute continues the value above it; a warning of the
    command itself is nobody's.
    """
    objects: dict[str, dict[str, Value]] = {}
    current: dict[str, Value] | None = None
    last = None
    # By what stands before the sign: the same few in every object of a listing of thousands.
    names: dict[str, str | None] = {}
    for line in text.split("\n"):
        before, equals, value = line.partition("=")
        name = None
        if equals and (value[:1].isspace() or not value):
            if before not in names:
                names[before] = _name(before)
            name = names[before]
        if name is None:
            if _OBJECT.fullmatch(line):
                current, last = objects.setdefault(line.rstrip()[:-1], {}), None
            elif current is not None and last is not None and line.strip() and not line.startswith("warning:"):
                _go_on(current, last, line.strip())
        elif current is not None:
            last, value = name, value.strip()
            if name in current:
                _repeat(current, name, value)
            else:
                current[name] = value
    return objects


def _name(before: str) -> str | None:
    """One word before the first "=", indented and with blanks around it, separates an attribute from a longer text."""
    words = before.split()
    return words[0] if len(words) == 1 and before[0].isspace() and before[-1].isspace() else None


def _go_on(attributes: dict[str, Value], name: str, line: str) -> None:
    known = attributes[name]
    if isinstance(known, list):
        known[-1] += f"\n{line}"
    else:
        attributes[name] = f"{known}\n{line}"


def _repeat(attributes: dict[str, Value], name: str, value: str) -> None:
    known = attributes[name]
    if isinstance(known, list):
        known.append(value)
    else:
        attributes[name] = [known, value]


def first(attributes: Mapping[str, Value], name: str) -> str | None:
    """The value of an attribute: its first line, the first where it is repeated; None where it is missing or empty."""
    return _value(attributes, name).partition("\n")[0] or None


def whole(attributes: Mapping[str, Value], name: str) -> str | None:
    """The same with all of its lines, as one."""
    return " ".join(_value(attributes, name).split("\n")) or None


def _value(attributes: Mapping[str, Value], name: str) -> str:
    value = attributes.get(name) or ""
    return value[0] if isinstance(value, list) else value
