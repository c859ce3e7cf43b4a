"""A report as one HTML page that needs no other file. All texts of NIM masters are escaped by Jinja."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import jinja2
from markupsafe import Markup

from saltext_vios import __version__
from saltext_vios.fleet import chart
from saltext_vios.fleet.report import Report, show
from saltext_vios.migration.statuses import Kind

# Plotly's others include one that sends the chart to a service of its makers.
BUTTONS = [["toImage", "zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]]
MISSING = "pip install saltext-vios[report]"


def as_html(report: Report) -> str:
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("saltext_vios.fleet"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(show=show, took=took)
    figures = chart.figures(report)
    return templates.get_template("report.html.jinja").render(
        report=report,
        Kind=Kind,
        has_figures=bool(figures),
        charts=_drawn(figures),
        missing=MISSING,
        offset=report.at.isoformat()[-6:],
        version=__version__,
    )


def _drawn(figures: Sequence[chart.Figure]) -> list[Markup]:
    """The charts, the first with all of plotly's JavaScript; none where plotly is not installed."""
    try:
        from plotly import io
    except ImportError:
        return []
    texts = [
        io.to_html(
            figure,
            full_html=False,
            include_plotlyjs=number == 0,
            config={"displaylogo": False, "responsive": True, "modeBarButtons": BUTTONS},
            div_id=f"timeline-{number}",
            validate=False,
        )
        for number, figure in enumerate(figures)
    ]
    # Plotly writes its data as JSON in which < and / are escaped.
    return [Markup(text) for text in texts]  # noqa: S704


def took(seconds: float | None) -> str:
    return "" if seconds is None else str(timedelta(seconds=round(seconds)))
