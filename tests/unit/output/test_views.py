"""Which return is shown how, and that all that matters of it is there."""

import shlex
import subprocess
import time

import pytest

from saltext_vios.output import _checks, _lists, _standing
from saltext_vios.output import _views as views
from saltext_vios.output._words import in_colour

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
CMD = "nim -Fo migvios -a ios_mksysb=vios_31431 -a resolv_conf='a b' -a boot_client=yes -a set_boot_list=yes vios1"
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
            "to_migrate": ["vios1"],
            "vios": {
                "vios1": {"level": "3.1.2.21", "wanted": None, "at_level": False, "expected": 5400, "cmd": CMD},
            },
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
FLEET_STATUS = {"masters": {"nim-a": STATUS}, "failed": {}, "silent": ["nim-c"]}
WAITS = "frame f1 is in use by vios1-vios2"
PROGRESS = {
    "vios1-vios2": {
        "run": 1,
        "status": "SUCCESS-UPGR2-INIT",
        "waits": None,
        "vios": {
            "vios1": {"state": "done", "status": "SUCCESS-UPGR1"},
            "vios2": {
                "state": "installing",
                "status": "SUCCESS-UPGR2-INIT",
                "phase": "installing",
                "percent": 35,
                "info": "BOS install 35% complete",
                "since": AT,
                "elapsed": 600,
                "took_before": 1200,
            },
        },
    },
    "vios3-vios4": {
        "run": 2,
        "status": None,
        "waits": WAITS,
        "vios": {name: {"state": "waiting", "status": None} for name in ("vios3", "vios4")},
    },
}
DONE = {
    "status": "FAILURE-UPGR1",
    "method": "migvios",
    "cmd": CMD,
    "started": AT,
    "finished": AT,
    "duration": 60.0,
    "level": LEVEL,
    "phases": [{"phase": "installing", "since": AT, "until": None, "took": None}],
    "failure": FAILURE,
}
HISTORY = [
    {
        "run": 7,
        "tuple": "vios1",
        "status": "FAILURE-UPGR1",
        "asked_by": "root (pid 1)",
        "asked": AT,
        "finished": AT,
        "duration": 60.0,
        "messages": ["vios1: no answer"],
        "vios": {"vios1": DONE},
    },
]
CLIENTS = {
    "result": False,
    "vios": {
        "vios1": [
            {"client": 9, "name": "lpar9", "kind": "vSCSI", "what": "d", "verdict": "ok", "why": "", "ignored": False},
            {
                "client": 12,
                "name": "",
                "kind": "NPIV",
                "what": "vfchost1",
                "verdict": "would be lost",
                "why": "vios2 has no path",
                "ignored": True,
            },
        ]
    },
    "not_checked": ["what the client itself has configured"],
}
OPTIONS = {"level": {"type": "level", "default": None, "meaning": "The level to come to."}}
COMMANDS = {"vios1": {"argv": CMD.split(), "line": CMD}}
DRIVER = {
    "running": True,
    "pid": 5,
    "since": AT,
    "version": "0.1.0",
    "python": "/usr/bin/python3 (3.9.18)",
    "last_look": AT,
    "trouble": "",
    "doing": {"vios1": {"vios1": "installing"}},
    "stopped": None,
    "log": "/x/driver.log",
}
WATCHED = {"counts": {"SUCCESS-UPGR2": 2}, "failed": {}, "silent": []}
CANCELLED = {"result": True, "changed": True, "tuples": {"vios1": {"changed": True, "msg": "vios1 is cancelled"}}}
RESUMED = {"started": [], "under_way": [], "msg": "nothing is under way", "inittab": "mkitab 'vios:2:once:/x/resume'"}
ERROR = {"Error": "closed", "retcode": 1}
EVERY = (
    STATUS,
    LISTED,
    CHECKED,
    MIGRATED,
    OVERVIEW,
    FLEET,
    FLEET_STATUS,
    PLAN,
    PROGRESS,
    HISTORY,
    CLIENTS,
    OPTIONS,
    COMMANDS,
    DRIVER,
    WATCHED,
    CANCELLED,
    RESUMED,
    ERROR,
)


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
        (STATUS, _standing.status),
        (LISTED, _lists.inventory),
        (CHECKED, _checks.check),
        (MIGRATED, _standing.migrate),
        (OVERVIEW, _standing.overview),
        (FLEET, _standing.fleet),
        (FLEET_STATUS, _standing.fleet_status),
        (PLAN, _checks.plan),
        (PROGRESS, _standing.progress),
        (HISTORY, _standing.history),
        (CLIENTS, _lists.clients),
        (OPTIONS, _lists.options),
        (COMMANDS, _lists.argv),
        (DRIVER, _standing.driver),
        (WATCHED, _standing.counted),
        (CANCELLED, _standing.cancelled),
        (RESUMED, _standing.resumed),
        (ERROR, _standing.refused),
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
    assert {word: in_colour(word).colour for word in words} == words


def test_a_list_goes_by_frame():
    lines = shown(LISTED).splitlines()
    assert [line.split()[0] for line in lines] == ["VIOS", "vios9", "vios2"]
    assert "in flight" in lines[1]


def test_a_check_shows_what_worries_and_counts_the_rest():
    text = shown(CHECKED)
    assert text.startswith("verdict: warning (1 ok, 1 warning, 0 errors)")
    assert "none named" in text
    assert "ready" not in text
    assert "3.1.2.21 -> unknown" in text
    assert "1:30:00" in text
    assert "the only VIOS of f3" in text
    assert "would migrate vios1" not in text


def test_a_check_shows_errors_before_warnings_each_with_its_advice():
    error = {"result": "error", "vios": "vios1", "check": "Mstate", "seen": "not running", "advice": "boot it"}
    lines = shown({**CHECKED, "findings": [*CHECKED["findings"], error]}).splitlines()
    assert lines[4:9] == [
        "error vios1: Mstate: not running",
        "    boot it",
        "",
        "warning vios1: bosinst_data: none named",
        "    name one",
    ]


def test_a_check_folds_what_is_fine_into_one_line_a_vios():
    fine = [{"result": "ok", "vios": "vios2", "check": str(n), "seen": "x", "advice": ""} for n in range(14)]
    lines = shown({**CHECKED, "findings": [*CHECKED["findings"], *fine]}).splitlines()
    assert lines[2:4] == ["vios1: 1 check passed, 1 warning", "vios2: 14 checks passed"]


def test_what_is_found_of_several_vioses_is_shown_once():
    same = [{**CHECKED["findings"][1], "vios": name} for name in ("vios1", "vios2")]
    assert "warning vios1, vios2: bosinst_data: none named" in shown({**CHECKED, "findings": same}).splitlines()


def test_a_check_shows_the_command_lines_of_what_would_be_migrated():
    assert f"  {CMD}" in shown(CHECKED).splitlines()
    stopped = {**CHECKED["tuples"]["vios1"], "would": "FAILURE-CHECK"}
    assert "nim -Fo" not in shown({**CHECKED, "tuples": {"vios1": stopped}})


def test_a_command_line_of_a_narrow_terminal_is_the_same_to_a_shell():
    lines = shown(COMMANDS, width=60).splitlines()
    assert max(map(len, lines)) <= 60
    typed = "\n".join(lines[1:]).strip()
    script = f"set -- {typed}; printf '%s\\n' \"$@\""
    printed = subprocess.run(["sh", "-c", script], capture_output=True, text=True)
    assert printed.stdout.splitlines() == shlex.split(CMD)


def test_what_waits_says_why():
    assert f"vios3-vios4: waits: {WAITS}" in shown(PROGRESS).splitlines()
    waiting = {**OVERVIEW["tuples"]["vios1-vios2"], "waits": WAITS}
    assert f"vios1-vios2: waits: {WAITS}" in shown({**OVERVIEW, "tuples": {"vios1-vios2": waiting}}).splitlines()
    runs = {"vios1": {"run": 1, "finished": False, "waits": WAITS}}
    assert f"vios1: waits: {WAITS}" in shown({**MIGRATED, "runs": runs}).splitlines()
    assert f"run 7: waits: {WAITS}" in shown([{**HISTORY[0], "waits": WAITS}]).splitlines()


def test_a_tuple_that_waits_takes_one_line_of_progress():
    lines = shown(PROGRESS).splitlines()
    assert lines[1].split() == ["vios1-vios2", "vios1", "SUCCESS-UPGR1"]
    assert lines[2].split()[:4] == ["vios1-vios2", "vios2", "installing", "35"]
    assert lines[3].split() == ["vios3-vios4", "vios3,", "vios4", "waiting"]


def test_progress_shows_what_the_tool_says_below_the_table():
    moving = {**PROGRESS["vios1-vios2"]["vios"]["vios2"], "shown": {"Cstate": "x", "viosupgrade -q": "in progress"}}
    lines = shown({"vios1-vios2": {**PROGRESS["vios1-vios2"], "vios": {"vios2": moving}}}).splitlines()
    assert lines[-1] == "vios2: viosupgrade -q says: in progress"


def test_a_history_shows_its_details_only_where_they_were_asked_for():
    text = shown(HISTORY)
    following = "next, on the NIM master: salt-call vios.log vios1"
    for wanted in ("vios1: no answer", "root (pid 1)", "installing", CMD, following):
        assert wanted in text
    assert ["vios1", "FAILURE-UPGR1", "3.1.2.21", "->"] in [line.split()[:4] for line in text.splitlines()]
    brief = {name: value for name, value in HISTORY[0].items() if name != "messages"}
    assert shown([brief]).splitlines()[1].split()[:3] == ["7", "vios1", "FAILURE-UPGR1"]
    assert len(shown([brief]).splitlines()) == 2


def test_paths_that_are_safe_are_only_counted():
    lines = shown(CLIENTS).splitlines()
    assert lines[0] == "vios1, paths of clients: 1 ok, 1 would be lost"
    assert lines[3].split("  ")[:2] == ["vios1", "12"]
    assert "lpar9" not in shown(CLIENTS)
    assert lines[-1] == "not checked: what the client itself has configured"


@pytest.mark.parametrize(
    "value",
    [
        {**MIGRATED, "msg": "migration failed for " + ", ".join(f"vios{n}" for n in range(30))},
        {**FLEET, "failed": {"nim-b": "the journal " * 12}},
        {**PLAN, "failed": {"nim-b": "matches no minion " * 9}, "early": "2026-11-28T22:00:00+01:00"},
        {**OVERVIEW, "held": {"by": "job 20261128120252569477 of root", "reason": "storage team " * 9}},
        {**DRIVER, "running": False, "stopped": {"by": "job 20261128120252569477 of root", "at": AT}},
        {**DRIVER, "running": False, "doing": {f"vios{n}-vios{n + 1}": {} for n in range(9)}},
    ],
)
def test_no_sentence_is_wider_than_the_terminal(value):
    assert max(map(len, shown(value, width=80).splitlines())) <= 80


def test_a_message_names_no_keys_that_a_table_does_not_show():
    done = {**MIGRATED, "msg": "migration completed; see status and meta for details"}
    assert shown(done).splitlines()[0] == "migration completed"
    assert shown({**MIGRATED, "msg": "in progress: a; see vios.progress"}).startswith("in progress: a; see vios.pro")


def test_a_driver_that_nim_has_not_answered_yet_says_so():
    fresh = {**DRIVER, "last_look": None}
    assert shown(fresh).splitlines()[1] == "NIM has not answered it yet"


def test_a_driver_that_was_stopped_says_by_whom():
    stopped = {**DRIVER, "running": False, "stopped": {"by": "root", "at": AT}}
    assert shown(stopped).startswith(f"stopped by root at {SHOWN}")


def test_a_driver_that_is_missing_while_something_is_under_way_shows_how_to_start_it():
    dead = {**DRIVER, "running": False, "stopped": None, "doing": {"vios1-vios2": {"vios1": "installing"}}}
    first = shown(dead).splitlines()[0]
    assert first == "does not run, though this is under way: vios1-vios2; start it: vios.resume"


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
    assert "next, on the NIM master: salt-call vios.log vios1" in text


def test_a_tuple_without_success_says_why():
    own = {"status": "SKIPPED-HELD", "level": {"old": None, "new": None}, "duration": None, "failure": None}
    skipped = {
        **MIGRATED,
        "status": {"vios1": "SKIPPED-HELD"},
        "meta": {"messages": [], "vios1": {"messages": ["held: storage"], "vios1": own}},
    }
    assert "vios1: held: storage" in shown(skipped).splitlines()


def test_a_migrated_vios_that_lacks_what_it_served_is_no_silent_success():
    before = MIGRATED["meta"]["vios1"]["vios1"]
    own = {**before, "status": "SUCCESS-UPGR1", "failure": None, "missing": ["adapter at P1"]}
    migrated = {
        **MIGRATED,
        "status": {"vios1": "SUCCESS-UPGR1"},
        "meta": {"messages": [], "vios1": {"messages": [], "vios1": own}},
    }
    assert "vios1: lacks what it served before: adapter at P1" in shown(migrated).splitlines()


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


def test_what_keeps_a_driver_from_its_work_stands_above_the_hold():
    held = {"reason": "storage", "by": "root", "since": AT}
    first, second = shown({**OVERVIEW, "trouble": "the disk is full", "held": held}, marked).splitlines()[:2]
    assert first == "<red>the disk is full</>"
    assert second == "<yellow>this NIM master is held by root: storage</>"


def test_a_plan_shows_waves_and_what_is_in_none():
    text = shown(PLAN)
    for wanted in (
        "window: now to",
        "canary",
        "wave 1, nothing to do",
        "too long",
        "already at the level: 1 tuple",
        f"canary, {SHOWN} to {SHOWN}",
        "viosx",
    ):
        assert wanted in text
    assert text.endswith("nim-c: no answer")


def test_several_minions_make_one_table_of_statuses():
    text = "\n".join(_standing.together([("nim-a", STATUS), ("nim-b", {"x": "SUCCESS-UPGR2"})], marked, None))
    assert "<green>2 SUCCESS-UPGR2</>" in text
    assert "<yellow>1 SKIPPED-HELD</>" in text


def test_no_line_is_wider_than_the_terminal():
    for value in EVERY:
        assert max(len(line) for line in shown(value, width=80).splitlines()) <= 80


def test_a_narrow_terminal_loses_nothing_of_what_is_to_be_typed():
    advice = "vios.reset vios1 confirm=True releases what an earlier operation left allocated"
    error = {"result": "error", "vios": "vios1", "check": "allocated", "seen": "vios_31431_spot", "advice": advice}
    text = shown({**CHECKED, "findings": [error]}, width=60)
    assert set(advice.split()) <= set(text.split())
