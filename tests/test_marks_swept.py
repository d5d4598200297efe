"""Every line of every syringe that may carry a mark: where the mark lies in the PDF, to 0.02 mm."""

from __future__ import annotations

import math
from fractions import Fraction

import pypdfium2 as pdfium
import pytest
from marks import MARKABLE, calibration_row, mark_at, read_mark, reading_of

from liquidose.devices.syringes import Kind, Syringe, catalogue, default_stock
from liquidose.errors import ChangeTheDevice
from liquidose.files import decode_toml
from liquidose.marking import Mark
from liquidose.pages.elements import MarkElement, Place
from liquidose.pages.mark import draw_mark, fit_strip, mark_place, quarter_mm
from liquidose.pages.shapes import Page
from liquidose.render.pdf import render_pdf
from liquidose.site import Site

ORAL_AND_ENTERAL: tuple[Kind, ...] = ("oral", "enfit")
BOX = Place(10, 5, 190, 20)
ELEMENT = MarkElement(box_mm=BOX)
SITE = decode_toml("".join(calibration_row(s) for s in MARKABLE if s.geometry == "absent"), Site, name="site")


def along(syringe: Syringe) -> float:
    """The mm per mL this syringe must be drawn with, worked out here by other means."""
    if syringe.geometry == "absent":
        ml, mm = reading_of(syringe)
        return float(mm) / float(ml)
    if syringe.measured_span_mm is not None:
        return float(syringe.measured_span_mm) / float(syringe.measured_span_ml or 1)
    return 1000 / (math.pi / 4 * float(syringe.inner_diameter_mm or 0) ** 2)


def marks_of(syringe: Syringe) -> list[Mark]:
    """Every mark that is not refused for being too uncertain."""
    found = []
    for ml in syringe.marks():
        try:
            found.append(mark_at(syringe, ml, SITE))
        except ChangeTheDevice:
            continue
    return found


def test_the_47_oral_and_enteral_syringes_are_calibrated_and_the_luer_ones_are_published() -> None:
    rows = [s for kind in ORAL_AND_ENTERAL for s in catalogue(kind) if s not in default_stock(kind)]
    assert len(rows) == 47
    assert {c.syringe for c in SITE.calibration} >= {s.id for s in rows}
    assert sum(s.geometry == "known" for s in MARKABLE) == 50


@pytest.mark.slow
@pytest.mark.parametrize("syringe", MARKABLE, ids=lambda s: s.id)
def test_every_mark_lies_where_the_syringe_has_its_line(syringe: Syringe) -> None:
    marks = marks_of(syringe)
    assert len(marks) >= len(syringe.marks()) * 0.6
    pages = [Page(width_mm=210, height_mm=30, shapes=tuple(draw_mark(m, ELEMENT))) for m in marks]
    document = pdfium.PdfDocument(render_pdf(pages, title="marks"))
    scale = along(syringe)
    for mark, page in zip(marks, document, strict=True):
        found, strip = read_mark(page), fit_strip(mark, BOX)
        assert found.dose_x - found.zero_x == pytest.approx(float(mark.ml) * scale, abs=0.02)
        assert found.witness_x - found.zero_x == pytest.approx(float(strip.witness_ml) * scale, abs=0.02)
        assert strip.witness_ml in mark.numbered_ml
        assert strip.witness_ml != mark.ml
        place = mark_place(mark, ELEMENT)
        assert place.at_mm[0] == pytest.approx(found.dose_x, abs=0.02)
        assert place.zero_at_mm[0] == pytest.approx(found.zero_x, abs=0.02)
        assert place.at_mm[1] == place.zero_at_mm[1] == pytest.approx(found.top, abs=0.02)
        assert (place.ml, place.mm_per_ml) == (mark.ml, float(mark.scale.mm_per_ml))
        assert found.high <= quarter_mm(mark) + 0.001
    document.close()


@pytest.mark.slow
def test_only_marks_near_the_tip_are_too_uncertain() -> None:
    for syringe in MARKABLE:
        refused = set(syringe.marks()) - {mark.ml for mark in marks_of(syringe)}
        if refused:
            assert max(refused) * along_exact(syringe) < 15, f"{syringe.id}: within 15 mm of the 0 line"


def along_exact(syringe: Syringe) -> Fraction:
    return Fraction(along(syringe))
