"""A site measures its own syringe: the strip it is read on, what is refused, and the row in the site file."""

from __future__ import annotations

import datetime as dt
import os
import pty
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from click.testing import CliRunner, Result
from tables import plain

from liquidose.cli import main
from liquidose.devices.bores import bores_of
from liquidose.devices.calibration import Calibration, Span, fan_of
from liquidose.devices.syringes import Syringe, catalogue, syringes_of
from liquidose.devices.truescale import published_scale, true_scale
from liquidose.errors import BadFile, CannotWrite, GiveWhatIsMissing
from liquidose.pages.fan import calibration_page
from liquidose.pages.shapes import Line
from liquidose.site import load_site

MM = 72 / 25.4
READ = ("--from", "0", "--to", "5", "--mm", "42.5", "--span", "0", "3", "25.4")
pytestmark = pytest.mark.usefixtures("bare_environment")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["syringes", "calibrate", *arguments], prog_name="liquidose")


def of(identity: str) -> Syringe:
    (syringe,) = syringes_of([identity])
    return syringe


def span(to: str, mm: str, start: str = "0") -> Span:
    return Span(from_ml=Fraction(start), to_ml=Fraction(to), mm=Fraction(mm))


def measured(**changes: Any) -> Calibration:
    row: dict[str, Any] = {
        "syringe": "bd-oral-5", "date": dt.date(2026, 1, 2), "span": (span("5", "42.5"), span("3", "25.4")),
    }  # fmt: skip
    return Calibration(**(row | changes))


# The value


def test_the_longest_span_counts() -> None:
    assert measured().scale_mm_per_ml == Fraction("8.5")
    assert measured(span=(span("3", "25.4"), span("5", "42.5"))).longest == span("5", "42.5")
    assert measured(span=(), mm_per_ml=Fraction("8.4")).scale_mm_per_ml == Fraction("8.4")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"span": ()}, "a calibration has either its spans or the mm_per_ml of the fan"),
        ({"mm_per_ml": Fraction(8)}, "a calibration has either its spans or the mm_per_ml of the fan"),
        ({"span": (), "mm_per_ml": Fraction(0)}, "mm_per_ml must be above 0"),
        (
            {"span": (span("5", "42.5"),)},
            "a calibration needs a second span, between other lines, to check the first",
        ),
        (
            {"span": (span("5", "42.5"), span("5", "42.4"))},
            "a calibration needs a second span, between other lines, to check the first",
        ),
        (
            {"span": (span("5", "42.5"), span("3", "25.2"))},
            "the spans differ by 1.18 %, and may differ by 1 %; read them again",
        ),
    ],
)
def test_a_calibration_that_proves_nothing_cannot_be_built(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        measured(**changes)


def test_spans_may_differ_by_just_1_percent() -> None:
    assert measured(span=(span("5", "40"), span("3", "23.76"))).scale_mm_per_ml == 8


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (("0", "42.5"), "a span goes from a smaller volume to a larger one"),
        (("5", "0"), "the mm of a span must be above 0"),
    ],
)
def test_an_impossible_span_cannot_be_built(how: tuple[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        span(*how)


# The readings


def test_readings_are_stored_with_date_and_printer_and_marks_find_them(tmp_path: Path) -> None:
    result = run(
        "bd-oral-5", *READ, "--printer", "ward 2", "--date", "2026-01-02", "--catalogue-no", "305218"
    )
    assert result.exit_code == 0, result.stderr
    assert plain(result.output) == (
        "bd-oral-5: 8.5 mm for each mL, stored in liquidose.toml.\n"
        "Note: No outer diameter is known, and 13 mm, the least of this size, is taken: give --outer-mm if the strip "
        "could be wider.\n"
    )
    site = load_site(str(tmp_path / "liquidose.toml"))
    assert site.calibration == (measured(printer="ward 2", catalogue_no="305218"),)
    scale = true_scale(of("bd-oral-5"), site.calibration)
    assert (scale.mm_per_ml, scale.outer_mm) == (Fraction("8.5"), Fraction(13))
    assert plain(scale.called) == "BD 5 mL 305218"
    marked = CliRunner().invoke(main, ["mark", "2 mg", "1 mg/mL", "--syringe", "bd-oral-5"])
    assert marked.exit_code == 0, marked.stderr
    shown = CliRunner().invoke(main, ["site", "show"]).output
    assert "calibrated                 bd-oral-5" in shown


def test_two_spans_or_a_scale_of_the_fan_do_as_well() -> None:
    assert run("bd-oral-5", "--span", "0", "5", "42.5", "--span", "1", "4", "25.5").exit_code == 0
    assert "8.5 mm" in plain(run("bd-oral-5", "--mm-per-ml", "8.5").output)
    assert load_site("liquidose.toml").calibration[0].mm_per_ml == Fraction("8.5")


@pytest.mark.parametrize("before", [("--site", "ward.toml"), ("--kind", "oral")])
def test_an_option_of_the_list_is_not_silently_left_out(before: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, ["syringes", *before, "calibrate", "bd-oral-5", *READ])
    assert result.exit_code == 2
    assert (
        "Write the options behind 'calibrate'; --kind and --site before it are for the list." in result.stderr
    )
    assert not Path("liquidose.toml").exists()


def test_without_a_date_it_is_today() -> None:
    before = dt.datetime.now().astimezone().date()
    assert run("bd-oral-5", *READ).exit_code == 0
    assert before <= load_site("liquidose.toml").calibration[0].date <= dt.datetime.now().astimezone().date()


def test_comments_and_everything_else_in_the_site_file_survive(tmp_path: Path) -> None:
    text = '# Ward 7\nlocale = "en-US"  # as typed\nstocked = ["bd-oral-5"]\n\n[pharmacy]  # ours\nname = "Example"\n'
    (tmp_path / "ward.toml").write_text(text, encoding="utf-8")
    for mm in ("42.5", "42.6"):
        assert run("bd-oral-5", "--from", "0", "--to", "5", "--mm", mm, *READ[6:], "--site", "ward.toml").exit_code == 0  # fmt: skip
    assert run("bd-oral-10", "--mm-per-ml", "5.5", "--outer-mm", "17.3", "--site", "ward.toml").exit_code == 0
    after = (tmp_path / "ward.toml").read_text(encoding="utf-8")
    assert after.startswith(text)
    site = load_site("ward.toml")
    assert [c.syringe for c in site.calibration] == ["bd-oral-5", "bd-oral-10"], (
        "a newer row takes the older's place"
    )
    assert site.calibration[0].span[0].mm == Fraction("42.6")
    assert site.calibration[1].outer_mm == Fraction("17.3")
    assert (site.locale, site.stocked) == ("en-US", ("bd-oral-5",))


def test_what_needs_a_second_look_is_said() -> None:
    told = plain(run("bd-10", "--mm-per-ml", "5.8").output)
    assert (
        "Warning: This is about 5.2 % off the published figure of 6.12 mm: check that it is this syringe."
        in told
    )
    assert "Note: Print the marks on the printer that printed the strip" in told
    assert "outer diameter" not in told, "the catalogue has it"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (
            ("bd-oral-5", *READ[:6]),
            3,
            "One reading of bd-oral-5 could be mistyped, and there is no second to check it. Read between another pair "
            "of lines too, and add it: --span 0 HALF READING.",
        ),
        (
            ("bd-oral-5", "--from", "0", *READ[6:]),
            3,
            "A reading has three parts: the two lines in mL and the millimetres between them. "
            "Give --from, --to and --mm together.",
        ),
        (
            ("bd-oral-5", *READ[:6], "--span", "0", "3", "26"),
            3,
            "The readings of bd-oral-5 cannot be kept: the spans differ by 1.92 %, and may differ by 1 %; read them "
            "again. Lay the ruler's 0 on the centre of the first line, and read the centre of the other.",
        ),
        (
            ("bd-oral-5", *READ[:6], "--span", "3", "0", "25.5"),
            3,
            "The readings of bd-oral-5 cannot be kept: a span goes from a smaller volume to a larger one. Lay the "
            "ruler's 0 on the centre of the first line, and read the centre of the other.",
        ),
        (
            ("bd-oral-5", "--from", "0", "--to", "5", "--mm", "425", "--span", "0", "3", "255"),
            3,
            "85 mm for each mL is beyond what syringes of 5 mL are like, 7.06 to 9.72 mm. Check the two volumes and the "
            "millimetres, and that the strip was printed at 100 %.",
        ),
        (
            ("bd-oral-5", *READ[:6], "--span", "0", "2.5", "21.25"),
            2,
            "bd-oral-5 has no line at 2.5 mL: it has one every 0.2 mL, up to 5 mL. Read between two printed lines.",
        ),
        (
            ("bd-oral-5", *READ, "--outer-mm", "138"),
            3,
            "An outer diameter of 138 mm is beyond what barrels of 5 mL are like. Measure straight across the barrel, "
            "or leave it out.",
        ),
        (
            ("oral-5", *READ[:6], "--span", "0", "3", "25.4"),
            2,
            "oral-5 stands for syringes of any brand, and their barrels differ by a quarter. Say whose syringe was "
            "measured, with --brand, or brand in the site file.",
        ),
        (
            ("bd-ultrafine-u100-0.3", "--mm-per-ml", "138"),
            3,
            "bd-ultrafine-u100-0.3 is an insulin syringe: it is marked in units, and no dose mark is printed for it. "
            "Use the lines of the syringe itself.",
        ),
        (
            ("bd-ultrafine-u100-0.3",),
            3,
            "bd-ultrafine-u100-0.3 is an insulin syringe: it is marked in units, and no dose mark is printed for it. "
            "Use the lines of the syringe itself.",
        ),
        (
            ("bd-oral-5", *READ, "--mm-per-ml", "8.5"),
            2,
            "--mm-per-ml stands for the scale that met every line, and readings are given too. Give the one or the other.",
        ),
        (("bd-oral-5", *READ, "-o", "x.pdf"), 2, "-o is for the strip, and readings are given. Leave -o out to store them."),
        (
            ("bd-oral-5", "--from", "0", "--to", "5", "--mm", "42,5", *READ[6:]),
            2,
            "'42,5' could be 42.5 or 425. Write a point for decimals and nothing between thousands, or state the locale.",
        ),
        (
            ("bd-oral-55",),
            2,
            "There is no syringe 'bd-oral-55' in the catalogue. Did you mean 'bd-oral-5'?",
        ),
    ],
)  # fmt: skip
def test_a_reading_that_cannot_be_right_is_refused_and_nothing_is_written(
    arguments: tuple[str, ...], status: int, message: str, tmp_path: Path
) -> None:
    result = run(*arguments)
    assert plain(result.stderr) == f"liquidose: {message}\n"
    assert result.exit_code == status
    assert not list(tmp_path.glob("*.*"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[[calibration]]\nsyringe = "bd-oral-6"\ndate = 2026-01-02\nmm_per_ml = 8.5\n',
            "There is no syringe 'bd-oral-6' in the catalogue. Did you mean 'bd-oral-5'?",
        ),
        (
            '[[calibration]]\nsyringe = "bd-oral-5"\ndate = 2026-01-02\nmm_per_ml = 85\n',
            "85 mm for each mL is beyond what syringes of 5 mL are like",
        ),
        (
            '[[calibration]]\nsyringe = "bd-oral-5"\ndate = 2026-01-02\nmm_per_ml = 8.5\n' * 2,
            "a syringe has two [[calibration]] rows: keep the newer one.",
        ),
        (
            '[[calibration]]\nsyringe = "bd-oral-5"\ndate = 2026-01-02\nspan = [{from_ml = 0, to_ml = 5, mm = 42}]\n',
            "calibration[0]: a calibration needs a second span, between other lines, to check the first.",
        ),
        (
            '[[calibration]]\nsyringe = "bd-oral-5"\ndate = 2026-01-02\nmm_per_mL = 8.5\n',
            "there is no key 'mm_per_mL'. Did you mean 'mm_per_ml'?",
        ),
        ('calibration = "bd-oral-5"\n', "calibration: a list is needed, and not 'bd-oral-5'."),
    ],
)
def test_a_fault_in_a_calibration_of_the_site_file_is_named(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "ward.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile) as fault:
        load_site(str(path))
    assert message in plain(str(fault.value))
    assert str(path) in str(fault.value)


def test_a_site_file_that_would_change_elsewhere_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ward.toml"
    path.write_text('locale = "en-US"\n', encoding="utf-8")
    monkeypatch.setattr("tomlkit.dumps", lambda *_: 'locale = "en-GB"\n')
    result = run("bd-oral-5", *READ, "--site", "ward.toml")
    assert result.exit_code == 2
    assert result.stderr == (
        "liquidose: ward.toml is written in a way that no row can be added to without changing the rest. "
        "Move its [[calibration]] rows to the end, and try again.\n"
    )
    assert path.read_text(encoding="utf-8") == 'locale = "en-US"\n'


def test_an_unwritable_site_file_ends_with_5(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise CannotWrite(
            "liquidose.toml cannot be written: No space left on device.", "Choose another place with -o."
        )

    monkeypatch.setattr("liquidose.site_writing.write_whole", full)
    result = run("bd-oral-5", *READ)
    assert result.exit_code == 5
    assert result.stderr == (
        "liquidose: liquidose.toml cannot be written: No space left on device. Name another site file with --site.\n"
    )


def test_a_calibration_that_is_a_list_in_brackets_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "ward.toml").write_text("calibration = []\n", encoding="utf-8")
    result = run("bd-oral-5", *READ, "--site", "ward.toml")
    assert result.exit_code == 2
    assert "'calibration' is a list in brackets, to which no row can be added." in result.stderr
    assert (tmp_path / "ward.toml").read_text(encoding="utf-8") == "calibration = []\n"


def test_a_size_nothing_is_known_of_is_refused() -> None:
    for size in (Fraction(100), Fraction(1, 10)):
        with pytest.raises(GiveWhatIsMissing, match=r"Choose a syringe from 0\.3"):
            bores_of(size)


def test_a_size_between_two_classes_may_be_like_either() -> None:
    between = bores_of(Fraction(15))
    assert (between.mm_per_ml_low, between.mm_per_ml_high) == (Fraction("2.88"), Fraction("6.53"))
    assert (between.bore_low_mm, between.bore_high_mm) == (Fraction("14.4"), Fraction("20.4"))


@pytest.mark.parametrize("kind", ["oral", "enfit", "luer", "insulin"])
def test_every_catalogued_bore_is_within_its_class(kind: Any) -> None:
    for syringe in catalogue(kind):
        known = bores_of(syringe.capacity_ml)
        scale = published_scale(syringe)
        assert known.bore_low_mm + Fraction("1.2") == known.outer_least_mm
        assert scale is None or known.mm_per_ml_low <= scale <= known.mm_per_ml_high
        if syringe.outer_diameter_mm is not None:
            assert known.outer_least_mm <= syringe.outer_diameter_mm


# The outer diameter is asked for


def on_a_terminal(*arguments: str, typed: str) -> str:
    """What a person at a terminal of 100 columns sees, with what they type."""
    ours, theirs = pty.openpty()
    os.write(ours, typed.encode())
    command = [sys.executable, "-m", "liquidose", "syringes", "calibrate", *arguments]
    status = subprocess.run(
        command, stdin=theirs, stdout=theirs, stderr=theirs, check=False, env=os.environ | {"COLUMNS": "100"}
    ).returncode
    os.close(theirs)
    seen = b""
    while True:
        try:
            some = os.read(ours, 4000)
        except OSError:  # all was read, and nobody writes any more
            break
        if not some:
            break
        seen += some
    os.close(ours)
    return plain(" ".join(seen.decode().split())) + f" [{status}]"


QUESTION = (
    "Measure the outside of the barrel straight across, in mm: a mark goes at most a quarter of the way round it. Enter "
    "alone assumes 13 mm, the least of syringes of 5 mL, and the mark may come out narrower than it could be. Outer "
    "diameter in mm: "
)
terminal = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")


@terminal
def test_on_a_terminal_the_outer_diameter_is_asked_for_until_it_can_be_right() -> None:
    seen = on_a_terminal("bd-oral-5", *READ, "--printer", "desk", typed="138\n13,8\n13.8\n")
    assert QUESTION in seen
    assert (
        "Error: An outer diameter of 138 mm is beyond what barrels of 5 mL are like. Measure straight across the barrel, "
        "or leave it out. Outer diameter in mm: "
    ) in seen
    assert (
        "Error: '13,8' could be 13.8 or 138. Write a point for decimals and nothing between thousands, or state the "
        "locale. Outer diameter in mm: "
    ) in seen
    assert seen.endswith("bd-oral-5: 8.5 mm for each mL, stored in liquidose.toml. [0]")
    assert load_site("liquidose.toml").calibration == (
        measured(
            outer_mm=Fraction("13.8"), printer="desk", date=load_site("liquidose.toml").calibration[0].date
        ),
    )


@terminal
def test_enter_alone_assumes_the_least_of_the_size_and_says_so() -> None:
    seen = on_a_terminal("bd-oral-5", *READ, "--printer", "desk", typed="\n")
    assert QUESTION in seen
    assert seen.endswith(
        "Note: No outer diameter is known, and 13 mm, the least of this size, is taken: give --outer-mm if the strip "
        "could be wider. [0]"
    )
    assert load_site("liquidose.toml").calibration[0].outer_mm is None


@terminal
@pytest.mark.parametrize(
    "arguments",
    [
        ("bd-oral-5", *READ, "--outer-mm", "13.8"),
        ("bd-10", "--mm-per-ml", "6.1"),  # the catalogue has it
        ("bd-oral-5",),  # the strip
    ],
)
def test_what_is_known_is_not_asked_for(arguments: tuple[str, ...]) -> None:
    seen = on_a_terminal(*arguments, typed="")
    assert "Outer diameter in mm" not in seen
    assert seen.endswith("[0]")


@terminal
def test_a_reading_that_cannot_be_right_is_refused_before_anything_is_asked() -> None:
    seen = on_a_terminal("bd-oral-5", *READ[:6], "--span", "0", "3", "26", typed="")
    assert "Outer diameter in mm" not in seen
    assert seen.endswith("read the centre of the other. [3]")


@terminal
def test_who_breaks_off_at_the_question_has_stored_nothing() -> None:
    seen = on_a_terminal("bd-oral-5", *READ, typed="\x04")
    assert seen.endswith("Aborted! [1]")
    assert not Path("liquidose.toml").exists()


def test_nothing_is_asked_where_nobody_could_answer() -> None:
    result = CliRunner().invoke(main, ["syringes", "calibrate", "bd-oral-5", *READ], input="13.8\n")
    assert result.exit_code == 0, result.stderr
    assert "Outer diameter in mm" not in result.output
    assert "13\u00a0mm, the least of this size, is taken" in result.output
    closed = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from liquidose.cli import main; sys.stdin = None; main(sys.argv[1:])",
            *("syringes", "calibrate", "bd-oral-5", *READ),
        ],
        capture_output=True,
        check=False,
    )
    assert closed.returncode == 0, closed.stderr


# The strip


def test_the_fan_is_drawn_by_the_figures_it_prints() -> None:
    assert [percent for percent, _ in fan_of(Fraction("8.5"))] == list(range(-5, 6))
    assert [str(float(scale)) for _, scale in fan_of(Fraction("57.663"))][4:7] == ["57.09", "57.66", "58.24"]


@pytest.mark.parametrize("identity", ["bd-oral-5", "bd-1", "bd-60", "oral-1", "exactamed-0.5"])
def test_the_strip_has_a_true_ruler_and_eleven_true_scales(identity: str, tmp_path: Path) -> None:
    result = run(identity, "-o", "strip.pdf")
    assert result.exit_code == 0, result.stderr
    assert "Strip written to strip.pdf. Print it at 100 %" in plain(result.output)
    page = calibration_page(of(identity), None, "A4")
    with pdfplumber.open(tmp_path / "strip.pdf") as pdf:
        (sheet,) = pdf.pages
        drawn = {(round(a["x0"] / MM, 2), round(a["top"] / MM, 2)) for a in sheet.lines}
        text = plain(sheet.extract_text())
        edge = max(*(w["x1"] for w in sheet.extract_words()), *(r["x1"] for r in sheet.rects))
    assert edge < (210 - 5) * MM
    ruler = [x for x, y in drawn if y == 70.0]
    for mm in range(151):
        assert any(abs(x - (min(ruler) + 5 + mm)) < 0.02 for x in ruler)
    for percent, scale in fan_of(_centre(of(identity))):
        lines = [s for s in page.shapes if isinstance(s, Line) and s.name.startswith(f"fan:{percent}:")]
        zero = next(s.x1_mm for s in lines if s.name.endswith(":0"))
        for line in lines:
            ml = Fraction(line.name.rpartition(":")[2])
            assert line.x1_mm - zero == pytest.approx(float(ml * scale), abs=1e-6)
            assert any(abs(x - line.x1_mm) < 0.02 and abs(y - line.y1_mm) < 0.02 for x, y in drawn)
    assert f"liquidose syringes calibrate {identity} --from 0" in text
    assert ("--brand NAME" in text) == (identity == "oral-1")
    assert "name this printer: --printer NAME." in text
    assert ("Measure the outside of the barrel" in text) == (of(identity).outer_diameter_mm is None)
    assert re.search(r"liquidose [\d.]+, data [0-9a-f]{8}, international rules, id [0-9a-f]{8}$", text)


def _centre(syringe: Syringe) -> Fraction:
    known = bores_of(syringe.capacity_ml)
    return published_scale(syringe) or (known.mm_per_ml_low + known.mm_per_ml_high) / 2


def test_a_second_strip_stands_around_the_first_reading() -> None:
    assert run("bd-oral-5", *READ).exit_code == 0
    assert run("bd-oral-5").exit_code == 0
    with pdfplumber.open("bd-oral-5-calibration.pdf") as pdf:
        text = plain(pdf.pages[0].extract_text())
    assert "0 % 8.5 mm per mL" in text
    assert "drawn around the calibration in the site file" in text
