"""Reads the journal for people: what a request came to, statuses, progress, history. Changes nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence

from saltext_vios.driver import presence, records, waiting
from saltext_vios.driver.clock import Clock
from saltext_vios.driver.journal import Journal
from saltext_vios.errors import UnreadableRow
from saltext_vios.migration import statuses, timestamps
from saltext_vios.migration.durations import History
from saltext_vios.migration.failure import explain
from saltext_vios.migration.levels import Level
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.transitions import State
from saltext_vios.nim.commands import copy_and_paste
from saltext_vios.options import typed
from saltext_vios.returns import (
    Failure,
    HistoryEntry,
    Ran,
    Standing,
    TupleProgress,
    TupleReport,
    TupleStanding,
    VIOSHistory,
    VIOSProgress,
)

UNREADABLE = "unreadable"  # where other states stand


def _core(row: sqlite3.Row) -> Migration | None:
    """The migration as the core knew it; None where this version cannot read it."""
    try:
        return records.load(row["core"])
    except UnreadableRow:
        return None


def runs_of(journal: Journal, request: int) -> list[int]:
    """The runs a request follows, in the order its tuples were given."""
    return [row["run"] for row in journal.query("SELECT run FROM asked WHERE request = ? ORDER BY position", request)]


def under_way(journal: Journal, keys: Sequence[str] | None = None) -> dict[str, int]:
    """Tuple key -> run that is not over."""
    rows = journal.query("SELECT key, id FROM run WHERE finished IS NULL ORDER BY id")
    return {row["key"]: row["id"] for row in rows if keys is None or row["key"] in keys}


def _waits(journal: Journal) -> dict[int, str]:
    """By run why nothing is done for it, as far as it is known."""
    if presence.running(journal.home) is not None:
        return waiting.reasons(journal.home)
    stopped = presence.stopped(journal.home)
    why = f"the driver was stopped by {stopped.by}; resume: vios.wait" if stopped else "no driver runs; vios.resume"
    return dict.fromkeys(under_way(journal).values(), why)


def in_flight(journal: Journal, run: int) -> list[str]:
    """The VIOSes of a run that may be down because of it."""
    return [row["vios"] for row in _migrations(journal, run) if (core := _core(row)) is None or core.in_flight]


def followed(journal: Journal) -> dict[str, int]:
    """The same without those that no driver of this version can read, and so follow."""
    rows = journal.query("SELECT key, id FROM run WHERE finished IS NULL AND unreadable IS NULL ORDER BY id")
    return {row["key"]: row["id"] for row in rows}


def tuples_under_way(journal: Journal) -> list[tuple[str, ...]]:
    """The VIOSes of each that is to be migrated, in their order."""
    rows = journal.query("SELECT id FROM run WHERE finished IS NULL AND task = '' ORDER BY id")
    return [tuple(one["vios"] for one in _migrations(journal, row["id"])) for row in rows]


def latest(journal: Journal, keys: Sequence[str] | None = None) -> dict[str, int]:
    """Tuple key -> its newest run, one that is under way before any other; of tasks only those that ``keys`` name."""
    rows = journal.query("SELECT key, task, MAX(id) AS id FROM run GROUP BY key ORDER BY MAX(id)")
    found = {row["key"]: row["id"] for row in rows if (row["task"] == "" if keys is None else row["key"] in keys)}
    return {**found, **under_way(journal, list(found))}


def resources_under_way(journal: Journal) -> set[str]:
    """The names of the NIM resources that what is under way uses."""
    from saltext_vios import methods

    rows = journal.query(
        "SELECT migration.vios, request.options FROM run JOIN migration ON migration.run = run.id"
        " JOIN request ON request.id = run.request WHERE run.finished IS NULL"
    )
    found: set[str] = set()
    for row in rows:
        options = records.options(row["options"])
        found.update(methods.of(options).resources(row["vios"], options).values())
    return found


def status(journal: Journal, keys: Sequence[str] | None = None) -> dict[str, str]:
    """``{tuple key: status}``; a tuple whose first VIOS was not started yet has its earlier status, or none.

    Of tasks only those that ``keys`` name.
    """
    rows = journal.query("SELECT key, task, status FROM run WHERE status IS NOT NULL ORDER BY finished IS NULL, id")
    wanted = [row for row in rows if (row["task"] == "" if keys is None else row["key"] in keys)]
    return {row["key"]: row["status"] for row in wanted}


def tuple_report(journal: Journal, run: int, request: int | None = None) -> TupleReport:
    """One run: its messages and per VIOS what was done; ``request`` adds the note of the call that attached."""
    row = journal.query("SELECT * FROM run WHERE id = ?", run)[0]
    notes = journal.query("SELECT note FROM asked WHERE run = ? AND request = ? AND note != ''", run, request)
    report: TupleReport = {
        "key": row["key"],
        "run": run,
        "status": row["status"],
        "finished": row["finished"] is not None,
        "waits": None if row["finished"] else _waits(journal).get(run),
        "unreadable": row["unreadable"] or "",
        "messages": [note["note"] for note in notes] + _messages(journal, run),
        "vios": {},
    }
    for migration in _migrations(journal, run):
        report["vios"][migration["vios"]] = {
            **_vios_report(migration),
            "missing": _missing(migration),
            "failure": _failure(journal, row["key"], migration),
        }
    return report


def _messages(journal: Journal, run: int, left_out: Collection[str] = ("percent", "phase", "tool")) -> list[str]:
    return [
        event["message"]
        for event in journal.query("SELECT what, message FROM event WHERE run = ? ORDER BY id", run)
        if event["message"] and event["what"] not in left_out
    ]


def _missing(row: sqlite3.Row) -> list[str]:
    """What a VIOS served before its start and does not serve since."""
    core = _core(row)
    return [] if core is None else list(core.lacks)


def _shown(row: sqlite3.Row) -> dict[str, str]:
    """What the last look at a VIOS showed, by the tools' own names."""
    core = _core(row)
    return dict(core.view.shown) if core is not None and core.view is not None else {}


def _failure(journal: Journal, key: str, row: sqlite3.Row) -> Failure | None:
    """What a person needs to know of a VIOS that failed: see ``saltext_vios.migration.failure``."""
    core = _core(row)
    if core is None:
        return None
    now = None if core.started is None or row["took"] is None else core.started + row["took"]
    found = explain(core, key, now, _asked(journal, row["run"]))
    if found is None:
        return None
    finished = row["finished"]
    directory = journal.home.command(row["run"], row["n"], row["attempt"])
    return {
        "vios": found.vios,
        "expected": found.expected,
        "seen": found.seen,
        "since": timestamps.text(finished - (found.idle or 0)) if finished is not None else None,
        "output": str(directory if row["attempt"] else journal.home.driver_log),
        "next": found.next,
    }


def _asked(journal: Journal, run: int) -> str:
    """The options of a run's request that a check depends on, as they are typed."""
    rows = journal.query("SELECT options FROM request WHERE id = (SELECT request FROM run WHERE id = ?)", run)
    try:
        return typed(records.options(rows[0]["options"]))
    except UnreadableRow:
        return ""


def changed_since(journal: Journal, run: int, since: float) -> bool:
    """Whether a migration of this run was started or completed after a time; a refused ``nim`` started nothing."""
    return any(
        migration["started"] is not None
        and (core is None or core.begun or migration["rc"] == 0 or core.state is State.DONE)
        and (migration["started"] >= since or migration["finished"] is None or migration["finished"] >= since)
        for migration in _migrations(journal, run)
        for core in [_core(migration)]
    )


def asked_at(journal: Journal, request: int) -> float:
    return float(journal.query("SELECT at FROM request WHERE id = ?", request)[0]["at"])


def progress(journal: Journal, keys: Sequence[str] | None = None) -> dict[str, TupleProgress]:
    """What is under way: per VIOS its phase, since when, and how long that phase took before (seconds)."""
    found: dict[str, TupleProgress] = {}
    waits = _waits(journal)
    now = Clock(journal.last_mark()).steady()
    for key, run in under_way(journal, keys).items():
        found[key] = {
            "run": run,
            "waits": waits.get(run),
            "status": journal.query("SELECT status FROM run WHERE id = ?", run)[0]["status"],
            "vios": {row["vios"]: _progress(journal, row, now) for row in _migrations(journal, run)},
        }
    return found


def _progress(journal: Journal, row: sqlite3.Row, now: float) -> VIOSProgress:
    core = _core(row)
    if core is None:
        return {"state": UNREADABLE, "status": row["status"]}
    entry: VIOSProgress = {"state": core.state.value, "status": core.status}
    if not core.in_flight or core.view is None:
        return entry
    phases = journal.query(
        "SELECT phase, since, began FROM phase WHERE run = ? AND n = ? AND until IS NULL", row["run"], row["n"]
    )
    phase = phases[0] if phases else None
    return {
        **entry,
        "phase": phase["phase"] if phase else core.view.phase,
        "percent": core.view.percent,
        "info": core.view.info,
        "since": timestamps.text(phase["since"]) if phase else None,
        "elapsed": round(now - phase["began"]) if phase else None,
        "took_before": _took_before(journal, row["vios"], phase["phase"]) if phase else None,
        "shown": dict(core.view.shown),
    }


def _took_before(journal: Journal, vios: str, phase: str) -> int | None:
    """Seconds the same phase took last time, on this VIOS, else on any."""
    rows = journal.query(
        "SELECT took FROM phase WHERE phase = ? AND took IS NOT NULL ORDER BY vios = ? DESC, id DESC LIMIT 1",
        phase,
        vios,
    )
    return round(rows[0]["took"]) if rows else None


def newest_event(journal: Journal) -> int:
    """Its number, 0 if there is none."""
    return journal.query("SELECT MAX(id) AS id FROM event")[0]["id"] or 0


def events_of(journal: Journal, runs: Sequence[int], after: int | None, last: int) -> list[tuple[float, str, str, str]]:
    """What was recorded of these runs after one event and up to another: time, tuple key, what, message; oldest first.

    :param after: None for none of them: what was before shows in how things stand.
    """
    if after is None or after >= last:
        return []
    rows = journal.query(
        "SELECT event.run, event.at, run.key, event.what, event.message FROM event JOIN run ON run.id = event.run"
        " WHERE event.id > ? AND event.id <= ? AND event.message != '' ORDER BY event.id",
        after,
        last,
    )
    return [(row["at"], row["key"], row["what"], row["message"]) for row in rows if row["run"] in runs]


def overview(journal: Journal, runs: Sequence[int] | None = None) -> dict[str, TupleStanding]:
    """How each VIOS stands of every tuple that the journal knows, by its newest run; or of these runs."""
    now, expected = Clock(journal.last_mark()).steady(), journal.durations()
    found: dict[str, TupleStanding] = {}
    waits = _waits(journal)
    for run in latest(journal).values() if runs is None else runs:
        row = journal.query("SELECT * FROM run WHERE id = ?", run)[0]
        found[row["key"]] = {
            "run": run,
            "status": row["status"],
            "asked": timestamps.text(row["at"]),
            "finished": timestamps.text(row["finished"]),
            "waits": waits.get(run),
            "vios": {m["vios"]: _standing(journal, m, now, expected) for m in _migrations(journal, run)},
        }
    return found


def _standing(journal: Journal, row: sqlite3.Row, now: float, history: History) -> Standing:
    report, progress, core = _vios_report(row), _progress(journal, row, now), _core(row)
    expected = history.expected(row["vios"])
    return {
        "status": report["status"],
        "state": progress["state"],
        "level": {**report["level"], "wanted": as_text(core.wanted if core else None)},
        "started": report["started"],
        "finished": report["finished"],
        "duration": report["duration"],
        "phase": progress.get("phase"),
        "percent": progress.get("percent"),
        "info": progress.get("info"),
        "since": progress.get("since"),
        "elapsed": progress.get("elapsed"),
        "expected": None if expected is None else round(expected),
    }


def history(
    journal: Journal,
    keys: Sequence[str] | None,
    limit: int,
    since: float | None = None,
    detail: bool = False,
) -> list[HistoryEntry]:
    """What was done, newest first.

    :param since: seconds since the epoch; runs that were over before are left out.
    :param detail: with the messages of each run, and per VIOS its phases and why it failed.
    """
    every = (
        "SELECT run.*, request.asked_by FROM run JOIN request ON request.id = run.request"
        " WHERE run.status IS NOT NULL AND (? IS NULL OR run.key = ?)"
        " AND (? IS NULL OR run.finished IS NULL OR run.finished >= ?) ORDER BY run.id DESC LIMIT ?"
    )
    rows = [row for key in keys or (None,) for row in journal.query(every, key, key, since, since, limit)]
    rows = sorted(rows, key=lambda row: row["id"], reverse=True)[:limit]
    waits = _waits(journal)
    found: list[HistoryEntry] = []
    for row in rows:
        entry: HistoryEntry = {
            "run": row["id"],
            "tuple": row["key"],
            "task": row["task"] or None,
            "status": row["status"],
            "asked_by": row["asked_by"],
            "asked": timestamps.text(row["at"]),
            "finished": timestamps.text(row["finished"]),
            "duration": _duration(journal, row["id"]),
            "waits": waits.get(row["id"]),
            "vios": {m["vios"]: _vios_history(journal, row["key"], m, detail) for m in _migrations(journal, row["id"])},
        }
        if detail:
            entry["messages"] = _messages(journal, row["id"], left_out=("percent", "phase"))
        found.append(entry)
    return found


def _duration(journal: Journal, run: int) -> float | None:
    """Seconds in which its VIOSes were migrated."""
    took = journal.query("SELECT SUM(took) AS took FROM migration WHERE run = ?", run)[0]["took"]
    return None if took is None else round(took, 1)


def _vios_history(journal: Journal, key: str, migration: sqlite3.Row, detail: bool) -> VIOSHistory:
    report = _vios_report(migration)
    entry: VIOSHistory = {
        "status": report["status"],
        "method": report["method"],
        "cmd": report["cmd"],
        "started": report["started"],
        "finished": report["finished"],
        "duration": report["duration"],
        "level": report["level"],
    }
    if detail:
        phases = journal.query(
            "SELECT * FROM phase WHERE run = ? AND n = ? ORDER BY id", migration["run"], migration["n"]
        )
        entry["phases"] = [
            {
                "phase": one["phase"],
                "since": timestamps.text(one["since"]),
                "until": timestamps.text(one["until"]),
                "took": one["took"],
            }
            for one in phases
        ]
        entry["shown"] = _shown(migration)
        entry["missing"] = _missing(migration)
        entry["failure"] = _failure(journal, key, migration)
    return entry


def _migrations(journal: Journal, run: int) -> list[sqlite3.Row]:
    of_run = "SELECT migration.*, run.task FROM migration JOIN run ON run.id = migration.run WHERE run = ? ORDER BY n"
    return journal.query(of_run, run)


def _vios_report(row: sqlite3.Row) -> Ran:
    from saltext_vios import methods

    started, finished = row["started"], row["finished"]
    return {
        "status": row["status"],
        "method": row["task"] or methods.named_by(_argv(row["argv"])),
        "cmd": _line(row["argv"]),
        "stdout": row["stdout"] or "",
        "stderr": row["stderr"] or "",
        "rc": row["rc"],
        "started": timestamps.text(started),
        "finished": timestamps.text(finished) if started is not None else None,
        "duration": None if row["took"] is None else round(row["took"], 1),
        "level": {"old": row["level_old"], "new": row["level_new"]},
    }


def _line(argv: str | None) -> str | None:
    return copy_and_paste(_argv(argv)) or None


def _argv(told: str | None) -> list[str]:
    """A command line as it was recorded; none where a hand wrote something else there."""
    try:
        return [str(word) for word in json.loads(told or "[]")]
    except (ValueError, TypeError):
        return []


def failed(report: TupleReport) -> bool:
    return statuses.is_failure(report["status"])


def as_text(level: Level | None) -> str | None:
    return None if level is None else str(level)
