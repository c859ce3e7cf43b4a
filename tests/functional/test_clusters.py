"""Shared storage pools: never two nodes of one cluster down, whatever frames they are on."""

import pytest

from saltext_vios.simulator.api import Simulator
from tests.conftest import SPEED, until

pytestmark = pytest.mark.methods
FRAMES = {"f1": ["vios1", "vios2"], "f2": ["vios3", "vios4"], "f3": ["vios5", "vios6"]}
PAIRS = [["vios1", "vios2"], ["vios3", "vios4"], ["vios5", "vios6"]]


@pytest.fixture
def simulator(tmp_path):
    """Two frames in one cluster, and a third apart."""
    made = Simulator.create(
        tmp_path / "nim",
        {"frames": FRAMES, "clusters": {"ssp": ["vios1", "vios2", "vios3", "vios4"]}},
        speed=SPEED,
    )
    yield made
    made.close()


def test_frames_of_one_cluster_go_one_after_the_other_and_another_next_to_them(vios, simulator, options):
    ret = vios.migrate(PAIRS, max_parallel=2, **options)
    assert set(ret["status"].values()) == {"SUCCESS-UPGR2"}
    order = [one["vios"] for one in simulator.starts()]
    in_cluster = [name for name in order if name < "vios5"]
    # Which of the two is first depends on whose VIOSes answer first.
    assert in_cluster in (["vios1", "vios2", "vios3", "vios4"], ["vios3", "vios4", "vios1", "vios2"])
    # With two places, the third pair does not wait until the other of the cluster has had its turn.
    assert order.index("vios5") < order.index(in_cluster[2])
    assert simulator.audit()["violations"] == []


def test_with_another_node_down_nothing_starts(vios, simulator, options):
    simulator.fault("node_stays_down", "vios3")
    ret = vios.migrate("vios1,vios2", **options)
    assert ret["result"] is False
    assert ret["status"] == {"vios1-vios2": "FAILURE-CLUSTER"}
    failure = ret["meta"]["vios1-vios2"]["vios1"]["failure"]
    assert failure["expected"] == "every other node of its cluster OK"
    assert simulator.starts() == []


def test_a_preview_says_the_same(vios, simulator, options):
    simulator.fault("node_stays_down", "vios3")
    assert vios.migrate("vios1,vios2", test=True, **options)["status"] == {"vios1-vios2": "FAILURE-CLUSTER"}


def test_the_second_waits_until_the_node_of_the_first_is_back(vios, simulator, options):
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **options)
    until(simulator.starts, what="the start of the first")
    simulator.fault("node_stays_down", "vios1")
    simulator.clear("install_hangs")
    until(
        lambda: any("waiting for its SSP cluster" in text and "node vios1" in text for text in messages(vios)),
        what="the wait for the node",
    )
    assert [one["vios"] for one in simulator.starts()] == ["vios1"]
    simulator.clear()
    assert vios.wait("vios1,vios2")["status"] == {"vios1-vios2": "SUCCESS-UPGR2"}
    assert simulator.audit()["violations"] == []


def test_a_node_that_does_not_come_back_ends_the_tuple_before_its_second(vios, simulator, options):
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, stall_timeout=7200, **options)
    until(simulator.starts, what="the start of the first")
    simulator.fault("node_stays_down", "vios1")
    simulator.clear("install_hangs")
    ret = vios.wait("vios1,vios2")
    assert ret["status"] == {"vios1-vios2": "FAILURE-CLUSTER"}
    assert ret["meta"]["vios1-vios2"]["vios1"]["status"] == "SUCCESS-UPGR1"
    assert [one["vios"] for one in simulator.starts()] == ["vios1"]


def messages(vios):
    return [text for run in vios.history(detail=True) for text in run["messages"]]
