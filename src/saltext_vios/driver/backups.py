"""Asks for the backups that NIM knows, and looks at their files on this NIM master."""

from __future__ import annotations

import os
import stat
from typing import Any, Union

from saltext_vios.errors import NIMUnavailable
from saltext_vios.migration import levels
from saltext_vios.migration.backups import Backup, File, Known
from saltext_vios.nim import backups
from saltext_vios.nim.client import Attributes, Client
from saltext_vios.nim.snapshot import Snapshot

NIM = Union[Client, Snapshot]


def known(nim: NIM, kind: str, at: float) -> Known:
    """All backups of a kind, with one question to NIM; that it does not answer is an answer here.

    :param at: the time, since the age of a backup counts.
    """
    try:
        found = nim.of_type(kind)
    except NIMUnavailable as error:
        return Known(at, error=str(error))
    return Known(at, tuple(one(name, attributes) for name, attributes in found.items()))


def one(name: str, attributes: Attributes) -> Backup:
    shown = backups.read(name, attributes)
    told: dict[str, Any] = {
        field: getattr(shown, field) for field in ("vios", "ready", "rstate", "location", "created", "in_use")
    }
    return Backup(
        shown.kind or "",
        name,
        level=levels.read(shown.level),
        file=_file_of(shown),
        **told,
    )


def _file_of(shown: backups.Shown) -> File:
    if shown.location is None:
        return File()
    if shown.server not in (None, backups.MASTER):
        return File(error=f"its file lies on {shown.server}, which is not asked")
    return file_at(shown.location)


def file_at(path: str) -> File:
    """Size and time of a file on this NIM master; a resource's own directory is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return File(error=f"{path} is not there")
    except (OSError, ValueError) as error:
        return File(error=f"{path} cannot be looked at: {getattr(error, 'strerror', None) or error}")
    if not stat.S_ISREG(found.st_mode):
        return File(error=f"{path} is no file")
    return File(found.st_size, found.st_mtime)


def view(nim: Client, backup: Backup) -> backups.Viewed:
    """Have viosbr read a configuration backup on the VIOS that it is of."""
    try:
        output = nim.master(backups.view(backup.name, backup.vios or ""))
    except NIMUnavailable as error:
        return backups.Viewed(0, False, str(error))
    return backups.viewed(output.rc, output.stdout, output.stderr)
