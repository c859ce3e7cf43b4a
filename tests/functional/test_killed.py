"""The driver is killed before or after anything it records of a pair's migration, and the call is made again."""

from unittest.mock import patch

import pytest

from saltext_vios.driver.journal import Journal
from tests.drive import ended_well

pytestmark = pytest.mark.methods("migvios", "altdisk")
RECORDS = 22  # of a pair, when NIM is looked at every ten minutes


class Killed(BaseException):
    """What no part of the driver may catch, as it could catch no SIGKILL."""


def killed_at(number, when):
    """A driver dies right before, or right after, it has written the record of that number; all that were written."""
    record, written = Journal.record, []

    def counted(*args, **words):
        written.append(args)
        if len(written) == number and when == "before":
            raise Killed
        record(*args, **words)
        if len(written) == number:
            raise Killed

    return patch.object(Journal, "record", counted), written


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(1, RECORDS + 1))
def test_killed_at_a_record_it_continues_as_if_nothing_had_happened(vios, simulator, options, number, when):
    options["level"] = "3.1.4.31"
    dies, _ = killed_at(number, when)
    with dies, pytest.raises(Killed):
        vios.migrate("vios1,vios2", **options)
    ended_well(vios.migrate("vios1,vios2", **options) if number < RECORDS else vios.wait("vios1,vios2"), simulator)


def test_there_are_no_more_records_than_kills(vios, simulator, options):
    dies, written = killed_at(0, "never")
    with dies:
        ended_well(vios.migrate("vios1,vios2", **options), simulator)
    assert len(written) == RECORDS
