"""Who clones a VIOS, or rolls one back, is killed at any of its steps; then it is asked for again.

CI takes a sample, see ``tests.sample``.
"""

import pytest

from tests.sample import step

EVERY = step(some=39, few=117)
STEPS = [f"first {n}" for n in range(1, 116)]
LAST = [
    f"driver {what} {when}"
    for what in ("record starting vios1", "launch", "record done vios1")
    for when in ("before", "after")
]
POINTS = [
    *(f"self|{point}" for point in LAST + STEPS),
    *(f"all|{point}" for point in LAST + STEPS[2::3]),
    *(f"driver|{point}" for point in STEPS[1::4]),
]


def again(arena, task, **options):
    """Asked for again after the kill; where nobody can know whether ``nim`` ran that is told, and nothing is done."""
    call = getattr(arena.vios, task)
    ret = call("vios1", stall_timeout=45, **options)
    if not ret["result"] and arena.may_not_have_become_nim():
        assert ret["status"]["vios1"].endswith(("-INIT", "-WAIT")), ret
        ret = call("vios1", stall_timeout=45, **options)
    assert ret["status"]["vios1"] in (f"SUCCESS-{task.upper()}", "SUCCESS-CURRENT"), [ret, *arena.struck, *arena.trace]


@pytest.mark.parametrize("point", POINTS[::EVERY])
def test_killed_at_a_step_of_a_clone(arena, simulator, point):
    arena.kill_at(point)
    arena.call("clone", "vios1", disk="hdisk1", max_age="1h", stall_timeout=45)
    assert not arena.waiting, f"this step was never taken: {arena.waiting}"
    again(arena, "clone", disk="hdisk1", max_age="1h")
    assert len(simulator.store.rows("SELECT id FROM operation WHERE kind = 'clone'")) == 1
    assert simulator.audit()["violations"] == []


@pytest.mark.parametrize("point", POINTS[::EVERY])
def test_killed_at_a_step_of_a_rollback(arena, simulator, point):
    simulator.fault("left_rootvg", "vios1", level="2.2.6.65")
    arena.kill_at(point)
    arena.call("rollback", "vios1", confirm=True, level="2.2.6.65", stall_timeout=45)
    assert not arena.waiting, f"this step was never taken: {arena.waiting}"
    again(arena, "rollback", confirm=True, level="2.2.6.65")
    assert len(simulator.store.rows("SELECT id FROM call WHERE note LIKE '%\"rebooted\"%'")) == 1
    assert simulator.level("vios1") == "2.2.6.65"
    assert simulator.audit()["violations"] == []
