"""What most tests do with the pair ``vios1,vios2``, and what most of them expect of it."""

from tests.conftest import until

PAIR = "vios1-vios2"


def installing(vios, name="vios1"):
    """Return when a VIOS installs; what ``vios.progress`` tells of it."""

    def found():
        for one in vios.progress().values():
            if one["vios"].get(name, {}).get("phase") == "installing":
                return one["vios"][name]
        return None

    return until(found, what=f"the install of {name}")


def under_way(vios, simulator, options, **more):
    """The pair's first VIOS installs until the simulator's faults are cleared."""
    simulator.fault("install_hangs", "vios1")
    vios.migrate("vios1,vios2", wait=False, **{**options, **more})
    installing(vios)


def started(simulator):
    """The VIOSes for which ``nim -o migvios`` was issued, in order."""
    return [one["vios"] for one in simulator.starts()]


def migrated_once(simulator, *names):
    """Each VIOS was migrated by one start, the pair in its order, and no promise was broken."""
    assert started(simulator) == list(names or ("vios1", "vios2"))
    assert simulator.audit()["violations"] == []


def ended_well(ret, simulator):
    """The pair's call returned its success, and it is one."""
    assert ret["status"] == {PAIR: "SUCCESS-UPGR2"}, ret["meta"][PAIR]["messages"]
    migrated_once(simulator)
