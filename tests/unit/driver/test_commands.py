"""What a ``nim`` command left in files: how much of it is read and kept, and when it is thrown away."""

import json
import os
import tempfile
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.driver import commands, locks, standalone
from saltext_vios.driver.home import prepare
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.settings import Settings
from saltext_vios.migration.facts import CommandState
from saltext_vios.options import checked
from tests.conftest import until

DAY = 86400
KIB = 1024


@pytest.fixture
def printed(tmp_path):
    """What is kept of bytes that nim printed."""

    def kept(data):
        (tmp_path / "stdout").write_bytes(data)
        return commands.output(tmp_path)[0]

    return kept


def test_a_short_output_is_kept_as_it_is(printed):
    assert printed("Zeile 1: ü\nline 2".encode()) == "Zeile 1: ü\nline 2"
    assert printed(b"") == ""


def test_a_command_that_printed_nothing_yet_has_no_output(tmp_path):
    assert commands.output(tmp_path) == ("", "")


def test_of_a_long_output_the_beginning_and_the_end_are_kept(printed):
    kept = printed(b"first\n" + b"x" * 100 * KIB + b"\nlast")
    assert kept.startswith("first\n")
    assert kept.endswith("\nlast")
    assert f"... the middle of {100 * KIB + 11} bytes is left out ..." in kept


@pytest.mark.parametrize("byte", [b"\0", b"\x1b", b"\xff", "ü".encode(), b"x"])
@pytest.mark.parametrize("many", [1, 20 * KIB, 32 * KIB, 33 * KIB, 64 * KIB, 65 * KIB, 300 * KIB])
def test_what_is_stored_has_at_most_64_kib_escapes_included(printed, byte, many):
    kept = printed(byte * many)
    assert len(kept.encode()) <= 64 * KIB
    assert kept.isprintable() or "\n" in kept


def test_an_output_of_hundreds_of_megabytes_is_never_held_in_memory(tmp_path):
    with open(tmp_path / "stdout", "wb") as file:
        file.truncate(400 * KIB * KIB)
        file.seek(0, os.SEEK_END)
        file.write(b"the end")
    tracemalloc.start()
    try:
        assert commands.output(tmp_path)[0].endswith("the end")
        assert tracemalloc.get_traced_memory()[1] < 4 * KIB * KIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"pid": 1', pytest.param(b" " * 10_000_000 + b"{}", id="large"), b"\xff\xfe"]
)
def test_a_mark_that_cannot_be_read_says_that_nim_may_have_run(tmp_path, content):
    (tmp_path / "begun.json").write_bytes(content)
    assert commands.inspect(tmp_path).state is CommandState.LOST


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["rc", "pid", "at", "withdrawn", "too_late"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(begun=st.none() | JSON.map(json.dumps) | st.just("[" * 60_000), outcome=st.none() | JSON.map(json.dumps))
def test_whatever_the_marks_hold_what_is_known_is_reported(begun, outcome):
    with tempfile.TemporaryDirectory() as directory:
        for name, text in (("begun.json", begun), ("outcome.json", outcome)):
            if text is not None:
                (Path(directory) / name).write_text(text)
        found = commands.inspect(Path(directory))
    if begun is not None and found.state is CommandState.ABSENT:
        assert json.loads(begun)["withdrawn"]
    assert isinstance(found.rc, (int, type(None)))


def test_the_command_is_readable_by_its_owner_alone_from_the_first_moment(tmp_path, monkeypatch):
    monkeypatch.setattr(commands.subprocess, "run", lambda *_, **__: None)
    home = prepare(str(tmp_path / "state"))
    before = os.umask(0)
    try:
        commands.launch(home.command(1, 1, 1), "/usr/sbin/nim", ["nim"], {"LC_ALL": "C"}, None)
    finally:
        os.umask(before)
    path = home.command(1, 1, 1) / "command.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["env"] == {"LC_ALL": "C"}


def test_a_launcher_that_cannot_be_started_since_its_code_cannot_be_kept_is_reported_as_such(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(standalone.files, "put", full)
    home = prepare(str(tmp_path / "state"))
    with pytest.raises(OSError, match="its code cannot be written to"):
        commands.launch(home.command(1, 1, 1), "/usr/sbin/nim", ["nim"], {}, None)


class TestPruning:
    @pytest.fixture
    def journal(self, tmp_path):
        with Journal(prepare(str(tmp_path / "state"))) as journal:
            yield journal

    def runs(self, journal, many, finished, *names):
        """Runs of one tuple that are over, each with a command's directory; the directories' names."""
        made = []
        for _ in range(many):
            request = journal.ask(
                [names], {**checked({}), "time_limit_text": ""}, Settings(str(journal.home.path)), "a test", 1.0
            )
            run = journal.query("SELECT run FROM asked WHERE request = ?", request)[0][0]
            journal.db.execute("UPDATE run SET finished = ?, status = 'SUCCESS-UPGR2' WHERE id = ?", (finished, run))
            directory = journal.home.command(run, 1, 1)
            directory.mkdir()
            (directory / "outcome.json").write_text('{"rc": 0, "pid": 1}')
            made.append(directory.name)
        return made

    def left(self, journal, now=100 * DAY):
        commands.prune(journal, now)
        return {path.name for path in journal.home.commands.iterdir()}

    def test_the_last_ten_runs_of_each_tuple_are_kept_however_old(self, journal):
        one = self.runs(journal, 13, DAY, "vios1", "vios2")
        other = self.runs(journal, 2, DAY, "vios3")
        assert self.left(journal) == {*one[3:], *other}

    def test_what_is_younger_than_a_week_is_kept_however_many(self, journal):
        young = self.runs(journal, 13, 94 * DAY, "vios1", "vios2")
        assert self.left(journal) == set(young)

    def test_a_run_that_continues_is_kept(self, journal):
        made = self.runs(journal, 13, DAY, "vios1", "vios2")
        journal.db.execute("UPDATE run SET finished = NULL WHERE id = ?", (int(made[0].split("-")[0]),))
        assert self.left(journal) == {made[0], *made[3:]}

    def test_a_command_that_was_not_seen_to_end_is_kept(self, journal):
        made = self.runs(journal, 13, DAY, "vios1", "vios2")
        journal.db.execute("UPDATE migration SET command_out = 1 WHERE run = ?", (int(made[0].split("-")[0]),))
        assert self.left(journal) == {made[0], *made[3:]}

    def test_a_nim_that_still_runs_is_kept_whatever_the_journal_says(self, journal):
        made = self.runs(journal, 13, DAY, "vios1", "vios2")
        directory = journal.home.commands / made[0]
        (directory / "outcome.json").unlink()
        (directory / "begun.json").write_text('{"pid": 1}')
        with held(directory / "nim.lock"):
            assert self.left(journal) == {made[0], *made[3:]}
        assert self.left(journal) == set(made[3:])

    def test_what_the_journal_knows_nothing_of_is_left_alone(self, journal):
        for name in ("99-1-1", "notes of ours"):
            (journal.home.commands / name).mkdir()
        assert self.left(journal) == {"99-1-1", "notes of ours"}


class held:
    """A lock that another process holds for a while."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        self.child = os.fork()
        if not self.child:
            locks.acquire(self.path)
            time.sleep(600)
            os._exit(0)
        until(lambda: locks.is_held(self.path), what="the lock")

    def __exit__(self, *_):
        os.kill(self.child, 9)
        os.waitpid(self.child, 0)


def test_what_still_runs_is_called_by_its_own_name(tmp_path):
    assert commands.program(tmp_path) == "its command"
    (tmp_path / "command.json").write_text(json.dumps({"argv": ["viosupgrade", "-t", "altdisk"]}))
    assert commands.program(tmp_path) == "viosupgrade"
