"""What convert() answers to row after row, each text read once, each distinct row worked out once.

There is no arithmetic here: a row goes through the same readers and the same :func:`work_out` as one dose does.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final, NamedTuple, TypeVar

from liquidose.cautions import Caution
from liquidose.conversion import Conversion, ordered_of, work_out
from liquidose.devices.limits import Limits
from liquidose.devices.syringes import Syringe, syringes_of
from liquidose.dosing.dose import Dose
from liquidose.dosing.patient import NOBODY, Patient, patient_of
from liquidose.errors import GiveWhatIsMissing, LiquidoseError, UnreadableText
from liquidose.exchange.conversions import exact_text, plain
from liquidose.numbers import read_number
from liquidose.quantities.writing import Profile
from liquidose.source import Source, source_of

MOST_INT64: Final = 2**63 - 1
PAST_INT64: Final = "past-int64"
"""The code of a row whose exact volume a column of 64-bit integers cannot hold."""
MOST_KEPT: Final = 100_000
"""Texts or rows remembered of each kind before they are forgotten together, so that memory stays bounded."""
MOST_PATIENTS: Final = 1_000
"""The same of patients: finer weights than that are as quickly read again as so many are kept."""


class Answer(NamedTuple):
    """The row of the table that comes out: a volume, or the code and text of an error."""

    volume_ml_num: int | None = None
    volume_ml_den: int | None = None
    measured_ml: str | None = None
    draws_ml: tuple[str, ...] | None = None
    syringe: str | None = None
    change_percent: float | None = None
    warnings: tuple[str, ...] | None = None
    error: str | None = None
    error_text: str | None = None


INPUTS: Final = (
    "dose",
    "strength",
    "weight",
    "height",
    "bsa",
    "times_a_day",
    "component",
    "route",
    "locale",
    "syringes",
)
"""What an answer depends on, row by row: the arguments of convert(), syringes as ids with spaces between them."""

_Notes = tuple[Caution, ...]
K = TypeVar("K")
V = TypeVar("V")


class Answers:
    """The answers to rows, under one set of limits and words; what was read is remembered.

    ``syringes`` are stocked for the rows that name none; ``own`` are a site's own, which rows may name by their ids.

    Raises:
        UnreadableText: a syringe that is in no catalogue.
    """

    def __init__(
        self,
        *,
        syringes: Iterable[str | Syringe] | None = None,
        own: Iterable[Syringe] = (),
        limits: Limits | None = None,
        profile: Profile = "international",
    ) -> None:
        self._syringes = None if syringes is None else syringes_of(syringes)
        self._own = tuple(own)
        self._limits = limits
        self._profile = profile
        self._doses: dict[object, tuple[Dose, _Notes]] = {}
        self._sources: dict[object, tuple[Source, _Notes]] = {}
        self._patients: dict[object, tuple[Patient, _Notes]] = {}
        self._stocks: dict[str, tuple[Syringe, ...]] = {}
        self._texts: dict[tuple[int, int], tuple[str]] = {}

    def to(  # noqa: PLR0913, PLR0917  (one parameter a column, in the order of INPUTS)
        self,
        dose: str | None,
        strength: str | None,
        weight: str | None = None,
        height: str | None = None,
        bsa: str | None = None,
        times_a_day: int | str | None = None,
        component: str | None = None,
        route: str | None = None,
        locale: str | None = None,
        syringes: str | None = None,
    ) -> Answer:
        """The answer to one row, None for an empty cell; a refusal is an answer too."""
        try:
            ordered, notes = self._dose(dose, strength, locale)
            source, more = self._source(strength, component, locale, by_volume=ordered.by_volume)
            notes = _together(notes, more)
            patient = NOBODY
            if weight is not None or height is not None or bsa is not None:
                patient, more = self._patient(weight, height, bsa, locale, needs_surface=ordered.per == "m2")
                notes = _together(notes, more)
            conversion = work_out(
                ordered,
                source,
                patient=patient,
                times_a_day=_whole(times_a_day) if isinstance(times_a_day, str) else times_a_day,
                route=route,  # type: ignore[arg-type]  # what is no route is refused there
                syringes=self._syringes if syringes is None else self._stock(syringes),
                limits=self._limits,
                notes=list(notes),
                profile=self._profile,
            )
            return self._answer(conversion)
        except LiquidoseError as refusal:
            return Answer(error=refusal.code, error_text=plain(str(refusal)))

    def _dose(self, dose: str | None, strength: str | None, locale: str | None) -> tuple[Dose, _Notes]:
        key = (dose, locale)
        read = self._doses.get(key)
        if read is None:
            if dose is None:
                raise GiveWhatIsMissing("There is no dose.", "Write it as it was ordered, such as '5 mg'.")
            notes: list[Caution] = []
            found = ordered_of(dose, strength, locale=locale, notes=notes)
            read = _keep(self._doses, key, (found, tuple(notes)))
        return read

    def _source(
        self, strength: str | None, component: str | None, locale: str | None, *, by_volume: bool
    ) -> tuple[Source, _Notes]:
        key = (strength, component, locale, by_volume)
        read = self._sources.get(key)
        if read is None:
            notes: list[Caution] = []
            found = source_of(strength, by_volume=by_volume, component=component, locale=locale, notes=notes)
            read = _keep(self._sources, key, (found, tuple(notes)))
        return read

    def _patient(
        self,
        weight: str | None,
        height: str | None,
        bsa: str | None,
        locale: str | None,
        *,
        needs_surface: bool,
    ) -> tuple[Patient, _Notes]:
        key = (weight, height, bsa, locale, needs_surface)
        read = self._patients.get(key)
        if read is None:
            notes: list[Caution] = []
            found = patient_of(
                needs_surface=needs_surface, weight=weight, height=height, bsa=bsa, locale=locale, notes=notes
            )
            read = _keep(self._patients, key, (found, tuple(notes)), MOST_PATIENTS)
        return read

    def _stock(self, syringes: str) -> tuple[Syringe, ...]:
        read = self._stocks.get(syringes)
        if read is None:
            read = _keep(self._stocks, syringes, syringes_of(syringes.split(), self._own))
        return read

    def _answer(self, conversion: Conversion) -> Answer:
        whole, part = conversion.volume.value.as_integer_ratio()
        if whole > MOST_INT64 or part > MOST_INT64:
            return Answer(
                error=PAST_INT64,
                error_text=f"The exact volume {conversion.volume_ml} mL has more digits than a column of 64-bit integers holds. "
                "Convert this row on its own, with convert() or the command of that name.",
            )
        measured = conversion.measured
        if measured is None:
            return Answer(whole, part, warnings=conversion.codes)
        change, by = measured.change_ratio
        draws: tuple[str, ...] = self._text(measured.ml)
        total = draws[0]
        if len(measured.draws_ml) > 1:
            draws = tuple([self._text(draw)[0] for draw in measured.draws_ml])
        return Answer(
            whole,
            part,
            total,
            draws,
            measured.syringe.id,
            change / by,
            conversion.codes,
        )

    def _text(self, ml: Fraction) -> tuple[str]:
        """The volume as exact text, alone in a list; a syringe has few lines, so that most were written before."""
        key = ml.as_integer_ratio()
        return self._texts.get(key) or _keep(self._texts, key, (exact_text(ml),))


def _keep(memory: dict[K, V], key: K, value: V, most: int | None = None) -> V:
    if len(memory) >= (most or MOST_KEPT):
        memory.clear()
    memory[key] = value
    return value


def _together(some: _Notes, more: _Notes) -> _Notes:
    """Both without doubles, as one list collected by all readers would be."""
    return (*some, *(note for note in more if note not in some)) if more else some


def _whole(text: str) -> int:
    """The number of doses a day in a cell of text."""
    number = read_number(text)
    if number.denominator != 1:
        raise UnreadableText(
            f"'{text}' is not a number of doses a day.", "Write a whole number, such as '3'.", given=text
        )
    return number.numerator
