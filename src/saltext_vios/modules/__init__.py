"""Salt execution modules."""
