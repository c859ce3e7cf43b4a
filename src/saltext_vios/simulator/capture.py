"""Reads what ``vios.capture`` wrote: objects, levels, clusters, and how long each phase of a migration took."""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Iterator, Mapping
from typing import Any

from saltext_vios.simulator import backups, listing
from saltext_vios.simulator.assumptions import assumed
from saltext_vios.simulator.scenario import OLD
from saltext_vios.simulator.store import Store

FORMS = (1,)
# What a Cstate says is done, and which phases of the simulator that is.
SPANS = {"enabled": ("accepted", "boot"), "installing": ("install",), "customizing": ("customize",)}


def read(text: str) -> dict[str, Any] | None:
    """A capture; None for a text that is none.

    :raises SystemExit: for one of a form that this version does not know.
    """
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError as error:
        raise SystemExit(f"the capture is no whole JSON: {error}") from None
    if not isinstance(found, dict) or found.get("capture") not in FORMS:
        form = found.get("capture") if isinstance(found, dict) else None
        raise SystemExit(f"the capture has the form {form!r}, this version reads {', '.join(map(str, FORMS))}")
    return found


def load(store: Store, capture: Mapping[str, Any], level: str | None) -> tuple[int, list[str]]:
    """Replace all objects by those of a capture: how many, and what there is to report.

    :param level: of the VIOSes without a level in the capture; by default the lowest level there.
    """
    levels = {name: found for name, one in capture.get("vioses", {}).items() if (found := level_of(one))}
    other = level or min(levels.values(), key=_numbers, default=OLD)
    durations, told = phases(capture), []
    middle = _median(durations)
    text = text_of(capture.get("listing", {}))
    count = listing.load(store, text, other, levels, lambda name: durations.get(name, middle))
    master = answer(capture.get("master", {}).get("oslevel", {}))
    with store.transaction():
        if master and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{4}", master[0]):
            store.set("master_level", master[0])
        for name, attributes in store.objects().items():
            if attributes.get("type") == "vios":
                told += _at_rest(store, name, attributes)
            elif "alloc_count" in attributes:
                store.change(name, alloc_count="0")
            if _is_a_backup(name, attributes):
                level_then = str(attributes.get("ioslevel", OLD))
                store.change(name, location=backups.filed(store, name, attributes, level_then)["location"])
        _clients(store, capture)
        for name, one in capture.get("vioses", {}).items():
            cluster = cluster_of(one)
            if cluster:
                store.db.execute("INSERT INTO cluster VALUES (?, ?)", (cluster, name))
    told += [
        f"{name}: {', '.join(f'{phase} {seconds:.0f} s' for phase, seconds in found.items())}"
        for name, found in durations.items()
    ]
    return count, told or ["no migration is in the capture; phases take what is assumed"]


def _is_a_backup(name: str, attributes: Mapping[str, Any]) -> bool:
    """Of a VIOS, and its name can be that of a file here."""
    whose = attributes.get("source_image")
    return attributes.get("type") in backups.KINDS and isinstance(whose, str) and bool(re.fullmatch(r"\w[\w.-]*", name))


def _clients(store: Store, capture: Mapping[str, Any]) -> None:
    """The partitions of each frame as the first of its VIOSes that named any serves them."""
    store.db.execute("DELETE FROM client")
    told = set()
    for name, asked in capture.get("vioses", {}).items():
        frame = (str((store.get(name) or {}).get("mgmt_profile1", "")).split()[2:] or [""])[0]
        served = clients_of(asked)
        if frame and served and frame not in told:
            told.add(frame)
            for one in served:
                store.db.execute("INSERT INTO client (frame, words) VALUES (?, ?)", (frame, json.dumps(one)))


def clients_of(asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """By ``lsmap -fmt :``: each partition's number, how many disks it has, whether fibre channel and a virtual NIC."""
    found: dict[int, dict[str, Any]] = {}
    for what in ("scsi", "npiv", "vnic"):
        for line in answer(asked.get(what, {})):
            fields = line.split(":")
            number = _partition(fields[2]) if len(fields) > 3 else 0
            if number:
                new = {"id": number, "name": f"lpar{number}", "disks": 0, "npiv": False, "vnic": False}
                one = found.setdefault(number, new)
                one["disks"] += what == "scsi" and sum(bool(vtd.strip()) for vtd in fields[3::6])
                one["npiv"] |= what == "npiv"
                one["vnic"] |= what == "vnic"
                if what != "scsi" and fields[3].strip() not in ("", "N/A"):
                    one["name"] = fields[3].strip()
    return list(found.values())


def _partition(text: str) -> int:
    text = text.strip().lower()
    try:
        return int(text, 16 if text.startswith("0x") else 10)
    except ValueError:
        return 0


def _at_rest(store: Store, name: str, attributes: Mapping[str, Any]) -> list[str]:
    """What a VIOS was doing when the capture was taken nobody does here."""
    ready = assumed("cstate", "ready")
    cstate = attributes.get("Cstate")
    if cstate in (None, ready):
        return []
    store.change(name, Cstate=ready, Mstate=assumed("mstate", "running"), control=None, info=None, err_info=None)
    return [f"{name}: {cstate!r} when the capture was taken; here it is ready"]


def phases(capture: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """VIOS -> seconds of each phase: by what was seen look by look, else by the newest migration in the journal."""
    found: dict[str, dict[str, float]] = {}
    journal = capture.get("journal")
    for run in reversed(journal if isinstance(journal, list) else []):
        for name, one in run["vios"].items():
            took = _by_span((phase["phase"], phase["took"]) for phase in one["phases"] if phase["took"])
            if "SUCCESS" in (one["status"] or "") and took:
                found[name] = took
    for name in capture.get("looks", {}).get("vioses", {}):
        took = _by_span(_seen(capture, name))
        if len(took) >= len(SPANS) + 1:
            found[name] = took
    return found


def _by_span(spans: Iterator[tuple[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for span, seconds in spans:
        share = sum(assumed("phases", phase) for phase in SPANS.get(span, ()))
        for phase in SPANS.get(span, ()):
            total[phase] = total.get(phase, 0.0) + seconds * assumed("phases", phase) / share
    return {phase: round(seconds, 1) for phase, seconds in total.items()}


def _seen(capture: Mapping[str, Any], name: str) -> Iterator[tuple[str, float]]:
    """The spans of the Cstates that were seen; a text that nobody knows belongs to the installation."""
    known = {assumed("cstate", span): span for span in (*SPANS, "ready")}
    states = cstates(capture, name)
    for (begin, text), (end, _) in zip(states, states[1:]):
        span = known.get(text, "installing")
        if span != "ready":
            yield span, end - begin


def cstates(capture: Mapping[str, Any], name: str) -> list[tuple[float, str]]:
    """Each Cstate that a VIOS had, and how many seconds after the begin it was seen first."""
    found: list[tuple[float, str]] = []
    for after, shown in shows(capture, name):
        text = shown.get("Cstate")
        if text and (not found or found[-1][1] != text):
            found.append((after, text))
    return found


def shows(capture: Mapping[str, Any], name: str) -> list[tuple[float, dict[str, Any]]]:
    """Every look at a VIOS that showed something new: when, and all that it showed."""
    found: list[tuple[float, dict[str, Any]]] = []
    now: dict[str, Any] = {}
    for entry in capture.get("looks", {}).get("vioses", {}).get(name, ()):
        now = {key: value for key, value in {**now, **entry["shows"]}.items() if value is not None}
        found.append((float(entry["after"]), now))
    return found


def text_of(reply: Mapping[str, Any]) -> str:
    return "".join(f"{line}\n" for line in reply.get("stdout", ()))


def answer(reply: Mapping[str, Any]) -> list[str]:
    """The lines that a VIOS printed, without that of the exit status."""
    return [line for line in reply.get("stdout", ()) if not line.startswith("rc=")]


def level_of(asked: Mapping[str, Any]) -> str | None:
    lines = answer(asked.get("ioslevel", {}))
    return lines[0] if lines and _numbers(lines[0]) else None


def cluster_of(asked: Mapping[str, Any]) -> str | None:
    """The first field of ``cluster -status -fmt :``, of a line that has seven."""
    fields = [line.split(":") for line in answer(asked.get("cluster", {}))]
    return next((line[0] for line in fields if len(line) == 7), None)


def _numbers(level: str) -> tuple[int, ...]:
    parts = level.split(".")
    return tuple(map(int, parts)) if len(parts) > 1 and all(part.isdecimal() for part in parts) else ()


def _median(durations: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Of all VIOSes that were seen to migrate, for one that was not."""
    names = {phase for one in durations.values() for phase in one}
    return {phase: statistics.median(one[phase] for one in durations.values() if phase in one) for phase in names}
