"""From a dose in milligrams to millilitres in a syringe: exact, measured, printed.

A tour. An amount, a strength and a dose are read from text, and whatever could be read two ways is refused:

>>> from liquidose import convert, read_strength, write_strength
>>> write_strength(read_strength("250 mg/5 mL"))
'50\\xa0mg per\\xa0mL'
>>> read_strength("1,5 mg/mL")
Traceback (most recent call last):
liquidose.errors.UnreadableText: '1,5' could be 1.5 or 15. Write a point for decimals and nothing between thousands, or state the locale.

The volume is exact, and measuring is a step of its own that keeps both numbers:

>>> conversion = convert("15 mg/kg", "160 mg/5 mL", weight="20 kg")
>>> conversion.volume_ml, conversion.measured.ml
(Fraction(75, 8), Fraction(47, 5))
>>> [warning.code for warning in conversion.warnings]
['rounded', 'check-the-lines']

Names are loaded when first used, so that ``import liquidose`` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from liquidose._version import __version__

if TYPE_CHECKING:
    from liquidose.batch.columns import convert_frame as convert_frame
    from liquidose.cautions import Caution as Caution
    from liquidose.charting import chart_pdf as chart_pdf
    from liquidose.charts.making import make_chart as make_chart
    from liquidose.charts.strength_chart import StrengthChart as StrengthChart
    from liquidose.charts.weight_bands import WeightBands as WeightBands
    from liquidose.charts.weight_chart import WeightChart as WeightChart
    from liquidose.conversion import Conversion as Conversion
    from liquidose.conversion import amount_in as amount_in
    from liquidose.conversion import convert as convert
    from liquidose.conversion import strength_for as strength_for
    from liquidose.conversion import weight_for as weight_for
    from liquidose.courses.schedule import Schedule as Schedule
    from liquidose.courses.schedule import make_schedule as make_schedule
    from liquidose.devices.limits import Limits as Limits
    from liquidose.devices.measuring import Measured as Measured
    from liquidose.devices.measuring import measure as measure
    from liquidose.devices.syringes import Syringe as Syringe
    from liquidose.dosing.dose import Dose as Dose
    from liquidose.dosing.dose import write_dose as write_dose
    from liquidose.dosing.ordered import read_dose as read_dose
    from liquidose.dosing.products import Product as Product
    from liquidose.dosing.products import read_product as read_product
    from liquidose.dosing.products import read_strength as read_strength
    from liquidose.dosing.reconstitution import Reconstitution as Reconstitution
    from liquidose.dosing.reconstitution import read_reconstitution as read_reconstitution
    from liquidose.dosing.strength import Strength as Strength
    from liquidose.dosing.strength import write_strength as write_strength
    from liquidose.dosing.volume import volume_for as volume_for
    from liquidose.errors import LiquidoseError as LiquidoseError
    from liquidose.labelling import write_labels as write_labels
    from liquidose.manifest import Manifest as Manifest
    from liquidose.orders.loading import load_order as load_order
    from liquidose.orders.order import Order as Order
    from liquidose.quantities.lint import Finding as Finding
    from liquidose.quantities.lint import lint as lint
    from liquidose.quantities.quantity import Quantity as Quantity
    from liquidose.quantities.reading import read_quantity as read_quantity
    from liquidose.quantities.units import unit as unit
    from liquidose.quantities.writing import write_quantity as write_quantity
    from liquidose.site import Site as Site
    from liquidose.site import load_site as load_site

_HOMES: Final = {
    "Caution": "cautions",
    "Conversion": "conversion",
    "Dose": "dosing.dose",
    "Finding": "quantities.lint",
    "Limits": "devices.limits",
    "LiquidoseError": "errors",
    "Manifest": "manifest",
    "Measured": "devices.measuring",
    "Order": "orders.order",
    "Product": "dosing.products",
    "Quantity": "quantities.quantity",
    "Reconstitution": "dosing.reconstitution",
    "Site": "site",
    "Schedule": "courses.schedule",
    "Strength": "dosing.strength",
    "StrengthChart": "charts.strength_chart",
    "Syringe": "devices.syringes",
    "WeightBands": "charts.weight_bands",
    "WeightChart": "charts.weight_chart",
    "amount_in": "conversion",
    "chart_pdf": "charting",
    "convert": "conversion",
    "convert_frame": "batch.columns",
    "load_order": "orders.loading",
    "load_site": "site",
    "lint": "quantities.lint",
    "make_chart": "charts.making",
    "make_schedule": "courses.schedule",
    "measure": "devices.measuring",
    "read_dose": "dosing.ordered",
    "read_product": "dosing.products",
    "read_quantity": "quantities.reading",
    "read_reconstitution": "dosing.reconstitution",
    "read_strength": "dosing.products",
    "strength_for": "conversion",
    "unit": "quantities.units",
    "volume_for": "dosing.volume",
    "weight_for": "conversion",
    "write_dose": "dosing.dose",
    "write_labels": "labelling",
    "write_quantity": "quantities.writing",
    "write_strength": "dosing.strength",
}

__all__ = [  # noqa: PLE0604  (the lazy names and the version)
    "__version__",
    *_HOMES,
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'liquidose' has no attribute '{name}'")
    value = getattr(importlib.import_module(f"liquidose.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
