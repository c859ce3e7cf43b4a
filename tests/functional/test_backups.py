"""Which backups there are, and what a migration makes of that."""

import os

import pytest
from salt.exceptions import SaltInvocationError

DAY = 86400


def location(simulator, vios="vios1"):
    return simulator.get(f"{vios}_iosb")["location"]


def grow_old(simulator, days, vios="vios1"):
    path = location(simulator, vios)
    at = os.stat(path).st_mtime - days * DAY - 60
    os.utime(path, (at, at))


def findings(ret, vios="vios1"):
    return [one for one in ret["findings"] if one["check"] == "backup" and one["vios"] == vios]


def test_every_vios_shows_its_backups_with_their_age_and_size(vios, simulator):
    ret = vios.backups("vios1,vios2")
    assert list(ret["backups"]) == ["vios1", "vios2"]
    newest = next(one for one in ret["backups"]["vios1"] if one["kind"] == "ios_backup")
    assert newest["name"] == "vios1_iosb"
    assert newest["proven"]
    assert newest["size"] == os.stat(location(simulator)).st_size
    assert 0 <= newest["age"] < DAY
    assert ret["without"] == []


def test_an_image_to_install_from_is_no_backup_of_anybody(vios):
    names = [one["name"] for own in vios.backups()["backups"].values() for one in own]
    assert "vios_31431" not in names


def test_a_vios_without_a_backup_to_build_on_is_named(vios, simulator):
    os.unlink(location(simulator))
    ret = vios.backups("vios1")
    assert ret["without"] == ["vios1"]
    assert "is not there" in next(one for one in ret["backups"]["vios1"] if one["kind"] == "ios_backup")["flaw"]


def test_a_view_has_viosbr_read_the_newest_one(vios):
    seen = vios.backups("vios1", view=True)["backups"]["vios1"]
    viewed = [one["viewed"] for one in seen if "viewed" in one]
    assert viewed == [{"read": True, "known": True, "lines": viewed[0]["lines"], "said": ""}]


def test_a_view_that_prints_nothing_has_not_read_it(vios, simulator):
    simulator.fault("view_silent", "vios1")
    seen = vios.backups("vios1", view=True)["backups"]["vios1"]
    assert [one["viewed"]["said"] for one in seen if "viewed" in one] == ["viosbr printed nothing"]


def test_nim_is_only_asked(vios, simulator):
    vios.backups()
    assert simulator.calls("nim") == 0


def test_nim_that_does_not_answer_makes_no_empty_list(vios, simulator):
    simulator.fault("lsnim_fails")
    with pytest.raises(Exception, match="lsnim"):
        vios.backups()


def test_an_unknown_vios_is_refused(vios):
    with pytest.raises(SaltInvocationError, match="nobody"):
        vios.backups("nobody")


def test_a_check_shows_the_age_of_the_newest_backup(vios, options):
    (found,) = findings(vios.check("vios1,vios2", **options))
    assert (found["result"], found["seen"].split(",")[0]) == ("ok", "vios1_iosb")


@pytest.mark.parametrize(("demand", "result"), [("warn", "warning"), ("require", "error")])
def test_a_backup_that_is_too_old_is_a_finding_as_asked(vios, simulator, options, demand, result):
    grow_old(simulator, 8)
    (found,) = findings(vios.check("vios1,vios2", **options, backup=demand))
    assert found["result"] == result
    assert "vios1_iosb, is 8 d" in found["seen"]
    assert "expected at most 7 d" in found["seen"]
    assert findings(vios.check("vios1,vios2", **options, backup=demand, backup_max_age="9d"))[0]["result"] == "ok"


def test_nobody_looks_for_a_backup_that_is_to_be_ignored(vios, simulator, options):
    os.unlink(location(simulator))
    assert findings(vios.check("vios1,vios2", **options, backup="ignore")) == []


def test_a_migration_that_requires_a_backup_does_not_start_without_one(vios, simulator, options):
    os.unlink(location(simulator, "vios2"))
    ret = vios.migrate("vios1,vios2", **options, backup="require")
    assert ret["status"] == {"vios1-vios2": "FAILURE-CHECK"}
    assert simulator.starts() == []


def test_a_migration_without_a_backup_continues_with_a_warning_by_default(vios, simulator, options):
    os.unlink(location(simulator))
    ret = vios.migrate("vios1,vios2", **options)
    assert ret["status"] == {"vios1-vios2": "SUCCESS-UPGR2"}
