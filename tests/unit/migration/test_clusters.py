"""Whose cluster is known by whose word, and when one of its nodes may go down."""

from saltext_vios.migration.clusters import Answer, Cluster, Node, coming_back, known, unfit


def cluster(name="ssp", **states):
    return Cluster(name, tuple(Node(vios, state, state, vios) for vios, state in states.items()))


def test_a_vios_is_in_the_cluster_that_it_names():
    ssp = cluster(vios1="OK")
    assert known({"vios1": Answer(ssp), "vios2": Answer()}) == {"vios1": ssp}


def test_a_node_that_is_down_is_in_the_cluster_that_another_node_names():
    ssp = cluster(vios1="OK", vios2="DOWN")
    assert known({"vios1": Answer(ssp), "vios2": Answer()})["vios2"] == ssp
    assert known({"vios2": Answer(error="no answer"), "vios1": Answer(ssp)})["vios2"] == ssp


def test_its_own_word_counts_before_that_of_another():
    mine, other = cluster("mine", vios1="OK"), cluster("other", vios1="DOWN", vios2="OK")
    assert known({"vios1": Answer(mine), "vios2": Answer(other)})["vios1"] == mine


def test_a_node_that_is_no_vios_of_this_nim_master_names_nobody():
    ssp = Cluster("ssp", (Node("elsewhere", "OK", "OK", None),))
    assert known({"vios1": Answer(ssp)}) == {"vios1": ssp}


def test_every_other_node_and_its_pool_must_be_ok():
    states = {"a": ("OK", "OK"), "b": ("DOWN", ""), "c": ("OK", "DOWN"), "d": ("DOWN", "OK")}
    nodes = tuple(Node(name, *state, "vios1" if name == "a" else None) for name, state in states.items())
    assert [node.name for node in unfit(Cluster("ssp", nodes), "vios1")] == ["b", "c", "d"]


def test_a_node_that_is_down_itself_may_be_migrated():
    assert unfit(cluster(vios1="DOWN", vios2="OK"), "vios1") == []


def test_only_nodes_that_were_just_migrated_are_expected_back():
    down = unfit(cluster(vios1="OK", vios2="DOWN", vios3="DOWN"), "vios1")
    assert coming_back(down, {"vios2", "vios3"})
    assert not coming_back(down, {"vios2"})
    assert not coming_back([Node("elsewhere", "DOWN", "", None)], {"vios2"})
