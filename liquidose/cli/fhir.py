"""liquidose fhir: an order file in, a Bundle of FHIR R4 out."""

from __future__ import annotations

import click

from liquidose.cli.finding import find_site, option_site
from liquidose.cli.reading import order_in
from liquidose.cli.showing import say
from liquidose.cli.stopping import stop
from liquidose.errors import LiquidoseError


@click.command(
    "fhir",
    epilog="\b\nExamples:\n  liquidose fhir examples/baclofen.toml\n"
    "  liquidose fhir examples/baclofen.toml -o baclofen-fhir.json\n"
    "  liquidose fhir examples/baclofen-titration.toml -o titration.json",
)
@click.argument("order_file", metavar="ORDER")
@click.option("-o", "output", metavar="FILE", help="Where to write the JSON (else standard output).")
@option_site
def command(order_file: str, *, output: str | None, site_file: str | None) -> None:
    """The order as FHIR R4: the request with its dose in mg, and the supply with the volume in mL.

    A course is a sequence of its steps. ORDER is an order in TOML, or in FHIR R4 (.json). What FHIR could not carry is refused by name; see docs/fhir.md.
    """
    from liquidose.exchange.fhir import order_as_fhir  # noqa: PLC0415  (the heavy rooms are entered only here)
    from liquidose.whole_files import write_whole  # noqa: PLC0415  (as above)

    try:
        document = order_as_fhir(order_in(order_file), find_site(site_file).site)
        if output is not None:
            write_whole(output, document)
    except LiquidoseError as error:
        stop(error)
    if output is None:
        click.echo(document.decode(), nl=False)
    else:
        say(f"FHIR written to {output}.")
