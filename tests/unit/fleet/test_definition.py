"""What a fleet file may say, and how it is refused."""

from datetime import datetime, timedelta, timezone

import pytest
import yaml

from saltext_vios.errors import Refused
from saltext_vios.fleet.definition import Entry, read
from tests.conftest import EXAMPLES

NOW = datetime(2026, 11, 28, 21, 0, tzinfo=timezone.utc)
MASTERS = {"nim-a": [["vios1", "vios2"], ["vios3", "vios4"]], "nim-b": "*"}


def fleet(**more):
    return read({"masters": MASTERS, **more}, NOW)


def test_a_master_may_have_its_tuples_alone():
    assert fleet().entries == (
        Entry("nim-a", "glob", [["vios1", "vios2"], ["vios3", "vios4"]], {"max_failures": 1}),
        Entry("nim-b", "glob", "*", {"max_failures": 1}),
    )


def test_its_own_options_count_before_those_of_all():
    masters = {"G@role:nim": {"targets": "*", "tgt_type": "compound", "options": {"max_parallel": 4}}}
    entry = fleet(masters=masters, options={"max_parallel": 8, "level": "3.1.4.31"}).entries[0]
    assert entry.tgt_type == "compound"
    assert entry.options == {"max_failures": 1, "max_parallel": 4, "level": "3.1.4.31"}


def test_a_roster_s_nim_masters_come_after_the_minions():
    made = fleet(roster={"nim-c": "vios5,vios6", "nim-d*": {"targets": "*", "options": {"max_parallel": 4}}})
    assert [(entry.tgt, entry.ssh) for entry in made.entries] == [
        ("nim-a", False),
        ("nim-b", False),
        ("nim-c", True),
        ("nim-d*", True),
    ]
    assert made.entries[2].targets == [["vios5", "vios6"]]
    assert made.entries[3].options == {"max_failures": 1, "max_parallel": 4}


def test_a_fleet_may_have_no_minion_at_all():
    assert [entry.ssh for entry in read({"roster": MASTERS}, NOW).entries] == [True, True]


def test_the_end_of_the_window_is_the_time_limit():
    made = fleet(window={"start": "2026-11-28T22:00+01:00", "end": "2026-11-29T04:00+01:00"})
    assert made.end - made.start == timedelta(hours=6)
    assert made.entries[0].options["time_limit"] == "2026-11-29T04:00:00+01:00"


def test_waves_are_reported_by_name_and_the_rest_comes_last():
    made = fleet(canary={"nim-a": "vios2,vios1"}, waves=[["nim-a"], "nim-b*"])
    assert made.name_of(made.wave_of("nim-a", "vios1-vios2")) == "canary"
    assert made.name_of(made.wave_of("nim-a", "vios3-vios4")) == "wave 1"
    assert made.name_of(made.wave_of("nim-b2", "x")) == "wave 2"
    assert made.name_of(made.wave_of("nim-z", "x")) == "the rest"


def test_without_waves_all_go_together():
    made = fleet()
    assert made.wave_of("nim-a", "x") == made.wave_of("nim-b", "y")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"masters": {}}, "masters is missing"),
        ({"masters": [1]}, "masters is"),
        ({"masters": {"nim-a": None}}, "targets is missing"),
        ({"masters": {"nim-a": {"options": {}}}}, "targets is missing"),
        ({"masters": {"nim-a": [["a", "b", "c"]]}}, "tuple of 3 names"),
        ({"masters": {"nim-a": {"targets": "*", "optoins": {}}}}, "optoins"),
        ({"options": {"mksysb": "x"}}, "mksysb"),
        ({"wave": []}, "'wave', expected are: masters"),
        ({"waves": "nim-a"}, "waves is 'nim-a', expected a list"),
        ({"waves": [[]]}, "wave 1 is"),
        ({"waves": [[1]]}, "wave 1 is"),
        ({"window": {"end": 750}}, "window: end"),
        ({"window": {"till": "4h"}}, "expected are: start, end"),
        ({"window": {"start": "4h", "end": "2h"}}, "is not after start"),
        ({"expected": 90}, "expected is 90"),
        ({"max_failures": "some"}, "max_failures"),
        ({"apart": 1}, "apart is 1, expected globs of frames such as"),
        ({"apart": []}, "apart is"),
        ({"roster": "nim-c"}, "roster is a text, expected a map"),
        ({"roster": {"nim-c": [["a", "b", "c"]]}}, "roster: nim-c: .*tuple of 3 names"),
        ({"roster": {"x": {"targets": "*", "tgt_type": "grain"}}}, "roster: x: tgt_type is 'grain', expected one of"),
    ],
)
def test_a_fleet_that_cannot_be_is_refused_naming_the_place(change, said):
    with pytest.raises(Refused, match=said):
        fleet(**change)


def test_a_fleet_that_is_no_map_is_refused():
    with pytest.raises(Refused, match="expected a map"):
        read(None, NOW)


def test_the_example_in_the_docs_can_be_read():
    made = read(yaml.safe_load((EXAMPLES / "fleet.yaml").read_text()), NOW)
    assert [made.name_of(made.wave_of(minion, "vios3-vios4")) for minion in ("nim-a", "nim-c1", "nim-x")] == [
        "wave 1",
        "wave 2",
        "the rest",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"options": {"level": "three"}}, "masters: nim-a: level is 'three'"),
        ({"options": {"time_limit": "tomorrow"}}, "masters: nim-a: time_limit is 'tomorrow'"),
        ({"options": {"time_margin": "long"}}, "masters: nim-a: time_margin is 'long'"),
        ({"options": {"frame": "f1"}}, r"masters: nim-a: frame selects among targets='\*'"),
        ({"masters": {"n": {"targets": "*", "options": {"level_below": "3"}}}}, "masters: n: level_below is '3'"),
        ({"options": {"backup_name": "one"}}, "masters: nim-a: backup_name is 'one' for vios1, vios2"),
        ({"options": {"mksysb_postfix": "x" * 39}}, "masters: nim-a: the mksysb name of vios1"),
        ({"masters": {"nim-a": {"targets": "*", "tgt_type": "glop"}}}, "masters: nim-a: tgt_type is 'glop'"),
        ({"canary": {"nim-a": "a,b,c"}}, "canary: nim-a: .*tuple of 3 names"),
        ({"max_failures": 0}, "max_failures is 0"),
        ({"expected": "9" * 30 + "d"}, "expected is '9"),
    ],
)
def test_what_a_nim_master_would_refuse_is_refused_here_naming_the_place(change, said):
    with pytest.raises(Refused, match=said):
        fleet(**change)


def test_the_options_go_out_as_they_were_written():
    entry = fleet(options={"time_limit": "4h", "level": "3.1.4.31"}).entries[0]
    assert entry.options == {"max_failures": 1, "time_limit": "4h", "level": "3.1.4.31"}


@pytest.mark.parametrize("secret", ["S3cret", ["S3cret"], 5333, {"S3cret": "x"}, {"x": "S3cret"}])
def test_of_what_is_no_fleet_nothing_is_reported(secret):
    with pytest.raises(Refused) as refused:
        read(secret, NOW)
    assert "S3cret" not in str(refused.value)
    assert "5333" not in str(refused.value)


@pytest.mark.parametrize("place", ["options", "window", "canary", "masters"])
def test_of_a_value_that_should_be_a_map_its_sort_is_reported_alone(place):
    with pytest.raises(Refused, match=f"{place} is a text, expected a map"):
        fleet(**{place: "S3cret"})
