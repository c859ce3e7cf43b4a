"""What salt-ssh unpacked on the NIM master is deleted, replaced or renewed in the middle of a migration."""

import shutil

import pytest

import saltext_vios
from tests.conftest import ROOT, driver_pid, kill_driver
from tests.ssh.conftest import OPTIONS
from tests.ssh.following import done, ended_well, migrated_once, reached


@pytest.fixture
def installing(salt_ssh, target, simulator):
    """The pair's first VIOS installs until the simulator's faults are cleared; nobody waits for it."""
    simulator.fault("install_hangs", "vios1")
    call = salt_ssh("vios.migrate", "vios1,vios2", "wait=False", *OPTIONS)
    assert call.returncode == 0, call
    reached(target, "vios1", "installing")


def test_deleted_the_driver_continues_by_itself(installing, salt_ssh, target, simulator):
    driver = driver_pid(target.state_dir)
    target.wipe()
    simulator.clear()
    done(target)
    migrated_once(simulator)
    assert driver_pid(target.state_dir) in (driver, None)
    ended_well(salt_ssh("vios.wait", "vios1,vios2"), simulator)


def test_deleted_the_driver_that_is_killed_too_is_started_by_the_next_call(installing, salt_ssh, target, simulator):
    target.wipe()
    kill_driver(target.state_dir)
    simulator.clear()
    ended_well(salt_ssh("vios.wait", "vios1,vios2"), simulator)


def test_a_call_that_wipes_behind_itself_leaves_journal_and_driver(salt_ssh, target, simulator):
    simulator.fault("install_hangs", "vios1")
    call = salt_ssh("vios.migrate", "vios1,vios2", "wait=False", *OPTIONS, options=["--wipe"])
    assert call.returncode == 0, call
    assert not target.thin_dir.exists()
    reached(target, "vios1", "installing")
    simulator.clear()
    done(target)
    ended_well(salt_ssh("vios.wait", "vios1,vios2"), simulator)


@pytest.mark.thorough
def test_another_extension_is_sent_in_the_middle(installing, salt_ssh, target, simulator, tmp_path):
    driver = driver_pid(target.state_dir)
    newer = tmp_path / "newer"
    shutil.copytree(ROOT / "src", newer)
    init = newer / "saltext_vios" / "__init__.py"
    init.write_text(init.read_text().replace(saltext_vios.__version__, "99.0"))
    told = salt_ssh("vios.driver", package=newer, options=["--regen-thin"]).data
    assert (told["running"], told["version"]) == (True, saltext_vios.__version__)
    assert driver_pid(target.state_dir) == driver
    simulator.clear()
    try:
        ended_well(salt_ssh("vios.wait", "vios1,vios2", package=newer), simulator)
    finally:
        salt_ssh("test.ping", options=["--regen-thin"])
