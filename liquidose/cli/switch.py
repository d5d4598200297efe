"""liquidose switch: an order from another strength than the last bottle in, the sheet that shows old and new out."""

from __future__ import annotations

from typing import Literal

import click

from liquidose.cli.finding import find_site, option_site
from liquidose.cli.reading import order_in
from liquidose.cli.showing import say
from liquidose.cli.stopping import stop
from liquidose.errors import LiquidoseError


@click.command(
    "switch",
    epilog="\b\nExamples:\n  liquidose switch examples/new-strength.toml -o switch.pdf\n"
    "  liquidose switch examples/new-strength.toml --paper A4 --large-print",
)
@click.argument("order_file", metavar="ORDER.toml")
@click.option(
    "-o", "output", default="switch.pdf", metavar="FILE", help="Where to write the PDF (else switch.pdf)."
)
@click.option(
    "--paper", type=click.Choice(["A4", "Letter"]), help="Else Letter under the us profile, A4 elsewhere."
)
@click.option("--large-print", is_flag=True, help="In type of 14 to 40 points.")
@click.option("--working", is_flag=True, help="Show the arithmetic of each dose from the new bottle.")
@option_site
def command(  # noqa: PLR0913  (one parameter an option)
    order_file: str,
    *,
    output: str,
    paper: Literal["A4", "Letter"] | None,
    large_print: bool,
    working: bool,
    site_file: str | None,
) -> None:
    """The old volume and syringe, struck through, beside the new ones, for the dose or each step of ORDER.toml.

    The order names the strength of the last bottle as dispense.previous_strength.
    """
    from liquidose.sheets import changed_order, changed_words, switch_pdf  # noqa: PLC0415  (as above)
    from liquidose.whole_files import write_whole  # noqa: PLC0415  (the heavy rooms are entered only here)

    try:
        site = find_site(site_file).site
        changed = changed_order(order_in(order_file), site)
        content = switch_pdf(changed, paper=paper, large_print=large_print, working=working, site=site)
        write_whole(output, content)
    except LiquidoseError as error:
        stop(error)
    say(f"New strength written to {output}.")
    for line in changed_words(changed):
        say(line)
