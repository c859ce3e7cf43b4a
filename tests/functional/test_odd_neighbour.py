"""Whatever NIM shows of one pair, and whatever its VIOSes answer: the pair beside it ends as if it were alone."""

import contextlib
import itertools
import tempfile
from unittest.mock import patch

from hypothesis import example, given, settings
from hypothesis import strategies as st

from saltext_vios.driver.client import Caller, request
from saltext_vios.driver.home import prepare
from saltext_vios.driver.journal import Journal
from saltext_vios.driver.reports import status
from saltext_vios.driver.settings import Settings
from saltext_vios.nim.client import Client
from saltext_vios.nim.process import Output
from saltext_vios.nim.replies import RemoteReply
from saltext_vios.options import checked
from saltext_vios.simulator.api import Simulator
from tests.conftest import settings_of, until
from tests.drive import PAIR
from tests.functional.conftest import EACH
from tests.in_process import Night

OTHER = "vios3-vios4"
BOTH = [["vios1", "vios2"], ["vios3", "vios4"]]
USED = (
    *("Cstate", "Cstate_result", "prev_state", "Mstate", "info", "err_info"),
    *("if1", "mgmt_profile1", "control", "type", "ioslevel", "Rstate", "source_image"),
)
ODD = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=40),
    st.sampled_from(["success", "failure", "currently running", "x y", "x y z w", "= =", "3.1.4.31 SP1", "\x1b[2J"]),
)


LOOKS = st.lists(st.dictionaries(st.sampled_from(USED), ODD, min_size=1), min_size=1, max_size=3)


@example([{"if1": "= =", "Mstate": "A", "type": "failure"}, {"prev_state": "B", "Mstate": "C"}], None, "bosinst")
@given(LOOKS, ODD, st.sampled_from(sorted(EACH)))
@settings(max_examples=30)
def test_whatever_nim_shows_of_one_pair_the_other_ends_as_if_alone(looks, answer, way):
    """Every listing shows something else of the odd pair, its VIOSes and the tool answer with anything, by each way."""
    with tempfile.TemporaryDirectory() as root:
        simulator = Simulator.create(f"{root}/nim", speed=0)
        home = prepare(f"{root}/state")
        words = settings_of(simulator, home.path, poll_interval=600.0, stall_timeout=7200.0)
        try:
            with Night(simulator).falls() as night, odd(looks, answer):
                request(home, BOTH, {**checked(EACH[way]), "time_limit_text": ""}, Settings(**words), Caller("a test"))
                night.start_driver(home, None)
                until(lambda: night.driver is None, what="the end of both pairs")
                with Journal(home) as journal:
                    found = status(journal)
            assert found[OTHER] == "SUCCESS-UPGR2"
            assert found[PAIR]
            violations = simulator.audit()["violations"]
            assert violations == []
        finally:
            simulator.close()


@contextlib.contextmanager
def odd(looks, answer):
    """From the second listing on, what NIM shows of ``vios1`` and ``vios2`` is overlaid."""
    listings, true, show = itertools.count(), Client.vioses, Client.show
    level, reply, tool = Client.level, Client.reply, Client.upgrade_tool

    def is_odd(host):
        return answer is not None and host.startswith(("vios1", "vios2"))

    def overlaid(attributes, number):
        changes = looks[number % len(looks)]
        kept = {name: value for name, value in attributes.items() if name not in changes}
        return {**kept, **{name: value for name, value in changes.items() if value is not None}}

    def vioses(nim):
        shown, number = true(nim), next(listings)
        odd_ones = {name: overlaid(shown[name], number) for name in ("vios1", "vios2")} if number else {}
        return {**shown, **odd_ones}

    def resource(nim, name):
        found = show(nim, name)
        return overlaid(found, 0) if found and name.startswith(("vios1_", "vios2_")) else found

    def its_level(nim, host):
        return answer if is_odd(host) else level(nim, host)

    def replied(nim, host, command):
        return RemoteReply(answer, 0) if is_odd(host) else reply(nim, host, command)

    def reported(nim, argv):
        return Output(0, answer, "") if is_odd(argv[argv.index("-n") + 1]) else tool(nim, argv)

    ways = {"vioses": vioses, "show": resource, "level": its_level, "reply": replied, "upgrade_tool": reported}
    with patch.multiple(Client, **ways):
        yield
