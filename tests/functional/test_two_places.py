"""One NIM master, two ways to it with a state directory each: one of them works there, the other is refused."""

import copy
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from saltext_vios.driver.client import Caller, start_driver
from saltext_vios.driver.home import Home, prepare
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.settings import Settings
from saltext_vios.options import checked
from saltext_vios.simulator.api import Simulator
from tests.conftest import driver_pid, kill_driver, until
from tests.functional.conftest import salt_call_of
from tests.functional.ways import Way

pytestmark = pytest.mark.processes
FIRSTS = [["vios1"], ["vios3"], ["vios5"]]
SECONDS = [["vios2"], ["vios4"], ["vios6"]]


@pytest.fixture
def ways(minion_opts, tmp_path):
    """Two minions with a root_dir each, as of two configurations."""
    made = []
    for name in ("one", "two"):
        opts, root = copy.deepcopy(minion_opts), tmp_path / f"salt-{name}"
        root.mkdir()
        opts.update(root_dir=str(root), cachedir=str(root / "cache"), conf_file=str(root / "minion"))
        opts["vios"]["state_dir"] = str(tmp_path / name)
        made.append(Way(opts))
    yield made
    for way in made:
        kill_driver(way.state_dir)


@pytest.fixture
def one(ways):
    return ways[0]


@pytest.fixture
def two(ways):
    return ways[1]


@pytest.fixture
def under_way(one, simulator, options):
    """The first VIOS of a frame installs for the first minion."""
    simulator.fault("install_hangs", "vios1")
    assert one.call("migrate", "vios1", wait=False, **options) == {}
    until(simulator.starts, what="the start")


def is_refused(said, one, two):
    assert isinstance(said, str), said
    assert f"another state directory, {one.state_dir}, already works on" in said
    assert f"this call uses {two.state_dir}" in said
    assert f"set vios:state_dir: {one.state_dir}" in said
    return True


def test_asked_at_the_same_moment_they_never_take_a_frame_down(one, two, simulator, options):
    """The first VIOSes of all frames on one, the second ones on the other; NIM shows what runs late."""
    simulator.fault("cstate_lags", seconds=9000)
    calls = [one.begin("migrate", FIRSTS, **options), two.begin("migrate", SECONDS, **options)]
    found = [call() for call in calls]
    assert simulator.audit()["violations"] == []
    assert {type(said) for said in found} == {dict, str}


@pytest.mark.thorough
def test_eight_salt_calls_of_two_configurations_at_the_same_instant_share_one_driver(ways, simulator, options):
    for vios in ("vios1", "vios2"):
        simulator.fault("install_hangs", vios)
    words, calls = [f"{name}={value}" for name, value in options.items()], {}
    for way in ways:
        # Where Salt's own directories are missing, two salt-calls that make them at once may fail.
        subprocess.run([*salt_call_of(way.opts), "test.ping"], check=True, stdout=subprocess.DEVNULL)
    for way, vios in [*zip(ways, ("vios1", "vios2"))] * 4:
        argv = [*salt_call_of(way.opts), "vios.migrate", vios, *words]
        calls.setdefault(way, []).append(subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT))
    until(lambda: any(all(ended(call) for call in calls[way]) for way in ways), what="four refusals")
    one, two = ways if not all(ended(call) for call in calls[ways[0]]) else reversed(ways)
    until(lambda: requests(one) == 4, what="four requests")
    simulator.clear()
    for call in calls[two]:
        assert is_refused(call.communicate()[0].decode(), one, two)
        assert call.returncode == 1
    for call in calls[one]:
        assert [*json.loads(call.communicate()[0])["local"]["status"].values()] == ["SUCCESS-UPGR1"]
        assert call.returncode == 0
    log = Home(Path(one.state_dir)).driver_log.read_text()
    # One that was started beside the first waits for its lock, and may find the first gone.
    turns = re.findall(r"driver (starts|exits): ", log)
    assert turns == (["starts", "exits"] * len(turns))[: len(turns)], log
    assert requests(two) == 0
    assert len(simulator.starts()) == 1
    assert simulator.audit()["violations"] == []


def ended(call):
    return call.poll() is not None


def requests(way):
    with Journal(Home(Path(way.state_dir)), look_only=True) as journal:
        return journal.newest_request()


def test_a_call_is_refused_while_the_others_driver_works(one, two, under_way, simulator, options):
    assert is_refused(two.call("migrate", "vios2", **options), one, two)
    assert not Path(two.state_dir).exists()
    simulator.clear()
    assert one.call("wait", "vios1") == {"vios1": "SUCCESS-UPGR1"}
    assert two.call("migrate", "vios2", **options) == {"vios2": "SUCCESS-UPGR1"}
    assert simulator.audit()["violations"] == []


def test_nothing_is_answered_from_the_wrong_journal(one, two, under_way):
    """A hold that holds nothing and a status that knows nothing are worse than none."""
    calls = {name: [] for name in ("status", "progress", "history", "overview", "driver", "list", "wait", "release")}
    calls |= {"hold": ["tonight"], "stop": [True], "cancel": ["vios1"], "reset": ["vios1", True], "check": ["vios2"]}
    for name, args in calls.items():
        assert is_refused(two.call(name, *args), one, two), name
    assert not Path(two.state_dir).exists()


def test_a_call_is_refused_while_what_the_other_began_has_no_driver(one, two, under_way, simulator, options):
    kill_driver(one.state_dir)
    said = two.call("migrate", "vios2", **options)
    assert is_refused(said, one, two)
    assert "under way there: vios1" in said
    simulator.clear()
    assert one.call("wait") == {"vios1": "SUCCESS-UPGR1"}


def test_a_hold_holds_whatever_the_way(one, two, options):
    one.call("hold", "storage team")
    said = two.call("migrate", "vios2", **options)
    assert is_refused(said, one, two)
    assert "storage team" in said
    one.call("release")
    assert two.call("migrate", "vios2", **options) == {"vios2": "SUCCESS-UPGR1"}


def test_a_journal_that_cannot_be_read_counts_as_busy(one, two, under_way, options):
    kill_driver(one.state_dir)
    Home(Path(one.state_dir)).journal.write_bytes(b"no database at all, and long enough to be none" * 20)
    said = two.call("migrate", "vios2", **options)
    assert is_refused(said, one, two)
    assert f"mv {one.state_dir} " in said
    shutil.move(one.state_dir, f"{one.state_dir}.aside")
    assert two.call("migrate", "vios3", **options) == {"vios3": "SUCCESS-UPGR1"}


def asked_before(way, names, options):
    """A request as a version wrote it that knew nothing of other state directories."""
    home = prepare(way.state_dir)
    asked = {**checked(options), "time_limit_text": ""}
    with Journal(home) as journal:
        journal.ask([names], asked, Settings(**{"environment": {}, **way.opts["vios"]}), "an older version", 1.0)
    return home


def test_a_second_driver_ends_with_its_reason(one, two, under_way, simulator, options):
    home = asked_before(two, ["vios2"], options)
    start_driver(home, Caller("a test"))
    until(lambda: "driver exits:" in home.driver_log.read_text(), what="the end of the second driver")
    log = home.driver_log.read_text()
    assert f"another state directory, {one.state_dir}, already works on" in log
    assert "(under way there: vios1)" in log
    assert "Traceback" not in log
    assert is_refused(two.call("wait"), one, two)
    assert log.count("driver starts:") == home.driver_log.read_text().count("driver starts:") == 1
    assert [start["vios"] for start in simulator.starts()] == ["vios1"]


def test_a_caller_that_waits_is_reported_at_once(one, two, simulator, options):
    """Its driver is gone, and meanwhile the other one works."""
    home = asked_before(two, ["vios2"], options)
    simulator.fault("install_hangs", "vios1")
    assert one.call("migrate", "vios1", wait=False, **options) == {}
    assert is_refused(two.call("wait"), one, two)
    assert not home.driver_log.exists()


def test_two_state_directories_take_turns(one, two, simulator, options):
    for way, name in ((one, "vios1"), (two, "vios2"), (one, "vios3"), (two, "vios4")):
        assert way.call("migrate", name, **options) == {name: "SUCCESS-UPGR1"}
    assert simulator.audit()["violations"] == []


def test_one_state_directory_has_one_nim_master(one, under_way, tmp_path, options):
    other = Simulator.create(tmp_path / "other")
    opts = copy.deepcopy(one.opts)
    opts["vios"]["nim_bin_dir"] = str(other.bin)
    said = Way(opts).call("migrate", "vios3", **options)
    assert "give every NIM master a vios:state_dir of its own" in said
    assert str(other.bin) in said
    other.close()


def pid_of(way):
    return driver_pid(way.state_dir)


def test_a_driver_whose_lock_is_replaced_starts_nothing_more(one, simulator, options):
    simulator.fault("install_hangs", "vios1")
    assert one.call("migrate", "vios1,vios2", wait=False, **options) == {}
    until(simulator.starts, what="the start of the first")
    first = pid_of(one)
    lock = simulator.bin / "nim.saltext-vios.driver"
    lock.unlink()
    lock.touch()
    simulator.clear()
    until(lambda: pid_of(one) != first, what="the end of the driver")
    log = Home(Path(one.state_dir)).driver_log.read_text()
    assert f"this driver lost its lock {lock}" in log
    assert [start["vios"] for start in simulator.starts()] == ["vios1"]
    assert one.call("wait") == {"vios1-vios2": "SUCCESS-UPGR2"}
    assert simulator.audit()["violations"] == []
