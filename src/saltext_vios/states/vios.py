"""
Keep tuples of Virtual I/O Servers (VIOS) at a level

.. versionadded:: 0.1.0

``vios.migrated`` says "this tuple of one or two VIOSes is migrated";
``vios.checked`` looks whether it could be, ``vios.redundant`` whether every
client would keep a path; ``vios.backed_up`` says "each of them has a fresh
backup", ``vios.cloned`` "each has a proven clone of its root volume group",
``vios.cleaned`` "no other one is left on any".

.. code-block:: yaml

    frame1 checked:
      vios.checked:
        - targets: [[vios1, vios2]]
        - level: 3.1.4.31
        - mksysb_name: vios_31431

    frame1 on 3.1.4.31:
      vios.migrated:
        - targets: [[vios1, vios2]]
        - level: 3.1.4.31
        - mksysb_name: vios_31431
        - spot_name: vios_31431_spot
        - bosinst_data: unattended
        - boot_client: true
        - set_boot_list: true
        - time_limit: 11/30/2026 04:00
        - require:
          - vios: frame1 checked
"""

from __future__ import annotations

import contextlib
import fnmatch
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext_vios import returns
from saltext_vios.migration import statuses
from saltext_vios.migration.selection import SELECTING
from saltext_vios.modules._caller import CALLING_STATE
from saltext_vios.options import documented

if TYPE_CHECKING:  # what Salt's loader puts here
    __opts__: dict[str, Any]
    __context__: dict[str, Any]
    __salt__: dict[str, Callable[..., Any]]

__virtualname__ = "vios"

Ret = dict[str, Any]  # what Salt wants of a state
Change = dict[str, Any]  # of one VIOS: old, new


def __virtual__() -> bool | str | tuple[bool, str]:
    if "vios.migrate" in __salt__:
        return __virtualname__
    if any(name.startswith("vios.") for name in __salt__):
        return False, "another module vios hides the package's; remove _modules/vios.py, then: saltutil.sync_modules"
    return False, "the execution module vios is not loaded here; this minion is no NIM master"


@documented
def migrated(name: str, targets: object = None, skip_ok: object = False, **options: Any) -> Ret:
    """
    Have tuples of VIOSes at a level, and migrate those that are not.

    Idempotent by level: without ``level``, and without an ``ioslevel`` on
    the image, it fails and says so. A tuple that is under way is attached
    to. A skip is ``False``, so that a ``require`` holds the rest back.

    name
        The tuple, if ``targets`` is not given: ``vios1,vios2``.

    targets
        One or several tuples, or ``*``, as for the execution module's
        ``vios.migrate``.

    skip_ok
        Take a skip (``SKIPPED-...`` or an earlier status that is passed
        through) for ``True``, with the reason in the comment. Defaults to
        ``False``.

    The return carries ``vios_status`` for its tuples. An earlier ``vios``
    state that this one requires, and that ended without success but with
    ``True``, counts as the previous status of the same tuple.
    """
    ret = {"name": name, "result": True, "changes": {}, "comment": "", "vios_status": {}}
    options = _without_salts_own(options)
    try:
        found = __salt__["vios.check"](targets or name, **options)
        unknown = [vios for vios, one in _vioses(found).items() if one["wanted"] is None]
        if unknown:
            raise SaltInvocationError(
                f"target level unknown for {', '.join(unknown)}; a state must know when it is done: "
                "give level: '3.1.4.31', or an image whose NIM object has an ioslevel"
            )
        passed = _passed_through(found["tuples"])
        to_do = [list(one["vios"]) for key, one in found["tuples"].items() if key not in passed and _work(one)]
        if __opts__["test"]:
            return _preview(ret, found, passed, skip_ok)
        done = None
        if to_do:
            named = {option: value for option, value in options.items() if option not in SELECTING}
            with _told_as_ours(name):
                done = __salt__["vios.migrate"](to_do, test=False, **named)
        return _result(ret, found, passed, done, skip_ok)
    except (CommandExecutionError, SaltInvocationError) as error:
        ret["result"] = False
        ret["comment"] = str(error)
        return ret


@contextlib.contextmanager
def _told_as_ours(name: str) -> Iterator[None]:
    """The journal shows later which state asked."""
    low = globals().get("__low__") or {}
    __context__[CALLING_STATE] = str(low.get("__id__", name))
    try:
        yield
    finally:
        __context__.pop(CALLING_STATE, None)


@documented
def checked(name: str, targets: object = None, **options: Any) -> Ret:
    """
    Check for everything that would stop a migration; ``False`` on an error
    finding. Never changes anything.

    name
        The tuple, if ``targets`` is not given: ``vios1,vios2``.

    targets
        One or several tuples, as for the execution module's ``vios.check``.
    """
    ret = {"name": name, "result": True, "changes": {}, "comment": ""}
    try:
        found = __salt__["vios.check"](targets or name, **_without_salts_own(options))
    except (CommandExecutionError, SaltInvocationError) as error:
        return {**ret, "result": False, "comment": str(error)}
    worries = [_line(finding) for finding in found["findings"] if finding["result"] != "ok"]
    ret["result"] = found["result"]
    ret["comment"] = "\n".join([f"verdict: {found['verdict']}", *worries])
    return ret


def redundant(name: str, targets: object = None, ignore_clients: object = None) -> Ret:
    """
    Look whether a VIOS may go down: ``False`` when a client would lose its
    last path. Never changes anything.

    For a ``require`` of what takes a VIOS down. What is unknown is in the
    comment and does not fail it.

    name
        The tuple, if ``targets`` is not given: ``vios1,vios2``.

    targets, ignore_clients
        As for the execution module's ``vios.clients``.
    """
    ret = {"name": name, "result": True, "changes": {}, "comment": ""}
    try:
        found = __salt__["vios.clients"](targets or name, ignore_clients=ignore_clients)
    except (CommandExecutionError, SaltInvocationError) as error:
        return {**ret, "result": False, "comment": str(error)}
    told = [
        f"{vios}: {path['name'] or path['client'] or 'all clients'}: {path['kind']} {path['what']} {path['verdict']}"
        f" without it: {path['why']}"
        for vios, each in found["vios"].items()
        for path in each
        if path["verdict"] != "ok" and not path["ignored"]
    ]
    ret["result"] = found["result"]
    ret["comment"] = "\n".join([*told, f"not checked: {', '.join(found['not_checked'])}"])
    return ret


def backed_up(name: str, targets: object = None, max_age: object = "7d", **options: Any) -> Ret:
    """
    Have a proven backup of each VIOS that is younger than ``max_age``, and
    make one where there is none.

    name
        The VIOS, or several with commas, if ``targets`` is not given.

    targets
        The VIOSes, each by itself, as for the execution module's
        ``vios.backup``.

    max_age
        How old the newest one may be. Defaults to ``7d``.

    Everything else (``kind``, ``keep``, ``flags``, ``time_limit``, ...) is
    what ``vios.backup`` takes.
    """
    ret = {"name": name, "result": True, "changes": {}, "comment": ""}
    options = {**_without_salts_own(options), "max_age": max_age}
    try:
        found = __salt__["vios.backup"](targets or name, test=True, **options)
        to_do = [vios for vios in found["vios"] if found["status"].get(vios) != statuses.CURRENT]
        if __opts__["test"] or not to_do:
            return _task_to_do(ret, found, to_do, "a backup", "to be backed up")
        with _told_as_ours(name):
            return _backups_made(ret, __salt__["vios.backup"](to_do, test=False, **options))
    except (CommandExecutionError, SaltInvocationError) as error:
        return {**ret, "result": False, "comment": str(error)}


def _backups_made(ret: Ret, done: returns.Task) -> Ret:
    states = {vios: done["status"].get(vios) for vios in done["vios"]}
    good = {vios for vios, word in states.items() if statuses.is_proven(word)}
    ret["result"] = done["result"] and len(good) == len(states)
    ret["changes"] = {
        vios: {"old": None, "new": cmd.split()[-1]}
        for vios in states
        if vios in good and states[vios] != statuses.CURRENT and (cmd := done["vios"][vios]["cmd"])
    }
    removed = [] if done["result"] else [done["msg"]]
    removed += [f"{vios}: removed {name}" for vios, names in done.get("pruned", {}).items() for name in names]
    told = [f"{vios}: {word or 'in progress'}" for vios, word in states.items()]
    messages = [text for one in done["vios"].values() for text in one["messages"]]
    ret["comment"] = "\n".join([*told, *removed, *messages])
    return ret


def cloned(name: str, targets: object = None, disk: object = None, max_age: object = "30d", **options: Any) -> Ret:
    """
    Have a clone of each VIOS on a disk of it that is younger than
    ``max_age``, and make one where there is none.

    A clone counts when the journal knows that it was proven, at the level
    that the VIOS has now, and it still stands. One that is older, or of
    which the journal knows nothing, is no success: ``vios.cleaned`` removes
    it first.

    name
        The VIOS, or several with commas, if ``targets`` is not given.

    targets
        The VIOSes, each by itself, as for the execution module's
        ``vios.clone``.

    disk
        The disk that gets the copy, or a map with the disk of each VIOS.
        What is on it is lost.

    max_age
        How old a clone may be. Defaults to ``30d``.

    Everything else (``time_limit``, ``max_parallel``, ...) is what
    ``vios.clone`` takes.
    """
    return _task_state(name, "clone", targets, "a clone", {**options, "disk": disk, "max_age": max_age})


def cleaned(name: str, targets: object = None, confirm: object = False, **options: Any) -> Ret:
    """
    Have no ``altinst_rootvg`` and no ``old_rootvg`` on a VIOS: what blocks
    the next upgrade, and is the way back.

    name
        The VIOS, or several with commas, if ``targets`` is not given.

    targets
        The VIOSes, each by itself, as for the execution module's
        ``vios.cleanup``.

    confirm
        Must be ``True`` to remove anything; without it the state is
        ``False`` where something is left. Defaults to ``False``.

    Everything else (``vg``, ``level``, ``time_limit``, ...) is what
    ``vios.cleanup`` takes.
    """
    return _task_state(name, "cleanup", targets, "nothing left", options, confirm)


def _task_state(
    name: str, task: str, targets: object, wanted: str, options: Mapping[str, Any], confirm: object = None
) -> Ret:
    """A task where it has something to do; ``confirm`` is None where it needs no yes of its own."""
    ret = {"name": name, "result": True, "changes": {}, "comment": ""}
    options = _without_salts_own(options)
    try:
        found = __salt__[f"vios.{task}"](targets or name, test=True, **options)
        to_do = [vios for vios in found["vios"] if found["status"].get(vios) != statuses.CURRENT]
        if __opts__["test"] or not to_do:
            return _task_to_do(ret, found, to_do, wanted)
        if confirm is not None and confirm is not True:
            comment = _task_to_do(ret, found, to_do, wanted)["comment"]
            return {**ret, "result": False, "changes": {}, "comment": f"confirm: true is missing\n{comment}"}
        yes = {} if confirm is None else {"confirm": True}
        with _told_as_ours(name):
            return _task_done(ret, __salt__[f"vios.{task}"](to_do, test=False, **yes, **options), wanted)
    except (CommandExecutionError, SaltInvocationError) as error:
        return {**ret, "result": False, "comment": str(error)}


def _task_to_do(
    ret: Ret, found: returns.TaskPreview, to_do: Sequence[str], wanted: str, word: str | None = None
) -> Ret:
    """What a task would do; ``word`` is what it is called of a VIOS on which it would run."""
    failing = [vios for vios in to_do if statuses.is_failure(found["status"].get(vios))]
    ret["result"] = False if failing else None if to_do else True
    ret["changes"] = {vios: {"old": None, "new": wanted} for vios in to_do if vios not in failing}
    lines = [
        _foreseen(vios, found["status"].get(vios, word or one["would"]), one) for vios, one in found["vios"].items()
    ]
    worries = [_line(finding) for finding in found["findings"] if finding["result"] != "ok"]
    ret["comment"] = "\n".join(lines + worries)
    return ret


def _foreseen(vios: str, word: str, one: returns.VIOSTaskPreview) -> str:
    """Why a check failed stands among the findings, which follow."""
    return f"{vios}: {word}" + ("" if statuses.is_from_findings(word) else f": {one['why']}")


def _task_done(ret: Ret, done: returns.Task, wanted: str) -> Ret:
    states = {vios: done["status"].get(vios) for vios in done["vios"]}
    good = [vios for vios, word in states.items() if statuses.is_proven(word)]
    ret["result"] = len(good) == len(states)
    ret["changes"] = {vios: {"old": None, "new": wanted} for vios in good if states[vios] != statuses.CURRENT}
    told = [f"{vios}: {word or 'in progress'}" for vios, word in states.items()]
    ret["comment"] = "\n".join([*told, *(text for one in done["vios"].values() for text in one["messages"])])
    return ret


def _without_salts_own(options: Mapping[str, Any]) -> dict[str, Any]:
    """The state compiler adds ``__id__`` and the like."""
    return {option: value for option, value in options.items() if not option.startswith("__")}


def _vioses(found: returns.Check) -> dict[str, returns.VIOSPlan]:
    return {vios: one for entry in found["tuples"].values() for vios, one in entry["vios"].items()}


def _at_level(entry: returns.TuplePlan) -> bool:
    return all(one["at_level"] for one in entry["vios"].values())


def _work(entry: returns.TuplePlan) -> bool:
    """Whether ``vios.migrate`` has anything to say on a tuple: all but "it is at the level" and nothing objects."""
    return entry["would"] == "attach" or entry["objection"] or not _at_level(entry)


def _passed_through(entries: Collection[str]) -> dict[str, str]:
    """Tuple key -> earlier status without success, of a required state that was ``True`` all the same (skip_ok)."""
    running, low = globals().get("__running__") or {}, globals().get("__low__") or {}
    wanted = [
        value
        for requisite in (
            "require",
            "require_any",
            "watch",
            "watch_any",
            "onchanges",
            "onchanges_any",
            "prereq",
        )
        for item in low.get(requisite) or ()
        if hasattr(item, "items")
        for value in item.values()
    ]
    passed = {}
    for result in running.values():
        earlier = result.get("vios_status") or {}
        names = [str(result.get(field)) for field in ("__id__", "name", "__sls__")]
        if earlier and any(fnmatch.fnmatch(one, str(value)) for one in names for value in wanted):
            passed.update(
                {key: status for key, status in earlier.items() if key in entries and not statuses.is_success(status)}
            )
    return passed


def _preview(ret: Ret, found: returns.Check, passed: Mapping[str, str], skip_ok: object) -> Ret:
    lines, subs = [], []
    for key, entry in found["tuples"].items():
        changes = {}
        if key in passed:
            result, text, ret["vios_status"][key] = (
                skip_ok,
                f"not started: the required state ended with {passed[key]}",
                passed[key],
            )
        elif not _work(entry):
            result, text, ret["vios_status"][key] = True, "already at the level, nothing to do", statuses.CURRENT
        elif entry["would"] in ("migrate", "attach"):
            result, text = None, entry["why"]
            changes = {vios: _change(entry["vios"][vios]) for vios in entry["to_migrate"]}
            lines += [f"{vios}: {entry['vios'][vios]['cmd']}" for vios in entry["to_migrate"]]
        else:
            result = _result_of(entry["would"], skip_ok, entry["objection"])
            text, ret["vios_status"][key] = entry["why"], entry["would"]
        ret["changes"].update(changes)
        subs.append(_sub(f"tuple {key}", result, changes, text))
    worries = [_line(finding) for finding in found["findings"] if finding["result"] != "ok"]
    return _sum_up(ret, subs, lines + worries + _left_alone(found))


def _change(one: returns.VIOSPlan) -> Change:
    return {"old": one["level"], "new": one["wanted"]}


def _result(
    ret: Ret, found: returns.Check, passed: Mapping[str, str], done: returns.Migrate | None, skip_ok: object
) -> Ret:
    subs: list[Ret] = []
    lines: list[str] = []
    for key, entry in found["tuples"].items():
        if done is not None and key in done["meta"]:
            _migrated(ret, subs, lines, key, done, skip_ok, entry["objection"])
            continue
        status = passed.get(key, statuses.CURRENT)
        skipped = f"not started: the required state ended with {status}"
        text = skipped if key in passed else "already at the level, nothing to do"
        ret["vios_status"][key] = status
        subs.append(_sub(f"tuple {key}", _result_of(status, skip_ok, key in passed), {}, text))
    return _sum_up(ret, subs, lines + _left_alone(found))


def _left_alone(found: returns.Check) -> list[str]:
    return [f"{vios} is in no tuple: {why}" for vios, why in found["left_alone"].items()]


def _migrated(
    ret: Ret,
    subs: list[Ret],
    lines: list[str],
    key: str,
    done: returns.Migrate,
    skip_ok: object,
    objection: bool,
) -> None:
    """One tuple that ``vios.migrate`` was called for: a line for it, and one for each of its VIOSes."""
    meta, status, finished = done["meta"][key], done["status"].get(key), done["runs"][key]["finished"]
    vioses = {vios: one for vios, one in meta.items() if isinstance(one, dict)}
    if status:
        ret["vios_status"][key] = status
    since = next((one["started"] for one in vioses.values() if one["started"]), None)
    running = f"in progress since {since}" if since else "in progress, not started yet"
    result = _result_of(status, skip_ok, objection) if finished else False
    changes = {}
    details = []
    for vios, one in vioses.items():
        own = one["status"] or "not started"
        done_here = statuses.is_proven(own) and own != statuses.CURRENT
        change = {vios: {"old": one["level"]["old"], "new": one["level"]["new"]}} if done_here else {}
        changes.update(change)
        good = statuses.is_success(own) if finished else done_here
        details.append(
            _sub(f"VIOS {vios}", good or (skip_ok and not statuses.is_failure(own)), change, own, one["duration"])
        )
    ret["changes"].update(changes)
    subs.append(_sub(f"tuple {key}", result, {}, status if finished else running))
    subs.extend(details)
    lines.extend(meta["messages"])
    lines.extend(_advice(one["failure"]) for one in vioses.values() if one["failure"])


def _advice(failure: returns.Failure) -> str:
    seen = ", ".join(f"{name} {value!r}" for name, value in failure["seen"].items()) or "nothing"
    return (
        f"{failure['vios']}: expected {failure['expected']}\n"
        f"  NIM showed {seen} since {failure['since']}\n"
        f"  output: {failure['output']}\n"
        f"  next, on the NIM master: {failure['next']}"
    )


def _result_of(status: str | None, skip_ok: object, passed: bool = False) -> bool:
    if statuses.is_success(status):
        return True
    # An earlier failure that is passed through is a skip of ours, a failure of our own never is.
    return bool(skip_ok) and (passed or not statuses.is_failure(status))


def _sum_up(ret: Ret, subs: list[Ret], lines: list[str]) -> Ret:
    results = [sub["result"] for sub in subs]
    ret["result"] = False if False in results else None if None in results else True
    tuples = [f"{sub['low']['name'][6:]}: {sub['comment']}" for sub in subs if sub["low"]["name"].startswith("tuple ")]
    ret["comment"] = "\n".join((tuples or ["no tuple selected"]) + lines)
    ret["sub_state_run"] = subs
    return ret


def _sub(
    name: str, result: object, changes: Mapping[str, Change], comment: str | None, duration: float | None = None
) -> Ret:
    low = globals().get("__low__") or {}
    sub = {
        "name": name,
        "result": result,
        "changes": changes,
        "comment": comment,
        "low": {"name": name, "state": "vios", "__id__": low.get("__id__", name), "fun": "migrated"},
    }
    if duration is not None:
        sub["duration"] = round(duration * 1000)
    return sub


def _line(finding: returns.Finding) -> str:
    advice = f" ({finding['advice']})" if finding["advice"] else ""
    return f"{finding['result']}: {finding['vios']}: {finding['check']}: {finding['seen']}{advice}"
