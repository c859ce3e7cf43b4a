"""Jobs are killed, minions and masters go away and come back; nothing is lost and nothing is started twice."""

import json
import signal
import time

import psutil
import pytest

from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from tests.conftest import HUNG, driver_pid, kill_driver, until
from tests.integration.conftest import OPTIONS, PAIR


def jobs(salt_):
    return [job["jid"] for job in salt_("saltutil.running").data if job["fun"] == "vios.migrate"]


@pytest.mark.parametrize("how", ["kill_job", "term_job"])
def test_a_killed_job_changes_nothing_and_can_be_asked_again(salt_, simulator, site, under_way, ended_well, how):
    first = driver_pid(site.state_dir)
    for jid in until(lambda: jobs(salt_), what="the job"):
        salt_(f"saltutil.{how}", jid)
    until(lambda: not jobs(salt_), what="its end")
    assert driver_pid(site.state_dir) == first
    simulator.clear()
    ret = salt_("vios.migrate", "vios1,vios2", *OPTIONS)
    ended_well(ret)
    assert salt_("vios.status").data == ret.data["status"]


def test_a_killed_driver_of_a_job_is_started_again(salt_, simulator, site, under_way, ended_well):
    first = driver_pid(site.state_dir)
    kill_driver(site.state_dir)
    until(lambda: driver_pid(site.state_dir) not in (None, first), what="another driver")
    simulator.clear()
    ended_well(salt_("vios.wait", "vios1,vios2"))


def test_a_minion_that_restarts_changes_nothing(salt_, simulator, site, minions, under_way, ended_well):
    first = driver_pid(site.state_dir)
    minions["nim-master"].terminate()
    assert driver_pid(site.state_dir) == first
    minions["nim-master"].start()
    simulator.clear()
    ended_well(salt_("vios.wait", "vios1,vios2"))


def test_a_minion_killed_with_all_that_descends_from_it_changes_nothing(
    salt_, simulator, site, minions, under_way, ended_well
):
    first, daemon = driver_pid(site.state_dir), minions["nim-master"]
    minion = psutil.Process(daemon.pid)
    for process in [*minion.children(recursive=True), minion]:
        process.send_signal(signal.SIGKILL)
    daemon.terminate()
    assert driver_pid(site.state_dir) == first
    daemon.start()
    simulator.clear()
    # The return of the first job is gone; its answer is not.
    ended_well(salt_("vios.wait", "vios1,vios2"))
    assert salt_("vios.history").data[0]["status"] == "SUCCESS-UPGR2"


def test_clearing_the_minions_cache_takes_nothing_away(salt_, simulator, under_way, ended_well):
    assert salt_("saltutil.clear_cache").data is True
    simulator.clear()
    ended_well(salt_("vios.wait", "vios1,vios2"))


def test_a_master_that_was_away_can_ask_for_the_answer(salt_, simulator, site, master, under_way):
    master.terminate()
    simulator.clear()
    until(lambda: statuses(site) == {PAIR: "SUCCESS-UPGR2"}, what="the end of the pair")
    master.start()
    until(lambda: salt_("test.ping").data is True, what="the minion's connection")
    assert salt_("vios.status").data == {PAIR: "SUCCESS-UPGR2"}
    assert set(salt_("vios.wait", "vios1,vios2").data["meta"][PAIR]) == {"messages", "vios1", "vios2"}
    assert [one["vios"] for one in simulator.starts()] == ["vios1", "vios2"]


def statuses(site):
    with Journal(Home(site.state_dir)) as journal:
        return {row["key"]: row["status"] for row in journal.query("SELECT key, status FROM run")}


def test_a_state_and_a_job_at_once_share_one_migration(salt_, simulator, under_way, ended_well):
    words = [word for word in OPTIONS if not word.startswith("mksysb")]
    salt_("--async", "state.single", "vios.migrated", "vios1,vios2", "mksysb_name=vios_31431", *words)
    until(lambda: [job for job in salt_("saltutil.running").data if job["fun"] == "state.single"], what="the state")
    simulator.clear()
    ended_well(salt_("vios.wait", "vios1,vios2"))


class TestEngine:
    """The second NIM master's minion has the engine."""

    @pytest.fixture
    def pair(self, salt_, second_site):
        """``viosa`` installs, and nobody follows it."""
        second_site.simulator.fault("install_hangs", "viosa")
        salt_("vios.migrate", "viosa,viosb", "wait=False", *OPTIONS, to="nim-second")
        until(second_site.simulator.starts, what="the start of the first VIOS")
        return second_site

    def test_a_driver_that_died_with_its_machine_is_started_again(self, pair, event_listener, master):
        begin = time.time()
        first = driver_pid(pair.state_dir)
        kill_driver(pair.state_dir)
        until(lambda: driver_pid(pair.state_dir) not in (None, first), what="another driver")
        tag = (master.id, "vios/driver/started")
        assert event_listener.wait_for_events([tag], after_time=begin, timeout=HUNG).found_all_events
        pair.simulator.clear()
        until(lambda: statuses(pair) == {"viosa-viosb": "SUCCESS-UPGR2"}, what="the end of the pair")
        assert [one["vios"] for one in pair.simulator.starts()] == ["viosa", "viosb"]

    def test_what_happened_while_the_minion_was_away_is_reported_once_and_in_order(
        self, pair, minions, event_listener, master
    ):
        minions["nim-second"].terminate()
        pair.simulator.clear()
        until(lambda: statuses(pair) == {"viosa-viosb": "SUCCESS-UPGR2"}, what="the end of the pair")
        until(lambda: driver_pid(pair.state_dir) is None, what="the end of the driver")
        away = unsent(pair)
        assert away
        back = time.time()
        minions["nim-second"].start()
        until(lambda: not unsent(pair), what="the delivery")
        until(lambda: len(told(event_listener, master, back)) >= len(away), what="the events on the master")
        found = told(event_listener, master, back)
        assert [(data["event"], data["at"]) for data in found] == away
        assert all(at < back for _, at in away)

    def test_what_happened_while_the_master_was_away_comes_when_it_is_there_again(self, pair, master, event_listener):
        master.terminate()
        pair.simulator.clear()
        until(lambda: statuses(pair) == {"viosa-viosb": "SUCCESS-UPGR2"}, what="the end of the pair")
        away = unsent(pair)
        back = time.time()
        master.start()
        until(lambda: not unsent(pair), what="the delivery")
        until(lambda: len(told(event_listener, master, back)) >= len(away), what="the events on the master")
        assert [data["event"] for data in told(event_listener, master, back)][: len(away)] == [one for one, _ in away]


def unsent(site):
    with Journal(Home(site.state_dir)) as journal:
        return [(row["id"], json.loads(row["data"])["at"]) for row in journal.unsent(limit=1000)]


def told(event_listener, master, after):
    events = event_listener.get_events([(master.id, "vios/viosa-viosb/*")], after_time=after)
    return [event.data["data"] for event in sorted(events, key=lambda event: event.stamp)]
