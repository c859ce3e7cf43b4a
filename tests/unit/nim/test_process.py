"""Running one command: what it gets, what of it is read, and that nothing of it is left."""

import os
import signal
import tracemalloc
from types import SimpleNamespace

import pytest

from saltext_vios.errors import NIMUnavailable
from saltext_vios.nim import process
from saltext_vios.nim.client import Client
from saltext_vios.nim.process import MIB, environment, run
from tests.conftest import until


@pytest.fixture
def script(tmp_path):
    """Make an executable of a shell script; run it with what the test gives."""

    def made(text, timeout=60, added=None, **words):
        path = tmp_path / "lsnim"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return run(["lsnim", "-l"], str(path), timeout, added or {}, **words)

    return made


def test_both_channels_and_the_exit_status_come_back(script):
    found = script("echo out; echo err >&2; exit 3")
    assert (found.rc, found.stdout, found.stderr) == (3, "out\n", "err\n")


def test_much_on_both_channels_at_once_is_read(script):
    found = script("i=0; while [ $i -lt 3000 ]; do printf '%0200d\\n' $i; printf '%0200d\\n' $i >&2; i=$((i+1)); done")
    assert len(found.stdout) == len(found.stderr) == 3000 * 201


def test_what_is_no_utf8_and_what_a_terminal_would_obey_is_made_readable(script):
    found = script(r"printf '\377\033[2J\r\nx\n'")
    assert found.stdout == "\ufffd\\x1b[2J\nx\n"


def test_a_command_that_prints_without_end_is_ended_and_never_held_in_memory(script):
    tracemalloc.start()
    try:
        with pytest.raises(NIMUnavailable, match="lsnim -l printed more than 16 MiB"):
            script("exec yes")
        assert tracemalloc.get_traced_memory()[1] < 48 * MIB
    finally:
        tracemalloc.stop()


def test_errors_without_end_are_too_much_too(script):
    with pytest.raises(NIMUnavailable, match="printed more than 1 MiB"):
        script("exec yes >&2", most=MIB)


def test_a_command_that_prints_slowly_without_end_has_its_time(script):
    with pytest.raises(NIMUnavailable, match=r"lsnim -l gave no answer within 0\.3 s"):
        script("while :; do echo x; sleep 0.05; done", timeout=0.3)


def test_one_that_closed_its_channels_and_continues_has_its_time(script):
    with pytest.raises(NIMUnavailable, match="gave no answer"):
        script("exec >&- 2>&-; sleep 60", timeout=0.3)


@pytest.fixture
def child(tmp_path, monkeypatch):
    """Where a script writes the pid of its child; the time of the command is up as soon as it did and printed."""
    path = tmp_path / "child"
    now = SimpleNamespace(monotonic=lambda: 1000.0 if path.exists() else 0.0)
    monkeypatch.setattr(process, "time", now)
    return path


def test_a_child_that_keeps_the_channel_open_is_ended_with_the_command(script, child):
    with pytest.raises(NIMUnavailable, match="gave no answer"):
        script(f"sleep 600 & echo $! > {child}.new; mv {child}.new {child}; echo x; exit 0")
    until(lambda: not _lives(child), what="the end of the child")


def test_a_child_that_left_the_group_does_not_keep_us(script, child):
    # It writes its pid itself, since only then it has left.
    leave = f"setsid sh -c 'echo $$ > {child}.new; mv {child}.new {child}; exec sleep 600' &"
    with pytest.raises(NIMUnavailable, match="gave no answer"):
        script(f"{leave} while [ ! -e {child} ]; do sleep 0.01; done; echo x; exit 0")
    assert _lives(child)
    os.kill(int(child.read_text()), signal.SIGKILL)


def test_what_cannot_be_run_is_an_answer_that_is_missing(tmp_path):
    with pytest.raises(NIMUnavailable, match=f"cannot run {tmp_path}/lsnim"):
        run(["lsnim"], str(tmp_path / "lsnim"), 5, {})


def test_a_c_rsh_that_is_not_there_is_no_fault_of_the_vios(tmp_path):
    client = Client(lsnim="lsnim", nim="nim", c_rsh=str(tmp_path / "c_rsh"))
    with pytest.raises(NIMUnavailable) as raised:
        client.level("vios1.example.com")
    assert str(raised.value).endswith(
        ": No such file or directory; set vios:c_rsh to where c_rsh is on this NIM master"
    )


def test_a_command_gets_the_fixed_names_and_nothing_of_the_caller(script, monkeypatch):
    for name in ("AWS_SECRET_ACCESS_KEY", "LDR_CNTRL", "ODMDIR", "ENV", "HTTPS_PROXY", "LC_MESSAGES", "PYTHONPATH"):
        monkeypatch.setenv(name, "of the caller")
    monkeypatch.setenv("PATH", f"/evil:{os.environ['PATH']}")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    told = dict(line.split("=", 1) for line in script("exec env").stdout.splitlines())
    told = {name: text for name, text in told.items() if name not in ("PWD", "SHLVL", "_")}
    assert told == {
        "PATH": "/usr/bin:/etc:/usr/sbin:/usr/ucb:/bin:/sbin",
        "HOME": "/",
        "ODMDIR": "/etc/objrepos",
        "LOGNAME": told["LOGNAME"],
        "TZ": "Europe/Berlin",
        "LC_ALL": "C",
        "LANG": "C",
    }


def test_configuration_adds_names_and_changes_fixed_ones_but_never_the_language(monkeypatch):
    monkeypatch.delenv("TZ", raising=False)
    found = environment({"LDR_CNTRL": "MAXDATA=0x80000000", "PATH": "/opt/bin", "LC_ALL": "de_DE"})
    assert (found["LDR_CNTRL"], found["PATH"]) == ("MAXDATA=0x80000000", "/opt/bin")
    assert (found["LC_ALL"], found["LANG"]) == ("C", "C")
    assert "TZ" not in found


def test_a_user_without_a_name_is_told_by_number(monkeypatch):
    monkeypatch.setattr(process.os, "geteuid", lambda: 4_000_000_000)
    assert environment({})["LOGNAME"] == "4000000000"


def _lives(child):
    try:
        os.kill(int(child.read_text()), 0)
    except ProcessLookupError:
        return False
    return True
