"""Replays the log of all calls and finds every breach of what the extension promises.

1. Never more than one VIOS of a frame is down because of us.
2. The second VIOS starts only after the first was verified, by the VIOS itself.
3. No operation is issued twice for the same VIOS without a reason.
4. Nothing is started at or after the time limit.
"""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

from saltext_vios.simulator.operations import settle
from saltext_vios.simulator.store import Store


def audit(store: Store, time_limit: float | None = None) -> dict[str, Any]:
    """``violations`` (texts), ``starts`` (each accepted or not) and ``calls`` (how often each command ran).

    :param time_limit: real seconds since the epoch.
    """
    with store.transaction():
        settle(store)
    calls = [{**dict(row), "argv": json.loads(row["argv"]), "note": json.loads(row["note"])} for row in _calls(store)]
    starts = [_start(call) for call in calls if call["note"].get("operation") == "migvios"]
    violations = _down_together(store)
    for start in starts:
        violations += _breaches(store, start, starts, calls, time_limit)
    counted: dict[str, int] = {}
    for call in calls:
        counted[call["command"]] = counted.get(call["command"], 0) + 1
    return {"violations": violations, "starts": starts, "calls": counted}


def _calls(store: Store) -> list[Any]:
    return store.rows("SELECT * FROM call ORDER BY id")


def _start(call: dict[str, Any]) -> dict[str, Any]:
    note = call["note"]
    return {
        "vios": note["name"],
        "at": call["at"],
        "real": call["real"],
        "rc": call["rc"],
        "accepted": bool(note.get("accepted")),
        "argv": ["nim", *call["argv"]],
        "call": call["id"],
    }


def _frame(store: Store, vios: str) -> str | None:
    words = str((store.get(vios) or {}).get("mgmt_profile1", "")).split()
    return words[2] if len(words) > 2 else None


def _partners(store: Store, vios: str) -> list[str]:
    frame = _frame(store, vios)
    return [other for other in store.names() if frame and other != vios and _frame(store, other) == frame]


def _down_together(store: Store) -> list[str]:
    """Promise 1: times in which two VIOSes of a frame were down."""
    found = []
    now = store.now()
    outages = store.rows("SELECT * FROM outage ORDER BY since")
    for first, second in combinations(outages, 2):
        if first["vios"] == second["vios"] or second["vios"] not in _partners(store, first["vios"]):
            continue
        overlap = min(first["until"] or now, second["until"] or now) - max(first["since"], second["since"])
        if overlap > 0:
            names = f"{first['vios']} and {second['vios']}"
            found.append(f"promise 1: {names} of one frame were down together for {overlap / 60:.1f} minutes")
    return found


def _breaches(
    store: Store,
    start: dict[str, Any],
    starts: list[dict[str, Any]],
    calls: list[dict[str, Any]],
    time_limit: float | None,
) -> list[str]:
    found = []
    vios = start["vios"]
    if time_limit is not None and start["real"] >= time_limit:
        found.append(f"promise 4: {vios} was started {start['real'] - time_limit:.0f} s after the time limit")
    if not start["accepted"]:
        return found
    earlier = [one for one in starts if one["vios"] == vios and one["accepted"] and one["call"] < start["call"]]
    if earlier:
        found += _started_again(store, vios, start, earlier[-1])
    for partner in _partners(store, vios):
        found += _partner(store, vios, partner, start, starts, calls)
    return found


def _started_again(store: Store, vios: str, start: dict[str, Any], earlier: dict[str, Any]) -> list[str]:
    before = _operation(store, vios, earlier["at"])
    if before is None:
        return []
    if before["ended"] is None or before["ended"] > start["at"] or before["outcome"] == "overrun":
        return [f"promise 3: {vios} was started over a running operation"]
    if before["outcome"] == "success":
        return [f"promise 3: {vios} was started again after an operation that ended with success"]
    return []


def _partner(
    store: Store,
    vios: str,
    partner: str,
    start: dict[str, Any],
    starts: list[dict[str, Any]],
    calls: list[dict[str, Any]],
) -> list[str]:
    """Promises 1 and 2: how its partner stood when a VIOS was started."""
    for outage in store.rows("SELECT * FROM outage WHERE vios = ?", partner):
        if outage["since"] <= start["at"] and (outage["until"] is None or outage["until"] > start["at"]):
            return [f"promise 1: {vios} was started while its partner {partner} was down"]
    mine = [one for one in starts if one["vios"] == partner and one["accepted"] and one["call"] < start["call"]]
    if not mine:
        return []
    before = _operation(store, partner, mine[-1]["at"])
    if before is None:
        return []
    if before["ended"] is None or before["ended"] > start["at"]:
        return [f"promise 1: {vios} was started while its partner {partner} was in an operation"]
    verified = any(
        call["note"].get("vios") == partner
        and call["note"].get("level") is not None
        and before["ended"] <= call["at"] <= start["at"]
        for call in calls
    )
    return [] if verified else [f"promise 2: {vios} was started though its partner {partner} was not verified"]


def _operation(store: Store, vios: str, at: float) -> Any:
    """The operation that a start at this time began."""
    rows = store.rows("SELECT * FROM operation WHERE vios = ? AND started >= ? ORDER BY id LIMIT 1", vios, at)
    return rows[0] if rows else None
