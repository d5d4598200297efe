"""liquidose convert: one dose, one answer, one picture."""

from __future__ import annotations

import sys
from typing import Any

import click

from liquidose.cautions import Caution
from liquidose.cli.finding import Found, find_site, locale_in_force, option_site
from liquidose.cli.showing import draw, say
from liquidose.cli.stopping import stop
from liquidose.conversion import NOT_MEASURABLE, Conversion, convert, with_note
from liquidose.devices.syringes import ROUTES, syringes_of
from liquidose.directions import answer
from liquidose.dosing.strength import write_stated
from liquidose.errors import ChangeTheDevice, LiquidoseError


@click.command(
    "convert",
    epilog='\b\nExamples:\n  liquidose convert "5 mg" "5 mg/5 mL"\n'
    '  liquidose convert "25 mg/kg/day in 3 doses" "250 mg/5 mL" --weight 18kg\n'
    "  liquidose convert 5mg 5mg/5mL --syringe oral-10 --explain",
)
@click.argument("dose")
@click.argument("strength")
@click.option("--weight", metavar="KG", help="Body weight with its unit, for a dose per kg: 18kg.")
@click.option(
    "--height", metavar="CM", help="Height with its unit, for a dose per m² (with --weight): 110cm."
)
@click.option("--bsa", metavar="M2", help="Body surface with its unit, for a dose per m²: 0.8m2.")
@click.option(
    "--times-a-day",
    type=click.IntRange(1, 24),
    metavar="N",
    help="Number of doses a day, for a dose or maximum per day.",
)
@click.option(
    "--component", metavar="NAME", help="Which amount of a combination: its name, first, second, total."
)
@click.option("--route", type=click.Choice(ROUTES), help="How it is given; it decides the kind of syringe.")
@click.option(
    "--syringe", "syringes", multiple=True, metavar="ID", help="A stocked syringe; may be repeated."
)
@click.option("--locale", metavar="NAME", help="How the numbers are written: en-US, de-DE …")
@click.option("--explain", is_flag=True, help="Show the working, line by line.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@option_site
def command(  # noqa: PLR0913  (one parameter an option)
    dose: str,
    strength: str,
    *,
    weight: str | None,
    height: str | None,
    bsa: str | None,
    times_a_day: int | None,
    component: str | None,
    route: Any,
    syringes: tuple[str, ...],
    locale: str | None,
    explain: bool,
    as_json: bool,
    site_file: str | None,
) -> None:
    """The volume of one DOSE at a STRENGTH, and the syringe line to fill to.

    DOSE is an amount such as "5 mg", "10 mg/kg", "25 mg/kg/day in 3 doses" or "300 mg/m2", with "(max 300 mg)"
    behind it if there is a maximum. STRENGTH is what the container states, such as "5 mg/5 mL".
    """
    try:
        found = find_site(site_file)
        numbers, told_by = locale_in_force(locale, found)
        own = found.site.syringe
        asked: dict[str, Any] = {
            "weight": weight,
            "height": height,
            "bsa": bsa,
            "times_a_day": times_a_day,
            "component": component,
            "route": route,
            "syringes": syringes_of(syringes, own) if syringes else found.site.syringes,
            "limits": found.site.limits_in_force,
            "profile": found.site.profile,
        }
        conversion = convert(dose, strength, locale=numbers, **asked)
        if told_by and _reads_otherwise(conversion, dose, strength, asked):
            told = f"Numbers were read as written in {numbers} ({told_by})."
            conversion = with_note(conversion, Caution(code="locale", text=told, level="note"))
    except LiquidoseError as error:
        stop(error, as_json=as_json)
    if as_json:
        from liquidose.exchange.conversions import convert_document, encoded  # noqa: PLC0415  (only here)

        click.echo(encoded(convert_document(conversion), indent=2))
    refusal = next((w.text for w in conversion.warnings if w.code == NOT_MEASURABLE), None)
    if not as_json:
        if refusal is None:
            _answer(conversion, found)
        if explain:
            say("\nWorking:")
            for line in conversion.work(profile=found.site.profile):
                say(f"  {line}")
    if refusal is not None:
        stop(ChangeTheDevice(refusal, "No volume is given to draw up.", given=dose), as_json=as_json)


def _reads_otherwise(conversion: Conversion, dose: str, strength: str, asked: dict[str, Any]) -> bool:
    """Whether the locale of the environment or the site file changed how the numbers were read."""
    try:
        return convert(dose, strength, **asked).volume != conversion.volume
    except LiquidoseError:
        return True


def _answer(conversion: Conversion, found: Found) -> None:
    """The sentence, the picture and the warnings."""
    from liquidose.render.terminal import ASCII, BOXES, can_draw_boxes, picture  # noqa: PLC0415  (not for --json)

    profile = found.site.profile
    bottle = conversion.as_written
    if conversion.stated is not None:
        bottle = write_stated(conversion.stated, profile=profile)
    say(
        answer(
            bottle,
            conversion.volume_ml,
            conversion.measured,
            container=conversion.container,
            made_up=conversion.made_up,
            profile=profile,
        )
    )
    if conversion.measured is not None:
        boxes = can_draw_boxes(sys.stdout.encoding)
        draw("\n" + picture(conversion.measured, characters=BOXES if boxes else ASCII))
    if conversion.warnings or conversion.used:
        say("")
    if conversion.used:
        say(f"{conversion.used}.")
    for warning in conversion.warnings:
        say(f"{'Warning' if warning.level == 'warning' else 'Note'}: {warning.text}")
