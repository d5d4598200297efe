"""How the command line ends on a refusal.

Exit status: 0 done, 1 the lint found something, 2 input that cannot be read, 3 refused for safety, 4 a table or
batch finished with rows refused, 5 could not write, 130 interrupted.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from liquidose.cli.showing import say
from liquidose.errors import CannotRead, CannotWrite, LiquidoseError


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
        say(f"liquidose: {error}", error=True)
    sys.exit(exit_status(error))
