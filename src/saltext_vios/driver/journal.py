"""The durable record on the NIM master: SQLite, full sync, one transaction per transition.

This file writes: requests, runs, intents, transitions, holds. ``saltext_vios.driver.reports`` reads for people.
Times are seconds since the epoch; inside a migration's ``core`` they are the driver's steady ones.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from saltext_vios.driver import records
from saltext_vios.driver.clock import Mark
from saltext_vios.driver.records import CommandRecord, Note
from saltext_vios.driver.request import contradictions
from saltext_vios.driver.settings import Settings
from saltext_vios.driver.store import Store
from saltext_vios.errors import Contradiction, UnreadableRow
from saltext_vios.migration import previous, statuses, targets
from saltext_vios.migration.durations import History
from saltext_vios.migration.machine import Migration, State
from saltext_vios.migration.selection import SELECTING
from saltext_vios.migration.tuples import Run, Terms


@dataclass(frozen=True)
class Unreadable:
    """A run that this version cannot read. ``run`` is what its plain columns tell: VIOSes, and whether started."""

    run: Run
    why: str


class Journal(Store):
    """What the driver and its callers write; the file itself is the business of ``Store``."""

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # requests

    def ask(
        self,
        wanted: Sequence[Sequence[str]],
        options: Mapping[str, Any],
        settings: Settings,
        asked_by: str,
        at: float,
    ) -> int:
        """Record a request; a tuple that is under way is attached to, any other gets a run of its own.

        :param options: checked options; ``time_limit`` in seconds since the epoch, ``time_limit_text`` beside it,
            ``vios_status`` a map by tuple key, None, or ``recorded``.
        :return: the id of the request.
        :raises Contradiction: when it asks for something else than what is under way for one of its VIOSes.
        """
        with self._transaction():
            self._contradicts_nothing([name for names in wanted for name in names], options)
            request = self.db.execute(
                "INSERT INTO request (at, asked_by, options, settings) VALUES (?, ?, ?, ?)",
                (at, asked_by, json.dumps(dict(options)), json.dumps(asdict(settings))),
            ).lastrowid
            for position, names in enumerate(wanted):
                key = targets.key(names)
                entry = self.came_with(key, options["vios_status"])
                refusal = self.objection(key, options["vios_status"])
                found = self.db.execute("SELECT * FROM run WHERE key = ? AND finished IS NULL", (key,)).fetchone()
                if found and refusal is None:
                    run, note = found["id"], self._attach(found, names, options, at)
                else:
                    run, note = self._new_run(request, key, names, options, entry, refusal, at), ""
                self.db.execute(
                    "INSERT INTO asked (request, run, position, note) VALUES (?, ?, ?, ?)",
                    (request, run, position, note),
                )
        return request

    def _contradicts_nothing(self, names: Sequence[str], options: Mapping[str, Any]) -> None:
        rows = self.db.execute(
            "SELECT migration.vios, migration.core, run.id, run.key, run.unreadable, request.at, request.asked_by,"
            " request.options, request.settings FROM migration"
            " JOIN run ON run.id = migration.run JOIN request ON request.id = run.request"
            " WHERE run.finished IS NULL ORDER BY run.id, migration.n"
        )
        for row in rows:
            if row["vios"] not in names:
                continue
            try:
                records.load(row["core"])
                records.settings(row["settings"])
                found = contradictions(row["vios"], records.options(row["options"]), options)
                why = row["unreadable"]
            except UnreadableRow as error:
                why = str(error)
            if why:
                raise Contradiction(
                    f"{row['vios']}: run {row['id']} of {row['key']} is under way, but {why}. Nothing of this call "
                    "was taken up. Install the version of saltext-vios that wrote the run, or end it with: "
                    f"vios.cancel {row['key']}"
                )
            if found:
                raise Contradiction(
                    f"{row['vios']}: asked is {'; '.join(found)} (run {row['id']}, asked for by {row['asked_by']} at "
                    f"{datetime.fromtimestamp(row['at']).astimezone().isoformat(timespec='seconds')}). Nothing of this "
                    f"call was taken up; wait for that run: vios.wait"
                )

    def came_with(self, key: str, wanted: object) -> str | None:
        """The status a tuple comes with: the caller's, or the recorded one if that was asked for."""
        if wanted == previous.RECORDED:
            return self._recorded(key)
        return wanted.get(key) if isinstance(wanted, dict) else None

    def objection(self, key: str, wanted: object) -> previous.Objection | None:
        """Whether the previous status of a tuple lets nothing start.

        :param wanted: the option ``vios_status``: None, a map by tuple key, or ``recorded``.
        """
        if wanted is None:
            return None
        return previous.objection(
            key, self.came_with(key, wanted), self._recorded(key), is_recorded=wanted == previous.RECORDED
        )

    def _recorded(self, key: str) -> str | None:
        """The last status of a tuple that stands for something tried, else the last one of any kind."""
        rows = self.db.execute(
            "SELECT CASE WHEN cleared IS NULL THEN status ELSE ? END AS status FROM run"
            " WHERE key = ? AND finished IS NOT NULL ORDER BY id DESC",
            (previous.CLEARED, key),
        )
        return previous.last_that_counts(row["status"] for row in rows)

    def _attach(self, found: sqlite3.Row, names: Sequence[str], options: Mapping[str, Any], at: float) -> str:
        first = self.db.execute("SELECT * FROM request WHERE id = ?", (found["request"],)).fetchone()
        running = records.options(first["options"])
        differs = sorted(
            name
            for name, value in options.items()
            if name not in ("wait", "vios_status", "nim_node", "time_limit", "time_limit_text", *SELECTING)
            and running.get(name) != value
        )
        note = f"already under way (run {found['id']}, asked for by {first['asked_by']}), attached to it"
        if differs:
            kept = ", ".join(f"{name} ({running.get(name)!r} goes on, {options[name]!r} was asked)" for name in differs)
            note += f"; its options differ: {kept}"
        order = [
            row["vios"]
            for row in self.db.execute("SELECT vios FROM migration WHERE run = ? ORDER BY n", (found["id"],))
        ]
        if order != list(names):
            note += f"; its order is {', '.join(order)}"
        limit = options["time_limit"]
        if limit is not None and (found["time_limit"] is None or limit < found["time_limit"]):
            self.db.execute(
                "UPDATE run SET time_limit = ?, time_limit_text = ? WHERE id = ?",
                (limit, options["time_limit_text"], found["id"]),
            )
            note += f"; its time limit is now {options['time_limit_text']}"
        elif limit != found["time_limit"]:
            note += f"; its time limit stays {found['time_limit_text'] or 'none'}"
        if found["cancelled_at"] is not None:
            note += f"; it is {cancellation(found)}, so it ends after the present VIOS; call again when it is over"
        return note

    def _new_run(
        self,
        request: int,
        key: str,
        names: Sequence[str],
        options: Mapping[str, Any],
        entry: str | None,
        refusal: previous.Objection | None,
        at: float,
    ) -> int:
        run = self.db.execute(
            "INSERT INTO run (request, key, at, time_limit, time_limit_text, previous, status, finished)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                request,
                key,
                at,
                options["time_limit"],
                options["time_limit_text"],
                entry,
                refusal.status if refusal else None,
                at if refusal else None,
            ),
        ).lastrowid
        for n, vios in enumerate(names, 1):
            self.db.execute(
                "INSERT INTO migration (run, n, vios, core) VALUES (?, ?, ?, ?)",
                (run, n, vios, records.dump(Migration(vios, n))),
            )
        if refusal:
            self._log(run, key, at, Note("skipped", "", refusal.message, status=refusal.status))
        return run

    def newest_request(self) -> int:
        return self.query("SELECT COALESCE(MAX(id), 0) FROM request")[0][0]

    def picked_up(self, request: int) -> bool:
        return self.query("SELECT picked_up FROM request WHERE id = ?", request)[0][0] is not None

    def pick_up(self, at: float) -> None:
        """The driver has seen every request there is."""
        with self._transaction():
            self.db.execute("UPDATE request SET picked_up = ? WHERE picked_up IS NULL", (at,))

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
        return Run(row["id"], row["request"], row["key"], cores, terms)

    def terms_of(self, request: int) -> tuple[dict[str, Any], Settings]:
        """The options and settings a request came with. :raises UnreadableRow: when this version cannot read them."""
        row = self.query("SELECT options, settings FROM request WHERE id = ?", request)[0]
        return records.options(row["options"]), records.settings(row["settings"])

    def durations(self) -> History:
        """How long the migrations of each VIOS took that succeeded."""
        took: dict[str, list[float]] = {}
        done = "SELECT vios, took FROM migration WHERE status LIKE 'SUCCESS-UPGR%' AND took IS NOT NULL"
        for row in self.query(done):
            took.setdefault(row["vios"], []).append(row["took"])
        return History(took)

    def migrated_since(self, at: float) -> set[str]:
        """The VIOSes whose migration succeeded after a time, in seconds since the epoch."""
        done = "SELECT vios FROM migration WHERE status LIKE 'SUCCESS-UPGR%' AND took IS NOT NULL AND finished >= ?"
        return {row["vios"] for row in self.query(done, at)}

    def failures_of(self, request: int) -> tuple[int, int]:
        """How many runs of a request failed, of how many."""
        row = self.query(
            "SELECT COUNT(*) AS runs, COALESCE(SUM(status LIKE '%FAILURE%' AND finished IS NOT NULL), 0) AS failed"
            " FROM run WHERE request = ?",
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
        return self.query("SELECT faults FROM run WHERE id = ?", run)[0]["faults"]

    def fault(self, run: Run, note: Note, at: float) -> int:
        """Count one more, with what there is to be said of it."""
        with self._transaction():
            self.db.execute("UPDATE run SET faults = faults + 1 WHERE id = ?", (run.id,))
            self._log(run.id, run.key, at, note)
        return self.faults(run.id)

    def put_aside(self, run: int, key: str, message: str, at: float) -> str:
        """End a run by its plain columns alone: what it holds beside them may be what cannot be read or written.

        :return: the status it ends with, by what is known to have been started.
        """
        with self._transaction():
            row = self.db.execute(
                "SELECT n, started FROM migration WHERE run = ? AND finished IS NULL ORDER BY n LIMIT 1", (run,)
            ).fetchone()
            status = statuses.CHECK
            if row is not None:
                status = statuses.UNFINISHED.format(n=row["n"]) if row["started"] else statuses.CHECK
                self.db.execute(
                    "UPDATE migration SET status = ?, finished = ? WHERE run = ? AND n = ?", (status, at, run, row["n"])
                )
            self.db.execute("UPDATE run SET status = ?, finished = ? WHERE id = ?", (status, at, run))
            self._log(run, key, at, Note("failed", "", message, status=status))
        return status

    # taking back

    def cancel(self, key: str, by: str, at: float) -> sqlite3.Row | None:
        """Take back what of a tuple has not started; its run as it was before, or None where none is under way."""
        with self._transaction():
            row = self.db.execute("SELECT * FROM run WHERE key = ? AND finished IS NULL", (key,)).fetchone()
            if row is not None and row["cancelled_at"] is None:
                self.db.execute(
                    "UPDATE run SET cancelled_at = ?, cancelled_by = ? WHERE id = ?", (at, by, row["id"])
                )
                self._log(row["id"], key, at, Note("cancelled", "", f"{key}: cancelled by {by}"))
            return row

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

    def _log(self, run: int, key: str, at: float, note: Note) -> None:
        data = {
            "vios": note.vios,
            "phase": note.phase,
            "percent": note.percent,
            "status": note.status,
            "message": note.message,
            "elapsed": note.elapsed,
            "run": run,
            "at": at,
        }
        self.db.execute(
            "INSERT INTO event (run, vios, at, what, tag, data, message) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (run, note.vios, at, note.what, f"vios/{key}/{note.what}", json.dumps(data), note.message),
        )

    # commands that are out

    def command_of(self, run: int, n: int) -> sqlite3.Row:
        return self.query("SELECT attempt, argv, command_out FROM migration WHERE run = ? AND n = ?", run, n)[0]

    def commands_out(self) -> list[sqlite3.Row]:
        """``nim`` commands that were not seen to end, of finished runs too."""
        return self.query("SELECT run, n, vios, attempt, status FROM migration WHERE command_out = 1")

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

    def mark_sent(self, last: int) -> None:
        with self._transaction():
            self.db.execute("UPDATE event SET sent = 1 WHERE sent = 0 AND id <= ?", (last,))

    # the operator

    def hold(self, reason: str, asked_by: str, at: float) -> None:
        with self._transaction():
            self.db.execute(
                "INSERT OR REPLACE INTO hold (one, since, reason, asked_by) VALUES (1, ?, ?, ?)",
                (at, reason, asked_by),
            )

    def release(self) -> bool:
        """Whether there was a hold to end."""
        with self._transaction():
            return self.db.execute("DELETE FROM hold").rowcount > 0

    def held(self) -> sqlite3.Row | None:
        rows = self.query("SELECT since, reason, asked_by FROM hold")
        return rows[0] if rows else None

    def clear(self, vios: str, at: float) -> None:
        """After an operator's reset: recorded failures of this VIOS no longer stand in the way."""
        with self._transaction():
            self.db.execute(
                "UPDATE run SET cleared = ? WHERE finished IS NOT NULL AND cleared IS NULL"
                " AND status LIKE '%FAILURE%' AND id IN (SELECT run FROM migration WHERE vios = ?)",
                (at, vios),
            )


def cancellation(row: sqlite3.Row) -> str:
    at = datetime.fromtimestamp(row["cancelled_at"]).astimezone().isoformat(timespec="seconds")
    return f"cancelled by {row['cancelled_by']} at {at}"
