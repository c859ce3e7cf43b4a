"""What the star means: pairs as NIM shows them; the rest is told and left alone."""

from saltext_vios.migration.levels import parse
from saltext_vios.migration.selection import Selection, below, by_frame, in_cluster

FRAMES = {"vios1": "f1", "vios2": "f1", "vios3": "f2", "vios4": "f2"}
OLD, NEW = parse("3.1.2.21"), parse("3.1.4.31")
PAIRS = (("vios1", "vios2"), ("vios3", "vios4"))


def test_two_vioses_of_one_frame_are_a_pair():
    assert by_frame(FRAMES, unpaired=False) == Selection(PAIRS, {})


def test_the_only_vios_of_a_frame_is_left_alone_unless_asked():
    frames = {**FRAMES, "vios5": "f3"}
    chosen = by_frame(frames, unpaired=False)
    assert chosen.tuples == PAIRS
    assert chosen.left_alone["vios5"].startswith("the only VIOS of f3")
    assert by_frame(frames, unpaired=True) == Selection((*PAIRS, ("vios5",)), {})


def test_of_more_than_two_nobody_knows_who_serves_the_same_clients():
    frames = dict.fromkeys(("a", "b", "c"), "f1")
    chosen = by_frame(frames, unpaired=False)
    assert chosen.tuples == ()
    assert set(chosen.left_alone) == set("abc")
    assert "f1 has 3 VIOSes" in chosen.left_alone["a"]
    assert by_frame(frames, unpaired=True).tuples == (("a",), ("b",), ("c",))


def test_a_vios_without_a_frame_is_left_alone_even_if_asked():
    chosen = by_frame({"vios1": None}, unpaired=True)
    assert chosen.tuples == ()
    assert "no managed system in mgmt_profile1" in chosen.left_alone["vios1"]


def test_a_tuple_under_way_stays_as_it_is():
    assert by_frame(FRAMES, unpaired=False, running=[("vios2", "vios1")]).tuples == (
        ("vios2", "vios1"),
        ("vios3", "vios4"),
    )
    single = by_frame(FRAMES, unpaired=False, running=[("vios1",)])
    assert single.tuples == (("vios1",), ("vios3", "vios4"))
    assert "vios1" not in single.left_alone


def test_a_tuple_under_way_on_another_frame_is_not_selected():
    assert by_frame({"vios1": "f1", "vios2": "f1"}, unpaired=False, running=[("vios3", "vios4")]).tuples == (
        ("vios1", "vios2"),
    )


def test_a_pair_is_below_a_level_when_one_of_it_is():
    known = {"vios1": NEW, "vios2": OLD, "vios3": NEW, "vios4": NEW}
    assert below(Selection(PAIRS), known, parse("3.1.4")).tuples == PAIRS[:1]


def test_levels_are_compared_as_numbers():
    assert below(Selection((("a",),)), {"a": parse("3.1.10.0")}, parse("3.1.9")).tuples == ()


def test_a_pair_of_unknown_level_is_left_alone():
    chosen = below(Selection((PAIRS[0],)), {"vios1": None, "vios2": NEW}, parse("3.1.4"))
    assert chosen.tuples == ()
    assert "does not answer" in chosen.left_alone["vios1"]
    assert "vios2" not in chosen.left_alone


def test_one_low_level_is_enough_when_the_other_does_not_answer():
    assert below(Selection((PAIRS[0],)), {"vios1": None, "vios2": OLD}, parse("3.1.4")).tuples == (PAIRS[0],)


def test_a_tuple_under_way_cannot_answer_and_stays():
    chosen = below(Selection((PAIRS[0],)), {"vios1": None, "vios2": NEW}, parse("3.1.4"), running=[PAIRS[0]])
    assert chosen == Selection((PAIRS[0],), {})


def test_a_cluster_selects_the_tuples_with_a_node_of_it():
    assert in_cluster(Selection(PAIRS), {"vios4": "ssp", "vios1": "other"}, "ssp").tuples == PAIRS[1:]
