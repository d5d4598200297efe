"""A label's design as data: where each field goes, how large, and what must not be missing.

The shipped designs are the TOML files of ``liquidose.templates``; a site writes its own in the same form,
which ``data/schemas/template.schema.json`` describes to editors. Every box is
``[left, top, width, height]`` in mm from the label's top left corner.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.resources import files
from inspect import cleandoc
from itertools import combinations
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec

from liquidose.errors import BadFile
from liquidose.files import decode_toml, load_toml, nearest

Mm = Annotated[float, msgspec.Meta(ge=0, le=1000)]
Length = Annotated[float, msgspec.Meta(gt=0, le=1000)]
Stroke = Annotated[float, msgspec.Meta(gt=0, le=5)]
Grey = Annotated[float, msgspec.Meta(ge=0, le=1)]
Points = Annotated[float, msgspec.Meta(ge=5, le=144)]
Name = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]*$", max_length=40)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]

NEVER_LEFT_OUT: Final = frozenset({"drug", "strength", "direction", "cautions"})
"""What every label shows: a warning on the plan is always on the paper."""

Kind = Literal["label", "user-applied", "worksheet"]
"""What a design is for: a label, a label that staff stick on a syringe, a sheet that goes on no container."""

EVERY_WORKSHEET: Final = frozenset({"drug", "order_as_typed"})
"""What every worksheet shows, those with the answers left blank too."""
TELL_NO_ANSWER: Final = EVERY_WORKSHEET | {"patient", "pharmacy", "program", "lot", "expiry"}
"""What a worksheet may show to a person who has yet to work the dose out."""
WITH_THE_ANSWER: Final = frozenset({"cautions", "notes", "overrides"})
"""What stands on a worksheet that shows anything else: what was doubted, and who passed it."""

_ALMOST_MM: Final = 1e-6
"""Sums of decimals held as floats are out by less."""


class Place(NamedTuple):
    """The upright rectangle that something keeps to."""

    left_mm: Mm
    top_mm: Mm
    width_mm: Length
    height_mm: Length


class TextElement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The place of one field. It is set at ``size_pt``, and smaller down to ``floor_pt`` if it must be.

    Raises:
        ValueError: a floor above the size.
    """

    field: Name
    box_mm: Place
    size_pt: Points
    floor_pt: Points
    bold: bool = False
    missing: Literal["omit", "refuse"] = "omit"
    """What happens when the field has no text: nothing is printed, or there is no label."""
    sits: Literal["top", "bottom"] = "top"
    """Where in its box a text stands that does not fill it."""
    prefix: Annotated[str, msgspec.Meta(max_length=40)] = ""
    """Printed before each of the field's texts, such as a bullet or ``Strength: ``."""

    def __post_init__(self) -> None:
        if self.floor_pt > self.size_pt:
            raise ValueError("floor_pt must not be above size_pt")


class WordsElement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that stand on every label of this design."""

    words: Words
    box_mm: Place
    size_pt: Points
    bold: bool = False


class LineElement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ruled line."""

    from_mm: tuple[Mm, Mm]
    to_mm: tuple[Mm, Mm]
    thick_mm: Stroke = 0.2


class BoxElement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frame or a shaded area, beneath everything else.

    Raises:
        ValueError: neither an outline nor a shade.
    """

    box_mm: Place
    thick_mm: Stroke | None = None
    fill_grey: Grey | None = None

    def __post_init__(self) -> None:
        if self.thick_mm is None and self.fill_grey is None:
            raise ValueError("a box needs thick_mm or fill_grey to be seen")


class SyringeElement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the syringe is drawn, to a scale that fits and not in its true size."""

    box_mm: Place
    size_pt: Points = 9
    """Of the amount over the dose mark; the numbers of the scale are smaller."""
    words: Annotated[str, msgspec.Meta(max_length=60)] = ""
    """Beside the drawing, to say that it is not in true size."""


class CheckBar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bar of known length, by which anybody sees whether the printer changed the size."""

    left_mm: Mm
    top_mm: Mm
    length_mm: Length = 50
    thick_mm: Stroke = 1
    words: Words
    words_box_mm: Place
    size_pt: Points = 7


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One label design.

    Raises:
        ValueError: something that reaches beyond the margin or off the label, or two boxes that overlap.
    """

    id: Name
    width_mm: Length
    height_mm: Length
    margin_mm: Mm
    text: Annotated[tuple[TextElement, ...], msgspec.Meta(min_length=1)]
    words: tuple[WordsElement, ...] = ()
    line: tuple[LineElement, ...] = ()
    box: tuple[BoxElement, ...] = ()
    syringe: SyringeElement | None = None
    check_bar: CheckBar | None = None
    left_out: tuple[Name, ...] = ()
    """Fields this label is not meant to show; any other text without a place is refused."""
    kind: Kind = "label"
    """A worksheet shows the fields it names, and is never stuck on a container."""

    def __post_init__(self) -> None:
        if self.kind == "worksheet":
            self._is_a_whole_worksheet()
        elif hidden := sorted(NEVER_LEFT_OUT & set(self.left_out)):
            raise ValueError(f"left_out must not hide {', '.join(hidden)}")
        for what, place in self._placed():
            self._keeps_inside(what, place, self.margin_mm)
        for number, line in enumerate(self.line, 1):
            for left, top in (line.from_mm, line.to_mm):
                self._keeps_inside(f"line {number}", Place(left, top, 0, 0), 0)
        for number, box in enumerate(self.box, 1):
            self._keeps_inside(f"box {number}", box.box_mm, 0)
        for (one, a), (other, b) in combinations(self._placed(), 2):
            across = min(a.left_mm + a.width_mm, b.left_mm + b.width_mm) - max(a.left_mm, b.left_mm)
            down = min(a.top_mm + a.height_mm, b.top_mm + b.height_mm) - max(a.top_mm, b.top_mm)
            if across > _ALMOST_MM and down > _ALMOST_MM:
                raise ValueError(
                    f"{one} and {other} overlap by {across:.2f} mm across and {down:.2f} mm down"
                )

    @property
    def fields(self) -> frozenset[str]:
        """The fields that have a place."""
        return frozenset(element.field for element in self.text)

    def _is_a_whole_worksheet(self) -> None:
        if self.left_out:
            raise ValueError("a worksheet needs no left_out: it shows the fields it names")
        answers = self.fields - TELL_NO_ANSWER
        lacking = EVERY_WORKSHEET - self.fields
        if answers:
            lacking |= WITH_THE_ANSWER - self.fields
        if lacking:
            also = f", for it shows {', '.join(sorted(answers - lacking))}" if answers else ""
            raise ValueError(f"a worksheet must show {', '.join(sorted(lacking))}{also}")

    def _placed(self) -> Iterator[tuple[str, Place]]:
        """Everything that holds words or a measure, with a name for it."""
        for text in self.text:
            yield f"text '{text.field}'", text.box_mm
        for number, words in enumerate(self.words, 1):
            yield f"words {number}", words.box_mm
        if self.syringe is not None:
            yield "the syringe", self.syringe.box_mm
        if (bar := self.check_bar) is not None:
            yield "the check bar", Place(bar.left_mm, bar.top_mm, bar.length_mm, bar.thick_mm)
            yield "the check bar's words", bar.words_box_mm

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


def load_template(name: str | os.PathLike[str]) -> Template:
    """The shipped design of that name, or the one in a site's own ``.toml`` file.

    Raises:
        BadFile: no such design or file, or a fault in it; the message names file, place and key.
    """
    if not isinstance(name, str) or name.endswith(".toml"):
        return load_toml(name, Template)
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
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A liquidose label design",
        **schema,
    }
