"""Runs one ``nim`` command exactly once, outlives whoever asked for it, and leaves its exit status in a file.

``python launcher.py DIRECTORY``: stands alone, with nothing but the standard library, so that it starts quickly.
The directory holds ``command.json`` and becomes the whole story of the command:

==============  =========================================================================================
launcher.lock   held while this process lives
nim.lock        taken by the child before ``exec``, so it is held exactly as long as ``nim`` lives
begun.json      made by the child right before ``exec``, once and never again: ``nim`` may have run
stdout, stderr  what ``nim`` printed
outcome.json    its exit status, written whole or not at all
==============  =========================================================================================

``nim`` may take an hour before it returns (mk_image=yes), and a minion that restarts kills what descends from its
jobs: hence the double fork and the session of its own.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import time
from typing import Any, NoReturn


def _lock(path: str) -> int:
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(fd, fcntl.LOCK_EX)
    return fd


def once(path: str, content: dict[str, Any]) -> bool:
    """Write a file that nobody has written before; False when somebody has."""
    temporary = f"{path}.{os.getpid()}"
    _write(temporary, content)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        os.unlink(temporary)
    keep_name(path)
    return True


def keep_name(path: str) -> None:
    """After a link or a rename: a power cut must not lose it."""
    fd = os.open(path, os.O_RDWR)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
    keep_directory(path)


def keep_directory(path: str) -> None:
    """Not every system can sync a directory; AIX cannot, and has the name with the file."""
    try:
        fd = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(fd)
    except OSError:
        pass
    finally:
        os.close(fd)


def _write(path: str, content: dict[str, Any]) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())


def _become_nim(command: dict[str, Any]) -> NoReturn:
    """In the child: take the lock that lasts, leave the mark, and be ``nim``."""
    os.set_inheritable(_lock("nim.lock"), True)
    if not once("begun.json", {"pid": os.getpid(), "at": time.time()}):
        os._exit(0)
    for name, target in ((os.devnull, 0), ("stdout", 1), ("stderr", 2)):
        flags = os.O_RDONLY if target == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(name, flags, 0o600), target)
    # As an administrator's shell would start it: what it makes is for others to read, and a broken pipe ends it.
    os.umask(0o022)
    os.chdir("/")
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored, signal.SIG_DFL)
    try:
        os.execve(command["executable"], command["argv"], command["env"])
    except OSError as error:
        os.write(2, f"cannot run {command['executable']}: {error}\n".encode())
    os._exit(127)


def main(directory: str) -> None:
    if os.fork():
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)
    os.chdir(directory)
    _lock("launcher.lock")
    if os.path.exists("begun.json"):
        return
    with open("command.json") as file:
        command = json.load(file)
    if command["not_after"] is not None and time.time() >= command["not_after"]:
        outcome: dict[str, Any] = {"too_late": True}
        once("begun.json", {"pid": None, "at": time.time()})
    else:
        child = os.fork()
        if not child:
            _become_nim(command)
        _, status = os.waitpid(child, 0)
        if not os.path.exists("begun.json"):
            return  # it died before it could be nim: nothing ran, and nothing is said of it
        rc = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        outcome = {"rc": rc, "pid": child, "at": time.time()}
    _write("outcome.json.tmp", outcome)
    os.rename("outcome.json.tmp", "outcome.json")
    keep_name("outcome.json")


if __name__ == "__main__":
    main(sys.argv[1])
