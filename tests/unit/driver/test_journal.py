"""The journal: what it refuses to touch, and that a reader sees whole transitions."""

import json
import sqlite3
import threading
from dataclasses import asdict, replace

import pytest

from saltext_vios.driver import locks, presence, records, reports
from saltext_vios.driver.clock import Mark
from saltext_vios.driver.home import Home, prepare
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.records import CommandRecord, Note
from saltext_vios.driver.settings import Settings
from saltext_vios.driver.store import SCHEMA
from saltext_vios.errors import JournalError
from saltext_vios.methods import migvios
from saltext_vios.migration.facts import Command, CommandState, Outcome, Progress, View
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.paths import VNIC, Disk, Fibre, Kind, Network, Serving
from saltext_vios.migration.transitions import State
from saltext_vios.options import checked
from tests.conftest import ROOT, another_process, until

JOURNALS = ROOT / "tests" / "journals"


@pytest.fixture
def home(tmp_path):
    return prepare(str(tmp_path / "state"))


def ask(journal, *tuples, **options):
    wanted = {**checked(options), "time_limit_text": ""}
    return journal.ask(tuples, wanted, Settings(str(journal.home.path)), "a test", 100.0)


def test_a_migration_is_read_back_as_it_was_written():
    view = Progress(idle=True, outcome=Outcome.RESET, percent=5, mark=("x", None), shown={"Cstate": "x"})
    migration = Migration("vios1", 2, State.VERIFYING, baseline=view, view=view, command=Command(CommandState.LOST))
    assert records.load(records.dump(migration)) == migration


def test_what_a_vios_served_comes_back_from_the_journal_as_it_was():
    served = Serving(
        "vios1",
        (Disk(3, "lpar3_root", "hdisk4", "A", True),),
        (Fibre(3, "vfchost0", "lpar3", None),),
        (VNIC(4, "vnicserver0", "lpar4", "U1-V4-C6", True),),
        (Network("ent5", "PRIMARY"),),
        ("U1-P1-C2-T1",),
        "ssp1",
        ((Kind.FIBRE, "no answer"),),
    )
    migration = Migration("vios1", 1, State.VERIFYING, served=served, lacks=("adapter",), proven=7.0)
    assert records.load(records.dump(migration)) == migration


def test_what_was_written_before_virtual_nics_were_asked_for_is_read_as_none_of_them():
    migration = Migration("vios1", 1, State.VERIFYING, served=Serving("vios1", fibres=(Fibre(3, "vfchost0"),)))
    values = json.loads(records.dump(migration))
    del values["served"]["vnics"]
    assert records.load(json.dumps(values)) == migration


def test_a_migration_of_an_earlier_version_is_read_as_what_nim_showed_then():
    view = View(cstate="odd", mstate="currently running", result="failure", outcome=Outcome.FAILURE, info="30%")
    values = json.loads(records.dump(Migration("vios1", 1, State.INSTALLING)))
    del values["passing"]
    old = {**values, "mstates": ["currently running"], "baseline": asdict(view), "view": asdict(view)}
    found = records.load(json.dumps(old, default=lambda word: word.value))
    assert (found.view, found.passing) == (migvios.read(view), ("currently running",))


def test_a_wait_that_an_earlier_version_began_is_counted_from_its_last_change():
    values = json.loads(records.dump(Migration("vios1", 1, State.INSTALLING, changed=7.0)))
    del values["progressed"], values["sights"]
    found = records.load(json.dumps(values))
    assert (found.progressed, found.sights) == (7.0, ())


def test_a_damaged_journal_is_refused_and_left_alone(home):
    home.journal.write_bytes(b"this is no database, and it is long enough to be none" * 10)
    with pytest.raises(JournalError, match="move the state directory away"):
        Journal(home)
    assert home.journal.read_bytes().startswith(b"this is no database")


def test_a_newer_journal_is_refused_and_left_alone(home):
    Journal(home).close()
    with sqlite3.connect(home.journal) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    with pytest.raises(JournalError, match=f"version {SCHEMA + 1}"):
        Journal(home)


def test_a_journal_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(JournalError, match="vios:state_dir"):
        prepare("/dev/null/state")


def test_looking_makes_no_journal(tmp_path):
    home = Home(tmp_path / "nothing")
    with Journal(home, look_only=True) as journal:
        assert reports.status(journal) == {}
    assert not home.path.exists()


@pytest.fixture
def older(home):
    """A journal of the first schema."""
    with sqlite3.connect(home.journal) as db:
        db.executescript((JOURNALS / "schema_1.sql").read_text())
    db.close()
    return home


def test_looking_reads_an_older_journal_and_leaves_it_to_its_driver(older):
    before = older.journal.read_bytes()
    with another_process(lambda: locks.acquire(older.driver_lock)), Journal(older, look_only=True) as journal:
        assert reports.status(journal)["vios3-vios4"] == "SUCCESS-UPGR2"
        assert len(reports.history(journal, None, 20, None, True)) == 3
        assert presence.leave_note(older) is None
    with sqlite3.connect(older.journal) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(before) == older.journal.stat().st_size


def test_writing_carries_an_older_journal_forward_and_says_if_a_driver_had_to_leave(older):
    def leave_when_asked():
        lock = locks.acquire(older.driver_lock)
        threading.Thread(target=lambda: (until(lambda: presence.leave_note(older)), locks.release(lock))).start()

    with another_process(leave_when_asked), Journal(older) as journal:
        assert journal.relieved
        assert journal.query("PRAGMA user_version")[0][0] == SCHEMA
    with Journal(older) as journal:
        assert not journal.relieved


def test_a_journal_where_sqlite_can_have_no_shared_memory_is_refused(home, monkeypatch):
    """As on NFS: SQLite leaves the mode as it was, and raises nothing."""

    class Connection(sqlite3.Connection):
        def execute(self, sql, *values):
            if sql == "PRAGMA journal_mode = WAL":
                sql = "PRAGMA journal_mode = TRUNCATE"
            return super().execute(sql, *values)

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **words: connect(*args, factory=Connection, **words))
    with pytest.raises(JournalError, match=r"journal mode 'truncate'.*local file system; set vios:state_dir"):
        Journal(home)
    assert not home.journal.exists()


def test_a_request_makes_a_run_of_each_tuple(home):
    with Journal(home) as journal:
        ask(journal, ("vios1", "vios2"), ("vios3",))
        assert [run.key for run in journal.unfinished()] == ["vios1-vios2", "vios3"]


def test_a_second_request_attaches_whatever_its_order(home):
    with Journal(home) as journal:
        first = ask(journal, ("vios1", "vios2"))
        second = ask(journal, ("vios2", "vios1"), boot_client=True)
        assert reports.runs_of(journal, first) == reports.runs_of(journal, second)
        message = reports.tuple_report(journal, 1, second)["messages"][0]
    assert "already under way" in message
    assert "keeps its own options: boot_client False, not True" in message
    assert "keeps its own order: vios1, vios2" in message


def test_a_request_that_cannot_be_written_leaves_nothing_half_written(home):
    with Journal(home) as journal:
        with pytest.raises(TypeError):
            ask(journal, ("vios1",), (None,))
        assert journal.unfinished() == []
        assert journal.newest_request() == 0


def test_a_reader_sees_the_last_whole_transition_during_a_write(home):
    with Journal(home) as writer, Journal(home) as reader:
        ask(writer, ("vios1",))
        writer.db.execute("BEGIN IMMEDIATE")
        writer.db.execute("UPDATE run SET status = 'half'")
        assert reports.status(reader) == {}
        writer.db.execute("ROLLBACK")


def test_a_hold_survives_and_is_one(home):
    with Journal(home) as journal:
        journal.hold("first", "a", 1.0)
        journal.hold("second", "b", 2.0)
    with Journal(home) as journal:
        assert journal.held()["reason"] == "second"
        assert journal.release()
        assert journal.held() is None


def test_events_that_nobody_takes_wait_up_to_a_number_and_are_reported_all_the_same(home):
    with Journal(home) as journal:
        ask(journal, ("vios1",))
        run = journal.unfinished()[0]
        for n in range(5):
            journal.note(run, Note("phase", "vios1", f"line {n}"), float(n))
        journal.forget_unsent(kept=2)
        assert [json.loads(row["data"])["message"] for row in journal.unsent()] == ["line 3", "line 4"]
        journal.forget_unsent(kept=2)
        assert len(journal.unsent()) == 2
        assert [row[0] for row in journal.query("SELECT message FROM event ORDER BY id")][-5:] == [
            f"line {n}" for n in range(5)
        ]


def test_a_transition_takes_no_longer_in_a_journal_of_many_years(home):
    ran = []
    with Journal(home) as journal:
        ask(journal, ("vios1",))
        run = journal.unfinished()[0]
        started = replace(run.migrations[0], state=State.STARTED, view=Progress(), started=1.0)
        journal.db.set_trace_callback(ran.append)
        journal.record(run, started, [Note("initiated", "vios1", "")], Mark(2.0, 2.0, 2.0), CommandRecord(1, [], True))
        journal.db.set_trace_callback(None)
        statements = [one for one in ran if one.startswith(("SELECT", "UPDATE"))]
        plans = [row["detail"] for one in statements for row in journal.query(f"EXPLAIN QUERY PLAN {one}")]
    assert len(statements) == 4
    assert [plan for plan in plans if plan.startswith("SCAN")] == []
