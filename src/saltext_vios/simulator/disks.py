"""The disks of a simulated VIOS: which of them holds its system, and which one it would boot from.

Besides these it has the disks of its clients, see ``saltext_vios.simulator.clients``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from saltext_vios.simulator import clients
from saltext_vios.simulator.assumptions import assumed
from saltext_vios.simulator.store import Store

ROOT, ALT, OLD = "rootvg", "altinst_rootvg", "old_rootvg"
# Unless a scenario says otherwise: the system, and a disk that nobody uses.
DEFAULT: dict[str, dict[str, Any]] = {"hdisk0": {"vg": ROOT}, "hdisk1": {"pvid": None}}


class Disk(NamedTuple):
    name: str
    pvid: str | None
    identifier: str
    size: int  # megabytes
    vg: str | None = None
    level: str | None = None
    mapped: bool = False


def fill(store: Store, vios: str, level: str, given: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """Give a VIOS its disks: name -> ``size``, ``pvid``, ``identifier``, ``vg``, ``level``, as far as given."""
    for name, words in (DEFAULT if given is None else given).items():
        number = f"{zlib.crc32(f'{vios} {name}'.encode()):08x}"
        one = {
            "pvid": f"00f60000{number}",
            "identifier": f"332136005076810{number}",
            "size": 102400,
            "vg": None,
            "level": level if words.get("vg") == ROOT else None,
            **words,
        }
        values = (vios, name, one["pvid"], one["identifier"], one["size"], one["vg"], one["level"])
        store.db.execute("INSERT OR REPLACE INTO disk VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    boot_from(store, vios, of_group(store, vios, ROOT))


def own(store: Store, vios: str) -> list[Disk]:
    """Those that are no disks of its clients."""
    columns = "SELECT name, pvid, identifier, size, vg, level FROM disk WHERE vios = ? ORDER BY length(name), name"
    return [Disk(**dict(row)) for row in store.rows(columns, vios)]


def of(store: Store, vios: str) -> list[Disk]:
    """All disks that a VIOS sees, in order."""
    found = own(store, vios)
    for name, identifier, mapped in clients.disks(store, vios):
        found.append(Disk(name, f"00f6{identifier[-12:]}".lower(), identifier, 204800, mapped=mapped))
    return sorted(found, key=lambda one: (len(one.name), one.name))


def find(store: Store, vios: str, name: str) -> Disk | None:
    return next((one for one in of(store, vios) if one.name == name), None)


def of_group(store: Store, vios: str, vg: str) -> list[str]:
    return [one.name for one in own(store, vios) if one.vg == vg]


def change(store: Store, vios: str, names: Iterable[str], **changes: Any) -> None:
    for name in names:
        for column, value in changes.items():
            store.db.execute(
                f"UPDATE disk SET {column} = ? WHERE vios = ? AND name = ?",  # noqa: S608 - a column of our own
                (value, vios, name),
            )


def boot_from(store: Store, vios: str, names: Sequence[str]) -> None:
    store.db.execute("UPDATE vios SET boot_list = ? WHERE name = ?", (" ".join(names), vios))


def boot_list(store: Store, vios: str) -> list[str]:
    return str(store.rows("SELECT boot_list FROM vios WHERE name = ?", vios)[0]["boot_list"]).split()


def runs(store: Store, vios: str, level: str) -> None:
    """The system that a VIOS runs is of another level now."""
    store.db.execute("UPDATE vios SET level = ? WHERE name = ?", (level, vios))
    change(store, vios, of_group(store, vios, ROOT), level=level)


def write(store: Store, vios: str, names: Iterable[str], at: float, named: bool, **changes: Any) -> None:
    """An operation writes over disks, whatever is on them."""
    for name in names:
        one = find(store, vios, name)
        was = _use(store, vios, one)
        store.db.execute("INSERT INTO written VALUES (?, ?, ?, ?, ?)", (vios, name, at, was, named))
        pvid = one.pvid if one is not None and one.pvid else f"00f60001{zlib.crc32(f'{vios} {name}'.encode()):08x}"
        change(store, vios, [name], pvid=pvid, **changes)


def _use(store: Store, vios: str, one: Disk | None) -> str:
    """What a disk is to anybody: this VIOS, its clients, or another VIOS that sees it, too."""
    if one is None:
        return "not there"
    if one.mapped:
        return "mapped to a client"
    shared = "SELECT vios, vg FROM disk WHERE identifier = ? AND vios != ? AND vg IS NOT NULL"
    for row in store.rows(shared, one.identifier, vios):
        return f"{row['vg']} of {row['vios']}"
    return one.vg or "free"


def boot(store: Store, vios: str) -> bool:
    """The VIOS boots what its boot list says; False when there is no system on it.

    The system that is left behind is ``old_rootvg`` for the new one; back on the old one the new one is
    ``altinst_rootvg`` again, as its own database has it (guess).
    """
    first = (boot_list(store, vios) or [""])[0]
    disk = find(store, vios, first)
    if disk is None or disk.level is None:
        return False
    if disk.vg != ROOT:
        left = ALT if disk.vg == OLD else OLD
        others = [one.name for one in own(store, vios) if one.vg == disk.vg and disk.vg is not None]
        change(store, vios, of_group(store, vios, ROOT), vg=left)
        change(store, vios, others or [disk.name], vg=ROOT)
    store.db.execute("UPDATE vios SET level = ? WHERE name = ?", (disk.level, vios))
    return True


def installed_anew(store: Store, vios: str, names: Sequence[str], level: str | None, at: float, named: bool) -> None:
    """A network install onto disks; of other systems on other disks the new one knows nothing (guess)."""
    others = [one.name for one in own(store, vios) if one.vg in (ROOT, ALT, OLD) and one.name not in names]
    write(store, vios, names, at, named, vg=ROOT, level=level)
    change(store, vios, others, vg=assumed("disk", "other_vg_after_bosinst") or None)
    boot_from(store, vios, names)
    if level is not None:
        store.db.execute("UPDATE vios SET level = ? WHERE name = ?", (level, vios))
