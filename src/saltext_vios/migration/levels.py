"""Levels of a VIOS, such as ``3.1.4.31``: compared number by number, never as text."""

from __future__ import annotations

import re

from saltext_vios.errors import Refused


def parse(text: str) -> tuple[int, ...]:
    """The numbers of a level.

    :raises Refused: for anything but two to five numbers joined by dots.
    """
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9}){1,4}", text):
        raise Refused(f"level is {text!r}, expected dotted numbers such as '3.1.4.31' (quoted in YAML)")
    return tuple(int(part) for part in text.split("."))


def reached(have: str, wanted: str) -> bool:
    """Whether a level is the one wanted or a higher one; missing numbers are zeros."""
    left, right = parse(have), parse(wanted)
    length = max(len(left), len(right))
    return left + (0,) * (length - len(left)) >= right + (0,) * (length - len(right))
