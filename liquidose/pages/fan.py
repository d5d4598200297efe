"""The strip a syringe is calibrated with: a ruler in mm, and a fan of scales that needs no reading.

Ruler and scales run along the page's x axis, as the strips of marks do: a printer's two directions are seldom
out by the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from liquidose.devices.bores import bores_of
from liquidose.devices.calibration import Calibration, fan_of, refuse_insulin
from liquidose.devices.stocks import SHEETS, Paper
from liquidose.devices.syringes import ANY_BRAND, Syringe
from liquidose.devices.truescale import published_scale
from liquidose.numbers import write_number
from liquidose.pages.fonts import width_mm
from liquidose.pages.shapes import Box, Line, Page, Shape, Text

_EDGE_MM: Final = 15.0
_ZERO_MM: Final = 58.0
"""Left of it each scale of the fan is named."""
_RULER_TOP_MM: Final = 70.0
_RULER_MM: Final = 150
_FAN_TOP_MM: Final = 100.0
_ROW_MM: Final = 13.0
_THIN_MM: Final = 0.15
_NUMBERED_MM: Final = 0.25
_CLOSEST_MM: Final = 0.8
_NUMBER_PT: Final = 7.0


def centre_of_fan(syringe: Syringe, calibration: Calibration | None) -> tuple[Fraction, str]:
    """The mm per mL the fan is drawn around, and where that figure is from.

    Raises:
        GiveWhatIsMissing: a syringe of a size that nothing is known of.
    """
    if calibration is not None:
        return calibration.scale_mm_per_ml, "the calibration in the site file"
    published = published_scale(syringe)
    if published is not None:
        return published, "the published bore"
    known = bores_of(syringe.capacity_ml)
    return (known.mm_per_ml_low + known.mm_per_ml_high) / 2, "the middle of what is known for this size"


def calibration_page(
    syringe: Syringe, calibration: Calibration | None, paper: Paper, made_by: str = ""
) -> Page:
    """One page: what to do, a ruler of 150 mm, and eleven scales from -5 to +5 %; by what it was made at the foot.

    Raises:
        ChangeTheDevice: an insulin syringe.
        GiveWhatIsMissing: a syringe of a size that nothing is known of.
    """
    refuse_insulin(syringe)
    width, height = (float(side) for side in SHEETS[paper])
    scale, basis = centre_of_fan(syringe, calibration)
    shapes = [*_words(syringe, basis), *_ruler()]
    for row, (percent, mm_per_ml) in enumerate(fan_of(scale)):
        shapes += _scale(syringe, percent, mm_per_ml, _FAN_TOP_MM + row * _ROW_MM)
    if made_by:
        shapes.append(
            Text(x_mm=_EDGE_MM, y_mm=height - 12, text=made_by, size_pt=_NUMBER_PT, name="document")
        )
    return Page(width_mm=width, height_mm=height, shapes=tuple(shapes))


def _words(syringe: Syringe, basis: str) -> Iterator[Shape]:
    largest = write_number(syringe.capacity_ml)
    half = write_number(_half(syringe))
    whose = " --brand NAME" if syringe.brand == ANY_BRAND else ""
    thick = ""
    if syringe.outer_diameter_mm is None:
        thick = " Measure the outside of the barrel straight across, in mm: you are asked for it, or add --outer-mm."
    rows = (
        "1. Print at 100\u00a0% on the printer, the paper and the page direction that will print the marks. Do not use another ruler.",
        "2. Ruler: cut along its upper line and lay it along the syringe, its 0 on the centre of the syringe's printed 0 line.",
        f"    Read to half a millimetre where the centre of the line of {largest}\u00a0mL lies, then that of {half}\u00a0mL. Type both:",
        f"    liquidose syringes calibrate {syringe.id} --from 0 --to {largest} --mm READING --span 0 {half} READING{whose}",
        f"3. Or without reading: the scales below are drawn around {basis}. Cut the one that meets every line of the",
        f"    syringe, and type its figure: liquidose syringes calibrate {syringe.id} --mm-per-ml FIGURE{whose}",
        "    If none meets every line, use the ruler; then print this page again, and the scales stand around your reading.",
        f"4. With either, name this printer: --printer NAME.{thick}",
    )  # fmt: skip
    title = f"Calibration strip for {syringe.id}, {syringe.words}"
    yield Text(x_mm=_EDGE_MM, y_mm=20, text=title, size_pt=14, bold=True, name="title")
    for k, row in enumerate(rows):
        yield Text(x_mm=_EDGE_MM, y_mm=28 + 4.6 * k, text=row, size_pt=8.5, name="how")


def _half(syringe: Syringe) -> Fraction:
    """The numbered line nearest to half the capacity, or the line there."""
    lines = syringe.marks()
    step = syringe.numbered_every_ml
    numbered = [ml for ml in lines if step is not None and not ml % step and ml < syringe.capacity_ml]
    return min(numbered or lines[:-1] or lines, key=lambda ml: (abs(ml * 2 - syringe.capacity_ml), -ml))


def _ruler() -> Iterator[Shape]:
    top = _RULER_TOP_MM
    yield Line(
        x1_mm=_EDGE_MM,
        y1_mm=top,
        x2_mm=_EDGE_MM + 10 + _RULER_MM,
        y2_mm=top,
        width_mm=_THIN_MM,
        name="ruler_edge",
    )
    for mm in range(_RULER_MM + 1):
        long = 7.0 if mm % 10 == 0 else 5.0 if mm % 5 == 0 else 3.0
        yield _line(_EDGE_MM + 5 + mm, top, long, name=f"ruler:{mm}")
        if mm % 10 == 0:
            yield _centred(str(mm), _EDGE_MM + 5 + mm, top + 10)
    yield Text(
        x_mm=_EDGE_MM + 7.8 + _RULER_MM, y_mm=top + 10, text="mm", size_pt=_NUMBER_PT, name="ruler_unit"
    )


def _scale(syringe: Syringe, percent: int, mm_per_ml: Fraction, top: float) -> Iterator[Shape]:
    """One scale of the fan; every volume is placed by itself, by the figure printed beside it."""
    along, numbered = float(mm_per_ml), syringe.numbered_every_ml or syringe.capacity_ml
    sign = "+" if percent > 0 else "\u2212" if percent < 0 else ""
    name = f"{sign}{abs(percent)}\u00a0%"
    yield Text(x_mm=_EDGE_MM, y_mm=top + 4, text=name, size_pt=10, bold=True, name=f"fan_name:{percent}")
    figure = f"{write_number(mm_per_ml)}\u00a0mm per mL"
    yield Text(x_mm=_EDGE_MM + 12, y_mm=top + 4, text=figure, size_pt=8, name=f"fan_figure:{percent}")
    end = _ZERO_MM + float(syringe.capacity_ml) * along
    yield Box(
        x_mm=_ZERO_MM - 2, y_mm=top, width_mm=end - _ZERO_MM + 4, height_mm=9, stroke_mm=0.1, name="cut"
    )
    every = float(syringe.step_ml) * along >= _CLOSEST_MM
    for ml in (Fraction(), *syringe.marks()):
        x = _ZERO_MM + float(ml) * along
        if not ml % numbered:
            yield _line(x, top, 4.5, thick=_NUMBERED_MM, name=f"fan:{percent}:{ml}")
            yield _centred(write_number(ml), x, top + 7.8)
        elif every:
            yield _line(x, top, 2.5, name=f"fan:{percent}:{ml}")


def _line(x: float, top: float, long: float, *, thick: float = _THIN_MM, name: str) -> Line:
    return Line(x1_mm=x, y1_mm=top, x2_mm=x, y2_mm=top + long, width_mm=thick, name=name)


def _centred(text: str, x: float, y: float) -> Text:
    wide = width_mm(text, size_pt=_NUMBER_PT, bold=False)
    return Text(x_mm=x - wide / 2, y_mm=y, text=text, size_pt=_NUMBER_PT, name="number")
