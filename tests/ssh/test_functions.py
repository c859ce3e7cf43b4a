"""Every public function over ssh: none is forgotten, none ends in a traceback."""

import pytest

from tests.conftest import driver_pid, until
from tests.ssh.conftest import OPTIONS
from tests.ssh.following import LONG, PAIR, done, reached, statuses

BEFORE = {
    "list": (["levels=True"], lambda told: told["vios1"]["frame"] == "a1"),
    "show": (["vios1"], lambda told: told["type"] == "vios"),
    "clients": (["vios1,vios2"], lambda told: set(told) == {PAIR} or "vios1" in str(told)),
    "options": ([], lambda told: "level" in str(told)),
    "command": (["vios1,vios2", *OPTIONS], lambda told: "nim -Fo migvios" in str(told)),
    "check": (["vios1,vios2", *OPTIONS], lambda told: PAIR in str(told)),
    "hold": (["reason=night"], lambda told: told["held"] is True),
    "release": ([], lambda told: told["changed"] is True),
    "metrics": ([], lambda told: "vios_" in told),
    "backups": ([], lambda told: "vios1" in str(told)),
}
MEANWHILE = {
    "progress": ([], lambda told: told[PAIR]["vios"]["vios1"]["phase"] == "installing"),
    "overview": ([], lambda told: told["driver"] is True and PAIR in told["tuples"]),
    "driver": ([], lambda told: told["running"] is True),
    "stop": (["confirm=True"], lambda told: told["under_way"] == [PAIR]),
}
AFTERWARDS = {
    "status": ([], lambda told: told == {PAIR: "SKIPPED-HELD"}),
    "history": (["detail=True"], lambda told: told[0]["status"] == "SKIPPED-HELD"),
    "log": (["vios1"], lambda told: isinstance(told, str)),
    "resume": ([], lambda told: told["result"] is True),
    "reset": (["vios1", "confirm=True"], lambda told: told["changed"] is True),
}
# Looked at only: what stands in the way here is an answer, too.
LOOKS = {"backup": [], "clone": ["disk=hdisk1"], "cleanup": []}
# Asked in the midst of the story below.
STORY = {"migrate", "wait", "cancel", "capture", "rollback"}


@pytest.mark.thorough
def test_every_function_answers(salt_ssh, begin, target, simulator):
    offered = {name.partition(".")[2] for name in salt_ssh("sys.list_functions", "vios").data}
    known = {*BEFORE, *MEANWHILE, *AFTERWARDS, *LOOKS, *STORY}
    assert known == offered

    def ask(table):
        for name, (words, fits) in table.items():
            call = salt_ssh(f"vios.{name}", *words)
            assert call.returncode == 0, call
            assert fits(call.data), (name, call.data)

    ask(BEFORE)
    for name, words in LOOKS.items():
        assert "test: " in salt_ssh(f"vios.{name}", "vios1", "test=True", *words).data["msg"], name
    simulator.fault("install_hangs", "vios1")
    assert salt_ssh("vios.migrate", "vios1,vios2", "wait=False", *OPTIONS).returncode == 0
    reached(target, "vios1", "installing")
    ask(MEANWHILE)
    waiting = begin("vios.wait")
    until(lambda: driver_pid(target.state_dir), LONG, what="the driver that vios.wait asked for")
    taken = salt_ssh("vios.cancel", "vios1,vios2")
    assert taken.data["tuples"][PAIR]["goes_on"] == ["vios1"], taken
    simulator.clear()
    assert waiting.end().data["status"] == {PAIR: "SKIPPED-HELD"}
    done(target, "SKIPPED-HELD")
    capture = str(target.state_dir / "captures" / "vios.json")
    taken = salt_ssh("vios.capture", capture, "vios1")
    assert taken.data.get("out") == capture, taken
    refused = salt_ssh("vios.rollback", "vios1")
    assert "confirm=True" in str(refused.data), refused
    ask(AFTERWARDS)
    assert statuses(target) == {PAIR: "SKIPPED-HELD"}
    assert [one["vios"] for one in simulator.starts()] == ["vios1"]
    assert simulator.audit()["violations"] == []
