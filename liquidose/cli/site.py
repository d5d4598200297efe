"""liquidose site: what holds here."""

from __future__ import annotations

import click

from liquidose.cli.finding import find_site, option_site
from liquidose.cli.stopping import stop
from liquidose.errors import LiquidoseError
from liquidose.exchange.conversions import exact_text
from liquidose.site import Site


@click.group("site")
def command() -> None:
    """The site's values: liquidose.toml, found by --site, LIQUIDOSE_SITE, this folder or the user's folder."""


@command.command("show")
@option_site
def show(*, site_file: str | None) -> None:
    """Every value in force, and where it comes from."""
    try:
        found = find_site(site_file)
    except LiquidoseError as error:
        stop(error)
    click.echo(f"Site file: {found.path or 'none'} ({found.why})")
    site, default = found.site, Site()
    limits = site.limits_in_force
    stocked = "the default stock" if site.syringes is None else ", ".join(s.id for s in site.syringes)
    rows = [
        ("locale", site.locale or "none (a point for decimals)", site.locale != default.locale),
        ("profile", site.profile, site.profile != default.profile),
        ("audience", site.audience, site.audience != default.audience),
        ("stocked", stocked, site.syringes is not None),
        ("calibrated", ", ".join(c.syringe for c in site.calibration) or "none", bool(site.calibration)),
        ("day_parts", site.day_parts.words or "none", bool(site.day_parts.words)),
        ("pharmacy", site.pharmacy.name if site.pharmacy else "none", site.pharmacy is not None),
    ]
    for name in limits.__struct_fields__:
        if name != "audience":
            value = getattr(limits, name)
            shown = str(value) if isinstance(value, int) else f"{exact_text(value)} %"
            rows.append((f"limits.{name}", shown, value != getattr(default.limits, name)))
    for name, value, own in rows:
        click.echo(f"  {name:<26} {value:<40} {'from the file' if own else 'default'}")
