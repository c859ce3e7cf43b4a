"""What the runner makes of the answers of many NIM masters."""

import pytest
from salt.exceptions import SaltReqTimeoutError

from saltext_vios.fleet import minions
from saltext_vios.fleet.answers import Answers
from saltext_vios.runners import vios


@pytest.fixture
def asked(monkeypatch):
    """Answer what the runner asks; its questions are kept."""
    monkeypatch.setattr(vios, "__opts__", {}, raising=False)
    monkeypatch.setattr(vios, "__context__", {}, raising=False)
    questions = []

    def answer(answers):
        def ask(opts, tgt, fun, tgt_type="glob", timeout=None, **kwargs):
            questions.append((tgt, tgt_type, fun, kwargs))
            return answers

        monkeypatch.setattr(minions, "ask", ask)
        monkeypatch.setattr(minions, "matching", lambda opts, tgt, tgt_type: [tgt])
        return questions

    return answer


def test_a_hold_reaches_every_nim_master(asked):
    questions = asked(Answers({"a": {"held": True}, "b": {"held": True}}))
    assert vios.hold("nim-*", "storage") == {"masters": {"a": True, "b": True}}
    assert questions == [("nim-*", "glob", "vios.hold", {"reason": "storage"})]
    assert vios.__context__ == {}


def test_a_release_shows_where_there_was_a_hold(asked):
    questions = asked(Answers({"a": {"changed": True}, "b": {"changed": False}}))
    assert vios.release("a,b", "list") == {"masters": {"a": True, "b": False}}
    assert questions == [("a,b", "list", "vios.release", {})]


def test_a_hold_that_does_not_reach_all_fails_and_names_them(asked):
    asked(Answers({"a": {"held": True}}, {"b": "ERROR: the journal is damaged"}, ["c"]))
    assert vios.hold() == {
        "Error": "held: a. NOT held (may still start migrations): b: ERROR: the journal is damaged; c: no answer",
        "retcode": 1,
    }
    assert vios.__context__ == {"retcode": 1}


def test_a_release_that_does_not_reach_all_fails_and_names_them(asked):
    asked(Answers({}, {}, ["c"]))
    assert vios.release()["Error"] == "released: none. NOT released (may still be held): c: no answer"


def test_a_hold_that_cannot_be_asked_for_says_that_nobody_knows_where_it_holds(asked, monkeypatch):
    asked(Answers())

    def ask(*_, **__):
        raise SaltReqTimeoutError("no reply")

    monkeypatch.setattr(minions, "ask", ask)
    assert vios.hold()["Error"] == "unknown which NIM masters are held: no reply; see: salt-run vios.overview"


def test_a_fault_of_ours_fails_the_call_too(asked):
    """To Salt a TypeError of a runner is a success, and a gate that ends so is open."""
    asked(Answers({"a": {"tuples": 5, "driver": True}}))
    assert vios.gate({"a": ["x-y"]})["Error"].startswith("internal error of saltext-vios: AttributeError")
    assert vios.__context__ == {"retcode": 1}


def test_a_target_without_a_nim_master_is_an_error(asked):
    asked(Answers())
    assert "matches no NIM master" in vios.hold("web-*")["Error"]


def test_the_status_is_the_map_of_each_nim_master(asked):
    questions = asked(Answers({"a": {"x-y": "SUCCESS-UPGR2"}}, {"c": "ERROR"}, ["d"]))
    assert vios.status() == {"masters": {"a": {"x-y": "SUCCESS-UPGR2"}}, "failed": {"c": "ERROR"}, "silent": ["d"]}
    assert [one[2] for one in questions] == ["vios.status"]


def test_the_overview_counts_the_tuples_of_all(asked):
    one = {"tuples": {"x": {"status": "SUCCESS-UPGR2"}, "y": {"status": None}}}
    two = {"tuples": {"x": {"status": "SUCCESS-UPGR2"}}}
    asked(Answers({"a": one, "b": two}, {"c": "ERROR"}, ["d"]))
    assert vios.overview() == {
        "masters": {"a": one, "b": two},
        "counts": {"SUCCESS-UPGR2": 2, "in progress": 1},
        "failed": {"c": "ERROR"},
        "silent": ["d"],
    }


@pytest.mark.parametrize(
    ("name", "value"), [("ask_every", "soon"), ("ask_every", True), ("linger", -1), ("linger", None)]
)
def test_seconds_that_are_none_are_refused(asked, name, value):
    questions = asked(Answers())
    assert vios.watch(**{name: value})["Error"] == f"{name} is {value!r}, expected seconds as a number"
    assert questions == []


@pytest.mark.parametrize(
    ("fleet", "said"),
    [
        ("/etc/shadow", "expected a file that ends in"),
        ("/proc/self/environ.yaml", "is not below"),
        ("pillar:db:password", "the fleet is a text"),
        ("pillar:db", "the fleet has no masters"),
        ("pillar:nobody", "own pillar has no key 'nobody'; see: salt-run pillar.show_pillar"),
    ],
)
def test_nothing_is_shown_of_what_is_no_fleet(asked, monkeypatch, fleet, said):
    questions = asked(Answers())
    monkeypatch.setattr(vios, "__opts__", {"__cli": "salt-master"})
    pillar = {"db": {"password": "S3cret"}}
    monkeypatch.setattr(vios, "__salt__", {"pillar.show_pillar": lambda: pillar}, raising=False)
    error = vios.plan(fleet)["Error"]
    assert said in error
    assert "S3cret" not in error
    assert "password" not in error.replace(fleet, "")
    assert questions == []


def test_a_report_is_written_nowhere_for_who_is_not_on_the_command_line(asked, monkeypatch, tmp_path):
    questions = asked(Answers({"a": []}))
    monkeypatch.setattr(vios, "__opts__", {"__cli": "salt-master"})
    assert "vios:report_dir" in vios.report(out=str(tmp_path / "a.json"))["Error"]
    assert questions == []
    monkeypatch.setattr(vios, "__opts__", {"__cli": "salt-run"})
    assert vios.report(out=str(tmp_path / "a.json"))["tuples"] == 0


def test_a_report_without_a_directory_says_what_to_type_before_anybody_is_asked(asked, monkeypatch, tmp_path):
    questions = asked(Answers({"a": []}))
    monkeypatch.setattr(vios, "__opts__", {"__cli": "salt-run"})
    error = vios.report(out=str(tmp_path / "no" / "a.html"))["Error"]
    assert error.endswith(f"no such directory; type: mkdir {tmp_path / 'no'}")
    assert questions == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"masters": "nim-a"}, "masters is 'nim-a', expected a map of minions to lists of tuple keys"),
        ({"masters": {"nim-a": "vios1-vios2"}}, "expected a map of minions to lists"),
        ({"masters": {}, "max_failures": "some"}, "max_failures is 'some'"),
        ({"masters": {}, "patience": "long"}, "patience is 'long', expected a number of looks"),
        ({"masters": {}, "since": "yesterday"}, "since is 'yesterday'"),
    ],
)
def test_a_gate_that_cannot_be_is_refused(asked, words, said):
    questions = asked(Answers())
    assert said in vios.gate(**words)["Error"]
    assert questions == []
