"""The catalogue of syringes: what each holds, where its marks are, and how sure we are of it."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from typing import Any, Final, Literal

import msgspec

from liquidose.errors import UnreadableText
from liquidose.files import load_data, nearest
from liquidose.numbers import write_number

Kind = Literal["oral", "enfit", "luer", "insulin"]
Route = Literal["oral", "tube", "injection"]

KINDS: Final[tuple[Kind, ...]] = ("oral", "enfit", "luer", "insulin")
ROUTES: Final[tuple[Route, ...]] = ("oral", "tube", "injection")
KIND_FOR: Final[dict[Route, Kind]] = {"oral": "oral", "tube": "enfit", "injection": "luer"}
KIND_WORDS: Final[dict[Kind, str]] = {
    "oral": "oral syringe",
    "enfit": "feeding tube (ENFit) syringe",
    "luer": "injection (Luer) syringe",
    "insulin": "insulin syringe",
}
ANY_BRAND: Final = "(any)"

INSULIN_STOCK: Final = ("bd-ultrafine-u100-0.3", "u100-0.5-generic", "u100-1-generic", "bd-u500-0.5")
"""The insulin syringes taken to be at hand; each is used for insulin of its own strength only."""

Sureness = Literal["verified-multiple", "single-source", "derived", "general-knowledge"]


class Syringe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, repr_omit_defaults=True):
    """One syringe: its kind, its capacity and the marks printed on it.

    Raises:
        ValueError: a capacity or step of zero, a capacity that is no mark, an extra mark outside the scale,
            or an insulin syringe without its strength.
    """

    id: str
    kind: Kind
    capacity_ml: Fraction
    step_ml: Fraction
    """Distance between two printed marks."""
    source: tuple[str, ...]
    """Where the figures come from; for a syringe of the site's own, who looked."""
    brand: str = ANY_BRAND
    family: str = ""
    numbered_every_ml: Fraction | None = None
    extra_marks_ml: tuple[Fraction, ...] = ()
    """Printed marks that are not multiples of the step, such as 2.5 on a scale by 0.2."""
    graduated_to_ml: Fraction | None = None
    """Where the scale ends, if beyond the nominal capacity; never used to measure."""
    units_per_ml: Fraction | None = None
    nominal_units: Fraction | None = None
    geometry: Literal["known", "absent"] = "absent"
    calibration_required: bool = False
    inner_diameter_mm: Fraction | None = None
    bore_low_mm: Fraction | None = None
    bore_high_mm: Fraction | None = None
    outer_diameter_mm: Fraction | None = None
    scale_length_mm: Fraction | None = None
    scale_length_kind: Literal["derived", "measured"] | None = None
    measured_span_mm: Fraction | None = None
    measured_span_ml: Fraction | None = None
    bore_from_scale: bool = False
    mm_per_ml: Fraction | None = None
    confidence: Sureness = "single-source"
    capacity_confidence: Sureness | None = None
    graduation_confidence: Sureness = "single-source"
    note: str = ""

    def __post_init__(self) -> None:
        for name, value in (("capacity_ml", self.capacity_ml), ("step_ml", self.step_ml)):
            if type(value) is not Fraction:
                raise TypeError(f"{name} needs a Fraction, got {value!r}")
            if value <= 0:
                raise ValueError(f"{name} must be above 0")
        if self.capacity_ml % self.step_ml:
            raise ValueError("capacity_ml must be a whole number of steps of step_ml")
        if any(not 0 < mark < self.capacity_ml for mark in self.extra_marks_ml):
            raise ValueError("extra_marks_ml must lie on the scale, between 0 and capacity_ml")
        if (self.kind == "insulin") != (self.units_per_ml is not None):
            raise ValueError("units_per_ml belongs to an insulin syringe, and it must have it")
        if not self.source or not all(self.source):
            raise ValueError("source must say where the figures come from")

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def words(self) -> str:
        """``5 mL oral syringe``, ``0.3 mL U-100 insulin syringe``."""
        strength = f"U-{int(self.units_per_ml)} " if self.units_per_ml is not None else ""
        return f"{write_number(self.capacity_ml)}\u00a0mL {strength}{KIND_WORDS[self.kind]}"

    def marks(self) -> list[Fraction]:
        """Every mark above zero, in order."""
        regular = [self.step_ml * k for k in range(1, int(self.capacity_ml / self.step_ml) + 1)]
        # Fractions are slow to hash and to compare, and most scales have no marks between their steps.
        return sorted({*regular, *self.extra_marks_ml}) if self.extra_marks_ml else regular

    def is_mark(self, ml: Fraction) -> bool:
        """Whether a line is printed at this volume."""
        return 0 < ml <= self.capacity_ml and (
            not ml.numerator * self.step_ml.denominator % (ml.denominator * self.step_ml.numerator)
            or ml in self.extra_marks_ml
        )


class _Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    title: str
    where: str
    kind: str


class _Catalogue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    syringe: tuple[Syringe, ...]
    source: tuple[_Source, ...] = ()


@cache
def _catalogue(kind: Kind) -> _Catalogue:
    return load_data(f"syringes/{kind}.toml", _Catalogue)


def catalogue(kind: Kind) -> tuple[Syringe, ...]:
    """Every catalogued syringe of a kind, the default stock first."""
    stock = () if kind == "insulin" else default_stock(kind)
    return stock + _catalogue(kind).syringe


def sources(kind: Kind) -> tuple[_Source, ...]:
    """The documents behind a kind's rows."""
    return _catalogue(kind).source


@cache
def default_stock(kind: Kind) -> tuple[Syringe, ...]:
    """The syringes taken to be at hand when nobody says which are: the coarsest lines known for each size."""
    if kind == "insulin":
        return syringes_of(INSULIN_STOCK)
    return load_data(f"stock/{kind}.toml", _Catalogue).syringe


def syringes_of(wanted: Iterable[str | Syringe], own: Iterable[Syringe] = ()) -> tuple[Syringe, ...]:
    """The syringes meant by ids or values, in the order given; ``own`` are the site's, by id.

    Raises:
        UnreadableText: an id that is in no catalogue, with the nearest one that is.
        TypeError: neither an id nor a Syringe.
    """
    if isinstance(wanted, str):
        raise TypeError(f"Syringes are given as a list of ids or values, got {wanted!r}")
    own_by_id = {s.id: s for s in own}
    found = []
    for one in wanted:
        if isinstance(one, Syringe):
            found.append(one)
            continue
        if not isinstance(one, str):
            raise TypeError(f"A syringe is given by its id or as a Syringe, got {one!r}")
        syringe = own_by_id.get(one) or _of_prefix(one).get(one) or _catalogue_by_id().get(one)
        if syringe is None:
            close = nearest(one, {*_catalogue_by_id(), *own_by_id})
            remedy = f"Did you mean '{close}'?" if close else "'liquidose syringes' lists them."
            raise UnreadableText(f"There is no syringe '{one}' in the catalogue.", remedy, given=one)
        found.append(syringe)
    return tuple(found)


def _of_prefix(identity: str) -> dict[str, Syringe]:
    """The catalogue that an id of the default stock is in, so that the others need not be read."""
    prefix: Any = identity.partition("-")[0]
    return _stock_by_id(prefix) if prefix in KIND_FOR.values() else {}


@cache
def _stock_by_id(kind: Kind) -> dict[str, Syringe]:
    return {s.id: s for s in default_stock(kind)}


@cache
def _catalogue_by_id() -> dict[str, Syringe]:
    return {s.id: s for kind in KINDS for s in catalogue(kind)}
