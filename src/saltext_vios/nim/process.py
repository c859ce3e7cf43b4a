"""Runs one command of NIM: without a shell, without input, in an environment of its own, for a time, with a bound."""

from __future__ import annotations

import contextlib
import os
import pwd
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from saltext_vios.errors import CannotRun, NIMUnavailable, NoAnswer
from saltext_vios.nim.text import printable

MIB = 1024 * 1024
MOST = 16 * MIB  # what one command may print: a listing of thousands of VIOSes
CHUNK = 64 * 1024
DYING = 10  # seconds that a killed command may take to be gone

# What a login of root has on AIX, whoever started this process. ODMDIR is where NIM's own database is.
LOGIN = {"PATH": "/usr/bin:/etc:/usr/sbin:/usr/ucb:/bin:/sbin", "HOME": "/", "ODMDIR": "/etc/objrepos"}
# State texts and messages are translated unless LC_ALL is C.
ENGLISH = {"LC_ALL": "C", "LANG": "C"}


@dataclass(frozen=True)
class Output:
    rc: int
    stdout: str
    stderr: str


def user_name() -> str:
    """The user that this process runs as, whatever its environment says."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def environment(added: Mapping[str, str]) -> dict[str, str]:
    """All that ``nim``, ``lsnim`` and ``c_rsh`` get, ``added`` by configuration included."""
    zone = {"TZ": os.environ["TZ"]} if "TZ" in os.environ else {}
    return {**LOGIN, "LOGNAME": user_name(), **zone, **added, **ENGLISH}


def run(argv: Sequence[str], executable: str, timeout: float, added: Mapping[str, str], most: int = MOST) -> Output:
    """Run one command to its end.

    :param added: what configuration adds to its environment.
    :param most: the bytes that it may print, on both channels together.
    :raises NIMUnavailable: when it cannot be run, takes longer than ``timeout`` seconds, or prints more.
    """
    deadline = time.monotonic() + timeout
    try:
        process = subprocess.Popen(
            list(argv),
            executable=executable,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(added),
            start_new_session=True,
        )
    except OSError as error:
        raise CannotRun(f"cannot run {executable}: {error.strerror or error}") from error
    try:
        stdout, stderr = _printed(process, deadline, most)
        rc = process.wait(max(0, deadline - time.monotonic()))
    except _TooMuch:
        raise NIMUnavailable(f"{' '.join(argv)} printed more than {most // MIB} MiB; it was ended") from None
    except subprocess.TimeoutExpired:
        raise NoAnswer(f"{' '.join(argv)} gave no answer within {timeout:g} s") from None
    finally:
        _end(process)
    return Output(rc, _text(stdout), _text(stderr))


class _TooMuch(Exception):
    pass


def _printed(process: subprocess.Popen[bytes], deadline: float, most: int) -> tuple[bytearray, bytearray]:
    """Both channels, read as they fill, until nobody holds them open any more."""
    channels = [bytearray(), bytearray()]
    with selectors.DefaultSelector() as selector:
        for channel, printed in zip(_channels(process), channels):
            selector.register(channel, selectors.EVENT_READ, printed)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(process.args, 0)
            for key, _ in selector.select(left):
                chunk = os.read(key.fd, CHUNK)
                key.data.extend(chunk)
                if not chunk:
                    selector.unregister(key.fileobj)
            if sum(map(len, channels)) > most:
                raise _TooMuch
    return channels[0], channels[1]


def _channels(process: subprocess.Popen[bytes]) -> list[IO[bytes]]:
    return [channel for channel in (process.stdout, process.stderr) if channel is not None]


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing of a command that was given up survives: c_rsh can hang in a child of its own."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        # One that hangs in the kernel is left to itself.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(DYING)
    for channel in _channels(process):
        channel.close()


def _text(printed: bytearray) -> str:
    return printable(printed.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n"))
