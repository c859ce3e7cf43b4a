"""Operating-system locks. Alive is who holds the lock; a pid proves nothing.

``filelock`` is not used: one of these locks must pass through ``exec`` into ``nim``, so that it lives exactly as
long as ``nim`` does, whoever else is killed.

Every lock is taken after the last fork, by the process that keeps it, which does not open the file again. So it holds
too where ``flock`` is built on record locks, which a fork does not pass on and any ``close`` of the file ends.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path


def acquire(path: Path, timeout: float = 0) -> int | None:
    """Take the lock and return its file descriptor, or None when somebody else keeps it.

    :param timeout: seconds to go on trying; an ``is_held`` of somebody else takes the lock for a moment.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return fd
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(fd)
                return None
            time.sleep(0.02)


def release(fd: int) -> None:
    os.close(fd)


def is_held(path: Path) -> bool:
    if not path.exists():
        return False
    fd = acquire(path)
    if fd is None:
        return True
    release(fd)
    return False
