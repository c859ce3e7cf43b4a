"""Events are handed to a minion by a process of its own, which finds Salt where the last caller found it."""

import json
import re
import shutil
import sys

import pytest

from saltext_vios.driver import events
from saltext_vios.driver.home import prepare

# Where the configuration lies says what minion it is.
CONFIG = """
def minion_config(path):
    master = ["salt-a", "salt-b"] if "two-masters" in path else "salt:4506"
    kind = "failover" if "failover" in path else "str"
    return {"id": "nim-master", "config": path, "master": master, "master_type": kind}
"""
MINION = """
import os

class Minion:
    if not os.environ.get("SALT_OF_BEFORE"):
        _send_req_async_main = None

def prep_ip_port(opts):
    return {"master": opts["master"].partition(":")[0]}
"""
# What is sent is a line of its configuration's file; a tag with "no" in it is not taken.
EVENT = """
import json, os, time

class MinionEvent:
    def __init__(self, opts, listen):
        self.opts = opts

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def fire_event(self, load, tag):
        while "hangs" in load["tag"]:
            time.sleep(1)
        print("what Salt prints is no answer")
        if "raises" in load["tag"]:
            raise ValueError("transport")
        if "no" in load["tag"]:
            return False
        self.asked, self.about = tag, load["tag"]
        with open(self.opts["config"], "a") as file:
            file.write(json.dumps([tag, load["tag"], load["data"], load.get("cmd")]) + "\\n")
        return True

    def get_event(self, tag, wait):
        assert tag == "__master_req_channel_return/" + self.asked.split("/")[1]
        timeout = {"ret": None, "error": "timeout"}
        pinged = self.about == "minion_ping" and os.path.exists(self.opts["config"] + "-of-one-away")
        return {"vios/unheard": None, "vios/away": timeout}.get(self.about, timeout if pinged else {"ret": None})
"""


@pytest.fixture
def salt(tmp_path, monkeypatch):
    """An installation of Salt that writes down what is sent, at a place that may be thrown away."""
    site = tmp_path / "site"
    (site / "salt" / "utils").mkdir(parents=True)
    modules = {"__init__": "", "config": CONFIG, "minion": MINION, "utils/__init__": "", "utils/event": EVENT}
    for name, content in modules.items():
        (site / "salt" / f"{name}.py").write_text(content)
    monkeypatch.setattr(sys, "path", [str(site), *(path for path in sys.path if "site-packages" not in path)])
    return site / "salt"


@pytest.fixture
def home(tmp_path):
    return prepare(str(tmp_path / "state"))


@pytest.fixture
def sender(home, salt, tmp_path):
    events.tell(home, str(tmp_path / "minion"))
    made = events.Sender(home)
    yield made
    made._end()


@pytest.fixture
def sent(tmp_path):
    """Tags and data of what was put on the minion's bus."""
    return lambda: [line[1:3] for line in put_on_the_bus(tmp_path / "minion") if line[1] != "minion_ping"]


def put_on_the_bus(config):
    return [json.loads(line) for line in config.read_text().splitlines()]


def test_they_go_out_in_order_each_with_its_number(sender, sent):
    assert sender.send([(7, "vios/a", '{"x": 1}'), (8, "vios/b", "{}")]) == 8
    assert sent() == [["vios/a", {"x": 1, "event": 7}], ["vios/b", {"event": 8}]]


def test_one_goes_out_by_the_minions_own_connection_to_its_master(sender, tmp_path):
    assert sender.send([(7, "vios/a", "{}")]) == 7
    _, (where, _, _, command) = put_on_the_bus(tmp_path / "minion")
    assert re.fullmatch("__master_req_channel_payload/[0-9a-f]{32}/salt", where)
    assert command == "_minion_event"


@pytest.mark.parametrize("second", ["vios/unheard", "vios/away"])
def test_one_that_the_master_did_not_acknowledge_waits(sender, second):
    assert sender.send([(7, "vios/a", "{}"), (8, second, "{}"), (9, "vios/c", "{}")]) == 7


def test_a_master_that_answers_no_ping_is_sent_nothing_that_may_reach_it_twice(sender, sent, tmp_path):
    (tmp_path / "minion-of-one-away").touch()
    assert sender.send([(7, "vios/a", "{}")]) == 0
    assert sent() == []


@pytest.mark.parametrize("what", ["two-masters", "failover", "before"])
def test_where_no_answer_can_be_had_the_minion_takes_it(home, salt, tmp_path, monkeypatch, what):
    if what == "before":
        monkeypatch.setenv("SALT_OF_BEFORE", "1")
    config = tmp_path / f"minion-{what}"
    events.tell(home, str(config))
    sender = events.Sender(home)
    try:
        assert sender.send([(7, "vios/unheard", "{}")]) == 7
    finally:
        sender._end()
    assert put_on_the_bus(config) == [["fire_master", "vios/unheard", {"event": 7}, None]]


@pytest.mark.parametrize("second", ["vios/no", "vios/raises"])
def test_what_comes_after_one_that_did_not_go_out_waits(sender, sent, second):
    assert sender.send([(7, "vios/a", "{}"), (8, second, "{}"), (9, "vios/c", "{}")]) == 7
    assert [tag for tag, _ in sent()] == ["vios/a"]


def test_a_word_of_the_driver_itself_goes_out_too(sender, sent):
    assert sender.fire("vios/driver/trouble", {"message": "disk full"})
    assert not sender.fire("vios/driver/no", {})
    assert sent() == [["vios/driver/trouble", {"message": "disk full"}]]


def test_without_a_minion_nobody_is_asked(home, monkeypatch):
    monkeypatch.setattr(events.subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
    events.tell(home, None)
    assert not events.has_receiver(home)
    assert events.Sender(home).send([(1, "vios/a", "{}")]) == 0


def test_where_salt_is_gone_they_wait_until_it_is_there_again(sender, sent, salt, tmp_path, caplog):
    aside = salt.rename(tmp_path / "aside")
    assert [sender.send([(1, "vios/a", "{}")]) for _ in range(2)] == [0, 0]
    assert caplog.text.count("events cannot be handed to the minion") == 1
    aside.rename(salt)
    assert sender.send([(1, "vios/a", "{}")]) == 1
    assert len(sent()) == 1


def test_an_upgraded_salt_elsewhere_is_found_as_soon_as_a_caller_came_from_there(sender, home, salt, tmp_path):
    assert sender.send([(1, "vios/a", "{}")]) == 1
    other = shutil.copytree(salt.parent, tmp_path / "other")
    shutil.rmtree(salt)
    sys.path[0] = str(other)
    events.tell(home, str(tmp_path / "other-minion"))
    assert sender.send([(2, "vios/b", "{}")]) == 2
    assert "vios/b" in (tmp_path / "other-minion").read_text()


def test_a_salt_that_hangs_holds_nobody_up_for_ever(sender, monkeypatch):
    monkeypatch.setattr(events, "TIMEOUT", 1)
    assert sender.send([(1, "vios/hangs", "{}")]) == 0


def test_the_process_ends_with_its_driver(sender):
    assert sender.send([(1, "vios/a", "{}")]) == 1
    sender._process.stdin.close()
    assert sender._process.wait(60) == 0


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"python": 1, "path": 2, "config": 3}', "\x00"])
def test_a_file_that_says_nothing_is_nobody_to_send_to(home, content):
    home.minion.write_text(content)
    assert events.Sender(home).send([(1, "vios/a", "{}")]) == 0
