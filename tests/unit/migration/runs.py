"""Runs for tests: a tuple in the states that a test needs, and what facts make of one VIOS."""

from dataclasses import replace

from saltext_vios.migration.machine import Facts, Migration, follow
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


def last_step(migration, facts, limits):
    """The step after these facts, in their order; each a dict of Facts, ten seconds apart unless it says."""
    step = None
    for number, one in enumerate(facts, 1):
        step = follow(migration, Facts(**{"now": number * 10.0, **one}), limits)
        migration = step.migration
        if migration.final:
            break
    return step
