"""Reads what Salt's ssh client hands back for one target, and says in words what to type when it is no answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What ssh and Salt print -> what it means, and what to type. The first that is found counts; `{name}` is the target.
MEANING = (
    (
        r"host key needs to be accepted|No \S+ host key is known",
        "its host key is not known here{fingerprint}. Compare it with the NIM master's own (ssh-keygen -lf "
        "/etc/ssh/ssh_host_ed25519_key.pub there), then accept it: salt-ssh -i {name} test.ping",
    ),
    (
        r"REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed",
        "its host key is not the one that was accepted before: somebody may intercept the connection. Find out why; "
        "if the new one is right, remove the old one with ssh-keygen -R, then accept it: salt-ssh -i {name} test.ping",
    ),
    (
        r"sudo: .*(password|terminal) is required|sudo expected a password|Sudo password is required|sudo: sorry",
        "sudo wants a password or a terminal there: the user of the roster needs NOPASSWD in sudoers, or the roster a "
        "passwd. Try: salt-ssh {name} test.ping",
    ),
    (
        r"sudo: (command )?not found|not in the sudoers file",
        "the roster says sudo, and the user of the roster may not use it there, or it is not installed. Try: "
        "salt-ssh {name} test.ping",
    ),
    (
        r"Permission denied|Password authentication failed|need passphrase",
        "it refuses the key and the password that Salt has for it. Put Salt's key there: "
        "salt-ssh --key-deploy {name} test.ping",
    ),
    (
        r"Unable to locate appropriate python|Python version error|Python interpreter is too old",
        "there is no Python that Salt can use. Install Python 3.9 or newer there, and name its directory in the roster "
        "(set_path). Try: salt-ssh {name} test.ping",
    ),
    (
        r"Could not resolve hostname",
        "its host name has no address here. See the roster, then: salt-ssh {name} test.ping",
    ),
    (
        r"ssh: connect to host .*: (?P<detail>[\w ,]+)",
        "its ssh daemon cannot be reached: {detail}. Try: salt-ssh {name} test.ping",
    ),
    (
        r"scp: Connection closed|subsystem request failed|scp not found|No scp binary",
        "files cannot be sent there. Its ssh daemon needs the sftp subsystem, and this machine scp. Try: "
        "salt-ssh {name} test.ping",
    ),
)
LOST = re.compile(
    r"closed by remote host|Connection (to \S+ )?closed|Connection reset|Broken pipe|kex_exchange_identification"
    r"|banner exchange|Timeout, server|client_loop|did not return any data|lost connection"
)
LOST_TEXT = (
    "the connection was lost before the answer came; what was asked may be done. See: salt-ssh {name} vios.overview"
)
FINGERPRINT = re.compile(r"(\w+) key fingerprint is (SHA256:[\w+/=]+)")
SSH_FAILED = 255  # ssh's own exit status


@dataclass(frozen=True)
class Reading:
    """One answer in the form of a minion's full return. ``is_lost``: the connection ended before the answer came."""

    ret: Any
    retcode: int = 0
    is_lost: bool = False


def read(name: str, raw: object) -> Reading:
    """What a target answered.

    :param raw: what ``SSHClient.cmd`` has for it; its form differs between the lines of Salt.
    """
    if not isinstance(raw, Mapping):
        return _failure(name, str(raw), "", 1)
    parsed = raw.get("parsed")
    local = parsed.get("local") if isinstance(parsed, Mapping) else None
    answer = local if isinstance(local, Mapping) else raw
    if is_answer(answer):
        return Reading(answer["return"], _code(answer.get("retcode", 0)))
    return _failure(name, str(raw.get("stderr") or ""), str(raw.get("stdout") or ""), _code(raw.get("retcode", 1)))


def is_answer(told: Mapping[str, Any]) -> bool:
    """Whether it is a return; where a Salt master runs, Salt puts one into what it made of a failure, too."""
    return "return" in told and "stdout" not in told


def _code(value: object) -> int:
    return value if isinstance(value, int) else 1


def _failure(name: str, stderr: str, stdout: str, retcode: int) -> Reading:
    told = f"{stderr}\n{stdout}"
    if "Error running '" in stderr or "Passed invalid arguments" in stderr:
        return Reading(f"ERROR: {_of_module(stderr)}", retcode or 1)
    if not_loaded := re.search(r"^'vios\b.*", stderr, re.MULTILINE):
        return Reading(_not_loaded(not_loaded[0].strip()), retcode or 1)
    for pattern, meaning in MEANING:
        if found := re.search(pattern, told):
            return Reading(_in_words(meaning, name, told, found), retcode or 1)
    if LOST.search(told) or (retcode == SSH_FAILED and not told.strip()):
        return Reading(LOST_TEXT.format(name=name), retcode or 1, is_lost=True)
    last = " ".join(" ".join(text.strip().splitlines()[-3:]) for text in (stderr, stdout) if text.strip())
    return Reading(f"no answer that can be read (exit status {retcode}): {last}; try: salt-ssh {name} test.ping", 1)


def _in_words(meaning: str, name: str, told: str, found: re.Match[str]) -> str:
    key = FINGERPRINT.search(told)
    fingerprint = f" ({key[1]} {key[2]})" if key else ""
    return meaning.format(name=name, fingerprint=fingerprint, **found.groupdict())


def _of_module(stderr: str) -> str:
    """The words of our module without Salt's around them."""
    words = stderr.split("\n\nUsage:")[0].strip()
    for start in ("Passed invalid arguments: ", "Error running '"):
        at = words.find(start)
        if at >= 0:
            words = words[at + len(start) :]
            return words.split("': ", 1)[-1] if start.startswith("Error") else words
    return words


def _not_loaded(told: str) -> str:
    if "is not available" not in told and "No module named 'saltext_vios" not in told:
        return told
    return (
        f"{told} Salt 3008 sends the extension along by itself; for 3006 and 3007, and after thin_saltext_* "
        "in the Salt master's configuration, see docs/install"
    )
