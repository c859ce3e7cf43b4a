"""A NIM database and the one state directory that works on it, whatever the ways to the NIM master are.

Two files stand for a database, at a place that no configuration names, so that none can name another by accident:

* ``.claim`` says which state directory works on it. Who writes a request or a hold, or begins as a driver,
  locks it for as long as that takes, and makes it its own; refused while another directory has something under way.
* ``.driver`` is locked by the driver for its whole life, and says where it works.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saltext_vios.driver import commands, files, locks, place, reports
from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.launcher import keep_directory
from saltext_vios.driver.settings import Settings
from saltext_vios.errors import DatabaseTaken, JournalError

# A machine that has it has one NIM database, however its commands are reached.
NIMINFO = "/etc/niminfo"
FIXED = place.STATE_DIR
PATIENCE = 30  # seconds somebody else may take to write a request
ENDING = 10  # seconds a driver with nothing left to do may take to end
ROOM = 4096


@dataclass(frozen=True)
class Database:
    """``name`` is for people; the two files begin with ``stem``."""

    name: str
    stem: str

    @property
    def claim(self) -> Path:
        return Path(f"{self.stem}.claim")

    @property
    def driver(self) -> Path:
        return Path(f"{self.stem}.driver")


def of(settings: Settings) -> Database:
    """This machine's where it is a NIM master; else, as for a simulated one, the one of the ``nim`` that is run."""
    if os.path.exists(NIMINFO):
        return Database("the NIM database of this machine", FIXED)
    nim = os.path.realpath(settings.program("nim"))
    return Database(f"the NIM database of {nim}", f"{nim}.saltext-vios")


def refuse_another(settings: Settings, home: Home) -> None:
    """For calls that only look, or ask before they make anything.

    :raises DatabaseTaken: when another state directory works on this database; it names both, and the way out.
    """
    database = of(settings)
    with _explained(database):
        _refuse(database, home, _told(database.claim))


@contextlib.contextmanager
def claimed(settings: Settings, home: Home) -> Iterator[None]:
    """From here on the state directory is the one that works on its database; nobody else gets in between.

    :raises DatabaseTaken: when another one does.
    """
    database = of(settings)
    mine = {"state_dir": os.path.realpath(home.path)}
    with _explained(database):
        lock = locks.acquire(database.claim, timeout=PATIENCE)
    if lock is None:
        raise DatabaseTaken(
            f"{database.claim} stayed locked for {PATIENCE} s, nothing was done; retry, or see: ls -l {database.claim}"
        )
    try:
        with _explained(database):
            before = _read(os.pread(lock, ROOM, 0))
            _refuse(database, home, before)
            _wait_for_another_driver(database, home)
            if before != mine:
                _say(lock, mine)
                keep_directory(str(database.claim))
        yield
    finally:
        locks.release(lock)


@contextlib.contextmanager
def driven(settings: Settings, home: Home) -> Iterator[Callable[[Settings], None]]:
    """Hold the database for a driver; what this gives is to be asked with a start's settings right before it.

    :raises DatabaseTaken: when another state directory works on it, or another driver does.
    """
    database = of(settings)
    mine = {"state_dir": os.path.realpath(home.path), "pid": os.getpid()}
    with claimed(settings, home), _explained(database):
        lock = locks.acquire(database.driver, timeout=3)
        if lock is None:
            other = (_told(database.driver) or {}).get("pid", "?")
            raise DatabaseTaken(f"another driver (pid {other}) already works on {database.name}; see {database.driver}")
        _say(lock, mine)

    def may_start(wanted: Settings) -> None:
        if of(wanted) != database:
            raise DatabaseTaken(
                f"this driver works on {database.name}, but the VIOS to start belongs to {of(wanted).name}"
            )
        with _explained(database):
            if not locks.still_keeps(lock, database.driver) or _read(os.pread(lock, ROOM, 0)) != mine:
                raise DatabaseTaken(f"this driver lost its lock {database.driver}, so it starts nothing more")

    try:
        yield may_start
    finally:
        locks.release(lock)


def _refuse(database: Database, home: Home, claim: dict[str, Any] | None) -> None:
    """A driver that has nothing left to do is about to end, and is no reason."""
    for other in {told.get("state_dir") for told in (claim, _driver(database)) if told} - {os.path.realpath(home.path)}:
        why = _under_way(Home(Path(str(other))))
        if why:
            raise _taken(database, home, str(other), why)


def _wait_for_another_driver(database: Database, home: Home) -> None:
    """One that has nothing left to do."""
    deadline = time.monotonic() + ENDING
    while (driver := _driver(database)) is not None and driver.get("state_dir") != os.path.realpath(home.path):
        if time.monotonic() >= deadline:
            why = f"nothing is under way there, but its driver, pid {driver.get('pid', '?')}, does not exit"
            raise _taken(database, home, str(driver.get("state_dir")), why)
        time.sleep(0.05)


def _driver(database: Database) -> dict[str, Any] | None:
    """What the driver says that holds the database; None where none does."""
    return (_told(database.driver) or {}) if locks.is_held(database.driver) else None


def _taken(database: Database, home: Home, other: str, why: str) -> DatabaseTaken:
    return DatabaseTaken(
        f"another state directory, {other}, already works on {database.name} ({why}); this call uses {home.path}. "
        f"Two drivers could take down both VIOSes of a frame, so this call was rejected as a whole. Every way to this "
        f"NIM master needs the same one: set vios:state_dir: {other}. Or retry when nothing is under way there"
    )


def _under_way(home: Home) -> str:
    """Why another state directory is not to be left out of account; nothing when it may be."""
    try:
        if not home.path.exists():
            return ""
        with Journal(home, look_only=True) as journal:
            busy = [*reports.under_way(journal), *commands.running_commands(journal).values()]
            held = journal.held()
    except (JournalError, OSError) as error:
        return f"its journal cannot be read, so a migration may be under way there: {error}"
    if busy:
        return f"under way there: {', '.join(busy)}"
    return f"held there by {held['asked_by']}: {held['reason']}" if held else ""


def _told(path: Path) -> dict[str, Any] | None:
    try:
        return _read(files.text(path))
    except (FileNotFoundError, ValueError):
        return None


def _read(content: str | bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _say(lock: int, content: dict[str, Any]) -> None:
    os.pwrite(lock, json.dumps(content).encode().ljust(ROOM), 0)
    os.fsync(lock)


@contextlib.contextmanager
def _explained(database: Database) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DatabaseTaken(
            f"another driver may work on {database.name} (the lock cannot be read: {error}), so nothing is started"
        ) from error
