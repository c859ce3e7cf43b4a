"""Asks a VIOS whom it serves, and turns what it prints into the core's facts.

A question without an answer, or a line that is not understood, becomes something unknown.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar, Union

from saltext_vios.errors import NIMUnavailable, NoAnswer, Refused
from saltext_vios.migration.paths import VNIC, Disk, Fibre, Kind, Network, Serving
from saltext_vios.nim import commands, mappings, objects
from saltext_vios.nim.client import Attributes, Client
from saltext_vios.nim.mappings import FCMapping, Read, SCSIDisk, VNICMapping
from saltext_vios.nim.snapshot import Snapshot
from saltext_vios.nim.text import printable

T = TypeVar("T")
NIM = Union[Client, Snapshot]

AT_ONCE = 16  # VIOSes asked side by side
IN_ONE_QUESTION = 50  # disks: how long a command c_rsh takes is not known

_AVAILABLE = {"available": True, "defined": False}
_LOGGED_IN = {"LOGGED_IN": True, "NOT_LOGGED_IN": False}  # seen


def ask_all(nim: NIM, listing: Mapping[str, Attributes], names: Sequence[str]) -> dict[str, Serving]:
    """What each of them serves, asked side by side."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(names, pool.map(lambda name: ask(nim, listing, name), names)))


def ask_each(
    nim: NIM, listing: Mapping[str, Attributes], names: Sequence[str], whole: Collection[str]
) -> dict[str, Serving]:
    """The same one after another, for the driver, which asks for many tuples side by side; of some the adapters too."""
    return {name: ask(nim, listing, name, name in whole) for name in names}


def ask(nim: NIM, listing: Mapping[str, Attributes], vios: str, whole: bool = False) -> Serving:
    """Everything that one VIOS serves; never raises, since not knowing is an answer here.

    :param whole: with its own adapters, which mean something only next to those it had before.
    """
    host = objects.hostname(listing.get(vios, {}))
    if host is None:
        return Serving(vios, unanswered=tuple((kind, objects.no_host(listing.get(vios))) for kind in Kind))
    asked = _Asked(nim, host)
    scsi, no_scsi = _read(asked, commands.SCSI_MAPPINGS, mappings.scsi)
    known, no_identifiers = _read(asked, commands.DISK_IDENTIFIERS, mappings.identifiers)
    fibres, no_fibres = _read(asked, commands.FC_MAPPINGS, mappings.fibre_channel)
    vnics, no_vnics = _read(asked, commands.VNIC_MAPPINGS, mappings.vnic)
    networks, no_networks = _read(asked, commands.NETWORK_MAPPINGS, mappings.network)
    adapters, no_adapters = _read(asked, commands.ADAPTERS, mappings.adapters) if whole else ((), "")
    policies = _policies(asked, sorted({one.backing for one in scsi}))
    identifiers = dict(known)
    seas = sorted({one.sea for one in networks if one.sea})
    return Serving(
        vios,
        tuple(_disk(one, identifiers, policies) for one in scsi if one.client),
        tuple(_fibre(one) for one in fibres if one.client),
        tuple(_vnic(one) for one in vnics if one.client),
        tuple(Network(sea, _sea_state(asked, sea)) for sea in seas),
        adapters,
        unanswered=tuple(
            (kind, why)
            for kind, why in (
                (Kind.STORAGE, no_scsi),
                (Kind.STORAGE, no_identifiers if scsi else ""),
                (Kind.FIBRE, no_fibres),
                (Kind.VNIC, no_vnics),
                (Kind.NETWORK, no_networks),
                (Kind.ADAPTERS, no_adapters),
            )
            if why
        ),
    )


@dataclass
class _Asked:
    """One VIOS, asked until it does not answer at all: a hanging one would take its time with each question."""

    nim: NIM
    host: str
    silent: str = ""

    def said(self, command: str) -> str:
        if self.silent:
            raise NIMUnavailable(self.silent)
        try:
            return self.nim.said(self.host, command)
        except NoAnswer as error:
            self.silent = str(error)
            raise


def _read(asked: _Asked, command: str, reader: Callable[[str], Read[T]]) -> tuple[tuple[T, ...], str]:
    """What was understood, and why not all of it is known."""
    try:
        read = reader(asked.said(command))
    except NIMUnavailable as error:
        return (), str(error)
    if read.unread:
        shown = printable(read.unread[0].strip())[:120]
        return read.found, f"{len(read.unread)} lines of its answer are not understood, the first is {shown!r}"
    return read.found, ""


def _policies(asked: _Asked, backing: Sequence[str]) -> dict[str, str]:
    """Of disks alone: a logical volume has none. One without an answer is not known."""
    disks = [name for name in backing if re.fullmatch(r"hdisk[0-9]{1,6}", name)]
    found: dict[str, str] = {}
    for at in range(0, len(disks), IN_ONE_QUESTION):
        with contextlib.suppress(NIMUnavailable):
            said = asked.said(commands.reserve_policies(disks[at : at + IN_ONE_QUESTION]))
            found.update(mappings.reserve_policies(said))
    return found


def _disk(one: SCSIDisk, identifiers: dict[str, str], policies: dict[str, str]) -> Disk:
    available = _AVAILABLE.get(one.status.lower())
    return Disk(one.client, one.vtd, one.backing, identifiers.get(one.backing), available, policies.get(one.backing))


def _fibre(one: FCMapping) -> Fibre:
    return Fibre(one.client, one.adapter, one.name, _LOGGED_IN.get(one.status))


def _vnic(one: VNICMapping) -> VNIC:
    return VNIC(one.client, one.adapter, one.name, one.client_place, _AVAILABLE.get(one.status.lower()))


def _sea_state(asked: _Asked, sea: str) -> str | None:
    try:
        return mappings.sea_state(asked.said(commands.adapter_statistics(sea)))
    except (NIMUnavailable, Refused):
        return None
