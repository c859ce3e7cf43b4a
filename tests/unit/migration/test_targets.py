"""Which tuples a caller means, in every form they are written in, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.errors import Refused
from saltext_vios.migration.targets import key, own, read, refuse_incomplete
from saltext_vios.nim.names import check_name

NAMES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_!]{0,8}", fullmatch=True)
TUPLES = st.lists(NAMES, min_size=1, max_size=8, unique=True).flatmap(
    lambda names: st.lists(st.integers(1, 2), min_size=len(names), max_size=len(names)).map(
        lambda sizes: cut(names, sizes)
    )
)


def cut(names, sizes):
    """The names in tuples of these sizes."""
    names, tuples = list(names), []
    for size in sizes:
        if names:
            tuples.append(tuple(names[:size]))
            names = names[size:]
    return tuple(tuples)


@pytest.mark.parametrize(
    "value",
    [
        "vios1,vios2",
        " vios1 , vios2 ",
        "(vios1, vios2)",
        "[vios1, vios2]",
        "( vios1 ,vios2 )",
        "[[vios1, vios2]]",
        '[["vios1", "vios2"]]',
        "[['vios1', 'vios2']]",
        ["vios1,vios2"],
        ["(vios1, vios2)"],
        [["vios1", "vios2"]],
        [("vios1", "vios2")],
        (["vios1", "vios2"],),
    ],
)
def test_one_pair_in_every_form(value):
    assert read(value, check_name) == (("vios1", "vios2"),)


@pytest.mark.parametrize("value", ["vios1", "(vios1)", "[vios1]", "[[vios1]]", ["vios1"], [["vios1"]], [("vios1",)]])
def test_a_single_vios_in_every_form(value):
    assert read(value, check_name) == (("vios1",),)


@pytest.mark.parametrize(
    "value",
    [
        "[[vios2, vios1], [vios3]]",
        "(vios2,vios1),(vios3)",
        "(vios2, vios1) (vios3)",
        "[(vios2, vios1), (vios3)]",
        ["vios2,vios1", "vios3"],
        ["(vios2, vios1)", "(vios3)"],
        [["vios2", "vios1"], "vios3"],
        [["vios2", "vios1"], ["vios3"]],
    ],
)
def test_several_tuples_in_every_form_keep_their_order(value):
    assert read(value, check_name) == (("vios2", "vios1"), ("vios3",))


def test_a_flat_list_is_a_list_of_tuples_as_in_ibms_playbooks():
    assert read(["vios1", "vios2"]) == (("vios1",), ("vios2",))


@given(TUPLES)
def test_every_form_of_the_same_tuples_reads_the_same(tuples):
    inner = [", ".join(names) for names in tuples]
    assert read([list(names) for names in tuples]) == tuples
    assert read([f"({one})" for one in inner]) == tuples
    assert read(inner) == tuples
    assert read("[" + ", ".join(f"[{one}]" for one in inner) + "]") == tuples
    assert read(",".join(f"({one})" for one in inner)) == tuples


@pytest.mark.parametrize("value", ["", "  ", [], (), None])
def test_naming_nobody_is_refused(value):
    with pytest.raises(Refused, match=r"targets are .*expected tuples of one or two"):
        read(value)


@pytest.mark.parametrize("value", ["a,", ",a", "a,,b", "[[], [a]]", "()", [[]], [["a", ""]], ["a", ""], "(a,b),()"])
def test_an_empty_name_or_tuple_is_refused(value):
    with pytest.raises(Refused, match="expected tuples of one or two"):
        read(value)


@pytest.mark.parametrize("value", ["a,b,c", "(a,b,c)", [["a", "b", "c"]], ["a,b,c"], "[[a, b, c], [d]]"])
def test_three_names_in_a_tuple_are_refused(value):
    with pytest.raises(Refused, match=r"a tuple of 3 names \(a, b, c\)"):
        read(value)


@pytest.mark.parametrize("value", ["a,a", [["a", "b"], ["b"]], ["a,b", "c,a"], "(a,b),(a)", ["a", "a"]])
def test_a_name_twice_is_refused(value):
    with pytest.raises(Refused, match=r"name '[ab]' twice"):
        read(value)


def test_two_tuples_with_one_key_are_refused():
    with pytest.raises(Refused, match="a, b-c and a-b, c have one key, 'a-b-c'"):
        read(["a,b-c", "a-b,c"])


@pytest.mark.parametrize("value", [[["vios1", 2]], [["vios1", None]], [3], [[True]], [[["vios1"]]]])
def test_a_name_that_is_no_text_is_refused_with_the_hint_to_quote_it(value):
    with pytest.raises(Refused, match="quote"):
        read(value)


@pytest.mark.parametrize(
    "value", ["vios1 2", "(vios1 2)", "vios1\nvios2", "vios1\n", "vios1,\tvios2", [["vios1 2"]], [["vios1\n"]], "a,b c"]
)
def test_a_blank_within_a_name_is_never_swallowed(value):
    with pytest.raises(Refused, match="put commas between names"):
        read(value)


@pytest.mark.parametrize("value", ["[[a]", "(a", "a)", "(a]", "((a),(b))c", "(a,b),,(c)", "x(a)", ["(a),(b)"]])
def test_brackets_that_do_not_match_are_refused(value):
    with pytest.raises(Refused, match="expected tuples of one or two"):
        read(value)


@pytest.mark.parametrize("value", [5, True, {"vios1": "vios2"}, b"vios1", 1.5])
def test_what_is_neither_text_nor_list_is_refused(value):
    with pytest.raises(Refused, match="targets are"):
        read(value)


@pytest.mark.parametrize("value", ["vios.1", "-x", [["a,b"]], "vios1;reboot", "'vios1", "$(reboot)", [["v\n"]], "é"])
def test_the_callers_check_sees_every_name(value):
    with pytest.raises(Refused):
        read(value, check_name)


@given(st.recursive(st.one_of(st.text(alphabet="ab,()[] '\"-\n", max_size=12), st.integers(), st.none()), st.lists))
def test_any_value_is_read_or_refused_and_no_name_is_invented(value):
    try:
        tuples = read(value, check_name)
    except Refused:
        return
    assert tuples
    for names in tuples:
        assert len(names) in (1, 2)
        for name in names:
            assert name in str(value)


def test_the_key_does_not_depend_on_the_order():
    assert key(("vios2", "vios1")) == key(("vios1", "vios2")) == "vios1-vios2"
    assert key(("vios1",)) == "vios1"


def test_a_map_of_disks_gives_each_vios_its_own():
    options = {"disk": {"vios1": "hdisk1", "vios2": "hdisk2"}, "clone_disk": None, "level": "3.1.4.31"}
    assert [own(options, name)["disk"] for name in ("vios1", "vios2")] == ["hdisk1", "hdisk2"]
    assert own({**options, "disk": "hdisk3"}, "vios1")["disk"] == "hdisk3"


def test_a_vios_without_a_disk_in_the_map_is_refused_and_one_too_many_is_not():
    options = {"disk": {"vios1": "hdisk1", "vios9": "hdisk2"}, "clone_disk": None}
    refuse_incomplete([["vios1"]], options)
    with pytest.raises(Refused, match="disk has no disk for vios2; give each VIOS of the call one"):
        refuse_incomplete([["vios1", "vios2"]], options)
