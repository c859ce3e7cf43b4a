"""Locks: seen by every process, whatever the kind the system has, and worth nothing once their file is another."""

import os

import pytest

from saltext_vios.driver import locks
from tests.conftest import another_process


@pytest.fixture
def path(tmp_path):
    return tmp_path / "lock"


def test_what_another_process_holds_is_held(path):
    assert not locks.is_held(path)
    with another_process(lambda: locks.acquire(path)):
        assert locks.is_held(path)
        assert locks.acquire(path) is None
    assert not locks.is_held(path)


def test_to_ask_makes_no_file(path):
    locks.is_held(path)
    assert not path.exists()


def test_who_asks_does_not_end_what_this_process_holds(path, tmp_path):
    seen = tmp_path / "seen"
    fd = locks.acquire(path)
    assert locks.is_held(path)
    assert locks.acquire(path) is None
    with another_process(lambda: seen.write_text(str(locks.is_held(path)))):
        assert seen.read_text() == "True"
    locks.release(fd)


@pytest.mark.parametrize("error", [PermissionError, BlockingIOError])
def test_both_answers_of_the_system_mean_that_it_is_held(path, monkeypatch, error):
    def refused(fd, how):
        raise error(13 if error is PermissionError else 11, "held")

    path.touch()
    monkeypatch.setattr("fcntl.flock", refused)
    assert locks.is_held(path)
    assert locks.acquire(path) is None


def test_another_error_of_the_system_is_none_of_ours(path, monkeypatch):
    def refused(fd, how):
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", refused)
    with pytest.raises(OSError, match="No locks"):
        locks.acquire(path)


def test_a_link_is_not_followed(path, tmp_path):
    (tmp_path / "elsewhere").touch()
    path.symlink_to(tmp_path / "elsewhere")
    for ask in (locks.acquire, locks.is_held):
        with pytest.raises(OSError, match=r"lock"):
            ask(path)


class TestStillKept:
    @pytest.fixture
    def fd(self, path):
        fd = locks.acquire(path)
        yield fd
        locks.release(fd)

    def test_while_nothing_happened(self, fd, path):
        assert locks.still_keeps(fd, path)

    def test_not_when_the_file_is_gone(self, fd, path):
        path.unlink()
        assert not locks.still_keeps(fd, path)

    def test_not_when_the_file_is_another(self, fd, path):
        path.unlink()
        path.touch()
        assert not locks.still_keeps(fd, path)

    def test_not_when_the_lock_was_lost_to_somebody(self, fd, path):
        """Where any close of the file ends a record lock, this is how one is lost."""
        os.close(fd)
        other = os.open(path, os.O_RDWR)
        assert other == fd
        with another_process(lambda: locks.acquire(path)):
            assert not locks.still_keeps(other, path)

    @pytest.mark.skipif(os.geteuid() != 0, reason="gives a file to somebody else")
    def test_not_when_the_file_is_somebody_elses(self, fd, path):
        os.chown(path, 65534, 65534)
        assert not locks.still_keeps(fd, path)
