"""liquidose lint: what it prints, and the status it ends with."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from liquidose.cli import main

SCHEMAS = Path(__file__).parent.parent / "liquidose" / "data" / "schemas"

pytestmark = pytest.mark.usefixtures("bare_environment")


def run(*arguments: str, typed: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["lint", *arguments], input=typed, prog_name="liquidose")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.fixture
def label(tmp_path: Path) -> str:
    path = tmp_path / "label.txt"
    path.write_bytes("\ufeffBaclofen 5 mg in 5 mL\r\nTake .5mls QD\r\n".encode())
    return str(path)


def test_each_place_is_shown_once_with_its_remedy_and_every_rule(label: str) -> None:
    result = run(label)
    assert result.exit_code == 1
    assert plain(result.stdout).splitlines() == [
        "line 2, column 6: '.5mls'. Write '0.5 mL'.",
        "  R1: no zero before the decimal point: without it, ten times as much is read.",
        "  R5: no space before the unit: the m or U is read as zeros.",
        "  R14: the unit of volume is written mL: a small l is read as 1, cc as u.",
        "  R17: an abbreviated unit takes no s.",
        "line 2, column 12: 'QD'. Write 'daily'.",
        "  R25: it is read as four times a day, or as the right eye.",
        f"{label}: 2 places to correct (international rules).",
    ]


def test_a_clean_text_ends_with_0() -> None:
    result = run("-", typed=b"Give 5 mL in the morning.\n")
    assert (result.exit_code, result.stdout) == (0, "standard input: nothing found (international rules).\n")


def test_nothing_at_all_is_clean() -> None:
    assert run("-", typed=b"").exit_code == 0


def test_one_place_is_one() -> None:
    assert (
        "standard input: 1 place to correct (us rules)." in run("-", "--profile", "us", typed=b"5mg").stdout
    )


def test_the_profile_is_the_option_and_else_the_sites(tmp_path: Path) -> None:
    text = b"Give 50 mcg."
    assert run("-", typed=text).exit_code == 0
    (tmp_path / "liquidose.toml").write_text('profile = "uk"\n', encoding="utf-8")
    result = run("-", typed=text)
    assert result.exit_code == 1
    assert "Write '50 micrograms'." in plain(result.stdout)
    assert run("-", "--profile", "us", typed=text).exit_code == 0


def test_json_is_the_documented_object(label: str) -> None:
    schema = json.loads((SCHEMAS / "lint.schema.json").read_text(encoding="utf-8"))
    result = run(label, "--json")
    document = json.loads(result.stdout)
    jsonschema.validate(document, schema)
    assert result.exit_code == 1
    assert (document["schema"], document["file"], document["profile"]) == (
        "liquidose.lint/1",
        label,
        "international",
    )
    assert document["findings"][-1] == {
        "rule": "R25",
        "line": 2,
        "column": 12,
        "found": "QD",
        "problem": "it is read as four times a day, or as the right eye",
        "remedy": "Write 'daily'.",
    }
    clean = run("-", "--json", typed=b"Give 5 mL.")
    assert clean.exit_code == 0
    assert json.loads(clean.stdout)["findings"] == []


@pytest.mark.parametrize(
    ("arguments", "typed", "message"),
    [
        (("nowhere.txt",), None, "nowhere.txt cannot be read: No such file or directory. Check the path."),
        ((".",), None, ". cannot be read: Is a directory. Check the path."),
        (("-",), b"5 mg \xff", "standard input is not UTF-8 text. Save it as UTF-8."),
        (("-",), b"a" * 4_000_001, "standard input is larger than 4000000 bytes. Check that it is the file."),
    ],
    ids=["missing", "folder", "bytes", "large"],
)
def test_what_cannot_be_read_ends_with_2(
    arguments: tuple[str, ...], typed: bytes | None, message: str
) -> None:
    result = run(*arguments, typed=typed)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"liquidose: {message}\n")


def test_a_script_gets_an_object_for_a_refusal_too() -> None:
    result = run("nowhere.txt", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stderr)["code"] == "bad-file"


def test_a_profile_that_is_not_one_ends_with_2() -> None:
    assert run("-", "--profile", "mars", typed=b"").exit_code == 2
