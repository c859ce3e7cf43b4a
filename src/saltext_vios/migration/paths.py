"""Who would lose its last path if a VIOS went down, and does it serve afterwards what it served before?

What both VIOSes of a frame serve is compared client by client, what one serves with itself in the same manner.

A client is a partition of the frame, known by its number. What a VIOS alone cannot know stands in ``NOT_CHECKED``
and is part of every answer: nothing here says that a client is healthy.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

# What the paths of clients are to a migration.
REQUIRE, WARN, IGNORE = "require", "warn", "ignore"

NOT_CHECKED = (
    "the state of paths inside the clients",
    "disks that a client mirrors over both VIOSes",
    "which partitions run",
    "which clients use which network",
    "which backing device of a virtual NIC is in use, and the state of its link",
)
ALL_CLIENTS = "all clients"
TAKES_OVER = frozenset({"PRIMARY", "BACKUP"})
ONE_VIOS = "single_path"
FAILS = frozenset({"LIMBO", "UNHEALTHY"})


class Kind(enum.Enum):
    STORAGE = "vSCSI"
    FIBRE = "NPIV"
    VNIC = "vNIC"
    NETWORK = "network"
    ADAPTERS = "adapters"  # of the VIOS itself; no other VIOS has the same ones
    CLUSTER = "cluster"


class Verdict(enum.Enum):
    OK = "ok"
    UNKNOWN = "unknown"
    LOST = "would be lost"


@dataclass(frozen=True)
class Disk:
    """A disk that a client sees through vSCSI. ``identifier``: by which both VIOSes know it; None when unknown.

    ``policy``: its reserve_policy; None when unknown.
    """

    client: int
    name: str
    backing: str
    identifier: str | None = None
    available: bool | None = None
    policy: str | None = None


@dataclass(frozen=True)
class Fibre:
    """A virtual fibre channel adapter of a client; ``logged_in`` is None for a state that is not known."""

    client: int
    adapter: str
    name: str = ""
    logged_in: bool | None = None


@dataclass(frozen=True)
class VNIC:
    """What backs a virtual NIC of a client. ``place``: of the client's adapter, the same on each VIOS that backs it."""

    client: int
    adapter: str
    name: str = ""
    place: str = ""
    available: bool | None = None


@dataclass(frozen=True)
class Network:
    """A Shared Ethernet Adapter and its state, None when it is unknown."""

    sea: str
    state: str | None = None


@dataclass(frozen=True)
class Serving:
    """What one VIOS serves. ``unanswered``: by kind, why nothing or not all is known."""

    vios: str
    disks: tuple[Disk, ...] = ()
    fibres: tuple[Fibre, ...] = ()
    vnics: tuple[VNIC, ...] = ()
    networks: tuple[Network, ...] = ()
    adapters: tuple[str, ...] = ()  # by their physical places
    cluster: str = ""  # of shared storage pools, in which its node is OK
    unanswered: tuple[tuple[Kind, str], ...] = ()

    def silent(self, kind: Kind) -> str:
        return "; ".join(why for of, why in self.unanswered if of is kind)

    def without_clients(self, ignored: Collection[str]) -> Serving:
        """:param ignored: names or numbers."""
        names = _names(self)
        out = {client for client in self._clients if {str(client), names.get(client, "")} & set(ignored)}
        return replace(
            self,
            disks=tuple(one for one in self.disks if one.client not in out),
            fibres=tuple(one for one in self.fibres if one.client not in out),
            vnics=tuple(one for one in self.vnics if one.client not in out),
        )

    @property
    def _clients(self) -> set[int]:
        return {one.client for of in (self.disks, self.fibres, self.vnics) for one in of}


@dataclass(frozen=True)
class Path:
    """What one client, or all of them (None), would be left with. ``name``: of the client, where a VIOS shows it."""

    client: int | None
    name: str
    kind: Kind
    what: str
    verdict: Verdict
    why: str
    unanswered: bool = False  # unknown for want of a readable answer


def without(going: Serving, *staying: Serving) -> list[Path]:
    """Every path through the VIOS that goes down, and whether the client has another through one that stays."""
    names = _names(going, *staying)
    if staying:
        found = [_of_all(each) for each in zip(*(_beside(going, one, names) for one in staying))]
    else:
        found = [_alone(path) for path in _beside(going, Serving(""), names)]
    return sorted(found, key=lambda path: (path.client is None, path.client or 0, path.kind.value, path.what))


def _names(*known: Serving) -> dict[int, str]:
    found: dict[int, str] = {}
    for one in known:
        named: list[VNIC | Fibre] = [*one.vnics, *one.fibres]
        found.update({each.client: each.name for each in named if each.name})
    return found


def _beside(going: Serving, staying: Serving, names: dict[int, str]) -> list[Path]:
    return [
        *_storage(going, staying, names),
        *_fibre(going, staying, names),
        *_vnic(going, staying, names),
        *_network(going, staying),
    ]


def _alone(path: Path) -> Path:
    return path if path.unanswered else replace(path, verdict=Verdict.LOST, why="NIM knows no other VIOS of this frame")


def _of_all(each: Sequence[Path]) -> Path:
    """One partner with a path of that client is enough; which network stands in for which is unknown."""
    order = [Verdict.OK, Verdict.UNKNOWN, Verdict.LOST]
    choose = max if each[0].kind is Kind.NETWORK else min
    return choose(each, key=lambda path: order.index(path.verdict))


def may_be_lost(path: Path, ignored: Collection[str]) -> bool:
    """Whether it is of a client that is ignored, by name or number."""
    return path.client is not None and bool({str(path.client), path.name} & set(ignored))


def by_client(found: Iterable[Path]) -> dict[str, list[Path]]:
    """The paths of each client, under what people call it; what is nobody's alone is all clients'."""
    grouped: dict[str, list[Path]] = {}
    for path in found:
        who = ALL_CLIENTS if path.client is None else _called(path.client, path.name)
        grouped.setdefault(who, []).append(path)
    return grouped


def _called(client: int, name: str) -> str:
    return f"client {client} ({name})" if name else f"client {client}"


def _storage(going: Serving, staying: Serving, names: dict[int, str]) -> Iterator[Path]:
    silent = staying.silent(Kind.STORAGE)
    for disk in going.disks:
        mine = [other for other in staying.disks if other.client == disk.client]
        same = [other for other in mine if other.identifier is not None and other.identifier == disk.identifier]
        unanswered = False
        kept = [one for one in (disk, *same) if one.policy == ONE_VIOS]
        if kept and any(other.available is not False for other in same):
            where = going.vios if kept[0] is disk else staying.vios
            seen = f"reserve_policy of {kept[0].backing} on {where} is {ONE_VIOS}"
            verdict, why = Verdict.UNKNOWN, f"{seen}, with which one VIOS at a time can use the disk"
        elif any(other.available is not False for other in same):
            verdict, why = Verdict.OK, f"{same[0].name} on {staying.vios} is the same disk"
        elif same:
            verdict, why = Verdict.LOST, f"{same[0].name} on {staying.vios} is the same disk and is not available"
        elif silent:
            verdict, why, unanswered = Verdict.UNKNOWN, f"{staying.vios}: {silent}", True
        elif disk.identifier is None:
            verdict, why = Verdict.UNKNOWN, f"{disk.backing or 'what backs it'} has no identifier to compare"
        elif any(other.identifier is None for other in mine):
            verdict, why = Verdict.UNKNOWN, f"a disk of this client on {staying.vios} has no identifier to compare"
        else:
            verdict, why = Verdict.LOST, f"{staying.vios} maps no disk of that identifier to this client"
        what = f"{disk.name} ({disk.backing})"
        yield Path(disk.client, names.get(disk.client, ""), Kind.STORAGE, what, verdict, why, unanswered)
    yield from _untold(going, Kind.STORAGE)


def _fibre(going: Serving, staying: Serving, names: dict[int, str]) -> Iterator[Path]:
    silent = staying.silent(Kind.FIBRE)
    for fibre in going.fibres:
        mine = [other for other in staying.fibres if other.client == fibre.client]
        working = [other for other in mine if other.logged_in]
        unanswered = False
        if working:
            verdict, why = Verdict.OK, f"{working[0].adapter} on {staying.vios} is logged in"
        elif silent:
            verdict, why, unanswered = Verdict.UNKNOWN, f"{staying.vios}: {silent}", True
        elif fibre.logged_in is False:
            verdict, why = Verdict.UNKNOWN, "not logged in on either VIOS, as a client that is switched off"
        elif any(other.logged_in is None for other in mine):
            verdict, why = Verdict.UNKNOWN, f"unknown whether this client is logged in on {staying.vios}"
        elif mine:
            verdict, why = Verdict.LOST, f"{mine[0].adapter} on {staying.vios} is not logged in"
        else:
            verdict, why = Verdict.LOST, f"{staying.vios} has no mapping for this client"
        yield Path(fibre.client, names.get(fibre.client, ""), Kind.FIBRE, fibre.adapter, verdict, why, unanswered)
    yield from _untold(going, Kind.FIBRE)


def _vnic(going: Serving, staying: Serving, names: dict[int, str]) -> Iterator[Path]:
    """Two VIOSes that show the same adapter of a client back one virtual NIC, which fails over."""
    silent = staying.silent(Kind.VNIC)
    for vnic in going.vnics:
        mine = [other for other in staying.vnics if other.client == vnic.client]
        same = [other for other in mine if vnic.place and other.place == vnic.place]
        unanswered = False
        if any(other.available is not False for other in same):
            verdict, why = Verdict.OK, f"{same[0].adapter} on {staying.vios} backs the same virtual NIC"
        elif same:
            verdict, why = Verdict.LOST, f"{same[0].adapter} on {staying.vios} backs it and is not available"
        elif silent:
            verdict, why, unanswered = Verdict.UNKNOWN, f"{staying.vios}: {silent}", True
        elif not mine:
            verdict, why = Verdict.LOST, f"{staying.vios} backs no virtual NIC of this client"
        elif any(not other.place for other in (vnic, *mine)):
            verdict, why = Verdict.UNKNOWN, "not shown by both VIOSes which of the client's adapters they back"
        else:
            why = f"{mine[0].adapter} on {staying.vios} backs another virtual NIC of this client"
            verdict, why = Verdict.UNKNOWN, f"{why}; only the client knows whether one stands in for the other"
        what = f"{vnic.adapter} ({vnic.place})" if vnic.place else vnic.adapter
        yield Path(vnic.client, names.get(vnic.client, ""), Kind.VNIC, what, verdict, why, unanswered)
    yield from _untold(going, Kind.VNIC)


def _network(going: Serving, staying: Serving) -> Iterator[Path]:
    """Which SEA stands in for which is unknown, so the partner is as good as its worst one."""
    silent = staying.silent(Kind.NETWORK)
    states = {one.state for one in staying.networks}
    told = ", ".join(f"{one.sea} on {staying.vios} is {one.state or 'in no known state'}" for one in staying.networks)
    for network in going.networks:
        unanswered = False
        if FAILS & states:
            verdict, why = Verdict.LOST, f"{told}, expected PRIMARY or BACKUP"
        elif silent:
            verdict, why, unanswered = Verdict.UNKNOWN, f"{staying.vios}: {silent}", True
        elif not states:
            verdict, why = Verdict.LOST, f"{staying.vios} has no Shared Ethernet Adapter"
        else:
            verdict, why = Verdict.OK if states <= TAKES_OVER else Verdict.UNKNOWN, told
        yield Path(None, "", Kind.NETWORK, network.sea, verdict, why, unanswered)
    yield from _untold(going, Kind.NETWORK)


def _untold(going: Serving, kind: Kind) -> Iterator[Path]:
    if going.silent(kind):
        yield Path(None, "", kind, going.vios, Verdict.UNKNOWN, going.silent(kind), unanswered=True)


def lacking(before: Serving, now: Serving) -> tuple[str, ...]:
    """What a VIOS served before it was migrated and does not serve now, or of which it is unknown; for people.

    No hdisk name counts, and the name of an adapter only where nothing else shows it: an install may give out new ones.
    """
    names = _names(before, now)
    found = {
        Kind.STORAGE: list(_lost_disks(before, now, names)),
        Kind.FIBRE: list(_lost_fibres(before, now, names)),
        Kind.VNIC: list(_lost_vnics(before, now, names)),
        Kind.NETWORK: list(_lost_networks(before, now)),
        Kind.ADAPTERS: [f"adapter at {place}" for place in before.adapters if place not in now.adapters],
        Kind.CLUSTER: [f"node of the cluster {before.cluster}"] if before.cluster not in ("", now.cluster) else [],
    }
    told = []
    for kind, lost in found.items():
        silent = now.silent(kind)
        told += [f"unknown for {kind.value}: {silent}"] if lost and silent else lost
    return tuple(told)


def _lost_disks(before: Serving, now: Serving, names: dict[int, str]) -> Iterator[str]:
    for disk in before.disks:
        same = [other for other in now.disks if _is_same(disk, other)]
        if not same:
            yield f"{_called(disk.client, names.get(disk.client, ''))}: vSCSI disk {disk.name}"
        elif disk.policy not in (None, ONE_VIOS) and all(other.policy == ONE_VIOS for other in same):
            who = _called(disk.client, names.get(disk.client, ""))
            yield f"{who}: vSCSI disk {disk.name}, of which reserve_policy is {ONE_VIOS} and was {disk.policy}"
        elif disk.available is not False and all(other.available is False for other in same):
            yield f"{_called(disk.client, names.get(disk.client, ''))}: vSCSI disk {disk.name}, which is not available"


def _is_same(disk: Disk, other: Disk) -> bool:
    if disk.client != other.client:
        return False
    if disk.identifier is None or other.identifier is None:
        return disk.name == other.name
    return disk.identifier == other.identifier


def _lost_fibres(before: Serving, now: Serving, names: dict[int, str]) -> Iterator[str]:
    for client in dict.fromkeys(fibre.client for fibre in before.fibres):
        had = [fibre for fibre in before.fibres if fibre.client == client]
        has = [fibre for fibre in now.fibres if fibre.client == client]
        who = _called(client, names.get(client, ""))
        if len(has) < len(had):
            yield f"{who}: {len(has)} of {len(had)} NPIV mappings are there"
            continue
        logins, before_them = (sum(fibre.logged_in is True for fibre in each) for each in (has, had))
        if logins < before_them:
            yield f"{who}: {logins} of {before_them} NPIV adapters are logged in"


def _lost_vnics(before: Serving, now: Serving, names: dict[int, str]) -> Iterator[str]:
    for client in dict.fromkeys(vnic.client for vnic in before.vnics):
        had, has = ([vnic for vnic in one.vnics if vnic.client == client] for one in (before, now))
        who = _called(client, names.get(client, ""))
        if len(has) < len(had):
            yield f"{who}: {len(has)} of {len(had)} virtual NICs are backed"
            continue
        works, worked = (sum(vnic.available is not False for vnic in each) for each in (has, had))
        if works < worked:
            yield f"{who}: {works} of {worked} virtual NICs have an available backing device"


def _lost_networks(before: Serving, now: Serving) -> Iterator[str]:
    """By how many take over, since the roles of a pair change with each boot."""
    had, has = ([one for one in each.networks if one.state in TAKES_OVER] for each in (before, now))
    if len(has) < len(had):
        told = ", ".join(f"{one.sea} is {one.state or 'in no known state'}" for one in now.networks) or "there is none"
        yield f"{len(has)} of {len(had)} Shared Ethernet Adapters are PRIMARY or BACKUP ({told})"
    elif len(now.networks) < len(before.networks):
        yield f"{len(now.networks)} of {len(before.networks)} Shared Ethernet Adapters are there"
