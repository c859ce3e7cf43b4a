"""What the tool that migrates a VIOS says when asked how it gets on (``viosupgrade -q``): only people read that."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace

from saltext_vios.migration.facts import Progress

Question = Callable[[str], list[str]]  # the command line, for a host


@dataclass
class ToolReport:
    """Of one VIOS in flight. One question at a time; until it is answered the last answer stands."""

    text: str = ""
    asking: Future[str] | None = None

    def news(self, ask: Callable[[], Future[str]]) -> str:
        """Take in an answer, and have the next one asked for; what it says where that is news, else nothing."""
        news = ""
        if self.asking is not None and self.asking.done():
            text, self.asking = self.asking.result(), None
            # One that counts, or prints the time, is no news at every look.
            news = text if _without_numbers(text) != _without_numbers(self.text) else ""
            self.text = text
        if self.asking is None:
            self.asking = ask()
        return news

    def on(self, view: Progress, question: Question) -> Progress:
        """A look with it: what is shown, never what is compared or decided by."""
        return replace(view, shown={**view.shown, name_of(question): self.text}) if self.text else view


def name_of(question: Question) -> str:
    """How the question is called for people: ``viosupgrade -q``."""
    return " ".join(question("")[:2])


def of_before(view: Progress | None, question: Question) -> ToolReport:
    """What the journal has of it: the last answer that an earlier driver had."""
    return ToolReport(view.shown.get(name_of(question), "") if view is not None else "")


def _without_numbers(text: str) -> str:
    return re.sub(r"[0-9]+", "", text)
