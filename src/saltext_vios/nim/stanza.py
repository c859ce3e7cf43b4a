"""Reads the stanzas that ``lsnim -l`` and ``lsnim -a`` print.

Seen in published output: a name and a colon at the beginning of a line; attributes indented, padded or not, then
`` = `` and the value, which may hold anything; an attribute without a value is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Union

Value = Union[str, list[str]]


def read(text: str) -> dict[str, dict[str, Value]]:
    """Objects by name, each with its attributes; one that NIM repeats is a list.

    Never raises, and takes nothing from a line that is neither a name nor an attribute (a warning, say). A line that
    could be the name of an object but is none ends the object before it: what follows belongs to nobody.
    """
    objects: dict[str, dict[str, Value]] = {}
    current: dict[str, Value] | None = None
    # By what stands before the sign: the same few in every object of a listing of thousands.
    names: dict[str, str | None] = {}
    for line in text.split("\n"):
        if not line[:1].isspace():
            if line.rstrip().endswith(":"):
                current = _object(objects, line)
            continue
        before, equals, value = line.partition("=")
        if current is None or not equals or not (value[:1].isspace() or not value):
            continue
        if before not in names:
            names[before] = _name(before)
        name, value = names[before], value.strip()
        if name in current:
            _repeat(current, name, value)
        elif name is not None:
            current[name] = value
    return objects


def _object(objects: dict[str, dict[str, Value]], line: str) -> dict[str, Value] | None:
    words = line.split()
    return objects.setdefault(words[0][:-1], {}) if len(words) == 1 and words[0] != ":" else None


def _name(before: str) -> str | None:
    """One word before the first "=", and blanks around it, tell an attribute from the rest of a longer text."""
    words = before.split()
    return words[0] if len(words) == 1 and before[-1].isspace() else None


def _repeat(attributes: dict[str, Value], name: str, value: str) -> None:
    known = attributes[name]
    if isinstance(known, list):
        known.append(value)
    else:
        attributes[name] = [known, value]


def first(attributes: Mapping[str, Value], name: str) -> str | None:
    """The value of an attribute, the first where it is repeated; None where it is missing or empty."""
    value = attributes.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    return value or None
