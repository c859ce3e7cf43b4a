"""``nim``: the operations that the extension uses, and what surrounds them."""

from __future__ import annotations

import getopt
import json
import sys
from typing import Any

from saltext_vios.simulator import alt_disk, backups, operations
from saltext_vios.simulator.assumptions import assumed, message
from saltext_vios.simulator.failure import Failure, inside, missing
from saltext_vios.simulator.store import Store

# The attributes of migvios that IBM's code sends.
ATTRIBUTES = (
    "ios_mksysb", "ios_backup", "group", "spot", "lpp_source", "bosinst_data", "resolv_conf", "image_data", "log",
    "file_res", "disk", "cluster", "current_db", "cmd_flags", "viosbr_flags", "mk_image", "boot_client",
    "set_bootlist", "concurrent", "skipcluster", "debug",
)  # fmt: skip
RESOURCES = (
    "ios_mksysb",
    "ios_backup",
    "spot",
    "lpp_source",
    "bosinst_data",
    "resolv_conf",
    "image_data",
    "log",
    "file_res",
)


def run(store: Store, argv: list[str], note: dict[str, object]) -> int:
    try:
        options, names = getopt.gnu_getopt(argv, "Fo:a:t:v")
    except getopt.GetoptError as error:
        raise Failure(f"0042-001 nim: {error}", 1) from None
    flags = [flag for flag, _ in options]
    operation = dict(options).get("-o", "")
    attributes = dict(value.partition("=")[::2] for flag, value in options if flag == "-a")
    handlers = {
        "migvios": _migvios,
        "alt_disk_install": alt_disk.run,
        "reset": _reset,
        "deallocate": _deallocate,
        "allocate": _allocate,
        "showlog": _showlog,
        "define": _define,
        "remove": _remove,
        "check": _check,
        "change": _change,
        "updateios": _updateios,
        "viosbr": _viosbr,
        "reboot": _reboot,
        "maint_boot": _maint_boot,
    }
    if operation not in handlers or len(names) != 1:
        raise Failure(f"0042-001 nim: usage error near {operation or argv}", 1)
    note.update(operation=operation, name=names[0])
    if operation == "define":
        attributes["type"] = dict(options).get("-t", "")
    return handlers[operation](store, names[0], attributes, "-F" in flags, note)


def _migvios(store: Store, name: str, attributes: dict[str, str], force: bool, note: dict[str, object]) -> int:
    with store.transaction():
        refuses = store.consume("nim_refuses", name)
        does_nothing = store.consume("nim_does_nothing", name)
        fails = store.consume("nim_fails_but_begins", name)
        hangs_before = store.fault("nim_hangs", name)
    if hangs_before is not None and not hangs_before.get("begins"):
        _hang(store, name, hangs_before)
    if refuses is not None:
        raise inside(name, "unexpected", what=str(refuses.get("what", "m_migvios")))
    resources = _accepted(store, name, attributes, force)
    if does_nothing is not None:
        note["accepted"] = False
        return 0
    if attributes.get("mk_image") == "yes":
        _make_images(store, name, attributes)
    with store.transaction():
        lag = store.fault("cstate_lags", name)
        target = [word for word in attributes.get("disk", "").replace(",", " ").split() if word]
        note["began"] = operations.begin(
            store,
            name,
            resources,
            attributes.get("ios_mksysb"),
            lag=float((lag or {}).get("seconds", 0)),
            waits=attributes.get("boot_client") != "yes",
            words={"target": target, "named": True},
        )
        # With the operation itself: the command may be killed before it returns.
        note["accepted"] = True
        store.logged(int(str(note["call"])), None, **note)
    if hangs_before is not None and hangs_before.get("begins"):
        _hang(store, name, hangs_before)
    if fails is not None:
        raise inside(name, "unexpected", what="/usr/lpp/bos.sysmgt/nim/methods/c_script")
    sys.stdout.write(message("started", name=name) + "\n")
    return 0


def _hang(store: Store, name: str, words: dict[str, Any]) -> None:
    from saltext_vios.simulator.commands import hang

    hang(store, words.get("seconds"), lambda: store.fault("nim_hangs", name) is not None)


def _accepted(store: Store, name: str, attributes: dict[str, str], force: bool) -> list[str]:
    """The resources to be allocated, when nothing speaks against the operation."""
    vios = _get(store, name)
    if vios.get("type") != "vios":
        raise inside(name, "wrong_type", type=vios.get("type"))
    if "time_limit" in attributes or attributes.get("concurrent") == "no":
        raise inside(name, "time_limit")
    for attribute in attributes:
        if attribute not in ATTRIBUTES:
            raise inside(attribute, "unknown_attribute")
    if assumed("behaviour", "needs_ios_mksysb") and not attributes.get("ios_mksysb"):
        raise inside("ios_mksysb", "missing_attribute")
    busy = vios.get("Cstate") != assumed("cstate", "ready")
    if busy and not (force and assumed("behaviour", "force_starts_over_a_running_operation")):
        raise inside(name, "not_ready", cstate=vios.get("Cstate"))
    return [_resource(store, kind, attributes) for kind in RESOURCES if attributes.get(kind)]


def _resource(store: Store, kind: str, attributes: dict[str, str]) -> str:
    resource = attributes[kind]
    found = store.get(resource)
    if found is None:
        if attributes.get("mk_image") == "yes" and kind in ("ios_mksysb", "ios_backup"):
            return resource
        raise missing("nim", resource)
    if found.get("type") != kind:
        raise inside(resource, "wrong_type", type=found.get("type"))
    if found.get("Rstate") != assumed("rstate", "ready"):
        raise inside(resource, "resource_not_ready", rstate=found.get("Rstate"))
    return resource


def _make_images(store: Store, name: str, attributes: dict[str, str]) -> None:
    """mk_image=yes: the command itself takes long before anything shows."""
    from saltext_vios.simulator.commands import hang

    row = store.rows("SELECT phases FROM vios WHERE name = ?", name)[0]
    takes = json.loads(row["phases"]).get("mk_image", assumed("phases", "mk_image"))
    end = store.now() + takes
    hang(store, None, lambda: store.now() < end)
    with store.transaction():
        for kind in ("ios_mksysb", "ios_backup"):
            if attributes.get(kind) and store.get(attributes[kind]) is None:
                level = store.rows("SELECT level FROM vios WHERE name = ?", name)[0]["level"]
                location = backups.place(store, kind, attributes[kind])
                backups.write(location, name, kind, level)
                store.put(attributes[kind], backups.attributes_of(kind, attributes[kind], location, name, level))


def resource(kind: str, name: str) -> dict[str, str]:
    """A resource object with the attributes such a one has; a SPOT of AIX 7.3 has platforms, no architecture (seen)."""
    return {
        "class": "resources",
        "type": kind,
        **({"plat_defined": "chrp"} if kind == "spot" else {"arch": "power"}),
        "Rstate": assumed("rstate", "ready"),
        "prev_state": assumed("rstate", "unavailable"),
        "location": f"/export/nim/{kind}/{name}",
        "alloc_count": "0",
        "server": "master",
    }


def _get(store: Store, name: str) -> dict[str, Any]:
    found = store.get(name)
    if found is None:
        raise missing("nim", name)
    return found


def _reset(store: Store, name: str, attributes: dict[str, str], force: bool, note: dict[str, object]) -> int:
    found = _get(store, name)
    with store.transaction():
        if found.get("class") == "resources":
            store.change(name, Rstate=assumed("rstate", "ready"))
        else:
            operations.reset(store, name)
    return 0


def _deallocate(store: Store, name: str, attributes: dict[str, str], force: bool, note: dict[str, object]) -> int:
    _get(store, name)
    with store.transaction():
        operations.deallocate(store, name)
    return 0


def _allocate(store: Store, name: str, attributes: dict[str, str], force: bool, note: dict[str, object]) -> int:
    _get(store, name)
    for value in attributes.values():
        _get(store, value)
    with store.transaction():
        operations.allocate(store, name, list(attributes.values()))
    return 0


def _showlog(store: Store, name: str, attributes: dict[str, str], force: bool, note: dict[str, object]) -> int:
    _get(store, name)
    sys.stdout.write(
        f"BEGIN: the {attributes.get('log_type', 'niminst')} log of {name} (what a real one holds is unknown)\n"
    )
    for row in store.rows("SELECT kind, started, ended, outcome FROM operation WHERE vios = ? ORDER BY id", name):
        sys.stdout.write(f"{row['kind']}: begun at {row['started']:.0f} s, {row['outcome'] or 'under way'}\n")
    return 0


def _define(store: Store, name: str, attributes: dict[str, str], force: bool, note: dict[str, object]) -> int:
    kind = attributes.pop("type")
    if kind in backups.KINDS and attributes.get("mk_image") == "yes":
        return backups.make(store, kind, name, attributes, note)
    if store.get(name) is not None:
        raise Failure(message("exists", command="nim"))
    made = resource(kind, name)
    made["location"] = attributes.get("location", made["location"])
    source = attributes.get("source")
    if source:
        origin = _get(store, source)
        if kind == "spot":
            made["source"] = source
        else:
            made["source_image"] = source
            rows = store.rows("SELECT level FROM vios WHERE name = ?", source)
            if kind == "ios_mksysb" and rows:
                made["ioslevel"] = rows[0]["level"]
        with store.transaction():
            if kind == "spot" and origin.get("type") == "ios_mksysb":
                store.change(source, extracted_spot=name)
    with store.transaction():
        store.put(name, made)
    return 0


def _remove(store: Store, name: str, attributes: dict[str, str], force: bool, note: dict[str, object]) -> int:
    found = _get(store, name)
    taken = store.rows("SELECT 1 FROM allocation WHERE vios = ? OR resource = ?", name, name)
    if taken or int(found.get("alloc_count", 0) or 0):
        raise Failure("\n".join([message("outer"), message("allocated", name=name)]), 1)
    with store.transaction():
        store.remove(name)
    if attributes.get("rm_image") == "yes":
        backups.forget(found)
    return 0


def _check(store: Store, name: str, attributes: dict[str, str], force: bool, note: dict[str, object]) -> int:
    found = _get(store, name)
    with store.transaction():
        if found.get("class") != "resources":
            operations.ping(store, name)
        elif force:
            store.change(name, Rstate=assumed("rstate", "ready"))
    return 0


def _change(store: Store, name: str, attributes: dict[str, str], force: bool, note: dict[str, object]) -> int:
    _get(store, name)
    with store.transaction():
        store.change(name, **{key: value or None for key, value in attributes.items()})
    return 0


def _updateios(store: Store, name: str, attributes: dict[str, str], force: bool, note: dict[str, object]) -> int:
    if attributes.get("preview", "yes") != "no":
        sys.stdout.write("preview only\n")
        return 0
    raise inside(name, "unexpected", what="/usr/ios/cli/ioscli updateios")


def _viosbr(store: Store, name: str, attributes: dict[str, str], force: bool, note: dict[str, object]) -> int:
    backup = _get(store, attributes.get("ios_backup", ""))
    if attributes.get("viosbr_action") == "view":
        return backups.view(store, backup, name)
    sys.stdout.write(f"Details in backup of {backup.get('source_image', name)}\n")
    return 0


def _reboot(store: Store, name: str, attributes: dict[str, str], force: bool, note: dict[str, object]) -> int:
    _get(store, name)
    with store.transaction():
        refuses = store.consume("reboot_refused", name)
        does_nothing = store.consume("reboot_does_nothing", name)
    if refuses is not None:
        raise inside(name, "unexpected", what="/usr/sbin/reboot", method="m_reboot")
    if does_nothing is not None:
        return 0
    with store.transaction():
        operations.reboot(store, name)
    note["rebooted"] = name
    return 0


def _maint_boot(store: Store, name: str, attributes: dict[str, str], force: bool, note: dict[str, object]) -> int:
    found = _get(store, name)
    with store.transaction():
        store.change(name, Cstate=assumed("cstate", "maintenance"), prev_state=found.get("Cstate"))
    return 0
