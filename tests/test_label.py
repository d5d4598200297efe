"""liquidose label: from an order file to a PDF, read back with a parser that is not ours."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pdfplumber
import pytest
from click.testing import CliRunner, Result
from tables import ORDERS_OF_ONE_DOSE

from liquidose.cli import main
from liquidose.fields import texts_of
from liquidose.labelling import write_labels
from liquidose.orders.order import load_order
from liquidose.pages.labels import lay_out
from liquidose.pages.shapes import Line
from liquidose.pages.templates import load_template
from liquidose.plan import make_plan

EXAMPLES = Path(__file__).parent.parent / "examples"
MM = 72 / 25.4


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["label", *arguments], prog_name="liquidose")


@pytest.mark.parametrize("order", ORDERS_OF_ONE_DOSE, ids=lambda p: p.name)
def test_every_word_of_the_plan_is_on_the_label_and_inside_it(order: Path, tmp_path: Path) -> None:
    plan = make_plan(load_order(str(order)))
    target = tmp_path / "label.pdf"
    write_labels([plan], target)
    with pdfplumber.open(target) as pdf:
        (page,) = pdf.pages
        words = page.extract_words()
        assert (round(page.width / MM, 2), round(page.height / MM, 2)) == (99, 67.5)
    printed = {word["text"].strip("•") for word in words}
    for element in load_template("dispensing").text:
        for line in texts_of(plan).get(element.field, ()):
            for word in line.replace("\u00a0", " ").split():
                assert word in printed, f"{word} is not on the label"
    for box in words:
        assert 0 <= box["x0"] < box["x1"] <= 99 * MM
        assert 0 <= box["top"] < box["bottom"] <= 67.5 * MM


@pytest.mark.parametrize("order", ORDERS_OF_ONE_DOSE, ids=lambda p: p.name)
def test_the_dose_mark_stands_where_the_layout_says(order: Path, tmp_path: Path) -> None:
    plan = make_plan(load_order(str(order)))
    page = lay_out(load_template("dispensing"), texts_of(plan), plan.measured)
    (mark,) = page.named("dose_mark")
    assert isinstance(mark, Line)
    target = tmp_path / "label.pdf"
    write_labels([plan], target)
    with pdfplumber.open(target) as pdf:
        drawn = [
            line
            for line in pdf.pages[0].lines
            if abs(line["linewidth"] - mark.width_mm * MM) < 0.01 and abs(line["x0"] - line["x1"]) < 0.01
        ]
    assert any(abs(line["x0"] / MM - mark.x1_mm) < 0.05 for line in drawn)


def test_the_same_order_gives_the_same_bytes_twice(tmp_path: Path) -> None:
    order = str(EXAMPLES / "baclofen.toml")
    for name in ("one.pdf", "two.pdf"):
        assert run(order, "-o", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_the_label_is_written_beside_the_reader_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(str(EXAMPLES / "baclofen.toml"))
    assert result.output.startswith("Label written to baclofen-label.pdf.")
    assert (tmp_path / "baclofen-label.pdf").exists()


def test_what_stays_off_the_label_is_said(tmp_path: Path) -> None:
    output = run(str(EXAMPLES / "paediatric.toml"), "-o", str(tmp_path / "a.pdf")).output
    assert "For the pharmacist, not on the label: The exact dose is 8.4375" in output


@pytest.mark.parametrize(
    ("text", "status"),
    [("[patient", 2), ('dose = "0.05 mg"', 3), ('dose = "1,5 mg"', 2), ('dose = "5 units"', 3)],
)
def test_a_refusal_writes_nothing(text: str, status: int, tmp_path: Path) -> None:
    order = (EXAMPLES / "baclofen.toml").read_text(encoding="utf-8").replace('locale = "en-US"\n', "")
    source, target = tmp_path / "order.toml", tmp_path / "out.pdf"
    source.write_text(order.replace('dose = "5 mg"', text), encoding="utf-8")
    result = run(str(source), "-o", str(target))
    assert result.exit_code == status
    assert result.stdout == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["order.toml"]


def test_a_label_that_was_there_survives_a_refusal(tmp_path: Path) -> None:
    target = tmp_path / "out.pdf"
    target.write_text("the old label")
    source = tmp_path / "order.toml"
    source.write_text("[patient]\n", encoding="utf-8")
    assert run(str(source), "-o", str(target)).exit_code == 2
    assert target.read_text() == "the old label"


def test_an_unwritable_place_ends_with_5_and_leaves_nothing(tmp_path: Path) -> None:
    result = run(str(EXAMPLES / "baclofen.toml"), "-o", str(tmp_path / "nowhere" / "label.pdf"))
    assert result.exit_code == 5
    assert "cannot be written: No such file or directory. Choose another place with -o." in result.stderr
    folder = tmp_path / "label.pdf"
    folder.mkdir()
    assert run(str(EXAMPLES / "baclofen.toml"), "-o", str(folder)).exit_code == 5
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.skipif(sys.platform == "win32", reason="modes are a matter of Unix")
def test_the_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    assert run(str(EXAMPLES / "baclofen.toml"), "-o", str(target)).exit_code == 0
    plain = tmp_path / "plain"
    plain.touch()
    assert os.stat(target).st_mode == os.stat(plain).st_mode  # noqa: PTH116  (both the same way)


def test_text_that_does_not_fit_is_refused_by_name(tmp_path: Path) -> None:
    order = (EXAMPLES / "baclofen.toml").read_text(encoding="utf-8")
    source = tmp_path / "order.toml"
    source.write_text(order.replace("Do not stop suddenly.", "Do not stop. " * 15), encoding="utf-8")
    result = run(str(source), "-o", str(tmp_path / "a.pdf"))
    assert result.exit_code == 3
    assert "The text of 'cautions' does not fit" in result.stderr
