"""What a driver leaves for the next start of the machine."""

import os

import pytest

from saltext_vios.driver import __main__ as driver
from saltext_vios.driver import files
from saltext_vios.driver.home import prepare


@pytest.fixture
def home(tmp_path):
    return prepare(str(tmp_path / "state"))


def test_a_script_is_left_that_only_its_owner_may_run(home):
    driver._tidy(home)
    assert home.resume.stat().st_mode & 0o777 == 0o700
    (copy,) = home.code.iterdir()
    assert str(copy) in home.resume.read_text()


def test_a_full_disk_keeps_no_driver_from_its_work(home, monkeypatch, caplog):
    def full(*_):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(files, "put", full)
    driver._tidy(home)
    assert "No space left on device" in caplog.text
