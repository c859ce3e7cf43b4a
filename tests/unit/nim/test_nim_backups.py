"""Backups as NIM is told to make them and shows them, and what a view of one prints."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.nim import backups, stanza

SHOWN = """vios1_iosb:
   class         = resources
   type          = ios_backup
   creation_date = Mon Feb 3 20:55:28 2020
   source_image  = vios1
   Rstate        = ready for use
   location      = /export/nim/ios_backup/vios1_iosb
   alloc_count   = 1
   server        = master
"""


def shown(text=SHOWN):
    ((name, attributes),) = stanza.read(text).items()
    return backups.read(name, attributes)


def test_a_configuration_is_backed_up_by_the_command_of_ibms_module():
    argv = backups.make("ios_backup", "vios1_iosb", "vios1", "/export/nim/ios_backup/vios1_iosb")
    assert " ".join(argv) == (
        "nim -Fo define -t ios_backup -a mk_image=yes -a server=master -a source=vios1 "
        "-a location=/export/nim/ios_backup/vios1_iosb vios1_iosb"
    )


def test_an_image_is_made_with_nims_own_look_at_the_space():
    argv = backups.make("ios_mksysb", "vios1_sysb", "vios1", "/export/nim/ios_mksysb/vios1_sysb", "-nomedialib")
    assert argv[:3] == ["nim", "-o", "define"]
    assert "backupios_flags=-nomedialib" in argv


def test_flags_of_backupios_belong_to_an_image_only():
    assert not any("backupios" in word for word in backups.make("ios_backup", "b", "vios1", "/b", "-nosvg"))


def test_a_view_names_the_backup_and_the_vios():
    assert " ".join(backups.view("vios1_iosb", "vios1")) == (
        "nim -Fo viosbr -a viosbr_action=view -a ios_backup=vios1_iosb vios1"
    )


def test_a_backup_is_removed_with_its_file():
    assert backups.remove("vios1_iosb") == ["nim", "-o", "remove", "-a", "rm_image=yes", "vios1_iosb"]


def test_a_backup_shows_whose_it_is_from_when_and_where():
    found = shown()
    assert (found.kind, found.vios, found.ready, found.in_use) == ("ios_backup", "vios1", True, True)
    assert found.location == "/export/nim/ios_backup/vios1_iosb"
    assert time.localtime(found.created)[:6] == (2020, 2, 3, 20, 55, 28)


def test_what_nim_does_not_show_is_not_known():
    found = shown("vios1_iosb:\n   type = ios_backup\n")
    assert (found.vios, found.ready, found.location, found.created, found.level) == (None,) * 5
    assert not found.in_use


def test_a_backup_that_is_not_ready_shows_its_state():
    found = shown(SHOWN.replace("ready for use", "unavailable for use"))
    assert (found.ready, found.rstate) == (False, "unavailable for use")


@pytest.mark.parametrize(
    "text",
    ["Mon Feb  3 20:55:28 2020", "Mon Feb 3 20:55:28 CET 2020", "Feb 3 20:55:28 2020", " Mon Feb 3 20:55:28 2020 "],
)
def test_a_date_is_read_in_the_forms_of_date_and_ctime(text):
    assert time.localtime(backups.created(text))[:6] == (2020, 2, 3, 20, 55, 28)


@pytest.mark.parametrize(
    "text", [None, "", "today", "Mon Feb 30 20:55:28 2020", "Mon Feb 3 25:55:28 2020", "Lun Fév 3 20:55:28 2020"]
)
def test_a_date_that_is_none_is_not_known(text):
    assert backups.created(text) is None


@given(st.text())
def test_no_text_for_a_date_breaks_the_reader(text):
    found = backups.created(text)
    assert found is None or isinstance(found, float)


@given(st.text())
def test_no_listing_breaks_the_reader_and_none_is_taken_for_ready_by_chance(text):
    for name, attributes in stanza.read(f"b:\n   type = ios_backup\n{text}").items():
        found = backups.read(name, attributes)
        assert found.ready is not True or found.rstate == "ready for use"


def test_a_view_that_names_devices_has_read_the_file():
    found = backups.viewed(0, "Details in backup of vios1:\n  vhost0\n  hdisk1\n", "")
    assert (found.lines, found.known, found.complaint) == (3, True, "")


def test_a_view_of_a_form_that_nobody_knows_is_no_complaint_and_not_known():
    found = backups.viewed(0, "A table of something.\n", "")
    assert (found.known, found.complaint) == (False, "")


@pytest.mark.parametrize(
    ("rc", "stdout", "stderr", "said"),
    [
        (0, "", "", "printed nothing"),
        (0, "\n \n", "", "printed nothing"),
        (1, "vhost0\n", "0042-001 nim: processing error", "processing error"),
        (0, "vhost0\n", "0042-175 c_viosbr: An unexpected result", "unexpected result"),
        (3, "", "", "returned 3: it said nothing"),
    ],
)
def test_a_view_that_failed_or_is_silent_is_a_complaint_whatever_its_exit_status(rc, stdout, stderr, said):
    found = backups.viewed(rc, stdout, stderr)
    assert said in found.complaint
    assert not found.known


@given(st.integers(0, 255), st.text(), st.text())
def test_no_view_breaks_the_reader_and_none_that_failed_is_known(rc, stdout, stderr):
    found = backups.viewed(rc, stdout, stderr)
    assert not (found.known and (rc or found.complaint))
