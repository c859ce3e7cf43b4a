"""However many ways lead to one NIM master: one journal, one driver."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import HUNG, ROOT, driver_pid, settings_of
from tests.ssh.conftest import OPTIONS, SaltMaster
from tests.ssh.following import PAIR, ended_well, follows, reached


@pytest.fixture
def minion(tmp_path, target):
    """``salt-call`` with the configuration of a minion beside salt-ssh; it needs no Salt master."""
    config = {
        "id": "nim-a",
        "root_dir": str(tmp_path / "minion"),
        "pki_dir": "pki",
        "file_client": "local",
        "vios": settings_of(target, target.state_dir),
    }
    (tmp_path / "minion").mkdir()
    (tmp_path / "minion" / "minion").write_text(yaml.safe_dump(config))
    command = [str(Path(sys.executable).parent / "salt-call"), "--local", "-c", str(tmp_path / "minion"), "--out=json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}

    def call(*words):
        done = subprocess.run([*command, *words], capture_output=True, text=True, env=env, timeout=HUNG)
        assert done.returncode == 0, done
        return yaml.safe_load(done.stdout)["local"]

    return call


def test_what_a_minion_began_is_followed_over_ssh(minion, salt_ssh, target, simulator):
    simulator.fault("install_hangs", "vios1")
    minion("vios.migrate", "vios1,vios2", "wait=False", *OPTIONS)
    reached(target, "vios1", "installing")
    driver = driver_pid(target.state_dir)
    told = salt_ssh("vios.driver").data
    assert (told["running"], told["pid"]) == (True, driver)
    simulator.clear()
    ended_well(salt_ssh("vios.wait", "vios1,vios2"), simulator)
    assert minion("vios.status") == {PAIR: "SUCCESS-UPGR2"}


def test_two_salt_masters_that_ask_for_the_same_pair_at_once_start_it_once(
    begin, sshd, wire, targets, target, simulator, tmp_path
):
    other = SaltMaster(tmp_path / "other", sshd, wire, targets)
    second = other.begin("vios.migrate", "vios1,vios2", "level=3.1.4.31", *OPTIONS)
    try:
        ended_well(begin("vios.migrate", "vios1,vios2", "level=3.1.4.31", *OPTIONS).end(), simulator)
        ended_well(second.end(), simulator)
    finally:
        second.kill()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_another_users_journal_is_refused_without_a_traceback(salt_ssh, target, simulator):
    target.state_dir.mkdir(mode=0o700)
    os.chown(target.state_dir, 65534, -1)
    call = salt_ssh("vios.migrate", "vios1,vios2", *OPTIONS)
    assert call.returncode != 0
    assert "belongs to uid 65534" in str(call.data), call
    assert "Traceback" not in call.stdout + call.stderr
    assert simulator.starts() == []


@pytest.mark.thorough
def test_one_who_waits_over_ssh_sees_the_end_of_what_another_salt_master_began(
    begin, salt_ssh, sshd, wire, targets, target, simulator, tmp_path
):
    other = SaltMaster(tmp_path / "other", sshd, wire, targets)
    simulator.fault("install_hangs", "vios1")
    assert other.run("vios.migrate", "vios1,vios2", "wait=False", *OPTIONS).returncode == 0
    waiting = begin("vios.wait")
    follows(sshd, target)
    simulator.clear()
    ended_well(waiting.end(), simulator)
