"""Asks NIM and the VIOSes all that the checks need, and turns what they say into the core's facts."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Optional, TypeVar, Union

from saltext_vios import methods
from saltext_vios.asked import Options
from saltext_vios.driver import backups, serving
from saltext_vios.driver.settings import Settings
from saltext_vios.errors import NIMUnavailable
from saltext_vios.methods import clone
from saltext_vios.migration import clusters, statuses, targets
from saltext_vios.migration import levels as values
from saltext_vios.migration.backups import Known
from saltext_vios.migration.checks import CheckOptions, Cloned, Last, Partner, Readiness, Resource, VIOSFacts
from saltext_vios.migration.facts import (
    Disk,
    Disks,
    Evidence,
    Ground,
    LevelAnswer,
    Look,
    Outcome,
    Preparation,
    Progress,
    Query,
    Told,
    View,
    Whom,
)
from saltext_vios.migration.levels import Level
from saltext_vios.migration.paths import IGNORE, ONE_VIOS, REQUIRE, Kind, Serving, without
from saltext_vios.nim import commands, mappings, objects, replies
from saltext_vios.nim.backups import CONFIGURATION
from saltext_vios.nim.client import Attributes, Client
from saltext_vios.nim.process import Output
from saltext_vios.nim.snapshot import Snapshot
from saltext_vios.nim.stanza import first, whole

OUTCOMES = {objects.SUCCESS: Outcome.SUCCESS, objects.FAILURE: Outcome.FAILURE, objects.RESET: Outcome.RESET}
T = TypeVar("T")
NIM = Union[Client, Snapshot]
Recalled = Mapping[str, tuple[Optional[Last], Optional[Cloned]]]  # by VIOS, from the journal


@dataclass(frozen=True)
class Answers:
    """What was asked once before a start, besides the listing: by VIOS name, and by resource."""

    levels: Mapping[str, LevelAnswer]
    allocated: Mapping[str, tuple[str, ...] | None]
    operations: Mapping[str, frozenset[str] | None]
    resources: Mapping[str, tuple[Resource, ...]]
    clusters: Mapping[str, clusters.Answer]
    serves: Mapping[str, Serving] = field(default_factory=dict)  # empty where nobody wants to know
    backups: Known | None = None  # None: nobody wanted to know
    disks: Mapping[str, Disks] = field(default_factory=dict)
    mapped: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    ground: Mapping[str, Ground] = field(default_factory=dict)
    validated: Mapping[str, tuple[bool, str]] = field(default_factory=dict)
    told: Mapping[str, Mapping[str, Told]] = field(default_factory=dict)
    may_not_boot: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    on_sea: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    tool: bool = True
    settled: bool = False  # every VIOS is at the level asked for: no more was asked


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


Reader = Callable[[str, Attributes, Union[Disks, None]], Progress]


def reader(options: Options) -> Reader:
    """How a look at a VIOS, named first, reads as progress by the method of a request."""
    method = methods.of(options)

    def read(vios: str, attributes: Attributes, disks: Disks | None = None) -> Progress:
        progress = method.read(Look(view(attributes), disks), targets.own(options, vios))
        # Their number is not counted where each of them is compared, which says more and fails sooner.
        return replace(progress, served=None) if options["paths"] == REQUIRE else progress

    return read


def frames(listing: Mapping[str, Attributes], tuples: Iterable[Sequence[str]]) -> dict[str, str]:
    """VIOS -> frame. In a pair of which NIM shows one frame, or none, the caller's word is taken."""
    known = {name: frame for name, attributes in listing.items() if (frame := objects.frame(attributes))}
    for names in tuples:
        told = [known[name] for name in names if name in known]
        if told:
            for name in names:
                known.setdefault(name, told[0])
    return known


def partners(listing: Mapping[str, Attributes], names: Sequence[str]) -> dict[str, list[str]]:
    """The other VIOSes of each one's frame, the tuple's own included whatever NIM shows of their frame."""
    where = frames(listing, [names])
    found: dict[str, list[str]] = {}
    for name in names:
        same = [other for other in listing if other != name and where.get(other) == where.get(name, "")]
        found[name] = same + [other for other in names if other != name and other not in same]
    return found


def stand_ins(listing: Mapping[str, Attributes], names: Sequence[str]) -> dict[str, list[str]]:
    """Who carries the clients of each VIOS while it is down: the others of its tuple, else those of its frame."""
    around = partners(listing, names)
    return {name: [other for other in names if other != name] or around[name] for name in names}


def ask(nim: NIM, listing: Mapping[str, Attributes], names: Sequence[str], options: Options) -> Answers:
    """Ask all that one tuple's checks need; a question without an answer is part of the answer.

    A tuple that is at the level asked for costs one question for each VIOS.
    """
    levels = {name: level(nim, listing.get(name)) for name in names}
    wanted = None if methods.of(options).task else _level(options)
    if wanted and not options["force"] and all(one.level and one.level >= wanted for one in levels.values()):
        return Answers(levels, {}, {}, {}, {}, settled=True)
    for name in dict.fromkeys(other for others in partners(listing, names).values() for other in others):
        if name not in levels:
            levels[name] = level(nim, listing.get(name))
    known: dict[str, Resource] = {}
    resources = {}
    for name in names:
        named = methods.of(options).resources(name, options)
        for attribute, resource in named.items():
            if resource not in known:
                known[resource] = _resource(nim, attribute, resource)
        resources[name] = tuple(known[resource] for resource in named.values())
    # What a clone before a migration depends on is asked with the rest.
    about = clone.asked_by(options) if options["clone"] else options
    answers = Answers(
        levels=levels,
        allocated={name: _or_none(nim.allocated, name) for name in names},
        operations=dict.fromkeys(names, _or_none(nim.operations, names[0])),
        resources=resources,
        clusters={name: cluster(nim, listing, name) for name in names},
        backups=backups.known(nim, kind, time.time()) if (kind := _backups_of(options)) else None,
        told={name: told(_direct(nim), listing.get(name), name, about) for name in names},
    )
    if options["paths"] != IGNORE and methods.of(options).takes_down:
        answers = replace(answers, serves=_whom_they_serve(nim, listing, names, answers.clusters))
    return _of_the_method(nim, listing, names, about, answers) if methods.of(about).asks else answers


def _whom_they_serve(
    nim: NIM, listing: Mapping[str, Attributes], names: Sequence[str], told: Mapping[str, clusters.Answer]
) -> dict[str, Serving]:
    others = (other for each in stand_ins(listing, names).values() for other in each)
    # Looking ahead nothing is compared with what comes after.
    whole = () if isinstance(nim, Snapshot) else names
    found = serving.ask_each(nim, listing, list(dict.fromkeys([*names, *others])), whole)
    return {name: _in_cluster(one, told[name]) if name in told else one for name, one in found.items()}


def _in_cluster(serves: Serving, answer: clusters.Answer) -> Serving:
    if answer.error:
        return replace(serves, unanswered=(*serves.unanswered, (Kind.CLUSTER, answer.error)))
    nodes = answer.cluster.nodes if answer.cluster else ()
    well = any(node.vios == serves.vios and node.state == clusters.OK for node in nodes)
    return replace(serves, cluster=answer.cluster.name if answer.cluster and well else "")


def _direct(nim: NIM) -> Client:
    return nim.client if isinstance(nim, Snapshot) else nim


def _backups_of(options: Options) -> str | None:
    """Which backups matter: to a migration those of the configuration, unless they are to be ignored."""
    if options.get("task"):
        return options.get("kind")
    return None if options["backup"] == IGNORE else CONFIGURATION


def _of_the_method(
    nim: NIM, listing: Mapping[str, Attributes], names: Sequence[str], options: Options, answers: Answers
) -> Answers:
    """What a method asks besides the rest: of the NIM master, and of the disks of every VIOS of the frame."""
    direct = _direct(nim)
    frame = dict.fromkeys([*names, *(other for others in partners(listing, names).values() for other in others)])
    seen = {name: disks(direct, listing.get(name), whole=True) for name in frame}
    ground = {name: replace(_ground(nim, listing, name, answers.clusters), disks=seen[name]) for name in names}
    return replace(
        answers,
        disks=seen,
        mapped={name: mapped(direct, listing.get(name)) for name in frame},
        ground=ground,
        validated={name: _validated(direct, name, options, ground[name]) for name in names}
        if options["validate"]
        else {},
        may_not_boot={name: _may_not_boot(direct, listing.get(name), targets.own(options, name)) for name in names}
        if not options.get("task")
        else {},
        on_sea={name: _on_sea(direct, listing.get(name)) for name in names}
        if options["type"] == commands.ALTDISK
        else {},
        tool=direct.has_viosupgrade,
    )


def _may_not_boot(nim: Client, attributes: Attributes | None, options: Options) -> tuple[str, ...]:
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


def _on_sea(nim: Client, attributes: Attributes | None) -> tuple[str, ...] | None:
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


def _ground(nim: NIM, listing: Mapping[str, Attributes], name: str, told: Mapping[str, clusters.Answer]) -> Ground:
    try:
        master = nim.master_level()
    except NIMUnavailable:
        master = None
    answer = told[name]
    # A node that is down answers as if it were in none: another node of its cluster names it.
    in_cluster = None if answer.error else answer.cluster is not None
    return Ground(objects.hostname(listing.get(name, {})), master, name in clusters.known(told) or in_cluster)


def offered(nim: Snapshot, options: Options, vios: str) -> str:
    """The method that ``auto`` means here; what NIM does not answer is not offered."""
    operations = _or_none(nim.operations, vios) or frozenset()
    try:
        master = nim.master_level()
    except NIMUnavailable:
        master = None
    return methods.automatic(options, operations, nim.client.has_viosupgrade, master)


def ground(nim: NIM, listing: Mapping[str, Attributes], name: str) -> Ground:
    """All that a command line depends on, for one VIOS."""
    return _ground(nim, listing, name, {name: cluster(nim, listing, name)})


# what a task asks


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


def facts_with_history(found: Iterable[VIOSFacts], known: Recalled) -> list[VIOSFacts]:
    """The facts with what the journal knows of each VIOS."""
    nothing = (None, None)
    return [replace(one, last=known.get(one.name, nothing)[0], cloned=known.get(one.name, nothing)[1]) for one in found]


def with_doubts(found: Iterable[VIOSFacts], doubts: Mapping[str, str]) -> list[VIOSFacts]:
    """The facts without trust in backups that this program made and could not prove.

    :param doubts: name of a backup -> what became of it.
    """
    return [replace(one, backups=one.backups and one.backups.doubted(doubts)) for one in found]


def _validated(nim: Client, name: str, options: Options, where: Ground) -> tuple[bool, str]:
    """What the tool's own look says; a question is none that says yes."""
    look = methods.of(options).validation
    if look is None:
        return True, ""
    try:
        output = nim.upgrade_tool(look(name, targets.own(options, name), where))
    except NIMUnavailable as error:
        return False, str(error)
    asked = replies.question(output.stdout + output.stderr)
    return output.rc == 0 and not asked, f"returned {output.rc}: {_in_short(output)}"


def _in_short(output: Output) -> str:
    return " ".join((output.stdout + output.stderr).split())[-300:] or "it said nothing"


def report(nim: Client, question: Callable[[str], list[str]], attributes: Attributes) -> str:
    """How a tool says that it gets on with one VIOS: whatever it prints, or why it did not."""
    host = objects.hostname(attributes)
    if host is None:
        return objects.NO_HOST
    try:
        output = nim.upgrade_tool(question(host))
    except NIMUnavailable as error:
        return str(error)
    return f"returned {output.rc}: {_in_short(output)}" if output.rc else _in_short(output)


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
    sizes = (_or_none(nim.disk_sizes, host) if whole else None) or {}
    printed = (_or_none(lambda it: nim.said(it, commands.DISK_IDENTIFIERS), host) if whole else None) or ""
    same = dict(mappings.identifiers(printed).found)
    known = tuple(
        Disk(one.name, one.pvid, one.vg, sizes.get(one.name), same.get(one.name), one.active) for one in found
    )
    # While NIM shows the operation nobody needs to know: one question each time is enough.
    if not whole and not objects.is_ready(first(attributes or {}, "Cstate")):
        return Disks(known, counted=False)
    served = _served(nim, host)
    first_disks = (_or_none(nim.boot_list, host) if boot else None) or ()
    return Disks(known, served=None if served is None else len(served), boot=first_disks)


def before_reboot(nim: Client, listing: Mapping[str, Attributes], names: Sequence[str], options: Options) -> Answers:
    """Ask whether the frames and clusters of a tuple can do without one of its VIOSes for a while."""
    frame = dict.fromkeys([*names, *(other for others in partners(listing, names).values() for other in others)])
    levels = {name: level(nim, listing.get(name)) for name in frame}
    known = {name: cluster(nim, listing, name) for name in names}
    serves = _whom_they_serve(nim, listing, names, known) if options["paths"] != IGNORE else {}
    return Answers(levels, {}, {}, {}, known, serves=serves)


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


def _level(options: Options) -> Level | None:
    return None if options["level"] is None else values.parse(options["level"])


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


def proof(nim: NIM, listing: Mapping[str, Attributes], name: str, served: Serving | None) -> LevelAnswer:
    """Ask a VIOS that may be done for its level, and for what it served before its start."""
    answer = level(nim, listing.get(name))
    if served is None or answer.level is None:
        return answer
    serves = serving.ask(nim, listing, name, whole=bool(served.adapters))
    if served.cluster:
        serves = _in_cluster(serves, cluster(nim, listing, name))
    return replace(answer, serves=serves)


def facts(
    listing: Mapping[str, Attributes],
    names: Sequence[str],
    answers: Answers,
    running_commands: Mapping[str, str],
    read: Reader,
    recent: Collection[str] = (),
    previous: str | None = None,
) -> list[VIOSFacts]:
    """The core's facts of a tuple, from a fresh listing and the answers.

    :param running_commands: VIOS name -> what is known of a command for it that still runs.
    :param read: how a look at a VIOS reads as progress.
    :param recent: VIOSes that were migrated a short time ago.
    :param previous: the status that the tuple comes with; ``...-INIT`` and an operation that NIM shows belong together.
    """
    found = []
    in_clusters = clusters.known(answers.clusters)
    for n, name in enumerate(names, 1):
        attributes = listing.get(name)
        if attributes is None:
            found.append(VIOSFacts(name, exists=False))
            continue
        elsewhere = statuses.initiated(previous) == n and view(attributes).busy
        others = partners(listing, names)[name]
        around = [answers.serves[other] for other in stand_ins(listing, names)[name] if other in answers.serves]
        found.append(
            VIOSFacts(
                name=name,
                type=first(attributes, "type"),
                view=view(attributes),
                progress=read(name, attributes, answers.disks.get(name)),
                control=first(attributes, "control"),
                pushed_off=objects.is_pushed_off(first(attributes, "control")),
                hostname=objects.hostname(attributes),
                frame=objects.frame(attributes),
                level=answers.levels.get(name),
                allocated=answers.allocated.get(name),
                operations=answers.operations.get(name),
                resources=answers.resources.get(name, ()),
                partners=tuple(
                    Partner(
                        other,
                        view(listing[other]) if other in listing else View(),
                        answers.levels.get(other),
                        answers.disks.get(other),
                        answers.mapped.get(other),
                    )
                    for other in others
                ),
                running_commands=tuple(text for vios, text in running_commands.items() if vios in (name, *others)),
                cluster=clusters.Answer(in_clusters[name])
                if name in in_clusters
                else answers.clusters.get(name, clusters.Answer()),
                ground=answers.ground.get(name, Ground(objects.hostname(attributes))),
                readiness=Readiness(
                    answers.tool,
                    answers.disks[name],
                    answers.mapped.get(name),
                    answers.validated.get(name),
                    answers.may_not_boot.get(name, ()),
                    answers.on_sea.get(name, ()),
                )
                if name in answers.disks
                else None,
                serves=answers.serves.get(name),
                paths=tuple(without(answers.serves[name], *around)) if name in answers.serves else None,
                backups=answers.backups,
                recent=frozenset(recent),
                settled=answers.settled,
                told=answers.told.get(name, {}),
                under_way=f"started elsewhere ({previous})" if elsewhere else "",
            )
        )
    return found


def asked(options: Options) -> CheckOptions:
    method = methods.of(options)
    return CheckOptions(
        level=_level(options),
        force=options["force"],
        mk_image=options["mk_image"],
        allow_unknown_frame=options["allow_unknown_frame"],
        paths=options["paths"],
        ignore_clients=tuple(options["ignore_clients"] or ()),
        options=options,
        checks=methods.checks_of(options),
        common=method.common,
        wanted=method.wanted,
        takes_down=method.takes_down,
        done=method.task.done if method.task is not None else None,
        keeps=method.task.keeps if method.task is not None else None,
    )


def _resource(nim: NIM, attribute: str, name: str) -> Resource:
    try:
        attributes = nim.show(name)
    except NIMUnavailable as error:
        return Resource(attribute, name, error=str(error))
    if attributes is None:
        return Resource(attribute, name, exists=False)
    rstate, ioslevel = first(attributes, "Rstate"), first(attributes, "ioslevel")
    level = values.read(ioslevel)
    return Resource(
        attribute,
        name,
        type=first(attributes, "type"),
        rstate=rstate,
        ready=None if rstate is None else objects.is_resource_ready(rstate),
        source_image=first(attributes, "source_image"),
        ioslevel=level,
        no_level=ioslevel if ioslevel and level is None else "",
    )


def _or_none(question: Callable[[str], T], name: str) -> T | None:
    try:
        return question(name)
    except NIMUnavailable:
        return None
