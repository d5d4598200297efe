"""liquidose chart: many doses of one drug on one sheet, by strength or by weight."""

from __future__ import annotations

import shutil
import sys
from typing import Any, Final, Literal

import click

from liquidose.cli.finding import find_site, locale_in_force, option_site
from liquidose.cli.showing import draw, say
from liquidose.cli.stopping import stop
from liquidose.errors import BadOption, LiquidoseError
from liquidose.site import Site

_FORMATS: Final = ("text", "csv", "json", "pdf")
_PAPERS: Final = ("A4", "Letter")


@click.group(
    "chart",
    epilog='\b\nExamples:\n  liquidose chart strengths --doses "5 mg, 10 mg" --strength "5 mg/5 mL" --strength "25 mg/5 mL"\n'
    "  liquidose chart weights examples/charts/ibuprofen.toml -o ibuprofen.pdf",
)
def command() -> None:
    """Doses of one drug side by side: in mL, on a stocked syringe; by strength or by weight.

    A dose that no stocked syringe measures well enough is greyed and says so.
    """


def _printed(function: Any) -> Any:
    """Adds what every chart can be printed as."""
    for option in reversed((
        click.option("-o", "output", metavar="FILE", help="Where to write it; its ending chooses the format."),
        click.option("--format", "form", type=click.Choice(_FORMATS), help="text (else), csv, json or pdf."),
        click.option("--paper", type=click.Choice(_PAPERS), help="Of the PDF (else Letter under the us profile, A4 under others)."),
        click.option("--large-print", is_flag=True, help="The PDF in 18 pt bold."),
        click.option("--working", is_flag=True, help="Add the arithmetic of every cell to a text or a PDF."),
    )):  # fmt: skip
        function = option(function)
    return option_site(function)


@command.command(
    "strengths",
    epilog='\b\nExample:\n  liquidose chart strengths --doses "5 mg, 10 mg, 15 mg" --strength "5 mg/5 mL" --drug baclofen '
    "-o baclofen.pdf",
)
@click.option(
    "--doses", required=True, multiple=True, metavar="LIST", help='"5 mg, 10 mg"; or the option again.'
)
@click.option("--strength", "strengths", required=True, multiple=True, metavar="STRENGTH", help="A bottle; again for the next column.")  # fmt: skip
@click.option("--drug", default="", metavar="NAME", help="The drug's name, printed with its strength.")
@click.option("--route", metavar="ROUTE", help='"by mouth" (else), "by tube" or "by injection".')
@click.option("--locale", metavar="NAME", help="How the numbers are written: en-US, de-DE …")
@_printed
def of_strengths(  # noqa: PLR0913  (one parameter an option)
    *,
    doses: tuple[str, ...],
    strengths: tuple[str, ...],
    drug: str,
    route: str | None,
    locale: str | None,
    output: str | None,
    form: Literal["text", "csv", "json", "pdf"] | None,
    paper: Literal["A4", "Letter"] | None,
    large_print: bool,
    working: bool,
    site_file: str | None,
) -> None:
    """Each dose of each strength: the mL, the syringe, the line to fill to."""
    from liquidose.charts.making import make_chart  # noqa: PLC0415  (the heavy rooms are entered only here)
    from liquidose.charts.strength_chart import doses_in  # noqa: PLC0415  (as above)
    from liquidose.orders.parts import route_of  # noqa: PLC0415  (as above)

    try:
        found = find_site(site_file)
        numbers, told_by = locale_in_force(locale, found)
        chart = make_chart(
            doses=[one for text in doses for one in doses_in(text)],
            strengths=strengths,
            drug=drug,
            route=route_of(route),
            locale=numbers,
            site=found.site,
        )
        _show(chart, output, form, paper, large_print=large_print, working=working, site=found.site)
    except LiquidoseError as error:
        stop(error, as_json=form == "json")
    if told_by:
        say(f"Note: Numbers were read as written in {numbers} ({told_by}).", error=True)


@command.command(
    "weights",
    epilog="\b\nExample:\n  liquidose chart weights examples/charts/ibuprofen.toml --large-print -o ibuprofen.pdf",
)
@click.argument("bands", metavar="BANDS.toml")
@_printed
def of_weights(  # noqa: PLR0913  (one parameter an option)
    bands: str,
    *,
    output: str | None,
    form: Literal["text", "csv", "json", "pdf"] | None,
    paper: Literal["A4", "Letter"] | None,
    large_print: bool,
    working: bool,
    site_file: str | None,
) -> None:
    """The dose of each band of weight, with mg per kg at both its ends.

    BANDS.toml states the drug, its strength, the dose (per kg with its maximum, or fixed for each band) and the
    bands, one by one or by a step. Bands with gaps or overlaps are refused.
    """
    from liquidose.charts.making import make_chart  # noqa: PLC0415  (the heavy rooms are entered only here)

    try:
        site = find_site(site_file).site
        chart = make_chart(bands=bands, site=site)
        _show(chart, output, form, paper, large_print=large_print, working=working, site=site)
    except LiquidoseError as error:
        stop(error, as_json=form == "json")


def _show(  # noqa: PLR0913  (a chart, and how it is printed)
    chart: Any,
    output: str | None,
    form: str | None,
    paper: Any,
    *,
    large_print: bool,
    working: bool,
    site: Site,
) -> None:
    """Nothing comes out; the chart is written, or shown here.

    Raises:
        BadOption: an ending that is no format, a PDF without a file, or an option that only a PDF has.
        LiquidoseError: as the chart's document does.
    """
    form = form or _of_ending(output)
    if form != "pdf" and (paper or large_print):
        raise BadOption(
            "--paper and --large-print are for a PDF.", "Write one with '-o chart.pdf'.", given=form
        )
    if working and form in {"csv", "json"}:
        raise BadOption(
            "--working is for a text or a PDF.", "Leave it out: the exact volumes stand there.", given=form
        )
    if form == "pdf":
        if output is None:
            raise BadOption("A PDF is written to a file.", "Name it: '-o chart.pdf'.", given="pdf")
        from liquidose.charting import chart_pdf  # noqa: PLC0415  (only here)

        content = chart_pdf(chart, paper=paper, large_print=large_print, working=working, fonts=site.fonts)
        _write(output, content)
        return
    text = _text(chart, form, output, working=working)
    if output is None:
        draw(text)
    else:
        _write(output, (text.rstrip("\n") + "\n").encode())


def _of_ending(output: str | None) -> str:
    """The format that the name of a file asks for."""
    if output is None:
        return "text"
    ending = output.rpartition(".")[2].lower()
    form = "text" if ending == "txt" else ending
    if form not in _FORMATS:
        raise BadOption(
            f"'{output}' does not end in .pdf, .csv, .json or .txt.",
            "Name the format: '--format pdf'.",
            given=output,
        )
    return form


def _text(chart: Any, form: str, output: str | None, *, working: bool) -> str:
    if form == "text":
        from liquidose.charts.tables import table_of  # noqa: PLC0415  (only here)
        from liquidose.render.table import WIDTH, table_text  # noqa: PLC0415  (as above)

        wide = (
            min(shutil.get_terminal_size().columns, WIDTH)
            if output is None and sys.stdout.isatty()
            else WIDTH
        )
        return table_text(table_of(chart, working=working), width=wide)
    from liquidose.exchange.charts import chart_csv, chart_document  # noqa: PLC0415  (only here)
    from liquidose.exchange.conversions import encoded  # noqa: PLC0415  (as above)

    return chart_csv(chart).rstrip("\n") if form == "csv" else encoded(chart_document(chart), indent=2)


def _write(output: str, content: bytes) -> None:
    from liquidose.whole_files import write_whole  # noqa: PLC0415  (only here)

    write_whole(output, content)
    say(f"Chart written to {output}.")
