"""What a dose is drawn from, and where its words say it goes."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

import msgspec

from liquidose import cautions
from liquidose.devices.syringes import ROUTES, Route
from liquidose.dosing.forms import Sign, sign_of
from liquidose.dosing.products import Product, plain_strength, read_container
from liquidose.dosing.reconstitution import (
    Reconstitution,
    is_reconstitution,
    note_powder,
    read_reconstitution,
)
from liquidose.dosing.strength import Stated, Strength, note_density, stated_per_ml, write_strength
from liquidose.errors import CheckTheRoute, GiveWhatIsMissing, UnitsDoNotMatch, UnreadableText
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.reading import checked_text
from liquidose.quantities.units import UNITS, from_pint, is_pint, units_of_pint

PLAIN_FORMS: Final = frozenset({"solution", "suspension", "drops"})
"""Forms that do not say where a drug goes; then the notation of its strength did."""

INSULIN_STRENGTHS: Final = frozenset(map(Fraction, (40, 100, 200, 300, 500)))
"""Units per mL at which insulins are sold (ISO 8537 syringes, U-200, U-300 and U-500 pens).

By injection such a strength is taken for an insulin unless the drug is named heparin: brand names do not say what they are.
"""

_sign_of: Final = lru_cache(maxsize=256)(sign_of)
"""Kept, because the forms of many orders are few."""


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the dose is drawn from, read: its strength, and where its words say it goes."""

    stated: Stated | None = None
    """None where the order is by volume and its strength is only printed."""
    strength: Strength | None = None
    """What the statement comes to."""
    made_up: Reconstitution | None = None
    sign: Sign | None = None
    insulin: bool = False
    name: str = ""
    container: str = ""
    form: str = ""
    as_written: str = ""

    def of_drug(self, name: str, form: str | None) -> Source:
        """The same of a drug that was named, in the form that was said."""
        return msgspec.structs.replace(
            self,
            sign=_sign_of(form or "") or self.sign,
            form=form or self.form,
            insulin="insulin" in name.lower() or self.insulin,
            name=name,
        )


def source_of(
    strength: Any,
    *,
    by_volume: bool = False,
    component: str | None = None,
    locale: str | None = None,
    notes: cautions.Notes = None,
) -> Source:
    """What was given as the strength: text, a value of ours or an exact pint quantity.

    Raises:
        GiveWhatIsMissing: nothing, or a text without a strength.
        TypeError: something else.
        LiquidoseError: a text that cannot be read, units that make no strength.
    """
    if component is not None and not isinstance(component, str):
        raise TypeError(f"A component is named by text, got {component!r}")
    if isinstance(strength, str):
        if by_volume and component is None:
            component = "first"  # by volume no component is counted; the text must still state a strength
        return _source_of_text(strength, component, locale, notes)
    if isinstance(strength, Product):
        return source_of_product(strength)
    if isinstance(strength, Strength):
        note_density(strength, notes)
        return Source(stated=stated_per_ml(strength), strength=strength)
    if isinstance(strength, Reconstitution):
        note_powder(strength, notes)
        return _made_up(strength)
    if is_pint(strength):
        found = _strength_from_pint(strength)
        return Source(stated=stated_per_ml(found), strength=found)
    if strength is None:
        raise GiveWhatIsMissing(
            "There is no strength.", "Write it from the container, such as '5 mg/5 mL'.", given=""
        )
    raise TypeError(f"A strength is text, a value of ours or an exact pint quantity, got {strength!r}")


def _source_of_text(text: str, component: str | None, locale: str | None, notes: cautions.Notes) -> Source:
    source, told = _read(text, component, locale)
    if notes is not None:
        notes += [caution for caution in told if caution not in notes]
    return source


@lru_cache(maxsize=256)
def _read(
    text: str, component: str | None, locale: str | None
) -> tuple[Source, tuple[cautions.Caution, ...]]:
    """The source that a text states, and what reading it noted; kept, because many orders are drawn from few containers."""
    notes: list[cautions.Caution] = []
    if component is None and (plain := plain_strength(checked_text(text), locale=locale)):
        found = plain.strength
        note_density(found, notes)
        return Source(stated=plain, strength=found, as_written=text), tuple(notes)
    if is_reconstitution(text):
        made_up = read_reconstitution(text, locale=locale, notes=notes)
        note_powder(made_up, notes)
        return _made_up(made_up, text), tuple(notes)
    product = read_container(text, locale=locale, component=component, notes=notes)
    return source_of_product(product, as_written=text), tuple(notes)


def source_of_product(product: Product, *, as_written: str = "") -> Source:
    """The source that a product is."""
    return Source(
        stated=product.stated,
        strength=product.strength,
        sign=product.sign,
        insulin=product.insulin,
        name=product.name,
        container=product.container or "",
        form=product.form or "",
        as_written=as_written,
    )


def _made_up(made_up: Reconstitution, as_written: str = "") -> Source:
    bottle = "bottle" in as_written.lower()
    return Source(
        stated=made_up.stated,
        strength=made_up.strength,
        made_up=made_up,
        sign=None if bottle else "injection",
        container="bottle" if bottle else "vial",
        as_written=as_written,
    )


def _strength_from_pint(given: Any) -> Strength:
    value, powers = from_pint(given)
    over = [name for name, power in powers.items() if power == 1]
    under = [name for name, power in powers.items() if power == -1]
    if len(over) != 1 or len(under) != 1 or "volume" not in UNITS[under[0]].uses:
        raise UnitsDoNotMatch(
            f"A pint strength in '{units_of_pint(given)}' is no amount per volume.",
            "Give it in mg/mL, for example.",
            given=units_of_pint(given),
        )
    volume = Quantity(value=Fraction(1), unit=UNITS[under[0]])
    return Stated(amount=Quantity(value=value, unit=UNITS[over[0]]), volume=volume).strength


def route_for(route: Route | None, source: Source, notes: cautions.Notes) -> Route | None:
    """The route stated, or by mouth; None, with a warning, where a sign of something else stands.

    Raises:
        UnreadableText: not a route.
        CheckTheRoute: a form for the mouth given by injection, or a form for elsewhere given by mouth.
        UnitsDoNotMatch: an insulin by injection that is not counted in units.
    """
    strength = source.strength
    activity = strength is not None and strength.per_ml.unit.dimension == "activity"
    if route is None:
        why = _sign_against_the_mouth(source, activity=activity)
        if not why:
            return "oral"
        cautions.add(
            notes,
            "no-route",
            f"No syringe was chosen: {why}, and no route is stated. State the route: {', '.join(ROUTES)}.",
        )
        return None
    if route not in ROUTES:
        raise UnreadableText(f"'{route}' is not a route.", f"Say {', '.join(ROUTES)}.", given=str(route))
    if (route == "injection" and source.sign == "oral") or (route != "injection" and source.sign == "other"):
        raise CheckTheRoute(
            f"'{source.as_written or source.form}' says {source.form or source.container}, which does not go "
            f"with the route '{route}'.",
            "Check the product and the route.",
            given=route,
        )
    if route != "injection" and source.sign == "injection" and source.form:
        cautions.add(
            notes,
            "made-for-injection",
            f"'{source.form}' is made for injection: check that it may be given {'by mouth' if route == 'oral' else 'by tube'}.",
        )
    if route == "injection" and source.insulin and strength is not None and not activity:
        raise UnitsDoNotMatch(
            f"{write_strength(strength)} is not how insulin is counted: its syringe is marked in units.",
            "Check the strength, and write it in units per mL.",
            given=write_strength(strength),
        )
    like_insulin = activity and strength is not None and strength.per_ml.value in INSULIN_STRENGTHS
    if route == "injection" and like_insulin and not source.insulin and not _is_heparin(source):
        cautions.add(
            notes,
            "maybe-insulin",
            "No syringe was chosen: this may be an insulin, which is measured only in an insulin syringe "
            "of its own strength. If it is one, say 'insulin' in the drug's name.",
        )
        return None
    return route


def _is_heparin(source: Source) -> bool:
    """Heparin is the one drug sold in units at an insulin's strength that goes in a Luer syringe."""
    return "heparin" in f"{source.name} {source.as_written}".lower()


def _sign_against_the_mouth(source: Source, *, activity: bool) -> str:
    if source.insulin:
        return "it is an insulin"
    if activity:
        return "its strength counts units of activity"
    if source.made_up is not None and source.sign == "injection":
        return "it is made up from a powder"
    if source.sign is None or source.sign == "oral":
        return ""
    words = (source.container, source.form) if source.sign == "injection" else (source.form, source.container)
    said = next(filter(None, words), "")
    if said and not (said in PLAIN_FORMS and source.stated is not None):
        return f"its words say {said}"
    return "its strength is not stated the way medicines for the mouth are"
