"""The checks: what is an error, what a warning, and what is said to be done about it."""

from dataclasses import replace

import pytest

from saltext_vios.methods import migvios
from saltext_vios.migration.checks import (
    CheckOptions,
    Partner,
    Resource,
    Severity,
    VIOSFacts,
    at_level,
    check_reboot,
    check_tuple,
    verdict,
)
from saltext_vios.migration.clusters import Answer, Cluster, Node
from saltext_vios.migration.facts import Ground, LevelAnswer, View
from saltext_vios.migration.levels import parse
from saltext_vios.migration.paths import IGNORE, REQUIRE, WARN, Disk, Kind, Path, Serving, Verdict
from saltext_vios.options import checked as checked_options

OLD, NEW = parse("3.1.2.21"), parse("3.1.4.31")
READY = View(cstate="ready for a NIM operation", mstate="currently running", ready=True, running=True)
BUSY = View(cstate="alt_disk_install operation is being performed", mstate="currently running", running=True)
IMAGE = Resource("ios_mksysb", "image", type="ios_mksysb", ready=True, rstate="ready for use", ioslevel=NEW)
BACKUP = Resource("ios_backup", "vios1_iosb", type="ios_backup", ready=True, source_image="vios1")
ANSWER, SILENCE = LevelAnswer(OLD), LevelAnswer(None, "Connection refused")
GOOD = VIOSFacts(
    name="vios1",
    view=READY,
    hostname="vios1.example.com",
    frame="frame1",
    level=ANSWER,
    allocated=(),
    operations=frozenset({"migvios"}),
    resources=(IMAGE, BACKUP),
    partners=(Partner("vios2", READY, ANSWER),),
)
MIGVIOS = {"options": checked_options({"boot_client": True, "bosinst_data": "data"}), "checks": migvios.METHOD.checks}
SECOND = replace(
    GOOD,
    name="vios2",
    hostname="vios2.example.com",
    resources=(IMAGE, replace(BACKUP, name="vios2_iosb", source_image="vios2")),
    partners=(Partner("vios1", READY, ANSWER),),
)


def found(facts=GOOD, severity=None, asked=None, pair=None):
    """The names of the findings on one VIOS, alone in its tuple unless there is a pair."""
    checked = check_tuple([facts] if pair is None else pair, asked or CheckOptions(**MIGVIOS))
    findings = checked[facts.name].findings
    return [f.check for f in findings if severity is None or f.severity is severity]


def errors(facts=GOOD, **more):
    return found(facts, Severity.ERROR, **more)


def warnings(facts=GOOD, **more):
    return found(facts, Severity.WARNING, **more)


def test_nothing_is_wrong_with_a_good_vios():
    checked = check_tuple([GOOD], CheckOptions())["vios1"]
    assert verdict(checked.findings) is Severity.OK
    assert (checked.level, checked.wanted) == (OLD, NEW)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"view": BUSY}, "Cstate"),
        ({"view": View()}, "Cstate"),
        ({"control": "master"}, "control"),
        ({"hostname": None}, "host name"),
        ({"frame": None}, "frame"),
        ({"level": SILENCE}, "c_rsh"),
        ({"allocated": ("image",)}, "allocated"),
        ({"running_commands": ("nim for vios1 still runs",)}, "nim"),
        ({"resources": (replace(IMAGE, exists=False),)}, "ios_mksysb image"),
        ({"resources": (replace(IMAGE, type="spot"),)}, "ios_mksysb image"),
        ({"resources": (replace(IMAGE, ready=False, rstate="unavailable for use"),)}, "ios_mksysb image"),
        ({"resources": (IMAGE, replace(BACKUP, source_image="vios9"))}, "ios_backup vios1_iosb"),
        ({"partners": (Partner("vios2", BUSY, ANSWER),)}, "partner vios2"),
        ({"partners": (Partner("vios2", READY, SILENCE),)}, "partner vios2"),
        ({"partners": (Partner("vios2", replace(READY, running=False), SILENCE),)}, "partner vios2"),
    ],
)
def test_what_stops_a_migration(change, check):
    assert errors(replace(GOOD, **change)) == [check]


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"operations": None}, "migvios"),
        ({"operations": frozenset()}, "migvios"),
        ({"allocated": None}, "allocated"),
        ({"resources": (IMAGE, replace(BACKUP, error="lsnim gave no answer"))}, "ios_backup vios1_iosb"),
        ({"resources": (replace(IMAGE, ready=None, rstate=None),)}, "ios_mksysb image"),
        ({"resources": (replace(IMAGE, ioslevel=None),)}, "level"),
        ({"view": replace(READY, err_info="0042-175")}, "err_info"),
        ({"view": replace(READY, info="0505-126 alt_disk_install-")}, "info"),
        ({"partners": (Partner("vios2", replace(READY, running=False), ANSWER),)}, "partner vios2"),
    ],
)
def test_what_worries_and_does_not_stop(change, check):
    facts = replace(GOOD, **change)
    assert warnings(facts) == [check]
    assert errors(facts) == []


def test_before_a_reboot_only_what_others_must_stand_in_for_is_asked():
    silent = (Partner("vios2", READY, SILENCE),)
    broken = replace(GOOD, view=BUSY, control="master", allocated=("image",), partners=silent)
    checked = check_reboot(broken, CheckOptions(), ("vios1", "vios2"), ())
    assert [finding.check for finding in checked.errors] == ["partner vios2"]
    assert (checked.level, checked.wanted) == (OLD, None)
    assert check_reboot(GOOD, CheckOptions(), ("vios1", "vios2"), ()).errors == ()


def test_an_object_that_is_none_ends_the_checks():
    assert errors(VIOSFacts("vios1", exists=False)) == ["object"]
    assert errors(replace(GOOD, type="standalone")) == ["object"]


def test_every_error_and_warning_names_the_vios():
    bad = replace(GOOD, control="master", allocated=None, level=SILENCE)
    assert all(finding.vios == "vios1" for finding in check_tuple([bad], CheckOptions())["vios1"].findings)


def test_what_mk_image_makes_may_be_missing():
    facts = replace(GOOD, resources=(replace(IMAGE, exists=False), replace(BACKUP, exists=False)))
    assert errors(facts, asked=CheckOptions(level=NEW, mk_image=True)) == []
    assert len(errors(facts, asked=CheckOptions(level=NEW))) == 2


def test_an_image_below_the_level_wanted_can_never_be_enough():
    assert errors(asked=CheckOptions(level=parse("4.1.0.10"))) == ["level"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (ANSWER, "3.1.2.21, below the level wanted (3.1.4.31)"),
        (LevelAnswer(NEW), "3.1.4.31, at the level wanted (3.1.4.31)"),
        (SILENCE, "wanted 3.1.4.31"),
        (None, "wanted 3.1.4.31"),
    ],
)
def test_the_level_is_told_with_the_one_wanted(answer, said):
    checked = check_tuple([replace(GOOD, level=answer)], CheckOptions())["vios1"]
    assert [finding.seen for finding in checked.findings if finding.check == "level"] == [said]


def test_a_level_of_the_image_that_cannot_be_read_is_told_as_nim_shows_it():
    odd = replace(IMAGE, ioslevel=None, no_level="3.1.4.31 SP1")
    checked = check_tuple([replace(GOOD, resources=(odd,))], CheckOptions())["vios1"]
    told = [str(finding) for finding in checked.findings if finding.check == "level"]
    assert told[0] == (
        "vios1: level: NIM shows ioslevel '3.1.4.31 SP1' on image, expected one such as 3.1.4.31 (give level=)"
    )
    assert checked.wanted is None


def test_a_task_has_a_reason_of_its_own_for_nothing_to_do_and_keeps_what_it_needs_later():
    asked = CheckOptions(done=lambda facts, _: f"{facts.name} has one", keeps=lambda facts, _: {"of": facts.name})
    checked = check_tuple([GOOD], asked)["vios1"]
    assert (checked.done, checked.kept) == ("vios1 has one", {"of": "vios1"})
    assert at_level(checked, force=False)
    assert not at_level(checked, force=True)
    assert not at_level(replace(checked, done=""), force=False)


def test_a_level_that_is_given_goes_before_that_of_the_image():
    assert check_tuple([GOOD], CheckOptions(level=parse("3.1.3.0")))["vios1"].wanted == parse("3.1.3.0")


class TestFrame:
    def test_two_frames_are_an_error_for_both(self):
        pair = [GOOD, replace(SECOND, frame="frame2")]
        assert errors(GOOD, pair=pair) == ["frame"]
        assert errors(SECOND, pair=pair) == ["frame"]

    def test_in_a_pair_the_callers_word_is_taken(self):
        unknown = replace(GOOD, frame=None)
        assert warnings(unknown, pair=[unknown, SECOND]) == ["frame"]

    def test_alone_it_takes_an_option(self):
        assert warnings(replace(GOOD, frame=None), asked=CheckOptions(allow_unknown_frame=True)) == ["frame"]


class TestPartner:
    def test_the_second_is_not_asked_to_wait_for_what_comes_before_it(self):
        """The first may be broken; it is migrated and verified before the second is checked again."""
        broken = replace(GOOD, view=replace(READY, running=False), level=SILENCE)
        second = replace(SECOND, partners=(Partner("vios1", broken.view, SILENCE),))
        assert errors(second, pair=[broken, second]) == []

    def test_a_first_that_serves_while_it_is_installed_on_another_disk_must_serve(self):
        broken = replace(GOOD, view=BUSY)
        second = replace(SECOND, partners=(Partner("vios1", BUSY, SILENCE),))
        checked = check_tuple([broken, second], CheckOptions(), aside={"vios1"})
        assert [f.check for f in checked["vios2"].errors] == ["partner vios1"]
        second = replace(SECOND, partners=(Partner("vios1", BUSY, ANSWER),))
        assert check_tuple([broken, second], CheckOptions(), aside={"vios1"})["vios2"].errors == ()

    def test_before_its_start_the_first_must_run(self):
        second = replace(SECOND, partners=(Partner("vios1", READY, SILENCE),))
        checked = check_tuple([GOOD, second], CheckOptions(), finished={"vios1"})
        assert [f.check for f in checked["vios2"].errors] == ["partner vios1"]

    def test_a_third_vios_of_the_frame_in_an_operation_stops_a_pair(self):
        facts = replace(GOOD, partners=(*GOOD.partners, Partner("vios3", BUSY, ANSWER)))
        assert errors(facts, pair=[facts, SECOND]) == ["partner vios3"]

    def test_a_third_vios_that_is_off_does_not(self):
        facts = replace(GOOD, partners=(*GOOD.partners, Partner("vios3", READY, SILENCE)))
        assert errors(facts, pair=[facts, SECOND]) == []
        assert warnings(facts, pair=[facts, SECOND]) == ["partner vios3"]

    @pytest.mark.parametrize("answer", [ANSWER, SILENCE])
    def test_a_partner_that_does_not_run_by_nims_word_comes_with_the_command_that_asks_it(self, answer):
        facts = replace(GOOD, partners=(Partner("vios2", replace(READY, running=False), answer),))
        findings = check_tuple([facts], CheckOptions())["vios1"].findings
        advice = [f.advice for f in findings if f.check == "partner vios2"]
        assert "nim -o check vios2" in advice[0]


class TestControl:
    def advice(self, **changes):
        findings = check_tuple([replace(GOOD, **changes)], CheckOptions())["vios1"].findings
        return next(f.advice for f in findings if f.check == "control")

    def test_a_vios_that_refuses_its_master_is_reported_from_an_operation(self):
        assert "nimclient -p" in self.advice(control="push_off", pushed_off=True)

    def test_what_an_operation_left_with_its_resources_comes_with_the_way_out(self):
        assert "vios.reset vios1" in self.advice(control="master", allocated=("image",))

    def test_never_while_an_operation_runs(self):
        assert "another operation" in self.advice(control="master", allocated=("image",), view=BUSY)


class TestBroken:
    BROKEN = replace(GOOD, level=SILENCE)

    def test_force_and_a_level_let_it_be_reinstalled(self):
        assert errors(self.BROKEN, asked=CheckOptions(force=True, level=NEW)) == []

    @pytest.mark.parametrize("others", [(), (Partner("vios2", READY, ANSWER), Partner("vios3", READY, SILENCE))])
    def test_unless_each_other_vios_of_its_frame_answers(self, others):
        facts = replace(self.BROKEN, partners=others)
        assert "c_rsh" in errors(facts, asked=CheckOptions(force=True, level=NEW))

    @pytest.mark.parametrize("asked", [CheckOptions(force=True), CheckOptions(level=NEW)])
    def test_one_of_them_is_not_enough(self, asked):
        assert errors(self.BROKEN, asked=asked) == ["c_rsh"]

    def test_never_while_its_partner_is_silent(self):
        facts = replace(self.BROKEN, partners=(Partner("vios2", READY, SILENCE),))
        assert "c_rsh" in errors(facts, asked=CheckOptions(force=True, level=NEW))


def test_a_tuple_that_is_under_way_is_no_operation_of_somebody_else():
    facts = replace(GOOD, view=BUSY, under_way="run 3 is under way")
    assert errors(facts) == []
    assert warnings(facts) == ["under way"]


def test_what_needs_a_person_is_a_warning():
    asked = CheckOptions(**{**MIGVIOS, "options": checked_options({})})
    assert warnings(asked=asked) == ["bosinst_data", "boot_client"]


def in_cluster(**states):
    nodes = tuple(Node(vios, state, state, vios) for vios, state in states.items())
    return replace(GOOD, cluster=Answer(Cluster("ssp", nodes)))


def test_a_whole_cluster_is_no_obstacle():
    assert errors(in_cluster(vios1="OK", vios2="OK", vios3="OK")) == []


def test_another_node_down_is_an_error_and_nothing_else_is():
    checked = check_tuple([in_cluster(vios1="OK", vios2="OK", vios3="DOWN")], CheckOptions())["vios1"]
    assert [error.seen for error in checked.errors] == ["cluster ssp: node vios3 is DOWN (pool DOWN)"]
    assert checked.cluster_unfit


def test_a_node_that_was_just_migrated_is_waited_for():
    facts = replace(in_cluster(vios1="OK", vios2="DOWN"), recent=frozenset({"vios2"}))
    checked = check_tuple([facts], CheckOptions())["vios1"]
    assert checked.errors == ()
    assert checked.waits_for == "node vios2 is DOWN (pool DOWN)"


def test_of_a_tuple_at_the_level_nothing_is_missed_that_was_not_asked():
    done = replace(GOOD, level=LevelAnswer(NEW), allocated=None, operations=None, resources=(), settled=True)
    checked = check_tuple([done], CheckOptions(level=NEW))["vios1"]
    assert verdict(checked.findings) is Severity.OK
    assert {"Cstate", "control", "c_rsh", "level"} <= {finding.check for finding in checked.findings}


def test_a_cluster_that_nobody_shows_is_a_warning():
    assert warnings(replace(GOOD, cluster=Answer(error="Connection refused"))) == ["cluster"]


def path(verdict=Verdict.LOST, client=3, **more):
    return Path(client, f"lpar{client}", Kind.STORAGE, "disk", verdict, "because", **more)


def of_paths(*found, asked=WARN, facts=GOOD, **more):
    """Severity and name of what is found about the clients of one VIOS."""
    known = replace(facts, paths=tuple(found))
    findings = check_tuple([known], CheckOptions(paths=asked, **more))["vios1"].findings
    return [(f.severity, f.check) for f in findings if "client" in f.check]


LPAR3 = "client 3 (lpar3)"
SUMMARY = (Severity.OK, "clients")


@pytest.mark.parametrize(("asked", "severity"), [(REQUIRE, Severity.ERROR), (WARN, Severity.WARNING)])
def test_a_client_that_would_lose_its_last_path_is_an_error_where_paths_are_required(asked, severity):
    assert of_paths(path(), path(Verdict.OK), asked=asked) == [(severity, LPAR3), SUMMARY]


def test_each_client_is_one_finding_however_many_paths_it_loses():
    found = of_paths(path(), path(), path(client=4), asked=REQUIRE)
    assert found == [(Severity.ERROR, LPAR3), (Severity.ERROR, "client 4 (lpar4)"), SUMMARY]


@pytest.mark.parametrize("asked", [REQUIRE, WARN])
def test_a_path_that_is_not_known_is_a_warning(asked):
    assert of_paths(path(Verdict.UNKNOWN), asked=asked) == [(Severity.WARNING, LPAR3), SUMMARY]


@pytest.mark.parametrize(("asked", "severity"), [(REQUIRE, Severity.ERROR), (WARN, Severity.WARNING)])
def test_a_question_without_an_answer_is_an_error_where_paths_are_required(asked, severity):
    assert of_paths(path(Verdict.UNKNOWN, unanswered=True), asked=asked)[0] == (severity, LPAR3)


def test_a_vios_that_answers_nothing_at_all_has_nobody_who_could_lose_a_path():
    silent = path(Verdict.UNKNOWN, unanswered=True)
    broken = replace(GOOD, level=SILENCE)
    assert of_paths(silent, asked=REQUIRE, facts=broken, force=True, level=NEW)[0] == (Severity.WARNING, LPAR3)


@pytest.mark.parametrize("name", ["lpar3", "3"])
def test_a_client_that_is_ignored_is_no_finding(name):
    assert of_paths(path(), asked=REQUIRE, ignore_clients=(name,)) == [SUMMARY]


def test_a_vios_that_stays_up_takes_no_path_from_anybody():
    at_level = replace(GOOD, level=LevelAnswer(NEW))
    assert of_paths(path(), asked=REQUIRE, facts=at_level) == []


@pytest.mark.parametrize("asked", [REQUIRE, WARN])
def test_the_way_out_is_named_where_paths_are_required(asked):
    known = replace(GOOD, paths=(path(),))
    finding = next(f for f in check_tuple([known], CheckOptions(paths=asked))["vios1"].findings if f.check == LPAR3)
    assert ("; ignore_clients leaves a client out, paths=warn only reports it" in finding.advice) is (asked == REQUIRE)


def test_what_it_serves_is_kept_for_its_proof_without_the_clients_that_are_ignored():
    disks = (Disk(3, "lpar3_root", "hdisk4", "A"), Disk(4, "lpar4_root", "hdisk5", "A"))
    ground = Ground("vios1.example.com", NEW)
    known = replace(GOOD, serves=Serving("vios1", disks=disks), ground=ground)
    checked = check_tuple([known], CheckOptions(ignore_clients=("3",)))["vios1"]
    assert (checked.serves.disks, checked.ground) == (disks[1:], ground)


def test_where_nobody_asked_nothing_is_found():
    assert [f for f in found(GOOD, asked=CheckOptions(paths=IGNORE)) if "client" in f] == []


def test_a_finding_names_few_of_many_paths_and_counts_the_rest():
    known = replace(GOOD, paths=tuple(path() for _ in range(20)))
    findings = {f.check: f for f in check_tuple([known], CheckOptions(paths=WARN))["vios1"].findings}
    assert findings[LPAR3].seen.count("because") == 3
    assert findings[LPAR3].seen.endswith("and 17 more")
    assert "`vios.clients vios1`" in findings[LPAR3].advice
