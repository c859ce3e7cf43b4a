"""The simulated NIM master from Python, for tests: like the commands, on the same database."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from saltext_vios.simulator import audit, backups, commands, disks, faults, operations, scenario, viosupgrade
from saltext_vios.simulator.store import Store


class Simulator:
    """One simulated NIM master in a directory."""

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self.directory = Path(directory)
        self.bin = self.directory / "bin"
        self.store = Store(directory)

    @classmethod
    def create(
        cls, directory: str | os.PathLike[str], wanted: Mapping[str, Any] | None = None, speed: float = 1
    ) -> Simulator:
        """Make one, with a scenario (see ``saltext_vios.simulator.scenario``) and its commands."""
        wanted = wanted or scenario.DEFAULT
        store = Store.create(directory, float(wanted.get("speed", speed)))
        scenario.fill(store, wanted)
        store.close()
        made = cls(directory)
        made.bin.mkdir()
        for name in commands.NAMES:
            path = made.bin / name
            words = [sys.executable, "-I", "-S", commands.__file__, str(Path(directory).resolve()), name]
            path.write_text("#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in words) + ' "$@"\n')
            path.chmod(0o755)
        return made

    def close(self) -> None:
        self.store.close()

    def fault(self, name: str, target: str | None = None, **words: Any) -> None:
        faults.set_fault(self.store, name, target, words)

    def clear(self, name: str | None = None, target: str | None = None) -> None:
        faults.clear(self.store, name, target)

    def boot(self, vios: str) -> None:
        """Boot a VIOS from the network by hand."""
        with self.store.transaction():
            operations.boot(self.store, vios)

    def set(self, name: str, level: str | None = None, **attributes: Any) -> None:
        """Change attributes of an object (None takes one away), or the level of a VIOS."""
        with self.store.transaction():
            operations.settle(self.store)
            if level is not None:
                disks.runs(self.store, name, level)
            self.store.change(name, **attributes)

    def cluster(self, name: str, *vioses: str) -> None:
        """Make VIOSes the nodes of an SSP cluster."""
        with self.store.transaction():
            for vios in vioses:
                self.store.db.execute("INSERT INTO cluster VALUES (?, ?)", (name, vios))

    def get(self, name: str) -> dict[str, Any]:
        with self.store.transaction():
            operations.settle(self.store)
            return self.store.get(name) or {}

    def level(self, vios: str) -> str:
        with self.store.transaction():
            operations.settle(self.store)
        return str(self.store.rows("SELECT level FROM vios WHERE name = ?", vios)[0]["level"])

    def hangs(self, vios: str) -> bool:
        """Whether the command that started, or would start, an operation on a VIOS does not return for now."""
        with self.store.transaction():
            operations.settle(self.store)
        if backups.still_runs(self.store, vios):
            return True
        return self.store.fault("nim_hangs", vios) is not None or viosupgrade.still_runs(self.store, vios)

    def disks(self, vios: str) -> dict[str, str]:
        """Disk -> volume group, of those that have one."""
        with self.store.transaction():
            operations.settle(self.store)
        return {one.name: one.vg for one in disks.own(self.store, vios) if one.vg}

    def master(self, level: str) -> None:
        """The AIX level of the NIM master, as ``oslevel -s`` prints it."""
        self.store.set("master_level", level)

    def audit(self, time_limit: float | None = None, overlap: bool = False, paths: bool = False) -> dict[str, Any]:
        return audit.audit(self.store, time_limit, overlap, paths)

    def starts(self, vios: str | None = None) -> list[dict[str, Any]]:
        """Every start that was issued, with either tool, accepted or not."""
        return [one for one in self.audit()["starts"] if vios in (None, one["vios"])]

    def calls(self, command: str | None = None) -> int:
        found = self.audit()["calls"]
        return found.get(command, 0) if command else sum(found.values())

    def now(self) -> float:
        return self.store.now()

    def advance(self, seconds: float) -> None:
        self.store.speed(advance=seconds)

    def speed(self, factor: float) -> None:
        self.store.speed(factor)
