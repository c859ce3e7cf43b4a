"""Migrate Virtual I/O Servers (VIOS) with Salt, from the NIM master."""

__version__ = "0.1.0"
