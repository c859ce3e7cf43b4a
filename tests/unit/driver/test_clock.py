"""The steady clock: what sets the system clock does not move it, and it goes on over a restart."""

import pytest

from saltext_vios.driver.clock import Clock, Mark, since

HOUR = 3600.0
MARK = Mark(steady=1000.0, wall=5000.0, monotonic=200.0)


class Machine:
    """A system clock that can be set, and an uptime."""

    def __init__(self, wall=5000.0, uptime=200.0):
        self.wall, self.uptime = wall, uptime

    def passes(self, seconds):
        self.wall += seconds
        self.uptime += seconds

    def clock(self, mark=None):
        return Clock(mark, wall=lambda: self.wall, monotonic=lambda: self.uptime)


@pytest.mark.parametrize("by", [5 * HOUR, -5 * HOUR])
def test_setting_the_system_clock_moves_no_duration(by):
    machine = Machine()
    clock = machine.clock()
    begin = clock.steady()
    machine.passes(60)
    machine.wall += by
    assert clock.steady() - begin == 60
    assert clock.wall() == machine.wall


def test_a_new_driver_counts_the_time_without_one():
    machine = Machine()
    mark = machine.clock().mark()
    machine.passes(90)
    later = machine.clock(mark)
    assert later.steady() - mark.steady == 90
    assert later.gone_by.doubt == ""


def test_a_restart_of_the_machine_counts_what_both_clocks_allow():
    found = since(MARK, wall=5000.0 + 600, monotonic=50.0)
    assert found.seconds == 600
    assert "machine restarted" in found.doubt


@pytest.mark.parametrize(("set_by", "counted"), [(5 * HOUR, 30.0), (-5 * HOUR, 30.0)])
def test_a_clock_that_was_set_without_a_driver_is_not_believed(set_by, counted):
    found = since(MARK, wall=5000.0 + 30 + set_by, monotonic=230.0)
    assert found.seconds == counted
    assert "its clock was set" in found.doubt


def test_time_never_runs_backwards():
    assert since(MARK, wall=1000.0, monotonic=10.0).seconds == 0


def test_a_little_drift_is_no_doubt():
    assert since(MARK, wall=5000.0 + 601, monotonic=200.0 + 600).doubt == ""
