"""The drug classes of ISO 26825: where the colours come from, and that black reads on each of them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from liquidose.devices.drug_classes import DrugClass, class_of, drug_classes, geometry, stripes
from liquidose.errors import UnreadableText

CLASSES = [pytest.param(one, id=one.id) for one in drug_classes() if one.confirmed]
Linear = tuple[float, float, float]


def linear(rgb: tuple[int, int, int]) -> Linear:
    """The light of a screen colour (WCAG 2.1, relative luminance)."""
    parts = [c / 255 for c in rgb]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return red, green, blue


def luminance(light: Linear) -> float:
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def black_on(light: Linear) -> float:
    return (luminance(light) + 0.05) / 0.05


def seen_as(rows: tuple[Linear, Linear, Linear]) -> Callable[[Linear], Linear]:
    def seen(light: Linear) -> Linear:
        red, green, blue = (
            min(max(sum(a * b for a, b in zip(row, light, strict=True)), 0), 1) for row in rows
        )
        return red, green, blue

    return seen


# Machado, Oliveira and Fernandes, IEEE Trans Vis Comput Graph 2009;15:1291, severity 1.
EYES = {
    "typical": lambda light: light,
    "protan": seen_as(
        (
            (0.152286, 1.052583, -0.204868),
            (0.114503, 0.786281, 0.099216),
            (-0.003882, -0.048116, 1.051998),
        )
    ),
    "deutan": seen_as(
        (
            (0.367322, 0.860646, -0.227968),
            (0.280085, 0.672501, 0.047413),
            (-0.011820, 0.042940, 0.968881),
        )
    ),
}


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("one", CLASSES)
def test_r174_r176_r177_black_reads_on_every_class_colour_for_all_eyes(one: DrugClass, eyes: str) -> None:
    # Red is dark to a protan eye (4.1 to 1): the name there is large and bold, and the small print has white beneath.
    least = 4 if (one.colour, eyes) == ("red", "protan") else 4.5
    assert black_on(EYES[eyes](linear(one.rgb))) >= least


@pytest.mark.parametrize("one", CLASSES)
def test_r177_the_stated_contrasts_are_those_of_the_colour(one: DrugClass) -> None:
    black = black_on(linear(one.rgb))
    if one.contrast_black is not None and one.contrast_white is not None:
        assert black == pytest.approx(float(one.contrast_black), abs=0.01)
        assert 21 / black == pytest.approx(float(one.contrast_white), abs=0.01)
    if one.colour != "white":
        assert 21 / black < 4.5


def test_r89_each_class_names_its_pantone_and_where_its_approximation_comes_from() -> None:
    found = {one.id: one.pantone for one in drug_classes()}
    assert found["induction"] == "Process Yellow C"
    assert found["relaxant"] == "Warm Red"
    numbered = {
        "benzodiazepine": "151", "opioid": "297", "vasopressor": "256", "local_anaesthetic": "401",
        "anticholinergic": "367", "antiemetic": "156",
    }  # fmt: skip
    assert numbered.items() <= found.items()
    assert all(one.hex_source in {"divi-app", "definition"} for one in drug_classes() if one.confirmed)


def test_r89_a_colour_is_said_to_be_near_and_never_to_be_the_standard_s() -> None:
    assert class_of("opioid").note == (
        "The colour of 'Opioids' is printed on a user-applied syringe label only, and only near Pantone 297"
    )
    assert class_of("miscellaneous").note.endswith("only white")
    assert class_of("adrenaline").note.endswith(
        "near Pantone 256: black-bar form read in the UK 2014/2016 review; the 2020 edition revised this label and "
        "its new form was not read"
    )
    assert not any("ISO RGB" in one.note for one in drug_classes())


def test_antagonists_have_the_colour_of_what_they_oppose() -> None:
    for one, other in (
        ("benzodiazepine_antagonist", "benzodiazepine"),
        ("relaxant_reversal", "relaxant"),
        ("opioid_antagonist", "opioid"),
        ("hypotensive", "vasopressor"),
    ):
        assert class_of(one).rgb == class_of(other).rgb
        assert (class_of(one).pattern, class_of(other).pattern) == ("stripes", "solid")


def test_every_class_that_may_be_used_has_a_pattern_that_is_drawn() -> None:
    assert {one.pattern for one in drug_classes() if one.confirmed} == {"solid", "stripes", "reverse_plate"}


def test_the_figures_of_the_standard_are_exact() -> None:
    assert list(map(int, geometry().label_length_mm)) == [25, 40]
    assert list(map(int, geometry().label_width_mm)) == [10, 15]
    assert geometry().name_min_letter_height_mm * 2 == 5
    assert stripes().min_striped_share_each_side * 100 == 15
    assert stripes().min_striped_share_of_width * 5 == 1


@pytest.mark.parametrize(
    ("identity", "message"),
    [
        ("opiod", "There is no drug class 'opiod'. Did you mean 'opioid'?"),
        (
            "blue",
            "There is no drug class 'blue'. There are: induction, benzodiazepine, benzodiazepine_antagonist, relaxant, "
            "suxamethonium, relaxant_reversal, opioid, opioid_antagonist, vasopressor, adrenaline, hypotensive, "
            "local_anaesthetic, anticholinergic, antiemetic, miscellaneous.",
        ),
        (
            "heparin",
            "The colour of the drug class 'heparin' could not be confirmed for ISO 26825. "
            "Leave the class out: the label is then black on white.",
        ),
    ],
)
def test_a_class_that_cannot_be_shown_is_refused(identity: str, message: str) -> None:
    with pytest.raises(UnreadableText) as fault:
        class_of(identity)
    assert str(fault.value) == message


@pytest.mark.parametrize("change", [{"hex_approx": "71C5E8"}, {"hex_approx": "#71C5E"}, {"hex_source": ""}])
def test_a_colour_without_form_or_source_is_refused(change: dict[str, str]) -> None:
    row = msgspec.structs.asdict(class_of("opioid")) | change
    with pytest.raises(ValueError, match="hex_approx must be written like"):
        DrugClass(**row)
