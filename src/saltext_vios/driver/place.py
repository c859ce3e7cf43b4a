"""Where a state directory may be: at one place, whatever the way in; kept by Salt; and turned by nobody else."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from saltext_vios.errors import JournalError, Refused

AIX = sys.platform.startswith("aix")
# AIX has no /var/lib. Without the minion's root_dir, so that every way to this machine comes to the same journal.
STATE_DIR = "/var/adm/saltext-vios" if AIX else "/var/lib/saltext-vios"
# The system's own directories belong to bin on AIX.
SYSTEM = {0, 2} if AIX else {0}


def refuse_thrown_away(path: str, opts: Mapping[str, Any]) -> None:
    """:raises Refused: when a path lies in a directory that Salt empties."""
    for name, directory in _thrown_away(opts).items():
        if _is_below(path, directory):
            raise Refused(
                f"vios:state_dir is {path}, which lies in {directory} ({name}): Salt empties that directory, and the "
                f"journal would be lost while VIOSes install. Set it to a directory that stays, the same for every way "
                f"to this NIM master: vios:state_dir: {STATE_DIR}"
            )


def unpacked(opts: Mapping[str, Any]) -> str | None:
    """Where salt-ssh unpacked itself for this call; None for every other way in."""
    root = str(opts.get("root_dir") or "").rstrip("/")
    return os.path.dirname(root) if os.path.basename(root) == "running_data" else None


def _thrown_away(opts: Mapping[str, Any]) -> dict[str, str]:
    found = {name: opts.get(name) for name in ("cachedir", "extension_modules")}
    found["where salt-ssh unpacked itself"] = unpacked(opts)
    return {name: directory for name, directory in found.items() if isinstance(directory, str) and directory}


def _is_below(path: str, directory: str) -> bool:
    inner, outer = os.path.realpath(path), os.path.realpath(directory)
    return os.path.commonpath([inner, outer]) == outer


def refuse_a_former_one(opts: Mapping[str, Any]) -> None:
    """:raises JournalError: when an earlier version left a journal below ``root_dir``; two of them is one too many."""
    former = os.path.join(str(opts.get("root_dir") or "/"), "var/lib/saltext-vios")
    if os.path.realpath(former) == os.path.realpath(STATE_DIR) or not os.path.exists(f"{former}/journal.db"):
        return
    raise JournalError(
        f"there is a journal of an earlier version in {former}; this version keeps it in {STATE_DIR}, whatever "
        f"root_dir is. To continue with it, set in the configuration of every way to this NIM master: "
        f"vios:state_dir: {former}. Or, when no driver works there any more (vios.stop with that setting), "
        f"move it: mv {former} {STATE_DIR}"
    )


def refuse_anothers(path: str) -> None:
    """:raises JournalError: when a state directory is another user's, who alone can enter it."""
    with contextlib.suppress(OSError):
        owner = os.lstat(path).st_uid
        if os.geteuid() not in (owner, 0):
            raise JournalError(f"the state directory {path} {_of_another(owner)}")


def _of_another(owner: int) -> str:
    return (
        f"belongs to uid {owner}, expected {os.geteuid()}: every way to this NIM master needs the same user, the one "
        f"who may run nim; with salt-ssh, user and sudo in the roster say which"
    )


def make(path: Path) -> None:
    """Make a directory that is ours alone, or take the one there is.

    :raises JournalError: when it is not, or when somebody else could put another in its place.
    :raises OSError: when it cannot be made.
    """
    refuse_a_way_that_others_may_turn(path)
    # The umask of whoever calls first must not open what lies above to everybody.
    for parent in reversed(path.parents):
        _make_one(parent, 0o755)
    make_inside(path)


def make_inside(path: Path) -> None:
    """The same where what is above it must be there: what is gone does not come back with a mode of its own.

    :raises JournalError: as ``make``.
    :raises OSError: when it cannot be made.
    """
    _make_one(path, 0o700)
    refuse_a_way_that_others_may_turn(path)
    _only_ours(path, os.lstat(path))


def _make_one(directory: Path, mode: int) -> None:
    if os.path.lexists(directory):
        return
    try:
        os.mkdir(directory, mode)
    except FileExistsError:
        return  # somebody was quicker; it is looked at as any other
    os.chmod(directory, mode)


def refuse_a_way_that_others_may_turn(path: Path) -> None:
    """Look at every directory and link above a path, as sshd does.

    Writable by its group is allowed: on AIX the system's own /var/adm is.
    """
    here, ahead, links = "/", _parts(str(path.parent)), 0
    trusted = {*SYSTEM, os.geteuid(), os.lstat("/").st_uid}
    while ahead:
        here = os.path.normpath(os.path.join(here, ahead.pop()))
        try:
            found = os.lstat(here)
        except FileNotFoundError:
            return
        _not_others(here, found, trusted)
        if stat.S_ISLNK(found.st_mode):
            links += 1
            if links > 40:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
            ahead += _parts(os.readlink(here))
            here = "/" if os.path.isabs(os.readlink(here)) else os.path.dirname(here)


def _parts(path: str) -> list[str]:
    """The last one first."""
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]


def _not_others(here: str, found: os.stat_result, trusted: set[int]) -> None:
    wrong = ""
    if found.st_uid not in trusted:
        wrong = f"belongs to uid {found.st_uid}, expected root or uid {os.geteuid()}"
    elif stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
        wrong = f"has mode {stat.S_IMODE(found.st_mode):04o}, so that every user may replace what lies in it"
    if wrong:
        raise JournalError(
            f"the state directory would lie below {here}, which {wrong}; repair that, or set vios:state_dir"
        )


def _only_ours(directory: Path, found: os.stat_result) -> None:
    if not stat.S_ISDIR(found.st_mode):
        what = "a link" if stat.S_ISLNK(found.st_mode) else "not a directory"
        raise JournalError(f"the state directory {directory} is {what}; set vios:state_dir to the directory itself")
    if found.st_uid != os.geteuid():
        raise JournalError(f"the state directory {directory} {_of_another(found.st_uid)}")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise JournalError(
            f"the state directory {directory} has mode {stat.S_IMODE(found.st_mode):04o}, expected 0700; "
            f"type: chmod 700 {directory}"
        )
