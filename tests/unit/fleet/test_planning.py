"""The waves of a fleet: who is in which, when each is expected to be done, and what is in no wave."""

from datetime import datetime, timezone

import pytest

from saltext_vios.errors import Refused
from saltext_vios.fleet.definition import read
from saltext_vios.fleet.planning import left_out, plan
from saltext_vios.fleet.rehearsal import parts

NOW = datetime(2026, 11, 28, 21, 0, tzinfo=timezone.utc)
HOUR = 3600


def vios(level="3.1.2.21", frame="f1", cluster=None, expected=HOUR):
    return {"level": level, "frame": frame, "cluster": cluster, "expected": expected}


def checked(key, would="migrate", **words):
    names = key.split("-")
    to_migrate = [] if would == "SUCCESS-CURRENT" else names
    frame = words.pop("frame", f"frame of {key}")
    return {
        key: {
            "would": would,
            "why": f"why {would}",
            "to_migrate": to_migrate,
            "vios": {name: vios(frame=frame, **words) for name in names},
        }
    }


def answer(*tuples, max_parallel=8, tuple_order="longest", left_alone=()):
    found = {key: value for one in tuples for key, value in one.items()}
    return {
        "tuples": found,
        "max_parallel": max_parallel,
        "tuple_order": tuple_order,
        "left_alone": dict(left_alone),
    }


def made(answers, by_name=None, **fleet):
    definition = read({"masters": {} if "roster" in fleet else dict.fromkeys(answers, "*"), **fleet}, NOW)
    asked = {entry.tgt: entry for entry in definition.entries}
    for minion in left_out(definition, answers, asked):
        assert minion in (by_name or {}), f"{minion} was left out"
    return plan(definition, answers, asked, NOW, by_name)


def tuples_of(wave):
    return {minion: [one["tuple"] for one in part["tuples"]] for minion, part in wave["masters"].items()}


def test_the_canary_goes_first_then_the_waves_then_the_rest():
    answers = {name: answer(checked(f"{name}1-{name}2"), checked(f"{name}3-{name}4")) for name in "abc"}
    waves = made(answers, canary={"a": "a1,a2"}, waves=[["a"], ["b"]])["waves"]
    assert [(wave["name"], tuples_of(wave)) for wave in waves] == [
        ("canary", {"a": ["a1-a2"]}),
        ("wave 1", {"a": ["a3-a4"]}),
        ("wave 2", {"b": ["b1-b2", "b3-b4"]}),
        ("the rest", {"c": ["c1-c2", "c3-c4"]}),
    ]


def test_a_wave_begins_when_the_one_before_is_expected_to_be_over():
    waves = made({"a": answer(checked("a1-a2")), "b": answer(checked("b1-b2"))}, waves=[["a"]])["waves"]
    hours = [(datetime.fromisoformat(wave["start"]), datetime.fromisoformat(wave["end"])) for wave in waves]
    assert hours[0][0] == NOW
    assert hours[1][0] == hours[0][1]
    assert [(end - start).total_seconds() for start, end in hours] == [2 * HOUR] * 2


def test_it_begins_no_sooner_than_the_window():
    found = made({"a": answer(checked("a1-a2"))}, window={"start": "2026-11-28T23:00+00:00"})
    assert datetime.fromisoformat(found["waves"][0]["start"]) == datetime(2026, 11, 28, 23, tzinfo=timezone.utc) > NOW
    assert "opens at 2026-11-28T23:00" in found["early"]


def test_what_does_not_end_in_the_window_is_reported():
    pairs = answer(checked("a1-a2"), checked("a3-a4"), max_parallel=1)
    found = made({"a": pairs}, window={"end": "2026-11-29T00:00+00:00"})
    assert [(one["tuple"], one["wave"]) for one in found["late"]] == [("a3-a4", "the rest")]
    assert [one["fits"] for one in found["waves"][0]["masters"]["a"]["tuples"]] == [True, False]


def test_what_is_done_needs_nothing_and_is_in_no_wave():
    found = made({"a": answer(checked("a1-a2", "SUCCESS-CURRENT"), checked("a3-a4"))})
    assert found["nothing_to_do"] == [{"wave": "the rest", "master": "a", "tuple": "a1-a2"}]
    assert tuples_of(found["waves"][0]) == {"a": ["a3-a4"]}


def test_a_fleet_that_is_done_has_waves_without_masters():
    found = made({"a": answer(checked("a1-a2", "SUCCESS-CURRENT"))})
    assert [wave["masters"] for wave in found["waves"]] == [{}]


def test_what_would_not_start_stays_in_its_wave_and_is_reported():
    found = made({"a": answer(checked("a1-a2", "FAILURE-CHECK"))})
    assert found["blocked"] == [
        {
            "wave": "the rest",
            "master": "a",
            "tuple": "a1-a2",
            "why": "FAILURE-CHECK: why FAILURE-CHECK",
            "in_wave": True,
        }
    ]
    entry = found["waves"][0]["masters"]["a"]["tuples"][0]
    assert (entry["start"], entry["fits"]) == (None, None)


def test_without_any_duration_the_times_are_unknown():
    found = made({"a": answer(checked("a1-a2", expected=None))}, window={"end": "2h"})
    assert found["waves"][0]["end"] is None
    assert found["waves"][0]["masters"]["a"]["tuples"][0]["fits"] is None
    assert found["late"] == []


def test_a_wave_after_one_of_unknown_length_has_no_times():
    answers = {"a": answer(checked("a1-a2", expected=None)), "b": answer(checked("b1-b2"))}
    assert [(wave["start"] is None, wave["end"]) for wave in made(answers, waves=[["a"]])["waves"]] == [
        (False, None),
        (True, None),
    ]


def test_a_wave_names_its_tuples_and_selects_no_more():
    options = {"level": "3.1.4.31", "level_below": "3.1.4.31", "frame": "f", "unpaired": True}
    found = made({"a": answer(checked("a1-a2"))}, options=options)
    assert found["waves"][0]["masters"]["a"]["options"] == {"max_failures": 1, "level": "3.1.4.31"}


def test_where_no_history_is_known_the_fleets_own_word_counts():
    (one,) = parts(answer(checked("a1-a2", expected=None)), default=90 * 60)
    assert one.seconds == 3 * HOUR


def test_vioses_that_nobody_may_touch_are_reported():
    assert made({"a": answer(checked("a1-a2"), left_alone={"x": "why"})})["left_alone"] == {"a": {"x": "why"}}


def test_a_canary_that_is_not_among_the_tuples_is_refused():
    with pytest.raises(Refused, match="canary: a has no tuple x-y"):
        made({"a": answer(checked("a1-a2"))}, masters={"a": "a1,a2"}, canary={"a": "x,y"})


def test_a_canary_that_its_selection_leaves_out_for_another_reason_is_refused():
    with pytest.raises(Refused, match="canary: a has no tuple x-y among its targets"):
        made({"a": answer(checked("a1-a2"))}, {"a": answer(checked("x-y"))}, canary={"a": "x,y"})


def test_a_canary_on_no_nim_master_of_the_fleet_is_refused():
    with pytest.raises(Refused, match="canary: b is no NIM master of this fleet; it has: a"):
        made({"a": answer(checked("a1-a2"))}, canary={"b": "x,y"})


def test_the_canary_of_a_silent_master_is_reported_so_that_nothing_goes_before_it():
    definition = read({"masters": {"a": "*", "b": "*"}, "canary": {"b": "x,y"}}, NOW)
    asked = {entry.tgt: entry for entry in definition.entries}
    answers = {"a": answer(checked("a1-a2"))}
    assert left_out(definition, answers, asked) == {}
    assert plan(definition, answers, asked, NOW)["canary"] == ["b"]


def test_a_canary_that_its_selection_leaves_out_is_asked_for_by_name():
    definition = read({"masters": {"a": "*"}, "canary": {"a": "a2,a1"}}, NOW)
    assert left_out(definition, {"a": answer()}, {"a": definition.entries[0]}) == {"a": [("a2", "a1")]}


@pytest.mark.parametrize(
    "one", [checked("a1-a2", "SUCCESS-CURRENT"), checked("a1-a2", level="3.1.4.31")], ids=["level", "level_below"]
)
def test_a_canary_at_the_level_is_done_though_no_selection_names_it(one):
    found = made(
        {"a": answer(checked("a3-a4"))}, {"a": answer(one)}, canary={"a": "a1,a2"}, options={"level_below": "3.1.4.31"}
    )
    assert found["nothing_to_do"] == [{"wave": "canary", "master": "a", "tuple": "a1-a2"}]
    assert [tuples_of(wave) for wave in found["waves"]] == [{}, {"a": ["a3-a4"]}]


def test_a_canary_of_which_nobody_knows_the_level_goes_first_all_the_same():
    whole = answer(checked("a3-a4"), left_alone={"a1": "does not answer"})
    by_name = answer(checked("a1-a2", "FAILURE-CHECK"))
    found = made({"a": whole}, {"a": by_name}, canary={"a": "a1,a2"}, options={"level_below": "3.1.4.31"})
    assert [tuples_of(wave) for wave in found["waves"]] == [{"a": ["a1-a2"]}, {"a": ["a3-a4"]}]
    assert [(one["tuple"], one["in_wave"]) for one in found["blocked"]] == [("a1-a2", True)]


WAVES = {"canary": {"a": "a1,a2", "b": "b3,b4"}, "waves": [["b"]]}
ALL = {"a": ("a1-a2", "a3-a4"), "b": ("b1-b2", "b3-b4"), "c": ("c1-c2",)}


def told(minion, done, selected):
    """What a NIM master answers when some of its tuples are at the level."""
    if selected:
        return answer(*(checked(key) for key in ALL[minion] if key not in done))
    return answer(*(checked(key, "SUCCESS-CURRENT" if key in done else "migrate") for key in ALL[minion]))


@pytest.mark.parametrize("selected", [True, False])
def test_after_every_wave_the_fleet_can_be_run_again(selected):
    def planned(done):
        masters = {
            minion: {"targets": "*", "options": {"level_below": "3.1.4.31"}}
            if selected
            else [key.split("-") for key in keys]
            for minion, keys in ALL.items()
        }
        fleet = {"masters": masters, **WAVES}
        definition = read(fleet, NOW)
        asked = {entry.tgt: entry for entry in definition.entries}
        answers = {minion: told(minion, done, selected) for minion in ALL}
        missing = left_out(definition, answers, asked)
        by_name = {
            minion: answer(*(checked("-".join(names), "SUCCESS-CURRENT") for names in tuples))
            for minion, tuples in missing.items()
        }
        found = plan(definition, answers, asked, NOW, by_name)
        assert found["blocked"] == []
        return [(wave["name"], tuples_of(wave)) for wave in found["waves"] if wave["masters"]]

    first = planned(())
    assert [name for name, _ in first] == ["canary", "wave 1", "the rest"]
    for number in range(len(first) + 1):
        done = {key for _, wave in first[:number] for keys in wave.values() for key in keys}
        assert planned(done) == first[number:]


def test_a_frame_of_two_nim_masters_is_worked_on_by_the_first_of_the_fleet_alone():
    answers = {"b": answer(checked("b1-b2", frame="f"), checked("b3-b4")), "a": answer(checked("a1-a2", frame="f"))}
    found = made(answers)
    assert tuples_of(found["waves"][0]) == {"b": ["b1-b2", "b3-b4"]}
    (blocked,) = found["blocked"]
    assert (blocked["master"], blocked["tuple"], blocked["in_wave"]) == ("a", "a1-a2", False)
    assert blocked["why"].startswith("f is also a frame of b, and only one NIM master may work on a frame")


@pytest.mark.parametrize("apart", [["f"], "*", ["g", "f*"]])
def test_frames_that_the_fleet_tells_apart_are_two_machines(apart):
    answers = {name: answer(checked(f"{name}1-{name}2", frame="f")) for name in "ab"}
    found = made(answers, apart=apart)
    assert tuples_of(found["waves"][0]) == {"a": ["a1-a2"], "b": ["b1-b2"]}
    assert found["blocked"] == []


def test_what_is_apart_is_reported_frame_by_frame():
    answers = {
        name: answer(checked(f"{name}1-{name}2", frame="f"), checked(f"{name}3-{name}4", frame="g")) for name in "ab"
    }
    found = made(answers, apart="f")
    assert [(one["master"], one["tuple"]) for one in found["blocked"]] == [("b", "b3-b4")]
    assert "apart: [g]" in found["blocked"][0]["why"]


def test_it_is_worked_on_where_something_is_under_way():
    answers = {"a": answer(checked("a1-a2", frame="f")), "b": answer(checked("b1-b2", "attach", frame="f"))}
    found = made(answers)
    assert tuples_of(found["waves"][0]) == {"b": ["b1-b2"]}
    assert [one["master"] for one in found["blocked"]] == ["a"]


def test_where_nothing_is_left_to_do_on_a_frame_another_nim_master_may_work():
    answers = {"a": answer(checked("a1-a2", "SUCCESS-CURRENT", frame="f")), "b": answer(checked("b1-b2", frame="f"))}
    found = made(answers)
    assert tuples_of(found["waves"][0]) == {"b": ["b1-b2"]}
    assert found["blocked"] == []


def test_the_times_follow_the_order_of_the_driver():
    """The longest first: of a frame's two tuples the given order would end an hour later."""
    pairs = [checked("a1-a2", expected=HOUR / 2), checked("a3-a4", expected=HOUR / 2), checked("a5-a6")]
    ends = {}
    for order in ("longest", "given"):
        found = made({"a": answer(*pairs, max_parallel=2, tuple_order=order)})
        ends[order] = (datetime.fromisoformat(found["waves"][0]["end"]) - NOW).total_seconds() / HOUR
    assert ends == {"longest": 2, "given": 3}
