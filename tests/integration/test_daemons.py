"""Real Salt daemons: commands, highstate, orchestration, events, jobs that are killed, minions that restart."""

import time

import pytest

from tests.conftest import driver_pid, kill_driver, until

OPTIONS = [
    "mksysb_name=vios_31431",
    "spot_name=vios_31431_spot",
    "bosinst_data=unattended",
    "boot_client=yes",
    "set_boot_list=yes",
]
PAIR = "vios1-vios2"


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


def test_transitions_are_events_on_the_master(salt_, simulator, event_listener, master):
    begin = time.time()
    salt_("vios.migrate", "vios1,vios2", *OPTIONS)
    wanted = [
        ("nim-master", f"vios/{PAIR}/{what}") for what in ("starting", "began", "percent", "verifying", "migrated")
    ]
    # The events come from the minion and are seen on the master's bus.
    found = event_listener.wait_for_events([(master.id, tag) for _, tag in wanted], after_time=begin, timeout=30)
    assert found.found_all_events, found.missed
    data = next(event.data for event in found.matches if event.tag.endswith("migrated"))
    assert data["id"] == "nim-master"
    assert data["data"]["vios"] in ("vios1", "vios2")
    assert set(data["data"]) == {"vios", "phase", "percent", "status", "message", "elapsed", "run", "at"}


def under_way(salt_, simulator):
    """A pair whose first VIOS installs until the fault is cleared."""
    simulator.fault("install_hangs", "vios1")
    salt_("--async", "vios.migrate", "vios1,vios2", *OPTIONS)
    until(simulator.starts, what="the start of the first VIOS")


def test_a_killed_job_changes_nothing_and_can_be_asked_again(salt_, simulator, site):
    under_way(salt_, simulator)
    jobs = until(lambda: salt_("saltutil.running").data, what="the job")
    first = driver_pid(site.state_dir)
    for job in jobs:
        if job["fun"] == "vios.migrate":
            salt_("saltutil.kill_job", job["jid"])
    until(lambda: not [job for job in salt_("saltutil.running").data if job["fun"] == "vios.migrate"], what="its end")
    assert driver_pid(site.state_dir) == first
    simulator.clear()
    ret = salt_("vios.migrate", "vios1,vios2", *OPTIONS)
    assert ret.data["status"][PAIR] in ("SUCCESS-UPGR2", "SUCCESS-CURRENT")
    assert salt_("vios.status").data == ret.data["status"]
    assert [one["vios"] for one in simulator.starts()] == ["vios1", "vios2"]
    assert simulator.audit()["violations"] == []


def test_a_killed_driver_is_started_anew_by_the_job_that_follows_it(salt_, simulator, site):
    under_way(salt_, simulator)
    first = driver_pid(site.state_dir)
    kill_driver(site.state_dir)
    until(lambda: driver_pid(site.state_dir) not in (None, first), what="another driver")
    simulator.clear()
    assert salt_("vios.wait", "vios1,vios2").data["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert [one["vios"] for one in simulator.starts()] == ["vios1", "vios2"]
    assert simulator.audit()["violations"] == []


def test_a_minion_that_restarts_changes_nothing(salt_, simulator, site, minions):
    under_way(salt_, simulator)
    first = driver_pid(site.state_dir)
    minions["nim-master"].terminate()
    assert driver_pid(site.state_dir) == first
    minions["nim-master"].start()
    simulator.clear()
    ret = salt_("vios.wait", "vios1,vios2")
    assert ret.data["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert [one["vios"] for one in simulator.starts()] == ["vios1", "vios2"]
    assert simulator.audit()["violations"] == []


@pytest.mark.parametrize("how", ["command", "state"])
def test_test_mode_runs_nothing(salt_, simulator, how):
    words = ["vios.migrate", "vios1,vios2", *OPTIONS] if how == "command" else ["state.apply"]
    salt_(*words, "test=True")
    assert simulator.calls("nim") == 0
