"""What states the orchestration has for a plan; Salt's part in it is under tests/integration."""

import json
from pathlib import Path

import jinja2
import pytest
import yaml

from saltext_vios.runners import vios
from tests.unit.fleet.test_planning import answer, checked, made

SLS = Path(vios.orchestration()) / "fleet.sls"


def states(plan, pillar=None, test=False):
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)  # noqa: S701
    environment.filters["json"] = json.dumps
    template = environment.from_string(SLS.read_text())
    pillar = {"fleet": "/srv/salt/fleet.yaml"} if pillar is None else pillar
    salt = {"saltutil.runner": lambda *_, **__: plan}
    return yaml.safe_load(template.render(salt=salt, pillar=pillar, opts={"test": test}))


def planned(answers, failed=(), silent=(), **fleet):
    return {**made(answers, **fleet), "failed": dict(failed), "silent": list(silent)}


def comments(found):
    """Of the states that fail on purpose, by their ids."""
    key = "test.fail_without_changes"
    return {name: " ".join(one[key][0]["comment"].split()) for name, one in found.items() if key in one}


def requirements(found, name):
    """Of a state of Salt's orchestration."""
    (arguments,) = found[name].values()
    return next((one["require"] for one in arguments if "require" in one), [])


PAIRS = {"a": answer(checked("a1-a2"), checked("a3-a4")), "b": answer(checked("b1-b2"))}


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"Error": "canary: 'x'\nis \"y\"", "retcode": 1}, "canary: 'x' is \"y\""),
        ("Traceback of Salt's: {{ x }}", "Traceback of Salt's: {{ x }}"),
        (None, "None"),
    ],
)
def test_what_cannot_be_planned_is_one_state_that_fails(plan, said):
    assert comments(states(plan)) == {"the fleet is planned": said}


def test_without_a_fleet_in_the_pillar_it_is_reported_what_to_type():
    (said,) = comments(states(None, {})).values()
    assert """pillar='{"fleet": "/srv/salt/fleet.yaml"}'""" in said


def test_nothing_to_do_is_one_state_that_succeeds():
    found = states(planned({"a": answer(checked("a1-a2", "SUCCESS-CURRENT"))}))
    assert (list(found), comments(found)) == (["nothing to do"], {})


def test_each_wave_requires_the_gates_before_it():
    found = states(planned(PAIRS, canary={"a": "a1,a2"}, waves=[["b"]]))
    names = ["canary on a", "after canary", "wave 1 on b", "after wave 1", "the rest on a", "after the rest"]
    assert list(found) == names
    assert requirements(found, "canary on a") == []
    assert requirements(found, "wave 1 on b") == [{"salt": "after canary"}]
    assert requirements(found, "the rest on a") == [{"salt": "after canary"}, {"salt": "after wave 1"}]


def test_a_nim_master_that_is_silent_fails_alone():
    found = states(planned(PAIRS, failed={"x": "no journal"}, silent=["y"]))
    assert comments(found) == {"plan of x": "no journal", "plan of y": "no answer; it is in no wave"}
    assert requirements(found, "the rest on a") == []


def test_before_a_canary_of_which_nothing_is_known_no_wave_starts():
    plan = {**planned(PAIRS), "canary": ["y"], "silent": ["y"]}
    assert requirements(states(plan), "the rest on a") == [{"test": "plan of y"}]


def test_what_another_nim_master_works_on_fails_and_is_in_no_wave():
    answers = {name: answer(checked(f"{name}1-{name}2", frame="f")) for name in "ab"}
    found = states(planned(answers))
    assert list(comments(found)) == ["b1-b2 on b"]
    assert [name for name in found if " on b" in name] == ["b1-b2 on b"]


LONG = "frame1 is also a frame of nim-a, and only one NIM master may work on a frame; run it again when " * 2


def test_a_reason_fits_a_terminal_below_the_head_of_its_comment():
    said = states(planned(PAIRS, failed={"x": LONG}))["plan of x"]["test.fail_without_changes"]
    assert said == [{"comment": said[0]["comment"]}]
    lines = said[0]["comment"].splitlines()
    assert max(map(len, lines)) <= 64
    assert " ".join(lines) == LONG.strip()


def test_with_test_true_the_reason_is_the_name_since_salt_replaces_the_comment():
    found = states(planned(PAIRS, failed={"x": LONG}), test=True)["plan of x"]
    (name,) = found["test.fail_without_changes"][1].values()
    assert " ".join(name.split()) == LONG.strip()
    assert max(map(len, f"        Name: {name}".splitlines())) <= 80


def test_before_the_window_nothing_starts():
    found = states(planned(PAIRS, window={"start": "4h"}))
    assert "the window opens at" in comments(found)["the window is open"]
    assert requirements(found, "the rest on a") == [{"test": "the window is open"}]


def arguments(found, name):
    """The function and the words of a state of Salt's orchestration."""
    ((function, listed),) = found[name].items()
    return function, {key: value for one in listed for key, value in one.items()}


MIXED = {"masters": {"a": "*"}, "roster": {"b": "*"}}


def test_what_is_reached_over_ssh_is_asked_by_short_questions():
    found = states(planned(PAIRS, **MIXED))
    assert arguments(found, "the rest on a")[0] == "salt.state"
    function, told = arguments(found, "the rest on b")
    assert function == "salt.runner"
    assert (told["name"], told["master"], told["targets"]) == ("vios.wave", "b", [["b1", "b2"]])
    assert told["parallel"] is True
    assert arguments(found, "after the rest")[1]["ssh"] == ["b"]


def test_its_preview_is_the_state_itself_over_ssh():
    found = states(planned(PAIRS, **MIXED), test=True)
    ways = {name: arguments(found, f"the rest on {name}") for name in "ab"}
    assert {name: (function, told["ssh"]) for name, (function, told) in ways.items()} == {
        "a": ("salt.state", False),
        "b": ("salt.state", True),
    }
