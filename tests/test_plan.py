"""make_plan(): the words for paper, and what no label is printed for."""

from __future__ import annotations

from fractions import Fraction

import pytest
from course_orders import order_of

from liquidose import LiquidoseError
from liquidose.fields import texts_of
from liquidose.files import decode_toml
from liquidose.orders.order import Order
from liquidose.plan import Plan, make_plan
from liquidose.site import Pharmacy, Site

SMALL = """
[patient]
name = "Sam Example"
[drug]
name = "baclofen"
strength = "5 mg/5 mL"
form = "oral solution"
[directions]
dose = "5 mg"
"""


def plan(text: str = SMALL, site: Site | None = None, **changes: str) -> Plan:
    for key, value in changes.items():
        text = text.replace(f"{key} = ", f"{key} = {value} # ", 1)
    return make_plan(decode_toml(text, Order, name="order.toml"), site)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", "_")


def test_the_direction_is_in_ml_only_and_the_strength_on_its_own_line() -> None:
    made = plan(SMALL + 'times = ["morning", "noon", "bedtime"]\nwith = "food"\npurpose = "stiffness"\n')
    assert plain(made.direction) == (
        "Give 5 mL by mouth in the morning, at noon and at bedtime, with food, for stiffness."
    )
    assert plain(made.strength) == "5 mg in 5 mL (1 mg per mL)"
    assert plain(made.fill) == "Fill a 5 mL oral syringe to the 5 mL line."
    assert made.drug == "baclofen oral solution"
    assert "mg" not in made.direction + made.fill


def test_every_warning_of_the_plan_is_among_the_cautions() -> None:
    made = plan(
        SMALL.replace('name = "Sam Example"', 'name = "Sam Example"\nweight = "45 kg"'), dose='"2 mg/kg"'
    )
    warned = [w for w in made.warnings if w.level == "warning"]
    assert [w.code for w in warned] == ["no-maximum", "large-volume", "no-times"]
    for warning in warned:
        assert any(plain(warning.text).rstrip(".") in plain(c) for c in made.cautions)


def test_notes_for_the_pharmacist_stay_off_the_paper() -> None:
    made = plan(dose='"7.5 mg"')
    assert [plain(t) for t in made.off_paper] == [
        "The exact dose is 7.5 mL; the nearest line is 7.4 mL, about 1.3 % less."
    ]
    assert not any("7.5" in c for c in made.cautions)


def test_details_are_printed_with_dates_that_cannot_be_misread() -> None:
    made = plan(
        SMALL.replace(
            "[drug]", 'id = "P-1"\nbirth_date = 2014-03-09\n[drug]\nshake = true\nstorage = "keep cool"'
        )
        + 'missed_dose = "Skip it"\n[dispense]\nrx_number = "12"\ndate = 2026-02-03\nprescriber = "Dr A"\n'
        'quantity = "450 ml"\ndiscard_after = 2026-03-04\n[pharmacy]\nname = "Example Pharmacy"\n'
    )
    assert [plain(t) for t in texts_of(made)["details"]] == [
        "Rx 12 · Dispensed 03 Feb 2026 · Prescriber Dr A · Quantity 450 mL · Do not use after 04 Mar 2026"
    ]
    assert texts_of(made)["patient"] == ("Sam Example, born 09\u00a0Mar\u00a02014, P-1",)
    assert texts_of(made)["pharmacy"] == ("Example Pharmacy",)
    assert made.cautions[:3] == ("Shake the bottle well.", "Keep cool.", "Missed dose: Skip it.")


def test_the_weight_used_is_printed() -> None:
    made = plan(
        SMALL.replace('name = "Sam Example"', 'name = "Sam Example"\nweight = "18 kg"'), dose='"0.2 mg/kg"'
    )
    assert plain(texts_of(made)["details"][0]) == "Weight used: 18 kg"
    made = plan(
        SMALL.replace('name = "Sam Example"', 'name = "Sam Example"\nbsa = "0.8 m2"'), dose='"5 mg/m2"'
    )
    assert plain(texts_of(made)["details"][0]) == "Body surface used: 0.8 m²"


def test_the_sites_pharmacy_stock_and_profile_are_used() -> None:
    site = Site(profile="uk", stocked=("oral-10",), pharmacy=Pharmacy(name="Ward 5", phone="555 0100"))
    made = plan(SMALL.replace("5 mg/5 mL", "50 mcg/5 mL"), site, dose='"50 mcg"')
    assert texts_of(made)["pharmacy"] == ("Ward 5 · 555\u00a00100",)
    assert plain(made.strength) == "50 micrograms in 5 mL (10 micrograms per mL)"
    assert made.measured.syringe.id == "oral-10"


def test_numbers_are_read_by_the_files_own_locale_and_no_other() -> None:
    german = 'locale = "de-DE"\n' + SMALL.replace('"5 mg"', '"2,5 mg"')
    assert plan(german).measured.ml == Fraction(5, 2)
    with pytest.raises(LiquidoseError):
        plan(SMALL.replace('"5 mg"', '"2,5 mg"'), Site(locale="de-DE"))


def test_an_order_by_volume_computes_no_amount() -> None:
    made = plan(SMALL.replace("5 mg/5 mL", "125 mg/31 mg in 5 mL").replace('"5 mg"', '"5 mL"'))
    assert made.strength == "125 mg/31 mg in 5 mL"
    assert made.conversion.strength is None
    assert made.measured.dose_given is None
    assert "ordered-by-volume" in {w.code for w in made.warnings}
    assert "mg" not in made.direction + made.fill


def test_a_combination_by_amount_names_its_component() -> None:
    text = SMALL.replace("5 mg/5 mL", "400 mg/57 mg/5 mL").replace('"5 mg"', '"400 mg"')
    assert plan(text.replace("[drug]", '[drug]\ncomponent = "first"')).measured.ml == 5
    with pytest.raises(LiquidoseError, match="more than one amount"):
        plan(text)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"dose": '"0.05 mg"'},
            "0.05 mL is too little for a 1 mL oral syringe, whose scale alone may be out by 0.016 mL (32 %). "
            "Use a 0.5 mL oral syringe, or a strength near 0.1 mg per mL. No label is printed for it. "
            "An [[override]] of 'rounding' and 'scale-tolerance' and 'tiny-volume' in the order, with reason and by, "
            "would pass it.",
        ),
        (
            {"strength": '"5mg/5mL Vial"', "form": '"solution"'},
            "No syringe was chosen: its words say vial, and no route is stated. State the route: oral, tube, "
            "injection. Write the route in directions.route.",
        ),
        (
            {"strength": '"5 mg vial + 5 mL water"'},
            "The strength '5 mg vial + 5 mL water' leaves out the volume of the powder. "
            "Give the displacement or the final volume, such as ', displacement 0.4 mL'.",
        ),
        (
            {"name": '"insulin lispro"\n[drug]\nname = "insulin lispro"'},
            None,
        ),
    ],
)
def test_no_label_without_a_safe_measured_dose(changes: dict[str, str], message: str | None) -> None:
    if message is None:
        text = SMALL.replace("baclofen", "insulin lispro").replace("oral solution", "injection")
        text = text.replace("5 mg/5 mL", "100 units/mL").replace(
            '"5 mg"', '"20 units"\nroute = "by injection"'
        )
        with pytest.raises(LiquidoseError, match="Insulin is dosed in units"):
            plan(text)
        return
    with pytest.raises(LiquidoseError) as caught:
        plan(SMALL, None, **changes)
    assert plain(str(caught.value)) == message


def test_a_form_that_contradicts_the_route_is_refused() -> None:
    with pytest.raises(LiquidoseError, match="does not go with the route 'injection'"):
        plan(SMALL + 'route = "by injection"\n')


def test_a_stated_route_decides_the_device() -> None:
    assert plan(SMALL + 'route = "by tube"\n').measured.syringe.kind == "enfit"


@pytest.mark.parametrize(
    ("strength", "dose"),
    [("10mg/2mL Vial", "1 mL"), ("100 units/mL", "0.5 mL"), ("banana", "5 mL"), ("", "5 mL")],
)
def test_an_order_by_volume_heeds_what_its_strength_says(strength: str, dose: str) -> None:
    text = (
        SMALL.replace("oral solution", "solution")
        .replace("5 mg/5 mL", strength)
        .replace('"5 mg"', f'"{dose}"')
    )
    with pytest.raises(LiquidoseError):
        plan(text)


def test_a_label_carries_no_ratio_and_says_that_the_times_are_missing() -> None:
    made = plan(SMALL.replace("5 mg/5 mL", "1:1000") + 'route = "by mouth"\n', dose='"1 mg"')
    assert plain(made.strength) == "1 mg per mL"
    assert "The order does not say how often: ask the pharmacist." in made.cautions


def test_an_insulin_ordered_by_volume_goes_in_no_other_syringe() -> None:
    text = SMALL.replace("baclofen", "insulin lispro").replace("oral solution", "injection")
    text = text.replace("5 mg/5 mL", "100 units/mL").replace('"5 mg"', '"0.2 mL"\nroute = "by injection"')
    with pytest.raises(LiquidoseError, match="Insulin is dosed in units"):
        plan(text)


def test_a_limit_is_printed_in_the_words_of_the_sites_profile() -> None:
    text = SMALL.replace("5 mg/5 mL", "50 mcg/mL").replace('"5 mg"', '"5 mcg/kg (max 100 mcg)"')
    text = text.replace('name = "Sam Example"', 'name = "Sam Example"\nweight = "40 kg"')
    limited = "Each dose is limited to 100 {} (would be 200 {})."
    for profile, word in (("us", "mcg"), ("uk", "micrograms")):
        made = plan(text, Site(profile=profile))  # type: ignore[arg-type]
        assert limited.format(word, word) in map(plain, made.cautions)


def test_the_first_day_of_a_course_stands_on_its_label() -> None:
    course = 'times_a_day = 3\nfor_days = 7\nthen = "stop"\n'
    made = plan(SMALL + course + "start = 2026-12-29\n")
    assert "The first day is 29 Dec 2026." in [plain(caution) for caution in made.cautions]
    assert not any("first day" in caution for caution in plan(SMALL + course).cautions)


SHORT = 'dose = "250 mg"\nevery = "8 hours"\nfor_days = 10\nstart = 2026-11-23\nthen = "stop"\n[dispense]\ndate = 2026-11-22\n'


@pytest.mark.parametrize(
    ("dispense", "said"),
    [
        ('quantity = "150 mL"', []),
        (
            'quantity = "149 mL"',
            ["149 mL do not last to the end of the course on 02 Dec 2026: it needs 150 mL."],
        ),
        ("discard_after = 2026-12-02", []),
        (
            "discard_after = 2026-12-01",
            [
                "The pack may be used to 01 Dec 2026 (dispense.discard_after), and the last dose is on 02 Dec 2026. "
                "Another pack is needed for the days between."
            ],
        ),
    ],
)
def test_a_label_for_days_that_what_is_dispensed_does_not_cover_tells_the_pharmacist(
    dispense: str, said: list[str]
) -> None:
    made = make_plan(order_of(SHORT + dispense, strength="250 mg/5 mL"))
    assert [plain(w.text) for w in made.warnings if w.code in {"quantity-short", "too-old"}] == said
    assert [plain(text) for text in made.off_paper][1:] == said
    assert not {*said} & {plain(text) for text in made.cautions}


@pytest.mark.parametrize("days", ["", 'for_days = 3\nthen = "stop"\n'])
def test_a_label_in_ml_with_the_number_of_the_mg_tells_the_pharmacist(days: str) -> None:
    made = make_plan(order_of(f'dose = "50 mL"\ntimes = ["morning"]\n{days}', strength="250 mg/5 mL"))
    assert [plain(w.text) for w in made.warnings if w.code == "mg-or-ml"] == [
        "The order: 50 mL is ordered from a bottle of 250 mg in 5 mL (50 mg per mL), and holds 2_500 mg. "
        "Check that mL and not mg was meant."
    ]
    assert not [text for text in made.cautions if "meant" in text]
    other = make_plan(order_of(f'dose = "25 mL"\ntimes = ["morning"]\n{days}', strength="250 mg/5 mL"))
    assert "mg-or-ml" not in {w.code for w in other.warnings}
