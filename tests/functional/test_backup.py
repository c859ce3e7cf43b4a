"""Backups by the driver: made, proven, pruned, through every fault of them."""

import json
import os
import re
import signal

import pytest

from saltext_vios.simulator import faults
from tests.conftest import until
from tests.drive import PAIR, started, under_way
from tests.functional.test_killed import Killed, killed_at

DONE, INIT, WAIT, FAILED = "SUCCESS-BACKUP", "FAILURE-BACKUP-INIT", "FAILURE-BACKUP-WAIT", "FAILURE-BACKUP"
CURRENT, CHECK, HELD = "SUCCESS-CURRENT", "FAILURE-CHECK", "SKIPPED-HELD"
DAY = 86400


@pytest.fixture
def place(tmp_path):
    """Where backups lie on the NIM master of a test."""
    path = tmp_path / "backups"
    for kind in ("ios_backup", "ios_mksysb"):
        (path / kind).mkdir(parents=True)
    return path


@pytest.fixture
def vios_config(place):
    return {"backup_dir": str(place)}


def made(simulator):
    """The backups that were begun: of which VIOS, in order."""
    return [row["vios"] for row in simulator.store.rows("SELECT vios FROM backup ORDER BY id")]


def files(place, kind="ios_backup"):
    return sorted(os.listdir(place / kind))


def last(ret, name="vios1"):
    return ret["vios"][name]["messages"][-1]


def begun(vios, simulator, name="vios1", **options):
    """A backup of it is under way until the simulator's faults are cleared."""
    simulator.fault("backup_hangs", name)
    vios.backup(name, wait=False, **options)
    until(lambda: name in made(simulator), what=f"the backup of {name}")


def test_a_backup_is_made_and_proven_by_object_file_and_view(vios, simulator, place):
    ret = vios.backup("vios1")
    assert (ret["result"], ret["changed"], ret["status"]) == (True, True, {"vios1": DONE}), ret
    (name,) = files(place)
    assert name.startswith("vios1_iosb_")
    assert simulator.get(name)["source_image"] == "vios1"
    assert "viosbr reads it" in last(ret)
    assert ret["vios"]["vios1"]["cmd"].startswith("nim -Fo define -t ios_backup -a mk_image=yes -a server=master")
    assert simulator.audit()["violations"] == []


def test_an_image_is_made_when_it_is_asked_for(vios, simulator, place):
    ret = vios.backup("vios1", kind="ios_mksysb", flags="-nomedialib")
    assert ret["status"] == {"vios1": DONE}, ret
    assert [name[:10] for name in files(place, "ios_mksysb")] == ["vios1_sysb"]
    assert "backupios_flags=-nomedialib" in ret["vios"]["vios1"]["cmd"]


# Fault -> (its words, the status of a backup, what is said).
MATRIX = {
    "backup_refused": ({}, INIT, "returned 1"),
    "backup_no_space": ({}, INIT, "returned 1"),
    "backup_fails_but_made": ({}, INIT, "returned 1"),
    "backup_empty": ({}, FAILED, "is empty"),
    "backup_without_file": ({}, FAILED, "is not there"),
    "backup_without_object": ({}, FAILED, "NIM knows no object"),
    "backup_of_another": ({"source_image": "vios2"}, FAILED, "belongs to vios2"),
    "backup_not_ready": ({}, FAILED, "is not ready"),
    "view_silent": ({}, FAILED, "printed nothing"),
    "view_odd": ({"text": "A table."}, DONE, "of a form that is not known"),
    "backup_hangs": ({}, WAIT, ""),
    "c_rsh_refused": ({}, CHECK, "Connection refused"),
    "partner_down": ({}, CHECK, ""),
    "foreign_operation": ({}, CHECK, ""),
    "mstate_flips": ({}, DONE, ""),
    "stale_result": ({}, DONE, ""),
}


def test_every_fault_of_a_backup_is_in_the_matrix():
    assert set(faults.OF_BACKUPS) <= set(MATRIX)


@pytest.mark.parametrize("fault", MATRIX)
def test_a_fault_leads_to_its_status(vios, simulator, fault):
    words, status, said = MATRIX[fault]
    simulator.fault(fault, "vios1", **words)
    ret = vios.backup("vios1")
    assert ret["status"] == {"vios1": status}, ret["vios"]["vios1"]
    assert said in last(ret), last(ret)
    if status in (INIT, WAIT, FAILED):
        told = ret["vios"]["vios1"]["failure"]
        assert "backup" in told["expected"]
        next_one = "ps -fp " if status == WAIT else "salt-call vios.history backup:vios1 limit=1 detail=True"
        assert told["next"].startswith(next_one)
    assert ret["result"] is (status == DONE)
    assert len(made(simulator)) == (0 if status == CHECK or fault == "backup_refused" else 1)
    assert simulator.audit()["violations"] == []


def test_what_could_not_be_proven_does_not_count_afterwards(vios, simulator, options):
    os.unlink(simulator.get("vios1_iosb")["location"])
    simulator.fault("view_silent", "vios1")
    vios.backup("vios1")
    simulator.clear()
    own = vios.backups("vios1")["backups"]["vios1"]
    assert [one["flaw"] for one in own if one["name"].startswith("vios1_iosb_")] == ["its backup ended FAILURE-BACKUP"]
    found = [one for one in vios.check("vios1", backup="require", **options)["findings"] if one["check"] == "backup"]
    assert found[0]["result"] == "error"
    assert vios.backup("vios1", max_age="7d")["status"] == {"vios1": DONE}
    assert vios.check("vios1", backup="require", **options)["result"]


def test_a_young_backup_counts_and_an_old_one_does_not(vios, simulator, night):
    vios.backup("vios1")
    ret = vios.backup("vios1", max_age="7d")
    assert (ret["status"], ret["changed"]) == ({"vios1": CURRENT}, False)
    night.clock.set(night.clock.now() + 8 * DAY)
    assert vios.backup("vios1", max_age="7d")["status"] == {"vios1": DONE}
    assert made(simulator) == ["vios1", "vios1"]


def test_a_preview_says_how_young_the_backup_is_that_counts(vios, simulator):
    vios.backup("vios1")
    one = vios.backup("vios1", test=True, max_age="7d")["vios"]["vios1"]
    assert one["would"] == CURRENT
    assert re.fullmatch(r"its backup vios1_\S+ is \d+ (s|min) old, max_age is 7d", one["why"])


def test_a_name_that_exists_is_refused(vios, simulator):
    ret = vios.backup("vios1", backup_name="vios1_iosb")
    assert ret["status"] == {"vios1": CHECK}
    assert "NIM has an object vios1_iosb already" in last(ret)
    assert made(simulator) == []


def test_a_file_that_is_there_is_not_written_over(vios, simulator, place):
    (place / "ios_backup" / "mine").write_text("kept")
    ret = vios.backup("vios1", backup_name="mine")
    assert ret["status"] == {"vios1": CHECK}
    assert (place / "ios_backup" / "mine").read_text() == "kept"


def test_a_directory_that_is_not_there_is_reported_with_what_to_type(vios, place):
    (place / "ios_backup").rmdir()
    ret = vios.backup("vios1")
    assert ret["status"] == {"vios1": CHECK}
    assert f"mkdir -p {place}/ios_backup" in last(ret)


def test_too_little_space_for_the_size_of_the_last_one_is_refused(vios, simulator):
    os.truncate(simulator.get("vios1_iosb")["location"], 1 << 43)  # a file with a hole takes nothing here
    ret = vios.backup("vios1")
    assert ret["status"] == {"vios1": CHECK}
    assert "free in" in last(ret)
    assert made(simulator) == []


def test_several_are_backed_up_side_by_side_also_of_one_frame(vios, simulator):
    simulator.fault("backup_hangs")
    vios.backup(["vios1", "vios2", "vios3"], wait=False)
    until(lambda: len(made(simulator)) == 3, what="three backups")
    simulator.clear()
    vios.wait()
    assert simulator.audit()["violations"] == []


def test_images_are_made_one_at_a_time(vios, simulator):
    simulator.fault("backup_hangs", "vios1")
    vios.backup(["vios1", "vios2"], kind="ios_mksysb", wait=False)
    until(lambda: made(simulator) == ["vios1"], what="one image")
    simulator.clear()
    vios.wait()
    assert made(simulator) == ["vios1", "vios2"]


def test_a_second_call_attaches(vios, simulator):
    begun(vios, simulator)
    simulator.clear()
    assert vios.backup("vios1")["status"] == {"vios1": DONE}
    assert made(simulator) == ["vios1"]


def test_a_migration_waits_while_a_backup_of_its_vios_is_made(vios, simulator, options):
    begun(vios, simulator)
    vios.migrate("vios1,vios2", wait=False, **options)
    assert vios.progress()[PAIR]["vios"]["vios1"]["state"] == "waiting"
    simulator.clear()
    assert vios.wait("vios1,vios2")["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert simulator.audit()["violations"] == []


def test_a_backup_waits_while_its_vios_is_migrated(vios, simulator, options):
    under_way(vios, simulator, options)
    vios.backup("vios1", wait=False)
    assert made(simulator) == []
    simulator.clear()
    vios.wait()
    assert made(simulator) == ["vios1"]
    assert started(simulator) == ["vios1", "vios2"]
    assert simulator.audit()["violations"] == []


def test_a_driver_that_is_killed_makes_no_second_one(vios, simulator, night):
    begun(vios, simulator)
    night.kill_driver()
    simulator.clear()
    vios.wait()
    assert vios.history("backup:vios1")[0]["status"] == DONE
    assert made(simulator) == ["vios1"]


def test_a_hold_and_a_time_limit_keep_it_from_starting(vios, simulator):
    vios.hold("weekend")
    assert vios.backup("vios1")["status"] == {"vios1": HELD}
    vios.release()
    assert vios.backup("vios1", time_limit="2020-01-01")["status"] == {"vios1": "SKIPPED-TIMEOUT"}
    assert made(simulator) == []


def test_old_ones_are_kept_unless_somebody_asks(vios, simulator, night, place):
    for _ in range(3):
        vios.backup("vios1")
        night.clock.set(night.clock.now() + DAY)
    assert len(files(place)) == 3
    ret = vios.backup("vios1", keep=2)
    assert [len(ret["pruned"]["vios1"]), len(files(place))] == [2, 2]
    assert simulator.get("vios1_iosb"), "a backup of another name stays"
    assert simulator.get(files(place)[-1])["Rstate"] == "ready for use"


def test_one_that_is_used_is_not_pruned(vios, simulator, night, place):
    vios.backup("vios1")
    (oldest,) = files(place)
    simulator.set(oldest, alloc_count="1")
    night.clock.set(night.clock.now() + DAY)
    assert vios.backup("vios1", keep=1)["pruned"] == {"vios1": []}
    assert oldest in files(place)


def test_one_that_something_under_way_was_told_to_use_is_not_pruned(vios, simulator, night, options, place):
    vios.backup("vios1")
    (oldest,) = files(place)
    night.clock.set(night.clock.now() + DAY)
    vios.backup("vios1")
    begun(vios, simulator)
    vios.migrate("vios1", wait=False, backup_name=oldest, **options)
    simulator.clear()
    assert vios.backup("vios1", keep=1)["pruned"]["vios1"] != []
    assert oldest in files(place)


def test_one_that_nim_does_not_remove_is_said_and_the_new_one_stays_made(vios, simulator, night, place):
    vios.backup("vios1")
    (oldest,) = files(place)
    simulator.store.db.execute("INSERT INTO allocation VALUES ('vios3', ?)", (oldest,))
    night.clock.set(night.clock.now() + DAY)
    ret = vios.backup("vios1", keep=1)
    assert (ret["status"], ret["result"]) == ({"vios1": DONE}, False)
    assert f"{oldest} could not be removed" in ret["msg"]
    assert len(files(place)) == 2


def test_nothing_is_pruned_after_a_backup_that_failed(vios, simulator, night, place):
    vios.backup("vios1")
    night.clock.set(night.clock.now() + DAY)
    simulator.fault("backup_empty", "vios1")
    ret = vios.backup("vios1", keep=1)
    assert (ret["status"], ret["pruned"]) == ({"vios1": FAILED}, {})


def test_a_node_of_a_cluster_is_told_what_its_backup_may_lack(vios, simulator):
    simulator.cluster("cl1", "vios1", "vios2")
    found = vios.backup("vios1", test=True)["findings"]
    assert "viosbr -backup -clustername cl1" in next(one["advice"] for one in found if one["check"] == "cluster backup")


def test_a_preview_runs_nothing(vios, simulator, place):
    ret = vios.backup("vios1", test=True)
    assert ret["vios"]["vios1"]["would"] == "backup"
    assert files(place) == []
    assert simulator.calls("nim") == 0


def test_one_name_for_several_is_refused(vios):
    with pytest.raises(Exception, match="backup_name is 'b' for vios1, vios2"):
        vios.backup(["vios1", "vios2"], backup_name="b")


@pytest.mark.parametrize(
    ("given", "says"),
    [({"kind": "mksysb"}, "ios_mksysb"), ({"keep": 0}, "keep"), ({"max_age": "old"}, "7d"), ({"flags": "-x"}, "kind")],
)
def test_an_option_that_cannot_be_is_refused(vios, simulator, given, says):
    with pytest.raises(Exception, match=says):
        vios.backup("vios1", **given)
    assert simulator.calls("nim") == 0


STATE = """
saved:
  vios.backed_up:
    - targets: [vios1, vios2]
    - max_age: 7d
"""


def state_of(ret):
    return ret["vios_|-saved_|-saved_|-backed_up"]


@pytest.fixture
def without_backups(simulator):
    for name in ("vios1", "vios2"):
        os.unlink(simulator.get(f"{name}_iosb")["location"])


@pytest.mark.usefixtures("without_backups")
class TestState:
    def test_it_makes_a_backup_of_each_that_has_none(self, apply, simulator, place):
        ret = state_of(apply(STATE))
        assert ret["result"] is True, ret
        assert sorted(one["new"] for one in ret["changes"].values()) == files(place)
        assert made(simulator) == ["vios1", "vios2"]

    def test_applied_again_it_changes_nothing(self, apply, simulator):
        apply(STATE)
        ret = state_of(apply(STATE))
        assert (ret["result"], ret["changes"]) == (True, {})
        assert len(made(simulator)) == 2

    def test_only_the_one_whose_backup_is_too_old_gets_a_new_one(self, apply, vios, simulator):
        vios.backup("vios2")
        assert list(state_of(apply(STATE))["changes"]) == ["vios1"]

    def test_in_test_mode_it_says_what_it_would_do_and_does_nothing(self, apply, simulator):
        ret = state_of(apply(STATE, test=True))
        assert ret["result"] is None
        assert list(ret["changes"]) == ["vios1", "vios2"]
        assert simulator.calls("nim") == 0

    def test_in_test_mode_nothing_to_do_is_true(self, apply, simulator):
        apply(STATE)
        ret = state_of(apply(STATE, test=True))
        assert (ret["result"], ret["changes"]) == (True, {})

    def test_what_stands_in_the_way_is_false_in_test_mode_too(self, apply, simulator, place):
        (place / "ios_backup").rmdir()
        ret = state_of(apply(STATE, test=True))
        assert (ret["result"], ret["changes"]) == (False, {})
        assert ret["comment"].count("vios1: directory: ") == 1
        assert ret["comment"].count("mkdir -p") == 2  # of each VIOS

    def test_a_backup_that_is_not_proven_is_false(self, apply, simulator):
        simulator.fault("backup_empty", "vios1")
        ret = state_of(apply(STATE))
        assert ret["result"] is False
        assert list(ret["changes"]) == ["vios2"]
        assert "is empty" in ret["comment"]

    def test_an_option_that_cannot_be_is_its_comment(self, apply):
        ret = state_of(apply(STATE.replace("7d", "old")))
        assert ret["result"] is False
        assert "max_age" in ret["comment"]


RECORDS = 6  # of a backup


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, RECORDS + 1))
def test_killed_at_a_record_it_continues_and_makes_no_second_one(vios, simulator, place, number, when):
    dies, _ = killed_at(number, when)
    with dies, pytest.raises(Killed):
        vios.backup("vios1")
    vios.wait("backup:vios1")
    assert vios.history("backup:vios1")[0]["status"] == DONE
    assert len(made(simulator)) == len(files(place)) == 1
    assert simulator.audit()["violations"] == []


def test_there_are_no_more_records_than_kills(vios):
    dies, written = killed_at(0, "never")
    with dies:
        vios.backup("vios1")
    assert len(written) == RECORDS


@pytest.mark.processes
def test_a_nim_that_is_killed_leaves_no_backup_and_the_next_call_makes_one(vios, simulator, state_dir):
    begun(vios, simulator)
    (begun_file,) = until(lambda: list(state_dir.rglob("begun.json")), what="the launcher")
    os.kill(until(lambda: json.loads(begun_file.read_text()).get("pid"), what="its nim"), signal.SIGKILL)
    simulator.clear()
    vios.wait("backup:vios1")
    (run,) = vios.history("backup:vios1")
    assert run["status"] == INIT
    assert vios.backup("vios1")["status"] == {"vios1": DONE}
