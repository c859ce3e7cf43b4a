"""What proves a backup, what it is called, and which old ones may go."""

from dataclasses import replace

import pytest

from saltext_vios.errors import Refused
from saltext_vios.methods import backup
from saltext_vios.migration.backups import Backup, File, Known
from saltext_vios.migration.checks import CheckContext, VIOSFacts, check
from saltext_vios.migration.facts import Disks, Evidence, LevelAnswer, Told
from saltext_vios.migration.levels import Level
from saltext_vios.migration.machine import Migration

NOW = 1_800_000_000.0
OPTIONS = {
    "kind": "ios_backup", "backup_name": None, "stamp": "261124133400", "directory": "/b", "flags": None,
    "max_age": None, "keep": None,
}  # fmt: skip
NAME = "vios1_iosb_261124133400"
SHOWN = {"type": "ios_backup", "source_image": "vios1", "Rstate": "ready for use", "location": f"/b/{NAME}"}
GOOD = {
    "name": Told(shown=SHOWN),
    "file": Told(size=900, changed=NOW + 60),
    "directory": Told(size=1),
    "view": Told(text="vhost0\nhdisk1\n", rc=0),
}
ASKED = Migration("vios1", 1, task="backup", kept={"asked at": repr(NOW)}, level_old=Level("3.1.4.31"))


def proof(**changed):
    told = {**GOOD, **changed}
    evidence = Evidence(LevelAnswer(Level("3.1.4.31")), Disks(), {name: one for name, one in told.items() if one})
    return backup.prove(ASKED, evidence, OPTIONS)


def test_object_file_and_view_prove_it_together():
    found = proof()
    assert found.done is True
    assert "900 bytes" in found.text
    assert found.keeps == {"backup": NAME}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": Told(missing=True)}, "NIM knows no object"),
        ({"name": Told(shown={**SHOWN, "Rstate": "unavailable for use"})}, "not ready"),
        ({"name": Told(shown={**SHOWN, "source_image": "vios2"})}, "belongs to vios2"),
        ({"name": Told(shown={"type": "ios_backup", "Rstate": "ready for use"})}, "belongs to no VIOS"),
        ({"file": Told(missing=True)}, "is not there"),
        ({"file": Told(size=0, changed=NOW)}, "is empty"),
        ({"file": Told(size=9, changed=NOW - 60)}, "1 min older than the start"),
        ({"view": Told(text="", rc=0)}, "printed nothing"),
        ({"view": Told(text="vhost0", rc=1)}, "cannot be read"),
    ],
)
def test_what_speaks_against_it_is_said(changed, said):
    found = proof(**changed)
    assert found.done is False
    assert said in found.text


@pytest.mark.parametrize("part", ["name", "file", "view"])
def test_a_question_without_an_answer_proves_nothing_and_speaks_against_nothing(part):
    assert proof(**{part: Told(error="no answer")}).done is None


def test_what_nim_left_behind_is_named_for_removal():
    assert f"rm /b/{NAME}" in proof(name=Told(missing=True)).text
    assert "rm" not in proof(name=Told(missing=True), file=Told(missing=True)).text


def test_a_view_of_an_unknown_form_is_reported_and_proves_it():
    found = proof(view=Told(text="A table.\n", rc=0))
    assert found.done is True
    assert "not known" in found.text


def test_an_image_is_proven_without_a_view():
    assert proof(view=None).done is True


def test_a_file_system_may_be_coarse():
    assert proof(file=Told(size=9, changed=NOW - 1)).done is True


def test_a_name_says_of_what_and_from_when():
    assert backup.resource("vios1", OPTIONS) == NAME
    assert backup.resource("vios1", {**OPTIONS, "kind": "ios_mksysb"}) == "vios1_sysb_261124133400"
    assert backup.is_ours(NAME, "vios1", "ios_backup")


@pytest.mark.parametrize("name", ["vios1_iosb", "vios1_iosb_2611241334", "vios11_iosb_261124133400", f"{NAME}x"])
def test_a_name_that_only_looks_alike_is_not_ours(name):
    assert not backup.is_ours(name, "vios1", "ios_backup")


def test_a_name_that_nim_could_not_have_is_refused():
    with pytest.raises(Refused, match="backup_name"):
        backup.refuse([["v" * 30]], OPTIONS)


def listed(*days, vios="vios1"):
    """Backups of our naming, so many days old."""
    return [
        Backup(
            "ios_backup", f"{vios}_iosb_2611{day:02}000000", vios, True, "ready for use", "/b/x", NOW - day * 86400,
            file=File(9, NOW - day * 86400),
        )
        for day in days
    ]  # fmt: skip


def gone(found, keep, used=()):
    return backup.surplus(Known(NOW, tuple(found)), "vios1", "ios_backup", keep, used)


def test_the_newest_stay_and_the_rest_may_go():
    assert gone(listed(1, 2, 3, 4), 2) == ["vios1_iosb_261103000000", "vios1_iosb_261104000000"]


def test_those_of_another_vios_or_another_name_stay():
    foreign = [replace(one, name=f"by_hand_{n}") for n, one in enumerate(listed(5, 6))]
    assert gone([*listed(1, 2), *listed(3, 4, vios="vios2"), *foreign], 2) == []


def test_one_that_is_used_stays():
    oldest = listed(9)[0]
    assert gone([*listed(1), replace(oldest, in_use=True)], 1) == []
    assert gone([*listed(1), oldest], 1, used={oldest.name}) == []
    assert gone([*listed(1), oldest], 1) == [oldest.name]


def test_one_that_cannot_be_built_on_counts_for_nothing_and_stays():
    broken = replace(listed(1)[0], file=File(0, NOW))
    assert gone([broken, *listed(2)], 1) == []


def test_the_newest_proven_one_stays_also_where_newer_ones_are_of_other_names():
    by_hand = replace(listed(0)[0], name="by_hand")
    assert gone([by_hand, *listed(1, 2)], 1) == ["vios1_iosb_261102000000"]


def findings(told, kind="ios_backup", known=(), name="space"):
    facts = VIOSFacts("vios1", level=LevelAnswer(Level("3.1.4.31")), told=told, backups=Known(NOW, tuple(known)))
    context = CheckContext(options={**OPTIONS, "kind": kind}, checks=backup.METHOD.checks, common=backup.METHOD.common)
    return [one for one in check(facts, context) if one.check == name]


def told_before(free):
    return {"name": Told(missing=True), "file": Told(missing=True, free=free), "directory": Told(size=1)}


@pytest.mark.parametrize(("free", "result"), [(8 << 20, "error"), (64 << 20, "ok"), (None, "warning")])
def test_without_an_earlier_one_a_floor_must_be_free(free, result):
    assert [one.severity.value for one in findings(told_before(free))] == [result]


def test_the_size_of_the_last_one_and_a_tenth_must_be_free():
    last = replace(listed(1)[0], file=File(100 << 20, NOW))
    assert findings(told_before(105 << 20), known=[last])[0].severity.value == "error"
    assert findings(told_before(111 << 20), known=[last])[0].severity.value == "ok"


def test_how_large_a_first_image_will_be_is_not_known():
    assert "unknown how large" in findings(told_before(99 << 30), kind="ios_mksysb")[0].seen
