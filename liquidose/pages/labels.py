"""A label from its design, its texts and the measured dose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Final

from liquidose.devices.measuring import Measured
from liquidose.devices.syringes import Syringe
from liquidose.errors import GiveWhatIsMissing
from liquidose.marking import Mark
from liquidose.pages.barcodes import Code, code_of, draw_barcode, words_of
from liquidose.pages.elements import CheckBar, Place, SyringeElement, TextElement
from liquidose.pages.mark import draw_mark, mark_place
from liquidose.pages.places import check_places
from liquidose.pages.setting import TextBox, set_text
from liquidose.pages.shapes import Box, Line, MarkPlace, Page, Placed, Shape
from liquidose.pages.syringe_art import draw_syringe, marks_of
from liquidose.pages.templates import Template

_KEPT: Final = 1024
"""Texts and drawings kept for the next labels: pharmacies, warnings and doses come again, patients do not."""


def lay_out(
    template: Template,
    texts: Mapping[str, Sequence[str]],
    measured: Measured | None = None,
    codes: Mapping[str, Code] = MappingProxyType({}),
    mark: Mark | None = None,
) -> Page:
    """One label, as :meth:`Layout.label` makes it."""
    return Layout(template).label(texts, measured, codes, mark)


class Layout:
    """A design made ready to set many labels: what stands on every one of them is drawn once.

    ``further`` names faces for characters that the package's own lacks.

    Raises:
        DoesNotFit, UnreadableText: the design's own words have no room or cannot be drawn.
    """

    def __init__(self, template: Template, *, further: tuple[str, ...] = ()) -> None:
        self.template = template
        self._set = partial(set_text, spacing=template.line_spacing, further=further)
        boxed = partial(TextBox, spacing=template.line_spacing, further=further, kept=_KEPT)
        self._texts = [(sharing, lru_cache(_KEPT)(boxed(sharing).lay)) for sharing in _sharing(template.text)]
        """A memo for the elements of each box, for an element is slow to hash."""
        self._pictures: dict[tuple[int, tuple[Fraction, ...]], tuple[Syringe, list[Placed]]] = {}
        """By the syringe's identity, for its fractions are slow to hash: it is held, so that no other takes its place."""
        self._beneath = self._art(list(_ruled(template)), "ruled")
        fixed: list[Shape] = []
        for words in template.words:
            element = _fixed("words", words.box_mm, words.size_pt, bold=words.bold)
            fixed += set_text((words.words,), element, spacing=template.line_spacing)
        if template.check_bar is not None:
            fixed += _bar(template.check_bar)
        self._last = self._art(fixed, "words")

    def label(
        self,
        texts: Mapping[str, Sequence[str]],
        measured: Measured | None = None,
        codes: Mapping[str, Code] = MappingProxyType({}),
        mark: Mark | None = None,
    ) -> Page:
        """The label as shapes in mm: every text whole and inside its own box, the syringe set to the dose.

        ``texts`` maps the name of a field to its texts, each of which begins on a line of its own; ``codes`` maps
        the field of a barcode to what it holds; ``mark`` is for a design that has one in true scale.

        Raises:
            GiveWhatIsMissing: a field the design demands has no text.
            DoesNotFit: a text or a barcode has no room, or no place in the design; the message names it and the mm missing.
            UnreadableText: a character that cannot be drawn.
        """
        template = self.template
        given = {field: _told(field, lines) for field, lines in texts.items() if lines}
        check_places(template, given)
        shapes: list[Shape] = [*self._beneath]
        for sharing, set_in_place in self._texts:
            told = tuple(
                [
                    tuple([element.prefix + line for line in given.get(element.field, ())])
                    for element in sharing
                ]
            )
            if any(told):
                shapes += set_in_place(told)
        for barcode in template.barcode:
            code = code_of(barcode, codes, template=template.id)
            if code is not None:
                shapes += draw_barcode(barcode, code)
                shapes += self._set(
                    (words_of(code),), _fixed(barcode.field, barcode.words_box_mm, barcode.size_pt)
                )
        if template.syringe is not None and measured is not None:
            shapes += self._picture(template.syringe, measured)
        marks: tuple[MarkPlace, ...] = ()
        if template.mark is not None:
            if mark is None:
                raise GiveWhatIsMissing(
                    "This label design has a mark in true scale, and there is none.",
                    "Use another design.",
                    given="mark",
                )
            shapes += draw_mark(mark, template.mark)
            marks = (mark_place(mark, template.mark),)
        shapes += self._last  # read aloud after the patient, the drug and the dose
        return Page(
            width_mm=template.width_mm, height_mm=template.height_mm, shapes=tuple(shapes), marks=marks
        )

    def _picture(self, element: SyringeElement, measured: Measured) -> list[Placed]:
        """The drawing of a syringe set to a dose; few of them serve many labels."""
        key = (id(measured.syringe), measured.draws_ml)
        if key not in self._pictures:
            if len(self._pictures) >= _KEPT:
                self._pictures.clear()
            marks = marks_of(measured, element)
            drawn = self._art(draw_syringe(measured, element), "syringe", marks)
            self._pictures[key] = measured.syringe, drawn
        return self._pictures[key][1]

    def _art(self, shapes: list[Shape], name: str, marks: tuple[MarkPlace, ...] = ()) -> list[Placed]:
        """What stands alike on many labels, to be laid down again and again; nothing where there are no shapes."""
        if not shapes:
            return []
        wide, high = self.template.width_mm, self.template.height_mm
        page = Page(width_mm=wide, height_mm=high, shapes=tuple(shapes), marks=marks)
        return [Placed(x_mm=0, y_mm=0, page=page, again=True, name=name)]


def _sharing(elements: Iterable[TextElement]) -> Iterator[tuple[TextElement, ...]]:
    """The elements box by box: one, or those below one another in one box."""
    box: tuple[TextElement, ...] = ()
    for element in elements:
        if box and element.below is None:
            yield box
            box = ()
        box += (element,)
    yield box


def _told(field: str, lines: Sequence[str]) -> tuple[str, ...]:
    if isinstance(lines, str):
        raise TypeError(f"The texts of '{field}' are given as a list, not as one text")
    return tuple(filter(str.strip, lines))


def _fixed(name: str, place: Place, size_pt: float, *, bold: bool = False) -> TextElement:
    return TextElement(field=name, box_mm=place, size_pt=size_pt, floor_pt=size_pt, bold=bold)


def _ruled(template: Template) -> Iterator[Shape]:
    for box in template.box:
        left, top, width, height = box.box_mm
        yield Box(
            x_mm=left,
            y_mm=top,
            width_mm=width,
            height_mm=height,
            stroke_mm=box.thick_mm,
            fill_grey=box.fill_grey,
            name="box",
        )
    for line in template.line:
        (x1, y1), (x2, y2) = line.from_mm, line.to_mm
        yield Line(x1_mm=x1, y1_mm=y1, x2_mm=x2, y2_mm=y2, width_mm=line.thick_mm, name="line")


def _bar(bar: CheckBar) -> Iterator[Shape]:
    yield Box(
        x_mm=bar.left_mm,
        y_mm=bar.top_mm,
        width_mm=bar.length_mm,
        height_mm=bar.thick_mm,
        fill_grey=0,
        name="check_bar",
    )
    yield from set_text((bar.words,), _fixed("check_bar", bar.words_box_mm, bar.size_pt))
