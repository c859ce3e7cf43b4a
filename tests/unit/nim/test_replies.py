"""What is read from other texts than stanzas: resources, messages, remote replies, levels, clusters, percentages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.nim import on_vios, replies
from saltext_vios.nim.on_vios import ClusterNode
from saltext_vios.nim.replies import Message, RemoteReply

# Published output.
NESTED = """\
0042-001 nim: processing error encountered on "master":
   0042-001 m_mkbosi: processing error encountered on "powerha1":
   warning: 0042-175 c_mkbosi: An unexpected result was returned by the
rc=175
"""
MISSING = '0042-053 lsnim: there is no NIM object named "lpar01"\n'
ALLOCATED = "aix730202lpp      lpp_source     \naix730202spot     spot           \n"
CLUSTER_STATUS = "porthos_cl1:OK:porthos-vios1:8286-42A02103341V:2:OK:OK\n"


def test_allocated_resources_are_two_columns_name_and_type():
    assert replies.allocated(ALLOCATED) == ["aix730202lpp", "aix730202spot"]


def test_a_class_between_them_changes_nothing():
    assert replies.allocated("spot1   resources   spot\nmk1   resources   ios_mksysb\n") == ["spot1", "mk1"]


@pytest.mark.parametrize("text", ["", "\n", "  \n\n"])
def test_only_an_answer_without_a_word_says_that_nothing_is_allocated(text):
    assert replies.allocated(text) == []


@pytest.mark.parametrize(
    "text", ["spot1\n", "a b c d\n", NESTED, "warning: something is odd here\n", "spot1 = spot\n", "vios1:\n"]
)
def test_an_answer_of_which_no_line_is_understood_is_no_list_of_nothing(text):
    assert replies.allocated(text) is None


def test_a_resource_is_reported_though_a_line_next_to_it_is_not_understood():
    assert replies.allocated("warning: 0042-175 lsnim: An unexpected result\nspot1   spot\n") == ["spot1"]


@pytest.mark.parametrize(
    "text",
    [
        "reset      = reset an object's NIM state\nmigvios    = migrate\nbos_inst   = perform a BOS installation\n",
        "   reset           reset an object's NIM state\n\n   migvios         migrate\nbos_inst:\n",
        "reset\nmigvios\nbos_inst\n",
    ],
)
def test_operations_are_the_first_words_of_the_lines(text):
    assert replies.operations(text) == {"reset", "migvios", "bos_inst"}


def test_nested_messages_are_distinguished_and_warnings_marked():
    assert replies.messages(NESTED) == [
        Message("0042-001", "nim", 'processing error encountered on "master":', False),
        Message("0042-001", "m_mkbosi", 'processing error encountered on "powerha1":', False),
        Message("0042-175", "c_mkbosi", "An unexpected result was returned by the", True),
    ]


@pytest.mark.parametrize(
    "text", ["", "42-053 lsnim: x", "see 0042-053 lsnim: x", "0042-053\nlsnim: x", "0042-53 lsnim: x"]
)
def test_what_only_resembles_a_message_is_none(text):
    assert replies.messages(text) == []


def test_a_missing_object_is_recognised():
    assert replies.is_missing_object(MISSING)


@pytest.mark.parametrize("text", ["", NESTED, "0042-054 lsnim: there is no NIM object named x", "error 53"])
def test_other_errors_are_no_missing_object(text):
    assert not replies.is_missing_object(text)


def test_the_rc_line_is_taken_off():
    assert replies.remote("3.1.0.21\nrc=0\n") == RemoteReply("3.1.0.21", 0)
    assert replies.remote("a\nb\nrc=19\n\n") == RemoteReply("a\nb", 19)
    assert replies.remote("rc=127\n") == RemoteReply("", 127)


def test_only_the_last_rc_line_counts():
    assert replies.remote("rc=0\nrc=1\n") == RemoteReply("rc=0", 1)


@pytest.mark.parametrize("text", ["", "3.1.0.21\n", "rc=0\nConnection lost\n", "rc=\n", "rc=x\n", "rc=-1\n", "src=0\n"])
def test_without_an_rc_line_the_exit_status_is_unknown(text):
    assert replies.remote(text) == RemoteReply(text, None)


@given(st.text(st.characters(blacklist_characters="\n"), max_size=30), st.integers(0, 255))
def test_the_output_before_the_rc_line_is_kept_as_it_is(output, rc):
    assert replies.remote(f"{output}\nrc={rc}\n") == RemoteReply(output, rc)


@pytest.mark.parametrize(
    "output", ["3.1.0.21\n", "3.1.0.21", " 3.1.0.21 \n", "a warning\n3.1.0.21\nanother\n", "3.1.0.21\n3.1.0.21\n"]
)
def test_the_level_is_the_one_line_of_dotted_numbers(output):
    assert on_vios.ioslevel(output) == "3.1.0.21"


@pytest.mark.parametrize("output", ["", "3\n", "level 3.1.0.21\n", "3.1.0.21\n3.1.4.31\n", "3.1.0.x\n", "3..1\n"])
def test_no_level_is_read_where_none_or_two_stand(output):
    assert on_vios.ioslevel(output) is None


def test_only_its_own_words_say_that_a_vios_is_in_no_cluster():
    assert on_vios.is_in_no_cluster("Cluster does not exist.\n")
    assert not on_vios.is_in_no_cluster("ksh: ioscli: not found.\n")


def test_the_status_of_a_cluster_has_seven_fields():
    node = ClusterNode("porthos_cl1", "OK", "porthos-vios1", "8286-42A02103341V", "2", "OK", "OK")
    assert on_vios.cluster_status(CLUSTER_STATUS) == [node]


def test_the_state_of_a_pool_may_be_empty():
    assert on_vios.cluster_status("cl:DOWN:v1:8286:2:DOWN:\n")[0].pool_state == ""


def test_lines_of_other_than_seven_fields_are_left_out():
    assert on_vios.cluster_status("Cluster does not exist.\na:b:c\n" + CLUSTER_STATUS + "a:b:c:d:e:f:g:h\n") == (
        on_vios.cluster_status(CLUSTER_STATUS)
    )


@pytest.mark.parametrize(
    ("info", "percent"),
    [
        ("BOS install 42% complete : Installing additional software.", 42),
        ("42 % done", 42),
        ("0%", 0),
        ("100 percent", 100),
        ("7 Percent", 7),
    ],
)
def test_a_percentage_is_found_in_free_text(info, percent):
    assert replies.percent(info) == percent


@pytest.mark.parametrize(
    "info", [None, "", "Creating logical volume alt_hd2.", "101%", "1000%", "3.5%", "42", "9 percentiles"]
)
def test_what_is_no_whole_percentage_is_not_guessed(info):
    assert replies.percent(info) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vios1", "vios1.example.com"),
        ("VIOS1", "vios1"),
        ("vios1.example.com.", "vios1.example.com"),
        ("10.1.2.3", "10.1.2.3"),
    ],
)
def test_a_short_and_a_full_name_mean_one_host(one, other):
    assert replies.same_host(one, other)
    assert replies.same_host(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vios1", "vios2"),
        ("vios1.a.com", "vios1.b.com"),
        ("10.1.2.3", "10.1.2.4"),
        ("10", "10.1.2.3"),
        ("", ""),
        ("", "a"),
    ],
)
def test_different_hosts_are_distinguished(one, other):
    assert not replies.same_host(one, other)
    assert not replies.same_host(other, one)


@st.composite
def mutated(draw):
    """Published output, cut, doubled and mixed with anything."""
    text = draw(st.sampled_from([NESTED, MISSING, ALLOCATED, CLUSTER_STATUS, "3.1.4.31\nrc=0\n"]))
    for _ in range(draw(st.integers(1, 4))):
        begin, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        between = draw(st.one_of(st.text(max_size=8), st.sampled_from([":", "\n", " = ", "rc=", text[begin:end]])))
        text = text[:begin] + between + text[draw(st.sampled_from([begin, end])) :]
    return text


@given(st.one_of(st.text(), mutated()))
def test_no_text_makes_a_reader_raise(text):
    for message in replies.messages(text):
        assert message.code in text
    for node in on_vios.cluster_status(text):
        assert node.node in text
    for name in replies.allocated(text) or ():
        assert name in text
    assert (on_vios.ioslevel(text) or "") in text
    assert replies.percent(text) in (None, *range(101))
    assert replies.remote(text).output in text
    replies.operations(text)


LSPV = """NAME             PVID                                 VG               STATUS
hdisk0           00f6000011111111                     rootvg           active
hdisk1           none                                 None
hdisk2           00f6000022222222                     old_rootvg
"""


@pytest.mark.parametrize("text", [LSPV, LSPV.split("\n", 1)[1]], ids=["with its heading", "without"])
def test_disks_are_read_with_the_volume_group_that_each_is_in(text):
    found = on_vios.disks(text)
    assert [(one.name, one.pvid, one.vg) for one in found] == [
        ("hdisk0", "00f6000011111111", "rootvg"),
        ("hdisk1", None, None),
        ("hdisk2", "00f6000022222222", "old_rootvg"),
    ]


@pytest.mark.parametrize("text", ["0516-062 : no such disk\n", LSPV + "something else\n", "ksh: lspv: not found.\n"])
def test_a_list_of_disks_with_a_line_that_is_none_is_not_believed(text):
    assert on_vios.disks(text) is None


def test_sizes_are_megabytes():
    text = "NAME            PVID            SIZE(megabytes)\nhdisk1          none            102400\n"
    assert on_vios.disk_sizes(text) == {"hdisk1": 102400}


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("7200-05-03-2148\n", (7200, 5, 3, 2148)),
        ("7300-03", (7300, 3)),
        ("7.2.0.0", None),
        ("", None),
        ("oslevel: not found", None),
    ],
)
def test_the_level_of_a_nim_master(text, level):
    assert replies.aix_level(text) == level


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("The following are missing:\n devices.x\nChoice[Y/N]:", "Choice[Y/N]:"),
        ("Continue the installation [y|n]?\n", "Continue the installation [y|n]?"),
        ("Select the node:\n", "Select the node:"),
        ("Initiating VIOS configuration backup..\nVIOS configuration backup successful.\n", ""),
        ("Please wait for completion..", ""),
    ],
)
def test_a_question_is_reported_from_what_is_only_said(text, asked):
    assert replies.question(text) == asked


def test_what_a_command_complained_of_is_one_line_with_the_end_of_what_it_printed():
    assert replies.complaint(MISSING) == '0042-053 lsnim: there is no NIM object named "lpar01"'
    said = replies.complaint("0042-001 nim: processing error\n" * 50 + "rc=175\n")
    assert len(said) == 300
    assert said.endswith("0042-001 nim: processing error rc=175")
    assert replies.complaint("") == ""
