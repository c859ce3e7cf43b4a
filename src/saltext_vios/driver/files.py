"""Reading of files whose size nobody vouches for: never more than was asked for."""

from __future__ import annotations

import os
from pathlib import Path

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
