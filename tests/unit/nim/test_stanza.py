"""What the reader takes from the stanzas of lsnim, and what it leaves alone."""

import re
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.nim.stanza import first, read, whole

# Published output of a real NIM master.
MACHINE = """\
curso01:
   class          = machines
   type           = standalone
   connect        = shell
   platform       = chrp
   netboot_kernel = 64
   if1            = network_admin curso01 0
   cable_type1    = N/A
   Cstate         = ready for a NIM operation
   prev_state     = ready for a NIM operation
   Mstate         = currently running
   cpuid          = 00F690DC4C00
"""
LPP_SOURCE = """\
7100-03-05-1524-lpp_source:
   class       = resources
   type        = lpp_source
   arch        = power
   Rstate      = ready for use
   prev_state  = unavailable for use
   location    = /export/nim/lpp_source/7100-03-05-1524
   simages     = yes
   alloc_count = 1
   server      = master
"""
# Unpadded, as a comment in IBM's code has it.
STATUS = """\
vios1:
   Cstate = ready for a NIM operation
   prev_state = customization is being performed
   Mstate = ready for use
   Cstate_result = success
"""
FAILED = """\
vios1:
   Cstate        = ready for a NIM operation
   err_info      = 0042-175 c_installp: An unexpected result was returned by the "/usr/sbin/installp" command:
   Cstate_result = failure
"""

# Published: an err_info of three lines, beside a success; how NIM indents the second and third is not known.
SEVERAL_LINES = """\
c910:
   class          = machines
   Cstate_result  = success
   err_info       = mount: c910f03 not in hosts database
{margin}0042-175 c_installp: An unexpected result was returned by the "/usr/sbin/mount" command:
{margin}mount: giving up on: c910f03:/install No route to host
   Mstate         = currently running
"""

WORDS = st.text(st.characters(whitelist_categories=("L", "N"), whitelist_characters="_-!/()"), min_size=1, max_size=12)
VALUES = st.lists(st.one_of(WORDS, st.sampled_from(["=", "a=b", ":", "x:"])), min_size=1, max_size=4).map(" ".join)
OBJECTS = st.dictionaries(WORDS, st.dictionaries(WORDS, VALUES, max_size=6), max_size=4)
ATTRIBUTE = re.compile(r"\s+(\S+)\s+=(?:\s+(.*))?", re.DOTALL)
# Pieces of which real listings are made, in any order: closer to the edges than text at random.
PIECES = st.sampled_from(
    [
        "vios1",
        ":",
        "\n",
        "   ",
        " = ",
        "=",
        "Cstate",
        "ready",
        "warning: 0042-175 c_x: y",
        "\t",
        "\r",
        " ",
        "if1",
        "\x0b",
    ]
)
LISTINGS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))


def test_a_padded_stanza_is_read():
    found = read(MACHINE)
    assert list(found) == ["curso01"]
    assert found["curso01"]["netboot_kernel"] == "64"
    assert found["curso01"]["if1"] == "network_admin curso01 0"
    assert found["curso01"]["Cstate"] == "ready for a NIM operation"
    assert list(found["curso01"]) == [line.split()[0] for line in MACHINE.splitlines()[1:]]


def test_an_unpadded_stanza_is_read_the_same():
    assert read(STATUS)["vios1"] == {
        "Cstate": "ready for a NIM operation",
        "prev_state": "customization is being performed",
        "Mstate": "ready for use",
        "Cstate_result": "success",
    }


def test_an_attribute_that_is_left_out_is_missing():
    assert "Cstate_result" not in read(MACHINE)["curso01"]


def test_objects_without_a_blank_line_between_them_are_kept_apart():
    found = read(MACHINE + LPP_SOURCE)
    assert list(found) == ["curso01", "7100-03-05-1524-lpp_source"]
    assert "cpuid" not in found["7100-03-05-1524-lpp_source"]
    assert found["7100-03-05-1524-lpp_source"]["alloc_count"] == "1"


def test_blank_lines_change_nothing():
    assert read("\n" + MACHINE + "\n" + LPP_SOURCE + "\n") == read(MACHINE + LPP_SOURCE)


def test_a_value_keeps_its_colons_quotes_and_blanks():
    text = '0042-175 c_installp: An unexpected result was returned by the "/usr/sbin/installp" command:'
    assert read(FAILED)["vios1"]["err_info"] == text


@pytest.mark.parametrize("value", ["a = b", "= b", "nimsh (secure)", "x=y", "8246-L2C*100194A"])
def test_everything_behind_the_first_equals_sign_is_the_value(value):
    assert read(f"vios1:\n   info = {value}\n") == {"vios1": {"info": value}}


@pytest.mark.parametrize("line", ["   info = ", "   info ="])
def test_an_attribute_with_nothing_behind_the_sign_is_empty(line):
    assert read(f"vios1:\n{line}\n") == {"vios1": {"info": ""}}


@pytest.mark.parametrize("values", [("one", "two"), ("1", "1"), ("", ""), ("a", "b", "a")])
def test_an_attribute_that_repeats_is_a_list_in_order(values):
    lines = "".join(f"   if_supported = {value}\n" for value in values)
    assert read(f"spot1:\n{lines}")["spot1"]["if_supported"] == list(values)


def test_an_attribute_before_any_object_is_nobodys():
    assert read("   Cstate = ready\nvios1:\n   Mstate = running\n") == {"vios1": {"Mstate": "running"}}


def test_a_warning_inside_an_object_does_not_hide_what_follows():
    text = "vios1:\n   Cstate = ready\nwarning: 0042-001 lsnim: something odd\n   Mstate = running\n"
    assert read(text) == {"vios1": {"Cstate": "ready", "Mstate": "running"}}


@pytest.mark.parametrize("margin", ["", "   ", "\t", "                    "])
def test_a_value_of_several_lines_is_whole_and_ends_no_object(margin):
    found = read(SEVERAL_LINES.format(margin=margin))
    assert list(found) == ["c910"]
    assert found["c910"]["err_info"].splitlines() == [
        "mount: c910f03 not in hosts database",
        '0042-175 c_installp: An unexpected result was returned by the "/usr/sbin/mount" command:',
        "mount: giving up on: c910f03:/install No route to host",
    ]
    assert found["c910"]["Mstate"] == "currently running"


def test_of_a_repeated_attribute_the_last_value_goes_over_several_lines():
    found = read("vios1:\n   err_info = one\n   err_info = two\nthree\n   Mstate = running\n")
    assert found["vios1"] == {"err_info": ["one", "two\nthree"], "Mstate": "running"}


def test_a_state_is_one_line_whatever_stands_below_it():
    attributes = read("vios1:\n   Cstate = ready for a NIM operation\nsomething odd\n")["vios1"]
    assert first(attributes, "Cstate") == "ready for a NIM operation"


def test_a_text_is_all_of_its_lines():
    assert whole(read("vios1:\n   err_info = one\n   two\nthree\n")["vios1"], "err_info") == "one two three"


@pytest.mark.parametrize("line", ["an odd object:", "#name:Cstate:info:", "vios2 :"])
def test_only_one_word_and_a_colon_begin_an_object(line):
    assert list(read(f"vios1:\n   Cstate = ready\n{line}\n   Mstate = running\n")) == ["vios1"]


@pytest.mark.parametrize(
    "line",
    [
        "see the log file",
        "   see the log file",
        "   two words = x",
        "   Cstate=ready",
        "   Cstate= ready",
        "   Cstate =ready",
        "   = ready",
        "   =",
    ],
)
def test_a_line_that_is_no_attribute_is_nobodys_where_no_value_stands_above_it(line):
    assert read(f"vios1:\n{line}\n   Mstate = running\n") == {"vios1": {"Mstate": "running"}}


def test_an_object_without_attributes_is_there():
    assert read("vios1:\n") == {"vios1": {}}


def test_carriage_returns_are_not_part_of_a_value():
    assert read(STATUS.replace("\n", "\r\n")) == read(STATUS)


def test_nothing_gives_nothing():
    assert read("") == {}


@given(LISTINGS)
def test_any_text_is_read_without_an_error_and_nothing_is_invented(text):
    lines = text.split("\n")
    words = " ".join(text.split())
    told = Counter((match[1], (match[2] or "").strip()) for match in map(ATTRIBUTE.fullmatch, lines) if match)
    found = Counter()
    for name, attributes in read(text).items():
        assert any(line.rstrip() == f"{name}:" for line in lines)
        for attribute, value in attributes.items():
            values = value if isinstance(value, list) else [value]
            found.update((attribute, one.split("\n")[0]) for one in values)
            assert all(" ".join(one.split()) in words for one in values)
    assert not found - told


@given(OBJECTS, st.booleans())
def test_what_lsnim_would_print_is_read_back(objects, padded):
    lines = []
    for name, attributes in objects.items():
        lines.append(f"{name}:")
        width = max(map(len, attributes), default=0) if padded else 0
        lines += [f"   {attribute.ljust(width)} = {value}" for attribute, value in attributes.items()]
    assert read("\n".join(lines) + "\n") == objects


def test_a_large_listing_takes_time_in_proportion():
    text = "".join(MACHINE.replace("curso01", f"vios{n}") for n in range(5000))
    begin = time.process_time()
    found = read(text)
    assert len(found) == 5000
    assert time.process_time() - begin < 2


def test_the_first_of_a_repeated_attribute_counts():
    assert first({"if1": ["net a 0", "net b 0"]}, "if1") == "net a 0"


@pytest.mark.parametrize("attributes", [{}, {"info": ""}, {"info": []}])
def test_a_missing_and_an_empty_attribute_are_none(attributes):
    assert first(attributes, "info") is None
