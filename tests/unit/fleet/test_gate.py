"""Whether the next wave may start."""

from datetime import datetime, timedelta, timezone

import pytest

from saltext_vios.fleet.gate import judge

AT = datetime(2026, 11, 29, 1, 0, tzinfo=timezone.utc)


def run(status, finished=AT):
    return {"status": status, "finished": finished and finished.isoformat()}


def overview(held=None, driver=True, **tuples):
    return {"held": held, "driver": driver, "tuples": tuples}


def verdict(max_failures="1", since=None, **tuples):
    return judge({"nim-a": overview(**tuples)}, {"nim-a": list(tuples)}, max_failures, since)


def test_it_is_open_when_nothing_failed():
    found = verdict(a=run("SUCCESS-UPGR2"), b=run("SUCCESS-CURRENT"))
    assert (found.is_open, found.failed) == (True, ())


def test_it_waits_for_what_is_under_way():
    found = verdict(a=run("SUCCESS-UPGR1-INIT", None), b=run("FAILURE-UPGR1"))
    assert found.is_open is None
    assert "nim-a a" in found.why


@pytest.mark.parametrize(
    ("max_failures", "is_open"), [("1", False), ("2", True), ("3", True), ("50%", False), ("60%", True)]
)
def test_it_is_closed_when_the_budget_is_used_up(max_failures, is_open):
    found = verdict(max_failures, a=run("FAILURE-UPGR1"), b=run("SUCCESS-UPGR2"))
    assert found.is_open is is_open
    assert found.failed == ("nim-a a",)


def test_a_hold_closes_it():
    held = {"reason": "storage", "by": "x", "since": AT.isoformat()}
    found = judge({"nim-a": overview(held, a=run("SUCCESS-UPGR2"))}, {"nim-a": ["a"]}, "1")
    assert found.is_open is False
    assert "nim-a is held: storage" in found.why


def test_the_end_of_the_window_closes_it():
    found = verdict(a=run("SKIPPED-TIMEOUT"))
    assert found.is_open is False
    assert "the window has closed" in found.why


def test_a_master_without_an_answer_closes_it():
    found = judge({}, {"nim-a": ["a"]}, "9")
    assert (found.is_open, found.may_pass) == (False, True)
    assert "no answer from nim-a" in found.why


def test_what_nobody_follows_is_not_waited_for_without_an_end():
    found = judge({"nim-a": overview(driver=False, a=run(None, None))}, {"nim-a": ["a"]}, "1")
    assert (found.is_open, found.may_pass) == (False, True)
    assert "type: salt nim-a vios.wait" in found.why
    over_ssh = judge({"nim-a": overview(driver=False, a=run(None, None))}, {"nim-a": ["a"]}, "1", over_ssh=["nim-a"])
    assert "type: salt-ssh nim-a vios.wait" in over_ssh.why


def test_a_driver_is_not_needed_where_all_is_over():
    assert judge({"nim-a": overview(driver=False, a=run("SUCCESS-UPGR2"))}, {"nim-a": ["a"]}, "1").is_open


def test_a_tuple_that_was_never_tried_failed():
    assert judge({"nim-a": overview()}, {"nim-a": ["a"]}, "1").failed == ("nim-a a",)


def test_what_was_over_before_the_wave_was_not_tried():
    old = run("SUCCESS-UPGR2", AT - timedelta(days=1))
    assert verdict(since=AT, a=old).failed == ("nim-a a",)
    assert verdict(since=AT, a=run("SUCCESS-UPGR2", AT + timedelta(minutes=1))).is_open
