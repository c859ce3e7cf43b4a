"""``oslevel``: the AIX level of the NIM master, which says what its ``viosupgrade`` knows."""

from __future__ import annotations

import sys

from saltext_vios.simulator.assumptions import assumed
from saltext_vios.simulator.store import Store


def run(store: Store, argv: list[str], note: dict[str, object]) -> int:
    level = of_master(store)
    if argv == ["-r"]:
        level = level[:7]
    elif argv != ["-s"]:
        level = f"{level[0]}.{level[1]}.0.0"
    sys.stdout.write(level + "\n")
    return 0


def of_master(store: Store) -> str:
    """As ``oslevel -s`` prints it: 7300-03-01-2520."""
    old = store.fault("old_master")
    if old is not None:
        return str(old.get("level", assumed("master", "old_level")))
    return store.setting("master_level") or assumed("master", "level")


def technology_level(level: str) -> tuple[int, int]:
    """Release and technology level, to be compared."""
    return int(level[:4]), int(level[5:7])
