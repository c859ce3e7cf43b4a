"""What the execution module returns has the form that the fleet's tools rely on."""

import sqlite3

from saltext_vios.fleet.shapes import misfit


def test_the_fleets_tools_take_what_the_module_returns(vios, options, simulator, state_dir):
    simulator.fault("fails", "vios3")
    vios.migrate("vios1,vios2", **options)
    vios.migrate("vios3,vios4", **options)
    answers = {
        "vios.overview": [vios.overview()],
        "vios.history": [vios.history(detail=True)],
        "vios.check": [vios.check("*", **options), vios.check("vios1,vios2", **options)],
        "vios.list": [vios.list()],
        "vios.hold": [vios.hold("storage")],
        "vios.release": [vios.release()],
    }
    vios.hold("storage")
    with sqlite3.connect(state_dir / "journal.db") as journal:
        journal.execute("UPDATE migration SET core = '{\"newer\": 1}' WHERE vios = 'vios1'")
    journal.close()
    answers["vios.overview"].append(vios.overview())
    answers["vios.history"].append(vios.history(detail=True))
    assert {fun: [misfit(fun, one) for one in found] for fun, found in answers.items()} == {
        fun: [""] * len(found) for fun, found in answers.items()
    }
