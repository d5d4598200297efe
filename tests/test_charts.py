"""Charts by strength and by weight: what stands in each cell, how bands meet, what is refused."""

from __future__ import annotations

import csv
import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from tables import Row, cases, jsonl_rows, plain, rows

from liquidose import (
    Limits,
    LiquidoseError,
    Site,
    StrengthChart,
    WeightBands,
    WeightChart,
    convert,
    lint,
    make_chart,
)
from liquidose.charts.cells import refusal_of
from liquidose.charts.strength_chart import doses_in
from liquidose.charts.tables import Table, table_of
from liquidose.charts.weight_bands import MOST_BANDS, BandRow, Step, bands_of
from liquidose.cli import main
from liquidose.conversion import Conversion
from liquidose.errors import BadFile, CheckTheAmount, GiveWhatIsMissing
from liquidose.exchange.charts import chart_csv, chart_document
from liquidose.exchange.conversions import encoded
from liquidose.files import decode_toml
from liquidose.quantities.writing import PROFILES, Profile
from liquidose.render.table import table_text

ROOT = Path(__file__).parent.parent
CHARTS = ROOT / "examples" / "charts"
SCHEMAS = ROOT / "liquidose" / "data" / "schemas"
HEAD = 'drug = "ibuprofen oral suspension"\nstrength = "100 mg/5 mL"\n'
EXAMPLES = [path.name for path in sorted(CHARTS.glob("*.toml"))]
pytestmark = pytest.mark.usefixtures("bare_environment")


def bands(text: str, drug: str = "ibuprofen oral suspension") -> WeightBands:
    return decode_toml(HEAD.replace("ibuprofen oral suspension", drug) + text, WeightBands, name="bands.toml")


def chart_of(row: Row) -> StrengthChart:
    return make_chart(
        doses=row["doses"],
        strengths=row["strengths"],
        drug=row.get("drug", ""),
        route=row.get("route"),
    )


def cell_text(cell: Conversion, expected: str) -> str:
    """The cell as the tables write it; of a refusal as much as the table has."""
    if cell.measured is None:
        return plain(f"grey: {refusal_of(cell)}")[: len(expected)]
    return f"{float(cell.measured.ml):g} on {cell.measured.syringe.id}"


def with_grey(site: Site | None = None) -> StrengthChart:
    """Three doses of two bottles; the smallest cannot be measured of either."""
    return make_chart(
        doses=["0.1 mg", "5 mg", "9 mg"], strengths=["5 mg/5 mL", "25 mg/5 mL"], drug="baclofen", site=site
    )


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["chart", *arguments], prog_name="liquidose")


@cases("charts.toml", "cells")
def test_each_cell_is_measured_or_says_why_not(row: Row) -> None:
    chart = chart_of(row)
    found = [cell for line in chart.rows for cell in line.cells]
    assert [cell_text(c, e) for c, e in zip(found, row["cells"], strict=True)] == row["cells"]
    assert [w.code for w in chart.warnings] == row["warned"]


@cases("charts.toml", "cells")
def test_each_cell_is_what_convert_answers(row: Row) -> None:
    for line in chart_of(row).rows:
        for strength, cell in zip(row["strengths"], line.cells, strict=True):
            alone = convert(line.dose, strength, route=row.get("route"))
            assert (cell.volume, cell.measured) == (alone.volume, alone.measured)


@cases("charts.toml", "strengths_refused")
def test_a_chart_of_strengths_that_is_refused(row: Row) -> None:
    with pytest.raises(LiquidoseError) as refused:
        chart_of(row)
    assert plain(str(refused.value)) == row["message"]


@pytest.mark.parametrize("wrong", [{"doses": "5 mg"}, {"strengths": "5 mg/5 mL"}])
def test_one_text_where_a_list_is_needed_is_a_type_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="given as lists of texts"):
        make_chart(**{"doses": ["5 mg"], "strengths": ["5 mg/5 mL"], **wrong})


def test_more_doses_or_strengths_than_a_chart_holds_are_refused() -> None:
    with pytest.raises(CheckTheAmount, match="1001 doses are more than a chart holds, 1000"):
        make_chart(doses=[f"{n} mcg" for n in range(1, 1002)], strengths=["1 mg/mL"])
    with pytest.raises(CheckTheAmount, match="13 strengths are more than a chart holds, 12"):
        make_chart(doses=["5 mg"], strengths=[f"{n} mg/mL" for n in range(1, 14)])


@cases("charts.toml", "bands")
def test_each_band_has_its_dose_and_its_mg_per_kg_at_both_ends(row: Row) -> None:
    chart = make_chart(bands=bands(row["file"]))
    found = chart.rows
    assert [plain(one.band.words()) for one in found] == row["words"]
    assert [str(one.cell.dose_amount.value) for one in found] == row["doses"]
    ends = [
        f"{low.value} and {'less' if high is None else high.value}"
        for low, high in (one.per_kg for one in found)
    ]
    assert ends == row["ends"]
    assert [f"{float(one.cell.measured.ml):g}" for one in found if one.cell.measured] == row["ml"]


@cases("charts.toml", "bands_refused")
def test_a_chart_of_weights_that_is_refused(row: Row) -> None:
    with pytest.raises(LiquidoseError) as refused:
        make_chart(bands=bands(row["file"], row.get("drug", "ibuprofen oral suspension")))
    assert plain(str(refused.value)) == row["message"]


@pytest.mark.parametrize("row", rows("published-charts.toml", "chart"), ids=lambda row: row["drug"])
def test_a_published_chart_comes_out_as_it_is_published(row: Row) -> None:
    printed = {"ml", "case"}
    file = WeightBands(
        drug=row["drug"],
        strength=row["strength"],
        locale="en-US",
        band=tuple(
            BandRow(**{"from_" if k == "from" else k: v for k, v in one.items() if k not in printed})
            for one in row["band"]
        ),
    )
    found = make_chart(bands=file).rows
    assert [one.cell.volume_ml for one in found] == [Fraction(one["ml"]) for one in row["band"]]
    for one in found:
        low, high = one.per_kg
        assert low.value * one.band.lower.kg == one.cell.dose_amount.value
        assert high is None or high.value < low.value
        assert one.cell.measured is not None
        assert abs(one.cell.measured.change_percent) <= 5


@pytest.mark.parametrize("row", rows("published-charts.toml", "chart"), ids=lambda row: row["drug"])
def test_a_published_row_is_the_worked_conversion_of_that_number(row: Row) -> None:
    worked = {one["id"]: one for one in jsonl_rows("conversions.jsonl")}
    named = [one for one in row["band"] if "case" in one]
    assert named
    for one in named:
        same = worked[one["case"]]
        assert same["kind"] == "label-weight-band"
        assert (same["dose"], same["expected_ml"]) == (one["dose"], one["ml"])
        assert same["strength"].replace(" ", "").replace("mL", "ml") == row["strength"].replace(" ", "").replace("mL", "ml")  # fmt: skip
        start = re.search(r"[0-9]+", same["weight"])
        assert start is not None
        edges = " ".join(one.get(key, "") for key in ("from", "over", "up_to"))
        assert re.search(rf"\b{start[0]}\b", edges) or int(start[0]) - 1 == int(edges.split()[0])


@given(
    widths=st.lists(st.integers(1, 30), min_size=1, max_size=12),
    belongs=st.lists(st.booleans(), min_size=13, max_size=13),
    tenths=st.integers(3, 3500),
)
def test_every_weight_of_the_chart_is_in_exactly_one_band(
    widths: list[int], belongs: list[bool], tenths: int
) -> None:
    edges = [5 + sum(widths[:k]) for k in range(len(widths) + 1)]
    band = tuple(
        BandRow(
            **{"from_" if belongs[k] else "over": f"{edges[k]} kg"},
            **{"under" if belongs[k + 1] else "up_to": f"{edges[k + 1]} kg"},
        )
        for k in range(len(widths))
    )
    try:
        found = bands_of(WeightBands(drug="a", strength="1 mg/mL", dose="5 mg", band=band))
    except CheckTheAmount:
        assert edges[-1] > 350
        return
    weight = Fraction(tenths, 10)
    holding = [
        one
        for one in found
        if one.upper is not None
        and (one.lower.kg < weight or (one.lower.inside and one.lower.kg == weight))
        and (weight < one.upper.kg or (one.upper.inside and one.upper.kg == weight))
    ]
    last = len(widths)
    inside = (edges[0] < weight < edges[last]) or (weight == edges[0] and belongs[0]) or (weight == edges[last] and not belongs[last])  # fmt: skip
    assert len(holding) == inside


def test_a_step_has_the_bands_that_are_written_out() -> None:
    step = WeightBands(
        drug="a", strength="1 mg/mL", dose="5 mg", step=Step(from_="5 lb", to="20 lb", every="5 lb")
    )
    assert [plain(band.words()) for band in bands_of(step)] == [
        "from 5 lb to under 10 lb",
        "from 10 lb to under 15 lb",
        "from 15 lb to under 20 lb",
    ]


def test_a_thousand_bands_are_a_chart_and_one_more_is_refused() -> None:
    text = 'dose = "50 mg"\nstep = {{from = "1 kg", to = "{}", every = "0.1 kg"}}'
    assert len(make_chart(bands=bands(text.format("101 kg"))).rows) == MOST_BANDS
    with pytest.raises(CheckTheAmount, match="would be 1001 of them; a chart holds 1000"):
        make_chart(bands=bands(text.format("101.1 kg")))
    row = '{from = "5 kg", under = "6 kg"},'
    with pytest.raises(BadFile, match="a chart holds at most 1000 bands"):
        bands(f'dose = "50 mg"\nband = [{row * 1001}]')


def test_the_dose_at_the_lower_end_is_never_more_per_kg_than_ordered() -> None:
    chart = make_chart(bands=CHARTS / "by-step.toml")
    for one in chart.rows:
        low, high = one.per_kg
        assert low.value <= 15
        assert high is not None
        assert high.value < low.value
    assert [one.before_limits is not None for one in chart.rows][-2:] == [False, True]


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ('dose = "3 mg/kg"\ndose_at = "middle"', "from 1 kg to under 3 kg the dose is 6 mg per kg, where 3 mg per kg is ordered."),
        ('dose = "9 mg/kg/day in 3 doses"\ndose_at = "middle"', "from 1 kg to under 3 kg the dose is 6 mg per kg, where 3 mg per kg is ordered."),
        ('dose = "3 mg/kg (min 12 mg)"\ndose_at = "lower end"', "from 1 kg to under 3 kg the dose is 12 mg per kg, where 3 mg per kg is ordered."),
        ('dose = "3 mg/kg (max 9 mg)"\ndose_at = "lower end"', ""),
        ('dose = "12 mg"', ""),
    ],
)  # fmt: skip
def test_where_the_smallest_patient_gets_more_per_kg_than_ordered_the_sheet_says_so(
    text: str, warned: str
) -> None:
    chart = make_chart(bands=bands(text + '\nstep = {from = "1 kg", to = "9 kg", every = "2 kg"}'))
    told = [plain(words) for words in table_of(chart).warned]
    assert told == ([f"At the lower end of the band {warned}"] if warned else [])


def test_bands_beside_doses_are_refused() -> None:
    with pytest.raises(GiveWhatIsMissing) as refused:
        make_chart(bands=CHARTS / "by-step.toml", doses=["5 mg"])  # type: ignore[call-overload]
    assert str(refused.value) == (
        "The bands state their own drug, strength, route and locale, and others are given beside them. "
        "Write them with the bands, or leave the bands out."
    )


def words_of(table: Table) -> str:
    cells = [part for row in table.rows for cell in row for part in (*cell.strong, *cell.plain)]
    return "\n".join(
        (table.title, table.only, *table.warned, *table.lead, *table.columns, *cells, *table.notes)
    )


@pytest.mark.parametrize("profile", PROFILES)
def test_every_word_on_a_chart_is_clean(profile: Profile) -> None:
    site = Site(profile=profile)
    mcg = make_chart(doses=["5 mcg", "50 mcg"], strengths=["50 mcg/mL", "500 mcg/mL"], site=site)
    charts: list[StrengthChart | WeightChart] = [with_grey(site), mcg]
    charts += [make_chart(bands=CHARTS / name, site=site) for name in EXAMPLES]
    for chart in charts:
        assert lint(words_of(table_of(chart)), profile=profile) == []


def test_a_grey_cell_says_so_in_words_and_keeps_its_reason() -> None:
    table = table_of(with_grey())
    grey = [cell for row in table.rows for cell in row if cell.refused]
    assert len(grey) == 2
    for number, cell in enumerate(grey, 1):
        assert cell.strong == ("Cannot be measured",)
        assert [plain(text) for text in cell.plain] == ["with the stocked syringes.", f"See note {number}."]
        assert "mL" not in " ".join((*cell.strong, *cell.plain))
    assert [plain(note).partition(" for a")[0] for note in table.notes] == [
        "Note 1: 0.1 mL is too little",
        "Note 2: 0.02 mL is too little",
    ]
    assert any("grey field" in text for text in table.lead)


def test_a_chart_without_a_grey_cell_does_not_speak_of_one() -> None:
    table = table_of(make_chart(bands=CHARTS / "ibuprofen.toml"))
    assert not any(cell.refused for row in table.rows for cell in row)
    assert "grey" not in words_of(table)


def test_a_rounding_above_five_percent_is_warned_of_in_a_note_that_its_cell_names() -> None:
    site = Site(stocked=("oral-5", "oral-20"))
    table = table_of(make_chart(doses=["5.5 mg", "10 mg"], strengths=["1 mg/mL"], site=site))
    (first, second) = ([plain(text) for text in row[1].plain] for row in table.rows)
    assert first[-2:] == ["This gives 5 mg (about 9.1 % less than ordered).", "See note 1."]
    assert [plain(note) for note in table.notes] == [
        "Note 1: The exact dose is 5.5 mL; the nearest line is 5 mL, about 9.1 % less."
    ]
    assert not any("note" in text for text in second)


def test_the_limits_of_the_site_hold_in_every_cell() -> None:
    strict = Site(stocked=("oral-5", "oral-20"), limits=Limits(rounding_refused=Fraction(5)))
    table = table_of(make_chart(doses=["5.5 mg", "15 mg"], strengths=["1 mg/mL"], site=strict))
    assert [plain(row[1].strong[0]) for row in table.rows] == ["5.6 mL", "15 mL"]  # in one filling it is 5 mL


def test_a_dose_that_a_limit_changed_says_what_it_would_have_been() -> None:
    text = 'dose = "10 mg/kg (min 60 mg) (max 150 mg)"\ndose_at = "lower end"\n'
    table = table_of(make_chart(bands=bands(text + 'step = {from = "5 kg", to = "20 kg", every = "5 kg"}')))
    raised, as_ordered = (plain(table.rows[k][1].plain[-1]) for k in (0, 1))
    assert raised == "raised to the minimum (would be 50 mg)"
    assert as_ordered == "about 6.67 mg per kg at 15 kg"
    table = table_of(make_chart(bands=CHARTS / "by-step.toml"))
    assert plain(table.rows[-1][1].plain[-1]) == "limited to the maximum (would be 525 mg)"


@pytest.mark.parametrize("make", [with_grey, lambda: make_chart(bands=CHARTS / "by-step.toml")])
@pytest.mark.parametrize("width", [100, 60])
def test_no_word_of_the_chart_is_missing_in_the_text(make: Any, width: int) -> None:
    table = table_of(make())
    text = table_text(table, width=width)
    paragraphs = (table.title, table.only, *table.warned, *table.lead, *table.notes)
    assert all(" ".join(words.split(" ")) in " ".join(text.split("\n")) for words in paragraphs)
    shown = sorted(re.findall(r"[^\s|]+", text.replace("-" * 20, "")))
    said = sorted(re.findall(r"[^\s|]+", words_of(table)))
    assert [word for word in shown if word.strip("-")] == said


def test_two_fillings_are_told_one_after_the_other() -> None:
    chart = make_chart(doses=["8 mg"], strengths=["1 mg/mL"], site=Site(stocked=("oral-5", "oral-60")))
    (words,) = (plain(text) for text in table_of(chart).rows[0][1].plain)
    assert words == (
        "5 mL oral syringe marked every 0.2 mL: fill to the 4 mL line and give it, then fill to the 4 mL line again and give it."
    )


def test_r148_the_uk_profile_asks_for_an_oral_syringe_where_a_dose_is_no_multiple_of_5_ml() -> None:
    def lead(profile: Profile, *doses: str) -> str:
        chart = make_chart(doses=doses, strengths=["1 mg/mL"], site=Site(profile=profile))
        return plain(" ".join(table_of(chart).lead))

    said = "Supply an oral syringe: not every dose is a multiple of 5 mL."
    assert said in lead("uk", "5 mg", "7 mg")
    assert said not in lead("uk", "5 mg", "10 mg")
    assert said not in lead("us", "5 mg", "7 mg")


def test_r172_the_strength_stands_on_the_first_line_and_tenfold_strengths_are_told_apart_first() -> None:
    table = table_of(make_chart(doses=["10 mg"], strengths=["2 mg/mL", "20 mg/mL"], drug="morphine"))
    assert plain(table.title) == "morphine: 2 mg per mL and 20 mg per mL"
    assert [plain(text) for text in table.warned] == [
        "20 mg per mL is 10 times as strong as 2 mg per mL. Read the strength on the bottle first."
    ]


def test_r173_where_mg_and_ml_are_the_same_number_for_one_bottle_alone_the_sheet_says_so() -> None:
    table = table_of(make_chart(doses=["5 mg"], strengths=["1 mg/mL", "5 mg/mL"]))
    assert [plain(text) for text in table.warned] == [
        "Only at 1 mg per mL is a number of mg the same number of mL. In every other column they differ."
    ]
    assert table_of(make_chart(doses=["5 mg"], strengths=["1 mg/mL"])).warned == ()
    assert [row[0].strong for row in table.rows] == [("5\u00a0mg",)]
    assert [cell.strong for cell in table.rows[0][1:]] == [("5\u00a0mL",), ("1\u00a0mL",)]


@pytest.mark.parametrize(
    ("text", "doses"),
    [
        ("5 mg", ["5 mg"]),
        ("5 mg,10 mg , 15 mg", ["5 mg", "10 mg", "15 mg"]),
        ("1,000 mg, 2,000 mg", ["1,000 mg", "2,000 mg"]),
        ("1,5 mg", ["1,5 mg"]),
    ],
)
def test_a_comma_parts_doses_and_never_a_number(text: str, doses: list[str]) -> None:
    assert doses_in(text) == doses


@pytest.mark.parametrize("make", [with_grey, lambda: make_chart(bands=CHARTS / "by-step.toml")])
def test_the_document_is_as_its_schema_says(make: Any) -> None:
    document = json.loads(encoded(chart_document(make())))
    kind = document["schema"].removeprefix("liquidose.").removesuffix("/1")
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "drug": 5}, schema)


def test_the_document_of_strengths_has_every_cell() -> None:
    document = json.loads(encoded(chart_document(with_grey())))
    assert [strength["words"] for strength in document["strengths"]] == [
        "5 mg in 5 mL (1 mg per mL)",
        "25 mg in 5 mL (5 mg per mL)",
    ]
    first, second, _ = document["rows"]
    assert [cell["measured"] for cell in first["cells"]] == [None, None]
    assert first["cells"][0]["refusal"].startswith("0.1 mL is too little for a 1 mL oral syringe")
    assert [cell["measured"]["ml"] for cell in second["cells"]] == ["5", "1"]


def test_the_document_of_weights_is_exact() -> None:
    document = json.loads(encoded(chart_document(make_chart(bands=CHARTS / "by-step.toml"))))
    last = document["bands"][-1]
    assert last["lower"] == {"value": "35", "unit": "kg", "kg": "35", "belongs": True}
    assert last["upper"] == {"value": "40", "unit": "kg", "kg": "40", "belongs": False}
    assert (last["dose"]["value"], last["would_be"]["value"]) == ("500", "525")
    assert (last["per_kg_at_lower"]["value"], last["per_kg_at_upper"]["value"]) == ("100/7", "12.5")
    assert document["ordered"] == "15 mg per kg, max 500 mg"


def test_the_table_has_a_row_for_each_cell_and_no_fraction_that_becomes_a_date() -> None:
    chart = make_chart(doses=["1 mg", "0.1 mg"], strengths=["3 mg/mL", "1 mg/mL"])
    found = list(csv.DictReader(StringIO(chart_csv(chart))))
    assert [(row["dose"], row["measured_ml"], row["volume_is_rounded"]) for row in found] == [
        ("0.1", "", "yes"),
        ("0.1", "", "no"),
        ("1", "0.34", "yes"),
        ("1", "1", "no"),
    ]
    assert not any("/" in row[key] for row in found for key in ("dose", "volume_ml", "measured_ml"))
    assert all(bool(row["refusal"]) != bool(row["measured_ml"]) for row in found)
    weights = list(csv.DictReader(StringIO(chart_csv(make_chart(bands=CHARTS / "ibuprofen.toml")))))
    assert weights[0]["weight"] == "from 24 lb to under 36 lb"


def test_the_terminal_shows_the_whole_chart() -> None:
    result = run("strengths", "--doses", "0.1 mg,5 mg", "--strength", "5 mg/5 mL", "--drug", "baclofen")
    assert result.exit_code == 0, result.stderr
    shown = plain(result.stdout)
    assert shown.startswith(
        "baclofen: 5 mg in 5 mL (1 mg per mL)\nOnly for the bottle marked 5 mg in 5 mL (1 mg per mL).\n"
    )
    assert "0.1 mg" in shown
    assert "Cannot be measured" in shown
    assert "5 mL oral syringe marked every 0.2 mL" in shown
    assert max(len(line) for line in shown.splitlines()) <= 100


@pytest.mark.parametrize(
    ("ending", "begins"),
    [("pdf", b"%PDF-"), ("json", b'{\n  "schema": "liquidose.weight-chart/1"'), ("csv", b"weight,dose,"), ("txt", b"ibuprofen")],
)  # fmt: skip
def test_the_ending_of_the_file_chooses_the_format(ending: str, begins: bytes, tmp_path: Path) -> None:
    target = tmp_path / f"chart.{ending}"
    result = run("weights", str(CHARTS / "ibuprofen.toml"), "-o", str(target))
    assert result.exit_code == 0, result.stderr
    assert target.read_bytes().startswith(begins)
    assert result.stdout == f"Chart written to {target}.\n"


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (("--format", "pdf"), 2, "A PDF is written to a file. Name it: '-o chart.pdf'."),
        (("-o", "chart.doc"), 2, "'chart.doc' does not end in .pdf, .csv, .json or .txt. Name the format: '--format pdf'."),
        (("--large-print",), 2, "--paper and --large-print are for a PDF. Write one with '-o chart.pdf'."),
        (("--paper", "A4", "-o", "chart.csv"), 2, "--paper and --large-print are for a PDF. Write one with '-o chart.pdf'."),
        (("--strength", "1 mg/mL", "-o", "chart.pdf"), 3, "'5 mg/5 mL' and '1 mg/mL' are the same strength. Leave one out."),
        (("-o", "nowhere/chart.pdf"), 5, "nowhere/chart.pdf cannot be written: No such file or directory. Choose another place with -o."),
    ],
)  # fmt: skip
def test_a_refusal_has_its_status_and_writes_nothing(
    options: tuple[str, ...], status: int, message: str
) -> None:
    result = run("strengths", "--doses", "5 mg", "--strength", "5 mg/5 mL", *options)
    assert (result.exit_code, plain(result.stderr)) == (status, f"liquidose: {message}\n")
    assert list(Path().iterdir()) == []


def test_bands_that_are_refused_have_their_status_and_write_nothing(tmp_path: Path) -> None:
    (tmp_path / "bands.toml").write_text(
        f'{HEAD}band = [{{from = "5 kg", under = "4 kg", dose = "50 mg"}}]', "utf-8"
    )
    result = run("weights", "bands.toml", "-o", "chart.pdf")
    assert result.exit_code == 3
    assert plain(result.stderr) == (
        "liquidose: Band 1: The band from 5 kg to under 4 kg ends before it begins. Write the smaller weight first.\n"
    )
    assert [path.name for path in Path().iterdir()] == ["bands.toml"]
    assert run("weights", "none.toml").exit_code == 2


def test_the_bottle_is_called_what_it_is() -> None:
    def only(strength: str, route: Any) -> str:
        return plain(table_of(make_chart(doses=["100 mg"], strengths=[strength], route=route)).only)

    assert only("250 mg/5 mL", "oral") == "Only for the bottle marked 250 mg in 5 mL (50 mg per mL)."
    assert only("250 mg/5 mL", "injection") == "Only for the container marked 250 mg in 5 mL (50 mg per mL)."
    assert only("250 mg/5 mL vial", "injection") == "Only for the vial marked 250 mg in 5 mL (50 mg per mL)."
    made_up = "500 mg vial + 4.6 mL water for injection, displacement 0.4 mL"
    assert only(made_up, "injection") == "Only for the vial made up to 500 mg in 5 mL (100 mg per mL)."


def test_a_refusal_is_an_object_for_a_script_that_asked_for_one() -> None:
    result = run("strengths", "--doses", "5 mg", "--strength", "5 units/mL", "--format", "json")
    assert result.exit_code == 3
    assert json.loads(result.stderr)["code"] == "units-do-not-match"


def test_a_locale_of_the_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIQUIDOSE_LOCALE", "de-DE")
    result = run("strengths", "--doses", "2,5 mg, 5 mg", "--strength", "5 mg/5 mL")
    assert result.exit_code == 0, result.stderr
    assert "2.5 mL" in plain(result.stdout)
    assert result.stderr == "Note: Numbers were read as written in de-DE (LIQUIDOSE_LOCALE).\n"


def test_the_example_script_runs(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(CHARTS / "two_bottles.py"))
    shown = plain(capsys.readouterr().out)
    assert "15 mg: 15 mL or 7.4 mL" in shown
    assert "from 24 lb to under 36 lb: about 9.19 mg per kg at the lower end" in shown


PAGE = (ROOT / "docs" / "charts.md").read_text(encoding="utf-8")


def test_every_command_of_the_page_on_charts_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = re.findall(r"^\$ liquidose (.*)$", PAGE, re.MULTILINE)
    assert len(commands) == 3
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    for command in map(shlex.split, commands):
        result = CliRunner().invoke(main, command, prog_name="liquidose")
        assert result.exit_code == 0, result.stderr
        assert Path(command[-1]).read_bytes().startswith(b"%PDF-")


def test_the_bands_on_the_page_are_a_chart() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    chart = make_chart(bands=decode_toml(block, WeightBands, name="charts.md"))
    assert [plain(row.band.words()) for row in chart.rows] == [
        "from 5 kg to under 10 kg",
        "from 10 kg up to and including 20 kg",
    ]
    assert str(MOST_BANDS) in PAGE.replace(",", "")


@pytest.mark.slow
def test_a_chart_on_the_terminal_starts_without_the_libraries_of_paper() -> None:
    code = (
        "import sys; from liquidose.cli import main\n"
        "try: main(['chart', 'strengths', '--doses', '5 mg', '--strength', '5 mg/5 mL'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'pint', 'reportlab', 'babel', 'zxingcpp'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8")
    assert found.stdout.splitlines()[-1] == "[]"


def test_the_working_of_every_cell_is_shown_on_request() -> None:
    made = make_chart(doses=["5 mg", "7.5 mg"], strengths=["5 mg/5 mL", "10 mg/5 mL"])
    notes = table_of(made).notes
    table = table_of(made, working=True)
    assert table.notes[: len(notes)] == notes
    working = [plain(text) for text in table.notes[len(notes) :]]
    assert len(working) == 4
    for text, volume in zip(working, ("5 mL", "2.5 mL", "7.5 mL", "3.75 mL"), strict=True):
        assert f"per mL = {volume}." in text
        assert text.startswith(
            "Working, 5 mg: Ordered: 5 mg." if volume in {"5 mL", "2.5 mL"} else "Working, 7.5 mg: "
        )
    bands_of = make_chart(bands=CHARTS / "ibuprofen.toml")
    told = [plain(text) for text in table_of(bands_of, working=True).notes if text.startswith("Working")]
    assert len(told) == len(bands_of.rows)
    assert all(plain(row.band.words()) in text for row, text in zip(bands_of.rows, told, strict=True))


@pytest.mark.usefixtures("bare_environment")
def test_the_working_belongs_to_what_people_read() -> None:
    dose = ("strengths", "--doses", "5 mg", "--strength", "1 mg/mL", "--working")
    assert "Working, 5 mg: Ordered: 5 mg." in plain(run(*dose).stdout)
    assert run(*dose, "-o", "chart.pdf").exit_code == 0
    refused = run(*dose, "--format", "csv")
    assert refused.exit_code == 2
    assert "--working is for a text or a PDF. Leave it out: the exact volumes stand there." in refused.stderr
