"""docs/rehearsal.md, typed as it stands: from a capture of one NIM master to a migration on a copy of it."""

import os
import re
import subprocess
import sys

import pytest
import yaml

from saltext_vios.simulator.api import Simulator
from tests.conftest import PRELUDE, ROOT, SPEED, kill_driver, settings_of

pytestmark = pytest.mark.processes
PAGE = (ROOT / "docs" / "rehearsal.md").read_text()
COMMANDS = [line.strip() for line in re.findall(r"^    (?=salt|python3)(.*)$", PAGE.replace("\\\n", ""), re.MULTILINE)]
PROGRAMS = {
    # Salt knows by the name of the program who asks.
    "salt-call": f"#!{sys.executable}\n{PRELUDE}from salt.scripts import salt_call; salt_call()\n",
    "python3": f'#!/bin/sh\nexec {sys.executable} "$@"\n',
}


@pytest.fixture
def real(tmp_path):
    """The NIM master that is captured: a minion's configuration in a directory of its own."""
    simulator = Simulator.create(tmp_path / "real" / "nim", speed=SPEED)
    simulator.set("vios1", level="3.1.1.10")
    conf = {"id": "nim-master", "file_client": "local", "root_dir": str(tmp_path / "real")}
    conf["vios"] = settings_of(simulator, tmp_path / "real" / "state")
    (tmp_path / "real" / "minion").write_text(yaml.safe_dump(conf))
    yield tmp_path / "real"
    simulator.close()


@pytest.fixture
def home(tmp_path):
    """Of whoever rehearses, with the programs on PATH and the minion's configuration of the page."""
    home = tmp_path / "home"
    (home / "rehearsal" / "salt").mkdir(parents=True)
    conf = re.search(r"```yaml\n(id: rehearsal\n.*?)```", PAGE, re.DOTALL)[1]
    (home / "rehearsal" / "salt" / "minion").write_text(conf.replace("/home/me", str(home)))
    (home / "bin").mkdir()
    for name, text in PROGRAMS.items():
        program = home / "bin" / name
        program.write_text(text)
        program.chmod(0o755)
    yield home
    kill_driver(home / "rehearsal" / "state")


def typed(line, home, real):
    """One line of the page, in a shell as a person has it; what it printed."""
    line = line.replace("/root/vios.json", f"{home}/vios.json")
    if "vios.capture" in line:
        line = line.replace("salt-call", f"salt-call --local -c {real}")
    env = {**os.environ, "HOME": str(home), "PATH": f"{home}/bin:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-c", line], cwd=home, env=env, capture_output=True, text=True, timeout=400)
    wanted = (0, 1) if " compare " in line else (0,)
    assert done.returncode in wanted, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.thorough
def test_every_command_of_the_page_does_what_the_page_says(home, real):
    printed = {line: typed(line, home, real) for line in COMMANDS}

    def of(word):
        (found,) = (out for line, out in printed.items() if word in line)
        return found

    assert "objects are in" in of(" load ")
    assert "vios1" in of("vios.list")
    assert "3.1.1.10" in of("vios.check")
    assert "SUCCESS-UPGR2" in of("vios.migrate")
    assert "SUCCESS-UPGR2" in of("vios.history")
    assert "0 violations" in of(" audit ")
    assert " agree, " in of(" compare ")
