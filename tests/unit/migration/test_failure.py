"""Every failure says what was expected, what was seen, since when, and what to type next."""

import pytest

from saltext_vios.methods.migvios import read
from saltext_vios.migration import statuses
from saltext_vios.migration.facts import Command, CommandState, View
from saltext_vios.migration.failure import explain
from saltext_vios.migration.levels import parse
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.transitions import State

BUSY = read(View(cstate="installing", info="prompt", phase="installing"))
READY = read(View(cstate="ready for a NIM operation", result="success", ready=True))


def failed(status, n=1, **more):
    return Migration("vios1", n, State.FAILED, status.format(word=f"UPGR{n}"), wanted=parse("3.1.4.31"), **more)


@pytest.mark.parametrize(
    ("migration", "expected", "following"),
    [
        (failed(statuses.CHECK), "no error", "vios.check vios1,vios2"),
        (failed(statuses.REFUSED, command=Command(CommandState.RETURNED, 1)), "nim to return 0", "vios.history"),
        (failed(statuses.REFUSED, command=Command(CommandState.RUNNING, pid=77)), "nim to return", "ps -fp 77"),
        (failed(statuses.UNFINISHED, n=2, view=READY), "NIM to leave the state", "vios.show vios1"),
        (failed(statuses.UNFINISHED, begun=True, view=BUSY), "progress", "vios.log vios1"),
        (failed(statuses.UNFINISHED, begun=True, view=READY), "answer with ioslevel 3.1.4.31", "vios.list levels=True"),
        (failed(statuses.FAILED, n=2, begun=True, view=READY), "Cstate_result success", "vios.log vios1"),
    ],
)
def test_a_failure_names_what_was_expected_and_what_to_type(migration, expected, following):
    found = explain(migration, "vios1-vios2", 50.0)
    assert expected in found.expected
    assert following in found.next


def test_a_check_is_advised_with_the_options_of_the_call():
    found = explain(failed(statuses.CHECK), "vios1-vios2", None, "method=viosupgrade disk=hdisk1")
    assert found.next == "salt-call vios.check vios1,vios2 method=viosupgrade disk=hdisk1"


def test_what_nim_showed_is_there_by_nims_own_names():
    found = explain(failed(statuses.UNFINISHED, begun=True, view=BUSY, progressed=20.0), "vios1", 50.0)
    assert found.seen == {"Cstate": "installing", "info": "prompt"}
    assert found.idle == 30.0


@pytest.mark.parametrize("status", [None, "SUCCESS-UPGR1", statuses.TIMEOUT])
def test_no_failure_is_nothing_to_explain(status):
    assert explain(Migration("vios1", 1, status=status), "vios1", None) is None


@pytest.mark.parametrize(
    ("key", "vios", "typed"), [("a-b-c", "a", "a,b-c"), ("a-b-c", "b-c", "a,b-c"), ("b-c", "b-c", "b-c")]
)
def test_the_tuple_is_typed_as_it_is_named(key, vios, typed):
    found = explain(Migration(vios, 1, State.FAILED, statuses.CHECK), key, None)
    assert found.next == f"salt-call vios.check {typed}"
