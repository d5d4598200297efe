"""The sentences a carer acts on."""

from __future__ import annotations

from fractions import Fraction

import pytest

from liquidose.devices.measuring import Measured, measure
from liquidose.devices.syringes import Route
from liquidose.directions import Often, answer, direction, filling, joined, manner


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def measured(volume: str, *syringes: str, route: Route = "oral", insulin: Fraction | None = None) -> Measured:
    return measure(volume, route=route, syringes=syringes or None, insulin=insulin)


@pytest.mark.parametrize(
    ("volume", "syringes", "words"),
    [
        ("5 mL", (), "Fill a 5 mL oral syringe to the 5 mL line."),
        (
            "12 mL",
            ("oral-5", "oral-10"),
            "Each dose is 12 mL. Fill a 10 mL oral syringe to the 6 mL line and give it. "
            "Fill it to the 6 mL line again and give it.",
        ),
        (
            "13 mL",
            ("oral-5", "oral-10"),
            "Each dose is 13 mL. Fill a 10 mL oral syringe to the 10 mL line and give it. "
            "Then fill it to the 3 mL line and give it.",
        ),
        (
            "30 mL",
            ("oral-10",),
            "Each dose is 30 mL. Fill a 10 mL oral syringe to the 10 mL line and give it. "
            "Fill it to the 10 mL line again and give it. Fill it to the 10 mL line once more and give it.",
        ),
    ],
)
def test_filling_says_each_filling(volume: str, syringes: tuple[str, ...], words: str) -> None:
    assert plain(filling(measured(volume, *syringes))) == words


def test_filling_of_insulin_is_in_units() -> None:
    words = filling(measured("0.2 mL", route="injection", insulin=Fraction(100)))
    assert plain(words) == "Fill a 0.3 mL U-100 insulin syringe to the 20 unit line (0.2 mL)."


@pytest.mark.parametrize("volume", ["5 mL", "12 mL", "13 mL", "30 mL", "7.5 mL"])
def test_the_word_times_and_the_letter_x_are_kept_for_times_of_day(volume: str) -> None:
    words = filling(measured(volume, "oral-10"))
    assert "times" not in words
    assert " x " not in words
    assert "×" not in words


def test_answer_names_the_bottle_and_says_what_rounding_changed() -> None:
    bottle = "5 mg in 5 mL (1 mg per mL)"
    assert plain(answer(bottle, Fraction(5), measured("5 mL"))) == (
        "From the bottle marked 5 mg in 5 mL (1 mg per mL): for each dose, "
        "fill a 5 mL oral syringe to the 5 mL line."
    )
    rounded = plain(answer(bottle, Fraction(51, 10), measured("5.1 mL", "oral-10")))
    assert rounded.endswith("to the 5 mL line, which gives 5 mL (about 2 % less than ordered).")
    twice = plain(answer(bottle, Fraction(121, 10), measured("12.1 mL", "oral-10")))
    assert twice.endswith("Together this gives 12 mL (about 0.8 % less than ordered).")


def test_answer_without_a_syringe_gives_the_volume_and_no_filling() -> None:
    words = plain(answer("5,000 units per mL", Fraction(10, 3), None, container="vial"))
    assert words == "From the vial marked 5,000 units per mL: each dose is about 3.33 mL."


@pytest.mark.parametrize(
    ("times", "a_day", "with_", "words"),
    [
        (("morning", "noon", "bedtime"), None, "food", "in the morning, at noon and at bedtime, with food."),
        (("evening",), None, "with milk.", "in the evening, with milk."),
        ((), 1, None, "once a day."),
        ((), 2, None, "twice a day."),
        ((), 4, None, "4 times a day."),
    ],
)
def test_direction_is_in_ml_and_in_parts_of_the_day(
    times: tuple[str, ...], a_day: int | None, with_: str | None, words: str
) -> None:
    often = Often(times=times, times_a_day=a_day)
    given = direction(Fraction(5), "oral", often=often, with_words=with_)
    assert plain(given) == f"Give 5 mL by mouth {words}"


def test_direction_names_the_route() -> None:
    assert plain(direction(Fraction(5), "tube", purpose="for pain.")) == (
        "Give 5 mL through the feeding tube, for pain."
    )
    assert plain(direction(Fraction(1), "injection")) == "Give 1 mL by injection."


@pytest.mark.parametrize(
    ("often", "words"),
    [
        (Often(every=8), "Give 5 mL by mouth every 8 hours, for 3 days, with food, for pain."),
        (Often(every=1), "Give 5 mL by mouth every hour, for 3 days, with food, for pain."),
        (Often(as_needed=True), "Give 5 mL by mouth as needed for pain, for 3 days, with food."),
        (
            Often(as_needed=True, times=("bedtime",), most=1),
            "Give 5 mL by mouth at bedtime as needed for pain, for 3 days, with food. "
            "Give no more than 1 dose (5 mL) in 24 hours.",
        ),
        (
            Often(as_needed=True, times_a_day=3),
            "Give 5 mL by mouth up to 3 times a day as needed for pain, for 3 days, with food.",
        ),
        (
            Often(as_needed=True, every=6, most=4),
            "Give 5 mL by mouth as needed for pain, for 3 days, with food. Leave at least 6 hours between doses. "
            "Give no more than 4 doses (20 mL) in 24 hours.",
        ),
        (
            Often(as_needed=True, every=1),
            "Give 5 mL by mouth as needed for pain, for 3 days, with food. Leave at least 1 hour between doses.",
        ),
    ],
)
def test_an_interval_and_a_dose_as_needed_are_said_in_whole(often: Often, words: str) -> None:
    said = direction(Fraction(5), "oral", often=often, with_words="food", purpose="for pain", for_days=3)
    assert plain(said) == words


def test_the_manner_of_a_course_says_what_is_needed_and_leaves_what_is_planned_to_its_steps() -> None:
    assert plain(manner("oral", Fraction(5), often=Often(every=8), with_words="food", purpose="pain")) == (
        "Give by mouth, with food, for pain."
    )
    assert plain(
        manner("oral", Fraction(5), often=Often(as_needed=True, every=8, most=3), purpose="pain")
    ) == (
        "Give by mouth as needed for pain. Leave at least 8 hours between doses. "
        "Give no more than 3 doses (15 mL) in 24 hours."
    )


def test_lists_are_joined_as_people_say_them() -> None:
    assert joined(["a"]) == "a"
    assert joined(["a", "b", "c"]) == "a, b and c"
