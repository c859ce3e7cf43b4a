"""What a name, a disk, a flag or a host consists of: nothing else is put into a command line.

We use no shell, but NIM's methods are scripts, and some of these words end in a command on the VIOS.
"""

from __future__ import annotations

import re

from saltext_vios.errors import Refused

# IBM, "Naming NIM object definitions": 1 to 39 letters, digits, hyphens, exclamation marks, underscores. A leading
# hyphen is refused by us: a command would read it as a flag.
_NAME = re.compile(r"[A-Za-z0-9!_][A-Za-z0-9!_-]{0,38}")
_KEY = re.compile(rf"{_NAME.pattern}(-{_NAME.pattern})?")
_PART = re.compile(r"[A-Za-z0-9!_-]{0,39}")
_DISKS = re.compile(r"hdisk[0-9]+([ ,:]+hdisk[0-9]+)*")
_WORD = re.compile(r"[A-Za-z0-9_.:/][A-Za-z0-9_.:/-]*")
_FLAGS = re.compile(r"[ _.,:=/+-]*[A-Za-z0-9][A-Za-z0-9 _.,:=/+-]*")
_PATH = re.compile(r"/[A-Za-z0-9_./+-]*")
_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,254}")


def check_name(value: object, what: str = "NIM name") -> str:
    """The name itself.

    :raises Refused: naming the value and the rule, when NIM could have no object of that name.
    """
    if not isinstance(value, str):
        raise Refused(f"{what} is {value!r}, expected a text (quote it in YAML)")
    if not _NAME.fullmatch(value):
        raise Refused(f"{what} is {value!r}, expected 1 to 39 letters, digits, '-', '_' or '!', not beginning with '-'")
    return value


def is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def is_key(value: object) -> bool:
    """Whether a text can be the key of a tuple: one name, or two with a hyphen between them."""
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def check_part(value: object, what: str) -> str:
    """The beginning or the end of a name."""
    if not isinstance(value, str) or not _PART.fullmatch(value):
        raise Refused(f"{what} is {value!r}, expected letters, digits, '-', '_' or '!'")
    return value


def check_disks(value: object, what: str) -> str:
    """One disk, or several: whether NIM takes several is not published."""
    return _matching(_DISKS, value, what, "a disk such as hdisk1, or several separated by blanks, commas or colons")


def check_word(value: object, what: str) -> str:
    """The name of a cluster or of its database."""
    return _matching(_WORD, value, what, "letters, digits, '_', '.', ':', '/' or '-', not beginning with '-'")


def check_path(value: object, what: str) -> str:
    """A file on the NIM master."""
    return _matching(_PATH, value, what, "an absolute path of letters, digits, '_', '.', '+', '-' and '/'")


def check_flags(value: object, what: str) -> str:
    """Flags for a command."""
    return _matching(_FLAGS, value, what, "letters, digits, blanks and '_', '.', ',', ':', '=', '/', '+' or '-'")


def is_host(word: str) -> bool:
    """Whether a word can be the name or the address of a host, and no flag of the command that gets it."""
    return _HOST.fullmatch(word) is not None


def _matching(form: re.Pattern[str], value: object, what: str, expected: str) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Refused(f"{what} is {value!r}, expected {expected}")
    return value
