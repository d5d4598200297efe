"""liquidose schedule: an order with a course in, its steps out as text, CSV, JSON, PDF or a calendar file."""

from __future__ import annotations

from typing import Literal

import click

from liquidose.cli.finding import find_site, option_site
from liquidose.cli.reading import order_in
from liquidose.cli.showing import draw, say
from liquidose.cli.stopping import stop
from liquidose.errors import BadOption, LiquidoseError

Format = Literal["text", "csv", "json", "ics", "pdf"]


@click.command(
    "schedule",
    epilog="\b\nExamples:\n  liquidose schedule examples/baclofen-titration.toml\n"
    "  liquidose schedule examples/baclofen-taper.toml --suggest\n"
    "  liquidose schedule examples/baclofen-taper.toml --format csv -o taper.csv\n"
    "  liquidose schedule examples/baclofen-taper.toml --format ics --zone Europe/London -o taper.ics\n"
    "  liquidose schedule examples/baclofen-taper.toml --format pdf -o taper.pdf",
)
@click.argument("order_file", metavar="ORDER.toml")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "csv", "json", "ics", "pdf"]),
    default="text",
    help="How it is written; a pdf is the step sheet and the calendar.",
)
@click.option("--suggest", is_flag=True, help="Offer measurable doses beside those that lie on no line.")
@click.option("--zone", metavar="ZONE", help="With ics: the time zone of the doses, such as Europe/London.")
@click.option("--replaces", metavar="OLD.ics", help="With ics: the file of an earlier revision; what is gone is cancelled.")  # fmt: skip
@click.option("--with-name", is_flag=True, help="With ics: the patient's name in every title.")
@click.option(
    "-o", "output", metavar="FILE", help="Where to write it (else it is printed; a pdf to schedule.pdf)."
)
@click.option(
    "--paper",
    type=click.Choice(["A4", "Letter"]),
    help="Of a pdf; else Letter under the us profile, A4 elsewhere.",
)
@click.option("--large-print", is_flag=True, help="A pdf in type of 14 to 40 points.")
@click.option("--working", is_flag=True, help="Show the arithmetic of each dose in a pdf.")
@option_site
def command(  # noqa: PLR0913  (one parameter an option)
    order_file: str,
    *,
    kind: Format,
    suggest: bool,
    zone: str | None,
    replaces: str | None,
    with_name: bool,
    output: str | None,
    paper: Literal["A4", "Letter"] | None,
    large_print: bool,
    working: bool,
    site_file: str | None,
) -> None:
    """The course of ORDER.toml, step by step: what is ordered, and what to measure."""
    from liquidose.courses.schedule import make_schedule  # noqa: PLC0415  (the heavy rooms are entered only here)
    from liquidose.courses.suggest import suggestions  # noqa: PLC0415  (as above)
    from liquidose.courses.table import schedule_table, schedule_text, schedule_words  # noqa: PLC0415  (as above)
    from liquidose.exchange.calendar_file import schedule_calendar, why_silent  # noqa: PLC0415  (as above)
    from liquidose.exchange.schedules import schedule_csv, schedule_json  # noqa: PLC0415  (as above)
    from liquidose.files import read_text  # noqa: PLC0415  (as above)
    from liquidose.whole_files import write_whole  # noqa: PLC0415  (as above)

    content, silent = b"", ""
    try:
        _check_options(
            kind, ics=bool(zone or replaces or with_name), pdf=bool(paper or large_print or working)
        )
        site = find_site(site_file).site
        schedule = make_schedule(order_in(order_file), site)
        also = suggestions(schedule, site) if suggest else ()
        if kind == "ics":
            text = schedule_calendar(
                schedule,
                also=also,
                day_parts=site.day_parts,
                zone=zone,
                with_name=with_name,
                replaces=None if replaces is None else read_text(replaces),
            )
            content, silent = text.encode(), why_silent(schedule, text)
        elif kind == "pdf":
            from liquidose.sheets import schedule_pdf  # noqa: PLC0415  (it loads reportlab)

            output = output or "schedule.pdf"
            content = schedule_pdf(
                schedule, also=also, paper=paper, large_print=large_print, working=working, site=site
            )
        elif output or kind != "text":
            write = {"text": schedule_text, "csv": schedule_csv, "json": schedule_json}[kind]
            content = write(schedule, also=also).encode()
        if output:
            write_whole(output, content)
    except LiquidoseError as error:
        stop(error)
    if output:
        say(f"Schedule written to {output}.")
    elif kind != "text":
        click.echo(content, nl=False)  # the same bytes as in a file, whatever the terminal
    else:
        draw(schedule_table(schedule))
        draw("")
    if kind == "pdf" or (kind == "text" and not output):
        _say_each(schedule_words(schedule, also=also))
    if silent:
        say(f"Note: {silent}", error=True)


def _say_each(lines: list[str]) -> None:
    """Nothing comes out; what must be known is printed line by line."""
    for line in lines:
        say(line)


def _check_options(kind: Format, *, ics: bool, pdf: bool) -> None:
    """Nothing comes out, if the options are those of the format.

    Raises:
        BadOption: options of a calendar file or a PDF with another format.
    """
    if ics and kind != "ics":
        raise BadOption(
            "--zone, --replaces and --with-name belong to a calendar file.", "Add --format ics.", given=kind
        )
    if pdf and kind != "pdf":
        raise BadOption(
            "--paper, --large-print and --working are for a PDF.", "Add --format pdf.", given=kind
        )
