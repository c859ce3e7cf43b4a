"""Looking into the journal of a NIM master that has migrated ten thousand VIOSes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import salt.config
import salt.loader

from benchmarks.figures import Figure, directory, in_turns
from benchmarks.history import finished
from benchmarks.site import drawn, frames, pairs, site

PAIRS, TIMES = 500, 10  # two VIOSes each, migrated again and again
ROUNDS = 15
LIMIT = 0.050  # seconds
DAY = 86400


def measure() -> Iterator[Figure]:
    tuples = pairs(PAIRS)
    takes = drawn(tuples)
    with directory() as root, site(root, frames([], {})) as nim_master:
        for ago in range(TIMES, 0, -1):
            finished(nim_master, tuples, takes, time.time() - ago * DAY)
        opts = salt.config.DEFAULT_MINION_OPTS.copy()
        opts.update(id="nim-master", root_dir=str(root), cachedir=str(root / "cache"), file_client="local")
        opts.update(grains={"id": "nim-master"}, pillar={}, vios=nim_master.config)
        functions = salt.loader.minion_mods(opts)
        asked = {
            "vios.status": lambda: functions["vios.status"](),
            "vios.history": lambda: functions["vios.history"](),
            "vios.overview": lambda: functions["vios.overview"](),
        }
        in_turns(1, *asked.values())  # Salt loads what it needs
        took = dict(zip(asked, map(min, in_turns(ROUNDS, *asked.values()))))
    number = f"{2 * PAIRS * TIMES:,}".replace(",", " ")
    for name in ("vios.status", "vios.history"):
        what = f"`{name}` inside the minion, {number} finished migrations in the journal"
        yield Figure(what, f"{took[name] * 1000:.0f} ms", f"{LIMIT * 1000:.0f} ms", took[name] <= LIMIT)
    yield Figure(f"`vios.overview` of its {PAIRS} tuples", f"{took['vios.overview'] * 1000:.0f} ms")
