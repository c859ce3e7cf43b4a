"""Salt outputters."""
