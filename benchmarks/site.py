"""One simulated NIM master and the state directory of its driver."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from saltext_vios.driver import client, presence
from saltext_vios.driver import request as requests
from saltext_vios.driver.home import Home, prepare
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.settings import Settings
from saltext_vios.simulator.api import Simulator

SEED = 1
OPTIONS = {
    "mksysb_name": "vios_31431",
    "spot_name": "vios_31431_spot",
    "bosinst_data": "unattended",
    "boot_client": True,
    "set_boot_list": True,
}


@dataclass(frozen=True)
class Site:
    simulator: Simulator
    home: Home
    settings: Settings

    @property
    def config(self) -> dict[str, Any]:
        """The ``vios:`` part of its minion's configuration."""
        return asdict(self.settings)

    def ask(
        self, tuples: Sequence[Sequence[str]], at: float, given: Mapping[str, Any] = OPTIONS, **options: Any
    ) -> None:
        """Write a request into the journal, as ``vios.migrate`` does."""
        asked = requests.read([list(names) for names in tuples], {**given, **options}, {}, _utc(at), none_selected)
        with Journal(self.home) as journal:
            journal.ask(asked.tuples, asked.options, self.settings, "benchmark", at)


def pairs(number: int) -> list[tuple[str, str]]:
    return [(f"vios{n}a", f"vios{n}b") for n in range(number)]


def frames(tuples: Sequence[Sequence[str]], takes: Mapping[str, float]) -> dict[str, Any]:
    """A scenario in which every tuple has a frame of its own; ``takes``: seconds of the migration of each VIOS."""
    names = [name for one in tuples for name in one]
    return {
        "frames": {
            f"frame{n}": [{"name": name, "phases": _phases(takes[name])} for name in one]
            for n, one in enumerate(tuples)
        },
        # No more than the checks ask for: every listing of the simulator reads all objects.
        "resources": {
            "vios_31431": {"type": "ios_mksysb", "ioslevel": "3.1.4.31"},
            "vios_31431_spot": {"type": "spot"},
            "unattended": {"type": "bosinst_data"},
            **{f"{name}_iosb": {"type": "ios_backup", "source_image": name} for name in names},
        },
    }


def _phases(seconds: float) -> dict[str, float]:
    return {"accepted": 0.01 * seconds, "boot": 0.14 * seconds, "install": 0.6 * seconds, "customize": 0.25 * seconds}


def drawn(tuples: Sequence[Sequence[str]]) -> dict[str, float]:
    """Seconds that the migration of each VIOS takes, between one and four hours; the same in every run."""
    by_chance = random.Random(SEED)
    return {name: by_chance.uniform(3600, 4 * 3600) for names in tuples for name in names}


@contextlib.contextmanager
def site(root: Path, scenario: Mapping[str, Any], speed: float = 1, **settings: Any) -> Iterator[Site]:
    """A new one; its driver is ended with it."""
    simulator = Simulator.create(root / "nim", scenario, speed=speed)
    home = prepare(str(root / "state"))
    words = {"nim_bin_dir": str(simulator.bin), "c_rsh": str(simulator.bin / "c_rsh"), **settings}
    try:
        yield Site(simulator, home, Settings(str(home.path), **words))
    finally:
        end_driver(home)
        simulator.close()


def start_driver(home: Home, minion_config: str | None = None) -> int:
    """A real driver for what the journal holds; its pid."""
    client.start_driver(home, client.Caller("benchmark", minion_config))
    return until(lambda: getattr(presence.running(home), "pid", 0), "a driver")


def end_driver(home: Home) -> None:
    while (driver := presence.running(home)) is not None:
        with contextlib.suppress(ProcessLookupError):
            if driver.pid:
                os.kill(driver.pid, signal.SIGKILL)
        time.sleep(0.05)


def until(condition: Callable[[], Any], what: str, seconds: float = 120) -> Any:
    """What a condition says once it is true."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.05)
    return found


def listings(nim_master: Site) -> list[float]:
    """When lsnim was started to list every VIOS, in seconds since the epoch."""
    rows = nim_master.simulator.store.rows("SELECT real, argv FROM call WHERE command = 'lsnim' ORDER BY id")
    return [row["real"] for row in rows if "-t" in json.loads(row["argv"])]


def _utc(at: float) -> datetime:
    return datetime.fromtimestamp(at, timezone.utc)


def none_selected(options: Mapping[str, Any]) -> Any:
    raise NotImplementedError("benchmarks name their tuples")
