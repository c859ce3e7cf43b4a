"""Why a tuple waits is said by who is in its way, else by how many come before it."""

from dataclasses import replace

from saltext_vios.migration import waiting
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.transitions import State
from saltext_vios.migration.tuples import Run, Terms

FRAMES = {"a1": "f1", "a2": "f1", "b1": "f2", "c1": "f1"}


def run(number, *vioses, state=State.WAITING, most=8):
    migrations = tuple(Migration(name, n, state) for n, name in enumerate(vioses, 1))
    return Run(number, 1, "-".join(vioses), migrations, Terms(max_parallel=most))


def test_who_has_the_frame_is_named():
    active = [run(1, "a1", "a2", state=State.INSTALLING)]
    assert waiting.for_a_place([run(2, "c1")], active, FRAMES, {}) == {2: "frame f1 is in use by a1-a2"}


def test_who_asked_first_for_the_frame_is_named():
    found = waiting.for_a_place([run(1, "a1"), run(2, "c1")], [], FRAMES, {})
    assert found[2] == "frame f1 goes first to a1"


def test_the_cluster_is_named_where_the_frames_differ():
    active = [run(1, "a1", state=State.INSTALLING)]
    found = waiting.for_a_place([run(2, "b1")], active, FRAMES, {"a1": "ssp1", "b1": "ssp1"})
    assert found == {2: "cluster ssp1 is in use by a1"}


def test_the_same_vios_is_nearer_than_its_frame():
    active = [run(1, "a1", "a2", state=State.INSTALLING)]
    assert waiting.for_a_place([run(2, "a1")], active, FRAMES, {})[2] == "VIOS a1 is in use by a1-a2"


def test_without_anybody_in_its_way_it_is_the_place():
    active = [run(number, f"x{number}", state=State.INSTALLING, most=2) for number in (1, 2)]
    queue = [run(3, "y3", most=2), run(4, "y4", most=2)]
    assert waiting.for_a_place(queue, active, {}, {}) == {
        3: "place 3 of 2: no more tuples than that at once (max_parallel)",
        4: "place 4 of 2: no more tuples than that at once (max_parallel)",
    }


def test_one_place_for_all_hides_no_frame():
    active = [run(1, "a1", state=State.INSTALLING, most=1)]
    found = waiting.for_a_place([run(2, "c1", most=1), run(3, "b1", most=1)], active, FRAMES, {})
    assert found[2] == "frame f1 is in use by a1"
    assert found[3].startswith("place 3 of 1")


def test_one_that_shares_its_frame_waits_for_a_place_only():
    def backup(number, vios, state=State.WAITING):
        one = run(number, vios, state=state, most=1)
        return replace(one, terms=replace(one.terms, task="backup", takes_down=False))

    found = waiting.for_a_place([backup(2, "c1")], [backup(1, "a1", State.INSTALLING)], FRAMES, {})
    assert found == {2: "place 2 of 1: no more tuples than that at once (max_parallel)"}


def test_the_second_vios_of_a_tuple_names_whose_vios_is_in_flight():
    other = run(1, "c1", state=State.INSTALLING)
    others = waiting.by_place([other], FRAMES, {})
    assert waiting.for_another(run(2, "a1", "a2"), others, FRAMES, {}) == "frame f1 is in use by c1"
    assert waiting.for_another(run(2, "b1"), others, FRAMES, {}) == ""
