"""Who asked: told from Salt's record of the job, so that nobody signs with the name of somebody else."""

import os
import pwd
import subprocess

import pytest
import salt.payload
from salt.exceptions import SaltInvocationError

from tests.functional.test_states import sls

US = f"{pwd.getpwuid(os.geteuid()).pw_name} (pid {os.getpid()})"
FORGED = {"__pub_user": "alice", "__pub_jid": "20260101000000000000"}


@pytest.fixture(autouse=True)
def _at_the_console(monkeypatch):
    for name in ("SSH_CONNECTION", "SUDO_USER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def job(minion_opts):
    """Write down a job as a minion does when it begins it."""
    directory = os.path.join(minion_opts["cachedir"], "proc")
    os.makedirs(directory)

    def begin(jid="20261130040000123456", pid=None, **more):
        record = {"jid": jid, "pid": os.getpid() if pid is None else pid, "fun": "vios.hold", **more}
        with open(os.path.join(directory, jid), "wb") as file:
            file.write(salt.payload.dumps(record))

    return begin


@pytest.fixture
def holder(vios):
    """Who holds the NIM master after a call, as others are told."""

    def asked():
        vios.hold("storage")
        return vios.overview()["held"]["by"]

    return asked


def test_a_published_job_is_told_with_its_user(job, holder):
    job(user="bob")
    assert holder() == "job 20261130040000123456 of bob"


def test_salt_call_is_told_with_the_user_of_the_process(job, holder, monkeypatch):
    monkeypatch.setenv("LOGNAME", "alice")
    monkeypatch.setenv("USER", "alice")
    job(tgt="salt-call")
    assert holder() == US


def test_without_a_record_it_is_the_user_of_the_process(holder):
    assert holder() == US


def test_over_ssh_it_is_reported_what_sshd_and_sudo_left(holder, monkeypatch):
    monkeypatch.setenv("SSH_CONNECTION", "10.1.2.3 50000 10.1.2.4 22")
    assert holder() == f"{US[:-1]}; its environment says ssh from 10.1.2.3)"
    monkeypatch.delenv("SSH_CONNECTION")
    monkeypatch.setenv("SUDO_USER", "anna\x1b")
    assert holder() == f"{US[:-1]}; its environment says sudo of 'anna\\x1b')"


def test_a_published_job_has_its_record_whatever_the_environment_says(job, holder, monkeypatch):
    monkeypatch.setenv("SUDO_USER", "anna")
    job(user="bob")
    assert holder() == "job 20261130040000123456 of bob"


def test_a_job_of_another_process_is_not_ours(job, holder):
    job(user="bob", pid=1)
    assert holder() == US


def test_the_child_of_a_job_such_as_a_parallel_state_is_of_that_job(job, holder):
    job(user="bob", pid=os.getppid())
    assert holder() == "job 20261130040000123456 of bob"


def test_of_two_jobs_in_one_process_none_is_guessed(job, holder):
    job(user="bob")
    job(user="eve", jid="20261130040000999999")
    assert holder() == US


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x93\x01\x02\x03", b"\x81"])
def test_a_record_that_cannot_be_read_is_none(job, holder, minion_opts, content):
    job(user="bob")
    with open(os.path.join(minion_opts["cachedir"], "proc", "20261130040000123456"), "wb") as file:
        file.write(content)
    assert holder() == US


def test_a_user_that_would_move_the_terminal_is_shown_harmless(job, holder):
    job(user="bob\x1b[2J\nroot")
    assert holder() == "job 20261130040000123456 of 'bob\\x1b[2J\\nroot'"


def test_a_caller_cannot_give_another_name(vios, options):
    vios.migrate("vios1", wait=False, **options, **FORGED)
    vios.wait()
    assert [one["asked_by"] for one in vios.history()] == [US]


@pytest.mark.parametrize("name", ["__asked_by", "__id__"])
def test_other_words_that_look_like_salts_own_are_refused(vios, options, name):
    with pytest.raises(SaltInvocationError, match=f"unknown option '{name}'"):
        vios.migrate("vios1", **options, **{name: "job 1 of alice"})


@pytest.mark.parametrize("word", ["__asked_by=alice", "__pub_user=alice"])
def test_salt_call_takes_no_name_for_a_hold(salt_call, vios, word):
    told = subprocess.run([*salt_call, "vios.hold", "x", word], capture_output=True, text=True, check=False)
    assert told.returncode
    assert "keyword arguments are not valid" in told.stdout + told.stderr
    assert vios.overview()["held"] is None


def test_a_state_tells_its_id_and_who_applied_it(vios, job, apply):
    job(user="bob")
    apply(sls([["vios1"]]))
    assert [one["asked_by"] for one in vios.history()] == ["state 't' of job 20261130040000123456 of bob"]
    vios.hold("afterwards")
    assert vios.overview()["held"]["by"] == "job 20261130040000123456 of bob"
