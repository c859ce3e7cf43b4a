"""Scenarios: what a simulated NIM master knows at the beginning.

A scenario is a map (YAML in a file) of

``frames``
    frame name -> list of VIOSes, each a name or a map with ``name`` and any of ``level``, ``attributes`` (of the NIM
    object; null takes one away), ``phases`` (name -> simulated seconds), ``hostname``, ``disks`` (name -> map with any
    of ``size`` in megabytes, ``pvid``, ``identifier``, ``vg``, ``level`` of the system on it; without it ``hdisk0`` is
    the rootvg and ``hdisk1`` is free).
``level``
    the ioslevel of every VIOS that names none. Defaults to 3.1.2.21.
``resources``
    resource name -> map with ``type`` and any attributes. Without it there are an image ``vios_31431`` of level
    3.1.4.31 with its SPOT, ``unattended``, ``resolv_conf``, and per VIOS an image, a SPOT and a backup.
``phases``
    of every VIOS: ``accepted``, ``boot``, ``install``, ``customize``, ``mk_image``, and those of ``viosupgrade``:
    ``backup``, ``clone``, ``alt_prepare``, ``alt_install``, in simulated seconds.
``spread``
    a share by which the phases of each VIOS differ, drawn with ``seed`` (default 0).
``clusters``
    cluster name -> list of VIOSes.
``clients``
    frame name -> list of the partitions that its VIOSes serve, each a map with ``id``, ``name``, ``disks`` (how many)
    and ``npiv`` (yes or no). A frame that is not named has two.
``master_level``
    the AIX level of the NIM master as ``oslevel -s`` prints it; it says which dialect its ``viosupgrade`` has.
``faults``
    list of maps with ``name``, ``target`` and the fault's words; see ``saltext_vios.simulator.faults``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

from saltext_vios.simulator import backups, clients, disks
from saltext_vios.simulator.assumptions import assumed
from saltext_vios.simulator.courses import OF_VIOSUPGRADE, PHASES
from saltext_vios.simulator.faults import set_fault
from saltext_vios.simulator.nim import resource
from saltext_vios.simulator.store import Store

KEYS = (
    "frames", "level", "resources", "phases", "spread", "seed", "clusters", "clients", "master_level", "faults",
    "speed",
)  # fmt: skip
OLD, NEW = "3.1.2.21", "3.1.4.31"
DEFAULT: dict[str, Any] = {
    "frames": {"frame1": ["vios1", "vios2"], "frame2": ["vios3", "vios4"], "frame3": ["vios5", "vios6"]}
}


def read(path: str) -> dict[str, Any]:
    """A scenario file. PyYAML is not loaded by the commands, which have to be quick."""
    import yaml

    with open(path) as file:
        found = yaml.safe_load(file)
    if not isinstance(found, dict):
        raise SystemExit(f"{path} holds no map; a scenario has the keys {', '.join(KEYS)}")
    return found


def fill(store: Store, scenario: Mapping[str, Any]) -> None:
    """Put all that a scenario names into the database."""
    unknown = [key for key in scenario if key not in KEYS]
    if unknown:
        raise SystemExit(f"a scenario has no key {unknown[0]!r}; it has {', '.join(KEYS)}")
    if not isinstance(scenario.get("frames"), Mapping):
        raise SystemExit("a scenario needs the key 'frames': a map of frame names to lists of VIOSes")
    drawn = random.Random(scenario.get("seed", 0))  # noqa: S311 - durations, not secrets
    with store.transaction():
        vioses = list(_vioses(scenario))
        for frame, number, vios in vioses:
            _vios(store, scenario, frame, number, vios, drawn)
        for name, attributes in _resources(scenario, [vios["name"] for _, _, vios in vioses]):
            store.put(name, _with_a_file(store, name, attributes))
        for cluster, nodes in (scenario.get("clusters") or {}).items():
            for node in nodes:
                store.db.execute("INSERT INTO cluster VALUES (?, ?)", (cluster, node))
        clients.fill(store, scenario)
        for vios in (one for _, _, one in vioses if one.get("disks")):
            _no_name_twice(store, vios["name"])
        if scenario.get("master_level"):
            store.set("master_level", str(scenario["master_level"]))
    for fault in scenario.get("faults") or ():
        words = dict(fault)
        set_fault(store, words.pop("name"), words.pop("target", None), words)


def _with_a_file(store: Store, name: str, attributes: dict[str, Any]) -> dict[str, Any]:
    """A backup of a VIOS has its file, unless the scenario says where one lies."""
    kind, vios = str(attributes.get("type")), attributes.get("source_image")
    if kind not in backups.KINDS or vios is None or attributes.get("location") != resource(kind, name)["location"]:
        return attributes
    return backups.filed(store, name, attributes, OLD)


def _no_name_twice(store: Store, vios: str) -> None:
    found = [one.name for one in disks.of(store, vios)]
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        raise SystemExit(f"{twice[0]} of {vios} is a disk of its clients; give the disk of the scenario another name")


def _vioses(scenario: Mapping[str, Any]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for frame, vioses in scenario["frames"].items():
        for number, vios in enumerate(vioses, 1):
            yield frame, number, dict(vios) if isinstance(vios, Mapping) else {"name": str(vios)}


def _vios(
    store: Store, scenario: Mapping[str, Any], frame: str, number: int, vios: dict[str, Any], drawn: random.Random
) -> None:
    name = vios["name"]
    attributes = vios_object(name, frame, number, vios.get("hostname", f"{name}.example.com"))
    store.put(name, attributes)
    changes = vios.get("attributes") or {}
    store.change(name, **{key: None if value is None else str(value) for key, value in changes.items()})
    phases = {**(scenario.get("phases") or {}), **(vios.get("phases") or {})}
    spread = float(scenario.get("spread", 0))
    if spread:
        own = random.Random(f"{scenario.get('seed', 0)} {name}")  # noqa: S311 - as above
        for which, lot in ((PHASES, drawn), (OF_VIOSUPGRADE, own)):
            wanted = {phase: phases.get(phase, assumed("phases", phase)) for phase in which}
            drawn_ones = {phase: value * lot.uniform(1 - spread, 1 + spread) for phase, value in wanted.items()}
            phases = {**phases, **drawn_ones}
    add_vios(store, name, str(vios.get("level", scenario.get("level", OLD))), phases, vios.get("disks"))


def add_vios(
    store: Store,
    name: str,
    level: str,
    phases: Mapping[str, float],
    given_disks: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    store.db.execute(
        "INSERT OR REPLACE INTO vios (name, level, up, answers_from, phases) VALUES (?, ?, 1, 0, ?)",
        (name, level, json.dumps(dict(phases))),
    )
    disks.fill(store, name, level, given_disks)


def vios_object(name: str, frame: str, number: int, hostname: str) -> dict[str, str]:
    """The attributes of a VIOS object as published; their order is assumed."""
    return {
        "class": "management",
        "type": "vios",
        "connect": "nimsh",
        "platform": "chrp",
        "netboot_kernel": "64",
        "if1": f"master_net {hostname} 0",
        "cable_type1": "N/A",
        "mgmt_profile1": f"hmc1 {number} {frame}",
        "Cstate": assumed("cstate", "ready"),
        "prev_state": assumed("mstate", "running"),
        "Mstate": assumed("mstate", "running"),
        "cpuid": "00F600004C00",
    }


def _resources(scenario: Mapping[str, Any], vioses: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    if scenario.get("resources") is not None:
        for name, given in scenario["resources"].items():
            words = {key: str(value) for key, value in given.items() if value is not None}
            absent = [key for key, value in given.items() if value is None]
            made = {**resource(words.pop("type", "spot"), name), **words}
            yield name, {key: value for key, value in made.items() if key not in absent}
        return
    yield "vios_31431", {**resource("ios_mksysb", "vios_31431"), "ioslevel": NEW, "extracted_spot": "vios_31431_spot"}
    yield "vios_31431_spot", resource("spot", "vios_31431_spot")
    yield "unattended", resource("bosinst_data", "unattended")
    yield "resolv_conf", resource("resolv_conf", "resolv_conf")
    for name in vioses:
        yield f"{name}_sysb", {**resource("ios_mksysb", f"{name}_sysb"), "ioslevel": NEW, "source_image": name}
        yield f"{name}_spot", resource("spot", f"{name}_spot")
        yield f"{name}_iosb", {**resource("ios_backup", f"{name}_iosb"), "source_image": name}
