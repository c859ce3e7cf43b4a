"""What the attributes of a NIM object say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.nim import objects


@pytest.mark.parametrize(
    ("if1", "host"),
    [
        ("master_net vios1.example.com 0", "vios1.example.com"),
        ("master_net host AED8E7E90202 ent0", "host"),
        ("master_net", None),
        ("", None),
        (["net a 0", "net b 0"], "a"),
        ("net 10.1.2.3 0", "10.1.2.3"),
        ("net fe80::1 0", "fe80::1"),
        ("net -oProxyCommand 0", None),
        ("net vios1;id 0", None),
        ("net $(id) 0", None),
    ],
)
def test_the_host_name_is_the_second_word_of_if1_unless_it_can_be_none(if1, host):
    assert objects.hostname({"if1": if1}) == host


@given(st.text() | st.from_regex(r"[ -~]{1,20}", fullmatch=True))
def test_whatever_if1_holds_a_host_is_plain_and_no_flag(text):
    host = objects.hostname({"if1": f"net {text} 0"})
    assert host is None or re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.:-]*", host)


def test_without_if1_there_is_no_host_name():
    assert objects.hostname({}) is None


@pytest.mark.parametrize(
    ("profile", "frame"),
    [
        ("p8-hmc 1 vios-cec", "vios-cec"),
        ("p8-hmc 2 nimclient-cec nimclient-vios1", "nimclient-cec"),
        ("p8-hmc 1", None),
        ("", None),
    ],
)
def test_the_frame_is_the_third_word_of_mgmt_profile1(profile, frame):
    assert objects.frame({"mgmt_profile1": profile}) == frame


def test_without_mgmt_profile1_the_frame_is_unknown():
    assert objects.frame({}) is None


def test_only_the_exact_text_is_ready():
    assert objects.is_ready("ready for a NIM operation")
    for cstate in (None, "", "ready for use", "Ready for a NIM operation", "not ready for a NIM operation"):
        assert not objects.is_ready(cstate)


@pytest.mark.parametrize(
    "text",
    [
        "customization is being performed",
        "BOS installation has been enabled",
        "Base Operating System installation is being performed",
        "maintenance boot has been enabled",
        "Diagnostic boot has been enabled",
        "a client is being prepared for alt_disk_install",
        "alt_disk_install operation is being performed",
    ],
)
def test_the_texts_of_operations_are_known_by_how_they_are_made(text):
    assert objects.is_operation(text)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "currently running",
        "not running",
        "ready for use",
        "in the process of booting",
        "ready for a NIM operation",
        "something that nobody knows",
    ],
)
def test_mstates_the_ready_state_and_unknown_texts_are_of_no_operation(text):
    assert not objects.is_operation(text)


@pytest.mark.parametrize(
    ("mstate", "running"),
    [
        ("currently running", True),
        ("ready for use", True),
        ("not running", False),
        ("in the process of booting", None),
        (None, None),
        ("", None),
    ],
)
def test_whether_it_runs_is_unknown_for_an_unknown_text(mstate, running):
    assert objects.is_running(mstate) is running


def test_a_resource_is_ready_for_use_or_not():
    assert objects.is_resource_ready("ready for use")
    assert not objects.is_resource_ready("unavailable for use")


@pytest.mark.parametrize(
    ("cstate", "phase"),
    [
        ("ready for a NIM operation", "ready"),
        ("BOS installation has been enabled", "enabled"),
        ("Base Operating System installation is being performed", "installing"),
        ("customization is being performed", "customizing"),
        ("maintenance boot has been enabled", "maintenance boot has been enabled"),
        (None, "unknown"),
    ],
)
def test_a_phase_is_a_short_word_where_the_state_is_known(cstate, phase):
    assert objects.phase(cstate) == phase


def test_an_unknown_long_state_is_shortened():
    assert objects.phase("x" * 41) == "x" * 37 + "..."
    assert objects.phase("x" * 40) == "x" * 40


def test_an_object_that_nim_does_not_know_has_no_host_for_that_reason():
    assert objects.no_host(None) == "NIM knows no object of this name"
    assert objects.no_host({"type": "vios"}) == "no host name in NIM attribute if1"


@pytest.mark.parametrize(
    ("state", "cloning"),
    [
        ("alt_disk_install operation is being performed", True),
        ("BOS installation has been enabled", False),
        ("", False),
        (None, False),
    ],
)
def test_a_clone_is_seen_by_its_word(state, cloning):
    assert objects.is_cloning(state) is cloning


@pytest.mark.parametrize(("control", "off"), [(objects.PUSH_OFF, True), ("master", False), ("", False), (None, False)])
def test_a_client_may_refuse_its_master(control, off):
    assert objects.is_pushed_off(control) is off
