"""What a named person passed, and why: the limits of measuring that an order's ``[[override]]`` widens, and the guards it passes.

Nothing else can be passed. Text that cannot be read, units that do not match, a form that contradicts the route, and
a protocol for another drug, country or age are never passed by anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from fractions import Fraction
from itertools import combinations
from typing import Final

import msgspec

from liquidose.devices.limits import Limits
from liquidose.errors import CheckTheAmount

OVERRIDABLE: Final[dict[str, str]] = {
    "rounding": "the limit of rounding",
    "scale-tolerance": "the limit of what the scale may be out by",
    "tiny-volume": "the rule that 0.1\u00a0mL and under is measured in a 0.5\u00a0mL syringe",
    "fillings": "the number of fillings this site allows",
}
"""The limits of measuring that can be passed, by the code that an order names."""

GUARDS: Final[dict[str, str]] = {
    "guard-most-per-dose": "the guard of the most for each dose",
    "guard-most-per-day": "the guard of the most for a day",
    "guard-largest-step": "the guard of the largest step",
    "guard-shortest-step": "the guard of the shortest step",
    "guard-shortest-interval": "the guard of the shortest time between doses",
    "guard-no-stop-without-taper": "the guard against a stop without a taper",
    "guard-no-gap": "the guard against days without a dose",
}
"""The guards that can be passed, where neither the order nor the protocol says that they cannot."""

OVERRIDDEN: Final = "overridden"
"""The code of the note that names what was passed, by whom and why: for the pharmacist, not on the label."""

ROUNDING_AT_MOST: Final = Fraction(20)
"""Beyond 20 % off the dose a measurement counts as a gross error (R59): nobody passes that."""
TOLERANCE_AT_MOST: Final = Fraction(40)
"""Twice the limit of R69, as the rounding is twice its own."""
FILLINGS_AT_MOST: Final = 3

Measurable = Callable[[Limits], bool]
"""Whether the dose can be measured within these limits."""


class Override(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One limit or guard that a named person passes for one order, with the reason.

    Raises:
        ValueError: a code that cannot be overridden.
    """

    code: str
    reason: str
    by: str

    def __post_init__(self) -> None:
        if self.code not in OVERRIDABLE | GUARDS:
            known = ", ".join(OVERRIDABLE | GUARDS)
            raise ValueError(f"'{self.code}' cannot be overridden; only {known} can")

    @property
    def words(self) -> str:
        """What was passed, why and by whom, for the worksheet."""
        return f"{self.code}, {(OVERRIDABLE | GUARDS)[self.code]}. Reason: {self.reason.rstrip('.')}. By: {self.by}."


def widened(limits: Limits, codes: Collection[str]) -> Limits:
    """The limits with those named by the codes as wide as they may be; the warnings stay as they are."""
    if "rounding" in codes:
        refused = max(limits.rounding_refused, ROUNDING_AT_MOST)
        limits = msgspec.structs.replace(limits, rounding_refused=refused)
    if "scale-tolerance" in codes:
        refused = max(limits.tolerance_refused, TOLERANCE_AT_MOST)
        limits = msgspec.structs.replace(limits, tolerance_refused=refused)
    if "tiny-volume" in codes:
        limits = msgspec.structs.replace(limits, audience="clinician")
    if "fillings" in codes:
        limits = msgspec.structs.replace(limits, most_draws=FILLINGS_AT_MOST)
    return limits


def limits_passed(overrides: Collection[Override], limits: Limits, measurable: Measurable) -> Limits:
    """The limits in force for an order with these overrides, each of which is needed; those of guards widen none.

    Raises:
        CheckTheAmount: an override that overrides nothing: the order is no longer the one it was written for.
    """
    codes = [override.code for override in overrides if override.code in OVERRIDABLE]
    if not codes:
        return limits
    wide = widened(limits, codes)
    if measurable(wide):
        for code in codes:
            if measurable(widened(limits, [other for other in codes if other != code])):
                raise CheckTheAmount(
                    f"There is nothing to override: without '{code}' the dose is measured just the same.",
                    "Check the dose and the strength, or take the override out.",
                    given=code,
                )
    return wide


def how_to_pass(limits: Limits, measurable: Measurable) -> str:
    """The fewest codes that would let the dose be measured, as a sentence; empty where no override would do."""
    for count in range(1, len(OVERRIDABLE) + 1):
        for codes in combinations(OVERRIDABLE, count):
            if measurable(widened(limits, codes)):
                named = " and ".join(f"'{code}'" for code in codes)
                return f" An [[override]] of {named} in the order, with reason and by, would pass it."
    return ""
