"""What a clone, a rollback and a cleanup decide from facts alone."""

from dataclasses import replace

import pytest

from saltext_vios import task_options
from saltext_vios.methods import cleanup, clone, rollback
from saltext_vios.migration.checks import CheckContext, Readiness, Severity, VIOSFacts
from saltext_vios.migration.facts import Disk, Disks, Evidence, Ground, LevelAnswer, Look, Outcome, Told, View
from saltext_vios.migration.levels import parse
from saltext_vios.migration.machine import Migration
from saltext_vios.migration.recalled import Cloned, Last

READY = View(cstate="ready for a NIM operation", ready=True, result="success", outcome=Outcome.SUCCESS)
OLD, NEW = parse("3.1.2.21"), parse("3.1.4.31")
ROOT = Disk("hdisk0", "0a", "rootvg", active=True)
COPY = Disk("hdisk1", "0b", "altinst_rootvg")
BOOTS = {"boot list": Told(text="hdisk0 blv=hd5 pathid=0\n", rc=0)}


def facts(*disks, level=OLD, **more):
    readiness = Readiness(True, Disks(disks), frozenset())
    return VIOSFacts("vios1", level=LevelAnswer(level), readiness=readiness, **{"told": BOOTS, **more})


def context(task, **given):
    return CheckContext(options=task_options.checked(task, given), level=given.get("level") and parse(given["level"]))


def evidence(*disks, level=OLD, told=BOOTS, error=""):
    return Evidence(LevelAnswer(level), Disks(disks, error), told)


def errors(checks, known, asked):
    return [one.check for check in checks for one in check(known, asked) if one.severity is Severity.ERROR]


class TestClone:
    M = Migration("vios1", 1, task="clone", kept={"boot list": "hdisk0"})

    @pytest.mark.parametrize(
        ("seen", "done"),
        [
            (evidence(ROOT, COPY), True),
            (evidence(ROOT), False),
            (evidence(ROOT, Disk("hdisk2", "0c", "altinst_rootvg")), False),
            (evidence(ROOT, COPY, told={"boot list": Told(text="hdisk1 blv=hd5\n")}), False),
            (evidence(ROOT, COPY, told={"boot list": Told(error="no answer")}), None),
            (evidence(error="no answer"), None),
        ],
    )
    def test_it_is_proven_by_its_disk_and_the_boot_list_of_before(self, seen, done):
        assert clone.prove(self.M, seen, {"disk": "hdisk1"}).done is done

    def test_a_group_that_is_varied_on_is_still_written(self):
        writing = Disk("hdisk1", "0b", "altinst_rootvg", active=True)
        assert clone.read(Look(READY, Disks((ROOT, writing))), {}).idle is False
        assert clone.read(Look(READY, Disks((ROOT, COPY))), {}).idle is True

    def test_of_a_vios_that_does_not_show_its_disks_success_is_no_word(self):
        assert clone.read(Look(READY, Disks(error="no answer")), {}).outcome is None

    @pytest.mark.parametrize(
        ("cloned", "level", "is_done"),
        [
            (Cloned(3600, {"hdisk1": "0b"}, OLD), OLD, True),
            (Cloned(8 * 86400, {"hdisk1": "0b"}, OLD), OLD, False),
            (Cloned(3600, {"hdisk1": "0c"}, OLD), OLD, False),
            (Cloned(3600, {"hdisk1": "0b"}, OLD), NEW, False),
            (None, OLD, False),
        ],
    )
    def test_a_clone_counts_that_is_young_of_this_level_and_still_there(self, cloned, level, is_done):
        known = facts(ROOT, COPY, level=level, cloned=cloned)
        assert bool(clone.done(known, context("clone", disk="hdisk1", max_age="7d"))) is is_done


class TestRollback:
    FORMER = Disk("hdisk1", "0b", "old_rootvg")
    M = Migration("vios1", 1, task="rollback", wanted=OLD, kept={"to": "hdisk1"})

    @pytest.mark.parametrize(
        ("disks", "cloned", "given", "names"),
        [
            ((ROOT, FORMER), None, {}, ("hdisk1",)),
            ((ROOT, COPY), None, {}, ("hdisk1",)),
            ((ROOT, FORMER, Disk("hdisk2", "0c", "altinst_rootvg")), None, {}, ("hdisk1",)),
            ((ROOT, FORMER, Disk("hdisk2", "0c", "altinst_rootvg")), None, {"disk": "hdisk2"}, ("hdisk2",)),
            ((ROOT, FORMER), None, {"disk": "hdisk7"}, ()),
            ((ROOT, Disk("hdisk5", "0b")), Cloned(9, {"hdisk1": "0b"}, OLD), {}, ("hdisk5",)),
            ((ROOT, Disk("hdisk5", "0d")), Cloned(9, {"hdisk1": "0b"}, OLD), {}, ()),
            ((ROOT,), None, {}, ()),
        ],
    )
    def test_the_way_back_is_the_former_system_else_the_clone_by_its_pvid(self, disks, cloned, given, names):
        options = task_options.checked("rollback", given)
        assert rollback.way_back(facts(*disks, cloned=cloned), options) == names

    def test_the_level_of_before_is_the_callers_else_the_journals(self):
        known = facts(ROOT, self.FORMER, level=NEW, last=Last("SUCCESS-UPGR1", OLD))
        assert rollback.wanted(known, None) == OLD
        assert rollback.wanted(known, NEW) == NEW

    @pytest.mark.parametrize(
        ("seen", "done"),
        [
            (evidence(Disk("hdisk1", "0b", "rootvg")), True),
            (evidence(ROOT, level=NEW), False),
            (evidence(Disk("hdisk1", "0b", "rootvg"), level=NEW), False),
            (evidence(error="no answer"), None),
            (evidence(ROOT, level=None), None),
        ],
    )
    def test_it_is_proven_by_the_level_of_before_from_that_disk(self, seen, done):
        assert rollback.prove(self.M, seen, {}).done is done

    @pytest.mark.parametrize(
        ("text", "good"), [("hdisk1 blv=hd5\n", True), ("hdisk0 blv=hd5\n", False), ("", False), ("ent0\n", False)]
    )
    def test_nothing_is_rebooted_unless_the_boot_list_reads_as_it_was_set(self, text, good):
        assert (rollback.prepares(self.M, {}).wrong(text) == "") is good


class TestCleanup:
    FORMER = Disk("hdisk1", "0b", "old_rootvg")

    @pytest.mark.parametrize(
        ("known", "given", "objects"),
        [
            (facts(ROOT, FORMER, last=Last("SUCCESS-UPGR1")), {}, []),
            (facts(ROOT, FORMER, last=Last("FAILURE-UPGR1-WAIT")), {}, ["verified"]),
            (facts(ROOT, FORMER, last=Last("SUCCESS-UPGR1-INIT")), {}, ["verified"]),
            (facts(ROOT, FORMER, last=Last(None)), {}, ["verified"]),
            (facts(ROOT, FORMER), {}, ["verified"]),
            (facts(ROOT, FORMER), {"level": "3.1.4.31"}, ["verified"]),
            (facts(ROOT, FORMER), {"level": "3.1.2.21"}, []),
            (facts(ROOT, COPY), {}, []),
            (facts(ROOT, COPY, last=Last("FAILURE-UPGR1", OLD)), {}, []),
            (facts(ROOT, COPY, last=Last("FAILURE-UPGR1", NEW)), {}, ["verified"]),
            (facts(ROOT, COPY, level=None, last=Last("FAILURE-UPGR1", OLD)), {}, ["verified"]),
            (facts(ROOT, COPY, last=Last("SUCCESS-UPGR1-INIT", OLD)), {}, ["verified"]),
            (facts(ROOT, COPY, last=Last("FAILURE-UPGR1", OLD), cloned=Cloned(60, {"hdisk1": "0b"})), {}, ["verified"]),
            (facts(ROOT, replace(COPY, active=True), last=Last("FAILURE-UPGR1", OLD)), {}, []),
            (facts(ROOT, replace(COPY, active=True), last=Last("FAILURE-UPGR1-WAIT", OLD)), {}, ["verified"]),
            (facts(ROOT, COPY, last=Last("FAILURE-UPGR1-WAIT", OLD)), {}, []),
            (facts(ROOT, COPY, told={"boot list": Told(text="hdisk1 blv=hd5\n")}), {}, ["boot list"]),
        ],
    )
    def test_the_way_back_of_a_vios_that_is_not_verified_stays(self, known, given, objects):
        assert errors(cleanup.METHOD.checks, known, context("cleanup", **given)) == objects

    def test_the_command_line_names_the_groups_and_their_disks(self):
        ground = Ground("vios1.example.com", disks=Disks((ROOT, self.FORMER)))
        assert cleanup.argv("vios1", task_options.checked("cleanup", {}), ground) == [
            "c_rsh",
            "vios1.example.com",
            "( LC_ALL=C alt_rootvg_op -X old_rootvg && LC_ALL=C chpv -C hdisk1 ); echo rc=$?",
        ]
