"""The simulated NIM database: one SQLite file, shared by commands that run at once, and its clock."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from typing import Any

_SCHEMA = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE object (position INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, attributes TEXT NOT NULL)",
    # What a VIOS is, besides what NIM believes of it.
    "CREATE TABLE vios (name TEXT PRIMARY KEY, level TEXT NOT NULL, up INTEGER NOT NULL, answers_from REAL NOT NULL,"
    " phases TEXT NOT NULL, restored INTEGER NOT NULL DEFAULT 1, rebooting INTEGER NOT NULL DEFAULT 0,"
    " boot_list TEXT NOT NULL DEFAULT 'hdisk0')",
    # The disks of a VIOS besides those of its clients; ``level`` is that of the system on it.
    "CREATE TABLE disk (vios TEXT NOT NULL, name TEXT NOT NULL, pvid TEXT, identifier TEXT NOT NULL,"
    " size INTEGER NOT NULL, vg TEXT, level TEXT, PRIMARY KEY (vios, name))",
    # What an operation wrote over; ``was`` says what was on the disk.
    "CREATE TABLE written (vios TEXT NOT NULL, disk TEXT NOT NULL, at REAL NOT NULL, was TEXT NOT NULL,"
    " named INTEGER NOT NULL)",
    "CREATE TABLE operation (id INTEGER PRIMARY KEY, vios TEXT NOT NULL, steps TEXT NOT NULL, next INTEGER NOT NULL,"
    " started REAL NOT NULL, shift REAL NOT NULL, stuck_since REAL, ended REAL, outcome TEXT, image TEXT,"
    " image_level TEXT, resources TEXT NOT NULL, kind TEXT NOT NULL DEFAULT 'migvios',"
    " words TEXT NOT NULL DEFAULT '{}', rebooted INTEGER NOT NULL DEFAULT 0)",
    # Commands that make a backup; ``ended`` when they returned.
    "CREATE TABLE backup (id INTEGER PRIMARY KEY, vios TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,"
    " location TEXT NOT NULL, started REAL NOT NULL, ends REAL NOT NULL, ended REAL, pid INTEGER NOT NULL)",
    "CREATE TABLE allocation (vios TEXT NOT NULL, resource TEXT NOT NULL, PRIMARY KEY (vios, resource))",
    "CREATE TABLE outage (vios TEXT NOT NULL, since REAL NOT NULL, until REAL)",
    # Clients that had no path left when a VIOS went down.
    "CREATE TABLE cut_off (vios TEXT NOT NULL, at REAL NOT NULL, client TEXT NOT NULL, what TEXT NOT NULL)",
    "CREATE TABLE fault (id INTEGER PRIMARY KEY, name TEXT NOT NULL, target TEXT, words TEXT NOT NULL, times INTEGER)",
    "CREATE TABLE cluster (name TEXT NOT NULL, vios TEXT NOT NULL)",
    # Partitions of a frame that its VIOSes serve.
    "CREATE TABLE client (position INTEGER PRIMARY KEY, frame TEXT NOT NULL, words TEXT NOT NULL)",
    "CREATE TABLE call (id INTEGER PRIMARY KEY, real REAL NOT NULL, at REAL NOT NULL, command TEXT NOT NULL,"
    " argv TEXT NOT NULL, pid INTEGER NOT NULL, rc INTEGER, note TEXT NOT NULL DEFAULT '{}')",
)


class Store:
    def __init__(self, directory: str | os.PathLike[str]) -> None:
        path = os.path.join(directory, "nim.db")
        if not os.path.exists(path):
            raise SystemExit(
                f"{directory} holds no simulated NIM master; type: python3 -m saltext_vios.simulator init {directory}"
            )
        self.directory = os.fspath(directory)
        self.db = self._connect(path)

    @classmethod
    def create(cls, directory: str | os.PathLike[str], speed: float) -> Store:
        os.makedirs(directory, exist_ok=True)
        path = os.path.join(directory, "nim.db")
        if os.path.exists(path):
            raise SystemExit(f"{directory} holds a simulated NIM master already; name another directory")
        db = cls._connect(path)
        db.execute("PRAGMA journal_mode = WAL")
        for statement in _SCHEMA:
            db.execute(statement)
        for name, value in (("speed", speed), ("real", time.time()), ("sim", 0.0)):
            db.execute("INSERT INTO meta VALUES (?, ?)", (name, repr(float(value))))
        db.close()
        return cls(directory)

    @staticmethod
    def _connect(path: str) -> sqlite3.Connection:
        db = sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)
        db.row_factory = sqlite3.Row
        # A lost power supply is not among what is simulated.
        db.execute("PRAGMA synchronous = OFF")
        return db

    def close(self) -> None:
        self.db.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self.db.execute(sql, values).fetchall()

    # the clock

    def now(self) -> float:
        """Simulated seconds since ``init``."""
        meta = {row["name"]: float(row["value"]) for row in self.rows("SELECT name, value FROM meta")}
        return meta["sim"] + (time.time() - meta["real"]) * meta["speed"]

    def speed(self, factor: float | None = None, advance: float = 0.0) -> None:
        """Change the speed, or jump forward, without losing the time that has passed."""
        with self.transaction():
            values = {"sim": self.now() + advance, "real": time.time()}
            if factor is not None:
                values["speed"] = factor
            for name, value in values.items():
                self.db.execute("UPDATE meta SET value = ? WHERE name = ?", (repr(float(value)), name))

    # what the NIM master itself is

    def setting(self, name: str) -> str | None:
        rows = self.rows("SELECT value FROM setting WHERE name = ?", name)
        return rows[0]["value"] if rows else None

    def set(self, name: str, value: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    # objects

    def names(self) -> list[str]:
        return [row["name"] for row in self.rows("SELECT name FROM object ORDER BY position")]

    def objects(self) -> dict[str, dict[str, Any]]:
        rows = self.rows("SELECT name, attributes FROM object ORDER BY position")
        return {row["name"]: json.loads(row["attributes"]) for row in rows}

    def get(self, name: str) -> dict[str, Any] | None:
        rows = self.rows("SELECT attributes FROM object WHERE name = ?", name)
        return json.loads(rows[0]["attributes"]) if rows else None

    def put(self, name: str, attributes: Mapping[str, Any]) -> None:
        text = json.dumps(dict(attributes))
        self.db.execute(
            "INSERT INTO object (name, attributes) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET attributes = ?",
            (name, text, text),
        )

    def change(self, name: str, **changes: Any) -> None:
        """Set attributes; None takes one away. A new one comes last, as the order follows the database."""
        attributes = self.get(name)
        if attributes is None:
            raise KeyError(name)
        for attribute, value in changes.items():
            if value is None:
                attributes.pop(attribute, None)
            else:
                attributes[attribute] = value
        self.put(name, attributes)

    def remove(self, name: str) -> None:
        self.db.execute("DELETE FROM object WHERE name = ?", (name,))

    # faults

    def fault(self, name: str, *targets: str | None) -> dict[str, Any] | None:
        """The parameters of a fault that is set for one of the targets or for all, else None. Consumes nothing."""
        for row in self.rows("SELECT target, words FROM fault WHERE name = ? ORDER BY id", name):
            if row["target"] is None or row["target"] in targets:
                return _words(row)
        return None

    def consume(self, name: str, *targets: str | None) -> dict[str, Any] | None:
        """The same; a fault that is set for a number of times has one time less. Inside a transaction only."""
        for row in self.rows("SELECT id, target, words, times FROM fault WHERE name = ? ORDER BY id", name):
            if row["target"] is None or row["target"] in targets:
                if row["times"] is not None:
                    if row["times"] <= 1:
                        self.db.execute("DELETE FROM fault WHERE id = ?", (row["id"],))
                    else:
                        self.db.execute("UPDATE fault SET times = times - 1 WHERE id = ?", (row["id"],))
                return _words(row)
        return None

    # the log of calls

    def log(self, command: str, argv: list[str]) -> int:
        cursor = self.db.execute(
            "INSERT INTO call (real, at, command, argv, pid) VALUES (?, ?, ?, ?, ?)",
            (time.time(), self.now(), command, json.dumps(argv), os.getpid()),
        )
        return cursor.lastrowid or 0

    def logged(self, call: int, rc: int | None, /, **note: Any) -> None:
        self.db.execute("UPDATE call SET rc = ?, note = ? WHERE id = ?", (rc, json.dumps(note), call))


def _words(row: sqlite3.Row) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row["words"])
    return found
