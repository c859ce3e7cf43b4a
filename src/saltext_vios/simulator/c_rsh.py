"""``c_rsh HOST COMMAND``: a VIOS answers, if it is up. No shell: the command texts are understood, not run."""

from __future__ import annotations

import json
import re
import sys

from saltext_vios.simulator import on_the_vios
from saltext_vios.simulator.assumptions import message
from saltext_vios.simulator.failure import Failure
from saltext_vios.simulator.store import Store

_WRAPPED = re.compile(r"^\(\s*(?:LC_ALL=C\s+)?(?P<command>.*?)\s*\);\s*echo rc=\$\?$")
_PLAIN = re.compile(r"^(?:LC_ALL=C\s+)?(?P<command>.*)$")


def run(store: Store, argv: list[str], note: dict[str, object]) -> int:
    from saltext_vios.simulator.commands import hang

    if len(argv) != 2:
        raise Failure("usage: c_rsh HOST COMMAND", 1)
    host, text = argv
    vios = find(store, host)
    if vios is None:
        raise Failure(f"0042-006 c_rsh: (exec_nimsh_cmd) host {host} not found", 6)
    hanging = store.fault("c_rsh_hangs", vios)
    if hanging is not None:
        hang(store, hanging.get("seconds"), lambda: store.fault("c_rsh_hangs", vios) is not None)
    row = store.rows("SELECT * FROM vios WHERE name = ?", vios)[0]
    with store.transaction():
        refused = store.consume("c_rsh_refused", vios) is not None
    if refused or not row["up"] or store.now() < row["answers_from"]:
        raise Failure(message("refused"), 6)
    wrapped = _WRAPPED.match(text)
    match = wrapped or _PLAIN.match(text)
    output, rc = _one_after_the_other(store, vios, match["command"] if match else text)
    note.update(vios=vios, command=match["command"] if match else text)
    if "shutdown" in text and rc == 0:
        note["rebooted"] = vios
    if "ioslevel" in text and rc == 0:
        note["level"] = output.strip()
    sys.stdout.write(output)
    if wrapped:
        sys.stdout.write(f"rc={rc}\n")
    # The exit status of the remote command is not passed on.
    return 0


def _one_after_the_other(store: Store, vios: str, text: str) -> tuple[str, int]:
    """Commands with ``&&`` between them: the first that fails is the last."""
    printed, rc = "", 0
    for command in text.split(" && "):
        output, rc = answer(store, vios, command.removeprefix("LC_ALL=C "))
        printed += output
        if rc:
            break
    return printed, rc


def find(store: Store, host: str) -> str | None:
    """The VIOS whose if1 names this host, in full or by its short name."""
    short = host.split(".")[0]
    # Only what has the name in it somewhere is read: most of a simulator's time would be this.
    named = "SELECT name, attributes FROM object WHERE instr(attributes, ?) ORDER BY position"
    for row in store.rows(named, short):
        attributes = json.loads(row["attributes"])
        words = str(attributes.get("if1", "")).split()
        if attributes.get("type") == "vios" and len(words) > 1 and words[1].split(".")[0] == short:
            return str(row["name"])
    return None


def answer(store: Store, vios: str, command: str) -> tuple[str, int]:
    """What one command prints on a VIOS, and its exit status."""
    loop = re.fullmatch(r"for disk in (?P<disks>.*?); do echo disk=\$disk; (?P<body>.*); done", command)
    if loop:
        one_by_one = [
            f"disk={disk}\n" + answer(store, vios, loop["body"].replace("LC_ALL=C ", "").replace("$disk", disk))[0]
            for disk in loop["disks"].split()
        ]
        return "".join(one_by_one), 0
    words = command.split()
    name = words[0].rsplit("/", 1)[-1] if words else ""
    rest = words[1:]
    if name == "ioscli" and rest[:1] == ["ioslevel"]:
        row = store.rows("SELECT level FROM vios WHERE name = ?", vios)[0]
        return f"{row['level']}\n", 0
    if name == "ioscli" and rest[:1] == ["cluster"]:
        return _cluster(store, vios, rest[1:])
    if name == "ioscli" and rest and rest[0] in on_the_vios.IOSCLI:
        return on_the_vios.IOSCLI[rest[0]](store, vios, rest[1:])
    if name in on_the_vios.ROOT_COMMANDS:
        return on_the_vios.ROOT_COMMANDS[name](store, vios, rest)
    if name == "clctrl" and rest[:1] in (["-stop"], ["-start"]):
        return "", 0
    return f"ksh: {name}: not found.\n", 127


def _cluster(store: Store, vios: str, words: list[str]) -> tuple[str, int]:
    rows = store.rows("SELECT name FROM cluster WHERE vios = ?", vios)
    if not rows:
        return message("no_cluster") + "\n", 1
    cluster = rows[0]["name"]
    if words[:1] == ["-list"]:
        return f"CLUSTER_NAME:    {cluster}\nCLUSTER_ID:      adf0a1b2c3d411e6\n", 0
    nodes = store.rows(
        "SELECT vios.* FROM vios JOIN cluster ON cluster.vios = vios.name WHERE cluster.name = ?", cluster
    )
    states = {
        node["name"]: "OK" if node["up"] and store.fault("node_stays_down", node["name"]) is None else "DOWN"
        for node in nodes
    }
    whole = "OK" if set(states.values()) == {"OK"} else "DEGRADED"
    lines = []
    for position, (name, state) in enumerate(states.items(), 1):
        pool = "OK" if state == "OK" else ""
        lines.append(f"{cluster}:{whole}:{name}:8286-42A02103341V:{position}:{state}:{pool}")
    return "\n".join(lines) + "\n", 0
