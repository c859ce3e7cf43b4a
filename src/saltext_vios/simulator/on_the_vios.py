"""What a VIOS answers about its disks, and what it does with them on a command through ``c_rsh``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from saltext_vios.simulator import clients, disks, operations
from saltext_vios.simulator.assumptions import assumed, message
from saltext_vios.simulator.store import Store

Answer = tuple[str, int]


def lspv(store: Store, vios: str, words: Sequence[str]) -> Answer:
    """``lspv``, or ``lspv DISK``, as root: without a heading."""
    found = disks.of(store, vios)
    if words:
        one = disks.find(store, vios, words[0])
        return _one_disk(one) if one else _no_disk(words[0])
    return "".join(_line(one) for one in found), 0


def ioscli_lspv(store: Store, vios: str, words: Sequence[str]) -> Answer:
    """``ioscli lspv``, with ``-free`` or ``-size``."""
    found = disks.of(store, vios)
    if "-free" in words or "-size" in words:
        if "-free" in words:
            found = [one for one in found if one.vg is None and not one.mapped]
        rows = "".join(f"{one.name:<16}{one.pvid or 'none':<36}{one.size}\n" for one in found)
        return (f"{'NAME':<16}{'PVID':<36}SIZE(megabytes)\n" if found else "") + rows, 0
    if words:
        one = disks.find(store, vios, words[0])
        return _one_disk(one) if one else _no_disk(words[0])
    heading = f"{'NAME':<17}{'PVID':<37}{'VG':<17}STATUS\n"
    return heading + "".join(_line(one) for one in found), 0


def _line(one: disks.Disk) -> str:
    # A group that is being written is varied on until it is whole.
    active = "active" if one.vg == disks.ROOT or (one.vg == disks.ALT and one.level is None) else ""
    return f"{one.name:<17}{one.pvid or 'none':<37}{one.vg or 'None':<17}{active}".rstrip() + "\n"


def _one_disk(one: disks.Disk) -> Answer:
    if one.vg is None:
        return message("disk_of_no_group", disk=one.name) + "\n", 1
    return (
        f"PHYSICAL VOLUME:    {one.name:<25}VOLUME GROUP:     {one.vg}\n"
        f"PV STATE:           active\nTOTAL PPs:          {one.size // 128} ({one.size} megabytes)\n",
        0,
    )


def _no_disk(name: str) -> Answer:
    return message("disk_unknown", disk=name) + "\n", 1


def lsvg(store: Store, vios: str, words: Sequence[str]) -> Answer:
    """``lsvg [-o]`` names the groups; ``lsvg``, ``-p`` and ``-M`` with a name describe one."""
    groups = list(dict.fromkeys(one.vg for one in disks.of(store, vios) if one.vg))
    if not words or words[0] == "-o":
        return "".join(f"{vg}\n" for vg in groups if not words or vg == disks.ROOT), 0
    flags, name = words[:-1], words[-1]
    members = [one for one in disks.of(store, vios) if one.vg == name]
    if not members:
        return message("group_unknown", vg=name) + "\n", 1
    if name != disks.ROOT:
        return message("group_varied_off", vg=name) + "\n", 1
    if "-p" in flags:
        heading = f"{name}:\n{'PV_NAME':<18}{'PV STATE':<18}{'TOTAL PPs':<12}FREE PPs\n"
        return heading + "".join(f"{one.name:<18}{'active':<18}{one.size // 128:<12}0\n" for one in members), 0
    if "-M" in flags:
        mirror = len(members) > 1
        copies = [f"hd5:1:{number}" if mirror else "hd5:1" for number in range(1, len(members) + 1)]
        lines = (f"{one.name}:1\t{copy}\n{one.name}:2-558\n" for one, copy in zip(members, copies))
        return f"{name}\n" + "".join(lines), 0
    return "VOLUME GROUP:       rootvg\nTOTAL PPs:          558 (285696 megabytes)\n", 0


def chkdev(store: Store, vios: str, words: Sequence[str]) -> Answer:
    """``chkdev -fmt : -field name identifier`` of all disks."""
    return "".join(f"{one.name}:{one.identifier}\n" for one in disks.of(store, vios)), 0


def size(store: Store, vios: str, name: str) -> Answer:
    """``bootinfo -s``, ``getconf DISK_SIZE``: megabytes."""
    one = disks.find(store, vios, name.rsplit("/", 1)[-1])
    return (f"{one.size}\n", 0) if one else ("0\n", 1)


def bootlist(store: Store, vios: str, words: Sequence[str]) -> Answer:
    """``bootlist -m normal -o`` shows, ``bootlist -m normal DISK...`` sets."""
    rest = [word for word in words if word not in ("-m", "-mode", "normal")]
    if rest in (["-o"], ["-ls"]):
        return "".join(f"{name} blv=hd5 pathid=0\n" for name in disks.boot_list(store, vios)), 0
    for name in rest:
        one = disks.find(store, vios, name)
        if one is None or one.level is None:
            return message("not_bootable", disk=name) + "\n", 1
    if store.fault("boot_list_stays", vios) is not None:
        return "", 0
    with store.transaction():
        disks.boot_from(store, vios, rest)
    return "", 0


def alt_rootvg_op(store: Store, vios: str, words: Sequence[str]) -> Answer:
    """``-X [VG]`` forgets a group, ``-v NAME -d DISK`` renames it, ``-q -d DISK`` shows the disk it boots from."""
    if words[:1] == ["-X"] and store.fault("keeps_alt_rootvg", vios) is not None:
        return message("group_active", vg=words[-1]) + "\n", 1
    if words[:1] == ["-X"]:
        return _forget(store, vios, words[1] if len(words) > 1 else disks.ALT)
    given = dict(zip(words, words[1:]))
    one = disks.find(store, vios, given.get("-d", ""))
    if one is None or one.vg is None:
        return _no_disk(given.get("-d", ""))
    if "-q" in words:
        return f"{one.name}\n", 0
    if given.get("-v") and one.vg != disks.ROOT:
        with store.transaction():
            disks.change(store, vios, disks.of_group(store, vios, one.vg), vg=given["-v"])
        return "", 0
    return message("alt_rootvg_usage") + "\n", 1


def exportvg(store: Store, vios: str, words: Sequence[str]) -> Answer:
    return _forget(store, vios, words[0] if words else "")


def _forget(store: Store, vios: str, vg: str) -> Answer:
    members = disks.of_group(store, vios, vg)
    if not members or vg == disks.ROOT:
        return message("group_unknown" if not members else "group_active", vg=vg) + "\n", 1
    with store.transaction():
        disks.change(store, vios, members, vg=None)
    return message("bootlist_after_removal") + "\n" if assumed("disk", "forgetting_prints_boot_list") else "", 0


def chpv(store: Store, vios: str, words: Sequence[str]) -> Answer:
    """``chpv -C DISK``: its boot record is cleared, it cannot be booted any more."""
    one = disks.find(store, vios, words[-1]) if words[:1] == ["-C"] else None
    if one is None:
        return _no_disk(words[-1] if words else "")
    with store.transaction():
        disks.change(store, vios, [one.name], level=None)
    return "", 0


def restart(store: Store, vios: str, words: Sequence[str]) -> Answer:
    """A restart goes without a question when it is forced."""
    if not {"-force", "-Fr", "-F"} & set(words):
        return message("asks_restart") + "\n", 1
    with store.transaction():
        operations.reboot(store, vios)
    return "", 0


def lsdev(store: Store, vios: str, words: Sequence[str]) -> Answer:
    """``lsdev -dev DISK -attr NAME``: the value with a heading; ``lsdev -type adapter``."""
    given = dict(zip(words, words[1:]))
    if given.get("-type") == "adapter":
        return clients.adapters(store, vios), 0
    if disks.find(store, vios, given.get("-dev", "")) is None:
        return _no_disk(given.get("-dev", ""))
    values = {"reserve_policy": "no_reserve", "algorithm": "shortest_queue"}
    policy = store.fault("single_path", vios)
    if policy is not None and policy.get("disk", given["-dev"]) == given["-dev"]:
        values = {"reserve_policy": "single_path", "algorithm": "fail_over"}
    return f"value\n\n{values.get(given.get('-attr', ''), '')}\n", 0


IOSCLI: dict[str, Callable[[Store, str, Sequence[str]], Answer]] = {
    "lspv": ioscli_lspv,
    "lsvg": lsvg,
    "lsmap": lambda store, vios, words: (clients.lsmap(store, vios, list(words)), 0),
    "chkdev": chkdev,
    "lsdev": lsdev,
    "lstcpip": lambda store, vios, words: (clients.interfaces(store, vios), 0),
    "bootlist": bootlist,
    "shutdown": restart,
}
ROOT_COMMANDS: dict[str, Callable[[Store, str, Sequence[str]], Answer]] = {
    "lspv": lspv,
    "lsvg": lsvg,
    "bootlist": bootlist,
    "bootinfo": lambda store, vios, words: size(store, vios, words[-1] if words else ""),
    "getconf": lambda store, vios, words: size(store, vios, words[-1] if words else ""),
    "alt_rootvg_op": alt_rootvg_op,
    "exportvg": exportvg,
    "chpv": chpv,
    "shutdown": restart,
    "entstat": lambda store, vios, words: clients.entstat(store, vios, words[-1]),
}
