"""How often lsnim is started while tuples install, and for a plan: one look serves them all."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import NamedTuple

from benchmarks.figures import Figure, directory
from benchmarks.inside import take_off
from benchmarks.site import OPTIONS, drawn, frames, listings, none_selected, pairs, site, start_driver, until
from saltext_vios.driver import one_vios
from saltext_vios.driver import plan as planning
from saltext_vios.driver import request as requests
from saltext_vios.driver.desk import QUESTIONS, REPORTS
from saltext_vios.driver.journal import Journal
from saltext_vios.nim.snapshot import Snapshot
from tests.in_process import Driver, SetClock, no_processes

IN_FLIGHT = (1, 10, 100)
PLANNED = (10, 60)  # pairs
UPGRADED, POLL, TAKES = 100, 30, 2.0  # tuples, seconds, seconds of a question
UPGRADE = {"method": "viosupgrade", "type": "altdisk", "mksysb_name": "vios_31431", "disk": "hdisk1", "paths": "ignore"}
BEGUN, WATCHED = 600, 300  # seconds until all of them install, seconds for which the questions are counted
INTERVAL, LOOKS = 2.0, 20  # seconds; the rate does not depend on what the interval is
LIMIT = 1.05 * 3600 / INTERVAL


def measure() -> Iterator[Figure]:
    rates = [rate(number) for number in IN_FLIGHT]
    yield Figure(
        f"`lsnim` starts per hour with {', '.join(map(str, IN_FLIGHT))} tuples in flight, at a `poll_interval` "
        f"of {INTERVAL:.0f} s",
        ", ".join(f"{one:.0f}" for one in rates),
        f"{LIMIT:.0f} (3600 / `poll_interval` + 5 %)",
        max(rates) <= LIMIT,
    )
    questions = upgrading(UPGRADED)
    yield Figure(
        f"questions per hour with {UPGRADED} tuples in flight by viosupgrade, at a `poll_interval` of {POLL} s: "
        "`lsnim`, `c_rsh` of each VIOS, `viosupgrade -q` of each VIOS",
        ", ".join(f"{one:.0f}" for one in questions.each),
        f"{1.05 * 3600 / POLL:.0f} each (3600 / `poll_interval` + 5 %)",
        max(questions.each) <= 1.05 * 3600 / POLL,
    )
    most, reports = questions.at_once
    yield Figure(
        "`c_rsh`, `viosupgrade -q` at once meanwhile",
        f"{most}, {reports}",
        f"{QUESTIONS}, {REPORTS}",
        most <= QUESTIONS and reports <= REPORTS,
    )
    asked = [plan(number) for number in PLANNED]
    ratio = asked[1]["lsnim"] / asked[0]["lsnim"]
    yield Figure(
        f"`lsnim` starts of a plan of {PLANNED[1]} pairs over those of {PLANNED[0]} ({asked[0]['lsnim']})",
        f"{ratio:.2f}",
        "1",
        ratio == 1,
    )
    each = [one["c_rsh"] / (2 * number) for one, number in zip(asked, PLANNED)]
    yield Figure(
        f"`c_rsh` starts of a plan of {' and '.join(map(str, PLANNED))} pairs, for each VIOS",
        ", ".join(f"{one:.0f}" for one in each),
        "9 (its level, its cluster, seven of its clients)",
        max(each) <= 9,
    )


def plan(number: int) -> Counter[str]:
    """What ``vios.check`` of so many pairs asks, by command."""
    tuples = pairs(number)
    with directory() as root, site(root, frames(tuples, drawn(tuples))) as nim_master:
        asked = requests.read([list(names) for names in tuples], OPTIONS, {}, datetime.now(timezone.utc), none_selected)
        nim = Snapshot(one_vios.client(nim_master.settings))
        with Journal(nim_master.home) as journal:
            planning.plan(journal, nim_master.settings, nim, asked, time.time())
        return Counter(row["command"] for row in nim_master.simulator.store.rows("SELECT command FROM call"))


class Questions(NamedTuple):
    """Per hour: lsnim, c_rsh of each VIOS, viosupgrade -q of each VIOS; and how many of the latter two were out."""

    each: tuple[float, ...]
    at_once: tuple[int, ...]


def upgrading(number: int) -> Questions:
    """What is asked while so many VIOSes get their images."""
    tuples = pairs(number)
    scenario = frames(tuples, drawn(tuples))
    for vioses in scenario["frames"].values():
        for one in vioses:
            one["phases"]["alt_install"] = 4 * 3600
    counted = "SELECT command, COUNT(*) AS calls FROM call GROUP BY command"
    settings = {"poll_interval": float(POLL), "max_parallel": number}
    with directory() as root, site(root, scenario, **settings) as nim_master, no_processes(nim_master.simulator):
        clock = SetClock(nim_master.simulator)
        nim_master.ask(tuples, clock.now(), given=UPGRADE)
        driver = Driver(nim_master.home, clock, question=TAKES)
        _until(driver, clock, clock.now() + BEGUN)
        before = {row["command"]: row["calls"] for row in nim_master.simulator.store.rows(counted)}
        since, most = clock.now(), _until(driver, clock, clock.now() + WATCHED)
        hours = (clock.now() - since) / 3600
        after = {row["command"]: row["calls"] for row in nim_master.simulator.store.rows(counted)}
        driver.end()
    whose = {"lsnim": 1, "c_rsh": number, "viosupgrade": number}
    each = tuple((after[command] - before.get(command, 0)) / hours / of for command, of in whose.items())
    return Questions(each, most)


def _until(driver: Driver, clock: SetClock, at: float) -> tuple[int, ...]:
    """Let the driver work until then; how many questions were under way at once at most, and how many reports."""
    most, workers = [0, 0], (driver.workers.questions, driver.workers.reports)
    while clock.now() < at:
        driver.turn()
        out = [sum(due - TAKES <= clock.now() < due for due, *_ in one.due) for one in workers]
        most = [max(pair) for pair in zip(most, out)]
    return tuple(most)


def rate(number: int) -> float:
    """Starts per hour, from the times of the first and the last of a row."""
    tuples = pairs(number)
    settings = {"poll_interval": INTERVAL, "max_parallel": number}
    with directory() as root, site(root, frames(tuples, drawn(tuples)), **settings) as nim_master:
        take_off(nim_master, tuples)
        start_driver(nim_master.home)
        before = len(listings(nim_master))
        # The first two are of the driver's beginning.
        until(lambda: len(listings(nim_master)) >= before + LOOKS + 2, f"{LOOKS} starts of lsnim")
        starts = listings(nim_master)[before + 2 :]
    return (len(starts) - 1) / (starts[-1] - starts[0]) * 3600
