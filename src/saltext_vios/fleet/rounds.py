"""When the journals over ssh are asked while somebody watches: each at its own pace, and none delays the picture."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from saltext_vios.fleet.answers import Answers
from saltext_vios.fleet.masters import sorted_out
from saltext_vios.fleet.roster import Asker, Came

COST = 10  # a NIM master rests so many times as long as its answer took
LIMIT = 60.0  # seconds for an answer
FUN = "vios.overview"


class Rounds:
    """``is_complete``: every one has answered, or failed to, at least once; ``last`` is what each said last."""

    def __init__(
        self, asker: Asker, names: Sequence[str], ask_every: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.asker, self.ask_every, self.clock = asker, ask_every, clock
        self.due = dict.fromkeys(names, float("-inf"))
        self.answers: dict[str, Answers] = {}

    @property
    def is_complete(self) -> bool:
        return self.answers.keys() >= self.due.keys()

    @property
    def last(self) -> Answers:
        found = Answers()
        for one in self.answers.values():
            found.add(one)
        return found

    def turn(self) -> Answers:
        """Ask those whose time has come; what came since the last turn."""
        now, found = self.clock(), Answers()
        for name in [name for name, at in self.due.items() if now >= at]:
            self.due[name] = float("inf")
            self.asker.put(name, FUN, {}, LIMIT)
        for came in self.asker.take(0):
            self.due[came.name] = now + max(self.ask_every, self._cost(came))
            self.answers[came.name] = sorted_out([came], [came.name], FUN)
            found.add(self.answers[came.name])
        return found

    @staticmethod
    def _cost(came: Came) -> float:
        """A silent one delays only this process, and is asked again sooner."""
        return came.took if came.reading is None else COST * came.took
