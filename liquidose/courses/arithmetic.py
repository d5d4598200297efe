"""The working of a course: each distinct dose once, as lines that a person can check by hand."""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace

from liquidose.courses.noting import steps_words
from liquidose.courses.schedule import Schedule


def working_lines(schedule: Schedule) -> tuple[tuple[str, ...], ...]:
    """For each distinct volume its steps, then order, strength, volume and what is measured."""
    numbers: dict[Fraction, list[int]] = {}
    measured = {}
    for step in schedule.steps:
        for dose in step.doses:
            measured[dose.volume_ml] = dose.measured
            told = numbers.setdefault(dose.volume_ml, [])
            if step.number not in told:
                told.append(step.number)
    of_volume = {conversion.volume_ml: conversion for conversion in reversed(schedule.conversions)}
    return tuple(
        (
            f"{steps_words(steps)}:",
            *replace(of_volume[volume], measured=measured[volume]).work(
                profile=schedule.profile, locale=schedule.locale
            ),
        )
        for volume, steps in numbers.items()
    )
