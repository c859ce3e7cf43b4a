"""One pair after another migrates before your eyes: real Salt daemons, a simulated NIM master.

Runs as the current user in a temporary directory with free ports, ends by itself, and leaves nothing behind.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import yaml

from saltext_vios.driver import locks
from saltext_vios.driver.home import Home

EXAMPLES = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
SPEED = 900  # simulated seconds per second: a migration of about an hour takes a few seconds
MIGRATION = [
    "level=3.1.4.31",
    "mksysb_name=vios_31431",
    "spot_name=vios_31431_spot",
    "bosinst_data=unattended",
    "boot_client=yes",
    "set_boot_list=yes",
]


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        root = Path(stack.enter_context(_temporary_root()))
        simulator = root / "nim"
        _simulator("init", str(simulator), "--speed", str(SPEED))
        _configure(root, simulator)
        stack.callback(_end_driver, root)
        stack.enter_context(_daemon(root, "salt-master"))
        stack.enter_context(_daemon(root, "salt-minion"))
        _say(f"A salt-master and a salt-minion (nim-master) start beside a simulated NIM master, {SPEED} times as fast")
        _until_the_minion_answers(root)
        return _act(root, simulator)


def _act(root: Path, simulator: Path) -> int:
    _say("Which VIOSes does the NIM master know?")
    _salt(root, "vios.list")
    _say("What would stop or worry a migration of the first pair?")
    _salt(root, "vios.check", "vios1,vios2", *MIGRATION)
    _say("Migrate it; the lines in between come from the Salt event bus")
    with _events(root):
        _salt(root, "vios.migrate", "vios1,vios2", *MIGRATION)
    _say("The other two pairs by highstate")
    with _events(root):
        _salt(root, "state.apply")
    _say("The highstate once more: nothing is to do")
    _salt(root, "state.apply")
    _say("What is recorded")
    _salt(root, "vios.status")
    _salt(root, "vios.history")
    _say("The simulator's audit of every promise")
    return _simulator("audit", str(simulator), show=True)


def _say(text: str) -> None:
    print(f"\n# {text}", flush=True)


def _salt(root: Path, *words: str) -> None:
    print("$", shlex.join(["salt", "nim-master", *words]), flush=True)
    subprocess.run([BIN / "salt", "-c", root, "-t", "60", "nim-master", *words], check=False)


def _simulator(*words: str, show: bool = False) -> int:
    if show:
        print("$", shlex.join(["saltext-vios-simulator", *words]), flush=True)
    return subprocess.run(
        [sys.executable, "-m", "saltext_vios.simulator", *words],
        check=not show,
        stdout=None if show else subprocess.DEVNULL,
    ).returncode


def _configure(root: Path, simulator: Path) -> None:
    publish, ret = _free_port(), _free_port()
    common = {
        "root_dir": str(root),
        "pki_dir": "pki",
        "log_level": "warning",
        "log_level_logfile": "warning",
        "user": _user(),
    }
    master = {
        **common,
        "interface": "127.0.0.1",
        "publish_port": publish,
        "ret_port": ret,
        "auto_accept": True,
        "sock_dir": str(root / "m"),
        "file_roots": {"base": [str(EXAMPLES / "file_roots")]},
        "pillar_roots": {"base": [str(EXAMPLES / "pillar")]},
    }
    minion = {
        **common,
        "id": "nim-master",
        "master": "127.0.0.1",
        "master_port": ret,
        "publish_port": publish,
        "sock_dir": str(root / "s"),
        "pki_dir": "pki-minion",
        "vios": {
            "nim_bin_dir": str(simulator / "bin"),
            "c_rsh": str(simulator / "bin" / "c_rsh"),
            "poll_interval": 0.4,
            "state_dir": str(root / "state"),
        },
    }
    (root / "master").write_text(yaml.safe_dump(master))
    (root / "minion").write_text(yaml.safe_dump(minion))


def _user() -> str:
    import getpass

    return getpass.getuser()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _temporary_root() -> Iterator[str]:
    # The paths of Salt's sockets must be short.
    root = tempfile.mkdtemp(prefix="vios-", dir="/tmp" if os.path.isdir("/tmp") else None)
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def _daemon(root: Path, name: str) -> Iterator[None]:
    """One Salt daemon in a process group of its own, gone at the end with all its children."""
    log = (root / f"{name}.out").open("wb")
    process = subprocess.Popen([BIN / name, "-c", root], stdout=log, stderr=log, start_new_session=True)
    try:
        yield
    finally:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, sign)
                process.wait(timeout=8)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        log.close()


def _end_driver(root: Path) -> None:
    """After Ctrl-C in the middle: the driver outlives jobs and minions, but not its directory."""
    home = Home(root / "state")
    deadline = time.monotonic() + 5
    while locks.is_held(home.driver_lock) and time.monotonic() < deadline:
        pid = int(home.driver_lock.read_text() or 0)
        if pid:
            os.kill(pid, signal.SIGTERM)
        time.sleep(0.1)


def _until_the_minion_answers(root: Path) -> None:
    for _ in range(30):
        ping = [BIN / "salt", "-c", root, "-t", "5", "nim-master", "test.ping"]
        if b"True" in subprocess.run(ping, capture_output=True, check=False).stdout:
            return
    raise SystemExit(f"the minion does not answer; its log:\n{(root / 'salt-minion.out').read_text()}")


@contextmanager
def _events(root: Path) -> Iterator[None]:
    """Print the events of the migrations while a command runs."""
    import salt.config
    import salt.utils.event

    opts = salt.config.master_config(str(root / "master"))
    done = threading.Event()

    def listen() -> None:
        with salt.utils.event.get_event("master", opts=opts, sock_dir=opts["sock_dir"], listen=True) as bus:
            while not done.is_set():
                event = bus.get_event(wait=0.3, tag="vios/", full=True)
                if event:
                    data = event["data"]["data"]
                    percent = "" if data["percent"] is None else f"{data['percent']:3d} %  "
                    print(f"    {event['tag']:35} {percent}{data['message']}", flush=True)

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nstopped; nothing is left behind")
        sys.exit(130)
