"""The rule book, by number: rules R93 to R118, what stands on the label of a bottle.

Each test says the rule in its own words. Rules without a test here, and why: docs/rules.md.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import msgspec
import pdfplumber
import pytest
from one_label import label_pdf

from liquidose.errors import GiveWhatIsMissing, LiquidoseError
from liquidose.fields import texts_of
from liquidose.orders.order import decode_order, load_order
from liquidose.pages.templates import Template, load_template
from liquidose.plan import Plan, make_plan
from liquidose.quantities.writing import Profile
from liquidose.site import Site
from liquidose.tallman import tallman

EXAMPLES = Path(__file__).parent.parent / "examples"
CRITICAL = ("patient_name", "drug", "strength", "give", "purpose")
LEGAL = ("dispensing-us", "dispensing-uk")
BOTTLE = ("dispensing", *LEGAL)


def plan_of(name: str, profile: Profile = "international") -> Plan:
    return make_plan(load_order(str(EXAMPLES / f"{name}.toml")), Site(profile=profile))


def shown(plan: Plan, design: str) -> str:
    with pdfplumber.open(BytesIO(label_pdf(plan, template=design))) as file:
        return " ".join(word["text"] for word in file.pages[0].extract_words(use_text_flow=True))


def fields_of(template: Template) -> list[str]:
    """The fields of a design from its top to its foot."""
    return [e.field for e in sorted(template.text, key=lambda e: (e.box_mm.top_mm, e.box_mm.left_mm))]


def test_r93_tall_man_by_table_under_the_us_profile_only() -> None:
    plan = plan_of("prednisolone")
    assert "prednisoLONE sodium" in shown(plan, "dispensing-us")
    assert "prednisolone sodium" in shown(plan, "dispensing-uk")
    assert "prednisolone sodium" in shown(plan, "dispensing")
    assert "baclofen" in shown(plan_of("baclofen"), "dispensing-us")


def test_r94_capitals_are_never_derived() -> None:
    for name in ("hydrocortisone", "cefazolin", "lamotrigine", "prednisolones"):  # look-alikes without a row
        assert tallman(name) == name


def test_r95_tall_man_is_off_outside_the_us() -> None:
    profiles: tuple[Profile, ...] = ("international", "uk")
    for profile in profiles:
        assert texts_of(plan_of("prednisolone", profile))["drug_name"] == ("prednisolone sodium phosphate",)
    assert texts_of(plan_of("prednisolone", "us"))["drug_name"] == ("prednisoLONE sodium phosphate",)


@pytest.mark.parametrize("design", BOTTLE)
def test_r96_patient_drug_strength_and_directions_on_top_pharmacy_and_quantity_lower_and_smaller(
    design: str,
) -> None:
    template = load_template(design)
    order = fields_of(template)
    direction = "give" if "give" in order else "direction"
    assert order[0].startswith("patient")
    assert order[1:4] == ["drug", "strength", direction]
    sizes = {element.field: element.size_pt for element in template.text}
    floors = {element.field: element.floor_pt for element in template.text}
    for low in ("details", "pharmacy"):
        assert order.index(low) > order.index("cautions")
        assert all(sizes[low] < floors[high] for high in order[:4])


@pytest.mark.parametrize("design", LEGAL)
def test_r97_r106_critical_text_is_12_pt_sans_at_least(design: str) -> None:
    template = load_template(design)
    assert all(element.floor_pt >= 12 for element in template.text if element.field in CRITICAL)
    with pdfplumber.open(BytesIO(label_pdf(plan_of("prednisolone"), template=design))) as file:
        large = [char for char in file.pages[0].chars if char["size"] >= 12 - 0.01]
    said = "".join(char["text"] for char in large).replace("\u00a0", " ")
    texts = texts_of(plan_of("prednisolone"), template.profile)
    for field in CRITICAL:
        words = texts[field][0].replace("\u00a0", " ").replace(" ", "")
        assert words in said.replace(" ", "")
    assert all("SourceSans" in char["fontname"] for char in large)


@pytest.mark.parametrize("design", LEGAL)
def test_r98_the_four_critical_items_and_only_these_in_order_on_half_of_the_label(design: str) -> None:
    template = load_template(design)
    assert fields_of(template)[: len(CRITICAL)] == list(CRITICAL)
    boxes = {element.box_mm for element in template.text if element.field in CRITICAL}
    assert boxes.isdisjoint(element.box_mm for element in template.text if element.field not in CRITICAL)
    assert sum(box.width_mm * box.height_mm for box in boxes) >= template.width_mm * template.height_mm / 2
    last = max(box.top_mm + box.height_mm for box in boxes)
    others = [element.box_mm.top_mm for element in template.text if element.field not in CRITICAL]
    others += [words.box_mm.top_mm for words in template.words]
    assert template.syringe is not None
    assert min(*others, template.syringe.box_mm.top_mm) >= last - 1e-6


@pytest.mark.parametrize("design", [*BOTTLE, "dispensing-large-print", "four-lines"])
def test_r99_sentence_case_upright_black_and_spaced(design: str) -> None:
    template = load_template(design)
    assert template.line_spacing >= 1.25
    assert all(words.words != words.words.upper() for words in template.words)
    with pdfplumber.open(BytesIO(label_pdf(plan_of("baclofen"), template=design))) as file:
        names = {char["fontname"].partition("+")[2] for char in file.pages[0].chars}
        assert names <= {"SourceSansPro-Regular", "SourceSansPro-Bold"}  # no italic and no condensed face
        assert all(char["non_stroking_color"] in (0, (0,)) for char in file.pages[0].chars)


def test_r100_r101_dose_and_time_apart_and_parts_of_the_day() -> None:
    assert "Give 4 mL by mouth in the morning and in the evening" in shown(
        plan_of("prednisolone"), "dispensing-us"
    )
    text = (EXAMPLES / "baclofen.toml").read_text(encoding="utf-8")
    four = text.replace('"noon", "bedtime"', '"noon", "evening", "bedtime"')
    plan = make_plan(decode_order(four, name="order.toml"))
    assert "in the morning, at noon, in the evening and at bedtime" in plan.direction


@pytest.mark.parametrize("design", BOTTLE)
def test_r102_the_purpose_is_printed_if_it_is_given(design: str) -> None:
    assert "or asthma." in shown(plan_of("prednisolone"), design)
    assert " or " not in shown(plan_of("baclofen"), design)


def test_r107_large_print_is_18_pt_bold_horizontal_with_a_spacing_of_one_and_a_half() -> None:
    template = load_template("dispensing-large-print")
    assert template.line_spacing == 1.5
    told = [element for element in template.text if element.field != "id"]  # all that the reader is told
    assert {(e.size_pt, e.floor_pt, e.bold) for e in told} == {(18, 18, True)}
    assert (template.words, template.syringe, template.check_bar) == ((), None, None)
    with pdfplumber.open(BytesIO(label_pdf(plan_of("baclofen"), template=template.id))) as file:
        assert all(char["upright"] for char in file.pages[0].chars)


def test_r108_r109_r111_the_set_of_the_united_states_is_demanded_and_all_that_is_missing_is_listed() -> None:
    with pytest.raises(GiveWhatIsMissing) as fault:
        label_pdf(plan_of("concentrate"), template="dispensing-us")
    assert str(fault.value) == (
        "The label 'dispensing-us' must show dispense.rx_number, dispense.date, dispense.prescriber, "
        "dispense.quantity, dispense.refills, dispense.discard_after, pharmacy.name, pharmacy.address and "
        "pharmacy.phone, and they are not given. Write that in the order; the pharmacy may stand in the site file."
    )
    whole = shown(plan_of("prednisolone"), "dispensing-us")
    for words in (
        "Sam Example", "prednisoLONE sodium phosphate oral solution", "15 mg in 5 mL (3 mg per mL)", "Rx 1234567",
        "Dispensed 22 Nov 2026", "Prescriber Dr A. Example", "Quantity 40 mL", "No refills",
        "Do not use after 22 Jan 2027", "Do not stop suddenly.", "Example Pharmacy", "1 Example Street, Exampleton",
        "555 0100",
    ):  # fmt: skip
        assert words in whole


def test_r110_what_a_state_may_add_is_printed_if_given() -> None:
    whole = shown(plan_of("prednisolone"), "dispensing-us")
    assert "Pharmacist AB · Generic for Orapred · Made by Example Laboratories" in whole
    assert "Generic for" not in shown(plan_of("baclofen"), "dispensing-us")


def test_r112_the_set_of_the_united_kingdom_is_demanded() -> None:
    with pytest.raises(GiveWhatIsMissing) as fault:
        label_pdf(plan_of("concentrate"), template="dispensing-uk")
    assert str(fault.value) == (
        "The label 'dispensing-uk' must show dispense.date, pharmacy.name and pharmacy.address, and they are not "
        "given. Write that in the order; the pharmacy may stand in the site file."
    )
    whole = shown(plan_of("levothyroxine"), "dispensing-uk")
    for words in (
        "Rosalind Montgomery-Example", "levothyroxine sodium oral solution, sugar free", "Dispensed 22 Nov 2026",
        "50 micrograms in 5 mL (10 micrograms per mL)", "Give 4 mL by mouth in the morning",
        "If a dose is missed, do not give a double dose", "Example Chemist", "2 Example Road, Exampleham EX1 1EX",
    ):  # fmt: skip
        assert words in whole


def test_r113_out_of_the_reach_and_sight_of_children() -> None:
    for order in ("levothyroxine", "baclofen"):
        assert "Keep out of the reach and sight of children." in shown(plan_of(order), "dispensing-uk")


def test_r114_shake_the_bottle_and_the_last_day_of_use() -> None:
    order = load_order(str(EXAMPLES / "levothyroxine.toml"))
    shaken = msgspec.structs.replace(order, drug=msgspec.structs.replace(order.drug, shake=True))
    whole = shown(make_plan(shaken), "dispensing-uk")
    assert "Shake the bottle well." in whole
    assert "Do not use after 20 Dec 2026" in whole


@pytest.mark.parametrize("dose", ["as directed", "one as directed", "as needed"])
def test_r117_r118_as_directed_is_no_dose(dose: str) -> None:
    text = (
        (EXAMPLES / "baclofen.toml").read_text(encoding="utf-8").replace('dose = "5 mg"', f'dose = "{dose}"')
    )
    with pytest.raises(LiquidoseError):
        make_plan(decode_order(text, name="order.toml"))


def test_r117_a_direction_as_needed_states_its_maximum_in_24_hours_or_a_warning_asks_for_it() -> None:
    text = (EXAMPLES / "as-needed.toml").read_text(encoding="utf-8")
    plan = make_plan(decode_order(text, name="order.toml"))
    assert "Give no more than 4 doses (40 mL) in 24 hours." in shown(plan, "dispensing-uk")
    without = re.sub("max_per_day.*", "", text)
    (warning,) = [
        one.text
        for one in make_plan(decode_order(without, name="order.toml")).warnings
        if one.code == "no-daily-maximum"
    ]
    assert warning == (
        "The order does not say how much may be given in 24\u00a0hours at most: ask the pharmacist."
    )


def test_c3_mcg_in_the_united_states_and_micrograms_in_the_united_kingdom() -> None:
    plan = plan_of("levothyroxine")
    assert "50 micrograms in 5 mL (10 micrograms per mL)" in shown(plan, "dispensing-uk")
    assert texts_of(plan, "us")["strength"] == ("50\u00a0mcg in 5\u00a0mL (10\u00a0mcg\u00a0per\u00a0mL)",)


def test_c4_c7_directions_in_ml_only_and_by_parts_of_the_day() -> None:
    for design in LEGAL:
        words = texts_of(plan_of("prednisolone"), load_template(design).profile)["give"][0]
        assert "4\u00a0mL" in words
        assert "mg" not in words
        assert "hours" not in words
