"""Operating-system locks. Alive is who holds the lock; a pid proves nothing.

``filelock`` is not used: one of these locks must pass through ``exec`` into ``nim``, so that it lives exactly as
long as ``nim`` does, whoever else is killed.

Every lock is taken after the last fork, by the process that keeps it, which does not open the file again. So it holds
too where ``flock`` is built on record locks, as on AIX: a fork does not pass these on, any ``close`` of the file ends
them.
"""

from __future__ import annotations

import errno
import fcntl
import os
import threading
import time
from pathlib import Path

NO_LINK = getattr(os, "O_NOFOLLOW", 0)
# Record locks may say EACCES.
HELD = {errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES}

# What this process holds, by file descriptor: its threads must not open those files again.
_held: dict[int, tuple[int, str]] = {}
_threads = threading.Lock()


def acquire(path: Path, timeout: float = 0) -> int | None:
    """Take the lock and return its file descriptor, or None when somebody else keeps it.

    :param timeout: seconds to go on trying; an ``is_held`` of somebody else takes the lock for a moment.
    """
    deadline = time.monotonic() + timeout
    while True:
        with _threads:
            fd = None if _is_mine(path) else _acquired(path)
            if fd is not None:
                _held[fd] = (os.getpid(), str(path))
                return fd
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.02)


def _acquired(path: Path) -> int | None:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | NO_LINK, 0o600)
    if _locked(fd, fcntl.LOCK_EX) and _is_still(fd, path):
        return fd
    os.close(fd)
    return None


def release(fd: int) -> None:
    with _threads:
        _held.pop(fd, None)
        os.close(fd)


def is_held(path: Path) -> bool:
    """Whether somebody keeps it; those who ask do not hinder each other."""
    with _threads:
        if _is_mine(path):
            return True
        try:
            fd = os.open(path, os.O_RDWR | NO_LINK)
        except FileNotFoundError:
            return False
        try:
            return not _locked(fd, fcntl.LOCK_SH)
        finally:
            os.close(fd)


def still_keeps(fd: int, path: Path) -> bool:
    """Whether a lock that was acquired is worth something yet: it is held, and by the file that others would ask."""
    return _locked(fd, fcntl.LOCK_EX) and _is_still(fd, path)


def _locked(fd: int, how: int) -> bool:
    try:
        fcntl.flock(fd, how | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in HELD:
            raise
        return False
    return True


def _is_still(fd: int, path: Path) -> bool:
    """Whether the file that was opened is the one of that name, and ours."""
    try:
        there = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(fd), there) and there.st_uid == os.geteuid()


def _is_mine(path: Path) -> bool:
    return (os.getpid(), str(path)) in _held.values()
