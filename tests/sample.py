"""How much is tested of what has a great many cases: ``CHAOS=all`` takes all, ``CHAOS=few`` a few, as ``make test``."""

import os


def step(some, few):
    """Every how many cases one is taken, where nothing is said and with ``CHAOS=few``."""
    return {"all": 1, "few": few}.get(os.environ.get("CHAOS"), some)
