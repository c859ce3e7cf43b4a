"""An answer of a minion has our form, or it is that minion's failure; nothing that it says ends the fleet's tools."""

import copy
import math
from datetime import datetime, timezone

import hypothesis
import pytest
from hypothesis import strategies as st

from saltext_vios.fleet import gate, planning, report, watching
from saltext_vios.fleet.definition import read
from saltext_vios.fleet.shapes import misfit
from tests.unit.fleet import histories, test_planning
from tests.unit.fleet.test_watching import entry, moving, overview

OVERVIEW = overview(
    **{
        "vios1-vios2": entry(
            "SUCCESS-UPGR1", None, vios1={**moving(), "status": None}, vios2={**moving(), "status": "SUCCESS-UPGR1"}
        )
    }
)
for one in OVERVIEW["tuples"]["vios1-vios2"]["vios"].values():
    one.update(level={"old": None, "new": None, "wanted": None}, info=None, elapsed=None)
CHECK = test_planning.answer(test_planning.checked("vios1-vios2"))
HISTORY = [histories.migrated(), histories.failed(), histories.held(), histories.under_way()]
GOOD = {
    "vios.overview": OVERVIEW,
    "vios.check": CHECK,
    "vios.history": HISTORY,
    "vios.list": {"vios1": {"frame": "f1"}, "vios2": {"frame": None}},
    "vios.hold": {"held": True},
    "vios.release": {"changed": False},
}
NOW = datetime(2026, 11, 29, 2, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize("fun", GOOD)
def test_an_answer_of_ours_fits(fun):
    assert misfit(fun, GOOD[fun]) == ""


@pytest.mark.parametrize("fun", GOOD)
@pytest.mark.parametrize("answer", [5, None, "text", True, {"tuples": {"k": {}}}, [5], {"x": 5}])
def test_an_answer_of_another_form_does_not(fun, answer):
    assert misfit(fun, answer)


@pytest.mark.parametrize(
    ("fun", "place", "value", "said"),
    [
        ("vios.overview", ("at",), "tomorrow", "at: expected a time with its zone"),
        ("vios.overview", ("at",), "2026-11-29T02:00:00", "at: expected a time with its zone"),
        ("vios.overview", ("held",), {}, "held: reason: expected it to be there"),
        ("vios.overview", ("event",), 10**30, "event: expected a whole number"),
        ("vios.overview", ("tuples", "vios1-vios2", "run"), "1", "tuples: vios1-vios2: run: expected a whole number"),
        ("vios.overview", ("tuples", "vios1-vios2", "vios", "vios1", "expected"), math.inf, "expected seconds"),
        ("vios.overview", ("tuples", "\x1b[2J"), {}, "a key of tuples: expected the key of a tuple"),
        ("vios.check", ("max_parallel",), 0, "max_parallel: expected a whole number from 1"),
        ("vios.check", ("tuple_order",), "any", "expected given or longest"),
        ("vios.check", ("tuples", "vios1-vios2", "to_migrate"), ["vios9"], "to_migrate: expected VIOSes of this"),
        ("vios.check", ("tuples", "vios1-vios2", "vios"), {}, "vios: expected the VIOSes of this tuple"),
    ],
)
def test_it_is_reported_where_and_what_is_expected(fun, place, value, said):
    answer = copy.deepcopy(GOOD[fun])
    inner = answer
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    assert said in misfit(fun, answer)


ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()) | st.just({})


def with_something_odd(value, draw):
    """The same with one value at any depth replaced by anything."""
    here = draw(st.booleans()) if value else True
    if here or not isinstance(value, (dict, list)):
        return draw(ODD)
    place = draw(st.sampled_from(list(value) if isinstance(value, dict) else range(len(value))))
    found = copy.copy(value)
    found[place] = with_something_odd(value[place], draw)
    return found


@hypothesis.given(st.data())
def test_what_fits_can_be_used_by_all(data):
    fun = data.draw(st.sampled_from(list(GOOD)))
    answer = with_something_odd(GOOD[fun], data.draw)
    if misfit(fun, answer):
        return
    if fun == "vios.overview":
        gate.judge({"a": answer}, {"a": ["vios1-vios2"]}, "1", NOW)
        watching.count([answer])
        picture = watching.Picture()
        picture.asked("a", answer)
        picture.asked("a", answer)
        picture.in_flight()
        picture.end(NOW)
    if fun == "vios.check":
        fleet = read({"masters": {"a": "*"}, "canary": {"a": "vios1,vios2"}, "window": {"end": "9h"}}, NOW)
        asked = {"a": fleet.entries[0]}
        if not planning.left_out(fleet, {"a": answer}, asked):
            planning.plan(fleet, {"a": answer}, asked, NOW)
    if fun == "vios.history":
        report.make({"a": answer}, {}, at=NOW, target="*").data()
    if fun == "vios.list":
        report.make({"a": HISTORY}, {"a": answer}, at=NOW, target="*").data()


def test_the_newest_may_tell_more():
    assert misfit("vios.overview", {**OVERVIEW, "more": object()}) == ""
