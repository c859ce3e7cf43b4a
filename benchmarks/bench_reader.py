"""Reading the listing of five thousand VIOSes, beside the loop over regular expressions that first comes to mind."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from benchmarks.figures import Figure, in_turns
from saltext_vios.nim.stanza import read
from saltext_vios.simulator.lsnim import stanza
from saltext_vios.simulator.scenario import vios_object

OBJECTS, ROUNDS = 5000, 15
LIMIT = 0.060  # seconds


def measure() -> Iterator[Figure]:
    text = listing()
    if obvious(text) != read(text):
        raise SystemExit("the two readers differ")
    # It waits for nothing, so that its processor time is what it takes where nobody else wants the processor.
    ours, theirs = map(min, in_turns(ROUNDS, lambda: read(text), lambda: obvious(text), clock=time.process_time))
    what = f"reading `lsnim -t vios -l` of {OBJECTS:,} objects".replace(",", " ")
    yield Figure(what, f"{ours * 1000:.0f} ms", f"{LIMIT * 1000:.0f} ms", ours <= LIMIT)
    yield Figure("the same over a loop with two regular expressions", f"{ours / theirs:.2f}")


def listing() -> str:
    return "".join(
        stanza(f"vios{n}", vios_object(f"vios{n}", f"frame{n // 2}", n % 2 + 1, f"vios{n}.example.com"))
        for n in range(OBJECTS)
    )


def obvious(text: str) -> dict[str, dict[str, str]]:
    objects: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for line in text.splitlines():
        name = re.match(r"^(\S+):\s*$", line)
        attribute = re.match(r"^\s+(\S+)\s+=\s+(.*)$", line)
        if name:
            current = objects.setdefault(name[1], {})
        elif attribute:
            current[attribute[1]] = attribute[2].strip()
    return objects
