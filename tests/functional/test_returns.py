"""What the functions of the execution module return is what ``saltext_vios.returns`` says."""

import pytest

from saltext_vios import returns
from tests.shapes import misfits

PAIR = "vios1,vios2"


def fits(function, value):
    assert misfits(value, returns.BY_FUNCTION[function]) == []
    return value


@pytest.fixture
def vios_config(tmp_path):
    return {"backup_dir": str(tmp_path)}


def test_of_a_migration_from_its_check_to_its_history(vios, options):
    fits("list", vios.list(levels=True))
    fits("clients", vios.clients(PAIR))
    fits("command", vios.command(PAIR, **options))
    fits("check", vios.check(PAIR, **options))
    fits("migrate", vios.migrate(PAIR, test=True, **options))
    fits("migrate", vios.migrate(PAIR, wait=False, **options))
    fits("progress", vios.progress())
    fits("overview", vios.overview())
    fits("wait", vios.wait())
    fits("status", vios.status())
    fits("overview", vios.overview())
    assert fits("history", vios.history())
    assert fits("history", vios.history(detail=True))


def test_of_a_vios_in_flight(vios, under_way):
    told = fits("progress", vios.progress())
    assert "elapsed" in told["vios1-vios2"]["vios"]["vios1"]
    fits("overview", vios.overview())
    fits("driver", vios.driver())
    fits("cancel", vios.cancel(PAIR))


def test_of_a_vios_that_failed(vios, simulator, options):
    simulator.fault("fails", "vios1")
    told = fits("migrate", vios.migrate(PAIR, **options))
    assert misfits(told["meta"]["vios1-vios2"]["vios1"], returns.VIOSReport) == []
    assert told["meta"]["vios1-vios2"]["vios1"]["failure"]
    fits("history", vios.history(detail=True))


@pytest.mark.parametrize(("task", "more"), [("backup", {}), ("clone", {"disk": "hdisk1"})])
def test_of_a_task(vios, task, more):
    function = getattr(vios, task)
    fits(task, function("vios1", test=True, **more))
    fits(task, function("vios1", **more))
    fits("backups", vios.backups())


def test_of_a_hold_and_what_it_ends(vios, options):
    vios.hold("storage")
    fits("overview", vios.overview())
    fits("migrate", vios.migrate(PAIR, **options))
    fits("resume", vios.resume())
