"""The drug classes of ISO 26825 for user-applied syringe labels: their colours, stripes and sizes.

The standard names Pantone colours; the screen colours here are approximations and come from elsewhere. A row
whose colour was not read in any source is kept in the table and refused: nobody is shown a guess.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from typing import Final, Literal

import msgspec

from liquidose.errors import UnreadableText
from liquidose.files import load_data, nearest

_HEX: Final = re.compile("#[0-9A-F]{6}")


class DrugClass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One class: its colour and how that is shown.

    Raises:
        ValueError: a colour that was read somewhere and is not written as six hexadecimal digits.
    """

    id: str
    name: str
    colour: str
    """Its name in English."""
    pantone: str
    pattern: Literal["solid", "stripes", "reverse_plate", "framed"]
    status_colour: Literal["secondary", "unverified"]
    """Read in a third party's table, or nowhere."""
    examples: tuple[str, ...]
    hex_approx: str = ""
    hex_source: str = ""
    contrast_black: Fraction | None = None
    """Of black text on the colour, by WCAG."""
    contrast_white: Fraction | None = None
    pantone_alternatives: tuple[str, ...] = ()
    lettering: str = ""
    extra: str = ""
    """What sets it apart beside its pattern: a line across, below the name."""
    edition_note: str = ""

    def __post_init__(self) -> None:
        if self.confirmed and not (_HEX.fullmatch(self.hex_approx) and self.hex_source):
            raise ValueError("hex_approx must be written like #71C5E8, with its hex_source")

    @property
    def confirmed(self) -> bool:
        """Whether its colour was read in any source."""
        return self.status_colour != "unverified"

    @property
    def rgb(self) -> tuple[int, int, int]:
        """The approximation of its colour, each part from 0 to 255."""
        red, green, blue = bytes.fromhex(self.hex_approx[1:])
        return red, green, blue

    @property
    def note(self) -> str:
        """What the person who prints it should know of its colour."""
        colour = f"near Pantone {self.pantone}" if self.pantone else self.colour
        words = (
            f"The colour of '{self.name}' is printed on a user-applied syringe label only, and only {colour}"
        )
        return f"{words}: {self.edition_note}" if self.edition_note else words


class Geometry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sizes of a user-applied label."""

    label_length_mm: tuple[Fraction, Fraction]
    """The least and the most."""
    label_width_mm: tuple[Fraction, Fraction]
    astm_label_length_mm: tuple[Fraction, Fraction]
    astm_label_width_mm: tuple[Fraction, Fraction]
    name_min_letter_height_mm: Fraction
    name_font: str
    name_case: tuple[str, ...]
    all_capitals_allowed: bool
    name_position: str
    background_must_allow_black_ballpoint: bool


class Stripes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How drugs of opposite action are striped."""

    stripe_width_mm: Fraction
    stripe_colours: tuple[str, str]
    stripe_angle_deg: Fraction
    stripe_angle_tolerance_deg: Fraction
    stripe_direction: str
    no_stripes: str
    min_striped_share_of_width: Fraction
    min_striped_share_each_side: Fraction
    """Of the label's length, on each side of the name."""
    min_gap_name_to_stripes_mm: Fraction
    table1_examples: tuple[int, ...]
    relaxant_reversal_extra: str


class _Standard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    meta: dict[str, str]
    geometry: Geometry
    opposite_action: Stripes
    durability: dict[str, str]
    classes: tuple[DrugClass, ...] = msgspec.field(name="class")


@cache
def _standard() -> _Standard:
    return load_data("iso26825.toml", _Standard)


def drug_classes() -> tuple[DrugClass, ...]:
    """Every class of the table, those that are refused too."""
    return _standard().classes


def geometry() -> Geometry:
    """The sizes of a user-applied label."""
    return _standard().geometry


def stripes() -> Stripes:
    """How drugs of opposite action are striped."""
    return _standard().opposite_action


def class_of(identity: str) -> DrugClass:
    """The class of this id.

    Raises:
        UnreadableText: there is none, or its colour was not read in any source.
    """
    known = {one.id: one for one in drug_classes()}
    found = known.get(identity)
    if found is None:
        usable = [one for one in known if known[one].confirmed]
        close = nearest(identity, usable)
        remedy = f"Did you mean '{close}'?" if close else f"There are: {', '.join(usable)}."
        raise UnreadableText(f"There is no drug class '{identity}'.", remedy, given=identity)
    if not found.confirmed:
        raise UnreadableText(
            f"The colour of the drug class '{identity}' could not be confirmed for ISO 26825.",
            "Leave the class out: the label is then black on white.",
            given=identity,
        )
    return found
