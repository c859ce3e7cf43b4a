"""The core: facts in, decisions out. No process, no clock, no Salt."""
