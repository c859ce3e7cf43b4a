"""``lsnim``: shows the database, in the forms that were published."""

from __future__ import annotations

import getopt
import sys
from collections.abc import Sequence
from typing import Any

from saltext_vios.simulator import operations
from saltext_vios.simulator.assumptions import assumed, message
from saltext_vios.simulator.failure import Failure, missing
from saltext_vios.simulator.store import Store

OPERATIONS = {
    "vios": {
        "reset": "reset an object's NIM state",
        "deallocate": "deallocate a resource",
        "allocate": "allocate a resource for use",
        "check": "check the status of a NIM object",
        "cust": "perform software customization",
        "updateios": "update a VIOS",
        "viosbr": "back up or restore the configuration of a VIOS",
        "maint_boot": "enable a machine to boot in maintenance mode",
        "reboot": "reboot a machine",
        "showlog": "display a log in the NIM environment",
        "change": "change an object's attributes",
        "remove": "remove an object",
    },
    "resource": {
        "check": "check the status of a NIM object",
        "change": "change an object's attributes",
        "remove": "remove an object",
        "showres": "show contents of a resource",
    },
}


def run(store: Store, argv: list[str], note: dict[str, object]) -> int:
    from saltext_vios.simulator.commands import hang

    try:
        options, names = getopt.gnu_getopt(argv, "lO:oZa:c:s:t:pPSq:Lgm")
    except getopt.GetoptError:
        # -O takes no argument of its own when it stands last.
        raise Failure("0042-001 lsnim: usage error", 1) from None
    given = dict(options)
    if "-O" in given:
        names = [given["-O"], *names]
    with store.transaction():
        times = store.rows("SELECT times FROM fault WHERE name = 'lsnim_hangs'")
        hanging = store.consume("lsnim_hangs")
        failing = store.consume("lsnim_fails")
        half = store.consume("lsnim_half")
        warns = store.consume("lsnim_warns")
    if hanging is not None:
        # A hang that happens a number of times has its seconds; any other lasts until it is cleared.
        lasting = times[0]["times"] is None
        hang(store, hanging.get("seconds"), lambda: not lasting or store.fault("lsnim_hangs") is not None)
    if failing is not None:
        raise Failure(message("lsnim_fails"))
    text = _answer(store, given, [value for flag, value in options if flag == "-a"], names)
    if warns is not None:
        text = message("warning") + "\n" + text
    if half is not None:
        text = text[: len(text) // 2]
    sys.stdout.write(text)
    return 0


def _answer(store: Store, given: dict[str, str], attributes: Sequence[str], names: list[str]) -> str:
    if "-O" in given:
        return _operations(store, names[0])
    if "-q" in given:
        return _attributes_of(store, given["-q"], names)
    if given.get("-c") == "resources" and names:
        return _allocated(store, names[0])
    objects = _selected(store, given, names)
    if "-Z" in given:
        return _colons(objects, attributes)
    if attributes:
        padded = assumed("behaviour", "stanza_padded_with_a") and store.fault("a_unpadded") is None
        wanted = {
            name: {key: value for key, value in one.items() if key in attributes} for name, one in objects.items()
        }
        return "".join(stanza(name, one, padded) for name, one in wanted.items())
    if "-l" in given:
        return "".join(stanza(name, one) for name, one in objects.items())
    return "".join(_columns(name, one) for name, one in objects.items())


def _selected(store: Store, given: dict[str, str], names: list[str]) -> dict[str, dict[str, Any]]:
    if store.rows("SELECT 1 FROM fault WHERE name = 'mstate_flips'"):
        with store.transaction():
            operations.flip(store)
    objects = store.objects()
    if names:
        for name in names:
            if name not in objects:
                raise missing("lsnim", name)
        return {name: objects[name] for name in names}
    with store.transaction():
        lost = [
            name
            for name in objects
            if objects[name].get("type") == "vios" and store.consume("lsnim_loses", name) is not None
        ]
    return {
        name: one
        for name, one in objects.items()
        if ("-t" not in given or one.get("type") == given["-t"])
        and ("-c" not in given or one.get("class") == given["-c"])
        and name not in lost
    }


def stanza(name: str, attributes: dict[str, Any], padded: bool = True) -> str:
    """Three blanks, names padded to the longest of this object; what has no value is left out."""
    width = max(map(len, attributes), default=0) if padded else 0
    lines = [f"{name}:"]
    for attribute, value in attributes.items():
        lines += [f"   {attribute:<{width}} = {one}" for one in (value if isinstance(value, list) else [value])]
    return "\n".join(lines) + "\n"


def _columns(name: str, attributes: dict[str, Any]) -> str:
    return f"{name:<20} {attributes.get('class', ''):<15} {attributes.get('type', '')}\n"


def _colons(objects: dict[str, dict[str, Any]], attributes: Sequence[str]) -> str:
    """``-Z``: an absent value leaves no field, which is why nobody should read this form."""
    lines = ["#name:" + "".join(f"{attribute}:" for attribute in attributes)]
    for name, one in objects.items():
        lines.append(f"{name}:" + "".join(f"{one[attribute]}:" for attribute in attributes if attribute in one))
    return "\n".join(lines) + "\n"


def _allocated(store: Store, name: str) -> str:
    if store.get(name) is None:
        raise missing("lsnim", name)
    rows = store.rows("SELECT resource FROM allocation WHERE vios = ? ORDER BY rowid", name)
    found = {row["resource"]: store.get(row["resource"]) or {} for row in rows}
    return "".join(f"{resource:<17} {one.get('type', ''):<15}\n" for resource, one in found.items())


def _operations(store: Store, name: str) -> str:
    attributes = store.get(name)
    if attributes is None:
        raise missing("lsnim", name)
    kind = "vios" if attributes.get("type") == "vios" else "resource"
    offered = dict(OPERATIONS[kind])
    if kind == "vios" and assumed("behaviour", "offers_migvios") and store.fault("no_migvios") is None:
        offered["migvios"] = assumed("operation", "migvios")
    clones = assumed("behaviour", "offers_alt_disk_install") and store.fault("no_alt_disk_install", name) is None
    if kind == "vios" and clones:
        offered["alt_disk_install"] = assumed("operation", "alt_disk_install")
    width = max(map(len, offered))
    return "".join(f"{operation:<{width}} = {meaning}\n" for operation, meaning in offered.items())


def _attributes_of(store: Store, operation: str, names: list[str]) -> str:
    from saltext_vios.simulator.nim import ATTRIBUTES

    if operation != "migvios" or store.fault("no_migvios") is not None:
        raise Failure(f"0042-001 lsnim: no information on {operation}", 1)
    lines = [
        "",
        "the following attributes are required:",
        "\t-a ios_mksysb=<value>",
        "",
        "the following attributes are optional:",
    ]
    return "\n".join([*lines, *(f"\t-a {name}=<value>" for name in ATTRIBUTES if name != "ios_mksysb")]) + "\n"
