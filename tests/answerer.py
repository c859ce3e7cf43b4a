"""Answers for ``lsnim`` and its like of a simulator: real commands, for which Python and its imports are there already.

A command of the simulator takes 40 ms, nearly all of it to begin; with daemons and drivers that was half of the time
of a test. Here the command hands its words and its standard streams to a process that forks for each. ``nim`` and
``viosupgrade`` stay as they are: a test may kill them.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import functools
import importlib
import os
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

SRC = Path(__file__).resolve().parent.parent / "src"
QUICK = ("lsnim", "c_rsh", "oslevel", "lslpp")
ROOM = 1024 * 1024
ASK = Path(__file__).with_name("ask.py")


def hasten(simulator):
    """Have the commands of a simulator answered by a process of this test run."""
    place = _place()
    for name in QUICK:
        path = simulator.bin / name
        slow = path.rename(path.with_name(f".{name}"))
        words = [sys.executable, "-I", "-S", str(ASK), place, str(slow), str(simulator.directory.resolve()), name]
        path.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
        path.chmod(0o755)
    return simulator


@functools.cache
def _place():
    """Where the process listens; it is started here, and ends with this one."""
    directory = tempfile.mkdtemp(prefix="vq", dir="/tmp")
    place = f"{directory}/ask"
    words = [sys.executable, "-I", "-S", __file__, place]
    answerer = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert answerer.stdout.read(1), "the process that answers for the simulator did not start"

    def end():
        answerer.stdin.close()
        answerer.wait()
        shutil.rmtree(directory, ignore_errors=True)

    atexit.register(end)
    return place


def serve(place):
    sys.path.append(str(SRC))
    commands = importlib.import_module("saltext_vios.simulator.commands")
    for name in (*QUICK, "failure", "operations", "store"):
        importlib.import_module(f"saltext_vios.simulator.{name}")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # A Ctrl-C is for the tests.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place)
        listener.listen(128)
        os.write(1, b".")
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            asked, _ = listener.accept()
            if not os.fork():
                listener.close()
                _answer(commands, asked)
            asked.close()


def _answer(commands, asked):
    """As the command would; whoever kills the command kills this too."""
    rc = 1
    try:
        text, streams, _, _ = socket.recv_fds(asked, ROOM, 3)
        while len(text) < 4 + int.from_bytes(text[:4], "big"):
            text += asked.recv(ROOM)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        fcntl.fcntl(asked, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(asked, fcntl.F_SETFL, os.O_ASYNC)  # SIGIO at the end of the command
        directory, name, *argv = text[4:].decode("utf-8", "surrogateescape").split("\0")
        rc = commands.main(directory, name, argv)
        sys.stderr.flush()
        # The answer to it is the end of the command.
        signal.signal(signal.SIGIO, signal.SIG_IGN)
        # Nobody waits for an end of what it printed longer than for the command.
        for stream in (0, 1, 2, *streams):
            os.close(stream)
    finally:
        with contextlib.suppress(OSError):
            asked.send(bytes([rc & 0xFF]))
        os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
