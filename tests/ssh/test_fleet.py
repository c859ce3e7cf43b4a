"""A fleet of two minions and two NIM masters of the roster: one plan, one orchestration, one watch."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest
import yaml

from saltext_vios.fleet.roster import Asker
from tests.conftest import EXAMPLES, HUNG, until
from tests.integration.conftest import ORCH, Site, running
from tests.ssh.conftest import OPTIONS
from tests.ssh.daemon import Sshd

MINIONS = {"nim-master": [["vios1", "vios2"]], "nim-second": "*"}
ROSTER = {"nim-a": [["vios1", "vios2"]], "nim-b": "*"}
PAIR = "vios1-vios2"


@pytest.fixture(scope="package")
def master(salt_factories, tmp_path_factory):
    """A Salt master for the minions; the roster beside its configuration is that of each test."""
    overrides = {
        "auto_accept": True,
        "worker_threads": 3,
        "file_roots": {"base": [str(EXAMPLES / "file_roots"), str(ORCH)]},
        "interface": "127.0.0.1",
        # The scripts of these tests are no salt-run.
        "vios": {"fleet_dirs": [str(tmp_path_factory.getbasetemp())]},
    }
    with running(salt_factories.salt_master_daemon("master", overrides=overrides)) as daemon:
        yield daemon


@pytest.fixture(scope="package")
def sites(master, tmp_path_factory):
    """The NIM masters of two minions."""
    made = {name: Site(tmp_path_factory.mktemp(name)) for name in MINIONS}
    with contextlib.ExitStack() as stack:
        for name, one in made.items():
            # The module loads where lsnim is found, so it must be there when the minion starts.
            one.renew()
            stack.callback(one.clear)
            stack.enter_context(running(master.salt_minion_daemon(name, overrides=one.config)))
        yield made


@pytest.fixture
def site(sites):
    sites["nim-master"].renew({"frames": {"f1": ["vios1", "vios2"]}})
    return sites["nim-master"]


@pytest.fixture
def second_site(sites):
    sites["nim-second"].renew({"frames": {"g1": ["viosa", "viosb"]}})
    return sites["nim-second"]


@pytest.fixture
def roster(master, salt_master, targets):
    """Write the roster of the real Salt master; with more targets, or with more in each."""

    def write(more=(), **words):
        entries = {name: salt_master.entry(one, **words) for name, one in targets.items()}
        path = f"{master.config_dir}/roster"
        with open(path, "w") as file:
            yaml.safe_dump({**entries, **dict(more)}, file)

    write()
    return write


@pytest.fixture
def run(master, roster):
    """``salt-run WORDS``, and what it returns."""
    cli = master.salt_run_cli(timeout=HUNG)
    return lambda *words: cli.run(*words)


@pytest.fixture
def fleet(tmp_path):
    def write(**more):
        path = tmp_path / "fleet.yaml"
        options = dict(word.split("=") for word in OPTIONS)
        path.write_text(yaml.safe_dump({"options": options, **more}))
        return str(path)

    return write


@pytest.fixture
def orchestrate(run):
    """Carry a fleet out; by id of the state its result, and all of them."""

    def carry_out(path, *words):
        ret = run("state.orchestrate", "fleet", f"pillar={json.dumps({'fleet': path})}", *words)
        states = next(iter(ret.data["data"].values()))
        assert isinstance(states, dict), states
        return {one["__id__"]: one["result"] for one in states.values()}, states

    return carry_out


def ended_well(*simulators):
    for simulator in simulators:
        assert simulator.audit()["violations"] == []


@pytest.mark.thorough
def test_minions_and_the_roster_are_one_fleet(orchestrate, run, fleet, site, second_site, target, second_target):
    assert sorted(run("vios.status", "ssh=both").data["masters"]) == ["nim-a", "nim-b", "nim-master", "nim-second"]
    path = fleet(masters=MINIONS, roster=ROSTER, canary={"nim-a": "vios1,vios2"}, waves=["nim-second"])
    preview, states = orchestrate(path, "test=True")
    assert preview["canary on nim-a"] is None
    assert "would migrate vios1, then vios2" in json.dumps(states)
    results, states = orchestrate(path)
    assert set(results.values()) == {True}, states
    every = {"nim-a": target, "nim-b": second_target, "nim-master": site, "nim-second": second_site}
    starts = {name: one.simulator.starts() for name, one in every.items()}
    assert {name: [one["vios"] for one in listed] for name, listed in starts.items()} == {
        "nim-a": ["vios1", "vios2"],
        "nim-b": ["viosa", "viosb"],
        "nim-master": ["vios1", "vios2"],
        "nim-second": ["viosa", "viosb"],
    }
    canary, wave, rest = starts["nim-a"][1], starts["nim-second"], starts["nim-b"][0]
    assert canary["real"] < wave[0]["real"] < wave[1]["real"] < rest["real"]
    assert list(orchestrate(path)[0]) == ["nothing to do"]
    ended_well(*(one.simulator for one in every.values()))


def test_a_wave_is_over_when_its_tuples_are_migrated(run, target):
    options = dict(word.split("=") for word in OPTIONS)
    ret = run("vios.wave", "nim-a", "vios1,vios2", f"options={json.dumps(options)}")
    assert ret.returncode == 0, ret
    assert [one["vios"] for one in target.simulator.starts()] == ["vios1", "vios2"]
    assert run("vios.status", "nim-a", "ssh=True").data["masters"] == {"nim-a": {PAIR: "SUCCESS-UPGR2"}}
    ended_well(target.simulator)


class Cutter(threading.Thread):
    """Cuts what is connected once in a while, as soon as there is something; ``cuts`` tells how often."""

    def __init__(self, wire, every):
        super().__init__(daemon=True)
        self.wire, self.every, self.cuts, self.ended = wire, every, 0, threading.Event()

    def run(self):
        while not self.ended.wait(self.every):
            while not self.ended.wait(0.2) and not self.wire.cut():
                pass
            self.cuts += 1

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()


@pytest.mark.thorough
def test_a_connection_that_is_cut_all_the_time_fails_no_wave(orchestrate, run, fleet, wire, target):
    began = time.monotonic()
    assert list(run("vios.status", "nim-a", "ssh=True").data["masters"]) == ["nim-a"]
    # Of a migration's hours so many seconds; a question must have a chance to be answered between two.
    every = max(5.0, 1.5 * (time.monotonic() - began))
    target.simulator.fault("install_hangs", "vios1")
    with Cutter(wire, every) as cutter:

        def go_on():
            until(target.simulator.starts, 900, "the start")
            before = cutter.cuts
            until(lambda: cutter.cuts >= before + 2, 900, "two cuts of a migration")
            target.simulator.clear()

        threading.Thread(target=go_on, daemon=True).start()
        results, states = orchestrate(fleet(roster={"nim-a": [["vios1", "vios2"]]}))
    assert results["the rest on nim-a"] is True, states
    assert [one["vios"] for one in target.simulator.starts()] == ["vios1", "vios2"]
    ended_well(target.simulator)


@pytest.mark.thorough
def test_a_hold_reaches_both_and_stops_the_wave(orchestrate, run, fleet, target, site):
    held = run("vios.hold", "nim-[am]*", "storage #3 tonight", "ssh=both")
    assert held.data == {"masters": {"nim-a": True, "nim-master": True}}
    assert run("vios.overview", "nim-a", "ssh=True").data["masters"]["nim-a"]["held"]["reason"] == "storage #3 tonight"
    results, states = orchestrate(fleet(roster={"nim-a": [["vios1", "vios2"]]}))
    assert results["the rest on nim-a"] is False
    assert "nim-a is held: storage #3 tonight" in json.dumps(states)
    assert run("vios.release", "nim-[am]*", "ssh=both").data == {"masters": {"nim-a": True, "nim-master": True}}
    assert target.simulator.starts() == []


@pytest.mark.thorough
def test_the_watch_asks_journals_without_events_and_says_so(master, roster, salt_ssh, target):
    target.simulator.fault("install_hangs", "vios1")
    salt_ssh("vios.migrate", "vios1,vios2", *OPTIONS, "wait=False")
    argv = master.salt_run_cli().cmdline("vios.watch", "nim-a", "ssh=True", "ask_every=1")
    watch = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        first = next(line for line in watch.stdout if PAIR in line)
        target.simulator.clear()
        rest, _ = watch.communicate(timeout=HUNG)
    finally:
        watch.kill()
        watch.wait()
    assert f"nim-a (ssh)  {PAIR}  vios1 " in first
    assert f"nim-a (ssh)  {PAIR}  over: SUCCESS-UPGR2" in rest


@pytest.mark.thorough
def test_a_name_of_a_minion_and_of_a_target_is_refused(run, roster, fleet, salt_master, targets, site):
    roster({"nim-master": salt_master.entry(targets["nim-a"])})
    assert "nim-master: both a minion and a target of the roster" in run("vios.status", "ssh=both").data["Error"]
    path = fleet(masters={"nim-master": "*"}, roster={"nim-master": "*"})
    assert "nim-master: both a minion and a target of the roster" in run("vios.plan", path).data["Error"]


TOLD_TO_NOBODY = "S3cret-Word"


def test_what_stands_in_the_way_is_reported_and_nothing_of_the_roster(run, roster, salt_master, target, tmp_path):
    key = tmp_path / "another"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    unknown = [f"UserKnownHostsFile={tmp_path}/known_hosts", "StrictHostKeyChecking=yes"]
    entry = salt_master.entry(target)
    roster(
        {
            "bad-closed": {**entry, "port": 1, "passwd": TOLD_TO_NOBODY},
            "bad-host": {**entry, "ssh_options": unknown},
            "bad-key": {**entry, "priv": str(key)},
            "bad-python": {**entry, "set_path": str(tmp_path)},
            "bad-nim": {**entry, "minion_opts": {"vios": {"nim_bin_dir": str(tmp_path)}}},
        }
    )
    ret = run("vios.status", "bad-*", "ssh=True")
    assert {name: text.split(".")[0] for name, text in ret.data["failed"].items()} == {
        "bad-closed": "its ssh daemon cannot be reached: Connection refused",
        "bad-host": "its host key is not known here",
        "bad-key": "it refuses the key and the password that Salt has for it",
        "bad-python": "there is no Python that Salt can use",
    }
    assert ret.data["masters"] == {}
    assert TOLD_TO_NOBODY not in ret.stdout + ret.stderr


@pytest.fixture
def sudoer():
    """A user of this machine who may become root without a password, and nothing else."""
    absent = [name for name in ("sudo", "useradd", "userdel") if shutil.which(name) is None]
    if os.geteuid() != 0 or absent:
        pytest.skip("only root can make a user who may sudo" if not absent else f"there is no {absent[0]} here")
    name, rule = f"vios{os.getpid()}", Path(f"/etc/sudoers.d/vios{os.getpid()}")
    subprocess.run(["useradd", "--create-home", "--shell", "/bin/sh", "--password", "*", name], check=True)
    try:
        rule.write_text(f"{name} ALL=(root) NOPASSWD: ALL\n")
        rule.chmod(0o440)
        yield name
    finally:
        rule.unlink(missing_ok=True)
        subprocess.run(["userdel", "--remove", name], stderr=subprocess.DEVNULL, check=False)


@pytest.mark.thorough
def test_a_user_who_may_sudo_is_enough(run, roster, salt_master, target, sudoer):
    with tempfile.TemporaryDirectory(prefix="vs", dir="/tmp") as home:
        Path(home).chmod(0o755)  # sshd reads the keys as the user
        daemon = Sshd(home, sudoer)
        daemon.start()
        try:
            own = {
                "user": sudoer,
                "port": daemon.port,
                "priv": str(daemon.user_key),
                "ssh_options": [f"UserKnownHostsFile={home}/known_hosts", "StrictHostKeyChecking=no"],
                # The Python of these tests is not for everybody.
                "set_path": "/usr/bin:/bin",
            }
            entry = salt_master.entry(target, **own)
            roster({"its-root": {**entry, "sudo": True, "thin_dir": f"/var/tmp/{sudoer}"}})
            found = run("vios.hold", "its-root", "tonight", "ssh=True").data
        finally:
            daemon.stop()
            shutil.rmtree(f"/var/tmp/{sudoer}", ignore_errors=True)
    assert found == {"masters": {"its-root": True}}
    assert (target.state_dir / "journal.db").stat().st_uid == 0


@pytest.mark.thorough
def test_nobody_who_is_silent_is_waited_for_longer_than_was_said(master, roster, salt_master, target):
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as mute, Asker({"conf_file": master.config_file}) as asker:
        roster({"mute": {**salt_master.entry(target), "port": mute.getsockname()[1]}})
        assert asker.matching(["mute", "nim-a"], "list") == ["mute", "nim-a"]
        for name in ("mute", "nim-a"):
            asker.put(name, "vios.overview", {}, timeout=1 if name == "mute" else 300)
        came = {}
        while asker.is_asking:
            came.update({one.name: one.reading for one in asker.take(1)})
    assert came["mute"] is None
    assert came["nim-a"].retcode == 0
