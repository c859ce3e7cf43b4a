"""What an earlier upgrade or a clone left is removed with a yes of its own, and never the only way back."""

import pytest

from tests.drive import PAIR
from tests.functional.conftest import EACH

ALTDISK = EACH["altdisk"]
DONE, CHECK, CURRENT = "SUCCESS-CLEANUP", "FAILURE-CHECK", "SUCCESS-CURRENT"


def last_message(ret):
    return ret["vios"]["vios1"]["messages"][-1]


def test_what_a_verified_upgrade_left_is_removed(vios, simulator):
    vios.migrate("vios1,vios2", **ALTDISK)
    assert simulator.disks("vios1")["hdisk0"] == "old_rootvg"
    ret = vios.cleanup("vios1,vios2", confirm=True)
    assert ret["status"] == {"vios1": DONE, "vios2": DONE}, ret
    assert simulator.disks("vios1") == {"hdisk1": "rootvg"}
    assert ret["vios"]["vios1"]["cmd"].startswith("c_rsh vios1")


def test_nothing_that_is_left_is_nothing_to_do(vios, simulator):
    assert vios.cleanup("vios1", confirm=True)["status"] == {"vios1": CURRENT}


def test_without_a_yes_it_shows_what_it_would_do(vios, simulator):
    vios.clone("vios1", disk="hdisk1")
    with pytest.raises(Exception, match=r"nothing was done\. With confirm=True: vios1: would clean up vios1"):
        vios.cleanup("vios1")
    assert simulator.disks("vios1")["hdisk1"] == "altinst_rootvg"


def test_a_look_shows_what_blocks_the_next_upgrade(vios, simulator):
    vios.clone("vios1", disk="hdisk1")
    ret = vios.cleanup("vios1", test=True)
    seen = [one for one in ret["findings"] if one["check"] == "altinst_rootvg"]
    assert (seen[0]["result"], seen[0]["seen"]) == ("warning", "on hdisk1, would be removed")


def test_the_way_back_of_a_vios_that_was_not_verified_stays(vios, simulator):
    simulator.fault("restore_partial", "vios1")
    vios.migrate("vios1,vios2", **ALTDISK)
    simulator.clear()
    ret = vios.cleanup("vios1", confirm=True)
    assert ret["status"] == {"vios1": CHECK}
    assert "its last migration ended FAILURE-UPGR1-WAIT: this is its way back" in last_message(ret)
    assert simulator.disks("vios1")["hdisk0"] == "old_rootvg"


def test_of_an_upgrade_that_the_journal_does_not_know_the_level_must_be_given(vios, simulator):
    simulator.fault("left_rootvg", "vios1")
    assert vios.cleanup("vios1", confirm=True)["status"] == {"vios1": CHECK}
    assert vios.cleanup("vios1", confirm=True, level="3.1.4.31")["status"] == {"vios1": CHECK}
    assert vios.cleanup("vios1", confirm=True, level="3.1.2.21")["status"] == {"vios1": DONE}


def test_what_the_vios_would_boot_next_stays(vios, simulator, on):
    vios.clone("vios1", disk="hdisk1")
    on("vios1", "bootlist -m normal hdisk1")
    ret = vios.cleanup("vios1", confirm=True)
    assert ret["status"] == {"vios1": CHECK}
    assert "begins with hdisk1, which would go (bootlist -m normal hdisk0)" in last_message(ret)


def test_one_group_of_two_is_removed(vios, simulator):
    simulator.fault("left_rootvg", "vios1", disk="hdisk1")
    simulator.store.db.execute(
        "INSERT INTO disk SELECT vios, 'hdisk9', '1', '2', size, 'altinst_rootvg', level FROM disk"
        " WHERE vios = 'vios1' AND name = 'hdisk0'"
    )
    assert vios.cleanup("vios1", confirm=True, vg="altinst_rootvg")["status"] == {"vios1": DONE}
    assert simulator.disks("vios1") == {"hdisk0": "rootvg", "hdisk1": "old_rootvg"}


def test_another_group_is_refused(vios):
    with pytest.raises(Exception, match="expected altinst_rootvg or old_rootvg"):
        vios.cleanup("vios1", confirm=True, vg="rootvg")


def test_a_command_that_fails_on_the_vios_is_a_failure(vios, simulator):
    vios.clone("vios1", disk="hdisk1")
    simulator.fault("keeps_alt_rootvg", "vios1")
    ret = vios.cleanup("vios1", confirm=True)
    assert ret["status"] == {"vios1": "FAILURE-CLEANUP-INIT"}, ret["vios"]["vios1"]
    assert ret["vios"]["vios1"]["rc"] == 1


def test_what_a_failed_altdisk_left_is_removed_and_the_next_attempt_goes(vios, simulator):
    """The VIOS never booted it, so that it is nobody's way back, and it would block every further attempt."""
    simulator.fault("fails", "vios1", phase="alt_install")
    assert vios.migrate("vios1,vios2", **ALTDISK)["status"] == {PAIR: "FAILURE-UPGR1"}
    simulator.clear("fails")
    vios.reset("vios1", confirm=True)
    assert vios.cleanup("vios1", confirm=True)["status"] == {"vios1": "SUCCESS-CLEANUP"}
    assert vios.migrate("vios1,vios2", **ALTDISK)["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert simulator.audit()["violations"] == []
