"""Every command in the README does what the README says."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from liquidose.cli import main
from liquidose.site import load_site

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
COMMANDS = [part for block in BLOCKS for part in re.split(r"^\$ ", block, flags=re.MULTILINE) if part]


def test_the_readme_opens_with_a_picture_and_the_two_commands() -> None:
    opening = README.partition("## ")[0]
    assert opening.index("![") < opening.index("make label") < opening.index("make test")
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / picture).exists()
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"label", "test"} <= set(targets)


@pytest.mark.parametrize("text", COMMANDS, ids=lambda text: text.partition("\n")[0][:60])
def test_command_prints_what_the_readme_shows(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command, _, expected = text.partition("\n")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("LIQUIDOSE_SITE", "LIQUIDOSE_LOCALE", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    program, *arguments = shlex.split(command)
    assert program == "liquidose"
    result = CliRunner().invoke(main, arguments, prog_name="liquidose")
    shown = (result.stdout + result.stderr).replace("\u00a0", " ").replace("\u202f", " ")
    assert shown.strip() == expected.strip()


def test_the_python_in_the_readme_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        names: dict[str, object] = {}
        exec("from fractions import Fraction", names)  # noqa: S102  (the names a reader of the README has)
        test = doctest.DocTestParser().get_doctest(block, names, "README.md", "README.md", 0)
        assert doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL).run(test).failed == 0


def test_the_site_file_in_the_readme_is_one(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    path = tmp_path / "liquidose.toml"
    path.write_text(block, encoding="utf-8")
    assert load_site(str(path)).syringes is not None


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda p: p.name
)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if "://" not in link:
            assert (page.parent / link).exists(), f"{page.name} links to {link}"


@pytest.mark.parametrize("option", sorted(set(re.findall(r"(?<![-\w])--[a-z][-a-z]+", README))))
def test_options_named_in_the_readme_exist(option: str) -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert f"{option} " in page or f"{option}\n" in page
