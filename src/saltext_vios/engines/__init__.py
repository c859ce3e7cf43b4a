"""Salt engines."""
