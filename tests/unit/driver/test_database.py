"""Which NIM database a driver works on, and that one state directory at a time does."""

import os
from dataclasses import replace

import pytest

from saltext_vios.driver import database, locks
from saltext_vios.driver.home import prepare
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.settings import Settings
from saltext_vios.errors import DatabaseTaken
from saltext_vios.options import checked
from tests.conftest import another_process


@pytest.fixture
def settings(tmp_path):
    """Of a NIM master whose ``nim`` lies in a directory of its own."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "nim").touch(mode=0o755)
    return Settings(str(tmp_path / "one"), str(tmp_path / "bin"))


@pytest.fixture
def one(tmp_path):
    return prepare(str(tmp_path / "one"))


@pytest.fixture
def two(tmp_path):
    return prepare(str(tmp_path / "two"))


def ask(home, settings):
    with Journal(home) as journal:
        journal.ask([["vios1"]], {**checked({}), "time_limit_text": ""}, settings, "a test", 1.0)


def entering(context):
    """Work for ``another_process``: stay inside."""

    def work():
        entered.append(context)
        context.__enter__()

    entered = []
    return work


class TestIdentity:
    @pytest.fixture
    def niminfo(self, tmp_path, monkeypatch):
        (tmp_path / "niminfo").touch()
        monkeypatch.setattr(database, "NIMINFO", str(tmp_path / "niminfo"))
        monkeypatch.setattr(database, "FIXED", str(tmp_path / "fixed"))

    def test_a_nim_master_is_one_database_whatever_runs_nim(self, settings, tmp_path, niminfo):
        """A wrapper around nim, or another state directory, changes nothing."""
        for other in (settings, replace(settings, nim_bin_dir="/usr/sbin"), replace(settings, state_dir="/elsewhere")):
            assert database.of(other).driver == tmp_path / "fixed.driver"

    def test_elsewhere_it_is_the_one_of_the_nim_that_is_run(self, settings, tmp_path):
        (tmp_path / "link").symlink_to(tmp_path / "bin")
        assert database.of(settings) == database.of(replace(settings, nim_bin_dir=str(tmp_path / "link")))
        assert database.of(settings).claim == tmp_path / "bin" / "nim.saltext-vios.claim"

    def test_no_setting_names_the_place(self, settings):
        others = [
            replace(settings, state_dir="/a", c_rsh="/b", poll_interval=1),
            replace(settings, environment={"PATH": "/c"}),
        ]
        assert {database.of(other) for other in others} == {database.of(settings)}

    def test_a_machine_that_becomes_a_nim_master_is_another_database(self, settings, one, request):
        """The lock that a driver holds then stands for something else."""
        with database.driven(settings, one) as may_start:
            may_start(settings)
            request.getfixturevalue("niminfo")
            with pytest.raises(DatabaseTaken, match="works on the NIM database of"):
                may_start(settings)


class TestClaim:
    def test_what_nothing_is_under_way_in_hinders_nobody(self, settings, one, two):
        for home in (one, two, one):
            with database.claimed(settings, home):
                database.refuse_another(settings, home)

    def test_what_is_under_way_keeps_the_other_out(self, settings, one, two):
        with database.claimed(settings, one):
            ask(one, settings)
        database.refuse_another(settings, one)
        said = rf"{one.path}, already works on .*\(under way there: vios1\); this call uses {two.path}"
        for refused in (database.refuse_another, lambda *which: database.claimed(*which).__enter__()):
            with pytest.raises(DatabaseTaken, match=said):
                refused(settings, two)

    def test_another_database_is_none_of_its_business(self, settings, one, two, tmp_path):
        with database.claimed(settings, one):
            ask(one, settings)
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "nim").touch(mode=0o755)
        with database.claimed(replace(settings, nim_bin_dir=str(tmp_path / "other")), two):
            pass

    def test_two_do_not_claim_at_once(self, settings, one, two, monkeypatch):
        monkeypatch.setattr(database, "PATIENCE", 0.1)
        locked = pytest.raises(DatabaseTaken, match="stayed locked")
        with another_process(entering(database.claimed(settings, one))), locked:
            database.claimed(settings, two).__enter__()

    def test_a_driver_with_nothing_left_to_do_is_waited_for(self, settings, one, two, monkeypatch):
        monkeypatch.setattr(database, "ENDING", 0.1)
        with another_process(entering(database.driven(settings, one))) as pid:
            database.refuse_another(settings, two)
            with pytest.raises(DatabaseTaken, match=f"its driver, pid {pid}, does not exit"):
                database.claimed(settings, two).__enter__()
        with database.claimed(settings, two):
            pass

    def test_who_looks_leaves_no_trace(self, settings, tmp_path, one):
        database.refuse_another(settings, one)
        assert sorted(os.listdir(tmp_path / "bin")) == ["nim"]

    @pytest.mark.parametrize("content", [b"", b"{half", b"[]", b"5", b'{"state_dir": null}', b"x" * 100_000])
    def test_what_cannot_be_read_claims_nothing(self, settings, one, content):
        database.of(settings).claim.write_bytes(content)
        database.refuse_another(settings, one)
        with database.claimed(settings, one):
            pass

    def test_a_place_that_cannot_be_written_is_reported(self, settings, one, tmp_path):
        with pytest.raises(DatabaseTaken, match=r"the lock cannot be read: .*so nothing is started"):
            database.claimed(replace(settings, nim_bin_dir="/dev/null/bin"), one).__enter__()


class TestDriver:
    def test_there_is_one(self, settings, one):
        said = r"another driver \(pid \d+\) already works on"
        with another_process(entering(database.driven(settings, one))), pytest.raises(DatabaseTaken, match=said):
            database.driven(settings, one).__enter__()
        with database.driven(settings, one):
            pass

    def test_it_may_start_while_it_holds_its_lock(self, settings, one):
        with database.driven(settings, one) as may_start:
            may_start(settings)
            may_start(replace(settings, poll_interval=1))

    @pytest.mark.parametrize("harm", ["gone", "replaced", "said by another"])
    def test_it_may_not_once_its_lock_is_worth_nothing(self, settings, one, harm):
        path = database.of(settings).driver
        with database.driven(settings, one) as may_start:
            if harm == "said by another":
                path.write_text('{"state_dir": "/elsewhere", "pid": 1}')
            else:
                path.unlink()
            if harm == "replaced":
                path.touch()
            with pytest.raises(DatabaseTaken, match="this driver lost its lock"):
                may_start(settings)

    def test_its_lock_ends_with_it(self, settings, one):
        with another_process(entering(database.driven(settings, one))):
            assert locks.is_held(database.of(settings).driver)
        assert not locks.is_held(database.of(settings).driver)
