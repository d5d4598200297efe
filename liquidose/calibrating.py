"""A calibration from its readings, put into the site file: the only place that writes one, and it keeps the comments.

A row for the same syringe is replaced. The new text is read back as a site before it is written.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from fractions import Fraction

import msgspec
import tomlkit
from tomlkit.items import AoT, Item, Table

from liquidose.cautions import Caution
from liquidose.devices.bores import bores_of
from liquidose.devices.calibration import Calibration, Span, checked, far_from
from liquidose.devices.syringes import Syringe
from liquidose.devices.truescale import published_scale
from liquidose.errors import (
    BadFile,
    BadOption,
    CannotWrite,
    CheckTheAmount,
    GiveWhatIsMissing,
    LiquidoseError,
)
from liquidose.files import decode_toml, read_text, write_whole
from liquidose.numbers import decimal_digits, read_number, rounded, write_number
from liquidose.quantities.reading import checked_text
from liquidose.quantities.writing import write_percent
from liquidose.site import Site


def read_calibration(  # noqa: PLR0913  (all that is told of one calibration)
    syringe: Syringe,
    readings: Sequence[tuple[str | None, str | None, str | None]],
    *,
    date: dt.date,
    mm_per_ml: str | None = None,
    outer_mm: str | None = None,
    brand: str = "",
    catalogue_no: str = "",
    printer: str = "",
) -> Calibration:
    """The calibration that readings make: each a line, another, and the mm between them, as typed.

    Raises:
        GiveWhatIsMissing: a second reading, or a part of one.
        CheckTheAmount: readings that disagree, or that no syringe of this size gives.
        UnreadableText: a number that cannot be read, or a line the syringe does not have.
        BadOption: readings and a figure of the fan at once.
    """
    if readings and mm_per_ml is not None:
        raise BadOption(
            "--mm-per-ml stands for the scale that met every line, and readings are given too.",
            "Give the one or the other.",
            given=mm_per_ml,
        )
    for words in (brand, catalogue_no, printer):
        checked_text(words)
    if len(readings) == 1:
        raise GiveWhatIsMissing(
            f"One reading of {syringe.id} could be mistyped, and there is no second to check it.",
            "Read between another pair of lines too, and add it: --span 0 HALF READING.",
            given=syringe.id,
        )
    try:
        calibration = Calibration(
            syringe=syringe.id,
            date=date,
            span=tuple(_span(reading) for reading in readings),
            mm_per_ml=None if mm_per_ml is None else read_number(mm_per_ml),
            printer=printer,
            brand=brand,
            catalogue_no=catalogue_no,
            outer_mm=None if outer_mm is None else read_number(outer_mm),
        )
    except LiquidoseError:
        raise
    except ValueError as fault:
        raise CheckTheAmount(
            f"The readings of {syringe.id} cannot be kept: {fault}.",
            "Lay the ruler's 0 on the centre of the first line, and read the centre of the other.",
            given=syringe.id,
        ) from None
    return checked(calibration, syringe)


def _span(reading: tuple[str | None, str | None, str | None]) -> Span:
    start, end, mm = reading
    if start is None or end is None or mm is None:
        raise GiveWhatIsMissing(
            "A reading has three parts: the two lines in mL and the millimetres between them.",
            "Give --from, --to and --mm together.",
            given=" ".join(part for part in reading if part),
        )
    return Span(from_ml=read_number(start), to_ml=read_number(end), mm=read_number(mm))


def notes_on(calibration: Calibration, syringe: Syringe) -> tuple[Caution, ...]:
    """What a calibration leaves to be looked at."""
    found = []
    published = published_scale(syringe)
    if published is not None and (off := far_from(published, calibration)):
        text = f"This is {write_percent(off)} off the published figure of {write_number(rounded(published))}\u00a0mm: check that it is this syringe."
        found.append(Caution(code="far-from-published", text=text))
    if calibration.outer_mm is None and syringe.outer_diameter_mm is None:
        least = bores_of(syringe.capacity_ml).outer_least_mm
        text = (
            f"No outer diameter is known, and {write_number(least)}\u00a0mm, the least of this size, is taken: "
            "give --outer-mm if the strip could be wider."
        )
        found.append(Caution(code="outer-assumed", text=text, level="note"))
    if not calibration.printer:
        text = "Print the marks on the printer that printed the strip: its millimetres are the ones measured with."
        found.append(Caution(code="printer-not-named", text=text, level="note"))
    return tuple(found)


def store(calibration: Calibration, syringe: Syringe, path: str) -> None:
    """Nothing comes out; the site file holds the calibration, and what it held besides.

    Raises:
        LiquidoseError: a calibration that cannot be of this syringe, a file that cannot be read or written.
    """
    checked(calibration, syringe)
    old = read_text(path) if os.path.exists(path) else ""  # noqa: PTH110  (as in finding the file)
    new = with_calibration(old, calibration, name=path)
    before, after = decode_toml(old, Site, name=path), decode_toml(new, Site, name=path)
    kept = [c for c in before.calibration if c.syringe != calibration.syringe]
    if after != msgspec.structs.replace(before, calibration=(*kept, calibration)):
        raise BadFile(
            f"{path} is written in a way that no row can be added to without changing the rest.",
            "Move its [[calibration]] rows to the end, and try again.",
            given=path,
        )
    try:
        write_whole(path, new.encode())
    except CannotWrite as fault:
        raise CannotWrite(fault.problem, "Name another site file with --site.", given=path) from None


def with_calibration(text: str, calibration: Calibration, *, name: str) -> str:
    """The text of a site file with this calibration in it, all else as it was.

    Raises:
        BadFile: its ``calibration`` is no list of tables.
    """
    document = tomlkit.parse(text)
    rows = document.get("calibration")
    if rows is None:
        rows = tomlkit.aot()
        document["calibration"] = rows
    if not isinstance(rows, AoT):
        raise BadFile(
            f"{name}: calibration is no list of tables.",
            "Write each as [[calibration]].",
            given="calibration",
        )
    old = [k for k, row in enumerate(rows) if row.get("syringe") == calibration.syringe]
    for k in reversed(old):
        del rows[k]
    rows.append(_table(calibration))
    return tomlkit.dumps(document)


def _table(calibration: Calibration) -> Table:
    table = tomlkit.table()
    table.trivia.indent = "\n"  # an empty line before it
    table["syringe"] = calibration.syringe
    table["date"] = calibration.date
    if calibration.mm_per_ml is not None:
        table["mm_per_ml"] = _number(calibration.mm_per_ml)
    if calibration.span:
        spans = tomlkit.array()
        for span in calibration.span:
            row = tomlkit.inline_table()
            row.update(
                {"from_ml": _number(span.from_ml), "to_ml": _number(span.to_ml), "mm": _number(span.mm)}
            )
            spans.append(row)
        table["span"] = spans
    for key in ("printer", "brand", "catalogue_no"):
        if words := getattr(calibration, key):
            table[key] = words
    if calibration.outer_mm is not None:
        table["outer_mm"] = _number(calibration.outer_mm)
    return table


def _number(value: Fraction) -> Item:
    return tomlkit.value(decimal_digits(value) or "0")
