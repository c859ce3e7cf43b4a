"""A pair is migrated on a NIM master that has no minion."""

import json
import subprocess

import pytest

from tests.ssh.conftest import OPTIONS, PYTHON
from tests.ssh.following import PAIR, ended_well, migrated_once

STATE = """\
both:
  vios.migrated:
    - targets: [[vios1, vios2], [vios3, vios4]]
    - mksysb_name: vios_31431
    - spot_name: vios_31431_spot
    - level: 3.1.4.31
    - bosinst_data: unattended
    - boot_client: true
    - set_boot_list: true
"""
DEFAULTS = {
    "level": "3.1.4.31",
    "mksysb_name": "vios_31431",
    "spot_name": "vios_31431_spot",
    "bosinst_data": "unattended",
}


def test_a_pair_is_migrated_and_reported_as_by_a_minion(salt_ssh, simulator):
    call = salt_ssh("vios.migrate", "vios1,vios2", *OPTIONS)
    ended_well(call, simulator)
    assert set(call.data["meta"][PAIR]) == {"messages", "vios1", "vios2"}
    assert salt_ssh("vios.status").data == {PAIR: "SUCCESS-UPGR2"}


def test_the_target_runs_the_python_of_its_path(salt_ssh):
    version = subprocess.check_output([PYTHON, "-c", "import sys; print(list(sys.version_info[:2]))"], text=True)
    found = salt_ssh("grains.item", "pythonversion").data["pythonversion"]
    assert str(found[:2]) == version.strip()


def test_a_failure_ends_with_an_exit_status_and_without_a_traceback(salt_ssh, simulator):
    simulator.fault("fails", "vios1")
    call = salt_ssh("vios.migrate", "vios1,vios2", *OPTIONS)
    assert call.returncode != 0
    assert call.data["status"] == {PAIR: "FAILURE-UPGR1"}
    assert "Traceback" not in call.stdout + call.stderr
    migrated_once(simulator, "vios1")


def test_a_refusal_ends_with_an_exit_status_and_without_a_traceback(salt_ssh, simulator):
    call = salt_ssh("vios.migrate", "vios1,vios9", *OPTIONS)
    assert call.returncode != 0
    assert "vios9" in str(call.data)
    assert "Traceback" not in call.stdout + call.stderr
    assert simulator.starts() == []


def test_two_frames_are_migrated_by_a_state_and_again_nothing_is_to_do(salt_ssh, salt_master, simulator):
    (salt_master.files / "both.sls").write_text(STATE)
    for changed in (True, False):
        call = salt_ssh("state.apply", "both")
        assert call.returncode == 0, call
        ret = next(iter(call.data.values()))
        assert ret["result"] is True, ret
        assert bool(ret["changes"]) is changed
    assert sorted(one["vios"] for one in simulator.starts()) == ["vios1", "vios2", "vios3", "vios4"]
    assert simulator.audit()["violations"] == []


@pytest.mark.thorough
def test_the_salt_masters_pillar_reaches_states_and_no_function(salt_ssh, salt_master, target):
    """As docs/install-ssh.md says: settings belong into the roster."""
    pillar, sls = salt_master.root / "pillar", "look:\n  vios.migrated:\n    - targets: [[vios1, vios2]]\n"
    (salt_master.files / "look.sls").write_text(sls)
    (pillar / "top.sls").write_text("base:\n  '*': [vios]\n")
    (pillar / "vios.sls").write_text(f"vios:\n  defaults: {json.dumps(DEFAULTS)}\n")
    try:
        assert "ios_mksysb=vios_31431 " in str(salt_ssh("state.apply", "look", "test=True").data)
        assert "ios_mksysb=vios1_sysb" in salt_ssh("vios.command", "vios1,vios2").data["vios1"]["argv"]
    finally:
        (pillar / "top.sls").unlink()
