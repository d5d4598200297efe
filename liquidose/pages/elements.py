"""What a label design is made of: places for fields, fixed words, rules, a syringe, a barcode, a mark, a check bar.

Every box is ``[left, top, width, height]`` in mm from the label's top left corner.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, NamedTuple

import msgspec

from liquidose.quantities.lint import free_of_amounts

Mm = Annotated[float, msgspec.Meta(ge=0, le=1000)]
Length = Annotated[float, msgspec.Meta(gt=0, le=1000)]
Stroke = Annotated[float, msgspec.Meta(gt=0, le=5)]
Grey = Annotated[float, msgspec.Meta(ge=0, le=1)]
Points = Annotated[float, msgspec.Meta(ge=5, le=144)]
Name = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]*$", max_length=40)]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]

PATIENT_CODES: Final = frozenset({"patient_id"})
"""Fields of barcodes that are the patient's: anybody with a telephone can read a barcode (R129)."""

LEAST_MODULE_MM: Final = 0.33
"""The smallest module of a barcode. GS1's own least for a DataMatrix on medicines not sold at a till is 0.254 mm, and
0.38 mm its target; but of 21 such symbols of 0.254 mm, in the dots of a 203 dpi printer, 6 could not be read, and of 0.3 mm
not all by the older of two readers; of 0.33 mm all could.

Source: GS1 General Specifications, symbol specification table 6, as quoted on elsmar.com (itself not seen).
"""
LEAST_BAR_MM: Final = 5
"""The lowest bars of a Code 128: ISO/IEC 15417's advice for scanners held in the hand, unverified."""


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
    """Where in its box a text stands that does not fill it and shares it with no other."""
    align: Literal["left", "centre"] = "left"
    """Where in its box a row stands that does not fill it."""
    prefix: Annotated[str, msgspec.Meta(max_length=40)] = ""
    """Printed before each of the field's texts, such as a bullet or ``Strength: ``."""
    run_on: bool = False
    """Whether its texts may follow one another on a line, where that lets them be larger."""
    below: Name | None = None
    """The field that it stands below in one box, which they share: both are as large as they fit together."""

    def __post_init__(self) -> None:
        if self.floor_pt > self.size_pt:
            raise ValueError("floor_pt must not be above size_pt")
        free_of_amounts(self.prefix, field="prefix")


class WordsElement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that stand on every label of this design, whatever the order is.

    Raises:
        UnreadableText: an amount in them, which would stand beside every dose.
    """

    words: Words
    box_mm: Place
    size_pt: Points
    bold: bool = False

    def __post_init__(self) -> None:
        free_of_amounts(self.words, field="words")


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


class BarcodeElement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A barcode with the same in words beside it.

    Raises:
        ValueError: a kind that does not hold that field, bars too low to scan, or the patient's data in a barcode
            of a design that does not ask for it in so many words.
    """

    kind: Literal["gs1-datamatrix", "qr", "code128"]
    field: Literal["gs1", "gtin", "ndc", "lot", "serial", "rx_number", "document", "patient_id"]
    """``gs1`` is GTIN, expiry, lot and serial as far as the order gives them, for a gs1-datamatrix alone."""
    box_mm: Place
    """Of the symbol and the white around it."""
    words_box_mm: Place
    size_pt: Points = 6
    """Of the words."""
    module_mm: Annotated[float, msgspec.Meta(ge=LEAST_MODULE_MM, le=2)] = 0.38
    """The width of the narrowest bar or square; smaller where the place is, but never below 0.33 mm."""
    missing: Literal["omit", "refuse"] = "omit"
    patient_data: bool = False
    """Said in so many words, it allows a field of the patient in the barcode."""

    def __post_init__(self) -> None:
        if (self.kind == "gs1-datamatrix") != (self.field == "gs1"):
            raise ValueError("a 'gs1-datamatrix' holds the field 'gs1', and no other kind does")
        if self.kind == "code128" and self.box_mm.height_mm < LEAST_BAR_MM:
            raise ValueError(f"the bars of a 'code128' must be at least {LEAST_BAR_MM} mm high")
        if self.field in PATIENT_CODES and not self.patient_data:
            raise ValueError(
                f"the barcode of '{self.field}' holds the patient's data: if it is meant to, say patient_data = true"
            )


class ClassColour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a user-applied syringe label shows the class of its drug, if the order names one."""

    upper_mm: Length
    """How far from the top edge stripes or a black plate reach; nothing but the name stands there."""


class MarkElement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the true-scale strip for the syringe lies: along the barrel is across the label."""

    box_mm: Place


class CheckBar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bar of known length, by which anybody sees whether the printer changed the size.

    Raises:
        ValueError: words that do not say its length, or say another.
    """

    left_mm: Mm
    top_mm: Mm
    length_mm: Length = 50
    thick_mm: Stroke = 1
    words: Words
    words_box_mm: Place
    size_pt: Points = 7

    def __post_init__(self) -> None:
        told = re.findall(r"([0-9.]+)[ \u00a0]mm\b", self.words)
        free_of_amounts(re.sub(r"[0-9.]+[ \u00a0](mm\b|%)", "", self.words), field="words")
        if {f"{self.length_mm:g}"} != set(told):
            raise ValueError(f"words must say the bar's length, '{self.length_mm:g} mm', and no other")
