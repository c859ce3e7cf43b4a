"""The states ``vios.cloned`` and ``vios.cleaned``: what a look says, what is done, and nothing the second time."""

import pytest

CLONED = """
copy:
  vios.cloned:
    - targets: vios1
    - disk: hdisk1
"""
CLEANED = """
gone:
  vios.cleaned:
    - targets: vios1
    - confirm: true
"""


@pytest.fixture
def cloned(apply):
    return lambda **more: apply(CLONED, **more)["vios_|-copy_|-copy_|-cloned"]


@pytest.fixture
def cleaned(apply):
    return lambda sls=CLEANED, **more: apply(sls, **more)["vios_|-gone_|-gone_|-cleaned"]


def test_a_look_says_that_a_clone_would_be_made_and_makes_none(cloned, simulator):
    ret = cloned(test=True)
    assert (ret["result"], ret["changes"]) == (None, {"vios1": {"old": None, "new": "a clone"}}), ret
    assert "hdisk1" not in [disk for disk, vg in simulator.disks("vios1").items() if vg]


def test_a_clone_is_made_and_none_the_second_time(cloned, simulator):
    first, second = cloned(), cloned()
    assert (first["result"], bool(first["changes"])) == (True, True), first
    assert (second["result"], second["changes"]) == (True, {}), second
    assert cloned(test=True)["result"] is True
    assert simulator.disks("vios1")["hdisk1"] == "altinst_rootvg"


def test_a_disk_of_each_vios_may_be_given_as_a_map(apply, simulator):
    sls = CLONED.replace("targets: vios1", "targets: vios1,vios2").replace(
        "disk: hdisk1", "disk: {vios1: hdisk1, vios2: hdisk1}"
    )
    ret = apply(sls)["vios_|-copy_|-copy_|-cloned"]
    assert ret["result"] is True, ret
    assert simulator.disks("vios2")["hdisk1"] == "altinst_rootvg"


def test_a_clone_that_cannot_be_made_is_a_failure_in_a_look_too(cloned, simulator):
    simulator.fault("disk_in_group", "vios1")
    assert (cloned(test=True)["result"], cloned()["result"]) == (False, False)


def test_what_is_left_is_removed_and_nothing_the_second_time(cloned, cleaned, simulator):
    cloned()
    assert cleaned(test=True)["result"] is None
    first, second = cleaned(), cleaned()
    assert (first["result"], first["changes"]) == (True, {"vios1": {"old": None, "new": "nothing left"}}), first
    assert (second["result"], second["changes"]) == (True, {}), second
    assert simulator.disks("vios1") == {"hdisk0": "rootvg"}


def test_without_a_yes_nothing_is_removed(cloned, cleaned, simulator):
    cloned()
    ret = cleaned(CLEANED.replace("true", "false"))
    assert (ret["result"], ret["changes"]) == (False, {})
    assert "confirm: true is missing" in ret["comment"]
    assert simulator.disks("vios1")["hdisk1"] == "altinst_rootvg"
