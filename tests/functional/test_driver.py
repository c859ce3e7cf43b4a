"""The driver as an operator sees it: stopped, asked about, replaced, started by the engine; and one of it, always."""

import contextlib
import json
import os
import pwd
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
import salt.loader
from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext_vios import __version__
from saltext_vios.driver import locks, presence, standalone
from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from tests.conftest import driver_pid, kill_driver, until
from tests.drive import PAIR, ended_well, started, under_way

pytestmark = pytest.mark.methods


@pytest.fixture
def engine(minion_opts, salt_functions, night):
    utils = salt.loader.utils(minion_opts)
    functions = salt_functions
    if night is not None:
        # Salt waits for its event bus by the clock, which stands still here.
        functions = {"vios.migrate": salt_functions["vios.migrate"], "event.send": lambda *_: False}
    return salt.loader.engines(minion_opts, functions, {}, utils)


def ends_well(vios, simulator):
    simulator.clear()
    ended_well(vios.wait("vios1,vios2"), simulator)


class TestStop:
    def test_it_has_to_be_meant(self, vios, under_way, state_dir):
        with pytest.raises(SaltInvocationError, match="confirm=True"):
            vios.stop()
        assert driver_pid(state_dir) is not None

    def test_nim_continues_and_nobody_starts_another_driver(self, vios, simulator, under_way, state_dir, engine):
        ret = vios.stop(confirm=True)
        assert (ret["changed"], ret["under_way"]) == (True, [PAIR])
        assert driver_pid(state_dir) is None
        assert engine["vios.look"]() == []
        assert driver_pid(state_dir) is None
        assert vios.driver()["stopped"]["by"].startswith(f"{pwd.getpwuid(os.geteuid()).pw_name} (pid ")
        assert vios.show("vios1")["Cstate"] != "ready for a NIM operation"
        ends_well(vios, simulator)

    @pytest.mark.processes
    def test_a_job_that_waits_is_told_who_stopped_it(self, vios, under_way):
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(vios.wait)

            def told():
                # A wait that begins after the stop has the driver run again.
                with contextlib.suppress(CommandExecutionError):
                    vios.stop(confirm=True)
                return waiting.done()

            until(told, what="the end of the wait")
            with pytest.raises(CommandExecutionError, match=r"stopped by .*vios\.wait"):
                waiting.result()

    def test_who_is_asked_for_again_is_not_stopped(self, vios, under_way, state_dir, monkeypatch):
        """Somebody's wait comes in between the note and the end of the driver."""
        monkeypatch.setattr(presence, "ask_to_leave", lambda *_: None)
        with pytest.raises(CommandExecutionError, match="stop cancelled: another call requested the driver"):
            vios.stop(confirm=True)
        assert driver_pid(state_dir) is not None

    def test_a_stop_without_a_driver_changes_nothing_and_stays(self, vios):
        assert vios.stop(confirm=True)["changed"] is False
        assert vios.driver()["stopped"] is not None

    def test_a_new_call_starts_the_driver_again(self, vios, simulator, under_way, options):
        vios.stop(confirm=True)
        simulator.clear()
        assert vios.migrate("vios1,vios2", **options)["status"] == {PAIR: "SUCCESS-UPGR2"}
        assert vios.driver()["stopped"] is None


class TestDriver:
    @pytest.mark.processes
    def test_it_shows_what_it_does(self, vios, under_way, state_dir):
        found = vios.driver()
        assert found["running"]
        assert found["pid"] == driver_pid(state_dir)
        assert found["version"] == __version__
        assert found["doing"] == {PAIR: {"vios1": "installing", "vios2": "waiting"}}
        assert found["since"] <= found["last_look"]
        assert found["trouble"] == ""

    def test_without_one_it_says_so(self, vios, state_dir):
        found = vios.driver()
        assert (found["running"], found["pid"], found["doing"], found["stopped"]) == (False, None, {}, None)
        assert not state_dir.exists()

    @pytest.mark.processes
    def test_a_newer_version_takes_over_between_two_polls(self, vios, simulator, options, state_dir):
        simulator.fault("install_hangs", "vios1")
        with pytest.MonkeyPatch.context() as patched:
            older = "import saltext_vios; saltext_vios.__version__ = '0.0.1'\n"
            patched.setattr(standalone, "MAIN", older + standalone.MAIN)
            vios.migrate("vios1,vios2", wait=False, **options)
        until(simulator.starts, what="the start of the first VIOS")
        assert vios.driver()["version"] == "0.0.1"
        with ThreadPoolExecutor(1) as pool:
            following = pool.submit(vios.wait)
            until(lambda: vios.driver()["version"] == __version__, what="the newer driver")
            simulator.clear()
            assert following.result()["status"] == {PAIR: "SUCCESS-UPGR2"}
        assert started(simulator) == ["vios1", "vios2"]
        assert not Home(state_dir).leave_note.exists()


class TestEngine:
    def test_it_starts_a_driver_for_what_is_under_way(self, vios, simulator, under_way, engine, state_dir, night):
        night.kill_driver()
        assert engine["vios.look"]() == [PAIR]
        assert driver_pid(state_dir) is not None
        assert engine["vios.look"]() == []
        simulator.clear()
        until(lambda: vios.status() == {PAIR: "SUCCESS-UPGR2"} and driver_pid(state_dir) is None, what="the end")
        assert started(simulator) == ["vios1", "vios2"]

    def test_with_nothing_to_do_it_leaves_no_trace(self, engine, state_dir):
        assert engine["vios.look"]() == []
        assert not state_dir.exists()

    def test_it_starts_nothing_past_the_time_limit(self, vios, simulator, options, engine, night):
        under_way(vios, simulator, options, time_limit="1h")
        night.kill_driver()
        night.sleep(2 * 3600)
        assert engine["vios.look"]() == [PAIR]
        simulator.clear()
        until(lambda: vios.status() == {PAIR: "SKIPPED-TIMEOUT"}, what="the end")
        assert vios.history()[0]["vios"]["vios1"]["status"] == "SUCCESS-UPGR1"
        assert started(simulator) == ["vios1"]

    def test_it_is_not_there_where_the_module_is_not(self, minion_opts):
        assert "vios.start" not in salt.loader.engines(minion_opts, {}, {}, {})


@pytest.mark.processes
class TestTwoAtOnce:
    def test_two_jobs_for_one_pair(self, vios, simulator, options):
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(lambda _: vios.migrate("vios1,vios2", **options), range(2))
        assert first["status"] == second["status"] == {PAIR: "SUCCESS-UPGR2"}
        assert started(simulator) == ["vios1", "vios2"]

    def test_two_tuples_with_one_vios_in_common(self, vios, simulator, options):
        with ThreadPoolExecutor(2) as pool:
            calls = [pool.submit(vios.migrate, one, level="3.1.4.31", **options) for one in ("vios1,vios2", "vios1")]
            found = [call.result()["status"] for call in calls]
        assert all("SUCCESS" in status for one in found for status in one.values())
        assert sorted(one["vios"] for one in simulator.starts()) == ["vios1", "vios2"]
        assert simulator.audit()["violations"] == []

    def test_two_tuples_on_one_frame(self, vios, simulator, options):
        with ThreadPoolExecutor(2) as pool:
            calls = [pool.submit(vios.migrate, one, **options) for one in ("vios1", "vios2")]
            assert all("SUCCESS" in status for call in calls for status in call.result()["status"].values())
        assert simulator.audit()["violations"] == []

    def test_engine_and_job(self, vios, simulator, options, engine, under_way, state_dir):
        kill_driver(state_dir)
        with ThreadPoolExecutor(4) as pool:
            looks = [pool.submit(engine["vios.look"]) for _ in range(2)]
            jobs = [pool.submit(vios.migrate, "vios1,vios2", **options) for _ in range(2)]
            for look in looks:
                look.result()
            simulator.clear()
            assert {job.result()["status"][PAIR] for job in jobs} == {"SUCCESS-UPGR2"}
        assert started(simulator) == ["vios1", "vios2"]

    def test_eight_salt_calls_at_the_same_instant_share_one_driver(self, salt_call, simulator, state_dir, options):
        simulator.fault("install_hangs", "vios1")
        # Where Salt's own directories are missing, two salt-calls that make them at once may fail.
        subprocess.run([*salt_call, "test.ping"], check=True, stdout=subprocess.DEVNULL)
        words = [f"{name}={value}" for name, value in options.items()]
        argv = [*salt_call, "vios.migrate", "vios1,vios2", *words]
        calls = [subprocess.Popen(argv, stdout=subprocess.PIPE) for _ in range(8)]
        home = Home(state_dir)
        until(lambda: home.journal.exists() and requests(home) == 8, what="eight requests")
        simulator.clear()
        found = [json.loads(call.communicate()[0])["local"] for call in calls]
        assert {one["status"][PAIR] for one in found} == {"SUCCESS-UPGR2"}
        assert [call.returncode for call in calls] == [0] * 8
        assert home.driver_log.read_text().count("driver starts:") == 1
        assert started(simulator) == ["vios1", "vios2"]
        assert simulator.audit()["violations"] == []


def requests(home):
    with Journal(home) as journal:
        return journal.newest_request()


class TestContradiction:
    @pytest.mark.parametrize(
        ("targets", "other", "seen"),
        [
            ("vios1,vios2", {"mksysb_name": "vios_31521"}, "ios_mksysb vios_31521 instead of vios_31431"),
            ("vios1", {"mksysb_name": "vios_31521"}, "vios1 is already being migrated .*: ios_mksysb vios_31521"),
            ("vios1,vios2", {"level": "3.1.5.21"}, "level 3.1.5.21 instead of 3.1.4.31"),
            ("vios2,vios1", {"disk": "hdisk7"}, "disk hdisk7 instead of hdisk1"),
        ],
    )
    def test_another_wish_for_the_same_vios_is_refused(self, vios, simulator, options, targets, other, seen):
        simulator.fault("install_hangs", "vios1")
        options = {**options, "level": "3.1.4.31", "disk": "hdisk1"}
        vios.migrate("vios1,vios2", wait=False, **options)
        with pytest.raises(CommandExecutionError, match=seen) as refused:
            vios.migrate(targets, **{**options, **other})
        assert "requested by" in str(refused.value)
        assert " at 20" in str(refused.value)
        ends_well(vios, simulator)

    def test_what_is_left_out_contradicts_nothing(self, vios, simulator, options, under_way):
        simulator.clear()
        needed = {name: options[name] for name in ("method", "type", "disk", "spot_name") if name in options}
        assert vios.migrate("vios1,vios2", **needed)["status"] == {PAIR: "SUCCESS-UPGR2"}


@pytest.mark.processes
class TestStuck:
    def test_status_and_progress_answer_while_everything_is_stuck(self, vios, simulator, under_way, state_dir):
        """The driver is frozen, lsnim hangs."""
        pid = driver_pid(state_dir)
        simulator.fault("lsnim_hangs")
        os.kill(pid, signal.SIGSTOP)
        try:
            assert vios.status() == {PAIR: "SUCCESS-UPGR1-INIT"}
            assert vios.progress()[PAIR]["vios"]["vios1"]["phase"] == "installing"
            assert vios.driver()["pid"] == pid
            assert vios.history()[0]["tuple"] == PAIR
        finally:
            os.kill(pid, signal.SIGCONT)
        ends_well(vios, simulator)

    def test_a_sigterm_ends_the_driver_between_two_steps(self, vios, simulator, under_way, state_dir):
        os.kill(driver_pid(state_dir), signal.SIGTERM)
        until(lambda: not locks.is_held(Home(state_dir).driver_lock), what="the end of the driver")
        assert "driver exits: stopped by a signal (SIGTERM)" in Home(state_dir).driver_log.read_text()
        ends_well(vios, simulator)


@pytest.mark.processes
def test_nothing_of_the_callers_environment_is_kept(vios, simulator, state_dir, options, monkeypatch):
    for name in ("AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY", "BASH_FUNC_x%%"):
        monkeypatch.setenv(name, "s3cret of the caller")
    assert vios.migrate("vios1", **options)["result"]
    until(lambda: driver_pid(state_dir) is None, what="the end of the driver, which takes some of its files away")
    written = [path for path in state_dir.rglob("*") if path.is_file()]
    assert any(path.name == "command.json" for path in written)
    assert [path for path in written if b"s3cret" in path.read_bytes()] == []
