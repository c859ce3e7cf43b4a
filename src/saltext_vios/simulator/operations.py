"""What happens on a VIOS once an operation was accepted: its course, step by step.

There is no process: whoever looks first brings the state up to date (``settle``).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from saltext_vios.simulator import clients, courses, disks
from saltext_vios.simulator.assumptions import assumed, message
from saltext_vios.simulator.courses import OF_VIOSUPGRADE, PHASES, STUCK
from saltext_vios.simulator.store import Store


def begin(
    store: Store,
    vios: str,
    resources: Sequence[str],
    image: str | None,
    lag: float,
    waits: bool = False,
    kind: str = "migvios",
    words: Mapping[str, Any] | None = None,
) -> int:
    """An operation was accepted: allocate, and lay out its steps.

    :param lag: simulated seconds before NIM shows anything of it.
    :param waits: nobody boots the client; it waits until ``boot``.
    :param words: the disks it is about: ``clone``, ``target``, and whether the target was ``named``.
    """
    now = store.now()
    mstate = "ready_for_use" if store.fault("mstate_ready_for_use", vios) is not None else "running_after"
    store.db.execute(
        "UPDATE operation SET ended = ?, outcome = 'overrun' WHERE vios = ? AND ended IS NULL", (now, vios)
    )
    course = courses.of(kind, phases(store, vios), words or {}, assumed("mstate", mstate))
    attributes = store.get(image) if image else None
    cursor = store.db.execute(
        "INSERT INTO operation (vios, steps, next, started, shift, image, image_level, resources, kind, words)"
        " VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?)",
        (
            vios,
            json.dumps(course),
            now,
            lag,
            image,
            (attributes or {}).get("ioslevel"),
            json.dumps(list(resources)),
            kind,
            json.dumps(dict(words or {})),
        ),
    )
    if waits:
        store.db.execute(
            "INSERT INTO fault (name, target, words) VALUES ('never_boots', ?, '{\"boot\": true}')", (vios,)
        )
    allocate(store, vios, resources)
    settle(store)
    return cursor.lastrowid or 0


def phases(store: Store, vios: str) -> dict[str, float]:
    """How long each phase takes on a VIOS."""
    row = store.rows("SELECT phases FROM vios WHERE name = ?", vios)[0]
    return {**{name: assumed("phases", name) for name in (*PHASES, *OF_VIOSUPGRADE)}, **json.loads(row["phases"])}


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
    """``nim -o reset``: ready again; resources stay allocated, and what the VIOS does continues."""
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
        _booted(store, row["name"])
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
    """A VIOS is rebooted: it reports to NIM that it goes down, and when it is back; meanwhile it is silent.

    What waits on its new disk for a reboot continues with it.
    """
    waiting = "UPDATE operation SET rebooted = 1 WHERE vios = ? AND kind = 'altdisk' AND ended IS NULL AND {}"
    if store.db.execute(waiting.format("stuck_since IS NOT NULL"), (vios,)).rowcount:
        settle(store)
        return
    now = store.now()
    back = now + phases(store, vios)["boot"]
    late = float((store.fault("answers_late", vios) or {}).get("seconds", 0))
    store.db.execute("INSERT INTO outage VALUES (?, ?, ?)", (vios, now, back))
    store.db.execute("UPDATE vios SET answers_from = ?, rebooting = 1 WHERE name = ?", (back + late, vios))
    mstate(store, vios, assumed("mstate", "not_running"))


def flip(store: Store) -> None:
    """The fault ``mstate_flips``: since the last look somebody's pings or reboots have changed Mstate."""
    running, not_running = assumed("mstate", "running"), assumed("mstate", "not_running")
    for row in store.rows("SELECT name FROM vios"):
        if store.consume("mstate_flips", row["name"]) is not None:
            was = (store.get(row["name"]) or {}).get("Mstate")
            mstate(store, row["name"], not_running if was == running else running)


# The phases that a fault means by one name, whichever way the VIOS is installed.
_ALIKE = {**{phase: (phase,) for phase in courses.STUCK}, "install": ("install", "alt_install", "clone")}


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
        told = json.loads(row["words"]).get("fails")
        if told and now >= due_at and leaves == "alt_prepare":
            _fail(store, operation, vios, due_at, told)
            return
        if failing is not None and now >= due_at and leaves in _ALIKE.get(failing.get("phase", "install"), ()):
            store.consume("fails", vios)
            _fail(store, operation, vios, due_at, failing.get("err_info"))
            return
        if now < due_at:
            return
        _apply(store, operation, vios, due_at, effect, dict(changes))


def _is_stuck(store: Store, row: sqlite3.Row, vios: str, leaves: str, since: float) -> bool:
    held = [name for name in STUCK[leaves] if store.fault(name, vios) is not None]
    if leaves == "switch":
        itself = assumed("behaviour", "viosupgrade_reboots") and not held
        held = [] if itself or row["rebooted"] else ["tool_does_not_reboot"]
    if not held:
        return False
    if row["stuck_since"] is None:
        store.db.execute("UPDATE operation SET stuck_since = ? WHERE id = ?", (since, row["id"]))
    if "prompt" in held:
        store.change(vios, info=assumed("info", "prompt"))
    if leaves == "switch" and store.fault("quiet_nim", vios) is None:
        # What is on the other disk is ready; nobody has booted it.
        ready = {"Cstate": assumed("cstate", "ready"), "prev_state": assumed("cstate", "foreign"), "info": None}
        store.change(vios, **ready, Cstate_result="success")
    return True


def _apply(store: Store, operation: int, vios: str, at: float, effect: str, changes: dict[str, Any]) -> None:
    row = store.rows("SELECT * FROM operation WHERE id = ?", operation)[0]
    if effect == "begin":
        if assumed("behaviour", "clears_result_at_start") and store.fault("keeps_old_result", vios) is None:
            changes.update(Cstate_result=None, err_info=None)
        if store.fault("success_at_start", vios) is not None:
            changes.update(Cstate_result="success")
    elif effect:
        _EFFECTS[effect](store, row, vios, at)
    unknown = store.fault("unknown_cstate", vios)
    if unknown is not None and "Cstate" in changes and effect not in ("end", "clone_ends"):
        changes["Cstate"] = str(unknown.get("text", "being looked after by somebody"))
    if row["kind"] in ("altdisk", "clone") and store.fault("quiet_nim", vios) is not None:
        changes = {key: value for key, value in changes.items() if key == "Mstate"}
    store.change(vios, **changes)
    store.db.execute("UPDATE operation SET next = next + 1 WHERE id = ?", (operation,))


def _down(store: Store, row: sqlite3.Row, vios: str, at: float) -> None:
    down(store, vios, at)
    mstate(store, vios, assumed("mstate", "not_running"))


def _takes_disks(store: Store, row: sqlite3.Row, vios: str, at: float) -> None:
    disks.write(store, vios, _alternate_disks(row), at, True, vg=disks.ALT, level=None)


def _alternate_disks(row: sqlite3.Row) -> list[str]:
    words = json.loads(row["words"])
    return list(words.get("clone") or words.get("target") or ())


def _cloned(store: Store, row: sqlite3.Row, vios: str, at: float) -> None:
    level = store.rows("SELECT level FROM vios WHERE name = ?", vios)[0]["level"]
    disks.change(store, vios, _alternate_disks(row), level=level)


def _clone_ends(store: Store, row: sqlite3.Row, vios: str, at: float) -> None:
    _cloned(store, row, vios, at)
    store.db.execute("UPDATE operation SET ended = ?, outcome = 'success' WHERE id = ?", (at, row["id"]))
    words = json.loads(row["words"])
    if words["boot_list"] or store.fault("boot_list_changes", vios) is not None:
        disks.boot_from(store, vios, words["clone"])
    if words["boots"]:
        reboot(store, vios)


def _installed(store: Store, row: sqlite3.Row, vios: str, at: float) -> None:
    target = json.loads(row["words"])["target"]
    disks.change(store, vios, target, level=row["image_level"])
    disks.boot_from(store, vios, target)


def _booted_from_the_new_disk(store: Store, row: sqlite3.Row, vios: str, at: float) -> None:
    if store.fault("old_level", vios) is None and not disks.boot(store, vios):
        return
    if store.fault("answers_before_restore", vios) is not None:
        store.db.execute("UPDATE vios SET up = 1, answers_from = ?, restored = 0 WHERE name = ?", (at, vios))


def _booted(store: Store, vios: str) -> None:
    """What the VIOS boots from its boot list; without a system there it stays down.

    Back on the system of before, the last upgrade counts for nothing.
    """
    if store.fault("boots_old_disk", vios) is not None:
        return
    if not disks.boot(store, vios):
        down(store, vios, store.now())
        return
    last = "SELECT * FROM operation WHERE vios = ? AND image_level IS NOT NULL ORDER BY id DESC LIMIT 1"
    level = store.rows("SELECT level FROM vios WHERE name = ?", vios)[0]["level"]
    for row in store.rows(last, vios):
        if row["outcome"] in ("success", "rolled back"):
            outcome = "success" if level == row["image_level"] else "rolled back"
            store.db.execute("UPDATE operation SET outcome = ? WHERE id = ?", (outcome, row["id"]))
            if outcome == "rolled back":
                # The system of before has its mappings, whatever became of those of the new one.
                store.db.execute("UPDATE vios SET restored = 1 WHERE name = ?", (vios,))


def _end(store: Store, row: sqlite3.Row, vios: str, at: float) -> None:
    late = store.fault("answers_late", vios)
    if row["kind"] in ("migvios", "bosinst") and store.fault("old_level", vios) is None:
        words = json.loads(row["words"])
        target = words.get("target") or disks.of_group(store, vios, disks.ROOT)
        disks.installed_anew(store, vios, target, row["image_level"], at, words.get("named", True))
    store.db.execute(
        "UPDATE vios SET up = 1, answers_from = ?, restored = ? WHERE name = ?",
        (at + float((late or {}).get("seconds", 0)), store.fault("restore_incomplete", vios) is None, vios),
    )
    _up(store, vios, at)
    beside = store.fault("err_info_beside_success", vios)
    if beside is not None:
        store.change(vios, err_info=str(beside.get("text", message("err_info_of_several_lines"))))
    store.db.execute("UPDATE operation SET ended = ?, outcome = 'success' WHERE id = ?", (at, row["id"]))
    if assumed("behaviour", "releases_resources_on_success"):
        deallocate(store, vios, json.loads(row["resources"]))


_EFFECTS = {
    "down": _down,
    "takes_disks": _takes_disks,
    "cloned": _cloned,
    "clone_ends": _clone_ends,
    "installed": _installed,
    "booted": _booted_from_the_new_disk,
    "end": _end,
}


def _fail(store: Store, operation: int, vios: str, at: float, err_info: str | None) -> None:
    """An operation ends badly: the VIOS is up on the system that it has, resources stay allocated."""
    row = store.rows("SELECT * FROM operation WHERE id = ?", operation)[0]
    store.db.execute("UPDATE vios SET up = 1, answers_from = ? WHERE name = ?", (at, vios))
    _up(store, vios, at)
    store.db.execute("UPDATE operation SET ended = ?, outcome = 'failure' WHERE id = ?", (at, operation))
    attributes = store.get(vios) or {}
    told: dict[str, Any] = {"err_info": err_info or message("err_info"), "info": None}
    if row["kind"] in ("altdisk", "clone"):
        # The reason stands in info, which stays (a sample in IBM's code).
        told = {"info": err_info or message("alt_failed", disk=" ".join(_alternate_disks(row)))}
    store.change(
        vios,
        Cstate=assumed("cstate", "ready"),
        prev_state=attributes.get("Cstate"),
        Mstate=assumed("mstate", "running"),
        Cstate_result="failure",
        **told,
    )


def down(store: Store, vios: str, at: float) -> None:
    """A VIOS stops serving; who has no path left by that is kept for the audit."""
    for client, what in clients.cut_off(store, vios):
        store.db.execute("INSERT INTO cut_off VALUES (?, ?, ?, ?)", (vios, at, client, what))
    store.db.execute("UPDATE vios SET up = 0 WHERE name = ?", (vios,))
    store.db.execute("INSERT INTO outage VALUES (?, ?, NULL)", (vios, at))


def _up(store: Store, vios: str, at: float) -> None:
    store.db.execute("UPDATE outage SET until = ? WHERE vios = ? AND until IS NULL", (at, vios))
