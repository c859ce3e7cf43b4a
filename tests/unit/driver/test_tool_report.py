"""What a tool says of a run: asked one at a time, news where it is, and in nothing that is compared."""

from concurrent.futures import Future
from dataclasses import replace

from saltext_vios.driver import tool_report
from saltext_vios.driver.tool_report import ToolReport
from saltext_vios.methods import METHODS
from saltext_vios.migration.facts import Outcome, Progress

QUESTION = METHODS["viosupgrade"].report
VIEW = Progress(idle=True, outcome=Outcome.SUCCESS, mark=("x",), shown={"Cstate": "x"})


def answered(*texts):
    """The news of so many answers, one at a time."""
    report, futures = ToolReport(), []

    def ask():
        futures.append(Future())
        return futures[-1]

    found = [report.news(ask)]
    for text in texts:
        futures[-1].set_result(text)
        found.append(report.news(ask))
    return found[1:]


def test_what_it_says_again_is_no_news():
    assert answered("in progress", "in progress", "COMPLETED") == ["in progress", "", "COMPLETED"]


def test_one_that_counts_or_prints_the_time_is_news_once():
    assert answered("12:01 at 3%", "12:02 at 14%", "12:03 done") == ["12:01 at 3%", "", "12:03 done"]


def test_it_is_asked_again_only_when_it_has_answered():
    asked = []
    report = ToolReport()
    for _ in range(3):
        report.news(lambda: asked.append(Future()) or asked[-1])
    assert len(asked) == 1


def test_a_look_with_it_differs_in_what_is_shown_and_in_nothing_else():
    seen = ToolReport("vios1: viosupgrade COMPLETED").on(VIEW, QUESTION)
    assert seen.shown == {"Cstate": "x", "viosupgrade -q": "vios1: viosupgrade COMPLETED"}
    assert replace(seen, shown=VIEW.shown) == VIEW


def test_a_new_driver_has_the_last_answer_from_the_journal():
    seen = ToolReport("in progress").on(VIEW, QUESTION)
    assert tool_report.of_before(seen, QUESTION).text == "in progress"
    assert tool_report.of_before(None, QUESTION).text == ""
