"""The fleet's orchestration over three NIM masters on which nothing is to be done, beside ``test.ping`` on the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import yaml

from benchmarks.daemons import Salt, salt
from benchmarks.figures import Figure, directory, in_turns
from benchmarks.site import OPTIONS, drawn, frames, pairs, site
from saltext_vios.simulator.scenario import NEW

MASTERS, PAIRS, ROUNDS = 3, 2, 7


def measure() -> Iterator[Figure]:
    tuples = pairs(PAIRS)
    scenario = {**frames(tuples, drawn(tuples)), "level": NEW}
    with directory() as root, ExitStack() as stack:
        sites = {}
        for name in (f"nim{n}" for n in range(MASTERS)):
            (root / f"{name}.nim").mkdir()
            sites[name] = stack.enter_context(site(root / f"{name}.nim", scenario))
        fleet = root / "fleet.yaml"
        wanted = {name: [list(names) for names in tuples] for name in sites}
        fleet.write_text(yaml.safe_dump({"masters": wanted, "options": {**OPTIONS, "level": NEW}}))
        daemons = stack.enter_context(salt(root, {name: {"vios": one.config} for name, one in sites.items()}))
        sides = [
            lambda: orchestrate(daemons, str(fleet)),
            lambda: daemons.run("salt", "-L", ",".join(sites), "test.ping"),
        ]
        in_turns(1, *sides)
        calls = sum(one.simulator.calls() for one in sites.values())
        orchestration, ping = map(min, in_turns(ROUNDS, *sides))
        calls = sum(one.simulator.calls() for one in sites.values()) - calls
    yield Figure(
        f"orchestration over {MASTERS} NIM masters of {PAIRS} tuples each with nothing to do ({orchestration:.1f} s) "
        f"over `salt ... test.ping` on the same ({ping:.1f} s)",
        f"{orchestration / ping:.1f}",
    )
    yield Figure("commands that it ran on the NIM masters, per tuple", f"{calls / ROUNDS / MASTERS / PAIRS:.1f}")


def orchestrate(daemons: Salt, fleet: str) -> None:
    pillar = json.dumps({"fleet": fleet})
    told = daemons.run("salt-run", "state.orchestrate", "fleet", f"pillar={pillar}", "--out=json")
    states = next(iter(json.loads(told)["data"].values()))
    if [state["__id__"] for state in states.values()] != ["nothing to do"]:
        raise SystemExit(f"something was to do:\n{told}")
