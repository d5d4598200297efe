"""label --printer, --format, --preview and --print: the same label by every way out."""

from __future__ import annotations

import json
import os
import resource
import stat
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pdfplumber
import pypdfium2
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from liquidose._version import __version__
from liquidose.cli import main
from liquidose.files import data_version

EXAMPLES = Path(__file__).parent.parent / "examples"
ORDER = str(EXAMPLES / "baclofen.toml")
MM = 72 / 25.4
SITE = """
[[printer]]
name = "ward"
scale_x = 0.994
scale_y = 1.002
offset_x_mm = 0.8
offset_y_mm = -0.3
dpi = 203
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["label", ORDER, *arguments], prog_name="liquidose")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "liquidose.toml").write_text(SITE, encoding="utf-8")
    return tmp_path


def test_a_corrected_label_comes_out_of_the_printer_where_the_design_means_it(here: Path) -> None:
    options = ("--template", "four-lines", "--stock", "avery-l7160", "--start-at", "21")
    assert run(*options, "-o", "plain.pdf").exit_code == 0
    assert run(*options, "-o", "ward.pdf", "--printer", "ward", "--manifest", "m.json").exit_code == 0
    with pdfplumber.open(here / "plain.pdf") as plain, pdfplumber.open(here / "ward.pdf") as ward:
        meant, drawn = (
            [(w["text"], w["x0"] / MM, w["bottom"] / MM) for w in pdf.pages[0].extract_words()]
            for pdf in (plain, ward)
        )
        bars = [max(r["width"] for r in pdf.pages[0].rects) / MM for pdf in (plain, ward)]
    assert [text for text, *_ in meant] == [text for text, *_ in drawn]
    for (text, x, y), (_, drawn_x, drawn_y) in zip(meant, drawn, strict=True):
        assert drawn_x * 0.994 + 0.8 == pytest.approx(x, abs=0.02), text
        assert drawn_y * 1.002 - 0.3 == pytest.approx(y, abs=0.15), text  # type is set by the scale across
    assert bars == [pytest.approx(50, abs=0.01), pytest.approx(50 / 0.994, abs=0.01)]
    made = json.loads((here / "m.json").read_text(encoding="utf-8"))
    assert made["printer"] == "ward"
    first = made["pages"][0]["labels"][0]
    assert first["place"] == 21
    (name,) = [e for e in first["elements"] if e.get("name") == "patient"]
    (word, x, _) = next(w for w in drawn if name["text"].startswith(w[0]))
    assert name["box_mm"][0] == pytest.approx(x, abs=0.02), word


def test_a_printer_that_is_not_known_is_refused_with_the_nearest(here: Path) -> None:
    result = run("--printer", "wrad")
    assert result.exit_code == 2
    assert "'ward'" in result.stderr
    assert [p.name for p in here.iterdir()] == ["liquidose.toml"]


def test_svg_png_and_zpl_hold_the_label(here: Path) -> None:
    for form in ("svg", "png", "zpl"):
        result = run("--format", form, "--printer", "ward")
        assert result.exit_code == 0, result.output
        assert f"Label written to baclofen-label.{form}." in result.stdout
    root = ET.parse(here / "baclofen-label.svg").getroot()  # noqa: S314  (written a moment ago)
    assert (root.get("width"), root.get("height")) == ("99mm", "67.5mm")
    with Image.open(here / "baclofen-label.png") as picture:
        assert picture.width / picture.height == pytest.approx(99 / 67.5, abs=0.01)
    zpl = (here / "baclofen-label.zpl").read_text(encoding="utf-8")
    assert "^PW792" in zpl
    assert zpl.count("^XZ") == 1


def test_several_pages_become_several_pictures(here: Path) -> None:
    result = run("--format", "svg", "--template", "four-lines", "-o", "a.svg")
    assert "Label written to a-1.svg to a-2.svg." in result.stdout
    assert sorted(p.name for p in here.glob("*.svg")) == ["a-1.svg", "a-2.svg"]


@pytest.mark.parametrize("form", ["svg", "png", "pdf", "zpl"])
def test_all_the_files_of_a_job_are_there_or_none(form: str, here: Path) -> None:
    options = ("--format", form, "--dpi", "203", "--template", "four-lines", "-o", f"a.{form}")
    (here / f"a-1.{form}").write_text("the old label", encoding="utf-8")
    (here / f"a-2.{form}").mkdir()
    before = sorted(here.iterdir())
    result = run(*options, "--manifest", "missing/m.json")
    assert result.exit_code == 5
    assert sorted(here.iterdir()) == before
    assert (here / f"a-1.{form}").read_text(encoding="utf-8") == "the old label"
    place = "missing/m.json cannot be written: No such file or directory. Choose another place with -o."
    second = f"a-2.{form} is there, and is no file that can be replaced. Choose another place with -o."
    assert result.stderr == f"liquidose: {second if form in {'svg', 'png'} else place}\n"


@pytest.mark.skipif(sys.platform != "linux", reason="limits on a file's size are a matter of Unix")
def test_a_disk_that_fills_up_under_the_second_file_leaves_no_first(here: Path) -> None:
    options = ("-o", "a.pdf", "--preview", "--manifest", "m.json")
    assert run(*options).exit_code == 0
    sizes = {path.name: path.stat().st_size for path in here.iterdir()}
    assert sizes["a-preview.png"] > sizes["a.pdf"] > sizes["m.json"]
    (here / "a-preview.png").unlink()
    (here / "a.pdf").unlink()
    (here / "m.json").write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (sizes["a-preview.png"] - 1, before[1]))
        result = run(*options)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert result.exit_code == 5
    assert result.stderr == (
        "liquidose: a-preview.png cannot be written: File too large. Choose another place with -o.\n"
    )
    assert sorted(path.name for path in here.iterdir()) == ["liquidose.toml", "m.json"]
    assert (here / "m.json").read_bytes() == b"old"


def test_a_manifest_never_takes_the_place_of_an_order_or_a_picture(here: Path) -> None:
    (here / "order.toml").write_text(Path(ORDER).read_text(encoding="utf-8"), encoding="utf-8")
    kept = (here / "order.toml").read_bytes()
    options = ["label", "order.toml", "--preview", "-o", "a.pdf", "--manifest"]
    result = CliRunner().invoke(main, [*options, "./order.toml"])
    assert (result.exit_code, result.stderr) == (
        2,
        "liquidose: ./order.toml would be the manifest and an order. Choose another name with --manifest.\n",
    )
    result = CliRunner().invoke(main, [*options, "a-preview.png"])
    assert (result.exit_code, result.stderr) == (
        5,
        "liquidose: a-preview.png would be two files at once. Give each a name of its own.\n",
    )
    assert (here / "order.toml").read_bytes() == kept
    assert not (here / "a.pdf").exists()


def test_a_preview_is_a_picture_of_the_first_page_with_a_label(here: Path) -> None:
    result = run("--template", "four-lines", "--stock", "zebra-3x2in", "--preview", "-o", "a.pdf")
    assert "A picture of the first page is in a-preview.png." in result.stdout
    with pypdfium2.PdfDocument(here / "a.pdf") as pdf, Image.open(here / "a-preview.png") as picture:
        second = pdf[1].render(scale=picture.width / pdf[1].get_width()).to_pil().convert("L")
        shown = picture.convert("L").resize(second.size)
    same = sum(abs(a - b) < 60 for a, b in zip(second.tobytes(), shown.tobytes(), strict=True))
    assert same / (second.width * second.height) > 0.97
    assert second.getextrema() == (0, 255)


def test_zpl_needs_the_dots_and_takes_a_label_upright(here: Path) -> None:
    (here / "liquidose.toml").write_text("", encoding="utf-8")
    result = run("--format", "zpl")
    assert (result.exit_code, result.stderr.count("--dpi 203")) == (3, 1)
    result = run("--format", "zpl", "--dpi", "203", "--template", "four-lines", "--stock", "brother-dk-11202")
    assert result.exit_code == 3
    assert "would lie on its side on brother-dk-11202" in result.stderr
    assert [p.name for p in here.iterdir()] == ["liquidose.toml"]


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    program = folder / "bin" / "lp"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncat > "{folder}/sent.pdf"\necho request id is labels-1\nexit {status}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


def test_print_sends_the_file_that_was_written(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(here, monkeypatch, 0)
    result = run("--print", "labels")
    assert result.exit_code == 0, result.output
    assert result.stdout.rstrip().endswith("request id is labels-1")
    assert (here / "sent.pdf").read_bytes() == (here / "baclofen-label.pdf").read_bytes()


def test_a_queue_that_refuses_leaves_the_file_and_says_so(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(here, monkeypatch, 1)
    result = run("--print", "labels")
    assert result.exit_code == 5
    assert result.stdout.startswith("Label written to baclofen-label.pdf.")
    assert "The queue 'labels' did not take the job" in result.stderr
    result = run("--print", "labels", "--format", "svg")
    assert result.exit_code == 2
    assert "Only a PDF is sent to a print queue. Leave --format out, or name a .pdf with -o." in result.stderr


@pytest.mark.parametrize(
    ("name", "more", "begins"),
    [
        ("a.pdf", (), b"%PDF-"),
        ("a.svg", (), b"<?xml"),
        ("a.PNG", (), b"\x89PNG"),
        ("a.zpl", ("--dpi", "203"), b"^XA"),
        ("a.label", (), b"%PDF-"),
        ("a", (), b"%PDF-"),
        ("a.svg", ("--format", "pdf"), b"%PDF-"),
    ],
)
def test_the_ending_of_the_file_chooses_the_format_where_none_is_said(
    name: str, more: tuple[str, ...], begins: bytes, here: Path
) -> None:
    assert run("-o", name, *more).exit_code == 0
    assert (here / name).read_bytes().startswith(begins)
    result = run("-o", name, *more, "--print", "labels")
    assert ("Only a PDF is sent to a print queue" in result.stderr) == (begins != b"%PDF-")


def test_every_format_says_by_what_and_by_which_rules_it_was_made_and_its_id(here: Path) -> None:
    """Title, language, version, data version, rule profile and an id of the content; the same in all four."""
    made = f"liquidose {__version__}, data {data_version()}, us rules, id "
    (here / "liquidose.toml").write_text(f'profile = "us"\n{SITE}', encoding="utf-8")
    for form in ("pdf", "svg", "png", "zpl"):
        assert run("--format", form, "--dpi", "203", "-o", f"a.{form}", "--manifest", "m.json").exit_code == 0
    assert run("--preview", "-o", "a.pdf").exit_code == 0
    identity = made + json.loads((here / "m.json").read_text(encoding="utf-8"))["id"]
    title = "Label: baclofen oral solution"
    with pdfplumber.open(here / "a.pdf") as pdf:
        assert (pdf.metadata["Title"], pdf.metadata["Keywords"]) == (title, identity)
    root = ET.parse(here / "a.svg").getroot()  # noqa: S314  (written a moment ago)
    assert [root[0].text, root[1].text] == [title, identity]
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    for name in ("a.png", "a-preview.png"):
        with Image.open(here / name) as picture:
            assert picture.text == {"Title": title, "Language": "en", "Description": identity}  # type: ignore[attr-defined]
    zpl = (here / "a.zpl").read_text(encoding="ascii")
    assert zpl.count("^FX") == 1
    assert f"^FX{title} (en). {identity}^FS\n" in zpl


def test_a_drug_s_name_cannot_end_the_comment_of_a_zpl_file(here: Path) -> None:
    order = Path(ORDER).read_text(encoding="utf-8").replace('name = "baclofen"', 'name = "bac^XZ~JR łofen"')
    (here / "o.toml").write_text(order, encoding="utf-8")
    result = CliRunner().invoke(
        main, ["label", "o.toml", "--format", "zpl", "--dpi", "203", "-o", "a.zpl"], prog_name="liquidose"
    )
    assert result.exit_code == 0, result.output
    zpl = (here / "a.zpl").read_text(encoding="ascii")
    assert "^FXLabel: bac XZ JR \\u0142ofen oral solution (en). " in zpl
    assert zpl.count("^XZ") == 1
