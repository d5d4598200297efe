"""liquidose mark: what the strip says, when it is refused, and that it cannot be stuck the wrong way unseen."""

from __future__ import annotations

import datetime as dt
import json
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pdfplumber
import pypdfium2 as pdfium
import pytest
from click.testing import CliRunner, Result
from marks import calibration_row, mark_at, mark_pdf, read_mark
from one_label import label_pdf
from tables import plain

from liquidose._version import __version__
from liquidose.cli import main
from liquidose.devices.calibration import Calibration, Span
from liquidose.devices.stocks import stock_of, stocks
from liquidose.devices.syringes import Syringe, syringes_of
from liquidose.devices.truescale import true_scale
from liquidose.errors import DoesNotFit, GiveWhatIsMissing, LiquidoseError
from liquidose.fields import texts_of
from liquidose.files import data_version, decode_toml
from liquidose.marking import Mark, make_mark, mark_of
from liquidose.orders.order import load_order
from liquidose.pages.elements import MarkElement, Place
from liquidose.pages.labels import lay_out
from liquidose.pages.mark import draw_mark, fit_strip, mark_place, quarter_mm
from liquidose.pages.mark_sheet import label_box, mark_on_stock
from liquidose.pages.templates import load_template
from liquidose.plan import make_plan
from liquidose.quantities.lint import amounts_in
from liquidose.quantities.speaking import number_in_words
from liquidose.site import Site

MM = 72 / 25.4
EXAMPLE = Path(__file__).parent.parent / "examples" / "baclofen.toml"
pytestmark = pytest.mark.usefixtures("bare_environment")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["mark", *arguments], prog_name="liquidose")


def of(identity: str) -> Syringe:
    (syringe,) = syringes_of([identity])
    return syringe


def site(*identities: str, head: str = "") -> Site:
    text = head + "".join(calibration_row(of(one)) for one in identities)
    return decode_toml(text, Site, name="site")


def site_file(*identities: str, head: str = "") -> str:
    """A site file in this folder that calibrates these syringes."""
    text = head + "".join(calibration_row(of(one)) for one in identities)
    Path("liquidose.toml").write_text(text, encoding="utf-8")
    return text


def mark(dose: str = "2.4 mg", identity: str = "bd-oral-5", **more: Any) -> Mark:
    return make_mark(dose, "5 mg/5 mL", syringe=identity, site=site("bd-oral-5", "exactamed-1"), **more)


def words_of(content: bytes, tmp_path: Path) -> str:
    target = tmp_path / "read.pdf"
    target.write_bytes(content)
    with pdfplumber.open(target) as pdf:
        (page,) = pdf.pages
        return plain(" ".join(word["text"] for word in page.extract_words()))


# What it says


def test_the_page_says_what_the_mark_is_only_for_and_how_far_it_may_be_out(tmp_path: Path) -> None:
    site_file("bd-oral-5")
    result = run("2.4 mg", "5 mg/5 mL", "--syringe", "bd-oral-5", "--drug", "baclofen", "-o", "m.pdf")
    assert result.exit_code == 0, result.stderr
    text = words_of((tmp_path / "m.pdf").read_bytes(), tmp_path)
    said = [
        "2.4 mL (two point four mL): the black block's edge on the TIP side.",
        "Only for baclofen 5 mg in 5 mL (1 mg per mL), syringe Test 5 mL (bd-oral-5).",
        "Use only if both ticks meet the syringe's own lines of the same numbers.",
        "By mouth only.",
        "The mark may be out by 0.077 mL, about 3.2 % of the dose.",
    ]
    for sentence in said:
        assert sentence in text
        assert sentence in plain(result.output)
    assert "Scale: 8.4 mm for each mL, measured 02 Jan 2026, printer ward 2." in text
    assert plain(result.output).startswith(
        "Mark written to m.pdf. Print it at 100 % and check the 100 mm bar."
    )
    assert "Warning" not in result.output


def test_the_strip_alone_carries_amount_numbers_and_tip(tmp_path: Path) -> None:
    (tmp_path / "m.pdf").write_bytes(mark_pdf(mark()))
    with pdfplumber.open(tmp_path / "m.pdf") as pdf:
        page = pdf.pages[0]
        (cut,) = [r for r in page.rects if not r["fill"] and r["height"] / MM < 10]
        strip = page.crop((cut["x0"], cut["top"], cut["x1"], cut["bottom"])).extract_text()
    assert plain(strip).split() == ["0", "TIP", "2.4", "mL", "5"]


@pytest.mark.parametrize(
    ("identity", "ml"),
    [("exactamed-0.5", "0.48"), ("omnifix-1", "0.94"), ("medicina-2.5", "2.5"), ("bd-10", "6")],
)
def test_two_numbers_on_the_strip_cannot_be_read_as_one(identity: str, ml: str, tmp_path: Path) -> None:
    one = mark_at(of(identity), Fraction(ml), site("exactamed-0.5", "medicina-2.5"))
    (tmp_path / "m.pdf").write_bytes(mark_pdf(one))
    with pdfplumber.open(tmp_path / "m.pdf") as pdf:
        page = pdf.pages[0]
        (cut,) = [r for r in page.rects if not r["fill"] and r["height"] / MM < 10]
        strip = page.crop((cut["x0"], cut["top"], cut["x1"], cut["bottom"]))
        numbers = [w for w in strip.extract_words(x_tolerance=0.8) if w["text"][0].isdigit()]
    assert [w["text"] for w in numbers].count(ml) == 1
    for left, right in pairwise(numbers):
        assert (right["x0"] - left["x1"]) / MM >= 1.49


def test_the_page_has_a_bar_of_100_mm_and_is_letter_under_the_us_profile(tmp_path: Path) -> None:
    for profile, size in (("international", (210, 297)), ("us", (215.9, 279.4))):
        (tmp_path / "m.pdf").write_bytes(mark_pdf(mark(), profile=profile))
        with pdfplumber.open(tmp_path / "m.pdf") as pdf:
            page = pdf.pages[0]
            assert (float(page.width) / MM, float(page.height) / MM) == pytest.approx(size)
            assert [r for r in page.rects if r["fill"] and abs(r["width"] / MM - 100) < 0.02]


def test_a_mark_says_on_paper_by_what_it_was_made_and_its_short_id(tmp_path: Path) -> None:
    made = f"liquidose {__version__}, data {data_version()}, us rules, id "
    text = words_of(mark_pdf(mark(), profile="us"), tmp_path)
    identity = text.partition(made)[2][:8]
    assert re.fullmatch("[0-9a-f]{8}", identity)
    stock = stock_of("avery-5163")
    assert f"50 mm Label {identity}" in words_of(mark_pdf(mark(), profile="us", stock=stock), tmp_path)
    assert identity not in words_of(mark_pdf(mark("2.2 mg"), profile="us"), tmp_path)
    assert identity not in words_of(mark_pdf(mark()), tmp_path), "other rules"


def test_a_published_bore_is_warned_of_on_screen_and_on_paper(tmp_path: Path) -> None:
    result = run("5 mg", "1 mg/mL", "--syringe", "injekt-10", "--route", "by injection", "-o", "m.pdf")
    assert result.exit_code == 0, result.stderr
    warning = "The bore of injekt-10 comes from one source only: trust the two ticks, and calibrate it."
    assert f"Warning: {warning}" in plain(result.output)
    text = words_of((tmp_path / "m.pdf").read_bytes(), tmp_path)
    assert f"Mind: {warning}" in text
    assert "By injection only: not for doses by mouth." in text


@pytest.mark.parametrize(
    ("identity", "why"),
    [
        ("bd-10", "is the published one, and this syringe was not measured"),
        ("terumo-60", "is given from 29.1 to 29.7 mm"),
    ],
)
def test_how_sure_a_published_bore_is_is_said(identity: str, why: str) -> None:
    found = mark_at(of(identity), Fraction(10), Site())
    assert f"The bore of {identity} {why}: trust the two ticks, and calibrate it." in [
        plain(c.text) for c in found.cautions
    ]


def test_a_calibration_far_from_the_published_bore_is_told_of() -> None:
    far = Calibration(syringe="bd-10", date=dt.date(2026, 1, 2), mm_per_ml=Fraction("5.8"))
    found = mark_at(of("bd-10"), Fraction(10), Site(calibration=(far,)))
    (caution,) = found.cautions
    assert plain(caution.text) == (
        "Your measure of bd-10 is about 5.2 % off the published one: check that it is this syringe."
    )


def test_more_than_5_percent_warns_and_more_than_10_is_refused() -> None:
    warned = make_mark("0.85 mg", "1 mg/mL", syringe="bd-1", route="injection")
    assert next(plain(c.text) for c in warned.cautions if c.code == "mark-error") == (
        "The mark may be out by 0.054 mL, about 6.3 % of the dose; a smaller syringe would be more exact."
    )
    with pytest.raises(LiquidoseError) as refusal:
        make_mark("0.15 mg", "1 mg/mL", syringe="bd-1", route="injection")
    assert plain(str(refusal.value)) == (
        "A printed mark for 0.15 mL on BD 1 mL (bd-1) may be out by 0.017 mL, about 11 % of the dose, and 10 % is "
        "the most allowed. Choose a smaller syringe, or measure this one: 'liquidose syringes calibrate bd-1'."
    )


def test_no_mark_says_an_amount_of_drug_or_a_household_measure_of_its_own() -> None:
    said = mark().words()
    for field, lines in said.items():
        if field not in {
            "mark_dose",
            "mark_only",
            "mark_error",
            "mark_promise",
            "mark_source",
            "mark_syringe",
        }:
            assert not [a for line in lines for a in amounts_in(line)], field


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0.05", "zero point zero five"), ("13", "thirteen"), ("20", "twenty"), ("42", "forty-two"),
        ("7.5", "seven point five"), ("99.9", "ninety-nine point nine"),
    ],
)  # fmt: skip
def test_numbers_are_said_digit_by_digit_behind_the_point(value: str, words: str) -> None:
    assert number_in_words(Fraction(value)) == words


@pytest.mark.parametrize("value", [Fraction(100), Fraction(1, 3)])
def test_a_number_of_no_syringe_is_not_said(value: Fraction) -> None:
    with pytest.raises(ValueError, match="is no number of a syringe"):
        number_in_words(value)


def test_a_strength_in_units_is_no_insulin_unless_it_could_be() -> None:
    with pytest.raises(LiquidoseError, match=r"this may be an insulin.* No mark is printed\.$"):
        make_mark("50 units", "100 units/mL", syringe="bd-1", route="injection")
    heparin = make_mark("500 units", "heparin 1000 units/mL", syringe="bd-1", route="injection")
    assert plain(heparin.bottle) == "heparin 1 000 units per mL"


def test_a_feeding_tube_syringe_is_for_the_tube_only() -> None:
    found = make_mark("5 mg", "1 mg/mL", syringe="enfit-std-10", route="tube", site=site("enfit-std-10"))
    assert found.words()["mark_route"] == ("Through the feeding tube only.",)
    assert found.words()["mark_syringe"] == ("Test 10\u00a0mL (enfit-std-10)",)


def test_the_place_of_a_mark_is_told_in_page_millimetres() -> None:
    place = mark_place(mark(), MarkElement(box_mm=Place(15, 32, 180, 9)))
    assert place.zero_at_mm == (17, 32)
    assert place.at_mm[0] == pytest.approx(17 + 2.4 * 8.4)
    assert place.at_mm[1] == 32
    assert (place.ml, place.mm_per_ml) == (Fraction("2.4"), 8.4)


@pytest.mark.parametrize(
    ("strength", "drug", "bottle"),
    [
        ("baclofen 1 MG/ML Oral Solution", "", "baclofen 1 mg per mL"),
        ("baclofen 1 MG/ML Oral Solution", "Baclofen (Lioresal)", "Baclofen (Lioresal) 1 mg per mL"),
        ("Children's ibuprofen 100 mg/5 mL", "", "Children's ibuprofen 100 mg in 5 mL (20 mg per mL)"),
        ("1 mg/mL", "", "____________________ 1 mg per mL"),
        ("oral solution 1 mg/mL", "", "____________________ 1 mg per mL"),
        ("Kemadrin (procyclidine) 1 mg/mL", "", "____________________ 1 mg per mL"),
        ("1 mg/mL baclofen", "", "____________________ 1 mg per mL"),
    ],
)
def test_a_mark_is_for_the_drug_that_is_named_or_leaves_a_line_for_it(
    strength: str, drug: str, bottle: str
) -> None:
    dose = "40 mg" if "ibuprofen" in strength else "2.4 mg"
    found = make_mark(dose, strength, syringe="bd-oral-5", drug=drug, site=site("bd-oral-5"))
    assert plain(found.bottle) == bottle
    told = [c.text for c in found.cautions if c.code == "drug-not-named"]
    assert bool(told) == bottle.startswith("_")


def test_a_mark_for_no_drug_has_a_line_on_paper_and_a_warning_on_the_screen(tmp_path: Path) -> None:
    site_file("bd-oral-5")
    result = run("2.4 mg", "5 mg/5 mL", "--syringe", "bd-oral-5", "-o", "m.pdf")
    assert result.exit_code == 0, result.stderr
    said = plain(result.output)
    assert (
        "Warning: No drug is named: write its name on the line before the mark is used, or print it with --drug."
    ) in said
    only = "Only for ____________________ 5 mg in 5 mL (1 mg per mL), syringe Test 5 mL (bd-oral-5)."
    assert only in said
    text = words_of((tmp_path / "m.pdf").read_bytes(), tmp_path)
    assert only in text
    assert "No drug is named" not in text, "the line says it"


def test_two_drugs_are_refused() -> None:
    with pytest.raises(GiveWhatIsMissing) as refusal:
        make_mark("2.4 mg", "baclofen 1 mg/mL", syringe="bd-oral-5", drug="morphine", site=site("bd-oral-5"))
    assert str(refusal.value) == (
        "The drug is 'morphine', and 'baclofen 1 mg/mL' names baclofen. Give the name and the strength of one drug."
    )


# Upside down, or on another syringe


class Picture(NamedTuple):
    """What a person sees on a strip: where each number's tick points, and at which edge; where TIP points."""

    ticks: dict[str, tuple[float, float]]
    high: float
    tip_to_the_left: bool


def picture(content: bytes, tmp_path: Path) -> Picture:
    (tmp_path / "p.pdf").write_bytes(content)
    with pdfplumber.open(tmp_path / "p.pdf") as pdf:
        page = pdf.pages[0]
        found = read_mark(pdfium.PdfDocument(content)[0])
        near = [w for w in page.extract_words() if found.top * MM < w["top"] < (found.top + found.high) * MM]
        centre = {w["text"]: (w["x0"] + w["x1"]) / 2 / MM for w in near}
        arrow = min(c["x0"] / MM for c in page.curves if abs(c["width"] / MM - 3) < 0.01)
    ticks = {}
    for x in (found.zero_x, found.witness_x):
        number = min(centre, key=lambda text: abs(centre[text] - x))
        ticks[number] = (x, 0.0)
    return Picture(ticks, found.high, tip_to_the_left=arrow < centre["TIP"])


def flipped(seen: Picture) -> Picture:
    """The same strip turned by half a turn."""
    turned = {number: (-x, seen.high - y) for number, (x, y) in seen.ticks.items()}
    return Picture(turned, seen.high, tip_to_the_left=not seen.tip_to_the_left)


def agrees(seen: Picture, mm_per_ml: float) -> bool:
    """Whether the strip can be laid so that both ticks meet the lines their numbers name, tip to the left."""
    (zero_x, zero_y), (other,) = seen.ticks["0"], [n for n in seen.ticks if n != "0"]
    x, y = seen.ticks[other]
    apart = abs((x - zero_x) - float(other) * mm_per_ml) < 0.2
    return apart and zero_y == y == 0 and seen.tip_to_the_left


@pytest.mark.parametrize("dose", ["1 mg", "2.4 mg", "5 mg"])
def test_a_strip_the_wrong_way_round_agrees_with_nothing(dose: str, tmp_path: Path) -> None:
    one = mark(dose)
    seen = picture(mark_pdf(one), tmp_path)
    scale = float(one.scale.mm_per_ml)
    assert agrees(seen, scale)
    wrong = flipped(seen)
    assert not agrees(wrong, scale)
    assert not wrong.tip_to_the_left
    other = next(number for number in wrong.ticks if number != "0")
    if_zero_meets = wrong.ticks[other][0] - wrong.ticks["0"][0]
    assert if_zero_meets < 0, "the numbered tick then lies off the scale, beyond the tip"


def test_a_strip_for_one_brand_does_not_agree_with_another(tmp_path: Path) -> None:
    seen = picture(mark_pdf(mark_at(of("bd-10"), Fraction(5), Site())), tmp_path)
    assert agrees(seen, float(true_scale(of("bd-10")).mm_per_ml))
    assert not agrees(seen, float(true_scale(of("normject-10")).mm_per_ml))


def test_a_mark_lies_in_the_pdf_of_the_command_where_the_line_is(tmp_path: Path) -> None:
    for content in (
        mark_pdf(mark()),
        mark_pdf(mark(), stock=stock_of("avery-l7160")),
        mark_pdf(mark(), profile="us"),
    ):
        found = read_mark(pdfium.PdfDocument(content)[0])
        assert found.dose_x - found.zero_x == pytest.approx(2.4 * 8.4, abs=0.02)
        assert found.witness_x - found.zero_x == pytest.approx(5 * 8.4, abs=0.02)
    assert tmp_path


# The strip


def test_a_strip_is_no_wider_than_a_quarter_of_the_barrel_around() -> None:
    least = mark("0.5 mg", "exactamed-1")
    strip = fit_strip(least, Place(0, 0, 200, 50))
    assert strip.place.height_mm <= quarter_mm(least) == pytest.approx(3.14159 * 5.85 / 4, abs=0.001)
    measured = Calibration(
        syringe="exactamed-1", date=dt.date(2026, 1, 2), mm_per_ml=Fraction(50), outer_mm=Fraction("6.4")
    )
    wider = mark_at(of("exactamed-1"), Fraction(1, 2), Site(calibration=(measured,)))
    assert fit_strip(wider, Place(0, 0, 200, 50)).place.height_mm == pytest.approx(
        3.14159 * 6.4 / 4, abs=0.001
    )


def test_a_narrow_or_short_place_is_refused_with_the_millimetres() -> None:
    with pytest.raises(DoesNotFit) as refusal:
        list(draw_mark(mark(), MarkElement(box_mm=Place(0, 0, 20, 10))))
    assert plain(str(refusal.value)) == (
        "The mark does not fit: its strip is 38 mm long, and there are 20 mm. Use a larger label, or the plain page."
    )
    with pytest.raises(DoesNotFit) as refusal:
        list(draw_mark(mark(), MarkElement(box_mm=Place(0, 0, 200, 3))))
    assert plain(str(refusal.value)) == (
        "The mark does not fit: a strip 3.0 mm wide has no room for its figures. Use a larger label."
    )


def test_the_second_tick_is_the_farthest_numbered_line_with_room() -> None:
    assert fit_strip(mark(), Place(0, 0, 200, 20)).witness_ml == 5
    assert fit_strip(mark(), Place(0, 0, 42, 20)).witness_ml == 4
    assert fit_strip(mark("5 mg"), Place(0, 0, 200, 20)).witness_ml == 3, "4 leaves no room for the amount"


# Stock


def test_a_mark_is_laid_on_the_first_label_of_a_stock(tmp_path: Path) -> None:
    site_file("bd-oral-5")
    result = run("2.4 mg", "5 mg/5 mL", "--syringe", "bd-oral-5", "--stock", "avery-l7160", "-o", "m.pdf")
    assert result.exit_code == 0, result.stderr
    assert "check the 50 mm bar" in plain(result.output)
    with pdfplumber.open("m.pdf") as pdf:
        page = pdf.pages[0]
        for word in page.extract_words():
            assert 7.2 * MM < word["x0"] < word["x1"] < (7.2 + 63.5) * MM
            assert 15.15 * MM < word["top"] < word["bottom"] < (15.15 + 38.1) * MM
        assert [r for r in page.rects if r["fill"] and abs(r["width"] / MM - 50) < 0.02]
    assert "syringe Test 5 mL (bd-oral-5)." in words_of(Path("m.pdf").read_bytes(), tmp_path)


@pytest.mark.parametrize(
    ("options", "place"),
    [(("--start-at", "8"), 8), (("--skip", "1-3,5"), 4), (("--start-at", "2", "--skip", "2,3"), 4)],
)
def test_a_mark_takes_the_first_free_label_of_a_part_used_sheet(options: tuple[str, ...], place: int) -> None:
    site_file("bd-oral-5")
    result = run(
        "2.4 mg", "baclofen 1 mg/mL", "--syringe", "bd-oral-5", "--stock", "avery-l7160", *options, "-o", "m.pdf"
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    row, column = divmod(place - 1, 3)
    left, top = 7.2 + column * 66.04, 15.15 + row * 38.1
    with pdfplumber.open("m.pdf") as pdf:
        page = pdf.pages[0]
        for seen in (*page.chars, *page.rects):
            assert left * MM < seen["x0"] < seen["x1"] < (left + 63.5) * MM
            assert top * MM < seen["top"] < seen["bottom"] < (top + 38.1) * MM
    assert read_mark(pdfium.PdfDocument("m.pdf")[0]).zero_x > left


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--start-at", "7"), "Places are counted on a stock. Name the stock."),
        (
            ("--stock", "zebra-4x2in", "--skip", "1"),
            "zebra-4x2in is a roll: its next label is the one that comes out. Places are counted on sheets only.",
        ),
        (
            ("--stock", "avery-l7160", "--start-at", "22"),
            "avery-l7160 has no label 22: it has 21. 'liquidose stocks show avery-l7160 --outline' prints their numbers.",
        ),
        (
            ("--stock", "avery-l7160", "--skip", "1-"),
            "'1-' is not a list of places. Write it like '1,2,5-9'.",
        ),
        (
            ("--stock", "avery-l7160", "--skip", "1-21"),
            "Sheet 1 has no free label left. Leave that sheet out.",
        ),
    ],
)
def test_a_place_that_is_not_there_is_refused(options: tuple[str, ...], message: str) -> None:
    site_file("bd-oral-5")
    result = run("2.4 mg", "baclofen 1 mg/mL", "--syringe", "bd-oral-5", *options)
    assert result.exit_code == 2
    assert message in plain(result.stderr)
    assert not Path("mark.pdf").exists()


@pytest.mark.parametrize(
    ("stock", "problem"),
    [
        (
            "zebra-2x1in",
            "A label of zebra-2x1in has 47.8 mm by 22.4 mm for a mark and its bar of 50 mm, and that is too little.",
        ),
        ("brother-dk-22205", "brother-dk-22205 has no rectangular labels, and a mark needs one."),
        ("dymo-30334", "The text of 'mark_words' does not fit: at 6 pt, the smallest allowed, it is"),
    ],
)
def test_a_stock_too_small_is_refused_naming_those_that_are_not(stock: str, problem: str) -> None:
    site_file("bd-oral-5")
    result = run("2.4 mg", "5 mg/5 mL", "--syringe", "bd-oral-5", "--drug", "baclofen", "--stock", stock)
    assert result.exit_code == 3
    said = plain(result.stderr)
    assert problem in said
    named = said.partition("It fits ")[2].strip().rstrip(".").split(", ")
    assert len(named) == 6
    for other in named:
        assert mark_on_stock(mark(drug="baclofen"), stock_of(other)).shapes
    assert not Path("mark.pdf").exists()


def test_where_no_stock_holds_it_the_plain_page_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liquidose.mark_pages.stocks", tuple)
    with pytest.raises(DoesNotFit, match=r"Leave --stock out: a plain page holds it\.$"):
        mark_pdf(mark(), stock=stock_of("zebra-2x1in"))


def test_the_printable_box_of_every_rectangular_label_lies_on_it() -> None:
    for stock in stocks():
        if stock.shape == "rect":
            left, top, width, height = label_box(stock, 0)
            at = stock.origin_mm(0)
            assert left >= float(at.x_mm)
            assert top >= float(at.y_mm)
            assert left + width <= float(at.x_mm + stock.label_width_mm)
            assert top + height <= float(at.y_mm + stock.label_height_mm)


# Refusals


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (
            ("5 mg", "1 mg/mL", "--syringe", "bd-oral-5"),
            3,
            "No bore of bd-oral-5 is published, so that the lines of this syringe cannot be known. Measure it once: "
            "'liquidose syringes calibrate bd-oral-5' prints a strip and says how.",
        ),
        (
            ("5 mg", "1 mg/mL", "--syringe", "bd-10"),
            3,
            'bd-10 is an injection (Luer) syringe, and no route is stated. Say --route "by injection" if that is the '
            "route, or choose an oral syringe; such a mark is not for doses by mouth.",
        ),
        (
            ("5 mg", "1 mg/mL", "--syringe", "bd-10", "--route", "by mouth"),
            3,
            "bd-10 is an injection (Luer) syringe, which is not for this route. Choose an oral syringe.",
        ),
        (
            ("5 mg", "1 mg/mL", "--syringe", "bd-10", "--route", "by nose"),
            2,
            "'by nose' is not a route. Write by mouth, by tube or by injection.",
        ),
        (
            ("0.2 mg", "1 mg/mL", "--syringe", "bd-ultrafine-u100-0.3", "--route", "by injection"),
            3,
            "bd-ultrafine-u100-0.3 is an insulin syringe: it is marked in units, and no dose mark is printed for it. "
            "Use the lines of the syringe itself.",
        ),
        *(
            (
                ("5 mg", "1 mg/mL", "--syringe", device),
                3,
                f"'{device}' is no syringe, and no dose mark is printed for a spoon, a cup or a dropper. Choose an oral "
                "syringe: 'liquidose syringes --kind oral' lists them.",
            )
            for device in ("spoon", "teaspoon-5", "dosing cup", "dropper")
        ),
        (
            ("12 mg", "1 mg/mL", "--syringe", "bd-10", "--route", "by injection"),
            3,
            "12 mL takes 2 fillings of a 10 mL injection (Luer) syringe, and a mark shows one filling only. "
            "Choose a syringe that holds the whole dose.",
        ),
        (
            ("0.9 mg", "1 mg/mL", "--syringe", "bd-60", "--route", "by injection"),
            3,
            "No stocked syringe measures 0.9 mL: on a 60 mL injection (Luer) syringe the nearest line is 1 mL (about "
            "11.1 % off) and the scale may be out by 0.909 mL (101 %). A 1 mL injection (Luer) syringe marked every "
            "0.01 mL would do. No mark is printed.",
        ),
        (
            ("5 mg", "1 mg/mL", "--syringe", "bd-10", "--route", "by injection", "--drug", "baclofen 10 mg"),
            2,
            "The drug's name holds an amount, '10 mg', in free text: 'baclofen 10 mg'. Give the dose in "
            "directions.dose only, and leave amounts out of the words.",
        ),
        (
            ("5 mg", "1 mg/mL", "--syringe", "bd-10", "--route", "by injection", "--drug", "\u202ebaclofen"),
            2,
            "The drug's name: '\\u202ebaclofen' holds a character that cannot be seen, U+202E (right-to-left override). Type it afresh.",
        ),
        (
            ("1,5 mg", "1 mg/mL", "--syringe", "bd-10", "--route", "by injection"),
            2,
            "'1,5' could be 1.5 or 15. Write a point for decimals and nothing between thousands, or state the locale.",
        ),
        (
            ("5 mg", "1 mg/mL", "--syringe", "bd-10", "--route", "by injection", "--stock", "avery-l7160x"),
            2,
            "There is no label stock 'avery-l7160x'. Did you mean 'avery-l7160'?",
        ),
        (
            ("5 mg", "1 mg/mL", "--syringe", "bd-oral-55"),
            2,
            "There is no syringe 'bd-oral-55' in the catalogue. Did you mean 'bd-oral-5'?",
        ),
    ],
)
def test_what_is_not_safe_is_refused_in_sentences_and_nothing_is_written(
    arguments: tuple[str, ...], status: int, message: str, tmp_path: Path
) -> None:
    result = run(*arguments)
    assert plain(result.stderr) == f"liquidose: {message}\n"
    assert result.exit_code == status
    assert result.stdout == ""
    assert list(tmp_path.glob("*.pdf")) == []


def test_a_syringe_of_unknown_numbers_is_refused() -> None:
    bare = Syringe(
        id="ours", kind="luer", capacity_ml=Fraction(5), step_ml=Fraction(1, 5), source=("us",),
        inner_diameter_mm=Fraction(12), geometry="known",
    )  # fmt: skip
    with pytest.raises(GiveWhatIsMissing) as refusal:
        mark_at(bare, Fraction(3), Site())
    assert str(refusal.value) == (
        "It is not said which lines of ours have numbers, and the mark is checked against one. "
        "Add numbered_every_ml to the syringe in the site file."
    )


def test_a_mistyped_bore_of_a_sites_own_syringe_is_refused() -> None:
    wrong = Syringe(
        id="ours", kind="luer", capacity_ml=Fraction(5), step_ml=Fraction(1, 5), source=("us",),
        numbered_every_ml=Fraction(1), inner_diameter_mm=Fraction(21), geometry="known",
    )  # fmt: skip
    with pytest.raises(LiquidoseError) as refusal:
        true_scale(wrong)
    assert plain(str(refusal.value)) == (
        "2.89 mm for each mL is beyond what syringes of 5 mL are like, 7.06 to 9.72 mm. Check the two volumes and "
        "the millimetres, and that the strip was printed at 100 %."
    )
    odd = Calibration(
        syringe="ours",
        date=dt.date(2026, 1, 2),
        span=(
            Span(from_ml=Fraction(0), to_ml=Fraction(5), mm=Fraction(14)),
            Span(from_ml=Fraction(0), to_ml=Fraction(2), mm=Fraction("5.6")),
        ),
    )
    with pytest.raises(LiquidoseError, match="beyond what syringes of 5"):
        true_scale(wrong, [odd])


def test_numbers_read_in_the_sites_locale_are_told_of() -> None:
    site_file("bd-oral-5", head='locale = "de-DE"\n')
    result = run("2,4 mg", "5 mg/5 mL", "--syringe", "bd-oral-5", "-o", "m.pdf")
    assert result.exit_code == 0, result.stderr
    assert "Note: Numbers were read as written in de-DE (liquidose.toml)." in result.output


def test_the_same_mark_gives_the_same_bytes_twice() -> None:
    assert mark_pdf(mark()) == mark_pdf(mark())


# On a label


def test_a_label_carries_the_strip_with_drug_strength_and_warnings(tmp_path: Path) -> None:
    ours = site("bd-oral-5", head='stocked = ["bd-oral-5"]\n')
    plan = make_plan(load_order(str(EXAMPLE)), ours)
    content = label_pdf(plan, template="syringe-mark")
    found = read_mark(pdfium.PdfDocument(content)[0])
    assert found.dose_x - found.zero_x == pytest.approx(5 * 8.4, abs=0.02)
    text = words_of(content, tmp_path)
    for said in (
        "Only for baclofen oral solution",
        "5 mg in 5 mL (1 mg per mL)",
        "Syringe Test 5 mL (bd-oral-5)",
        "5 mL (five mL): the black block's edge on the TIP side.",
        "Use only if both ticks meet the syringe's own lines of the same numbers.",
        "Do not stop suddenly.",
    ):
        assert set(said.split()) <= set(text.split()), said


def test_a_published_bore_is_warned_of_on_the_label_too(tmp_path: Path) -> None:
    text = (
        EXAMPLE.read_text(encoding="utf-8")
        .replace("by mouth", "by injection")
        .replace("oral solution", "injection")
    )
    warnings = text.partition("warnings = ")[2].partition("\n")[0]
    order = tmp_path / "order.toml"
    order.write_text(text.replace(f"warnings = {warnings}", ""), encoding="utf-8")
    plan = make_plan(load_order(str(order)), Site(stocked=("bd-10",)))
    printed = set(words_of(label_pdf(plan, template="syringe-mark"), tmp_path).split())
    (warning,), (route,) = mark_of(plan).to_mind, mark_of(plan).words()["mark_route"]
    assert "trust the two ticks, and calibrate it" in warning
    assert "not for doses by mouth" in route
    for said in (warning, route):
        assert set(said.split()) <= printed


def test_an_order_whose_syringe_is_not_calibrated_gets_no_mark() -> None:
    plan = make_plan(load_order(str(EXAMPLE)))
    with pytest.raises(GiveWhatIsMissing, match=r"^No bore of oral-5 is published"):
        label_pdf(plan, template="syringe-mark")


def test_a_design_with_a_mark_needs_one() -> None:
    plan = make_plan(load_order(str(EXAMPLE)), site("bd-oral-5", head='stocked = ["bd-oral-5"]\n'))
    texts = texts_of(plan) | mark_of(plan).words()
    with pytest.raises(
        GiveWhatIsMissing, match=r"^This label design has a mark in true scale, and there is none\."
    ):
        lay_out(load_template("syringe-mark"), texts, plan.measured)


# What else it can write


def read_in(target: str) -> Any:
    with pdfplumber.open(target) as pdf:
        (page,) = pdf.pages
        assert page.chars, "read before the file is closed"
        return page, read_mark(pdfium.PdfDocument(target)[0])


@pytest.mark.parametrize("options", [(), ("--stock", "avery-l7163", "--start-at", "3")])
def test_the_manifest_says_where_the_mark_lies_in_the_file(options: tuple[str, ...]) -> None:
    site_file("bd-oral-5")
    result = run(
        "2.4 mg", "baclofen 1 mg/mL", "--syringe", "bd-oral-5", *options, "-o", "m.pdf", "--manifest", "m.json"
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    made = json.loads(Path("m.json").read_bytes())
    ((page,), (label,)) = made["pages"], made["pages"][0]["labels"]
    (told,) = [element for element in label["elements"] if element["kind"] == "dose_mark"]
    drawn, found = read_in("m.pdf")
    assert set(told) == {"kind", "ml", "at_mm", "zero_at_mm", "mm_per_ml"}
    assert (told["ml"], told["mm_per_ml"]) == ("2.4", 8.4)
    assert told["at_mm"] == pytest.approx([found.dose_x, found.top], abs=0.02)
    assert told["zero_at_mm"] == pytest.approx([found.zero_x, found.top], abs=0.02)
    assert told["at_mm"][0] - told["zero_at_mm"][0] == pytest.approx(2.4 * 8.4, abs=0.001)
    assert (page["width_mm"], page["height_mm"]) == pytest.approx(
        (float(drawn.width) / MM, float(drawn.height) / MM)
    )
    assert made["stock"] == (options[1] if options else "")
    assert label["place"] == (3 if options else 1)
    assert made["title"] == pdfium.PdfDocument("m.pdf").get_metadata_value("Title")
    assert pdfium.PdfDocument("m.pdf").get_metadata_value("Keywords").endswith(f"id {made['id']}")
    words = "".join(c["text"] for c in drawn.chars if c["text"].strip())
    texts = [e["text"] for e in label["elements"] if e["kind"] == "text"]
    assert sorted("".join("".join(texts).split())) == sorted(words)
    for element in label["elements"]:
        if element["kind"] == "text":
            left, top, wide, high = (side * MM for side in element["box_mm"])
            there = drawn.crop((left - 0.5, top - 0.5, left + wide + 0.5, top + high + 0.5)).chars
            assert "".join(element["text"].split()) in "".join(c["text"] for c in there if c["text"].strip())


ERROR = (
    '[[printer]]\nname = "desk"\nscale_x = 0.998\nscale_y = 1.002\noffset_x_mm = 0.8\noffset_y_mm = -0.3\n'
)


def test_a_printers_error_is_made_up_for_where_the_bore_is_a_published_one() -> None:
    Path("liquidose.toml").write_text(ERROR, encoding="utf-8")
    asked = ("5 mg", "baclofen 1 mg/mL", "--syringe", "bd-10", "--route", "by injection", "-o", "m.pdf")
    assert run(*asked).exit_code == 0
    _, plainly = read_in("m.pdf")
    result = run(*asked, "--printer", "desk", "--manifest", "m.json")
    assert result.exit_code == 0, result.stderr
    _, made_up = read_in("m.pdf")
    for name in ("dose_x", "zero_x", "witness_x"):
        assert 0.998 * getattr(made_up, name) + 0.8 == pytest.approx(getattr(plainly, name), abs=0.001)
    assert 1.002 * made_up.top - 0.3 == pytest.approx(plainly.top, abs=0.001)
    made = json.loads(Path("m.json").read_bytes())
    assert made["printer"] == "desk"
    (label,) = made["pages"][0]["labels"]
    assert [0.998 * label["x_mm"] + 0.8, 1.002 * label["y_mm"] - 0.3] == pytest.approx([0, 0], abs=0.001)
    (told,) = [e for e in label["elements"] if e["kind"] == "dose_mark"]
    assert told["at_mm"] == pytest.approx([made_up.dose_x, made_up.top], abs=0.001)


def test_a_measured_syringes_mark_is_not_made_up_for_again() -> None:
    site_file("bd-oral-5", head=ERROR)
    result = run("2.4 mg", "baclofen 1 mg/mL", "--syringe", "bd-oral-5", "--printer", "desk")
    assert result.exit_code == 2
    assert plain(result.stderr) == (
        "liquidose: The mark's millimetres were measured with a printer's own ruler, and would be corrected twice. "
        "Leave the printer's correction out, and print on the printer that printed the ruler.\n"
    )
    assert not Path("mark.pdf").exists()


def test_the_mark_and_its_manifest_need_two_names() -> None:
    site_file("bd-oral-5")
    result = run("2.4 mg", "baclofen 1 mg/mL", "--syringe", "bd-oral-5", "-o", "m", "--manifest", "m")
    assert result.exit_code == 5
    assert "m would be two files at once" in result.stderr
    assert not Path("m").exists()
