"""What goes wrong with one tuple ends or delays that one: its neighbour always ends as if it were alone."""

import contextlib
import json
import shutil
import sqlite3

import pytest
from salt.exceptions import CommandExecutionError

from saltext_vios.driver import flight, inquiry, one_vios
from saltext_vios.driver.home import Home
from saltext_vios.driver.wall import FAULTS
from saltext_vios.errors import JournalError
from tests.drive import PAIR, migrated_once, started, under_way

pytestmark = pytest.mark.methods
OTHER = "vios3-vios4"
BOTH = [["vios1", "vios2"], ["vios3", "vios4"]]


def alter(state_dir, sql, *values):
    with sqlite3.connect(Home(state_dir).journal) as db:
        db.execute(sql, values)
    db.close()


def messages(vios, key=PAIR):
    return "\n".join(vios.history(key.replace("-", ","), limit=1, detail=True)[0]["messages"])


def fails(monkeypatch, module, function, about):
    """A function of ours fails when its words are about a VIOS; how often it did."""
    true, times = getattr(module, function), []

    def broken(*words, **more):
        if about(*words):
            times.append(1)
            raise IndexError("a bug of ours")
        return true(*words, **more)

    monkeypatch.setattr(module, function, broken)
    return times


def test_an_image_whose_level_is_none_is_a_finding_of_that_tuple(vios, simulator, options):
    simulator.set("vios_31431", ioslevel="3.1.4.31 SP1")
    found = vios.check("vios1,vios2", **options)
    assert any("'3.1.4.31 SP1'" in one["seen"] and one["result"] == "warning" for one in found["findings"])
    assert vios.migrate("vios1,vios2", **options)["meta"][PAIR]["vios1"]["cmd"]


def test_a_fault_of_ours_in_a_preview_is_reported_at_that_tuple(vios, simulator, options, monkeypatch):
    fails(monkeypatch, inquiry, "facts", lambda listing, names, *_: "vios1" in names)
    found = vios.check(BOTH, **options)
    assert {key: one["would"] for key, one in found["tuples"].items()} == {PAIR: "FAILURE-CHECK", OTHER: "migrate"}
    assert {one["vios"] for one in found["findings"] if one["check"] == "internal error"} == {"vios1", "vios2"}


def test_a_fault_before_a_start_is_tried_again_and_then_the_tuple_is_put_aside(vios, simulator, options, monkeypatch):
    times = fails(monkeypatch, inquiry, "facts", lambda listing, names, *_: "vios1" in names)
    ret = vios.migrate(BOTH, **options)
    assert ret["status"] == {PAIR: "FAILURE-CHECK", OTHER: "SUCCESS-UPGR2"}
    assert started(simulator) == ["vios3", "vios4"]
    assert len(times) == FAULTS
    told = "\n".join(ret["meta"][PAIR]["messages"])
    assert f"given up after {FAULTS} errors" in told
    assert "driver.log" in told


def test_a_fault_that_passes_costs_time_only(vios, simulator, options, monkeypatch):
    true, failures = inquiry.facts, [1, 2]

    def flaky(*words, **more):
        if failures:
            raise ValueError(f"odd {failures.pop()}")
        return true(*words, **more)

    monkeypatch.setattr(inquiry, "facts", flaky)
    assert vios.migrate("vios1,vios2", **options)["status"] == {PAIR: "SUCCESS-UPGR2"}
    migrated_once(simulator)


def test_what_is_in_flight_is_followed_with_facts_alone(vios, simulator, options, monkeypatch):
    """A part that only tells people what NIM shows fails, each time: the migration ends as it does."""
    monkeypatch.setattr(flight, "_info", lambda m: 1 / 0)
    ret = vios.migrate("vios1,vios2", **options)
    assert ret["status"] == {PAIR: "SUCCESS-UPGR2"}, ret["meta"][PAIR]["messages"]
    migrated_once(simulator)
    assert "the VIOS is in flight, so it is still followed" in messages(vios)


def test_what_cannot_be_followed_ends_as_a_silent_one_does(vios, simulator, options, monkeypatch):
    under_way(vios, simulator, options)
    fails(monkeypatch, one_vios, "view", lambda attributes: "vios1" in attributes["if1"])
    ret = vios.migrate(BOTH, **options)
    assert ret["status"] == {PAIR: "FAILURE-UPGR1-WAIT", OTHER: "SUCCESS-UPGR2"}
    assert started(simulator) == ["vios1", "vios3", "vios4"]


class Died(BaseException):
    """As a signal would end the driver, at a place of our choice."""


def test_a_tuple_that_ends_drivers_is_put_aside_too(vios, simulator, options, monkeypatch, night):
    true = inquiry.facts

    def deadly(listing, names, *words, **more):
        if "vios1" in names:
            raise Died
        return true(listing, names, *words, **more)

    monkeypatch.setattr(inquiry, "facts", deadly)
    for call in (lambda: vios.migrate(BOTH, **options), *[vios.wait] * (FAULTS - 1)):
        with pytest.raises(Died):
            call()
        night.kill_driver()
    assert vios.wait()["status"] == {PAIR: "FAILURE-CHECK", OTHER: "SUCCESS-UPGR2"}
    assert "the previous driver crashed while it worked on" in messages(vios)


CORE = "UPDATE migration SET core = ?"


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        (CORE, "{"),
        (CORE, "[]"),
        (CORE, json.dumps({"vios": "vios1", "n": 1, "state": "levitating"})),
        ("UPDATE request SET options = ? WHERE id = 1", '{"method": "levitation", "new_option": 1}'),
        ("UPDATE request SET options = ? WHERE id = 1", "not JSON"),
        ("UPDATE request SET settings = ? WHERE id = 1", '{"state_dir": 5}'),
        ("UPDATE request SET settings = ? WHERE id = 1", "[1]"),
    ],
)
@pytest.mark.methods("migvios", "altdisk")
class TestUnreadable:
    @pytest.fixture(autouse=True)
    def _altered(self, vios, simulator, options, state_dir, night, sql, value):
        under_way(vios, simulator, options)
        night.kill_driver()
        alter(state_dir, sql, value)

    def test_the_others_continue(self, vios, simulator, options):
        assert vios.migrate("vios3,vios4", **options)["status"] == {OTHER: "SUCCESS-UPGR2"}
        assert started(simulator) == ["vios1", "vios3", "vios4"]
        assert "cannot be read" in messages(vios) or "is not known to version" in messages(vios)

    def test_its_frame_stays_taken(self, vios, simulator, options):
        with pytest.raises(CommandExecutionError, match=r"vios\.cancel vios1-vios2"):
            vios.migrate("vios2", **options)
        assert started(simulator) == ["vios1"]

    def test_everybody_can_still_look(self, vios):
        assert vios.progress()[PAIR]
        assert vios.overview()["tuples"][PAIR]
        assert vios.history()
        assert PAIR in vios.status()

    def test_whoever_waits_is_reported(self, vios):
        ret = vios.wait()
        assert ret["result"] is False
        assert "vios.cancel" in "\n".join(ret["meta"][PAIR]["messages"])

    @pytest.mark.parametrize("looked", [True, False], ids=["a driver has looked", "no driver has looked"])
    def test_it_is_ended_by_hand(self, vios, looked):
        if looked:
            vios.wait()
        assert vios.cancel("vios1,vios2")["tuples"][PAIR]["status"] == "FAILURE-UPGR1-WAIT"
        assert vios.progress() == {}


def test_a_command_directory_that_cannot_be_looked_at_keeps_its_frame_only(vios, simulator, options, state_dir, night):
    under_way(vios, simulator, options)
    night.kill_driver()
    directory = next(Home(state_dir).commands.iterdir())
    shutil.rmtree(directory)
    (directory / "nim.lock").mkdir(parents=True)
    alter(state_dir, "UPDATE migration SET command_out = 1 WHERE vios = 'vios1'")
    simulator.clear()
    assert vios.migrate(BOTH, **options)["status"] == {PAIR: "SUCCESS-UPGR2", OTHER: "SUCCESS-UPGR2"}


def test_a_command_directory_that_was_deleted_says_that_nim_may_have_run(vios, simulator, options, state_dir, night):
    under_way(vios, simulator, options)
    night.kill_driver()
    shutil.rmtree(Home(state_dir).commands)
    alter(
        state_dir,
        "UPDATE migration SET core = json_set(core, '$.state', 'starting', '$.command', null, '$.begun',"
        " json('false'), '$.view', null) WHERE vios = 'vios1'",
    )
    simulator.clear()
    ret = vios.wait()
    assert ret["status"] == {PAIR: "SUCCESS-UPGR2"}, ret["meta"][PAIR]["messages"]
    migrated_once(simulator)


def test_a_start_does_not_bring_back_a_state_directory_that_somebody_deleted(
    vios, simulator, options, state_dir, night
):
    """It would be open to others, and every later call be refused for that."""
    vios.migrate("vios1,vios2", wait=False, **options)
    night.driver.loop.desk.may_start = lambda settings: shutil.rmtree(state_dir)
    with contextlib.suppress(OSError, JournalError, sqlite3.Error):
        for _ in range(300):
            night.sleep(1)
    assert not state_dir.exists()
    assert started(simulator) == []
