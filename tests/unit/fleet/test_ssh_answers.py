"""What Salt's ssh client says of one target, in our words: an answer, or what to type."""

import pytest

from saltext_vios.fleet.ssh_answers import Reading, read

OVERVIEW = {"held": None}
FAILED = "The command resulted in a non-zero exit code"


def failure(stderr="", stdout="", retcode=255, **more):
    """As Salt 3007 and 3008 hand it back; 3006 leaves out what is private."""
    return {"stdout": stdout, "stderr": stderr, "retcode": retcode, "parsed": None, "_error": FAILED, **more}


def test_an_answer_is_the_return_of_the_target():
    raw = {"jid": "1", "return": OVERVIEW, "retcode": 0, "id": "nim-c", "fun": "vios.overview", "fun_args": []}
    assert read("nim-c", raw) == Reading(OVERVIEW)


def test_a_return_that_says_that_something_failed_is_a_return_too():
    parsed = {"local": {"return": {"result": False}, "retcode": 1}}
    assert read("nim-c", failure(parsed=parsed, retcode=1)) == Reading({"result": False}, 1)


@pytest.mark.parametrize(
    ("stderr", "said"),
    [
        ("Error running 'vios.hold': the journal is damaged", "ERROR: the journal is damaged"),
        ("Passed invalid arguments: reason is 5, expected a text.\n\nUsage:", "ERROR: reason is 5, expected a text."),
        ("Warning: Permanently added 'x'\nError running 'vios.hold': Permission denied", "ERROR: Permission denied"),
    ],
)
def test_an_error_of_the_module_is_reported_in_its_own_words(stderr, said):
    assert read("nim-c", failure(stderr, "the documentation of the function", 1)) == Reading(said, 1)


def test_what_salt_fires_of_a_failure_as_an_event_makes_no_answer_of_it():
    """With a Salt master running, its client writes into what it hands back."""
    raw = failure("root@x: Permission denied (publickey).")
    raw.update({"return": raw["stderr"], "id": "nim-c", "fun": "vios.hold", "success": False})
    found = read("nim-c", raw)
    assert "refuses the key" in found.ret
    assert found.retcode


PROMPT = """The host key needs to be accepted, to auto accept run salt-ssh with the -i flag:
The authenticity of host '[127.0.0.1]:22622 ([127.0.0.1]:22622)' can't be established.
ED25519 key fingerprint is SHA256:FFuIHUT3k6NM6nHa1tV70WrWm2+bmbYIUMLjgIBm0Wg.
Are you sure you want to continue connecting (yes/no/[fingerprint])?"""
CHANGED = """@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
Host key verification failed."""


@pytest.mark.parametrize(
    ("raw", "said", "typed"),
    [
        (
            failure(stdout=PROMPT, retcode=254),
            "(ED25519 SHA256:FFuIHUT3k6NM6nHa1tV70WrWm2",
            "salt-ssh -i nim-c test.ping",
        ),
        (failure(CHANGED), "is not the one that was accepted before", "ssh-keygen -R"),
        (
            failure(
                "No ED25519 host key is known for x and you have requested strict checking.\n"
                "Host key verification failed."
            ),
            "host key is not known here",
            "salt-ssh -i nim-c",
        ),
        (
            failure("root@x: Permission denied (publickey).", _error="Permission denied"),
            "refuses the key",
            "salt-ssh --key-deploy nim-c",
        ),
        (failure("Permission denied, no authentication information", retcode=254), "refuses the key", "--key-deploy"),
        (
            failure("ERROR: Unable to locate appropriate python command", "ERROR: Python version error.", 10),
            "no Python that Salt can use",
            "set_path",
        ),
        (
            failure("ssh: Could not resolve hostname x.invalid: Name or service not known"),
            "no address here",
            "salt-ssh nim-c test.ping",
        ),
        (
            failure("ssh: connect to host 127.0.0.1 port 22699: Connection refused"),
            "cannot be reached: Connection refused.",
            "salt-ssh nim-c",
        ),
        (
            failure("ssh: connect to host 10.1.1.1 port 22: Connection timed out"),
            "cannot be reached: Connection timed out.",
            "salt-ssh nim-c",
        ),
        (failure("sudo: a password is required", retcode=1), "NOPASSWD", "salt-ssh nim-c test.ping"),
        (failure("Sudo password is required but not provided", retcode=254), "NOPASSWD", "passwd"),
        (failure("/bin/sh: 1: sudo: not found", retcode=127), "not installed", "salt-ssh nim-c test.ping"),
        (failure("scp: Connection closed", retcode=255), "sftp subsystem", "salt-ssh nim-c test.ping"),
    ],
)
def test_what_stands_in_the_way_is_reported_with_what_to_type(raw, said, typed):
    found = read("nim-c", raw)
    assert said in found.ret
    assert typed in found.ret
    assert found.retcode
    assert not found.is_lost


@pytest.mark.parametrize(
    "raw",
    [
        failure(),
        failure("Connection to 127.0.0.1 closed by remote host."),
        failure("client_loop: send disconnect: Broken pipe"),
        failure("kex_exchange_identification: Connection closed by remote host"),
        failure("Connection closed by 127.0.0.1 port 22"),
        failure("Timeout, server 127.0.0.1 not responding."),
        "Target 'nim-c' did not return any data, probably due to an error.",
    ],
)
def test_a_connection_that_ended_is_distinguished(raw):
    found = read("nim-c", raw)
    assert found.is_lost
    assert "what was asked may be done" in found.ret


@pytest.mark.parametrize(
    "told", ["'vios.hold' is not available.", "'vios' __virtual__ returned False: No module named 'saltext_vios'"]
)
def test_a_module_that_is_not_sent_along_is_reported(told):
    found = read("nim-c", failure(told))
    assert found.ret.startswith(told)
    assert "docs/install" in found.ret


def test_why_the_module_is_not_loaded_stays_as_it_is():
    text = "'vios' __virtual__ returned False: this minion is no NIM master: lsnim is neither in /usr/sbin"
    assert read("nim-c", failure(text)) == Reading(text, 255)


@pytest.mark.parametrize("raw", [None, 5, [], {}, {"stdout": 5}, {"retcode": "x"}, {"parsed": {"local": 1}}, "\x00"])
def test_anything_else_is_a_failure(raw):
    found = read("nim-c", raw)
    assert isinstance(found.ret, str)
    assert found.retcode


def test_an_unknown_failure_shows_its_last_lines():
    found = read("nim-c", failure("Traceback:\n a\n b\nMemoryError: too much", retcode=1))
    assert "MemoryError: too much" in found.ret
    assert "salt-ssh nim-c test.ping" in found.ret
