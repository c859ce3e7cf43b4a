"""Runs for tests: a tuple in the states that a test needs."""

from dataclasses import replace

from saltext_vios.migration.machine import Migration
from saltext_vios.migration.transitions import State
from saltext_vios.migration.tuples import Run, Terms, with_migration


def pair(*names, number=1, **terms):
    names = names or ("vios1", "vios2")
    migrations = tuple(Migration(name, n) for n, name in enumerate(names, 1))
    return Run(number, 1, "-".join(sorted(names)), migrations, Terms(**terms))


def with_states(run, *states):
    """The run with its VIOSes in these states, and the statuses such a VIOS has."""
    statuses = {
        State.DONE: "SUCCESS-UPGR{}",
        State.CURRENT: "SUCCESS-CURRENT",
        State.FAILED: "FAILURE-UPGR{}",
    }
    for m, state in zip(run.migrations, states):
        run = with_migration(run, replace(m, state=state, status=statuses.get(state, "").format(m.n) or None))
    return run
