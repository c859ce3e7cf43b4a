"""A disk that is really full: a small tmpfs. Run by ``nox -s chaos`` where mounting is allowed: ``unshare -rm``."""

import os
import subprocess

import pytest
from salt.exceptions import CommandExecutionError

from tests.conftest import driver_pid, kill_driver, until

PAIR = "vios1-vios2"


@pytest.fixture
def state_dir(tmp_path):
    path = tmp_path / "state"
    path.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "none", path], check=True)
    yield path
    kill_driver(path)
    # Something still holds it here, which was not found; it ends with this namespace.
    subprocess.run(["umount", "--lazy", path], check=True)


def fill(path):
    """To the last byte."""
    with open(path, "wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue


def test_a_full_disk_stops_new_work_and_loses_nothing(vios, simulator, options, state_dir):
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **options)
    until(lambda: vios.progress()[PAIR]["vios"]["vios1"].get("phase") == "installing", what="the install")
    pid = driver_pid(state_dir)
    fill(state_dir / "filler")
    simulator.clear()
    until(lambda: "full" in vios.driver()["trouble"], what="the driver's word")
    with pytest.raises(CommandExecutionError, match="Nothing new is started; NIM continues what it installs"):
        vios.migrate("vios3,vios4", **options)
    assert vios.status() == {PAIR: "SUCCESS-UPGR1-INIT"}
    os.unlink(state_dir / "filler")
    until(lambda: not vios.driver()["trouble"], what="the end of the trouble")
    assert vios.wait()["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert driver_pid(state_dir) in (pid, None)
    assert [one["vios"] for one in simulator.starts()] == ["vios1", "vios2"]
    assert simulator.audit()["violations"] == []
