"""``viosupgrade``: command lines argument for argument, what is refused, what stops a start, and how a look reads."""

import re
from dataclasses import replace

import pytest

from saltext_vios.errors import Refused
from saltext_vios.methods import METHODS
from saltext_vios.methods.viosupgrade import METHOD, read
from saltext_vios.migration.checks import CheckOptions, Partner, Readiness, Resource, Severity, VIOSFacts, check_tuple
from saltext_vios.migration.clusters import Answer, Cluster, Node
from saltext_vios.migration.facts import Disk, Disks, Ground, LevelAnswer, Look, Outcome, View
from saltext_vios.migration.levels import parse
from saltext_vios.nim.commands import copy_and_paste
from saltext_vios.options import checked

AIX72, AIX73 = (7200, 5, 3, 2148), (7300, 3, 1, 2520)
ALTDISK = {"type": "altdisk", "mksysb_name": "image", "disk": "hdisk1"}
BOSINST = {"type": "bosinst", "mksysb_name": "image", "spot_name": "spot", "clone_disk": "hdisk1"}
BARE = {"type": "bosinst", "mksysb_name": "image", "spot_name": "spot"}


def options(given):
    return checked({"method": "viosupgrade", **given})


def line(given, vios="vios1", **ground):
    return copy_and_paste(METHOD.argv(vios, options(given), Ground(**{"host": f"{vios}.example.com", **ground})))


# IBM's syntax, once with everything that it allows, and the examples of IBM's `nim_viosupgrade`, in its names.
GOLDEN = [
    (
        {**ALTDISK, "resources": "master_net_conf:logdir", "backup_name": "nimvios01_iosb"},
        {"in_cluster": False},
        "viosupgrade -t altdisk -n vios1.example.com -m image -a hdisk1 -b nimvios01_iosb -e master_net_conf:logdir",
    ),
    (
        {
            "type": "altdisk",
            "ios_mksysb": "vios-3-1-1-0_sysb",
            "rootvg_clone_disk": "hdisk1",
            "resources": "master_net_conf:logdir",
            "backup_file_resource": "nimvios01_iosb",
        },
        {},
        "viosupgrade -t altdisk -n vios1.example.com -m vios-3-1-1-0_sysb -a hdisk1 -b nimvios01_iosb "
        "-e master_net_conf:logdir",
    ),
    (
        {
            "type": "bosinst",
            "ios_mksysb": "vios-3-1-1-0_sysb",
            "spotname": "vios-3-1-1-0_spot",
            "rootvg_install_disk": "hdisk1:hdisk2",
            "resources": "master_net_conf:logdir:my_filebackup_res",
            "backup_file_resource": "nimvios02_iosb",
        },
        {},
        "viosupgrade -t bosinst -n vios1.example.com -m vios-3-1-1-0_sysb -p vios-3-1-1-0_spot -r hdisk1:hdisk2 "
        "-b nimvios02_iosb -e master_net_conf:logdir:my_filebackup_res",
    ),
    (BOSINST, {"in_cluster": True}, "viosupgrade -t bosinst -n vios1.example.com -m image -p spot -a hdisk1 -c"),
    (
        {**BARE, "skip_rootvg_cloning": True},
        {},
        "viosupgrade -t bosinst -n vios1.example.com -m image -p spot -s",
    ),
    (
        {**ALTDISK, "copy_files": "/etc/keep", "pre_restore_script": "/a/pre", "post_install_script": "/a/post"},
        {"in_cluster": True},
        "viosupgrade -t altdisk -n vios1.example.com -m image -a hdisk1 -c -g /etc/keep -k /a/pre -P /a/post",
    ),
    (
        {"type": "altdisk", "disk": "hdisk3, hdisk4", "mksysb_prefix": "new_"},
        {},
        "viosupgrade -t altdisk -n vios1.example.com -m new_vios1_sysb -a hdisk3:hdisk4",
    ),
]


@pytest.mark.parametrize(("given", "ground", "expected"), GOLDEN)
def test_the_command_line_argument_for_argument(given, ground, expected):
    assert line(given, **ground) == expected


def test_the_look_before_a_start_is_the_same_command_with_v():
    argv = METHOD.validation("vios1", options(ALTDISK), Ground("vios1.example.com"))
    assert argv == [*METHOD.argv("vios1", options(ALTDISK), Ground("vios1.example.com")), "-v"]


def test_never_a_file_of_nodes_nor_a_cluster_state_that_is_skipped():
    assert not any({"-f", "-F"} & set(line(given, **ground).split()) for given, ground, _ in GOLDEN)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "type is not given, expected type=altdisk or type=bosinst"),
        ({"type": "altdisk"}, "disk is not given"),
        ({**ALTDISK, "clone_disk": "hdisk2"}, "disk and clone_disk are both given"),
        ({**ALTDISK, "overwrite": True}, "overwrite belongs to type=bosinst"),
        ({**ALTDISK, "spot_name": "spot"}, "spot_name belongs to type=bosinst"),
        (BARE, "none of disk, clone_disk and overwrite given; type=bosinst takes exactly one"),
        ({**BOSINST, "disk": "hdisk2"}, "disk and clone_disk given; type=bosinst takes exactly one"),
        ({**BARE, "disk": "hdisk1", "skip_rootvg_cloning": True}, "disk and overwrite given"),
        ({**BOSINST, "spot_name": None}, "spot_name is not given"),
        ({**BOSINST, "copy_files": "/etc/keep"}, "copy_files belongs to type=altdisk"),
        ({**ALTDISK, "backup_name": "one"}, "backup_name is 'one' for vios1, vios2"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_asked(given, said):
    with pytest.raises(Refused, match=said):
        METHOD.refuse([("vios1", "vios2")], options(given))


# checks

OLD, NEW = parse("3.1.2.21"), parse("3.1.4.31")
IMAGE = Resource("ios_mksysb", "image", type="ios_mksysb", ready=True, rstate="ready for use", ioslevel=NEW)
DISKS = Disks(
    (
        Disk("hdisk0", "00f1", "rootvg", 102400, "id0"),
        Disk("hdisk1", None, None, 102400, "id1"),
        Disk("hdisk2", "00f3", None, 102400, "id2"),
    )
)
READY = View(cstate="ready for a NIM operation", mstate="currently running", ready=True, running=True)
OTHERS = Disks((Disk("hdisk0", "00f2", "rootvg", 102400, "id9"), Disk("hdisk7", "00f3", None, 102400, "id2")))
GOOD = VIOSFacts(
    name="vios1",
    view=READY,
    hostname="vios1.example.com",
    frame="frame1",
    level=LevelAnswer(OLD),
    allocated=(),
    operations=frozenset(),
    resources=(IMAGE,),
    partners=(Partner("vios2", READY, LevelAnswer(OLD), OTHERS, frozenset()),),
    ground=Ground("vios1.example.com", AIX73, False),
    readiness=Readiness(True, DISKS, frozenset({"hdisk9"})),
)


def found(facts, given=ALTDISK, severity=Severity.ERROR, **asked):
    context = CheckOptions(options=options(given), checks=METHOD.checks, **asked)
    return [(f.check, f.seen) for f in check_tuple([facts], context)["vios1"].findings if f.severity is severity]


@pytest.mark.parametrize("given", [ALTDISK, BOSINST])
def test_nothing_is_wrong_with_a_good_vios(given):
    assert found(GOOD, given) == found(GOOD, given, Severity.WARNING) == []


def on(**changes):
    return replace(GOOD, readiness=replace(GOOD.readiness, **changes))


def master(*level):
    return replace(GOOD, ground=replace(GOOD.ground, master=level or None))


def disks(**changes):
    return Disks(tuple(replace(one, **changes) if one.name == "hdisk1" else one for one in DISKS.known))


def node(level):
    cluster = Cluster("pool", (Node("vios1", "OK", "OK", "vios1"), Node("vios5", "OK", "OK", "vios5")))
    ground = replace(GOOD.ground, in_cluster=True)
    facts = replace(GOOD, resources=(), cluster=Answer(cluster), ground=ground)
    return replace(facts, level=LevelAnswer(parse(level)))


@pytest.mark.parametrize(
    ("facts", "given", "asked", "check", "seen"),
    [
        (on(tool=False), ALTDISK, {}, "viosupgrade", "has no viosupgrade"),
        (master(7200, 2, 0), ALTDISK, {}, "master level", r"AIX 7.2 TL 2, expected 7.2 TL 3 or later"),
        (master(7200, 3, 4), BOSINST, {}, "master level", r"AIX 7.2 TL 3, expected 7.2 TL 4 or later"),
        (master(), BOSINST, {}, "master level", "does not show"),
        (master(*AIX72), {**ALTDISK, "copy_files": "/a"}, {}, "dialect", "copy_files needs .* 7.3"),
        (master(*AIX73), {**ALTDISK, "backup_name": "b"}, {}, "dialect", "backup_name needs .* 7.2"),
        (replace(GOOD, level=LevelAnswer(parse("2.2.6.21"))), ALTDISK, {}, "source level", "expected 2.2.6.30"),
        (GOOD, ALTDISK, {"level": parse("2.2.6.65")}, "image level", "expected 3.1.0.0"),
        (node("3.1.4.31"), ALTDISK, {"level": parse("4.1.1.10")}, "pool level", "expected 3.1.4.50 or later"),
        (node("3.1.4.50"), ALTDISK, {"level": parse("4.1.0.40")}, "pool level", "expected 4.1.1.0 or later"),
        (node("3.1.4.31"), {**ALTDISK, "manage_cluster": False}, {"level": NEW}, "-c", "manage_cluster is no"),
        (replace(GOOD, ground=replace(GOOD.ground, in_cluster=None)), ALTDISK, {}, "-c", "unknown whether"),
        (on(disks=Disks((*DISKS.known, Disk("hdisk5", None, "old_rootvg")))), ALTDISK, {}, "old_rootvg", "hdisk5"),
        (on(disks=Disks((*DISKS.known, Disk("hdisk5", None, "altinst_rootvg")))), BOSINST, {}, "altinst_rootvg", "5"),
        (on(disks=Disks(error="refused")), ALTDISK, {}, "disks", "no answer: refused"),
        (GOOD, {**ALTDISK, "disk": "hdisk8"}, {}, "disk hdisk8", "no disk of this name"),
        (GOOD, {**ALTDISK, "disk": "hdisk0"}, {}, "disk hdisk0", "is in rootvg"),
        (on(mapped=frozenset({"hdisk1"})), BOSINST, {}, "disk hdisk1", "mapped to a client"),
        (on(mapped=None), ALTDISK, {}, "disk hdisk1", "unknown whether a client uses it"),
        (on(disks=disks(pvid="00f2")), ALTDISK, {}, "disk hdisk1", "a disk in rootvg of vios2"),
        (on(disks=disks(identifier="id9")), ALTDISK, {}, "disk hdisk1", "a disk in rootvg of vios2"),
        (on(disks=disks(size=20480)), ALTDISK, {}, "disk", "20480 MB, expected 30720 or more"),
        (on(validated=(False, "returned 1: no")), ALTDISK, {}, "viosupgrade -v", "returned 1: no"),
    ],
)
def test_what_stops_a_start(facts, given, asked, check, seen):
    errors = found(facts, given, **asked)
    assert [name for name, _ in errors] == [check]
    assert re.search(seen, errors[0][1]), errors


def test_a_disk_that_the_partner_gives_to_a_client_is_not_free():
    partner = replace(GOOD.partners[0], mapped=frozenset({"hdisk7"}))
    facts = replace(GOOD, partners=(partner,))
    assert found(facts, {**ALTDISK, "disk": "hdisk2"}) == [("disk hdisk2", "is a disk of a client of vios2")]


@pytest.mark.parametrize(
    ("facts", "given", "check"),
    [
        (master(), ALTDISK, "master level"),
        (on(disks=disks(size=None)), ALTDISK, "disk hdisk1"),
        (GOOD, {**BARE, "overwrite": True}, "overwrite"),
        (replace(GOOD, partners=(replace(GOOD.partners[0], mapped=None),)), ALTDISK, "disk hdisk1"),
    ],
)
def test_what_worries_and_does_not_stop(facts, given, check):
    assert found(facts, given) == []
    assert [name for name, _ in found(facts, given, Severity.WARNING)] == [check]


# how a look reads


def look(view=READY, error="", served=3, **groups):
    known = tuple(Disk(name, None, vg) for vg, name in groups.items())
    return read(Look(view, Disks(() if error else known, error, served)), options(ALTDISK))


SUCCESS = replace(READY, result="success", outcome=Outcome.SUCCESS)


def test_nims_success_alone_is_none_of_an_altdisk():
    seen = look(SUCCESS, rootvg="hdisk0")
    assert (seen.idle, seen.outcome, seen.trace) == (None, None, None)


def test_an_alternate_root_volume_group_is_an_operation_also_where_nim_shows_none():
    seen = look(rootvg="hdisk0", altinst_rootvg="hdisk1")
    assert seen.busy
    assert seen.left(look(rootvg="hdisk0"))
    assert "reboot from hdisk1" in seen.advice


def test_done_is_rootvg_on_the_disk_named_and_the_former_next_to_it():
    assert look(SUCCESS, rootvg="hdisk1", old_rootvg="hdisk0").outcome is Outcome.SUCCESS
    assert look(SUCCESS, rootvg="hdisk2", old_rootvg="hdisk0").outcome is None
    assert look(SUCCESS, rootvg="hdisk1").outcome is None


def test_a_vios_that_does_not_answer_serves_nobody():
    assert look(error="refused").serving is False
    assert look(rootvg="hdisk0").serving is True


def test_silence_is_news_once():
    first, silent = look(rootvg="hdisk0"), look(error="refused", served=None)
    assert first.news(()) != silent.news(())
    passing = (*first.passing, *silent.passing)
    assert look(rootvg="hdisk0", error="").news(passing) == first.news(passing)


def test_a_failure_that_stood_there_before_is_no_failure_of_an_altdisk():
    failed = replace(READY, result="failure", outcome=Outcome.FAILURE)
    assert look(failed, rootvg="hdisk0").idle is None


@pytest.mark.parametrize(
    ("given", "view", "groups"),
    [
        (BOSINST, replace(SUCCESS, prev_state="alt_disk_install operation is being performed"), {"rootvg": "hdisk0"}),
        ({**BARE, "disk": "hdisk1"}, SUCCESS, {"rootvg": "hdisk0"}),
        (BOSINST, SUCCESS, {}),
    ],
    ids=["between the clone and the install", "elsewhere than asked", "silent"],
)
def test_nims_success_is_not_the_end_of_a_bosinst(given, view, groups):
    disks = Disks(tuple(Disk(name, None, vg) for vg, name in groups.items()), "" if groups else "refused")
    assert read(Look(view, disks), options(given)).outcome is None


def test_what_no_vios_was_asked_about_reads_as_nim_shows_it():
    assert read(Look(SUCCESS), options(BOSINST)) == METHODS["migvios"].read(Look(SUCCESS), options(BOSINST))


@pytest.mark.parametrize("given", [ALTDISK, {**BARE, "disk": "hdisk1"}])
def test_no_success_before_it_was_counted_what_the_clients_get(given):
    known = (Disk("hdisk1", None, "rootvg"), Disk("hdisk0", None, "old_rootvg"))
    assert read(Look(SUCCESS, Disks(known, counted=False)), options(given)).outcome is None
    assert read(Look(SUCCESS, Disks(known)), options(given)).outcome is Outcome.SUCCESS
