"""Salt runners."""
