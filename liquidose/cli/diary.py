"""liquidose diary: an order with a course in, its diary out as a PDF."""

from __future__ import annotations

from typing import Literal

import click

from liquidose.cli.finding import find_site, option_site
from liquidose.cli.reading import order_in
from liquidose.cli.showing import say
from liquidose.cli.stopping import stop
from liquidose.errors import LiquidoseError


@click.command(
    "diary",
    epilog="\b\nExamples:\n  liquidose diary examples/baclofen-titration.toml -o diary.pdf\n"
    "  liquidose diary examples/baclofen-taper.toml --paper A4 --large-print",
)
@click.argument("order_file", metavar="ORDER.toml")
@click.option(
    "-o", "output", default="diary.pdf", metavar="FILE", help="Where to write the PDF (else diary.pdf)."
)
@click.option(
    "--paper", type=click.Choice(["A4", "Letter"]), help="Else Letter under the us profile, A4 elsewhere."
)
@click.option("--large-print", is_flag=True, help="In type of 14 to 40 points.")
@click.option("--working", is_flag=True, help="Show the arithmetic of each dose.")
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
    """A diary for the course of ORDER.toml: every dose of every day to tick, and a page for the doctor."""
    from liquidose.courses.schedule import make_schedule  # noqa: PLC0415  (the heavy rooms are entered only here)
    from liquidose.courses.table import schedule_words  # noqa: PLC0415  (as above)
    from liquidose.sheets import diary_pdf  # noqa: PLC0415  (as above)
    from liquidose.whole_files import write_whole  # noqa: PLC0415  (as above)

    try:
        site = find_site(site_file).site
        schedule = make_schedule(order_in(order_file), site)
        content = diary_pdf(schedule, paper=paper, large_print=large_print, working=working, site=site)
        write_whole(output, content)
    except LiquidoseError as error:
        stop(error)
    say(f"Diary written to {output}.")
    for line in schedule_words(schedule):
        say(line)
