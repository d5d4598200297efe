"""A calibration from its readings, put into the site file; a row for the same syringe is replaced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from liquidose.cautions import Caution
from liquidose.devices.bores import bores_of
from liquidose.devices.calibration import Calibration, Span, checked, far_from
from liquidose.devices.syringes import Syringe
from liquidose.devices.truescale import published_scale
from liquidose.errors import (
    BadOption,
    CheckTheAmount,
    GiveWhatIsMissing,
    LiquidoseError,
)
from liquidose.numbers import read_number, rounded, write_number
from liquidose.quantities.reading import checked_text
from liquidose.quantities.writing import write_percent
from liquidose.site_writing import Value, put_row


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


def lacks_outer(calibration: Calibration, syringe: Syringe) -> bool:
    """Whether nobody has said how thick the barrel is: neither who measured it nor the catalogue."""
    return calibration.outer_mm is None and syringe.outer_diameter_mm is None


def outer_question(syringe: Syringe) -> str:
    """What the outer diameter is for, and what is assumed without it."""
    least = write_number(bores_of(syringe.capacity_ml).outer_least_mm)
    return (
        "Measure the outside of the barrel straight across, in mm: a mark goes at most a quarter of the way round it. "
        f"Enter alone assumes {least}\u00a0mm, the least of syringes of {write_number(syringe.capacity_ml)}\u00a0mL, and "
        "the mark may come out narrower than it could be."
    )


def with_outer(calibration: Calibration, syringe: Syringe, outer_mm: str) -> Calibration:
    """The calibration with the barrel's outer diameter, as typed; the same one for nothing.

    Raises:
        UnreadableText: no number.
        CheckTheAmount: beyond what barrels of this size are like.
    """
    if not outer_mm.strip():
        return calibration
    return checked(msgspec.structs.replace(calibration, outer_mm=read_number(outer_mm.strip())), syringe)


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
    if lacks_outer(calibration, syringe):
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
    kept = checked(calibration, syringe)
    row: dict[str, Value | None] = {
        "syringe": kept.syringe,
        "date": kept.date,
        "mm_per_ml": kept.mm_per_ml,
        "span": [{"from_ml": s.from_ml, "to_ml": s.to_ml, "mm": s.mm} for s in kept.span] or None,
        "printer": kept.printer or None,
        "brand": kept.brand or None,
        "catalogue_no": kept.catalogue_no or None,
        "outer_mm": kept.outer_mm,
    }
    put_row(path, "calibration", row, keys=("syringe",))
