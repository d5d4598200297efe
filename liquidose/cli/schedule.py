"""liquidose schedule: an order with a course in, its steps out as text, CSV or JSON."""

from __future__ import annotations

from typing import Literal

import click

from liquidose.cli.finding import find_site, option_site
from liquidose.cli.showing import draw, say
from liquidose.cli.stopping import stop
from liquidose.errors import LiquidoseError

Format = Literal["text", "csv", "json"]


@click.command(
    "schedule",
    epilog="\b\nExamples:\n  liquidose schedule examples/baclofen-titration.toml\n"
    "  liquidose schedule examples/baclofen-taper.toml --suggest\n"
    "  liquidose schedule examples/baclofen-taper.toml --format csv -o taper.csv",
)
@click.argument("order_file", metavar="ORDER.toml")
@click.option(
    "--format", "kind", type=click.Choice(["text", "csv", "json"]), default="text", help="How it is written."
)
@click.option("--suggest", is_flag=True, help="Offer measurable doses beside those that lie on no line.")
@click.option("-o", "output", metavar="FILE", help="Where to write it (else it is printed).")
@option_site
def command(
    order_file: str, *, kind: Format, suggest: bool, output: str | None, site_file: str | None
) -> None:
    """The course of ORDER.toml, step by step: what is ordered, and what to measure."""
    from liquidose.courses.dispensing import supply_cautions  # noqa: PLC0415  (the heavy rooms are entered only here)
    from liquidose.courses.schedule import make_schedule  # noqa: PLC0415  (as above)
    from liquidose.courses.suggest import suggestions  # noqa: PLC0415  (as above)
    from liquidose.courses.table import schedule_table, schedule_text, schedule_words  # noqa: PLC0415  (as above)
    from liquidose.exchange.schedules import schedule_csv, schedule_json  # noqa: PLC0415  (as above)
    from liquidose.files import write_whole  # noqa: PLC0415  (as above)
    from liquidose.orders.order import load_order  # noqa: PLC0415  (as above)

    try:
        schedule = make_schedule(load_order(order_file), find_site(site_file).site)
        also = supply_cautions(schedule) + (suggestions(schedule) if suggest else ())
        if output or kind != "text":
            write = {"text": schedule_text, "csv": schedule_csv, "json": schedule_json}[kind]
            text = write(schedule, also=also)
        if output:
            write_whole(output, text.encode())
    except LiquidoseError as error:
        stop(error)
    if output:
        say(f"Schedule written to {output}.")
    elif kind != "text":
        click.echo(text.encode(), nl=False)  # the same bytes as in a file, whatever the terminal
    else:
        draw(schedule_table(schedule))
        draw("")
        for line in schedule_words(schedule, also=also):
            say(line)
