"""The durable record on the NIM master: SQLite, full sync, one transaction per transition.

This file is the driver's: runs, intents, transitions, events. What callers write is in ``saltext_vios.driver.callers``;
``saltext_vios.driver.reports`` reads for people.
Times are seconds since the epoch; inside a migration's ``core`` they are the driver's steady ones.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from saltext_vios.asked import Options
from saltext_vios.driver import records
from saltext_vios.driver.callers import Callers
from saltext_vios.driver.clock import Mark
from saltext_vios.driver.records import CommandRecord, Note
from saltext_vios.driver.settings import Settings
from saltext_vios.errors import UnreadableRow
from saltext_vios.migration import levels, statuses, targets
from saltext_vios.migration.durations import History
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.recalled import CloneBefore, Cloned, CloneState, Last
from saltext_vios.migration.transitions import State
from saltext_vios.migration.tuples import Run, Terms


@dataclass(frozen=True)
class Unreadable:
    """A run that this version cannot read. ``run`` is what its plain columns say: VIOSes, and whether started."""

    run: Run
    why: str


def _cloned(row: sqlite3.Row, now: float) -> Cloned | None:
    try:
        told = records.load(row["core"]).kept.get("clone", "")
    except UnreadableRow:
        return None
    disks = dict(word.partition("=")[::2] for word in told.split())
    return Cloned(now - row["finished"], disks, levels.read(row["level_new"]))


class Journal(Callers):
    """What the driver and its callers write; the file itself is the business of ``Store``."""

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def settings(self) -> Settings | None:
        """Those of the newest request that can be read: what the driver works with."""
        for row in self.query("SELECT settings FROM request ORDER BY id DESC LIMIT 10"):
            with contextlib.suppress(UnreadableRow):
                return records.settings(row["settings"])
        return None

    # runs

    def unfinished(self) -> list[Run | Unreadable]:
        """Every run that is not over, oldest first."""
        found: list[Run | Unreadable] = []
        for row in self.query("SELECT * FROM run WHERE finished IS NULL ORDER BY id"):
            try:
                found.append(self._run(row))
            except UnreadableRow as error:
                found.append(Unreadable(self._plain_run(row), str(error)))
        return found

    def why_unreadable(self, row: sqlite3.Row) -> str:
        """Why this version cannot read a run, whether a driver has looked at it yet or not; empty when it can."""
        try:
            self._run(row)
        except UnreadableRow as error:
            return str(error)
        return ""

    def _plain_run(self, row: sqlite3.Row) -> Run:
        migrations = self.query("SELECT * FROM migration WHERE run = ? ORDER BY n", row["id"])
        return Run(
            row["id"],
            row["request"],
            row["key"],
            tuple(
                # What was started and is not known to have ended may be down.
                Migration(
                    one["vios"],
                    one["n"],
                    State.INSTALLING if one["started"] and not one["finished"] else State.WAITING,
                )
                for one in migrations
            ),
            Terms(),
        )

    def unreadable(self, run: int, why: str | None) -> bool:
        """Keep why a run cannot be read, or that it can; whether that is news."""
        if self.query("SELECT unreadable FROM run WHERE id = ?", run)[0]["unreadable"] == why:
            return False
        with self._transaction():
            self.db.execute("UPDATE run SET unreadable = ? WHERE id = ?", (why, run))
        return True

    def _run(self, row: sqlite3.Row) -> Run:
        options, settings = self.terms_of(row["request"])
        migrations = self.query("SELECT core FROM migration WHERE run = ? ORDER BY n", row["id"])
        terms = records.terms(options, settings, row["time_limit"], row["time_limit_text"], row["previous"])
        cores = tuple(records.load(migration["core"]) for migration in migrations)
        return Run(row["id"], row["request"], row["key"], cores, terms, parent=row["parent"])

    def terms_of(self, request: int) -> tuple[Options, Settings]:
        """The options and settings a request came with. :raises UnreadableRow: when this version cannot read them."""
        row = self.query("SELECT options, settings FROM request WHERE id = ?", request)[0]
        return records.options(row["options"]), records.settings(row["settings"])

    def clone_for(self, run: int, vios: str) -> CloneBefore:
        """How the clone stands that a run has asked for."""
        rows = self.query(
            "SELECT status, finished FROM run WHERE parent = ? AND key = ? ORDER BY id DESC LIMIT 1",
            run,
            targets.key([vios], "clone"),
        )
        if not rows:
            return CloneBefore(CloneState.MISSING)
        status, finished = rows[0]
        if finished is None:
            return CloneBefore(CloneState.UNDER_WAY, status)
        return CloneBefore(CloneState.PROVEN if statuses.is_success(status) else CloneState.FAILED, status)

    def durations(self) -> History:
        """How long the migrations of each VIOS took that succeeded."""
        took: dict[str, list[float]] = {}
        done = "SELECT vios, took FROM migration WHERE status LIKE ? AND took IS NOT NULL"
        for row in self.query(done, statuses.MIGRATED):
            took.setdefault(row["vios"], []).append(row["took"])
        return History(took)

    def migrated_since(self, at: float) -> set[str]:
        """The VIOSes whose migration succeeded after a time, in seconds since the epoch."""
        done = "SELECT vios FROM migration WHERE status LIKE ? AND took IS NOT NULL AND finished >= ?"
        return {row["vios"] for row in self.query(done, statuses.MIGRATED, at)}

    def recall(self, names: Sequence[str], now: float) -> dict[str, tuple[Last | None, Cloned | None]]:
        """What the journal knows of VIOSes that a task builds on: the last migration, the last proven clone."""
        started = (
            "SELECT migration.* FROM migration JOIN run ON run.id = migration.run WHERE vios = ? AND task = ?"
            " AND migration.started IS NOT NULL AND (? IS NULL OR migration.status = ?) ORDER BY run DESC LIMIT 1"
        )
        proven = statuses.DONE.format(word=statuses.word(1, "clone"))
        found = {}
        for name in names:
            last, clone = self.query(started, name, "", None, None), self.query(started, name, "clone", proven, proven)
            found[name] = (
                Last(last[0]["status"], levels.read(last[0]["level_old"])) if last else None,
                _cloned(clone[0], now) if clone else None,
            )
        return found

    def unproven(self) -> dict[str, str]:
        """Name -> what became of it, of the backups that were started here and not proven."""
        rows = self.query(
            "SELECT migration.argv, migration.status, run.finished FROM migration JOIN run ON run.id = migration.run"
            " WHERE run.task = 'backup' AND migration.argv IS NOT NULL AND migration.status IS NOT ?",
            statuses.DONE.format(word=statuses.word(1, "backup")),
        )
        found = {}
        for row in rows:
            with contextlib.suppress(ValueError, LookupError, TypeError):
                name = json.loads(row["argv"])[-1]
                found[name] = f"its backup ended {row['status']}" if row["finished"] else "it is still being made"
        return found

    def left_reboots(self) -> set[str]:
        """The programs that were ever seen here to leave the reboot after an install to others."""
        rows = self.query("SELECT argv FROM migration WHERE run IN (SELECT run FROM event WHERE what = 'installed')")
        return {json.loads(row["argv"])[0] for row in rows if row["argv"]}

    def failures_of(self, request: int) -> tuple[int, int]:
        """How many runs of a request failed, of how many."""
        row = self.query(
            "SELECT COUNT(*) AS runs, COALESCE(SUM(status LIKE ? AND finished IS NOT NULL), 0) AS failed"
            " FROM run WHERE request = ?",
            statuses.ANY_FAILURE,
            request,
        )[0]
        return row["failed"], row["runs"]

    def changes(self) -> list[sqlite3.Row]:
        """What other calls may have changed of unfinished runs: ``time_limit``, ``time_limit_text``, ``cancelled``."""
        return self.query(
            "SELECT id, time_limit, time_limit_text, cancelled_at, cancelled_by FROM run WHERE finished IS NULL"
        )

    # errors of our own

    def faults(self, run: int) -> int:
        """How often this program failed at a run since it last moved on."""
        return int(self.query("SELECT faults FROM run WHERE id = ?", run)[0]["faults"])

    def fault(self, run: Run, note: Note, at: float) -> int:
        """Count one more, with what there is to be said of it."""
        with self._transaction():
            self.db.execute("UPDATE run SET faults = faults + 1 WHERE id = ?", (run.id,))
            self._log(run.id, run.key, at, note)
        return self.faults(run.id)

    def put_aside(self, run: int, key: str, message: str, at: float) -> str:
        """End a run by its plain columns alone: what else it holds may be what cannot be read or written.

        :return: the status it ends with, by what is known to have been started.
        """
        with self._transaction():
            row = self.db.execute(
                "SELECT n, started, task FROM migration JOIN run ON run.id = migration.run"
                " WHERE run.id = ? AND migration.finished IS NULL ORDER BY n LIMIT 1",
                (run,),
            ).fetchone()
            status = statuses.CHECK
            if row is not None:
                if row["started"]:
                    status = statuses.UNFINISHED.format(word=statuses.word(row["n"], row["task"]))
                self.db.execute(
                    "UPDATE migration SET status = ?, finished = ? WHERE run = ? AND n = ?", (status, at, run, row["n"])
                )
            self.db.execute("UPDATE run SET status = ?, finished = ? WHERE id = ?", (status, at, run))
            self._log(run, key, at, Note("failed", "", message, status=status))
        return status

    def record(
        self,
        run: Run,
        migration: Migration,
        notes: Sequence[Note],
        now: Mark,
        command: CommandRecord | None = None,
        moved: bool = False,
    ) -> None:
        """One transition: the migration as it is now, what was logged, the command if it changed, the run's status.

        :param moved: it got on, so that what failed before counts no more.
        """
        at = now.wall
        took = None if migration.started is None else now.steady - migration.started
        with self._transaction():
            self._mark(now)
            self.db.execute(
                "UPDATE migration SET core = ?, status = ?, level_old = ?, level_new = ?,"
                " started = CASE WHEN ? THEN COALESCE(started, ?) END,"
                " finished = CASE WHEN ? THEN COALESCE(finished, ?) END,"
                " took = CASE WHEN ? THEN COALESCE(took, ?) END WHERE run = ? AND n = ?",
                (
                    records.dump(migration),
                    migration.status,
                    migration.level_old and str(migration.level_old),
                    migration.level_new and str(migration.level_new),
                    migration.started is not None,
                    at,
                    migration.final,
                    at,
                    migration.final,
                    took,
                    run.id,
                    migration.n,
                ),
            )
            if command is not None:
                self._command(run, migration, command)
            self._phase(run, migration, now)
            for note in notes:
                self._log(run.id, run.key, at, note)
            self.db.execute(
                "UPDATE run SET status = ?, finished = CASE WHEN ? THEN COALESCE(finished, ?) END,"
                " faults = CASE WHEN ? THEN 0 ELSE faults END WHERE id = ?",
                (run.status, run.over, at, moved, run.id),
            )

    def _command(self, run: Run, migration: Migration, command: CommandRecord) -> None:
        if command.aside:
            self.db.execute(
                "UPDATE migration SET attempt = ?, command_out = ? WHERE run = ? AND n = ?",
                (command.attempt, command.out, run.id, migration.n),
            )
            return
        self.db.execute(
            "UPDATE migration SET attempt = ?, argv = ?, command_out = ?, rc = ?, stdout = ?, stderr = ?"
            " WHERE run = ? AND n = ?",
            (
                command.attempt,
                json.dumps(list(command.argv)),
                command.out,
                command.rc,
                command.stdout,
                command.stderr,
                run.id,
                migration.n,
            ),
        )

    def mark(self, now: Mark) -> None:
        """Where the clocks stand; a later driver counts on from here."""
        with self._transaction():
            self._mark(now)

    def _mark(self, now: Mark) -> None:
        self.db.execute(
            "INSERT OR REPLACE INTO clock (one, steady, wall, monotonic) VALUES (1, ?, ?, ?)",
            (now.steady, now.wall, now.monotonic),
        )

    def last_mark(self) -> Mark | None:
        rows = self.query("SELECT steady, wall, monotonic FROM clock")
        return Mark(*rows[0]) if rows else None

    def _phase(self, run: Run, migration: Migration, mark: Mark) -> None:
        """Keep what NIM showed as phases with a beginning and an end, for the time the next one may take."""
        row = self.db.execute(
            # The VIOS too: that is what the index begins with.
            "SELECT id, phase FROM phase WHERE vios = ? AND run = ? AND n = ? AND until IS NULL",
            (migration.vios, run.id, migration.n),
        ).fetchone()
        now = migration.view.phase if migration.in_flight and migration.view else None
        if migration.in_flight and not migration.begun:
            now = "starting"
        if row is not None and row["phase"] == now:
            return
        if row is not None:
            self.db.execute(
                "UPDATE phase SET until = ?, took = ? - began WHERE id = ?", (mark.wall, mark.steady, row["id"])
            )
        if now is not None:
            self.db.execute(
                "INSERT INTO phase (run, n, vios, phase, since, began) VALUES (?, ?, ?, ?, ?, ?)",
                (run.id, migration.n, migration.vios, now, mark.wall, mark.steady),
            )

    # commands that are out

    def command_of(self, run: int, n: int) -> sqlite3.Row:
        return self.query("SELECT attempt, argv, command_out FROM migration WHERE run = ? AND n = ?", run, n)[0]

    def running_commands(self) -> list[sqlite3.Row]:
        """``nim`` commands that were not seen to end, of finished runs too."""
        return self.query(
            "SELECT migration.*, run.task, run.finished AS run_finished FROM migration"
            " JOIN run ON run.id = migration.run WHERE command_out = 1"
        )

    def long_over(self, last: int, before: float) -> set[int]:
        """Runs that ended before a time, are not among the last ones of their tuple, and wait for no ``nim``."""
        rows = self.query(
            "SELECT id FROM run WHERE finished < ?"
            " AND id < (SELECT id FROM run AS newer WHERE newer.key = run.key ORDER BY id DESC LIMIT 1 OFFSET ?)"
            " AND id NOT IN (SELECT run FROM migration WHERE command_out = 1)",
            before,
            last - 1,
        )
        return {row["id"] for row in rows}

    def command_ended(self, run: int, n: int, rc: int | None, stdout: str, stderr: str) -> None:
        with self._transaction():
            self.db.execute(
                "UPDATE migration SET command_out = 0, rc = ?, stdout = ?, stderr = ? WHERE run = ? AND n = ?",
                (rc, stdout, stderr, run, n),
            )

    # events

    def note(self, run: Run, note: Note, at: float) -> None:
        """A line of a run's log that moves nothing."""
        with self._transaction():
            self._log(run.id, run.key, at, note)

    def unsent(self, limit: int = 100) -> list[sqlite3.Row]:
        return self.query("SELECT id, tag, data FROM event WHERE sent = 0 ORDER BY id LIMIT ?", limit)

    def forget_unsent(self, kept: int) -> None:
        """Send only the newest ones; the journal keeps the others."""
        oldest = self.query("SELECT id FROM event WHERE sent = 0 ORDER BY id DESC LIMIT 1 OFFSET ?", kept)
        if oldest:
            self.mark_sent(oldest[0]["id"])

    def mark_sent(self, last: int) -> None:
        with self._transaction():
            self.db.execute("UPDATE event SET sent = 1 WHERE sent = 0 AND id <= ?", (last,))
