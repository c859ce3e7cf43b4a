"""The driver, the launcher of ``nim``, the follower, or all of them are killed at every step of a pair's migration.

Then the call is made again. CI takes a sample; ``nox -s chaos`` takes them all. What is asked of NIM and of VIOSes is
answered without a process, but for those killed at random steps.
"""

import random

import pytest

from saltext_vios.driver.commands import inspect
from saltext_vios.driver.journal import Journal
from saltext_vios.migration.facts import CommandState
from tests.conftest import until
from tests.functional.ways import Way
from tests.sample import step

PAIR = "vios1-vios2"
EVERY = step(some=25, few=75)
# Steps of each part that are reached however quickly NIM is; the ones at the end are named.
STEPS = [*(f"first {n}" for n in range(1, 135)), *(f"second {n}" for n in range(1, 139))]
LAST = [
    f"driver record {what} {vios} {when}"
    for what in ("phase verifying", "migrated")
    for vios in ("vios1", "vios2")
    for when in ("before", "after")
]
POINTS = [
    *(f"self|{point}" for point in STEPS + LAST),
    *(f"driver|{point}" for point in STEPS[1::4]),
    *(f"all|{point}" for point in STEPS[2::3] + LAST),
    *(f"follower|{point}" for point in STEPS[3::8]),
]
DOUBLES = 45


@pytest.mark.parametrize("point", POINTS[::EVERY])
def test_killed_at_a_step(arena, simulator, options, point):
    survives(arena, simulator, options, point)


@pytest.mark.processes
@pytest.mark.parametrize("seed", range(0, DOUBLES, EVERY))
def test_killed_at_two_random_steps(arena, simulator, options, seed):
    chance = random.Random(seed)
    points = chance.sample(STEPS, 2)
    survives(arena, simulator, options, *(f"{chance.choice(['self', 'driver', 'all'])}|{point}" for point in points))


UPGRADES = {
    "altdisk": {"disk": "hdisk1"},
    "bosinst": {"spot_name": "vios_31431_spot", "clone_disk": "hdisk1"},
}
UPGRADE_POINTS = [
    *(f"self|{point}" for point in STEPS[::4]),
    # viosupgrade shows no phase at its end.
    *(f"self|{point.replace('phase verifying', 'verifying')}" for point in LAST),
    *(f"driver|{point}" for point in STEPS[1::16]),
    *(f"all|{point}" for point in STEPS[2::12]),
]


@pytest.mark.parametrize("kind", UPGRADES)
@pytest.mark.parametrize("point", UPGRADE_POINTS[::EVERY])
def test_killed_at_a_step_of_viosupgrade(arena, simulator, kind, point):
    options = {"method": "viosupgrade", "type": kind, "mksysb_name": "vios_31431", **UPGRADES[kind]}
    survives(arena, simulator, options, point)


# The driver reboots each VIOS itself; between the intent to and the command are the launcher's steps.
REBOOTS = [
    f"{whom}|driver record {what} {vios} {when}"
    for what in ("installed", "rebooting", "verifying")
    for vios in ("vios1", "vios2")
    for when in ("before", "after")
    for whom in ("self", "all")
]


@pytest.mark.parametrize("point", REBOOTS[::EVERY])
def test_killed_around_a_reboot_by_the_driver(arena, simulator, point):
    options = {"method": "viosupgrade", "type": "altdisk", "mksysb_name": "vios_31431", "disk": "hdisk1"}
    simulator.fault("tool_does_not_reboot")
    survives(arena, simulator, {**options, "reboot": "driver"}, point)
    rows = simulator.store.rows("SELECT argv FROM call WHERE command = 'nim' AND note LIKE '%rebooted%' ORDER BY id")
    assert [vios for row in rows for vios in ("vios1", "vios2") if vios in row["argv"]] == ["vios1", "vios2"]


# Two ways to one NIM master, each asked for one VIOS of the frame: the steps of both are counted as they come.
RIVALS = [
    *(f"self|{point}" for point in STEPS[:134:2]),
    *(f"driver|{point}" for point in STEPS[1:134:4]),
    *(f"all|{point}" for point in STEPS[2:134:3]),
]


@pytest.mark.parametrize("point", RIVALS[::EVERY])
def test_killed_while_two_state_directories_want_one_frame(arena, rival, simulator, options, point):
    options = {**options, "stall_timeout": 45, "level": "3.1.4.31"}
    # What one starts the other does not see in NIM for a while.
    simulator.fault("cstate_lags", seconds=3000)
    arena.kill_at(point)
    for _ in range(4):
        if arena.waiting:
            other = rival.begin("migrate", "vios2", **options)
            arena.migrate(options, "vios1")
            other()
    assert not arena.waiting, f"these steps were never taken: {arena.waiting}"
    own = Way({**rival.opts, "vios": {**rival.opts["vios"], "state_dir": str(arena.home.path)}})
    for way, vios in ((own, "vios1"), (rival, "vios2")):
        found = way.call("migrate", vios, **options)
        if isinstance(found, dict) and arena.may_not_have_become_nim():
            found = way.call("migrate", vios, **options)
        assert found in ({vios: "SUCCESS-UPGR1"}, {vios: "SUCCESS-CURRENT"}), [*arena.struck, *arena.trace]
    assert sorted(one["vios"] for one in simulator.starts()) == ["vios1", "vios2"]
    assert simulator.audit()["violations"] == []


def survives(arena, simulator, options, *kills):
    options = {**options, "stall_timeout": 45}
    arena.kill_at(*kills)
    # A kill may end the run before the next point; the call that is made again comes to it.
    for _ in range(2 * len(kills) - 1):
        if arena.waiting:
            arena.migrate(options)
    assert not arena.waiting, f"these steps were never taken: {arena.waiting}"
    again = {**options, "level": "3.1.4.31"}
    ret = arena.vios.migrate("vios1,vios2", **again)
    if not ret["result"] and arena.may_not_have_become_nim():
        # The one case in which nobody can know: told as a failure, and nothing is started by itself.
        assert ret["status"][PAIR].endswith(("-INIT", "-WAIT"))
        assert len(simulator.starts()) < 2
        ret = arena.vios.migrate("vios1,vios2", **again)
    assert ret["status"][PAIR] in ("SUCCESS-UPGR2", "SUCCESS-CURRENT"), "\n".join(
        [*ret["meta"][PAIR]["messages"], *map(str, [*arena.struck, *arena.trace])]
    )
    assert [one["vios"] for one in simulator.starts()] == ["vios1", "vios2"]
    assert simulator.audit()["violations"] == []
    if nim_came_back_late(arena):
        arena.vios.migrate("vios1,vios2", **again)
    assert_history_is_complete(arena)


def nim_came_back_late(arena):
    """After its VIOS was proven and the driver had ended; then the next driver is to note it."""
    with Journal(arena.home) as journal:
        late = [arena.home.command(row["run"], row["n"], row["attempt"]) for row in journal.running_commands()]
    for directory in late:
        until(lambda it=directory: inspect(it).state is not CommandState.RUNNING, what="the end of nim")
    return bool(late)


def assert_history_is_complete(arena):
    with Journal(arena.home) as journal:
        assert journal.query("SELECT id FROM run WHERE finished IS NULL OR status IS NULL") == []
        assert journal.running_commands() == []
        assert journal.query("SELECT id FROM phase WHERE until IS NULL OR took IS NULL OR took < 0") == []
        done = journal.query(
            "SELECT vios, argv, level_old, level_new FROM migration"
            " WHERE status LIKE 'SUCCESS-UPGR%' AND started <= finished AND took >= 0 ORDER BY vios"
        )
        events = [tuple(row) for row in journal.query("SELECT what, vios FROM event ORDER BY id")]
    assert [row["vios"] for row in done] == ["vios1", "vios2"]
    assert all(row["argv"] and row["level_old"] == "3.1.2.21" and row["level_new"] == "3.1.4.31" for row in done)
    for vios in ("vios1", "vios2"):
        assert ("starting", vios) in events
        assert events.count(("migrated", vios)) == 1
