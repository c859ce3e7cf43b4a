"""A pair is migrated on a NIM master that has no minion."""

import subprocess

from tests.ssh.conftest import OPTIONS, PYTHON


def migrated_once(simulator, *names):
    assert [one["vios"] for one in simulator.starts()] == list(names or ("vios1", "vios2"))
    assert simulator.audit()["violations"] == []


def test_a_pair_is_migrated(salt_ssh, simulator):
    call = salt_ssh("vios.migrate", "vios1,vios2", *OPTIONS)
    assert call.returncode == 0, call
    assert call.data["status"] == {"vios1-vios2": "SUCCESS-UPGR2"}
    migrated_once(simulator)


def test_the_target_runs_the_python_of_its_path(salt_ssh):
    version = subprocess.check_output([PYTHON, "-c", "import sys; print(list(sys.version_info[:2]))"], text=True)
    found = salt_ssh("grains.item", "pythonversion").data["pythonversion"]
    assert str(found[:2]) == version.strip()
