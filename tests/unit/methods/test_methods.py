"""Which method a request has, and which one ``auto`` means on a NIM master."""

import pytest

from saltext_vios import methods
from saltext_vios.errors import Refused
from saltext_vios.kinds import METHODS
from saltext_vios.options import BY_NAME, checked

NEW = (7300, 3)


def test_there_is_one_for_each_name_that_the_options_know():
    assert tuple(methods.METHODS) == METHODS
    assert all(set(option.methods) <= set(METHODS) for option in BY_NAME.values())


def test_a_request_of_an_earlier_version_is_migvios():
    assert methods.of({}).name == methods.of({"method": None}).name == "migvios"


@pytest.mark.parametrize(("argv", "name"), [(["nim", "-Fo"], "migvios"), (["viosupgrade"], "viosupgrade"), ([], None)])
def test_a_recorded_command_shows_its_method(argv, name):
    assert methods.named_by(argv) == name


@pytest.mark.parametrize(
    ("kind", "operations", "tool", "master", "name"),
    [
        ("altdisk", {"migvios"}, True, NEW, "viosupgrade"),
        ("altdisk", {"migvios"}, True, (7200, 2), "migvios"),
        ("bosinst", {"migvios"}, True, (7200, 3), "migvios"),
        ("bosinst", {"migvios"}, True, (7200, 4), "viosupgrade"),
        ("altdisk", {"migvios"}, False, NEW, "migvios"),
        ("altdisk", {"migvios"}, True, None, "migvios"),
        (None, {"migvios"}, True, NEW, "migvios"),
    ],
)
def test_auto_is_what_the_nim_master_offers(kind, operations, tool, master, name):
    assert methods.automatic(checked({"method": "auto", "type": kind}), operations, tool, master) == name


def test_auto_is_refused_where_nothing_is_offered():
    with pytest.raises(Refused, match=r"offers neither: .*lists no migvios, and type is not given"):
        methods.automatic(checked({"method": "auto"}), set(), True, NEW)
    with pytest.raises(Refused, match="no viosupgrade new enough"):
        methods.automatic(checked({"method": "auto", "type": "bosinst"}), set(), True, (7200, 3))
