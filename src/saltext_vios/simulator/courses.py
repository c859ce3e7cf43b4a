"""What each kind of operation does on a VIOS, and what NIM shows of it: a list of steps, each at its time.

A step is ``[seconds after the start, phase that it leaves, what it does, attributes of the VIOS]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saltext_vios.simulator.assumptions import assumed, table

Step = list[Any]

PHASES = ("accepted", "boot", "install", "customize")
# The phases of viosupgrade besides them; the reboot and the restore of `altdisk` are `boot` and `customize`.
OF_VIOSUPGRADE = ("backup", "clone", "alt_prepare", "alt_install")
# The fault that keeps an operation from leaving a phase.
STUCK = {
    "accepted": ("never_boots",),
    "boot": ("boot_hangs",),
    "install": ("prompt", "install_hangs"),
    "customize": ("restore_hangs",),
    "backup": ("backup_hangs",),
    "clone": ("install_hangs",),
    "alt_prepare": (),
    "alt_install": ("install_hangs",),
    "switch": ("tool_does_not_reboot",),
}


def of(kind: str, phases: Mapping[str, float], words: Mapping[str, Any], mstate_after: str) -> list[Step]:
    if kind == "bosinst":
        return _bosinst(phases, words, mstate_after)
    if kind == "altdisk":
        return _altdisk(phases, mstate_after)
    if kind == "clone":
        return _clone(phases)
    return _network_install(phases, mstate_after)


def _network_install(phases: Mapping[str, float], mstate_after: str, start: float = 0) -> list[Step]:
    boot = start + phases["accepted"]
    install = boot + phases["boot"]
    customize = install + phases["install"]
    end = customize + phases["customize"]
    booting = assumed("mstate", "booting")
    enabled, installing = assumed("cstate", "enabled"), assumed("cstate", "installing")
    found: list[Step] = [[start, None, "begin", {"Cstate": enabled, "prev_state": assumed("cstate", "ready")}]]
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


def _bosinst(phases: Mapping[str, float], words: Mapping[str, Any], mstate_after: str) -> list[Step]:
    """The configuration is backed up, the system cloned where that is wanted, and then it is a network install."""
    begin = phases["backup"]
    found: list[Step] = []
    if words.get("clone"):
        ready = {"Cstate": assumed("cstate", "ready"), "prev_state": assumed("cstate", "foreign"), "info": None}
        found += _alternate(begin, "clone", phases["clone"])
        found.append([begin + phases["clone"], "clone", "cloned", ready])
        begin += phases["clone"]
    steps = _network_install(phases, mstate_after, begin)
    if not found:
        steps[0][1] = "backup"
    return found + steps


def _altdisk(phases: Mapping[str, float], mstate_after: str) -> list[Step]:
    """The image goes onto the other disk while the VIOS serves; its outage is from the reboot to the end."""
    prepared = phases["backup"] + phases["alt_prepare"]
    switch = prepared + phases["alt_install"]
    booted = switch + phases["boot"]
    end = booted + phases["customize"]
    ready, customizing = assumed("cstate", "ready"), assumed("cstate", "customizing")
    preparing = {"Cstate": assumed("cstate", "preparing_alt"), "prev_state": ready}
    found: list[Step] = [[phases["backup"], "backup", "begin", preparing]]
    found += _alternate(prepared, "alt_prepare", phases["alt_install"])
    found.append([switch, "alt_install", "installed", {}])
    found.append([switch, "switch", "down", {}])
    restore = {"Cstate": customizing, "prev_state": assumed("cstate", "foreign"), "info": assumed("info", "customize")}
    found.append([booted, "boot", "booted", {**restore, "Mstate": assumed("mstate", "booting")}])
    done = {"Cstate": ready, "prev_state": customizing, "info": None, "Cstate_result": "success"}
    found.append([end, "customize", "end", {**done, "Mstate": mstate_after}])
    return found


def _clone(phases: Mapping[str, float]) -> list[Step]:
    """``nim -o alt_disk_install``: the VIOS serves all the time."""
    prepared = phases["alt_prepare"]
    ready, foreign = assumed("cstate", "ready"), assumed("cstate", "foreign")
    found: list[Step] = [[0, None, "begin", {"Cstate": assumed("cstate", "preparing_alt"), "prev_state": ready}]]
    found += _alternate(prepared, "alt_prepare", phases["clone"])
    done = {"Cstate": ready, "prev_state": foreign, "info": None, "Cstate_result": "success"}
    found.append([prepared + phases["clone"], "clone", "clone_ends", done])
    return found


def _alternate(start: float, leaves: str, takes: float) -> list[Step]:
    """An alternate root volume group is made; its messages come quickly but for the copy itself."""
    begin = "begin" if leaves == "clone" else ""
    state = {"Cstate": assumed("cstate", "foreign"), "prev_state": assumed("cstate", "preparing_alt")}
    found: list[Step] = [[start, "backup" if begin else leaves, begin, state], [start, None, "takes_disks", {}]]
    texts = [text for text, _ in table()["info_of_alternate_disk"].values()]
    for place, text in enumerate(texts):
        found.append([start + takes * 0.2 * place / len(texts), None, "", {"info": text}])
    return found
