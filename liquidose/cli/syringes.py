"""liquidose syringes: what the catalogue holds, and the site's own measure of one."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Final

import click

from liquidose.cli.finding import NAME, find_site, option_site
from liquidose.cli.showing import say, shown
from liquidose.cli.stopping import stop
from liquidose.devices.calibration import Calibration
from liquidose.devices.syringes import KINDS, Kind, Syringe, catalogue, default_stock, syringes_of
from liquidose.errors import BadOption, LiquidoseError
from liquidose.numbers import rounded, write_number
from liquidose.site import Site

_ERROR: Final = "Error: "


@click.group(
    "syringes",
    invoke_without_command=True,
    epilog="\b\nExamples:\n  liquidose syringes --kind oral\n"
    "  liquidose syringes calibrate bd-oral-5 -o strip.pdf",
)
@click.option("--kind", type=click.Choice(KINDS), help="Only this kind.")
@option_site
@click.pass_context
def command(ctx: click.Context, *, kind: Kind | None, site_file: str | None) -> None:
    """The syringes by kind: id, capacity, marks, how sure the marks are. A star marks those in stock."""
    if ctx.invoked_subcommand is not None:
        if kind or site_file:
            raise click.UsageError(
                "Write the options behind 'calibrate'; --kind and --site before it are for the list."
            )
        return
    try:
        site = find_site(site_file).site
    except LiquidoseError as error:
        stop(error)
    stocked = site.syringes
    for one in (kind,) if kind else KINDS:
        rows = [*catalogue(one), *(s for s in site.syringe if s.kind == one)]
        in_stock = {s.id for s in (default_stock(one) if stocked is None else stocked)}
        click.echo(f"{one}:")
        for syringe in sorted(rows, key=lambda s: (s.capacity_ml, s.id)):
            click.echo(_row(syringe, stocked=syringe.id in in_stock))


def _row(syringe: Syringe, *, stocked: bool) -> str:
    marks = f"every {write_number(syringe.step_ml)} mL"
    if syringe.extra_marks_ml:
        marks += " and at " + ", ".join(write_number(m) for m in syringe.extra_marks_ml)
    size = f"{write_number(syringe.capacity_ml)} mL"
    star = "*" if stocked else " "
    return (
        f"{star} {syringe.id:<24} {size:>7}  {marks:<24} {syringe.graduation_confidence:<18} {syringe.brand}"
    )


@command.command(
    "calibrate",
    epilog="\b\nExamples:\n  liquidose syringes calibrate bd-oral-5 -o strip.pdf\n"
    "  liquidose syringes calibrate bd-oral-5 --from 0 --to 5 --mm 42.5 --span 0 3 25.5 --printer ward-2",
)
@click.argument("identity", metavar="ID")
@click.option("--from", "from_ml", metavar="ML", help="The line the reading starts at, in mL.")
@click.option("--to", "to_ml", metavar="ML", help="The line it ends at.")
@click.option("--mm", metavar="MM", help="The millimetres between the two, read on the printed ruler.")
@click.option(
    "--span",
    "spans",
    nargs=3,
    multiple=True,
    metavar="FROM TO MM",
    help="Another reading, between other lines.",
)
@click.option(
    "--mm-per-ml", metavar="FIGURE", help="Instead: the figure of the printed scale that met every line."
)
@click.option(
    "--outer-mm",
    metavar="MM",
    help="Outer diameter of the barrel (else asked for on a terminal; else the least of its size).",
)
@click.option(
    "--brand", default="", metavar="NAME", help="Whose syringe it is, where ID stands for any brand."
)
@click.option("--catalogue-no", default="", metavar="NUMBER", help="The maker's number on its wrapper.")
@click.option("--printer", default="", metavar="NAME", help="The printer that printed the strip.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="When (else today).")
@click.option("-o", "output", metavar="FILE", help="Where to write the strip (else ID-calibration.pdf).")
@option_site
def calibrate(  # noqa: PLR0913  (one parameter an option)
    identity: str,
    *,
    from_ml: str | None,
    to_ml: str | None,
    mm: str | None,
    spans: tuple[tuple[str, str, str], ...],
    mm_per_ml: str | None,
    outer_mm: str | None,
    brand: str,
    catalogue_no: str,
    printer: str,
    date: dt.datetime | None,
    output: str | None,
    site_file: str | None,
) -> None:
    """Measure one syringe, so that marks can be printed for it in true size.

    Without readings this prints a strip: a ruler in mm, and a fan of scales from -5 to +5 % that needs no reading.
    With readings between two pairs of lines it stores them in the site file, where marks find them, and on a terminal
    asks how thick the barrel is.
    """
    from liquidose.calibrating import lacks_outer, notes_on, read_calibration, store  # noqa: PLC0415  (tomlkit is needed only here)

    try:
        found = find_site(site_file)
        (syringe,) = syringes_of([identity], found.site.syringe)
        first = (from_ml, to_ml, mm)
        readings = [*([first] if any(first) else []), *spans]
        if not readings and mm_per_ml is None:
            _write_strip(syringe, found.site, output or f"{syringe.id}-calibration.pdf")
            return
        if output:
            raise BadOption(
                "-o is for the strip, and readings are given.", "Leave -o out to store them.", given=output
            )
        calibration = read_calibration(
            syringe,
            readings,
            mm_per_ml=mm_per_ml,
            outer_mm=outer_mm,
            brand=brand,
            catalogue_no=catalogue_no,
            printer=printer,
            date=(date or dt.datetime.now().astimezone()).date(),
        )
        if lacks_outer(calibration, syringe) and sys.stdin is not None and sys.stdin.isatty():
            calibration = _asked_for_outer(calibration, syringe)
        path = found.path or NAME
        store(calibration, syringe, path)
    except LiquidoseError as error:
        stop(error)
    scale = write_number(rounded(calibration.scale_mm_per_ml))
    say(f"{syringe.id}: {scale}\u00a0mm for each mL, stored in {path}.")
    for note in notes_on(calibration, syringe):
        say(f"{'Warning' if note.level == 'warning' else 'Note'}: {note.text}")


def _asked_for_outer(calibration: Calibration, syringe: Syringe) -> Calibration:
    """The calibration with the outer diameter that somebody at the terminal types, asked for until it can be right."""
    from liquidose.calibrating import outer_question, with_outer  # noqa: PLC0415  (as above)

    def answered(text: str) -> Calibration:
        try:
            return with_outer(calibration, syringe, text)
        except LiquidoseError as error:
            said = shown(f"{_ERROR}{error}", sys.stderr)  # wrapped together with what click writes before it
            raise click.UsageError(said.removeprefix(_ERROR)) from None

    say(outer_question(syringe), error=True)
    return click.prompt("Outer diameter in mm", default="", show_default=False, value_proc=answered, err=True)


def _write_strip(syringe: Syringe, site: Site, target: str) -> None:
    from liquidose.mark_pages import calibration_pdf  # noqa: PLC0415  (as above)
    from liquidose.whole_files import write_whole  # noqa: PLC0415  (the heavy rooms are entered only here)

    known = next((one for one in site.calibration if one.syringe == syringe.id), None)
    write_whole(target, calibration_pdf(syringe, known, profile=site.profile))
    say(
        f"Strip written to {target}. Print it at 100\u00a0% on the printer that will print the marks; it says what to do."
    )
