"""Asks NIM masters of the roster over ssh, side by side, by one process that stays for as long as it is asked."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any

import salt.utils.args
from salt.exceptions import CommandExecutionError

from saltext_vios.errors import Refused
from saltext_vios.fleet import ssh_answers
from saltext_vios.fleet.definition import ROSTER_TYPES
from saltext_vios.fleet.ssh_answers import Reading

AT_ONCE = 8  # targets asked side by side
TIMEOUT = 120.0  # seconds for an answer, the first sending of Salt's code included
TRIES = 3  # of a question whose connection is lost
STARTING = 180.0  # seconds for the process to come up, and to read the roster
ENDING = 5.0
MOST = 80 * 1024 * 1024  # bytes of a line
NO_ROSTER = "write one, or leave out what needs it: roster in the fleet file, ssh in the call"
CHUNK = 1024 * 1024
MAIN = "from saltext_vios.fleet.over_ssh import main; main()"
BOOT = f"import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); {MAIN}"


@dataclass(frozen=True)
class Came:
    """What came of one question: the reading, None for who is silent; and the seconds that it cost."""

    name: str
    reading: Reading | None
    took: float


class Asker:
    """Nothing here waits but ``take`` and ``matching``."""

    def __init__(self, opts: Mapping[str, Any]) -> None:
        self.opts = opts
        self.process: subprocess.Popen[bytes] | None = None
        self.questions: dict[int, tuple[str, str, list[str], float, int]] = {}  # ..., and the tries left
        self.number = 0
        self.matched: deque[Mapping[str, Any]] = deque()
        self.came: deque[Came] = deque()
        self.content = bytearray()

    def __enter__(self) -> Asker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def matching(self, tgt: str | list[str], tgt_type: str) -> list[str]:
        """The targets of the roster that are meant, whether they are there or not.

        :raises CommandExecutionError: when the roster cannot be read.
        """
        if tgt_type not in ROSTER_TYPES:
            raise Refused(f"tgt_type is {tgt_type!r}, a roster knows: {', '.join(ROSTER_TYPES)}")
        self._send({"match": [tgt, tgt_type]})
        deadline = time.monotonic() + STARTING
        while not self.matched:
            self._hear(deadline - time.monotonic())
            if time.monotonic() >= deadline:
                raise CommandExecutionError(f"the roster was not read within {STARTING:.0f} s; see: salt-ssh -H")
        found = self.matched.popleft()
        if found.get("trouble"):
            why = f"the roster cannot be read: {found['trouble']}"
            raise CommandExecutionError(f"{why}; {NO_ROSTER if 'not found' in why else 'see: salt-ssh -H'}")
        return [str(name) for name in found["matched"]]

    def put(
        self, name: str, fun: str, kwargs: Mapping[str, Any], timeout: float | None = None, tries: int = TRIES
    ) -> None:
        """Ask one target; ``take`` says what came of it."""
        self.number += 1
        question = (name, fun, words(kwargs), timeout or TIMEOUT, tries)
        self.questions[self.number] = question
        self._send({"ask": [self.number, *question[:-1]]})

    def take(self, wait: float = 0) -> list[Came]:
        """What came meanwhile; waits so many seconds for the first, if anything is asked."""
        deadline = time.monotonic() + wait
        while self.questions and not self.came:
            self._hear(max(0.0, deadline - time.monotonic()))
            if time.monotonic() >= deadline:
                break
        found = list(self.came)
        self.came.clear()
        return found

    @property
    def is_asking(self) -> bool:
        return bool(self.questions or self.came)

    def close(self) -> None:
        """End the process; it ends by itself when this one does."""
        if self.process is None:
            return
        process, self.process = self.process, None
        with contextlib.suppress(OSError):
            _pipe(process.stdin).close()
        try:
            process.wait(ENDING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _pipe(process.stdout).close()

    def _send(self, told: Mapping[str, Any]) -> None:
        if self.process is None:
            self.process = self._start()
        try:
            pipe = _pipe(self.process.stdin)
            pipe.write(json.dumps(told).encode() + b"\n")
            pipe.flush()
        except OSError:
            self._gone()

    def _start(self) -> subprocess.Popen[bytes]:
        """The same modules as here, wherever Salt found them; none from the directory somebody happens to be in."""
        paths = json.dumps([path for path in sys.path if os.path.isabs(path)])
        argv = [sys.executable, "-I", "-c", BOOT, paths, str(self.opts["conf_file"]), str(AT_ONCE)]
        return subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def _hear(self, wait: float) -> None:
        """Take in what the process says within some seconds."""
        pipe = _pipe(self.process.stdout if self.process else None)
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            if not selector.select(max(0.0, wait)):
                return
        chunk = os.read(pipe.fileno(), CHUNK)
        if not chunk or len(self.content) > MOST:
            self._gone()
        *lines, self.content = (self.content + chunk).split(b"\n")
        for line in lines:
            self._read(json.loads(line))

    def _read(self, told: Mapping[str, Any]) -> None:
        if "matched" in told:
            self.matched.append(told)
            return
        name, fun, argv, timeout, tries = self.questions.pop(told["number"])
        answer = told["answer"]
        reading = None
        if answer is not None:
            reading = (
                Reading(f"{answer['trouble']}; try: salt-ssh {name} test.ping", 1)
                if "trouble" in answer
                else ssh_answers.read(name, answer["came"])
            )
        if reading is not None and reading.is_lost and tries > 1:
            self.number += 1
            self.questions[self.number] = (name, fun, argv, timeout, tries - 1)
            self._send({"ask": [self.number, name, fun, argv, timeout]})
        else:
            self.came.append(Came(name, reading, float(told["took"])))

    def _gone(self) -> None:
        """The process ended by itself: nobody knows what became of what was asked."""
        self.questions.clear()
        self.close()
        raise CommandExecutionError("the process that asks over ssh ended; try: salt-ssh --version, then ask again")


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("nobody was asked")
    return pipe


def words(kwargs: Mapping[str, Any]) -> list[str]:
    """Keyword arguments as words of a command line which Salt there reads as the same values.

    :raises Refused: for a value that no word means.
    """
    return [_word(name, value) for name, value in kwargs.items()]


def _word(name: str, value: Any) -> str:
    # Salt reads words as YAML, though not all of them; most of JSON is YAML; and what has a # it may leave as it is.
    for text in _texts(value):
        word = f"{name}={text}"
        _, found = salt.utils.args.parse_input([word], condition=False)
        if name in found and found[name] == value and type(found[name]) is type(value) and _can_be_sent(word):
            return word
    raise Refused(f"{name} is {value!r}, which cannot be sent over ssh")


def _can_be_sent(word: str) -> bool:
    try:
        return bool(word.encode())
    except UnicodeEncodeError:
        return False


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    for ascii_only in (True, False):
        yield json.dumps(value, ensure_ascii=ascii_only).replace("#", "\\u0023")
