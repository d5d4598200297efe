"""liquidose syringes: what the catalogue holds."""

from __future__ import annotations

import click

from liquidose.cli.finding import find_site, option_site
from liquidose.cli.stopping import stop
from liquidose.devices.syringes import KINDS, Kind, Syringe, catalogue, default_stock
from liquidose.errors import LiquidoseError
from liquidose.numbers import write_number


@click.command("syringes", epilog="\b\nExample:\n  liquidose syringes --kind oral")
@click.option("--kind", type=click.Choice(KINDS), help="Only this kind.")
@option_site
def command(*, kind: Kind | None, site_file: str | None) -> None:
    """The syringes by kind: id, capacity, marks, how sure the marks are. A star marks those in stock."""
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
