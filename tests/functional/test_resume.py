"""``vios.resume``: have a driver run for what is under way, and say how that happens by itself."""

import os

import pytest
from salt.exceptions import CommandExecutionError

from tests.conftest import driver_pid
from tests.drive import PAIR, ended_well

pytestmark = pytest.mark.methods


def test_with_nothing_under_way_it_says_so_and_how_to_have_it_run_by_itself(vios, state_dir):
    ret = vios.resume()
    assert (ret["result"], ret["changed"], ret["started"], ret["under_way"]) == (True, False, [], [])
    assert ret["msg"] == "nothing is under way"
    assert ret["inittab"] == f'mkitab "vios:2:once:{state_dir}/resume </dev/null >/dev/console 2>&1"'
    assert os.access(state_dir / "resume", os.X_OK)
    assert driver_pid(state_dir) is None


def test_it_starts_a_driver_for_what_is_under_way(vios, simulator, under_way, night):
    night.kill_driver()
    ret = vios.resume()
    assert (ret["changed"], ret["started"], ret["under_way"]) == (True, [PAIR], [PAIR])
    assert ret["msg"] == f"driver started for {PAIR}"
    simulator.clear()
    ended_well(vios.wait("vios1,vios2"), simulator)


def test_a_driver_that_runs_is_left_alone(vios, under_way):
    ret = vios.resume()
    assert (ret["changed"], ret["started"], ret["under_way"]) == (False, [], [PAIR])
    assert ret["msg"] == "a driver is already running"


def test_a_driver_that_was_stopped_stays_so(vios, under_way, state_dir):
    vios.stop(confirm=True)
    ret = vios.resume()
    assert (ret["result"], ret["started"], ret["under_way"]) == (True, [], [PAIR])
    assert ret["msg"].startswith("the driver was stopped by ")
    assert ret["msg"].endswith("to continue: vios.wait")
    assert driver_pid(state_dir) is None


@pytest.mark.parametrize("function", ["status", "resume", "hold", "driver"])
def test_another_user_than_the_journals_is_reported_so(vios, under_way, monkeypatch, function):
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 4711)
    with pytest.raises(CommandExecutionError, match=f"belongs to uid {own}, expected {own + 4711}.*sudo"):
        vios.__getattr__(function)()
