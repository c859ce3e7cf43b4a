"""How long after an operation ended in NIM its end stands in the journal."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from statistics import median

from benchmarks.figures import Figure, directory
from benchmarks.inside import take_off
from benchmarks.site import SEED, Site, drawn, frames, pairs, site, start_driver, until
from saltext_vios.driver.journal import Journal

TUPLES, ENDING = 100, 30
INTERVAL = 30.0
SPAN = 4 * INTERVAL  # seconds over which the ends are spread
LIMIT = INTERVAL + 1


def measure() -> Iterator[Figure]:
    tuples = pairs(TUPLES)
    by_chance = random.Random(SEED + 1)
    takes = drawn(tuples)
    takes.update({names[0]: by_chance.uniform(15, 15 + SPAN) for names in by_chance.sample(tuples, ENDING)})
    settings = {"poll_interval": INTERVAL, "max_parallel": TUPLES}
    with directory() as root, site(root, frames(tuples, takes), speed=0, **settings) as nim_master:
        take_off(nim_master, tuples)
        start_driver(nim_master.home)
        nim_master.simulator.speed(1)
        until(lambda: len(recorded(nim_master, "migrated")) == ENDING, "the end of all", SPAN + 90)
        ends = ended(nim_master)
        seen, proven = (
            [at - ends[vios] for vios, at in recorded(nim_master, what).items()] for what in ("verifying", "migrated")
        )
    what = f"delay between the end of an operation in NIM and its recording, {TUPLES} tuples in flight, interval 30 s"
    yield Figure(what, _told(seen), f"{LIMIT:.0f} s", max(seen) <= LIMIT)
    yield Figure("the same until the VIOS itself proved its level", _told(proven))


def recorded(nim_master: Site, what: str) -> dict[str, float]:
    """VIOS -> when, in seconds since the epoch."""
    with Journal(nim_master.home, look_only=True) as journal:
        return {row["vios"]: row["at"] for row in journal.query("SELECT vios, at FROM event WHERE what = ?", what)}


def ended(nim_master: Site) -> dict[str, float]:
    store = nim_master.simulator.store
    ahead = time.time() - store.now()
    rows = store.rows("SELECT vios, ended FROM operation WHERE outcome = 'success'")
    return {row["vios"]: row["ended"] + ahead for row in rows}


def _told(delays: list[float]) -> str:
    return f"{median(delays):.1f} s in the median, {max(delays):.1f} s at most"
