"""One label by itself, as the tests of designs look at it: no stock, no check label."""

from __future__ import annotations

from liquidose.pages.of_plan import PlanLayout, words_on
from liquidose.pages.templates import load_template
from liquidose.plan import Plan
from liquidose.render.pdf import render_pdf


def label_pdf(plan: Plan, *, template: str = "dispensing") -> bytes:
    design = load_template(template)
    page = PlanLayout(design).label(plan, words_on(design, plan))
    return render_pdf([page], title=f"Label: {plan.drug}")
