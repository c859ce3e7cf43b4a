"""
Watch and control the migrations of many NIM masters from the Salt master

.. versionadded:: 0.1.0

Install the extension in the environment of the salt-master too. Every
function asks the execution module ``vios`` of its target minions; minions
that are no NIM masters are left out. With ``ssh=True`` it asks targets of
the Salt master's roster through Salt's own ssh client, with ``ssh=both``
those and the minions. The journals of the NIM masters hold the truth.
Nothing is kept on the Salt master, so you may call every function again at
any time.

A function that fails returns ``Error`` with a message, and ``salt-run``
exits with status 1.
"""

from __future__ import annotations

import logging
import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import salt.utils.data
import salt.utils.event
import salt.utils.stringutils
from salt.exceptions import CommandExecutionError, SaltException

from saltext_vios import calls
from saltext_vios.errors import Refused, ViosError
from saltext_vios.fleet import aside, caller, definition, export, minions, planning, source, watcher, watching
from saltext_vios.fleet import gate as verdicts
from saltext_vios.fleet import report as reports
from saltext_vios.fleet import screen as screens
from saltext_vios.fleet import wave as waves
from saltext_vios.fleet.answers import Answers
from saltext_vios.fleet.definition import Entry, Fleet
from saltext_vios.fleet.masters import Masters, Question, refuse_two_of_a_name
from saltext_vios.fleet.rounds import COST, Rounds
from saltext_vios.migration import timelimit
from saltext_vios.options import checked
from saltext_vios.returns import MOST_RUNS

if TYPE_CHECKING:  # what Salt's loader puts here
    __opts__: dict[str, Any]
    __context__: dict[str, Any]
    __salt__: dict[str, Callable[..., Any]]

__virtualname__ = "vios"

Target = Union[str, list[str]]

log = logging.getLogger(__name__)

LOOK = 10  # seconds between two questions of a gate that waits
REST = 60  # seconds at most, between two of a wave over ssh
LONGEST = 10_000  # characters of an error
WATCHED = 5  # seconds for an answer while somebody watches: who is silent is asked again, and delays the picture


def __virtual__() -> str:
    return __virtualname__


def hold(tgt: Target = "*", reason: object = "", tgt_type: str = "glob", ssh: object = False) -> dict[str, Any]:
    """
    Start nothing more on any NIM master of the target until
    ``vios.release``. What is already installing continues.

    CLI Example:

    .. code-block:: bash

        salt-run vios.hold 'nim-*' 'storage team works tonight'

    tgt
        The minions of the NIM masters. Defaults to all.

    reason
        Shown in the result of every tuple that the hold stops.

    tgt_type
        How ``tgt`` is read, as in ``salt``. Defaults to ``glob``.

    ssh
        ``True``: ``tgt`` means targets of the roster, over ssh; ``both``:
        minions and those. Defaults to ``False``.

    Returns ``masters``: by minion whether it is ``held``. The call fails if
    a NIM master fails or does not answer: that one may still start
    something.
    """
    return _as_result(
        lambda: _everywhere(
            tgt, "vios.hold", tgt_type, ssh, {"reason": reason}, "held", "held", "may still start migrations"
        )
    )


def release(tgt: Target = "*", tgt_type: str = "glob", ssh: object = False) -> dict[str, Any]:
    """
    End the hold on every NIM master of the target.

    CLI Example:

    .. code-block:: bash

        salt-run vios.release 'nim-*'

    tgt
        The minions of the NIM masters. Defaults to all.

    tgt_type
        How ``tgt`` is read, as in ``salt``. Defaults to ``glob``.

    ssh
        ``True``: ``tgt`` means targets of the roster, over ssh; ``both``:
        minions and those. Defaults to ``False``.

    Returns ``masters``: by minion whether there was a hold. The call fails
    if a NIM master fails or does not answer.
    """
    return _as_result(
        lambda: _everywhere(tgt, "vios.release", tgt_type, ssh, {}, "changed", "released", "may still be held")
    )


def status(tgt: Target = "*", tgt_type: str = "glob", ssh: object = False) -> dict[str, Any]:
    """
    Show the status of every tuple on the NIM masters of the target: the map
    of ``vios.status``, by minion.

    CLI Example:

    .. code-block:: bash

        salt-run vios.status
        salt-run vios.status 'nim-*'

    tgt
        The minions of the NIM masters. Defaults to all.

    tgt_type
        How ``tgt`` is read, as in ``salt``. Defaults to ``glob``.

    ssh
        ``True``: ``tgt`` means targets of the roster, over ssh; ``both``:
        minions and those. Defaults to ``False``.

    Returns ``masters`` (the status by minion and tuple key; a tuple without
    a status yet is left out), ``failed`` (by minion why it could not
    answer) and ``silent`` (minions that did not answer).
    """
    return _as_result(lambda: _status(_ask(tgt, "vios.status", tgt_type, ssh)))


def overview(tgt: Target = "*", tgt_type: str = "glob", ssh: object = False) -> dict[str, Any]:
    """
    Show the progress of every tuple on the NIM masters of the target.

    CLI Example:

    .. code-block:: bash

        salt-run vios.overview
        salt-run vios.overview 'nim-*'

    tgt
        The minions of the NIM masters. Defaults to all.

    tgt_type
        How ``tgt`` is read, as in ``salt``. Defaults to ``glob``.

    ssh
        ``True``: ``tgt`` means targets of the roster, over ssh; ``both``:
        minions and those. Defaults to ``False``.

    Returns ``masters`` (by minion what ``vios.overview`` returns there),
    ``counts`` (how many tuples have each status), ``failed`` (by minion why
    it could not answer) and ``silent`` (minions that did not answer).
    """
    return _as_result(lambda: _overview(_ask(tgt, "vios.overview", tgt_type, ssh)))


def watch(
    tgt: Target = "*", tgt_type: str = "glob", ask_every: object = 60, linger: object = 0, ssh: object = False
) -> dict[str, Any]:
    """
    Show what is under way until all of it is over: a bar for every tuple in
    flight and one for the fleet.

    It listens to events, and asks the journals, which hold the truth: at
    the start, when a tuple moves on, and every ``ask_every`` seconds. NIM
    masters over ssh send no events: only their journals are asked, and
    their lines say ``ssh``. Bars need a terminal and ``rich``
    (``pip install saltext-vios[ui]``); otherwise every change is a line.
    Start it at any time. Ctrl-C stops the watching and nothing else.

    CLI Example:

    .. code-block:: bash

        salt-run vios.watch
        salt-run vios.watch 'nim-*' linger=300

    tgt
        The minions of the NIM masters. Defaults to all.

    tgt_type
        How ``tgt`` is read, as in ``salt``. Defaults to ``glob``.

    ssh
        ``True``: ``tgt`` means targets of the roster, over ssh; ``both``:
        minions and those. Defaults to ``False``.

    ask_every
        Seconds after which the journals are asked in any case. Defaults to
        60. Over ssh the pause is at least ten times as long as the last
        answer took.

    linger
        Seconds to keep watching when nothing is under way, as between two
        waves of a fleet. Defaults to 0.

    Returns ``counts`` (how many tuples have each status), ``failed`` and
    ``silent`` as ``vios.overview`` does. A failed tuple does not make this
    function fail.
    """
    return _as_result(lambda: _watch(tgt, tgt_type, _number("ask_every", ask_every), _number("linger", linger), ssh))


def plan(fleet: object) -> dict[str, Any]:
    """
    Show how a fleet would be migrated: the waves with their tuples and
    expected times. Starts and writes nothing.

    CLI Example:

    .. code-block:: bash

        salt-run vios.plan /srv/salt/fleet.yaml
        salt-run vios.plan pillar:fleet

    fleet
        A YAML file on the Salt master, ``.yaml`` or ``.yml`` and at most 1
        MiB; ``pillar:`` and the path of a key in the Salt master's own
        pillar; or the fleet itself as a map. Its keys are described under
        :ref:`fleet`. Unless you use ``salt-run``, a file must lie below
        ``vios:fleet_dirs`` of the Salt master's configuration: a list of
        directories, by default the file roots and ``/srv``.

    Returns ``waves`` in their order (each ``name``, ``start``, ``end`` and
    by minion the ``tuples`` and ``options``), ``nothing_to_do``,
    ``left_alone`` (by minion and VIOS), ``at`` (the time of the plan),
    ``early`` (a text if the window is not open yet), ``blocked`` (tuples
    that would not start, with the reason), ``late`` (tuples that are not
    expected to end in the window), ``failed`` and ``silent`` (NIM masters
    of which nothing is known), and ``result``: false if any of the last
    four has an entry. Times are ``None`` if neither the history of a NIM
    master nor ``expected`` of the fleet gives a duration.

    A fleet file with a mistake is rejected, and the message names the
    place.
    """
    return _as_result(lambda: _plan(fleet))


def orchestration() -> str:
    """
    Show the directory of ``fleet.sls``, the orchestration of a fleet. Add
    it to ``file_roots``, or copy the files.

    CLI Example:

    .. code-block:: bash

        salt-run vios.orchestration
    """
    return str(Path(__file__).resolve().parent.parent / "orch")


def gate(
    masters: object, max_failures: object = "1", since: object = None, patience: object = 3, ssh: object = False
) -> dict[str, Any]:
    """
    Show whether the next wave of a fleet may start. The orchestration calls
    it between its waves.

    It asks the journals, since the return of a job may have been lost, and
    waits for what is still under way.

    CLI Example:

    .. code-block:: bash

        salt-run vios.gate '{"nim-a": ["vios1-vios2"]}' max_failures=2

    masters
        The tuple keys of the waves so far, by NIM master.

    max_failures
        At how many failed tuples, or which share such as ``10%``, the gate
        closes. Defaults to 1.

    since
        A time; a tuple that was not tried since then counts as failed.
        Defaults to any time.

    patience
        How often in a row a NIM master may not answer, or may have work
        under way and no driver. Defaults to 3.

    ssh
        Those of ``masters`` that are targets of the roster: a list, or
        ``True`` for all. Defaults to none.

    Returns ``why`` it is open and the ``failed`` tuples. It fails when the
    gate is closed: ``max_failures`` is reached, a NIM master is held or
    does not answer, or the window is over.
    """
    return _as_result(lambda: _gate(masters, str(max_failures), since, patience, ssh))


def wave(master: str, targets: object, options: object = None, patience: object = 30) -> dict[str, Any]:
    """
    Start the part of a wave on one NIM master of the roster, and wait for
    its end. The orchestration calls it.

    It calls ``vios.migrate`` there with ``wait=False``, and then asks the
    journal with short calls until all is over. A lost connection does no
    harm: the journal shows which tuples were requested, and only the others
    are requested again.

    CLI Example:

    .. code-block:: bash

        salt-run vios.wave nim-c '[[vios5, vios6]]' '{"level": "3.1.4.31"}'

    master
        The target of the roster, by its name.

    targets
        One or several tuples, as for ``vios.migrate``.

    options
        Those of ``vios.migrate``, as a map.

    patience
        How often in a row it may not answer before the call fails. Defaults
        to 30, which is at least five minutes.

    Returns ``why`` it counts as done. It fails when a tuple failed or was
    skipped, and when the NIM master is held or does not answer; what is
    under way there continues.
    """
    return _as_result(lambda: _wave(master, targets, options or {}, patience))


def report(
    tgt: Target = "*", since: object = None, out: object = None, tgt_type: str = "glob", ssh: object = False
) -> dict[str, Any]:
    """
    Report which VIOS was migrated when, from which level to which, and what
    failed: as a page, JSON or CSV.

    CLI Example:

    .. code-block:: bash

        salt-run vios.report 'nim-*' 12h out=/srv/reports/saturday.html
        salt-run vios.report out=/srv/reports/all.csv
        salt-run --out json vios.report 'nim-*' 2026-11-28T22:00+01:00

    tgt
        The minions of the NIM masters. Defaults to all.

    since
        Leave out runs that ended before: a time as for ``time_limit``, in
        the zone of the Salt master if it has no zone, or a duration back
        from now. Defaults to everything in the journals.

    out
        The file to write, a path on the Salt master; an earlier report is
        replaced, any other file is not. Unless you use ``salt-run``, it
        must lie below ``vios:report_dir`` of the Salt master's
        configuration. ``.html`` or ``.htm`` is one page that needs no
        network, with a timeline if plotly is installed
        (``pip install saltext-vios[report]``); ``.json`` holds what is
        returned without ``out``; ``.csv`` has a line per VIOS and run. Any
        other ending is refused.

    tgt_type
        How ``tgt`` is read, as in ``salt``. Defaults to ``glob``.

    ssh
        ``True``: ``tgt`` means targets of the roster, over ssh; ``both``:
        minions and those. Defaults to ``False``.

    Returns ``out`` (the path), ``tuples`` (how many), ``counts`` (how many
    of them have each status now), ``failed`` (by minion why it could not
    answer) and ``silent`` (minions that did not answer). Without ``out`` it
    returns the report itself: also ``runs``, newest first, each with its
    ``vioses``, and ``frames_unknown`` (by minion why). Times are in the
    zone of the Salt master.
    """
    return _as_result(lambda: _report(tgt, since, out, tgt_type, ssh))


def _ask(tgt: Target, fun: str, tgt_type: str, ssh: object, **kwargs: Any) -> Answers:
    with Masters(__opts__, ssh) as masters:
        return masters.ask(tgt, fun, tgt_type, **kwargs)


def _status(answers: Answers) -> dict[str, Any]:
    return {"masters": answers.returns, "failed": answers.failed, "silent": answers.silent}


def _overview(answers: Answers) -> dict[str, Any]:
    return {
        "masters": answers.returns,
        "counts": watching.count(answers.returns.values()),
        "failed": answers.failed,
        "silent": answers.silent,
    }


def _number(name: str, value: object, what: str = "seconds as a number") -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        raise Refused(f"{name} is {value!r}, expected {what}")
    return value


def _watch(tgt: Target, tgt_type: str, ask_every: float, linger: float, ssh: object) -> dict[str, Any]:
    # The thread that does the work has no dunders.
    opts, picture = dict(__opts__), watching.Picture()

    def work(screen: screens.Bars | screens.Lines, is_stopped: Callable[[], bool]) -> Answers:
        with (
            Masters(opts, ssh) as masters,
            salt.utils.event.get_event("master", opts=opts, sock_dir=opts["sock_dir"], listen=True) as bus,
        ):
            # Listening comes before the first question, so that nothing is missed in between.
            bus.subscribe("vios/")
            known = masters.known(tgt, tgt_type)
            over_ssh = [name for name, is_ssh in known.items() if is_ssh]
            picture.without_events.update(over_ssh)

            def ask(names: list[str] | None) -> Answers:
                if len(over_ssh) == len(known):
                    return Answers()
                timeout = WATCHED if picture.overviews else None
                return minions.ask(opts, names or tgt, "vios.overview", "list" if names else tgt_type, timeout)

            rounds = Rounds(masters.asker, over_ssh, ask_every)
            return watcher.watch(picture, ask, bus, screen, ask_every, linger, is_stopped, rounds)

    answers = Answers()
    try:
        salt.utils.stringutils.print_cli(f"Watching {tgt!r}; Ctrl-C stops the watching, not the migrations")
        with screens.screen(sys.stdout) as screen:
            answers = aside.run(partial(work, screen))
    except (aside.Interrupted, KeyboardInterrupt, SystemExit):
        salt.utils.stringutils.print_cli("\nStopped watching; migrations continue. To watch again: salt-run vios.watch")
    return {"counts": picture.counts(), "failed": answers.failed, "silent": answers.silent}


def _report(tgt: Target, since: object, out: object, tgt_type: str, ssh: object) -> dict[str, Any]:
    form = None if out is None else export.form_of(str(out))
    path = None if out is None else caller.report_path(__opts__, str(out))
    if path is not None and not path.parent.is_dir():
        raise Refused(f"the report cannot be written to {path}: no such directory; type: mkdir {path.parent}")
    now = datetime.now(timezone.utc).astimezone()
    earliest = None if since is None else timelimit.past(since, now)
    wanted: dict[str, Any] = {"limit": MOST_RUNS, "since": earliest and earliest.isoformat(), "detail": True}
    listings = Answers()
    with Masters(__opts__, ssh) as masters:
        histories = masters.ask(tgt, "vios.history", tgt_type, **wanted)
        if any(histories.returns.values()):
            listings = masters.ask(list(histories.returns), "vios.list", "list")
    made = reports.make(
        histories.returns,
        listings.returns,
        at=now,
        target=tgt if isinstance(tgt, str) else ",".join(tgt),
        since=earliest,
        failed=histories.failed,
        silent=histories.silent,
        frames_unknown={**listings.failed, **dict.fromkeys(listings.silent, "no answer")},
    )
    if form is None or path is None:
        return made.data()
    try:
        export.write(path, form(made))
    except OSError as error:
        raise CommandExecutionError(f"the report cannot be written to {path}: {error.strerror}") from error
    told = made.data()
    return {"out": str(path), **{name: told[name] for name in ("tuples", "counts", "failed", "silent")}}


def _plan(fleet: object) -> dict[str, Any]:
    now = datetime.now(timezone.utc).astimezone()
    wanted = definition.read(_load_fleet(fleet), now)
    with Masters(__opts__) as masters:
        return _planned(wanted, masters, now)


def _planned(wanted: Fleet, masters: Masters, now: datetime) -> dict[str, Any]:
    questions: list[Question] = []
    asked: dict[str, Entry] = {}
    unknown: dict[str, str] = {}
    for entry in wanted.entries:
        matching = masters.matching(entry.tgt, entry.tgt_type, entry.ssh)
        if entry.ssh:
            refuse_two_of_a_name([name for name, one in asked.items() if not one.ssh], matching)
        names = [name for name in matching if name not in asked]
        if names:
            questions.append(Question(names, {"targets": entry.targets, **entry.options}, entry.ssh))
            asked.update(dict.fromkeys(names, entry))
        else:
            what = "target of the roster" if entry.ssh else "minion"
            unknown[entry.tgt] = f"matches no {what}, or none that no entry before it matches"
    answers = masters.ask_each("vios.check", questions)
    by_name = _ask_by_name(masters, planning.left_out(wanted, answers.returns, asked), asked)
    made = planning.plan(wanted, answers.returns, asked, now, by_name)
    made.update(failed={**unknown, **answers.failed}, silent=answers.silent)
    return {"result": not any(made[name] for name in ("blocked", "late", "failed", "silent")), **made}


def _ask_by_name(
    masters: Masters, tuples: Mapping[str, Sequence[Sequence[str]]], asked: Mapping[str, Entry]
) -> Mapping[str, Any]:
    """The canaries that a selection does not name; without an answer nobody knows whether they are done."""
    questions = [
        Question(
            [name], {"targets": [list(names) for names in one], **planning.named(asked[name].options)}, asked[name].ssh
        )
        for name, one in tuples.items()
    ]
    answers = masters.ask_each("vios.check", questions)
    for name, text in [*answers.failed.items(), *((name, "no answer") for name in answers.silent)]:
        raise CommandExecutionError(f"canary: {name}: {text}")
    return answers.returns


def _gate(masters: object, max_failures: str, since: object, patience: object, ssh: object) -> dict[str, Any]:
    looks = 0
    if not isinstance(masters, dict) or not all(isinstance(keys, (list, tuple)) for keys in masters.values()):
        raise Refused(f"masters is {masters!r}, expected a map of minions to lists of tuple keys")
    if not isinstance(ssh, (bool, list, tuple)):
        raise Refused(f"ssh is {ssh!r}, expected true, false, or a list of those in masters")
    over_ssh = list(masters) if ssh is True else list(ssh or ())
    max_failures = checked({"max_failures": max_failures})["max_failures"]
    patience = _number("patience", patience, "a number of looks")
    earliest = None if since is None else timelimit.past(since, datetime.now(timezone.utc))
    questions = [
        Question([name for name in masters if name not in over_ssh], {}),
        Question([name for name in masters if name in over_ssh], {}, ssh=True),
    ]
    with Masters(__opts__) as known:
        while True:
            answers = known.ask_each("vios.overview", questions)
            found = verdicts.judge(answers.returns, masters, max_failures, earliest, over_ssh)
            looks = looks + 1 if found.may_pass else 0
            if found.is_open:
                return {"why": found.why, "failed": list(found.failed)}
            if found.is_open is False and (not found.may_pass or looks >= patience):
                raise CommandExecutionError(found.why)
            time.sleep(LOOK)


def _wave(master: str, targets: object, options: object, patience: object) -> dict[str, Any]:
    if not isinstance(options, dict):
        raise Refused(f"options is {options!r}, expected a map of the options of vios.migrate")
    patience = _number("patience", patience, "a number of looks")
    calls.options_for(targets, options, {}, datetime.now(timezone.utc).astimezone())
    with Masters(__opts__, True) as masters:
        masters.known([master], "list")

        took = 0.0

        def ask(fun: str, **kwargs: Any) -> Answers:
            nonlocal took
            began = time.monotonic()
            answers = masters.ask_each(fun, [Question([master], kwargs, ssh=True)])
            took = time.monotonic() - began
            return answers

        def rest() -> None:
            time.sleep(max(LOOK, min(REST, COST * took)))

        return waves.carry_out(ask, master, targets, options, patience, rest)


def _load_fleet(fleet: object) -> Any:
    if isinstance(fleet, str) and fleet.startswith("pillar:"):
        key = fleet[7:]
        fleet = salt.utils.data.traverse_dict_and_list(__salt__["pillar.show_pillar"](), key)
        if fleet is None:
            raise Refused(f"the Salt master's own pillar has no key {key!r}; see: salt-run pillar.show_pillar")
    elif isinstance(fleet, str):
        fleet = source.from_file(fleet, caller.fleet_dirs(__opts__))
    return source.bounded(fleet)


def _show_tables() -> None:
    """Have ``salt-run`` print tables unless another form is asked for; what is returned stays the same.

    A runner has no ``__outputter__``, and one that names it in its return changes what programs get.
    """
    printer = getattr(getattr(globals().get("__jid_event__"), "print_func", None), "__self__", None)
    opts = getattr(printer, "opts", None)
    if isinstance(opts, dict):
        opts.setdefault("output", "vios")


def _as_result(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the work returns, or its error as a runner reports it: with exit status 1 and without a traceback."""
    _show_tables()
    try:
        return work()
    except (ViosError, SaltException) as error:
        text = str(error)
    except Exception as error:
        # A TypeError would be a success to Salt, and open a gate.
        log.exception("the runner vios failed")
        text = f"internal error of saltext-vios: {type(error).__name__}: {error}; see the log of the Salt master"
    __context__["retcode"] = 1
    return {"Error": text[:LONGEST], "retcode": 1}


def _everywhere(
    tgt: Target, fun: str, tgt_type: str, ssh: object, kwargs: Mapping[str, Any], word: str, done: str, left: str
) -> dict[str, Any]:
    """Where something was done, or an error that names where it was and where it was not.

    :param word: its key in an answer.
    :param left: what follows for a NIM master where it was not done.
    """
    try:
        answers = _ask(tgt, fun, tgt_type, ssh, **kwargs)
    except CommandExecutionError:
        raise
    except SaltException as error:
        why = f"unknown which NIM masters are {done}: {error}; see: salt-run vios.overview"
        raise CommandExecutionError(why) from error
    missing = [f"{name}: {text}" for name, text in answers.failed.items()]
    missing += [f"{name}: no answer" for name in answers.silent]
    if missing:
        there = ", ".join(answers.returns) or "none"
        raise CommandExecutionError(f"{done}: {there}. NOT {done} ({left}): {'; '.join(missing)}")
    if not answers.returns:
        raise CommandExecutionError("the target matches no NIM master; see: salt '*' vios.driver")
    return {"masters": {name: value[word] for name, value in answers.returns.items()}}
