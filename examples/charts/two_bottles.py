"""Two bottles of one drug side by side, and a chart of weights: as values, and as a PDF in large print."""

from pathlib import Path
from tempfile import TemporaryDirectory

from liquidose import Conversion, Quantity, chart_pdf, make_chart, unit, write_quantity


def volume(cell: Conversion) -> str:
    """What a syringe is filled to, if one of the stocked syringes measures it."""
    if cell.measured is None:
        return "cannot be measured"
    return write_quantity(Quantity(value=cell.measured.ml, unit=unit("mL")))


chart = make_chart(
    drug="baclofen oral solution",
    doses=["5 mg", "10 mg", "15 mg", "20 mg"],
    strengths=["5 mg/5 mL", "10 mg/5 mL"],
)
for row in chart.rows:
    print(f"{write_quantity(row.dose)}: {' or '.join(map(volume, row.cells))}")

with TemporaryDirectory() as folder:
    target = Path(folder, "baclofen.pdf")
    target.write_bytes(chart_pdf(chart, paper="A4", large_print=True))
    print(f"{target.name} begins {target.read_bytes()[:5].decode()}")

for band in make_chart(bands=Path(__file__).with_name("ibuprofen.toml")).rows:
    print(f"{band.band.words()}: {write_quantity(band.per_kg[0])} per kg at the lower end")
