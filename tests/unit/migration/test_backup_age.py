"""Which backup counts, and what the checks of a migration make of it."""

from dataclasses import replace

import pytest

from saltext_vios.migration.backups import Backup, File, Known
from saltext_vios.migration.checks import CheckContext, Severity, VIOSFacts, check
from saltext_vios.migration.facts import LevelAnswer
from saltext_vios.migration.levels import Level

NOW, DAY = 1_800_000_000.0, 86400.0
GOOD = Backup(
    "ios_backup", "vios1_iosb", "vios1", True, "ready for use", "/b/vios1_iosb", NOW - DAY, None, File(900, NOW - DAY)
)


def finding(*known, demand="require", error="", max_age="7d", level="3.1.4.31", mk_image=False):
    """What the check says of vios1."""
    facts = VIOSFacts("vios1", level=LevelAnswer(Level(level)), backups=Known(NOW, known, error))
    options = {"backup": demand, "backup_max_age": max_age}
    found = [one for one in check(facts, CheckContext(options=options, mk_image=mk_image)) if one.check == "backup"]
    return found[0] if found else None


def test_a_fresh_backup_of_the_vios_is_fine_and_its_age_is_reported():
    found = finding(GOOD)
    assert found.severity is Severity.OK
    assert found.seen == "vios1_iosb, 1 d old"


@pytest.mark.parametrize(("demand", "severity"), [("require", Severity.ERROR), ("warn", Severity.WARNING)])
def test_a_vios_without_a_backup_is_an_error_or_a_warning_as_asked(demand, severity):
    found = finding(demand=demand)
    assert found.severity is severity
    assert "NIM knows none of it" in found.seen
    assert "vios.backup vios1" in found.advice


def test_nobody_looks_where_it_is_to_be_ignored():
    assert finding(demand="ignore") is None


def test_a_backup_that_is_too_old_says_how_old_and_what_was_expected():
    old = replace(GOOD, created=NOW - 9 * DAY, file=File(900, NOW - 9 * DAY))
    assert "vios1_iosb, is 9 d old, expected at most 7 d" in finding(old).seen
    assert finding(old, max_age="10d").severity is Severity.OK


def test_a_backup_of_another_level_does_not_count():
    found = finding(replace(GOOD, level=Level("3.1.2.21")))
    assert found.severity is Severity.ERROR
    assert "is of level 3.1.2.21, the VIOS is at 3.1.4.31" in found.seen


def test_a_backup_of_another_vios_does_not_count():
    assert "NIM knows none of it" in finding(replace(GOOD, vios="vios2")).seen


def test_a_backup_from_the_future_does_not_count():
    ahead = replace(GOOD, created=NOW + DAY, file=File(900, NOW + DAY))
    assert "is from the future" in finding(ahead).seen


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"ready": False, "rstate": "unavailable for use"}, "Rstate is 'unavailable for use'"),
        ({"ready": None, "rstate": None}, "NIM shows no Rstate"),
        ({"location": None}, "NIM shows no location"),
        ({"file": File(error="/b/vios1_iosb is not there")}, "/b/vios1_iosb is not there"),
        ({"file": File(0, NOW)}, "/b/vios1_iosb is empty"),
        ({"created": None, "file": File(900, None)}, "unknown when it was made"),
        ({"doubt": "its view failed"}, "its view failed"),
    ],
)
def test_a_backup_that_cannot_be_built_on_does_not_count_and_says_why(changes, flaw):
    found = finding(replace(GOOD, **changes))
    assert found.severity is Severity.ERROR
    assert flaw in found.seen


def test_a_newer_one_that_cannot_be_built_on_does_not_hide_an_older_one():
    broken = replace(GOOD, name="newer", created=NOW, file=File(0, NOW))
    assert finding(broken, GOOD).severity is Severity.OK


def test_the_age_is_that_of_the_older_of_object_and_file():
    copied = replace(GOOD, created=NOW - 9 * DAY, file=File(900, NOW))
    assert finding(copied).severity is Severity.ERROR
    restored = replace(GOOD, created=NOW, file=File(900, NOW - 9 * DAY))
    assert finding(restored).severity is Severity.ERROR


def test_nim_that_does_not_answer_is_no_backup():
    found = finding(error="lsnim -t ios_backup -l returned 1")
    assert found.severity is Severity.ERROR
    assert "did not answer" in found.seen


def test_the_image_that_a_migration_makes_is_distinguished_from_a_backup():
    assert "mk_image" in finding(mk_image=True).advice
    assert "mk_image" not in finding().advice
