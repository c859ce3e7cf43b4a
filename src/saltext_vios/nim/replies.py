"""Reads what NIM's commands and a VIOS print, besides stanzas. Nothing here ever raises on a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

# IBM: every NIM message is 0042-NNN; the shape is seen in published output.
_MESSAGE = re.compile(r"^[ \t]*(warning:[ \t]*)?(0042-[0-9]{3})[ \t]+(\S+):[ \t]*(.*)$", re.MULTILINE)
_RESOURCE = re.compile(r"([A-Za-z0-9_!-]+) (?:resources )?[a-z][a-z0-9_]*")
_PERCENT = re.compile(r"(?<![0-9.])([0-9]{1,3})\s*(?:%|percent\b)", re.IGNORECASE)
_QUESTION = re.compile(
    r"[\[(]\s*y(?:es)?\s*[/|]\s*n(?:o)?\s*[\])]|choice\s*\[|(?:enter|select)\b.*:\s*$", re.IGNORECASE
)


@dataclass(frozen=True)
class Message:
    code: str
    command: str
    text: str
    warning: bool


@dataclass(frozen=True)
class RemoteReply:
    """What a remote command printed, and its exit status; None when the ``rc=`` line did not come."""

    output: str
    rc: int | None


def allocated(text: str) -> list[str] | None:
    """The names of the resources in ``lsnim -c resources NAME``: name and type (seen), perhaps the class between them.

    None for a text of which no line is understood: whatever it says, it is not that there are none.
    """
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    found = [match[1] for line in lines if (match := _RESOURCE.fullmatch(line))]
    return found if found or not lines else None


def operations(text: str) -> set[str]:
    """The operations in ``lsnim -O NAME``, the first word of each line: ``name = description`` (seen)."""
    return {words[0].rstrip(":") for line in text.splitlines() if (words := line.split())}


def messages(text: str) -> list[Message]:
    """The ``0042-NNN`` messages of NIM in what a command printed."""
    return [Message(match[2], match[3], match[4].strip(), bool(match[1])) for match in _MESSAGE.finditer(text)]


def is_missing_object(text: str) -> bool:
    """Whether NIM says that it knows no object of that name (0042-053, seen)."""
    return any(message.code == "0042-053" for message in messages(text))


def remote(stdout: str) -> RemoteReply:
    """Take the ``rc=N`` line off: c_rsh does not pass on the remote exit status, so the remote side prints it."""
    body, _, last = stdout.rstrip("\n").rpartition("\n")
    match = re.fullmatch(r"rc=([0-9]{1,3})", last.strip())
    if match is None:
        return RemoteReply(stdout, None)
    return RemoteReply(body, int(match[1]))


def same_host(one: str, other: str) -> bool:
    """Whether two names may mean one host: a node may have its short name where NIM has the full one."""
    left, right = (name.rstrip(".").lower().split(".") for name in (one, other))
    if (len(left) > 1 and len(right) > 1) or left[0].isdigit():
        return left == right
    return left[0] == right[0] != ""


def aix_level(text: str) -> tuple[int, ...] | None:
    """``oslevel -s`` (doc): 7200-05-03-2148 is (7200, 5, 3, 2148); None for anything else."""
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2})(?:-([0-9]{4}))?)?", text.strip())
    return tuple(int(word) for word in match.groups() if word) if match else None


def question(text: str) -> str:
    """The last line that waits for an answer: ``Choice[Y/N]:``, ``[y|n]?`` (seen); empty if there is none."""
    asking = [line.strip() for line in text.splitlines() if _QUESTION.search(line)]
    return asking[-1][-200:] if asking else ""


def complaint(text: str) -> str:
    """The end of what a command printed on stderr, as one line: NIM says last what is the matter."""
    return " ".join(text.split())[-300:]


def percent(info: str | None) -> int | None:
    """A percentage in the free text ``info`` (guess: what NIM writes there during an install is unknown)."""
    match = _PERCENT.search(info or "")
    return int(match[1]) if match and int(match[1]) <= 100 else None
