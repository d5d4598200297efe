"""Imports go down only: each module may import from the layers above it in this list, and from no other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "liquidose"

LAYERS = [
    "_version errors cautions",
    "numbers left_behind",
    "files whole_files",
    "quantities.units",
    "quantities.quantity",
    "quantities.reading quantities.writing",
    "quantities.amount_rules",
    "quantities.error_prone",
    "quantities.lint quantities.speaking",
    "dosing.strength dosing.tokens dosing.patient dosing.forms",
    "dosing.doubts",
    "dosing.statements dosing.components dosing.dose dosing.reconstitution",
    "dosing.leftover",
    "dosing.products dosing.ordered",
    "dosing.volume dosing.daily",
    "devices.syringes devices.limits devices.tolerance devices.stocks devices.drug_classes devices.bores "
    "devices.printers",
    "devices.choosing devices.calibration",
    "devices.truescale",
    "devices.unmeasurable",
    "devices.measuring",
    "clock",
    "site",
    "site_writing",
    "calibrating",
    "source working overrides",
    "conversion",
    "directions tallman",
    "strength_change",
    "courses.course courses.rounding courses.splits",
    "courses.rules courses.steps",
    "courses.stretches courses.supply courses.tenfold courses.guards courses.ending",
    "courses.guarding courses.dispensing",
    "courses.protocol",
    "orders.identifiers orders.diluents orders.tablets",
    "orders.product_code",
    "orders.parts",
    "orders.order",
    "orders.ucum orders.fhir_table orders.fhir_resources orders.fhir_whole",
    "orders.fhir_carried",
    "orders.fhir_amounts",
    "orders.fhir_needed orders.fhir_text",
    "orders.fhir_dosage orders.fhir_medication orders.fhir_pairs orders.fhir_pool",
    "orders.fhir_people orders.fhir_standing orders.fhir_steps orders.fhir_rules",
    "orders.fhir_sequence",
    "orders.fhir",
    "orders.loading",
    "orders.drawn orders.often",
    "orders.cells",
    "orders.rows",
    "courses.noting courses.in_date",
    "courses.switching",
    "courses.carrying",
    "courses.holding",
    "courses.schedule",
    "courses.suggest courses.table courses.occasions courses.arithmetic courses.days",
    "plan",
    "fields",
    "preparation marking sheet_fields",
    "charts.cells charts.weight_bands",
    "charts.strength_chart charts.weight_chart",
    "charts.tables charts.making",
    "exchange.conversions exchange.spreadsheet",
    "exchange.findings exchange.schedules exchange.charts exchange.fhir_medication exchange.fhir_dosages exchange.zones",
    "exchange.fhir exchange.replaced",
    "exchange.calendar_file",
    "batch.answers",
    "batch.columns",
    "batch.column_files",
    "pages.shapes pages.shaping pages.worksheets",
    "pages.fonts pages.elements pages.field_names",
    "pages.templates",
    "pages.pieces",
    "pages.syringe_art pages.outline pages.barcodes pages.setting pages.fan pages.places pages.ink",
    "pages.mark pages.chart pages.sheet",
    "pages.fill_in",
    "pages.curve pages.month_grid",
    "pages.step_sheet",
    "pages.diary pages.switch_sheet",
    "pages.labels pages.class_art pages.correction",
    "pages.of_plan pages.mark_sheet",
    "pages.checking pages.imposing pages.calibration_page",
    "manifest",
    "render.pdf_operators",
    "render.pdf render.svg render.table render.terminal printing",
    "render.raster render.dot_check render.dot_grid",
    "render.png render.zpl",
    "render.formats",
    "print_run",
    "label_making label_pages",
    "labelling mark_pages",
    "charting sheet_making",
    "sheets",
    "batch.sources batch.twins",
    "batch.mapping",
    "batch.rejects batch.kinds",
    "batch.rows batch.volume_tables",
    "batch.parquet_rows batch.fhir_rows",
    "batch.inputs",
    "batch.sealing",
    "batch.cluster",
    "batch.checking batch.workers",
    "batch.packing batch.journal batch.job",
    "batch.filling batch.reports batch.converting",
    "batch.running",
    "cli.showing",
    "cli.stopping cli.finding cli.reading",
    "cli.batch cli.chart cli.columns cli.convert cli.diary cli.fhir cli.label cli.lint cli.mark cli.printers cli.schedule cli.site cli.stocks cli.switch cli.syringes cli.templates",
    "cli",
    "__main__",
]
DEPTH = {name: depth for depth, layer in enumerate(LAYERS) for name in layer.split()}
LAZY = {""}  # liquidose/__init__.py names everything and imports it only when asked

HEAVY = {
    "pint": {"quantities.units"},
    "babel": {"numbers"},
    "reportlab.pdfgen": {"render.pdf"},
    "reportlab": {"pages.fonts", "pages.pieces", "render.pdf"},
    "bidi": {"pages.shaping"},
    "uharfbuzz": {"pages.shaping"},
    "zxingcpp": {"pages.barcodes"},
    "icalendar": {"exchange.calendar_file", "exchange.replaced"},
    "tomlkit": {"site_writing"},
    "distributed": {"batch.cluster"},
    "polars": {"batch.columns", "batch.column_files"},
    "fontTools": {"render.svg"},
    "pypdfium2": {"render.raster"},
    "zebrafy": {"render.zpl"},
    "PIL": {"render.dot_check", "render.png", "render.raster", "render.zpl"},
    "click": {
        "cli",
        "cli.finding",
        "cli.showing",
        "cli.stopping",
        "cli.chart",
        "cli.columns",
        "cli.batch",
        "cli.convert",
        "cli.diary",
        "cli.fhir",
        "cli.label",
        "cli.lint",
        "cli.mark",
        "cli.printers",
        "cli.schedule",
        "cli.site",
        "cli.stocks",
        "cli.switch",
        "cli.syringes",
        "cli.templates",
    },
}


def module_name(path: Path) -> str:
    parts = list(path.relative_to(PACKAGE).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


MODULES = {
    module_name(path): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if module_name(path) not in LAZY
    and not (path.name == "__init__.py" and module_name(path) != "cli" and not imported(path))
}


def test_every_module_has_a_layer() -> None:
    assert set(MODULES) == set(DEPTH)


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_down_only(name: str) -> None:
    inside = {n.removeprefix("liquidose.") for n in imported(MODULES[name]) if n.startswith("liquidose.")}
    for other in inside & set(DEPTH):
        assert DEPTH[other] < DEPTH[name], f"{name} must not import {other}"


@pytest.mark.parametrize("name", MODULES)
def test_heavy_libraries_have_one_door(name: str) -> None:
    for library, doors in HEAVY.items():
        used = any(n == library or n.startswith(f"{library}.") for n in imported(MODULES[name]))
        assert not used or name in doors, f"{name} must not import {library}"


@pytest.mark.parametrize("name", MODULES)
def test_no_module_passes_400_lines(name: str) -> None:
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 400


def test_packages_hold_no_code() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        if module_name(path) not in LAZY | {"cli"}:
            body = ast.parse(path.read_text(encoding="utf-8")).body
            assert len(body) == 1, f"{path} holds more than its docstring"


def test_no_assert_bare_except_or_float_in_the_core() -> None:
    core = (
        "numbers",
        "quantities",
        "dosing",
        "devices",
        "source",
        "conversion",
        "charts",
        "plan",
        "working",
        "marking",
        "calibrating",
        "courses",
    )
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not isinstance(node, ast.Assert), f"{name}:{node.lineno} asserts"
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, f"{name}:{node.lineno} has a bare except"
            if name.startswith(core) and isinstance(node, ast.Constant):
                assert not isinstance(node.value, float), f"{name}:{node.lineno} holds a float"
