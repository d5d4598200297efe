"""A table of doses and strengths to the same table with volumes: ``convert()`` for every row, rejects beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial, reduce
from pathlib import Path
from typing import Any, Final

import msgspec

from liquidose._version import __version__
from liquidose.batch.checking import Reading, cells_of, digest_of
from liquidose.batch.column_files import ENDINGS
from liquidose.batch.fhir_rows import check_fhir
from liquidose.batch.inputs import header_of
from liquidose.batch.job import Job, refuse_mapped_fhir
from liquidose.batch.mapping import ColumnMap
from liquidose.batch.parquet_rows import check_kinds
from liquidose.batch.rejects import REASON, Refusal, Rejected, refused, reject_cells, reject_line
from liquidose.batch.rows import Row
from liquidose.batch.twins import Duplicate, Seen
from liquidose.batch.volume_tables import BETWEEN, PLACE, RESULTS, Waiting, put_in_place, table_for
from liquidose.batch.workers import workers
from liquidose.cautions import Caution
from liquidose.conversion import Conversion, with_note, work_out
from liquidose.dosing.ordered import read_dose
from liquidose.dosing.patient import patient_of
from liquidose.errors import BadFile, BadOption, GiveWhatIsMissing, LiquidoseError
from liquidose.exchange.conversions import exact_text, plain
from liquidose.exchange.spreadsheet import csv_line, safe_cell
from liquidose.numbers import decimal_digits, rounded
from liquidose.orders.cells import not_spoilt
from liquidose.orders.often import counted, told_of_a_day
from liquidose.orders.order import Order, check_texts, texts_in
from liquidose.orders.parts import Directions
from liquidose.orders.rows import check_columns, checked_values, is_empty, json_values, values_of_cells
from liquidose.quantities.writing import sentence, write_quantity
from liquidose.site import Site
from liquidose.source import source_of

_SHORT: Final = (
    "directions.dose", "drug.strength", "drug.component", "patient.weight", "patient.height", "patient.bsa",
    "directions.times", "directions.times_a_day", "directions.every", "directions.as_needed", "directions.max_per_day",
    "directions.route", "locale",
)  # fmt: skip
FIELDS: Final = {
    **{field: field for field in (*_SHORT, "drug.name", "drug.form")},
    **{field.rpartition(".")[2]: field for field in _SHORT},
}
"""What a volume depends on, by the names that a column may have: most of them also the last word alone."""
_NO_VOLUME: Final = frozenset({
    "directions.with", "directions.purpose", "directions.missed_dose", "directions.warnings", "directions.for_days",
    "directions.then", "directions.start",
})  # fmt: skip
"""Directions that no volume depends on."""
_MEASURED: Final = RESULTS.index("measured_ml")


class TableSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What became of every row: ``rows = converted + rejects``."""

    rows: int
    converted: int
    not_measured: int
    """Of the converted: an exact volume, and no syringe chosen for it. Their warnings say why."""
    rejects: int
    duplicates: int
    duplicate_rows: tuple[Duplicate, ...]
    """The first hundred."""
    sha256: dict[str, str]
    """Of the table and the two files of rejects, by name; only in the file."""
    schema: str = "liquidose.batch-convert/1"
    version: str = __version__


class _Drug(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    strength: str
    component: str | None = None
    name: str | None = None
    form: str | None = None


class _Patient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    weight: str | None = None
    height: str | None = None
    bsa: str | None = None


class _Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a volume depends on, by an order's names.

    Raises:
        UnreadableText, ValueError: a text that cannot be shown, or is empty, as in an order.
    """

    directions: Directions
    drug: _Drug
    patient: _Patient = _Patient()
    locale: str | None = None

    def __post_init__(self) -> None:
        for part in ("patient", "drug", "directions"):
            check_texts(texts_in(getattr(self, part), part))


class Converter:
    """Converts rows, in any process."""

    def __init__(self, reading: Reading, site: Site) -> None:
        self._reading, self._site = reading, site

    def convert(self, rows: Sequence[Row]) -> list[tuple[Row, tuple[str, ...] | Refusal]]:
        """Each row with its results, or with why it has none."""
        return [(row, self._one(row)) for row in rows]

    def _one(self, row: Row) -> tuple[str, ...] | Refusal:
        if isinstance(row.order, Refusal):
            return row.order
        try:
            if row.order is not None:  # of FHIR, whose numbers are written as without a locale
                return _results(self._converted(values_of_order(row.order), locale=None), row.notes)
            values = _values(row, self._reading)
            return _results(self._converted(values, locale=self._reading.locale), ())
        except LiquidoseError as refusal:
            return refused(refusal)

    def _converted(self, values: dict[str, Any], *, locale: str | None) -> Conversion:
        for needed in ("directions.dose", "drug.strength"):
            if needed not in values:
                raise GiveWhatIsMissing(f"The row gives no {needed}.", "Fill that cell.", given=needed)
        asked = checked_values(values, _Asked, locale=locale)
        notes: list[Caution] = []
        directions, drug, locale = asked.directions, asked.drug, asked.locale
        dose = read_dose(values["directions.dose"], locale=locale, notes=notes)
        source = source_of(
            drug.strength, by_volume=dose.by_volume, component=drug.component, locale=locale, notes=notes
        )
        if drug.name or drug.form:
            source = source.of_drug(drug.name or source.name, drug.form)
        patient = patient_of(
            needs_surface=dose.per == "m2",
            weight=asked.patient.weight,
            height=asked.patient.height,
            bsa=asked.patient.bsa,
            locale=locale,
            notes=notes,
        )
        daily = counted(directions, dose, patient, locale=locale)
        found = work_out(
            daily.dose,
            source,
            patient=patient,
            times_a_day=daily.doses_a_day,
            route=directions.way,
            syringes=self._site.syringes,
            limits=self._site.limits_in_force,
            notes=notes,
            profile=self._site.profile,
        )
        told = told_of_a_day(directions, daily, found.dose_amount, locale=locale, profile=self._site.profile)
        return reduce(with_note, told, found)


def _values(row: Row, reading: Reading) -> dict[str, Any]:
    """The values that a volume depends on, by field: of a table's cells, or of JSON, where each is of its own kind."""
    mapping = reading.mapping
    if row.columns is None:
        given = json_values(row.cells[0])
        check_headings(given, mapping, name="the row")
        own = {FIELDS.get(name, name): value for name, value in given.items() if value is not None}
        for name, value in own.items():
            if isinstance(value, str):
                not_spoilt(name, value)  # whose field was not known before
        own = _of_volume(own)
    else:
        given = cells_of(row)
        cells = {FIELDS.get(name, name): cell for name, cell in given.items()}
        own = values_of_cells(_of_volume(cells))
    made = mapping.cells(given, locale=reading.locale) if mapping else {}
    return own | values_of_cells(_of_volume(made))


def values_of_order(order: Order) -> dict[str, Any]:
    """The values that the volume of an order depends on, by field.

    Raises:
        BadFile: it has others, such as steps of a course.
    """
    return _of_volume(dict(_given(order, "")))


def _given(part: msgspec.Struct, within: str) -> Iterator[tuple[str, Any]]:
    """Every field of an order that is not as it is by default."""
    for field in msgspec.structs.fields(part):
        value = getattr(part, field.name)
        if isinstance(value, msgspec.Struct):
            yield from _given(value, f"{within}{field.encode_name}.")
        elif value != field.default:
            yield f"{within}{field.encode_name}", list(value) if isinstance(value, tuple) else value


def _of_volume(values: Mapping[str, Any]) -> dict[str, Any]:
    fields = frozenset(FIELDS.values())
    for name, value in values.items():
        if name.startswith("directions.") and name not in fields | _NO_VOLUME and not is_empty(value):
            raise BadFile(
                f"The row gives {name}, which a table of volumes leaves out: the volume could be another.",
                "Print it as a label, or take it out.",
                given=name,
            )
    return {name: value for name, value in values.items() if name in fields}


def check_headings(header: Collection[str], mapping: ColumnMap | None, *, name: str) -> None:
    """Nothing comes out; every column that begins like an order's is one, and none is given twice.

    Raises:
        BadFile: another column, or a field given by two.
        BadOption: a mapping that names a column which is not there.
    """
    check_columns((FIELDS.get(column, column) for column in header), name=name, others=True)
    if mapping is not None:
        mapping.check({*header, *(FIELDS[column] for column in header if column in FIELDS)}, name=name)


def _results(found: Conversion, notes: tuple[str, ...]) -> tuple[str, ...]:
    exact, measured = found.volume_ml, found.measured
    draws = given = ""
    if measured is not None:
        draws = BETWEEN.join(map(exact_text, measured.draws_ml))
        given = "" if measured.dose_given is None else plain(write_quantity(measured.dose_given))
    return (
        decimal_digits(exact) or f"about {exact_text(rounded(exact))}",
        str(exact.numerator),
        str(exact.denominator),
        "" if measured is None else exact_text(measured.ml),
        "" if measured is None else measured.syringe.id,
        draws,
        given,
        BETWEEN.join((*(warning.code for warning in found.warnings), *("note-not-read" for _ in notes))),
        plain(" ".join((*(sentence(warning.text) for warning in found.warnings), *notes))),
    )


def columns_of(job: Job) -> list[str]:
    """The headings of all files, each once; JSON Lines have none.

    Raises:
        BadFile, BadOption, GiveWhatIsMissing: as :meth:`Job.check_headings`, or a heading that a result has.
    """
    mapping = job.reading.mapping
    check_fhir([source for source in job.sources if source.format == "fhir"])
    columns: dict[str, None] = {}
    for source in job.sources:
        refuse_mapped_fhir(source, mapping)
        header = header_of(source) or ()
        check_headings(header, mapping, name=source.name)
        if source.format == "parquet":
            own = {name: FIELDS[name] for name in header if name in FIELDS}
            check_kinds(source, own, mapping.made_of if mapping else {})
        columns |= dict.fromkeys(header)
    if taken := [column for column in columns if column in {*PLACE, *RESULTS}]:
        raise BadOption(
            f"The table has a column '{taken[0]}' already.", "Rename it: the result has one.", given=taken[0]
        )
    return list(columns)


def convert_table(
    job: Job,
    target: str,
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    watch: Callable[[int], None] = lambda _: None,
) -> TableSummary:
    """The summary of the table that was written to ``target``, its rejects and the summary itself beside it.

    Everything is written at the end, or nothing.

    Raises:
        BadFile: as :func:`check_headings`.
        BadOption: likewise; or a name that is not .csv or .parquet, or is that of a file which is read.
        CannotWrite: a file could not be written.
    """
    columns = columns_of(job)
    beside = beside_of(target)
    rejects_as = {ending: f"{beside}.rejects.{ending}" for ending in ("jsonl", "csv")}
    summary_as = f"{beside}.summary.json"
    _check_alone(target)
    _check_not_read(job, (target, *rejects_as.values(), summary_as))
    count = rejects = unmeasured = 0
    make = partial(Converter, job.reading, job.site)
    with ExitStack() as kept, workers(make, jobs, scheduler=scheduler) as helpers:
        table = table_for(target, (*PLACE, *columns, *RESULTS))
        kept.enter_context(table)
        lines, cells = (kept.enter_context(Waiting(target)) for _ in range(2))
        seen = kept.enter_context(Seen())
        cells.add(csv_line(map(safe_cell, (*REASON, *(columns or ["cells"]))), mark=True))
        for some in helpers.in_turn("convert", job.rows()):
            for row, found in some:
                count += 1
                place = (row.file, row.number, row.line)
                seen.add(digest_of(row), row.file, row.number)
                if isinstance(found, Refusal):
                    refusal: Refusal | None = found
                else:
                    refusal = table.add((*place, *_under(columns, row), *found))
                if refusal is not None:
                    rejects += 1
                    reject = Rejected(*place, row.columns or (), row.cells, row.original, *refusal)
                    lines.add(reject_line(reject))
                    cells.add(csv_line(reject_cells(reject, columns)))
                elif not found[_MEASURED]:
                    unmeasured += 1
            watch(len(some))
        summary = TableSummary(
            rows=count,
            converted=count - rejects,
            not_measured=unmeasured,
            rejects=rejects,
            duplicates=seen.count,
            duplicate_rows=tuple(seen.named),
            sha256={},
        )
        files = {rejects_as["jsonl"]: lines.write, rejects_as["csv"]: cells.write, target: table.write}
        put_in_place(files, summary_as, partial(_as_json, summary))
    return summary


def look_over_table(
    job: Job, *, jobs: int = 1, scheduler: str | None = None
) -> Iterator[tuple[Row, Refusal | None]]:
    """Each row, and why it would have no volume; nothing is written.

    Raises:
        BadFile, BadOption: as :func:`convert_table`.
    """
    columns_of(job)
    with workers(partial(Converter, job.reading, job.site), jobs, scheduler=scheduler) as helpers:
        for some in helpers.in_turn("convert", job.rows()):
            yield from ((row, found if isinstance(found, Refusal) else None) for row, found in some)


def _check_alone(target: str) -> None:
    """Nothing comes out, unless another table has its rejects where those of this one would be."""
    for other in (f"{beside_of(target)}{ending}" for ending in ENDINGS):
        if other != target and Path(other).exists():
            raise BadOption(
                f"{other} is there, and its rejects have the names that those of {target} would get.",
                "Choose another name with -o, or take that table away with its rejects.",
                given=other,
            )


def _check_not_read(job: Job, written: Iterable[str]) -> None:
    for path in map(Path, written):
        for source in job.sources:
            if path.exists() and path.samefile(source.path):
                raise BadOption(
                    f"{path} is a file that is read.", "Choose another name with -o.", given=str(path)
                )


def _as_json(summary: TableSummary, sha256: dict[str, str]) -> bytes:
    found = msgspec.json.encode(msgspec.structs.replace(summary, sha256=sha256))
    return msgspec.json.format(found, indent=2) + b"\n"


def _under(columns: Sequence[str], row: Row) -> list[Any]:
    cells = dict(zip(row.columns or (), row.cells, strict=False))
    return [cells.get(column) for column in columns]


def beside_of(target: str) -> str:
    """How the names of the files beside a table begin."""
    return next((target.removesuffix(ending) for ending in ENDINGS if target.endswith(ending)), target)
