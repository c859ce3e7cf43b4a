"""What was installed may go while a driver works: the package, its environment, its Python, the driver's own copy."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from saltext_vios.driver.home import Home
from tests.conftest import HUNG, ROOT, driver_pid, kill_driver, settings_of, until
from tests.drive import PAIR, installing, migrated_once, started
from tests.functional.conftest import OPTIONS

pytestmark = pytest.mark.processes

CALL = """
import json, sys
from saltext_vios.driver import client
from saltext_vios.driver.home import prepare
from saltext_vios.driver.settings import Settings
from saltext_vios.options import checked

settings, options = json.load(sys.stdin)
home, caller = prepare(settings["state_dir"]), client.Caller("a test")
options = {**checked(options), "time_limit_text": ""}
number = client.request(home, [("vios1", "vios2")], options, Settings(**settings), caller)
client.until_picked_up(home, number, caller)
"""


class Installed:
    """The package at a place of its own, which may be thrown away."""

    def __init__(self, directory, python=sys.executable):
        self.directory, self.python = directory, python
        unneeded = shutil.ignore_patterns("__pycache__", "simulator")
        shutil.copytree(ROOT / "src" / "saltext_vios", directory / "saltext_vios", ignore=unneeded)

    def migrate(self, settings, **more):
        """Ask for the pair, and return when a driver has taken it up."""
        env = {**os.environ, "PYTHONPATH": str(self.directory), "PYTHONDONTWRITEBYTECODE": "1"}
        words = json.dumps([settings, OPTIONS])
        # Until nobody has its output open any more: as ssh does.
        subprocess.run(
            [self.python, "-c", CALL], input=words, capture_output=True, text=True, env=env, cwd="/", check=True, **more
        )

    def remove(self):
        shutil.rmtree(self.directory)


@pytest.fixture
def installed(tmp_path):
    return Installed(tmp_path / "site")


@pytest.fixture
def first_installs(installed, vios, simulator, state_dir):
    """The pair was asked for by the package that is installed; its first VIOS installs until the faults are cleared."""

    def ask(by=installed):
        simulator.fault("install_hangs", "vios1")
        by.migrate(settings_of(simulator, state_dir))
        installing(vios)
        return Home(state_dir)

    return ask


def ends_well(vios, simulator):
    simulator.clear()
    until(lambda: not vios.progress(), what="the end")
    assert vios.status() == {PAIR: "SUCCESS-UPGR2"}, vios.history(detail=True)
    migrated_once(simulator)


def virtual_environment(directory, copies):
    words = ["-m", "venv", "--without-pip", *(["--copies"] if copies else [])]
    subprocess.run([os.path.realpath(sys.executable), *words, str(directory)], check=True)
    return Installed(directory / "site", str(directory / "bin" / "python3"))


def test_the_package_is_removed_while_the_first_vios_installs(first_installs, installed, vios, simulator):
    first_installs()
    installed.remove()
    ends_well(vios, simulator)


def test_the_package_is_upgraded_while_the_first_vios_installs(first_installs, installed, vios, simulator):
    home = first_installs()
    package = installed.directory / "saltext_vios"
    (package / "__init__.py").write_text('__version__ = "99.0"\n')
    (package / "driver" / "launcher.py").write_text("raise SystemExit('another launcher')\n")
    ends_well(vios, simulator)
    assert not list(home.code.glob("99.0-*"))


def test_the_environment_is_removed_and_the_python_that_it_was_made_with_stays(
    first_installs, tmp_path, vios, simulator
):
    environment = virtual_environment(tmp_path / "venv", copies=False)
    first_installs(environment)
    shutil.rmtree(tmp_path / "venv")
    ends_well(vios, simulator)


HARMS = [
    "deleted",
    "garbled",
    *(pytest.param(one, marks=pytest.mark.thorough) for one in ("half of it", "with its directory")),
]


@pytest.mark.parametrize("harm", HARMS)
def test_the_copy_of_the_code_is_harmed_while_the_first_vios_installs(first_installs, vios, simulator, harm):
    home = first_installs()
    (copy,) = home.code.glob("*.pyz")
    whole = copy.read_bytes()
    if harm == "with its directory":
        shutil.rmtree(home.code)
    elif harm == "deleted":
        copy.unlink()
    else:
        copy.write_bytes(b"garbled" if harm == "garbled" else whole[: len(whole) // 2])
    ends_well(vios, simulator)
    assert copy.read_bytes() == whole
    told = f"{copy} was changed after it was made" in home.driver_log.read_text()
    assert told is (harm in ("garbled", "half of it"))


def test_a_python_that_vanished_is_reported_and_another_one_continues(first_installs, tmp_path, vios, simulator):
    own = virtual_environment(tmp_path / "venv", copies=True)
    home = first_installs(own)
    assert vios.driver()["python"].startswith(own.python)
    shutil.rmtree(tmp_path / "venv")
    simulator.clear()
    until(lambda: "migrated" in str(vios.history(detail=True)), what="the end of the first VIOS")
    found = vios.driver()
    assert found["running"]
    assert f"is gone ({own.python})" in found["trouble"]
    assert vios.overview()["trouble"] == found["trouble"]
    assert "type: vios.resume" in home.driver_log.read_text()
    assert started(simulator) == ["vios1"]
    assert vios.resume()["started"] == [PAIR]
    # It has its lock a moment before it says in it who it is.
    other = os.path.realpath(sys.executable)
    until(lambda: vios.driver()["python"].startswith(other), what="the driver on another Python")
    ends_well(vios, simulator)


def resumed(home):
    """Run the script, as after a start of the machine."""
    return subprocess.run([str(home.resume)], capture_output=True, text=True, cwd="/", env={}, timeout=HUNG)


class TestScript:
    """What stands in the state directory for cron and inittab."""

    def test_it_starts_a_driver_where_nothing_of_ours_is_installed(
        self, first_installs, installed, vios, simulator, state_dir
    ):
        home = first_installs()
        installed.remove()
        kill_driver(state_dir)
        told = resumed(home)
        assert (told.returncode, told.stdout, told.stderr) == (0, f"vios: driver started for {PAIR}\n", "")
        assert resumed(home).stdout == "vios: a driver is already running\n"
        ends_well(vios, simulator)
        until(lambda: driver_pid(state_dir) is None, what="the end of the driver")
        assert resumed(home).stdout == "vios: nothing is under way\n"

    def test_it_obeys_a_stop(self, first_installs, vios, state_dir):
        home = first_installs()
        vios.stop(confirm=True)
        assert "the driver was stopped by" in resumed(home).stdout
        assert driver_pid(state_dir) is None

    def test_it_reports_a_python_that_vanished_and_how_to_continue(self, first_installs, tmp_path, vios, simulator):
        own = virtual_environment(tmp_path / "venv", copies=True)
        home = first_installs(own)
        (copy,) = home.code.glob("*.pyz")
        kill_driver(home.path)
        shutil.rmtree(tmp_path / "venv")
        told = resumed(home)
        assert told.returncode == 1
        assert f"{own.python} is gone" in told.stderr
        assert f"PYTHON -I -S {copy} resume {home.path}" in told.stderr
        by_hand = [sys.executable, "-I", "-S", str(copy), "resume", str(home.path)]
        subprocess.run(by_hand, check=True, capture_output=True, cwd="/", env={})
        ends_well(vios, simulator)

    def test_it_runs_no_code_that_was_changed(self, first_installs, vios, simulator, state_dir):
        home = first_installs()
        (copy,) = home.code.glob("*.pyz")
        kill_driver(state_dir)
        with zipfile.ZipFile(copy, "a") as archive:
            archive.writestr("added.py", "")
        told = resumed(home)
        assert (told.returncode, told.stdout) == (1, "")
        assert f"{copy} was changed after it was made" in told.stderr
        assert vios.resume()["started"] == [PAIR]
        assert resumed(home).stdout == "vios: a driver is already running\n"
        ends_well(vios, simulator)


def test_who_asked_is_not_kept_waiting_by_what_he_had_open(installed, vios, simulator, state_dir):
    simulator.fault("install_hangs", "vios1")
    ours, theirs = os.pipe()
    installed.migrate(settings_of(simulator, state_dir), pass_fds=[theirs])
    os.close(theirs)
    installing(vios)
    os.set_blocking(ours, False)
    # Neither the driver nor the launcher nor nim has it.
    assert os.read(ours, 1) == b""
    os.close(ours)
    pid = driver_pid(state_dir)
    assert os.getsid(pid) not in (os.getsid(0), pid)
    ends_well(vios, simulator)
