"""Backups of a VIOS as NIM makes, shows and removes them: command lines, attributes, what a view of one prints.

code: IBM's ``nim_backup``. What an ios_backup shows besides source_image, and what a view prints, is published nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from saltext_vios.nim import objects
from saltext_vios.nim.stanza import Value, first

CONFIGURATION, IMAGE = "ios_backup", "ios_mksysb"  # types of NIM: code
KINDS = (CONFIGURATION, IMAGE)
MASTER = "master"
# IBM's default directories (code).
DIRECTORIES = {CONFIGURATION: "/export/nim/ios_backup", IMAGE: "/export/nim/ios_mksysb"}

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
# Mon Feb 3 20:55:28 2020 (code); `date` puts a zone before the year.
_DATE = re.compile(
    r"(?:[A-Z][a-z]{2}\s+)?([A-Z][a-z]{2})\s+(\d{1,2})\s+(\d{1,2}):(\d{2}):(\d{2})\s+(?:[A-Z]{1,5}\s+)?(\d{4})",
    re.ASCII,
)
_DEVICE = re.compile(r"\b(?:vhost|vfchost|vtscsi|hdisk|ent|fcs|fscsi|scsi)[0-9]+\b")
_COMPLAINT = re.compile(r"^\s*(?:0042-[0-9]{3}|0516-[0-9]+|05[0-9]{2}-[0-9]{3})\b", re.MULTILINE)


@dataclass(frozen=True)
class Shown:
    """One backup as ``lsnim -l`` shows it. None where NIM shows nothing, or what cannot be read."""

    kind: str | None
    name: str
    vios: str | None  # source_image: whose it is
    rstate: str | None
    ready: bool | None
    location: str | None
    server: str | None
    created: float | None  # seconds since the epoch
    level: str | None
    in_use: bool


@dataclass(frozen=True)
class Viewed:
    """What a view of an ios_backup printed. ``known``: names of devices are among it."""

    lines: int
    known: bool
    complaint: str = ""


def make(kind: str, name: str, vios: str, location: str, flags: str | None = None) -> list[str]:
    """Make a backup and its resource (code). ``-F`` as IBM has it: for an image NIM's own look at the space stays."""
    argv = ["nim", "-Fo" if kind == CONFIGURATION else "-o", "define", "-t", kind]
    for attribute, value in (
        ("mk_image", "yes"),
        ("server", MASTER),
        ("source", vios),
        ("location", location),
        ("backupios_flags", flags if kind == IMAGE else None),
    ):
        if value:
            argv += ["-a", f"{attribute}={value}"]
    return [*argv, name]


def view(name: str, vios: str) -> list[str]:
    """Have viosbr read an ios_backup; nothing is changed by it (code; doc for viosbr itself)."""
    return ["nim", "-Fo", "viosbr", "-a", "viosbr_action=view", "-a", f"ios_backup={name}", vios]


def remove(name: str) -> list[str]:
    """Remove the resource and its file (code)."""
    return ["nim", "-o", "remove", "-a", "rm_image=yes", name]


def list_all(kind: str) -> list[str]:
    return ["lsnim", "-t", kind, "-l"]


def read(name: str, attributes: Mapping[str, Value]) -> Shown:
    """Of whom, from when, where: every attribute may be missing."""
    rstate, count = first(attributes, "Rstate"), first(attributes, "alloc_count")
    return Shown(
        kind=first(attributes, "type"),
        name=name,
        vios=first(attributes, "source_image"),
        rstate=rstate,
        ready=None if rstate is None else objects.is_resource_ready(rstate),
        location=first(attributes, "location"),
        server=first(attributes, "server"),
        created=created(first(attributes, "creation_date")),
        level=first(attributes, "ioslevel"),
        in_use=bool(count and count.isdecimal() and int(count)),
    )


def created(text: str | None) -> float | None:
    """A creation_date in the zone of this NIM master; None for a text that is none."""
    match = _DATE.fullmatch((text or "").strip())
    if match is None or match[1] not in _MONTHS:
        return None
    day, hour, minute, second, year = (int(word) for word in match.groups()[1:])
    try:
        return datetime(year, _MONTHS.index(match[1]) + 1, day, hour, minute, second).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def viewed(rc: int, stdout: str, stderr: str) -> Viewed:
    """Whether viosbr could read it. The form is not published: names of devices are looked for, and complaints."""
    lines = [line for line in stdout.splitlines() if line.strip()]
    complaint = _COMPLAINT.search(stdout + "\n" + stderr)
    if rc or complaint:
        said = " ".join((stderr or stdout).split())[:300]
        return Viewed(len(lines), False, f"viosbr returned {rc}: {said or 'it said nothing'}")
    if not lines:
        return Viewed(0, False, "viosbr printed nothing")
    return Viewed(len(lines), _DEVICE.search(stdout) is not None)
