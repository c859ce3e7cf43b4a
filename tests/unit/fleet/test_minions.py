"""Who answered, who failed, who is silent, and whose business it is not."""

import pytest

from saltext_vios.fleet.answers import Answers, sort_out

FUN = "vios.hold"


def sorted_out(expected=("a",), **came):
    return sort_out({name: {"ret": ret, "retcode": code} for name, (ret, code) in came.items()}, list(expected), FUN)


def test_an_answer_is_an_answer():
    assert sorted_out(a=({"held": True}, 0)) == Answers({"a": {"held": True}})


def test_who_does_not_answer_is_silent():
    assert sorted_out(("b", "a", "c"), a=({"held": True}, 0)).silent == ["b", "c"]


NO_RETURN = {"out": "no_return", "ret": "Minion did not return. [No response]", "retcode": 1}


@pytest.mark.parametrize("came", [False, NO_RETURN], ids=["Salt 3006 and 3007", "Salt 3008"])
def test_who_is_silent_in_the_words_of_salt_is_silent(came):
    assert sort_out({"a": came}, ["a"], FUN) == Answers(silent=["a"])


def test_an_error_is_reported():
    found = sorted_out(("a", "b"), a=("ERROR: the journal is damaged", 1), b=("Traceback ...", 0))
    assert found.failed == {"a": "ERROR: the journal is damaged", "b": "Traceback ..."}


def test_a_minion_that_is_no_nim_master_is_left_out():
    text = "'vios' __virtual__ returned False: this minion is no NIM master: lsnim is neither in /usr/sbin"
    found = sorted_out(("a", "b"), a=(f"'{FUN}' is not available.", 254), b=(f"'{FUN}' {text}", 254))
    assert found == Answers()


def test_a_module_that_is_not_loaded_for_another_reason_is_reported():
    assert sorted_out(a=(f"'{FUN}' __virtual__ returned False: no journal", 254)).failed


@pytest.mark.parametrize("ret", [5, [], None, "text", {}, {"held": "yes"}, True])
def test_an_answer_of_another_form_is_that_minions_failure(ret):
    found = sorted_out(("a", "b"), a=(ret, 0), b=({"held": True}, 0))
    assert found.returns == {"b": {"held": True}}
    assert found.failed["a"].startswith("its answer has another form: ")
    assert "salt a pip.list" in found.failed["a"]


def test_what_a_minion_says_of_its_failure_is_cut_and_harmless():
    said = sorted_out(a=("ERROR \x1b[2J" + "x" * 10**6, 1)).failed["a"]
    assert said.startswith("ERROR \\x1b[2J")
    assert len(said) == 2000
