"""Every kind of file of orders as headings and rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from liquidose.batch.fhir_rows import COLUMNS, rows_of_fhir
from liquidose.batch.parquet_rows import header_of_parquet, rows_of_parquet
from liquidose.batch.rows import Row, header_of_text, rows_of_text
from liquidose.batch.sources import Source


def header_of(source: Source) -> tuple[str, ...] | None:
    """The headings of a file; None for JSON Lines, where each line has its own.

    Raises:
        BadFile: no heading at all, one that is empty, or a file that cannot be read.
    """
    if source.format == "fhir":
        return COLUMNS
    return header_of_parquet(source) if source.format == "parquet" else header_of_text(source)


def rows_of(sources: Sequence[Source]) -> Iterator[Row]:
    """Every row of every file in turn.

    Raises:
        BadFile: as :func:`header_of`; or a file was changed meanwhile.
    """
    in_fhir = iter(rows_of_fhir([source for source in sources if source.format == "fhir"]))
    for source in sources:
        if source.format == "fhir":
            yield from next(in_fhir)
        else:
            yield from rows_of_parquet(source) if source.format == "parquet" else rows_of_text(source)
