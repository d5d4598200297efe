"""The designs for bottles and the small one, on paper: their words by profile, their type, their ink."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pdfplumber
import pytest
from marks import calibration_row
from one_label import label_pdf

from liquidose.devices.syringes import syringes_of
from liquidose.errors import GiveWhatIsMissing
from liquidose.fields import texts_of
from liquidose.files import decode_toml
from liquidose.orders.order import Order, load_order
from liquidose.pages.labels import lay_out
from liquidose.pages.shapes import Text
from liquidose.pages.templates import load_template
from liquidose.plan import Plan, make_plan, under
from liquidose.quantities.writing import Profile
from liquidose.site import Site

EXAMPLES = Path(__file__).parent.parent / "examples"
DESIGNS = ("dispensing", "dispensing-us", "dispensing-uk", "dispensing-large-print", "four-lines")
MM = 25.4 / 72

CAPPED = """
[patient]
name = "Sam Example"
weight = "30 kg"
[drug]
name = "hydralazine"
strength = "50 mcg/mL"
form = "oral solution"
[directions]
dose = "5 mcg/kg (max 100 mcg)"
times = ["noon"]
"""


def plan_of(name: str, site: Site | None = None) -> Plan:
    return make_plan(load_order(str(EXAMPLES / f"{name}.toml")), site)


def capped(profile: Profile) -> Plan:
    return make_plan(decode_toml(CAPPED, Order, name="order.toml"), Site(profile=profile))


def plain(texts: tuple[str, ...]) -> list[str]:
    return [text.replace("\u00a0", " ") for text in texts]


def opened(plan: Plan, design: str) -> Any:
    return pdfplumber.open(BytesIO(label_pdf(plan, template=design)))


@pytest.mark.parametrize("site", ["international", "us", "uk"])
def test_a_design_s_own_profile_governs_the_words_whatever_the_site_s_is(site: Profile) -> None:
    us, uk = (texts_of(capped(site), profile) for profile in ("us", "uk"))
    assert plain(us["drug"]) == ["hydrALAZINE oral solution"]
    assert plain(us["strength"]) == ["50 mcg per mL"]
    assert "Each dose is limited to 100 mcg (would be 150 mcg)." in plain(us["cautions"])
    assert plain(uk["drug"]) == ["hydralazine oral solution"]
    assert plain(uk["strength"]) == ["50 micrograms per mL"]
    assert "Each dose is limited to 100 micrograms (would be 150 micrograms)." in plain(uk["cautions"])
    assert not any("mcg" in text for lines in uk.values() for text in lines)


@pytest.mark.parametrize(("site", "drug"), [("international", "hydralazine"), ("us", "hydrALAZINE")])
def test_a_design_without_a_profile_takes_the_site_s(site: Profile, drug: str) -> None:
    assert texts_of(capped(site))["drug_name"] == (drug,)
    assert load_template("dispensing").profile is None
    assert under(capped(site), None) == capped(site)


def test_the_numbers_of_a_plan_are_the_same_under_every_profile() -> None:
    plan = capped("international")
    assert under(plan, "uk").measured == plan.measured
    assert under(plan, "uk").direction == under(plan, "us").direction == plan.direction


@pytest.mark.parametrize(
    ("typed", "dose", "chunks"),
    [
        ("5 mg/5 mL", "5 mg", ["5 mg", "in", "5 mL", "(1 mg per mL)"]),
        ("125 mg/31 mg in 5 mL", "5 mL", ["125 mg/31 mg", "in", "5 mL"]),
        ("5 mg per mL of the mixture", "5 mL", ["5 mg per mL", "of", "the", "mixture"]),
        ("2 % syrup", "5 mL", ["2 %", "syrup"]),
    ],
)
def test_a_line_of_a_strength_ends_only_between_its_amounts(typed: str, dose: str, chunks: list[str]) -> None:
    text = CAPPED.replace("50 mcg/mL", typed).replace("5 mcg/kg (max 100 mcg)", dose)
    strength = texts_of(make_plan(decode_toml(text, Order, name="order.toml")))["strength"][0]
    assert plain(tuple(strength.split(" "))) == chunks


def test_the_words_of_each_detail() -> None:
    us = texts_of(plan_of("prednisolone"), "us")
    assert {field: plain(us[field])[0] for field in ("rx_number", "refills", "discard", "initials")} == {
        "rx_number": "Rx 1234567",
        "refills": "No refills",
        "discard": "Do not use after 22 Jan 2027",
        "initials": "Pharmacist AB",
    }
    assert plain(us["generic_for"] + us["manufacturer"]) == [
        "Generic for Orapred",
        "Made by Example Laboratories",
    ]
    assert plain(us["patient_name"] + us["identifiers"]) == ["Sam Example", "born 09 Mar 2014"]
    assert plain(texts_of(plan_of("baclofen"))["refills"]) == ["Refills 2"]
    assert texts_of(plan_of("prednisolone"), "uk")["rx_number"] == ("Number 1234567",)
    assert texts_of(plan_of("concentrate"))["refills"] == ()


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("order", ["baclofen", "prednisolone"])
def test_every_design_is_black_on_white_upright_and_above_its_floors(order: str, design: str) -> None:
    template = load_template(design)
    floors = {element.floor_pt for element in template.text}
    with opened(plan_of(order), design) as file:
        (page,) = file.pages
        assert (round(page.width * MM, 2), round(page.height * MM, 2)) == (
            template.width_mm,
            template.height_mm,
        )
        for thing in (*page.chars, *page.lines, *page.rects, *page.curves):
            for key in ("stroking_color", "non_stroking_color"):
                assert (
                    thing[key] is None or len(set(thing[key] if isinstance(thing[key], tuple) else (0,))) == 1
                )
        for char in page.chars:
            assert char["upright"]
            assert char["non_stroking_color"] in (0, (0,))
        assert not page.images
        small = min(floors | {6.0})
        assert min(char["size"] for char in page.chars) >= small - 0.01


def test_large_print_is_all_18_pt_bold_one_and_a_half_lines_apart() -> None:
    with opened(plan_of("baclofen"), "dispensing-large-print") as file:
        page = file.pages[0]
        assert {round(char["size"], 2) for char in page.chars} == {18}
        assert {char["fontname"].partition("+")[2] for char in page.chars} == {"SourceSansPro-Bold"}
        baselines = sorted({round(char["matrix"][5], 2) for char in page.chars}, reverse=True)
        assert len(baselines) > 9
        assert all(above - below >= 27 - 0.02 for above, below in pairwise(baselines))
    assert load_template("dispensing-large-print").line_spacing == 1.5


@pytest.mark.parametrize("order", ["baclofen", "by-volume", "concentrate", "paediatric", "prednisolone"])
def test_four_lines_carry_drug_strength_direction_patient_every_warning_and_the_dose_mark(order: str) -> None:
    plan = plan_of(order)
    with opened(plan, "four-lines") as file:
        page = file.pages[0]
        assert (page.width * MM, page.height * MM) == pytest.approx((63, 38), abs=0.01)
        shown = " ".join(word["text"] for word in page.extract_words(use_text_flow=True))
        marks = [line for line in page.lines if abs(line["linewidth"] * MM - 0.5) < 0.01]
    for text in (plan.drug, plan.strength, plan.direction, plan.order.patient.name, *plan.cautions):
        assert text.replace("\u00a0", " ") in shown.replace("• ", "")
    assert len(marks) == 1


def test_the_small_label_has_the_51_lines_of_a_10_ml_syringe() -> None:
    with opened(plan_of("paediatric"), "four-lines") as file:
        thin = [line for line in file.pages[0].lines if line["linewidth"] * MM < 0.3]
        assert len(thin) == 51


ELEMENTS = {
    "dispensing-us": {
        "drug.form": ("drug", "form"),
        "dispense.rx_number": ("dispense", "rx_number"),
        "dispense.date": ("dispense", "date"),
        "dispense.prescriber": ("dispense", "prescriber"),
        "dispense.quantity": ("dispense", "quantity"),
        "dispense.refills": ("dispense", "refills"),
        "dispense.discard_after": ("dispense", "discard_after"),
    },
    "dispensing-uk": {"dispense.date": ("dispense", "date")},
}


@pytest.mark.parametrize(
    ("design", "key"), [(design, key) for design, keys in ELEMENTS.items() for key in keys]
)
def test_each_legal_element_that_is_missing_is_a_refusal(design: str, key: str) -> None:
    order = load_order(str(EXAMPLES / "prednisolone.toml"))
    part, name = ELEMENTS[design][key]
    without = msgspec.structs.replace(getattr(order, part), **{name: None})
    plan = make_plan(msgspec.structs.replace(order, **{part: without}))
    with pytest.raises(GiveWhatIsMissing) as fault:
        label_pdf(plan, template=design)
    assert str(fault.value) == (
        f"The label '{design}' must show {key}, and it is not given. Write that in the order."
    )
    label_pdf(plan, template="dispensing")


@pytest.mark.parametrize("design", ["dispensing-us", "dispensing-uk"])
@pytest.mark.parametrize("part", ["address", "phone"])
def test_a_pharmacy_is_whole_and_may_stand_in_the_site_file(design: str, part: str) -> None:
    order = load_order(str(EXAMPLES / "prednisolone.toml"))
    assert order.pharmacy is not None
    less = msgspec.structs.replace(order.pharmacy, **{part: ""})
    if design == "dispensing-uk" and part == "phone":
        label_pdf(make_plan(msgspec.structs.replace(order, pharmacy=less)), template=design)
        return
    with pytest.raises(GiveWhatIsMissing, match=rf"must show pharmacy\.{part}, and it is not given"):
        label_pdf(make_plan(msgspec.structs.replace(order, pharmacy=less)), template=design)
    by_site = make_plan(msgspec.structs.replace(order, pharmacy=None), Site(pharmacy=order.pharmacy))
    label_pdf(by_site, template=design)


@pytest.mark.parametrize(
    ("design", "order", "rows", "size"),
    [
        ("dispensing", "baclofen", 2, 8),  # one after another, and so at the full size
        ("four-lines", "baclofen", 3, 6),  # each on a line of its own, for running on gains nothing
        ("dispensing-us", "prednisolone", 2, 8),
        ("dispensing-large-print", "prednisolone", 4, 18),
    ],
)
def test_warnings_run_on_only_where_that_lets_them_be_larger(
    design: str, order: str, rows: int, size: float
) -> None:
    plan = plan_of(order)
    page = lay_out(load_template(design), texts_of(plan, load_template(design).profile), plan.measured)
    set_ = [shape for shape in page.named("cautions") if isinstance(shape, Text)]
    assert (len(set_), {shape.size_pt for shape in set_}) == (rows, {size})
    assert not any(shape.text.endswith("•") for shape in set_)
    shown = " ".join(shape.text for shape in set_).replace("•\u00a0", "• ")
    assert shown == " ".join(f"• {text}" for text in plan.cautions)


@pytest.mark.parametrize("design", ["dispensing-us", "dispensing-uk"])
def test_r49_a_new_strength_stands_bold_between_the_direction_and_how_to_fill(design: str) -> None:
    order = load_order(str(EXAMPLES / "prednisolone.toml"))
    changed = msgspec.structs.replace(order.dispense, previous_strength="5 mg/5 mL")
    fields = {element.field: element for element in load_template(design).text}
    place = fields["new_strength"].box_mm
    direction = fields.get("direction", fields.get("purpose"))
    assert direction is not None
    assert place.top_mm == pytest.approx(direction.box_mm.top_mm + direction.box_mm.height_mm, abs=0.21)
    assert fields["fill"].box_mm.top_mm == pytest.approx(place.top_mm + place.height_mm, abs=0.01)
    left, top, wide, high = (side / MM for side in place)
    said = []
    for dispense in (order.dispense, changed):
        plan = make_plan(msgspec.structs.replace(order, dispense=dispense))
        with opened(plan, design) as file:
            page = file.pages[0]
            said.append(page.within_bbox((left - 0.01, top - 0.01, left + wide, top + high + 0.01)).chars)
            (warned,) = {c["size"] for c in page.search("Do not stop suddenly", regex=False)[0]["chars"]}
            assert page.extract_text().count("NEW STRENGTH") == bool(said[-1])
    plainly, told = said
    assert plainly == []
    text = "NEW STRENGTH: give 4 mL, not 12 mL. Do not use the old bottle."
    assert "".join(char["text"] for char in told).replace("\u00a0", " ") == text
    assert all("Bold" in char["fontname"] and char["size"] > warned for char in told)


@pytest.mark.parametrize(
    "design", ["dispensing", "dispensing-large-print", "four-lines", "oral-syringe", "syringe-mark"]
)
@pytest.mark.parametrize("changed", [True, False])
def test_r49_a_new_strength_stands_bold_behind_the_direction_and_before_the_warnings(
    design: str, *, changed: bool
) -> None:
    order = load_order(
        str(EXAMPLES / f"{'syringes/baclofen' if design == 'oral-syringe' else 'baclofen'}.toml")
    )
    few = msgspec.structs.replace(order.directions, warnings=("Do not stop suddenly.",))
    order = msgspec.structs.replace(order, directions=few)
    if changed:
        dispense = msgspec.structs.replace(order.dispense, previous_strength="12.5 mg/5 mL")
        order = msgspec.structs.replace(order, dispense=dispense)
    site = Site()
    if design == "syringe-mark":
        (syringe,) = syringes_of(["bd-oral-5"])
        site = decode_toml(f'stocked = ["bd-oral-5"]\n{calibration_row(syringe)}', Site, name="site.toml")
    with opened(make_plan(order, site), design) as file:
        words = file.pages[0].extract_words(use_text_flow=True, extra_attrs=["fontname"])
    shown = " ".join(word["text"] for word in words).replace("\u00a0", " ")
    told = "NEW STRENGTH: give 5 mL, not 2 mL. Do not use the old bottle."
    assert shown.count("NEW STRENGTH") == shown.count(told) == changed
    assert "\u2022 NEW" not in shown
    if changed:
        first = shown[: shown.index(told)].count(" ")
        assert all("Bold" in word["fontname"] for word in words[first : first + told.count(" ") + 1])
        assert shown.index("Give 5 mL") < shown.index(told) < shown.index("Do not stop suddenly")
