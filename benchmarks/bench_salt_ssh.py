"""What the extension adds to a call over ssh: ``vios.status`` beside ``test.ping``, once Salt's code is there."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import salt.version
import yaml

from benchmarks.figures import Figure, directory, in_turns
from benchmarks.history import finished
from benchmarks.site import Site, drawn, frames, pairs, site, until

PAIRS, ROUNDS = 20, 7
LIMIT = 1.2
BIN = Path(sys.executable).parent
SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {root}/host
AuthorizedKeysFile {root}/user.pub
PidFile none
AllowUsers {user}
PasswordAuthentication no
UsePAM no
StrictModes no
Subsystem sftp internal-sftp
"""


def measure() -> Iterator[Figure]:
    what, limit = f"`salt-ssh vios.status` ({PAIRS} tuples) over `salt-ssh test.ping`", f"{LIMIT:.2f}"
    if SSHD is None or salt.version.__saltstack_version__.info < (3008,):
        yield Figure(what, "left out: no sshd here, or a Salt before 3008", limit)
        return
    tuples = pairs(PAIRS)
    with directory() as root, site(root, frames([], {})) as nim_master, daemon(root) as port:
        finished(nim_master, tuples, drawn(tuples), at=1.7e9)
        call = [BIN / "salt-ssh", "-c", _configured(root, port, nim_master), "-i", "--log-level=quiet", "nim-master"]
        sides = [
            partial(subprocess.run, [*call, function], stdout=subprocess.DEVNULL, check=True)
            for function in ("vios.status", "test.ping")
        ]
        in_turns(1, *sides)  # sends Salt's code
        ours, ping = map(min, in_turns(ROUNDS, *sides))
    ratio = ours / ping
    yield Figure(f"{what} ({ping:.2f} s)", f"{ratio:.2f}", limit, ratio <= LIMIT)


def _configured(root: Path, port: int, nim_master: Site) -> Path:
    """A Salt master's directory with a roster of one target."""
    conf = root / "conf"
    conf.mkdir()
    own = {"root_dir": str(root / "master"), "known_hosts_file": str(root / "known_hosts"), "user": getpass.getuser()}
    (root / "known_hosts").touch()
    (conf / "master").write_text(yaml.safe_dump(own))
    target = {
        "host": "127.0.0.1",
        "port": port,
        "user": getpass.getuser(),
        "priv": str(root / "user"),
        "thin_dir": str(root / "thin"),
        "set_path": f"{BIN}:$PATH",
        "minion_opts": {"vios": nim_master.config},
    }
    (conf / "roster").write_text(yaml.safe_dump({"nim-master": target}))
    return conf


@contextlib.contextmanager
def daemon(root: Path) -> Iterator[int]:
    """An sshd on loopback as an ordinary process; its port."""
    for name in ("host", "user"):
        keygen = shutil.which("ssh-keygen") or "ssh-keygen"
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", root / name], check=True)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (root / "sshd_config").write_text(CONFIG.format(port=port, root=root, user=getpass.getuser()))
    process = subprocess.Popen([str(SSHD), "-D", "-e", "-f", root / "sshd_config"], stderr=subprocess.DEVNULL)
    try:
        until(partial(_answers, port), "an answer of sshd")
        yield port
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as probe:
        return probe.recv(3) == b"SSH"
    return False
