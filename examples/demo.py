"""Pairs migrate before your eyes, then a fleet, then a NIM master over ssh: Salt is real, NIM masters are simulated.

Runs as the current user in a temporary directory with free ports, ends by itself, and leaves nothing behind.
"""

from __future__ import annotations

import getpass
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
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import demo_ssh
import yaml

import saltext_vios
from saltext_vios.driver import presence
from saltext_vios.driver.home import Home

EXAMPLES = Path(__file__).resolve().parent
ORCH = Path(saltext_vios.__file__).parent / "orch"
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
# By which method the first pair is migrated: METHOD=viosupgrade make demo.
FIRST_PAIR = {
    "migvios": MIGRATION,
    "viosupgrade": ["method=viosupgrade", "type=altdisk", "level=3.1.4.31", "mksysb_name=vios_31431", "disk=hdisk1"],
}
METHOD = os.environ.get("METHOD", "migvios")


FLEET = """\
options:
  level: '3.1.4.31'
  mksysb_name: vios_31431
  spot_name: vios_31431_spot
  bosinst_data: unattended
  boot_client: true
  set_boot_list: true
masters:
  nim-a: [[vios1, vios2], [vios3, vios4]]
  nim-b: {targets: '*', options: {level_below: '3.1.4.31'}}
  nim-c: {targets: '*', options: {level_below: '3.1.4.31'}}
canary:
  nim-a: vios1,vios2
max_failures: 2
expected: 1h
"""


def main() -> int:
    if METHOD not in FIRST_PAIR:
        sys.exit(f"METHOD is {METHOD!r}, expected {' or '.join(map(repr, FIRST_PAIR))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        root = Path(stack.enter_context(_temporary_root()))
        ports = _free_port(), _free_port()
        _configure_master(root, *ports)
        stack.enter_context(_daemon(root, "salt-master", root))
        _say(f"A salt-master and a salt-minion (nim-master) start, with a simulated NIM master, {SPEED} times as fast")
        _nim_master(stack, root, "nim-master", ports)
        _until_they_answer(root, "nim-master")
        broken = _rehearsal(stack, root)
        broken = _one_nim_master(root) or broken
        _say("A fleet: three more NIM masters with three pairs each; on nim-c, one VIOS will fail")
        for name in ("nim-a", "nim-b", "nim-c"):
            _nim_master(stack, root, name, ports)
        _simulator("fault", str(root / "nim-c" / "nim"), "fails", "vios3", "times=1")
        _until_they_answer(root, "nim-a", "nim-b", "nim-c")
        broken = _fleet(root) or broken
        return _over_ssh(stack, root) or broken


def _over_ssh(stack: ExitStack, root: Path) -> int:
    if what := demo_ssh.missing():
        _say(f"LEFT OUT, since there is no {what} here: a NIM master over ssh (Debian: openssh-server, openssh-client)")
        return 0
    _say("A NIM master without a minion: it has sshd and Python, and Salt sends what is needed along")
    home, keys, port = root / "nim-ssh", root / "ssh", _free_port()
    settings = _simulated(home, "nim-ssh")
    stack.callback(_end_driver, home)
    stack.enter_context(demo_ssh.sshd(keys, port))
    (root / "roster").write_text(demo_ssh.roster(keys, port, "nim-ssh", home, settings))
    print(f"$ cat {root / 'roster'}\n{(root / 'roster').read_text()}", flush=True)
    _salt_ssh(root, "vios.list")
    _say("The driver stays on the NIM master; the connection does not")
    _salt_ssh(root, "vios.migrate", "vios1,vios2", *MIGRATION, "wait=False")
    _say("What Salt sent is deleted meanwhile; the migration continues, and the next call sends it again")
    shutil.rmtree(home / "thin")
    _salt_ssh(root, "vios.wait", "vios1,vios2")
    _salt_ssh(root, "vios.status")
    _say("The audit of every promise, there too")
    return _simulator("audit", str(home / "nim"), show=True)


def _salt_ssh(root: Path, *words: str) -> None:
    words = ("--roster-file", str(root / "roster"), "nim-ssh", *words)
    print("$", shlex.join(["salt-ssh", *words[2:]]), flush=True)
    _shown([BIN / "salt-ssh", "-c", root, *words])


def _fleet(root: Path) -> int:
    fleet = root / "fleet.yaml"
    fleet.write_text(FLEET)
    print(f"$ cat {fleet}\n{FLEET}", flush=True)
    _say("The plan: a canary, then the rest of all three side by side")
    _run(root, "salt-run", "vios.plan", str(fleet))
    _say("Carry it out; the orchestration is fleet.sls of the package")
    with _events(root):
        _orchestrate(root, fleet, fails=True)
    _say("How all of them stand")
    _run(root, "salt-run", "vios.overview", "nim-[abc]")
    _say("An operator recovers vios3; the same again does only what is left")
    _run(root, "salt", "nim-c", "vios.reset", "vios3", "confirm=True")
    with _events(root):
        _orchestrate(root, fleet)
    _run(root, "salt-run", "vios.overview", "nim-[abc]")
    _say("The audit of every promise, on each of them")
    return max(_simulator("audit", str(root / name / "nim"), show=True) for name in ("nim-a", "nim-b", "nim-c"))


def _orchestrate(root: Path, fleet: Path, fails: bool = False) -> None:
    words = ("--state-output=terse", "state.orchestrate", "fleet", f"pillar={{fleet: {fleet}}}")
    _run(root, "salt-run", *words, fails=fails)


def _one_nim_master(root: Path) -> int:
    simulator = root / "nim-master" / "nim"
    _say("Which VIOSes does the NIM master know?")
    _salt(root, "vios.list")
    _say("What would stop or worry a migration of the first pair?")
    _salt(root, "vios.check", "vios1,vios2", *FIRST_PAIR[METHOD])
    _say("A backup of both, made side by side and read by viosbr; asked for again, it is fresh")
    _salt(root, "vios.backup", "vios1,vios2")
    _salt(root, "vios.backup", "vios1,vios2", "max_age=7d")
    _salt(root, "vios.backups", "vios1,vios2")
    _say("Migrate it, if it has its backup; the lines in between come from the Salt event bus")
    with _events(root):
        _salt(root, "vios.migrate", "vios1,vios2", *FIRST_PAIR[METHOD], "backup=require")
    _a_path_is_missing(root)
    _say("The last pair by highstate")
    with _events(root):
        _salt(root, "state.apply")
    _say("The highstate once more: nothing is to do")
    _salt(root, "state.apply")
    _say("What is recorded")
    _salt(root, "vios.status")
    _salt(root, "vios.history")
    _say("The simulator's audit of every promise")
    return _simulator("audit", str(simulator), "--paths", show=True)


def _a_path_is_missing(root: Path) -> None:
    simulator = str(root / "nim-master" / "nim")
    _say("The second pair: vios4 has no mapping for a client, which would lose its disks with vios3")
    _simulator("fault", simulator, "path_missing", "vios4", "client=3")
    _salt(root, "vios.clients", "vios3,vios4", fails=True)
    _say("So nothing of it starts")
    _salt(root, "vios.migrate", "vios3,vios4", *MIGRATION, "paths=require", fails=True)
    _say("An administrator repairs the path, and the same command migrates the pair")
    _simulator("fault", simulator, "path_missing", "--clear")
    with _events(root):
        _salt(root, "vios.migrate", "vios3,vios4", *MIGRATION, "paths=require")


def _rehearsal(stack: ExitStack, root: Path) -> int:
    home, capture = root / "rehearsal", root / "nim-master" / "state" / "captures" / "vios.json"
    _say("A capture: what this NIM master and its VIOSes say; it stays here, so it keeps the names")
    _salt(root, "vios.capture", str(capture), "names=True")
    _say("Where it differs from what is assumed of a NIM master")
    _simulator("compare", str(capture), show=True)
    _say("A copy of it to rehearse on: the migration of the first pair, without any daemon of Salt")
    config = {**_common(home), "id": "rehearsal", "file_client": "local", "vios": _simulated(home, "rehearsal")}
    stack.callback(_end_driver, home)
    (home / "minion").write_text(yaml.safe_dump(config))
    _simulator("load", str(home / "nim"), str(capture), show=True)
    words = ("vios.migrate", "vios1,vios2", *MIGRATION)
    print("$", shlex.join(["salt-call", *words]), flush=True)
    _shown([BIN / "salt-call", "--local", "-c", home, *words])
    return _simulator("audit", str(home / "nim"), show=True)


def _say(text: str) -> None:
    print(f"\n# {text}", flush=True)


def _salt(root: Path, *words: str, fails: bool = False) -> None:
    _run(root, "salt", "nim-master", *words, fails=fails)


def _run(root: Path, command: str, *words: str, fails: bool = False) -> None:
    print("$", shlex.join([command, *words]), flush=True)
    _shown([BIN / command, "-c", root, "-t", "60", *words], fails)


def _shown(command: Sequence[str | Path], fails: bool = False) -> None:
    """Run what a person would, and end the demo where it does not end as the demo says."""
    ended = subprocess.run(command, check=False).returncode
    if bool(ended) is not fails:
        raise SystemExit(f"\nthe demo is broken: exit status {ended}, expected {'another one' if fails else 0}")


def _simulator(*words: str, show: bool = False) -> int:
    if show:
        print("$", shlex.join(["python3", "-m", "saltext_vios.simulator", *words]), flush=True)
    return subprocess.run(
        [sys.executable, "-m", "saltext_vios.simulator", *words],
        check=not show,
        stdout=None if show else subprocess.DEVNULL,
    ).returncode


def _configure_master(root: Path, publish: int, ret: int) -> None:
    config = {
        **_common(root),
        "interface": "127.0.0.1",
        "publish_port": publish,
        "ret_port": ret,
        "auto_accept": True,
        "sock_dir": str(root / "m"),
        "file_roots": {"base": [str(EXAMPLES / "file_roots"), str(ORCH)]},
    }
    (root / "master").write_text(yaml.safe_dump(config))


def _nim_master(stack: ExitStack, root: Path, name: str, ports: tuple[int, int]) -> None:
    """A simulated NIM master and its minion, in a directory of their own."""
    home = root / name
    config = {
        **_common(home),
        "id": name,
        "master": "127.0.0.1",
        "master_port": ports[1],
        "publish_port": ports[0],
        "sock_dir": str(home / "s"),
        "vios": _simulated(home, name),
    }
    (home / "minion").write_text(yaml.safe_dump(config))
    stack.callback(_end_driver, home)
    stack.enter_context(_daemon(root, "salt-minion", home))


def _simulated(home: Path, name: str) -> dict[str, object]:
    """A simulated NIM master in a new directory; its settings."""
    home.mkdir()
    simulator, scenario = home / "nim", home / "scenario.yaml"
    # A frame belongs to one NIM master, so each of the fleet has frames of its own.
    prefix = "" if name == "nim-master" else f"{name}-"
    frames = {f"{prefix}frame{n}": [f"vios{2 * n - 1}", f"vios{2 * n}"] for n in (1, 2, 3)}
    scenario.write_text(yaml.safe_dump({"frames": frames}))
    _simulator("init", str(simulator), "--scenario", str(scenario), "--speed", str(SPEED))
    for kind in ("ios_backup", "ios_mksysb"):
        (home / "backups" / kind).mkdir(parents=True)
    return {
        "nim_bin_dir": str(simulator / "bin"),
        "backup_dir": str(home / "backups"),
        "c_rsh": str(simulator / "bin" / "c_rsh"),
        "poll_interval": 0.4,
        "state_dir": str(home / "state"),
    }


def _common(root: Path) -> dict[str, str]:
    return {
        "root_dir": str(root),
        "pki_dir": "pki",
        "log_level": "critical",
        "log_level_logfile": "warning",
        "user": getpass.getuser(),
    }


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
def _daemon(root: Path, name: str, config: Path) -> Iterator[None]:
    """One Salt daemon in a process group of its own, gone at the end with all its children."""
    log = (config / f"{name}.out").open("wb")
    process = subprocess.Popen([BIN / name, "-c", config], stdout=log, stderr=log, start_new_session=True)
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
    while (driver := presence.running(home)) and time.monotonic() < deadline:
        if driver.pid:
            os.kill(driver.pid, signal.SIGTERM)
        time.sleep(0.1)


def _until_they_answer(root: Path, *names: str) -> None:
    for _ in range(30):
        ping = [BIN / "salt", "-c", root, "-t", "5", "-L", ",".join(names), "test.ping", "--out", "txt"]
        told = subprocess.run(ping, capture_output=True, check=False, text=True).stdout
        silent = [name for name in names if f"{name}: True" not in told]
        if not silent:
            return
    raise SystemExit(f"{silent[0]} does not answer; its log:\n{(root / silent[0] / 'salt-minion.out').read_text()}")


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
                    print(f"    {event['data']['id']:10} {event['tag']:30} {percent}{data['message']}", flush=True)

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
