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

    Never raises, and takes nothing from a line that is neither a name nor an attribute (a warning, say).
    """
    objects: dict[str, dict[str, Value]] = {}
    current: dict[str, Value] | None = None
    for line in text.split("\n"):
        if line[:1].isspace():
            if current is not None:
                _attribute(current, line)
        elif line:
            current = _object(objects, line)
    return objects


def _object(objects: dict[str, dict[str, Value]], line: str) -> dict[str, Value] | None:
    name = line.rstrip()
    if not name.endswith(":") or len(name.split()) != 1 or name == ":":
        return None
    return objects.setdefault(name[:-1], {})


def _attribute(current: dict[str, Value], line: str) -> None:
    name, equals, value = line.partition("=")
    name = name.strip()
    # What stands before the first "=" is one word, and blanks around the sign tell it from a value.
    if not equals or not name or len(name.split()) != 1 or (value and not value[0].isspace()):
        return
    if not line[: line.index("=")].endswith((" ", "\t")):
        return
    value = value.strip()
    known = current.get(name)
    if known is None:
        current[name] = value
    elif isinstance(known, list):
        known.append(value)
    else:
        current[name] = [known, value]


def first(attributes: Mapping[str, Value], name: str) -> str | None:
    """The value of an attribute, the first where it is repeated; None where it is missing or empty."""
    value = attributes.get(name)
    if isinstance(value, list):
        value = value[0]
    return value or None
