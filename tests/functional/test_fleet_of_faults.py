"""A NIM master with a frame for each thing that can go wrong, migrated by one call: every promise holds everywhere."""

import pytest

from saltext_vios.simulator import faults
from saltext_vios.simulator.api import Simulator
from tests.sample import step

# What each frame's first VIOS has; faults that need no word have none.
WORDS = {
    "returns_at_end": {},
    "fails": {"phase": "alt_install"},
    "reset_by_someone": {"after": 1500},
    "cstate_lags": {"seconds": 3000},
    "answers_late": {"seconds": 3000},
    "path_missing": {"client": 3},
    "missing_attribute": {"attribute": "Mstate"},
    "left_allocated": {"resource": "vios_31431_spot"},
    "nim_hangs": {"begins": True},
}
# Of the whole NIM master: all frames have them, for a while or to no effect.
EVERYWHERE = {
    "lsnim_fails": {"times": 3},
    "lsnim_half": {"times": 2},
    "lsnim_warns": {"times": 30},
    "a_unpadded": {},
    "no_migvios": {},
    "client_off": {},
}
# With them nothing starts anywhere, or they are of what this call does not touch.
APART = {
    *("no_viosupgrade", "old_master", "lsnim_hangs", "lsnim_loses", "resource_unavailable", "of_another_vios"),
    *faults.OF_CLONES,
    *faults.OF_BACKUPS,
}
OWN = sorted(set(faults.meanings()) - APART - set(EVERYWHERE))
GIVEN = {"method": "viosupgrade", "type": "altdisk", "mksysb_name": "vios_31431", "disk": "hdisk1"}
# The simulator looks at all that is under way with each command: small fleets take less time than a large one.
FLEETS = 12
BY_THE_DRIVER = {"reboot": "driver", "overlap": True}
CASES = [
    *((number, {}) for number in range(0, FLEETS, step(some=1, few=4))),
    *((number, BY_THE_DRIVER) for number in range(0, FLEETS, step(some=4, few=FLEETS))),
]
WELL = "well"


def pair(frame):
    return [f"{frame.replace('_', '')[:20]}a", f"{frame.replace('_', '')[:20]}b"]


@pytest.fixture
def own(number):
    return OWN[number::FLEETS]


@pytest.fixture
def simulator(tmp_path, own):
    made = Simulator.create(tmp_path / "nim", {"frames": {name: pair(name) for name in [*own, WELL]}})
    yield made
    made.close()


@pytest.fixture
def vios_config():
    return {"max_parallel": 200, "query_retries": 10, "poll_interval": 1800}


@pytest.mark.parametrize(("number", "more"), CASES)
def test_a_fleet_goes_through_every_fault_and_keeps_every_promise(vios, simulator, own, more):
    for name in own:
        simulator.fault(name, pair(name)[0], **WORDS.get(name, {}))
    if more:
        simulator.fault("tool_does_not_reboot")
    asked = vios.migrate("*", level_below="4.1", wait=False, **GIVEN, **more)
    for name, words in EVERYWHERE.items():
        simulator.fault(name, **words)
    ret = vios.wait()
    # Whose frame is not known is in no tuple.
    named = {name for key in ret["status"] for name in key.split("-")}
    assert named | set(asked["left_alone"]) == {name for frame in [*own, WELL] for name in pair(frame)}
    assert None not in ret["status"].values()
    assert simulator.audit(overlap=bool(more))["violations"] == []
    key = "-".join(pair(WELL))
    assert ret["status"][key] == "SUCCESS-UPGR2", ret["meta"][key]["messages"]


def test_a_fault_that_is_named_here_is_one():
    assert {*WORDS, *APART, *EVERYWHERE} <= set(faults.meanings())
