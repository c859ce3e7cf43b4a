"""Whether a driver runs, which one, and how it is asked to leave. Kept in files: no journal is needed for it."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import sys
import time
from dataclasses import asdict, dataclass

from saltext_vios import __version__
from saltext_vios.driver import files, locks
from saltext_vios.driver.home import Home

# A driver that is to leave for another: of a newer version, or on a Python that is still there.
STOP, HANDOVER, REPLACED = "stop", "handover", "replaced"
ROOM = 2048  # bytes: the file keeps its size, so that a full disk does not stop a driver from telling of it


@dataclass(frozen=True)
class Presence:
    """What a driver says of itself in its lock; true while the lock is held."""

    pid: int
    since: float
    version: str
    trouble: str = ""
    python: str = ""  # its path, and its version
    python_version: str = ""
    code: str = ""  # the copy of the code that it runs from


@dataclass(frozen=True)
class StopRequest:
    """The driver is asked to leave: until it is requested again, or for one of a newer version."""

    why: str
    by: str
    at: float
    version: str = __version__


def announce(lock: int, trouble: str = "", since: float | None = None) -> Presence:
    """Write into the driver's lock who holds it."""
    said = Presence(
        os.getpid(),
        time.time() if since is None else since,
        __version__,
        trouble[: ROOM // 4],
        os.path.realpath(sys.executable),
        platform.python_version(),
        sys.argv[0],
    )
    # A disk that is full may refuse even this; the lock itself needs no room.
    with contextlib.suppress(OSError):
        os.pwrite(lock, json.dumps(asdict(said)).encode().ljust(ROOM), 0)
    return said


def running(home: Home) -> Presence | None:
    """The driver that holds the lock, or None. One that has just taken it may have said nothing yet: pid 0."""
    if not locks.is_held(home.driver_lock):
        return None
    return last(home) or Presence(0, time.time(), __version__)


def last(home: Home) -> Presence | None:
    """What the driver said of itself that runs, or ran last."""
    try:
        said = json.loads(files.text(home.driver_lock))
        # One of a newer version says more.
        return Presence(**{name: value for name, value in said.items() if name in Presence.__dataclass_fields__})
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def lost_python(said: Presence | None) -> str:
    """The Python of a driver that is no longer there; empty where it is."""
    return said.python if said is not None and said.python and not os.path.exists(said.python) else ""


def touch_last_poll(home: Home) -> None:
    """The driver had an answer of lsnim; the time of its lock's file says when."""
    with contextlib.suppress(OSError):
        # Never by opening it: that may end the lock.
        os.utime(home.driver_lock)


def last_look(home: Home) -> float | None:
    """When the driver last had an answer of lsnim, in seconds since the epoch."""
    try:
        return home.driver_lock.stat().st_mtime
    except OSError:
        return None


def ask_to_leave(home: Home, why: str, by: str) -> StopRequest:
    note = StopRequest(why, by, time.time())
    files.put(home.leave_note, json.dumps(asdict(note)).encode())
    return note


def leave_note(home: Home) -> StopRequest | None:
    try:
        return StopRequest(**json.loads(files.text(home.leave_note)))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        return StopRequest(STOP, "somebody", 0.0)


def stopped(home: Home) -> StopRequest | None:
    note = leave_note(home)
    return note if note is not None and note.why == STOP else None


def cancel_stop(home: Home) -> None:
    """Take a note back: somebody asks for the driver's work."""
    home.leave_note.unlink(missing_ok=True)


def is_older(version: str, other: str) -> bool:
    """Whether a driver of one version is to give way to one of the other."""
    mine, theirs = _order(version), _order(other)
    return mine is not None and theirs is not None and mine < theirs


def _order(version: str) -> tuple[tuple[int, ...], int, int] | None:
    """Numbers to compare by, what comes before a release included; None for what is no version."""
    found = re.fullmatch(r"(\d+(?:\.\d+)*)(?:\.?(dev|a|b|rc)(\d+))?(?:\+.*)?", version, re.ASCII)
    if found is None:
        return None
    release, stage, number = found.groups()
    numbers = [int(one) for one in release.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers), ("dev", "a", "b", "rc", None).index(stage), int(number or 0)
