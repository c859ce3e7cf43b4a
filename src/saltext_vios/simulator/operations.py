"""What happens on a VIOS once ``migvios`` was accepted: a list of steps, each at its time.

There is no process: whoever looks first brings the state up to date (``settle``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from saltext_vios.simulator.assumptions import assumed, message
from saltext_vios.simulator.store import Store

PHASES = ("accepted", "boot", "install", "customize")
# The fault that keeps an operation from leaving a phase.
STUCK = {
    "accepted": ("never_boots",),
    "boot": ("boot_hangs",),
    "install": ("prompt", "install_hangs"),
    "customize": ("restore_hangs",),
}


def steps(phases: Mapping[str, float], mstate_after: str) -> list[list[Any]]:
    """``[seconds after the start, phase it leaves, what it does, attributes of the VIOS]``, in order."""
    boot = phases["accepted"]
    install = boot + phases["boot"]
    customize = install + phases["install"]
    end = customize + phases["customize"]
    booting = assumed("mstate", "booting")
    enabled, installing = assumed("cstate", "enabled"), assumed("cstate", "installing")
    found: list[list[Any]] = [[0, None, "begin", {"Cstate": enabled, "prev_state": assumed("cstate", "ready")}]]
    found.append([boot, "accepted", "down", {}])
    found.append([install, "boot", "", {"Cstate": installing, "prev_state": enabled, "Mstate": booting}])
    for percent in range(0, 100, 5):
        text = assumed("info", "install").format(percent=percent)
        found.append([install + phases["install"] * percent / 100, "install" if percent else None, "", {"info": text}])
    customizing = {"Cstate": assumed("cstate", "customizing"), "prev_state": installing}
    found.append([customize, "install", "", {**customizing, "info": assumed("info", "customize")}])
    ready = {"Cstate": assumed("cstate", "ready"), "prev_state": customizing["Cstate"], "info": None}
    found.append([end, "customize", "end", {**ready, "Mstate": mstate_after, "Cstate_result": "success"}])
    return found


def begin(store: Store, vios: str, resources: Sequence[str], image: str | None, lag: float, waits: bool) -> None:
    """An operation was accepted: allocate, and lay out its steps.

    :param lag: simulated seconds before NIM shows anything of it.
    :param waits: nobody boots the client; it waits until ``boot``.
    """
    now = store.now()
    row = store.rows("SELECT phases FROM vios WHERE name = ?", vios)[0]
    phases = {**{name: assumed("phases", name) for name in PHASES}, **json.loads(row["phases"])}
    mstate = "ready_for_use" if store.fault("mstate_ready_for_use", vios) is not None else "running_after"
    store.db.execute(
        "UPDATE operation SET ended = ?, outcome = 'overrun' WHERE vios = ? AND ended IS NULL", (now, vios)
    )
    attributes = store.get(image) if image else None
    store.db.execute(
        "INSERT INTO operation (vios, steps, next, started, shift, image, image_level, resources, stuck_since)"
        " VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?)",
        (
            vios,
            json.dumps(steps(phases, assumed("mstate", mstate))),
            now,
            lag,
            image,
            (attributes or {}).get("ioslevel"),
            json.dumps(list(resources)),
            None,
        ),
    )
    if waits:
        store.db.execute(
            "INSERT INTO fault (name, target, words) VALUES ('never_boots', ?, '{\"boot\": true}')", (vios,)
        )
    allocate(store, vios, resources)
    settle(store)


def boot(store: Store, vios: str) -> None:
    """Somebody boots the VIOS from the network by hand."""
    store.db.execute("DELETE FROM fault WHERE name = 'never_boots' AND target = ?", (vios,))


def allocate(store: Store, vios: str, resources: Sequence[str]) -> None:
    for name in resources:
        done = store.db.execute("INSERT OR IGNORE INTO allocation VALUES (?, ?)", (vios, name))
        if done.rowcount:
            _count(store, name, 1)


def deallocate(store: Store, vios: str, resources: Sequence[str] | None = None) -> None:
    for row in store.rows("SELECT resource FROM allocation WHERE vios = ?", vios):
        if resources is None or row["resource"] in resources:
            store.db.execute("DELETE FROM allocation WHERE vios = ? AND resource = ?", (vios, row["resource"]))
            _count(store, row["resource"], -1)


def _count(store: Store, resource: str, by: int) -> None:
    attributes = store.get(resource)
    if attributes is not None and attributes.get("class") == "resources":
        store.change(resource, alloc_count=str(max(0, int(attributes.get("alloc_count", 0)) + by)))


def reset(store: Store, vios: str) -> None:
    """``nim -o reset``: ready again; resources stay allocated, and what the VIOS does it goes on doing."""
    now = store.now()
    store.db.execute("UPDATE operation SET ended = ?, outcome = 'reset' WHERE vios = ? AND ended IS NULL", (now, vios))
    attributes = store.get(vios) or {}
    store.change(
        vios, Cstate=assumed("cstate", "ready"), prev_state=attributes.get("Cstate"), Cstate_result="reset", info=None
    )


def settle(store: Store) -> None:
    """Apply every step that is due. Inside a transaction."""
    now = store.now()
    for row in store.rows("SELECT * FROM operation WHERE ended IS NULL ORDER BY id"):
        _advance(store, row["id"], row["vios"], now)
    for row in store.rows("SELECT name FROM vios WHERE rebooting AND answers_from <= ?", now):
        store.db.execute("UPDATE vios SET rebooting = 0 WHERE name = ?", (row["name"],))
        mstate(store, row["name"], assumed("mstate", "running"))


def mstate(store: Store, vios: str, text: str) -> None:
    """NIM notes another Mstate, and under prev_state what it was before."""
    was = (store.get(vios) or {}).get("Mstate")
    if was != text:
        keeps = assumed("behaviour", "prev_state_keeps_former_mstate")
        store.change(vios, Mstate=text, **({"prev_state": was} if keeps else {}))


def ping(store: Store, vios: str) -> None:
    """``nim -o check``: Mstate is what a ping says."""
    rows = store.rows("SELECT up, answers_from FROM vios WHERE name = ?", vios)
    if rows:
        answers = rows[0]["up"] and rows[0]["answers_from"] <= store.now()
        mstate(store, vios, assumed("mstate", "running" if answers else "not_running"))


def reboot(store: Store, vios: str) -> None:
    """``nim -o reboot``: the VIOS tells NIM that it goes down, and when it is back; meanwhile it is silent."""
    back = store.now() + assumed("phases", "boot")
    store.db.execute("UPDATE vios SET answers_from = ?, rebooting = 1 WHERE name = ?", (back, vios))
    mstate(store, vios, assumed("mstate", "not_running"))


def flip(store: Store) -> None:
    """The fault ``mstate_flips``: since the last look somebody's pings or reboots have changed Mstate."""
    running, not_running = assumed("mstate", "running"), assumed("mstate", "not_running")
    for row in store.rows("SELECT name FROM vios"):
        if store.consume("mstate_flips", row["name"]) is not None:
            was = (store.get(row["name"]) or {}).get("Mstate")
            mstate(store, row["name"], not_running if was == running else running)


def _advance(store: Store, operation: int, vios: str, now: float) -> None:
    while True:
        row = store.rows("SELECT * FROM operation WHERE id = ?", operation)[0]
        if row["ended"] is not None:
            return
        at, leaves, effect, changes = json.loads(row["steps"])[row["next"]]
        due_at = row["started"] + row["shift"] + at
        reset_after = store.fault("reset_by_someone", vios)
        if reset_after is not None and now >= row["started"] + float(reset_after.get("after", 0)):
            store.consume("reset_by_someone", vios)
            reset(store, vios)
            return
        if leaves and now >= due_at and _is_stuck(store, row, vios, leaves, due_at):
            return
        if row["stuck_since"] is not None:
            # What held it is gone: the rest of it is as much later.
            store.db.execute(
                "UPDATE operation SET shift = shift + ?, stuck_since = NULL WHERE id = ?",
                (max(0.0, now - row["stuck_since"]), operation),
            )
            continue
        failing = store.fault("fails", vios)
        if failing is not None and now >= due_at and leaves == failing.get("phase", "install"):
            store.consume("fails", vios)
            _fail(store, operation, vios, due_at, str(failing.get("err_info", message("err_info"))))
            return
        if now < due_at:
            return
        _apply(store, operation, vios, due_at, effect, dict(changes))


def _is_stuck(store: Store, row: Mapping[str, Any], vios: str, leaves: str, since: float) -> bool:
    held = [name for name in STUCK[leaves] if store.fault(name, vios) is not None]
    if not held:
        return False
    if row["stuck_since"] is None:
        store.db.execute("UPDATE operation SET stuck_since = ? WHERE id = ?", (since, row["id"]))
    if "prompt" in held:
        store.change(vios, info=assumed("info", "prompt"))
    return True


def _apply(store: Store, operation: int, vios: str, at: float, effect: str, changes: dict[str, Any]) -> None:
    if effect == "begin":
        if assumed("behaviour", "clears_result_at_start") and store.fault("keeps_old_result", vios) is None:
            changes.update(Cstate_result=None, err_info=None)
    elif effect == "down":
        down(store, vios, at)
        mstate(store, vios, assumed("mstate", "not_running"))
    elif effect == "end":
        _end(store, operation, vios, at)
    unknown = store.fault("unknown_cstate", vios)
    if unknown is not None and "Cstate" in changes and effect != "end":
        changes["Cstate"] = str(unknown.get("text", "being looked after by somebody"))
    store.change(vios, **changes)
    store.db.execute("UPDATE operation SET next = next + 1 WHERE id = ?", (operation,))


def _end(store: Store, operation: int, vios: str, at: float) -> None:
    row = store.rows("SELECT * FROM operation WHERE id = ?", operation)[0]
    late = store.fault("answers_late", vios)
    store.db.execute(
        "UPDATE vios SET up = 1, answers_from = ?, restored = ? WHERE name = ?",
        (at + float((late or {}).get("seconds", 0)), store.fault("restore_incomplete", vios) is None, vios),
    )
    if row["image_level"] and store.fault("old_level", vios) is None:
        store.db.execute("UPDATE vios SET level = ? WHERE name = ?", (row["image_level"], vios))
    _up(store, vios, at)
    beside = store.fault("err_info_beside_success", vios)
    if beside is not None:
        store.change(vios, err_info=str(beside.get("text", message("err_info_of_several_lines"))))
    store.db.execute("UPDATE operation SET ended = ?, outcome = 'success' WHERE id = ?", (at, operation))
    if assumed("behaviour", "releases_resources_on_success"):
        deallocate(store, vios, json.loads(row["resources"]))


def _fail(store: Store, operation: int, vios: str, at: float, err_info: str) -> None:
    """An operation ends badly: the VIOS is up with its old level, resources stay allocated."""
    store.db.execute("UPDATE vios SET up = 1, answers_from = ? WHERE name = ?", (at, vios))
    _up(store, vios, at)
    store.db.execute("UPDATE operation SET ended = ?, outcome = 'failure' WHERE id = ?", (at, operation))
    attributes = store.get(vios) or {}
    store.change(
        vios,
        Cstate=assumed("cstate", "ready"),
        prev_state=attributes.get("Cstate"),
        Mstate=assumed("mstate", "running"),
        Cstate_result="failure",
        err_info=err_info,
        info=None,
    )


def down(store: Store, vios: str, at: float) -> None:
    store.db.execute("UPDATE vios SET up = 0 WHERE name = ?", (vios,))
    store.db.execute("INSERT INTO outage VALUES (?, ?, NULL)", (vios, at))


def _up(store: Store, vios: str, at: float) -> None:
    store.db.execute("UPDATE outage SET until = ? WHERE vios = ? AND until IS NULL", (at, vios))
