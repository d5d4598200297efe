"""From an order to the sheets that people hold in their hands: step sheet and calendar, the diary, a changed strength."""

from __future__ import annotations

from collections.abc import Sequence

from liquidose.cautions import Caution
from liquidose.courses.arithmetic import working_lines
from liquidose.courses.schedule import Schedule, make_schedule
from liquidose.courses.switching import OLD_VOLUME, Switch
from liquidose.courses.table import schedule_words, sheet_words
from liquidose.errors import CheckTheAmount, GiveWhatIsMissing
from liquidose.exchange.schedules import schedule_document
from liquidose.orders.order import Order
from liquidose.pages.diary import diary_part
from liquidose.pages.month_grid import calendar_part
from liquidose.pages.sheet import Part, Sheet, SheetPaper
from liquidose.pages.step_sheet import step_bodies, working_blocks
from liquidose.pages.switch_sheet import Changed, switch_blocks, switched_dose, switched_doses
from liquidose.plan import Plan, make_plan
from liquidose.quantities.writing import english
from liquidose.sheet_making import (
    IN_THE_FOOT,
    Making,
    look_of,
    named_in_plan,
    named_in_schedule,
    tenfold_in_plan,
)
from liquidose.site import Site
from liquidose.strength_change import NEW_STRENGTH

_CHANGED = "New strength"


def schedule_pdf(  # noqa: PLR0913  (each is one thing that is chosen)
    schedule: Schedule,
    *,
    also: tuple[Caution, ...] = (),
    paper: SheetPaper | None = None,
    large_print: bool = False,
    working: bool = False,
    site: Site | None = None,
) -> bytes:
    """The step sheet and the calendar of a course as one PDF; ``also`` are suggestions.

    Where the bottle before had another strength, what that changes stands on the first pages. The paper is
    Letter under the us profile, else A4, unless it is named.

    Raises:
        DoesNotFit: words or doses that a page has no room for.
        UnreadableText: a character that cannot be drawn.
    """
    look = look_of(schedule.profile, paper, site, large_print=large_print)
    arithmetic = working_lines(schedule) if working else ()
    content = (arithmetic, schedule_document(schedule, also=also))
    making = Making(named_in_schedule(schedule), look, "schedule", content)
    upright = Sheet(look, making.head("Step sheet"))
    steps = step_bodies(schedule, upright, _told(schedule, also), arithmetic)
    calendar = Sheet(look, making.head("Calendar"), sideways=True)
    parts = [Part(upright, len(steps), steps), calendar_part(schedule, calendar)]
    if schedule.switch is not None:
        changed = Sheet(look, making.head(_CHANGED))
        parts.insert(0, _switch_part(changed, _changed(schedule, schedule.switch)))
    return making.pdf(f"Schedule: {schedule.drug}", parts)


def diary_pdf(
    schedule: Schedule,
    *,
    paper: SheetPaper | None = None,
    large_print: bool = False,
    working: bool = False,
    site: Site | None = None,
) -> bytes:
    """The diary of a course as a PDF, with a row for every dose of every day.

    Raises:
        DoesNotFit: words or doses that a page has no room for.
        UnreadableText: a character that cannot be drawn.
    """
    look = look_of(schedule.profile, paper, site, large_print=large_print)
    arithmetic = working_lines(schedule) if working else ()
    making = Making(named_in_schedule(schedule), look, "diary", (arithmetic, schedule_document(schedule)))
    sheet = Sheet(look, making.head("Diary"))
    return making.pdf(f"Diary: {schedule.drug}", [diary_part(schedule, sheet, _told(schedule), arithmetic)])


def switch_pdf(
    source: Schedule | Plan,
    *,
    paper: SheetPaper | None = None,
    large_print: bool = False,
    working: bool = False,
    site: Site | None = None,
) -> bytes:
    """The sheet of a changed strength alone as a PDF: each dose from the old bottle and from the new one.

    Raises:
        GiveWhatIsMissing: the order names no previous strength.
        CheckTheAmount: one that changes no volume.
        DoesNotFit: words or doses that a page has no room for.
        UnreadableText: a character that cannot be drawn.
    """
    if isinstance(source, Schedule):
        if source.switch is None:
            raise _no_change(source.order)
        named, changed = named_in_schedule(source), _changed(source, source.switch)
        drawn = {c.text for c in source.own if c.code in {NEW_STRENGTH, OLD_VOLUME}}
        told = [line for line in _told(source) if line.partition(": ")[2] not in drawn]
        arithmetic = working_lines(source)
    else:
        if source.before is None:
            raise _no_change(source.order)
        named = named_in_plan(source)
        one = switched_dose(source, source.before)
        changed = Changed(one.before, tenfold_in_plan(source), (one,))
        told = [text for text in source.cautions if not text.startswith("NEW STRENGTH")]
        arithmetic = (source.conversion.work(profile=source.profile, locale=english(source.order.locale)),)
    look = look_of(named.profile, paper, site, large_print=large_print)
    shown = arithmetic if working else ()
    making = Making(named, look, "switch", (changed.words, told, shown))
    sheet = Sheet(look, making.head(_CHANGED))
    return making.pdf(f"{_CHANGED}: {source.drug}", [_switch_part(sheet, changed, told, shown)])


def changed_order(order: Order, site: Site | None = None) -> Schedule | Plan:
    """What :func:`switch_pdf` draws for an order: the schedule of a course, the plan of one dose.

    Raises:
        LiquidoseError: as :func:`liquidose.make_schedule` and :func:`liquidose.plan.make_plan` do.
    """
    return make_schedule(order, site) if order.directions.course.is_course else make_plan(order, site)


def changed_words(source: Schedule | Plan) -> list[str]:
    """What must be known of a changed order, line by line, with what is for the pharmacist only."""
    if isinstance(source, Schedule):
        return schedule_words(source)
    return [f"{caution.level.capitalize()}: {caution.text}" for caution in source.warnings]


def _changed(schedule: Schedule, switch: Switch) -> Changed:
    return Changed(switch.strength, switch.tenfold, tuple(switched_doses(schedule, switch)))


def _no_change(order: Order) -> GiveWhatIsMissing | CheckTheAmount:
    previous = order.dispense.previous_strength
    if previous is None:
        return GiveWhatIsMissing(
            "The order does not say of which strength the last bottle was.",
            "Write dispense.previous_strength.",
            given="dispense.previous_strength",
        )
    return CheckTheAmount(
        f"The strength before, '{previous}', comes to the same volumes as '{order.drug.strength}'.",
        "Check dispense.previous_strength, or leave this sheet out.",
        given=previous,
    )


def _switch_part(
    sheet: Sheet,
    changed: Changed,
    told: Sequence[str] = (),
    working: Sequence[Sequence[str]] = (),
) -> Part:
    look, width = sheet.look, sheet.width_mm
    blocks = [
        *switch_blocks(changed, look, width),
        *sheet.told(told),
        *working_blocks(working, look, width),
    ]
    bodies = list(sheet.filled(blocks))
    return Part(sheet, len(bodies), bodies)


def _told(schedule: Schedule, also: tuple[Caution, ...] = ()) -> list[str]:
    """What must be known, but what stands in the foot of every page."""
    foot = [caution.text for caution in schedule.ending if caution.code in IN_THE_FOOT]
    return [line for line in sheet_words(schedule, also=also) if line not in foot]
