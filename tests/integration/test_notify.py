"""The reactor and the beacon of docs/notify.md, on a real Salt master, tell a chat and a mailbox."""

import pytest

from tests.conftest import until
from tests.integration.conftest import OPTIONS


@pytest.fixture
def failed(salt_, simulator, chat, mail):
    """A migration that failed, whose message would break what is put together carelessly."""
    chat.got.clear()
    mail.got.clear()
    simulator.fault("fails", "vios1", err_info='it\'s "bad": {{ 7 * 7 }} # - x')
    salt_("vios.migrate", "vios1,vios2", *OPTIONS)


def told(receiver, *words):
    return until(
        lambda: [text for text in receiver.got if all(word in text for word in words)],
        what=f"the word of {words}",
    )


def test_a_failure_is_told_in_the_chat(failed, chat):
    (text, *_) = told(chat, "nim-master: vios1", "vios/vios1-vios2/failed")
    assert "{{ 7 * 7 }} # - x" in text


def test_a_failure_is_told_by_mail(failed, mail, salt_):
    if not salt_("sys.list_functions", "smtp").data:
        pytest.skip("this Salt brings no module smtp")
    (text, *_) = told(mail, "To: unix@example.com", "vios/vios1-vios2/failed")
    assert "From: salt@example.com" in text


def test_a_stall_is_told(salt_, simulator, chat):
    chat.got.clear()
    salt_("event.send", "vios/vios1-vios2/stalled", '{"message": "vios1 shows nothing new", "vios": "vios1"}')
    told(chat, "vios1 shows nothing new", "stalled")


def test_the_beacon_tells_of_work_without_a_driver(salt_, under_way, chat):
    chat.got.clear()
    salt_("vios.stop", "confirm=True")
    told(chat, "nim-master: no driver runs, and work is under way")
