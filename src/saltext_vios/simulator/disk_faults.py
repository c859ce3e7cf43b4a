"""What can be wrong with a disk of a VIOS: with ``hdisk1`` unless ``disk`` names another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from saltext_vios.simulator import disks
from saltext_vios.simulator.store import Store

Changes = dict[str, Any]


def _left(store: Store, vios: str, words: Mapping[str, Any]) -> Changes:
    return {"vg": words.get("vg", disks.OLD), "level": words.get("level", "2.2.6.65")}


def _of_the_partner(store: Store, vios: str, words: Mapping[str, Any]) -> Changes:
    """The partner's system disk, which this VIOS sees under a name of its own."""
    frame = _frame(store, vios)
    others = [row["name"] for row in store.rows("SELECT name FROM vios WHERE name != ?", vios)]
    partner = next((name for name in others if _frame(store, name) == frame), None)
    found = disks.of_group(store, partner, disks.ROOT) if partner else []
    one = disks.find(store, partner, found[0]) if partner and found else None
    if one is None:
        raise SystemExit(f"{vios} has no partner whose rootvg could be seen")
    return {"pvid": one.pvid, "identifier": one.identifier}


def _frame(store: Store, vios: str) -> str:
    return " ".join(str((store.get(vios) or {}).get("mgmt_profile1", "")).split()[2:3])


FAULTS: dict[str, tuple[str, Callable[[Store, str, Mapping[str, Any]], Changes]]] = {
    "left_rootvg": ("an earlier upgrade left a volume group behind (vg=old_rootvg, disk=NAME)", _left),
    "disk_of_partner": ("a disk that looks free holds the partner's rootvg (disk=NAME)", _of_the_partner),
    "disk_small": (
        "a disk is too small (size=MEGABYTES, disk=NAME)",
        lambda store, vios, words: {"size": words.get("size", 20480)},
    ),
    "disk_in_group": (
        "a disk belongs to a volume group (vg=datavg, disk=NAME)",
        lambda store, vios, words: {"vg": words.get("vg", "datavg")},
    ),
    "rootvg_mirrored": (
        "a disk mirrors rootvg: none is free (disk=NAME)",
        lambda store, vios, words: {"vg": disks.ROOT},
    ),
}


def change(store: Store, name: str, vios: str, words: Mapping[str, Any]) -> Changes:
    """Apply, and return what was there."""
    disk = str(words.get("disk", "hdisk1"))
    one = disks.find(store, vios, disk)
    if one is None:
        raise SystemExit(f"{vios} has no disk {disk!r}")
    changes = FAULTS[name][1](store, vios, words)
    disks.change(store, vios, [disk], **changes)
    return {"name": disk, **{column: getattr(one, column) for column in changes}}


def put_back(store: Store, vios: str, was: Mapping[str, Any]) -> None:
    disks.change(store, vios, [was["name"]], **{key: value for key, value in was.items() if key != "name"})
