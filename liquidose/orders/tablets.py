"""Tablets that a liquid takes the place of: the same dose, in mL, and only where the order itself says so.

Nothing is assumed. A liquid may hold another salt, and a tablet may give its drug slowly; so the order names form and
salts, states that one mg stands for one mg, and says who answers for that.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

import msgspec

from liquidose.errors import CheckTheAmount, CheckTheRoute, GiveWhatIsMissing, UnitsDoNotMatch
from liquidose.numbers import read_number
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import read_quantity
from liquidose.quantities.writing import Profile, english, write_quantity

MG_FOR_MG: Final = "mg for mg"
"""The only statement under which tablets become a liquid."""
PLAIN_FORMS: Final = frozenset({
    "tablet", "film-coated tablet", "scored tablet", "chewable tablet", "dispersible tablet",
})  # fmt: skip
"""Forms that give the whole of their drug at once, in the stomach."""
MOST: Final = 10
"""Tablets for one dose; more is a slip of the pen."""
_SLOW: Final = re.compile(
    r"\b(?:modified|extended|prolonged|sustained|controlled|delayed|slow|retard|enteric|ec|er|xr|xl|sr|mr|cr|la|dr|pr|"
    r"gastro-?resistant|(?:12|24)[ -]?h(?:ou)?rs?)\b",
    re.IGNORECASE,
)
"""Words and letters for forms that give their drug slowly, or not in the stomach."""
_REMEDY: Final = "Ask the prescriber for the dose of the liquid, and write it as directions.dose."


class Tablets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is taken until now, for each dose, and by whose word a liquid may take its place.

    Raises:
        CheckTheAmount: a form that is no plain tablet, or salts that differ.
        GiveWhatIsMissing: no statement that one mg stands for one mg, or nobody who makes it.
    """

    strength: str
    """Of one tablet, such as ``10 mg``."""
    count: int | str
    """For each dose: ``1``, ``2``, ``"half"``, ``"1.5"``."""
    form: str
    salt: str
    """What the mg of the tablets count, as on their pack: ``baclofen``, ``morphine sulfate``."""
    liquid_salt: str
    """What the mg of the liquid count, as on its bottle."""
    equivalence: str
    source: str
    """Who says so: a prescriber, a guideline with its date."""

    def __post_init__(self) -> None:
        _not_slow("tablets.form", self.form)
        if " ".join(self.form.lower().split()).removesuffix("s") not in PLAIN_FORMS:
            raise CheckTheAmount(
                f"'{self.form}' is not known to be a plain tablet.",
                f"Plain are: {', '.join(sorted(PLAIN_FORMS))}. For any other, ask the prescriber for the dose of the liquid.",
                given=self.form,
            )
        for field, salt in (("salt", self.salt), ("liquid_salt", self.liquid_salt), ("source", self.source)):
            if not salt.strip():
                raise GiveWhatIsMissing(f"tablets.{field} is empty.", "Write it out.", given=field)
        _not_slow("tablets.salt", self.salt)
        if _words(self.salt) != _words(self.liquid_salt):
            raise CheckTheAmount(
                f"The tablets hold {self.salt} and the liquid {self.liquid_salt}: one mg of one is not one mg of the other.",
                _REMEDY,
                given=self.liquid_salt,
            )
        if self.equivalence != MG_FOR_MG:
            raise GiveWhatIsMissing(
                f"'{self.equivalence}' is no statement under which tablets become a liquid.",
                f"Write equivalence = '{MG_FOR_MG}' only if the prescriber or a named source says so.",
                given=self.equivalence,
            )

    def amount(self, *, locale: str | None) -> Quantity:
        """The dose that the tablets are, exactly.

        Raises:
            UnitsDoNotMatch: a strength that is no mass.
            CheckTheAmount: none, more than ten, or parts that nobody can break off.
            CannotRead: a strength or a count that could be read two ways.
        """
        one = read_quantity(self.strength, locale=locale)
        if one.unit.dimension != "mass":
            raise UnitsDoNotMatch(
                f"A tablet of '{self.strength}' is not counted by mass, and '{MG_FOR_MG}' says nothing of it.",
                _REMEDY,
                given=self.strength,
            )
        return Quantity(value=one.value * self._number(locale), unit=one.unit)

    def words(self, *, locale: str | None, profile: Profile = "international") -> str:
        """What is taken until now: ``half a tablet of 10 mg``, ``2 tablets of 10 mg``."""
        number = self._number(locale)
        one = write_quantity(
            read_quantity(self.strength, locale=locale), locale=english(locale), profile=profile
        )
        whole, half = divmod(number, 1)
        if not whole:
            return f"half a tablet of {one}"
        if half:
            return f"{whole} and a half tablets of {one}"
        return f"{whole} tablet{'s' if whole > 1 else ''} of {one}"

    def _number(self, locale: str | None) -> Fraction:
        if self.count == "half":
            return Fraction(1, 2)
        number = read_number(str(self.count), locale=locale) if self._positive else Fraction(0)
        if not 0 < number <= MOST or number * 2 % 1:
            raise CheckTheAmount(
                f"tablets.count is '{self.count}', and whole and half tablets up to {MOST} can be counted.",
                "Check the number of tablets for each dose.",
                given=str(self.count),
            )
        return number

    @property
    def _positive(self) -> bool:
        return isinstance(self.count, str) or self.count > 0

    def check_liquid(
        self, *, name: str, form: str | None, strength: str, component: str | None, injected: bool
    ) -> None:
        """Nothing comes out, if the liquid can stand for plain tablets.

        Raises:
            CheckTheAmount: a slow form, one part of a combination, or a drug that is not named as the salt is.
            CheckTheRoute: it is injected.
        """
        for field, text in (("drug.name", name), ("drug.form", form or ""), ("drug.strength", strength)):
            _not_slow(field, text)
        if component is not None:
            raise CheckTheAmount(
                f"The liquid holds more than {component}, and the tablets may not.", _REMEDY, given=component
            )
        if injected:
            raise CheckTheRoute(
                "Tablets are swallowed, and the liquid is injected: the same mg is another dose.",
                _REMEDY,
                given="by injection",
            )
        if _words(self.salt)[0] not in _words(name):
            raise CheckTheAmount(
                f"The tablets hold {self.salt}, and the liquid is named '{name}'.",
                "Write the drug of the liquid by the name on the tablets, such as 'Brand (baclofen)'.",
                given=name,
            )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _not_slow(field: str, text: str) -> None:
    """Nothing comes out, if no word says that a form gives its drug slowly, or past the stomach."""
    found = _SLOW.search(text)
    if found is not None:
        raise CheckTheAmount(
            f"{field} says '{found[0]}': such a form does not give its drug as a plain liquid or tablet does, and no mL stand for it.",
            _REMEDY,
            given=text,
        )
