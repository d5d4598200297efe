"""Hostile and unlucky input: a clear refusal or a plain label, never a partial file, a file read or a connection."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pdfplumber
import pytest
from click.testing import CliRunner, Result

from liquidose.cli import main

ORDER = (Path(__file__).parent.parent / "examples" / "baclofen.toml").read_text(encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["label", *arguments], prog_name="liquidose")


def label_for(name: str, folder: Path) -> tuple[Result, Path]:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    source, target = folder / "order.toml", folder / "label.pdf"
    source.write_text(ORDER.replace("Sam Example", quoted), encoding="utf-8")
    return run(str(source), "-o", str(target)), target


@pytest.mark.parametrize(
    "name",
    [
        "<b>Sam</b>",
        "Sam &amp; Ann &#x41;",
        '<img src="/etc/passwd"/>',
        "<a href='https://example.org'>Sam</a>",
        "{patient.id} %s %(name)s $HOME `id`",
        "../../etc/passwd",
        "file:///etc/passwd",
        "-rf",
        "=1+1",
        "Sam \\n Example",
        "(Sam) \\(x\\) <</Type/Page>> endobj",
    ],
)
def test_markup_paths_and_formulas_are_words_like_any_other(name: str, tmp_path: Path) -> None:
    result, target = label_for(name, tmp_path)
    assert result.exit_code == 0, result.output
    with pdfplumber.open(target) as pdf:
        shown = " ".join(pdf.pages[0].extract_text().split())
        assert not pdf.pages[0].images
        assert not pdf.pages[0].hyperlinks
    assert " ".join(name.split()) in shown


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [
        ("Sam \U0001f600", 2, "has '\U0001f600' (U+1F600), which the label's typeface cannot draw"),
        (
            "Sam\u202eelpmaxE",
            2,
            "Sam\\u202eelpmaxE' holds a character that cannot be seen, U+202E (right-to-left override)",
        ),
        (
            "Sam\u2066x",
            2,
            "Sam\\u2066x' holds a character that cannot be seen, U+2066 (left-to-right isolate)",
        ),
        ("Sam\u200d", 2, "Sam\\u200d' holds a character that cannot be seen, U+200D (zero width joiner)"),
        ("Sam\u0085Example", 2, "Sam\\x85Example' holds a character that cannot be seen, U+0085"),
        ("x" * 201, 2, f"patient.name is longer than 200 characters: '{'x' * 40}…'. Shorten it."),
        ("x" * 190, 3, "is kept on one line"),
        ("Sam " * 49, 3, "mm too high"),
        ("   ", 2, "patient.name is empty"),
    ],
)
def test_what_cannot_be_shown_is_refused_and_nothing_is_left(
    name: str, status: int, says: str, tmp_path: Path
) -> None:
    result, _ = label_for(name, tmp_path)
    assert result.exit_code == status, result.output
    assert says in result.stderr.replace("\u00a0", " ")
    assert [p.name for p in tmp_path.iterdir()] == ["order.toml"]


@pytest.mark.parametrize("escape", ["\\u0000", "\\u0007", "\\n", "\\u001b[31m"])
def test_control_characters_are_refused_and_shown(escape: str, tmp_path: Path) -> None:
    source = tmp_path / "order.toml"
    source.write_text(ORDER.replace("Sam Example", f"Sam{escape}Example"), encoding="utf-8")
    result = run(str(source), "-o", str(tmp_path / "a.pdf"))
    assert result.exit_code == 2
    said = (
        "holds a character that cannot be seen, U+00",
        "patient.name holds a line break or another control character",
    )
    assert any(words in result.stderr for words in said)
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize(
    "bomb",
    [
        "x = " + "[" * 100_000 + "]" * 100_000,
        "x = " + "{a=" * 20_000 + "1" + "}" * 20_000,
        "x" + ".x" * 20_000 + " = 1",
        "x = 1e999999999",
        "x = " + "9" * 100_000,
        "x = inf",
        "x = [" + "{}," * 100_000 + "]",
        'x = "' + "a" * 4_000_001 + '"',
    ],
    ids=["arrays", "tables", "dots", "exponent", "digits", "infinity", "rows", "size"],
)
def test_a_bomb_of_toml_is_refused_quietly(bomb: str, tmp_path: Path) -> None:
    source = tmp_path / "order.toml"
    source.write_text(bomb + "\n" + ORDER, encoding="utf-8")
    result = run(str(source), "-o", str(tmp_path / "a.pdf"))
    assert result.exit_code == 2, result.output
    assert len(result.stderr) < 1000
    assert [p.name for p in tmp_path.iterdir()] == ["order.toml"]


@pytest.mark.parametrize(
    "given", ["/etc/passwd", "/dev/null", "/proc/self/environ", "nowhere.toml", ".", "a\0b"]
)
def test_what_is_no_order_is_refused_by_name(given: str, tmp_path: Path) -> None:
    result = run(given, "-o", str(tmp_path / "a.pdf"))
    assert result.exit_code == 2
    assert "root:" not in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_label_that_somebody_reads_is_replaced_whole(tmp_path: Path) -> None:
    result, target = label_for("One", tmp_path)
    assert result.exit_code == 0
    with target.open("rb") as reader:
        first = reader.read(100)
        result, _ = label_for("Two", tmp_path)
        assert result.exit_code == 0
        old = first + reader.read()
    assert old != target.read_bytes()
    assert old.rstrip().endswith(b"%%EOF")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits on a file's size are a matter of Unix")
def test_a_disk_that_fills_up_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "order.toml").write_text(ORDER, encoding="utf-8")
    (tmp_path / "label.pdf").write_text("the old label")
    done = subprocess.run(
        [sys.executable, "-m", "liquidose", "label", "order.toml", "-o", "label.pdf"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 5, done.stderr
    assert "label.pdf cannot be written: File too large. Choose another place with -o." in done.stderr
    assert (tmp_path / "label.pdf").read_text() == "the old label"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["label.pdf", "order.toml"]


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    (tmp_path / "order.toml").write_text(ORDER, encoding="utf-8")
    result = run(str(tmp_path / "order.toml"), "-o", str(folder / "a.pdf"))
    assert result.exit_code == 5
    assert "Permission denied" in result.stderr
