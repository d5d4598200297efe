"""Caregiver cards and worksheets, read back from the PDF by a parser that is not ours."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pdfplumber
import pytest
from click.testing import CliRunner
from tables import ORDERS_OF_ONE_DOSE

from liquidose import LiquidoseError
from liquidose._version import __version__
from liquidose.cli import main
from liquidose.errors import DoesNotFit
from liquidose.fields import texts_of
from liquidose.files import data_version, decode_toml
from liquidose.labelling import label_document
from liquidose.orders.order import decode_order, load_order
from liquidose.overrides import OVERRIDABLE
from liquidose.pages.elements import TextElement
from liquidose.pages.of_plan import words_on
from liquidose.pages.templates import Template, load_template, template_text
from liquidose.plan import Plan, make_plan
from liquidose.print_run import Run
from liquidose.sheet_fields import NO_MISSED_DOSE, SHEET_FIELDS, texts_for
from liquidose.site import Site

EXAMPLES = Path(__file__).parent.parent / "examples"
ORDERS = [path.stem for path in ORDERS_OF_ONE_DOSE]
CARDS = {
    "caregiver-card": (105, 148),
    "caregiver-card-letter": (139.7, 215.9),
    "caregiver-card-roll": (100, 150),
}
SHEETS = {"worksheet": (210, 279.4), "worksheet-blank": (210, 279.4)}
MM = 72 / 25.4

LONG = """
locale = "en-US"
[patient]
name = "Maximiliana Konstantinopoulou-Featherstonehaugh"
birth_date = 2020-05-17
weight = "18 kg"
[drug]
name = "sulfamethoxazole and trimethoprim cherry flavour, without sugar"
strength = "400 mg/57 mg/5 mL"
component = "first"
form = "oral suspension"
shake = true
storage = "Keep in the refrigerator, and throw away what is left after ten nights"
[directions]
dose = "25 mg/kg/day in 3 doses (max 1 g/day)"
times = ["morning", "afternoon", "bedtime"]
route = "by mouth"
with = "food and a full glass of water"
purpose = "infection of the ear"
missed_dose = "If a dose is missed, give it as soon as you remember unless the next is nearly due. Never give a double dose"
warnings = ["May cause drowsiness. Alcohol makes it worse.", "Finish the whole course even when your child seems well.", "Stop and ask for help if a rash appears or breathing becomes hard."]
[dispense]
rx_number = "1234567"
date = 2026-11-22
prescriber = "Dr Alexandra Prescriber-Longname"
quantity = "120 mL"
discard_after = 2026-12-22
previous_strength = "200 mg/28 mg/5 mL"
[pharmacy]
name = "Example Pharmacy of the Long High Street"
address = "1 Example Street, Exampleton"
phone = "555 0100"
"""
PASSED = """
[patient]
name = "Sam Example"
[drug]
name = "baclofen"
strength = "1 mg/mL"
form = "oral solution"
[directions]
dose = "0.36 mg"
times = ["noon"]
[[override]]
code = "rounding"
reason = "No smaller syringe before Monday"
by = "A. Chemist"
"""


def pdf_of(plan: Plan, *, template: str) -> bytes:
    return label_document([plan], Run(template=load_template(template)))[0]


@cache
def plan_of(order: str) -> Plan:
    if order == "long":
        return make_plan(decode_order(LONG, name="long.toml"))
    if order == "passed":
        return make_plan(decode_order(PASSED, name="passed.toml"), Site(stocked=("oral-3",)))
    if order == "protocol":
        baclofen = load_order(str(EXAMPLES / "baclofen.toml"))
        told = str(EXAMPLES / "protocols" / "baclofen-us.toml")
        return make_plan(msgspec.structs.replace(baclofen, protocol=told))
    return make_plan(load_order(str(EXAMPLES / f"{order}.toml")))


@cache
def content(order: str, design: str) -> bytes:
    return pdf_of(plan_of(order), template=design)


@cache
def page_of(order: str, design: str) -> Any:
    (page,) = pdfplumber.open(BytesIO(content(order, design))).pages
    return page


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def printed_in(page: Any, element: TextElement) -> str:
    """What stands in the box of a field, without its spaces."""
    left, top, width, height = (side * MM for side in element.box_mm)
    inside = page.within_bbox((left - 0.1, top - 0.1, left + width + 0.1, top + height + 0.1))
    return squeezed(inside.extract_text())


def stands_in_its_boxes(page: Any, template: Template, texts: Mapping[str, Sequence[str]]) -> None:
    """Each box holds the texts of its field, or of those that share it in turn, and nothing else."""
    for element in template.text:
        if element.field in {"document", "id"}:  # tested below, or of the print and not of the order
            continue
        sharing = [other for other in template.text if other.box_mm == element.box_mm]
        told = [other.prefix + line for other in sharing for line in texts.get(other.field, ())]
        assert printed_in(page, element) == squeezed("".join(told))


def whole_text(order: str, design: str) -> str:
    return squeezed(page_of(order, design).extract_text())


@pytest.mark.parametrize("design", [*CARDS, *SHEETS])
@pytest.mark.parametrize("order", [*ORDERS, "long", "passed", "protocol"])
def test_every_field_stands_whole_in_its_own_box(order: str, design: str) -> None:
    template = load_template(design)
    texts = words_on(template, plan_of(order))
    page = page_of(order, design)
    wide, high = (CARDS | SHEETS)[design]
    assert (round(page.width / MM, 1), round(page.height / MM, 1)) == (wide, high)
    stands_in_its_boxes(page, template, texts)
    for words in template.words:
        assert squeezed(words.words) in whole_text(order, design)


@pytest.mark.parametrize("design", CARDS)
@pytest.mark.parametrize("order", [*ORDERS, "long", "passed", "protocol"])
def test_the_dose_is_the_largest_thing_on_the_card(order: str, design: str) -> None:
    sizes: dict[float, str] = {}
    for char in page_of(order, design).chars:
        sizes[round(char["size"], 1)] = sizes.get(round(char["size"], 1), "") + char["text"]
    largest, second = sorted(sizes, reverse=True)[:2]
    assert squeezed(sizes[largest]) == squeezed(f"{float(plan_of(order).measured.ml):g}mL")
    assert largest > 2 * second
    assert largest >= load_template(design).text[0].floor_pt * 3


@pytest.mark.parametrize("design", CARDS)
def test_r37_the_word_dose_stands_before_the_amount_on_its_line_and_both_are_bold(design: str) -> None:
    words = page_of("concentrate", design).extract_words(extra_attrs=["fontname", "size"])
    (label,) = [word for word in words if word["text"] == "DOSE"]
    amount = max(words, key=lambda word: word["size"])
    assert label["x1"] < amount["x0"]
    assert amount["top"] < label["top"] < label["bottom"] < amount["bottom"]
    assert "Bold" in label["fontname"]
    assert "Bold" in amount["fontname"]


@pytest.mark.parametrize("design", [*CARDS, *SHEETS])
@pytest.mark.parametrize("order", [*ORDERS, "long", "passed", "protocol"])
def test_r41_no_naked_point_and_no_trailing_zero(order: str, design: str) -> None:
    """Three decimals are written with a fourth where no locale is stated: docs/decisions/locale.md."""
    text = page_of(order, design).extract_text().replace(__version__, "")
    assert not re.findall(r"(?<![\d.])\.\d", text)
    assert not re.findall(r"\d\.\d{0,2}0 (?:mL|mg)", text)


@pytest.mark.parametrize("design", CARDS)
def test_r44_r80_one_line_of_the_drawn_syringe_is_heavier_than_all_others(design: str) -> None:
    upright = [line for line in page_of("baclofen", design).lines if abs(line["x0"] - line["x1"]) < 0.01]
    thick = sorted((line["linewidth"] for line in upright), reverse=True)
    assert len(thick) > 10
    assert thick[0] > 1.5 * thick[1]
    assert "Not true size: measure with the syringe." in page_of("baclofen", design).extract_text()


@pytest.mark.parametrize("design", CARDS)
def test_two_fillings_of_different_size_are_two_pictures_on_a_card(design: str) -> None:
    text = PASSED.partition("[[override]]")[0].replace("0.36 mg", "13 mg")
    made = make_plan(decode_order(text, name="o"), Site(stocked=("oral-5", "oral-10")))
    (page,) = pdfplumber.open(BytesIO(pdf_of(made, template=design))).pages
    found = page.extract_text()
    assert "Fill 10 mL" in found
    assert "Then fill 3 mL" in found


@pytest.mark.parametrize("design", CARDS)
@pytest.mark.parametrize("route", ["by mouth", "by tube", "by injection"])
@pytest.mark.parametrize("dose", ["0.2", "0.36", "1.9", "4.8", "9.8", "13", "19", "25", "57", "62"])
def test_every_stocked_syringe_and_number_of_fillings_is_drawn_on_a_card(
    dose: str, route: str, design: str
) -> None:
    text = PASSED.partition("[[override]]")[0].replace("0.36 mg", f"{dose} mg") + f'route = "{route}"\n'
    made = make_plan(decode_order(text.replace("oral solution", "solution"), name="o"))
    (page,) = pdfplumber.open(BytesIO(pdf_of(made, template=design))).pages
    largest = max(char["size"] for char in page.chars)
    amount = "".join(char["text"] for char in page.chars if char["size"] == largest)
    assert squeezed(amount) == f"{float(made.measured.ml):g}mL"


@pytest.mark.parametrize("route", ["by mouth", "by tube"])
def test_three_fillings_fit_the_larger_card_and_the_smaller_refuses_them(route: str) -> None:
    text = PASSED.partition("[[override]]")[0].replace("0.36 mg", "175 mg") + f'route = "{route}"\n'
    made = make_plan(decode_order(text, name="o"))
    (page,) = pdfplumber.open(BytesIO(pdf_of(made, template="caregiver-card-letter"))).pages
    assert "Fill 60 mL, then again 60 mL" in page.extract_text()
    assert "Then fill 55 mL" in page.extract_text()
    with pytest.raises(DoesNotFit, match="se a larger label"):
        pdf_of(made, template="caregiver-card")


@pytest.mark.parametrize("design", CARDS)
def test_r49_a_new_strength_stands_large_under_the_dose_and_once(design: str) -> None:
    page = page_of("new-strength", design)
    told = "NEW STRENGTH: give 1 mL, not 5 mL. Do not use the old bottle."
    assert whole_text("new-strength", design).count("NEWSTRENGTH") == 1
    element = next(e for e in load_template(design).text if e.field == "new_strength")
    assert printed_in(page, element).startswith(squeezed(told))
    words = {word["text"]: word for word in page.extract_words(extra_attrs=["fontname", "size"])}
    assert words["STRENGTH:"]["size"] >= words["drowsiness."]["size"]
    assert "Bold" in words["STRENGTH:"]["fontname"]


def test_r49_a_new_strength_stands_on_the_dispensing_label_and_the_worksheet_too() -> None:
    for design in ("dispensing", "worksheet"):
        assert "NEWSTRENGTH:give1mL,not5mL.Donotusetheoldbottle." in whole_text("new-strength", design)


@pytest.mark.parametrize("design", CARDS)
def test_a_missed_dose_is_told_from_the_order_once_or_else_in_our_words(design: str) -> None:
    assert squeezed(f"Missed dose: {NO_MISSED_DOSE}") in whole_text("concentrate", design)
    found = whole_text("long", design)
    assert "Misseddose:Ifadoseismissed,giveitassoonasyouremember" in found
    assert found.count("assoonasyouremember") == 1
    assert squeezed(NO_MISSED_DOSE) not in found


PROTOCOL = """
id = "p"
title = "P"
version = "1"
drug = ["morphine sulfate"]
jurisdiction = "us"
routes = ["by mouth"]
units = ["mg"]
approved_by = "A. Chemist"
review = 2027-11-22
[[advice]]
topic = "missed-dose"
text = "Leave it out, and go on as before"
source = "the ward's own sheet"
"""


def ordered_with_protocol(folder: Path, protocol: str, missed_dose: str = "") -> Plan:
    text = (EXAMPLES / "concentrate.toml").read_text(encoding="utf-8")
    (folder / "p.toml").write_text(protocol, encoding="utf-8")
    own = f'[directions]\nmissed_dose = "{missed_dose}"' if missed_dose else "[directions]"
    order = folder / "o.toml"
    order.write_text('protocol = "p.toml"\n' + text.replace("[directions]", own), encoding="utf-8")
    return make_plan(load_order(str(order)))


@pytest.mark.parametrize("design", CARDS)
def test_a_missed_dose_is_told_from_the_protocol_where_the_order_does_not_say(
    design: str, tmp_path: Path
) -> None:
    for own, told, untold in (
        ("", "Leave it out, and go on as before.", NO_MISSED_DOSE),
        ("Ask at the desk", "Ask at the desk.", "Leave it out"),
    ):
        made = ordered_with_protocol(tmp_path, PROTOCOL, own)
        (page,) = pdfplumber.open(BytesIO(pdf_of(made, template=design))).pages
        text = squeezed(page.extract_text())
        assert squeezed(f"Missed dose: {told}") in text
        assert squeezed(untold) not in text
        assert "sheet" not in text, "the source is for the pharmacist"
        assert any("the ward's own sheet" in line for line in made.off_paper)


def test_a_protocol_that_does_not_say_what_to_do_leaves_our_words(tmp_path: Path) -> None:
    made = ordered_with_protocol(tmp_path, PROTOCOL.replace('"missed-dose"', '"food"'))
    assert made.missed_dose == ""
    assert texts_for(made, {"missed_dose"})["missed_dose"] == (NO_MISSED_DOSE,)


def test_no_protocol_says_that_a_dose_as_needed_was_missed(tmp_path: Path) -> None:
    made = ordered_with_protocol(tmp_path, PROTOCOL)
    needed = (
        (tmp_path / "o.toml")
        .read_text(encoding="utf-8")
        .replace("times_a_day = 4", 'every = "6 hours"\nas_needed = "pain"\nmax_per_day = "20 mg"')
    )
    (tmp_path / "o.toml").write_text(needed, encoding="utf-8")
    as_needed = make_plan(load_order(str(tmp_path / "o.toml")))
    assert texts_for(made, {"missed_dose"})["missed_dose"]
    assert not texts_for(as_needed, {"missed_dose"})["missed_dose"]
    told = "Missed dose: Leave it out, and go on as before (the ward's own sheet)."
    for plan, words in ((made, [told]), (as_needed, [])):
        assert [w.text for w in plan.warnings if w.code == "advice-missed-dose"] == words


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            PROTOCOL.replace("Leave it out", "Give 5 mL"),
            "advice[0]: The advice for a missed dose holds an amount, '5 mL'",
        ),
        (
            PROTOCOL + PROTOCOL[PROTOCOL.index("[[advice]]") :],
            "the advice for a missed dose is given once",
        ),
    ],
)
def test_a_protocol_says_once_and_without_an_amount_what_to_do_after_a_missed_dose(
    changed: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(LiquidoseError) as refusal:
        ordered_with_protocol(tmp_path, changed)
    assert message in str(refusal.value).replace("\u00a0", " ")


@pytest.mark.parametrize("design", CARDS)
def test_who_is_in_doubt_is_told_whom_to_ask(design: str) -> None:
    doubt = "Ifyouarenotsure,donotgiveit:askyourpharmacist."
    assert f"{doubt}Phone5550100." in whole_text("baclofen", design)
    assert doubt in whole_text("concentrate", design)
    assert "Phone" not in whole_text("concentrate", design)


@pytest.mark.parametrize("order", [*ORDERS, "long", "passed", "protocol"])
@pytest.mark.parametrize("design", [*CARDS, "worksheet"])
def test_r191_a_warning_never_disappears_from_the_page(order: str, design: str) -> None:
    found = whole_text(order, design)
    made = plan_of(order)
    for caution in made.cautions:
        assert squeezed(caution) in found
    if design == "worksheet":
        for note in made.off_paper:
            assert squeezed(note.removeprefix("Overridden: ")).lower() in found.lower()


def test_r191_an_override_is_on_the_worksheet_with_reason_and_name_and_nowhere_else() -> None:
    words = "NosmallersyringebeforeMonday"
    worksheet = whole_text("passed", "worksheet")
    assert worksheet.count(words) == worksheet.count("A.Chemist") == 1
    assert "Rounding,thelimitofrounding.Reason:" in worksheet
    on_labels = " ".join(line for lines in texts_of(plan_of("passed")).values() for line in lines)
    assert "Chemist" not in on_labels
    for design in (*CARDS, "worksheet-blank"):
        found = whole_text("passed", design)
        assert words not in found
        assert "Chemist" not in found


@pytest.mark.parametrize("order", [*ORDERS, "long", "passed", "protocol"])
def test_the_blank_worksheet_holds_none_of_the_answers_numbers(order: str) -> None:
    def numbers(text: str) -> set[str]:
        return set(re.findall(r"\d+(?:[.,]\d+)*", text))

    made = plan_of(order)
    texts = texts_for(made, frozenset(SHEET_FIELDS))
    open_to_all = numbers(" ".join([*texts["order_as_typed"], *texts["patient"], *texts.get("pharmacy", ())]))  # fmt: skip
    answers = ("exact", "measured", "formula", "change", "tolerance", "direction", "fill", "cautions")
    answer = numbers(" ".join(line for field in answers for line in texts[field])) - open_to_all
    found = re.sub("\nliquidose .*", "", page_of(order, "worksheet-blank").extract_text())
    assert answer, "an answer without a number proves nothing"
    assert not answer & (numbers(found) - {"50", "100"}), "the check bar's own words apart"
    for words in ("Give", "Fill a", "about", "line.", "warning"):
        assert words not in found


def test_the_worksheet_shows_the_order_the_reading_the_working_and_the_result() -> None:
    found = whole_text("paediatric", "worksheet")
    for words in (
        "Dose: 15 mg/kg (max 300 mg)", "Strength: 160 mg/5 mL", "Weight: 18 kg", "Numbers written as in: en-US",
        "Dose: 15 mg per kg, max 300 mg.", "Strength: 160 mg in 5 mL (32 mg per mL).", "Route: by mouth.",
        "15 mg per kg × 18 kg = 270 mg for each dose.", "Volume: 270 mg ÷ 32 mg per mL = 8.4375 mL.",
        "8.4 mL on a 10 mL oral syringe marked every 0.2 mL (oral-10).", "about 0.4 % less than ordered. It gives 268.8 mg.",
        "May be out by 0.336 mL, 4 % of the dose", "Prepared by", "Checked by", "Lot", "Expiry", "Overrides • None.",
    ):  # fmt: skip
        assert squeezed(words) in found


def test_r185_r190_each_sheet_names_the_version_and_the_rules_and_is_the_same_twice() -> None:
    for design in SHEETS:
        words = f"liquidose {__version__}, data {data_version()}, international rules, id "
        assert re.search(re.escape(squeezed(words)) + "[0-9a-f]{8}", whole_text("baclofen", design))
        assert pdf_of(plan_of("baclofen"), template=design) == content("baclofen", design)


def test_what_is_added_in_a_syringe_stands_on_its_worksheet() -> None:
    text = (
        PASSED.partition("[[override]]")[0].replace("0.36 mg", "4 mg").replace("oral solution", "injection")
    )
    text += 'route = "by injection"\n[preparation]\nprepared = 2026-02-03T14:30:00\n'
    text += 'diluent = "sodium chloride 0.9 %"\ndiluent_volume = "6 mL"\n'
    made = make_plan(decode_order(text, name="o"))
    for design in SHEETS:
        (page,) = pdfplumber.open(BytesIO(pdf_of(made, template=design))).pages
        found = squeezed(page.extract_text())
        assert "Diluent:sodiumchloride0.9%Diluentvolume:6mL" in found


def test_an_order_by_volume_has_no_formula_but_the_volume_itself() -> None:
    texts = texts_for(plan_of("by-volume"), frozenset(SHEET_FIELDS))
    assert "Strength: not used, for the dose is ordered in mL." in texts["how_read"]
    assert [t.replace("\u00a0", " ") for t in texts["formula"]] == [
        "Volume: 5 mL for each dose, as ordered; the strength is not used."
    ]
    assert texts["change"] == ("None: the exact volume lies on a line.",)


FILLED = [
    ("patient", 'name = "Maximiliana'), ("drug", 'name = "sulfamethoxazole'), ("cautions", 'storage = "Keep'),
    ("missed_dose", 'missed_dose = "If'), ("direction", 'with = "food'), ("details", 'prescriber = "Dr'),
    ("pharmacy", 'address = "1'),
]  # fmt: skip


def longer(key: str, words: int) -> Plan:
    """The long order with so many words more in one of its texts, up to the 200 characters a text may hold."""
    before, _, after = LONG.partition(key)
    own, _, rest = after.partition('"')
    what, _, start = key.partition('"')
    text = ("word " * words + start + own)[:200].strip()
    return make_plan(decode_order(f'{before}{what}"{text}"{rest}', name="long.toml"))


@pytest.mark.parametrize("words", [5, 30])
@pytest.mark.parametrize(("field", "key"), FILLED)
@pytest.mark.parametrize("design", [*CARDS, *SHEETS])
def test_a_long_text_stands_whole_or_is_refused_by_its_name(
    field: str, key: str, words: int, design: str
) -> None:
    made, template = longer(key, words), load_template(design)
    try:
        found = pdf_of(made, template=design)
    except DoesNotFit as refusal:
        named = re.match("The texts? of (.*) do(es)? not fit", str(refusal))
        assert named
        assert not {field, "with"}.isdisjoint(re.findall("[a-z_]+", named[1]))
        return
    texts = words_on(template, made)
    (page,) = pdfplumber.open(BytesIO(found)).pages
    stands_in_its_boxes(page, template, texts)


@pytest.mark.parametrize(
    ("field", "key"),
    [one for one in FILLED if one[0] != "missed_dose"],  # the longest that an order may hold has room
)
def test_a_text_without_room_on_the_small_card_is_refused_by_its_name(field: str, key: str) -> None:
    with pytest.raises(DoesNotFit, match=f"^The texts? of .*'{field}'.* do(es)? not fit"):
        pdf_of(longer(key, 40), template="caregiver-card")


@pytest.mark.parametrize(
    ("design", "cut", "message"),
    [
        ("worksheet", "cautions", "a worksheet must show cautions, for it shows "),
        ("worksheet", "overrides", "a worksheet must show overrides, for it shows "),
        ("worksheet", "notes", "a worksheet must show notes, for it shows "),
        ("worksheet", "order_as_typed", "a worksheet must show order_as_typed, for it shows "),
        ("worksheet-blank", "order_as_typed", "a worksheet must show order_as_typed. Correct it there."),
        ("worksheet-blank", "drug", "a worksheet must show drug. Correct it there."),
    ],
)
def test_a_worksheet_without_what_it_must_show_is_refused(design: str, cut: str, message: str) -> None:
    head, *parts = template_text(design).split("[[text]]")
    kept = [part for part in parts if f'field = "{cut}"' not in part]
    assert len(kept) == len(parts) - 1
    with pytest.raises(LiquidoseError) as caught:
        decode_toml("[[text]]".join([head, *kept]), Template, name="own.toml")
    assert message in str(caught.value)


def test_a_blank_worksheet_that_shows_the_direction_must_show_the_warnings() -> None:
    text = template_text("worksheet-blank").replace('field = "pharmacy"', 'field = "direction"')
    with pytest.raises(LiquidoseError) as caught:
        decode_toml(text, Template, name="own.toml")
    assert "a worksheet must show cautions, notes, overrides, for it shows direction." in str(caught.value)


@pytest.mark.parametrize("kind", ["dispensed", "filled-syringe"])
def test_only_a_worksheet_may_go_without_the_direction(kind: str) -> None:
    text = template_text("dispensing").replace('id = "dispensing"', f'id = "own"\nkind = "{kind}"')
    assert decode_toml(text, Template, name="own.toml").kind == kind
    with pytest.raises(LiquidoseError, match="left_out must not hide direction"):
        decode_toml(f'left_out = ["direction"]\n{text}', Template, name="own.toml")


def test_a_worksheet_hides_nothing_by_left_out() -> None:
    with pytest.raises(LiquidoseError, match="a worksheet needs no left_out"):
        decode_toml(f'left_out = ["details"]\n{template_text("worksheet")}', Template, name="own.toml")


def test_an_order_of_two_containers_has_two_cards_and_one_worksheet() -> None:
    text = LONG.replace("[dispense]\n", "[dispense]\nparts = 2\ncopies = 3\n")
    made = make_plan(decode_order(text, name="long.toml"))
    for design in (*CARDS, *SHEETS):
        pages = pdfplumber.open(BytesIO(pdf_of(made, template=design))).pages
        if design in SHEETS:
            assert len(pages) == 1
            assert " of 2" not in pages[0].extract_text()
        else:
            assert len(pages) == 6
            assert "1 of 2" in pages[0].extract_text()
            assert "2 of 2" in pages[-1].extract_text()


def test_a_reprint_says_so_on_every_design() -> None:
    for design in (*CARDS, *SHEETS):
        again = Run(template=load_template(design), reprint=2, reason="jammed")
        content, _ = label_document([plan_of("baclofen")], again)
        (page,) = pdfplumber.open(BytesIO(content)).pages
        assert "REPRINT 2: jammed" in page.extract_text()


def test_lot_and_expiry_stand_on_both_worksheets_if_the_order_has_them() -> None:
    text = LONG.replace("[drug]\n", '[drug]\nlot = "A7"\nexpiry = 2027-03-31\n')
    for design in SHEETS:
        found = pdf_of(make_plan(decode_order(text, name="long.toml")), template=design)
        (page,) = pdfplumber.open(BytesIO(found)).pages
        assert re.search("Lot A7 +Expiry 31 Mar 2027", page.extract_text().replace("\u00a0", " "))


def test_a_document_is_called_what_it_is() -> None:
    plan = plan_of("baclofen")
    for design, what in (
        ("worksheet", "Worksheet"),
        ("worksheet-blank", "Worksheet"),
        ("caregiver-card", "Label"),
    ):
        run = Run(template=load_template(design))
        assert label_document([plan], run)[1].title == f"{what}: baclofen oral solution"
        assert label_document([plan, plan], run)[1].title == f"{what}s"


@pytest.mark.parametrize(("design", "where"), [("worksheet-blank", "Not on"), ("caregiver-card", "On")])
def test_the_screen_says_where_a_warning_stands(design: str, where: str, tmp_path: Path) -> None:
    order = str(EXAMPLES / "new-strength.toml")
    result = CliRunner().invoke(
        main, ["label", order, "--template", design, "-o", str(tmp_path / "a.pdf")], prog_name="liquidose"
    )
    assert f"\n{where} the label: NEW STRENGTH: give 1 mL" in result.output.replace("\u00a0", " ")


def test_every_command_of_the_page_on_cards_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (EXAMPLES.parent / "docs" / "cards.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ liquidose (.*)$", page, re.MULTILINE)
    assert {name for command in commands for name in command.split()} >= {*CARDS, *SHEETS}
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    for command in commands:
        result = CliRunner().invoke(main, command.split(), prog_name="liquidose")
        assert result.exit_code == 0, result.stderr
        assert (tmp_path / command.split()[-1]).read_bytes().startswith(b"%PDF-")


def test_the_override_on_the_page_is_one() -> None:
    page = (EXAMPLES.parent / "docs" / "cards.md").read_text(encoding="utf-8")
    blocks = "".join(re.findall(r"```toml\n(.*?)```", page, re.DOTALL))
    head = PASSED.partition("[[override]]")[0]
    order = decode_order(head + blocks, name="page.toml")
    assert order.override[0].code == "rounding"
    assert order.dispense.previous_strength == "5 mg/5 mL"
    assert all(f"`{code}`" in page for code in OVERRIDABLE)


def test_what_to_do_after_a_missed_dose_is_never_read_as_said_of_the_dose_itself(tmp_path: Path) -> None:
    for own, told in (
        ("Leave it out", "Missed dose: Leave it out."),
        ("If a dose is missed, leave it out", "If a dose is missed, leave it out."),
        ("If you forget it, ask", "If you forget it, ask."),
    ):
        made = ordered_with_protocol(tmp_path, PROTOCOL, own)
        assert told in made.cautions
        texts = texts_for(made, {"missed_dose"})
        assert texts["missed_dose"] == (f"{own}.",)
        assert not [line for line in texts["cautions"] if own in line], "said once, in its own place"
