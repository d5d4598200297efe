"""The sheet of a changed strength: each dose from the old bottle, struck through, beside the same dose from the new one (R49)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, cast

from liquidose.conversion import Conversion
from liquidose.courses.ending import cycle_words
from liquidose.courses.schedule import Schedule
from liquidose.courses.steps import ScheduledDose
from liquidose.courses.switching import Switch
from liquidose.courses.table import amount_words
from liquidose.devices.measuring import Measured
from liquidose.directions import filling, given_words, volume_words
from liquidose.dosing.strength import ML, Stated, on_paper, write_stated
from liquidose.pages.fill_in import words_mm
from liquidose.pages.fonts import ASCENT
from liquidose.pages.shapes import MM_PER_PT, Line, Page, Placed, Shape, Text
from liquidose.pages.sheet import THIN_MM, Look, framed, stacked, words_block
from liquidose.pages.step_sheet import NOT_TRUE, draw_dose, none_words, step_title, times_words
from liquidose.plan import Plan
from liquidose.quantities.quantity import Quantity
from liquidose.quantities.writing import english, exactly, write_short

_PAD_MM: Final = 2.0
_BETWEEN_MM: Final = 6.0
_CROSS_MM: Final = 0.8
_NOTICE: Final = ("NEW STRENGTH: the bottle has changed.", "Do not use the old bottle.")


class Drawn(NamedTuple):
    """One dose from one bottle."""

    bottle: str
    amount: str
    """As ordered: ``5 mg``."""
    exact: str
    measured: Measured

    @property
    def words(self) -> tuple[str, ...]:
        """All that the sheet says of it."""
        return (self.bottle, self.amount, self.exact, filling(self.measured))


class Switched(NamedTuple):
    """The same dose from both bottles."""

    title: str
    """Which step, where there are several."""
    times: str
    """When it is given; in a step without a dose, that there is none."""
    now: Drawn | None
    """None in a step without a dose."""
    was: Drawn | None
    """None there too, and where no stocked syringe measures it."""
    before: str
    """The strength of the old bottle."""
    gives: str
    """What a rounded dose comes to."""

    @property
    def words(self) -> tuple[str, ...]:
        """All that the sheet says of it."""
        both = [dose.words for dose in (self.now, self.was) if dose is not None]
        return (self.title, self.times, self.before, self.gives, *(text for words in both for text in words))


def switched_doses(schedule: Schedule, switch: Switch) -> Iterator[Switched]:
    """The doses of each step that are measured alike, from both bottles; a step without a dose says so."""
    for place, step in enumerate(schedule.steps):
        if not step.doses:
            yield Switched(step_title(schedule, step), none_words(step), None, None, switch.strength, "")
        before: tuple[ScheduledDose | None, ...] = (
            (None,) * len(step.doses) if switch.steps is None else switch.steps[place].doses
        )
        alike: dict[tuple[object, ...], list[tuple[ScheduledDose, ScheduledDose | None]]] = {}
        for now, was in zip(step.doses, before, strict=True):
            key = (now.dose, now.measured, None if was is None else (was.dose, was.measured))
            alike.setdefault(key, []).append((now, was))
        for pairs in alike.values():
            now, was = pairs[0]
            times = times_words(step, [dose for dose, _ in pairs])
            yield Switched(
                step_title(schedule, step),
                times if step.cycle is None else f"{times}, {cycle_words(step.cycle)}",
                _of_schedule(schedule, schedule.strength, now),
                None if was is None else _of_schedule(schedule, switch.strength, was),
                switch.strength,
                given_words(now.measured, profile=schedule.profile),
            )


def _of_schedule(schedule: Schedule, bottle: str, dose: ScheduledDose) -> Drawn:
    exact = write_short(Quantity(value=dose.volume_ml, unit=ML), locale=schedule.locale)
    return Drawn(bottle, amount_words(schedule, dose.dose), exact, dose.measured)


def switched_dose(plan: Plan, before: Conversion) -> Switched:
    """The one dose of an order without a course, from both bottles."""
    locale = english(plan.order.locale)
    stated = on_paper(cast("Stated", before.stated))  # a dose in mL has no conversion before
    bottle = write_stated(stated, locale=locale, profile=plan.profile)
    return Switched(
        "",
        ", ".join(filter(None, ("Each dose", plan.often.words))),
        _of_plan(plan, plan.conversion, plan.strength, plan.measured),
        None if before.measured is None else _of_plan(plan, before, bottle, before.measured),
        bottle,
        given_words(plan.measured, profile=plan.profile),
    )


def _of_plan(plan: Plan, conversion: Conversion, bottle: str, measured: Measured) -> Drawn:
    locale = english(plan.order.locale)
    amount = write_short(conversion.dose_amount, locale=locale, profile=plan.profile)
    return Drawn(bottle, amount, write_short(conversion.volume, locale=locale), measured)


class Changed(NamedTuple):
    """What the new bottle changes."""

    before: str
    """The strength of the old bottle."""
    tenfold: str
    """What is said where one bottle is ten times as strong as the other, or more; else empty."""
    doses: tuple[Switched, ...]

    @property
    def words(self) -> tuple[object, ...]:
        """All that the sheet says of it."""
        return (self.before, self.tenfold, [dose.words for dose in self.doses])


def switch_blocks(changed: Changed, look: Look, width: float) -> Iterator[Page]:
    """What has changed in a heavy frame, then a block for each dose."""
    inner = width - 2 * _PAD_MM
    notice = [*_NOTICE, *filter(None, (changed.tenfold,))]
    lines = [
        words_block(notice, inner, look, look.head_pt, bold=True, field="notice"),
        words_block([f"Old bottle: {changed.before}."], inner, look, look.body_pt, field="old_bottle"),
    ]
    yield framed(stacked(lines, 1.0), heavy=True, pad_mm=_PAD_MM)
    for dose in changed.doses:
        yield framed(_block(dose, changed.before, look, inner), pad_mm=_PAD_MM)


def _block(dose: Switched, before: str, look: Look, width: float) -> Page:
    """Which dose, then the old one at the left and the new one at the right; how to fill it beneath.

    A dose of several fillings needs the whole width: then the old one stands above the new.
    """
    head = [
        words_block([words], width, look, look.body_pt, bold=True, field=field)
        for field, words in (("step", dose.title), ("times", dose.times))
        if words
    ]
    if dose.now is None:
        return stacked(head, 1.0)
    apart = max(len(d.measured.draws_ml) for d in (dose.now, dose.was) if d is not None) > 1
    side = width if apart else (width - _BETWEEN_MM) / 2
    same = dose.was is not None and dose.was.measured.ml == dose.now.measured.ml
    old = list(_old(dose.was, before, look, side, same=same))
    new = list(_new(dose.now, look, side))
    both = stacked([stacked(old, 1.0), stacked(new, 1.0)], 3.0) if apart else _beside(old, new, width)
    words = f"New bottle: {filling(dose.now.measured)}"
    if dose.gives:
        words += f" This gives {dose.gives}."
    how = words_block([f"{words} {NOT_TRUE}"], width, look, look.small_pt, field="filling")
    return stacked([*head, both, how], 1.0)


def _new(dose: Drawn, look: Look, width: float) -> Iterator[Page]:
    """What is given from now on."""
    yield words_block(["NEW bottle: give this"], width, look, look.body_pt, bold=True, field="new")
    yield words_block([dose.bottle], width, look, look.small_pt, field="new_bottle")
    yield words_block([volume_words(dose.measured.ml)], width, look, look.big_pt, bold=True, field="volume")
    yield words_block([_ordered(dose)], width, look, look.small_pt, field="ordered")
    yield draw_dose(dose.measured, look, width)


def _old(dose: Drawn | None, before: str, look: Look, width: float, *, same: bool) -> Iterator[Page]:
    """What was given until now, struck through; in plain type where the volume stays the same."""
    title = "OLD bottle: do not use it"
    yield words_block([title], width, look, look.body_pt, bold=True, field="old")
    yield words_block([before], width, look, look.small_pt, field="old_bottle")
    if dose is None:
        words = "Its volume is not told: no stocked syringe measures it."
        yield words_block([words], width, look, look.body_pt, field="old_unknown")
        return
    volume = words_block(
        [volume_words(dose.measured.ml)], width, look, look.big_pt * 0.7, bold=True, field="old_volume"
    )
    told = words_block([_ordered(dose)], width, look, look.small_pt, field="old_ordered")
    picture = draw_dose(dose.measured, look, width)
    if same:
        yield from (
            volume,
            words_block(["The volume stays the same."], width, look, look.body_pt, field="same"),
        )
        return
    yield _struck_through(volume, look)
    yield _struck_through(told, look)
    yield _crossed_out(picture)


def _ordered(dose: Drawn) -> str:
    return f"Ordered: {dose.amount}, {exactly(dose.exact)}."


def _beside(left: list[Page], right: list[Page], width: float) -> Page:
    """Two columns, a line between them."""
    one, other = stacked(left, 1.0), stacked(right, 1.0)
    side, high = (width - _BETWEEN_MM) / 2, max(one.height_mm, other.height_mm)
    rule = Line(x1_mm=width / 2, y1_mm=0, x2_mm=width / 2, y2_mm=high, width_mm=THIN_MM, name="between")
    return Page(
        width_mm=width,
        height_mm=high,
        shapes=(
            Placed(x_mm=0, y_mm=0, page=one),
            rule,
            Placed(x_mm=side + _BETWEEN_MM, y_mm=0, page=other),
        ),
    )


def _struck_through(block: Page, look: Look) -> Page:
    """The words with a heavy line through each of them."""
    shapes: list[Shape] = list(block.shapes)
    for text in block.flat():
        if isinstance(text, Text):
            middle = text.y_mm - ASCENT * text.size_pt * MM_PER_PT * 0.35
            shapes.append(
                Line(
                    x1_mm=max(text.x_mm - 1, 0),
                    y1_mm=middle,
                    x2_mm=text.x_mm + words_mm(text.text, look, text.size_pt, bold=text.bold) + 1,
                    y2_mm=middle,
                    width_mm=text.size_pt * MM_PER_PT / 9,
                    name="struck",
                )
            )
    return Page(width_mm=block.width_mm, height_mm=block.height_mm, shapes=tuple(shapes))


def _crossed_out(picture: Page) -> Page:
    """The picture with a cross over it."""
    wide, high = picture.width_mm, picture.height_mm
    cross = (
        Line(x1_mm=0, y1_mm=0, x2_mm=wide, y2_mm=high, width_mm=_CROSS_MM, name="struck"),
        Line(x1_mm=0, y1_mm=high, x2_mm=wide, y2_mm=0, width_mm=_CROSS_MM, name="struck"),
    )
    return Page(width_mm=wide, height_mm=high, shapes=(*picture.shapes, *cross))
