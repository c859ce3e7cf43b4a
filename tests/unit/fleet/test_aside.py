"""Ctrl-C ends what is waited for, whatever the code does that runs at that moment."""

import os
import signal
import subprocess
import sys
import time

import pytest
from salt.exceptions import SaltReqTimeoutError

from saltext_vios.fleet import aside
from tests.conftest import until

# As salt-run: its handler raises SystemExit. The work drops every exception, as much of Salt does.
STUBBORN = """
import signal, sys, time
from saltext_vios.fleet import aside

def handler(number, frame):
    raise SystemExit("Exiting gracefully on Ctrl-c")

signal.signal(signal.SIGINT, handler)

def work(is_stopped):
    print("at work", flush=True)
    while True:
        try:
            {work}
        except BaseException:
            pass

try:
    aside.run(work)
except aside.Interrupted:
    print("ended", flush=True)
"""
WORKS = {
    "waits": "time.sleep(100)",
    "computes": "sum(range(1000))",
    "finalizes": "type('X', (), {'__del__': lambda self: time.sleep(1)})()",
    "prints": "sys.stderr.write('.')",
}


@pytest.mark.parametrize("delay", [0, 0.003, pytest.param(0.05, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("work", WORKS.values(), ids=WORKS)
def test_ctrl_c_ends_it_whatever_the_work_does_with_exceptions(work, delay):
    process = subprocess.Popen(
        [sys.executable, "-c", STUBBORN.format(work=work)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    )
    try:
        assert process.stdout.readline() == "at work\n"
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        until(lambda: process.poll() is not None, what="the end")
        assert process.stdout.read() == "ended\n"
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()


def test_the_work_is_told_to_end_and_given_a_moment_for_it():
    seen = []

    def work(is_stopped):
        os.kill(os.getpid(), signal.SIGINT)
        until(is_stopped, what="the word to end")
        seen.append("ended by itself")

    with pytest.raises(aside.Interrupted):
        aside.run(work)
    assert seen == ["ended by itself"]


def test_what_the_work_returns_or_raises_is_handed_on():
    assert aside.run(lambda is_stopped: is_stopped()) is False
    with pytest.raises(SaltReqTimeoutError, match="no reply"):
        aside.run(lambda is_stopped: (_ for _ in ()).throw(SaltReqTimeoutError("no reply")))


def test_a_work_that_would_end_the_process_ends_itself_alone():
    with pytest.raises(RuntimeError, match="SystemExit"):
        aside.run(lambda is_stopped: sys.exit(1))
