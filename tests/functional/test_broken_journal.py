"""The journal is full, read-only, cut off, overwritten, gone, older or newer: nothing new starts, nothing is lost."""

import contextlib
import os
import re
import resource
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest
from salt.exceptions import CommandExecutionError

from saltext_vios.driver import client, locks, presence
from saltext_vios.driver.home import Home, prepare
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.store import SCHEMA
from saltext_vios.errors import JournalDamaged, JournalError
from saltext_vios.nim.commands import migvios
from saltext_vios.options import checked
from tests.conftest import another_process, driver_pid, until
from tests.drive import PAIR

JOURNALS = Path(__file__).parent.parent / "journals"
NOBODY = 65534


def no_more_room(pid, room=1):
    """From now on a write of that process beyond so many bytes of a file fails; None gives the room back."""
    hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if room is None else room, hard))


def in_a_child(function):
    """What a function raised in a process of its own: its class and text."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            function()
            os.write(write, b"nothing was raised")
        except Exception as error:
            os.write(write, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        text = told.read()
    os.waitpid(pid, 0)
    return text


@pytest.mark.processes
class TestFullDisk:
    def test_what_installs_continues_and_is_recorded_later(self, vios, simulator, under_way, state_dir):
        pid = driver_pid(state_dir)
        no_more_room(pid)
        simulator.clear()
        until(lambda: simulator.level("vios1") == "3.1.4.31", what="the end of the install in NIM")
        looks = presence.last_look(Home(state_dir))
        until(lambda: presence.last_look(Home(state_dir)) > looks + 0.3, what="more looks of the driver")
        assert driver_pid(state_dir) == pid
        assert vios.status() == {PAIR: "SUCCESS-UPGR1-INIT"}
        no_more_room(pid, None)
        assert vios.wait("vios1,vios2")["status"] == {PAIR: "SUCCESS-UPGR2"}
        assert [one["vios"] for one in simulator.starts()] == ["vios1", "vios2"]
        assert simulator.audit()["violations"] == []

    def test_new_work_is_refused_with_what_to_do(self, vios, simulator, options, under_way):
        def request(*words):
            no_more_room(os.getpid())  # only now, or the simulator's lsnim would have none either
            return ask_the_driver(*words)

        ask_the_driver = client.request

        def ask():
            client.request = request
            vios.migrate("vios3,vios4", **options)

        told = in_a_child(ask)
        assert told.startswith("CommandExecutionError")
        assert "Nothing new is started; NIM continues what it installs" in told
        assert "df " in told
        assert len(simulator.starts()) == 1

    def test_room_for_the_first_page_only_leaves_no_half_journal(self, vios, simulator, options, state_dir):
        def ask():
            no_more_room(os.getpid(), 8192)
            vios.migrate("vios1,vios2", **options)

        assert "cannot be used" in in_a_child(ask)
        assert not Home(state_dir).journal.exists()
        assert vios.migrate("vios1,vios2", **options)["result"]


def test_a_read_only_directory_refuses_new_work():
    # Nobody has to get there, so not below pytest's own directory.
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        os.chmod(place, 0o711)  # noqa: S103 - what lies in it is to be reached by somebody without rights
        home = prepare(f"{place}/state")
        Journal(home).close()
        owner = NOBODY if os.geteuid() == 0 else os.geteuid()
        for path in (home.path, home.commands, home.journal):
            os.chown(path, owner, -1)
        home.path.chmod(0o500)

        def use():
            if os.geteuid() != owner:
                os.setuid(owner)
            Journal(prepare(str(home.path))).hold("x", "y", 1.0)

        told = in_a_child(use)
        home.path.chmod(0o700)
        assert told.startswith("JournalError")
        assert "ls -ld" in told


def emptied(path):
    path.write_bytes(b"")


def halved(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 100])


def overwritten(path):
    path.write_bytes(b"this is no database, and it is long enough to be none" * 100)


def gone(path):
    path.unlink()


def without_version(path):
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 0")


@pytest.mark.methods("migvios", "altdisk")
@pytest.mark.parametrize("damage", [emptied, halved, overwritten, gone, without_version])
class TestDamage:
    @pytest.fixture(autouse=True)
    def damaged(self, vios, under_way, state_dir, night, damage):
        home = Home(state_dir)
        night.kill_driver()
        with sqlite3.connect(home.journal) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        damage(home.journal)
        self.content = home.journal.read_bytes() if home.journal.exists() else None

    def test_new_work_is_refused_and_nothing_is_made_again(self, vios, simulator, options, state_dir, damage):
        with pytest.raises(CommandExecutionError, match="is damaged") as refused:
            vios.migrate("vios3,vios4", **options)
        assert f"mv {state_dir} " in str(refused.value)
        assert "lsnim -t vios -l" in str(refused.value)
        assert len(simulator.starts()) == 1
        journal = Home(state_dir).journal
        assert (journal.read_bytes() if journal.exists() else None) == self.content

    def test_asked_about_the_driver_it_says_what_is_wrong(self, vios, damage):
        assert vios.driver()["running"] is False
        if damage is not halved:  # found when the lost pages are read
            assert "is damaged" in vios.driver()["trouble"]

    def test_a_follower_says_so_and_starts_nothing(self, vios, simulator, state_dir, damage):
        simulator.clear()
        with pytest.raises(CommandExecutionError):
            vios.wait("vios1,vios2")
        assert len(simulator.starts()) == 1


@pytest.mark.processes
def test_a_driver_whose_journal_is_destroyed_shows_what_it_knew(vios, simulator, under_way, state_dir):
    home = Home(state_dir)

    def destroyed():
        # Again and again: a driver in the middle of a write makes journal.db-shm whole again. Nothing is cut off: that
        # file is mapped, and whose map ends too early is killed and tells nothing.
        for path in home.path.glob("journal.db*"):
            with contextlib.suppress(FileNotFoundError), path.open("r+b") as file:
                file.write(b"this is no database" * 100)
        return driver_pid(state_dir) is None

    until(destroyed, what="the end of the driver")
    told = home.driver_log.read_text()
    assert "is damaged" in told
    assert "last known state of vios1-vios2 vios1: installing" in told
    assert len(simulator.starts()) == 1


def test_a_newer_journal_is_left_alone(vios, options, state_dir):
    vios.hold("x")
    with sqlite3.connect(Home(state_dir).journal) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    with pytest.raises(CommandExecutionError, match=f"version {SCHEMA + 1}"):
        vios.migrate("vios1", **options)


def of_just_now(written):
    """A journal with its times moved: of one that is days old, what NIM shows unchanged has stalled."""
    at = re.compile(r"\b1\.79\d+e\+09|\b179\d{7}\.\d+")
    since = time.time() - max(float(one) for one in at.findall(written))
    return at.sub(lambda one: repr(float(one[0]) + since), written)


@pytest.fixture
def older(simulator, options, state_dir, tmp_path, vios, version):
    """The journal of a released schema: a pair done, a refused one, and a pair in the middle."""
    home = prepare(str(state_dir))
    db = sqlite3.connect(home.journal)
    written = (JOURNALS / f"schema_{version}.sql").read_text().replace("@ROOT@", str(tmp_path))
    db.executescript(of_just_now(written))
    db.close()
    home.journal.chmod(0o600)
    home.command(3, 1, 1).mkdir()
    simulator.fault("install_hangs", "vios1")
    argv = migvios("vios1", {**checked({}), **options})
    subprocess.run(argv, executable=simulator.bin / "nim", check=True, capture_output=True)
    until(lambda: "installation" in vios.show("vios1")["Cstate"], what="the install")
    return home


@pytest.mark.processes
@pytest.mark.parametrize("version", range(1, SCHEMA))
def test_work_under_way_in_an_older_journal_continues(vios, simulator, older):
    simulator.clear()
    assert vios.wait("vios1,vios2")["status"] == {PAIR: "SUCCESS-UPGR2"}
    assert vios.status()["vios5"] == "FAILURE-UPGR1-INIT"
    oldest = vios.history("vios3,vios4")[0]
    assert oldest["duration"] == pytest.approx(sum(one["duration"] for one in oldest["vios"].values()), abs=0.2)
    with Journal(older) as journal:
        assert journal.query("PRAGMA user_version")[0][0] == SCHEMA
        assert journal.query("PRAGMA integrity_check")[0][0] == "ok"


@pytest.mark.processes
@pytest.mark.parametrize("version", [1])
def test_who_makes_an_older_driver_leave_has_another_continue(vios, older):
    def leave_when_asked():
        lock = locks.acquire(older.driver_lock)
        threading.Thread(target=lambda: (until(lambda: presence.leave_note(older)), locks.release(lock))).start()

    with another_process(leave_when_asked):
        assert vios.status()[PAIR] == "SUCCESS-UPGR1-INIT"
        assert presence.leave_note(older) is None
        vios.hold("storage team")
        assert vios.driver()["running"]
        until(lambda: vios.progress()[PAIR]["vios"]["vios1"].get("phase") == "installing", what="its first look")


def test_a_journal_carried_forward_has_the_tables_of_a_new_one(tmp_path):
    def tables(db):
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: [row[1:4] for row in db.execute(f"PRAGMA table_info({name})")] for name in names}

    new, old = prepare(str(tmp_path / "new")), prepare(str(tmp_path / "old"))
    with sqlite3.connect(old.journal) as db:
        db.executescript((JOURNALS / "schema_1.sql").read_text())
    db.close()
    with Journal(new) as first, Journal(old) as second:
        assert tables(first.db) == tables(second.db)


def test_a_check_reads_the_whole_file(tmp_path):
    home = prepare(str(tmp_path / "state"))
    Journal(home).close()
    halved(home.journal)
    with pytest.raises(JournalDamaged), Journal(home) as journal:
        journal.check()


def test_a_directory_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "state").mkdir(mode=0o750)
    with pytest.raises(JournalError, match="chmod 700"):
        prepare(str(tmp_path / "state"))


@pytest.mark.processes
def test_all_that_is_written_is_for_its_owner_only(vios, simulator, under_way, state_dir):
    def is_for_its_owner(*needed):
        paths = [state_dir, *state_dir.rglob("*")]
        assert set(needed) <= {path.name for path in paths}
        for path in paths:
            # The script that starts a driver again is there to be run.
            wanted = 0o700 if path.is_dir() or path.name == "resume" else 0o600
            assert path.stat().st_mode & 0o777 == wanted, path

    pid = driver_pid(state_dir)
    os.kill(pid, signal.SIGSTOP)  # so that nothing comes or goes while it is looked at
    try:
        is_for_its_owner("journal.db-wal", "journal.db-shm", "driver.log", "resume", "command.json", "outcome.json")
    finally:
        os.kill(pid, signal.SIGCONT)
    simulator.clear()
    until(lambda: driver_pid(state_dir) is None, what="the end of the driver")
    is_for_its_owner("journal.db", "driver.log", "resume", "command.json", "outcome.json")
