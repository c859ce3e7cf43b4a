"""A Salt master and minions as plain processes: nothing in them but Salt, so that what is timed is Salt."""

from __future__ import annotations

import contextlib
import getpass
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import saltext_vios
from benchmarks.site import until

BIN = Path(sys.executable).parent
ORCH = Path(saltext_vios.__file__).parent / "orch"


@dataclass(frozen=True)
class Salt:
    """A running master; its minions have their configurations in directories of their own names."""

    root: Path

    def run(self, command: str, *words: str) -> str:
        """What ``salt`` or ``salt-run`` prints.

        :raises SystemExit: when it fails.
        """
        argv = [str(BIN / command), "-c", str(self.root), "--log-level=quiet", *words]
        done = subprocess.run(argv, capture_output=True, check=False, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(argv)} returned {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def config_of(self, minion: str) -> Path:
        return self.root / minion / "minion"


@contextlib.contextmanager
def salt(root: Path, minions: Mapping[str, Mapping[str, Any]]) -> Iterator[Salt]:
    """Start a master and its minions, each with what its configuration has beside the common words."""
    publish, ret = _free_ports(2)
    _configure(
        root / "master",
        interface="127.0.0.1",
        publish_port=publish,
        ret_port=ret,
        auto_accept=True,
        file_roots={"base": [str(ORCH)]},
    )
    with contextlib.ExitStack() as stack:
        stack.enter_context(_daemon("salt-master", root))
        for name, config in minions.items():
            (root / name).mkdir()
            ports = {"master_port": ret, "publish_port": publish}
            _configure(root / name / "minion", id=name, master="127.0.0.1", **ports, **config)
            stack.enter_context(_daemon("salt-minion", root / name))
        made = Salt(root)
        until(lambda: _answering(made, list(minions)), "an answer of every minion")
        yield made


def _answering(made: Salt, minions: Sequence[str]) -> bool:
    with contextlib.suppress(SystemExit):
        return made.run("salt", "-t", "5", "-L", ",".join(minions), "test.ping").count("True") == len(minions)
    return False


def _configure(path: Path, **words: Any) -> None:
    root = path.parent
    own = {"root_dir": str(root), "pki_dir": "pki", "sock_dir": str(root / "s"), "user": getpass.getuser()}
    path.write_text(yaml.safe_dump({**own, "log_level": "warning", "log_level_logfile": "warning", **words}))


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@contextlib.contextmanager
def _daemon(name: str, config: Path) -> Iterator[None]:
    """In a process group of its own, gone at the end with all its children."""
    process = subprocess.Popen(
        [str(BIN / name), "-c", str(config), "--log-level=quiet"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(process.pid, sign)
                process.wait(timeout=10)
