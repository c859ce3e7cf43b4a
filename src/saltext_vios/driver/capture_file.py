"""Where a capture may be written, and how: a file of its own, whole at every time, readable by its owner only."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from saltext_vios.driver import place, settings
from saltext_vios.errors import CaptureError, Refused

ENDING = ".json"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\.json")


def path_of(out: object, opts: Mapping[str, Any]) -> Path:
    """Where a capture goes. ``salt-call`` may name any place; whoever sends a job, one below ``vios:capture_dir``.

    :param opts: Salt's ``__opts__``.
    :raises Refused: naming the path and what is expected.
    """
    if not isinstance(out, str) or not os.path.isabs(out) or not out.isprintable():
        raise Refused(f"out is {out!r}, expected an absolute path on the NIM master that ends in {ENDING}")
    if not _NAME.fullmatch(os.path.basename(out)):
        raise Refused(f"out is {out!r}, expected a name of letters, digits, '_', '.' and '-' that ends in {ENDING}")
    directory = settings.capture_dir(opts)
    parent = Path(os.path.realpath(os.path.dirname(out)))
    below = Path(os.path.realpath(directory))
    inside = below == parent or below in parent.parents
    # Salt writes there what its own process was started as; salt-ssh starts salt-call.
    if not inside and opts.get("__cli") != "salt-call":
        raise Refused(
            f"out is {out!r}, expected a path below {directory} (vios:capture_dir); only salt-call on the NIM "
            "master itself may name another place"
        )
    if inside:
        # The state directory may not be there yet, and it is nobody else's either.
        state = Path(settings.read(opts).state_dir)
        for wanted in (state, Path(directory)) if state in Path(directory).parents else (Path(directory),):
            place.make(wanted)
    path = parent / os.path.basename(out)
    if os.path.lexists(path):
        raise Refused(f"out is {out!r}, which exists already; choose another name")
    if not parent.is_dir():
        raise Refused(f"out is {out!r}, but {parent} is no directory")
    return path


class CaptureFile:
    """A file that nobody had before; what was written last stands there until the next is whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ours: tuple[int, ...] | None = None

    def write(self, value: Any) -> int:
        """The bytes that it has now.

        :raises CaptureError: when it cannot be written, or is not ours any more.
        """
        made = self.path.with_name(f".{uuid.uuid4()}.new")
        try:
            fd = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(fd, "w", encoding="utf-8") as file:
                json.dump(value, file, indent=1)
                file.write("\n")
                file.flush()
                found = os.fstat(file.fileno())
            self._put(made)
        except OSError as error:
            raise CaptureError(f"the capture {self.path} cannot be written: {error.strerror or error}") from error
        finally:
            made.unlink(missing_ok=True)
        self._ours = _mark(found)
        return found.st_size

    def _put(self, made: Path) -> None:
        if self._ours is None:
            os.link(made, self.path)  # fails where something stands
            return
        if _mark(os.lstat(self.path)) != self._ours:
            raise CaptureError(f"somebody put another file at {self.path} or wrote into it; it is left alone")
        os.replace(made, self.path)


def _mark(found: os.stat_result) -> tuple[int, ...]:
    """What distinguishes one file from the next: a file system reuses the number of a file that was removed."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
