"""How many questions a call costs: as many to NIM for many tuples as for one, to a VIOS only what it alone knows."""

import json

import pytest

ONE, ALL = "vios1,vios2", [["vios1", "vios2"], ["vios3", "vios4"], ["vios5", "vios6"]]
LEVEL, CLUSTER = "ioslevel", "cluster -status"


@pytest.fixture
def asked(vios, simulator):
    """The questions of one call: the words of each to NIM, and the number of those to VIOSes."""

    def call(function, *words, **options):
        before = simulator.store.rows("SELECT COALESCE(MAX(id), 0) AS id FROM call")[0]["id"]
        getattr(vios, function)(*words, **options)
        rows = simulator.store.rows("SELECT command, argv FROM call WHERE id > ?", before)
        nim = [" ".join(json.loads(row["argv"])) for row in rows if row["command"] == "lsnim"]
        return nim, [json.loads(row["argv"])[1] for row in rows if row["command"] == "c_rsh"]

    return call


def kinds(questions):
    return [question.split()[0] for question in questions]


@pytest.mark.parametrize("targets", [ONE, ALL, "*"])
@pytest.mark.parametrize("call", [("check", {}), ("migrate", {"test": True})])
def test_a_plan_asks_nim_twice_whatever_it_is_about(asked, options, call, targets):
    function, more = call
    nim, _ = asked(function, targets, **options, **more)
    assert sorted(kinds(nim)) == ["-O", "-l"]


def test_a_plan_asks_a_vios_its_level_and_its_cluster_once(asked, options):
    _, remote = asked("check", "*", **options, level_below="3.1.4.31")
    assert sum(LEVEL in text for text in remote) == 6
    assert sum(CLUSTER in text for text in remote) == 6


@pytest.mark.parametrize(("paths", "each"), [("warn", 9), ("ignore", 2)])
def test_a_plan_asks_each_vios_as_often_whatever_it_is_about(asked, options, paths, each):
    for targets, number in ((ONE, 2), (ALL, 6)):
        _, remote = asked("check", targets, **options, paths=paths)
        assert len(remote) == each * number


@pytest.mark.parametrize("fault", ["c_rsh_hangs", "c_rsh_refused"])
def test_a_vios_that_does_not_answer_is_not_asked_whom_it_serves_again_and_again(asked, options, simulator, fault):
    simulator.fault(fault, "vios2")
    _, remote = asked("check", ONE, **options)
    assert len(remote) == 9 + 3  # its level, its cluster, and one question of its clients


def test_vioses_of_one_frame_in_tuples_of_their_own_are_asked_once(asked, options):
    _, remote = asked("check", [["vios1"], ["vios2"]], **options)
    assert sum(LEVEL in text for text in remote) == 2


@pytest.mark.parametrize("targets", [ONE, ALL])
def test_allocations_are_looked_for_where_an_operation_is(asked, vios, simulator, options, targets):
    """NIM counts what is allocated; once that has been found, nobody else has any."""
    simulator.fault("left_allocated", "vios5", resource="vios_31431")
    simulator.fault("control", "vios5")
    nim, _ = asked("check", targets, **options)
    assert sorted(kinds(nim)) == ["-O", "-c", "-l"]
    assert "-c resources vios5" in nim


def test_what_is_left_allocated_to_whom_is_found_wherever_it_is(asked, vios, simulator, options):
    simulator.fault("left_allocated", "vios3", resource="vios_31431_spot")
    nim, _ = asked("check", ALL, **options)
    assert "-c resources vios3" in nim
    findings = vios.check(ALL, **options)["findings"]
    assert [one["vios"] for one in findings if one["check"] == "allocated" and one["result"] == "error"] == ["vios3"]


def test_a_start_asks_again_what_is_allocated(asked, options):
    nim, _ = asked("migrate", ONE, **options)
    assert nim.count("-c resources vios2") == 2  # before the first VIOS, and before the second
