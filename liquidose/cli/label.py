"""liquidose label: order files in, labels at true size out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Literal

import click

from liquidose.cli.finding import find_site, option_site
from liquidose.cli.reading import order_in
from liquidose.cli.showing import say
from liquidose.cli.stopping import stop
from liquidose.errors import BadOption, LiquidoseError

if TYPE_CHECKING:
    from liquidose.manifest import Manifest
    from liquidose.pages.templates import Template
    from liquidose.plan import Plan


@click.command(
    "label",
    epilog="\b\nExamples:\n  liquidose label examples/baclofen.toml -o baclofen-label.pdf\n"
    "  liquidose label examples/*.toml --stock avery-l7165 --start-at 3 -o labels.pdf",
)
@click.argument("order_files", metavar="ORDER.toml...", nargs=-1, required=True)
@click.option(
    "-o", "output", metavar="FILE", help="Where to write (else ORDER-label.pdf or labels.pdf here)."
)
@click.option("--template", default="dispensing", metavar="ID|FILE", help="The design (else dispensing).")
@click.option(
    "--stock", metavar="ID", help="The labels in the printer (else a page of the label's own size)."
)
@click.option(
    "--start-at",
    type=int,
    multiple=True,
    metavar="N",
    help="The first free label of a sheet; again for the next sheet.",
)
@click.option(
    "--skip", multiple=True, metavar="1,2,5-9", help="Used labels of a sheet; again for the next sheet."
)
@click.option(
    "--fill",
    type=click.Choice(["rows", "columns"]),
    default="rows",
    help="The order in which a sheet is filled.",
)
@click.option(
    "--copies", type=int, metavar="N", help="Labels of each order (else what the order says, else 1)."
)
@click.option(
    "--reprint",
    type=int,
    default=0,
    metavar="N",
    help="Says REPRINT N on the label, from 1 to 99; needs --reason.",
)
@click.option("--reason", default="", metavar="WORDS", help="Why it is printed again; no amount.")
@click.option("--printer", metavar="NAME", help="Make up for this printer's error ('liquidose printers').")
@click.option(
    "--format",
    "form",
    type=click.Choice(["pdf", "svg", "png", "zpl"]),
    help="What is written (else as the ending of -o says, else pdf).",
)
@click.option("--dpi", type=int, metavar="N", help="Dots of a Zebra printer, or of a PNG.")
@click.option("--preview", is_flag=True, help="Also write a PNG of the first page, and say where.")
@click.option(
    "--print", "queue", metavar="QUEUE", help="Also send the PDF to this print queue, at its actual size."
)
@click.option("--manifest", metavar="FILE", help="Also write what lies where, as JSON.")
@option_site
def command(  # noqa: PLR0913  (each is one thing a print job says)
    order_files: tuple[str, ...],
    *,
    output: str | None,
    template: str,
    stock: str | None,
    start_at: tuple[int, ...],
    skip: tuple[str, ...],
    fill: Literal["rows", "columns"],
    copies: int | None,
    reprint: int,
    reason: str,
    printer: str | None,
    form: Literal["pdf", "svg", "png", "zpl"] | None,
    dpi: int | None,
    preview: bool,
    queue: str | None,
    manifest: str | None,
    site_file: str | None,
) -> None:
    """A label for each ORDER.toml, at true size, on its own page or on label stock.

    An order may also be FHIR R4, in a file whose name ends in .json and that holds one order; see docs/fhir.md.

    Print it at 100 % (actual size) and check the printed bar with a ruler.
    """
    from liquidose.labelling import write_labels  # noqa: PLC0415  (the heavy rooms are entered only here)
    from liquidose.pages.imposing import read_places  # noqa: PLC0415  (as above)
    from liquidose.pages.templates import load_template  # noqa: PLC0415  (as above)
    from liquidose.plan import make_plan  # noqa: PLC0415  (as above)
    from liquidose.render.formats import file_names, format_of  # noqa: PLC0415  (as above)

    form = form or format_of(output or "")
    target = output or f"{_stem(order_files)}.{form}"
    picture = f"{target.removesuffix(f'.{form}')}-preview.png" if preview else None
    try:
        _keep_inputs(target, manifest, order_files)
        if queue is not None and form != "pdf":
            raise BadOption(
                "Only a PDF is sent to a print queue.",
                "Leave --format out, or name a .pdf with -o.",
                given=form,
            )
        site = find_site(site_file).site
        plans = [make_plan(order_in(name), site) for name in order_files]
        made = write_labels(
            plans,
            target,
            template=template,
            stock=stock,
            start_at=start_at,
            skip=[read_places(used) for used in skip],
            fill=fill,
            copies=copies,
            reprint=reprint,
            reason=reason,
            printer=printer,
            form=form,
            dpi=dpi,
            preview=picture,
            manifest=manifest,
            site=site,
        )
    except LiquidoseError as error:
        stop(error)
    names = file_names(target, len(made.pages)) if form in {"svg", "png"} else [target]
    where = f"{names[0]} to {names[-1]}" if len(names) > 1 else target
    say(f"{_counted(made.labels)} written to {where}. Print at 100 % and check the bar with a ruler.")
    if made.shortened:
        say(f"The label says {made.shortened} and has no room for its reason: {_reason(made, manifest)}.")
    if picture:
        say(f"A picture of the first page is in {picture}.")
    design = load_template(template)
    for text in _said(plans, design):
        say(text)
    if queue is not None:
        _print(target, made, queue)


def _reason(made: Manifest, manifest: str | None) -> str:
    """Where the reason of a reprint is to be found that labels have no room for."""
    if made.reason_stands_on:
        return f"the {made.reason_stands_on} has it"
    return "the manifest has it" if manifest else "the manifest would have it, with --manifest FILE"


def _keep_inputs(target: str, manifest: str | None, order_files: tuple[str, ...]) -> None:
    """Nothing comes out if what is written takes the place of nothing that is read, or written besides."""
    written = [(target, "the label", "-o")]
    others = [(name, "an order") for name in order_files]
    if manifest is not None:
        written.append((manifest, "the manifest", "--manifest"))
        others.insert(0, (manifest, "the manifest"))
    for (name, what, option), (other, also) in product(written, others):
        if what != also and os.path.abspath(other) == os.path.abspath(name):  # noqa: PTH100
            raise BadOption(
                f"{name} would be {what} and {also}.", f"Choose another name with {option}.", given=name
            )


def _said(plans: list[Plan], design: Template) -> Iterator[str]:
    """What stands on the labels besides the dose, and what does not, each said once."""
    from liquidose.marking import mark_of  # noqa: PLC0415  (few labels have a mark)

    place = "On the label" if "cautions" in design.fields else "Not on the label"
    marks = [mark_of(plan) for plan in plans] if design.mark is not None else []
    yield from dict.fromkeys(f"{place}: {text}" for plan in plans for text in plan.cautions)
    yield from dict.fromkeys(f"The mark: {caution.text}" for mark in marks for caution in mark.cautions)
    yield from dict.fromkeys(
        f"For the pharmacist, not on the label: {text}" for plan in plans for text in plan.off_paper
    )


def _counted(labels: int) -> str:
    return "Label" if labels == 1 else f"{labels} labels"


def _stem(order_files: tuple[str, ...]) -> str:
    if len(order_files) > 1:
        return "labels"
    name = order_files[0].replace("\\", "/").rpartition("/")[2]
    return f"{name.removesuffix('.toml').removesuffix('.json')}-label"


def _print(target: str, made: Manifest, queue: str) -> None:
    from liquidose.printing import print_pdf  # noqa: PLC0415  (only where asked for)

    with open(target, "rb") as file:  # noqa: PTH123  (as everywhere in the shell)
        content = file.read()
    try:
        say(print_pdf(content, made.pages, queue=queue))
    except LiquidoseError as error:
        stop(error)
