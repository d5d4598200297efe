"""The command line: a thin shell that reads input, calls one function and shows the result.

Exit status: 0 done, 2 input that cannot be read, 3 refused for safety, 5 could not write.
"""

from __future__ import annotations

import gc
import importlib
import sys
from typing import Any, Final, NoReturn

import click

from liquidose._version import __version__
from liquidose.errors import CannotRead, CannotWrite, LiquidoseError

_COMMANDS: Final = {
    "convert": "The volume of one dose, the syringe and the line to fill it to.",
    "label": "A dispensing label, at true size, from an order file.",
    "site": "The site's values in force, and where each comes from.",
    "syringes": "The catalogue of syringes, the default stock marked.",
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
    main()


def exit_status(error: LiquidoseError) -> int:
    """The exit status for a refusal."""
    if isinstance(error, CannotRead):
        return 2
    return 5 if isinstance(error, CannotWrite) else 3


def stop(error: LiquidoseError, *, as_json: bool = False) -> NoReturn:
    """Nothing comes out: the refusal goes to standard error, and the program ends with its status."""
    if as_json:
        from liquidose.exchange.conversions import encoded, error_document  # noqa: PLC0415  (only here)

        click.echo(encoded(error_document(error)), err=True)
    else:
        click.echo(f"liquidose: {error}", err=True)
    sys.exit(exit_status(error))


def option_site(function: Any) -> Any:
    """Adds ``--site FILE`` to a command."""
    return click.option("--site", "site_file", metavar="FILE", help="The site file (else LIQUIDOSE_SITE).")(
        function
    )
