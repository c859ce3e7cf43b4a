"""The command lines of NIM, attribute for attribute."""

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios.errors import Refused
from saltext_vios.methods.migvios import refuse
from saltext_vios.nim import commands, on_vios
from saltext_vios.options import OPTIONS, checked

EVERYTHING = {
    "mksysb_name": "mk",
    "backup_name": "bk",
    "group": "gr",
    "spot_name": "sp",
    "lpp_source": "lp",
    "bosinst_data": "bd",
    "resolv_conf": "rc",
    "image_data": "id",
    "log": "lg",
    "file_resource": "fr",
    "disk": "hdisk1",
    "cluster": "cl",
    "current_database": "db",
    "command_flags": "-x",
    "viosbr_flags": "validate",
    "mk_image": True,
    "boot_client": True,
    "set_boot_list": True,
    "concurrent": True,
    "manage_cluster": False,
    "debug": True,
}


def migvios(**given_):
    return commands.migvios("vios1", checked(given_))


def attributes(**given_):
    argv = migvios(**given_)
    return dict(word.split("=", 1) for word in argv[4:-1:2])


def names(**given_):
    return commands.resource_names("vios1", checked(given_))


def test_without_options_the_command_is_that_of_the_reference():
    assert commands.copy_and_paste(migvios()) == (
        "nim -Fo migvios -a ios_mksysb=vios1_sysb -a ios_backup=vios1_iosb -a mk_image=no -a boot_client=no "
        "-a set_bootlist=no -a skipcluster=no -a debug=no vios1"
    )


def test_with_every_option_the_order_is_that_of_the_reference():
    assert commands.copy_and_paste(migvios(**EVERYTHING)) == (
        "nim -Fo migvios -a ios_mksysb=mk -a ios_backup=bk -a group=gr -a spot=sp -a lpp_source=lp "
        "-a bosinst_data=bd -a resolv_conf=rc -a image_data=id -a log=lg -a file_res=fr -a disk=hdisk1 "
        "-a cluster=cl -a current_db=db -a cmd_flags=-x -a viosbr_flags=validate -a mk_image=yes -a boot_client=yes "
        "-a set_bootlist=yes -a concurrent=yes -a skipcluster=yes -a debug=yes vios1"
    )


def test_with_every_option_the_attributes_are_those_that_the_options_tell():
    assert set(attributes(**EVERYTHING)) == {option.attribute for option in OPTIONS if option.attribute}


@given(st.dictionaries(st.sampled_from(sorted(EVERYTHING)), st.none()))
def test_leaving_options_out_never_changes_the_order_of_the_rest(left_out):
    whole = [word.split("=")[0] for word in migvios(**EVERYTHING)]
    some = [word.split("=")[0] for word in migvios(**{**EVERYTHING, **left_out})]
    rest = iter(word for word in whole if word != "-a")
    assert all(word in rest for word in some if word != "-a")


def test_without_nim_force_there_is_no_F():
    assert migvios(nim_force=False)[:3] == ["nim", "-o", "migvios"]


def test_concurrent_is_never_sent_as_no():
    assert "concurrent" not in attributes(concurrent=False)


def test_the_time_limit_is_ours_and_not_sent():
    assert "time_limit" not in attributes(time_limit="4h")


@pytest.mark.parametrize(("manage", "skip"), [(True, "no"), (False, "yes")])
def test_managing_the_cluster_is_not_skipping_it(manage, skip):
    assert attributes(manage_cluster=manage)["skipcluster"] == skip


@pytest.mark.parametrize("kind", ["mksysb", "backup"])
def test_a_resource_is_named_by_its_name_else_by_prefix_vios_and_postfix(kind):
    attribute, postfix = {"mksysb": ("ios_mksysb", "_sysb"), "backup": ("ios_backup", "_iosb")}[kind]
    assert names()[attribute] == f"vios1{postfix}"
    assert names(**{f"{kind}_prefix": "p_"})[attribute] == f"p_vios1{postfix}"
    assert names(**{f"{kind}_postfix": "_q"})[attribute] == "vios1_q"
    assert names(**{f"{kind}_postfix": ""})[attribute] == "vios1"
    assert names(**{f"{kind}_name": "n", f"{kind}_prefix": "p_", f"{kind}_postfix": "_q"})[attribute] == "n"


def test_no_spot_is_named_unless_asked_for():
    assert "spot" not in names()
    assert "spot" not in attributes()


@pytest.mark.parametrize(
    ("options", "spot"),
    [
        ({"spot_name": "s"}, "s"),
        ({"spot_prefix": "p_"}, "p_vios1_spot"),
        ({"spot_postfix": "_q"}, "vios1_q"),
        ({"spot_prefix": "p_", "spot_postfix": "_q"}, "p_vios1_q"),
        ({"spot_prefix": "p_", "spot_postfix": ""}, "p_vios1"),
    ],
)
def test_a_spot_is_named_by_its_name_prefix_or_postfix(options, spot):
    assert names(**options)["spot"] == spot
    assert attributes(**options)["spot"] == spot


def test_every_named_resource_is_reported_under_its_nim_attribute():
    assert names(**EVERYTHING) == {
        "ios_mksysb": "mk",
        "ios_backup": "bk",
        "group": "gr",
        "spot": "sp",
        "lpp_source": "lp",
        "bosinst_data": "bd",
        "resolv_conf": "rc",
        "image_data": "id",
        "log": "lg",
        "file_res": "fr",
    }


def test_the_resources_told_are_those_that_are_sent():
    sent = attributes(**EVERYTHING)
    for attribute, name in names(**EVERYTHING).items():
        assert sent[attribute] == name


@pytest.mark.parametrize("build", [commands.resource_names, commands.migvios])
def test_a_built_name_that_nim_cannot_have_is_refused(build):
    with pytest.raises(Refused, match=r"mksysb_prefix.*'p{36}vios1_sysb'"):
        build("vios1", checked({"mksysb_prefix": "p" * 36}))


def test_one_backup_for_two_vioses_is_refused():
    with pytest.raises(Refused, match=r"backup_name is 'bk' for vios1, vios2.*backup_prefix"):
        refuse([("vios1", "vios2")], checked({"backup_name": "bk"}))
    with pytest.raises(Refused):
        refuse([("vios1",), ("vios2",)], checked({"backup_name": "bk"}))


def test_one_backup_for_one_vios_is_fine():
    assert refuse([("vios1",)], checked({"backup_name": "bk"})) is None


def test_one_image_that_every_vios_would_make_is_refused():
    with pytest.raises(Refused, match=r"mksysb_name is 'mk'.*mk_image.*mksysb_prefix"):
        refuse([("vios1", "vios2")], checked({"mksysb_name": "mk", "mk_image": True}))


def test_one_image_that_all_are_installed_from_is_fine():
    assert refuse([("vios1", "vios2")], checked({"mksysb_name": "mk"})) is None


def test_one_vios_may_make_the_image_it_names():
    assert refuse([("vios1",)], checked({"mksysb_name": "mk", "mk_image": True})) is None


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs",))), min_size=1))
def test_the_line_to_copy_and_paste_is_the_same_command_in_a_shell(argv):
    assert shlex.split(commands.copy_and_paste(argv)) == argv


@pytest.mark.parametrize(
    ("argv", "brings"),
    [
        (commands.list_vioses(), "vios6:\n"),
        (commands.show("vios1"), "vios1:\n   class"),
        (commands.resources_of("vios1"), "vios_31431_spot"),
        (commands.operations_of("vios1"), "migvios"),
        (commands.showlog("vios1"), "script log of vios1"),
    ],
)
def test_a_question_is_understood_by_a_nim_master(simulator, argv, brings):
    simulator.fault("left_allocated", "vios1", resource="vios_31431_spot")
    told = subprocess.run(argv, executable=simulator.bin / argv[0], capture_output=True, text=True, check=True)
    assert brings in told.stdout


def test_a_reset_and_a_release_are_understood_by_a_nim_master(simulator):
    simulator.fault("foreign_operation", "vios1")
    simulator.fault("left_allocated", "vios1", resource="vios_31431_spot")
    for argv in (commands.reset("vios1"), commands.deallocate("vios1")):
        subprocess.run(argv, executable=simulator.bin / "nim", check=True)
    assert simulator.get("vios1")["Cstate_result"] == "reset"
    assert simulator.get("vios_31431_spot")["alloc_count"] == "0"


def test_a_remote_command_is_one_word_and_prints_its_exit_status():
    assert commands.remote("vios1.example.com", on_vios.IOSLEVEL) == [
        "c_rsh",
        "vios1.example.com",
        "( LC_ALL=C /usr/ios/cli/ioscli ioslevel ); echo rc=$?",
    ]


@pytest.mark.parametrize("name", ["hdisk4; reboot", "lv_root", "", "hdisk$(x)"])
def test_only_a_disks_name_goes_to_the_shell_of_a_vios(name):
    with pytest.raises(Refused, match="is no name of a disk"):
        commands.reserve_policies(["hdisk1", name])
