"""What callers write into the journal: requests, with the runs that they become, what is taken back, and holds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from saltext_vios.asked import Options
from saltext_vios.driver import records
from saltext_vios.driver.records import Note
from saltext_vios.driver.settings import Settings
from saltext_vios.driver.store import Store
from saltext_vios.errors import Contradiction, UnreadableRow
from saltext_vios.migration import previous, statuses, targets, timestamps
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.selection import SELECTING


class Callers(Store):
    """The part of the journal that needs no driver."""

    # requests

    def ask(
        self,
        wanted: Sequence[Sequence[str]],
        options: Options,
        settings: Settings,
        asked_by: str,
        at: float,
        any_method: bool = False,
    ) -> int:
        """Record a request; a tuple that is under way is attached to, any other gets a run of its own.

        :param options: checked options; ``time_limit`` in seconds since the epoch, ``time_limit_text`` with it,
            ``vios_status`` a map by tuple key, None, or ``recorded``.
        :param any_method: whether it attaches to what is under way by another method, too.
        :return: the id of the request.
        :raises Contradiction: when it asks for something else than what is under way for one of its VIOSes.
        """
        with self._transaction():
            self._contradicts_nothing([name for names in wanted for name in names], options, any_method)
            request = self._insert(
                "INSERT INTO request (at, asked_by, options, settings) VALUES (?, ?, ?, ?)",
                (at, asked_by, json.dumps(dict(options)), json.dumps(asdict(settings))),
            )
            for position, names in enumerate(wanted):
                key = targets.key(names, options.get("task", ""))
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

    def ask_for(self, parent: int, vios: str, options: Options, settings: Settings, at: float) -> None:
        """Have a task done on a VIOS for a run that waits for it, and keeps its places for it."""
        key = targets.key([vios], options["task"])
        request = self.ask([[vios]], options, settings, f"run {parent}", at)
        with self._transaction():
            self.db.execute(
                "UPDATE run SET parent = ? WHERE key = ? AND id IN (SELECT run FROM asked WHERE request = ?)",
                (parent, key, request),
            )

    def _contradicts_nothing(self, names: Sequence[str], options: Options, any_method: bool) -> None:
        from saltext_vios import methods

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
                running = records.options(row["options"])
                # A task and a migration, or two tasks, wait for each other.
                same = running["task"] == options.get("task", "")
                found = methods.contradictions(row["vios"], running, options, any_method) if same else []
                why = row["unreadable"]
            except UnreadableRow as error:
                why = str(error)
            if why:
                raise Contradiction(
                    f"{row['vios']}: run {row['id']} of {row['key']} is under way, but {why}. This call was rejected "
                    "as a whole. Install the version of saltext-vios that wrote the run, or end the run: "
                    f"vios.cancel {row['key']}"
                )
            if found:
                at = timestamps.text(row["at"])
                raise Contradiction(
                    f"{row['vios']} is already being migrated (run {row['id']}, requested by {row['asked_by']} at "
                    f"{at}), and this call asks for something else: {'; '.join(found)}. This call was rejected as a "
                    f"whole. Wait for run {row['id']}: vios.wait {row['key']}"
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

    def _attach(self, found: sqlite3.Row, names: Sequence[str], options: Options, at: float) -> str:
        first = self.db.execute("SELECT * FROM request WHERE id = ?", (found["request"],)).fetchone()
        running = records.options(first["options"])
        differs = sorted(
            (name, value)
            for name, value in options.items()
            if name not in ("wait", "vios_status", "nim_node", "time_limit", "time_limit_text", *SELECTING)
            and running.get(name) != value
        )
        note = f"already under way (run {found['id']}, requested by {first['asked_by']}): this call attached to it"
        if differs:
            kept = ", ".join(f"{name} {running.get(name)!r}, not {asked!r}" for name, asked in differs)
            note += f"; it keeps its own options: {kept}"
        order = [
            row["vios"]
            for row in self.db.execute("SELECT vios FROM migration WHERE run = ? ORDER BY n", (found["id"],))
        ]
        if order != list(names):
            note += f"; it keeps its own order: {', '.join(order)}"
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
            note += f"; it was {cancellation(found)} and ends after the present VIOS; call again when it is over"
        return note

    def _new_run(
        self,
        request: int,
        key: str,
        names: Sequence[str],
        options: Options,
        entry: str | None,
        refusal: previous.Objection | None,
        at: float,
    ) -> int:
        run = self._insert(
            "INSERT INTO run (request, key, at, time_limit, time_limit_text, previous, status, finished, task)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                request,
                key,
                at,
                options["time_limit"],
                options["time_limit_text"],
                entry,
                refusal.status if refusal else None,
                at if refusal else None,
                options.get("task", ""),
            ),
        )
        for n, vios in enumerate(names, 1):
            self.db.execute(
                "INSERT INTO migration (run, n, vios, core) VALUES (?, ?, ?, ?)",
                (run, n, vios, records.dump(Migration(vios, n, task=options.get("task", "")))),
            )
        if refusal:
            self._log(run, key, at, Note("skipped", "", refusal.message, status=refusal.status))
        return run

    def _insert(self, statement: str, values: Sequence[Any]) -> int:
        """The number of the row that was added."""
        number = self.db.execute(statement, values).lastrowid
        assert number is not None  # noqa: S101 - an INSERT into a table with row numbers has one
        return number

    def newest_request(self) -> int:
        return int(self.query("SELECT COALESCE(MAX(id), 0) FROM request")[0][0])

    def picked_up(self, request: int) -> bool:
        return self.query("SELECT picked_up FROM request WHERE id = ?", request)[0][0] is not None

    def pick_up(self, at: float) -> None:
        """The driver has seen every request there is."""
        with self._transaction():
            self.db.execute("UPDATE request SET picked_up = ? WHERE picked_up IS NULL", (at,))

    # taking back

    def cancel(self, key: str, by: str, at: float) -> sqlite3.Row | None:
        """Take back what of a tuple has not started; its run as it was before, or None where none is under way."""
        with self._transaction():
            row: sqlite3.Row | None = self.db.execute(
                "SELECT * FROM run WHERE key = ? AND finished IS NULL", (key,)
            ).fetchone()
            if row is not None and row["cancelled_at"] is None:
                self.db.execute("UPDATE run SET cancelled_at = ?, cancelled_by = ? WHERE id = ?", (at, by, row["id"]))
                self._log(row["id"], key, at, Note("cancelled", "", f"{key}: cancelled by {by}"))
            return row

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

    def held_by(self) -> str | None:
        """Who holds this NIM master, and why; None if nobody does."""
        held = self.held()
        return ": ".join(text for text in (held["asked_by"], held["reason"]) if text) if held else None

    def clear(self, vios: str, at: float) -> None:
        """After an operator's reset: recorded failures of this VIOS no longer stand in the way."""
        with self._transaction():
            self.db.execute(
                "UPDATE run SET cleared = ? WHERE finished IS NOT NULL AND cleared IS NULL"
                " AND status LIKE ? AND id IN (SELECT run FROM migration WHERE vios = ?)",
                (at, statuses.ANY_FAILURE, vios),
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


def cancellation(row: sqlite3.Row) -> str:
    at = timestamps.text(row["cancelled_at"])
    return f"cancelled by {row['cancelled_by']} at {at}"
