"""The report as a page: whole without a network, safe whatever NIM masters say, and working in a browser."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import plotly.graph_objects
import pytest

from saltext_vios.fleet import chart
from saltext_vios.fleet.page import as_html
from saltext_vios.migration.statuses import Kind
from tests.unit.fleet.histories import AT, at, failed, held, migrated, report, run, under_way, vios

EVIL = "</script><script>alert('&')</script><img src=http://evil.example/>"
FETCHING = {"src", "href", "srcset", "data", "poster", "action", "formaction", "background", "manifest", "ping"}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH")


class Reader(HTMLParser):
    """The elements of a page with their attributes, and its text outside of scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.texts, self.within = [], [], ""
        self.feed(page)
        self.text = " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.within = tag

    def handle_endtag(self, tag):
        self.within = ""

    def handle_data(self, data):
        if self.within not in ("script", "style"):
            self.texts.append(data)

    def count(self, tag):
        return sum(one == tag for one, _ in self.elements)


@pytest.fixture
def without_plotly(monkeypatch):
    monkeypatch.setitem(sys.modules, "plotly", None)


@pytest.fixture
def in_browser(tmp_path):
    """A page with a script of the test at its end, as Chromium shows it then: the log of the script and the page."""

    def look(page, script, *more):
        path = tmp_path / "page.html"
        path.write_text(page.replace("</body>", f'<pre id="told"></pre><script>{script}</script></body>'))
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            f"--user-data-dir={tmp_path / 'profile'}",
        ]
        dumped = subprocess.run(
            [CHROMIUM, *options, *more, "--virtual-time-budget=10000", "--dump-dom", path.as_uri()],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        ).stdout
        return re.search(r'<pre id="told">(.*?)</pre>', dumped, re.DOTALL).group(1)

    return look


def test_nothing_is_fetched():
    page = as_html(report())
    for tag, attributes in Reader(page).elements:
        for name in FETCHING & set(attributes):
            assert attributes[name].startswith("#"), (tag, attributes)
    styles = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    assert "@import" not in styles
    assert "url(" not in styles


def test_the_browser_is_told_to_fetch_nothing():
    told = [one.get("content", "") for tag, one in Reader(as_html(report())).elements if tag == "meta"]
    policy = next(one for one in told if "default-src" in one)
    assert policy.startswith("default-src 'none';")
    assert "http" not in policy
    assert "*" not in policy


def test_nothing_can_be_sent_to_the_makers_of_plotly():
    config = re.search(r"Plotly\.newPlot\(.*?\)\s*\}", as_html(report()), re.DOTALL).group()
    assert "sendChartToCloud" not in config
    assert "plotlyServerURL" not in config
    assert '"displaylogo": false' in config
    assert '"modeBarButtons": [["toImage", ' in config


def test_whatever_a_nim_master_says_is_text():
    told = {**failed(expected=EVIL, seen={EVIL: EVIL}, output=EVIL, next=EVIL), "messages": [EVIL], "asked_by": EVIL}
    told["vios"][EVIL] = vios("SUCCESS-UPGR1", at(1), at(2), level={"old": EVIL, "new": EVIL})
    quiet = {**failed(), "vios": {"x": vios("SUCCESS-UPGR1", at(1), at(2))}}
    lists = {"failed": {"nim-c": EVIL}, "silent": [EVIL], "frames_unknown": {EVIL: EVIL}, "target": EVIL}
    evil = as_html(report({EVIL: [told]}, {EVIL: {"vios3": {"frame": EVIL}}}, **lists))
    harmless = as_html(report({"nim-a": [quiet]}))
    assert Reader(evil).count("script") == Reader(harmless).count("script")
    assert Reader(evil).count("img") == 0
    # Between the tags as text, and in the chart as JSON in which no tag can stand.
    assert EVIL not in evil
    assert EVIL in Reader(evil).text


def test_a_failure_is_reported_with_its_messages_and_the_next_step():
    text = Reader(as_html(report())).text
    for part in (
        "vios3-vios4 on nim-a: FAILURE-UPGR1",
        "Expected Cstate_result success",
        "err_info = 0042-175",
        "Next, on nim-a salt-call vios.log vios3",
        "message of run 2",
    ):
        assert part in text


def test_a_skipped_tuple_is_reported_with_its_last_message():
    late = {**held(), "messages": ["vios5: migrated", "held by root: storage work"]}
    text = Reader(as_html(report({"nim-master": [late]}))).text
    assert "SKIPPED-HELD 2026-11-29 03:00 held by root: storage work" in text
    assert "vios5: migrated" not in text


def test_a_skipped_tuple_is_reported_with_the_reason():
    assert "vios5-vios6 SKIPPED-HELD 2026-11-29 03:00 message of run 3" in Reader(as_html(report())).text


@browser
def test_every_column_fits_a_narrow_window(in_browser, without_plotly):
    by_a_job = {**migrated(), "asked_by": "job 20261128220012345678 of root"}
    script = """document.getElementById("told").textContent =
        [innerWidth, ...[...document.querySelectorAll(".wide")].map(one => one.scrollWidth - one.clientWidth)]"""
    page = as_html(report({"nim-master": [under_way(), by_a_job]}))
    assert in_browser(page, script, "--window-size=1000,800") == "1000,0"


def test_what_is_missing_is_reported():
    lists = {"failed": {"nim-b": "no journal"}, "silent": ["nim-c"], "frames_unknown": {"nim-a": "lsnim hangs"}}
    text = Reader(as_html(report(**lists))).text
    for part in ("nim-b : no journal", "nim-c : no answer", "nim-a : its frames are not known"):
        assert part in text


def test_the_page_tells_its_zone_and_its_counts():
    text = Reader(as_html(report())).text
    assert "Made 2026-11-29 06:00 +01:00" in text
    assert "All times are UTC+01:00" in text
    assert "4 tuples 1 FAILURE-UPGR1 1 SKIPPED-HELD" in text


def test_without_plotly_all_but_the_chart_is_there(without_plotly):
    page = Reader(as_html(report()))
    assert "pip install saltext-vios[report]" in page.text
    assert "salt-call vios.log vios3" in page.text
    # A head, and a line per VIOS; the same for what was skipped.
    assert page.count("tr") == 1 + 8 + 1 + 1
    assert page.count("script") == 1


def test_nothing_at_all_is_a_page_too():
    page = Reader(as_html(report({"nim-a": []})))
    assert "0 tuples" in page.text
    assert "Nothing was started or skipped in this time." in page.text


def bars(figure):
    """By VIOS: the lane, and from when to when, in hours after midnight."""
    found = {}
    for trace in figure["data"]:
        for lane, name, base, length in zip(trace["y"], trace.get("text", ()), trace.get("base", ()), trace["x"]):
            start = int(base[11:13]) + int(base[14:16]) / 60
            found[name] = (figure["layout"]["yaxis"]["ticktext"][lane], start, start + length / 3_600_000)
    return found


def test_every_vios_is_a_bar_in_the_lane_of_its_frame():
    assert bars(chart.figures(report())[0]) == {
        "vios1": ("frame1", 1, 2),
        "vios2": ("frame1", 2, 4),
        "vios3": ("frame2", 1, 2),
        "vios7": ("frame4", 5, 6),
    }


def test_what_is_under_way_lasts_until_now_though_the_clock_of_its_master_is_ahead():
    ahead = run(1, "a", "SUCCESS-UPGR1-INIT", None, {"a": vios("SUCCESS-UPGR1-INIT", at(7))})
    found = bars(chart.figures(report({"nim-a": [under_way(), ahead]}, {}))[0])
    assert found == {"vios7": ("vios7-vios8", 5, 6), "a": ("a", 7, 7)}


def test_what_was_not_started_is_a_mark_at_the_time_it_was_skipped():
    marks = [trace for trace in chart.figures(report())[0]["data"] if trace["type"] == "scatter"]
    assert [(trace["name"], trace["x"]) for trace in marks] == [("skipped, nothing started", ["2026-11-29T03:00:00"])]


def test_a_figure_is_one_that_plotly_knows():
    figure = chart.figures(report())[0]
    assert {trace["name"] for trace in figure["data"] if trace["type"] == "bar"} == {
        Kind.MIGRATED.value,
        Kind.FAILED.value,
        Kind.UNDER_WAY.value,
    }
    plotly.graph_objects.Figure(figure)


def test_a_long_name_keeps_its_begin_and_its_end():
    frame = "Server-9080-M9S-" + "x" * 60 + "-SN7800001"
    labels = chart.figures(report({"nim-a": [migrated()]}, {"nim-a": {"vios1": {"frame": frame}}}))[0]
    label = labels["layout"]["yaxis"]["ticktext"][1]
    assert label.startswith("Server-9080-M9S-")
    assert label.endswith("-SN7800001")
    assert len(label) <= chart.LABEL


def test_many_lanes_are_several_figures_with_one_span_of_time_each_with_its_axis():
    runs = {f"nim-{m}": [migrated(n, f"a{n}", f"b{n}") for n in range(9)] for m in "abcdefg"}
    figures = chart.figures(report(runs, {}))
    labels = [one["layout"]["yaxis"]["ticktext"] for one in figures]
    assert [sum(label.startswith("<b>") for label in one) for one in labels] == [2, 2, 2, 1]
    assert max(map(len, labels)) <= chart.ROWS
    assert len({tuple(one["layout"]["xaxis"]["range"]) for one in figures}) == 1
    assert all(one["layout"]["xaxis"]["side"] == "top" for one in figures)
    assert as_html(report(runs, {})).count("plotly.js v") == as_html(report()).count("plotly.js v")


def test_a_nim_master_with_many_lanes_stands_above_each_of_its_figures():
    figures = chart.figures(report({"nim-a": [migrated(n, f"a{n}", f"b{n}") for n in range(50)]}, {}))
    labels = [one["layout"]["yaxis"]["ticktext"] for one in figures]
    assert [len(one) for one in labels] == [20, 20, 13]
    assert {one[0] for one in labels} == {"<b>nim-a</b>"}


def test_a_figure_fits_on_a_sheet_of_paper():
    figures = chart.figures(report({"nim-a": [migrated(n, f"a{n}", f"b{n}") for n in range(50)]}, {}))
    room = (210 - 2 * 12) / 25.4 * 96  # pixels of A4 landscape within its margins
    assert max(one["layout"]["height"] for one in figures) < room - 60  # the headline of the section


def test_repeated_failures_of_a_tuple_are_folded_under_the_newest():
    again = [{**failed(), "run": n, "messages": [f"message of run {n}"]} for n in (9, 8, 7)]
    page = as_html(report({"nim-a": again}))
    assert Reader(page).count("article") == 1
    assert Reader(page).count("details") == 1
    assert "2 earlier failures of this tuple" in Reader(page).text
    assert "message of run 7" in Reader(page).text


SORT = """
const told = [];
const press = name => {
  const button = Array.from(document.querySelectorAll("#migrations th button")).find(b => b.textContent === name);
  button.click();
  const rows = Array.from(document.querySelectorAll("#migrations tbody tr"));
  const sorted = Array.from(document.querySelectorAll("#migrations th[aria-sort]"));
  const order = rows.map(row => row.cells[3].textContent);
  told.push([name, ...sorted.map(head => head.getAttribute("aria-sort")), ...order].join(" "));
};
["VIOS", "VIOS", "took", "took", "started"].forEach(press);
document.getElementById("told").textContent = told.join("\\n");
"""


@browser
def test_a_column_sorts_the_table_up_and_down_and_empty_cells_stay_last(in_browser):
    vioses = {
        "vios10": vios("SUCCESS-UPGR1", at(3), at(3, 30)),
        "vios9": vios("SUCCESS-UPGR2", at(1), at(4)),
        "vios1": vios("SUCCESS-UPGR2", at(2), at(3)),
        "vios2": vios(),
    }
    page = as_html(report({"nim-a": [run(1, "x", "SUCCESS-UPGR2", AT.isoformat(), vioses)]}))
    assert in_browser(page, SORT).splitlines() == [
        "VIOS ascending vios1 vios2 vios9 vios10",
        "VIOS descending vios10 vios9 vios2 vios1",
        "took ascending vios10 vios1 vios9 vios2",
        "took descending vios9 vios1 vios10 vios2",
        "started ascending vios9 vios1 vios10 vios2",
    ]


CHART = """
addEventListener("load", () => {
  const texts = selector => Array.from(document.querySelectorAll(selector), one => one.textContent);
  document.getElementById("told").textContent = JSON.stringify({
    bars: document.querySelectorAll(".barlayer .point").length,
    marks: document.querySelectorAll(".scatterlayer .point").length,
    lanes: texts(".ytick text"),
    fetched: performance.getEntriesByType("resource").length,
    wider: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  });
});
"""


@browser
def test_the_chart_is_drawn_and_nothing_was_fetched(in_browser):
    assert in_browser(as_html(report()), CHART) == (
        '{"bars":4,"marks":1,"lanes":["nim-a","frame1","frame2","frame3","frame4"],"fetched":0,"wider":false}'
    )
