"""Hands the journal's events to the minion that runs next to the driver, which sends them to the Salt master.

Events are never decisive: what cannot be handed over stays unsent in the journal and is tried again later, by this
driver or by one that the engine starts. The driver itself imports nothing of Salt's: a process of its own does, on the
paths that the last caller with a minion left. Where none left any, as under ``salt-ssh``, there is nobody to send to.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO, Any

from saltext_vios.driver import files, standalone
from saltext_vios.driver.home import Home
from saltext_vios.errors import DriverError

TIMEOUT = 120  # seconds for what is handed over at once; Salt alone may take one for each where no minion listens

log = logging.getLogger(__name__)


def tell(home: Home, minion_config: str | None) -> None:
    """Leave where events go to: a caller's minion, its Python and where that finds Salt."""
    if minion_config is None:
        return
    paths = [path for path in sys.path if os.path.isabs(path)]
    minion = {"python": sys.executable, "path": paths, "config": os.path.abspath(minion_config)}
    if minion != _minion(home):
        try:
            files.put(home.minion, json.dumps(minion).encode())
        except OSError as error:
            log.warning("which minion sends the events cannot be written to %s: %s", home.minion, error)


def has_receiver(home: Home) -> bool:
    return _minion(home) is not None


def _minion(home: Home) -> dict[str, Any] | None:
    try:
        found = json.loads(files.text(home.minion))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


class Sender:
    """Keeps its process, for which Salt is slow to load; used by one thread only."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._minion: dict[str, Any] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._failed = ""

    def send(self, events: Sequence[tuple[int, str, str]]) -> int:
        """Send ``(id, tag, JSON data)`` in order; the id of the last one that went out, or 0."""
        # By its number a listener sees that an event came twice, as after a crash.
        return self._hand_over([(number, tag, {**json.loads(data), "event": number}) for number, tag, data in events])

    def fire(self, tag: str, data: dict[str, Any]) -> bool:
        return self._hand_over([(1, tag, data)]) == 1

    def _hand_over(self, events: Sequence[tuple[int, str, dict[str, Any]]]) -> int:
        minion = _minion(self.home)
        if minion is None:
            return 0
        try:
            process = self._process
            if minion != self._minion or process is None or process.poll() is not None:
                process = self._start(minion)
            sent = self._asked(process, events)
        except (OSError, ValueError, KeyError, TypeError, DriverError) as error:
            self._end()
            self._say(f"events cannot be handed to the minion of {minion.get('config')}: {error}")
            return 0
        self._failed = ""
        return sent

    def _start(self, minion: dict[str, Any]) -> subprocess.Popen[bytes]:
        self._end()
        words = [minion["python"], *standalone.command(self.home, "send")[1:]]
        self._process = process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/")
        self._minion = minion
        _write(process, [minion["path"], minion["config"]])
        return process

    def _asked(self, process: subprocess.Popen[bytes], events: Sequence[tuple[int, str, dict[str, Any]]]) -> int:
        # A process that hangs is ended, and that ends the waiting for it.
        limit = threading.Timer(TIMEOUT, process.kill)
        limit.start()
        try:
            _write(process, events)
            answer = _pipe(process.stdout).readline()
        finally:
            limit.cancel()
        if not answer:
            raise OSError(f"its process ended; is Salt still there? See {self.home.driver_log}")
        return int(answer)

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for channel in (self._process.stdin, self._process.stdout):
                # What was not taken is of no use any more.
                with contextlib.suppress(OSError):
                    _pipe(channel).close()
        self._process = None

    def _say(self, failed: str) -> None:
        """Once, until it works again."""
        if failed != self._failed:
            log.error("%s", failed)
        self._failed = failed


def _pipe(found: IO[bytes] | None) -> IO[bytes]:
    if found is None:
        raise OSError("its process has no pipe")
    return found


def _write(process: subprocess.Popen[bytes], content: object) -> None:
    pipe = _pipe(process.stdin)
    pipe.write(json.dumps(content).encode() + b"\n")
    pipe.flush()
