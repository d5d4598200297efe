"""A script as a user writes it; it only has to type-check."""

from __future__ import annotations

from fractions import Fraction

from liquidose import (
    Caution,
    Conversion,
    Dose,
    Limits,
    LiquidoseError,
    Measured,
    Product,
    Quantity,
    Strength,
    StrengthChart,
    Syringe,
    WeightBands,
    WeightChart,
    amount_in,
    chart_pdf,
    convert,
    make_chart,
    measure,
    read_dose,
    read_product,
    read_quantity,
    read_strength,
    unit,
    write_quantity,
)


def volume_of(dose: str, strength: str, weight: str | None = None) -> Fraction:
    """What a dispensing script does with one row."""
    notes: list[Caution] = []
    product: Product = read_product(strength, locale="en-US", notes=notes)
    per_ml: Quantity = product.strength.per_ml
    ordered: Dose = read_dose(dose)
    try:
        conversion: Conversion = convert(ordered, product, weight=weight, limits=Limits(most_draws=2))
    except LiquidoseError as error:
        print(error.code, error.problem, error.remedy)  # noqa: T201  (a script prints)
        raise
    measured: Measured | None = conversion.measured
    if measured is not None:
        syringe: Syringe = measured.syringe
        print(syringe.id, measured.ml, *measured.draws_ml, measured.change_percent)  # noqa: T201
    print(write_quantity(per_ml), per_ml.unit.name, per_ml.to("mcg").value)  # noqa: T201
    return conversion.volume_ml


def back(volume: str) -> Quantity:
    """The way back, and values made by hand."""
    strength: Strength = read_strength("5 mg/5 mL")
    by_hand = Quantity(value=Fraction(5), unit=unit("mg"))
    measure(read_quantity(volume), syringes=["oral-5"], route="oral")
    return by_hand if volume == "5 mL" else amount_in(volume, strength)


def sheets(bands: WeightBands) -> bytes:
    """Charts by strength and by weight; which of the two comes out is known from what goes in."""
    side_by_side: StrengthChart = make_chart(doses=["5 mg"], strengths=["5 mg/5 mL", "25 mg/5 mL"])
    by_weight: WeightChart = make_chart(bands=bands)
    lower: list[Quantity] = [row.per_kg[0] for row in by_weight.rows]
    print(len(lower), [cell.measured for row in side_by_side.rows for cell in row.cells])  # noqa: T201
    return chart_pdf(by_weight, paper="Letter", large_print=True)
