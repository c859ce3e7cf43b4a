"""A real master and real minions; each test gets simulated NIM masters of its own at the same places."""

import contextlib
import shutil
from pathlib import Path

import pytest

import saltext_vios
from saltext_vios.simulator.api import Simulator
from tests.answerer import hasten
from tests.conftest import EXAMPLES, HUNG, SPEED, kill_driver, settings_of, until
from tests.integration.forks import Forks

OPTIONS = [
    "mksysb_name=vios_31431",
    "spot_name=vios_31431_spot",
    "bosinst_data=unattended",
    "boot_client=yes",
    "set_boot_list=yes",
]
PAIR = "vios1-vios2"
STARTING = 300  # seconds that a daemon may take to start, on a busy machine
ORCH = Path(saltext_vios.__file__).parent / "orch"


class Site:
    """One NIM master: the directory of its simulator and of its driver's state."""

    def __init__(self, root):
        self.nim, self.state_dir = root / "nim", root / "state"
        self.simulator = None
        self.bin = self.nim / "bin"

    def renew(self, wanted=None):
        self.clear()
        self.simulator = hasten(Simulator.create(self.nim, wanted, speed=SPEED))

    def clear(self):
        kill_driver(self.state_dir)
        if self.simulator is not None:
            self.simulator.close()
            self.simulator = None
        for path in (self.nim, self.state_dir):
            shutil.rmtree(path, ignore_errors=True)

    @property
    def config(self):
        return {"vios": settings_of(self, self.state_dir)}


@pytest.fixture(scope="package")
def sites(tmp_path_factory):
    made = {name: Site(tmp_path_factory.mktemp(name)) for name in ("nim-master", "nim-second")}
    for site in made.values():
        # The module loads where lsnim is found, so it must be there when the minion starts.
        site.renew()
    yield made
    for site in made.values():
        site.clear()


def a_master(salt_factories, directory, **more):
    return salt_factories.salt_master_daemon(
        "master",
        start_timeout=STARTING,
        overrides={
            "auto_accept": True,
            "worker_threads": 3,  # each takes a second to start; Salt has five
            "file_roots": {"base": [str(EXAMPLES / "file_roots"), str(EXAMPLES / "orch"), str(ORCH)]},
            "interface": "127.0.0.1",
            "gather_job_timeout": 30,  # seconds in which a minion on a busy machine tells that it still works
            # The scripts of these tests are no salt-run.
            "vios": {"fleet_dirs": [directory], "report_dir": directory},
            **more,
        },
    )


def a_minion(master, name, site, **more):
    overrides = {**site.config, "grains": {"role": "nim-master"}, **more}
    return master.salt_minion_daemon(name, start_timeout=STARTING, overrides=overrides)


@contextlib.contextmanager
def running(daemon):
    """It is killed when nobody needs it any more: one that is asked to end may take a quarter of a minute."""
    with daemon.started():
        yield daemon
        daemon.slow_stop = False


@pytest.fixture(scope="package")
def master(salt_factories, tmp_path_factory):
    with running(a_master(salt_factories, str(tmp_path_factory.getbasetemp()))) as daemon:
        yield daemon


@pytest.fixture(scope="package")
def minions(master, sites):
    # Only the second has the engine, so that the first shows what goes on without it.
    engines = {"nim-second": [{"vios": {"interval": 1}}]}
    with contextlib.ExitStack() as stack:
        yield {
            name: stack.enter_context(running(a_minion(master, name, site, engines=engines.get(name, []))))
            for name, site in sites.items()
        }


@pytest.fixture
def site(sites, minions):
    """The first NIM master, with a new simulator."""
    sites["nim-master"].renew(
        {"frames": {"f1": ["vios1", "vios2"], "f2": ["vios3", "vios4"], "f3": ["vios5", "vios6"]}}
    )
    return sites["nim-master"]


@pytest.fixture
def second_site(sites, minions):
    sites["nim-second"].renew({"frames": {"g1": ["viosa", "viosb"]}})
    return sites["nim-second"]


@pytest.fixture
def simulator(site):
    return site.simulator


@pytest.fixture(scope="package")
def forks():
    """Salt's command lines without the time that each takes to import Salt."""
    made = Forks()
    yield made
    made.close()


@pytest.fixture
def salt_run_(master, minions, forks):
    cli = master.salt_run_cli(timeout=HUNG)
    return lambda *words: forks.run(cli, cli.cmdline(*words))


@pytest.fixture
def salt_(master, minions, forks):
    """``salt nim-master FUNCTION ...``"""
    cli = master.salt_cli(timeout=HUNG)
    return lambda *words, to="nim-master": forks.run(cli, cli.cmdline("--timeout=60", *words, minion_tgt=to))


@pytest.fixture
def under_way(salt_, simulator):
    """A pair whose first VIOS installs until the simulator's faults are cleared; a job waits for it."""
    simulator.fault("install_hangs", "vios1")
    salt_("--async", "vios.migrate", "vios1,vios2", *OPTIONS)
    until(simulator.starts, what="the start of the first VIOS")


@pytest.fixture
def ended_well(simulator):
    """The pair was migrated, each VIOS by one start."""

    def check(ret):
        # A call that comes when all is done finds it done.
        assert ret.data["status"][PAIR] in ("SUCCESS-UPGR2", "SUCCESS-CURRENT")
        assert [one["vios"] for one in simulator.starts()] == ["vios1", "vios2"]
        assert simulator.audit()["violations"] == []

    return check
