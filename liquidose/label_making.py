"""The labels of one plan after another, in one design made ready."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple, cast

import msgspec

from liquidose._version import __version__
from liquidose.devices.calibration import not_corrected_twice
from liquidose.errors import DoesNotFit
from liquidose.fields import codes_of
from liquidose.files import data_version
from liquidose.pages.fonts import further_face
from liquidose.pages.of_plan import PlanLayout, words_on
from liquidose.plan import Plan
from liquidose.print_run import Label, Run, digest_of
from liquidose.quantities.writing import NO_BREAK
from liquidose.render.pdf import made_by
from liquidose.site import Site


class LabelMaker:
    """A design made ready to make the labels of many plans."""

    def __init__(self, run: Run, site: Site) -> None:
        self._run = run
        self._layout = PlanLayout(run.template, further=tuple(further_face(path) for path in site.fonts))
        self._known = frozenset(element.field for element in run.template.text)
        self._made_from = digest_of((__version__, data_version(), run.template))
        self._words = made_by(run.rules(site.profile))

    def labels(self, number: int, plan: Plan) -> Iterator[Label]:
        """The labels of a plan, one for each part of its order, with the number of copies; one worksheet, one mark.

        Raises:
            DoesNotFit, GiveWhatIsMissing, UnreadableText: as setting a label does. A reprint that has no room for its
            reason says that it is one; only where there is no room for that either is it refused.
        """
        run, given = self._run, plan.order.dispense
        if run.template.mark is not None:
            not_corrected_twice(plan.calibration, run.printer.name if run.printer else None)
        texts = words_on(run.template, plan)
        of_one = run.template.kind == "worksheet" or run.template.mark is not None
        parts, copies = (1, 1) if of_one else (given.parts, given.copies)
        for part in range(1, parts + 1):
            counted = f"{part} of {parts}" if parts > 1 else ""
            yield self._first_that_fits(number, plan, _ways(texts, counted, run, self._known), copies)

    def _first_that_fits(self, number: int, plan: Plan, ways: Iterator[_Way], copies: int) -> Label:
        """The label in the first of these ways that has room; the refusal of the shortest if none has."""
        refusal: DoesNotFit | None = None
        for way in ways:
            try:
                return self._label(number, plan, way, copies)
            except DoesNotFit as fault:
                refusal = fault
        raise cast("DoesNotFit", refusal)  # there is always a way to try

    def _label(self, number: int, plan: Plan, way: _Way, copies: int) -> Label:
        run = self._run
        identity = hashlib.sha256(self._made_from + msgspec.json.encode(way.texts)).hexdigest()[:8]
        own = {"document": (f"{self._words}, id {identity}",), "id": (way.id_words or identity,)}
        if way.beside_id:
            own["id"] = (f"{identity} {way.beside_id}",)
        codes = {**codes_of(plan), "document": identity} if run.template.barcode else {}
        wanted = {field: words for field, words in own.items() if field in self._known}
        page = self._layout.label(plan, {**way.texts, **wanted}, codes)
        return Label(number, identity, page, run.copies or copies, way.again)


class _Way(NamedTuple):
    """One way of saying on a label which of several it is, and that it is a reprint."""

    texts: Mapping[str, tuple[str, ...]]
    again: str = ""
    """What it says of being a reprint."""
    beside_id: str = ""
    id_words: str = ""
    """In place of the id."""


_OWN: Final = ("copy", "details", "diluent")
"""Fields beside which a reason may stand; it must not make a name smaller."""
_SHORT: Final = ("patient", "patient_name")


def _ways(
    texts: Mapping[str, tuple[str, ...]], counted: str, run: Run, known: AbstractSet[str]
) -> Iterator[_Way]:
    """The ways to try, the one that says most first.

    A design without any of these places is refused like every design without a place for a text.
    """
    with_count = _with_copy(texts, counted, (*_OWN, *_SHORT), known) if counted else texts
    if not run.reprint:
        yield _Way(with_count)
        return
    own = not known.isdisjoint(_OWN)
    again = run.short_again.replace(" ", NO_BREAK)
    whole = run.again.replace(run.short_again, again, 1)
    for words, kept in ((run.again, whole), (run.short_again, again)):
        if own:
            yield _Way(_with_copy(texts, _joined(counted, kept), _OWN, known), words)
        if "id" in known:
            yield _Way(with_count, words, beside_id=kept)
    if not own:
        yield _Way(_with_copy(texts, _joined(counted, again), _SHORT, known), run.short_again)
    if "id" in known:
        yield _Way(with_count, run.short_again, id_words=again)


def _joined(*words: str) -> str:
    return " · ".join(filter(None, words))


def _with_copy(
    texts: Mapping[str, tuple[str, ...]], copy: str, places: tuple[str, ...], known: AbstractSet[str]
) -> dict[str, tuple[str, ...]]:
    """The texts with these words in the first of the places that the design has, behind what stands there."""
    place = next((field for field in places if field in known), "copy")
    before = texts.get(place, ())
    return {**texts, place: (f"{before[0]} · {copy}", *before[1:]) if before else (copy,)}
