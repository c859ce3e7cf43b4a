"""What was installed may go while a driver works: the package, its environment, its Python, the driver's own copy."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from saltext_vios.driver.home import Home
from tests.conftest import ROOT, settings_of, until
from tests.drive import PAIR, installing, migrated_once
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

    def migrate(self, settings):
        """Ask for the pair, and return when a driver has taken it up."""
        env = {**os.environ, "PYTHONPATH": str(self.directory), "PYTHONDONTWRITEBYTECODE": "1"}
        words = json.dumps([settings, OPTIONS])
        subprocess.run([self.python, "-c", CALL], input=words, text=True, env=env, cwd="/", check=True, timeout=120)

    def remove(self):
        shutil.rmtree(self.directory)


@pytest.fixture
def installed(tmp_path):
    return Installed(tmp_path / "site")


def ended(vios):
    """The status of the pair, once nothing of it is under way."""
    until(lambda: not vios.progress(), what="the end")
    return vios.status()[PAIR]


def test_the_package_is_removed_while_the_first_vios_installs(installed, vios, simulator, state_dir):
    simulator.fault("install_hangs", "vios1")
    installed.migrate(settings_of(simulator, state_dir))
    installing(vios)
    installed.remove()
    simulator.clear()
    assert ended(vios) == "SUCCESS-UPGR2", Home(state_dir).driver_log.read_text()
    migrated_once(simulator)
