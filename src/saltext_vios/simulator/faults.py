"""What can go wrong, by name. Faults are set at ``init`` or while the simulated NIM master is in use.

Most stand until they are cleared and are asked about when they matter; with ``times=N`` they happen N times. The
others change an object at once, and clearing them puts back what was there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from saltext_vios.simulator import disk_faults, operations
from saltext_vios.simulator.assumptions import assumed
from saltext_vios.simulator.store import Store

OF_CLONES = {
    "no_alt_disk_install": "nim -o alt_disk_install is refused for a VIOS",
    "no_alt_filesets": "bos.alt_disk_install cannot be installed: a clone fails, info says so",
    "clone_refused": "nim -o alt_disk_install fails, nothing begins",
    "clone_does_nothing": "nim -o alt_disk_install returns 0, nothing begins",
    "boot_list_changes": "a clone changes the boot list although it must not",
    "boot_list_stays": "bootlist says nothing, and the boot list stays as it was",
    "keeps_alt_rootvg": "alt_rootvg_op -X fails",
    "boots_old_disk": "a reboot boots the system that runs, whatever the boot list says",
}
OF_VIOSUPGRADE = {
    "old_master": "the NIM master is at an old AIX level (level=7200-03-07-2114)",
    "no_viosupgrade": "viosupgrade is not on the master: exit status 127",
    "asks_name": "viosupgrade asks which node a short host name means",
    "asks_mpio": "viosupgrade asks whether to continue without MPIO software",
    "perl_error": "viosupgrade ends in an error of Perl, nothing begins (rc=N)",
    "perl_warning": "viosupgrade prints a warning of Perl and continues",
    "validation_fails": "viosupgrade -v fails (text=TEXT)",
    "validation_silent": "viosupgrade -v prints nothing and returns 0, whatever is wrong",
    "returns_after_backup": "viosupgrade returns when the configuration is backed up, not at once",
    "returns_at_end": "viosupgrade returns when all is over, not at once",
    "quiet_nim": "NIM shows nothing of an upgrade onto the alternate disk",
    "tool_does_not_reboot": "the alternate disk is ready and the boot list set, somebody else has to reboot",
    "reboot_refused": "nim -o reboot fails, the VIOS is not rebooted",
    "reboot_does_nothing": "nim -o reboot returns 0, the VIOS is not rebooted",
    "answers_before_restore": "the VIOS answers from its new disk before its mappings are restored",
    "restore_partial": "NIM says success, the mappings of one client are missing",
    "status_hangs": "viosupgrade -q does not return (seconds=N, real ones; else until cleared)",
    "status_empty": "viosupgrade -q prints nothing",
    "status_line": "viosupgrade -q prints one line, as the form on the VIOS does",
    "status_late": "viosupgrade -q reports the end later (seconds=N)",
    "status_stale": "viosupgrade -q reports an earlier upgrade: ready, success",
    "status_wrong": "viosupgrade -q reports another result (result=failure)",
    "address_on_sea": "the VIOS has its own address on its Shared Ethernet Adapter",
    "single_path": "a disk has reserve_policy single_path and algorithm fail_over (disk=NAME; else all)",
}
OF_BACKUPS = {
    "backup_refused": "nim -o define with mk_image=yes fails at once, nothing is left",
    "backup_hangs": "nim -o define with mk_image=yes, or the backup of viosupgrade, does not return until cleared",
    "backup_no_space": "the file system is full in the middle: the command fails, half a file and no object are left",
    "backup_empty": "the command returns 0, the object is ready, its file is empty",
    "backup_without_file": "the command returns 0, the object is ready, there is no file",
    "backup_without_object": "the command returns 0, the file is there, there is no object",
    "backup_of_another": "the object says that it is of another VIOS (source_image=NAME)",
    "backup_not_ready": "the object of a new backup is not ready",
    "backup_fails_but_made": "the command fails, file and object are there all the same",
    "view_silent": "viosbr_action=view prints nothing and returns 0",
    "view_odd": "viosbr_action=view prints what nobody knows (text=TEXT)",
}
STANDING = {
    "keeps_old_result": "NIM does not clear Cstate_result and err_info when an operation begins",
    "success_at_start": "Cstate_result is success from the beginning of an operation on",
    "mstate_ready_for_use": "Mstate is 'ready for use' after an operation, not 'currently running'",
    "mstate_flips": "Mstate is another one at every look, as by pings or reboots; prev_state keeps the former one",
    "err_info_beside_success": "the operation ends with success and an err_info of several lines (text=TEXT)",
    "a_unpadded": "lsnim -a prints attributes without padding",
    "no_migvios": "lsnim -O and -q do not show migvios",
    "never_boots": "the client never boots: it stays in 'BOS installation has been enabled'",
    "boot_hangs": "the client is down and never comes to install",
    "prompt": "the install waits at the console, info says so",
    "install_hangs": "the install makes no progress",
    "restore_hangs": "the customization makes no progress",
    "fails": "the operation fails at the end of a phase (phase=install, err_info=TEXT)",
    "reset_by_someone": "someone resets the object (after=SECONDS of the operation)",
    "old_level": "NIM says success, the VIOS keeps its old level",
    "restore_incomplete": "NIM says success, the virtual mappings are missing",
    "path_missing": "the VIOS has no mapping for a client (client=NUMBER; else for none)",
    "lsmap_garbled": "lsmap prints lines that nobody can read (of=npiv, of=net; else all)",
    "npiv_logged_out": "the clients are not logged in through the VIOS",
    "client_off": "the clients are switched off: not logged in, and without a name",
    "logins_late": "the clients log in some time after the operation ended (seconds=N; else never; after=reboot)",
    "vnic_missing": "the VIOS backs no virtual NIC",
    "vnic_lost": "the VIOS backs no virtual NIC after the operation (after=reboot: after another reboot)",
    "vnic_unknown": "lsmap has no option -vnic, as at an old level",
    "sea_lost": "the Shared Ethernet Adapter is not there after the operation (after=reboot: after another reboot)",
    "adapter_lost": "an adapter of the VIOS is not there after the operation (after=reboot: after another reboot)",
    "mapping_lost": "NIM says success, the mappings of one client are missing (client=NUMBER, after=reboot)",
    "sea_limbo": "the Shared Ethernet Adapter of the VIOS is in LIMBO",
    "node_stays_down": "the SSP node stays DOWN",
    "unknown_cstate": "Cstate shows a text that nobody knows (text=TEXT)",
    "cstate_lags": "NIM shows the operation later (seconds=N)",
    "answers_late": "the VIOS answers only some time after NIM says success (seconds=N)",
    "c_rsh_refused": "c_rsh: connection refused",
    "c_rsh_hangs": "c_rsh does not return (seconds=N, real ones; else until cleared)",
    "lsnim_fails": "lsnim fails",
    "lsnim_hangs": "lsnim does not return (seconds=N, real ones; else until cleared)",
    "lsnim_half": "lsnim prints half a listing",
    "lsnim_warns": "lsnim prints a warning on stdout first",
    "lsnim_loses": "lsnim leaves a VIOS out of its listing",
    "nim_refuses": "the command that starts (nim -o migvios, viosupgrade) fails, nothing begins",
    "nim_does_nothing": "the command that starts returns 0, nothing begins",
    "nim_fails_but_begins": "the command that starts fails, the operation begins",
    "nim_hangs": "the command that starts does not return (seconds=N, real ones; begins=true: it begins first)",
    **OF_VIOSUPGRADE,
    **OF_CLONES,
    **OF_BACKUPS,
}

Changes = dict[str, Any]


def _stale(store: Store, name: str, words: Changes) -> Changes:
    return {"Cstate_result": "success", "prev_state": assumed("cstate", "customizing"), **words}


def _not_running(store: Store, name: str, words: Changes) -> Changes:
    return {"Mstate": assumed("mstate", "not_running"), "prev_state": (store.get(name) or {}).get("Mstate")}


def _four_words(store: Store, name: str, words: Changes) -> Changes:
    profile = str((store.get(name) or {}).get("mgmt_profile1", "hmc1 1 frame"))
    return {"mgmt_profile1": " ".join([*profile.split()[:3], f"{name}-profile"])}


def _host(short: bool) -> Callable[[Store, str, Changes], Changes]:
    def change(store: Store, name: str, words: Changes) -> Changes:
        parts = str((store.get(name) or {}).get("if1", f"master_net {name} 0")).split()
        parts[1] = parts[1].split(".")[0] + ("" if short else ".example.com")
        return {"if1": " ".join(parts)}

    return change


# Changes of attributes; None takes an attribute away.
AT_ONCE: dict[str, tuple[str, Callable[[Store, str, Changes], Changes]]] = {
    "stale_result": (
        "an earlier operation left its result (Cstate_result=success, prev_state, err_info, info)",
        _stale,
    ),
    "foreign_operation": (
        "somebody else's operation is under way on the object",
        lambda store, name, words: {"Cstate": assumed("cstate", "foreign"), **words},
    ),
    "control": (
        "the object is held by another operation",
        lambda store, name, words: {"control": words.get("by", "master")},
    ),
    "no_frame": ("mgmt_profile1 is missing", lambda store, name, words: {"mgmt_profile1": None}),
    "four_word_profile": ("mgmt_profile1 has a fourth word", _four_words),
    "short_host": ("if1 has a short host name", _host(short=True)),
    "full_host": ("if1 has a full host name", _host(short=False)),
    "missing_attribute": (
        "an attribute is missing (attribute=NAME)",
        lambda store, name, words: {str(words["attribute"]): None},
    ),
    "of_another_vios": (
        "a resource belongs to another VIOS (source_image=NAME)",
        lambda store, name, words: {"source_image": words.get("source_image", "another")},
    ),
    "resource_unavailable": (
        "Rstate of a resource is not ready",
        lambda store, name, words: {"Rstate": assumed("rstate", "unavailable")},
    ),
    "partner_down": ("a VIOS is down, and NIM knows it", _not_running),
    "mstate_old": ("NIM takes a VIOS for down that runs; nim -o check puts it right", _not_running),
    "left_allocated": ("a resource is left allocated to a VIOS (resource=NAME)", lambda store, name, words: {}),
}


def meanings() -> dict[str, str]:
    at_once = {**AT_ONCE, **disk_faults.FAULTS}
    return {**STANDING, **{name: meaning for name, (meaning, _) in at_once.items()}}


def set_fault(store: Store, name: str, target: str | None, words: Mapping[str, Any]) -> None:
    """Set one fault; ``times`` among its words limits how often it happens."""
    if name not in meanings():
        raise SystemExit(f"there is no fault {name!r}; see: python3 -m saltext_vios.simulator faults")
    if target is not None and store.get(target) is None:
        raise SystemExit(f"the simulated NIM master has no object {target!r}")
    words = dict(words)
    times = words.pop("times", None)
    with store.transaction():
        operations.settle(store)
        if name not in STANDING:
            if target is None:
                raise SystemExit(f"the fault {name!r} needs the name of an object")
            if name in AT_ONCE:
                words["was"] = _change_at_once(store, name, target, words)
            else:
                words["disk_was"] = disk_faults.change(store, name, target, words)
        store.db.execute(
            "INSERT INTO fault (name, target, words, times) VALUES (?, ?, ?, ?)",
            (name, target, json.dumps(words), times),
        )


def _change_at_once(store: Store, name: str, target: str, words: Changes) -> Changes:
    """Apply, and return what was there."""
    attributes = store.get(target) or {}
    changes = AT_ONCE[name][1](store, target, dict(words))
    store.change(target, **changes)
    if name == "partner_down":
        store.db.execute("UPDATE vios SET up = 0 WHERE name = ?", (target,))
    if name == "left_allocated":
        operations.allocate(store, target, [str(words["resource"])])
    return {attribute: attributes.get(attribute) for attribute in changes}


def clear(store: Store, name: str | None = None, target: str | None = None) -> None:
    """End faults: all, all of a name, all of a target, or one."""
    with store.transaction():
        operations.settle(store)
        for row in store.rows("SELECT * FROM fault ORDER BY id DESC"):
            words = json.loads(row["words"])
            if words.get("boot") or (name and row["name"] != name) or (target and row["target"] != target):
                continue
            store.db.execute("DELETE FROM fault WHERE id = ?", (row["id"],))
            if "was" in words and store.get(row["target"]) is not None:
                store.change(row["target"], **words["was"])
            if "disk_was" in words:
                disk_faults.put_back(store, row["target"], words["disk_was"])
            if row["name"] == "partner_down":
                store.db.execute("UPDATE vios SET up = 1 WHERE name = ?", (row["target"],))
            if row["name"] == "left_allocated":
                operations.deallocate(store, row["target"], [str(words["resource"])])
        # What was held back continues from now, not from the next look.
        operations.settle(store)
