"""``vios.migrate`` from the request to the verified end."""

import sqlite3

import pytest
from salt.exceptions import SaltInvocationError

from saltext_vios.driver.home import Home
from tests.conftest import driver_pid, until
from tests.drive import installing
from tests.functional.conftest import OPTIONS

pytestmark = pytest.mark.methods


def test_a_pair_is_migrated_one_after_the_other(vios, simulator, options):
    ret = vios.migrate("vios1,vios2", **options)
    assert ret["result"] is True
    assert ret["changed"] is True
    assert ret["status"] == {"vios1-vios2": "SUCCESS-UPGR2"}
    assert ret["targets"] == [["vios1", "vios2"]]
    assert [one["vios"] for one in simulator.starts()] == ["vios1", "vios2"]
    assert simulator.audit()["violations"] == []
    assert simulator.level("vios1") == simulator.level("vios2") == "3.1.4.31"


@pytest.mark.methods("migvios")
def test_the_return_shows_per_vios_what_was_done(vios, options):
    ret = vios.migrate("vios1", **options)
    one = ret["meta"]["vios1"]["vios1"]
    assert one["status"] == "SUCCESS-UPGR1"
    assert one["cmd"].startswith("nim -Fo migvios -a ios_mksysb=vios_31431 -a ios_backup=vios1_iosb ")
    assert one["rc"] == 0
    assert "has begun" in one["stdout"]
    assert one["stderr"] == ""
    assert one["level"] == {"old": "3.1.2.21", "new": "3.1.4.31"}
    assert one["started"] < one["finished"]
    assert 3600 < one["duration"] < 2 * 3600
    assert set(ret["nim_node"]["vios"]) == {"vios1"}
    assert ret["nim_node"]["vios"]["vios1"]["hostname"] == "vios1.example.com"


def test_the_order_given_is_the_order_of_migration(vios, simulator, options):
    ret = vios.migrate("vios2,vios1", **options)
    assert ret["status"] == {"vios1-vios2": "SUCCESS-UPGR2"}
    assert [one["vios"] for one in simulator.starts()] == ["vios2", "vios1"]


def test_tuples_on_different_frames_go_side_by_side(vios, simulator, options):
    ret = vios.migrate(["vios1,vios2", ["vios3", "vios4"], "(vios5, vios6)"], **options)
    assert set(ret["status"].values()) == {"SUCCESS-UPGR2"}
    starts = {one["vios"]: one["at"] for one in simulator.starts()}
    assert max(starts["vios1"], starts["vios3"], starts["vios5"]) < min(
        starts["vios2"], starts["vios4"], starts["vios6"]
    )
    assert simulator.audit()["violations"] == []


def test_two_tuples_on_one_frame_wait_for_each_other(vios, simulator, options):
    ret = vios.migrate([["vios1"], ["vios2"]], **options)
    assert ret["status"] == {"vios1": "SUCCESS-UPGR1", "vios2": "SUCCESS-UPGR1"}
    assert simulator.audit()["violations"] == []


def test_no_more_tuples_at_once_than_max_parallel(vios, simulator, options):
    vios.migrate([["vios1"], ["vios3"]], max_parallel=1, **options)
    first, second = simulator.starts()
    ended = simulator.store.rows("SELECT ended FROM operation WHERE vios = ?", first["vios"])[0]["ended"]
    assert second["at"] >= ended


def test_a_second_call_changes_nothing(vios, simulator, options):
    vios.migrate("vios1,vios2", **options)
    ret = vios.migrate("vios1,vios2", **options)
    assert ret["status"] == {"vios1-vios2": "SUCCESS-CURRENT"}
    assert ret["changed"] is False
    assert len(simulator.starts()) == 2


def test_in_a_pair_only_the_one_below_the_level_is_migrated(vios, simulator, options):
    simulator.set("vios1", level="3.1.4.31")
    ret = vios.migrate("vios1,vios2", **options)
    own = {name: ret["meta"]["vios1-vios2"][name]["status"] for name in ("vios1", "vios2")}
    assert own == {"vios1": "SUCCESS-CURRENT", "vios2": "SUCCESS-UPGR2"}
    assert ret["status"] == {"vios1-vios2": "SUCCESS-UPGR2"}


def test_a_vios_above_the_level_is_not_touched(vios, simulator, options):
    simulator.set("vios1", level="3.1.10.5")
    ret = vios.migrate("vios1", level="3.1.4.31", **options)
    assert ret["status"] == {"vios1": "SUCCESS-CURRENT"}
    assert simulator.starts() == []


def test_force_reinstalls_what_is_at_the_level(vios, simulator, options):
    simulator.set("vios1", level="3.1.4.31")
    ret = vios.migrate("vios1", force=True, **options)
    assert ret["status"] == {"vios1": "SUCCESS-UPGR1"}


@pytest.mark.methods("migvios", "bosinst")
def test_with_no_level_known_it_migrates_and_says_so(vios, simulator, options):
    simulator.set("vios_31431", ioslevel=None)
    assert any("target level unknown" in one["seen"] for one in vios.check("vios1", **options)["findings"])
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1", wait=False, **options)
    installing(vios)
    simulator.set("vios1", level="3.1.4.31")
    simulator.clear()
    ret = vios.wait()
    assert ret["status"] == {"vios1": "SUCCESS-UPGR1"}
    assert "target level unknown" in " ".join(ret["meta"]["vios1"]["messages"])


@pytest.mark.methods("migvios", "bosinst")
def test_with_no_level_known_an_answer_as_before_proves_nothing(vios, simulator, options):
    simulator.set("vios_31431", ioslevel=None)
    assert vios.migrate("vios1", **options)["status"] == {"vios1": "FAILURE-UPGR1"}


@pytest.mark.methods("migvios")
def test_without_verification_the_vios_is_not_asked_at_the_end(vios, simulator, options):
    simulator.fault("old_level", "vios1")
    ret = vios.migrate("vios1", verify=False, **options)
    assert ret["status"] == {"vios1": "SUCCESS-UPGR1"}


def test_wait_false_returns_when_the_driver_has_it(vios, simulator, options):
    ret = vios.migrate("vios1,vios2", wait=False, **options)
    assert ret["result"] is True
    assert ret["runs"]["vios1-vios2"]["finished"] is False
    assert vios.wait("vios1,vios2")["status"] == {"vios1-vios2": "SUCCESS-UPGR2"}


def test_wait_without_targets_waits_for_all(vios, options):
    vios.migrate([["vios1"], ["vios3"]], wait=False, **options)
    assert vios.wait()["status"] == {"vios1": "SUCCESS-UPGR1", "vios3": "SUCCESS-UPGR1"}


def test_wait_with_nothing_under_way_says_so(vios):
    assert vios.wait()["msg"] == "nothing is under way"


@pytest.mark.methods("migvios")
def test_a_call_for_a_tuple_that_is_under_way_attaches(vios, simulator, options):
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **options)
    vios.migrate("vios2,vios1", wait=False, **{**options, "boot_client": False})
    simulator.clear()
    ret = vios.migrate("vios2,vios1", **{**options, "boot_client": False})
    notes = " ".join(ret["meta"]["vios1-vios2"]["messages"])
    assert "already under way" in notes
    assert "boot_client" in notes
    assert ret["status"] == {"vios1-vios2": "SUCCESS-UPGR2"}
    assert len(simulator.starts()) == 2


def test_test_mode_runs_nothing_but_queries(vios, simulator, options, state_dir):
    ret = vios.migrate("vios1,vios2", test=True, **options)
    assert ret["result"] is True
    assert ret["plan"]["tuples"]["vios1-vios2"]["to_migrate"] == ["vios1", "vios2"]
    assert simulator.calls("nim") == 0
    assert not state_dir.exists()


@pytest.mark.parametrize("vios_config", [{"defaults": {**OPTIONS, "boot_client": "yes"}}])
def test_defaults_are_used_where_a_call_gives_none(vios):
    assert "boot_client=no" in vios.command("vios1", boot_client=False)["vios1"]["line"]
    assert "spot=vios_31431_spot" in vios.command("vios1")["vios1"]["line"]


def test_one_listing_serves_every_tuple(vios, simulator, options):
    vios.migrate([["vios1"], ["vios3"], ["vios5"]], **options)
    three = _listings(simulator)
    simulator.store.db.execute("DELETE FROM call")
    vios.migrate([["vios2"]], **options)
    assert three == _listings(simulator)


def _listings(simulator):
    rows = simulator.store.rows("SELECT argv FROM call WHERE command = 'lsnim'")
    return sum(row["argv"] == '["-t", "vios", "-l"]' for row in rows)


def test_max_failures_starts_no_new_tuple(vios, simulator, options):
    simulator.fault("nim_refuses", "vios1")
    ret = vios.migrate([["vios1"], ["vios3"], ["vios5"]], max_parallel=1, max_failures=1, **options)
    assert ret["status"] == {"vios1": "FAILURE-UPGR1-INIT", "vios3": "SKIPPED-HELD", "vios5": "SKIPPED-HELD"}
    assert "max_failures" in ret["meta"]["vios3"]["messages"][0]


def test_a_failure_of_one_tuple_does_not_stop_another(vios, simulator, options):
    simulator.fault("nim_refuses", "vios1")
    ret = vios.migrate([["vios1", "vios2"], ["vios3"]], **options)
    assert ret["status"] == {"vios1-vios2": "FAILURE-UPGR1-INIT", "vios3": "SUCCESS-UPGR1"}
    assert ret["result"] is False
    assert [one["vios"] for one in simulator.starts() if one["accepted"]] == ["vios3"]


class TestPreviousStatus:
    def test_no_entry_is_skipped(self, vios, simulator, options):
        ret = vios.migrate("vios1,vios2", vios_status={}, **options)
        assert ret["status"] == {"vios1-vios2": "SKIPPED-NO-PREV-STATUS"}
        assert ret["result"] is True
        assert simulator.starts() == []

    def test_no_success_is_passed_through(self, vios, simulator, options):
        ret = vios.migrate("vios1,vios2", vios_status={"vios2-vios1": "FAILURE-ALTDC"}, **options)
        assert ret["status"] == {"vios1-vios2": "FAILURE-ALTDC"}
        assert ret["result"] is False
        assert simulator.starts() == []

    def test_a_success_continues(self, vios, options):
        ret = vios.migrate("vios1", vios_status={"vios1": "SUCCESS-ALTDC"}, **options)
        assert ret["status"] == {"vios1": "SUCCESS-UPGR1"}

    def test_started_is_not_done(self, vios, simulator, options):
        ret = vios.migrate("vios1,vios2", vios_status={"vios1-vios2": "SUCCESS-UPGR1-INIT"}, **options)
        assert ret["status"] == {"vios1-vios2": "FAILURE-UPGR1-WAIT"}
        assert "no trace of it" in ret["meta"]["vios1-vios2"]["messages"][-1]
        assert simulator.starts() == []

    def test_busy_without_an_entry_of_ours_and_without_the_callers_word_is_never_attached_to(
        self, vios, simulator, options
    ):
        simulator.fault("foreign_operation", "vios1")
        ret = vios.migrate("vios1,vios2", **options)
        assert ret["status"] == {"vios1-vios2": "FAILURE-CHECK"}

    @pytest.mark.methods("migvios", "bosinst")
    def test_a_recorded_failure_blocks_until_a_reset(self, vios, simulator, options):
        simulator.fault("fails", "vios1", times=1)
        vios.migrate("vios1", **options)
        assert vios.migrate("vios1", time_limit="01/01/2020 00:00", **options)["status"] == {"vios1": "SKIPPED-TIMEOUT"}
        ret = vios.migrate("vios1", vios_status="recorded", **options)
        assert ret["status"] == {"vios1": "FAILURE-UPGR1"}
        vios.reset("vios1", confirm=True)
        ret = vios.migrate("vios1", vios_status="recorded", **options)
        assert ret["status"] == {"vios1": "SUCCESS-UPGR1"}

    def test_a_recorded_skip_does_not_block(self, vios, options):
        vios.migrate("vios1", time_limit="01/01/2020 00:00", **options)
        assert vios.migrate("vios1", vios_status="recorded", **options)["status"] == {"vios1": "SUCCESS-UPGR1"}

    def test_what_is_not_recorded_has_no_status(self, vios, options):
        for _ in range(2):
            ret = vios.migrate("vios1", vios_status="recorded", **options)
            assert ret["status"] == {"vios1": "SKIPPED-NO-PREV-STATUS"}


class TestTimeLimit:
    def test_nothing_starts_past_it(self, vios, simulator, options):
        ret = vios.migrate("vios1,vios2", time_limit="01/31/2020 04:00", **options)
        assert ret["status"] == {"vios1-vios2": "SKIPPED-TIMEOUT"}
        assert ret["meta"]["vios1-vios2"]["messages"] == ["Time limit 01/31/2020 04:00 reached, no further operation"]
        assert ret["result"] is True
        assert simulator.calls("nim") == 0

    def test_what_installs_is_waited_for_and_the_second_is_not_started(self, vios, simulator, options):
        simulator.fault("install_hangs", "vios1")
        vios.migrate("vios1,vios2", wait=False, **options)
        until(simulator.starts, what="the start of the first VIOS")
        vios.migrate("vios1,vios2", wait=False, time_limit="01/31/2020 04:00", **options)
        simulator.clear()
        ret = vios.wait("vios1,vios2")
        assert ret["status"] == {"vios1-vios2": "SKIPPED-TIMEOUT"}
        assert ret["meta"]["vios1-vios2"]["vios1"]["status"] == "SUCCESS-UPGR1"
        assert [one["vios"] for one in simulator.starts()] == ["vios1"]


class TestHold:
    def test_nothing_starts_while_held(self, vios, simulator, options):
        vios.hold("storage works tonight")
        ret = vios.migrate("vios1", **options)
        assert ret["status"] == {"vios1": "SKIPPED-HELD"}
        assert "storage works tonight" in ret["meta"]["vios1"]["messages"][0]
        assert vios.release()["changed"] is True
        assert vios.release()["changed"] is False
        assert vios.migrate("vios1", **options)["status"] == {"vios1": "SUCCESS-UPGR1"}

    def test_a_hold_in_the_middle_lets_the_first_end(self, vios, simulator, options):
        simulator.fault("install_hangs", "vios1")
        vios.migrate("vios1,vios2", wait=False, **options)
        until(simulator.starts, what="the start of the first VIOS")
        vios.hold("enough")
        simulator.clear()
        ret = vios.wait("vios1,vios2")
        assert ret["status"] == {"vios1-vios2": "SKIPPED-HELD"}
        assert ret["meta"]["vios1-vios2"]["vios1"]["status"] == "SUCCESS-UPGR1"

    def test_a_reason_of_several_lines_is_refused(self, vios):
        with pytest.raises(SaltInvocationError, match="one line"):
            vios.hold("a\x1b[31m\nb")


def test_what_would_not_be_done_by_the_limit_is_not_started(vios, simulator, options):
    words = {"time_limit": "1h", "time_margin": "2h"}
    preview = vios.migrate("vios1,vios2", test=True, **words, **options)
    assert preview["status"] == {"vios1-vios2": "SKIPPED-TIMEOUT"}
    ret = vios.migrate("vios1,vios2", **words, **options)
    assert ret["status"] == {"vios1-vios2": "SKIPPED-TIMEOUT"}
    assert "vios1 is expected to take 2 h, " in ret["meta"]["vios1-vios2"]["messages"][0]
    assert simulator.starts() == []


def once_took(state_dir, **hours):
    """The journal says so of the migrations it has; the driver that made them is gone."""
    until(lambda: driver_pid(state_dir) is None, what="the end of the driver")
    with sqlite3.connect(Home(state_dir).journal) as db:
        for name, number in hours.items():
            db.execute("UPDATE migration SET took = ? WHERE vios = ?", (number * 3600, name))
    db.close()


def test_the_journal_shows_how_long_a_vios_takes(vios, options, state_dir):
    vios.migrate("vios1", **options)
    once_took(state_dir, vios1=2)
    ret = vios.migrate("vios3", time_limit="1h", time_margin="auto", **options)
    assert ret["status"] == {"vios3": "SKIPPED-TIMEOUT"}
    assert vios.migrate("vios3", time_limit="3h", time_margin="auto", **options)["result"]


@pytest.mark.methods("migvios")
@pytest.mark.parametrize(("words", "order"), [({}, ["vios3", "vios1"]), ({"tuple_order": "given"}, ["vios1", "vios3"])])
def test_the_longest_goes_first_unless_the_given_order_is_asked_for(vios, simulator, options, state_dir, words, order):
    vios.migrate([["vios1"], ["vios3"]], **options)
    once_took(state_dir, vios1=2, vios3=3)
    for name in ("vios1", "vios3"):
        simulator.set(name, level="3.1.2.21")
    vios.migrate([["vios1"], ["vios3"]], max_parallel=1, level="3.1.4.31", **words, **options)
    assert [one["vios"] for one in simulator.starts()][2:] == order
