"""A call that waits at a terminal shows life on standard error; anywhere else it prints what it returns and no more."""

import contextlib
import json
import os
import pty
import subprocess
import sys
import threading

import pytest
import yaml

from tests.conftest import PRELUDE, kill_driver, settings_of
from tests.functional.conftest import OPTIONS

pytestmark = pytest.mark.processes
WORDS = ["vios.migrate", "vios1,vios2", *(f"{name}={value}" for name, value in OPTIONS.items())]
WITHOUT_RICH = "import sys; sys.modules['rich'] = None\n"


@pytest.fixture
def salt_call(tmp_path, simulator, state_dir):
    """The argv of a program of that name, by which Salt knows who asks."""
    conf = {"id": "nim-master", "file_client": "local", "root_dir": str(tmp_path)}
    (tmp_path / "minion").write_text(yaml.safe_dump({**conf, "vios": settings_of(simulator, state_dir)}))
    program = tmp_path / "salt-call"

    def argv(*words, prelude=""):
        program.write_text(f"{PRELUDE}{prelude}from salt.scripts import salt_call; salt_call()\n")
        return [sys.executable, str(program), "--local", "--log-level=error", "-c", str(tmp_path), *words]

    yield argv
    kill_driver(state_dir)


def at_a_terminal(argv):
    """Its standard output, a pipe, and what a terminal got that has 80 columns."""
    leader, follower = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=follower, env=env, text=True)
    os.close(follower)
    seen = bytearray()

    def read():
        with contextlib.suppress(OSError):  # nobody has the other end any more
            while part := os.read(leader, 65536):
                seen.extend(part)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    stdout, _ = process.communicate(timeout=400)
    reader.join(60)
    os.close(leader)
    assert process.returncode == 0, seen.decode()
    return stdout, seen.decode()


@pytest.mark.parametrize("prelude", ["", WITHOUT_RICH], ids=["rich", "lines"])
def test_a_terminal_shows_life_and_standard_output_is_the_return_alone(salt_call, prelude):
    pytest.importorskip("rich")
    stdout, seen = at_a_terminal(salt_call("--out", "json", *WORDS, prelude=prelude))
    assert json.loads(stdout)["local"]["status"] == {"vios1-vios2": "SUCCESS-UPGR2"}
    assert "vios1: successfully migrated" in seen
    assert "over: SUCCESS-UPGR2" in seen
    assert ("fleet" in seen) is (not prelude)


def test_without_a_terminal_nothing_is_shown(salt_call):
    done = subprocess.run(salt_call(*WORDS), capture_output=True, text=True, timeout=400)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.startswith("local:\nmigration completed")
