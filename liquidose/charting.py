"""From a chart to its document."""

from __future__ import annotations

import hashlib

import msgspec

from liquidose._version import __version__
from liquidose.charts.strength_chart import StrengthChart
from liquidose.charts.tables import Table, table_of
from liquidose.charts.weight_chart import WeightChart
from liquidose.devices.stocks import Paper
from liquidose.files import data_version
from liquidose.mark_pages import paper_of
from liquidose.pages.chart import chart_pages
from liquidose.pages.fonts import further_face
from liquidose.quantities.writing import Profile
from liquidose.render.pdf import Document


def chart_pdf(
    chart: StrengthChart | WeightChart,
    *,
    paper: Paper | None = None,
    large_print: bool = False,
    working: bool = False,
    fonts: tuple[str, ...] = (),
) -> bytes:
    """The chart as a PDF, on the paper of its profile unless another is named; with the arithmetic of every cell if asked.

    Raises:
        DoesNotFit: a word wider than its column.
        UnreadableText: a character that none of the faces has.
    """
    table = table_of(chart, working=working)
    made_by = f"liquidose {__version__}, data {data_version()}, {chart.profile} rules, id {document_id(table, chart.profile)}"
    pages = chart_pages(
        table,
        paper=paper or paper_of(chart.profile),
        large_print=large_print,
        foot=f"{made_by}. Nothing here is in true size, so there is no check bar.",
        further=tuple(further_face(path) for path in fonts),
    )
    document = Document(title=table.title)
    for page in pages:
        document.add(page)
    return document.finished(keywords=made_by)


def document_id(table: Table, profile: Profile) -> str:
    """From the words of the chart and what made it alone: the same chart, the same id."""
    content = msgspec.json.encode((__version__, data_version(), profile, table))
    return hashlib.sha256(content).hexdigest()[:8]
