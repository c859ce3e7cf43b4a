"""``nim -o alt_disk_install``: a clone of the running system on another disk.

IBM documents it for standalone machines; its Ansible modules use it on a VIOS, and users report that it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from saltext_vios.simulator import disks, operations
from saltext_vios.simulator.assumptions import assumed, message
from saltext_vios.simulator.failure import Failure, inside, missing
from saltext_vios.simulator.store import Store

METHOD = "m_alt_disk_install"
ATTRIBUTES = ("source", "disk", "set_bootlist", "boot_client", "image_data", "verbose", "debug", "phase", "force")


def run(store: Store, name: str, attributes: dict[str, str], force: bool, note: dict[str, object]) -> int:
    _accepted(store, name, attributes, force)
    with store.transaction():
        refuses = store.consume("clone_refused", name)
        does_nothing = store.consume("clone_does_nothing", name)
    if refuses is not None:
        raise inside(name, "unexpected", what="/usr/sbin/alt_disk_install", method=METHOD)
    if does_nothing is not None:
        return 0
    target = attributes["disk"].replace(",", " ").split()
    words = {
        "clone": target,
        "boot_list": attributes.get("set_bootlist", assumed("disk", "set_bootlist")) == "yes",
        "boots": attributes.get("boot_client") == "yes",
        "fails": _what_fails_it(store, name, target),
    }
    with store.transaction():
        lag = float((store.fault("cstate_lags", name) or {}).get("seconds", 0))
        note["began"] = operations.begin(store, name, [], None, lag=lag, kind="clone", words=words)
        note["accepted"] = True
        store.logged(int(str(note["call"])), None, **note)
    return 0


def _accepted(store: Store, name: str, attributes: Mapping[str, str], force: bool) -> None:
    vios = store.get(name)
    if vios is None:
        raise missing("nim", name)
    if store.fault("no_alt_disk_install", name) is not None:
        raise inside(name, "wrong_type", type=vios.get("type"), method=METHOD)
    for attribute in attributes:
        if attribute not in ATTRIBUTES:
            raise inside(attribute, "unknown_attribute", method=METHOD)
    for attribute in ("source", "disk"):
        if not attributes.get(attribute):
            raise inside(attribute, "missing_attribute", method=METHOD)
    if attributes["source"] != disks.ROOT:
        raise Failure(message("not_simulated", option=f"source={attributes['source']}"), 1)
    if vios.get("Cstate") != assumed("cstate", "ready") and not force:
        raise inside(name, "not_ready", cstate=vios.get("Cstate"), method=METHOD)
    row = store.rows("SELECT up, answers_from FROM vios WHERE name = ?", name)[0]
    if not row["up"] or row["answers_from"] > store.now():
        raise inside(name, "refused", method=METHOD)


def _what_fails_it(store: Store, name: str, target: list[str]) -> str | None:
    """What is found out on the VIOS, after NIM has accepted: shown in ``info``."""
    if store.fault("no_alt_filesets", name) is not None:
        return message("no_alt_filesets")
    if disks.of_group(store, name, disks.ALT):
        return message("alt_exists")
    for disk in target:
        one = disks.find(store, name, disk)
        if one is None:
            return message("alt_no_disk", disk=disk)
        if one.vg is not None:
            return message("alt_failed", disk=disk)
    return None
