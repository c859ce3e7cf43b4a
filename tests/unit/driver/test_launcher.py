"""What the launcher leaves behind outlives a power cut, also where a directory cannot be synced."""

import errno
import os

import pytest

from saltext_vios.driver import launcher


@pytest.fixture
def calls(monkeypatch):
    """The calls to the system that matter to a disk, in their order."""
    seen = []

    def noted(name):
        found = getattr(os, name)

        def call(*args):
            seen.append(name)
            return found(*args)

        monkeypatch.setattr(os, name, call)

    for name in ("fsync", "link", "rename"):
        noted(name)
    return seen


def test_content_is_on_disk_before_its_name_and_the_name_before_anything_else(tmp_path, calls):
    assert launcher.once(str(tmp_path / "begun.json"), {"pid": 1})
    assert calls == ["fsync", "link", "fsync", "fsync"]
    assert (tmp_path / "begun.json").read_text() == '{"pid": 1}'


def test_nobody_writes_it_twice(tmp_path):
    path = str(tmp_path / "begun.json")
    assert [launcher.once(path, {"n": n}) for n in (1, 2)] == [True, False]
    assert (tmp_path / "begun.json").read_text() == '{"n": 1}'
    assert os.listdir(tmp_path) == ["begun.json"]


@pytest.mark.parametrize("number", [errno.EBADF, errno.EINVAL, errno.EACCES])
@pytest.mark.parametrize("call", ["open", "fsync"])
def test_a_directory_that_cannot_be_synced_is_left_so(tmp_path, monkeypatch, number, call):
    real = getattr(os, call)

    def refused(what, *args):
        if os.path.isdir(what):
            raise OSError(number, os.strerror(number))
        return real(what, *args)

    monkeypatch.setattr(os, call, refused)
    assert launcher.once(str(tmp_path / "begun.json"), {"pid": 1})


def test_a_file_that_cannot_be_synced_is_reported(tmp_path, monkeypatch):
    def refused(fd):
        raise OSError(errno.EIO, "I/O error")

    monkeypatch.setattr(os, "fsync", refused)
    with pytest.raises(OSError, match="I/O error"):
        launcher.once(str(tmp_path / "begun.json"), {"pid": 1})
