"""Asks NIM masters, whatever the way to them: through their minions, or over ssh as the roster says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from salt.exceptions import CommandExecutionError

from saltext_vios.errors import Refused
from saltext_vios.fleet import minions
from saltext_vios.fleet.answers import Answers, sort_out
from saltext_vios.fleet.roster import TRIES, Asker, Came

AT_ONCE = 8  # targets asked side by side
BOTH = "both"
# Seconds over ssh for what asks NIM and every VIOS.
PATIENCE = {"vios.check": 1800.0, "vios.list": 600.0, "vios.migrate": 1800.0}
ONCE = ("vios.migrate",)  # whoever asks for it looks for what became of it before asking again
WAYS = {False: (False,), True: (True,), BOTH: (False, True)}  # what a call says of ssh -> whether each way is ssh


@dataclass(frozen=True)
class Question:
    """Words for some NIM masters, all reached in one way."""

    names: Sequence[str]
    kwargs: Mapping[str, Any]
    ssh: bool = False


class Masters:
    """The NIM masters that the Salt master knows by the ways of a call."""

    def __init__(self, opts: Mapping[str, Any], ssh: object = False, asker: Asker | None = None) -> None:
        """:param ssh: true for targets of the roster, false for minions, or ``both``."""
        if not isinstance(ssh, (bool, str)) or ssh not in WAYS:
            raise Refused(f"ssh is {ssh!r}, expected true (the roster), false (minions) or {BOTH}")
        self.opts, self.ways = opts, WAYS[ssh]
        self.asker = asker or Asker(opts)

    def __enter__(self) -> Masters:
        return self

    def __exit__(self, *_: object) -> None:
        self.asker.close()

    def matching(self, tgt: str | list[str], tgt_type: str, ssh: bool) -> list[str]:
        """Those that a target means, whether they are there or not."""
        return self.asker.matching(tgt, tgt_type) if ssh else minions.matching(self.opts, tgt, tgt_type)

    def known(self, tgt: str | list[str], tgt_type: str) -> dict[str, bool]:
        """The NIM masters that a target means by the ways of the call, each with whether it is reached over ssh.

        :raises CommandExecutionError: when there is none.
        :raises Refused: when a name means two.
        """
        found = {ssh: self.matching(tgt, tgt_type, ssh) for ssh in self.ways}
        if not any(found.values()):
            kinds = {False: "minion; see: salt-key -L", True: "target of the roster; see: salt-ssh -H"}
            why = " and no ".join(kinds[ssh] for ssh in self.ways)
            raise CommandExecutionError(f"the target {tgt!r} ({tgt_type}) matches no {why}")
        refuse_two_of_a_name(found.get(False, ()), found.get(True, ()))
        return {name: ssh for ssh, names in found.items() for name in names}

    def ask(
        self, tgt: str | list[str], fun: str, tgt_type: str = "glob", timeout: float | None = None, **kwargs: Any
    ) -> Answers:
        """Call a function of the execution module ``vios``; what is no NIM master is left out.

        :param timeout: seconds for a minion until Salt asks whether it is still at work.
        """
        known = self.known(tgt, tgt_type)
        over_ssh = [name for name, ssh in known.items() if ssh]
        self._put(Question(over_ssh, kwargs, True), fun)
        answers = Answers()
        if len(over_ssh) < len(known):
            answers.add(minions.ask(self.opts, tgt, fun, tgt_type, timeout, **kwargs))
        answers.add(self._taken(over_ssh, fun))
        return answers

    def ask_each(self, fun: str, questions: Sequence[Question]) -> Answers:
        """The same function with other words for other NIM masters, side by side."""
        over_ssh = [one for one in questions if one.ssh]
        for one in over_ssh:
            self._put(one, fun)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            asked = [
                pool.submit(minions.ask, self.opts, list(one.names), fun, "list", **one.kwargs)
                for one in questions
                if not one.ssh and one.names
            ]
        answers = Answers()
        for future in asked:
            answers.add(future.result())
        answers.add(self._taken([name for one in over_ssh for name in one.names], fun))
        return answers

    def _put(self, question: Question, fun: str) -> None:
        tries = 1 if fun in ONCE else TRIES
        for name in question.names:
            self.asker.put(name, fun, question.kwargs, PATIENCE.get(fun), tries)

    def _taken(self, names: Sequence[str], fun: str) -> Answers:
        came: list[Came] = []
        while self.asker.is_asking:
            came += self.asker.take(1)
        return sorted_out(came, names, fun)


def sorted_out(came: Sequence[Came], names: Sequence[str], fun: str) -> Answers:
    """What came over ssh, judged as what comes from minions."""
    there = {
        one.name: {"ret": one.reading.ret, "retcode": one.reading.retcode} for one in came if one.reading is not None
    }
    answers = sort_out(there, names, fun, "salt-ssh")
    answers.lost.extend(one.name for one in came if one.reading is not None and one.reading.is_lost)
    return answers


def refuse_two_of_a_name(of_minions: Sequence[str], of_roster: Sequence[str]) -> None:
    """A name means one NIM master, in waves, in what is reported, and in what is typed next."""
    both = sorted(set(of_minions) & set(of_roster))
    if both:
        raise Refused(
            f"{', '.join(both)}: both a minion and a target of the roster have this name; choose one way to it "
            "(ssh=True or ssh=False; masters or roster in a fleet), or rename the target in the roster"
        )
