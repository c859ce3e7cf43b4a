"""The reactor and the beacon of docs/notify.md, on a real Salt master, tell a chat and a mailbox."""

import pytest
import yaml

from tests.conftest import EXAMPLES, until
from tests.integration import receivers
from tests.integration.conftest import OPTIONS, a_master, a_minion, running

REACTOR = EXAMPLES / "reactor"


@pytest.fixture(scope="module")
def chat():
    with receivers.Chat() as server:
        yield server


@pytest.fixture(scope="module")
def mail():
    with receivers.Mail() as server:
        yield server


@pytest.fixture(scope="module")
def master(salt_factories, tmp_path_factory, chat):
    """One of these tests alone: what others send would have it send mail all the time."""
    directory = str(tmp_path_factory.getbasetemp())
    with running(a_master(salt_factories, directory, **receivers.reactor(REACTOR, chat))) as daemon:
        yield daemon


@pytest.fixture(scope="module")
def minions(master, sites, mail):
    conf = yaml.safe_load((REACTOR / "beacon.conf").read_text())
    conf["beacons"]["salt_monitor"][1]["interval"] = 1
    profile = yaml.safe_load((REACTOR / "mail.conf").read_text())["vios_mail"]
    conf["vios_mail"] = {**profile, "smtp.server": mail.address}
    with running(a_minion(master, "nim-master", sites["nim-master"], **conf)) as daemon:
        yield {"nim-master": daemon}


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


def test_a_failure_is_reported_in_the_chat(failed, chat):
    (text, *_) = told(chat, "nim-master: vios1", "vios/vios1-vios2/failed")
    assert "{{ 7 * 7 }} # - x" in text


def test_a_failure_is_reported_by_mail(failed, mail, salt_):
    if not salt_("sys.list_functions", "smtp").data:
        pytest.skip("this Salt brings no module smtp")
    (text, *_) = told(mail, "To: unix@example.com", "vios/vios1-vios2/failed")
    assert "From: salt@example.com" in text


def test_a_stall_is_reported(salt_, simulator, chat):
    chat.got.clear()
    salt_("event.send", "vios/vios1-vios2/stalled", '{"message": "vios1 shows nothing new", "vios": "vios1"}')
    told(chat, "vios1 shows nothing new", "stalled")


def test_the_beacon_reports_work_without_a_driver(salt_, under_way, chat):
    chat.got.clear()
    salt_("vios.stop", "confirm=True")
    told(chat, "nim-master: no driver runs, and work is under way")
