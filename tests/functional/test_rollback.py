"""A rollback by the driver: refused where there is no way back, one reboot, proven by the level of before."""

import pytest

from tests.conftest import until
from tests.drive import PAIR
from tests.functional.conftest import EACH

ALTDISK, MIGVIOS = EACH["altdisk"], EACH["migvios"]
CHECK = "FAILURE-CHECK"
DONE, INIT, WAIT, FAILED = "SUCCESS-ROLLBACK", "FAILURE-ROLLBACK-INIT", "FAILURE-ROLLBACK-WAIT", "FAILURE-ROLLBACK"
OLD, NEW = "3.1.2.21", "3.1.4.31"


@pytest.fixture
def migrated(vios):
    """A pair at the new level, each with its old_rootvg."""
    assert vios.migrate("vios1,vios2", **ALTDISK)["result"]


def reboots(simulator):
    return simulator.store.rows("SELECT COUNT(*) AS n FROM call WHERE note LIKE '%\"rebooted\"%'")[0]["n"]


def last_message(ret):
    return ret["vios"]["vios1"]["messages"][-1]


def test_a_vios_boots_its_former_system(vios, simulator, migrated):
    ret = vios.rollback("vios1", confirm=True)
    assert (ret["result"], ret["changed"], ret["status"]) == (True, True, {"vios1": DONE}), ret
    assert simulator.level("vios1") == OLD
    assert simulator.disks("vios1")["hdisk0"] == "rootvg"
    assert ret["vios"]["vios1"]["level"] == {"old": NEW, "new": OLD}
    assert (reboots(simulator), simulator.audit()["violations"]) == (1, [])


def test_a_second_call_finds_it_there(vios, simulator, migrated):
    vios.rollback("vios1", confirm=True)
    assert vios.rollback("vios1", confirm=True)["status"] == {"vios1": "SUCCESS-CURRENT"}
    assert (reboots(simulator), simulator.level("vios1")) == (1, OLD)


def test_it_can_be_migrated_again_after_a_cleanup(vios, simulator, migrated):
    vios.rollback("vios1", confirm=True)
    assert vios.cleanup("vios1", confirm=True)["status"] == {"vios1": "SUCCESS-CLEANUP"}
    assert vios.migrate("vios1,vios2", **ALTDISK)["status"] == {PAIR: "SUCCESS-UPGR1"}
    assert simulator.audit()["violations"] == []


def test_without_a_yes_it_shows_what_it_would_do(vios, simulator, migrated):
    with pytest.raises(Exception, match=r"nothing was done\. With confirm=True: vios1: would roll back vios1"):
        vios.rollback("vios1")
    ret = vios.rollback("vios1", test=True)
    assert any(f"would boot from hdisk0 with ioslevel {OLD}" in one["seen"] for one in ret["findings"])
    assert reboots(simulator) == 0


def test_the_disk_may_be_named_as_one_of_each_vios(vios, simulator, migrated):
    wrong = vios.rollback("vios1", confirm=True, disk={"vios1": "hdisk2", "vios2": "hdisk0"})
    assert "there is none" in last_message(wrong)
    ret = vios.rollback("vios1", confirm=True, disk={"vios1": "hdisk0", "vios2": "hdisk2"})
    assert ret["status"] == {"vios1": DONE}, ret


def test_several_at_once_are_refused(vios):
    with pytest.raises(Exception, match="one VIOS is rolled back by one call"):
        vios.rollback("vios1,vios2", confirm=True)


def test_there_is_no_way_back_after_an_install_over_rootvg(vios, simulator):
    vios.migrate("vios1,vios2", **MIGVIOS)
    ret = vios.rollback("vios1", confirm=True)
    assert ret["status"] == {"vios1": CHECK}
    assert "there is none: no old_rootvg, no altinst_rootvg, no clone" in last_message(ret)
    assert reboots(simulator) == 0


def test_after_a_network_install_a_clone_is_the_way_back(vios, simulator):
    vios.clone("vios1", disk="hdisk1")
    vios.migrate("vios1,vios2", **MIGVIOS)
    assert simulator.level("vios1") == NEW
    ret = vios.rollback("vios1", confirm=True)
    assert ret["status"] == {"vios1": DONE}, ret["vios"]
    assert simulator.level("vios1") == OLD
    assert simulator.audit()["violations"] == []


def test_a_level_that_the_journal_does_not_know_must_be_given(vios, simulator):
    simulator.fault("left_rootvg", "vios1", level="2.2.6.65")
    assert "has no earlier level" in last_message(vios.rollback("vios1", confirm=True))
    assert vios.rollback("vios1", confirm=True, level="2.2.6.65")["status"] == {"vios1": DONE}


@pytest.mark.parametrize("fault", ["partner_down", "c_rsh_refused", "foreign_operation"])
def test_a_partner_that_is_not_healthy_keeps_it_from_the_reboot(vios, simulator, migrated, fault):
    simulator.fault(fault, "vios2")
    assert vios.rollback("vios1", confirm=True)["status"] == {"vios1": CHECK}
    assert reboots(simulator) == 0


def test_of_a_vios_without_a_partner_it_is_refused_unless_it_is_meant(vios, simulator, migrated):
    simulator.store.remove("vios2")
    assert vios.rollback("vios1", confirm=True)["status"] == {"vios1": CHECK}
    assert vios.rollback("vios1", confirm=True, alone=True)["status"] == {"vios1": DONE}


# What does not come back after the reboot, and what is said to be missing of it.
LOST = {
    "mapping_lost": ({"client": 3}, "client 3 (lpar3): vSCSI disk lpar3_1"),
    "logins_late": ({}, "client 3 (lpar3): 0 of 1 NPIV adapters are logged in"),
    "sea_lost": ({}, "0 of 1 Shared Ethernet Adapters are PRIMARY or BACKUP (there is none)"),
    "adapter_lost": ({}, "adapter at U78D2.001.WZS-P1-C7-T1"),
}


@pytest.mark.parametrize("fault", LOST)
def test_what_it_does_not_serve_again_is_missing(vios, simulator, migrated, fault):
    words, missing = LOST[fault]
    simulator.fault(fault, "vios1", after="reboot", **words)
    ret = vios.rollback("vios1", confirm=True)
    assert ret["status"] == {"vios1": DONE}, ret
    assert missing in ret["vios"]["vios1"]["missing"]
    assert "30 min after the rollback still missing" in last_message(ret)


@pytest.mark.parametrize("fault", LOST)
def test_where_paths_are_required_it_is_no_success(vios, simulator, migrated, fault):
    words, missing = LOST[fault]
    simulator.fault(fault, "vios1", after="reboot", **words)
    ret = vios.rollback("vios1", confirm=True, paths="require")
    assert (ret["result"], ret["status"]) == (False, {"vios1": "FAILURE-ROLLBACK-PATHS"})
    assert simulator.level("vios1") == OLD
    assert ret["vios"]["vios1"]["failure"]["next"] == "salt-call vios.clients vios1"
    assert missing in ret["vios"]["vios1"]["failure"]["seen"]["missing"]


def test_logins_that_come_late_are_waited_for(vios, simulator, migrated):
    simulator.fault("logins_late", "vios1", after="reboot", seconds=1200)
    ret = vios.rollback("vios1", confirm=True, paths="require", paths_timeout=7200)
    assert ret["status"] == {"vios1": DONE}, ret
    assert any("waiting up to 2 h for: client 3 (lpar3)" in line for line in ret["vios"]["vios1"]["messages"])
    assert ret["vios"]["vios1"]["missing"] == []


def test_a_driver_killed_while_it_waits_for_them_still_knows_what_there_was(vios, simulator, migrated, night):
    simulator.fault("logins_late", "vios1", after="reboot")
    vios.rollback("vios1", confirm=True, paths="require", paths_timeout=7200, wait=False)
    told = "waiting up to 2 h for"
    until(lambda: told in str(vios.history("rollback:vios1", detail=True)), what="the wait for its logins")
    night.kill_driver()
    assert vios.wait("rollback:vios1")["status"] == {"rollback:vios1": "FAILURE-ROLLBACK-PATHS"}
    assert reboots(simulator) == 1


def test_with_ignore_nobody_is_asked_what_it_serves(vios, simulator, migrated):
    simulator.fault("logins_late", "vios1", after="reboot")
    ret = vios.rollback("vios1", confirm=True, paths="ignore")
    assert (ret["status"], ret["vios"]["vios1"]["missing"]) == ({"vios1": DONE}, [])


# Fault on the VIOS that is rolled back -> (its words, the status).
MATRIX = {
    "boots_old_disk": ({}, FAILED),
    "answers_late": ({"seconds": 3000}, DONE),
    "mstate_flips": ({}, DONE),
    "stale_result": ({}, DONE),
    "c_rsh_refused": ({}, CHECK),
    "foreign_operation": ({}, CHECK),
    "answers_late for ever": ({"seconds": 90000}, WAIT),
}


@pytest.mark.parametrize("fault", MATRIX)
def test_a_fault_leads_to_its_status(vios, simulator, migrated, fault):
    words, status = MATRIX[fault]
    simulator.fault(fault.split()[0], "vios1", **words)
    ret = vios.rollback("vios1", confirm=True, poll_interval=60)
    assert ret["status"] == {"vios1": status}, ret["vios"]["vios1"]
    assert simulator.audit()["violations"] == []
    assert reboots(simulator) == (0 if status == CHECK else 1)


def test_a_boot_list_that_does_not_take_is_no_reboot(vios, simulator, migrated):
    simulator.fault("boot_list_stays", "vios1")
    ret = vios.rollback("vios1", confirm=True)
    assert ret["status"] == {"vios1": INIT}
    assert "the boot list was set to hdisk0 and reads hdisk1; nim was not run" in last_message(ret)
    assert reboots(simulator) == 0


def test_a_driver_killed_before_the_reboot_does_it_once(vios, simulator, migrated, night):
    vios.rollback("vios1", confirm=True, wait=False)
    until(lambda: vios.progress()["rollback:vios1"]["vios"]["vios1"]["state"] == "starting", what="its intent")
    night.kill_driver()
    assert vios.wait("rollback:vios1")["status"] == {"rollback:vios1": DONE}
    assert reboots(simulator) == 1


def test_a_driver_killed_after_the_reboot_does_not_do_it_again(vios, simulator, migrated, night):
    simulator.fault("answers_late", "vios1", seconds=3000)
    vios.rollback("vios1", confirm=True, wait=False)
    until(lambda: reboots(simulator), what="the reboot")
    night.kill_driver()
    assert vios.wait("rollback:vios1")["status"] == {"rollback:vios1": DONE}
    assert (reboots(simulator), simulator.audit()["violations"]) == (1, [])


def test_a_node_that_may_not_join_its_cluster_again_stays(vios, simulator):
    simulator.cluster("pool", "vios1", "vios3")
    simulator.fault("left_rootvg", "vios1", level="3.1.4.50")
    simulator.store.db.execute("UPDATE vios SET level = '4.1.1.0' WHERE name = 'vios1'")
    ret = vios.rollback("vios1", confirm=True, level="3.1.4.50")
    assert "a node at 3.1.4.50 may not join it again" in last_message(ret)
    assert vios.rollback("vios1", confirm=True, level="3.1.4.50", may_lose_cluster=True)["status"] == {"vios1": DONE}
