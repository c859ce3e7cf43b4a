"""A backup or a clone as a table."""

from saltext_vios.output import _views as views

ONE = {
    "status": "SUCCESS-BACKUP", "method": "backup", "started": "2026-11-20T10:00:00+01:00", "duration": 65,
    "failure": None, "messages": ["2026-11-20 vios1: vios1_iosb_1 is made, viosbr reads it"], "level": {},
}  # fmt: skip
FAILURE = {"vios": "vios1", "expected": "the backup to be proven", "seen": {}, "since": "2026-11-20T10:00:00+01:00",
           "output": "/out", "next": "salt-call vios.history backup:vios1"}  # fmt: skip


def shown(value):
    return "\n".join(views.view_of(value)(value, lambda text, colour: text, None))


def result(**changes):
    vios = {**ONE, **changes}
    return {"result": True, "changed": True, "msg": "backup completed", "status": {"vios1": vios["status"]},
            "vios": {"vios1": vios}}  # fmt: skip


def test_each_vios_is_a_line_with_its_status_and_what_was_said_last():
    text = shown(result())
    assert text.startswith("backup completed")
    assert "SUCCESS-BACKUP" in text
    assert "0:01:05" in text
    assert "vios1_iosb_1 is made, viosbr reads it" in text


def test_what_failed_says_what_to_type():
    text = shown(result(status="FAILURE-BACKUP", failure=FAILURE))
    assert "next, on the NIM master: salt-call vios.history backup:vios1" in text


def test_what_was_removed_is_named():
    assert "vios1: removed vios1_iosb_0" in shown({**result(), "pruned": {"vios1": ["vios1_iosb_0"]}})


def preview(would, findings=()):
    one = {"would": would, "why": "a check", "level": "3.1.2.21", "cmd": "nim -o reboot vios1"}
    return {"result": not findings, "changed": False, "msg": "test: rollback", "status": {},
            "vios": {"vios1": one}, "findings": list(findings)}  # fmt: skip


def test_a_preview_shows_what_would_run():
    assert "nim -o reboot vios1" in shown(preview("rollback"))


def test_a_preview_shows_what_stands_in_the_way_and_no_command_to_type_in_spite_of_it():
    finding = {"result": "error", "vios": "vios1", "check": "way back", "seen": "there is none", "advice": "a mksysb"}
    text = shown(preview("FAILURE-CHECK", [finding]))
    assert "there is none" in text
    assert "nim -o reboot" not in text


def test_a_preview_shows_a_reason_once():
    seen, advice = "/b is not there", "mkdir -p /b"
    finding = {"result": "error", "vios": "vios1", "check": "directory", "seen": seen, "advice": advice}
    one = {"would": "FAILURE-CHECK", "why": f"vios1: directory: {seen} ({advice})", "level": "3.1.2.21", "cmd": "nim x"}
    value = {"result": False, "changed": False, "msg": "test: backup", "status": {"vios1": "FAILURE-CHECK"},
             "vios": {"vios1": one}, "findings": [finding]}  # fmt: skip
    assert (shown(value).count(seen), shown(value).count(advice)) == (1, 1)


def test_a_preview_shows_a_reason_that_no_finding_has():
    one = {"would": "SKIPPED-HELD", "why": "held by the storage team", "level": "3.1.2.21", "cmd": "nim x"}
    value = {"result": True, "changed": False, "msg": "test: backup", "status": {"vios1": "SKIPPED-HELD"},
             "vios": {"vios1": one}, "findings": []}  # fmt: skip
    assert "held by the storage team" in shown(value)
