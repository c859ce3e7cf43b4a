"""Reads what a VIOS prints about whom it serves: ``lsmap -fmt``, ``chkdev``, ``entstat``. Nothing here ever raises.

Each reader gives what it understood and the lines that it did not; a line that is not understood is never left out
silently, since what it would have said may be somebody's last path. IBM documents ``-fmt`` (an empty field is a
blank; doc) and not the order of the fields, which is that of IBM's public ``mapping_facts`` (code).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

SEPARATOR = ":"  # no field of these holds one
_DISK_FIELDS = 6
_STATE = re.compile(r"^\s*State\s*:\s*(\S+)\s*$", re.MULTILINE)  # seen
_POLICIES = ("no_reserve", "single_path", "PR_exclusive", "PR_shared")
_NOT_SHOWN = ("", "N/A")  # code
_NO_SUCH_OPTION = re.compile(r"Option flag\b.*\bnot valid", re.IGNORECASE)  # code
_NOTHING = re.compile(r"There (?:is|are) no|not find|no such|unable to find", re.IGNORECASE)  # code, in part


@dataclass(frozen=True)
class Read(Generic[T]):
    found: tuple[T, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class SCSIDisk:
    """One virtual target device of a client: what backs it, and its status where that is shown."""

    client: int
    adapter: str
    vtd: str
    status: str
    backing: str


@dataclass(frozen=True)
class FCMapping:
    """One virtual fibre channel adapter; ``name`` and ``os`` are blank while the client is switched off (seen)."""

    client: int
    adapter: str
    name: str
    os: str
    status: str
    port: str


@dataclass(frozen=True)
class VNICMapping:
    """What a VIOS backs of one virtual NIC; ``client_place``: of the client's adapter, blank where it is not shown."""

    client: int
    adapter: str
    name: str
    status: str
    client_place: str


@dataclass(frozen=True)
class NetworkMapping:
    """One virtual Ethernet adapter and the Shared Ethernet Adapter that bridges it, if one does."""

    adapter: str
    sea: str
    backing: str
    status: str


def scsi(text: str) -> Read[SCSIDisk]:
    """``lsmap -all -fmt :``: adapter, place and client, then six fields for each of its disks (code)."""

    def line(fields: list[str]) -> list[SCSIDisk] | None:
        client = partition(fields[2]) if len(fields) >= 3 else None
        if client is None:
            return None
        groups = fields[3:]
        if groups and not any(groups):
            groups = []  # an adapter without a disk
        if len(groups) % _DISK_FIELDS:
            return None
        parts = [groups[at : at + _DISK_FIELDS] for at in range(0, len(groups), _DISK_FIELDS)]
        return [SCSIDisk(client, fields[0], part[0], part[1], part[3]) for part in parts if part[0]]

    return _lines(text, line)


def fibre_channel(text: str) -> Read[FCMapping]:
    """``lsmap -all -npiv -fmt :``: twelve fields, of which the first seven are used (code)."""

    def line(fields: list[str]) -> list[FCMapping] | None:
        client = partition(fields[2]) if len(fields) >= 7 else None
        if client is None:
            return None
        return [FCMapping(client, fields[0], fields[3], fields[4], fields[5], fields[6])]

    return _lines(text, line)


def vnic(text: str) -> Read[VNICMapping]:
    """``lsmap -all -vnic -fmt :``: ten fields (code). A VIOS that has no such option backs none."""

    def line(fields: list[str]) -> list[VNICMapping] | None:
        client = partition(fields[2]) if len(fields) == 10 else None
        if client is None:
            return None
        name, status, place = ("" if fields[at] in _NOT_SHOWN else fields[at] for at in (3, 6, 9))
        return [VNICMapping(client, fields[0], name, status, place)]

    return Read() if _NO_SUCH_OPTION.search(text) else _lines(text, line)


def network(text: str) -> Read[NetworkMapping]:
    """``lsmap -all -net -fmt :``: six fields (code)."""

    def line(fields: list[str]) -> list[NetworkMapping] | None:
        return [NetworkMapping(fields[0], fields[2], fields[3], fields[4])] if len(fields) >= 5 else None

    return _lines(text, line)


def addresses(text: str) -> list[tuple[str, str]]:
    """``lstcpip -interfaces``: adapter and address of each line that begins with both (code).

    The interface of ``ent5`` is ``en5``, or ``et5``.
    """
    words = (line.split() for line in text.splitlines())
    pairs = [(one[0], one[1]) for one in words if len(one) > 1 and re.fullmatch(r"e[nt][0-9]{1,4}", one[0])]
    return [(f"ent{name[2:]}", address) for name, address in pairs if _is_address(address)]


def _is_address(word: str) -> bool:
    try:
        return not ipaddress.ip_address(word.partition("%")[0].partition("/")[0]).is_unspecified
    except ValueError:
        return False


def identifiers(text: str) -> Read[tuple[str, str]]:
    """``chkdev -fmt : -field name identifier``: by what two VIOSes know the same disk, whatever each calls it."""

    def line(fields: list[str]) -> list[tuple[str, str]] | None:
        if len(fields) != 2 or not fields[0]:
            return None
        return [(fields[0], fields[1])] if fields[1] else []

    return _lines(text, line)


def adapters(text: str) -> Read[str]:
    """``lsdev -type adapter -state available -field name physloc -fmt :`` (doc): the places, where there is one.

    What is made of others, as a Shared Ethernet Adapter, has none (guess).
    """

    def line(fields: list[str]) -> list[str] | None:
        if len(fields) != 2 or not fields[0]:
            return None
        return [fields[1]] if fields[1] else []

    return _lines(text, line)


def reserve_policies(text: str) -> dict[str, str]:
    """By disk, where the last word under its name is one of IBM's (doc); the heading before it is a guess."""
    found = {}
    for part in re.split(r"^disk=", text, flags=re.MULTILINE)[1:]:
        words = part.split()
        if len(words) > 1 and words[-1] in _POLICIES:
            found[words[0]] = words[-1]
    return found


def fail_over(text: str) -> list[str]:
    """The disks whose ``algorithm`` is fail_over, in the same form."""
    parts = (part.split() for part in re.split(r"^disk=", text, flags=re.MULTILINE)[1:])
    return [words[0] for words in parts if words[-1] == "fail_over"]


def sea_state(text: str) -> str | None:
    """The state in ``entstat -d``: PRIMARY, BACKUP, LIMBO ... (seen); None when none is shown, or two that differ."""
    states = {state.upper() for state in _STATE.findall(text)}
    return states.pop() if len(states) == 1 else None


def partition(word: str) -> int | None:
    """A partition's number, in hexadecimal with 0x (code) or in decimal; 0 is an adapter that nobody uses (guess)."""
    word = word.strip()
    if re.fullmatch(r"0[xX][0-9a-fA-F]{1,8}", word):
        return int(word, 16)
    return int(word) if re.fullmatch(r"[0-9]{1,9}", word) else None


def _lines(text: str, understand: Callable[[list[str]], list[T] | None]) -> Read[T]:
    found: list[T] = []
    unread: list[str] = []
    for line in text.splitlines():
        if not line.strip() or _NOTHING.search(line):
            continue
        understood = understand([field.strip() for field in line.split(SEPARATOR)])
        if understood is None:
            unread.append(line)
        else:
            found += understood
    return Read(tuple(found), tuple(unread))
