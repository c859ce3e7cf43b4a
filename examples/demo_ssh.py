"""An sshd for the demo: an ordinary process on loopback with keys of its own, and the roster that leads to it."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

SEARCHED = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {home}/host_key
AuthorizedKeysFile {home}/authorized_keys
AllowUsers {user}
PermitRootLogin prohibit-password
PasswordAuthentication no
UsePAM no
# The keys lie below /tmp, in which everybody may write.
StrictModes no
PidFile none
Subsystem sftp internal-sftp
"""


def missing() -> str | None:
    """What there is not on this machine, or None."""
    return next((name for name in ("sshd", "ssh", "scp", "ssh-keygen") if _find(name) is None), None)


def _find(name: str) -> str | None:
    return shutil.which(name, path=SEARCHED)


@contextmanager
def sshd(home: Path, port: int) -> Iterator[None]:
    """One that only this user may log in to, with the key ``user_key``."""
    home.mkdir()
    for key in ("host_key", "user_key"):
        subprocess.run([_find("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(home / key)], check=True)
    (home / "authorized_keys").write_text(f'restrict,from="127.0.0.1" {(home / "user_key.pub").read_text()}')
    (home / "known_hosts").write_text(f"[127.0.0.1]:{port} {(home / 'host_key.pub').read_text()}")
    (home / "sshd_config").write_text(CONFIG.format(home=home, port=port, user=getpass.getuser()))
    if os.geteuid() == 0:
        # Where a packaged sshd locks itself up; it is there once the system's own has been started.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with (home / "log").open("wb") as log:
        command = [_find("sshd"), "-D", "-e", "-f", str(home / "sshd_config")]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _until_it_answers(port, process, home / "log")
        yield
    finally:
        process.terminate()
        process.wait()


def _until_it_answers(port: int, process: subprocess.Popen, log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"sshd does not start:\n{log.read_text()}")
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("sshd does not answer")


def roster(home: Path, port: int, name: str, target: Path, settings: dict[str, object]) -> str:
    """The roster of one NIM master, as text."""
    python = home / "bin"
    python.mkdir()
    # Python as the NIM master would have it: without Salt, and without this package.
    (python / "python3").symlink_to(os.path.realpath(sys.executable))
    entry = {
        "host": "127.0.0.1",
        "port": port,
        "user": getpass.getuser(),
        "priv": str(home / "user_key"),
        "identities_only": True,
        "ssh_options": [f"UserKnownHostsFile={home}/known_hosts", "StrictHostKeyChecking=yes"],
        "set_path": f"{python}:$PATH",
        "thin_dir": str(target / "thin"),
        "minion_opts": {"vios": settings},
    }
    return yaml.safe_dump({name: entry}, sort_keys=False)
