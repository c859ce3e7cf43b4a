"""Salt state modules."""
