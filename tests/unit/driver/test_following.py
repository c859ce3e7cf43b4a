"""How a job follows what is under way, and when it has a driver started for that."""

import pytest

from saltext_vios import __version__
from saltext_vios.driver import client, presence
from saltext_vios.driver.home import prepare
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.settings import Settings
from saltext_vios.errors import DriverError
from saltext_vios.options import checked


@pytest.fixture
def home(tmp_path):
    return prepare(str(tmp_path / "state"))


@pytest.fixture
def request_of_ours(home):
    options = {**checked({}), "time_limit_text": ""}
    with Journal(home) as journal:
        return journal.ask([("vios1",)], options, Settings(str(home.path)), "a test", 100.0)


def test_a_driver_that_did_the_last_of_it_and_ended_is_not_started_again(home, request_of_ours, monkeypatch):
    """The request is seen to wait; before the driver is looked for, it has done its work and is gone."""
    started = []

    def gone(_home):
        with Journal(home) as journal:
            journal.pick_up(200.0)

    monkeypatch.setattr(client.presence, "running", gone)
    monkeypatch.setattr(client, "start_driver", lambda *_: started.append(1))
    client.until_picked_up(home, request_of_ours, client.Caller("a test"))
    assert started == []


def test_a_driver_that_takes_a_request_up_and_gives_way_is_followed_by_another(home, request_of_ours, monkeypatch):
    """It is asked to leave, as it is older; it still takes the request up, and then nobody waits who would look."""
    started, looks = [], []

    def running(_home):
        if started:
            return presence.Presence(4712, 300.0, __version__)
        if presence.leave_note(home) is not None:
            with Journal(home) as journal:
                journal.pick_up(200.0)
            looks.append(1)
        return presence.Presence(4711, 100.0, "0.0.1") if len(looks) < 5 else None

    monkeypatch.setattr(client.presence, "running", running)
    monkeypatch.setattr(client, "start_driver", lambda *_: started.append(1))
    client.until_picked_up(home, request_of_ours, client.Caller("a test"))
    assert started == [1]


def test_what_is_done_is_returned_also_where_no_other_driver_can_be_started(home, request_of_ours, monkeypatch, caplog):
    def start(*_):
        raise DriverError("no Python runs it")

    presence.ask_to_leave(home, presence.HANDOVER, "a test")
    with Journal(home) as journal:
        journal.pick_up(200.0)
    monkeypatch.setattr(client, "start_driver", start)
    client.until_picked_up(home, request_of_ours, client.Caller("a test"))
    assert "what else is under way has no driver: no Python runs it" in caplog.text
