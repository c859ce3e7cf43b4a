"""The SQLite file under the journal: opened, made once, carried forward, never made again over a damaged one."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from saltext_vios.driver import locks, presence
from saltext_vios.driver.home import Home
from saltext_vios.errors import JournalDamaged, JournalError

SCHEMA = 4
MEMORY = ":memory:"
PATIENCE = 60  # seconds a driver of an older version may take to leave


class Store:
    """One connection; never carried over a fork."""

    def __init__(self, home: Home, look_only: bool = False, drives: bool = False) -> None:
        """Open the file, or make it where there is none.

        :param look_only: where there is none, make none and show an empty one.
        :param drives: this process is the driver and holds its lock.
        :raises JournalError: when it is of a newer version, or cannot be read or written.
        :raises JournalDamaged: when what is there is no whole journal. It is never recreated.
        """
        self.home = home
        self.relieved = False  # a driver of an older version was asked to leave for this
        with _explained(home):
            if home.journal.exists():
                self._refuse_a_stump()
                self._connect(str(home.journal))
                self._refuse_a_foreign_version()
                if look_only:
                    self._carry_a_copy_forward()
                else:
                    self._carry_forward(drives)
            else:
                self._refuse_what_was_left()
                if look_only:
                    self._connect(MEMORY)
                    self._run_scripts()
                else:
                    self._make()
                    self._connect(str(home.journal))

    def _connect(self, path: str) -> None:
        self.db = sqlite3.connect(path, isolation_level=None, timeout=60)
        self.db.row_factory = sqlite3.Row
        mode = self.db.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal" and path != MEMORY:
            raise JournalError(
                f"the journal {self.home.journal} cannot be kept there: SQLite got no write-ahead log (journal mode "
                f"{mode!r}), which needs a local file system; set vios:state_dir to a directory on JFS2, not NFS"
            )
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute("PRAGMA foreign_keys = ON")

    def _version(self) -> int:
        return int(self.db.execute("PRAGMA user_version").fetchone()[0])

    def _refuse_a_stump(self) -> None:
        """A journal is made whole under another name, so an empty file was one once."""
        if self.home.journal.stat().st_size == 0:
            raise JournalDamaged(_damage(self.home, "it is empty"))

    def _refuse_what_was_left(self) -> None:
        left = [path.name for path in (*self.home.commands.glob("*"), *self.home.path.glob("journal.db-*"))]
        # Somebody else may just have made it.
        if left and not self.home.journal.exists():
            raise JournalDamaged(_damage(self.home, f"it is gone, but what belongs to it is still there ({left[0]})"))

    def _make(self) -> None:
        """Make the journal whole or not at all; whoever comes second finds it."""
        fd, made = tempfile.mkstemp(".new", "journal.", self.home.path)
        os.close(fd)
        try:
            self._connect(made)
            self._run_scripts()
            self.db.close()
            with contextlib.suppress(FileExistsError):
                os.link(made, self.home.journal)
        finally:
            os.unlink(made)

    def _refuse_a_foreign_version(self) -> None:
        if self._version() > SCHEMA:
            raise JournalError(
                f"the journal {self.home.journal} has version {self._version()}, this package reads version "
                f"{SCHEMA} and older; install the version of saltext-vios that wrote it, or a newer one"
            )
        if self._version() == 0:
            raise JournalDamaged(_damage(self.home, "it has no version"))

    def _carry_a_copy_forward(self) -> None:
        """Who only looks leaves an older file to the driver that may work with it."""
        if self._version() == SCHEMA:
            return
        older = self.db
        self._connect(MEMORY)
        older.backup(self.db)
        older.close()
        self._run_scripts()

    def _carry_forward(self, drives: bool) -> None:
        if self._version() == SCHEMA:
            return
        with contextlib.nullcontext() if drives else self._no_driver(), self._transaction():
            self._run_scripts()

    def _run_scripts(self) -> None:
        for number in range(self._version() + 1, SCHEMA + 1):
            _run_script(self.db, number)

    @contextlib.contextmanager
    def _no_driver(self) -> Iterator[None]:
        """Hold the driver's lock; a driver of an older version is asked to leave for that."""
        lock = locks.acquire(self.home.driver_lock, timeout=1)
        if lock is None:
            self.relieved = True
            presence.ask_to_leave(self.home, presence.HANDOVER, f"pid {os.getpid()}")
            lock = locks.acquire(self.home.driver_lock, timeout=PATIENCE)
        if lock is None:
            raise JournalError(
                f"the journal {self.home.journal} is of an older version, and the driver of that version did not exit "
                f"within {PATIENCE} s; see {self.home.driver_log}, then retry"
            )
        try:
            yield
        finally:
            if self.relieved:
                presence.cancel_stop(self.home)
            locks.release(lock)

    def check(self) -> None:
        """Read the whole file once, before new work is built on it.

        :raises JournalDamaged: when pages of it are lost or do not fit together.
        """
        with _explained(self.home):
            told = self.db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if told != "ok":
            raise JournalDamaged(_damage(self.home, told.splitlines()[0]))

    def close(self) -> None:
        self.db.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with _explained(self.home):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                # A full disk ends the transaction by itself, sometimes.
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    def query(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with _explained(self.home):
            return self.db.execute(sql, values).fetchall()


def _run_script(db: sqlite3.Connection, number: int) -> None:
    script = resources.files("saltext_vios.driver").joinpath(f"schema_{number}.sql").read_text()
    for statement in filter(str.strip, script.split(";")):
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {number}")


def _damage(home: Home, what: str) -> str:
    aside = Path(f"{home.path}.{time.strftime('%Y%m%d')}")
    return (
        f"the journal {home.journal} is damaged: {what}. It is never recreated automatically: it is the only record "
        f"of what was started. NIM continues what it installs; see: lsnim -t vios -l. When no VIOS is in an operation, "
        f"move the state directory away and retry: mv {home.path} {aside}"
    )


@contextlib.contextmanager
def _explained(home: Home) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        # SQLite reports lost pages and foreign files with the class itself, of full disks and rights with others.
        if type(error) is sqlite3.DatabaseError:
            raise JournalDamaged(_damage(home, str(error))) from error
        raise JournalError(
            f"the journal {home.journal} cannot be used: {error}. Nothing new is started; NIM continues what it "
            f"installs. Check the disk and the permissions: df {home.path}; ls -ld {home.path}"
        ) from error
