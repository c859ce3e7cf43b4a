"""Asks all that the checks of one tuple need, each VIOS by ``one_vios``, and makes the core's facts of the answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Optional, Union

from saltext_vios import methods
from saltext_vios.asked import Options
from saltext_vios.driver import backups, one_vios, serving
from saltext_vios.driver.one_vios import NIM
from saltext_vios.errors import NIMUnavailable
from saltext_vios.methods import clone
from saltext_vios.migration import clusters, statuses, targets
from saltext_vios.migration import levels as values
from saltext_vios.migration.backups import Known
from saltext_vios.migration.checks import CheckOptions, Partner, Readiness, Resource, VIOSFacts
from saltext_vios.migration.facts import (
    Disks,
    Ground,
    LevelAnswer,
    Look,
    Progress,
    Told,
    View,
)
from saltext_vios.migration.levels import Level
from saltext_vios.migration.paths import IGNORE, REQUIRE, Serving, without
from saltext_vios.migration.recalled import Cloned, Last
from saltext_vios.nim import commands, objects, replies
from saltext_vios.nim.backups import CONFIGURATION
from saltext_vios.nim.client import Attributes, Client
from saltext_vios.nim.snapshot import Snapshot
from saltext_vios.nim.stanza import first

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


Reader = Callable[[str, Attributes, Union[Disks, None]], Progress]


def reader(options: Options) -> Reader:
    """How a look at a VIOS, named first, reads as progress by the method of a request."""
    method = methods.of(options)

    def read(vios: str, attributes: Attributes, disks: Disks | None = None) -> Progress:
        progress = method.read(Look(one_vios.view(attributes), disks), targets.own(options, vios))
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
    levels = {name: one_vios.level(nim, listing.get(name)) for name in names}
    wanted = None if methods.of(options).task else _level(options)
    if wanted and not options["force"] and all(one.level and one.level >= wanted for one in levels.values()):
        return Answers(levels, {}, {}, {}, {}, settled=True)
    for name in dict.fromkeys(other for others in partners(listing, names).values() for other in others):
        if name not in levels:
            levels[name] = one_vios.level(nim, listing.get(name))
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
        allocated={name: one_vios.or_none(nim.allocated, name) for name in names},
        operations=dict.fromkeys(names, one_vios.or_none(nim.operations, names[0])),
        resources=resources,
        clusters={name: one_vios.cluster(nim, listing, name) for name in names},
        backups=backups.known(nim, kind, time.time()) if (kind := _backups_of(options)) else None,
        told={name: one_vios.told(_direct(nim), listing.get(name), name, about) for name in names},
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
    return {name: one_vios.in_cluster(one, told[name]) if name in told else one for name, one in found.items()}


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
    seen = {name: one_vios.disks(direct, listing.get(name), whole=True) for name in frame}
    ground = {name: replace(_ground(nim, listing, name, answers.clusters), disks=seen[name]) for name in names}
    return replace(
        answers,
        disks=seen,
        mapped={name: one_vios.mapped(direct, listing.get(name)) for name in frame},
        ground=ground,
        validated={name: _validated(direct, name, options, ground[name]) for name in names}
        if options["validate"]
        else {},
        may_not_boot={
            name: one_vios.may_not_boot(direct, listing.get(name), targets.own(options, name)) for name in names
        }
        if not options.get("task")
        else {},
        on_sea={name: one_vios.on_sea(direct, listing.get(name)) for name in names}
        if options["type"] == commands.ALTDISK
        else {},
        tool=direct.has_viosupgrade,
    )


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
    operations = one_vios.or_none(nim.operations, vios) or frozenset()
    try:
        master = nim.master_level()
    except NIMUnavailable:
        master = None
    return methods.automatic(options, operations, nim.client.has_viosupgrade, master)


def ground(nim: NIM, listing: Mapping[str, Attributes], name: str) -> Ground:
    """All that a command line depends on, for one VIOS."""
    return _ground(nim, listing, name, {name: one_vios.cluster(nim, listing, name)})


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
    return output.rc == 0 and not asked, f"returned {output.rc}: {one_vios.in_short(output)}"


def before_reboot(nim: Client, listing: Mapping[str, Attributes], names: Sequence[str], options: Options) -> Answers:
    """Ask whether the frames and clusters of a tuple can do without one of its VIOSes for a while."""
    frame = dict.fromkeys([*names, *(other for others in partners(listing, names).values() for other in others)])
    levels = {name: one_vios.level(nim, listing.get(name)) for name in frame}
    known = {name: one_vios.cluster(nim, listing, name) for name in names}
    serves = _whom_they_serve(nim, listing, names, known) if options["paths"] != IGNORE else {}
    return Answers(levels, {}, {}, {}, known, serves=serves)


def _level(options: Options) -> Level | None:
    return None if options["level"] is None else values.parse(options["level"])


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
        elsewhere = statuses.initiated(previous) == n and one_vios.view(attributes).busy
        others = partners(listing, names)[name]
        around = [answers.serves[other] for other in stand_ins(listing, names)[name] if other in answers.serves]
        found.append(
            VIOSFacts(
                name=name,
                type=first(attributes, "type"),
                view=one_vios.view(attributes),
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
                        one_vios.view(listing[other]) if other in listing else View(),
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
