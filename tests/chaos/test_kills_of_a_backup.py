"""Who carries a backup out is killed at any of its steps, as for a migration; then it is asked for again.

CI takes a sample, see ``tests.sample``.
"""

import os

import pytest

from tests.sample import step

EVERY = step(some=29, few=87)
# Steps that are reached however quickly NIM is; the ones at the end are named.
STEPS = [f"first {n}" for n in range(1, 116)]
LAST = [f"driver {what} {when}" for what in ("launch", "record done vios1") for when in ("before", "after")]
POINTS = [
    *(f"self|{point}" for point in STEPS + LAST),
    *(f"driver|{point}" for point in STEPS[1::4]),
    *(f"all|{point}" for point in STEPS[2::3] + LAST),
    *(f"follower|{point}" for point in STEPS[3::8]),
]


@pytest.fixture
def vios_config(tmp_path):
    (tmp_path / "backups" / "ios_backup").mkdir(parents=True)
    return {"backup_dir": str(tmp_path / "backups")}


@pytest.mark.parametrize("point", POINTS[::EVERY])
def test_killed_at_a_step_of_a_backup(arena, simulator, point):
    # The one that the scenario has is none to fall back on.
    os.unlink(simulator.get("vios1_iosb")["location"])
    arena.kill_at(point)
    arena.call("backup", "vios1", stall_timeout=45)
    assert not arena.waiting, f"this step was never taken: {arena.waiting}"
    ret = arena.vios.backup("vios1", max_age="1h", stall_timeout=45)
    if not ret["result"]:
        # Its launcher or its nim died with the backup: that is told, and the next call makes one.
        assert ret["status"]["vios1"].startswith("FAILURE-BACKUP"), ret
        ret = arena.vios.backup("vios1", max_age="1h", stall_timeout=45)
    assert ret["status"]["vios1"] in ("SUCCESS-BACKUP", "SUCCESS-CURRENT"), [ret, *arena.struck, *arena.trace]
    assert arena.vios.backups("vios1")["without"] == []
    assert simulator.audit()["violations"] == []
