"""Before a VIOS goes down: does every client keep a path through its partner? By every method."""

import pytest
from salt.exceptions import SaltInvocationError

from tests.drive import PAIR, ended_well, started, under_way
from tests.functional.conftest import EACH, result_of

REQUIRE = {"paths": "require"}


@pytest.fixture(params=EACH)
def options(request):
    return dict(EACH[request.param])


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


def test_by_default_it_is_a_warning_in_the_result(vios, simulator, options, lacking):
    ret = vios.migrate("vios1,vios2", **options)
    ended_well(ret, simulator)
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


def test_a_state_says_what_is_in_the_way(apply, simulator, options, lacking):
    words = "".join(f"\n    - {name}: {value}" for name, value in {**options, **REQUIRE}.items())
    sls = f"pair:\n  vios.migrated:\n    - name: vios1,vios2\n    - level: 3.1.4.31{words}\n"
    ret = result_of(apply(sls), "pair", name="vios1,vios2")
    assert ret["result"] is False
    assert "client 3 (lpar3): would lose its last path" in ret["comment"]


def test_another_word_is_refused(vios, options):
    with pytest.raises(SaltInvocationError, match="paths is 'maybe', expected 'require', 'warn' or 'ignore'"):
        vios.check("vios1,vios2", **options, paths="maybe")
