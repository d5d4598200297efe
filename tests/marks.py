"""What a mark's PDF shows, read back by PDFium: the shapes by their own points, in mm from the top left."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from liquidose.devices.bores import bores_of
from liquidose.devices.limits import Limits
from liquidose.devices.measuring import Measured
from liquidose.devices.syringes import KIND_FOR, Route, Syringe, catalogue
from liquidose.devices.tolerance import scale_tolerance
from liquidose.devices.truescale import true_scale
from liquidose.mark_pages import mark_document
from liquidose.marking import Mark
from liquidose.numbers import decimal_digits
from liquidose.pages.mark import BLOCK_MM
from liquidose.site import Site

MM = 25.4 / 72
Points = list[tuple[float, float]]
ROUTES: dict[str, Route] = {kind: route for route, kind in KIND_FOR.items()}
MARKABLE = [s for kind in ROUTES for s in catalogue(kind)]  # type: ignore[arg-type]


class Found(NamedTuple):
    """A mark as PDFium sees it."""

    dose_x: float
    zero_x: float
    witness_x: float
    top: float
    high: float


def reading_of(syringe: Syringe) -> tuple[Fraction, Fraction]:
    """A span a site may have read on this syringe, in mL and whole tenths of a mm."""
    known = bores_of(syringe.capacity_ml)
    middle = (known.mm_per_ml_low + known.mm_per_ml_high) / 2 * syringe.capacity_ml
    return syringe.capacity_ml, Fraction(round(middle * 10), 10)


def calibration_row(syringe: Syringe) -> str:
    """That reading in a site file, checked by half of it."""
    ml, mm = reading_of(syringe)
    half = max(m for m in syringe.marks() if m <= ml / 2)
    first, second = (
        f"{{from_ml = 0, to_ml = {decimal_digits(to)}, mm = {decimal_digits(long)}}}"
        for to, long in ((ml, mm), (half, Fraction(round(mm * half / ml * 100), 100)))
    )
    return (
        f'[[calibration]]\nsyringe = "{syringe.id}"\ndate = 2026-01-02\nspan = [{first}, {second}]\n'
        'brand = "Test"\nprinter = "ward 2"\n'
    )


def mark_at(syringe: Syringe, ml: Fraction, site: Site) -> Mark:
    """The mark at one line of a syringe, whatever dose would be set there."""
    measured = Measured(
        syringe=syringe,
        ml=ml,
        draws_ml=(ml,),
        exact_ml=ml,
        scale_tolerance_ml=scale_tolerance(syringe.capacity_ml, ml),
        limits=Limits(),
    )
    scale = true_scale(syringe, site.calibration)
    return Mark(measured=measured, scale=scale, route=ROUTES[syringe.kind], bottle="baclofen 1 mg per mL")


def mark_pdf(mark: Mark, **options: Any) -> bytes:
    return mark_document(mark, **options)[0]


def paths(page: pdfium.PdfPage) -> Iterator[tuple[bool, Points]]:
    """Every path of a page: whether it is filled, and its points."""
    high = page.get_height()
    x, y = ctypes.c_float(), ctypes.c_float()
    for thing in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH]):
        placed = thing.get_matrix()
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDFPath_GetDrawMode(thing, fill, stroke)
        points = []
        for k in range(pdfium_c.FPDFPath_CountSegments(thing)):
            pdfium_c.FPDFPathSegment_GetPoint(pdfium_c.FPDFPath_GetPathSegment(thing, k), x, y)
            across, up = placed.on_point(x.value, y.value)
            points.append((across * MM, (high - up) * MM))
        yield bool(fill.value), points


def read_mark(page: pdfium.PdfPage) -> Found:
    """The one block and the two ticks of a page, each known by its own form.

    The block is the filled rectangle as wide as blocks are; a tick is a filled outline of eight corners whose top
    is as thick as a line; the zero's widens at its neck by a shoulder, the other's tapers.
    """
    blocks: list[tuple[float, float, float]] = []
    zeros: list[float] = []
    witnesses: list[float] = []
    for filled, points in paths(page):
        corners = list(dict.fromkeys((round(a, 4), round(b, 4)) for a, b in points))
        across, down = [a for a, _ in corners], [b for _, b in corners]
        if filled and len(corners) == 4 and abs(max(across) - min(across) - BLOCK_MM) < 0.005:
            blocks.append((min(across), min(down), max(down) - min(down)))
        elif filled and len(set(corners)) in {6, 8} and max(across) - min(across) < 2:
            top = [a for a, b in corners if abs(b - min(down)) < 0.005]
            assert len(top) == 2, "a tick ends in a line"
            (zeros if len(set(corners)) == 8 else witnesses).append(sum(top) / 2)
    (block,), (zero,), (witness,) = blocks, zeros, witnesses
    return Found(block[0], zero, witness, block[1], block[2])
