"""liquidose label: an order file in, a label at true size out."""

from __future__ import annotations

import click

from liquidose.cli.finding import find_site, option_site
from liquidose.cli.showing import say
from liquidose.cli.stopping import stop
from liquidose.errors import LiquidoseError


@click.command("label", epilog="\b\nExample:\n  liquidose label examples/baclofen.toml -o baclofen-label.pdf")
@click.argument("order_file", metavar="ORDER.toml")
@click.option(
    "-o", "output", metavar="FILE", help="Where to write the PDF (else ORDER-label.pdf in this folder)."
)
@click.option("--template", default="dispensing", metavar="ID|FILE", help="The design (else dispensing).")
@option_site
def command(order_file: str, *, output: str | None, template: str, site_file: str | None) -> None:
    """A dispensing label from ORDER.toml, as a PDF at true size.

    Print it at 100 % (actual size) and check the bar at its foot with a ruler.
    """
    from liquidose.files import write_whole  # noqa: PLC0415  (the heavy rooms are entered only here)
    from liquidose.labelling import label_pdf  # noqa: PLC0415  (as above)
    from liquidose.orders.order import load_order  # noqa: PLC0415  (as above)
    from liquidose.plan import make_plan  # noqa: PLC0415  (as above)

    target = output or _beside(order_file)
    try:
        plan = make_plan(load_order(order_file), find_site(site_file).site)
        content = label_pdf(plan, template=template)
        write_whole(target, content)
    except LiquidoseError as error:
        stop(error)
    say(f"Label written to {target}. Print it at 100 % and check the 50 mm bar.")
    for text in plan.cautions:
        say(f"On the label: {text}")
    for text in plan.off_paper:
        say(f"For the pharmacist, not on the label: {text}")


def _beside(order_file: str) -> str:
    name = order_file.replace("\\", "/").rpartition("/")[2]
    return f"{name.removesuffix('.toml')}-label.pdf"
