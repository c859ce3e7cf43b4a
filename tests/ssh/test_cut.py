"""The way to the NIM master breaks in the middle of a migration; the migration does not see it."""

import pytest

from tests.conftest import driver_pid, until
from tests.ssh.conftest import OPTIONS
from tests.ssh.following import LONG, PAIR, done, ended_well, follows, migrated_once, reached

CUTS = {
    "the ssh client is killed": lambda call, sshd, wire: call.kill_clients(),
    "sshd's processes of the session are killed": lambda call, sshd, wire: sshd.kill_sessions(),
    "everything below the ssh session is killed": lambda call, sshd, wire: sshd.kill_everything_below(),
    "the connection is cut": lambda call, sshd, wire: wire.cut(),
    "Ctrl-C": lambda call, sshd, wire: call.interrupt(),
    "salt-ssh is killed": lambda call, sshd, wire: call.kill(),
    "sshd is killed with all below it, and comes back": lambda call, sshd, wire: (sshd.stop(), sshd.start()),
}
# What holds a VIOS in a phase until it is cleared.
HOLDS = {
    "starting": ("nim_hangs", {"begins": True}),
    "installing": ("install_hangs", {}),
    "customizing": ("restore_hangs", {}),
    # Until it is installed it answers.
    "verifying": ("install_hangs", {}),
}


def test_one_migration_survives_every_way_to_cut_it(begin, salt_ssh, sshd, wire, target, simulator):
    simulator.fault("install_hangs", "vios1")
    call = begin("vios.migrate", "vios1,vios2", *OPTIONS)
    reached(target, "vios1", "installing")
    driver = driver_pid(target.state_dir)
    for how, cut in CUTS.items():
        follows(sshd, target)
        cut(call, sshd, wire)
        # Its exit status says nothing: salt-ssh ends with 0 after Ctrl-C.
        assert PAIR not in str(call.end().stdout), how
        sshd.kill_everything_below()
        assert driver_pid(target.state_dir) == driver, how
        call = begin("vios.wait", "vios1,vios2")
    simulator.clear()
    ended_well(call.end(), simulator)


@pytest.mark.thorough
@pytest.mark.parametrize("vios", ["vios1", "vios2"])
@pytest.mark.parametrize("at", HOLDS)
@pytest.mark.parametrize("how", CUTS)
def test_cut_in_a_phase_it_continues_by_itself(begin, salt_ssh, sshd, wire, target, simulator, how, at, vios):
    fault, words = HOLDS[at]
    simulator.fault(fault, vios, **words)
    call = begin("vios.migrate", "vios1,vios2", *OPTIONS)
    if at == "verifying":
        reached(target, vios, "installing")
        simulator.fault("c_rsh_refused", vios)
        simulator.clear("install_hangs")
    reached(target, vios, at)
    follows(sshd, target)
    CUTS[how](call, sshd, wire)
    call.end()
    simulator.clear()
    done(target)
    migrated_once(simulator)
    ended_well(salt_ssh("vios.wait", "vios1,vios2"), simulator)


def test_cut_while_salt_unpacks_itself_the_call_is_made_again(begin, salt_ssh, sshd, wire, target, simulator):
    target.wipe()
    call = begin("vios.migrate", "vios1,vios2", *OPTIONS)
    until(target.thin_dir.exists, LONG, what="the directory into which Salt unpacks itself")
    wire.cut()
    call.end()
    ended_well(salt_ssh("vios.migrate", "vios1,vios2", "level=3.1.4.31", *OPTIONS), simulator)
