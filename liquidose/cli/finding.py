"""Where the command line looks for the site file, and what it says of it."""

from __future__ import annotations

import os
from typing import Any, Final, NamedTuple

import click

from liquidose.site import Site, load_site

NAME: Final = "liquidose.toml"


class Found(NamedTuple):
    """The site in force and where it was found; the path is empty where only the defaults hold."""

    site: Site
    path: str
    why: str


def find_site(given: str | None) -> Found:
    """The site file named by ``--site``, else by LIQUIDOSE_SITE, else in this folder, else in the user's own.

    Raises:
        BadFile: a file that was named cannot be read, or any of them has a fault.
    """
    if given:
        return Found(load_site(given), given, "--site")
    named = os.environ.get("LIQUIDOSE_SITE")
    if named:
        return Found(load_site(named), named, "LIQUIDOSE_SITE")
    for path, why in ((NAME, "this folder"), (os.path.join(click.get_app_dir("liquidose"), NAME), "the user's folder")):  # noqa: PTH118  # fmt: skip
        if os.path.exists(path):  # noqa: PTH110  (pathlib costs 5 ms at every start)
            return Found(load_site(path), path, why)
    return Found(Site(), "", "defaults")


def locale_in_force(given: str | None, found: Found) -> tuple[str | None, str]:
    """The locale for numbers typed here, and where it comes from if it was not given."""
    if given:
        return given, ""
    from_environment = os.environ.get("LIQUIDOSE_LOCALE")
    if from_environment:
        return from_environment, "LIQUIDOSE_LOCALE"
    return found.site.locale, found.path if found.site.locale else ""


def option_site(function: Any) -> Any:
    """Adds ``--site FILE`` to a command."""
    return click.option("--site", "site_file", metavar="FILE", help="The site file (else LIQUIDOSE_SITE).")(
        function
    )
