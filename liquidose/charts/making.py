"""make_chart(): the one door to both charts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import overload

from liquidose.charts.strength_chart import StrengthChart, strength_chart
from liquidose.charts.weight_bands import WeightBands
from liquidose.charts.weight_chart import WeightChart, weight_chart
from liquidose.devices.syringes import Route
from liquidose.errors import GiveWhatIsMissing
from liquidose.files import load_toml
from liquidose.site import Site


@overload
def make_chart(
    *,
    doses: Sequence[str],
    strengths: Sequence[str],
    drug: str = "",
    route: Route | None = None,
    locale: str | None = None,
    site: Site | None = None,
) -> StrengthChart: ...
@overload
def make_chart(*, bands: WeightBands | str | os.PathLike[str], site: Site | None = None) -> WeightChart: ...
def make_chart(  # noqa: PLR0913  (what the two charts are of)
    *,
    doses: Sequence[str] = (),
    strengths: Sequence[str] = (),
    drug: str = "",
    route: Route | None = None,
    locale: str | None = None,
    bands: WeightBands | str | os.PathLike[str] | None = None,
    site: Site | None = None,
) -> StrengthChart | WeightChart:
    """A chart of doses by strength, or of weight bands: every cell exact and measured, or with the reason why not.

    ``bands`` is a file or its value; it states its own drug, strength, route and locale.

    Raises:
        LiquidoseError: as :func:`strength_chart` and :func:`weight_chart` do.

    >>> chart = make_chart(doses=["5 mg", "10 mg"], strengths=["5 mg/5 mL", "25 mg/5 mL"])
    >>> [str(cell.measured.ml) for row in chart.rows for cell in row.cells]
    ['5', '1', '10', '2']
    """
    if bands is None:
        return strength_chart(doses, strengths, drug=drug, route=route, locale=locale, site=site)
    if doses or strengths or drug or route or locale:
        raise GiveWhatIsMissing(
            "The bands state their own drug, strength, route and locale, and others are given beside them.",
            "Write them with the bands, or leave the bands out.",
            given="bands",
        )
    if not isinstance(bands, WeightBands):
        bands = load_toml(bands, WeightBands)
    return weight_chart(bands, site=site)
