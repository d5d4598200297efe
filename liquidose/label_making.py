"""The labels of one plan after another, in one design made ready."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

import msgspec

from liquidose._version import __version__
from liquidose.errors import BadOption
from liquidose.fields import codes_of
from liquidose.files import data_version
from liquidose.pages.fonts import further_face
from liquidose.pages.of_plan import PlanLayout, words_on
from liquidose.plan import Plan
from liquidose.print_run import Label, Run, digest_of
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
        self._again = f"REPRINT {run.reprint}: {run.reason.strip()}" if run.reprint else ""

    def labels(self, number: int, plan: Plan) -> Iterator[Label]:
        """The labels of a plan, one for each part of its order, with the number of copies.

        Raises:
            DoesNotFit, GiveWhatIsMissing, UnreadableText: as setting a label does.
        """
        run, given = self._run, plan.order.dispense
        if run.template.mark is not None and run.printer is not None and plan.calibration is not None:
            raise BadOption(
                "The mark's millimetres were measured with a printer's own ruler, and would be corrected twice.",
                "Leave the printer's correction out, and print on the printer that printed the ruler.",
                given=run.printer.name,
            )
        texts = words_on(run.template, plan)
        parts, copies = (1, 1) if run.template.kind == "worksheet" else (given.parts, given.copies)
        for part in range(1, parts + 1):
            copy = " · ".join(filter(None, (f"{part} of {parts}" if parts > 1 else "", self._again)))
            shown = _with_copy(texts, copy, self._known) if copy else texts
            identity = hashlib.sha256(self._made_from + msgspec.json.encode(shown)).hexdigest()[:8]
            own = {"document": (f"{self._words}, id {identity}",), "id": (identity,)}
            codes = {**codes_of(plan), "document": identity} if run.template.barcode else {}
            wanted = {field: words for field, words in own.items() if field in self._known}
            page = self._layout.label(plan, {**shown, **wanted}, codes)
            yield Label(number, identity, page, run.copies or copies)


def _with_copy(
    texts: Mapping[str, tuple[str, ...]], copy: str, known: AbstractSet[str]
) -> dict[str, tuple[str, ...]]:
    """The texts with which of several a label is, and that it is a reprint: in its own place, or behind another text.

    A design without any of these places is refused like every design without a place for a text.
    """
    place = next(
        (field for field in ("copy", "details", "patient", "patient_name") if field in known), "copy"
    )
    before = texts.get(place, ())
    return {**texts, place: (f"{before[0]} · {copy}", *before[1:]) if before else (copy,)}
