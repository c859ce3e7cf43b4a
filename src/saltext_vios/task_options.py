"""The options of the tasks, described once: a task takes these, and some that a migration has too.

How they become a command line is known to the task's method, in ``saltext_vios.methods``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saltext_vios import options as table
from saltext_vios.errors import Refused
from saltext_vios.kinds import Kind
from saltext_vios.options import Option

# What every task takes as a migration does.
COMMON = ("time_limit", "wait", "poll_interval", "stall_timeout", "max_parallel")


def _option(name: str, kind: Kind, meaning: str, default: Any = None) -> Option:
    return Option(name, kind, meaning, default, ibm=False)


OWN: Mapping[str, tuple[Option, ...]] = {
    "clone": (
        _option(
            "disk",
            Kind.DISKS_EACH,
            "The disk that gets the copy of rootvg, such as hdisk1, or of each VIOS its own: "
            "{vios1: hdisk1, vios2: hdisk2}. What is on it is lost.",
        ),
        _option("max_age", Kind.DURATION, "A clone that is younger counts, such as 7d: nothing is made then."),
    ),
    "backup": (
        _option(
            "kind",
            Kind.BACKUP,
            "ios_backup: the configuration, minutes; ios_mksysb: the whole system, 30 to 90 minutes and gigabytes.",
            "ios_backup",
        ),
        _option("max_age", Kind.DURATION, "A proven backup that is younger counts, such as 7d: nothing is made then."),
        _option("backup_name", Kind.NAME, "The name of the resource, for one VIOS. Without it: VIOS, kind and time."),
        _option("flags", Kind.FLAGS, "Flags of backupios for an ios_mksysb, such as '-nomedialib -nosvg'."),
        _option(
            "keep",
            Kind.COUNT,
            "When the new one is proven, remove older ones with their files: those that this program named, beyond so "
            "many. Nothing is removed unless this is given.",
        ),
    ),
    "rollback": (
        _option("level", Kind.LEVEL, "The level that it had before; needed where the journal does not know it."),
        _option(
            "disk", Kind.DISKS_EACH, "The disk to boot from, where the VIOS has more than one system to go back to."
        ),
        _option("alone", Kind.YES_NO, "Roll back although NIM shows no other VIOS on its frame.", False),
        _option("may_lose_cluster", Kind.YES_NO, "Although its SSP cluster may not take it back.", False),
        table.BY_NAME["allow_unknown_frame"],
        table.BY_NAME["paths"],
        table.BY_NAME["paths_timeout"],
        table.BY_NAME["ignore_clients"],
    ),
    "cleanup": (
        _option("vg", Kind.WORD, "Remove only this one, altinst_rootvg or old_rootvg; else both."),
        _option("level", Kind.LEVEL, "The level it is to stay at; needed where the journal has no migration of it."),
    ),
}
# What a request for a task holds besides its options: when it was asked for, and where backups lie here.
MADE = ("stamp", "directory")
# The names that stand in the journal next to those of a migration.
NAMES = (
    *dict.fromkeys(option.name for own in OWN.values() for option in own if option.name not in table.BY_NAME),
    *MADE,
)


def of(task: str) -> dict[str, Option]:
    """Every option of a task."""
    return {**{name: table.BY_NAME[name] for name in COMMON}, **{option.name: option for option in OWN[task]}}


def checked(task: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Every option of a task with its value, and with those of a migration as if nobody had named them.

    :raises Refused: for a name that the task does not take, and for a value that cannot be.
    """
    known = of(task)
    unknown = [name for name in given if name not in known]
    if unknown:
        raise Refused(f"unknown option {unknown[0]!r} of vios.{task}; known are: {', '.join(known)}")
    own = {option.name: option.default for option in OWN[task]}
    values = {name: table.value(known[name], value) for name, value in given.items() if value is not None}
    return {**table.checked({}), **own, **values, "task": task}


def described(task: str) -> dict[str, dict[str, Any]]:
    """Every option of a task as a plain map, for people."""
    return {
        name: {"type": option.kind.value, "default": option.default, "meaning": option.meaning}
        for name, option in of(task).items()
    }
