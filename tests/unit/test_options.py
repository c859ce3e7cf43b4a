"""The options of a migration: their names, defaults, what is refused, and what the refusal says."""

import re
import shlex
from datetime import datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from saltext_vios import asked, task_options
from saltext_vios.errors import Refused
from saltext_vios.kinds import Kind
from saltext_vios.nim.commands import migvios
from saltext_vios.options import ALSO, BY_NAME, OPTIONS, by_method, checked, described, typed

# What Salt's state compiler takes for itself.
RESERVED = """
    order use retry parallel failhard fire_event runas umask check_cmd creates onlyif unless saltenv name names
    require watch onchanges onfail prereq listen timeout test
"""
IBMS = """
    vios_status nim_node time_limit mksysb_name mksysb_prefix mksysb_postfix backup_name backup_prefix
    backup_postfix spot_name spot_prefix spot_postfix group lpp_source bosinst_data resolv_conf image_data log
    file_resource disk cluster current_database command_flags viosbr_flags mk_image boot_client set_boot_list
    concurrent manage_cluster debug
"""
# Those of IBM's `nim_viosupgrade` beside them, of which it has two under a name of its own.
IBMS_UPGRADE = "clone_disk overwrite resources"
OURS = """
    clone clone_to
    level force nim_force method max_parallel max_failures wait verify poll_interval stall_timeout
    allow_unknown_frame paths paths_timeout ignore_clients time_margin tuple_order frame level_below unpaired
    backup backup_max_age
    type copy_files pre_restore_script post_install_script validate reboot overlap
"""


def given_alone(name, value):
    """What an option comes to that is given beside the method it belongs to."""
    return checked({"method": BY_NAME[name].methods[0], name: value})[name]


def of(*kinds):
    return [option.name for option in OPTIONS if option.kind in kinds]


def test_every_option_of_ibms_module_is_there_and_ours_are_marked():
    assert {option.name for option in OPTIONS if option.ibm} == set(f"{IBMS} {IBMS_UPGRADE}".split())
    assert {option.name for option in OPTIONS if not option.ibm} == set(OURS.split())


def test_no_option_comes_twice():
    assert len(BY_NAME) == len(OPTIONS)


def test_no_option_carries_a_name_of_salts_state_compiler():
    assert not set(RESERVED.split()) & set(BY_NAME)


def test_a_call_without_options_has_every_option_with_its_default():
    values = checked({})
    assert list(values) == list(BY_NAME)
    assert {name for name, value in values.items() if value is True} == {
        "manage_cluster",
        "nim_force",
        "wait",
        "verify",
    }
    assert {name for name, value in values.items() if value is False} == {
        *("mk_image", "boot_client", "set_boot_list", "concurrent", "debug", "force", "allow_unknown_frame"),
        *("unpaired", "overwrite", "validate", "overlap", "clone"),
    }
    words = {name: value for name, value in values.items() if value not in (None, True, False)}
    assert words == {
        "method": "migvios",
        "paths": "warn",
        "paths_timeout": 1800,
        "tuple_order": "longest",
        "backup": "warn",
        "backup_max_age": "7d",
        "reboot": "tool",
    }


def test_a_given_value_wins_over_vios_defaults_and_these_over_the_table():
    defaults = {"debug": True, "boot_client": True}
    values = checked({"debug": False}, defaults)
    assert values["debug"] is False
    assert values["boot_client"] is True
    assert values["mk_image"] is False


def test_none_counts_as_not_given():
    values = checked({"debug": None, "manage_cluster": None}, {"debug": True, "manage_cluster": None})
    assert values["debug"] is True
    assert values["manage_cluster"] is True


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("mksysb_nme", "mksysb_name"),
        ("timelimit", "time_limit"),
        ("boot_clients", "boot_client"),
        ("set_bootlist", "set_boot_list"),
        ("file_res", "file_resource"),
        ("current_db", "current_database"),
        ("cmd_flags", "command_flags"),
        ("skipcluster", "manage_cluster"),
    ],
)
def test_an_unknown_option_is_refused_and_the_one_meant_is_named(name, meant):
    with pytest.raises(Refused, match=f"unknown option '{name}', did you mean '{meant}'"):
        checked({name: "x"})


def test_an_unknown_option_like_no_other_is_refused_with_all_that_are_known():
    with pytest.raises(Refused) as refusal:
        checked({"qqq": 1})
    assert all(name in str(refusal.value) for name in ("'qqq'", *BY_NAME))


def test_the_action_of_ibms_module_is_no_option_but_a_function():
    with pytest.raises(Refused, match=r"'action'.*vios\.migrate"):
        checked({"action": "migrate"})


def test_targets_are_no_option():
    with pytest.raises(Refused, match="'targets'"):
        checked({"targets": "vios1"})


def test_an_unknown_option_with_the_value_none_is_refused_all_the_same():
    with pytest.raises(Refused, match="did you mean 'debug'"):
        checked({"debugg": None})


def test_a_refusal_shows_when_vios_defaults_are_at_fault():
    with pytest.raises(Refused, match=r"vios:defaults.*'mksysb_nme'.*'mksysb_name'"):
        checked({}, {"mksysb_nme": "x"})
    with pytest.raises(Refused, match="in vios:defaults, debug is 'maybe'"):
        checked({}, {"debug": "maybe"})
    with pytest.raises(Refused, match=r"vios:defaults is \['x'\], expected a map"):
        checked({}, ["x"])


def test_a_default_that_cannot_be_does_not_matter_where_the_call_says_another():
    assert checked({"debug": True}, {"debug": "maybe"})["debug"] is True


@pytest.mark.parametrize("name", of(Kind.YES_NO))
@pytest.mark.parametrize(
    ("word", "value"),
    [(True, True), (False, False), ("yes", True), ("No", False), ("TRUE", True), ("off", False), ("on", True)],
)
def test_yes_and_no_may_be_booleans_or_words(name, word, value):
    assert given_alone(name, word) is value


@pytest.mark.parametrize("value", [0, 1, "0", "", "y", "maybe", " yes", [], {}, 1.0])
def test_anything_else_is_neither_yes_nor_no(value):
    with pytest.raises(Refused, match=r"boot_client is .*expected yes or no"):
        checked({"boot_client": value})


@pytest.mark.parametrize("name", of(Kind.NAME))
def test_a_resource_has_a_name_that_nim_can_have(name):
    assert given_alone(name, "vios_31431-a!") == "vios_31431-a!"
    for value in ("a.b", "a b", "-a", "", "x" * 40, "a;b", 31431):
        with pytest.raises(Refused, match=f"{name} is {value!r}"):
            checked({name: value})


@pytest.mark.parametrize("name", of(Kind.PART))
def test_a_prefix_or_postfix_has_the_characters_of_a_name_and_may_be_empty(name):
    assert given_alone(name, "") == ""
    assert given_alone(name, "-a_") == "-a_"
    for value in ("a.b", "a b", "/", 5):
        with pytest.raises(Refused, match=f"{name} is {value!r}"):
            checked({name: value})


NO_TEXTS = ("", " ", 5, True, ["a"])


@pytest.mark.parametrize("disks", ["hdisk0", "hdisk12 hdisk13", "hdisk1,hdisk2", "hdisk1, hdisk2"])
def test_a_disk_is_an_hdisk_or_several(disks):
    assert checked({"disk": disks})["disk"] == disks


@pytest.mark.parametrize("value", [*NO_TEXTS, "disk1", "hdisk1 -a boot_client=yes", "hdisk1;id", " hdisk1", "hdisk1,"])
def test_any_other_disk_is_refused(value):
    with pytest.raises(Refused, match=rf"disk is {re.escape(repr(value))}, expected a disk such as hdisk1"):
        checked({"disk": value})


@pytest.mark.parametrize("name", of(Kind.WORD))
def test_a_cluster_and_its_database_are_plain_words(name):
    assert given_alone(name, "ssp-1.example:/db_2") == "ssp-1.example:/db_2"
    for value in (*NO_TEXTS, "`id`", "-x", "a b", "a;b", "$(id)", "ssp\u00fc"):
        with pytest.raises(Refused, match=rf"{name} is {re.escape(repr(value))}, expected letters, digits"):
            checked({name: value})


@pytest.mark.parametrize("name", of(Kind.FLAGS))
def test_flags_hold_nothing_that_a_script_would_read_as_more_than_flags(name):
    assert given_alone(name, "-skipcluster -a x=1,2 /tmp/f+g:h") == "-skipcluster -a x=1,2 /tmp/f+g:h"
    for value in (*NO_TEXTS, "-", "-x; touch /tmp/p", "$(id)", "`id`", "-x | y", "'x'", "-x&", "*", "a>b", "\\"):
        with pytest.raises(Refused, match=rf"{name} is {re.escape(repr(value))}, expected letters, digits, blanks"):
            checked({name: value})


TO_ARGV = [
    name
    for name in of(Kind.NAME, Kind.PART, Kind.DISKS_EACH, Kind.WORD, Kind.FLAGS)
    if "migvios" in BY_NAME[name].methods
]


@given(st.dictionaries(st.sampled_from(TO_ARGV), st.text() | st.from_regex(r"[ -~]{1,20}", fullmatch=True), max_size=3))
def test_nothing_but_plain_characters_reaches_a_command_line(given_):
    try:
        argv = migvios("vios1", checked(given_))
    except Refused:
        return
    assert all(re.fullmatch(r"[A-Za-z0-9 _.,:=/+!-]+", word) for word in argv)
    assert [word for word in argv if word.startswith("-")] == ["-Fo", *["-a"] * argv.count("-a")]


CONTROL = ["\n", "\r", "\t", "\0", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u202e", "\ud800"]


@pytest.mark.parametrize("character", CONTROL)
@pytest.mark.parametrize("name", BY_NAME)
def test_control_characters_are_refused_in_every_option(name, character):
    value = f"a{character}b"
    if BY_NAME[name].kind in (Kind.MAP, Kind.STATUS_MAP):
        value = {"vios1": value}
    with pytest.raises(Refused, match=f"{name} is "):
        checked({name: value})


@pytest.mark.parametrize("nested", [{"a\n": 1}, {"vios": {"vios1": {"info": "a\x1b"}}}, {"vios": ["a", "b\0"]}])
def test_control_characters_are_found_deep_in_a_map(nested):
    with pytest.raises(Refused, match="without control characters"):
        checked({"nim_node": nested})


@pytest.mark.parametrize("name", of(Kind.SECONDS))
@pytest.mark.parametrize(("value", "seconds"), [(30, 30), (0.5, 0.5), ("30", 30), ("1.5", 1.5)])
def test_seconds_are_a_number_or_its_digits(name, value, seconds):
    assert given_alone(name, value) == seconds


@pytest.mark.parametrize("name", of(Kind.SECONDS))
@pytest.mark.parametrize(
    "value",
    [
        0,
        -1,
        True,
        "nan",
        "inf",
        "",
        "30s",
        " 30",
        "1_0",
        "1e3",
        "-5",
        float("nan"),
        float("inf"),
        10**400,
        "9" * 400,
        [30],
    ],
)
def test_seconds_are_positive_and_finite(name, value):
    with pytest.raises(Refused, match=f"{name} is .*expected a positive number of seconds"):
        checked({name: value})


@pytest.mark.parametrize(("value", "count"), [(1, 1), (8, 8), ("8", 8), (2.0, 2)])
def test_a_count_is_a_whole_number(value, count):
    found = checked({"max_parallel": value})["max_parallel"]
    assert found == count
    assert isinstance(found, int)


@pytest.mark.parametrize("value", [0, -1, 1.5, True, False, "", "x", "0", "10%", 10**400, []])
def test_a_count_is_positive(value):
    with pytest.raises(Refused, match=r"max_parallel is .*expected a positive whole number"):
        checked({"max_parallel": value})


@pytest.mark.parametrize(("value", "share"), [(2, "2"), ("2", "2"), ("10%", "10%"), ("100%", "100%"), ("2.5%", "2.5%")])
def test_failures_are_limited_by_a_count_or_a_percentage(value, share):
    assert checked({"max_failures": value})["max_failures"] == share


@pytest.mark.parametrize(
    "value", [0, -1, 1.5, True, "", "%", "0%", "101%", "-5%", "ten%", "nan%", "10 %", "10%%", 10**400]
)
def test_another_limit_of_failures_is_refused(value):
    with pytest.raises(Refused, match=r"max_failures is .*percentage such as '10%'"):
        checked({"max_failures": value})


def test_a_method_is_one_of_two():
    assert checked({"method": "migvios", "tuple_order": "given"})["method"] == "migvios"
    assert checked({"method": "viosupgrade"})["method"] == "viosupgrade"
    with pytest.raises(Refused, match="method is 'altdisk', expected 'migvios', 'viosupgrade' or 'auto'"):
        checked({"method": "altdisk"})
    with pytest.raises(Refused, match="type is 'disk', expected 'bosinst' or 'altdisk'"):
        checked({"method": "viosupgrade", "type": "disk"})


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        (
            {"type": "altdisk"},
            "type is an option of method=viosupgrade, .*'migvios'; say method=viosupgrade",
        ),
        (
            {"method": "viosupgrade", "type": "bosinst", "clone": True, "clone_to": "hdisk2"},
            "clone is an option of method=migvios, .*altinst_rootvg.*type=bosinst say clone_disk=hdisk2 instead",
        ),
        ({"method": "viosupgrade", "boot_client": True}, "boot_client is an option of method=migvios, .*'viosupgrade'"),
    ],
)
def test_an_option_of_the_other_method_is_refused_naming_both(given_, said):
    with pytest.raises(Refused, match=said):
        checked(given_)


def test_what_vios_defaults_hold_for_the_other_method_does_not_matter():
    values = checked({"method": "viosupgrade", "type": "altdisk"}, {"boot_client": True, "mksysb_name": "image"})
    assert (values["boot_client"], values["mksysb_name"]) == (False, "image")


IBMS_NAMES = {
    "ios_mksysb": "mksysb_name",
    "spotname": "spot_name",
    "backup_file_resource": "backup_name",
    "rootvg_clone_disk": "clone_disk",
    "rootvg_install_disk": "disk",
    "skip_rootvg_cloning": "overwrite",
}


def test_the_names_of_ibms_other_module_are_taken_too():
    assert ALSO == IBMS_NAMES
    found = checked({"method": "viosupgrade", "ios_mksysb": "image", "rootvg_install_disk": "hdisk1"})
    assert (found["mksysb_name"], found["disk"]) == ("image", "hdisk1")


def test_with_auto_the_options_of_both_methods_are_taken_until_it_is_known_which():
    values = checked({"method": "auto", "type": "altdisk", "disk": "hdisk1", "boot_client": True})
    assert (values["type"], values["boot_client"]) == ("altdisk", True)
    migvios_, upgrade = by_method(values, "migvios"), by_method(values, "viosupgrade")
    assert (migvios_["type"], migvios_["boot_client"], migvios_["method"]) == (None, True, "migvios")
    assert (upgrade["type"], upgrade["boot_client"], upgrade["method"]) == ("altdisk", False, "viosupgrade")


def test_an_option_under_both_of_its_names_is_refused():
    with pytest.raises(Refused, match="'disk' is given twice: 'rootvg_install_disk' is IBM's name for it"):
        checked({"disk": "hdisk1", "rootvg_install_disk": "hdisk2"})


def test_who_asks_for_a_preview_is_told_what_it_is_here():
    with pytest.raises(Refused, match=r"vios\.check with validate=True"):
        checked({"method": "viosupgrade", "preview": True})


@pytest.mark.parametrize("value", ["resolv:log", ["resolv", "log"], "resolv,log"])
def test_resources_are_names_between_colons(value):
    assert given_alone("resources", value) == ["resolv", "log"]
    with pytest.raises(Refused, match="resources is 'a b'"):
        given_alone("resources", "a b")


@pytest.mark.parametrize("name", of(Kind.PATH))
def test_a_path_is_absolute_and_plain(name):
    assert given_alone(name, "/export/nim/files.txt") == "/export/nim/files.txt"
    for value in ("files", "/a b", "/a;b", "/$(id)", 3):
        with pytest.raises(Refused, match="expected an absolute path"):
            given_alone(name, value)


@pytest.mark.parametrize("written", ["level: 3.10", "level: 3", "level: yes"])
def test_a_level_that_yaml_made_a_number_is_refused_with_the_hint_to_quote_it(written):
    with pytest.raises(Refused, match=r"YAML reads 3\.10 as 3\.1; quote it: level: '3\.1\.4\.31'"):
        checked(yaml.safe_load(written))


@pytest.mark.parametrize("written", ["time_limit: 12:30", "time_limit: 4", "time_limit: 1.5", "time_limit: no"])
def test_a_time_that_yaml_made_a_number_is_refused_with_the_hint_to_quote_it(written):
    with pytest.raises(Refused, match="YAML reads 12:30 as 750; quote it: time_limit: '"):
        checked(yaml.safe_load(written))


def test_levels_and_times_are_passed_on_unread():
    moment = datetime(2026, 11, 30, 4, 0)
    assert checked({"level": "3.10"})["level"] == "3.10"
    assert checked({"time_limit": "4h"})["time_limit"] == "4h"
    assert checked({"time_limit": moment})["time_limit"] == moment


@pytest.mark.parametrize("value", ["recorded", {}, {"vios1-vios2": "SUCCESS-UPGR1"}, {"vios1": None}])
def test_earlier_results_are_a_map_or_the_word_recorded(value):
    assert checked({"vios_status": value})["vios_status"] == value


@pytest.mark.parametrize(
    "value", ["Recorded", "vios1", ["vios1"], True, {1: "SUCCESS"}, {"vios1": 1}, {"vios1": {"a": "b"}}]
)
def test_other_earlier_results_are_refused(value):
    with pytest.raises(Refused, match=r"vios_status (is|holds) .*expected"):
        checked({"vios_status": value})


def test_nim_node_is_any_map():
    assert checked({"nim_node": {"vios": {"vios1": {"if1": ["a", 1]}}}})["nim_node"]["vios"]["vios1"]["if1"] == ["a", 1]
    with pytest.raises(Refused, match="nim_node is 'x', expected a map"):
        checked({"nim_node": "x"})


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.datetimes()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=5,
)


@given(st.dictionaries(st.one_of(st.sampled_from(list(BY_NAME)), st.text()), ANYTHING, max_size=3))
def test_any_options_are_checked_or_refused(given_):
    try:
        values = checked(given_)
    except Refused:
        return
    assert list(values) == list(BY_NAME)
    assert checked(values) == values


def test_every_option_is_described_for_people():
    for name, description in described().items():
        assert name in BY_NAME
        assert description["meaning"].endswith(".")
        assert description["type"]
    assert described()["boot_client"]["attribute"] == "boot_client"
    assert described()["level"]["from"] == "this module"


@pytest.mark.parametrize("value", ["3h", "2h30m", "90m", "1d", "auto", "+2h30m", "2H"])
def test_a_margin_is_a_duration_or_auto(value):
    assert checked({"time_margin": value})["time_margin"] == value


@pytest.mark.parametrize("value", [3, 3.5, True, "", "3", "long", "AUTO", "3h 2", "-1h", f"{'9' * 30}d"])
def test_any_other_margin_is_refused(value):
    with pytest.raises(Refused, match=r"time_margin is .*expected a duration such as '3h'"):
        checked({"time_margin": value})


@pytest.mark.parametrize("value", ["first", 1, ["given"], True])
def test_an_order_is_given_or_longest(value):
    with pytest.raises(Refused, match="expected 'given' or 'longest'"):
        checked({"tuple_order": value})


def test_options_are_typed_again_without_defaults_and_what_only_steers_a_call():
    given = checked({"method": "viosupgrade", "type": "altdisk", "disk": {"vios1": "hdisk1"}, "max_parallel": 3})
    assert typed(given) == """disk='{"vios1": "hdisk1"}' method=viosupgrade type=altdisk"""


@pytest.mark.parametrize(
    "options", [{"level": "4.1"}, {"boot_client": True}, {"disk": "hdisk1"}, {"mksysb_name": "on"}]
)
def test_what_is_typed_is_read_as_it_was_given(options):
    words = [word.partition("=") for word in shlex.split(typed(checked(options)))]
    assert {name: yaml.safe_load(text) for name, _, text in words} == options


# What the value of a kind is when it is checked; one without a default may be None.
TYPES = {
    Kind.YES_NO: "bool",
    Kind.NAMES: "list[str]",
    Kind.DISKS_EACH: "Any",
    Kind.SECONDS: "float",
    Kind.COUNT: "int",
    Kind.TIME: "float",
    Kind.MAP: "dict[str, Any]",
    Kind.STATUS_MAP: "str | Mapping[str, str | None]",
    Kind.RESOURCES: "list[str]",
    Kind.MARGIN: "float | str",
    Kind.CLIENTS: "list[str]",
}


def type_of(option):
    known = TYPES.get(option.kind, "str")
    return known if option.default is not None or known == "Any" else f"{known} | None"


def test_the_type_of_each_option_is_that_of_its_kind():
    said = {name: one.__forward_arg__ for name, one in asked.Options.__annotations__.items()}
    of_tasks = {option.name: option for own in task_options.OWN.values() for option in own}
    known = {**of_tasks, **BY_NAME}
    made = dict.fromkeys(("time_limit_text", "task", *task_options.MADE), "str")
    assert said == {**{name: type_of(option) for name, option in known.items()}, **made}


def test_what_is_always_there_is_every_option_of_a_migration():
    assert asked.Options.__required_keys__ == BY_NAME.keys()
