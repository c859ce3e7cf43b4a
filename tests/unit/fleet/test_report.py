"""What is told of many NIM masters' histories."""

import json
from datetime import datetime, timedelta, timezone

from dateutil import tz

from saltext_vios.fleet.report import lanes
from saltext_vios.migration.statuses import Kind
from tests.unit.fleet.histories import AT, at, failed, failure, held, migrated, report, run, under_way, vios


def names(lane):
    return [one.vios for _, one in lane.vioses]


def test_a_tuple_counts_once_with_its_newest_status():
    again = migrated(9, "vios3", "vios4")
    made = report({"nim-a": [again, failed(), migrated()], "nim-b": [migrated()]})
    assert made.tuples == 3
    assert made.counts == {"SUCCESS-UPGR2": 3}


def test_a_failure_that_was_made_good_says_so():
    made = report({"nim-a": [migrated(9, "vios3", "vios4"), failed()]})
    assert [(one.run, one.later) for one in made.runs] == [(9, None), (2, "SUCCESS-UPGR2")]


def test_runs_of_all_masters_are_newest_first():
    made = report({"nim-a": [failed(7), migrated(1)], "nim-b": [migrated(4)]})
    assert [(one.master, one.run) for one in made.runs] == [("nim-a", 7), ("nim-b", 4), ("nim-a", 1)]


def test_the_first_vios_of_a_tuple_under_way_is_done():
    vioses = {"a": vios("SUCCESS-UPGR1", at(1), at(2)), "b": vios("SUCCESS-UPGR2-INIT", at(2))}
    made = report({"nim-a": [run(1, "a-b", "SUCCESS-UPGR2-INIT", None, vioses)]}).runs[0]
    assert [made.kind, *(one.kind for one in made.vioses)] == [Kind.UNDER_WAY, Kind.MIGRATED, Kind.UNDER_WAY]


def test_times_of_all_zones_are_reported_in_that_of_the_report():
    tokyo = timezone(timedelta(hours=9))
    vioses = {"a": vios("SUCCESS-UPGR1", at(9, zone=tokyo), at(11, zone=tokyo))}
    told = report({"nim-a": [run(1, "a", "SUCCESS-UPGR1", at(11, zone=tokyo), vioses)]}).data()["runs"][0]["vioses"][0]
    assert (told["started"], told["finished"]) == ("2026-11-29T01:00:00+01:00", "2026-11-29T03:00:00+01:00")


def test_all_times_of_a_report_have_the_same_offset():
    summer = datetime(2026, 7, 1, 12, 0, tzinfo=tz.gettz("Europe/Berlin"))
    assert report(at=summer).data()["runs"][-1]["vioses"][0]["started"] == "2026-11-29T02:00:00+02:00"


def test_a_lane_is_a_frame_of_one_master():
    histories = {"nim-b": [migrated()], "nim-a": [migrated(2, "vios19", "vios20"), failed(), migrated()]}
    frames = {"vios1": "f1", "vios2": "f1", "vios3": "f2", "vios4": "f2", "vios19": "f10", "vios20": "f10"}
    inventory = {name: {"frame": frame} for name, frame in frames.items()}
    found = lanes(report(histories, {"nim-a": inventory, "nim-b": inventory}))
    assert [(lane.master, lane.name) for lane in found] == [
        ("nim-a", "f1"),
        ("nim-a", "f2"),
        ("nim-a", "f10"),
        ("nim-b", "f1"),
    ]


def test_a_vios_that_nothing_was_done_to_is_in_no_lane():
    assert [names(lane) for lane in lanes(report())] == [["vios1", "vios2"], ["vios3"], ["vios5"], ["vios7"]]


def test_without_a_known_frame_the_lane_is_the_tuple():
    found = lanes(report({"nim-a": [migrated(), held()]}, {"nim-a": {"vios5": {"frame": None}}}))
    assert [lane.name for lane in found] == ["vios1-vios2", "vios5-vios6"]


def test_what_a_terminal_or_a_reader_would_obey_is_shown_as_escapes():
    told = {**failed(expected="\x1b[2J"), "messages": ["\u202eabc"]}
    made = report({"nim-a": [told]}).runs[0]
    assert made.messages == ("\\u202eabc",)
    assert made.vioses[0].failure.expected == "\\x1b[2J"


def test_the_data_are_plain_and_whole():
    told = json.loads(json.dumps(report(since=AT - timedelta(hours=12)).data()))
    assert (told["at"], told["since"]) == ("2026-11-29T06:00:00+01:00", "2026-11-28T18:00:00+01:00")
    assert told["counts"] == {"FAILURE-UPGR1": 1, "SKIPPED-HELD": 1, "SUCCESS-UPGR1-INIT": 1, "SUCCESS-UPGR2": 1}
    of_failed = told["runs"][2]
    assert of_failed["messages"] == ["message of run 2"]
    assert of_failed["vioses"][0]["failure"] == {key: one for key, one in failure("vios3").items() if key != "vios"}


def test_nothing_at_all_is_a_report_too():
    made = report({"nim-a": []})
    assert (made.tuples, made.counts, made.runs, lanes(made)) == (0, {}, (), [])


def test_what_is_under_way_has_no_end():
    one = report({"nim-a": [under_way()]}).runs[0].vioses[0]
    assert (one.finished, one.duration) == (None, None)
