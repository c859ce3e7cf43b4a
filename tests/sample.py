"""How much is tested of what has a great many cases: ``CHAOS=all`` takes all, ``CHAOS=few`` a few, as ``make test``."""

import os


def step(some, few, most=1):
    """Every how many cases one is taken: where nothing is said, with ``CHAOS=few``, and at the most."""
    return {"all": most, "few": few}.get(os.environ.get("CHAOS"), some)
