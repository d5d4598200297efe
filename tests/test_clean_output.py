"""What this program and its pages say passes its own lint."""

from __future__ import annotations

import re
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest
from click.testing import CliRunner
from hypothesis import assume, given
from hypothesis import strategies as st
from one_label import label_pdf
from tables import ORDERS_OF_ONE_DOSE, Row, cases

from liquidose import Quantity, convert, lint, unit, write_quantity
from liquidose.cli import main
from liquidose.conversion import NOT_MEASURABLE
from liquidose.directions import DAY_PARTS, Often, answer, direction, filling
from liquidose.dosing.strength import write_stated
from liquidose.errors import DoesNotFit, GiveWhatIsMissing, LiquidoseError
from liquidose.fields import texts_of
from liquidose.numbers import write_number
from liquidose.orders.order import load_order
from liquidose.plan import make_plan
from liquidose.quantities.units import UNITS
from liquidose.quantities.writing import PROFILES, Profile, write_exact, write_percent, write_short
from liquidose.site import Site

ROOT = Path(__file__).parent.parent
LOCALES = (None, "en-US", "en-GB", "de-DE", "fr-FR", "de-CH", "sv-SE")
profiles = st.sampled_from(PROFILES)
locales = st.sampled_from(LOCALES)
values = st.fractions(min_value=0, max_value=10**9, max_denominator=10**6) | st.decimals(
    min_value=0, max_value=10**6, places=4
).map(Fraction)
names = st.sampled_from(sorted(UNITS))


@given(value=values, name=names, locale=locales, profile=profiles)
def test_every_amount_that_is_written_is_clean(
    value: Fraction, name: str, locale: str | None, profile: Profile
) -> None:
    amount = Quantity(value=value, unit=unit(name))
    for text in (
        write_quantity(amount, locale=locale, profile=profile),
        f"Give {write_quantity(amount, locale=locale, profile=profile)}. Then wait.",
        f"give {write_number(value, locale=locale)}",
        write_percent(value, locale=locale),
    ):
        assert lint(text, profile=profile) == [], text
    if profile != "uk":
        assert lint(write_short(amount, locale=locale), profile=profile) == []


@given(value=values, name=st.sampled_from(("mg", "mL", "units")), profile=profiles)
def test_the_working_is_clean(value: Fraction, name: str, profile: Profile) -> None:
    text = write_exact(Quantity(value=value, unit=unit(name)), profile=profile)
    assert lint(text, profile=profile) == [], text


@given(
    dose=st.integers(1, 400).map(lambda n: f"{Fraction(n, 20).limit_denominator(20)}"),
    strength=st.sampled_from(("5 mg/5 mL", "20 mg/mL", "50 mcg/mL", "160 mg/5 mL", "2 %", "1000 units/mL")),
    profile=profiles,
)
def test_every_answer_is_clean(dose: str, strength: str, profile: Profile) -> None:
    name = "units" if "units" in strength else "mcg" if "mcg" in strength else "mg"
    amount = Quantity(value=Fraction(dose), unit=unit(name))
    try:
        found = convert(amount, strength, route="oral", profile=profile)
    except LiquidoseError:
        assume(False)  # noqa: FBT003  (hypothesis)
        return
    assert found.stated is not None
    bottle = write_stated(found.stated, profile=profile)
    words = answer(bottle, found.volume_ml, found.measured, profile=profile)
    warnings = [w.text for w in found.warnings if w.code != NOT_MEASURABLE]
    texts = [words, *warnings, *found.work(profile=profile)]
    assert lint("\n".join(texts), profile=profile) == []
    if found.measured is not None:
        assert lint(filling(found.measured), profile=profile) == []


def test_a_limit_is_said_in_the_words_of_the_profile() -> None:
    for profile in PROFILES:
        found = convert("5 mcg/kg (max 100 mcg)", "50 mcg/mL", weight="40 kg", route="oral", profile=profile)
        text = "\n".join(warning.text for warning in found.warnings)
        assert "limited to 100" in text
        assert lint(text, profile=profile) == []


@given(
    ml=st.fractions(min_value=Fraction(1, 100), max_value=60, max_denominator=100),
    often=st.builds(
        Often,
        times=st.lists(st.sampled_from(sorted(DAY_PARTS)), max_size=4, unique=True).map(tuple),
        times_a_day=st.integers(1, 24),
        every=st.sampled_from([None, 1, 6, 24]),
        as_needed=st.booleans(),
        most=st.integers(1, 24),
    ),
    profile=profiles,
)
def test_every_direction_is_clean(ml: Fraction, often: Often, profile: Profile) -> None:
    words = direction(ml, "oral", often=often, with_words="food", purpose="pain", for_days=7)
    assert lint(words, profile=profile) == []


@cases("convert.toml", "case")
@pytest.mark.usefixtures("bare_environment")
def test_what_convert_prints_is_clean(row: Row) -> None:
    options = [
        part
        for name in ("weight", "height", "bsa", "times_a_day", "component", "route", "locale")
        if name in row
        for part in (f"--{name.replace('_', '-')}", str(row[name]))
    ]
    options += [part for name in row.get("syringes", ()) for part in ("--syringe", name)]
    shown = CliRunner().invoke(main, ["convert", row["dose"], row["strength"], *options]).stdout
    for given_words in (row["dose"], row["strength"]):  # quoted as they were typed
        shown = shown.replace(given_words, "")
    assert lint(shown) == []


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("path", ORDERS_OF_ONE_DOSE, ids=lambda path: path.stem)
def test_every_text_of_the_examples_is_clean(path: Path, profile: Profile) -> None:
    plan = make_plan(load_order(str(path)), Site(profile=profile))
    for field, texts in texts_of(plan).items():
        assert lint("\n".join(texts), profile=profile) == [], field
    assert lint("\n".join(plan.off_paper), profile=profile) == []


PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def prose(page: str) -> str:
    """The sentences of a Markdown page; in code spans and blocks stand commands, and spellings that are quoted."""
    page = re.sub(r"^```.*?^```$", "", page, flags=re.DOTALL | re.MULTILINE)
    page = re.sub(r"(`+).*?\1", "code", page)
    return re.sub(r"\]\([^)]*\)|<!--.*?-->", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("design", ["dispensing", "dispensing-uk", "four-lines", "caregiver-card"])
@pytest.mark.parametrize("path", ORDERS_OF_ONE_DOSE, ids=lambda path: path.stem)
def test_every_label_is_clean_as_it_is_read_back(path: Path, design: str) -> None:
    try:
        content = label_pdf(make_plan(load_order(str(path))), template=design)
    except LiquidoseError as refusal:
        assert isinstance(refusal, (DoesNotFit, GiveWhatIsMissing))  # noqa: PT017  (others would be no matter of room)
        return
    with pdfplumber.open(BytesIO(content)) as file:
        words = file.pages[0].extract_text(x_tolerance=1.5)
    assert "mL" in words
    assert lint(words, profile="uk" if design == "dispensing-uk" else "international") == []


@pytest.mark.parametrize(
    "asked",
    [
        ("mark", "5.2 mg", "baclofen 1 mg/mL", "--syringe", "bd-10", "--route", "by injection"),
        ("syringes", "calibrate", "bd-oral-5"),
        ("syringes", "calibrate", "bd-10"),
        ("printers", "calibrate", "desk"),
        ("stocks", "show", "avery-l7160", "--outline"),
    ],
    ids=lambda asked: " ".join(asked[:2]),
)
def test_every_other_paper_is_clean_as_it_is_read_back(asked: tuple[str, ...], tmp_path: Path) -> None:
    target = str(tmp_path / "a.pdf")
    result = CliRunner().invoke(main, [*asked, "-o", target])
    assert result.exit_code == 0, result.output
    assert lint(result.output.replace(target, "")) == []
    with pdfplumber.open(target) as file:
        words = file.pages[0].extract_text(x_tolerance=1.5)
    assert lint(words) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_the_prose_of_every_page_is_clean(page: Path) -> None:
    text = prose(page.read_text(encoding="utf-8"))
    assert text.strip()
    assert lint(text) == []


def test_prose_is_what_is_left_of_a_page() -> None:
    page = "Give .5 mL, not `.5 mL`.\n```\n5cc\n```\n[a](b/5cc.md) 5mL\n"
    assert [finding.found for finding in lint(prose(page))] == [".5 mL", "5mL"]
