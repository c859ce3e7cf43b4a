"""``vios.backups`` as a table."""

from saltext_vios.output import _views as views

GOOD = {
    "name": "vios1_iosb", "kind": "ios_backup", "made": "2026-11-20T10:00:00+01:00", "age": 3600, "level": None,
    "ready": True, "location": "/b/vios1_iosb", "size": 900, "proven": True, "flaw": "",
}  # fmt: skip


def shown(*own, without=(), unanswered=None):
    value = {"backups": {"vios1": list(own)}, "without": list(without), "unanswered": unanswered or {}}
    return "\n".join(views.view_of(value)(value, lambda text, colour: text, None))


def test_each_backup_is_a_line_with_its_time_and_size():
    assert "vios1_iosb  ios_backup  2026-11-20 10:00" in shown(GOOD)
    assert "900" in shown(GOOD)


def test_one_that_cannot_be_built_on_says_why():
    assert "/b/vios1_iosb is empty" in shown({**GOOD, "flaw": "/b/vios1_iosb is empty"})


def test_a_view_that_failed_is_said():
    viewed = {"read": False, "known": False, "lines": 0, "said": "viosbr printed nothing"}
    assert "viosbr printed nothing" in shown({**GOOD, "viewed": viewed})
    assert "viosbr reads it" in shown({**GOOD, "viewed": {**viewed, "read": True, "known": True}})


def test_who_has_none_and_what_was_not_answered_stand_below():
    text = shown(without=["vios1"], unanswered={"ios_backup": "no answer"})
    assert "without an ios_backup to build on: vios1" in text
    assert "ios_backup: no answer" in text
