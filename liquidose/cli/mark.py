"""liquidose mark: one dose as a strip in true size for one syringe."""

from __future__ import annotations

import click

from liquidose.cli.finding import find_site, locale_in_force, option_site
from liquidose.cli.showing import say
from liquidose.cli.stopping import stop
from liquidose.errors import LiquidoseError


@click.command(
    "mark",
    epilog='\b\nExample:\n  liquidose mark "5 mg" "5 mg/5 mL" --syringe bd-10 --route "by injection" -o mark.pdf',
)
@click.argument("dose")
@click.argument("strength")
@click.option(
    "--syringe", required=True, metavar="ID", help="The syringe: calibrated, or of a published bore."
)
@click.option(
    "--drug",
    default="",
    metavar="NAME",
    help="The drug's name (else the one a product text names, else a line to write it on).",
)
@click.option("--route", metavar="ROUTE", help='"by mouth" (else), "by tube" or "by injection".')
@click.option(
    "--stock",
    "stock_id",
    metavar="ID",
    help="A label of this stock, the first that is free (else a plain page).",
)
@click.option("--start-at", type=int, metavar="N", help="The first free label of a part-used sheet.")
@click.option("--skip", metavar="1,2,5-9", help="Used labels of the sheet.")
@click.option("--locale", metavar="NAME", help="How the numbers are written: en-US, de-DE …")
@click.option(
    "--printer", metavar="NAME", help="Make up for this printer's error, if the syringe is not calibrated."
)
@click.option("--manifest", metavar="FILE", help="Also write what lies where, as JSON.")
@click.option(
    "-o", "output", default="mark.pdf", metavar="FILE", help="Where to write the PDF (else mark.pdf)."
)
@option_site
def command(  # noqa: PLR0913  (one parameter an option)
    dose: str,
    strength: str,
    *,
    syringe: str,
    drug: str,
    route: str | None,
    stock_id: str | None,
    start_at: int | None,
    skip: str | None,
    locale: str | None,
    printer: str | None,
    manifest: str | None,
    output: str,
    site_file: str | None,
) -> None:
    """A strip for one syringe, in true size, with the DOSE marked on it.

    It is stuck along the barrel beside the syringe's own lines. Two ticks must meet two of those lines; if they
    do not, the strip is for another syringe or was printed in another size, and is thrown away.
    """
    import msgspec  # noqa: PLC0415  (the heavy rooms are entered only here)

    from liquidose.devices.printers import printer_of  # noqa: PLC0415  (as above)
    from liquidose.devices.stocks import stock_of  # noqa: PLC0415  (as above)
    from liquidose.mark_pages import mark_document  # noqa: PLC0415  (as above)
    from liquidose.marking import make_mark  # noqa: PLC0415  (as above)
    from liquidose.orders.parts import route_of  # noqa: PLC0415  (as above)
    from liquidose.pages.imposing import check_counted, free_places, read_places  # noqa: PLC0415  (as above)
    from liquidose.whole_files import write_together  # noqa: PLC0415  (as above)

    try:
        found = find_site(site_file)
        numbers, told_by = locale_in_force(locale, found)
        site = found.site
        stock = stock_of(stock_id, site.stock) if stock_id else None
        mark = make_mark(
            dose, strength, syringe=syringe, drug=drug, route=route_of(route), site=site, locale=numbers
        )
        first = () if start_at is None else (start_at,)
        used = () if skip is None else (read_places(skip),)
        check_counted(stock, first, used)
        _, place = next(free_places(stock, start_at=first, skip=used)) if stock else (1, 1)
        content, made = mark_document(
            mark,
            profile=site.profile,
            stock=stock,
            place=place,
            own=site.stock,
            printer=printer_of(printer, stock_id, site.printer) if printer else None,
        )
        files = [(output, content)]
        if manifest is not None:
            files.append((manifest, msgspec.json.encode(made)))
        write_together(files)
    except LiquidoseError as error:
        stop(error)
    words = mark.words()
    bar = "100" if stock is None else "50"
    say(f"Mark written to {output}. Print it at 100\u00a0% and check the {bar}\u00a0mm bar.")
    for field in ("mark_only", "mark_dose", "mark_use", "mark_route", "mark_error", "mark_promise"):
        say(words[field][0])
    if told_by:
        say(f"Note: Numbers were read as written in {numbers} ({told_by}).")
    for caution in mark.cautions:
        say(f"{'Warning' if caution.level == 'warning' else 'Note'}: {caution.text}")
