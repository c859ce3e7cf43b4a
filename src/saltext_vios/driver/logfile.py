"""The driver's log: standard output and error go there, whatever writes to them; old ones are kept and thrown away.

Only the driver that holds the lock turns the log over. What another one still writes ends in the one before.
"""

from __future__ import annotations

import contextlib
import logging
import os
from pathlib import Path

MOST = 2 * 1024 * 1024  # bytes of one file
OLD = 2  # old files that are kept


def take(path: Path) -> None:
    """From now on standard output and error of this process are the log."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for standard in (1, 2):
        os.dup2(fd, standard)
    if fd > 2:
        os.close(fd)


def turn_over(path: Path) -> None:
    """Begin a new file, and throw the oldest one away."""
    names = [path, *(path.with_name(f"{path.name}.{n}") for n in range(1, OLD + 1))]
    for newer, older in reversed(list(zip(names, names[1:]))):
        with contextlib.suppress(FileNotFoundError):
            os.replace(newer, older)
    take(path)


class Handler(logging.StreamHandler):  # type: ignore[type-arg]  # of which Python 3.9 knows none
    """Writes to standard error, and turns the log over when it has become long."""

    def __init__(self, path: Path, most: int = MOST) -> None:
        super().__init__()
        self.path, self.most, self.turns = path, most, False

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        # A disk that is full does not keep the driver from its work.
        with contextlib.suppress(OSError):
            if self.turns and os.fstat(2).st_size > self.most:
                turn_over(self.path)
