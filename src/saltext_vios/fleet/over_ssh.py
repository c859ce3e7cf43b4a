"""Asks NIM masters over ssh through Salt's own client: a program of its own, which ``roster.Asker`` starts.

Salt's client forks, changes its options, logs lines of the roster, and has no limit for one that is silent. Here it has
no log, no terminal, no threads, and a process for every target, which is ended with all that it started.

Reads lines of JSON and writes such: ``{"match": [tgt, tgt_type]}`` -> ``{"matched": [name, ...]}``, and
``{"ask": [number, name, fun, words, seconds]}`` -> ``{"number": ..., "answer": ..., "took": seconds}``, with ``null``
for who is silent. It ends with its input.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import sys
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import salt.client.ssh
import salt.client.ssh.client
import salt.config
import salt.roster
from salt.exceptions import SaltException

from saltext_vios.fleet.ssh_answers import is_answer

MOST = 64 * 1024 * 1024  # bytes of an answer
CHUNK = 1024 * 1024
# Seconds: to connect, and of silence on a connection until it counts as lost (three times).
CONNECT, ALIVE = 10, 15
HIDDEN = "******"


@dataclass
class Question:
    number: int
    name: str
    fun: str
    words: list[str]
    seconds: float
    pid: int = 0
    pipe: int = -1
    began: float = 0.0
    content: bytearray = field(default_factory=bytearray)

    def end(self) -> None:
        """End its process with all that it started; ssh ends with its terminal."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        os.close(self.pipe)
        os.waitpid(self.pid, 0)


class Asking:
    def __init__(self, opts: dict[str, Any], out: int, at_once: int) -> None:
        self.opts, self.out, self.at_once = opts, out, at_once
        self.waiting: deque[Question] = deque()
        self.running: dict[int, Question] = {}
        self.secrets: dict[str, list[str]] = {}
        self.selector = selectors.DefaultSelector()
        self.is_ready = False

    def say(self, told: Mapping[str, Any]) -> None:
        line = json.dumps(told).encode() + b"\n"
        while line:
            line = line[os.write(self.out, line) :]

    def follow(self, source: int) -> None:
        """Until the input ends."""
        self.selector.register(source, selectors.EVENT_READ)
        came = bytearray()
        while True:
            while self.waiting and len(self.running) < self.at_once:
                self.start(self.waiting.popleft())
            for key, _ in self.selector.select(self.left()):
                if key.fd != source:
                    self.hear(self.running[key.fd])
                    continue
                chunk = os.read(source, CHUNK)
                if not chunk:
                    return
                *lines, came = (came + chunk).split(b"\n")
                for line in lines:
                    self.obey(json.loads(line))
            self.end_the_late()

    def obey(self, told: Mapping[str, Any]) -> None:
        if "match" in told:
            try:
                self.say({"matched": self.matching(*told["match"])})
            except Exception as error:
                self.say({"matched": [], "trouble": _trouble(error)})
        else:
            self.waiting.append(Question(*told["ask"]))

    def matching(self, tgt: Any, tgt_type: str) -> list[str]:
        roster = salt.roster.Roster(self.opts, self.opts.get("roster") or "flat")
        targets = roster.targets(tgt, tgt_type)
        self.secrets.update({str(name): list(_secrets(one)) for name, one in targets.items()})
        if not targets and "flat" in (self.opts.get("roster") or "flat"):
            salt.roster.get_roster_file(self.opts)  # raises where there is none
        return sorted(map(str, targets))

    def start(self, question: Question) -> None:
        self.make_ready(question)
        question.pipe, writes = os.pipe()
        question.began = time.monotonic()
        question.pid = os.fork()
        if not question.pid:
            os.setpgid(0, 0)
            self.carry_out(question, writes)
        os.close(writes)
        with contextlib.suppress(OSError):  # it was quicker
            os.setpgid(question.pid, question.pid)
        self.running[question.pipe] = question
        self.selector.register(question.pipe, selectors.EVENT_READ)

    def make_ready(self, question: Question) -> None:
        """Have what is sent to all made once, before several make it at the same place."""
        if not self.is_ready:
            self.is_ready = True
            with contextlib.suppress(Exception, SystemExit):
                own = {"argv": [question.fun], "tgt": [question.name], "selected_target_option": "list", "arg": []}
                salt.client.ssh.SSH({**self.opts, **own})

    def carry_out(self, question: Question, writes: int) -> None:
        """In the process of one target; never returns."""
        try:
            answer = {"came": self.ask(question)}
        except (Exception, SystemExit) as error:
            answer = {"trouble": _trouble(error)}
        try:
            with open(writes, "w") as pipe:
                json.dump(without(self.secrets.get(question.name, []), answer), pipe)
        finally:
            os._exit(0)

    def ask(self, question: Question) -> Any:
        client = salt.client.ssh.client.SSHClient(mopts=self.opts, disable_custom_roster=True)
        found = client.cmd(
            [question.name],
            question.fun,
            arg=question.words,
            tgt_type="list",
            ssh_timeout=CONNECT,
            ssh_keepalive_interval=ALIVE,
        )
        return found.get(question.name)

    def hear(self, question: Question) -> None:
        chunk = os.read(question.pipe, CHUNK)
        question.content += chunk
        if len(question.content) > MOST:
            self.answer(question, {"trouble": f"its answer has more than {MOST >> 20} MiB"})
        elif not chunk:
            try:
                self.answer(question, json.loads(question.content))
            except ValueError:
                self.answer(question, None)

    def left(self) -> float | None:
        """Seconds until the next one is late."""
        now = time.monotonic()
        return max(0.0, min((one.began + one.seconds - now for one in self.running.values()), default=3600.0))

    def end_the_late(self) -> None:
        now = time.monotonic()
        for question in [one for one in self.running.values() if now >= one.began + one.seconds]:
            self.answer(question, None)

    def answer(self, question: Question, answer: Any) -> None:
        self.selector.unregister(question.pipe)
        del self.running[question.pipe]
        question.end()
        took = time.monotonic() - question.began
        self.say({"number": question.number, "answer": answer, "took": round(took, 3)})

    def end(self) -> None:
        for question in self.running.values():
            question.end()


def _secrets(target: Any) -> list[str]:
    """What the roster keeps from others, of one target; the longest first."""
    found = [str(value) for key, value in dict(target).items() if "passw" in str(key) and value]
    return sorted(found, key=len, reverse=True)


def without(secrets: list[str], told: Any) -> Any:
    """What is shown, without what the roster keeps from others; a return of the target's is its own."""
    if isinstance(told, str):
        for secret in secrets:
            told = told.replace(secret, HIDDEN)
        return told
    if isinstance(told, dict) and not is_answer(told):
        return {key: value if key == "parsed" else without(secrets, value) for key, value in told.items()}
    return told


def _trouble(error: BaseException) -> str:
    """What may be shown of an error: one that reads a roster may show its lines."""
    is_tellable = isinstance(error, (SaltException, OSError)) and "render" not in type(error).__name__.lower()
    return f"{type(error).__name__}: {error}" if is_tellable else type(error).__name__


def main() -> None:
    conf_file, at_once = sys.argv[1], int(sys.argv[2])
    answers = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    source = os.dup(0)
    os.dup2(nothing, 0)
    opts = salt.config.client_config(conf_file)
    opts["config_dir"] = os.path.dirname(conf_file)  # where the roster is, as for the salt-ssh command
    asking = Asking(opts, answers, at_once)
    try:
        asking.follow(source)
    finally:
        asking.end()
