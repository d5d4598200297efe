"""A table of doses and strengths to the same table with volumes: ``convert()`` for every row, rejects beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final

import msgspec

from liquidose._version import __version__
from liquidose.batch.checking import Reading, Refusal, as_cell, cells_of, refused
from liquidose.batch.job import Job
from liquidose.batch.mapping import ColumnMap
from liquidose.batch.rejects import REASON, Rejected, reject_cells, reject_line
from liquidose.batch.rows import Row, header_of
from liquidose.batch.spreadsheet import csv_line, safe_cell
from liquidose.batch.workers import workers
from liquidose.cautions import Caution
from liquidose.conversion import Conversion, work_out
from liquidose.dosing.ordered import read_dose
from liquidose.dosing.patient import patient_of
from liquidose.errors import BadFile, BadOption, CannotWrite, GiveWhatIsMissing, LiquidoseError
from liquidose.exchange.conversions import exact_text, plain
from liquidose.files import write_together
from liquidose.numbers import decimal_digits, rounded
from liquidose.orders.parts import Directions
from liquidose.orders.rows import check_columns, checked_values, json_values, values_of_cells
from liquidose.quantities.writing import sentence, write_quantity
from liquidose.site import Site
from liquidose.source import source_of

_SHORT: Final = (
    "directions.dose", "drug.strength", "drug.component", "patient.weight", "patient.height", "patient.bsa",
    "directions.times", "directions.times_a_day", "directions.route", "locale",
)  # fmt: skip
FIELDS: Final = {
    **{field: field for field in (*_SHORT, "drug.name", "drug.form")},
    **{field.rpartition(".")[2]: field for field in _SHORT},
}
"""What a volume depends on, by the names that a column may have: most of them also the last word alone."""
_NO_VOLUME: Final = frozenset({
    "directions.with", "directions.purpose", "directions.missed_dose", "directions.warnings", "directions.for_days",
})  # fmt: skip
"""Directions that no volume depends on."""
RESULTS: Final = (
    "exact_ml", "exact_numerator", "exact_denominator", "measured_ml", "syringe", "draws_ml", "dose_given",
    "warning_codes", "warnings",
)  # fmt: skip


class TableSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What became of every row: ``rows = converted + rejects``."""

    rows: int
    converted: int
    rejects: int
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
    """What a volume depends on, by an order's names."""

    directions: Directions
    drug: _Drug
    patient: _Patient = _Patient()
    locale: str | None = None


class Converter:
    """Converts rows, in any process."""

    def __init__(self, reading: Reading, site: Site) -> None:
        self._reading, self._site = reading, site

    def convert(self, rows: Sequence[Row]) -> list[tuple[Row, tuple[str, ...] | Refusal]]:
        """Each row with its results, or with why it has none."""
        return [(row, self._one(row)) for row in rows]

    def _one(self, row: Row) -> tuple[str, ...] | Refusal:
        try:
            values = _values(row, self._reading.mapping)
            return _results(self._converted(values))
        except LiquidoseError as refusal:
            return refused(refusal)

    def _converted(self, values: dict[str, Any]) -> Conversion:
        for needed in ("directions.dose", "drug.strength"):
            if needed not in values:
                raise GiveWhatIsMissing(f"The row gives no {needed}.", "Fill that cell.", given=needed)
        asked = checked_values(values, _Asked, locale=self._reading.locale)
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
        return work_out(
            dose,
            source,
            patient=patient,
            times_a_day=directions.doses_a_day,
            route=directions.way,
            syringes=self._site.syringes,
            limits=self._site.limits_in_force,
            notes=notes,
            profile=self._site.profile,
        )


def _values(row: Row, mapping: ColumnMap | None) -> dict[str, Any]:
    """The values that a volume depends on, by field."""
    if row.columns is None:
        given = json_values(row.cells[0]).items()
        cells = {name: as_cell(value) for name, value in given}
        check_headings(cells, mapping, name="the row")
    else:
        cells = cells_of(row)
    for name, text in cells.items():
        if name.startswith("directions.") and name not in {*FIELDS, *_NO_VOLUME} and text.strip(" "):
            raise BadFile(
                f"The row gives {name}, which a table of volumes leaves out: the volume could be another.",
                "Print it as a label, or take it out.",
                given=name,
            )
    own = {FIELDS[name]: text for name, text in cells.items() if name in FIELDS}
    return values_of_cells(own | (mapping.cells(cells) if mapping else {}))


def check_headings(header: Collection[str], mapping: ColumnMap | None, *, name: str) -> None:
    """Nothing comes out; every column that begins like an order's is one, and none is given twice.

    Raises:
        BadFile: another column, or a field given by two.
        BadOption: a mapping that names a column which is not there.
    """
    check_columns((FIELDS.get(column, column) for column in header), name=name, others=True)
    if mapping is not None:
        mapping.check({*header, *(FIELDS[column] for column in header if column in FIELDS)}, name=name)


def _results(found: Conversion) -> tuple[str, ...]:
    exact, measured = found.volume_ml, found.measured
    draws = given = ""
    if measured is not None:
        draws = ";".join(map(exact_text, measured.draws_ml))
        given = "" if measured.dose_given is None else plain(write_quantity(measured.dose_given))
    return (
        decimal_digits(exact) or f"about {exact_text(rounded(exact))}",
        str(exact.numerator),
        str(exact.denominator),
        "" if measured is None else exact_text(measured.ml),
        "" if measured is None else measured.syringe.id,
        draws,
        given,
        ";".join(warning.code for warning in found.warnings),
        plain(" ".join(sentence(warning.text) for warning in found.warnings)),
    )


def convert_table(
    job: Job, target: str, *, jobs: int = 1, watch: Callable[[int], None] = lambda _: None
) -> TableSummary:
    """The summary of the table that was written to ``target``, its rejects and the summary itself beside it.

    Everything is written at the end, or nothing.

    Raises:
        BadFile, BadOption: as :func:`check_headings`.
        CannotWrite: a file could not be written.
    """
    headers = [(source, header_of(source)) for source in job.sources]
    for source, header in headers:
        if header is not None:
            check_headings(header, job.reading.mapping, name=source.name)
    columns = list(dict.fromkeys(column for _, header in headers for column in header or ()))
    if taken := [column for column in columns if column in {"file", "row", "line", *RESULTS}]:
        raise BadOption(
            f"The table has a column '{taken[0]}' already.", "Rename it: the result has one.", given=taken[0]
        )
    count = rejects = 0
    with ExitStack() as kept, workers(partial(Converter, job.reading, job.site), jobs) as helpers:
        beside = target.removesuffix(".csv")
        table, lines, cells = (_Kept(kept, target) for _ in range(3))
        table.add(csv_line(("file", "row", "line", *columns, *RESULTS), mark=True))
        cells.add(csv_line((*REASON, *(columns or ["cells"])), mark=True))
        for some in helpers.in_turn("convert", job.rows()):
            for row, found in some:
                count += 1
                if isinstance(found, Refusal):
                    rejects += 1
                    reject = Rejected(row.file, row.number, row.line, row.columns or (), row.cells, *found)
                    lines.add(reject_line(reject))
                    cells.add(csv_line(reject_cells(reject, columns)))
                else:
                    given = map(safe_cell, _under(columns, row))
                    place = (row.file, str(row.number), str(row.line))
                    table.add(csv_line((*place, *given, *found)))
            watch(len(some))
        summary = TableSummary(rows=count, converted=count - rejects, rejects=rejects)
        encoded = msgspec.json.format(msgspec.json.encode(summary), indent=2)
        write_together(
            [
                (f"{beside}.rejects.jsonl", lines.pieces()),
                (f"{beside}.rejects.csv", cells.pieces()),
                (f"{beside}.summary.json", encoded + b"\n"),
                (target, table.pieces()),
            ]
        )
    return summary


def _under(columns: Sequence[str], row: Row) -> list[str]:
    cells = dict(zip(row.columns or (), row.cells, strict=False))
    return [cells.get(column, "") for column in columns]


class _Kept:
    """Output that waits without a name, so that an interruption leaves nothing."""

    def __init__(self, stack: ExitStack, target: str) -> None:
        self._target = target
        with self._writing():
            self._file = stack.enter_context(TemporaryFile(dir=Path(target).parent))  # noqa: SIM115  (the stack closes it)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            raise CannotWrite(
                f"{self._target} cannot be written: {fault.strerror or fault}.",
                "Choose another place with -o.",
                given=self._target,
            ) from None

    def add(self, content: bytes) -> None:
        with self._writing():
            self._file.write(content)

    def pieces(self) -> Iterator[bytes]:
        with self._writing():
            self._file.seek(0)
        while piece := self._file.read(1 << 20):
            yield piece
