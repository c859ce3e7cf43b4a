"""Does every client keep a path while a VIOS is down, and is what it served there again after it? By every method."""

import pytest
from salt.exceptions import SaltInvocationError

from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from tests.conftest import until
from tests.drive import PAIR, ended_well, started, under_way
from tests.functional.conftest import result_of

pytestmark = pytest.mark.methods
REQUIRE = {"paths": "require"}


@pytest.fixture
def lacking(simulator):
    """The second VIOS of the pair has no mapping for a client."""
    simulator.fault("path_missing", "vios2", client=3)


def clients(found, result):
    return [one for one in found["findings"] if one["result"] == result and "client" in one["check"]]


def test_a_client_that_would_lose_its_last_path_stops_the_start(vios, simulator, options, lacking):
    ret = vios.migrate("vios1,vios2", **options, **REQUIRE)
    assert ret["status"] == {PAIR: "FAILURE-CHECK"}
    assert "client 3 (lpar3): would lose its last path" in ret["meta"][PAIR]["messages"][-1]
    assert started(simulator) == []


def test_the_path_repaired_the_pair_is_migrated(vios, simulator, options, lacking):
    vios.migrate("vios1,vios2", **options, **REQUIRE)
    simulator.clear("path_missing")
    ended_well(vios.migrate("vios1,vios2", **options, **REQUIRE), simulator)
    assert simulator.audit(paths=True)["violations"] == []


def test_by_default_it_is_a_warning_in_the_result(vios, simulator, options, lacking):
    ret = vios.migrate("vios1,vios2", **options)
    ended_well(ret, simulator)
    assert simulator.audit(paths=True)["violations"] == ["paths: lpar3 had no storage left when vios1 went down"]
    assert any("warning: client 3 (lpar3): would lose its last path" in one for one in ret["meta"][PAIR]["messages"])


def test_with_ignore_nobody_is_asked(vios, simulator, options, lacking):
    found = vios.check("vios1,vios2", **options, paths="ignore")
    assert [one for one in found["findings"] if "client" in one["check"]] == []
    asked = simulator.store.rows("SELECT 1 FROM call WHERE argv LIKE '%lsmap -all -npiv%'")
    assert asked == []


@pytest.mark.parametrize("ignored", ["lpar3", "3", [3, 9]])
def test_a_client_that_is_ignored_stops_nothing(vios, simulator, options, lacking, ignored):
    ended_well(vios.migrate("vios1,vios2", **options, **REQUIRE, ignore_clients=ignored), simulator)


def test_a_preview_says_the_same(vios, simulator, options, lacking):
    found = vios.check("vios1,vios2", **options, **REQUIRE)
    assert [(one["vios"], one["check"]) for one in clients(found, "error")] == [("vios1", "client 3 (lpar3)")]
    assert found["tuples"][PAIR]["would"] == "FAILURE-CHECK"
    assert vios.check("vios1,vios2", **options)["result"] is True


def test_of_a_name_that_nim_does_not_know_nothing_is_said_of_its_host(vios, options):
    found = vios.check("vios1,vois2", **options)
    said = [str(one) for one in clients(found, "warning")]
    assert said
    assert all("no object of this name" in text and "no host name" not in text for text in said), said


def test_the_first_must_carry_before_the_second_goes_down(vios, simulator, options):
    """What the first lost meanwhile is found right before the second."""
    under_way(vios, simulator, options, **REQUIRE)
    simulator.fault("path_missing", "vios1", client=4)
    simulator.clear("install_hangs")
    ret = vios.wait("vios1,vios2")
    assert "SUCCESS" not in ret["status"][PAIR]
    assert started(simulator) == ["vios1"]
    assert simulator.audit()["violations"] == []


def test_a_vios_without_a_partner_takes_the_only_path(vios, simulator, options):
    simulator.set("vios2", mgmt_profile1="hmc1 2 frame9")
    ret = vios.migrate("vios1", **options, **REQUIRE)
    assert ret["status"] == {"vios1": "FAILURE-CHECK"}
    assert "NIM knows no other VIOS of this frame" in ret["meta"]["vios1"]["messages"][-1]


def test_an_answer_that_cannot_be_read_stops_only_what_requires_it(vios, simulator, options):
    simulator.fault("lsmap_garbled", "vios2", of="npiv")
    found = vios.check("vios1,vios2", **options)
    assert found["result"] is True
    assert "not understood" in clients(found, "warning")[0]["seen"]
    assert vios.check("vios1,vios2", **options, **REQUIRE)["result"] is False


def test_a_disk_that_one_vios_at_a_time_can_use_is_a_warning(vios, simulator, options):
    simulator.fault("single_path", "vios2", disk="hdisk4")
    (found,) = clients(vios.check("vios1,vios2", **options, **REQUIRE), "warning")[:1]
    assert found["check"] == "client 3 (lpar3)"
    assert "reserve_policy of hdisk4 on vios2 is single_path" in found["seen"]


def test_a_state_says_what_is_in_the_way(apply, simulator, options, lacking):
    words = "".join(f"\n    - {name}: {value}" for name, value in {**options, **REQUIRE}.items())
    sls = f"pair:\n  vios.migrated:\n    - name: vios1,vios2\n    - level: 3.1.4.31{words}\n"
    ret = result_of(apply(sls), "pair", name="vios1,vios2")
    assert ret["result"] is False
    assert "client 3 (lpar3): would lose its last path" in ret["comment"]


def test_another_word_is_refused(vios, options):
    with pytest.raises(SaltInvocationError, match="paths is 'maybe', expected 'require', 'warn' or 'ignore'"):
        vios.check("vios1,vios2", **options, paths="maybe")


MISSING = "FAILURE-UPGR1-PATHS"

# What does not come back, and what is said to be missing of it.
LOST = {
    "mapping_lost": ({"client": 3}, "client 3 (lpar3): vSCSI disk lpar3_1"),
    "logins_late": ({}, "client 3 (lpar3): 0 of 1 NPIV adapters are logged in"),
    "vnic_lost": ({}, "client 4 (lpar4): 0 of 1 virtual NICs are backed"),
    "sea_lost": ({}, "0 of 1 Shared Ethernet Adapters are PRIMARY or BACKUP (there is none)"),
    "adapter_lost": ({}, "adapter at U78D2.001.WZS-P1-C7-T1"),
}


@pytest.mark.parametrize("fault", LOST)
def test_what_a_vios_does_not_serve_again_keeps_the_second_up(vios, simulator, options, fault):
    words, missing = LOST[fault]
    simulator.fault(fault, "vios1", **words)
    ret = vios.migrate("vios1,vios2", **options, **REQUIRE)
    assert ret["status"] == {PAIR: MISSING}
    assert missing in ret["meta"][PAIR]["vios1"]["missing"]
    assert missing in ret["meta"][PAIR]["messages"][-1]
    assert started(simulator) == ["vios1"]
    assert simulator.level("vios1") == "3.1.4.31"


def test_by_default_what_is_missing_is_in_the_result_and_in_an_event(vios, simulator, options, state_dir):
    simulator.fault("adapter_lost", "vios1")
    ret = vios.migrate("vios1,vios2", **options)
    ended_well(ret, simulator)
    assert ret["meta"][PAIR]["vios1"]["missing"] == ["adapter at U78D2.001.WZS-P1-C7-T1"]
    assert ret["meta"][PAIR]["vios2"]["missing"] == []
    assert any("still missing" in line and "adapter at" in line for line in ret["meta"][PAIR]["messages"])
    with Journal(Home(state_dir), look_only=True) as journal:
        assert journal.query("SELECT 1 FROM event WHERE tag = ?", f"vios/{PAIR}/paths")


def test_a_node_that_does_not_join_its_cluster_again_is_missing(vios, simulator, options):
    simulator.cluster("ssp1", "vios1", "vios3")
    under_way(vios, simulator, options, **REQUIRE)
    simulator.fault("node_stays_down", "vios1")
    simulator.clear("install_hangs")
    ret = vios.wait("vios1,vios2")
    assert ret["status"] == {PAIR: MISSING}
    assert ret["meta"][PAIR]["vios1"]["missing"] == ["node of the cluster ssp1"]


def test_logins_that_come_late_are_waited_for(vios, simulator, options):
    simulator.fault("logins_late", "vios1", seconds=1200)
    ret = vios.migrate("vios1,vios2", **options, **REQUIRE)
    ended_well(ret, simulator)
    assert any("waiting up to 30 min for: client 3 (lpar3)" in line for line in ret["meta"][PAIR]["messages"])
    assert ret["meta"][PAIR]["vios1"]["missing"] == []


def test_they_have_as_long_as_the_call_says(vios, simulator, options):
    simulator.fault("logins_late", "vios1", seconds=4000)
    ended_well(vios.migrate("vios1,vios2", **options, **REQUIRE, paths_timeout=7200), simulator)


def test_a_driver_killed_while_it_waits_for_mappings_still_knows_what_there_was(vios, simulator, options, night):
    simulator.fault("logins_late", "vios1")
    vios.migrate("vios1,vios2", **options, **REQUIRE, paths_timeout=7200, wait=False)
    until(lambda: any("waiting up to" in line for line in messages(vios)), what="the wait for its logins")
    night.kill_driver()
    simulator.clear("logins_late")
    ended_well(vios.wait("vios1,vios2"), simulator)


def test_a_driver_killed_then_still_counts_what_stays_missing(vios, simulator, options, night):
    simulator.fault("logins_late", "vios1")
    vios.migrate("vios1,vios2", **options, **REQUIRE, wait=False)
    until(lambda: any("waiting up to" in line for line in messages(vios)), what="the wait for its logins")
    night.kill_driver()
    assert vios.wait("vios1,vios2")["status"] == {PAIR: MISSING}
    assert started(simulator) == ["vios1"]


def test_a_vios_whose_mappings_cannot_be_read_any_more_is_no_success_where_they_are_required(vios, simulator, options):
    under_way(vios, simulator, options, **REQUIRE)
    simulator.fault("lsmap_garbled", "vios1", of="npiv")
    simulator.clear("install_hangs")
    ret = vios.wait("vios1,vios2")
    assert ret["status"] == {PAIR: MISSING}
    assert "unknown for NPIV" in ret["meta"][PAIR]["vios1"]["missing"][0]


def test_what_is_missing_is_reported_with_what_to_type_next(vios, simulator, options):
    simulator.fault("adapter_lost", "vios1")
    failure = vios.migrate("vios1,vios2", **options, **REQUIRE)["meta"][PAIR]["vios1"]["failure"]
    assert failure["seen"]["missing"] == "adapter at U78D2.001.WZS-P1-C7-T1"
    assert failure["next"] == "salt-call vios.clients vios1,vios2"
    assert vios.history(detail=True)[0]["vios"]["vios1"]["missing"] == ["adapter at U78D2.001.WZS-P1-C7-T1"]


def test_repaired_by_hand_the_second_goes(vios, simulator, options):
    simulator.fault("sea_lost", "vios1")
    vios.migrate("vios1,vios2", **options, **REQUIRE)
    again = vios.migrate("vios1,vios2", **options, **REQUIRE)
    assert again["status"] == {PAIR: "FAILURE-CHECK"}
    simulator.clear("sea_lost")
    assert vios.migrate("vios1,vios2", **options, **REQUIRE)["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert simulator.audit()["violations"] == []


def test_it_cannot_be_required_of_what_nobody_verifies(vios, options):
    with pytest.raises(SaltInvocationError, match="paths is 'require' and verify is no"):
        vios.check("vios1,vios2", **options, **REQUIRE, verify=False)


def messages(vios):
    return [line for run in vios.history(detail=True) for line in run["messages"]]
