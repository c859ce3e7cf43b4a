"""The driver's log: never longer than its bound, the one before kept, nothing lost when somebody else writes."""

import os
import subprocess
import sys

import pytest

from saltext_vios.driver import logfile

WRITER = """
import logging, os, sys
from pathlib import Path
from saltext_vios.driver import logfile
path, name, lines, most, turns = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6])
logfile.take(path)
handler = logfile.Handler(path, most)
handler.turns = bool(turns)
logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[handler])
for n in range(lines):
    logging.info("%s %05d", name, n)
    if n % 100 == 0:
        os.write(1, b"out\\n")
"""


@pytest.fixture
def write(tmp_path):
    """Start a process that writes lines into the log, as a driver does."""

    def start(name, lines, most, turns):
        words = [str(tmp_path / "driver.log"), name, str(lines), str(most), str(int(turns))]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.Popen([sys.executable, "-c", WRITER, *words], env=env)

    return start


def files(tmp_path):
    return sorted(path.name for path in tmp_path.iterdir())


def test_a_short_log_is_one_file(write, tmp_path):
    assert write("a", 100, 100_000, True).wait(240) == 0
    assert files(tmp_path) == ["driver.log"]


def test_a_long_log_is_turned_over_and_two_old_ones_are_kept(write, tmp_path):
    assert write("a", 5000, 4000, True).wait(240) == 0
    assert files(tmp_path) == ["driver.log", "driver.log.1", "driver.log.2"]
    assert all((tmp_path / name).stat().st_size < 4200 for name in files(tmp_path))
    said = "".join((tmp_path / name).read_text() for name in reversed(files(tmp_path))).splitlines()
    numbers = [int(line.split()[1]) for line in said if line.startswith("a ")]
    assert numbers == list(range(numbers[0], 5000))


def test_only_the_driver_that_holds_the_lock_turns_it_over(write, tmp_path):
    assert write("a", 1000, 1000, False).wait(240) == 0
    assert files(tmp_path) == ["driver.log"]


def test_no_line_is_lost_or_torn_when_others_write_too(write, tmp_path):
    writers = [write("a", 2000, 30_000, True), write("b", 1000, 0, False), write("c", 1000, 0, False)]
    assert [one.wait(240) for one in writers] == [0, 0, 0]
    said = "".join((tmp_path / name).read_text() for name in files(tmp_path)).splitlines()
    assert sorted(line for line in said if line != "out") == sorted(
        f"{name} {n:05d}" for name, many in (("a", 2000), ("b", 1000), ("c", 1000)) for n in range(many)
    )


def test_the_log_is_for_its_owner_alone(write, tmp_path):
    before = os.umask(0)
    try:
        assert write("a", 1000, 4000, True).wait(240) == 0
    finally:
        os.umask(before)
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in files(tmp_path)} == {0o600}


def test_a_log_that_cannot_be_turned_over_continues(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError("no space left on device")

    path = tmp_path / "driver.log"
    path.write_text("x" * 100)
    handler = logfile.Handler(path, 10)
    handler.turns = True
    monkeypatch.setattr(logfile, "turn_over", refuse)
    monkeypatch.setattr(logfile.os, "fstat", lambda _: path.stat())
    handler.emit(logfile.logging.makeLogRecord({"msg": "said"}))
