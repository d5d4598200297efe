"""liquidose printers: what was measured on each printer's calibration page."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, get_args

import click

from liquidose.cli.finding import NAME, Found, find_site, option_site
from liquidose.cli.showing import say
from liquidose.cli.stopping import stop
from liquidose.devices.printers import DOTS_PER_MM, Printer, shift_text, stock_text
from liquidose.devices.stocks import SHEETS, stock_of
from liquidose.errors import LiquidoseError
from liquidose.files import Signed
from liquidose.numbers import read_number, write_number

_DPI: Final = click.Choice([str(dpi) for dpi in DOTS_PER_MM])


@click.group(
    "printers",
    epilog="\b\nExamples:\n  liquidose printers calibrate front-desk -o calibrate.pdf\n"
    "  liquidose printers set front-desk --bar-x 99.4 --bar-y 100.2 --shift-x 0.8 --shift-y -0.3",
)
def command() -> None:
    """By how much each printer misses, so that every page can make up for it."""


@command.command("list")
@option_site
def rows(*, site_file: str | None) -> None:
    """Every printer in the site file, with its error."""
    try:
        found = find_site(site_file)
    except LiquidoseError as error:
        stop(error)
    for printer in found.site.printer:
        say(_row(printer))
    if not found.site.printer:
        say("No printer is in the site file. 'liquidose printers calibrate NAME' begins one.")


def _row(printer: Printer) -> str:
    dpi = f"; {printer.dpi} dpi" if printer.dpi else ""
    return (
        f"{printer.name}, {stock_text(printer)}: 100 mm come out as {write_number(printer.scale_x * 100)} mm across and "
        f"{write_number(printer.scale_y * 100)} mm down, shifted by {shift_text(printer.offset_x_mm)} mm to the right "
        f"and {shift_text(printer.offset_y_mm)} mm down{dpi}"
    )


@command.command("calibrate")
@click.argument("name", metavar="NAME")
@click.option("--stock", "stock_id", metavar="ID", help="Calibrate it on this label stock.")
@click.option("--paper", type=click.Choice([*SHEETS]), default="A4", help="Plain paper (else A4).")
@click.option(
    "--format", "form", type=click.Choice(["pdf", "zpl"]), default="pdf", help="zpl for Zebra printers."
)
@click.option("--dpi", type=_DPI, help="Of the Zebra printer, as it is sold.")
@click.option("-o", "output", metavar="FILE", help="Where to write the page (else NAME-calibration.pdf).")
@option_site
def calibrate(  # noqa: PLR0913  (one parameter an option)
    name: str,
    *,
    stock_id: str | None,
    paper: str,
    form: str,
    dpi: str | None,
    output: str | None,
    site_file: str | None,
) -> None:
    """One page with bars and crosses, to measure by how much printer NAME misses."""
    from liquidose.pages.calibration_page import (  # noqa: PLC0415  (as above)
        bars_of,
        calibration_page,
        instructions,
    )
    from liquidose.render.formats import Format, render  # noqa: PLC0415  (as above)
    from liquidose.whole_files import write_whole  # noqa: PLC0415  (the heavy rooms are entered only here)

    kind: Format = next(one for one in get_args(Format) if one == form)
    try:
        printer = Printer(name=name, stock=stock_id)
        stock = stock_of(stock_id, find_site(site_file).site.stock) if stock_id else None
        page = calibration_page(printer.name, stock, paper=paper)
        target = output or f"{name}-calibration.{form}"
        title = f"Calibration page: {name}"
        (content,) = render([page], kind, title=title, dpi=int(dpi) if dpi else None)
        write_whole(target, content)
    except LiquidoseError as error:
        stop(error)
    say(f"Calibration page written to {target}.")
    for line in instructions(name, bars_of(stock, paper), stock):
        say(line)


@command.command("set")
@click.argument("name", metavar="NAME")
@click.option("--bar-x", metavar="MM", required=True, help="The length of the bar across.")
@click.option("--bar-y", metavar="MM", required=True, help="The length of the bar down.")
@click.option(
    "--shift-x", metavar="MM", required=True, help="How far cross 1 lies right of its place; left is -."
)
@click.option(
    "--shift-y", metavar="MM", required=True, help="How far cross 1 lies below its place; above is -."
)
@click.option("--stock", "stock_id", metavar="ID", help="Measured on this stock, and used for it only.")
@click.option("--dpi", type=_DPI, help="Of a Zebra printer, as it is sold.")
@option_site
def put(  # noqa: PLR0913  (one parameter an option)
    name: str,
    *,
    bar_x: str,
    bar_y: str,
    shift_x: str,
    shift_y: str,
    stock_id: str | None,
    dpi: str | None,
    site_file: str | None,
) -> None:
    """What was measured on the calibration page of printer NAME, kept in the site file."""
    from liquidose.pages.calibration_page import bars_of  # noqa: PLC0415  (only here)
    from liquidose.site_writing import put_row  # noqa: PLC0415  (only here)

    try:
        found = find_site(site_file)
        bars = bars_of(stock_of(stock_id, found.site.stock) if stock_id else None)
        printer = Printer(
            name=name,
            stock=stock_id,
            offset_x_mm=_signed(shift_x),
            offset_y_mm=_signed(shift_y),
            scale_x=read_number(bar_x) / bars.across.mm,
            scale_y=read_number(bar_y) / bars.down.mm,
            dpi=int(dpi) if dpi else _dpi_before(name, stock_id, found),
        )
        target = found.path or NAME
        fields = {field: getattr(printer, field) for field in printer.__struct_fields__}
        put_row(target, "printer", fields, keys=("name", "stock"))
    except LiquidoseError as error:
        stop(error)
    say(f"{'Written to' if found.path else 'There was no site file; written to'} {target}.")
    say(_row(printer))


def _signed(text: str) -> Signed:
    sign, digits = (-1, text[1:]) if text[:1] in {"-", "−"} else (1, text)
    return Signed(sign * Fraction(read_number(digits)))


def _dpi_before(name: str, stock_id: str | None, found: Found) -> int | None:
    """The dpi that was stored for this row: a new measurement does not change the printer's head."""
    for printer in found.site.printer:
        if (printer.name, printer.stock) == (name, stock_id):
            return printer.dpi
    return None
