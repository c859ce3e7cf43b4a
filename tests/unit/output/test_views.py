"""Which return is shown how, and that all that matters of it is there."""

import time

import pytest

from saltext_vios.output import _views as views

AT = "2026-11-29T01:00:00+01:00"
SHOWN = "2026-11-29 00:00"
LEVEL = {"old": "3.1.2.21", "new": "3.1.4.31", "wanted": "3.1.4.31"}
CALM = {"phase": None, "percent": None, "since": None, "level": LEVEL}
BUSY = {"phase": "installing", "percent": 40, "since": AT, "level": {**LEVEL, "new": None}}
OVERVIEW = {
    "at": AT,
    "held": None,
    "driver": True,
    "tuples": {
        "vios1-vios2": {
            "run": 1,
            "status": "SUCCESS-UPGR1",
            "asked": AT,
            "finished": None,
            "vios": {"vios1": CALM, "vios2": BUSY},
        },
        "vios3": {"run": 2, "status": "FAILURE-UPGR1", "asked": AT, "finished": AT, "vios": {"vios3": CALM}},
    },
}
FLEET = {
    "masters": {"nim-a": OVERVIEW},
    "failed": {"nim-b": "no journal"},
    "silent": ["nim-c"],
    "counts": {"FAILURE-UPGR1": 1},
}
ENTRY = {
    "tuple": "a-b",
    "vioses": ["a", "b"],
    "would": "migrate",
    "why": "x",
    "to_migrate": ["a", "b"],
    "start": AT,
    "end": AT,
}
PLAN = {
    "result": False,
    "window": {"start": None, "end": AT},
    "early": "",
    "waves": [
        {
            "name": "canary",
            "start": AT,
            "end": AT,
            "masters": {
                "nim-a": {"tuples": [{**ENTRY, "level": {"a": "3.1.2.21", "b": None}, "fits": False}], "options": {}}
            },
        },
        {"name": "wave 1", "start": AT, "end": AT, "masters": {}},
    ],
    "late": [{"wave": "canary", "master": "nim-a", "tuple": "a-b", "why": "too long"}],
    "blocked": [],
    "nothing_to_do": [{"wave": "wave 1", "master": "nim-a", "tuple": "c-d"}],
    "left_alone": {"nim-a": {"viosx": "the only VIOS of f9"}},
    "failed": {},
    "silent": ["nim-c"],
}
FAILURE = {
    "expected": "success",
    "seen": {"Cstate": "ready"},
    "since": AT,
    "output": "/x/1-1-1",
    "next": "salt-call vios.log vios1",
}
MIGRATED = {
    "result": False,
    "changed": True,
    "msg": "migration failed for vios1",
    "targets": [["vios1"]],
    "status": {"vios1": "FAILURE-UPGR1"},
    "meta": {
        "messages": [],
        "vios1": {
            "messages": [],
            "vios1": {"status": "FAILURE-UPGR1", "level": LEVEL, "duration": 3725.2, "failure": FAILURE},
        },
    },
    "left_alone": {},
}
CHECKED = {
    "result": True,
    "verdict": "warning",
    "findings": [
        {"result": "ok", "vios": "vios1", "check": "Cstate", "seen": "ready", "advice": ""},
        {"result": "warning", "vios": "vios1", "check": "bosinst_data", "seen": "none named", "advice": "name one"},
    ],
    "tuples": {
        "vios1": {
            "would": "migrate",
            "why": "would migrate vios1",
            "objection": False,
            "vios": {"vios1": {"level": "3.1.2.21", "wanted": None, "at_level": False, "expected": 5400}},
        }
    },
    "left_alone": {"vios5": "the only VIOS of f3"},
}
LISTED = {
    "vios2": {
        "frame": "f2",
        "hostname": "h2",
        "Cstate": "ready",
        "Mstate": "running",
        "Cstate_result": None,
        "in_flight": False,
    },
    "vios9": {
        "frame": "f1",
        "hostname": "h9",
        "Cstate": "x",
        "Mstate": None,
        "Cstate_result": "failure",
        "in_flight": True,
    },
}
STATUS = {"vios3": "SKIPPED-HELD", "vios1-vios2": "SUCCESS-UPGR2"}


@pytest.fixture(autouse=True)
def _clock_of_the_terminal(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def plain(text, colour):
    return text


def marked(text, colour):
    return f"<{colour}>{text}</>" if colour else text


def shown(value, paint=plain, width=None):
    return "\n".join(views.view_of(value)(value, paint, width))


@pytest.mark.parametrize(
    ("value", "view"),
    [
        (STATUS, views.status),
        (LISTED, views.inventory),
        (CHECKED, views.check),
        (MIGRATED, views.migrate),
        (OVERVIEW, views.overview),
        (FLEET, views.fleet),
        (PLAN, views.plan),
    ],
)
def test_every_return_is_known_by_its_shape(value, view):
    assert views.view_of(value) is view


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "ERROR: x",
        [],
        {},
        {"Error": "closed", "retcode": 1},
        {"vios1": "text"},
        {"a": {"b": 1}},
        {"Cstate": "ready"},
    ],
)
def test_the_return_of_anything_else_is_not_ours(value):
    assert views.view_of(value) is None


def test_statuses_are_coloured_by_what_they_mean():
    words = {
        "SUCCESS-UPGR2": "green",
        "SUCCESS-UPGR1-INIT": "cyan",
        "FAILURE-CHECK": "red",
        "SKIPPED-TIMEOUT": "yellow",
        "migrate": "cyan",
        "in progress": "cyan",
        None: "cyan",
    }
    assert {word: views.in_colour(word).colour for word in words} == words


def test_a_list_goes_by_frame():
    lines = shown(LISTED).splitlines()
    assert [line.split()[0] for line in lines] == ["VIOS", "vios9", "vios2"]
    assert "in flight" in lines[1]


def test_a_check_shows_what_worries_and_counts_the_rest():
    text = shown(CHECKED)
    assert text.startswith("verdict: warning (1 ok, 1 warning, 0 error)")
    assert "none named" in text
    assert "ready" not in text
    assert "3.1.2.21 -> unknown" in text
    assert "1:30:00" in text
    assert "the only VIOS of f3" in text
    assert "would migrate vios1" not in text


def test_a_check_shows_errors_before_warnings():
    error = {"result": "error", "vios": "vios1", "check": "Mstate", "seen": "not running", "advice": "boot it"}
    lines = shown({**CHECKED, "findings": [*CHECKED["findings"], error]}).splitlines()
    assert ["error" in line for line in lines[3:5]] == [True, False]


def test_a_vios_at_the_level_goes_nowhere():
    current = {"level": "3.1.4.31", "wanted": "3.1.4.31", "at_level": True, "expected": None}
    entry = {**CHECKED["tuples"]["vios1"], "would": "SUCCESS-CURRENT", "vios": {"vios1": current}}
    lines = shown({**CHECKED, "tuples": {"vios1": entry}}).splitlines()
    assert "vios1  SUCCESS-CURRENT  vios1  3.1.4.31" in lines


def test_why_tuples_would_not_start_is_said_once_for_all_of_one_reason():
    held = {**CHECKED["tuples"]["vios1"], "would": "SKIPPED-HELD", "why": "held: storage"}
    lines = shown({**CHECKED, "tuples": {"vios1": held, "vios2": held}}).splitlines()
    assert "vios1, vios2: held: storage" in lines


def test_a_failed_migration_shows_what_to_type_next():
    text = shown(MIGRATED)
    assert text.startswith("migration failed for vios1")
    assert "3.1.2.21 -> 3.1.4.31  1:02:05" in text
    assert "next: salt-call vios.log vios1" in text


def test_a_tuple_without_success_says_why():
    own = {"status": "SKIPPED-HELD", "level": {"old": None, "new": None}, "duration": None, "failure": None}
    skipped = {
        **MIGRATED,
        "status": {"vios1": "SKIPPED-HELD"},
        "meta": {"messages": [], "vios1": {"messages": ["held: storage"], "vios1": own}},
    }
    assert "vios1: held: storage" in shown(skipped).splitlines()


def test_a_preview_shows_its_check():
    preview = {"result": True, "msg": "test", "targets": [], "status": {}, "left_alone": {}, "plan": CHECKED}
    assert "verdict: warning" in shown(preview)


def test_a_fleet_is_one_table_with_counts_and_who_did_not_answer():
    lines = shown(FLEET).splitlines()
    assert lines[0].split() == ["NIM", "master", "tuple", "status", "VIOS", "phase", "%", "since", "level"]
    assert lines[1].split() == [
        "nim-a",
        "vios1-vios2",
        "SUCCESS-UPGR1",
        "vios2",
        "installing",
        "40",
        *SHOWN.split(),
        "3.1.4.31,",
        "3.1.2.21",
    ]
    assert lines[2].endswith(f"{SHOWN}  3.1.4.31")
    assert "1 FAILURE-UPGR1" in lines
    assert lines[-2:] == ["nim-b: no journal", "nim-c: no answer"]


def test_a_tuple_between_its_two_vioses_is_not_shown_as_done():
    assert "<cyan>SUCCESS-UPGR1" in shown(OVERVIEW, marked)


def test_a_hold_stands_above():
    held = {**OVERVIEW, "held": {"reason": "storage", "by": "root", "since": AT}}
    assert shown(held).startswith("this NIM master is held by root: storage")


def test_a_plan_shows_waves_and_what_is_in_none():
    text = shown(PLAN)
    for wanted in (
        "window: now to",
        "canary",
        "wave 1, nothing to do",
        "too long",
        "already at the level: 1",
        f"canary, {SHOWN} to {SHOWN}",
        "viosx",
    ):
        assert wanted in text
    assert text.endswith("nim-c: no answer")


def test_several_minions_make_one_table_of_statuses():
    text = "\n".join(views.together([("nim-a", STATUS), ("nim-b", {"x": "SUCCESS-UPGR2"})], marked, None))
    assert "<green>2 SUCCESS-UPGR2</>" in text
    assert "<yellow>1 SKIPPED-HELD</>" in text


def test_no_line_is_wider_than_the_terminal():
    for value in (LISTED, CHECKED, MIGRATED, OVERVIEW, FLEET, PLAN):
        assert max(len(line) for line in shown(value, width=80).splitlines()) <= 80


def test_a_narrow_terminal_loses_nothing_of_what_is_to_be_typed():
    advice = "vios.reset vios1 confirm=True releases what an earlier operation left allocated"
    error = {"result": "error", "vios": "vios1", "check": "allocated", "seen": "vios_31431_spot", "advice": advice}
    text = shown({**CHECKED, "findings": [error]}, width=60)
    assert set(advice.split()) <= set(text.split())
