"""Whether a value is what a type says, key by key."""

import typing


def misfits(value, kind, place=""):
    """What of a value is not as its type says: where, what is there, what is expected."""
    origin, words = typing.get_origin(kind), typing.get_args(kind)
    if kind is typing.Any:
        return []
    if origin is typing.Union:
        each = [misfits(value, one, place) for one in words]
        return [] if [] in each else min(each, key=len)
    if origin is dict and isinstance(value, dict):
        inner = [misfits(one, words[1], f"{place}/{name}") for name, one in value.items()]
        return [line for found in [*[misfits(name, words[0], place) for name in value], *inner] for line in found]
    if origin is list and isinstance(value, list):
        return [line for one in value for line in misfits(one, words[0], f"{place}[]")]
    if hasattr(kind, "__required_keys__"):
        return _of_record(value, kind, place)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return []
    good = isinstance(value, origin or kind) and (kind is bool or not isinstance(value, bool))
    return [] if good else [f"{place}: {value!r}, expected {kind}"]


def _of_record(value, kind, place):
    if not isinstance(value, dict):
        return [f"{place}: {value!r}, expected {kind.__name__}"]
    known = typing.get_type_hints(kind)
    lines = [f"{place}: {name} is not there" for name in kind.__required_keys__ - set(value)]
    lines += [f"{place}: {name} is not of {kind.__name__}" for name in set(value) - set(known)]
    there = set(value) & set(known)
    return lines + [line for name in there for line in misfits(value[name], known[name], f"{place}/{name}")]
