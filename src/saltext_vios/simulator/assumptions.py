"""The data file of all that is assumed about NIM, without the marks of how sure it is."""

import functools
import json
import os


@functools.cache
def table() -> dict:
    with open(os.path.join(os.path.dirname(__file__), "assumptions.json")) as file:
        return json.load(file)


def assumed(section: str, name: str):
    """One text, number or switch."""
    return table()[section][name][0]


def message(which: str, /, **words: object) -> str:
    return assumed("message", which).format(**words)
