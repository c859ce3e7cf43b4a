"""Files of the state directory: read no further than was asked for, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from saltext_vios.driver.launcher import keep_name

SMALL = 64 * 1024  # bytes: what files of ours may have that are read whole


def text(path: Path) -> str:
    """The whole of a small file.

    :raises ValueError: when it is no small one.
    """
    with path.open("rb") as file:
        data = file.read(SMALL + 1)
    if len(data) > SMALL:
        raise ValueError(f"{path} has more than {SMALL} bytes")
    return data.decode("utf-8", "replace")


def ends(path: Path, each: int) -> tuple[bytes, bytes, int]:
    """The first and the last bytes of a file, none of them twice, and how many there are in all."""
    with path.open("rb") as file:
        head = file.read(each)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(len(head), size - each))
        # It may grow while it is read.
        return head, file.read(each), size


def put(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file that is there whole or not at all, also after a power cut; what was there before is replaced."""
    fd, made = tempfile.mkstemp(".new", f"{path.name}.", path.parent)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(fd, mode)
            os.fsync(fd)
        os.replace(made, path)
    except BaseException:
        os.unlink(made)
        raise
    keep_name(str(path))
