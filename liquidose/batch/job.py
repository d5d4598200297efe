"""What one run is asked to do, and by what it is known again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import msgspec

from liquidose._version import __version__
from liquidose.batch.checking import Reading
from liquidose.batch.fhir_rows import check_fhir
from liquidose.batch.inputs import header_of, rows_of
from liquidose.batch.kinds import OWN
from liquidose.batch.mapping import KIND, KIND_TABLE, ColumnMap
from liquidose.batch.parquet_rows import check_kinds
from liquidose.batch.rows import Row
from liquidose.batch.sources import Source
from liquidose.errors import BadFile, BadOption
from liquidose.files import data_version
from liquidose.label_pages import labels_on
from liquidose.orders.cells import columns
from liquidose.orders.rows import check_columns
from liquidose.pages.imposing import rest_on
from liquidose.print_run import Run
from liquidose.site import Site


class Job(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that decides what comes out.

    Raises:
        BadOption: no sheet, no row, a sheet that has no place for a label, or two files of one name.
        DoesNotFit: the design does not fit the stock.
    """

    sources: tuple[Source, ...]
    reading: Reading
    kinds: dict[str, Run]
    """How each kind of label is printed, the command's own first."""
    site: Site
    sheets_per_file: int
    limit: int | None = None
    """How many rows are read; None for all."""

    def __post_init__(self) -> None:
        names = Counter(source.name for source in self.sources)
        for name in (name for name, count in names.items() if count > 1):
            raise BadOption(
                f"Two files are called {name}, and a rejected row is found again by its file's name.",
                "Rename one, or read it in a run of its own.",
                given=name,
            )
        if self.sheets_per_file < 1 or (self.limit is not None and self.limit < 1):
            raise BadOption("At least one sheet and one row are needed.", "Ask for 1 or more.", given="0")
        for kind, run in self.kinds.items():
            if run.stock is not None:
                rest_on(run.template, run.stock, self.site.stock)
            if min(self.room(kind, 1), self.room(kind, len(run.start_at) + len(run.skip) + 1)) < 1:
                raise BadOption(
                    f"{self.sheets_per_file} sheets in a file have no place for a label beside the check label.",
                    "Ask for more sheets in a file.",
                    given=str(self.sheets_per_file),
                )

    def check_headings(self) -> None:
        """Nothing comes out; every heading is one that is used, before a row is read.

        Raises:
            BadFile: a column that no order has, with the nearest; or no headings.
            BadOption: a mapping that names a column which is not there.
            GiveWhatIsMissing: files of FHIR without an order.
        """
        mapping = self.reading.mapping
        check_fhir([source for source in self.sources if source.format == "fhir"])
        for source in self.sources:
            refuse_mapped_fhir(source, mapping)
            header = header_of(source)
            if header is not None and source.format != "fhir":
                self._check_kind(header, source.name)
                check_columns(header, name=source.name, others=mapping is not None, besides={KIND})
                if mapping is not None:
                    mapping.check(header, name=source.name)
            if source.format == "parquet":
                own = {name: name for name in header or () if name in columns() or name == KIND}
                check_kinds(source, own, mapping.made_of if mapping else {})

    def _check_kind(self, header: Collection[str], name: str) -> None:
        """Nothing comes out, if a table says which kind of label each row has, where there are several."""
        if close := [column for column in header if column.startswith(f"{KIND_TABLE}.") and column != KIND]:
            raise BadFile(
                f"{name}: there is no column '{close[0]}'.", f"Did you mean '{KIND}'?", given=close[0]
            )
        mapped = self.reading.mapping is not None and KIND in self.reading.mapping.fields
        if len(self.kinds) > 1 and not mapped and KIND not in header:
            raise BadOption(
                f"{name} does not say which kind of label each row has.",
                f'Add the column {KIND}, or say which one it is: --map "kind={{COLUMN}}".',
                given=KIND,
            )

    @property
    def lines(self) -> int:
        """About how many rows there are, for those who wait."""
        lines = sum(source.lines for source in self.sources)
        return lines if self.limit is None else min(lines, self.limit)

    def rows(self) -> Iterator[Row]:
        """Every row of every file, up to the limit."""
        return islice(rows_of(self.sources), self.limit)

    def run_of(self, kind: str, number: int) -> Run:
        """How the labels of a file are printed: the part-used sheets are the first of all, not of each file."""
        start, end = (number - 1) * self.sheets_per_file, number * self.sheets_per_file
        run = self.kinds[kind]
        return msgspec.structs.replace(run, start_at=run.start_at[start:end], skip=run.skip[start:end])

    def room(self, kind: str, number: int) -> int:
        """How many labels a file holds."""
        return labels_on(self.sheets_per_file, self.run_of(kind, number), self.site)

    def known_by(self) -> dict[str, str]:
        """What must be the same for a run to go on, by the word for it."""
        own = self.kinds[OWN]
        fonts = [_digest(_font(path)) for path in self.site.fonts]
        return {
            "input": _encoded([(s.name, s.format, s.encoding, s.digest) for s in self.sources]),
            "column mapping": _encoded(self.reading.mapping),
            "locale": self.reading.locale or "",
            "limit": str(self.limit or ""),
            "site file": _digest(_encoded((self.site, fonts)).encode()),
            "template": _digest(_encoded(own.template).encode()),
            "stock": _encoded(own.stock),
            "way of printing": _encoded(
                [(run.start_at, run.skip, run.fill, run.copies, run.printer) for run in self.kinds.values()]
            ),
            "kind of label": _digest(
                _encoded(
                    [(kind, run.template, run.stock) for kind, run in self.kinds.items() if kind]
                ).encode()
            ),
            "number of sheets in a file": str(self.sheets_per_file),
            "version": f"{__version__}, data {data_version()}, reportlab {version('reportlab')}",
        }


def refuse_mapped_fhir(source: Source, mapping: ColumnMap | None) -> None:
    """Nothing comes out, unless a mapping is given for a file that has no columns.

    Raises:
        BadOption: it is.
    """
    if source.format == "fhir" and mapping is not None:
        raise BadOption(
            f"{source.name} is FHIR and has no columns to map.",
            "Leave --map and --map-file out, or read it in a run of its own.",
            given=source.name,
        )


def _font(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as fault:
        raise BadFile(f"{path} cannot be read: {fault.strerror}.", "Check the path.", given=path) from None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _encoded(value: object) -> str:
    return msgspec.json.encode(value, enc_hook=str, order="deterministic").decode()
