"""Holds a capture against ``assumptions.json``: where a real NIM master differs from what is assumed, line by line."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from saltext_vios.simulator import capture as captures
from saltext_vios.simulator.assumptions import table
from saltext_vios.simulator.nim import ATTRIBUTES

VERDICTS = AGREES, DIFFERS, NEW, UNSEEN = "agrees", "differs", "new", "unseen"
MIGVIOS = "nim -o migvios"
TOLERANCE = 0.25  # a share by which a duration may differ and agree
_MAPPING_FIELDS = {
    "scsi": (3, 6),
    "npiv": (12, 0),
    "vnic": (10, 0),
    "network": (6, 0),
}  # of the first part, of each that follows


@dataclass(frozen=True)
class Line:
    """One assumption and what a capture says of it; ``entry`` where it has a place in the data file."""

    verdict: str
    about: str
    assumed: Any
    seen: Any
    entry: tuple[str, str] | None = None

    def __str__(self) -> str:
        seen = "nothing in the capture shows it" if self.verdict == UNSEEN else f"seen {self.seen!r}"
        what = "" if self.verdict == NEW else f" assumed {self.assumed!r};"
        return f"{self.verdict:8} {self.about}:{what} {seen}"


def compare(capture: Mapping[str, Any]) -> list[Line]:
    return [
        *_offered(capture),
        *_attributes(capture),
        *_states(capture),
        *_begin(capture),
        *_resources(capture),
        *_phases(capture),
        *_printed(capture),
        *_mappings(capture),
    ]


def summary(lines: list[Line]) -> str:
    found = Counter(line.verdict for line in lines)
    return (
        f"{found[AGREES]} agree, {found[DIFFERS]} differ, {found[NEW]} not among the assumptions, "
        f"{found[UNSEEN]} not in the capture"
    )


def changes(lines: list[Line]) -> dict[str, dict[str, list[Any]]]:
    """The entries of ``assumptions.json`` that a capture changes or proves."""
    found: dict[str, dict[str, list[Any]]] = {}
    for line in lines:
        if line.entry and line.verdict in (AGREES, DIFFERS):
            section, name = line.entry
            found.setdefault(section, {})[name] = [line.seen, "seen"]
    return found


def _held(section: str, name: str, seen: Any, agrees: bool | None = None) -> Line:
    value, sure = table()[section][name]
    about, entry = f"{section}.{name} ({sure})", (section, name)
    if seen is None:
        return Line(UNSEEN, about, value, None, entry)
    same = value == seen if agrees is None else agrees
    return Line(AGREES if same else DIFFERS, about, value, seen, entry)


def _replies(capture: Mapping[str, Any], what: str) -> list[Mapping[str, Any]]:
    """Those that came, of every VIOS that was asked."""
    asked = [*capture.get("vioses", {}).values(), *capture.get("after", {}).values()]
    return [one[what] for one in asked if "stdout" in one.get(what, {}) and not one[what].get("rc")]


def _offered(capture: Mapping[str, Any]) -> Iterator[Line]:
    replies = _replies(capture, "operations")
    meanings = [line for reply in replies for line in reply["stdout"] if line.split()[:1] == ["migvios"]]
    yield _held("behaviour", "offers_migvios", bool(meanings) if replies else None)
    meaning = meanings[0].partition("=")[2].strip() if meanings else None
    yield _held("operation", "migvios", meaning)


def _attributes(capture: Mapping[str, Any]) -> Iterator[Line]:
    """What ``lsnim -q migvios`` shows: which attributes there are, which are required."""
    about = "the attributes of migvios (code)"
    replies = _replies(capture, "migvios")
    if not replies:
        yield Line(UNSEEN, about, list(ATTRIBUTES), None)
        yield _held("behaviour", "needs_ios_mksysb", None)
        return
    parts = re.split(r"(?i)optional", captures.text_of(replies[0]), maxsplit=1)
    required, every = _named(parts[0]), _named("".join(parts))
    news, gone = sorted(every - set(ATTRIBUTES)), sorted(set(ATTRIBUTES) - every)
    if every:
        verdict = DIFFERS if news or gone else AGREES
        yield Line(verdict, about, list(ATTRIBUTES), {"also": news, "not": gone})
        yield Line(NEW, "the attributes that migvios requires", None, sorted(required))
    yield _held("behaviour", "needs_ios_mksysb", "ios_mksysb" in required if every else None)


def _named(text: str) -> set[str]:
    return set(re.findall(r"-a\s+([a-z_0-9]+)=", text))


def _followed(capture: Mapping[str, Any]) -> list[str]:
    """The VIOSes that were seen in an operation."""
    ready = table()["cstate"]["ready"][0]
    names = capture.get("looks", {}).get("vioses", {})
    return [name for name in names if any(text != ready for _, text in captures.cstates(capture, name))]


def _states(capture: Mapping[str, Any]) -> Iterator[Line]:
    """Every text that was seen, whether assumed or not, where it came first."""
    names = _followed(capture)
    for attribute, section, kinds in (
        ("Cstate", "cstate", ("ready", "enabled", "installing", "customizing")),
        ("Mstate", "mstate", ("running", "not_running", "booting", "running_after")),
    ):
        seen = _texts(capture, names, attribute)
        for kind in kinds:
            text = table()[section][kind][0]
            yield _held(section, kind, text if text in seen else None)
        known = {value for value, _ in table()[section].values()}
        for text, where in seen.items():
            if text not in known:
                yield Line(NEW, f"{attribute} at {where}", None, text)
    templates = [_template(value) for value, _ in table()["info"].values()]
    seen = _texts(capture, names, "info")
    for kind in ("install", "customize"):
        text = table()["info"][kind][0]
        yield _held("info", kind, text if any(_template(text).fullmatch(one) for one in seen) else None)
    for text, where in seen.items():
        if not any(pattern.fullmatch(text) for pattern in templates):
            yield Line(NEW, f"info at {where}", None, text)


def _texts(capture: Mapping[str, Any], names: list[str], attribute: str) -> dict[str, str]:
    """Each text of an attribute, and where it was seen first."""
    found: dict[str, str] = {}
    for name in names:
        for after, shown in captures.shows(capture, name):
            values = shown.get(attribute)
            for text in values if isinstance(values, list) else [values]:
                if text:
                    found.setdefault(text, f"{after:g} s on {name}")
    return found


def _template(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace(re.escape("{percent}"), "[0-9]{1,3}"))


def _begin(capture: Mapping[str, Any]) -> Iterator[Line]:
    """The last look before an operation, and the first that shows it."""
    ready = table()["cstate"]["ready"][0]
    cleared: list[bool] = []
    for name in _followed(capture):
        looks = captures.shows(capture, name)
        for (_, before), (_, now) in zip(looks, looks[1:]):
            if before.get("Cstate") == ready != now.get("Cstate") and "Cstate_result" in before:
                cleared.append("Cstate_result" not in now)
    yield _held("behaviour", "clears_result_at_start", all(cleared) if cleared else None)
    former = [
        text
        for name in _followed(capture)
        for _, shown in captures.shows(capture, name)
        if (text := shown.get("prev_state")) in {value for value, _ in table()["mstate"].values()}
    ]
    yield _held("behaviour", "prev_state_keeps_former_mstate", True if former else None)


def _resources(capture: Mapping[str, Any]) -> Iterator[Line]:
    """Whether what was allocated during an operation still is at its end, by how that went."""
    released: list[bool] = []
    for name in _followed(capture):
        looks = captures.shows(capture, name)
        held = any(shown.get("lsnim -c resources") for _, shown in looks)
        last = looks[-1][1]
        if held and last.get("Cstate_result") == "success":
            released.append(not last.get("lsnim -c resources"))
        elif held and last.get("Cstate_result") == "failure":
            kept = bool(last.get("lsnim -c resources"))
            yield Line(AGREES if kept else DIFFERS, "resources stay after a failure (guess)", True, kept)
    yield _held("behaviour", "releases_resources_on_success", all(released) if released else None)


def _phases(capture: Mapping[str, Any]) -> Iterator[Line]:
    found = captures.phases(capture)
    for phase in ("accepted", "boot", "install", "customize"):
        seconds = [one[phase] for one in found.values() if phase in one]
        if not seconds:
            yield _held("phases", phase, None)
            continue
        middle = round(statistics.median(seconds))
        value = table()["phases"][phase][0]
        yield _held("phases", phase, middle, abs(middle - value) <= TOLERANCE * value)


def _printed(capture: Mapping[str, Any]) -> Iterator[Line]:
    """What each command printed, and with which exit status: each answer once."""
    journal = capture.get("journal")
    said = {
        (_tool(one), one["rc"], "\n".join(one["stdout"]), "\n".join(one["stderr"]))
        for run in (journal if isinstance(journal, list) else ())
        for one in run["vios"].values()
        if one["rc"] is not None
    }
    for tool, rc, stdout, stderr in sorted(said):
        yield Line(NEW, f"{tool}, exit status {rc}", None, {"stdout": stdout, "stderr": stderr})
    if not any(tool == MIGVIOS for tool, *_ in said):
        yield Line(UNSEEN, "what nim -o migvios prints (invented)", table()["message"]["started"][0], None)


def _tool(one: Mapping[str, Any]) -> str:
    return "viosupgrade" if (one.get("command") or "").startswith("viosupgrade") else MIGVIOS


def _mappings(capture: Mapping[str, Any]) -> Iterator[Line]:
    """How many fields ``lsmap -fmt :`` prints, by IBM's public code."""
    for what, (head, each) in _MAPPING_FIELDS.items():
        lines = [line for reply in _replies(capture, what) for line in captures.answer(reply) if ":" in line]
        counts = sorted({len(line.split(":")) for line in lines})
        expected = f"{head} fields" + (f" and {each} for each disk" if each else "")
        if not counts:
            yield Line(UNSEEN, f"lsmap, {what} (code)", expected, None)
            continue
        fits = all((n - head) % each == 0 if each else n == head for n in counts)
        yield Line(AGREES if fits else DIFFERS, f"lsmap, {what} (code)", expected, counts)
