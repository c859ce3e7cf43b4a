"""Draws the pictures of the pages: ``PYTHONPATH=src:. python docs/pictures/draw.py``.

Needs Salt, rich, plotly and Chromium. They are made by the code that draws for people, from a night that never was.
"""

import io
import os
import shutil
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path
from unittest import mock

from rich.console import Console
from rich.text import Text

from saltext_vios.fleet import page, screen
from saltext_vios.fleet.watching import Picture
from saltext_vios.output import vios as outputter
from tests.unit.fleet import histories, test_watching

HERE = Path(__file__).parent
LEVEL = {"old": "3.1.2.21", "new": "3.1.4.31", "wanted": "3.1.4.31"}


def a_table():
    """What ``vios.migrate`` shows of two pairs, of which one failed."""
    done = {"status": "SUCCESS-UPGR1", "level": LEVEL, "duration": 4351, "failure": None}
    failure = {
        "expected": "Cstate_result success, and the VIOS to answer with ioslevel 3.1.4.31",
        "seen": {"Cstate": "ready for a NIM operation", "Cstate_result": "failure"},
        "since": histories.at(3, 12),
        "output": "/var/adm/saltext-vios/commands/8-1-1",
        "next": "salt-call vios.log vios3",
    }
    broken = {"status": "FAILURE-UPGR1", "level": {**LEVEL, "new": None}, "duration": 3120, "failure": failure}
    idle = {"status": None, "level": {"old": None, "new": None, "wanted": None}, "duration": None, "failure": None}
    ret = {
        "result": False,
        "changed": True,
        "msg": "migration failed for vios3-vios4; see status and meta for details",
        "targets": [["vios1", "vios2"], ["vios3", "vios4"]],
        "status": {"vios1-vios2": "SUCCESS-UPGR2", "vios3-vios4": "FAILURE-UPGR1"},
        "nim_node": {"vios": {}},
        "meta": {
            "messages": [],
            "vios1-vios2": {"messages": [], "vios1": done, "vios2": {**done, "status": "SUCCESS-UPGR2"}},
            "vios3-vios4": {"messages": [], "vios3": broken, "vios4": idle},
        },
        "runs": {},
        "left_alone": {},
    }
    outputter.__opts__ = {"color": True, "output_file": None, "extension_modules": ""}
    with mock.patch.dict(os.environ, COLUMNS="100"):
        shown = outputter.output({"nim-a": ret})
    return Text.from_ansi(f"$ salt nim-a vios.migrate '[[vios1,vios2],[vios3,vios4]]' ...\n{shown}")


def bars():
    """What ``salt-run vios.watch`` shows of a fleet in the middle of its night."""
    entry, moving, vios = test_watching.entry, test_watching.moving, test_watching.vios
    watched = Picture()
    first = {
        "vios1-vios2": entry("SUCCESS-UPGR2-INIT", vios1=vios("done"), vios2={**moving(48), "percent": 81}),
        "vios3-vios4": entry("SUCCESS-UPGR1-INIT", run=2, vios3={**moving(11), "percent": 18}, vios4=vios()),
    }
    second = {
        "vios5-vios6": entry("SUCCESS-UPGR1-INIT", run=1, vios5={**moving(34), "percent": 57}, vios6=vios()),
        "vios7-vios8": entry(run=2, vios7=vios(), vios8=vios()),
    }
    watched.asked("nim-a", test_watching.overview(**first))
    watched.asked("nim-b", test_watching.overview(**second))
    with mock.patch.dict(os.environ, COLUMNS="100", TERM="xterm-256color"):
        shown = screen.Bars(io.StringIO())
    now = test_watching.AT
    shown.show(watched, now)
    lines = [
        (now - timedelta(minutes=3), "nim-a", "vios1-vios2", "vios2: installing (BOS install 81% complete)"),
        (now - timedelta(minutes=1), "nim-b", "vios5-vios6", "vios5: installing (BOS install 57% complete)"),
    ]
    said = "\n".join(screen._line(*line) for line in lines)
    return said, shown.progress.get_renderable()


def picture(name, *drawn):
    console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True)
    for one in drawn:
        console.print(one, highlight=False)
    console.save_svg(str(HERE / name), title="")


def report():
    """The report of six frames, as a browser shows it."""
    night = [
        histories.run(
            n,
            f"vios{2 * n - 1}-vios{2 * n}",
            "SUCCESS-UPGR2",
            histories.at(4, 3 * n),
            {
                f"vios{2 * n - 1}": histories.vios("SUCCESS-UPGR1", histories.at(0, 5 * n), histories.at(1, 9 * n)),
                f"vios{2 * n}": histories.vios("SUCCESS-UPGR2", histories.at(2, 8 * n - 7), histories.at(3, 7 * n)),
            },
        )
        for n in range(1, 6)
    ]
    frames = {f"vios{n}": {"frame": f"frame{(n + 1) // 2}"} for n in range(1, 13)}
    broken = histories.failed(6, "vios11", "vios12", output="/var/adm/saltext-vios/commands/6-1-1")
    broken["messages"] = ["vios11: NIM shows Cstate_result 'failure', err_info '0042-175'"]
    night.insert(0, broken)
    text = page.as_html(histories.report({"nim-a": night}, {"nim-a": frames}))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "report.html"
        path.write_text(text)
        words = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=5000"]
        words += ["--window-size=1000,1180", f"--screenshot={HERE / 'report.png'}"]
        browser = shutil.which("chromium") or "google-chrome"
        subprocess.run([browser, *words, path.as_uri()], check=True)


if __name__ == "__main__":
    picture("migrate.svg", a_table())
    picture("watch.svg", *bars())
    report()
