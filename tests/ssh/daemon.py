"""A real sshd on loopback, as an ordinary process with keys of its own, and a wire to it that can be cut."""

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path

import psutil

from tests.conftest import until

SSHD = shutil.which("sshd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {home}/host_key
AuthorizedKeysFile {home}/authorized_keys
PidFile none
PubkeyAuthentication yes
PasswordAuthentication no
PermitRootLogin prohibit-password
AllowUsers {user}
UsePAM no
# The keys lie below /tmp, in which everybody may write.
StrictModes no
Subsystem sftp internal-sftp
MaxStartups 100
LogLevel VERBOSE
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def alive(processes):
    return [one for one in processes if _is_alive(one)]


def _is_alive(process):
    # It may end, and be gone, between one question and the next.
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


class Sshd:
    """One daemon, which only one user may log in to, this one if none is named, with the key ``user_key``."""

    def __init__(self, home, user=None):
        self.home, self.port, self.user = Path(home), free_port(), user or getpass.getuser()
        self.log = self.home / "sshd.log"
        self.user_key = self.home / "user_key"
        self._process = None
        for name in ("host_key", "user_key"):
            key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.home / name)]
            subprocess.run(key, check=True)
        key = (self.home / "user_key.pub").read_text()
        # As docs/install-ssh.md advises it.
        (self.home / "authorized_keys").write_text(f'restrict,from="127.0.0.1" {key}')
        (self.home / "sshd_config").write_text(CONFIG.format(home=self.home, port=self.port, user=self.user))

    @property
    def host_key(self):
        """The words that stand after the host in a file of known hosts."""
        return (self.home / "host_key.pub").read_text().strip()

    @property
    def pid(self):
        return self._process.pid

    def start(self):
        if os.geteuid() == 0:
            # Where a packaged sshd locks itself up; it is there once the system's own has been started.
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        with self.log.open("ab") as log:
            command = [SSHD, "-D", "-e", "-f", str(self.home / "sshd_config")]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(self._answers, 30, what="an answer of sshd")

    def _answers(self):
        assert self._process.poll() is None, self.log.read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5) as probe:
            return probe.recv(3) == b"SSH"
        return False

    def stop(self):
        """SIGKILL the daemon and everything below its sessions."""
        below = self.below()
        self._process.kill()
        self._process.wait()
        _kill(below)

    def below(self):
        """The daemon's processes for each connection, and everything that was started by those and not re-parented."""
        return psutil.Process(self._process.pid).children(recursive=True)

    def sessions(self):
        """The daemon's own processes for each connection."""
        return [one for one in self.below() if one.name() == "sshd" or one.name().startswith("sshd-")]

    def kill_sessions(self):
        """SIGKILL the daemon's processes for each connection; what runs for them stays."""
        _kill(self.sessions())

    def kill_everything_below(self):
        """SIGKILL all that the connections started: sshd's processes, shells, Pythons."""
        _kill(self.below())


def _kill(processes):
    for one in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    until(lambda: not alive(processes), 30, what="the end of killed processes")


class Wire:
    """A port that leads to another one, until it is cut."""

    def __init__(self, to):
        self._to, self._ends, self._lock = to, set(), threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return
            try:
                there = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                here.close()
                continue
            with self._lock:
                self._ends |= {here, there}
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one, other):
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        self._end(one, other)

    def _end(self, *ends):
        with self._lock:
            self._ends -= set(ends)
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def cut(self):
        """End every connection that is open now; a new one goes through."""
        with self._lock:
            ends = list(self._ends)
        self._end(*ends)
        return len(ends) // 2

    def close(self):
        self._listener.close()
        self.cut()
