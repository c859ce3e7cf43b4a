"""Who asks, as it is recorded for later: from Salt's own record of the job, else from the process itself.

``__pub_user`` is no proof: Salt sets it for a published job, but whoever types ``salt-call`` may give it as well. What
the minion wrote down of a job before it began says who published it; ``salt-call`` writes no user there, and
``salt-ssh`` nothing at all. What sshd and sudo left in the environment is recorded as what the environment says:
whoever could forge it is that user already.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import salt.payload
from salt.exceptions import SaltException

from saltext_vios.nim.process import user_name

CALLING_STATE = "vios.state"  # in __context__, while a state calls: its id
MOST = 4 * 1024 * 1024  # bytes of a job's record


def name(opts: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    job = _job(os.path.join(opts["cachedir"], "proc"))
    if job.get("user"):
        who = f"job {_plain(job.get('jid'))} of {_plain(job['user'])}"
    else:
        who = f"{user_name()} (pid {os.getpid()}{_environment()})"
    state = context.get(CALLING_STATE)
    return f"state {state!r} of {who}" if state else who


def _job(directory: str) -> dict[str, Any]:
    """The record of the job that this process carries out; a parallel state is a child of its job."""
    records = [_record(os.path.join(directory, name)) for name in _names(directory)]
    for pid in (os.getpid(), os.getppid()):
        found = [one for one in records if one.get("pid") == pid]
        # Of several, jobs in threads for one, it is unknown which it is.
        if found:
            return found[0] if len(found) == 1 else {}
    return {}


def _names(directory: str) -> list[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []


def _record(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            found = salt.payload.loads(file.read(MOST))
    except (OSError, ValueError, SaltException):
        return {}
    return found if isinstance(found, dict) else {}


def _environment() -> str:
    said = (
        ("ssh from ", os.environ.get("SSH_CONNECTION", "").partition(" ")[0]),
        ("sudo of ", os.environ.get("SUDO_USER", "")),
    )
    words = [f"{what}{_plain(value)}" for what, value in said if value]
    return f"; its environment says {', '.join(words)}" if words else ""


def _plain(value: object) -> str:
    text = str(value)[:200]
    return text if text.isprintable() else ascii(text)
