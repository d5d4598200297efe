"""From plans to a document: the template filled, laid out in millimetres, rendered."""

from __future__ import annotations

from liquidose.pages.labels import lay_out
from liquidose.pages.templates import load_template
from liquidose.plan import Plan
from liquidose.render.pdf import render_pdf
from liquidose.sheet_fields import texts_for


def label_pdf(plan: Plan, *, template: str = "dispensing") -> bytes:
    """The label of one plan as a PDF of one page at true size.

    Raises:
        DoesNotFit: a text has no room; it names the field and the millimetres missing.
        GiveWhatIsMissing: the template demands a field that the order leaves out.
        UnreadableText: a character that the embedded face does not have.
    """
    design = load_template(template)
    texts = texts_for(plan, design.fields, only_named=design.kind == "worksheet")
    page = lay_out(design, texts, plan.measured)
    return render_pdf([page], title=f"Label: {plan.drug}", language="en")
