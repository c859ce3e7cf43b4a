"""The timeline of a report as a figure for plotly: a lane per frame, a bar per VIOS. Plain data."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Union

from saltext_vios.fleet.report import Lane, Report, Run, Vios, lanes, show
from saltext_vios.migration.statuses import Kind

DARK, GREY = "#1b1b1b", "#555555"
# Colours on which dark text can be read, with a pattern for those who see no difference between them.
LOOKS = {
    Kind.MIGRATED: ("#86d39a", ""),
    Kind.FAILED: ("#f28b82", "x"),
    Kind.UNDER_WAY: ("#8ab8f0", "/"),
    Kind.SKIPPED: ("#f3c969", ""),
    Kind.CURRENT: ("#c8c8c8", ""),
}
PATTERN = {"fillmode": "overlay", "size": 6, "solidity": 0.15, "fgcolor": GREY}
LANE, ABOVE = 26, 80  # pixels
LABEL = 44  # characters of a lane's name; the whole name stands in the table
# Of one figure: so many fit on a sheet of paper with the axis above them, and twice as many take four times as long.
ROWS = 20

Figure = dict[str, Any]
Row = Union[str, Lane]


def figures(report: Report) -> list[Figure]:
    """One or several with the same span of time; none when there is nothing to draw.

    What was not started is a mark at the time at which that was decided.
    """
    found = lanes(report)
    times = [at for lane in found for run, one in lane.vioses for at in _span(run, one, report.at)]
    if not times:
        return []
    margin = (max(times) - min(times)) / 50 or timedelta(minutes=1)
    range_ = [_moment(min(times) - margin), _moment(max(times) + margin)]
    return [_figure(rows, range_, report.at) for rows in _split(found)]


def _split(found: Sequence[Lane]) -> list[list[Row]]:
    """The rows of each figure: lanes below the name of their NIM master, whose lanes stay together if there is room."""
    made: list[list[Row]] = []
    for master, group in groupby(found, key=lambda lane: lane.master):
        mine = list(group)
        for first in range(0, len(mine), ROWS - 1):
            rows = [master, *mine[first : first + ROWS - 1]]
            if made and len(made[-1]) + len(rows) <= ROWS:
                made[-1] += rows
            else:
                made.append(rows)
    return made


def _figure(rows: Sequence[Row], range_: Sequence[str], at: datetime) -> Figure:
    drawn = [(number, run, one) for number, row in enumerate(rows) if isinstance(row, Lane) for run, one in row.vioses]
    return {
        "data": [*_bars(drawn, at), *_marks(drawn, at)],
        "layout": {
            "height": ABOVE + LANE * len(rows) + 20,
            "margin": {"t": ABOVE, "b": 20, "l": 10, "r": 20, "pad": 4},
            "barmode": "overlay",
            "plot_bgcolor": "#ffffff",
            "paper_bgcolor": "#ffffff",
            "font": {"color": DARK, "family": "sans-serif", "size": 12},
            "hoverlabel": {"align": "left"},
            "uniformtext": {"mode": "hide", "minsize": 10},
            "legend": {"orientation": "h", "yref": "container", "y": 1, "yanchor": "top", "x": 0, "xanchor": "left"},
            "showlegend": True,
            "xaxis": {"type": "date", "side": "top", "range": range_, "gridcolor": "#dddddd"},
            "yaxis": {
                "type": "linear",
                "range": [len(rows) - 0.5, -0.5],
                "tickvals": list(range(len(rows))),
                "ticktext": [_label(row) for row in rows],
                "automargin": True,
                "fixedrange": True,
                "showgrid": False,
                "zeroline": False,
            },
            "shapes": _lines(rows),
        },
    }


def _bars(drawn: Sequence[tuple[int, Run, Vios]], at: datetime) -> list[dict[str, Any]]:
    """One trace per kind, so that the legend shows and hides them."""
    made = []
    for kind, (colour, pattern) in LOOKS.items():
        mine = [(lane, run, one) for lane, run, one in drawn if one.kind is kind and one.started]
        spans = [_span(run, one, at) for _, run, one in mine]
        if mine:
            made.append(
                {
                    "type": "bar",
                    "orientation": "h",
                    "name": kind.value,
                    "y": [lane for lane, _, _ in mine],
                    "base": [_moment(start) for start, _ in spans],
                    "x": [(end - start) / timedelta(milliseconds=1) for start, end in spans],
                    "width": 0.72,
                    "text": [html.escape(one.vios) for _, _, one in mine],
                    "textposition": "inside",
                    "insidetextanchor": "start",
                    "textangle": 0,
                    "textfont": {"color": DARK},
                    "hovertext": [_hover(run, one) for _, run, one in mine],
                    "hoverinfo": "text",
                    # The line keeps a bar of minutes visible among months.
                    "marker": {
                        "color": colour,
                        "line": {"color": GREY, "width": 1},
                        "pattern": {**PATTERN, "shape": pattern},
                    },
                }
            )
    return made


def _marks(drawn: Sequence[tuple[int, Run, Vios]], at: datetime) -> list[dict[str, Any]]:
    made = []
    for kind, (colour, _) in LOOKS.items():
        mine = [(lane, run, one) for lane, run, one in drawn if one.kind is kind and not one.started]
        if mine:
            made.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": f"{kind.value}, nothing started",
                    "y": [lane for lane, _, _ in mine],
                    "x": [_moment(_span(run, one, at)[0]) for _, run, one in mine],
                    "hovertext": [_hover(run, one) for _, run, one in mine],
                    "hoverinfo": "text",
                    "marker": {
                        "symbol": "diamond",
                        "size": 10,
                        "color": colour,
                        "line": {"color": GREY, "width": 1},
                    },
                }
            )
    return made


def _span(run: Run, one: Vios, at: datetime) -> tuple[datetime, datetime]:
    """When it was migrated. What is under way lasts until now; the clock of a NIM master may be ahead of ours."""
    if one.started is None:
        decided = run.finished or at
        return decided, decided
    return one.started, one.finished or max(at, one.started)


def _lines(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Between lanes, darker above a NIM master."""
    return [
        {
            "type": "line",
            "layer": "below",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": number - 0.5,
            "y1": number - 0.5,
            "line": {"color": "#777777" if isinstance(row, str) else "#eeeeee", "width": 1},
        }
        for number, row in enumerate(rows)
    ]


def _moment(at: datetime) -> str:
    """Without its zone, of which plotly knows nothing; all times of a report are in the same."""
    return at.replace(tzinfo=None).isoformat()


def _label(row: Row) -> str:
    """What plotly shows is a small HTML of its own."""
    text = row if isinstance(row, str) else row.name
    if len(text) > LABEL:
        half = (LABEL - 2) // 2
        text = f"{text[:half]}..{text[-half:]}"
    return f"<b>{html.escape(text)}</b>" if isinstance(row, str) else html.escape(text)


def _hover(run: Run, one: Vios) -> str:
    lines = [
        f"{one.vios} on {run.master}: {one.status}",
        f"frame {one.frame or 'unknown'}",
        f"level {one.level_old or 'unknown'} to {one.level_new or 'unknown'}",
    ]
    if one.started:
        lines.append(f"started {show(one.started)}")
    if one.finished:
        lines.append(f"finished {show(one.finished)}")
    if run.messages and one.kind in (Kind.FAILED, Kind.SKIPPED):
        lines += textwrap.wrap(run.messages[-1], 80)
    return "<br>".join(html.escape(line) for line in lines)
