"""liquidose templates: label designs, shipped and of one's own."""

from __future__ import annotations

import os

import click

from liquidose.cli.showing import say
from liquidose.cli.stopping import stop
from liquidose.errors import CannotWrite, LiquidoseError
from liquidose.pages.places import check_design
from liquidose.pages.templates import Template, load_template, shipped_templates, template_text
from liquidose.whole_files import write_whole


@click.group(
    "templates",
    epilog="\b\nExamples:\n  liquidose templates list\n  liquidose templates new dispensing -o ours.toml\n"
    "  liquidose templates check ours.toml",
)
def command() -> None:
    """Label designs as TOML: those shipped, and files of your own in the same form."""


@command.command("list")
def list_() -> None:
    """The shipped designs, with their sizes."""
    for name in shipped_templates():
        click.echo(_row(load_template(name)))


@command.command("show")
@click.argument("name", metavar="ID")
def show(name: str) -> None:
    """The TOML of a shipped design."""
    try:
        click.echo(template_text(name), nl=False)
    except LiquidoseError as error:
        stop(error)


@command.command("check")
@click.argument("file", metavar="FILE")
def check(file: str) -> None:
    """Whether a design of your own can be used; its faults by place and key."""
    try:
        template = load_template(file if file.endswith(".toml") else f"{file}.toml")
        warns = check_design(template, name=file)
    except LiquidoseError as error:
        stop(error)
    say(f"{file} can be used: {_row(template)}")
    if not warns and template.kind != "worksheet":
        say("It has no place for warnings (cautions): an order with one is refused.")


@command.command("new")
@click.argument("name", metavar="ID")
@click.option("-o", "output", metavar="FILE", help="Where to write it (else ID.toml); never over a file.")
def new(name: str, *, output: str | None) -> None:
    """A copy of a shipped design, to change."""
    target = output or f"{name}.toml"
    try:
        text = template_text(name)
        if os.path.exists(target):  # noqa: PTH110  (as everywhere in the shell)
            raise CannotWrite(f"{target} is there already.", "Choose another name with -o.", given=target)
        write_whole(target, text.encode())
    except LiquidoseError as error:
        stop(error)
    say(f"Design written to {target}. Change it, then 'liquidose templates check {target}'.")


def _row(template: Template) -> str:
    fields = ", ".join(element.field for element in template.text)
    return f"{template.id}: {template.width_mm:g} x {template.height_mm:g} mm, with {fields}"
