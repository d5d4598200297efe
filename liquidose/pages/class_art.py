"""The class colour of a user-applied syringe label: a ground, stripes beside the name, or a black plate behind it.

Text stays black, but for the white name on a black plate: black reads on every class colour, white on none
(R177). The name stands on the colour; all smaller print has white beneath it, for a printer of black dots turns
a colour into dots as large as such letters. Colour is never alone: the words say what the syringe holds (R91).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import msgspec

from liquidose.devices.drug_classes import DrugClass, stripes
from liquidose.pages.elements import Place
from liquidose.pages.fonts import ASCENT, block_height_mm, width_mm
from liquidose.pages.shapes import Box, Line, Page, Polygon, Rgb, Shape, Text
from liquidose.pages.templates import Template

_LINE_MM: Final = 0.4
"""Of the line below the name of a drug that reverses a relaxant."""
_BESIDE_MM: Final = 0.3
"""How far the white beneath small print reaches past it."""
_WHITE: Final = (1.0, 1.0, 1.0)

Point = tuple[float, float]


def rgb_of(drug_class: DrugClass) -> Rgb:
    """The approximation of a class's colour, as shapes take it."""
    red, green, blue = drug_class.rgb
    return red / 255, green / 255, blue / 255


def with_room_for_stripes(template: Template, drug_class: DrugClass) -> Template:
    """The design with its name kept off the stripes of this class, if it has any."""
    if drug_class.pattern != "stripes":
        return template
    rules = stripes()
    aside = float(rules.min_striped_share_each_side) * template.width_mm + float(
        rules.min_gap_name_to_stripes_mm
    )
    left, top, width, height = next(e for e in template.text if e.field == "drug_name").box_mm
    start, end = max(left, aside), min(left + width, template.width_mm - aside)
    between = Place(start, top, end - start, height)
    text = tuple(
        msgspec.structs.replace(e, box_mm=between) if e.field == "drug_name" else e for e in template.text
    )
    return msgspec.structs.replace(template, text=text)


def coloured(page: Page, drug_class: DrugClass, upper_mm: float) -> Page:
    """The laid-out label on the colour of its drug's class."""
    shapes: tuple[Shape, ...] = tuple(page.flat())
    if drug_class.pattern == "stripes":
        return msgspec.structs.replace(page, shapes=(*_striped(page, drug_class, upper_mm), *shapes))
    under: list[Shape] = [
        _area(Place(0, 0, page.width_mm, page.height_mm), rgb_of(drug_class), "class:ground")
    ]
    if drug_class.pattern == "reverse_plate":
        under.append(_area(Place(0, 0, page.width_mm, upper_mm), (0.0, 0.0, 0.0), "class:plate"))
        shapes = tuple(
            msgspec.structs.replace(s, fill_rgb=_WHITE)
            if isinstance(s, Text) and s.name == "drug_name"
            else s
            for s in shapes
        )
    under += [_white_beneath(s) for s in page.flat() if isinstance(s, Text) and s.name != "drug_name"]
    return msgspec.structs.replace(page, shapes=(*under, *shapes))


def _white_beneath(text: Text) -> Box:
    height = block_height_mm(1, text.size_pt)
    return Box(
        x_mm=text.x_mm - _BESIDE_MM,
        y_mm=text.y_mm - ASCENT * height,
        width_mm=width_mm(text.text, size_pt=text.size_pt, bold=text.bold) + 2 * _BESIDE_MM,
        height_mm=height,
        fill_grey=1,
        name="class:white",
    )


def _area(place: Place, colour: Rgb, name: str) -> Box:
    left, top, width, height = place
    return Box(x_mm=left, y_mm=top, width_mm=width, height_mm=height, fill_rgb=colour, name=name)


def _striped(page: Page, drug_class: DrugClass, upper_mm: float) -> Iterator[Shape]:
    """Stripes from each end of the label to the gap beside its name, none behind or below it (R87)."""
    rows = [shape for shape in page.named("drug_name") if isinstance(shape, Text)]
    gap = float(stripes().min_gap_name_to_stripes_mm)
    left = min(row.x_mm for row in rows) - gap
    right = max(row.x_mm + width_mm(row.text, size_pt=row.size_pt, bold=row.bold) for row in rows) + gap
    for side in (Place(0, 0, left, upper_mm), Place(right, 0, page.width_mm - right, upper_mm)):
        for points in bands(side, float(stripes().stripe_width_mm)):
            yield Polygon(points_mm=points, fill_rgb=rgb_of(drug_class), name="class:stripe")
    if drug_class.extra:
        yield Line(
            x1_mm=0,
            y1_mm=upper_mm,
            x2_mm=page.width_mm,
            y2_mm=upper_mm,
            width_mm=_LINE_MM,
            name="class:line",
        )


def bands(place: Place, wide_mm: float) -> Iterator[tuple[Point, ...]]:
    """Stripes of this width and as far apart, rising from the left at 45 degrees, cut at the edges of a place."""
    left, top, width, height = place
    across = wide_mm * math.sqrt(2)
    corners = ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
    for k in range(
        math.floor((left + top) / across / 2), math.ceil((left + top + width + height) / across / 2)
    ):
        start = 2 * k * across
        points = _cut(_cut(corners, start, 1), start + across, -1)
        if len(points) > 2:
            yield points


def _cut(points: tuple[Point, ...], where: float, side: int) -> tuple[Point, ...]:
    """What is left of an outline on one side of the line on which x and y add up to ``where``."""
    kept: list[Point] = []
    for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True):
        one, other = side * (x1 + y1 - where), side * (x2 + y2 - where)
        if one >= 0:
            kept.append((x1, y1))
        if one * other < 0:
            share = one / (one - other)
            kept.append((x1 + share * (x2 - x1), y1 + share * (y2 - y1)))
    return tuple(kept)
