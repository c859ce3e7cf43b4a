"""What a call returns that only shows, or steps in: from the journal, and from the driver's own files."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from saltext_vios import returns
from saltext_vios.driver import presence, reports
from saltext_vios.driver.client import Cancelled
from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from saltext_vios.errors import Refused
from saltext_vios.migration import targets, timestamps
from saltext_vios.nim import objects
from saltext_vios.nim.client import Attributes
from saltext_vios.nim.stanza import first


def one_line(text: object, what: str) -> str:
    """A text of an operator's, which goes to logs and screens: no control characters."""
    if not isinstance(text, str) or not text.isprintable():
        raise Refused(f"{what} is {text!r}, expected a text of one line without control characters")
    return text


def vios(attributes: Attributes, moving: bool) -> returns.Inventory:
    cstate = first(attributes, "Cstate")
    return {
        "frame": objects.frame(attributes),
        "hostname": objects.hostname(attributes),
        "Cstate": cstate,
        "Mstate": first(attributes, "Mstate"),
        "Cstate_result": first(attributes, "Cstate_result"),
        "in_flight": moving or (cstate is not None and not objects.is_ready(cstate)),
    }


def driver(home: Home, progress: Mapping[str, returns.TupleProgress]) -> returns.Driver:
    """The return of ``vios.driver``: from its lock, and what the journal says is under way."""
    found, note, last = presence.running(home), presence.stopped(home), presence.last(home)
    return {
        "running": found is not None,
        "pid": found.pid if found else None,
        "since": timestamps.text(found.since) if found else None,
        "version": found.version if found else None,
        "python": f"{last.python} ({last.python_version})" if last and last.python else None,
        "last_look": timestamps.text(presence.last_look(home)) if found else None,
        "trouble": trouble(home, progress),
        "doing": {
            key: {vios: state.get("phase", state["state"]) for vios, state in one["vios"].items()}
            for key, one in progress.items()
        },
        "stopped": {"by": note.by, "at": timestamps.text(note.at)} if note else None,
        "log": str(home.driver_log),
    }


def held(hold: sqlite3.Row) -> returns.Hold:
    """A hold as the journal has it."""
    return {"reason": hold["reason"], "by": hold["asked_by"], "since": timestamps.text(hold["since"])}


def trouble(home: Home, under_way: Collection[Any]) -> str:
    """What keeps the driver from its work; nothing of one that ended, and had nothing left to do."""
    found = presence.running(home)
    gone = presence.lost_python(presence.last(home))
    if found is not None and found.trouble:
        return found.trouble
    if not gone or not (found or under_way):
        return ""
    what = "so it starts nothing more" if found else "and nothing follows what is under way"
    return f"the Python that the driver runs on is gone ({gone}), {what}; to continue on another Python: vios.resume"


def cancelled(home: Home, vioses: Iterable[str], key: str, found: Cancelled | None) -> returns.TupleCancelled:
    """What became of one tuple that was cancelled; ``found`` is None when it was not under way."""
    if found is None:
        with Journal(home) as journal:
            last = reports.status(journal, [key]).get(key)
            others = [targets.key(names) for names in reports.tuples_under_way(journal) if set(names) & set(vioses)]
        why = f"its last run ended with {last}" if last else "the journal has no run of it"
        if others:
            why = f"to cancel the tuple of that VIOS: vios.cancel {others[0]}"
        return {"changed": False, "status": last, "goes_on": [], "msg": f"{key} is not under way; {why}"}
    by = f"by {found.by} at {timestamps.text(found.at)}"
    msg = f"{key} is cancelled" if found.changed else f"{key} was already cancelled {by}"
    if found.goes_on:
        msg += f"; {', '.join(found.goes_on)} is installing and finishes, nothing is started after it"
    elif found.status is None:
        msg += "; the driver is stopped and will obey once it runs again: vios.wait"
    return {"changed": found.changed, "status": found.status, "goes_on": list(found.goes_on), "msg": msg}
