"""A label's design as data: where each field goes, how large, and what must not be missing.

The shipped designs are the TOML files of ``liquidose.templates``; a site writes its own in the same form,
which ``data/schemas/template.schema.json`` describes to editors. Every box is
``[left, top, width, height]`` in mm from the label's top left corner.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from importlib.resources import files
from inspect import cleandoc
from itertools import combinations, product
from typing import Annotated, Any, Final, Literal

import msgspec

from liquidose.devices.drug_classes import geometry, stripes
from liquidose.errors import BadFile
from liquidose.files import decode_toml, load_toml, nearest
from liquidose.numbers import write_number
from liquidose.pages.elements import (
    BarcodeElement,
    BoxElement,
    CheckBar,
    ClassColour,
    Length,
    LineElement,
    MarkElement,
    Mm,
    Name,
    Place,
    SyringeElement,
    TextElement,
    WordsElement,
)
from liquidose.pages.field_names import FIELD_NAMES, check_field_names
from liquidose.pages.shapes import MM_PER_PT
from liquidose.pages.worksheets import keeps_a_worksheet_whole
from liquidose.quantities.writing import Profile

NEVER_LEFT_OUT: Final = frozenset({
    "drug", "drug_name", "strength", "product", "direction", "give", "cautions",
    "mark_dose", "mark_use", "mark_syringe", "mark_error", "mark_route",
})  # fmt: skip
"""What every label shows, whole or in its parts: a warning on the plan is always on the paper, and a mark says what it
is only for."""

_ALWAYS_WARNED: Final = frozenset({"cautions"})
"""What a user-applied label may not leave out either; it shows the drug and its strength in its own two fields."""

_USER_APPLIED: Final = ("drug_name", "concentration", "prepared", "discard_at")
"""What a user-applied label demands (R82, R85)."""

CAPITAL: Final = 0.66
"""How high a capital of the label's face stands, as a part of the type size."""

LIGHTEST_SHADE: Final = 0.7
"""A shade is at least so light, of 0 black to 1 white, where words stand on it: black then has 9 to 1 (R174)."""

_TOUCH_MM: Final = 0.1
"""How far a rule or frame may reach over the edge of a place: no ink of words stands there."""

_ALMOST_MM: Final = 1e-6
"""Sums of decimals held as floats are out by less."""


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One label design.

    Raises:
        ValueError: something that reaches beyond the margin or off the label, or two boxes that overlap.
    """

    id: Name
    width_mm: Length
    height_mm: Length
    margin_mm: Mm
    profile: Profile | None = None
    """Whose rules it serves and whose words it prints, whatever the site's are; without one, the site's."""
    line_spacing: Annotated[float, msgspec.Meta(ge=1.2, le=3)] = 1.25
    """From baseline to baseline, as a part of the type size."""
    demands: tuple[Name, ...] = ()
    """Fields without which there is no label, beside those of elements that refuse."""
    text: Annotated[tuple[TextElement, ...], msgspec.Meta(min_length=1)]
    words: tuple[WordsElement, ...] = ()
    line: tuple[LineElement, ...] = ()
    box: tuple[BoxElement, ...] = ()
    barcode: tuple[BarcodeElement, ...] = ()
    syringe: SyringeElement | None = None
    mark: MarkElement | None = None
    check_bar: CheckBar | None = None
    kind: Literal["dispensed", "filled-syringe", "user-applied", "worksheet"] = "dispensed"
    """What it is stuck on: what a carer measures from, one syringe filled for them, a clinician's own syringe; or
    nothing, being a worksheet, which shows the fields it names."""
    routes: tuple[Literal["oral", "tube", "injection"], ...] | None = None
    """The only routes it may be printed for; None for all."""
    class_colour: ClassColour | None = None
    left_out: tuple[Name, ...] = ()
    """Fields this label is not meant to show; any other text without a place is refused."""

    def __post_init__(self) -> None:
        never = _ALWAYS_WARNED if self.kind == "user-applied" else NEVER_LEFT_OUT
        hidden = sorted(never & set(self.left_out))
        if hidden:
            raise ValueError(f"left_out must not hide {', '.join(hidden)}")
        torn = sorted(set(self.demands) & set(self.left_out))
        if torn:
            raise ValueError(f"{', '.join(torn)} is both demanded and left out")
        self._shares_boxes()
        for what, place in self._placed():
            self._keeps_inside(what, place, self.margin_mm)
        for number, line in enumerate(self.line, 1):
            for left, top in (line.from_mm, line.to_mm):
                self._keeps_inside(f"line {number}", Place(left, top, 0, 0), 0)
        for number, box in enumerate(self.box, 1):
            self._keeps_inside(f"box {number}", box.box_mm, 0)
        for (one, a), (other, b) in combinations(self._placed(), 2):
            _keep_apart(one, a, other, b)
        for code, ruled in product(self.barcode, self._ruled(1)):
            _keep_apart(f"the barcode of '{code.field}'", code.box_mm, *ruled)
        for (what, place), ink in product(self._placed(), self._ruled(LIGHTEST_SHADE)):
            left, top, wide, high = place
            inner = Place(left + _TOUCH_MM, top + _TOUCH_MM, wide - 2 * _TOUCH_MM, high - 2 * _TOUCH_MM)
            _keep_apart(what, inner, *ink)

        self._keeps_to_its_kind()

    def _shares_boxes(self) -> None:
        """Nothing comes out if each text below another is the next one, in the same box."""
        before: TextElement | None = None
        for text in self.text:
            if before is not None and before.field not in FIELD_NAMES:
                return  # a slip in a name, which is told as such
            if text.below is not None and (
                before is None or (before.field, before.box_mm) != (text.below, text.box_mm)
            ):
                raise ValueError(
                    f"text '{text.field}' is below '{text.below}': it must be the next text, in the same box"
                )
            before = text

    def _keeps_to_its_kind(self) -> None:
        if self.kind == "dispensed" and "prepared" in {*self.left_out, *(text.field for text in self.text)}:
            raise ValueError("prepared belongs to labels of kind 'filled-syringe' or 'user-applied'")
        if self.kind == "worksheet":
            keeps_a_worksheet_whole(self.fields, self.left_out)
        if self.kind == "user-applied":
            self._keeps_iso26825()
        elif self.class_colour is not None:
            raise ValueError("class_colour belongs to labels of kind 'user-applied' and to no other")

    def _keeps_iso26825(self) -> None:
        """Nothing comes out if the design has the size and type that ISO 26825 gives a user-applied label."""
        rules = geometry()
        for what, given, (least, most) in (
            ("width_mm", self.width_mm, rules.label_length_mm),
            ("height_mm", self.height_mm, rules.label_width_mm),
        ):
            if not least <= given <= most:
                raise ValueError(f"{what} of a user-applied label must be from {least} to {most}")
        if self.routes != ("injection",):
            raise ValueError("routes of a user-applied label must be ['injection']")
        demanded = {text.field: text for text in self.text if text.missing == "refuse"}
        if lacking := [field for field in _USER_APPLIED if field not in demanded]:
            raise ValueError(f"a user-applied label must demand {', '.join(lacking)}")
        name = demanded["drug_name"]
        if name.floor_pt * MM_PER_PT * CAPITAL < rules.name_min_letter_height_mm or not name.bold:
            least_mm = write_number(rules.name_min_letter_height_mm)
            raise ValueError(f"drug_name must be bold, its capitals at least {least_mm} mm high at floor_pt")
        lower = self.height_mm / 2
        foot = name.box_mm.top_mm + name.box_mm.height_mm
        if foot > lower + _ALMOST_MM or demanded["concentration"].box_mm.top_mm < lower - _ALMOST_MM:
            raise ValueError("drug_name must stand in the upper half and concentration in the lower")
        if self.class_colour is not None:
            upper = self.class_colour.upper_mm
            others = [place.top_mm for what, place in self._placed() if what != "text 'drug_name'"]
            least_share = stripes().min_striped_share_of_width
            if not least_share * Fraction(self.height_mm) <= upper <= lower or foot > upper + _ALMOST_MM:
                raise ValueError("class_colour.upper_mm must enclose drug_name and end in the upper half")
            if min(others) < upper - _ALMOST_MM:
                raise ValueError("nothing but drug_name may stand within class_colour.upper_mm")

    @property
    def fields(self) -> frozenset[str]:
        """The fields that have a place."""
        return frozenset(element.field for element in self.text)

    def named_fields(self) -> Iterator[tuple[str, str]]:
        """Every field that it names, with the place in its file."""
        yield from ((f"text[{number}].field", element.field) for number, element in enumerate(self.text))
        for key, fields in (("demands", self.demands), ("left_out", self.left_out)):
            yield from ((f"{key}[{number}]", field) for number, field in enumerate(fields))

    def _placed(self) -> Iterator[tuple[str, Place]]:
        """Everything that holds words or a measure, with a name for it."""
        for text in self.text:
            if text.below is None:
                yield f"text '{text.field}'", text.box_mm
        for number, words in enumerate(self.words, 1):
            yield f"words {number}", words.box_mm
        for code in self.barcode:
            yield f"the barcode of '{code.field}'", code.box_mm
            yield f"the words of the barcode of '{code.field}'", code.words_box_mm
        if self.syringe is not None:
            yield "the syringe", self.syringe.box_mm
        if self.mark is not None:
            yield "the mark", self.mark.box_mm
        if (bar := self.check_bar) is not None:
            yield "the check bar", Place(bar.left_mm, bar.top_mm, bar.length_mm, bar.thick_mm)
            yield "the check bar's words", bar.words_box_mm

    def _ruled(self, lighter_is_paper: float) -> Iterator[tuple[str, Place]]:
        """The ink of lines, frames and shades, which must stay out of a barcode and must not strike words out."""
        for number, line in enumerate(self.line, 1):
            (x1, y1), (x2, y2), thick = line.from_mm, line.to_mm, line.thick_mm
            left, top = min(x1, x2) - thick / 2, min(y1, y2) - thick / 2
            yield f"line {number}", Place(left, top, abs(x2 - x1) + thick, abs(y2 - y1) + thick)
        for number, box in enumerate(self.box, 1):
            left, top, width, height = box.box_mm
            thick = box.thick_mm or 0
            whole = Place(left - thick / 2, top - thick / 2, width + thick, height + thick)
            if box.fill_grey is not None and box.fill_grey < lighter_is_paper:
                yield f"box {number}", whole
            elif thick:
                for side in (0.0, width):
                    yield (
                        f"box {number}",
                        Place(left + side - thick / 2, whole.top_mm, thick, whole.height_mm),
                    )
                for side in (0.0, height):
                    yield f"box {number}", Place(whole.left_mm, top + side - thick / 2, whole.width_mm, thick)

    def _keeps_inside(self, what: str, place: Place, margin_mm: float) -> None:
        beyond = {
            "left": margin_mm - place.left_mm,
            "top": margin_mm - place.top_mm,
            "right": place.left_mm + place.width_mm + margin_mm - self.width_mm,
            "bottom": place.top_mm + place.height_mm + margin_mm - self.height_mm,
        }
        side, most = max(beyond.items(), key=lambda item: item[1])
        if most > _ALMOST_MM:
            limit = f"the margin of {margin_mm:g} mm" if margin_mm else "the edge of the label"
            raise ValueError(f"{what} reaches {most:.2f} mm past {limit} ({side})")


def _keep_apart(one: str, a: Place, other: str, b: Place) -> None:
    across = min(a.left_mm + a.width_mm, b.left_mm + b.width_mm) - max(a.left_mm, b.left_mm)
    down = min(a.top_mm + a.height_mm, b.top_mm + b.height_mm) - max(a.top_mm, b.top_mm)
    if across > _ALMOST_MM and down > _ALMOST_MM:
        raise ValueError(f"{one} and {other} overlap by {across:.2f} mm across and {down:.2f} mm down")


def load_template(name: str | os.PathLike[str]) -> Template:
    """The shipped design of that name, or the one in a site's own ``.toml`` file.

    Raises:
        BadFile: no such design or file, or a fault in it; the message names file, place and key.
    """
    if not isinstance(name, str) or name.endswith(".toml"):
        template = load_toml(name, Template)
        check_field_names(template.named_fields(), name=os.fspath(name))
        return template
    return decode_toml(template_text(name), Template, name=f"{name}.toml")


def shipped_templates() -> dict[str, str]:
    """The text of every shipped design, by its name."""
    entries = files("liquidose.templates").iterdir()
    texts = {e.name.removesuffix(".toml"): e for e in entries if e.name.endswith(".toml")}
    return {name: texts[name].read_text(encoding="utf-8") for name in sorted(texts)}


def template_text(name: str) -> str:
    """The TOML text of the shipped design of that name.

    Raises:
        BadFile: there is none, with the nearest name or all of them.
    """
    shipped = shipped_templates()
    if name not in shipped:
        close = nearest(name, shipped)
        meant = f"Did you mean '{close}'?" if close else f"There are: {', '.join(shipped)}."
        raise BadFile(
            f"There is no label design '{name}'.", f"{meant} A file of your own ends in '.toml'.", given=name
        )
    return shipped[name]


def template_schema() -> dict[str, Any]:
    """The JSON Schema of a label design, for editors and for checking a file elsewhere."""
    schema = msgspec.json.schema(Template)
    for kind in schema["$defs"].values():  # a class says in its first line what it is; the rest is for Python
        if "description" in kind:
            kind["description"] = cleandoc(kind["description"]).partition("\n")[0]
    named, listed = schema["$defs"]["TextElement"]["properties"], schema["$defs"]["Template"]["properties"]
    for field in (named["field"], listed["demands"]["items"], listed["left_out"]["items"]):
        field["enum"] = sorted(FIELD_NAMES)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A liquidose label design",
        **schema,
    }
