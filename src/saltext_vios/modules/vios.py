"""
Migrate Virtual I/O Servers (VIOS) from a NIM master

.. versionadded:: 0.1.0

Runs on the minion of a NIM master. ``vios.migrate`` does the main job; the
other functions show, check and explain, or let an operator step in. A
driver process of its own carries migrations out, so they continue when a
job is killed or the minion restarts.

``migvios`` is undocumented by IBM; what this module knows of it comes from
IBM's public Ansible code.

Configuration, in the minion's configuration or in pillar, is described
under :ref:`configuration`.
"""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

# What a call needs that asks NIM, or has something done, is imported by that one: see saltext_vios.methods.
from saltext_vios import returns
from saltext_vios.driver import client as driver
from saltext_vios.driver import database, place, presence, reports, settings
from saltext_vios.driver.home import Home, prepare
from saltext_vios.driver.journal import Journal
from saltext_vios.errors import JournalError, Refused
from saltext_vios.kinds import read_clients
from saltext_vios.migration import timelimit, timestamps
from saltext_vios.migration.selection import ALL
from saltext_vios.modules import _caller as asking
from saltext_vios.modules import _shape as shape
from saltext_vios.modules import _support as support
from saltext_vios.nim import commands, objects
from saltext_vios.nim.client import Attributes
from saltext_vios.nim.names import check_name
from saltext_vios.nim.snapshot import Snapshot
from saltext_vios.nim.stanza import first
from saltext_vios.options import described, documented
from saltext_vios.returns import MOST_RUNS

if TYPE_CHECKING:
    from saltext_vios.asked import Options
    from saltext_vios.driver.request import Request
    from saltext_vios.migration.selection import Selection
    from saltext_vios.nim.client import Client

    # What Salt's loader puts here.
    __opts__: dict[str, Any]
    __context__: dict[str, Any]

__virtualname__ = "vios"
__func_alias__ = {"list_": "list", "driver_": "driver"}
# What has a table; a program that asks for JSON gets the same as ever.
__outputter__ = dict.fromkeys(
    (
        "list_",
        "clients",
        "backups",
        "options",
        "command",
        "check",
        "migrate",
        "backup",
        "clone",
        "rollback",
        "cleanup",
        "wait",
        "status",
        "progress",
        "overview",
        "history",
        "cancel",
        "resume",
        "driver_",
    ),
    "vios",
)


def __virtual__() -> str | tuple[bool, str]:
    try:
        bin_dir = settings.nim_bin_dir(__opts__)
    except Refused as error:
        return False, str(error)
    if settings.find("lsnim", bin_dir) is None:
        return False, (f"this minion is no NIM master: lsnim is neither in {bin_dir} (vios:nim_bin_dir) nor on PATH")
    return __virtualname__


def list_(levels: object = False) -> dict[str, returns.Inventory]:
    """
    List every VIOS that the NIM master knows.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.list
        salt nim-master vios.list levels=True

    levels
        Ask every VIOS for its ioslevel too, through c_rsh. Defaults to
        ``False``.

    Returns a dict by VIOS name with ``frame``, ``hostname``, ``Cstate``,
    ``Mstate``, ``Cstate_result`` (``None`` where NIM shows none) and
    ``in_flight``: whether NIM shows an operation, or one of ours is under
    way.
    """
    from saltext_vios.modules import _work as work

    with support.errors():
        nim = _nim()
        listing = nim.vioses()
        with _look() as journal:
            moving = {
                vios
                for entry in reports.progress(journal).values()
                for vios, one in entry["vios"].items()
                if "phase" in one
            }
        found = {name: shape.vios(attributes, name in moving) for name, attributes in listing.items()}
        if levels:
            for name, level in work.levels(nim, listing).items():
                found[name]["ioslevel"] = level
        return found


def clients(targets: object, ignore_clients: object = None) -> returns.Clients:
    """
    Show which client partitions a VIOS serves, and who would lose its last
    path if that VIOS went down.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.clients vios1,vios2
        salt nim-master vios.clients vios1
        salt nim-master vios.clients vios1,vios2 ignore_clients=lpar9,12

    Both VIOSes are asked through c_rsh (``lsmap``, ``chkdev``, ``entstat``;
    nothing is changed) and compared client by client: vSCSI disks by their
    identifier and never by their name, NPIV by a login on the other side,
    vNIC by the place of the client's adapter, the network by the state of
    the Shared Ethernet Adapters. The order of the fields of ``lsmap -fmt``
    is that of IBM's public code; a line that is not understood makes its
    path ``unknown``.

    targets
        One or several tuples; see ``vios.migrate``. The VIOSes of a tuple
        are compared with each other, one that is alone with the others of
        its frame.

    ignore_clients
        Client partitions that may lose their paths, by name or number: a
        list, or a text with commas.

    Returns ``vios``: by VIOS a list of paths with ``client`` (its number;
    ``None`` for what is not one client's), ``name``, ``kind`` (``vSCSI``,
    ``NPIV``, ``vNIC``, ``network``), ``what``, ``verdict`` (``ok``,
    ``unknown``, ``would be lost``), ``why``, ``unanswered`` (unknown for
    want of a readable answer) and ``ignored``; ``not_checked``, what nobody
    can know from here; and ``result``, false when a path would be lost that
    is not ignored.
    """
    from saltext_vios.driver import redundancy
    from saltext_vios.driver import request as requests
    from saltext_vios.modules import _plans as plans

    with support.errors():
        wanted, nim = requests.read_targets(targets), _snapshot()
        ignored = read_clients("ignore_clients", ignore_clients or [])
        requests.must_be_vioses(nim, [name for names in wanted for name in names])
        return plans.clients(redundancy.of(_nim(), nim.vioses(), wanted), ignored)


def backups(targets: object = None, view: object = False) -> returns.Backups:
    """
    Show which backups of VIOSes NIM knows: of what, from when, at which
    level, and whether they can be relied on.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.backups
        salt nim-master vios.backups vios1,vios2
        salt nim-master vios.backups vios1 view=True

    NIM is asked for its ``ios_backup`` (the configuration, by viosbr) and
    ``ios_mksysb`` (the whole system) resources, and their files are looked
    at on the NIM master. An image to install from, which is of no VIOS, is
    left out.

    targets
        Show only these VIOSes, see ``vios.migrate``. Defaults to all.

    view
        Have viosbr read the newest ``ios_backup`` of each VIOS too, on the
        VIOS itself; nothing is changed by it. Defaults to ``False``.

    Returns ``backups``: by VIOS a list, the newest first, of ``name``,
    ``kind``, ``made`` (the older of what NIM and the file say), ``age``
    (seconds), ``level`` (``None`` where NIM shows none), ``ready``,
    ``location``, ``size`` (bytes), ``proven`` and ``flaw`` (why it cannot
    be relied on), with ``view`` also ``viewed``; ``without``: VIOSes of
    which there is no ``ios_backup`` that can be relied on; ``unanswered``:
    what NIM did not answer.
    """
    from saltext_vios.driver import backups as backing
    from saltext_vios.driver import request as requests
    from saltext_vios.modules import _plans as plans
    from saltext_vios.modules import _work as work
    from saltext_vios.nim.backups import KINDS

    with support.errors():
        nim, wanted = _snapshot(), None
        if targets not in (None, ALL):
            wanted = [name for names in requests.read_targets(targets) for name in names]
            requests.must_be_vioses(nim, wanted)
        with _look() as journal:
            doubts = journal.unproven()
        found = [backing.known(nim, kind, time.time()).doubted(doubts) for kind in KINDS]
        names = wanted or list(nim.vioses())
        told = plans.backups(dict(zip(KINDS, found)), names)
        if view is True:
            work.view_newest(nim.client, found[0], told["backups"])
        return told


def show(name: object) -> Attributes:
    """
    Show one NIM object of any type with all its attributes.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.show vios1
        salt nim-master vios.show vios_31431_spot

    name
        The name of the object. An attribute that NIM shows several times is
        a list.
    """
    with support.errors():
        attributes = _nim().show(check_name(name))
        if attributes is None:
            raise CommandExecutionError(f"NIM knows no object named {name!r}; see: lsnim")
        return attributes


def options() -> dict[str, dict[str, Any]]:
    """
    Describe the options of ``vios.migrate``: type, default, the NIM
    attribute they become, and their meaning.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.options
    """
    return described()


@documented
def command(targets: object = None, **options: Any) -> dict[str, returns.Command]:
    """
    Build the commands that ``vios.migrate`` would run, and run nothing.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.command vios1,vios2 mksysb_name=vios_31431 \\
            spot_name=vios_31431_spot

    Returns per VIOS ``argv`` and ``line``, the same as one line to copy and
    paste.

    targets
        One or several tuples; see ``vios.migrate``.
    """
    from saltext_vios.modules import _plans as plans

    with support.errors():
        nim = _snapshot()
        return plans.commands_of(nim, _request(targets, options, nim))


@documented
def check(targets: object = None, **options: Any) -> returns.Check:
    """
    Check for everything that would stop a migration or deserves a warning.
    Changes nothing.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.check vios1,vios2 level=3.1.4.31 \\
            mksysb_name=vios_31431

    Returns ``result`` (false on an error finding), ``verdict`` (the worst
    of ``ok``, ``warning``, ``error``), ``findings`` (each with ``result``,
    ``vios``, ``check``, ``seen``, ``advice``) and ``tuples``: per tuple key
    what a call of ``vios.migrate`` would come to now, and per VIOS its
    level now, the level wanted, the seconds its migration is ``expected``
    to take (``None`` where nothing is known), its frame and cluster, and
    the command. ``max_parallel``: how many tuples would go at once;
    ``tuple_order``: which goes first; ``method``: by which each VIOS would
    be migrated, also where ``auto`` was asked. ``left_alone``: by VIOS why
    ``*`` has it in no tuple. A question that NIM cannot answer is a
    warning.

    targets
        One or several tuples; see ``vios.migrate``.
    """
    from saltext_vios.driver import plan as planning
    from saltext_vios.modules import _plans as plans

    with support.errors():
        nim = _snapshot()
        asked = _request(targets, options, nim)
        with _look() as journal:
            planned = planning.plan(journal, _settings(), nim, asked, time.time())
        return plans.check(planned, asked, _settings().max_parallel)


@documented
def migrate(targets: object = None, test: object = None, **options: Any) -> returns.Migrate | returns.MigratePreview:
    """
    Migrate one or several tuples of VIOSes, and wait for the end.

    Per tuple, in this order: previous status, time limit, hold, already at
    the level, checks, command, wait, verification by the VIOS itself, next
    VIOS. Tuples go side by side, at most one VIOS of a frame at a time. A
    tuple that is under way is attached to, never started twice.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.migrate vios1,vios2 level=3.1.4.31 \\
            mksysb_name=vios_31431 spot_name=vios_31431_spot \\
            bosinst_data=unattended boot_client=yes set_boot_list=yes
        salt nim-master vios.migrate '*' level_below=3.1.4 \\
            mksysb_name=vios_31431 test=True

    Returns ``result`` (false on any failure, which makes the job fail;
    skips do not), ``changed``, ``msg``, ``targets``, ``status`` by tuple
    key, ``nim_node`` and ``meta``: per tuple ``messages`` and per VIOS
    ``status``, ``cmd``, ``stdout``, ``stderr``, ``rc``, ``started``,
    ``finished``, ``duration`` (seconds), ``level`` and ``failure``:
    ``None``, or what was ``expected``, the NIM attributes ``seen``,
    ``since`` when, where the ``output`` lies and the ``next`` command to
    type.

    targets
        ``vios1,vios2`` or ``vios1``; a list of tuples, each a list or a
        string; ``(vios1, vios2)`` as in IBM's playbooks. The VIOSes of a
        tuple are migrated in the order given. ``*`` means every pair that
        NIM shows, two VIOSes of one frame; ``frame``, ``level_below`` and
        ``cluster`` select among them, and ``left_alone`` of the return says
        by VIOS why it is in no tuple.

    test
        Only look: what each tuple would come to, with the findings and the
        commands. Defaults to the minion's ``test``.
    """
    from saltext_vios.driver import plan as planning
    from saltext_vios.modules import _plans as plans
    from saltext_vios.modules import _work as work

    with support.errors():
        looks = support.only_looks(__opts__, test)
        nim = _snapshot()
        asked = _request(targets, options, nim)
        if not asked.tuples:
            return plans.nothing_selected(asked)
        if looks:
            with _look() as journal:
                planned = planning.plan(journal, _settings(), nim, asked, time.time())
            return plans.preview(planned, asked, _settings().max_parallel)
        home = _own()
        listing = work.known(home, nim, asked)
        caller = _caller()
        number = driver.request(home, asked.tuples, asked.options, _settings(), caller, asked.any_method)
        driver.until_picked_up(home, number, caller)
        with Journal(home) as journal:
            runs = reports.runs_of(journal, number)
            since = reports.asked_at(journal, number)
        if asked.options["wait"]:
            work.follow(__opts__, home, runs, caller)
        return work.outcome(home, nim.client, listing, runs, since, number, asked.left_alone)


def clone(targets: object, test: object = None, **options: Any) -> returns.Task | returns.TaskPreview:
    """
    Copy the running system of each VIOS onto another disk, as a way back:
    ``nim -o alt_disk_install``.

    The VIOS serves its clients meanwhile, and its boot list stays as it is;
    that is read before and after, and a clone counts as made only when
    ``altinst_rootvg`` stands on the disk and the boot list is as before.
    Carried out by the driver: a call for a clone that is under way attaches
    to it, and a migration of the frame waits.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.clone vios1 disk=hdisk1
        salt nim-master vios.clone vios1,vios2 disk=hdisk1 max_age=7d \\
            test=True
        salt nim-master vios.clone vios1,vios2 \\
            disk='{vios1: hdisk1, vios2: hdisk3}'

    targets
        The VIOSes, each by itself.

    disk
        The disk, or several, that get the copy; or a map with the disk of
        each VIOS. What is on them is lost: they must be in no volume group,
        used by no client and by no other VIOS of the frame.

    max_age
        Make none where a clone that the journal knows is younger and still
        stands there. Defaults to none.

    test
        Only look. Defaults to the minion's ``test``.

    Taken as by ``vios.migrate``: ``time_limit``, ``wait``,
    ``poll_interval``, ``stall_timeout``, ``max_parallel``.

    Returns ``result``, ``changed``, ``msg``, ``status`` by VIOS
    (``SUCCESS-CLONE``, see docs/statuses.md) and ``vios``: what
    ``vios.migrate`` returns of each VIOS in ``meta``, with its
    ``messages``.
    """
    return _run_task("clone", targets, test, options)


def backup(targets: object, test: object = None, **options: Any) -> returns.Task | returns.TaskPreview:
    """
    Make a backup of each VIOS as a NIM resource, and prove it:
    ``nim -o define`` with ``mk_image=yes``.

    The VIOS serves its clients meanwhile. A backup counts as made when NIM
    has its object, ready and of this VIOS, when its file has something in
    it and is from after the start, and when ``viosbr_action=view`` reads
    it; the exit status is not believed. Carried out by the driver: a call
    for a backup that is under way attaches to it, and one that was killed
    is looked for in NIM.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.backup vios1,vios2 max_age=7d
        salt nim-master vios.backup vios1 kind=ios_mksysb \\
            flags='-nomedialib'
        salt nim-master vios.backup vios1,vios2 keep=3
        salt nim-master vios.backup vios1 test=True

    targets
        The VIOSes, each by itself.

    kind
        ``ios_backup``, the configuration by viosbr, or ``ios_mksysb``, the
        whole system. Defaults to ``ios_backup``. Of images one is made at a
        time on a NIM master, unless ``max_parallel`` says otherwise.

    max_age
        Make none where the newest backup that is proven is younger and of
        the same level. Defaults to none.

    keep
        When the call waits and the new one is proven, remove older ones
        with their files: so many stay. Only those whose names this program
        made up, never the newest proven one, never one that is used by
        something under way. Nothing is removed unless this is given.

    backup_name
        The name of the resource, for one VIOS. Defaults to
        ``VIOS_iosb_TIME`` or ``VIOS_sysb_TIME``. A name that exists is
        refused.

    flags
        Flags of backupios for an ``ios_mksysb``.

    test
        Only look. Defaults to the minion's ``test``.

    Taken as by ``vios.migrate``: ``time_limit``, ``wait``,
    ``poll_interval``, ``stall_timeout``, ``max_parallel``. The files lie
    below ``vios:backup_dir``, in a directory by kind that must be there.

    Returns ``result``, ``changed``, ``msg``, ``status`` by VIOS
    (``SUCCESS-BACKUP``, see docs/statuses.md), ``vios``: what
    ``vios.migrate`` returns of each VIOS in ``meta``, with its
    ``messages``, and ``pruned`` by VIOS.
    """
    ret = _run_task("backup", targets, test, options)
    if options.get("keep") is None or "findings" in ret:
        return ret
    from saltext_vios.modules import _work as work
    from saltext_vios.nim.backups import CONFIGURATION

    with support.errors(), _look() as journal:
        kind = options.get("kind") or CONFIGURATION
        return work.prune(ret, _settings(), _nim(), journal, kind, int(options["keep"]))


def rollback(
    targets: object, confirm: object = False, test: object = None, **options: Any
) -> returns.Task | returns.TaskPreview:
    """
    Boot a VIOS from the disk with its former system: an outage, and never
    done automatically.

    The boot list is set to that disk and read back, then the VIOS is
    rebooted once (``nim -o reboot``), and the wait ends when it answers
    with its former level from that disk. Refused where there is no way
    back, and where its partner does not answer or is in an operation; the
    frame is taken as by a migration.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.rollback vios1 test=True
        salt nim-master vios.rollback vios1 confirm=True

    targets
        One VIOS.

    confirm
        Must be ``True``; without it the call is refused, and the message
        says what it would do. Defaults to ``False``.

    level
        The level to go back to. Defaults to what the journal knows of the
        last migration, or of the clone.

    disk
        The disk to boot from. Defaults to the one with ``old_rootvg``, else
        with ``altinst_rootvg``, else the last clone that the journal knows.

    alone, may_lose_cluster
        Roll back even if NIM shows no partner; even if its SSP cluster may
        not accept it again. Default to ``False``.

    test
        Only look. Defaults to the minion's ``test``.

    Taken as by ``vios.migrate``: ``time_limit``, ``wait``,
    ``poll_interval``, ``stall_timeout``, ``paths``, ``paths_timeout``,
    ``ignore_clients``, ``allow_unknown_frame``. What it serves then is
    compared with what it served before, as after a migration: ``missing``
    of the VIOS. Returns what ``vios.clone`` returns.
    """
    return _confirmed("rollback", targets, confirm, test, options)


def cleanup(
    targets: object, confirm: object = False, test: object = None, **options: Any
) -> returns.Task | returns.TaskPreview:
    """
    Remove ``altinst_rootvg`` and ``old_rootvg`` of VIOSes: what blocks the
    next clone and upgrade, and is the way back.

    Never the way back of a VIOS whose last migration was not verified. With
    ``test=True`` it only shows what is there.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.cleanup vios1,vios2 test=True
        salt nim-master vios.cleanup vios1,vios2 confirm=True

    targets
        The VIOSes, each by itself.

    confirm
        Must be ``True``; without it the call is refused, and the message
        says what it would do. Defaults to ``False``.

    vg
        Only this one: ``altinst_rootvg`` or ``old_rootvg``. Defaults to
        both.

    level
        The level that the VIOS is to stay at, and answers with; needed
        where the journal has no migration of it.

    test
        Only look. Defaults to the minion's ``test``.

    Taken as by ``vios.migrate``: ``time_limit``, ``wait``,
    ``poll_interval``, ``stall_timeout``, ``max_parallel``. Returns what
    ``vios.clone`` returns.
    """
    return _confirmed("cleanup", targets, confirm, test, options)


def wait(targets: object = None) -> returns.Migrate:
    """
    Attach to what is under way and wait for its end, the second VIOS of a
    tuple included.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.wait
        salt nim-master vios.wait vios1,vios2

    targets
        Tuples to wait for. Defaults to all that are under way. A tuple that
        is not under way is answered with how its last run ended.

    Returns what ``vios.migrate`` returns.
    """
    from saltext_vios.modules import _work as work

    with support.errors():
        keys = _keys(targets)
        since = time.time()
        with _look() as journal:
            runs = reports.under_way(journal) if keys is None else reports.latest(journal, keys)
        missing = [key for key in keys or () if key not in runs]
        if missing:
            raise Refused(f"the journal has no tuple {', '.join(missing)}; see vios.history")
        home = _home()
        if runs:
            presence.cancel_stop(home)
            work.follow(__opts__, home, list(runs.values()), _caller())
        return work.outcome(home, _nim(), {}, list(runs.values()), since, None, {})


def status(targets: object = None) -> returns.Status:
    """
    Show the status of every tuple that the journal knows, as a map that can
    be passed on as ``vios_status``.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.status
        salt nim-master vios.status vios1,vios2

    targets
        Tuples to show. Defaults to all.
    """
    with support.errors(), _look() as journal:
        return reports.status(journal, _keys(targets))


def progress(targets: object = None) -> dict[str, returns.TupleProgress]:
    """
    Show where everything under way stands now. Asks the journal only, so it
    answers while NIM hangs.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.progress

    targets
        Tuples to show. Defaults to all that are under way.

    Returns per tuple ``run``, ``status``, ``waits`` (``None``, or why
    nothing is done for it now: whose frame or cluster it waits for, its
    place in the order, what the listing lacks, that no driver runs) and per
    VIOS ``state``, ``status`` and, while it migrates, ``phase``,
    ``percent`` (``None`` unless NIM shows one), ``info`` as NIM shows it,
    ``since``, ``elapsed`` (seconds) and ``took_before``: the seconds the
    same phase took the last time.
    """
    with support.errors(), _look() as journal:
        return reports.progress(journal, _keys(targets))


def overview() -> returns.Overview:
    """
    Show every tuple that the journal knows, as the runner shows it for a
    fleet. Reads files only, never asks NIM.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.overview

    Returns ``at`` (the time of this minion), ``held`` (``None``, or
    ``reason``, ``by`` and ``since``), ``driver`` (whether it runs),
    ``trouble`` (what keeps it from its work, or empty), ``event`` (the
    number of the newest event in the journal) and ``tuples``: per tuple key
    the newest ``run``, its ``status``, ``asked``, ``finished`` and
    ``waits``, and per VIOS the keys of ``vios.progress`` and
    ``vios.history``, and ``expected``: how many seconds its migration is
    expected to take, the median of earlier ones, or ``None`` if there are
    none.
    """
    with support.errors(), _look() as journal:
        held = journal.held()
        return {
            "at": timestamps.text(time.time()),
            # Before the tuples, which then include all that it counts.
            "event": reports.newest_event(journal),
            "held": shape.held(held) if held else None,
            "driver": presence.running(_home()) is not None,
            "trouble": shape.trouble(_home(), list(reports.tuples_under_way(journal))),
            "tuples": reports.overview(journal),
        }


def metrics() -> str:
    """
    Show the state of migrations and driver as metrics for Prometheus. Reads
    files only, never asks NIM.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.metrics
        salt-call --out=newline_values_only vios.metrics

    Returns the text that the engine ``vios`` writes into a file for the
    node exporter; docs/notify.md explains them.
    """
    from saltext_vios.driver import metrics as measuring

    with support.errors():
        return measuring.text(_home())


def history(
    targets: object = None, limit: object = 20, since: object = None, detail: object = False
) -> list[returns.HistoryEntry]:
    """
    Show what was done, newest first: when, how long it took, with which
    command, from which level to which.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.history
        salt nim-master vios.history vios1,vios2 limit=5
        salt nim-master vios.history since=12h detail=True

    targets
        Tuples to show. Defaults to all.

    limit
        How many runs at most, up to 100000. Defaults to 20.

    since
        Leave out runs that ended before: a time as for ``time_limit``, or a
        duration back from now such as ``12h``.

    detail
        Show the ``messages`` of each run too, and per VIOS its ``phases``
        (each with ``since``, ``until`` and ``took`` in seconds) and its
        ``failure`` as ``vios.migrate`` does. Defaults to ``False``.
    """
    with support.errors():
        if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST_RUNS:
            raise Refused(f"limit is {limit!r}, expected a whole number from 1 to {MOST_RUNS}")
        earliest = None if since is None else timelimit.past(since, datetime.now(timezone.utc)).timestamp()
        with _look() as journal:
            return reports.history(journal, _keys(targets), limit, earliest, detail is True)


def hold(reason: object = "") -> dict[str, Any]:
    """
    Start nothing more on this NIM master until ``vios.release``. A VIOS
    that is already installing continues.

    A tuple whose turn comes meanwhile ends with ``SKIPPED-HELD``. A hold
    survives restarts.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.hold 'storage team works on frame2 tonight'

    reason
        Shown in the result of every tuple that the hold stops.
    """
    with support.errors():
        text = shape.one_line(reason, "reason")
        with _write() as journal, database.claimed(_settings(), journal.home):
            journal.hold(text, _caller().name, time.time())
    return {"result": True, "held": True, "reason": text}


def release() -> dict[str, Any]:
    """
    End a hold.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.release

    Returns ``changed``: whether there was a hold.
    """
    with support.errors(), _write() as journal:
        return {"result": True, "held": False, "changed": journal.release()}


def cancel(targets: object) -> returns.Cancelled:
    """
    Start no further VIOS of a tuple. A VIOS that is already installing
    continues, and the tuple ends after it.

    A tuple of which nothing was started ends at once with ``SKIPPED-HELD``.
    If its first VIOS is installing, that VIOS is still verified and keeps
    its own status, then the tuple ends with ``SKIPPED-HELD``. Nothing is
    changed in NIM: to recover a VIOS that failed, see ``vios.reset``. A
    call that requests the tuple meanwhile does not undo this. A run that
    another version wrote, and this one cannot read, is ended: ask NIM what
    became of its VIOSes.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.cancel vios1,vios2

    targets
        One or several tuples, as for ``vios.migrate``.

    Returns ``tuples``: by tuple key ``changed`` (false if it was cancelled
    before, or is not under way), ``status`` (``None`` while a VIOS is
    installing), ``goes_on`` (the VIOSes that are installing) and ``msg``.
    """
    from saltext_vios.modules import _work as work

    with support.errors():
        if targets in (None, ALL):
            raise Refused("targets is '*' or missing; name the tuples to cancel, or hold everything: vios.hold")
        asked, home, caller = work.keys(targets), _own(), _caller()
        done = {
            key: shape.cancelled(home, names, key, driver.cancel(home, key, caller)) for key, names in asked.items()
        }
        return {"result": True, "changed": any(one["changed"] for one in done.values()), "tuples": done}


def stop(confirm: object = False) -> dict[str, Any]:
    """
    Stop the driver, between two of its steps. NIM continues what it
    installs, but nothing follows or verifies it.

    The driver stays stopped, even after a restart, until ``vios.migrate``,
    ``vios.migrated`` or ``vios.wait`` needs it again. Jobs that are waiting
    end with an error that says who stopped it. If you only want that
    nothing more is started, use ``vios.hold`` instead.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.stop confirm=True

    confirm
        Must be ``True``. Defaults to ``False``.

    Returns ``changed``: whether a driver ran, and ``under_way``: the tuples
    that no driver follows now.
    """
    if confirm is not True:
        raise SaltInvocationError("vios.stop leaves running migrations without a driver; to do it, add confirm=True")
    with support.errors():
        ran = driver.stop(_own(), _caller())
        with _look() as journal:
            return {"result": True, "changed": ran, "under_way": list(reports.under_way(journal))}


def resume() -> returns.Resumed:
    """
    Start a driver if something is under way and none runs: after a restart
    of the NIM master, from cron, or by hand.

    The usual rules apply (time limit, hold, previous failure). A driver
    that was stopped with ``vios.stop`` stays stopped. The engine ``vios``
    does this by itself. On a NIM master without a minion, run the command
    of ``inittab`` once.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.resume
        salt-ssh nim-master vios.resume

    Returns ``changed``, ``started`` (the tuples for which a driver was
    started), ``under_way``, ``msg``, and ``inittab``: the command that
    makes AIX do the same at each of its starts, without Salt. It names a
    script in the state directory, which this call and each driver rewrite.
    """
    from saltext_vios.driver import resume as resuming

    with support.errors():
        home = _own()
        started = driver.ensure_driver_if_needed(home, _caller())
        if presence.running(home) is None:
            resuming.leave(home)
        with _look() as journal:
            under_way = list(reports.under_way(journal))
        return {
            "result": True,
            "changed": bool(started),
            "started": started,
            "under_way": under_way,
            "msg": resuming.outcome(home, started),
            "inittab": resuming.inittab(home),
        }


def driver_() -> returns.Driver:
    """
    Show whether the driver runs, since when, which version, and what it
    does. Reads files only, never asks NIM.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.driver

    Returns ``running``, ``pid``, ``since``, ``version``, ``python`` (path
    and version of the Python of this driver, or of the last one),
    ``last_look`` (when NIM last answered it), ``trouble`` (why nothing can
    be recorded or started, else empty), ``doing`` (by tuple key: state or
    phase by VIOS), ``stopped`` (``by`` and ``at``, or ``None``) and
    ``log``: the path of its log. A driver that has nothing to do exits;
    that is no fault.
    """
    with support.errors():
        try:
            with _look() as journal:
                return shape.driver(_home(), reports.progress(journal))
        except JournalError as error:
            return {**shape.driver(_home(), {}), "trouble": str(error)}


def log(name: object) -> str:
    """
    Show NIM's script log of a VIOS:
    ``nim -o showlog -a full_log=yes -a log_type=script``.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.log vios1

    name
        The VIOS.
    """
    with support.errors():
        return support.run_nim(_settings(), commands.showlog(check_name(name))).stdout


def capture(out: object, targets: object = None, follow: object = False, names: object = False) -> dict[str, Any]:
    """
    Write into a file what this NIM master and its VIOSes answer, and what a
    migration shows while it is under way.

    It changes nothing in NIM. Such a file helps to check what this package
    assumes about NIM. Names, addresses, serial numbers and identifiers are
    replaced, each by the same pseudonym everywhere. Read the file before
    you send it.

    CLI Example:

    .. code-block:: bash

        salt-call vios.capture /root/vios.json
        salt-call vios.capture /root/migration.json vios1,vios2 follow=4h
        salt nim-master vios.capture \\
            /var/adm/saltext-vios/captures/vios.json

    out
        The file on the NIM master: an absolute path that ends in ``.json``;
        the file must not exist yet. Unless you use ``salt-call``, it must
        lie below ``vios:capture_dir``. Only its owner may read it.

    targets
        The VIOSes to ask and to follow; see ``vios.migrate``. Defaults to
        eight VIOSes, those in an operation first; every VIOS that is in an
        operation is followed.

    follow
        Look again every ``vios:poll_interval`` seconds until the migration
        is over: at most for twelve hours with ``True``, or for a number of
        seconds, or for a duration such as ``4h``. If no migration is under
        way, it waits for one. Defaults to ``False``.

    names
        Keep the real names, for a rehearsal on your own machines. Defaults
        to ``False``.

    Returns ``out``, ``bytes``, ``names`` (``replaced`` or ``kept``),
    ``asked``, ``no_answer`` (the commands that failed), ``looks`` (how
    many) and ``ended`` (why it stopped looking). docs/capture.md describes
    the file.
    """
    from saltext_vios.driver import capture as capturing
    from saltext_vios.driver import capture_file
    from saltext_vios.driver import request as requests

    with support.errors():
        wanted = [] if targets is None else [name for one in requests.read_targets(targets) for name in one]
        seconds = capturing.seconds_of(follow)
        path = capture_file.path_of(out, __opts__)
        return {"result": True, **capturing.take(_settings(), _home(), path, wanted, seconds, names is True)}


def reset(name: object, confirm: object = False, while_installing: object = False) -> dict[str, Any]:
    """
    Recover a VIOS object after a failure: ``nim -Fo reset`` and
    ``nim -Fo deallocate -a subclass=all``.

    This is never done automatically. Recorded failures of its tuples no
    longer block ``vios_status=recorded``.

    CLI Example:

    .. code-block:: bash

        salt nim-master vios.reset vios1 confirm=True

    name
        The VIOS.

    confirm
        Must be ``True``. Defaults to ``False``.

    while_installing
        Reset it although NIM shows an operation, or a migration of it is
        under way. While a VIOS is installing, a reset cuts NIM off from it.
        Defaults to ``False``.
    """
    with support.errors():
        vios = check_name(name)
        if confirm is not True:
            raise Refused(f"vios.reset changes the NIM object {vios!r}; to do it, add confirm=True")
        nim = _nim()
        attributes = nim.show(vios)
        if attributes is None or first(attributes, "type") != "vios":
            raise Refused(f"NIM knows no VIOS {vios!r}; see vios.list")
        with _write() as journal:
            moving = [key for key, one in reports.progress(journal).items() if vios in one["vios"]]
            cstate = first(attributes, "Cstate")
            if while_installing is not True and (moving or not objects.is_ready(cstate)):
                seen = f"{moving[0]} is under way" if moving else f"Cstate is {cstate!r}"
                raise Refused(f"{vios} looks as if it is installing ({seen}); while_installing=True resets it anyway")
            done = {}
            for step, argv in (("reset", commands.reset(vios)), ("deallocate", commands.deallocate(vios))):
                output = support.run_nim(_settings(), argv)
                done[step] = {
                    "cmd": commands.copy_and_paste(argv),
                    "stdout": output.stdout,
                    "stderr": output.stderr,
                }
            journal.clear(vios, time.time())
        return {"result": True, "changed": True, **done}


def _settings() -> settings.Settings:
    return settings.read(__opts__)


def _nim() -> Client:
    from saltext_vios.driver import one_vios

    return one_vios.client(_settings())


def _snapshot() -> Snapshot:
    """NIM for one call, which asks nothing twice."""
    return Snapshot(_nim())


def _home() -> Home:
    """The state directory as it is, unless another one works on the same NIM database."""
    found = _settings()
    place.refuse_anothers(found.state_dir)
    home = Home(Path(found.state_dir))
    database.refuse_another(found, home)
    return home


def _own() -> Home:
    """The same, to write in it."""
    return prepare(str(_home().path))


@contextlib.contextmanager
def _write() -> Iterator[Journal]:
    """The journal to write in; where a driver of an older version left for that, one continues its work."""
    with Journal(_own()) as journal:
        yield journal
    if journal.relieved:
        driver.ensure_driver_if_needed(journal.home, _caller())


def _look() -> Journal:
    """The journal to read from; where there is none yet, an empty one that leaves no trace."""
    return Journal(_home(), look_only=True)


def _request(targets: object, options: Mapping[str, Any], nim: Snapshot) -> Request:
    from saltext_vios.driver import inquiry, selection
    from saltext_vios.driver import request as requests

    own = {name: value for name, value in options.items() if not name.startswith("__pub_")}

    def select(options: Options) -> Selection:
        with _look() as journal:
            running = reports.tuples_under_way(journal)
        return selection.select(nim, options, running)

    now, offered = datetime.now(timezone.utc).astimezone(), functools.partial(inquiry.offered, nim)
    return requests.read(targets, own, settings.defaults(__opts__), now, select, offered)


def _run_task(task: str, targets: object, test: object, given: Mapping[str, Any]) -> returns.Task | returns.TaskPreview:
    """A task on each of some VIOSes, by the driver."""
    from saltext_vios.modules import _plans as plans
    from saltext_vios.modules import _work as work

    with support.errors():
        if support.only_looks(__opts__, test):
            return _preview_of_task(task, targets, given)
        asked = _task_request(task, targets, given)
        nim, home, caller = _snapshot(), _own(), _caller()
        work.known(home, nim, asked)
        number = driver.request(home, asked.tuples, asked.options, _settings(), caller)
        driver.until_picked_up(home, number, caller)
        with Journal(home) as journal:
            runs, since = reports.runs_of(journal, number), reports.asked_at(journal, number)
        if asked.options["wait"]:
            driver.until_finished(home, runs, caller)
        with Journal(home, look_only=True) as journal:
            found = [reports.tuple_report(journal, run, number) for run in runs]
            return plans.task_outcome(task, found, any(reports.changed_since(journal, run, since) for run in runs))


def _preview_of_task(task: str, targets: object, given: Mapping[str, Any]) -> returns.TaskPreview:
    from saltext_vios.driver import plan as planning
    from saltext_vios.driver import request as requests
    from saltext_vios.modules import _plans as plans

    asked, nim = _task_request(task, targets, given), _snapshot()
    requests.must_be_vioses(nim, asked.names)
    with _look() as journal:
        return plans.task_preview(task, planning.plan(journal, _settings(), nim, asked, time.time()), asked)


def _task_request(task: str, targets: object, given: Mapping[str, Any]) -> Request:
    from saltext_vios.driver import request as requests

    own = {name: value for name, value in given.items() if not name.startswith("__pub_")}
    return requests.read_task(task, targets, own, datetime.now(timezone.utc).astimezone(), _settings().backup_dir)


def _confirmed(
    task: str, targets: object, confirm: object, test: object, given: Mapping[str, Any]
) -> returns.Task | returns.TaskPreview:
    """A task that takes something away: without a yes it is refused, with what it would do."""
    with support.errors():
        looks = support.only_looks(__opts__, test)
    if confirm is True or looks:
        return _run_task(task, targets, looks, given)
    with support.errors():
        found = _preview_of_task(task, targets, given)
    would = "; ".join(f"{name}: {one['why']}" for name, one in found["vios"].items())
    raise SaltInvocationError(f"nothing was done. With confirm=True: {would}. For details: test=True")


def _keys(targets: object) -> list[str] | None:
    if targets in (None, ALL):
        return None
    from saltext_vios.modules import _work as work

    return list(work.keys(targets))


def _caller() -> driver.Caller:
    # What salt-ssh unpacked is no minion, and would be gone when events are sent.
    minion = None if place.unpacked(__opts__) else __opts__.get("conf_file")
    return driver.Caller(asking.name(__opts__, __context__), minion)
