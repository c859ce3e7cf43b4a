"""The names of NIM objects."""

from __future__ import annotations

import re

from saltext_vios.errors import Refused

# IBM, "Naming NIM object definitions": 1 to 39 letters, digits, hyphens, exclamation marks, underscores. A leading
# hyphen is refused by us: a command would read it as a flag.
_NAME = re.compile(r"[A-Za-z0-9!_][A-Za-z0-9!_-]{0,38}")
_PART = re.compile(r"[A-Za-z0-9!_-]{0,39}")


def check_name(value: object, what: str = "NIM name") -> str:
    """The name itself.

    :raises Refused: naming the value and the rule, when NIM could have no object of that name.
    """
    if not isinstance(value, str):
        raise Refused(f"{what} is {value!r}, expected a text (quote it in YAML)")
    if not _NAME.fullmatch(value):
        raise Refused(f"{what} is {value!r}, expected 1 to 39 letters, digits, '-', '_' or '!', not beginning with '-'")
    return value


def check_part(value: object, what: str) -> str:
    """The beginning or the end of a name."""
    if not isinstance(value, str) or not _PART.fullmatch(value):
        raise Refused(f"{what} is {value!r}, expected letters, digits, '-', '_' or '!'")
    return value
