"""Asks one VIOS, or NIM about it, and turns what they say into the core's facts."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, Union

from saltext_vios import methods
from saltext_vios.asked import Options
from saltext_vios.driver import serving
from saltext_vios.driver.settings import Settings
from saltext_vios.errors import NIMUnavailable
from saltext_vios.migration import clusters
from saltext_vios.migration import levels as values
from saltext_vios.migration.facts import (
    Disk,
    Disks,
    Evidence,
    LevelAnswer,
    Outcome,
    Preparation,
    Query,
    Told,
    View,
    Whom,
)
from saltext_vios.migration.paths import ONE_VIOS, Kind, Serving
from saltext_vios.nim import commands, mappings, objects, replies
from saltext_vios.nim.client import Attributes, Client
from saltext_vios.nim.process import Output
from saltext_vios.nim.snapshot import Snapshot
from saltext_vios.nim.stanza import first, whole

OUTCOMES = {objects.SUCCESS: Outcome.SUCCESS, objects.FAILURE: Outcome.FAILURE, objects.RESET: Outcome.RESET}
T = TypeVar("T")
NIM = Union[Client, Snapshot]


def client(settings: Settings) -> Client:
    lsnim, nim, upgrade, oslevel = map(settings.program, ("lsnim", "nim", "viosupgrade", "oslevel"))
    return Client(lsnim, nim, settings.c_rsh, settings.query_timeout, settings.environment, upgrade, oslevel)


def view(attributes: Attributes) -> View:
    """One VIOS as the listing shows it."""
    cstate, info = first(attributes, "Cstate"), whole(attributes, "info")
    mstate, result = first(attributes, "Mstate"), first(attributes, "Cstate_result")
    prev_state = first(attributes, "prev_state")
    return View(
        cstate=cstate,
        mstate=mstate,
        prev_state=prev_state,
        result=result,
        info=info,
        err_info=whole(attributes, "err_info"),
        ready=objects.is_ready(cstate),
        outcome=OUTCOMES.get(result or ""),
        running=objects.is_running(mstate),
        follows_operation=objects.is_operation(prev_state),
        phase=objects.phase(cstate),
        percent=replies.percent(info),
    )


def level(nim: NIM, attributes: Attributes | None) -> LevelAnswer:
    """Ask one VIOS for its ioslevel, at the host that its NIM object names."""
    host = objects.hostname(attributes) if attributes else None
    if host is None:
        return LevelAnswer(None, objects.no_host(attributes))
    try:
        answer = nim.level(host)
    except NIMUnavailable as error:
        return LevelAnswer(None, str(error))
    found = values.read(answer)
    return LevelAnswer(found, "" if found else f"ioslevel on {host} answered {answer!r}, expected one such as 3.1.4.31")


def cluster(nim: NIM, listing: Mapping[str, Attributes], name: str) -> clusters.Answer:
    """Ask one VIOS for its SSP cluster, and find out which VIOSes of NIM the nodes are."""
    host = objects.hostname(listing.get(name, {}))
    if host is None:
        return clusters.Answer(error=objects.no_host(listing.get(name)))
    try:
        nodes = nim.cluster(host)
    except NIMUnavailable as error:
        return clusters.Answer(error=str(error))
    if not nodes:
        return clusters.Answer()
    hosts = {other: objects.hostname(attributes) for other, attributes in listing.items()}
    return clusters.Answer(
        clusters.Cluster(
            nodes[0].cluster,
            tuple(
                clusters.Node(
                    node.node,
                    node.node_state,
                    node.pool_state,
                    next((vios for vios, host in hosts.items() if host and replies.same_host(node.node, host)), None),
                )
                for node in nodes
            ),
        )
    )


def in_cluster(serves: Serving, answer: clusters.Answer) -> Serving:
    if answer.error:
        return replace(serves, unanswered=(*serves.unanswered, (Kind.CLUSTER, answer.error)))
    nodes = answer.cluster.nodes if answer.cluster else ()
    well = any(node.vios == serves.vios and node.state == clusters.OK for node in nodes)
    return replace(serves, cluster=answer.cluster.name if answer.cluster and well else "")


def proof(nim: NIM, listing: Mapping[str, Attributes], name: str, served: Serving | None) -> LevelAnswer:
    """Ask a VIOS that may be done for its level, and for what it served before its start."""
    answer = level(nim, listing.get(name))
    if served is None or answer.level is None:
        return answer
    serves = serving.ask(nim, listing, name, whole=bool(served.adapters))
    if served.cluster:
        serves = in_cluster(serves, cluster(nim, listing, name))
    return replace(answer, serves=serves)


def disks(nim: Client, attributes: Attributes | None, whole: bool = False, boot: bool = False) -> Disks:
    """Ask one VIOS for its disks.

    :param whole: with their sizes, and with what shows that another VIOS sees the same one.
    :param boot: and from which it would boot, once NIM shows no operation.
    """
    host = objects.hostname(attributes) if attributes else None
    if host is None:
        return Disks(error=objects.no_host(attributes))
    try:
        found = nim.disks(host)
    except NIMUnavailable as error:
        return Disks(error=str(error))
    # Not every level of a VIOS has these; what is missing is a finding of the checks.
    sizes = (or_none(nim.disk_sizes, host) if whole else None) or {}
    printed = (or_none(lambda it: nim.said(it, commands.DISK_IDENTIFIERS), host) if whole else None) or ""
    same = dict(mappings.identifiers(printed).found)
    known = tuple(
        Disk(one.name, one.pvid, one.vg, sizes.get(one.name), same.get(one.name), one.active) for one in found
    )
    # While NIM shows the operation nobody needs to know: one question each time is enough.
    if not whole and not objects.is_ready(first(attributes or {}, "Cstate")):
        return Disks(known, counted=False)
    served = _served(nim, host)
    first_disks = (or_none(nim.boot_list, host) if boot else None) or ()
    return Disks(known, served=None if served is None else len(served), boot=first_disks)


def mapped(nim: Client, attributes: Attributes | None) -> frozenset[str] | None:
    """The disks of a VIOS that its clients use; None where it does not answer, or with what cannot be read."""
    host = objects.hostname(attributes) if attributes else None
    if host is None:
        return None
    served = _served(nim, host)
    return None if served is None else frozenset(served)


def _served(nim: Client, host: str) -> list[str] | None:
    """What backs the disks of the clients, each as often as it does."""
    try:
        read = mappings.scsi(nim.said(host, commands.SCSI_MAPPINGS))
    except NIMUnavailable:
        return None
    return None if read.unread else [one.backing for one in read.found]


def may_not_boot(nim: Client, attributes: Attributes | None, options: Options) -> tuple[str, ...]:
    """The disks to be written from which a new system may not boot; empty where that cannot be read."""
    host, named = objects.hostname(attributes) if attributes else None, commands.named_disks(options)
    if host is None or not named:
        return ()
    try:
        policies = mappings.reserve_policies(nim.said(host, commands.reserve_policies(named)))
        one_path = [disk for disk in named if policies.get(disk) == ONE_VIOS]
        return tuple(mappings.fail_over(nim.said(host, commands.algorithms(one_path)))) if one_path else ()
    except NIMUnavailable:
        return ()


def on_sea(nim: Client, attributes: Attributes | None) -> tuple[str, ...] | None:
    """The VIOS's own addresses that are on one of its Shared Ethernet Adapters; None where that cannot be read."""
    host = objects.hostname(attributes) if attributes else None
    if host is None:
        return None
    try:
        mapped = mappings.network(nim.said(host, commands.NETWORK_MAPPINGS))
        seas = {one.sea for one in mapped.found if one.sea}
        own = mappings.addresses(nim.said(host, commands.INTERFACES)) if seas else []
    except NIMUnavailable:
        return None
    # One that answers has an address: a form without any is not the one that is known.
    if mapped.unread or (seas and not own):
        return None
    return tuple(f"{address} on {adapter}" for adapter, address in own if adapter in seas)


def told(
    nim: Client, attributes: Attributes | None, name: str, options: Options, after: bool = False
) -> dict[str, Told]:
    """The answers to the queries of a task, by their names; a migration has none.

    :param after: when it looks done.
    """
    task = methods.of(options).task
    host = objects.hostname(attributes) if attributes else None
    queries = task.queries(name, options) if task is not None else ()
    return {one.name: _told(nim, host, one) for one in queries if after or not one.after}


def _told(nim: Client, host: str | None, query: Query) -> Told:
    words = (query.what,) if isinstance(query.what, str) else query.what
    try:
        if query.whom is Whom.VIOS:
            if host is None:
                return Told(error=objects.NO_HOST)
            reply = nim.reply(host, words[0])
            return Told(text=reply.output, rc=reply.rc)
        if query.whom is Whom.OBJECT:
            shown = nim.show(words[0])
            return Told(missing=True) if shown is None else Told(shown={key: first(shown, key) or "" for key in shown})
        if query.whom is Whom.MASTER:
            output = nim.master(words)
            return Told(text=output.stdout + output.stderr, rc=output.rc)
        return _file(Path(words[0]))
    except (NIMUnavailable, OSError) as error:
        return Told(error=str(error))


def _file(path: Path) -> Told:
    """A file of this NIM master, and the room in the nearest directory above it that is there."""
    above = next(one for one in path.parents if one.is_dir())
    room = os.statvfs(above)
    free = room.f_bavail * room.f_frsize
    try:
        found = path.stat()
    except FileNotFoundError:
        return Told(missing=True, free=free)
    return Told(size=found.st_size, changed=found.st_mtime, free=free)


def evidence(
    nim: Client, listing: Mapping[str, Attributes], name: str, options: Options, served: Serving | None
) -> Evidence:
    """All that a task is proven by, and what its VIOS serves again."""
    attributes = listing[name]
    seen = disks(nim, attributes, whole=True) if methods.of(options).asks else Disks()
    return Evidence(proof(nim, listing, name, served), seen, told(nim, attributes, name, options, after=True))


def prepare(nim: Client, attributes: Attributes, preparation: Preparation) -> str:
    """Set what a task needs on its VIOS and read it back; what is wrong with it, empty if nothing is."""
    host = objects.hostname(attributes)
    if host is None:
        return objects.NO_HOST
    try:
        nim.said(host, preparation.sets)
        return preparation.wrong(nim.said(host, preparation.reads))
    except NIMUnavailable as error:
        return str(error)


def report(nim: Client, question: Callable[[str], list[str]], attributes: Attributes) -> str:
    """How a tool says that it gets on with one VIOS: whatever it prints, or why it did not."""
    host = objects.hostname(attributes)
    if host is None:
        return objects.NO_HOST
    try:
        output = nim.upgrade_tool(question(host))
    except NIMUnavailable as error:
        return str(error)
    return f"returned {output.rc}: {in_short(output)}" if output.rc else in_short(output)


def in_short(output: Output) -> str:
    return " ".join((output.stdout + output.stderr).split())[-300:] or "it said nothing"


def or_none(question: Callable[[str], T], name: str) -> T | None:
    try:
        return question(name)
    except NIMUnavailable:
        return None
