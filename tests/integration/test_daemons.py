"""Real Salt daemons: commands, highstate, orchestration, events, jobs that are killed, minions that restart."""

import re
import time

import pytest

from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from tests.conftest import HUNG, SPEED, until
from tests.integration.conftest import OPTIONS, PAIR


def test_the_module_is_loaded_and_documented(salt_, site):
    found = salt_("sys.list_functions", "vios").data
    assert {"vios.list", "vios.migrate", "vios.check", "vios.reset"} <= set(found)
    documented = salt_("sys.doc", "vios").data
    assert all("CLI Example" in text for text in documented.values())


def test_a_pair_migrates_from_the_command_line(salt_, simulator):
    ret = salt_("vios.migrate", "vios1,vios2", *OPTIONS)
    assert ret.returncode == 0
    assert ret.data["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert simulator.audit()["violations"] == []


def test_a_failure_is_a_failed_job(salt_, simulator):
    simulator.fault("nim_refuses", "vios1")
    ret = salt_("vios.migrate", "vios1", *OPTIONS)
    assert ret.data["status"] == {"vios1": "FAILURE-UPGR1-INIT"}
    assert ret.returncode != 0


def test_a_skip_is_no_failed_job(salt_, simulator):
    ret = salt_("vios.migrate", "vios1", "time_limit=01/31/2020 04:00", *OPTIONS)
    assert ret.data["status"] == {"vios1": "SKIPPED-TIMEOUT"}
    assert ret.returncode == 0


def test_wrong_input_is_a_failed_job_that_names_the_value(salt_, simulator):
    ret = salt_("vios.migrate", "vios1", "time_limit=12:30", *OPTIONS)
    assert ret.returncode != 0
    assert "750" in str(ret.data) + ret.stdout + ret.stderr


def test_highstate_migrates_and_a_second_one_changes_nothing(salt_, simulator):
    ret = salt_("state.apply")
    assert ret.returncode == 0
    assert {one["vios"] for one in simulator.starts()[:2]} == {"vios3", "vios5"}
    again = salt_("state.apply")
    assert again.returncode == 0
    assert all(one["changes"] == {} for one in again.data.values())
    assert len(simulator.starts()) == 4
    assert simulator.audit()["violations"] == []


def test_orchestration_goes_from_one_nim_master_to_the_next(salt_run_, simulator, second_site):
    ret = salt_run_("state.orchestrate", "orch.two_masters")
    assert ret.returncode == 0, ret.stdout
    for one in (simulator, second_site.simulator):
        assert len(one.starts()) == 2
        assert one.audit()["violations"] == []
    assert simulator.starts()[-1]["real"] < second_site.simulator.starts()[0]["real"]


def test_orchestration_stops_at_a_failure(salt_run_, simulator, second_site):
    simulator.fault("fails", "vios1")
    ret = salt_run_("state.orchestrate", "orch.two_masters")
    assert ret.returncode != 0
    assert second_site.simulator.starts() == []


def test_transitions_are_events_on_the_master(salt_, simulator, site, event_listener, master):
    begin = time.time()
    simulator.fault("install_hangs", "vios1")
    salt_("--async", "vios.migrate", "vios1,vios2", *OPTIONS)
    until(simulator.starts, what="the start of the first VIOS")
    until(lambda: "began" in recorded(site), what="the begin of the install")
    # Slow enough that the driver sees it go on, however busy the machine is.
    simulator.speed(60)
    simulator.clear()
    until(lambda: "percent" in recorded(site), what="another percentage")
    simulator.speed(SPEED)
    salt_("vios.wait", "vios1,vios2")
    wanted = [
        ("nim-master", f"vios/{PAIR}/{what}") for what in ("starting", "began", "percent", "verifying", "migrated")
    ]
    # The events come from the minion and are seen on the master's bus.
    found = event_listener.wait_for_events([(master.id, tag) for _, tag in wanted], after_time=begin, timeout=HUNG)
    assert found.found_all_events, found.missed
    data = next(event.data for event in found.matches if event.tag.endswith("migrated"))
    assert data["id"] == "nim-master"
    assert data["data"]["vios"] in ("vios1", "vios2")
    assert set(data["data"]) == {"vios", "phase", "percent", "status", "message", "elapsed", "run", "at", "event"}


def recorded(site):
    """What the journal has told so far."""
    with Journal(Home(site.state_dir), look_only=True) as journal:
        return {row["what"] for row in journal.query("SELECT what FROM event")}


@pytest.mark.parametrize("how", ["command", "state"])
def test_test_mode_runs_nothing(salt_, simulator, how):
    words = ["vios.migrate", "vios1,vios2", *OPTIONS] if how == "command" else ["state.apply"]
    salt_(*words, "test=True")
    assert simulator.calls("nim") == 0


def test_a_published_job_signs_with_its_number_and_the_user_of_the_master(salt_, simulator):
    salt_("vios.hold", "storage")
    assert re.fullmatch(r"job \d{20} of \w+", salt_("vios.overview").data["held"]["by"])
    salt_("vios.release")
    salt_("state.apply")
    signed = {one["asked_by"] for one in salt_("vios.history").data}
    assert all(re.fullmatch(r"state '.+' of job \d{20} of \w+", one) for one in signed), signed


def test_a_published_job_cannot_sign_with_another_name(salt_, simulator):
    salt_("vios.migrate", "vios1", *OPTIONS, "__pub_user=alice", "__pub_jid=1")
    assert [one["asked_by"] for one in salt_("vios.history").data if "alice" in one["asked_by"]] == []
