"""Levels of a VIOS, such as ``3.1.4.31``: values made once where a text comes in, compared number by number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

from saltext_vios.errors import Refused

_LEVEL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){1,4}")


@total_ordering
@dataclass(frozen=True, eq=False)
class Level:
    """As it was written; two levels are equal when their numbers are, missing ones being zeros."""

    text: str

    @property
    def _numbers(self) -> tuple[int, ...]:
        numbers = [int(part) for part in self.text.split(".")]
        return tuple(numbers + [0] * (5 - len(numbers)))

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Level) and self._numbers == other._numbers

    def __lt__(self, other: Level) -> bool:
        return self._numbers < other._numbers

    def __hash__(self) -> int:
        return hash(self._numbers)


def read(text: object) -> Level | None:
    """What NIM or a VIOS printed as a level; None for anything but two to five numbers joined by dots."""
    return Level(text) if isinstance(text, str) and _LEVEL.fullmatch(text) else None


def parse(text: object, name: str = "level") -> Level:
    """What a caller wrote as a level.

    :raises Refused: for anything but two to five numbers joined by dots.
    """
    level = read(text)
    if level is None:
        raise Refused(f"{name} is {text!r}, expected dotted numbers such as '3.1.4.31' (quoted in YAML)")
    return level
