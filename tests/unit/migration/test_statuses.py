"""What a status comes to is said once, next to its word."""

import re

import pytest

from saltext_vios.driver.flight import WHAT
from saltext_vios.migration import statuses
from saltext_vios.migration.statuses import Kind
from saltext_vios.migration.transitions import TRANSITIONS, Event, State
from tests.conftest import ROOT

PACKAGE = ROOT / "src" / "saltext_vios"
AS_CODE = re.compile(r"""["'%](SUCCESS|FAILURE|SKIPPED)[-%]""")


@pytest.mark.parametrize(
    ("status", "is_over", "expected"),
    [
        (None, True, Kind.NOT_STARTED),
        ("FAILURE-UPGR1-WAIT", True, Kind.FAILED),
        ("FAILURE-CHECK", True, Kind.FAILED),
        ("SKIPPED-TIMEOUT", True, Kind.SKIPPED),
        ("SUCCESS-UPGR1-INIT", False, Kind.UNDER_WAY),
        ("SUCCESS-UPGR1", False, Kind.UNDER_WAY),
        ("SUCCESS-UPGR2", True, Kind.MIGRATED),
        ("SUCCESS-CURRENT", True, Kind.CURRENT),
    ],
)
def test_what_a_status_comes_to(status, is_over, expected):
    assert statuses.kind(status, is_over) is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (None, False),
        ("SUCCESS-UPGR1-INIT", False),
        ("SUCCESS-CLONE-INIT", False),
        ("FAILURE-UPGR1", False),
        ("SKIPPED-HELD", False),
        ("SUCCESS-UPGR1", True),
        ("SUCCESS-CURRENT", True),
    ],
)
def test_only_a_success_that_is_over_is_proven(status, expected):
    assert statuses.is_proven(status) is expected


def test_every_status_that_a_migration_can_end_with_has_its_meaning():
    given = {status for events in TRANSITIONS.values() for _, status in events.values()} - {None}
    assert given | {statuses.NO_PREVIOUS} == set(statuses.MEANINGS)


def test_a_status_of_a_task_means_something_else_only_where_it_has_the_word_of_the_task():
    assert all("{word}" in status for status in statuses.MEANINGS_OF_A_TASK)
    assert set(statuses.MEANINGS_OF_A_TASK) < set(statuses.MEANINGS)


def test_no_other_file_takes_a_status_apart():
    for path in PACKAGE.rglob("*.py"):
        if path.name != "statuses.py" and "simulator" not in path.parts:
            assert not AS_CODE.search(path.read_text()), path


def test_whatever_moves_a_migration_without_failing_it_has_a_name_in_its_log():
    silent = {Event.ADMITTED, Event.REQUEUED}
    moving = {event for events in TRANSITIONS.values() for event, (then, _) in events.items() if then != State.FAILED}
    assert moving - silent <= set(WHAT)
