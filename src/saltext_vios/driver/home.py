"""The state directory: where the journal, the locks and the output of commands lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from saltext_vios.driver import place
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
    def doing(self) -> Path:
        """The run that the driver works on at this moment; what a driver left there, it died of or at."""
        return self.path / "driver.doing"

    @property
    def waiting(self) -> Path:
        """Why each tuple waits."""
        return self.path / "driver.waiting"

    @property
    def leave_note(self) -> Path:
        """There while the driver is asked to leave, or was stopped."""
        return self.path / "driver.leave"

    @property
    def commands(self) -> Path:
        return self.path / "commands"

    @property
    def code(self) -> Path:
        """Copies of the code that the driver and the launchers run from."""
        return self.path / "code"

    @property
    def resume(self) -> Path:
        """What starts a driver again, and needs no Salt."""
        return self.path / "resume"

    @property
    def minion(self) -> Path:
        """Where events are handed to."""
        return self.path / "minion.json"

    @property
    def driver_log(self) -> Path:
        return self.path / "driver.log"

    def command(self, run: int, n: int, attempt: int) -> Path:
        """The directory of one ``nim`` command; made of numbers only."""
        return self.commands / f"{run}-{n}-{attempt}"


def prepare(path: str) -> Home:
    """Make the state directory, or take the one there is.

    :raises JournalError: when it cannot be made, is not ours, or others may enter it or put another in its place.
    """
    home = Home(Path(path))
    try:
        place.make(home.path)
        place.make_inside(home.commands)
    except OSError as error:
        raise JournalError(f"the state directory {path} cannot be used: {error}; see vios:state_dir") from error
    return home
