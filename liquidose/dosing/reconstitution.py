"""Powder made up with a liquid: ``10 mg vial + 2 mL water`` is an act, not a strength."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from liquidose import cautions
from liquidose.dosing.strength import ML, Stated, Strength
from liquidose.errors import CheckTheAmount, GiveWhatIsMissing, UnitsDoNotMatch, UnreadableText
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import checked_text, read_quantity
from liquidose.quantities.writing import write_quantity


class Reconstitution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A powder, what is added to it, and what is known of the volume that results.

    Raises:
        GiveWhatIsMissing: neither a diluent nor a final volume.
        CheckTheAmount: a final volume smaller than the diluent, or given beside a displacement it contradicts.
        UnitsDoNotMatch: a powder in mL, or a volume that is none.
    """

    powder: Quantity
    diluent: Quantity | None = None
    displacement: Quantity | None = None
    """The volume that the powder itself takes up once dissolved."""
    final_volume: Quantity | None = None

    def __post_init__(self) -> None:
        if "amount" not in self.powder.unit.uses:
            raise UnitsDoNotMatch(
                f"{write_quantity(self.powder)} is not an amount of powder.",
                "Write it like '500 mg'.",
                given=write_quantity(self.powder),
            )
        for volume in (self.diluent, self.displacement, self.final_volume):
            if volume is not None and "volume" not in volume.unit.uses:
                raise UnitsDoNotMatch(
                    f"{write_quantity(volume)} is not a volume.",
                    "Write it in mL.",
                    given=write_quantity(volume),
                )
        if self.diluent is None and self.final_volume is None:
            raise GiveWhatIsMissing(
                "Neither a diluent nor a final volume is given.",
                "Give what is added, or the volume it is made up to.",
                given=write_quantity(self.powder),
            )
        if self.diluent and self.final_volume:
            added, final = self.diluent.to(ML).value, self.final_volume.to(ML).value
            if self.displacement:
                added += self.displacement.to(ML).value
            if added > final or (self.displacement and added != final):
                raise CheckTheAmount(
                    f"The parts do not make up the final volume {write_quantity(self.final_volume)}.",
                    "Check the volumes, or give only the final one.",
                    given=write_quantity(self.final_volume),
                )

    @property
    def exact(self) -> bool:
        """Whether the volume of the powder is accounted for."""
        return self.final_volume is not None or self.displacement is not None

    @property
    def stated(self) -> Stated:
        """The powder in the volume that results; the powder's own volume is missing where it is not given."""
        if self.final_volume is not None:
            return Stated(amount=self.powder, volume=self.final_volume)
        value = sum((v.to(ML).value for v in (self.diluent, self.displacement) if v is not None), start=0 * self.powder.value)  # fmt: skip
        return Stated(amount=self.powder, volume=Quantity(value=value, unit=ML))

    @property
    def strength(self) -> Strength:
        """The strength made up; a little too high where :attr:`exact` is false."""
        return self.stated.strength


_TEXT: Final = (
    r"\s*(?P<powder>[^+]+?)(?:\s+(?:vial|ampoule|amp|bottle|powder|sachet))?"
    r"\s*\+\s*(?P<diluent>[^,;]+?)"
    r"(?:\s+(?:of\s+)?(?P<liquid>(?:sterile\s+|bacteriostatic\s+)*(?:water|saline|diluent|wfi)(?:\s+for\s+injections?)?))?"
    r"(?:\s*[,;]\s*(?P<what>displacement|final volume)\s+(?P<volume>[^,;]+?))?\s*"
)


def is_reconstitution(text: str) -> bool:
    """Whether a text says that something is added to a powder."""
    if "+" not in text:
        return False
    match = re.fullmatch(_TEXT, text, re.IGNORECASE)
    return match is not None and "/" not in match["powder"] and "%" not in text


def read_reconstitution(
    text: str, *, locale: str | None = None, notes: cautions.Notes = None
) -> Reconstitution:
    """The reconstitution that a text such as ``500 mg vial + 4.6 mL water, displacement 0.4 mL`` says.

    ``, final volume 5 mL`` states the volume made up to instead.

    Raises:
        UnreadableText: not written like that, or an amount that could be read two ways.
        LiquidoseError: as :class:`Reconstitution` does.

    >>> read_reconstitution("10 mg vial + 2 mL water").strength.per_ml.value
    Fraction(5, 1)
    """
    match = re.fullmatch(_TEXT, checked_text(text), re.IGNORECASE)
    if match is None:
        raise UnreadableText(
            f"'{text}' does not say what is added to how much powder.",
            "Write it like '500 mg vial + 4.6 mL water, displacement 0.4 mL'.",
            given=text,
        )

    def read(part: str) -> Quantity:
        return read_quantity(part, locale=locale, notes=notes)

    what = (match["what"] or "").lower()
    volume = read(match["volume"]) if what else None
    return Reconstitution(
        powder=read(match["powder"]),
        diluent=read(match["diluent"]),
        displacement=volume if what == "displacement" else None,
        final_volume=volume if what == "final volume" else None,
    )


def note_powder(made_up: Reconstitution, notes: cautions.Notes) -> None:
    """Nothing comes out; an ignored powder volume leaves its warning."""
    if not made_up.exact:
        cautions.add(
            notes,
            "powder-volume-ignored",
            "powder volume ignored: the true strength is lower. Give the displacement or the final volume.",
        )
