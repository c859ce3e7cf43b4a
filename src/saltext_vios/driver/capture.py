"""A capture: what this NIM master and its VIOSes say, and what a migration shows while it is under way.

Reads only. Every question may fail, and that is an answer too. docs/capture.md describes the file key by key.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from saltext_vios import __version__
from saltext_vios.driver import reports
from saltext_vios.driver.capture_file import CaptureFile
from saltext_vios.driver.clock import Clock
from saltext_vios.driver.home import Home
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.looks import Looks, busy
from saltext_vios.driver.settings import Settings
from saltext_vios.errors import JournalError, NIMUnavailable, Refused
from saltext_vios.migration import timelimit, timestamps
from saltext_vios.nim import commands, mappings, objects, on_vios, replies, stanza
from saltext_vios.nim.client import Attributes
from saltext_vios.nim.process import MIB, run
from saltext_vios.nim.pseudonyms import Pseudonyms, without_comments

FORM = 1
ASKED = 8  # VIOSes that are asked themselves, unless some are named
AT_ONCE = 4
RUNS = 20  # of the journal, the newest
LISTING, REPLY = 4 * MIB, 64 * 1024  # characters that are kept of an answer
NIGHT, LONGEST = 12 * 3600, 48 * 3600  # seconds that a migration is followed for

_QUESTIONS: Mapping[str, Callable[[str], list[str]]] = {
    "operations": commands.operations_of,
    "migvios": lambda name: commands.attributes_of("migvios", name),
    "viosbr": lambda name: commands.attributes_of("viosbr", name),
    "resources": commands.resources_of,
    "log": commands.showlog,
}
_REMOTE = {
    "ioslevel": on_vios.IOSLEVEL,
    "cluster": on_vios.CLUSTER_STATUS,
    "scsi": commands.SCSI_MAPPINGS,
    "npiv": commands.FC_MAPPINGS,
    "vnic": commands.VNIC_MAPPINGS,
    "network": commands.NETWORK_MAPPINGS,
    "disks": commands.DISK_IDENTIFIERS,
}


class Capture:
    """What was found so far, as NIM gave it; names are replaced when it is written."""

    def __init__(self, settings: Settings, home: Home, path: Path, keep_names: bool) -> None:
        self.settings, self.home, self.file = settings, home, CaptureFile(path)
        self.names = None if keep_names else Pseudonyms()
        self.listing: dict[str, Attributes] = {}
        self.found: dict[str, Any] = {
            "capture": FORM,
            "made_by": f"saltext-vios {__version__}",
            "at": timestamps.text(time.time()),
            "names": "kept" if keep_names else "replaced",
            "platform": sys.platform,
            "python": ".".join(map(str, sys.version_info[:3])),
            "poll_interval": settings.poll_interval,
        }
        if self.names:
            self.names.learn("master", os.uname().nodename.partition(".")[0])
            self.names.learn_host(os.uname().nodename)

    def collect(self, names: Sequence[str]) -> list[str]:
        """All that does not take a migration; the VIOSes that were asked."""
        self.found["master"] = {
            "oslevel": self.ask(commands.master_level()),
            "nim": self.ask(commands.master_fileset()),
            "viosupgrade": self.ask(commands.upgrade_usage()),
        }
        self.found["listing"] = self.ask(commands.list_everything(), LISTING)
        self._learn_listing(self.found["listing"])
        first = busy(self.listing) + [name for name in self.listing if name not in busy(self.listing)]
        asked = list(names) or first[:ASKED]
        self.found["vioses"] = self.ask_vioses(asked)
        self.found["journal"] = self._journal()
        self.write()
        return asked

    def follow(self, names: Sequence[str], seconds: float) -> Looks:
        """Look at every poll interval until the migration is over, or a limit is reached."""
        clock, looks = Clock(), Looks(self.settings.poll_interval, names)
        begun = clock.steady()
        # What was busy a moment ago may be over before the first look.
        looks.begun = bool(set(busy(self.listing)) & set(names or self.listing))
        while not looks.ended:
            at = round(clock.steady() - begun, 1)
            if self._look(looks, at):
                self.found["looks"] = looks.data()
                self.write()
            if looks.begun and not self._goes_on(looks):
                looks.ended = "nothing is under way any more"
            elif at >= seconds:
                looks.ended = f"the limit of {seconds:g} s"
            elif looks.full:
                looks.ended = "the limit of its size"
            else:
                time.sleep(max(0.0, min(self.settings.poll_interval, seconds - at)))
        self.found["looks"] = looks.data()
        self.found["after"] = self.ask_vioses(sorted(looks.vioses)[:ASKED])
        self.found["journal"] = self._journal()
        self.write()
        return looks

    def _look(self, looks: Looks, at: float) -> bool:
        reply = self.ask(commands.list_vioses(), LISTING)
        if reply.get("rc") != 0:
            looks.fail(at, reply.get("error") or " ".join([f"exit status {reply['rc']}:", *reply["stderr"]])[:300])
            return False
        self.listing = stanza.read("\n".join(reply["stdout"]))
        wanted = looks.wanted(self.listing, self._in_flight())
        return looks.add(at, self.listing, {name: self._allocated(name) for name in wanted})

    def _allocated(self, name: str) -> dict[str, Any]:
        """Besides the attributes, what ``lsnim -c resources`` shows; no attribute of NIM's has a blank in it."""
        reply = self.ask(commands.resources_of(name))
        return {"lsnim -c resources": reply["stdout"] if reply.get("rc") == 0 else None}

    def _goes_on(self, looks: Looks) -> bool:
        return bool(set(busy(self.listing)) & set(looks.vioses)) or bool(self._in_flight())

    def _in_flight(self) -> list[str]:
        """The VIOSes of what the journal has under way."""
        try:
            with Journal(self.home, look_only=True) as journal:
                return [name for names in reports.tuples_under_way(journal) for name in names]
        except JournalError:
            return []

    # questions

    def ask(self, argv: Sequence[str], most: int = REPLY) -> dict[str, Any]:
        """One command: what it printed, its exit status, the seconds it took; or why there was no answer."""
        reply: dict[str, Any] = {"command": list(argv)}
        program = self.settings.c_rsh if argv[0] == "c_rsh" else self.settings.program(argv[0])
        begun = time.monotonic()
        try:
            output = run(argv, program, self.settings.query_timeout, self.settings.environment)
        except NIMUnavailable as error:
            return {**reply, "took": round(time.monotonic() - begun, 2), "error": str(error)}
        reply.update(took=round(time.monotonic() - begun, 2), rc=output.rc)
        for channel, text in (("stdout", output.stdout), ("stderr", output.stderr)):
            reply[channel], left_out = _lines(text, most)
            if left_out:
                reply[f"{channel}_left_out"] = left_out
        return reply

    def ask_vioses(self, names: Sequence[str]) -> dict[str, Any]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(names, pool.map(self._ask_vios, names)))

    def _ask_vios(self, name: str) -> dict[str, Any]:
        found = {what: self.ask(argv(name)) for what, argv in _QUESTIONS.items()}
        host = objects.hostname(self.listing.get(name, {}))
        if host is None:
            return {**found, "ioslevel": {"error": objects.no_host(self.listing.get(name))}}
        found["viosupgrade"] = self.ask(commands.upgrade_state(host))
        for what, command in _REMOTE.items():
            found[what] = self.ask(commands.remote(host, command))
            if "error" in found[what] or found[what]["rc"]:
                return found  # who does not answer is not asked five times more
        for sea in sorted({one.sea for one in mappings.network(_text(found["network"])).found if one.sea}):
            try:
                found[f"sea {sea}"] = self.ask(commands.remote(host, commands.adapter_statistics(sea)))
            except Refused as error:
                found["sea"] = {"error": str(error)}
        return found

    def _journal(self) -> Any:
        """What the driver saw of earlier migrations: levels, phases, what ``nim`` printed. Nobody's name."""
        try:
            with Journal(self.home, look_only=True) as journal:
                runs = reports.history(journal, None, RUNS, detail=True)
                return [_run(one, reports.tuple_report(journal, one["run"])["vios"]) for one in runs]
        except JournalError as error:
            return {"error": str(error)}

    # the file

    def _learn_listing(self, reply: dict[str, Any]) -> None:
        everything = stanza.read(_text(reply))
        self.listing = {name: one for name, one in everything.items() if stanza.first(one, "type") == objects.VIOS}
        if self.names:
            self.names.learn_objects(everything)
            reply["stdout"] = without_comments(_text(reply)).split("\n") if "stdout" in reply else []

    def write(self) -> int:
        if self.names is None:
            return self.file.write(self.found)
        self.names.learn_objects(self.listing)
        for replies_of in (*self.found.get("vioses", {}).values(), *self.found.get("after", {}).values()):
            _learn_replies(self.names, replies_of)
        for one in self.found.get("master", {}).values():
            for level in re.findall(r"[0-9]+(?:\.[0-9]+){3}", _text(one)):
                self.names.learn_level(level)
        _learn_commands(self.names, self.found.get("journal"))
        fixed = ("capture", "made_by", "at", "names", "platform", "python", "poll_interval")
        told = {key: value if key in fixed else self.names.deep(value) for key, value in self.found.items()}
        return self.file.write(told)


def seconds_of(follow: object) -> float | None:
    """How long a migration is followed; None: not at all.

    :raises Refused: naming the value and what is expected.
    """
    if follow is False or follow is None:
        return None
    if follow is True:
        return NIGHT
    found = timelimit.duration(follow) if isinstance(follow, str) else None
    seconds = follow if isinstance(follow, (int, float)) else found.total_seconds() if found else 0
    if not 0 < seconds <= LONGEST:
        most = f"{LONGEST // 3600}h"
        raise Refused(f"follow is {follow!r}, expected True, seconds, or a duration such as 4h; {most} at most")
    return seconds


def take(
    settings: Settings, home: Home, path: Path, names: Sequence[str], seconds: float | None, keep_names: bool
) -> dict[str, Any]:
    """Make a capture; the return for the caller."""
    capture = Capture(settings, home, path, keep_names)
    asked = capture.collect(names)
    looks = None if seconds is None else capture.follow(names, seconds)
    return {
        "out": str(path),
        "bytes": path.stat().st_size,
        "names": capture.found["names"],
        "asked": asked,
        "no_answer": [" ".join(one["command"]) for one in _replies(capture.found) if "error" in one or one["rc"]],
        "looks": None if looks is None else looks.count,
        "ended": None if looks is None else looks.ended,
    }


def _replies(value: Any) -> list[dict[str, Any]]:
    """Every command in it."""
    if isinstance(value, dict):
        if "command" in value and "took" in value:
            return [value]
        return [one for inner in value.values() for one in _replies(inner)]
    return []


def _lines(text: str, most: int) -> tuple[list[str], int]:
    """The lines of a text, its end where it is too long, and how many characters were left out."""
    left_out = 0
    if len(text) > most:
        cut = text[-most:].partition("\n")[2]
        text, left_out = cut, len(text) - len(cut)
    return text.removesuffix("\n").split("\n") if text else [], left_out


def _text(reply: Mapping[str, Any]) -> str:
    return "\n".join([*reply.get("stdout", ()), ""])


def _run(run: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    vioses = {}
    for name, one in run["vios"].items():
        more = told.get(name, {})
        vioses[name] = {
            **{key: one[key] for key in ("status", "duration", "level")},
            "command": one["cmd"],
            "rc": more.get("rc"),
            **{channel: _lines(more.get(channel, ""), REPLY)[0] for channel in ("stdout", "stderr")},
            "phases": [{"phase": phase["phase"], "took": phase["took"]} for phase in one.get("phases", ())],
        }
    return {"run": run["run"], "tuple": run["tuple"], "status": run["status"], "vios": vioses}


def _learn_replies(names: Pseudonyms, found: Mapping[str, Mapping[str, Any]]) -> None:
    """The names in what a VIOS answered."""
    read = {what: replies.remote(_text(found[what])).output for what in _REMOTE if what in found}
    for line in read.get("ioslevel", "").splitlines():
        if on_vios.ioslevel(line):
            names.learn_level(line)
    for node in on_vios.cluster_status(read.get("cluster", "")):
        names.learn("cluster", node.cluster)
        names.learn_host(node.node)
    for disk in mappings.scsi(read.get("scsi", "")).found:
        names.learn("device", None if re.fullmatch(r"vt[a-z]+[0-9]+", disk.vtd) else disk.vtd)
        names.learn("device", None if re.fullmatch(r"hdisk[0-9]+|cd[0-9]+", disk.backing) else disk.backing)
    for one in mappings.fibre_channel(read.get("npiv", "")).found:
        names.learn("client", one.name)
    for backed in mappings.vnic(read.get("vnic", "")).found:
        names.learn("client", backed.name)
    for _, identifier in mappings.identifiers(read.get("disks", "")).found:
        names.learn_identifier(identifier)


def _learn_commands(names: Pseudonyms, journal: Any) -> None:
    """Resources that a command named and NIM may not have any more."""
    for run_ in journal if isinstance(journal, list) else ():
        for one in run_["vios"].values():
            line = one["command"] or ""
            for attribute, name in re.findall(r"-a ([a-z_]+)=([^\s']+)", line):
                names.learn(attribute, None if name.startswith("hdisk") else name)
            for several in re.findall(r"-[mpeb] ([^\s']+)", line) if line.startswith("viosupgrade") else ():
                for name in several.split(":"):
                    names.learn("resource", name)
