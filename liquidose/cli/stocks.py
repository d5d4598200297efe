"""liquidose stocks: sheets and rolls of labels."""

from __future__ import annotations

import re
from fractions import Fraction

import click

from liquidose.cli.finding import find_site, option_site
from liquidose.cli.showing import say
from liquidose.cli.stopping import stop
from liquidose.devices.printers import Printer, printer_of
from liquidose.devices.stocks import SHEETS, Paper, Stock, find_stocks, stock_of
from liquidose.errors import LiquidoseError, UnreadableText
from liquidose.numbers import read_number, write_number


@click.group(
    "stocks",
    invoke_without_command=True,
    epilog="\b\nExamples:\n  liquidose stocks --size 63x38 --paper A4\n"
    "  liquidose stocks show avery-l7160 --outline -o outline.pdf",
)
@click.option("--size", metavar="WxH", help="Size of a label in mm, either way round: 63x38.")
@click.option("--paper", type=click.Choice([*SHEETS, "roll"]), help="Only this paper.")
@option_site
@click.pass_context
def command(ctx: click.Context, *, size: str | None, paper: Paper | None, site_file: str | None) -> None:
    """The label stocks, or those of a size or paper."""
    if ctx.invoked_subcommand is not None:
        return
    try:
        own = find_site(site_file).site.stock
        found = find_stocks(size_mm=_size(size) if size else None, paper=paper, own=own)
    except LiquidoseError as error:
        stop(error)
    for stock in found:
        click.echo(_row(stock))
    if not found:
        say("No label stock is like that. Leave --size or --paper out to see more.")


def _size(text: str) -> tuple[Fraction, Fraction]:
    match = re.fullmatch(r"\s*([0-9.]+)\s*[x×*]\s*([0-9.]+)\s*(?:mm)?\s*", text)
    if match is None:
        raise UnreadableText(f"'{text}' is not a size.", "Write it like '63x38', in mm.", given=text)
    return read_number(match[1]), read_number(match[2])


def _dimensions(stock: Stock) -> str:
    if stock.shape == "continuous":
        return f"{write_number(stock.label_width_mm)} mm wide"
    return f"{write_number(stock.label_width_mm)} x {write_number(stock.label_height_mm)} mm"


def _row(stock: Stock) -> str:
    grid = f"{stock.columns} x {stock.rows}" if stock.paper in SHEETS else stock.shape
    return (
        f"{stock.id:<22} {_dimensions(stock):<20} {stock.paper:<7} {grid:<11} "
        f"{stock.confidence:<7} {stock.brand} {stock.part}"
    )


@command.command("show")
@click.argument("identity", metavar="ID")
@click.option("--outline", is_flag=True, help="Write the empty grid as a PDF, to hold against the sheet.")
@click.option("-o", "output", metavar="FILE", help="Where to write the outline (else ID-outline.pdf).")
@click.option("--printer", metavar="NAME", help="Make up for the error of this printer.")
@option_site
def show(
    identity: str, *, outline: bool, output: str | None, printer: str | None, site_file: str | None
) -> None:
    """One stock with its source, or the empty grid of it."""
    try:
        site = find_site(site_file).site
        stock = stock_of(identity, site.stock)
        profile = printer_of(printer, stock.id, site.printer) if printer else None
        if outline:
            target = output or f"{stock.id}-outline.pdf"
            _write_outline(stock, target, profile)
    except LiquidoseError as error:
        stop(error)
    if outline:
        say(f"Outline written to {target}. Print it at 100 % and hold it against the sheet.")
        return
    say(f"{stock.id}: {stock.brand} {stock.part}, {stock.description}")
    say(f"  labels: {_dimensions(stock)}, {stock.shape}; {stock.columns * stock.rows} on {stock.paper}")
    if stock.paper in SHEETS:
        first = f"{write_number(stock.x0_mm)} mm from the left, {write_number(stock.y0_mm)} mm from the top"
        say(f"  first label: {first}")
        say(f"  pitch: {write_number(stock.dx_mm)} mm across, {write_number(stock.dy_mm)} mm down")
    say(f"  source: {stock.source} (confidence {stock.confidence})")
    if stock.notes:
        say(f"  note: {stock.notes}")


def _write_outline(stock: Stock, target: str, printer: Printer | None) -> None:
    from liquidose.pages.correction import corrected  # noqa: PLC0415  (as above)
    from liquidose.pages.outline import outline_page  # noqa: PLC0415  (as above)
    from liquidose.render.pdf import render_pdf  # noqa: PLC0415  (as above)
    from liquidose.whole_files import write_whole  # noqa: PLC0415  (the heavy rooms are entered only here)

    page = outline_page(stock)
    if printer is not None:
        page = corrected(page, printer)
    write_whole(target, render_pdf([page], title=f"Outline: {stock.id}"))
