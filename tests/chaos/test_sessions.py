"""Everything below the ssh session is killed at a step of a pair's migration that was asked for over ssh.

The call is not made again: the driver belongs to no session, and comes to the end by itself.
"""

import shutil

import pytest

from tests.chaos.conftest import KILLER
from tests.chaos.test_kills import STEPS
from tests.conftest import ROOT, until
from tests.sample import step
from tests.ssh.conftest import (  # noqa: F401 - the way over ssh, in place of Salt in this process
    OPTIONS,
    begin,
    missing,
    salt_master,
    simulator,
    sshd,
    target,
    targets,
    wire,
)
from tests.ssh.following import done, migrated_once

pytestmark = [
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]


@pytest.fixture
def steps(tmp_path, sshd):  # noqa: F811
    """Where steps are counted, and what is killed."""
    directory = tmp_path / "steps"
    (directory / "launchers").mkdir(parents=True)
    for name in ("trace", "kills", "struck", "driver"):
        (directory / name).write_text("")
    (directory / "session").write_text(str(sshd.pid))
    return directory


@pytest.fixture
def package(tmp_path, steps):
    """The extension as it is sent, whose drivers and launchers count their steps."""
    made = tmp_path / "package"
    shutil.copytree(ROOT / "src", made, ignore=shutil.ignore_patterns("__pycache__"))
    own = f"import os, sys; os.environ['VIOS_STEPS'] = {str(steps)!r}; sys.path.append({str(KILLER)!r})"
    by_steps = f"{own}; import by_steps\n"
    with (made / "saltext_vios" / "driver" / "standalone.py").open("a") as source:
        source.write(f"\nMAIN = {by_steps!r} + MAIN\n")
    return made


@pytest.mark.parametrize("point", STEPS[3 :: step(some=136, few=272, most=8)])
def test_killed_below_the_ssh_session_it_continues_by_itself(begin, target, simulator, steps, package, point):  # noqa: F811
    (steps / "kills").write_text(f"session|{point}\n")
    # Salt sends it anew where it differs from what is there.
    call = begin("vios.migrate", "vios1,vios2", *OPTIONS, package=package, options=["-t"])
    until(lambda: (steps / "struck").read_text() or call.process.poll() is not None, 300, what="the kill")
    call.end()
    assert (steps / "struck").read_text(), (call, (steps / "trace").read_text())
    done(target)
    migrated_once(simulator)
