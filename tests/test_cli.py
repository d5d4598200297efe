"""The command line, as a person types it and as a script reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from liquidose import __version__
from liquidose.cli import main

ROOT = Path(__file__).parent.parent
SCHEMAS = ROOT / "liquidose" / "data" / "schemas"


pytestmark = pytest.mark.usefixtures("bare_environment")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="liquidose")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))


def test_convert_answers_in_one_sentence_and_a_picture() -> None:
    result = run("convert", "5 mg", "5 mg/5 mL")
    assert result.exit_code == 0
    lines = plain(result.output).splitlines()
    assert lines[0] == (
        "From the bottle marked 5 mg in 5 mL (1 mg per mL): for each dose, "
        "fill a 5 mL oral syringe to the 5 mL line."
    )
    assert "▼" in result.output
    assert lines[-1] == "Note: This is for a syringe marked every 0.2 mL; check yours."
    assert max(map(len, lines[1:])) <= 80


def test_convert_needs_no_spaces() -> None:
    assert run("convert", "5mg", "5mg/5mL").output == run("convert", "5 mg", "5 mg/5 mL").output


def test_convert_says_what_rounding_changed() -> None:
    first = plain(run("convert", "7.5 mg", "5 mg/5 mL").output).splitlines()[0]
    assert first.endswith("to the 7.4 mL line, which gives 7.4 mg (about 1.3 % less than ordered).")


@pytest.mark.parametrize(
    ("dose", "strength"),
    [
        ("5000 units", "5000 Units/ml- 1ml Vial"),
        ("20 units", "insulin lispro 100 units/mL"),
        ("10 mEq", "10mEq/100mL Premix"),
        ("4 mg", "4mg/4mL Amp"),
    ],
)
def test_convert_says_no_draw_up_for_what_may_be_injected(dose: str, strength: str) -> None:
    result = run("convert", dose, strength)
    assert result.exit_code == 0
    assert "each dose is" in plain(result.output).splitlines()[0]
    assert "fill" not in result.output.lower()
    assert "Warning: No syringe was chosen" in result.output


def test_convert_explains() -> None:
    output = plain(run("convert", "500 mcg", "1 mg/mL", "--explain").output)
    assert "  Volume: 0.5 mg ÷ 1 mg per mL = 0.5 mL." in output.splitlines()


def test_convert_takes_every_option() -> None:
    result = run(
        *("convert", "300 mg/m2 (max 1 g/day)", "Mix 400 mg/57 mg in 5 mL", "--component", "first"),
        *("--weight", "18kg", "--height", "110cm", "--times-a-day", "3", "--route", "oral"),
        *("--syringe", "oral-5", "--syringe", "oral-3", "--locale", "en-US", "--json"),
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["volume"]["exact_ml"] == "2.775"


def test_json_is_the_documented_object() -> None:
    result = run("convert", "5 mg", "5 mg/5 mL", "--json")
    document = json.loads(result.stdout)
    jsonschema.validate(document, schema("convert"))
    assert document == {
        "schema": "liquidose.convert/1",
        "dose": {"value": "5", "unit": "mg"},
        "strength": {"value": "1", "unit": "mg", "per": "mL", "as_written": "5 mg/5 mL"},
        "volume": {"exact_ml": "5", "decimal_ml": "5", "is_rounded": False},
        "measured": {
            "syringe": "oral-5",
            "ml": "5",
            "draws_ml": ["5"],
            "change_percent": "0",
            "scale_tolerance_ml": "0.2",
            "dose_given": {"value": "5", "unit": "mg"},
        },
        "warnings": [
            {
                "code": "check-the-lines",
                "text": "This is for a syringe marked every 0.2 mL; check yours.",
            }
        ],
        "working": [
            "Ordered: 5 mg.",
            "Strength: 5 mg ÷ 5 mL = 1 mg in 1 mL.",
            "Volume: 5 mg ÷ 1 mg per mL = 5 mL.",
            "Measured: 5 mL on a 5 mL oral syringe marked every 0.2 mL (oral-5).",
            "Scale: may be out by 0.2 mL, 4 % of the dose, if it meets ISO 7886-1, which oral syringes need not.",
        ],
    }


def test_json_keeps_thirds_exact() -> None:
    document = json.loads(run("convert", "10 mg", "3 mg/mL", "--json").stdout)
    assert document["volume"] == {"exact_ml": "10/3", "decimal_ml": "3.33", "is_rounded": True}


@pytest.mark.parametrize(("dose", "weight"), [("0.25 mL/kg", "8kg"), ("5 mg/kg", "8kg")])
def test_json_of_every_kind_of_dose_fits_the_schema(dose: str, weight: str) -> None:
    document = json.loads(run("convert", dose, "5 mg/5 mL", "--weight", weight, "--json").stdout)
    jsonschema.validate(document, schema("convert"))
    assert (document["strength"] is None) is ("mL" in dose)


def test_unreadable_input_ends_with_2() -> None:
    result = run("convert", "1,5 mg", "5 mg/5 mL")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        "liquidose: '1,5' could be 1.5 or 15. Write a point for decimals and nothing between thousands, "
        "or state the locale.\n"
    )


def test_refusals_end_with_3() -> None:
    result = run("convert", "5 mg", "5 units/mL")
    assert result.exit_code == 3
    assert result.stdout == ""


def test_errors_are_an_object_too() -> None:
    result = run("convert", "5 mg", "5 units/mL", "--json")
    document = json.loads(result.stderr)
    jsonschema.validate(document, schema("error"))
    assert document["code"] == "units-do-not-match"
    assert document["given"]


def test_what_cannot_be_measured_gives_no_volume_to_draw_up() -> None:
    result = run("convert", "0.05 mg", "1 mg/mL")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert plain(result.stderr).startswith("liquidose: 0.05 mL is too little for a 1 mL oral syringe")


def test_what_cannot_be_measured_is_still_shown_where_it_is_asked_for() -> None:
    explained = run("convert", "0.05 mg", "1 mg/mL", "--explain")
    assert explained.exit_code == 3
    assert "Volume: 0.05 mg ÷ 1 mg per mL = 0.05 mL." in plain(explained.stdout)
    assert "fill" not in explained.stdout.lower()
    as_json = run("convert", "0.05 mg", "1 mg/mL", "--json")
    assert as_json.exit_code == 3
    assert json.loads(as_json.stdout)["measured"] is None
    assert json.loads(as_json.stderr)["code"] == "change-the-device"


def test_no_arguments_show_help_with_three_examples() -> None:
    result = run()
    assert result.exit_code == 0
    assert result.output.count("  liquidose ") >= 3


def test_version() -> None:
    assert run("--version").output == f"liquidose, version {__version__}\n"


def test_unknown_command_is_refused() -> None:
    assert run("titrate").exit_code == 2


class TestLocale:
    """The interactive command may take the locale from outside, and says so when that changed a reading."""

    def test_environment_is_used_and_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LIQUIDOSE_LOCALE", "de-DE")
        result = run("convert", "2,5 mg", "5 mg/5 mL")
        assert "to the 2.5" in plain(result.output)
        assert "Note: Numbers were read as written in de-DE (LIQUIDOSE_LOCALE)." in result.output

    def test_a_script_hears_of_it_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LIQUIDOSE_LOCALE", "de-DE")
        document = json.loads(run("convert", "2,5 mg", "5 mg/5 mL", "--json").stdout)
        assert "locale" in {warning["code"] for warning in document["warnings"]}

    def test_environment_that_changed_nothing_is_not_mentioned(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LIQUIDOSE_LOCALE", "de-DE")
        assert "Numbers were read" not in run("convert", "5 mg", "5 mg/5 mL").output

    def test_site_file_is_used_and_said(self, tmp_path: Path) -> None:
        (tmp_path / "liquidose.toml").write_text('locale = "en-US"\n', encoding="utf-8")
        result = run("convert", "5,000 mg", "500 mg/mL")
        assert "Note: Numbers were read as written in en-US (liquidose.toml)." in result.output

    def test_option_wins(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LIQUIDOSE_LOCALE", "de-DE")
        assert run("convert", "1,5 mg", "5 mg/5 mL", "--locale", "en-US").exit_code == 2


class TestSite:
    """The site file: found by option, environment, folder, user's folder; its stock and limits hold."""

    def write(self, path: Path, text: str) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return str(path)

    def test_stock_of_the_site_is_used(self, tmp_path: Path) -> None:
        site = self.write(tmp_path / "ward.toml", 'stocked = ["exactamed-10", "own-7"]\n' + OWN)
        output = plain(run("convert", "5 mg", "5 mg/5 mL", "--site", site).output)
        assert "fill a 7 mL oral syringe to the 5 mL line" in output
        assert "check yours" not in output

    def test_environment_names_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LIQUIDOSE_SITE", self.write(tmp_path / "w.toml", 'stocked = ["oral-10"]\n'))
        assert "10 mL oral syringe" in plain(run("convert", "5 mg", "5 mg/5 mL").output)

    def test_the_users_folder_holds_it(self, tmp_path: Path) -> None:
        folder = tmp_path / "home" / ".config" / "liquidose" / "liquidose.toml"
        self.write(folder, 'stocked = ["oral-10"]\n')
        assert "10 mL oral syringe" in plain(run("convert", "5 mg", "5 mg/5 mL").output)

    def test_a_clinician_may_measure_a_tenth(self, tmp_path: Path) -> None:
        site = self.write(tmp_path / "w.toml", 'audience = "clinician"\n')
        result = run("convert", "0.1 mg", "1 mg/mL", "--site", site)
        assert result.exit_code == 0
        assert "Warning: The scale of a 1" in plain(result.output)

    def test_show_says_where_each_value_comes_from(self, tmp_path: Path) -> None:
        text = 'profile = "uk"\n[limits]\nrounding_warns = 2.5\n[pharmacy]\nname = "Example Pharmacy"\n'
        output = run("site", "show", "--site", self.write(tmp_path / "w.toml", text)).output
        assert "profile" in output
        rows = {line.split()[0]: line.split()[-1] for line in output.splitlines()[1:]}
        assert rows["profile"] == "file"
        assert rows["locale"] == "default"
        assert rows["limits.rounding_warns"] == "file"
        assert "Site file: none (defaults)" in run("site", "show").output

    def test_the_uk_profile_spells_micrograms_out(self, tmp_path: Path) -> None:
        site = self.write(tmp_path / "w.toml", 'profile = "uk"\n')
        output = plain(run("convert", "50 mcg", "50 mcg/5 mL", "--site", site, "--explain").output)
        assert "50 micrograms in 5 mL" in output
        assert "mcg" not in output

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('stoked = ["oral-5"]', "there is no key 'stoked'. Did you mean 'stocked'?"),
            ('stocked = ["oral-4"]', "There is no syringe 'oral-4' in the catalogue"),
            ("locale = 5", "locale: text is needed, and not 5. Write it in quotation marks."),
            ("[limits]\nrounding_warns = 20", "must not be above"),
            ("[limits]\nmost_draws = 9", "most_draws must be 1, 2 or 3"),
            ("profile = [", "is not TOML"),
            ('locale = "xx"', "is not a known locale"),
        ],
    )
    def test_faults_name_the_file_and_the_key(self, tmp_path: Path, text: str, message: str) -> None:
        site = self.write(tmp_path / "w.toml", text)
        for arguments in (("convert", "5 mg", "5 mg/mL"), ("site", "show"), ("syringes",)):
            result = run(*arguments, "--site", site)
            assert result.exit_code == 2
            assert message in result.stderr
            assert "w.toml" in result.stderr

    def test_a_missing_site_file_is_refused(self) -> None:
        assert "nowhere.toml cannot be read" in run("site", "show", "--site", "nowhere.toml").stderr


OWN = """
[[syringe]]
id = "own-7"
kind = "oral"
brand = "Ours"
capacity_ml = 7
step_ml = 0.25
source = ["measured by the ward, 2026"]
"""


def test_syringes_lists_the_catalogue_with_the_stock_starred(tmp_path: Path) -> None:
    output = run("syringes", "--kind", "oral").output
    assert output.startswith("oral:\n")
    assert "* oral-5 " in output
    assert "  exactamed-5 " in output
    assert "and at 2.5" in output
    assert "luer" not in output
    site = tmp_path / "w.toml"
    site.write_text('stocked = ["exactamed-5"]\n', encoding="utf-8")
    everything = run("syringes", "--site", str(site)).output
    assert "* exactamed-5 " in everything
    assert "  oral-5 " in everything
    assert "insulin:" in everything


def test_a_terminal_that_can_do_no_better_gets_plain_ascii() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    found = subprocess.run(
        [sys.executable, "-m", "liquidose", "convert", "7.5 mg", "5 mg/5 mL"],
        env=environment,
        capture_output=True,
        check=True,
    )
    text = found.stdout.decode("ascii")
    assert "fill a 10 mL oral syringe to the 7.4 mL line" in text
    assert "?" not in text


@pytest.mark.slow
def test_convert_starts_without_the_heavy_libraries() -> None:
    code = (
        "import sys; from liquidose.cli import main\n"
        "try: main(['convert', '5 mg', '5 mg/5 mL'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'pint', 'reportlab', 'babel', 'zxingcpp', 'icalendar'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout.endswith("[]\n")


@pytest.mark.slow
def test_import_liquidose_is_lazy() -> None:
    code = "import sys, liquidose; print([m for m in sys.modules if m.startswith('liquidose.')])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout == "['liquidose._version']\n"


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_is_there(shell: str) -> None:
    environment = {**os.environ, "_LIQUIDOSE_COMPLETE": f"{shell}_source"}
    program = Path(sys.executable).with_name("liquidose")
    if shell == "bash" and not Path("/bin/bash").exists():
        pytest.skip("no bash on this machine")
    found = subprocess.run([program], env=environment, capture_output=True, text=True, check=False)
    assert "liquidose" in found.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("5 mg", "--json"),
        ("5 mg", "5 mg/mL", "--json", "--route", "rectal"),
        ("5 mg", "5 mg/mL", "--json", "--times-a-day", "0"),
    ],
)
def test_a_wrong_call_is_an_object_too_where_json_was_asked_for(arguments: tuple[str, ...]) -> None:
    result = run("convert", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    document = json.loads(result.stderr)
    jsonschema.validate(document, schema("error"))
    assert document["code"] == "bad-option"


def test_a_powder_made_up_is_not_called_marked() -> None:
    output = plain(run("convert", "5 mg", "10 mg vial + 2 mL water").output)
    assert output.startswith("From the vial made up to 10 mg in 2 mL (5 mg per mL): each dose is 1 mL.")


def test_the_answer_has_no_more_digits_than_it_needs() -> None:
    output = plain(run("convert", "4 mg/kg", "10 mg/mL", "--weight", "40lb").output)
    assert "Weight used: 40 lb (about 18.14 kg)." in output
    assert "The exact dose is about 7.26 mL" in output


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full")
@pytest.mark.parametrize(
    ("streams", "why"),
    [(">&-", "it is closed"), (">/dev/full", "No space left on device"), ("2>&-", ""), (">&- 2>&-", "")],
)
def test_an_answer_that_nobody_can_see_is_a_failure(streams: str, why: str, tmp_path: Path) -> None:
    label = f"label {Path(__file__).parent.parent}/examples/baclofen.toml -o {tmp_path}/label.pdf"
    for call in ("convert '5 mg' '5 mg/5 mL'", label):
        command = f"'{sys.executable}' -m liquidose {call} {streams}"
        done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=False, text=True)
        assert (done.returncode, done.stdout) == (5, "")
        assert done.stderr == (
            f"liquidose: Standard output cannot be written: {why}. Send it to another place.\n" if why else ""
        )
    assert (tmp_path / "label.pdf").exists() == (streams == ">/dev/full")
