"""Salt's own loaders in this process, the real modules, the simulated NIM master; no daemons.

The driver is in this process too and its hours pass in no time, see ``tests.in_process``; a test or a file marked
``processes`` has a real driver, real commands and the clock of this machine.
"""

import inspect
import os
import sys
from unittest.mock import patch

import pytest
import salt.config
import salt.loader
import yaml

from saltext_vios.driver import events as driver_events
from tests import drive
from tests.conftest import EXAMPLES, PRELUDE, settings_of
from tests.in_process import Night

# What makes a migration in the simulator go through without a person.
OPTIONS = {
    "mksysb_name": "vios_31431",
    "spot_name": "vios_31431_spot",
    "bosinst_data": "unattended",
    "boot_client": True,
    "set_boot_list": True,
}


# The same by every method and type: for tests of what has nothing to do with the tool, marked ``methods``.
EACH = {
    "migvios": OPTIONS,
    "altdisk": {"method": "viosupgrade", "type": "altdisk", "mksysb_name": "vios_31431", "disk": "hdisk1"},
    "bosinst": {
        "method": "viosupgrade",
        "type": "bosinst",
        "mksysb_name": "vios_31431",
        "disk": "hdisk1",
        "spot_name": "vios_31431_spot",
    },
}


# The engine sees little of bosinst that it does not see of the other two.
WAYS = ["migvios", "altdisk", pytest.param("bosinst", marks=pytest.mark.thorough)]


def pytest_generate_tests(metafunc):
    """A test of the engine runs by each way that its closest mark names; what takes real time has one way."""
    mark = metafunc.definition.get_closest_marker("methods")
    if mark and "options" in metafunc.fixturenames and not metafunc.definition.get_closest_marker("processes"):
        metafunc.parametrize("options", mark.args or WAYS, indirect=True)


@pytest.fixture
def options(request):
    return dict(EACH[getattr(request, "param", "migvios")])


# Seconds between two looks at NIM where the time is ours; in a test with processes they are as far apart.
LOOKS = 600


@pytest.fixture
def night(request, simulator, state_dir):
    """The time and the driver of a test; None where both are real."""
    if request.node.get_closest_marker("processes"):
        # No minion listens here, and to find that out a process would load Salt for each driver.
        with patch.object(driver_events, "tell", lambda *to: None):
            yield None
    else:
        with Night(simulator).falls() as made:
            yield made


@pytest.fixture
def vios_config():
    """What a test adds to the ``vios:`` part of the minion's configuration."""
    return {}


@pytest.fixture
def minion_opts(tmp_path, simulator, state_dir, vios_config, night):
    own = vios_config if night is None else {"poll_interval": LOOKS, **vios_config}
    root = tmp_path / "salt"
    root.mkdir()
    (root / "states").mkdir()
    opts = salt.config.DEFAULT_MINION_OPTS.copy()
    opts.update(
        id="nim-master",
        root_dir=str(root),
        cachedir=str(root / "cache"),
        conf_file=str(root / "minion"),
        pki_dir=str(root / "pki"),
        sock_dir=str(root / "sock"),
        extension_modules=str(root / "extmods"),
        file_client="local",
        file_roots={"base": [str(root / "states"), str(EXAMPLES / "file_roots")]},
        pillar_roots={"base": []},
        __role="minion",
        __cli="salt-call",
        vios=settings_of(simulator, state_dir, **own),
    )
    opts["grains"] = {"id": "nim-master", "os": "AIX", "os_family": "AIX", "kernel": "AIX"}
    return opts


@pytest.fixture
def salt_functions(minion_opts):
    """``__salt__`` as a minion has it."""
    utils = salt.loader.utils(minion_opts)
    return salt.loader.minion_mods(minion_opts, utils=utils)


@pytest.fixture
def vios(salt_functions, night):
    """The execution module, loaded by Salt: ``vios.migrate(...)``."""

    class Module:
        def __getattr__(self, name):
            function = salt_functions[f"vios.{name}"]
            if night is not None:
                inspect.unwrap(function).__globals__["datetime"] = night.clock.datetime
            return function

    return Module()


@pytest.fixture
def apply(minion_opts, salt_functions):
    """Apply SLS text as ``state.apply`` does: a dict by tag."""

    def run(sls, name="t", test=False):
        path = f"{minion_opts['root_dir']}/states/{name}.sls"
        with open(path, "w") as file:
            file.write(sls)
        return salt_functions["state.sls"](name, test=test)

    return run


@pytest.fixture
def on(night):
    """What a command on a VIOS prints, where the time is ours."""
    return lambda vios, command: night.commands.run(["c_rsh", vios, command], "c_rsh", 60).stdout


@pytest.fixture
def under_way(vios, simulator, options):
    """A pair whose first VIOS installs until the simulator's faults are cleared."""
    drive.under_way(vios, simulator, options)


def result_of(returned, identity, fun="migrated", name=None):
    """One state's return, by its id and name."""
    tag = f"vios_|-{identity}_|-{name or identity}_|-{fun}"
    assert isinstance(returned, dict), returned
    assert tag in returned, list(returned)
    return returned[tag]


@pytest.fixture
def salt_call(minion_opts):
    """The words of ``salt-call --local`` for this minion, as a process of its own."""
    return salt_call_of(minion_opts)


def salt_call_of(opts):
    kept = ("id", "root_dir", "file_client", "file_roots", "pillar_roots", "extension_modules", "vios", "grains")
    with open(opts["conf_file"], "w") as file:
        yaml.safe_dump({name: opts[name] for name in kept}, file)
    script = f"{PRELUDE}from salt.scripts import salt_call; salt_call()"
    conf = os.path.dirname(opts["conf_file"])
    return [sys.executable, "-c", script, "--local", "-c", conf, "--out=json"]
