"""How a tuple stands, when it is over, and which of those that wait get a place."""

from dataclasses import replace

from saltext_vios.migration.machine import move
from saltext_vios.migration.transitions import Event, State
from saltext_vios.migration.tuples import admit, give_way, in_its_way, with_migration
from tests.unit.migration.runs import pair, with_states


def test_the_second_vios_has_no_turn_before_the_first_is_verified():
    for state in State:
        run = with_states(pair(), state)
        second_has_turn = run.current is not None and run.current.n == 2
        assert second_has_turn == (state in (State.DONE, State.CURRENT)), state


def test_a_failed_first_vios_ends_the_tuple():
    run = with_states(pair(), State.FAILED)
    assert run.over
    assert run.status == "FAILURE-UPGR1"
    assert run.migrations[1].state is State.WAITING


def test_a_tuple_that_is_over_has_no_vios_left_and_takes_no_place():
    run = with_states(pair(), State.FAILED)
    assert (run.current, run.next, run.flying, run.admitted) == (None, None, (), False)


def test_next_is_the_one_behind_the_vios_in_flight():
    run = with_states(pair(), State.INSTALLING)
    assert (run.current.vios, run.next.vios) == ("vios1", "vios2")
    assert with_states(pair("vios1"), State.INSTALLING).next is None


FRAMES = {"vios1": "a", "vios2": "a", "vios3": "b", "vios4": "b", "vios5": "c"}


def active(run):
    return with_migration(run, move(run.migrations[0], Event.ADMITTED).migration)


def test_tuples_on_different_frames_go_side_by_side():
    runs = [pair("vios1", "vios2"), pair("vios3", "vios4", number=2)]
    assert admit(runs, [], FRAMES) == runs


def test_a_frame_in_use_is_waited_for():
    assert admit([pair("vios2", number=2)], [active(pair("vios1"))], FRAMES) == []


def test_two_waiting_tuples_on_one_frame_take_turns():
    first, second = pair("vios1"), pair("vios2", number=2)
    assert admit([first, second], [], FRAMES) == [first]


def test_right_before_a_start_another_vios_of_the_frame_must_not_be_in_flight():
    first, second = pair("vios1"), active(pair("vios2", number=2))
    flying = with_states(first, State.STARTING)
    assert in_its_way(second, [flying, second], FRAMES)
    assert not in_its_way(second, [active(first), second], FRAMES)
    assert not in_its_way(active(pair("vios3", number=3)), [flying], FRAMES)
    assert not in_its_way(flying, [flying], FRAMES)


CLUSTERS = {"vios1": "ssp", "vios2": "ssp", "vios3": "ssp", "vios5": "other"}


def test_a_cluster_in_use_is_waited_for():
    running = active(pair("vios1", "vios2"))
    assert admit([pair("vios3", "vios4", number=2)], [running], FRAMES, CLUSTERS) == []
    apart = pair("vios5", number=3)
    assert admit([apart], [running], FRAMES, CLUSTERS) == [apart]


def test_right_before_a_start_no_other_node_of_the_cluster_must_be_in_flight():
    flying = with_states(pair("vios1", "vios2"), State.STARTING)
    assert in_its_way(active(pair("vios3", number=2)), [flying], FRAMES, CLUSTERS)
    assert not in_its_way(active(pair("vios5", number=2)), [flying], FRAMES, CLUSTERS)


def test_a_tuple_that_finds_its_cluster_in_use_leaves_its_place_to_others():
    step = give_way(active(pair()))
    assert step.migration.state is State.WAITING
    assert not with_migration(active(pair()), step.migration).admitted


def test_a_tuple_keeps_its_place_between_its_two_vioses():
    run = with_states(pair(), State.DONE)
    assert give_way(with_migration(run, move(run.migrations[1], Event.ADMITTED).migration)) is None
    assert give_way(run) is None


def test_a_tuple_that_has_not_begun_or_flies_gives_no_place_away():
    assert give_way(pair()) is None
    assert give_way(with_states(pair(), State.INSTALLED, State.CHECKING)) is None
    assert give_way(with_states(pair("vios1"), State.INSTALLING)) is None


def serving(*names, number):
    """A task that leaves its VIOS serving."""
    return pair(*names, number=number, task="backup", takes_down=False)


def test_tasks_that_leave_their_vioses_serving_share_a_frame():
    runs = [serving("vios1", number=1), serving("vios2", number=2)]
    assert admit(runs, [], FRAMES) == runs


def test_a_task_waits_for_its_own_vios_and_while_another_of_its_frame_is_down():
    assert admit([serving("vios1", number=2)], [active(serving("vios1", number=1))], FRAMES) == []
    assert admit([serving("vios2", number=2)], [active(pair("vios1"))], FRAMES) == []
    assert admit([pair("vios2", number=2)], [active(serving("vios1", number=1))], FRAMES) == []


def test_a_task_of_the_same_cluster_is_not_in_the_way():
    task = serving("vios3", number=2)
    assert admit([task], [active(pair("vios1", "vios2"))], FRAMES, CLUSTERS) == [task]


def test_each_sort_of_run_has_places_of_its_own():
    running = active(serving("vios1", number=1))
    migration = pair("vios5", number=2, max_parallel=1)
    assert admit([migration], [running], FRAMES) == [migration]


def test_the_clone_that_a_tuple_waits_for_is_made_although_that_tuple_has_the_place():
    waits = active(pair("vios1", "vios2"))
    clone = replace(serving("vios1", number=2), parent=1)
    assert admit([clone], [waits], FRAMES) == [clone]
    assert admit([clone], [replace(waits, id=7)], FRAMES) == []
    others = [waits, active(serving("vios1", number=3))]
    assert admit([clone], others, FRAMES) == []


def test_a_vios_of_unknown_frame_in_use_is_waited_for():
    assert admit([pair("x", "y", number=2)], [active(pair("x"))], {}) == []


def test_a_vios_may_be_called_like_another_frame():
    run = pair("a", number=2)
    assert admit([run], [active(pair("vios1"))], FRAMES) == [run]


def test_no_more_tuples_than_max_parallel():
    runs = [pair(f"vios{n}", number=n, max_parallel=2) for n in (1, 3, 5)]
    assert admit(runs, [], FRAMES) == runs[:2]
    assert admit([runs[2]], [active(runs[0]), active(runs[1])], FRAMES) == []
