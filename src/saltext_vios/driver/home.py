"""The state directory: where the journal, the locks and the output of commands lie."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from saltext_vios.errors import JournalError


@dataclass(frozen=True)
class Home:
    path: Path

    @property
    def journal(self) -> Path:
        return self.path / "journal.db"

    @property
    def driver_lock(self) -> Path:
        return self.path / "driver.lock"

    @property
    def leave_note(self) -> Path:
        """There while the driver is asked to leave, or was stopped."""
        return self.path / "driver.leave"

    @property
    def commands(self) -> Path:
        return self.path / "commands"

    @property
    def driver_log(self) -> Path:
        return self.path / "driver.log"

    def command(self, run: int, n: int, attempt: int) -> Path:
        """The directory of one ``nim`` command; made of numbers only."""
        return self.commands / f"{run}-{n}-{attempt}"


def prepare(path: str) -> Home:
    """Make the state directory, or take the one there is.

    :raises JournalError: when it cannot be made, is not ours, or others may enter it.
    """
    home = Home(Path(path))
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.commands.mkdir(mode=0o700, exist_ok=True)
        for directory in (home.path, home.commands):
            _only_ours(directory, directory.stat())
    except OSError as error:
        raise JournalError(f"the state directory {path} cannot be used: {error}; see vios:state_dir") from error
    return home


def _only_ours(directory: Path, found: os.stat_result) -> None:
    if found.st_uid != os.geteuid():
        raise JournalError(f"the state directory {directory} belongs to uid {found.st_uid}, expected {os.geteuid()}")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise JournalError(
            f"the state directory {directory} has mode {stat.S_IMODE(found.st_mode):04o}, expected 0700; "
            f"type: chmod 700 {directory}"
        )
