"""liquidose batch: a table of orders in, files of labels or a table of volumes out."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Final, Literal

import click

from liquidose.cli.finding import find_site, option_site
from liquidose.cli.showing import say, tell
from liquidose.cli.stopping import stop
from liquidose.errors import BadOption, LiquidoseError

if TYPE_CHECKING:
    from liquidose.batch.job import Job
    from liquidose.batch.sources import Format


_NO_MORE: Final = "There is nothing else: --dry-run writes no file."


@click.command(
    "batch",
    epilog="\b\nExamples:\n  liquidose batch examples/orders.csv --stock avery-l7165 -o morning/\n"
    '  liquidose batch export.csv --map "dose={DOSE} {UNIT}" --map-file export.toml -o morning/\n'
    "  liquidose batch export.csv --convert -o volumes.csv",
)
@click.argument("files", metavar="FILE...|-", nargs=-1, required=True)
@click.option("-o", "output", metavar="PATH", help="The folder for the labels, or the table with --convert.")
@click.option("--format", "form", type=click.Choice(["csv", "tsv", "jsonl", "parquet", "fhir"]), metavar="NAME", help="What each FILE is: csv, tsv, jsonl, parquet or fhir (else by its name; '-' is csv).")  # fmt: skip
@click.option("--encoding", metavar="NAME", help="How the text is written, such as cp1252 (else UTF-8).")
@click.option("--map", "maps", multiple=True, metavar="FIELD=TEXT", help='A field from columns, as in "dose={AMOUNT} {UNIT}"; again for the next.')  # fmt: skip
@click.option("--map-file", metavar="FILE", help="The same from a TOML file.")
@click.option(
    "--keep-map", "kept_map", metavar="FILE", help="Write the mapping into such a file, for next time."
)
@click.option("--locale", metavar="NAME", help="How numbers are written in rows that do not say.")
@click.option("--template", default="dispensing", metavar="ID|FILE", help="The design (else dispensing).")
@click.option("--stock", metavar="ID", help="The labels in the printer (else a page of the label's own size).")  # fmt: skip
@click.option("--kind", "kinds", multiple=True, metavar="NAME=DESIGN[ on STOCK]", help="Another design and stock, for rows whose print.kind is NAME; again for the next.")  # fmt: skip
@click.option("--start-at", multiple=True, metavar="[NAME=]N", help="The first free label of the first sheet; again for the next sheet.")  # fmt: skip
@click.option("--skip", multiple=True, metavar="[NAME=]1,2,5-9", help="Used labels of the first sheet; again for the next sheet.")  # fmt: skip
@click.option("--fill", type=click.Choice(["rows", "columns"]), default="rows", help="The order in which a sheet is filled.")  # fmt: skip
@click.option("--printer", metavar="NAME", help="Make up for this printer's error ('liquidose printers').")
@click.option("--sheets-per-file", type=int, default=50, metavar="N", help="Sheets, or pages, in one file (else 50).")  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, metavar="N", help="Processes at work (else 1)."
)
@click.option("--scheduler", metavar="ADDRESS", help="The workers of this dask cluster instead, as in tcp://10.0.0.5:8786.")  # fmt: skip
@click.option("--limit", type=int, metavar="N", help="Read the first N rows only.")
@click.option("--dry-run", is_flag=True, help="Say what would be rejected, and write nothing.")
@click.option("--convert", is_flag=True, help="Write a table with exact and measured volumes, and no label.")
@option_site
def command(  # noqa: PLR0913  (each is one thing a run says)
    files: tuple[str, ...],
    *,
    output: str | None,
    form: Format | None,
    encoding: str | None,
    maps: tuple[str, ...],
    map_file: str | None,
    kept_map: str | None,
    locale: str | None,
    template: str,
    stock: str | None,
    kinds: tuple[str, ...],
    start_at: tuple[str, ...],
    skip: tuple[str, ...],
    fill: Literal["rows", "columns"],
    printer: str | None,
    sheets_per_file: int,
    jobs: int,
    scheduler: str | None,
    limit: int | None,
    dry_run: bool,
    convert: bool,
    site_file: str | None,
) -> None:
    """Labels for every row of tables of orders, in files that are written once; what is refused, with its reason.

    FILE is CSV, TSV, JSON Lines or Parquet with the fields of an order as headings, such as patient.name and
    directions.dose, or FHIR R4 in JSON. Give the same command again after an interruption, and it goes on. Ends
    with 4 where rows were rejected.
    """
    gc.enable()  # a long run makes garbage; a short command does not
    try:
        from contextlib import ExitStack  # noqa: PLC0415  (the heavy rooms are entered only here)
        from tempfile import TemporaryDirectory  # noqa: PLC0415  (as above)

        from liquidose.batch.checking import Reading  # noqa: PLC0415  (as above)
        from liquidose.batch.job import Job  # noqa: PLC0415  (as above)
        from liquidose.batch.kinds import Printing, read_kinds  # noqa: PLC0415  (as above)
        from liquidose.batch.mapping import check_kept, keep_map, read_map  # noqa: PLC0415  (as above)
        from liquidose.batch.running import folder_for_input  # noqa: PLC0415  (as above)
        from liquidose.batch.sources import look_through, spool  # noqa: PLC0415  (as above)

        _check_options(files, output, kept_map, dry_run=dry_run)
        with ExitStack() as kept:
            site = find_site(site_file).site
            printed = read_kinds(template, stock, kinds, Printing(start_at, skip, fill, printer), site)
            reading = Reading(mapping=read_map(maps, map_file), locale=locale)
            if kept_map is not None:
                check_kept(reading.mapping, kept_map)
            given = None if sys.stdin is None else sys.stdin.buffer
            folder, begun = output or "", False
            if "-" in files and (dry_run or convert):
                folder = kept.enter_context(TemporaryDirectory(prefix="liquidose-"))
            elif "-" in files:
                begun = kept.enter_context(folder_for_input(folder))
            job = Job(
                sources=tuple(
                    spool(given, folder, begun=begun, form=form, encoding=encoding)
                    if name == "-"
                    else look_through(name, form=form, encoding=encoding)
                    for name in files
                ),
                reading=reading,
                kinds=printed,
                site=site,
                sheets_per_file=sheets_per_file,
                limit=limit,
            )
            if dry_run:
                rejected = _look_over(job, jobs, scheduler, convert=convert)
            else:
                rejected = (_convert if convert else _print)(job, output or "", jobs, scheduler)
            if kept_map is not None and reading.mapping is not None:
                keep_map(reading.mapping, kept_map)
    except LiquidoseError as error:
        stop(error)
    except KeyboardInterrupt:
        say(
            "liquidose: interrupted. Give the same command again: labels go on where they stopped, a table begins anew.",
            error=True,
        )
        sys.exit(130)
    if rejected:
        sys.exit(4)


def _check_options(
    files: tuple[str, ...], output: str | None, kept_map: str | None, *, dry_run: bool
) -> None:
    if not output and not dry_run:
        raise BadOption("There is no place for what comes out.", "Name it, as in -o OUT.", given="-o")
    if files.count("-") > 1:
        raise BadOption("Standard input is named twice.", "Name it once.", given="-")
    if dry_run and kept_map is not None:
        raise BadOption("--dry-run writes nothing.", "Leave --keep-map out.", given=kept_map)


def _print(job: Job, folder: str, jobs: int, scheduler: str | None) -> bool:
    from liquidose.batch.reports import in_words  # noqa: PLC0415  (the heavy rooms are entered only here)
    from liquidose.batch.running import make_labels  # noqa: PLC0415  (as above)

    with _progress(job) as watch:
        summary = make_labels(job, folder, jobs=jobs, scheduler=scheduler, watch=watch)
    tell(in_words(summary, job.kinds, folder), f"The labels are there: see {folder}/summary.json.")
    return summary.rejects > 0


def _look_over(job: Job, jobs: int, scheduler: str | None, *, convert: bool) -> bool:
    from liquidose.batch.checking import Picked  # noqa: PLC0415  (the heavy rooms are entered only here)
    from liquidose.batch.converting import look_over_table  # noqa: PLC0415  (as above)
    from liquidose.batch.rejects import Refusal  # noqa: PLC0415  (as above)
    from liquidose.batch.reports import refusal_in_words  # noqa: PLC0415  (as above)
    from liquidose.batch.running import look_over  # noqa: PLC0415  (as above)

    rows = rejects = labels = 0
    for row, found in (look_over_table if convert else look_over)(job, jobs=jobs, scheduler=scheduler):
        rows += 1
        if isinstance(found, Refusal):
            rejects += 1
            tell(refusal_in_words(row, found), _NO_MORE)
        elif isinstance(found, Picked):
            labels += found.labels
    printed = "" if convert else f" Labels to be printed: {labels:,}."
    tell(f"Rows: {rows:,}. To be rejected: {rejects:,}.{printed} Nothing was written.", _NO_MORE)
    return rejects > 0


def _convert(job: Job, target: str, jobs: int, scheduler: str | None) -> bool:
    from liquidose.batch.converting import beside_of, convert_table  # noqa: PLC0415  (the heavy rooms are entered only here)
    from liquidose.batch.reports import twins_in_words  # noqa: PLC0415  (as above)

    with _progress(job) as watch:
        summary = convert_table(job, target, jobs=jobs, scheduler=scheduler, watch=watch)
    rejected = f"{summary.rejects:,} rejected"
    if summary.rejects:
        rejected += f": {beside_of(target)}.rejects.csv"
    some = f"{summary.not_measured:,} row{'' if summary.not_measured == 1 else 's'}"
    unmeasured = (
        f" No syringe was chosen for {some} of them; the warnings say why." if summary.not_measured else ""
    )
    twins = twins_in_words(summary.duplicates, f"{beside_of(target)}.summary.json")
    tell(
        f"{summary.converted:,} of {summary.rows:,} rows in {target}, {rejected}.{unmeasured}{twins}",
        "The table is there.",
    )
    return summary.rejects > 0


@contextmanager
def _progress(job: Job) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, and nothing in a pipe."""
    began, done = perf_counter(), 0

    def rate(_: object) -> str:
        return f"{done / max(perf_counter() - began, 1e-3):,.0f} rows a second"

    with click.progressbar(
        length=job.lines,
        label="Rows",
        show_pos=True,
        item_show_func=rate,
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:

        def watch(rows: int) -> None:
            nonlocal done
            done += rows
            bar.update(rows, rows)

        yield watch
