"""What ``viosupgrade -q`` says of a run: there for people, whatever it says, and believed by nobody."""

import json

import pytest

from tests.drive import PAIR, installing
from tests.functional.conftest import EACH

ALTDISK, BOSINST = EACH["altdisk"], EACH["bosinst"]
ASKED = "viosupgrade -q"
INSTALLING = "vios1: Cstate = alt_disk_install operation is being performed"


def asked_of(simulator):
    """The hosts that -q was asked about, and the words of each question."""
    rows = simulator.store.rows("SELECT argv FROM call WHERE command = 'viosupgrade' ORDER BY id")
    return [argv for row in rows if "-q" in (argv := json.loads(row["argv"]))]


@pytest.fixture
def halfway(vios, simulator):
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **ALTDISK)
    installing(vios)


@pytest.fixture
def let_pass(vios, night):
    """So many seconds later."""

    def passes(seconds):
        end = night.clock.now() + seconds
        while night.clock.now() < end:
            night.sleep(1)

    return passes


def test_what_the_tool_shows_stands_in_the_progress_by_its_own_words(vios, halfway, let_pass):
    let_pass(3600)
    shown = vios.progress()[PAIR]["vios"]["vios1"]["shown"]
    assert shown[ASKED] == INSTALLING
    assert shown["Cstate"] == "alt_disk_install operation is being performed"
    assert shown["altinst_rootvg"] == "on hdisk1"


@pytest.mark.parametrize("given", [ALTDISK, BOSINST], ids=["altdisk", "bosinst"])
def test_it_stands_in_the_history_once_for_each_thing_that_it_said(vios, simulator, given):
    ret = vios.migrate("vios1,vios2", **given)
    assert ret["status"] == {PAIR: "SUCCESS-UPGR2"}
    entry = vios.history("vios1,vios2", limit=1, detail=True)[0]
    said = [line for line in entry["messages"] if f": {ASKED}: " in line]
    assert f"vios1: {ASKED}: vios1: Cstate = " in said[0]
    assert len(said) == len(set(said)) > 2
    assert entry["vios"]["vios1"]["shown"][ASKED]
    assert not any(ASKED in line for line in ret["meta"][PAIR]["messages"])


def test_a_wait_that_failed_shows_what_the_tool_says_next_to_what_nim_shows(vios, simulator):
    simulator.fault("install_hangs", "vios1")
    simulator.fault("status_line", "vios1")
    failure = vios.migrate("vios1,vios2", stall_timeout=7200, **ALTDISK)["meta"][PAIR]["vios1"]["failure"]
    assert failure["seen"][ASKED] == "vios1: viosupgrade in progress"


def test_a_success_that_it_reports_of_one_that_failed_is_none(vios, simulator):
    simulator.fault("status_stale", "vios1")
    simulator.fault("fails", "vios1", phase="alt_install")
    assert vios.migrate("vios1,vios2", **ALTDISK)["status"] == {PAIR: "FAILURE-UPGR1"}
    assert simulator.audit()["violations"] == []


def test_it_is_asked_once_for_each_vios_and_interval_at_most(vios, simulator, halfway, let_pass):
    listings = "SELECT COUNT(*) AS n FROM call WHERE command = 'lsnim' AND argv LIKE '%-t%vios%'"
    before, looks = len(asked_of(simulator)), simulator.store.rows(listings)[0]["n"]
    let_pass(6 * 600)
    looks = simulator.store.rows(listings)[0]["n"] - looks
    assert 0 < len(asked_of(simulator)) - before <= looks
    assert {tuple(argv) for argv in asked_of(simulator)} == {("-q", "-n", "vios1.example.com")}


def test_one_that_does_not_answer_is_not_asked_again_before_it_has(vios, simulator, halfway, night, let_pass):
    night.driver.workers.reports.takes = 3 * 3600.0
    let_pass(600)
    before = len(night.driver.workers.reports.due)
    let_pass(3000)
    assert len(night.driver.workers.reports.due) == before == 1


def test_a_new_driver_repeats_nothing_that_the_one_before_had_said(vios, simulator, halfway, night, let_pass):
    let_pass(3600)
    night.kill_driver()
    vios.progress()
    vios.resume()
    let_pass(3600)
    entry = vios.history("vios1,vios2", limit=1, detail=True)[0]
    said = [line for line in entry["messages"] if f": {ASKED}: " in line]
    assert said[-1] == f"vios1: {ASKED}: {INSTALLING}"
    assert len(said) == len(set(said))


def test_migvios_has_no_such_question(vios, simulator, options):
    assert vios.migrate("vios1,vios2", **options)["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert asked_of(simulator) == []
