"""What other programs printed, made fit to be stored and shown."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Control characters as escapes, so that no terminal obeys them; line ends and tabs stay."""
    text = text.replace("\r\n", "\n")
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)
