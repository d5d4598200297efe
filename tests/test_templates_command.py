"""liquidose templates, and labels in a design of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from liquidose.cli import main

ORDER = Path(__file__).parent.parent / "examples" / "baclofen.toml"
SHIPPED = Path(__file__).parent.parent / "templates"


pytestmark = pytest.mark.usefixtures("bare_environment")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="liquidose")


def test_every_shipped_design_is_listed_shown_and_good() -> None:
    listed = run("templates", "list").output
    for path in SHIPPED.glob("*.toml"):
        assert f"{path.stem}: " in listed
        assert run("templates", "show", path.stem).output == path.read_text(encoding="utf-8")
        assert "can be used" in run("templates", "check", str(path)).output
    assert "dispensing: 99 x 67.5 mm, with patient, drug, strength, direction" in listed


def test_a_copy_can_be_changed_checked_and_used(tmp_path: Path) -> None:
    assert "Design written to ours.toml." in run("templates", "new", "dispensing", "-o", "ours.toml").output
    ours = tmp_path / "ours.toml"
    ours.write_text(
        ours.read_text(encoding="utf-8").replace("width_mm = 99", "width_mm = 110"), encoding="utf-8"
    )
    assert "110 x 67.5 mm" in run("templates", "check", "ours.toml").output
    result = run("label", str(ORDER), "--template", "ours.toml", "-o", "label.pdf")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "label.pdf").exists()


def test_new_writes_over_nothing(tmp_path: Path) -> None:
    (tmp_path / "dispensing.toml").write_text("mine", encoding="utf-8")
    result = run("templates", "new", "dispensing")
    assert result.exit_code == 5
    assert "is there already" in result.stderr
    assert (tmp_path / "dispensing.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("field", ["drug", "strength", "direction", "cautions"])
def test_no_design_may_hide_what_every_label_shows(field: str, tmp_path: Path) -> None:
    text = (SHIPPED / "dispensing.toml").read_text(encoding="utf-8")
    (tmp_path / "ours.toml").write_text(f'left_out = ["{field}"]\n{text}', encoding="utf-8")
    result = run("templates", "check", "ours")
    assert result.exit_code == 2
    assert f"left_out must not hide {field}" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("templates", "show", "dispensin"),
            "There is no label design 'dispensin'. Did you mean 'dispensing'?",
        ),
        (("templates", "new", "nothing"), "There are: "),
        (("templates", "check", "nowhere.toml"), "nowhere.toml cannot be read"),
        (("label", str(ORDER), "--template", "dispensin"), "There is no label design 'dispensin'."),
    ],
)
def test_what_is_not_there_is_refused_with_a_remedy(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
