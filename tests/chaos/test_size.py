"""Hundreds of tuples in one call: memory, threads, questions to NIM and the journal stay small."""

import os
import re
import time
from pathlib import Path

import pytest

from saltext_vios.driver.home import Home
from saltext_vios.simulator.api import Simulator
from tests.answerer import hasten
from tests.conftest import driver_pid, until

TUPLES = 500 if os.environ.get("CHAOS") == "all" else 25
INTERVAL = 2.0
MIB = 1024 * 1024


@pytest.fixture
def simulator(tmp_path):
    frames = {f"frame{n}": [f"vios{n}a", f"vios{n}b"] for n in range(TUPLES)}
    made = hasten(Simulator.create(tmp_path / "nim", {"frames": frames}, speed=3000))
    yield made
    made.close()


@pytest.fixture
def vios_config():
    return {"poll_interval": INTERVAL, "max_parallel": TUPLES}


def status_of(pid):
    """The fields of ``/proc/PID/status`` that are numbers; of the test, not of the package, which reads no /proc."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = (re.match(r"(\w+):\s+(\d+)", line) for line in lines)
    return {one[1]: int(one[2]) for one in found if one}


def listings(simulator):
    asked = [row["argv"] for row in simulator.store.rows("SELECT argv FROM call WHERE command = 'lsnim'")]
    # Beside them stands one question for backups before each start.
    return sum("-t" in argv and "ios_backup" not in argv for argv in asked)


@pytest.mark.thorough
@pytest.mark.timeout(3000)
def test_many_tuples_in_one_call(vios, simulator, options, state_dir, record_property):
    wanted = [[f"vios{n}a", f"vios{n}b"] for n in range(TUPLES)]
    begin = time.monotonic()
    vios.migrate(wanted, wait=False, **options)
    pid = driver_pid(state_dir)
    seen = {}

    def over():
        # The last look at a driver that ends may find nothing of it.
        if driver_pid(state_dir) is None:
            return True
        now = status_of(pid)
        seen.update({name: max(seen.get(name, 0), now.get(name, 0)) for name in ("VmHWM", "Threads")})
        return False

    until(over, seconds=2700, what="the end of all tuples")
    took = time.monotonic() - begin
    home = Home(state_dir)
    figures = {
        "tuples": TUPLES,
        "seconds": round(took),
        "memory of the driver in MiB": round(seen["VmHWM"] / 1024),
        "threads": seen["Threads"],
        "listings of lsnim": listings(simulator),
        "intervals": round(took / INTERVAL),
        "journal in MiB": round(home.journal.stat().st_size / MIB, 2),
    }
    print(figures)
    for name, value in figures.items():
        record_property(name, value)
    assert set(vios.status().values()) == {"SUCCESS-UPGR2"}
    assert simulator.audit()["violations"] == []
    assert seen["VmHWM"] / 1024 < 150
    assert seen["Threads"] <= 24
    # One for each interval, and those of the call and of this test's own questions.
    assert listings(simulator) <= took / INTERVAL + 4
    assert home.journal.stat().st_size < 20 * MIB
