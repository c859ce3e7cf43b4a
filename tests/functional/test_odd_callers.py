"""Whatever is passed to a function, it answers or refuses it in a sentence: no traceback, no flood, nothing started."""

import inspect
import math

import pytest
import yaml
from salt.exceptions import CommandExecutionError, SaltInvocationError

import saltext_vios.modules.vios as module
import saltext_vios.states.vios as states
from saltext_vios.errors import MOST
from saltext_vios.options import OPTIONS

LONG = 100_000
ODD = [
    *(None, "", " ", 0, -1, 10**30, True, 1.5, [], math.nan, math.inf, {}, b"x", [[]], [None], {"a": 1}, {1: 2}),
    *("vios1,vios1", "a\0b", "../../x", "é" * 300, "*", "-x", "$(id)", "1e400", "00:00", "x" * LONG),
    *({"vios1": None}, {"vios1": {"disk": []}}, [["vios1", "vios2", "vios3"]], ["vios1", ["vios2"]]),
]


def is_public(one, of):
    return inspect.isfunction(one) and not one.__name__.startswith("_") and one.__module__ == of.__name__


# One by one: those that wait for what is under way, and there is nothing.
FUNCTIONS = sorted(name for name, one in vars(module).items() if is_public(one, module))
STATES = sorted(name for name, one in vars(states).items() if is_public(one, states))


def parameters(function):
    """What it can be given by name, and what it must be given."""
    found = inspect.signature(function).parameters.values()
    named = [one.name for one in found if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
    needed = [one.name for one in found if one.default is one.empty and one.name in named]
    if any(one.kind is one.VAR_KEYWORD for one in found):
        named += [option.name for option in OPTIONS]
    return [name for name in named if name not in ("test", "wait")], dict.fromkeys(needed, "vios1")


def said(function, given):
    """What it refuses with, or nothing."""
    try:
        function(**given)
    except (SaltInvocationError, CommandExecutionError) as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_answers_or_refuses(vios, simulator, name):
    function = getattr(module, name)
    named, given = parameters(function)
    if "test" in inspect.signature(function).parameters:
        given["test"] = True
    for which in named:
        for odd in ODD:
            refused = said(getattr(vios, name.rstrip("_")), {**given, which: odd})
            assert len(refused) < 2 * MOST, (which, str(odd)[:40])
    assert simulator.starts() == []


@pytest.mark.parametrize("name", STATES)
def test_a_state_answers_or_fails(apply, simulator, name):
    named, _ = parameters(getattr(states, name))
    sls = {}
    for which in named:
        for number, odd in enumerate(one for one in ODD[::3] if not isinstance(one, (bytes, float))):
            given = {"name": f"{which}{number}", which: odd}
            sls[f"{which} {number}"] = {f"vios.{name}": [{key: value} for key, value in given.items()]}
    ret = apply(yaml.safe_dump(sls), test=True)
    assert isinstance(ret, dict), ret
    for one in ret.values():
        assert isinstance(one["comment"], str)
        assert len(one["comment"]) < 3 * MOST
        assert "Traceback" not in one["comment"], one["comment"][-2000:]
    assert simulator.starts() == []
