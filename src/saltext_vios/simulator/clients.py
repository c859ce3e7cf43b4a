"""Whom a simulated VIOS serves: client partitions of its frame, with the same disks and networks through each VIOS.

The forms are made by the field lists of IBM's public ``mapping_facts`` (code); the texts between are invented.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from saltext_vios.simulator.assumptions import message
from saltext_vios.simulator.store import Store

DEFAULT: tuple[dict[str, Any], ...] = (
    {"id": 3, "name": "lpar3", "disks": 2, "npiv": True, "vnic": False},
    {"id": 4, "name": "lpar4", "disks": 1, "npiv": False, "vnic": True},
)
NONE = {"id": 5, "name": "lpar5", "disks": 1, "npiv": False, "vnic": False}
SEA = "ent5"


def fill(store: Store, scenario: Mapping[str, Any]) -> None:
    """The clients of every frame: those of the scenario's ``clients``, else two."""
    given = scenario.get("clients") or {}
    for frame in scenario["frames"]:
        for client in given.get(frame, DEFAULT):
            words = {**NONE, **client}
            store.db.execute("INSERT INTO client (frame, words) VALUES (?, ?)", (frame, json.dumps(words)))


def lsmap(store: Store, vios: str, words: list[str]) -> str:
    """``lsmap -all [-npiv | -vnic | -net] -fmt :``."""
    garbled = store.fault("lsmap_garbled", vios)
    if garbled is not None and f"-{garbled.get('of', words[0][1:])}" in words:
        return message("lsmap_garbled") + "\n"
    if "-net" in words:
        if _since_operation(store, vios, "sea_lost") is not None:
            return message("no_adapters") + "\n"
        return f"ent3:{_place(_number(store, vios), 2)}:{SEA}:ent0:Available:U78D2.001.WZS-P1-C3-T1\n"
    if "-vnic" in words and store.fault("vnic_unknown", vios) is not None:
        return message("no_such_option") + "\n"
    ask = _npiv if "-npiv" in words else _vnic if "-vnic" in words else _scsi
    lines = list(ask(store, vios))
    return "".join(f"{line}\n" for line in lines) or message("no_adapters") + "\n"


def entstat(store: Store, vios: str, adapter: str) -> tuple[str, int]:
    """``entstat -d``, the lines of a Shared Ethernet Adapter."""
    if adapter != SEA:
        return f"entstat: 0909-003 Unable to connect to device {adapter}, errno = 19\n", 1
    number = _number(store, vios)
    state = "LIMBO" if store.fault("sea_limbo", vios) is not None else "PRIMARY" if number == 1 else "BACKUP"
    active = "True" if state == "PRIMARY" else "False"
    return (
        f"ETHERNET STATISTICS ({adapter}) :\nDevice Type: Shared Ethernet Adapter\n    State: {state}\n"
        f"High Availability Mode: Auto\n    Priority: {number}  Active: {active}\n",
        0,
    )


def interfaces(store: Store, vios: str) -> str:
    """``lstcpip -interfaces``: name, address, netmask, state, MAC (code)."""
    number = _number(store, vios)
    name = "en5" if store.fault("address_on_sea", vios) is not None else "en6"
    return (
        f"{message('interfaces_heading')}\n"
        f"{name:<8}192.0.2.{number:<9}255.255.255.0    up       02:00:5e:00:53:{number:02x}\n"
    )


def _scsi(store: Store, vios: str) -> Iterator[str]:
    disks, number = list(_disks(store, vios)), _number(store, vios)
    for at, client in enumerate(_clients(store, vios)):
        groups = [
            f"{vtd}:Available:0x8{slot}00000000000000:{hdisk}:U78D2.001.WZS-P1-C7-T1-L{slot}:false"
            for slot, (of, vtd, hdisk, _) in enumerate(disks, 1)
            if of == client["id"]
        ]
        yield ":".join([f"vhost{at}", _place(number, 10 + at), f"0x{client['id']:08x}", *groups])


def _npiv(store: Store, vios: str) -> Iterator[str]:
    off, out, number = store.fault("client_off", vios) is not None, not _logged_in(store, vios), _number(store, vios)
    for at, client in enumerate(one for one in _clients(store, vios) if one["npiv"]):
        name, system = (" ", " ") if off else (client["name"], "AIX")
        status = "NOT_LOGGED_IN" if out else "LOGGED_IN"
        flags = "4<NOT_LOGGED>" if out else "a<LOGGED_IN,STRIP_MERGE>"
        place = _place(number, 20 + at)
        head = f"vfchost{at}:{place}:{client['id']}:{name}:{system}:{status}:fcs0:U78D2.001.WZS-P1-C2-T1"
        yield f"{head}:1:{flags}:fcs0:U9009.22A.7800001-V{client['id']}-C20"


def _vnic(store: Store, vios: str) -> Iterator[str]:
    off, number = store.fault("client_off", vios) is not None, _number(store, vios)
    for at, client in enumerate(_backed(store, vios)):
        name, system, device = ("N/A", "N/A", "N/A") if off else (client["name"], "AIX", "ent0")
        place = "N/A" if off else f"U9009.22A.7800001-V{client['id']}-C6"
        head = f"vnicserver{at}:{_place(number, 32897 + at)}:{client['id']}:{name}:{system}"
        yield f"{head}:ent{20 + at}:Available:U78D2.001.WZS-P1-C4-T1-S{at + 1}:{device}:{place}"


def _backed(store: Store, vios: str) -> list[dict[str, Any]]:
    """The clients of which a VIOS backs a virtual NIC."""
    if store.fault("vnic_missing", vios) is not None or _since_operation(store, vios, "vnic_lost") is not None:
        return []
    return [one for one in _clients(store, vios) if one.get("vnic")]


def cut_off(store: Store, vios: str) -> Iterator[tuple[str, str]]:
    """Each client, and of what it would have no path left, if a VIOS that serves went down now."""
    if not _is_up(store, vios):
        return
    others = [one for one in store.names() if one != vios and _frame(store, one) == _frame(store, vios)]
    others = [one for one in others if _is_up(store, one)]
    for client in _clients(store, vios):
        carrying = [one for one in others if client["id"] in {has["id"] for has in _clients(store, one)}]
        if not carrying:
            yield client["name"], "storage"
        elif client["npiv"] and _logged_in(store, vios) and not any(_logged_in(store, one) for one in carrying):
            yield client["name"], "NPIV"
        elif client in _backed(store, vios) and not any(client in _backed(store, one) for one in carrying):
            yield client["name"], "vNIC"
    if _has_sea(store, vios) and not any(_has_sea(store, one) for one in others):
        yield "every client", "network"


def _is_up(store: Store, vios: str) -> bool:
    return bool(store.rows("SELECT 1 FROM vios WHERE name = ? AND up = 1", vios))


def _logged_in(store: Store, vios: str) -> bool:
    out = store.fault("client_off", vios) is not None or store.fault("npiv_logged_out", vios) is not None
    return not out and not _logs_in_later(store, vios)


def _has_sea(store: Store, vios: str) -> bool:
    return _since_operation(store, vios, "sea_lost") is None and store.fault("sea_limbo", vios) is None


def disks(store: Store, vios: str) -> Iterator[tuple[str, str, bool]]:
    """Name and identifier of all disks of clients that a VIOS sees, and whether it maps them."""
    mapped = {client["id"] for client in _clients(store, vios)}
    for client, _, hdisk, identifier in _all_disks(store, vios):
        yield hdisk, identifier, client in mapped


def _disks(store: Store, vios: str) -> Iterator[tuple[int, str, str, str]]:
    """Client, virtual target device, hdisk, identifier, of what is mapped."""
    mapped = {client["id"] for client in _clients(store, vios)}
    return (disk for disk in _all_disks(store, vios) if disk[0] in mapped)


def _all_disks(store: Store, vios: str) -> Iterator[tuple[int, str, str, str]]:
    hdisk = 2 * _number(store, vios)
    for client in _of_frame(store, vios):
        for disk in range(1, client["disks"] + 1):
            identifier = f"33213600507680C{client['id']:04}{disk:04}"
            yield client["id"], f"{client['name']}_{disk}", f"hdisk{hdisk}", identifier
            hdisk += 1


def _clients(store: Store, vios: str) -> list[dict[str, Any]]:
    """Those that this VIOS has mappings for."""
    lost = store.fault("path_missing", vios)
    if not store.rows("SELECT restored FROM vios WHERE name = ?", vios)[0]["restored"]:
        return []
    found = _of_frame(store, vios)
    if _since_operation(store, vios, "restore_partial") is not None:
        found = found[1:]
    restored = _since_operation(store, vios, "mapping_lost")
    if restored is not None:
        found = [one for one in found if str(one["id"]) != str(restored["client"])]
    return [one for one in found if lost is None or str(lost.get("client", one["id"])) != str(one["id"])]


_ENDED = "SELECT MAX(ended) AS at FROM operation WHERE vios = ? AND outcome = 'success'"
# An outage that began when no install was under way any more.
_REBOOTED = (
    "SELECT MAX(until) AS at FROM outage WHERE vios = ? AND since > COALESCE((SELECT MAX(ended) FROM operation"
    " WHERE operation.vios = outage.vios AND image_level IS NOT NULL), 0)"
)


def _since_operation(store: Store, vios: str, fault: str) -> dict[str, Any] | None:
    """The words of a fault that shows when an operation has ended well, or a reboot, and seconds since then."""
    words = store.fault(fault, vios)
    if words is None:
        return None
    at = store.rows(_REBOOTED if words.get("after") == "reboot" else _ENDED, vios)[0]["at"]
    # Later than now where it is still rebooting.
    return None if at is None or at > store.now() else {**words, "since": store.now() - at}


def _logs_in_later(store: Store, vios: str) -> bool:
    late = _since_operation(store, vios, "logins_late")
    return late is not None and late["since"] < float(late.get("seconds", "inf"))


def adapters(store: Store, vios: str) -> str:
    """``lsdev -type adapter -state available -field name physloc -fmt :``; what is made of others has no place."""
    places = ["U78D2.001.WZS-P1-C2-T1", "U78D2.001.WZS-P1-C3-T1", "U78D2.001.WZS-P1-C7-T1"]
    if _since_operation(store, vios, "adapter_lost") is not None:
        places.pop()
    names = ("fcs0", "ent0", "sissas0")
    return "".join(f"{name}:{place}\n" for name, place in zip(names, places)) + f"{SEA}: \n"


def _of_frame(store: Store, vios: str) -> list[dict[str, Any]]:
    rows = store.rows("SELECT words FROM client WHERE frame = ? ORDER BY position", _frame(store, vios))
    return [json.loads(row["words"]) for row in rows]


def _frame(store: Store, vios: str) -> str:
    return (_profile(store, vios)[2:3] or [""])[0]


def _number(store: Store, vios: str) -> int:
    return int((_profile(store, vios)[1:2] or ["1"])[0])


def _profile(store: Store, vios: str) -> list[str]:
    return str((store.get(vios) or {}).get("mgmt_profile1", "")).split()


def _place(number: int, slot: int) -> str:
    return f"U9009.22A.7800001-V{number}-C{slot}"
