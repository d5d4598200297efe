"""The labels of filled syringes, measured in the PDF by parsers that are not ours."""

from __future__ import annotations

import math
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pdfplumber
import pypdfium2
import pytest
from click.testing import CliRunner
from one_label import label_pdf

from liquidose.cli import main
from liquidose.devices.drug_classes import class_of, drug_classes
from liquidose.devices.stocks import stock_of
from liquidose.errors import BadFile, LiquidoseError
from liquidose.labelling import label_document
from liquidose.orders.order import decode_order
from liquidose.pages.templates import load_template, shipped_templates, template_text
from liquidose.plan import Plan, make_plan
from liquidose.print_run import Run
from liquidose.site import Site

EXAMPLES = Path(__file__).parent.parent / "examples" / "syringes"
MM = 25.4 / 72
DPMM = 40
CLASSES = [one.id for one in drug_classes() if one.confirmed]
STRIPED = [one.id for one in drug_classes() if one.confirmed and one.pattern == "stripes"]
LONG_ISO_NAMES = [
    "Suxamethonium", "Glycopyrronium", "Noradrenaline", "Levobupivacaine", "Dexmedetomidine",
    "Glyceryl trinitrate", "Remifentanil", "Metoclopramide", "Chlorphenamine",
]  # fmt: skip

SYRINGE = """
[patient]
name = "Robin Example"
[drug]
name = "morphine"
strength = "10 mg/mL"
[directions]
dose = "10 mg"
route = "by injection"
[preparation]
prepared = 2026-02-03T14:30:00
discard_at = 2026-02-04T09:05:00
"""
FLAG = """
[patient]
name = "Sam Example"
birth_date = 2014-03-09
id = "MRN 0012345"
[drug]
name = "baclofen"
strength = "5 mg/5 mL"
[directions]
dose = "5 mg"
route = "by mouth"
[preparation]
prepared = 2026-11-23T08:15:00
discard_at = 2026-11-23T20:00:00
"""


def plan_of(text: str, *changes: tuple[str, str], site: Site | None = None) -> Plan:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return make_plan(decode_order(text, name="order.toml"), site)


def of_class(identity: str, name: str = "morphine") -> Plan:
    return plan_of(SYRINGE, ('name = "morphine"', f'name = "{name}"\nclass = "{identity}"'))


def opened(plan: Plan, template: str = "syringe") -> Any:
    return pdfplumber.open(BytesIO(label_pdf(plan, template=template))).pages[0]


def lines_on(page: Any) -> list[str]:
    """Each row of text as it was set: rows of two columns are apart by more than a space."""
    rows = page.extract_words(keep_blank_chars=True, x_tolerance=2, y_tolerance=1)
    rows.sort(key=lambda row: (round(row["top"] * MM), row["x0"]))
    return [row["text"].replace("\u00a0", " ").strip() for row in rows]


def picture(plan: Plan, template: str = "syringe") -> Any:
    """The page in grey, 40 dots to the mm."""
    with pypdfium2.PdfDocument(label_pdf(plan, template=template)) as document:
        return document[0].render(scale=DPMM * MM, grayscale=True).to_pil()


# The user-applied label


def test_r81_r86_the_label_keeps_to_the_size_of_iso_26825() -> None:
    page = opened(plan_of(SYRINGE))
    assert (round(page.width * MM, 3), round(page.height * MM, 3)) == (40, 15)


@pytest.mark.parametrize("name", ["Morphine", *LONG_ISO_NAMES])
def test_r86_the_name_s_capital_is_2_5_mm_high_and_the_name_in_the_upper_half(name: str) -> None:
    plan = plan_of(SYRINGE, ('name = "morphine"', f'name = "{name.lower()}"'))
    page = opened(plan)
    assert lines_on(page)[0] == name
    first = page.chars[0]
    assert first["text"] == name[0]
    box = [round(first[side] * MM * DPMM) for side in ("x0", "top", "x1", "bottom")]
    ink = picture(plan).crop(box).point(lambda grey: 255 if grey < 128 else 0).getbbox()
    # A round capital (G, S) stands a little over and under the flat ones, never less than they.
    assert (ink[3] - ink[1]) / DPMM >= 2.5 - 1 / DPMM
    letters = [c for c in page.chars if c["size"] == first["size"]]
    assert max(c["bottom"] for c in letters) * MM <= 7.5
    assert "Bold" in first["fontname"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "neostigmine with glycopyrronium",
            "The text of 'drug_name' does not fit: at 10.8\u00a0pt, the smallest allowed, it is 3.7\u00a0mm too high. "
            "Shorten it, or use a larger label.",
        ),
        (
            "diethylaminoethoxyphenylpropanone",
            "The text of 'drug_name' does not fit: at 10.8\u00a0pt, the smallest allowed, it is 26.5\u00a0mm too wide, for "
            "'Diethylaminoethoxyphenylpropanone' is kept on one line. Shorten it, or use a larger label.",
        ),
        (
            "MORPHINE",
            "The name 'MORPHINE' is all in capitals, which a syringe label must not be. Write it like 'Morphine'.",
        ),
    ],
)
def test_r86_a_name_that_cannot_be_set_is_refused(name: str, message: str) -> None:
    with pytest.raises(LiquidoseError) as fault:
        label_pdf(plan_of(SYRINGE, ('name = "morphine"', f'name = "{name}"')), template="syringe")
    assert str(fault.value) == message


@pytest.mark.parametrize(
    ("diluent", "missing"),
    [
        ("sodium chloride 0.9 %", None),
        ("glucose 5 % and saline 0.45 %", None),
        ("compound sodium lactate", None),
        ("sodium chloride 0.9 % for injections", "2.2\u00a0mm too high"),
    ],
)
def test_r82_a_diluent_and_the_id_share_a_row_or_the_label_is_refused(
    diluent: str, missing: str | None
) -> None:
    plan = plan_of(f'{SYRINGE}diluent = "{diluent}"\ndiluent_volume = "9 mL"\n')
    if missing:
        with pytest.raises(LiquidoseError) as fault:
            label_pdf(plan, template="syringe")
        assert str(fault.value) == (
            f"The text of 'diluent' does not fit: at 5\u00a0pt, the smallest allowed, it is {missing}. "
            "Shorten it, or use a larger label."
        )
        return
    content, made = label_document([plan], Run(template=load_template("syringe")))
    with pdfplumber.open(BytesIO(content)) as file:
        words = file.pages[-1].extract_words()
    (identity,) = [word for word in words if word["text"] == made.pages[-1].labels[0].id]
    row = [word for word in words if abs(word["top"] - identity["top"]) < 1]
    assert " ".join(word["text"] for word in row[:-1]).replace("\u00a0", " ") == f"with 9 mL {diluent}"
    assert all(one["x1"] < other["x0"] for one, other in pairwise(row))


def test_a_name_in_tall_man_letters_keeps_them() -> None:
    assert lines_on(opened(plan_of(SYRINGE, ("morphine", "EPINEPHrine"))))[0] == "EPINEPHrine"


def test_r82_to_r85_name_concentration_diluent_times_and_two_who_checked() -> None:
    text = (
        SYRINGE
        + 'preparer = "AB"\nchecker = "CD"\ndiluent = "sodium chloride 0.9 %"\ndiluent_volume = "9 mL"\n'
    )
    page = opened(plan_of(text))
    assert set(lines_on(page)) == {
        "Morphine",
        "with 9 mL sodium chloride 0.9 %",
        "1 mg per mL",
        "Made",
        "Checked",
        "AB",
        "CD",
        "Prepared 03 Feb 2026 14:30",
        "Discard 04 Feb 2026 09:05",
    }
    rows = page.extract_words(keep_blank_chars=True, x_tolerance=2, extra_attrs=["size"])
    name, concentration, *others = sorted(rows, key=lambda row: -float(row["size"]))
    assert name["text"] == "Morphine"
    assert concentration["text"].replace("\u00a0", " ") == "1 mg per mL"
    times = [row for row in others if "Feb" in row["text"]]
    assert len(times) == 2
    assert all(row["size"] < concentration["size"] < name["size"] for row in times)
    boxes = [r for r in page.rects if r["stroke"]]
    assert len(boxes) == 2
    for box, initials in zip(boxes, ("AB", "CD"), strict=True):
        assert box["width"] * MM >= 5
        assert box["height"] * MM >= 4.5
        (word,) = [w for w in page.extract_words() if w["text"] == initials]
        assert box["x0"] < word["x0"] < word["x1"] < box["x1"]
        assert box["top"] < word["top"] < word["bottom"] < box["bottom"]


@pytest.mark.parametrize(
    ("changes", "profile", "concentration"),
    [
        ([], "international", "10 mg per mL"),
        ([("10 mg/mL", "100 mg/10 mL")], "international", "10 mg per mL"),
        (
            [("10 mg/mL", "50 mcg/mL"), ("10 mg", "100 mcg"), ("morphine", "fentanyl")],
            "uk",
            "50 micrograms per mL",
        ),
        ([("10 mg/mL", "1 %"), ("morphine", "lidocaine")], "uk", "1 % (10 mg per mL)"),
        ([("10 mg/mL", "1000 units/mL"), ("10 mg", "1000 units")], "uk", "1 000 units per mL"),
    ],
)
def test_r85_r92_the_concentration_is_per_ml_and_a_percentage_stays_one(
    changes: list[tuple[str, str]], profile: Any, concentration: str
) -> None:
    plan = plan_of(SYRINGE, *changes, site=Site(profile=profile))
    assert concentration in [line.replace("\u202f", " ") for line in lines_on(opened(plan))]


@pytest.mark.parametrize(
    ("dose", "strength", "added", "concentration"),
    [
        ("100 mcg", "50 mcg/mL", "8 mL", "10 mcg per mL"),
        ("10 mg", "10 mg/mL", "2 mL", "about 3.33 mg per mL"),
        ("1 mg", "1 mg/mL", "9 mL", "0.1 mg per mL"),
    ],
)
def test_a_diluted_syringe_shows_what_is_in_it_and_not_the_ampoule(
    dose: str, strength: str, added: str, concentration: str
) -> None:
    extra = f'diluent = "water for injections"\ndiluent_volume = "{added}"\n'
    plan = plan_of(SYRINGE + extra, ("10 mg/mL", strength), ('dose = "10 mg"', f'dose = "{dose}"'))
    shown = lines_on(opened(plan))
    assert concentration in shown
    assert f"with {added} water for injections" in shown
    assert strength.replace("/", " per ") not in shown


# Colour, only when asked for


def fill_of(shape: Any) -> tuple[float, ...]:
    colour = shape["non_stroking_color"]
    return tuple(colour) if isinstance(colour, (tuple, list)) else (colour or 0,)


def colours_in(page: Any) -> set[tuple[float, ...]]:
    """Every colour on a page that is not black, white or a grey."""
    found = {fill_of(shape) for shape in (*page.rects, *page.curves, *page.lines, *page.chars)}
    return {colour for colour in found if len(set(colour)) > 1}


def test_r90_r91_without_a_class_there_is_no_colour() -> None:
    assert colours_in(opened(plan_of(SYRINGE))) == set()
    assert colours_in(opened(plan_of(FLAG), "oral-syringe")) == set()


@pytest.mark.parametrize("identity", CLASSES)
def test_r89_with_a_class_there_is_that_colour_and_no_other(identity: str) -> None:
    expected = {tuple(round(part / 255, 3) for part in class_of(identity).rgb)}
    found = {
        tuple(round(part, 3) for part in colour) for colour in colours_in(opened(of_class(identity, "drug")))
    }
    assert found == (expected if identity != "miscellaneous" else set())


def test_r90_a_class_colours_no_oral_or_dispensing_label() -> None:
    plan = plan_of(FLAG, ('name = "baclofen"', 'name = "baclofen"\nclass = "opioid"'))
    assert colours_in(opened(plan, "oral-syringe")) == set()
    bottle = FLAG.partition("[preparation]")[0].replace(
        'name = "baclofen"', 'name = "baclofen"\nclass = "opioid"'
    )
    assert colours_in(opened(plan_of(bottle), "dispensing")) == set()
    assert [name for name in shipped_templates() if load_template(name).class_colour] == ["syringe"]


@pytest.mark.parametrize("name", [name for name in shipped_templates() if name != "syringe"])
def test_r90_no_other_design_can_be_given_a_class_colour(name: str, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(f"{template_text(name)}\n[class_colour]\nupper_mm = 5\n", encoding="utf-8")
    with pytest.raises(
        BadFile, match="class_colour belongs to labels of kind 'user-applied' and to no other"
    ):
        load_template(path)


@pytest.mark.parametrize("identity", STRIPED)
@pytest.mark.parametrize("name", ["naloxone", "neostigmine", "sugammadex", "flumazenil"])
def test_r87_stripes_are_1_mm_at_45_degrees_and_off_the_name(identity: str, name: str) -> None:
    page = opened(of_class(identity, name))
    stripes = [[(x * MM, y * MM) for x, y in curve["pts"]] for curve in page.curves]
    edges = [
        (math.degrees(math.atan2(y1 - y2, x2 - x1)) % 180, (x1 + y1) / math.sqrt(2))
        for points in stripes
        for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True)
        if math.dist((x1, y1), (x2, y2)) > 0.01 and abs(x1 - x2) > 0.01 and abs(y1 - y2) > 0.01
    ]
    # Rising from lower left to upper right, and from edge to edge across a stripe or a gap 1 mm each.
    assert len(edges) > 10
    assert all(abs(angle - 45) < 0.1 for angle, _ in edges)
    across = sorted({round(where, 1) for _, where in edges})
    assert all(abs(b - a - round(b - a)) < 0.11 for a, b in pairwise(across))
    whole = [points for points in stripes if len(points) == 4 and abs(points[0][1] - points[3][1]) < 5]
    assert whole

    letters = [c for c in page.chars if c["size"] == page.chars[0]["size"]]
    left, right = letters[0]["x0"] * MM, letters[-1]["x1"] * MM
    ends = [(min(x for x, _ in points), max(x for x, _ in points)) for points in stripes]
    before = [end for start, end in ends if end < 20]
    after = [start for start, end in ends if start > 20]
    assert len(before) + len(after) == len(ends)
    assert min(start for start, _ in ends) == pytest.approx(0, abs=0.01)
    assert max(end for _, end in ends) == pytest.approx(40, abs=0.01)
    assert left - max(before) >= 0.5 - 0.001
    assert min(after) - right >= 0.5 - 0.001
    assert max(before) >= 0.15 * 40 - 0.001
    assert 40 - min(after) >= 0.15 * 40 - 0.001
    heights = [y for points in stripes for _, y in points]
    assert min(heights) == pytest.approx(0, abs=0.01)
    assert 0.2 * 15 <= max(heights) <= 7.5


def test_r87_a_name_that_leaves_no_room_for_stripes_is_refused() -> None:
    with pytest.raises(LiquidoseError) as fault:
        opened(of_class("hypotensive", "nitroprusside sodium"))
    assert str(fault.value) == (
        "The text of 'drug_name' does not fit: at 10.8\u00a0pt, the smallest allowed, it is 3.7\u00a0mm too high. "
        "Shorten it, or use a larger label."
    )


def test_r88_relaxant_reversal_alone_has_a_line_across_below_the_name() -> None:
    for identity in CLASSES:
        page = opened(of_class(identity, "neostigmine" if identity in STRIPED else "drug"))
        across = [line for line in page.lines if line["x0"] < 0.01 and line["x1"] * MM > 39.99]
        if identity != "relaxant_reversal":
            assert not across, identity
            continue
        (line,) = across
        name = [c for c in page.chars if c["size"] == page.chars[0]["size"]]
        assert line["top"] * MM == pytest.approx(5.65, abs=0.01)
        assert line["top"] > max(c["bottom"] for c in name) - 0.25 * name[0]["size"]


@pytest.mark.parametrize("identity", ["suxamethonium", "adrenaline"])
def test_r88_suxamethonium_and_adrenaline_are_white_on_a_black_plate_across_the_upper_part(
    identity: str,
) -> None:
    page = opened(of_class(identity, identity))
    (plate,) = [r for r in page.rects if fill_of(r) == (0, 0, 0)]
    assert (plate["x0"], plate["top"]) == pytest.approx((0, 0), abs=0.01)
    assert plate["width"] * MM == pytest.approx(40, abs=0.01)
    assert 5 < plate["height"] * MM <= 7.5
    whites = "".join(c["text"] for c in page.chars if fill_of(c) == (1, 1, 1))
    assert whites == identity.capitalize()
    assert all(c["bottom"] <= plate["bottom"] for c in page.chars if c["text"] in whites and c["size"] > 9)


def test_r177_text_on_colour_is_black_but_on_the_plate() -> None:
    for identity in CLASSES:
        letters = opened(of_class(identity, "drug")).chars
        dark = {fill_of(c) for c in letters if c["size"] < 9}
        assert dark == {(0,)}, identity


@pytest.mark.parametrize("identity", [None, *CLASSES])
def test_r91_r174_the_label_reads_in_grey(identity: str | None) -> None:
    plan = plan_of(SYRINGE) if identity is None else of_class(identity)
    grey = picture(plan)
    words = opened(plan).extract_words()
    assert len(words) > 5
    for word in words:
        box = [round(word[side] * MM * DPMM) for side in ("x0", "top", "x1", "bottom")]
        values = grey.crop(box).getextrema()
        dark, light = (((v / 255 + 0.055) / 1.055) ** 2.4 if v > 10 else v / 255 / 12.92 for v in values)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, word["text"]


@pytest.mark.parametrize("identity", CLASSES)
def test_r91_on_a_printer_of_black_dots_all_but_the_name_is_as_without_a_class(identity: str) -> None:
    plain, coloured = plan_of(SYRINGE), of_class(identity)
    dots = [picture(plan).resize((320, 120)).convert("1") for plan in (plain, coloured)]  # 8 dots to the mm
    small = [word for word in opened(plain).extract_words(extra_attrs=["size"]) if word["size"] < 9]
    assert len(small) > 5
    for word in small:
        box = [round(word[side] * MM * 8) for side in ("x0", "top", "x1", "bottom")]
        one, other = (bytes(picture.crop(box).convert("L").tobytes()) for picture in dots)
        differing = sum(a != b for a, b in zip(one, other, strict=True))
        assert differing < 0.1 * len(one), word["text"]


# What a user-applied label is refused for


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [("prepared = 2026-02-03T14:30:00\ndiscard_at = 2026-02-04T09:05:00", "")],
            "The label 'syringe' must show more than this order gives. "
            "Give preparation.prepared and preparation.discard_at.",
        ),
        (
            [("discard_at = 2026-02-04T09:05:00", "")],
            "The label 'syringe' must show more than this order gives. Give preparation.discard_at.",
        ),
        (
            [('dose = "10 mg"', 'dose = "1 mL"')],
            "The label 'syringe' must show more than this order gives. "
            "Give directions.dose as an amount of drug and not in mL.",
        ),
        (
            [("by injection", "by mouth")],
            "The label 'syringe' is for doses by injection, and this one is given by mouth. "
            "Use another label design, or correct directions.route.",
        ),
        (
            [
                (
                    'route = "by injection"',
                    'route = "by injection"\nwarnings = ["Give slowly.", "Flush the line"]',
                )
            ],
            "The label 'syringe' has no room for warnings, and this order has: Give slowly. Flush the line. "
            "Use a label that shows them, or resolve each one and take it out of the order.",
        ),
        (
            [('dose = "10 mg"', 'dose = "1000 mg"')],
            "The label 'syringe' is for one filled syringe, and this dose takes 2 fillings. "
            "Stock a larger syringe, or dispense the bottle.",
        ),
        (
            [("discard_at", 'preparer = "Alexandra"\ndiscard_at')],
            "The text of 'preparer' does not fit: at 5\u00a0pt, the smallest allowed, it is 2.7\u00a0mm too wide, for "
            "'Alexandra' is kept on one line. Shorten it, or use a larger label.",
        ),
    ],
)
def test_a_user_applied_label_is_refused_with_reason_and_remedy(
    changes: list[tuple[str, str]], message: str
) -> None:
    with pytest.raises(LiquidoseError) as fault:
        label_pdf(plan_of(SYRINGE, *changes), template="syringe")
    assert str(fault.value) == message


def test_a_warning_of_the_plan_is_never_left_to_the_screen() -> None:
    plan = plan_of(SYRINGE, ("10 mg/mL", "1:1000"), ('dose = "10 mg"', 'dose = "0.5 mg"'))
    assert plan.cautions
    with pytest.raises(LiquidoseError, match="has no room for warnings, and this order has: "):
        label_pdf(plan, template="syringe")


SHIPPED = template_text("syringe")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("width_mm = 40", "width_mm = 41", "width_mm of a user-applied label must be from 25 to 40"),
        ("height_mm = 15", "height_mm = 15.5", "height_mm of a user-applied label must be from 10 to 15"),
        (
            "floor_pt = 10.8",
            "floor_pt = 10.5",
            "drug_name must be bold, its capitals at least 2.5 mm high at floor_pt",
        ),
        (
            "box_mm = [1, 0.7, 38, 4.95]",
            "box_mm = [1, 0.7, 38, 5]",
            "class_colour.upper_mm must enclose drug_name and end in the upper half",
        ),
        ("upper_mm = 5.65", "upper_mm = 7.6", "class_colour.upper_mm must enclose drug_name"),
        (
            "upper_mm = 5.65",
            "upper_mm = 5.75",
            "nothing but drug_name may stand within class_colour.upper_mm",
        ),
        (
            'field = "diluent"\nbox_mm = [0.7, 5.7, 29.9, 1.8]\nsize_pt = 5\nfloor_pt = 5\n\n[[text]]  # by which two '
            'prints of one label are known to be the same\nfield = "id"\nbox_mm = [30.65, 5.7, 8.65, 1.8]\n'
            'align = "centre"\nsize_pt = 5\nfloor_pt = 5\n\n[[text]]\nfield = "concentration"\n'
            "box_mm = [0.7, 7.5, 25.3, 2.8]",
            'field = "concentration"\nbox_mm = [0.7, 7.4, 25.3, 2.8]',
            "drug_name must stand in the upper half and concentration in the lower",
        ),
        ('routes = ["injection"]', "", "routes of a user-applied label must be ['injection']"),
        (
            'floor_pt = 10.8\nbold = true\nmissing = "refuse"',
            "floor_pt = 10.8\nbold = true",
            "a user-applied label must demand drug_name",
        ),
        ('left_out = ["patient"', 'left_out = ["cautions", "patient"', "left_out must not hide cautions"),
        ('kind = "user-applied"', 'kind = "dispensed"', "left_out must not hide direction, drug, strength"),
    ],
)
def test_a_site_s_design_keeps_to_iso_26825(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in SHIPPED
    path = tmp_path / "own.toml"
    path.write_text(SHIPPED.replace(old, new), encoding="utf-8")
    with pytest.raises(BadFile) as fault:
        load_template(path)
    assert message in str(fault.value)


def test_the_time_of_a_syringe_stands_on_no_bottle() -> None:
    with pytest.raises(LiquidoseError) as fault:
        label_pdf(plan_of(FLAG), template="dispensing")
    assert str(fault.value) == (
        "The label 'dispensing' is not for a filled syringe, and this order says when one was prepared. "
        "Use the label 'syringe' or 'oral-syringe', or take the preparation out of the order."
    )
    bottle = load_template("dispensing")
    with pytest.raises(ValueError, match="prepared belongs to labels of kind"):
        msgspec.structs.replace(bottle, left_out=("prepared",)).__post_init__()


# The flag on an oral syringe


def left_leaf(page: Any) -> Any:
    left, top, _, bottom = page.bbox
    return page.crop((left, top, 27.75 / MM, bottom))


def test_the_flag_shows_patient_drug_dose_in_mg_and_ml_route_times_and_initials() -> None:
    text = FLAG + 'preparer = "AB"\nchecker = "CD"\n'
    plan = plan_of(
        text, ("[directions]", '[directions]\nwarnings = ["Do not stop suddenly"]\ntimes = ["noon"]')
    )
    page = opened(plan, "oral-syringe")
    assert (round(page.width * MM, 3), round(page.height * MM, 3)) == (63.5, 33.8)
    left = lines_on(left_leaf(page))
    assert left == [
        "Sam Example",
        "born 09 Mar 2014",
        "MRN 0012345",
        "baclofen",
        "5 mg in 5 mL (1 mg per mL)",
        "Dose 5 mg",
        "Volume 5 mL",
        "For oral use only",
    ]
    right = lines_on(page.crop((35.75 / MM, *page.bbox[1:])))
    assert right[:5] == [
        "Give 5 mL by mouth",
        "at noon.",
        "• Do not stop suddenly.",
        "Prepared 23 Nov 2026 08:15",
        "Discard 23 Nov 2026 20:00",
    ]
    assert set(right[5:]) == {"Made", "AB", "Checked", "CD"}


def test_r81_nothing_but_the_fold_stands_where_the_plunger_goes() -> None:
    page = opened(plan_of(FLAG), "oral-syringe")
    middle = page.crop((27.75 / MM, page.bbox[1], 35.75 / MM, page.bbox[3]))
    assert lines_on(middle) == ["Fold"]
    (fold,) = [line for line in page.lines if line["x0"] == line["x1"]]
    assert fold["x0"] * MM == pytest.approx(63.5 / 2, abs=0.01)


def test_a_flag_for_a_feeding_tube_says_so() -> None:
    shown = lines_on(opened(plan_of(FLAG, ("by mouth", "by tube")), "oral-syringe"))
    assert any(line.startswith("For feeding tube use only") for line in shown)
    assert not any("oral" in line for line in shown)


def test_a_rounded_dose_stands_on_the_flag_as_it_is_given() -> None:
    plan = plan_of(FLAG, ('dose = "5 mg"', 'dose = "5.06 mg"'))
    shown = " ".join(lines_on(opened(plan, "oral-syringe")))
    assert "Dose 5 mg" in shown
    assert "5.06" not in shown


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [('birth_date = 2014-03-09\nid = "MRN 0012345"', "")],
            "The label 'oral-syringe' must show more than this order gives. Give patient.birth_date or patient.id.",
        ),
        (
            [("prepared = 2026-11-23T08:15:00\ndiscard_at = 2026-11-23T20:00:00", "")],
            "The label 'oral-syringe' must show more than this order gives. "
            "Give preparation.prepared and preparation.discard_at.",
        ),
        (
            [('dose = "5 mg"', 'dose = "5 mL"')],
            "The label 'oral-syringe' must show more than this order gives. "
            "Give directions.dose as an amount of drug and not in mL.",
        ),
        (
            [("by mouth", "by injection")],
            "The label 'oral-syringe' is for doses by mouth or through the feeding tube, and this one is given "
            "by injection. Use another label design, or correct directions.route.",
        ),
        (
            [('dose = "5 mg"', 'dose = "90 mg"')],
            "The label 'oral-syringe' is for one filled syringe, and this dose takes 2 fillings. "
            "Stock a larger syringe, or dispense the bottle.",
        ),
        (
            [("discard_at", 'diluent = "water"\ndiluent_volume = "5 mL"\ndiscard_at')],
            "The label 'oral-syringe' has no place for the text of 'diluent'. Use another label design, or name it "
            "in the design's 'left_out' if it need not be there.",
        ),
        (
            [
                (
                    "route",
                    'warnings = ["' + "This is important. " * 10 + '", "Keep it cool", "Keep it dark"]\n'
                    'as_needed = "pain"\nevery = "6 hours"\nmax_per_day = "4 doses"\nroute',
                )
            ],
            "The texts of 'direction' and 'cautions' do not fit together: at 6 and 5\u00a0pt, the smallest allowed, "
            "they are 9.3\u00a0mm too high. Shorten 'cautions', the longest, or use a larger label.",
        ),
    ],
)
def test_a_flag_is_refused_with_reason_and_remedy(changes: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(LiquidoseError) as fault:
        label_pdf(plan_of(FLAG, *changes), template="oral-syringe")
    assert str(fault.value) == message


@pytest.mark.parametrize(
    ("patient", "drug"),
    [
        ("Wolfeschlegelsteinhausen Example", "sulfamethoxazole and trimethoprim oral suspension"),
        (
            "Maria-Theresia van den Hoogenband-Example",
            "amoxicillin and clavulanate potassium oral suspension",
        ),
        ("Nguyễn Thị Minh Example", "phenoxymethylpenicillin potassium oral solution, sugar free"),
    ],
)
def test_long_names_stand_whole_on_the_flag(patient: str, drug: str) -> None:
    plan = plan_of(FLAG, ("Sam Example", patient), ('"baclofen"', f'"{drug}"'))
    shown = " ".join(lines_on(left_leaf(opened(plan, "oral-syringe"))))
    assert patient in shown
    assert drug in shown


# The order


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "2026-02-03T14:30:00",
            "2026-02-03T14:30:00Z",
            "preparation: a time is local and to the minute, such as 2026-02-03T14:30:00. Correct it there.",
        ),
        (
            "2026-02-03T14:30:00",
            "2026-02-03T14:30:20",
            "preparation: a time is local and to the minute, such as 2026-02-03T14:30:00. Correct it there.",
        ),
        (
            "2026-02-04T09:05:00",
            "2026-02-03T14:30:00",
            "preparation: discard_at must be later than prepared. Correct it there.",
        ),
        (
            "[preparation]",
            '[preparation]\npreparer = "AB"\nchecker = "AB"',
            "preparation: preparer and checker are the same; a second person checks. Correct it there.",
        ),
        (
            "[preparation]",
            '[preparation]\ndiluent = "water"',
            "preparation: diluent and diluent_volume belong together. Correct it there.",
        ),
        (
            "[preparation]",
            '[preparation]\ndiluent = "water"\ndiluent_volume = "0 mL"',
            "The volume of diluent '0 mL' is nothing. Leave out preparation.diluent and its volume.",
        ),
        (
            "[preparation]",
            "[dispense]\ndiscard_after = 2026-02-03\n[preparation]",
            "preparation.discard_at is later than dispense.discard_after. Correct it there.",
        ),
        (
            'strength = "10 mg/mL"',
            'strength = "10 mg/mL"\nclass = "opiod"',
            "There is no drug class 'opiod'. Did you mean 'opioid'?",
        ),
        (
            "[preparation]",
            '[preparation]\npreparer = " "',
            "preparation.preparer is empty. Correct it there.",
        ),
    ],
)
def test_r83_r139_faults_of_a_preparation_are_told_by_place(old: str, new: str, message: str) -> None:
    with pytest.raises(BadFile) as fault:
        plan_of(SYRINGE, (old, new))
    assert str(fault.value).removeprefix("order.toml").lstrip(":, ").removeprefix("drug: ") == message


@pytest.mark.parametrize(
    ("diluent", "volume"),
    [
        *(("water", volume) for volume in ("8", ".5 mL", "5 mg", "1,5 mL")),
        *(
            (name, "8 mL")
            for name in ("saline .9 %", "saline 0,9%", "saline %", "water, 2 tsp", "water 10 mL")
        ),
    ],
)
def test_a_diluent_is_read_as_strictly_as_a_dose(diluent: str, volume: str) -> None:
    with pytest.raises(LiquidoseError):
        plan_of(SYRINGE + f'diluent = "{diluent}"\ndiluent_volume = "{volume}"\n')


def test_a_diluent_s_percentage_is_written_safely() -> None:
    text = (
        'locale = "de-DE"'
        + SYRINGE
        + 'diluent = "glucose 5,0% and saline 0,45 %"\ndiluent_volume = "9,0 mL"\n'
    )
    assert "with 9 mL glucose 5 % and saline 0.45 %" in lines_on(opened(plan_of(text)))


# Stock


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("syringe", ["herma-4201", "avery-5195", "iso26825-max", "zebra-2x1in"]),
        ("oral-syringe", ["avery-l7160", "avery-l7159", "avery-5163", "uk-dispensing-70x35", "zebra-3x2in"]),
    ],
)
def test_each_design_goes_on_the_stocks_its_page_names(template: str, names: list[str]) -> None:
    design = load_template(template)
    page = (EXAMPLES.parent.parent / "docs" / "labels-syringe.md").read_text(encoding="utf-8")
    for name in names:
        stock = stock_of(name)
        assert design.width_mm <= stock.label_width_mm
        assert design.height_mm <= stock.label_height_mm
        assert f"`{name}`" in page
    assert {stock_of(name).paper for name in names} == {"A4", "Letter", "roll"}


# As each user would


@pytest.mark.parametrize(("example", "template"), [("morphine", "syringe"), ("baclofen", "oral-syringe")])
@pytest.mark.usefixtures("bare_environment")
def test_the_examples_make_their_labels_twice_alike(example: str, template: str, tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        result = CliRunner().invoke(
            main,
            ["label", str(EXAMPLES / f"{example}.toml"), "--template", template, "-o", str(tmp_path / name)],
        )
        assert result.exit_code == 0, result.stderr
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    note = (
        "The colour of 'Opioids' is printed on a user-applied syringe label only, and only near Pantone 297."
    )
    assert (note in result.output) == (example == "morphine")


@pytest.mark.usefixtures("bare_environment")
def test_a_refusal_writes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "label.pdf"
    result = CliRunner().invoke(
        main, ["label", str(EXAMPLES / "baclofen.toml"), "--template", "syringe", "-o", str(target)]
    )
    assert result.exit_code == 3
    assert not target.exists()
