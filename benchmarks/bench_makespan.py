"""How long a hundred pairs take on one NIM master, over what no order of them could be faster than."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product

from benchmarks.figures import Figure, directory
from benchmarks.history import finished
from benchmarks.inside import night
from benchmarks.site import SEED, Site, drawn, frames, pairs, site

TUPLES = 100
FORGOTTEN = 0.15  # a share by which the durations of the history differ from those to come
LISTING, QUESTION = 1, 10  # seconds
PARALLEL, ORDERS = (8, 20, 100), ("longest", "given")
DAY = 86400
LIMIT = 1.05


def measure() -> Iterator[Figure]:
    cases = list(product(ORDERS, PARALLEL))
    with ProcessPoolExecutor(2) as pool:
        found = dict(zip(cases, pool.map(ratio, *zip(*cases))))
    for order in ORDERS:
        measured = ", ".join(f"{found[order, parallel]:.3f}" for parallel in PARALLEL)
        what = f"makespan of {TUPLES} pairs over the lower bound, `tuple_order: {order}`, "
        what += f"`max_parallel` {', '.join(map(str, PARALLEL))}"
        if order == "longest":
            worst = max(found[order, parallel] for parallel in PARALLEL)
            yield Figure(what, measured, f"{LIMIT:.2f}", worst <= LIMIT)
        else:
            yield Figure(what, measured)


def ratio(order: str, parallel: int) -> float:
    tuples = pairs(TUPLES)
    takes = drawn(tuples)
    by_chance = random.Random(SEED + 1)
    before = {name: seconds * by_chance.uniform(1 - FORGOTTEN, 1 + FORGOTTEN) for name, seconds in takes.items()}
    with directory() as root, site(root, frames(tuples, takes), max_parallel=parallel) as nim_master:
        finished(nim_master, tuples, before, time.time() - 10 * DAY)
        took = night(nim_master, lambda at: nim_master.ask(tuples, at, tuple_order=order), LISTING, QUESTION)
        audited(nim_master)
    return took / lower_bound(tuples, takes, parallel)


def lower_bound(tuples: Sequence[Sequence[str]], takes: Mapping[str, float], parallel: int) -> float:
    """The longest tuple, whose VIOSes follow one another, or all of the work with every place always taken."""
    lengths = [sum(takes[name] for name in names) for names in tuples]
    return max(*lengths, sum(lengths) / parallel)


def audited(nim_master: Site) -> None:
    audit = nim_master.simulator.audit()
    if audit["violations"] or len(audit["starts"]) != 2 * TUPLES:
        raise SystemExit(f"not every VIOS was migrated once: {audit['violations']}, {len(audit['starts'])} starts")
