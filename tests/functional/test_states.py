"""The states, through ``state.apply`` of real SLS; the requisites are those of ``examples/``."""

import json

import pytest

from tests.conftest import until
from tests.functional.conftest import result_of

NEW = {"old": "3.1.2.21", "new": "3.1.4.31"}
PAST = "01/31/2020 04:00"


def sls(targets, fun="migrated", identity="t", **options):
    wanted = {
        "level": "3.1.4.31",
        "mksysb_name": "vios_31431",
        "spot_name": "vios_31431_spot",
        "bosinst_data": "unattended",
        "boot_client": True,
        "set_boot_list": True,
        **options,
    }
    arguments = [{"targets": targets}, *({name: value} for name, value in wanted.items() if value is not None)]
    return json.dumps({identity: {f"vios.{fun}": arguments}})


@pytest.fixture
def example(salt_functions):
    """Apply one of the examples of requisites."""
    return lambda name, **options: salt_functions["state.sls"](f"requisites.{name}", **options)


def vios1_fails(simulator):
    simulator.fault("nim_refuses", "vios1")


def test_a_pair_below_the_level_is_migrated(apply, simulator):
    ret = result_of(apply(sls([["vios1", "vios2"]])), "t")
    assert ret["result"] is True
    assert ret["changes"] == {"vios1": NEW, "vios2": NEW}
    assert "SUCCESS-UPGR2" in ret["comment"]
    assert ret["vios_status"] == {"vios1-vios2": "SUCCESS-UPGR2"}


def test_a_second_run_changes_nothing(apply, simulator):
    apply(sls([["vios1"]]))
    ret = result_of(apply(sls([["vios1"]])), "t")
    assert ret["result"] is True
    assert ret["changes"] == {}
    assert len(simulator.starts()) == 1


def test_at_the_level_nothing_is_to_do_though_the_window_is_over(apply, simulator):
    simulator.set("vios1", level="3.1.4.31")
    ret = result_of(apply(sls([["vios1"]], time_limit=PAST)), "t")
    assert ret["result"] is True
    assert ret["changes"] == {}


def test_force_reinstalls_nothing_that_is_at_the_level(apply, simulator):
    simulator.set("vios1", level="3.1.4.31")
    assert result_of(apply(sls([["vios1"]], force=True)), "t")["result"] is True
    assert simulator.starts() == []


def test_the_tuple_can_be_the_name(apply, simulator):
    text = sls(None, identity="vios1").replace('{"targets": null}, ', "")
    assert result_of(apply(text), "vios1")["changes"] == {"vios1": NEW}


def test_without_any_level_it_fails_and_says_so(apply, simulator):
    simulator.set("vios_31431", ioslevel=None)
    ret = result_of(apply(sls([["vios1"]], level=None)), "t")
    assert ret["result"] is False
    assert "target level unknown" in ret["comment"]
    assert simulator.starts() == []


def test_the_level_of_the_image_is_enough(apply, simulator):
    assert result_of(apply(sls([["vios1"]], level=None)), "t")["changes"] == {"vios1": NEW}


def test_test_mode_shows_the_plan_and_runs_nothing(apply, simulator, state_dir):
    ret = result_of(apply(sls([["vios2", "vios1"]]), test=True), "t")
    assert ret["result"] is None
    assert ret["changes"] == {"vios1": NEW, "vios2": NEW}
    assert "would migrate vios2, then vios1" in ret["comment"]
    assert "nim -Fo migvios" in ret["comment"]
    assert simulator.calls("nim") == 0
    assert not state_dir.exists()


def test_test_mode_with_nothing_to_do_is_clean(apply, simulator):
    simulator.set("vios1", level="3.1.4.31")
    ret = result_of(apply(sls([["vios1"]]), test=True), "t")
    assert ret["result"] is True
    assert ret["changes"] == {}


def test_test_mode_shows_what_would_fail(apply, simulator):
    simulator.fault("control", "vios1")
    ret = result_of(apply(sls([["vios1"]]), test=True), "t")
    assert ret["result"] is False
    assert "control" in ret["comment"]


@pytest.mark.parametrize("skip_ok", [False, True])
def test_a_skip_is_false_unless_it_is_allowed(apply, simulator, skip_ok):
    ret = result_of(apply(sls([["vios1"]], time_limit=PAST, skip_ok=skip_ok)), "t")
    assert ret["result"] is skip_ok
    assert "SKIPPED-TIMEOUT" in ret["comment"]
    assert ret["changes"] == {}


@pytest.mark.parametrize("skip_ok", [False, True])
def test_an_earlier_failure_is_passed_through(apply, simulator, skip_ok):
    ret = result_of(apply(sls([["vios1"]], vios_status={"vios1": "FAILURE-ALTDC"}, skip_ok=skip_ok)), "t")
    assert ret["result"] is skip_ok
    assert ret["vios_status"] == {"vios1": "FAILURE-ALTDC"}
    assert simulator.starts() == []


def test_a_failure_is_false_though_skips_are_allowed(apply, simulator):
    vios1_fails(simulator)
    assert result_of(apply(sls([["vios1"]], skip_ok=True)), "t")["result"] is False


def test_on_a_failure_what_was_done_stays_in_changes(apply, simulator):
    simulator.fault("fails", "vios2")
    ret = result_of(apply(sls([["vios1", "vios2"]])), "t")
    assert ret["result"] is False
    assert ret["changes"] == {"vios1": NEW}
    assert "FAILURE-UPGR2" in ret["comment"]
    assert any(line.startswith("  next, on the NIM master: salt-call") for line in ret["comment"].splitlines())


def test_not_waiting_is_not_done(apply, simulator):
    simulator.fault("install_hangs", "vios1")
    apply(sls([["vios1"]], wait=False))
    until(simulator.starts, what="the start")
    ret = result_of(apply(sls([["vios1"]], wait=False)), "t")
    assert ret["result"] is False
    assert "in progress since 20" in ret["comment"]
    simulator.clear()
    assert result_of(apply(sls([["vios1"]])), "t")["result"] is True


def test_tuples_and_vioses_have_lines_of_their_own(apply, simulator):
    simulator.set("vios3", level="3.1.4.31")
    returned = apply(sls([["vios1", "vios2"], ["vios3"]]))
    assert result_of(returned, "t", name="tuple vios1-vios2")["result"] is True
    assert result_of(returned, "t", name="VIOS vios2")["changes"] == {"vios2": NEW}
    assert result_of(returned, "t", name="tuple vios3")["changes"] == {}


def test_wrong_input_is_a_comment_and_no_traceback(apply):
    ret = result_of(apply(sls([["vios1"]], mksyb_name="x")), "t")
    assert ret["result"] is False
    assert "did you mean 'mksysb_name'" in ret["comment"]
    assert "Traceback" not in ret["comment"]


def test_nim_that_cannot_be_asked_is_a_comment(apply, simulator):
    simulator.fault("lsnim_fails")
    ret = result_of(apply(sls([["vios1"]])), "t")
    assert ret["result"] is False
    assert "lsnim" in ret["comment"]


class TestChecked:
    def test_it_is_true_when_nothing_stands_in_the_way(self, apply):
        ret = result_of(apply(sls([["vios1", "vios2"]], fun="checked")), "t", "checked")
        assert (ret["result"], ret["changes"]) == (True, {})

    def test_it_is_false_on_an_error(self, apply, simulator):
        simulator.fault("control", "vios1")
        ret = result_of(apply(sls([["vios1", "vios2"]], fun="checked")), "t", "checked")
        assert ret["result"] is False
        assert "control" in ret["comment"]

    def test_a_warning_is_reported_and_does_not_stop(self, apply, simulator):
        simulator.fault("no_migvios")
        ret = result_of(apply(sls([["vios1"]], fun="checked")), "t", "checked")
        assert ret["result"] is True
        assert "warning: vios1: migvios" in ret["comment"]

    def test_test_mode_is_the_same(self, apply):
        assert result_of(apply(sls([["vios1"]], fun="checked"), test=True), "t", "checked")["result"] is True


class TestRedundant:
    PAIR = json.dumps({"t": {"vios.redundant": [{"targets": [["vios1", "vios2"]]}]}})
    WAIVED = json.dumps({"t": {"vios.redundant": [{"targets": [["vios1", "vios2"]]}, {"ignore_clients": [3]}]}})

    def test_it_is_true_when_every_client_keeps_a_path(self, apply):
        ret = result_of(apply(self.PAIR), "t", "redundant")
        assert (ret["result"], ret["changes"]) == (True, {})
        assert "not checked: the state of paths inside the clients" in ret["comment"]

    def test_it_is_false_when_a_client_would_lose_its_last_path(self, apply, simulator):
        simulator.fault("path_missing", "vios2", client=3)
        ret = result_of(apply(self.PAIR), "t", "redundant")
        assert ret["result"] is False
        assert "vios1: lpar3: NPIV vfchost0 would be lost without it" in ret["comment"]

    def test_a_client_that_may_lose_its_paths_does_not_fail_it(self, apply, simulator):
        simulator.fault("path_missing", "vios2", client=3)
        assert result_of(apply(self.WAIVED), "t", "redundant")["result"] is True

    def test_what_is_not_known_is_reported_as_that(self, apply, simulator):
        simulator.fault("c_rsh_refused", "vios2")
        ret = result_of(apply(self.PAIR), "t", "redundant")
        assert ret["result"] is True
        assert "unknown" in ret["comment"]

    def test_test_mode_is_the_same(self, apply):
        assert result_of(apply(self.PAIR, test=True), "t", "redundant")["result"] is True


class TestRequisites:
    def test_require_goes_from_frame_to_frame(self, example, simulator):
        returned = example("require")
        assert result_of(returned, "frame2 migrated", name="vios3,vios4")["result"] is True
        starts = [one["vios"] for one in simulator.starts()]
        assert starts == ["vios1", "vios2", "vios3", "vios4"]
        assert simulator.audit()["violations"] == []

    def test_a_failed_check_stops_what_requires_it(self, example, simulator):
        simulator.fault("control", "vios2")
        returned = example("require")
        assert result_of(returned, "frame1 migrated")["result"] is False
        assert result_of(returned, "frame2 migrated", name="vios3,vios4")["result"] is False
        assert simulator.starts() == []

    def test_onchanges_only_after_a_migration(self, example):
        ran = "test_|-inform the storage team_|-inform the storage team_|-succeed_with_changes"
        assert example("onchanges")[ran]["changes"] != {}
        assert example("onchanges")[ran]["changes"] == {}

    def test_onfail_only_after_a_failure(self, example, simulator):
        ran = "test_|-call the operator_|-call the operator_|-succeed_with_changes"
        vios1_fails(simulator)
        assert example("onfail")[ran]["changes"] != {}
        simulator.clear()
        assert example("onfail")[ran]["changes"] == {}

    def test_prereq_only_before_a_migration(self, example, simulator):
        ran = "test_|-move the clients' paths_|-move the clients' paths_|-succeed_with_changes"
        assert example("prereq")[ran]["changes"] != {}
        assert [one["vios"] for one in simulator.starts()] == ["vios1", "vios2"]
        assert example("prereq")[ran]["changes"] == {}

    def test_names_make_a_state_of_each_tuple(self, example, simulator):
        vios1_fails(simulator)
        returned = example("names")
        assert result_of(returned, "pairs migrated", name="vios1,vios2")["result"] is False
        assert result_of(returned, "pairs migrated", name="vios3,vios4")["result"] is True
        assert returned["test_|-after the first pair_|-after the first pair_|-nop"]["result"] is False

    def test_retry_attaches_until_it_is_done(self, example, simulator):
        returned = example("retry", pillar={"interval": 1})
        assert result_of(returned, "frame1 migrated", name="vios1,vios2")["result"] is True
        assert len(simulator.starts()) == 2

    @pytest.mark.processes
    def test_parallel_states_share_one_driver(self, example, simulator):
        returned = example("parallel")
        for identity, name in (("frame1 migrated", "vios1,vios2"), ("frame2 migrated", "vios3,vios4")):
            assert result_of(returned, identity, name=name)["result"] is True
        assert returned["test_|-both frames done_|-both frames done_|-nop"]["result"] is True
        assert simulator.audit()["violations"] == []

    def test_a_slot_brings_the_status_of_when_the_state_runs(self, example, simulator):
        ret = result_of(example("slot"), "first VIOS once more, if it went well", name="vios1")
        assert ret["result"] is True
        assert ret["changes"] == {}

    def test_a_skip_that_was_allowed_is_passed_through(self, example, simulator):
        ret = result_of(example("skip_ok"), "after the window", name="vios1,vios2")
        assert ret["vios_status"] == {"vios1-vios2": "SKIPPED-TIMEOUT"}
        assert ret["result"] is True
        assert simulator.starts() == []


def test_a_tuple_that_is_done_costs_a_listing_and_a_question_to_each_vios(apply, simulator):
    for name in ("vios1", "vios2"):
        simulator.set(name, level="3.1.4.31")
    before = {name: simulator.calls(name) for name in ("nim", "lsnim", "c_rsh")}
    assert result_of(apply(sls("vios1,vios2")), "t")["result"] is True
    assert {name: simulator.calls(name) - count for name, count in before.items()} == {"nim": 0, "lsnim": 1, "c_rsh": 2}
