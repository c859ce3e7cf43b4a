"""Imported by a driver of the chaos tests before anything else: every step of it is counted, see ``steps``.

What it asks is answered by the simulator in this process where ``VIOS_ANSWERS`` names one; ``nim`` is a process always.
"""

import os
import sys
from pathlib import Path

from steps import Steps

import saltext_vios
from saltext_vios.driver import commands, locks, loop
from saltext_vios.driver.journal import Journal
from saltext_vios.nim import client

if "VIOS_ANSWERS" in os.environ:
    # The driver's copy of the code has no simulator.
    root = Path(__file__).resolve().parents[3]
    sys.path.append(str(root))
    saltext_vios.__path__.append(str(root / "src" / "saltext_vios"))
    from saltext_vios.simulator.api import Simulator
    from tests.answers import Commands

    client.run = Commands(Simulator(os.environ["VIOS_ANSWERS"])).run

steps = Steps(os.environ["VIOS_STEPS"], "driver")
record, run, acquire = Journal.record, loop.run, locks.acquire


def stepped_record(self, run, migration, notes, *args, **kwargs):
    # What the tool said comes when it likes, alone or with something else.
    named = [note.what for note in notes if note.what != "tool"] or [migration.state.value]
    what = f"record {' '.join(named)} {migration.vios}"
    return steps.around(what, record)(self, run, migration, notes, *args, **kwargs)


def stepped_acquire(path, timeout=0):
    return steps.around(f"acquire {path.name}", acquire)(path, timeout)


def run_by_name(*args):
    (steps.directory / "driver").write_text(str(os.getpid()))
    run(*args)


loop.run = run_by_name
locks.acquire = stepped_acquire
Journal.record = stepped_record
Journal.pick_up = steps.around("pick_up", Journal.pick_up)
ask, counted = client.run, steps.around("query", client.run)


def stepped_query(argv, *words):
    """What only people read decides nothing, and comes when it likes: it is no point to kill at."""
    return (ask if "-q" in argv and argv[0] == "viosupgrade" else counted)(argv, *words)


client.run = stepped_query
commands.launch = steps.around("launch", commands.launch)
