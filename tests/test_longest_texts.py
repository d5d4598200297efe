"""The longest real texts, on paper: whole and inside their boxes, or refused by field and millimetres."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pdfplumber
import pytest
from marks import calibration_row
from one_label import label_pdf
from tables import Row, rows

from liquidose.devices.syringes import catalogue
from liquidose.errors import DoesNotFit, LiquidoseError
from liquidose.files import decode_toml
from liquidose.orders.order import Order
from liquidose.pages.elements import TextElement
from liquidose.pages.of_plan import words_on
from liquidose.pages.templates import Template, load_template, shipped_templates
from liquidose.plan import Plan, make_plan
from liquidose.sheet_fields import texts_for
from liquidose.site import Site

EXAMPLE = Path(__file__).parent.parent / "examples" / "prednisolone.toml"
DESIGNS = (
    "dispensing", "dispensing-us", "dispensing-uk", "dispensing-large-print", "four-lines",
    "caregiver-card", "caregiver-card-letter", "caregiver-card-roll",
)  # fmt: skip
SHEETS = ("worksheet", "worksheet-blank")
MM = 25.4 / 72
BLACK = (0, (0,))
LONG = rows("longest-texts.toml", "text")


def plan_of(row: Row) -> Plan:
    order: dict[str, Any] = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    for part, changed in row["set"].items():
        order[part] |= {key: value for key, value in changed.items() if value != ""}
        for key in [key for key, value in changed.items() if value == ""]:
            del order[part][key]
    stocked = tuple(row["stocked"]) if "stocked" in row else None
    return make_plan(msgspec.convert(order, Order), Site(stocked=stocked))


@cache
def design_of(name: str) -> Template:
    return load_template(name)


def rows_within(page: Any, sharing: list[TextElement]) -> list[str]:
    """The rows of text that lie wholly inside the box of elements that share it, from the top."""
    left, top, width, height = (side / MM for side in sharing[0].box_mm)
    box = (left - 0.01, top - 0.01, left + width + 0.01, top + height + 0.01)
    found: dict[float, list[str]] = {}
    for char in page.within_bbox(box).chars:
        assert char["upright"]
        assert char["non_stroking_color"] in BLACK
        assert any(e.floor_pt - 0.01 <= char["size"] <= e.size_pt + 0.01 for e in sharing)
        found.setdefault(round(char["matrix"][5], 1), []).append(char["text"])
    return ["".join(found[key]).replace("\u00a0", " ") for key in sorted(found, reverse=True)]


@pytest.mark.parametrize("design", [*DESIGNS, *SHEETS])
@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in LONG])
def test_a_long_text_is_whole_in_its_box_or_refused_by_field_and_mm(row: Row, design: str) -> None:
    plan, template = plan_of(row), design_of(design)
    if design in row["refused"]:
        field = row["refused"][design]
        says = (
            rf"The texts? of .*'{field}'.* do(es)? not fit( together)?: at [\d., and]+\u00a0pt, .* (is|are) \d+\.\d\u00a0mm too "
            "(wide|high)"
        )
        if field == "syringe":
            says = r"The syringe does not fit: its picture needs \d+\.\d\u00a0mm more"
        with pytest.raises(DoesNotFit, match=says):
            label_pdf(plan, template=design)
        return
    texts = texts_for(plan, template.fields, profile=template.profile)
    with pdfplumber.open(BytesIO(label_pdf(plan, template=design))) as file:
        (page,) = file.pages
        for element in template.text:
            if element.field in {"id", "document", "copy"}:  # of the print and not of the order
                continue
            sharing = [other for other in template.text if other.box_mm == element.box_mm]
            shown = rows_within(page, sharing)
            told = [other.prefix + text for other in sharing for text in texts[other.field]]
            assert "".join(shown).replace(" ", "").replace("•", "") == "".join(told).replace(" ", "").replace(
                "\u00a0", ""
            ).replace("•", "")
            if not told:
                continue
            for kept in re.split(r" ", " ".join(told)):  # what ordinary spaces part is never parted further
                assert any(kept.replace("\u00a0", " ") in line for line in shown), f"'{kept}' is broken"


@pytest.mark.parametrize("design", DESIGNS)
def test_the_corpus_has_a_text_that_each_design_prints_and_one_it_refuses(design: str) -> None:
    refused = [row["id"] for row in LONG if design in row["refused"]]
    assert 0 < len(refused) < len(LONG)


def test_the_designs_the_corpus_goes_through_are_all_but_those_for_a_syringe() -> None:
    assert {name for row in LONG for name in row["refused"]} <= set(DESIGNS), "a worksheet prints them all"
    assert set(shipped_templates()) - {*DESIGNS, *SHEETS} == {"syringe", "oral-syringe", "syringe-mark"}
    assert all(row["source"] for row in LONG)


# The designs for a syringe itself: the same drugs, patients and directions, as far as each says them

ON_A_SYRINGE = {
    "syringe": "syringes/morphine",
    "oral-syringe": "syringes/baclofen",
    "syringe-mark": "baclofen",
}
MEASURED = tuple(s for s in catalogue("oral") if s.id.startswith("bd-oral-"))
WARD = decode_toml(
    f"stocked = {[s.id for s in MEASURED]}\n" + "".join(calibration_row(s) for s in MEASURED),
    Site,
    name="ward",
)
SAID = [row for row in LONG if {"drug", "patient", "directions"} & set(row["set"])]


def filled(row: Row, design: str) -> Plan:
    """The order of a syringe's example with what the row says of patient, drug and direction."""
    example = EXAMPLE.parent / f"{ON_A_SYRINGE[design]}.toml"
    order: dict[str, Any] = tomllib.loads(example.read_text(encoding="utf-8"))
    changed = {part: {k: v for k, v in row["set"].get(part, {}).items() if v != ""} for part in order}
    if design == "syringe":  # given by injection, by the one who filled it
        order["drug"] |= {key: text for key, text in changed["drug"].items() if key == "name"}
        order["patient"] |= changed["patient"]
    else:
        for part in ("drug", "patient", "directions"):
            order[part] |= changed[part]
    return make_plan(msgspec.convert(order, Order), WARD if design == "syringe-mark" else Site())


def _says_no_room(refusal: str) -> str:
    """The field that a refusal names, the first of several, with the mm missing."""
    says = re.match(
        r"The texts? of '(\w+)'.* do(?:es)? not fit(?: together)?: at [\d., and]+\u00a0pt, .* \d+\.\d\u00a0mm too "
        r"(?:wide|high)",
        refusal,
    )
    assert says, refusal
    return says[1]


def shown_or_refused(row: Row, design: str) -> str:
    """The field that has no room; empty where all is printed; the code of a refusal that is not about room."""
    template = design_of(design)
    try:
        plan = filled(row, design)
        content = label_pdf(plan, template=design)
    except DoesNotFit as refusal:
        return _says_no_room(str(refusal))
    except LiquidoseError as refusal:
        return f"refused: {refusal.code}"
    with pdfplumber.open(BytesIO(content)) as file:
        (page,) = file.pages
        least = min(element.floor_pt for element in template.text)
        for char in page.chars:
            assert char["upright"]
            assert char["size"] >= least - 0.01
            assert 0 <= char["x0"] <= char["x1"] <= page.width
            assert 0 <= char["top"] <= char["bottom"] <= page.height
        written = "".join(
            char["text"] for char in page.chars
        )  # as drawn: the rows of one text, one after the other
    texts = words_on(template, plan)
    for text in (text for field in template.fields for text in texts.get(field, ())):
        assert "".join(text.split()) in "".join(written.split()), text
    return ""


@pytest.mark.parametrize("design", ON_A_SYRINGE)
@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in SAID])
def test_a_long_text_on_a_syringe_is_whole_or_refused_by_field_and_mm(row: Row, design: str) -> None:
    assert shown_or_refused(row, design) in {"", *design_of(design).fields} or row["set"].get("directions")


@pytest.mark.parametrize("design", ON_A_SYRINGE)
def test_the_corpus_has_a_text_that_each_design_for_a_syringe_prints_and_one_it_has_no_room_for(
    design: str,
) -> None:
    found = [shown_or_refused(row, design) for row in SAID]
    assert "" in found
    assert any(field in design_of(design).fields for field in found)
