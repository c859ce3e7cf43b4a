"""NIM masters without a minion: Salt's own salt-ssh, a real sshd, and a simulated NIM master for each target."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import salt.version
import yaml

from saltext_vios.simulator.api import Simulator
from tests.answerer import hasten
from tests.conftest import EXAMPLES, HUNG, ROOT, SPEED, kill_driver, settings_of
from tests.ssh.daemon import SSHD, Sshd, Wire, alive

TARGETS = {
    "nim-a": {"frames": {"a1": ["vios1", "vios2"], "a2": ["vios3", "vios4"], "a3": ["vios5", "vios6"]}},
    "nim-b": {"frames": {"b1": ["viosa", "viosb"]}},
}
OPTIONS = [
    "mksysb_name=vios_31431",
    "spot_name=vios_31431_spot",
    "bosinst_data=unattended",
    "boot_client=yes",
    "set_boot_list=yes",
]
# What runs on the targets: the oldest that is promised, where the session found one; else the one below these tests.
PYTHON = os.environ.get("TARGET_PYTHON") or os.path.realpath(sys.executable)
# Salt that packs extensions by itself into what it sends.
PACKS = (3008,)


def missing():
    """Why there can be no tests over ssh here, or nothing."""
    if SSHD is None:
        return "there is no sshd on this machine: install OpenSSH's server (Debian: openssh-server)"
    absent = [name for name in ("ssh", "scp", "ssh-keygen") if shutil.which(name) is None]
    if absent:
        return f"there is no {absent[0]} on this machine: install OpenSSH's client (Debian: openssh-client)"
    if salt.version.__saltstack_version__.info < PACKS:
        return "only Salt 3008 and newer packs extensions by itself for salt-ssh"
    return None


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and (reason := missing()):
            item.add_marker(pytest.mark.skip(reason=reason))


class Target:
    """One NIM master: its simulator, its driver's state, and where salt-ssh unpacks itself."""

    def __init__(self, name, root):
        self.name, self.nim, self.state_dir, self.thin_dir = name, root / "nim", root / "state", root / "thin"
        self.simulator = None
        self.bin = self.nim / "bin"

    def renew(self, wanted=None):
        """A new simulated NIM master without a journal; what salt-ssh unpacked stays, since that takes its time."""
        self.clear()
        self.simulator = hasten(Simulator.create(self.nim, wanted or TARGETS[self.name], speed=SPEED))
        return self

    def clear(self):
        kill_driver(self.state_dir)
        if self.simulator is not None:
            self.simulator.close()
            self.simulator = None
        for path in (self.nim, self.state_dir):
            shutil.rmtree(path, ignore_errors=True)

    def wipe(self):
        """Delete what salt-ssh unpacked, whatever runs from it."""
        shutil.rmtree(self.thin_dir, ignore_errors=True)


class Call:
    """A salt-ssh that runs, or ran."""

    def __init__(self, process, to, timeout):
        self.process, self._to, self._timeout = process, to, timeout
        self.stdout = self.stderr = self.returncode = None

    def end(self):
        """Wait for its end; itself."""
        try:
            self.stdout, self.stderr = self.process.communicate(timeout=self._timeout)
        finally:
            self.kill()
        self.returncode = self.process.returncode
        return self

    @property
    def data(self):
        """What the one target returned; all of its output where that is no return."""
        try:
            return json.loads(self.stdout)[self._to]
        except (ValueError, KeyError, TypeError):
            return self.stdout + self.stderr

    def clients(self):
        """The ssh clients that it started."""
        below = psutil.Process(self.process.pid).children(recursive=True)
        return [one for one in alive(below) if one.name() == "ssh"]

    def kill_clients(self):
        found = self.clients()
        for one in found:
            one.kill()
        return len(found)

    def interrupt(self):
        """Ctrl-C: the terminal tells the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def kill(self):
        """SIGKILL it with all that it started; no harm when it has ended."""
        if self.process.poll() is None:
            below = psutil.Process(self.process.pid).children(recursive=True)
            for one in [*below, self.process]:
                one.kill()
            self.process.wait()

    def __repr__(self):
        return f"<salt-ssh {self.returncode}: {self.stdout} {self.stderr}>"


class SaltMaster:
    """A Salt master's directory: configuration, cache and a roster of all targets; no daemon runs for it."""

    def __init__(self, root, sshd, wire, targets, python=PYTHON):
        self.root, self.conf, self.cache = root, root / "conf", root / "cache"
        self.roster_file = self.conf / "roster"
        self.python, self.files = root / "python", root / "files"
        self._sshd, self._port, self._targets = sshd, wire.port, targets
        for path in (self.conf, self.cache, root / "pki", root / "pillar", self.python, self.files):
            path.mkdir(parents=True)
        (self.python / "python3").symlink_to(python)
        (root / "known_hosts").write_text(f"[127.0.0.1]:{wire.port} {sshd.host_key}\n")
        config = {
            "root_dir": str(root),
            "cachedir": str(self.cache),
            "pki_dir": str(root / "pki"),
            "sock_dir": str(root / "sock"),
            "log_file": str(root / "ssh.log"),
            "ssh_log_file": str(root / "ssh.log"),
            "user": sshd.user,
            "file_roots": {"base": [str(EXAMPLES / "file_roots"), str(self.files)]},
            "pillar_roots": {"base": [str(root / "pillar")]},
        }
        (self.conf / "master").write_text(yaml.safe_dump(config))
        self.write_roster()

    def entry(self, target, **more):
        """What the roster says of a target."""
        return {
            "host": "127.0.0.1",
            "port": self._port,
            "user": self._sshd.user,
            "priv": str(self._sshd.user_key),
            "identities_only": True,
            "ssh_options": [f"UserKnownHostsFile={self.root}/known_hosts", "StrictHostKeyChecking=yes"],
            "thin_dir": str(target.thin_dir),
            "set_path": f"{self.python}:$PATH",
            "minion_opts": {"vios": settings_of(target, target.state_dir)},
            **more,
        }

    def write_roster(self, **more):
        """The roster of all targets; ``more`` goes into the entry of each."""
        entries = {name: self.entry(target, **more) for name, target in self._targets.items()}
        self.roster_file.write_text(yaml.safe_dump(entries))

    def begin(self, *words, to="nim-a", package=None, timeout=HUNG, options=()):
        """Start ``salt-ssh TO WORDS``; ``package`` is the directory that holds the extension to send."""
        argv = [str(Path(sys.executable).parent / "salt-ssh"), "-c", str(self.conf), "--out=json", *options]
        env = {**os.environ, "PYTHONPATH": str(package or ROOT / "src")}
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        argv += ["--roster-file", str(self.roster_file), to, *words]
        process = subprocess.Popen(argv, env=env, text=True, start_new_session=True, **pipes)
        return Call(process, to, timeout)

    def run(self, *words, **more):
        """``salt-ssh TO WORDS``, to its end."""
        return self.begin(*words, **more).end()


@pytest.fixture(scope="package")
def sshd(tmp_path_factory):
    daemon = Sshd(tmp_path_factory.mktemp("sshd"))
    daemon.start()
    yield daemon
    daemon.stop()


@pytest.fixture(scope="package")
def wire(sshd):
    """What every connection goes through."""
    made = Wire(sshd.port)
    yield made
    made.close()


@pytest.fixture(scope="package")
def targets(tmp_path_factory):
    made = {name: Target(name, tmp_path_factory.mktemp(name)) for name in TARGETS}
    yield made
    for target in made.values():
        target.clear()


@pytest.fixture(scope="package")
def salt_master(tmp_path_factory, sshd, wire, targets):
    return SaltMaster(tmp_path_factory.mktemp("salt"), sshd, wire, targets)


@pytest.fixture
def target(targets):
    """The first NIM master, with a new simulator and no journal."""
    yield targets["nim-a"].renew()
    targets["nim-a"].clear()


@pytest.fixture
def second_target(targets):
    yield targets["nim-b"].renew()
    targets["nim-b"].clear()


@pytest.fixture
def simulator(target):
    return target.simulator


@pytest.fixture
def salt_ssh(salt_master, target):
    """``salt-ssh nim-a FUNCTION ...``, to its end."""
    return salt_master.run


@pytest.fixture
def begin(salt_master, target, sshd):
    """The same, which still runs; what does at the end of a test is killed, on the NIM master too."""
    calls = []

    def start(*words, **more):
        calls.append(salt_master.begin(*words, **more))
        return calls[-1]

    yield start
    for call in calls:
        call.kill()
    # One that follows there would start a driver again, in the next test's journal.
    sshd.kill_everything_below()
