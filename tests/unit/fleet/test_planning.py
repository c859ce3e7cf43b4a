"""The waves of a fleet: who is in which, when each is expected to be done, and what is in no wave."""

from datetime import datetime, timezone

import pytest

from saltext_vios.errors import Refused
from saltext_vios.fleet.definition import read
from saltext_vios.fleet.planning import Part, parts, plan, rehearse

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


def answer(*tuples, max_parallel=8, left_alone=()):
    found = {key: value for one in tuples for key, value in one.items()}
    return {"tuples": found, "max_parallel": max_parallel, "left_alone": dict(left_alone)}


def made(answers, **fleet):
    definition = read({"masters": dict.fromkeys(answers, "*"), **fleet}, NOW)
    return plan(definition, answers, {minion: {"level": "3.1.4.31"} for minion in answers}, NOW)


def tuples_of(wave):
    return {minion: [one["tuple"] for one in part["tuples"]] for minion, part in wave["masters"].items()}


def part(key, seconds, *places):
    return Part(key, "migrate", "", tuple(key), tuple(key), {}, frozenset(places), seconds)


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
    assert datetime.fromisoformat(found["waves"][0]["start"]).hour in (23, 0)
    assert datetime.fromisoformat(found["waves"][0]["start"]) > NOW
    assert "opens at 2026-11-28T23:00" in found["early"]


def test_what_does_not_end_in_the_window_is_told():
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


def test_what_would_not_start_stays_in_its_wave_and_is_told():
    found = made({"a": answer(checked("a1-a2", "FAILURE-CHECK"))})
    assert found["blocked"] == [
        {"wave": "the rest", "master": "a", "tuple": "a1-a2", "why": "FAILURE-CHECK: why FAILURE-CHECK"}
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
    fleet = read({"masters": {"a": "*"}}, NOW)
    options = {"a": {"level": "3.1.4.31", "level_below": "3.1.4.31", "frame": "f", "unpaired": True}}
    found = plan(fleet, {"a": answer(checked("a1-a2"))}, options, NOW)
    assert found["waves"][0]["masters"]["a"]["options"] == {"level": "3.1.4.31"}


def test_where_no_history_is_known_the_fleets_own_word_counts():
    (one,) = parts(answer(checked("a1-a2", expected=None)), default=90 * 60)
    assert one.seconds == 3 * HOUR


def test_vioses_that_nobody_may_touch_are_told():
    assert made({"a": answer(checked("a1-a2"), left_alone={"x": "why"})})["left_alone"] == {"a": {"x": "why"}}


def test_a_canary_that_is_not_among_the_tuples_is_refused():
    with pytest.raises(Refused, match="canary: a has no tuple x-y"):
        made({"a": answer(checked("a1-a2"))}, canary={"a": "x,y"})


def test_the_canary_of_a_silent_master_is_no_reason_to_refuse():
    assert made({"a": answer(checked("a1-a2"))}, canary={"b": "x,y"})["waves"]


def test_no_more_than_max_parallel_go_at_once():
    assert rehearse([part("a", 10), part("b", 20), part("c", 5)], 2) == {"a": (0, 10), "b": (0, 20), "c": (10, 15)}


def test_tuples_of_one_frame_or_cluster_take_turns():
    found = rehearse([part("a", 10, "frame f"), part("b", 20, "frame f"), part("c", 5)], 8)
    assert found == {"a": (0, 10), "c": (0, 5), "b": (10, 30)}


def test_who_comes_first_for_a_frame_gets_it_first():
    todo = [part("a", 10, "x"), part("b", 1, "x", "y"), part("c", 1, "y")]
    assert rehearse(todo, 8) == {"a": (0, 10), "b": (10, 11), "c": (11, 12)}
