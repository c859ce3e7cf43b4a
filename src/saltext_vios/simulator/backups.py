"""Backups of a VIOS on the NIM master: ``nim -o define`` with ``mk_image=yes``, and the view by viosbr.

The command makes the file while it runs, and the object at its end; one that is killed leaves half a file.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

from saltext_vios.simulator import clients
from saltext_vios.simulator.assumptions import assumed, message
from saltext_vios.simulator.failure import Failure, inside, missing
from saltext_vios.simulator.store import Store

KINDS = ("ios_backup", "ios_mksysb")
ATTRIBUTES = ("mk_image", "server", "source", "location", "backupios_flags", "size_preview", "verbose")
_METHOD = {"ios_backup": "m_mkios_backup", "ios_mksysb": "m_mkios_mksysb"}


def place(store: Store, kind: str, name: str) -> str:
    """Where the simulated NIM master itself puts a backup."""
    return os.path.join(store.directory, "export", "nim", kind, name)


def make(store: Store, kind: str, name: str, attributes: Mapping[str, str], note: dict[str, object]) -> int:
    """``nim -o define -t KIND -a mk_image=yes``."""
    from saltext_vios.simulator.commands import hang

    note.update(operation="backup", vios=attributes.get("source"), kind=kind)
    running = "SELECT * FROM backup WHERE name = ? AND ended IS NULL ORDER BY id DESC"
    row = next((one for one in store.rows(running, name) if one["pid"] == os.getpid()), None)
    if row is None:
        row = _begin(store, kind, name, attributes)
    note["accepted"] = True
    if still_runs(store, row["vios"]):
        hang(store, None, lambda: still_runs(store, row["vios"]))
    with store.transaction():
        failure = _end(store, row)
    if failure is not None:
        raise failure
    return 0


def _begin(store: Store, kind: str, name: str, attributes: Mapping[str, str]) -> Any:
    method = _METHOD[kind]
    if store.get(name) is not None:
        raise Failure(message("exists", command="nim"))
    for attribute in attributes:
        if attribute not in ATTRIBUTES:
            raise inside(attribute, "unknown_attribute", method=method)
    for attribute in ("server", "source", "location"):
        if not attributes.get(attribute):
            raise inside(attribute, "missing_attribute", method=method)
    source, location = attributes["source"], attributes["location"]
    vios = store.get(source)
    if vios is None:
        raise missing("nim", source)
    if vios.get("type") != "vios":
        raise inside(source, "wrong_type", type=vios.get("type"), method=method)
    with store.transaction():
        refused = store.consume("c_rsh_refused", source) or not _answers(store, source)
        fails = store.consume("backup_refused", source)
    if refused:
        raise inside(source, "refused", method=method)
    if fails is not None:
        raise inside(source, "unexpected", what=_tool(kind), method=method)
    if not os.path.isdir(os.path.dirname(location)):
        raise inside(source, "no_file", path=os.path.dirname(location), method=method)
    takes = json.loads(store.rows("SELECT phases FROM vios WHERE name = ?", source)[0]["phases"])
    now = store.now()
    _close(store, source, now)
    # At the beginning, so that a command that is killed leaves what it had.
    write(location, source, kind, "", half=True)
    with store.transaction():
        cursor = store.db.execute(
            "INSERT INTO backup (vios, kind, name, location, started, ends, pid) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (source, kind, name, location, now, now + takes.get(kind, assumed("phases", kind)), os.getpid()),
        )
    return store.rows("SELECT * FROM backup WHERE id = ?", cursor.lastrowid)[0]


def _close(store: Store, vios: str, now: float) -> None:
    """A command that was killed makes nothing any more."""
    for row in store.rows("SELECT id, pid FROM backup WHERE vios = ? AND ended IS NULL", vios):
        try:
            os.kill(row["pid"], 0)
        except ProcessLookupError:
            with store.transaction():
                store.db.execute("UPDATE backup SET ended = ? WHERE id = ?", (now, row["id"]))
        except PermissionError:
            pass


def _end(store: Store, row: Any) -> Failure | None:
    """What is there when the command returns, and what it fails with."""
    kind, name, vios, location = row["kind"], row["name"], row["vios"], row["location"]

    def fault(which: str) -> dict[str, Any] | None:
        return store.consume(which, vios)

    store.db.execute("UPDATE backup SET ended = ? WHERE id = ?", (store.now(), row["id"]))
    if fault("backup_no_space") is not None:
        return inside(vios, "no_space", path=location, method=_METHOD[kind])
    if not _answers(store, vios):
        return inside(vios, "refused", method=_METHOD[kind])
    level = store.rows("SELECT level FROM vios WHERE name = ?", vios)[0]["level"]
    another = fault("backup_of_another")
    whose = str(another.get("source_image", "another")) if another is not None else vios
    write(location, whose, kind, level)
    if fault("backup_empty") is not None:
        with open(location, "w"):
            pass
    if fault("backup_without_file") is not None:
        os.unlink(location)
    if fault("backup_without_object") is None:
        made = attributes_of(kind, name, location, whose, level)
        if fault("backup_not_ready") is not None:
            made["Rstate"] = assumed("rstate", "unavailable")
        store.put(name, made)
    if fault("backup_fails_but_made") is not None:
        return inside(vios, "unexpected", what=_tool(kind), method=_METHOD[kind])
    return None


def attributes_of(kind: str, name: str, location: str, vios: str, level: str) -> dict[str, str]:
    """The object of a backup; of an ios_backup only source_image is published (code)."""
    from saltext_vios.simulator.nim import resource

    made = {
        **resource(kind, name),
        "location": location,
        "creation_date": time.ctime(time.time()),
        "source_image": vios,
    }
    return {**made, "ioslevel": level} if kind == "ios_mksysb" else made


def filed(store: Store, name: str, attributes: Mapping[str, Any], level: str) -> dict[str, Any]:
    """The attributes of a backup that has its file here, as old as they say."""
    kind = str(attributes["type"])
    location = place(store, kind, name)
    write(location, str(attributes["source_image"]), kind, level)
    with contextlib.suppress(KeyError, TypeError, ValueError, OverflowError):
        made = time.mktime(time.strptime(attributes["creation_date"]))
        os.utime(location, (made, made))
    return {**attributes, "location": location}


def write(location: str, vios: str, kind: str, level: str, half: bool = False) -> None:
    """A file that says whose it is; its time is that of whoever asks for it."""
    os.makedirs(os.path.dirname(location), exist_ok=True)
    text = f"{kind} of {vios} {level}\n" * 20
    with open(location, "w") as file:
        file.write(text[: len(text) // 2] if half else text)
    now = time.time()
    os.utime(location, (now, now))


def still_runs(store: Store, vios: str) -> bool:
    """Whether a command that makes a backup of a VIOS has not come to its end."""
    row = store.rows("SELECT MAX(ends) AS ends FROM backup WHERE vios = ? AND ended IS NULL", vios)[0]
    return row["ends"] is not None and (row["ends"] > store.now() or store.fault("backup_hangs", vios) is not None)


def view(store: Store, backup: Mapping[str, Any], vios: str) -> int:
    """``viosbr_action=view``: what it prints is not published."""
    with store.transaction():
        silent, odd = store.consume("view_silent", vios), store.consume("view_odd", vios)
    location = str(backup.get("location", ""))
    if not _answers(store, vios) or store.fault("c_rsh_refused", vios) is not None:
        raise inside(vios, "refused", method="m_viosbr")
    if backup.get("type") != "ios_backup":
        raise inside(vios, "wrong_type", type=backup.get("type"), method="m_viosbr")
    content = ""
    with contextlib.suppress(OSError), open(location) as file:
        content = file.read()
    if content.count("\n") < 20:
        raise inside(vios, "unexpected", what=_tool("ios_backup"), method="m_viosbr")
    if silent is not None:
        return 0
    if odd is not None:
        sys.stdout.write(str(odd.get("text", "Nobody knows this.")) + "\n")
        return 0
    mapped = clients.lsmap(store, vios, ["-all", "-fmt", ":"])
    adapters = [line.split(":")[0] for line in mapped.splitlines() if ":" in line]
    heading = message("view_heading", name=content.split()[2])
    lines = [heading, *(f"  {name}" for name in (*adapters, "hdisk0", "ent0"))]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def forget(attributes: Mapping[str, Any]) -> None:
    """``rm_image=yes``: the file goes with its object."""
    with contextlib.suppress(OSError):
        os.unlink(str(attributes.get("location", "")))


def _answers(store: Store, vios: str) -> bool:
    row = store.rows("SELECT up, answers_from FROM vios WHERE name = ?", vios)[0]
    return bool(row["up"]) and row["answers_from"] <= store.now()


def _tool(kind: str) -> str:
    return "/usr/ios/cli/ioscli viosbr" if kind == "ios_backup" else "/usr/ios/cli/ioscli backupios"
