"""The command line: a thin shell that reads input, calls one function and shows the result."""

from __future__ import annotations

import gc
import importlib
import sys
from typing import Any, Final

import click

from liquidose._version import __version__
from liquidose.cli.showing import say
from liquidose.cli.stopping import exit_status, stop
from liquidose.errors import BadOption, CannotWrite

_AS_JSON: Final = "liquidose.as_json"

_COMMANDS: Final = {
    "chart": "Doses side by side, by strength or by weight: mL and syringe.",
    "columns": "A table of doses, with the volume of each row beside it.",
    "batch": "Labels, or volumes, for every row of a table of orders.",
    "convert": "The volume of one dose, the syringe and the line to fill it to.",
    "diary": "A diary of a course: every dose of every day to tick.",
    "fhir": "An order as FHIR R4: the dose in mg and the volume in mL.",
    "label": "A dispensing label, at true size, from an order file.",
    "lint": "Notations in a text that are misread: place, rule and remedy.",
    "mark": "A strip in true size that marks one dose on one syringe.",
    "printers": "Printer profiles: the calibration page, and what was measured on it.",
    "schedule": "A course, step by step, from an order file.",
    "site": "The site's values in force, and where each comes from.",
    "stocks": "The label stocks, and the empty grid of one.",
    "switch": "A sheet of a changed strength: old volume and new, side by side.",
    "templates": "Label designs: list, show, check, new.",
    "syringes": "The catalogue of syringes, the default stock marked; calibrate one.",
}

EPILOG: Final = """\b
Examples:
  liquidose convert "5 mg" "5 mg/5 mL"
  liquidose convert "15 mg/kg (max 300 mg)" "160 mg/5 mL" --weight 18kg
  liquidose label examples/baclofen.toml -o baclofen-label.pdf

liquidose is no medical device and no prescription. Check the strength on the bottle, and have a second
person check the result."""


class _Commands(click.Group):
    """The commands by name, each imported only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  (as above)
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"liquidose.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_AS_JSON] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if ctx.meta[_AS_JSON]:  # a script that asked for an object gets one, whatever was wrong
                stop(
                    BadOption(error.format_message(), "'liquidose --help' shows how it is called.", given=""),
                    as_json=True,
                )
            raise
        except KeyboardInterrupt:
            say("liquidose: interrupted. A file is written whole or not at all.", error=True)
            sys.exit(130)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="liquidose")
@click.pass_context
def main(ctx: click.Context) -> None:
    """From a dose in milligrams to millilitres in a syringe: exact, measured, printed."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def start() -> None:
    """The program: one short run, in which collecting garbage would cost a tenth of the start."""
    gc.disable()
    if sys.stdout is None or sys.stderr is None:  # an answer, or a warning, that nobody would see
        closed = _unsaid("it is closed")
        if sys.stderr is not None:
            stop(closed)
        sys.exit(exit_status(closed))
    try:
        main()
    except OSError as fault:
        if fault.filename is not None:
            raise
        stop(_unsaid(str(fault.strerror)))  # of no file, so of the stream


def _unsaid(why: str) -> CannotWrite:
    return CannotWrite(
        f"Standard output cannot be written: {why}.", "Send it to another place.", given="standard output"
    )
