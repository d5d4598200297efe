"""Writes what is generated: the command-line page, the JSON Schemas, the list of public names.

``make golden`` runs it; the tests compare what it would write with what is committed, and a person reads the diff.
"""

from __future__ import annotations

import inspect
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

import liquidose
from liquidose import lint
from liquidose.cli import main
from liquidose.exchange.charts import StrengthChartDocument, WeightChartDocument
from liquidose.exchange.conversions import ConvertDocument, ErrorDocument, schema_of
from liquidose.exchange.findings import LintDocument
from liquidose.exchange.schedules import schedule_schema
from liquidose.pages.templates import template_schema
from liquidose.quantities.amount_rules import AMOUNT_RULES, AmountRule
from liquidose.quantities.error_prone import WORD_RULES, WordRule
from liquidose.quantities.writing import PROFILES

ROOT = Path(__file__).parent.parent


def commands(group: click.Command = main, name: str = "liquidose") -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, groups before what they hold."""
    yield name, group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for inner in group.list_commands(context):
            command = group.get_command(context, inner)
            if command is not None:
                yield from commands(command, f"{name} {inner}")


def help_of(name: str) -> str:
    """What ``--help`` prints for a command."""
    result = CliRunner().invoke(
        main, [*name.split()[1:], "--help"], prog_name="liquidose", terminal_width=100
    )
    if result.exit_code:
        raise SystemExit(result.output)
    return result.output


def command_page() -> str:
    """The command-line reference, in Markdown."""
    parts = ["# Commands\n\nThis page is made from `--help` by `make golden`.\n"]
    parts += [f"## {name}\n\n```\n{help_of(name)}```\n" for name, _ in commands()]
    return "\n".join(parts)


def lint_page() -> str:
    """The page of the lint's rules: its prose as committed, its table made anew."""
    page = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
    before, _, rest = page.partition("<!-- rules -->\n")
    return f"{before}<!-- rules -->\n{lint_table()}<!-- end of rules -->{rest.partition('<!-- end of rules -->')[2]}"


def lint_table() -> str:
    """Every rule of the lint with an example and what it answers to it."""
    lines = ["| rule | example | what is wrong | remedy |", "|---|---|---|---|"]
    rules: tuple[AmountRule | WordRule, ...] = (*AMOUNT_RULES, *WORD_RULES)
    for rule in sorted(rules, key=lambda rule: int(rule.rule[1:])):
        profile = rule.profiles[0]
        remedy = next(f.remedy for f in lint(rule.example, profile=profile) if f.problem == rule.problem)
        only = "" if rule.profiles == PROFILES else f" ({', '.join(rule.profiles)} only)"
        lines.append(f"| {rule.rule}{only} | `{rule.example}` | {rule.problem} | {remedy} |")
    return "\n".join(lines).replace("\u00a0", " ") + "\n"


def courses_page() -> str:
    """The page of the two courses: its prose as committed, what the commands print made anew."""
    page = (ROOT / "docs" / "two-courses.md").read_text(encoding="utf-8")
    for course in ("titration", "taper"):
        before, _, rest = page.partition(f"<!-- {course} -->\n")
        made = "".join(blocks_of(f"examples/baclofen-{course}.toml"))
        page = f"{before}<!-- {course} -->\n{made}<!-- end of {course} -->{rest.partition(f'<!-- end of {course} -->')[2]}"
    return page


def blocks_of(order: str) -> Iterator[str]:
    """What the schedule of an order prints as text, as rows, and its first step and first event as data."""
    text = printed(order)
    yield f"```console\n$ liquidose schedule {order}\n{text}```\n\n"
    doses = [row for row in printed(order, "--format", "csv").splitlines() if not row.startswith(",")]
    yield "The rows of `--format csv`, without those of the words:\n\n```\n" + "\n".join(doses) + "\n```\n\n"
    step = json.loads(printed(order, "--format", "json"))["steps"][0]
    yield f"The first step of `--format json`:\n\n```json\n{json.dumps(step, indent=1)}\n```\n\n"
    events = printed(order, "--format", "ics", "--zone", "America/New_York").partition("BEGIN:VEVENT")[2]
    event = "BEGIN:VEVENT" + events.partition("END:VEVENT")[0] + "END:VEVENT"
    yield f"The first event of `--format ics --zone America/New_York`:\n\n```\n{event}\n```\n"


def printed(order: str, *options: str) -> str:
    """What ``liquidose schedule`` prints, with ordinary spaces and ends of lines."""
    result = CliRunner().invoke(main, ["schedule", str(ROOT / order), *options], prog_name="liquidose")
    if result.exit_code:
        raise SystemExit(result.output)
    return result.stdout.replace("\u00a0", " ").replace("\r\n", "\n")


def schema(raw: dict[str, Any]) -> str:
    """A JSON Schema as text."""
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **raw}, indent=2) + "\n"


def public_names() -> str:
    """The public names with their signatures, one a line."""
    rows = []
    for name in sorted(liquidose.__all__):
        value = getattr(liquidose, name)
        if inspect.isclass(value):
            fields = getattr(value, "__struct_fields__", ())
            rows.append(f"class {name}({', '.join(fields)})")
        elif callable(value):
            rows.append(f"def {name}{inspect.signature(value)}")
        else:
            rows.append(name)
    return "\n".join(rows) + "\n"


def example_rejects() -> str:
    """The rejects of the worked example of a batch, as a pharmacist opens them."""
    with tempfile.TemporaryDirectory() as folder:
        CliRunner().invoke(main, ["batch", str(ROOT / "examples" / "orders.csv"), "-o", f"{folder}/out"])
        return Path(folder, "out", "rejects.csv").read_text(encoding="utf-8")


def generated() -> dict[str, str]:
    """Every generated file with its text."""
    return {
        "docs/commands.md": command_page(),
        "docs/lint.md": lint_page(),
        "docs/two-courses.md": courses_page(),
        "examples/orders.rejects.csv": example_rejects(),
        "liquidose/data/schemas/convert.schema.json": schema(schema_of(ConvertDocument)),
        "liquidose/data/schemas/error.schema.json": schema(schema_of(ErrorDocument)),
        "liquidose/data/schemas/lint.schema.json": schema(schema_of(LintDocument)),
        "liquidose/data/schemas/strength-chart.schema.json": schema(schema_of(StrengthChartDocument)),
        "liquidose/data/schemas/schedule.schema.json": schema(schedule_schema()),
        "liquidose/data/schemas/template.schema.json": schema(template_schema()),
        "liquidose/data/schemas/weight-chart.schema.json": schema(schema_of(WeightChartDocument)),
        "tests/snapshots/public-names.txt": public_names(),
    }


if __name__ == "__main__":
    for path, text in generated().items():
        (ROOT / path).write_text(text, encoding="utf-8")
        print(path)  # noqa: T201  (this file is a script too)
