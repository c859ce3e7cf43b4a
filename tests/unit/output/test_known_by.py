"""The outputter knows a return by keys that it has."""

import typing

import pytest

from saltext_vios import returns
from saltext_vios.output import _checks as checks
from saltext_vios.output import _lists as lists
from saltext_vios.output import _standing as standing
from saltext_vios.output import _tasks as tasks
from saltext_vios.output import _views as views

SHOWN = {
    standing.overview: returns.Overview,
    standing.migrate: returns.Migrate,
    checks.check: returns.Check,
    lists.clients: returns.Clients,
    lists.backups: returns.Backups,
    standing.driver: returns.Driver,
    standing.cancelled: returns.Cancelled,
    standing.resumed: returns.Resumed,
    lists.inventory: returns.Inventory,
    lists.argv: returns.Command,
    standing.progress: returns.TupleProgress,
}


@pytest.mark.parametrize("view", SHOWN, ids=lambda view: view.__name__)
def test_a_view_is_chosen_by_keys_that_are_always_there(view):
    (keys,) = [keys for keys, one in (*views._BY_KEYS, *views._BY_ENTRY) if one is view]
    assert keys <= SHOWN[view].__required_keys__


def test_so_are_those_of_two_shapes():
    known = {view: keys for keys, view in views._BY_KEYS}
    for shape in (returns.Task, returns.TaskPreview):
        assert known[tasks.task] <= shape.__required_keys__
    assert known[standing.migrate] <= returns.MigratePreview.__required_keys__
    assert returns.HistoryEntry.__required_keys__ >= views._HISTORY


@pytest.mark.parametrize("function", returns.BY_FUNCTION)
def test_every_type_can_be_looked_into(function):
    kind = returns.BY_FUNCTION[function]
    for one in (kind, *typing.get_args(kind)):
        if hasattr(one, "__required_keys__"):
            assert typing.get_type_hints(one)
