"""Processor time of the driver while a hundred tuples install, its events sent through a minion to a master."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import psutil

from benchmarks.daemons import salt
from benchmarks.figures import Figure, directory
from benchmarks.inside import take_off
from benchmarks.site import Site, drawn, frames, listings, pairs, site, start_driver, until
from saltext_vios.driver.journal import Journal

TUPLES = 100
INTERVAL, LOOKS = 30.0, 5
ALL_INSTALL = 2400  # simulated seconds after which every VIOS is in the middle of its installation
LIMIT = 0.01  # of a core


def measure() -> Iterator[Figure]:
    tuples = pairs(TUPLES)
    scenario = frames(tuples, drawn(tuples))
    with directory() as root, ExitStack() as stack:
        nim_master = stack.enter_context(site(root, scenario, speed=0, poll_interval=INTERVAL, max_parallel=TUPLES))
        daemons = stack.enter_context(salt(root, {"nim-master": {"vios": nim_master.config}}))
        take_off(nim_master, tuples)
        nim_master.simulator.advance(ALL_INSTALL)
        driver = psutil.Process(start_driver(nim_master.home, str(daemons.config_of("nim-master"))))
        nim_master.simulator.speed(1)
        # What a driver does once, when it begins, is over then.
        until(lambda: len(listings(nim_master)) > 2 and not unsent(nim_master), "the first events", 180)
        begin, before, sent = time.monotonic(), driver.cpu_times(), events(nim_master)
        time.sleep(LOOKS * INTERVAL)
        span, after = time.monotonic() - begin, driver.cpu_times()
        sent = events(nim_master) - sent
    own = (after.user + after.system - before.user - before.system) / span
    asking = (after.children_user + after.children_system - before.children_user - before.children_system) / span
    what = f"processor time of the driver per hour of waiting, {TUPLES} tuples in flight, interval {INTERVAL:.0f} s"
    yield Figure(what, f"{own * 3600:.0f} s, {own:.2%} of a core", f"{LIMIT:.0%} of a core", own < LIMIT)
    yield Figure("events that it sent meanwhile, per hour", f"{sent / span * 3600:.0f}")
    yield Figure("processor time of the simulated `lsnim`, per hour", f"{asking * 3600:.0f} s")


def unsent(nim_master: Site) -> bool:
    with Journal(nim_master.home, look_only=True) as journal:
        return bool(journal.unsent(limit=1))


def events(nim_master: Site) -> int:
    with Journal(nim_master.home, look_only=True) as journal:
        return journal.query("SELECT COUNT(*) FROM event WHERE sent = 1")[0][0]
