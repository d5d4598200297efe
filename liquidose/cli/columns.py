"""liquidose columns: a table of doses becomes the same table with volumes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from liquidose.cli.finding import find_site, option_site
from liquidose.cli.showing import tell
from liquidose.cli.stopping import stop
from liquidose.devices.syringes import ROUTES, syringes_of
from liquidose.errors import BadOption, LiquidoseError

if TYPE_CHECKING:
    from liquidose.batch.column_files import Tally


@click.command(
    "columns",
    epilog="\b\nExamples:\n  liquidose columns orders.csv -o volumes.csv --dose dose --strength strength\n"
    "  liquidose columns orders.parquet -o volumes.parquet --dose dose --strength product --weight weight",
)
@click.argument("source", metavar="IN.csv|IN.parquet")
@click.option(
    "-o", "--output", "target", required=True, metavar="OUT.csv|OUT.parquet", help="Where to write."
)
@click.option("--dose", required=True, metavar="COLUMN", help="Doses as text: 5 mg, 10 mg/kg.")
@click.option("--strength", required=True, metavar="COLUMN", help="Strengths or products as text: 5 mg/5 mL.")
@click.option("--weight", metavar="COLUMN", help="Body weights with their unit: 18 kg.")
@click.option("--height", metavar="COLUMN", help="Heights with their unit: 110 cm.")
@click.option("--bsa", metavar="COLUMN", help="Body surfaces with their unit: 0.8 m2.")
@click.option("--times-a-day", metavar="COLUMN", help="Numbers of doses a day.")
@click.option("--component", metavar="COLUMN", help="Which amount of a combination each dose counts.")
@click.option("--route", type=click.Choice(ROUTES), help="How all are given; it decides the kind of syringe.")
@click.option(
    "--syringe", "syringes", multiple=True, metavar="ID", help="A stocked syringe; may be repeated."
)
@click.option("--locale", metavar="NAME", help="How the file's numbers are written: en-US, de-DE …")
@click.option("--route-column", metavar="COLUMN", help="Routes, row by row, in place of --route.")
@click.option(
    "--syringe-column",
    metavar="COLUMN",
    help="Ids of stocked syringes, row by row, with spaces between them.",
)
@click.option("--locale-column", metavar="COLUMN", help="Locales, row by row, in place of --locale.")
@option_site
def command(  # noqa: PLR0913  (one parameter an option)
    source: str,
    *,
    target: str,
    route: str | None,
    syringes: tuple[str, ...],
    locale: str | None,
    route_column: str | None,
    syringe_column: str | None,
    locale_column: str | None,
    site_file: str | None,
    **columns: str | None,
) -> None:
    """The table in a file with the volume, the syringe and the warnings of each row behind its own columns.

    A file may be larger than memory. Every row comes out in its place: one that is refused carries the code and the
    text of its error, and the exit status is 4 when there is such a row. docs/columns.md describes the columns.
    Numbers are read by --locale or --locale-column alone, never by the environment or the site file. An empty cell
    of --syringe-column means what --syringe or the site file says; an empty route or locale, that none is stated.
    """
    try:
        for name, value, column in (("route", route, route_column), ("locale", locale, locale_column)):
            if value is not None and column is not None:
                raise BadOption(
                    f"--{name} and --{name}-column were both given.", "Give one of them.", given=column
                )
        from liquidose.batch.answers import Answers  # noqa: PLC0415  (only here)
        from liquidose.batch.column_files import convert_file  # noqa: PLC0415  (as above)
        from liquidose.batch.columns import for_all  # noqa: PLC0415  (as above)

        site = find_site(site_file).site
        stocked = syringes_of(syringes, site.syringe) if syringes else site.syringes
        answers = Answers(
            syringes=stocked, own=site.syringe, limits=site.limits_in_force, profile=site.profile
        )
        inputs: dict[str, Any] = {
            **columns,
            "route": for_all(route) if route_column is None else route_column,
            "locale": for_all(locale) if locale_column is None else locale_column,
            "syringes": syringe_column,
        }
        tally = convert_file(source, target, inputs, answers)
        tell(_in_words(tally, target), f"The table is there: see {target}.")
    except LiquidoseError as error:
        stop(error)
    sys.exit(4 if tally.errors else 0)


def _in_words(tally: Tally, target: str) -> str:
    refused = sum(tally.errors.values())
    lines = [
        f"{_rows(tally.rows)} in {target}: {tally.rows - refused:,} converted, {refused:,} with an error.",
        *(f"  {code}: {count:,}" for code, count in tally.errors.items()),
    ]
    if tally.not_measurable:
        lines.append(
            f"No syringe was chosen for {_rows(tally.not_measurable)} of the converted; the warnings say why."
        )
    return "\n".join(lines)


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"
