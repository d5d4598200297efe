"""FHIR R4 into liquidose batch: each request once, as labels or among the rejects with its JSON."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from fhir_request import DISPENSE, MEDICATION, PATIENT, REQUEST, WEIGHT, ucum
from tables import rows as toml_rows
from tables_of_orders import batch, outputs, rejects, summary, table

CASES = Path(__file__).parent / "cases" / "fhir"
BESIDE: list[dict[str, Any]] = [PATIENT, MEDICATION, WEIGHT]


def request(name: str, mg: int = 5, **changes: Any) -> dict[str, Any]:
    """A request of that id and dose."""
    found = copy.deepcopy(REQUEST) | {"id": name} | changes
    found["dosageInstruction"][0]["doseAndRate"] = [{"doseQuantity": ucum(mg, "mg")}]
    return found


MANY = [
    *BESIDE,
    request("one"),
    request("two", 2),
    request("stopped", status="stopped"),
    request("never", doNotPerform=True),
    request("one"),
]


def bundle(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """The resources in a Bundle."""
    entries = [
        {"fullUrl": f"http://example.org/{one['resourceType']}/{one['id']}", "resource": one}
        for one in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def write_lines(path: Path, resources: list[dict[str, Any]], *others: str) -> str:
    """The path of an ndjson file."""
    path.write_text("\n".join([*map(json.dumps, resources), *others]) + "\n", encoding="utf-8")
    return str(path)


def test_bundle_gives_each_request_once(tmp_path: Path) -> None:
    source = tmp_path / "b.json"
    twice = [*MANY, request("never", doNotPerform=True)]
    source.write_text(json.dumps(bundle(twice), indent=1), encoding="utf-8")
    result = batch(source, "-o", tmp_path / "out")
    assert result.exit_code == 4
    assert result.output == (
        f"3 labels on 3 pages, 3 rejected: {tmp_path / 'out' / 'rejects.csv'}. "
        "2 rows came before: see duplicate_rows in summary.json.\n"
    )
    assert [one["problem"] for one in rejects(tmp_path / "out")] == [
        "b.json, entry[5], MedicationRequest/stopped: Its status is 'stopped', not active.",
        "b.json, entry[6], MedicationRequest/never: It has doNotPerform: the medicine is not to be given.",
        "b.json, entry[8], MedicationRequest/never: It has doNotPerform: the medicine is not to be given.",
    ]
    found = summary(tmp_path / "out")
    assert (found["rows"], found["accepted"], found["labels"]) == (6, 3, 3)
    assert [(one["row"], one["first_row"]) for one in found["duplicate_rows"]] == [(5, 1), (6, 4)]
    lines = source.read_text().splitlines()
    for one, resource in zip(rejects(tmp_path / "out"), [*twice[5:7], twice[8]], strict=True):
        assert [json.loads(text) for text in one["original"]] == [resource]
        assert f'"{resource["id"]}"' in "".join(lines[one["line"] - 1 : one["line"] + 3])


def test_lines_give_what_the_bundle_gives_and_a_bad_one_shifts_none(tmp_path: Path) -> None:
    whole = tmp_path / "b.json"
    whole.write_text(json.dumps(bundle(MANY)), encoding="utf-8")
    lines = write_lines(tmp_path / "b.ndjson", MANY, '{"resourceType": "Patient", no}', '{"resourceType": "Appointment"}')  # fmt: skip
    assert batch(whole, "-o", tmp_path / "a").exit_code == 4
    assert batch(lines, "-o", tmp_path / "b").exit_code == 4
    assert outputs(tmp_path / "a")["labels-0001.pdf"] == outputs(tmp_path / "b")["labels-0001.pdf"], (
        "the same labels"
    )
    assert [(one["row"], one["line"]) for one in rejects(tmp_path / "b")] == [(3, 6), (4, 7), (6, 9), (7, 10)]
    assert rejects(tmp_path / "b")[2]["original"] == ['{"resourceType": "Patient", no}']
    assert rejects(tmp_path / "b")[3]["original"] == ['{"resourceType": "Appointment"}']


def test_what_one_file_names_may_stand_in_another(tmp_path: Path) -> None:
    patients = write_lines(tmp_path / "Patient.ndjson", [PATIENT])
    others = write_lines(tmp_path / "Medication.ndjson", [MEDICATION, WEIGHT])
    requests = write_lines(tmp_path / "MedicationRequest.ndjson", [request("one"), request("two", 2)])
    assert batch(requests, patients, others, "-o", tmp_path / "out").exit_code == 0
    assert summary(tmp_path / "out")["labels"] == 2
    assert batch(requests, "-o", tmp_path / "alone").exit_code == 4
    assert summary(tmp_path / "alone")["rejects"] == 2


def test_request_and_its_supply_are_one_row(tmp_path: Path) -> None:
    supply = {
        "resourceType": "MedicationDispense", "id": "d", "status": "completed",
        "medicationReference": {"reference": "Medication/baclofen"}, "subject": {"reference": "Patient/sam"},
        "authorizingPrescription": [{"reference": "MedicationRequest/one"}], "quantity": ucum(150, "mL"),
    }  # fmt: skip
    source = write_lines(tmp_path / "b.ndjson", [*BESIDE, request("one"), supply])
    assert batch(source, "-o", tmp_path / "out").exit_code == 0
    assert (summary(tmp_path / "out")["rows"], summary(tmp_path / "out")["labels"]) == (1, 1)
    (pick,) = table(tmp_path / "out" / "picking.csv")
    assert pick["total_ml"] == "150"


def test_two_versions_of_one_request_are_no_labels(tmp_path: Path) -> None:
    other = write_lines(tmp_path / "later.ndjson", [request("one", 2), request("two", 2), request("same")])
    source = write_lines(tmp_path / "a.ndjson", [*BESIDE, request("one"), request("same")])
    result = batch(source, other, "-o", tmp_path / "out")
    assert result.exit_code == 4
    assert result.output.startswith("3 labels on 3 pages, 2 rejected: ")
    assert [(one["file"], one["row"], one["problem"], one["remedy"]) for one in rejects(tmp_path / "out")] == [
        (file, 1, f"{file}, line {line}, MedicationRequest/one: It was sent more than once, and not with the same contents.",
         "Find out which one holds, and read that alone.")
        for file, line in (("a.ndjson", 4), ("later.ndjson", 1))
    ]  # fmt: skip
    found = summary(tmp_path / "out")
    assert [(one["file"], one["row"]) for one in found["duplicate_rows"]] == [("later.ndjson", 3)]


def test_two_versions_of_a_supply_alone_are_no_labels(tmp_path: Path) -> None:
    alone = {key: value for key, value in DISPENSE.items() if key != "authorizingPrescription"}
    later = alone | {"status": "in-progress"}
    source = write_lines(tmp_path / "a.ndjson", [PATIENT, MEDICATION, alone, later, later | {"id": "other"}])
    assert batch(source, "-o", tmp_path / "out").output.startswith("1 label on 1 page, 2 rejected: ")
    assert {one["problem"].partition(": ")[2] for one in rejects(tmp_path / "out")} == {
        "It was sent more than once, and not with the same contents."
    }


def test_note_of_the_sender_reaches_the_pharmacist(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "b.ndjson", [*BESIDE, request("one", note=[{"text": "Ring the ward."}])])
    assert batch(source, "-o", tmp_path / "out").exit_code == 0
    (note,) = table(tmp_path / "out" / "notes.csv")
    assert note["note"].endswith("has a note that no label says: 'Ring the ward.'.")
    assert batch(source, "--convert", "-o", tmp_path / "t.csv").exit_code == 0
    (row,) = table(tmp_path / "t.csv")
    assert row["warnings"].endswith("has a note that no label says: 'Ring the ward.'.")
    assert "note-not-read" in row["warning_codes"].split(";")


def test_volumes_of_requests(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "b.ndjson", MANY)
    assert batch(source, "--convert", "-o", tmp_path / "t.csv").exit_code == 4
    assert [(row["row"], row["resource"], row["exact_ml"]) for row in table(tmp_path / "t.csv")] == [
        ("1", "line 4, MedicationRequest/one", "5"),
        ("2", "line 5, MedicationRequest/two", "2"),
        ("5", "line 8, MedicationRequest/one", "5"),
    ]
    kept = [json.loads(line)["original"] for line in (tmp_path / "t.rejects.jsonl").read_text().splitlines()]
    assert kept == [[json.dumps(MANY[5])], [json.dumps(MANY[6])]]


def test_every_example_comes_out_once_and_as_the_table_of_examples_says(tmp_path: Path) -> None:
    expected = {
        Path(row["file"]).name: row
        for row in toml_rows("fhir.toml", "example")
        if row["file"].startswith("r4/")
    }
    assert len(expected) > 100
    for name, row in expected.items():
        out = tmp_path / name
        result = batch(CASES / "r4" / name, "--format", "fhir", "-o", out)
        if not out.exists():
            assert row["outcome"] != "order"
            none = "holds no MedicationRequest and no MedicationDispense."
            assert none in result.stderr or row["says"] in result.stderr
            continue
        found = summary(out)
        assert found["rows"] == found["accepted"] + found["rejects"] > 0
        assert (found["accepted"] > 0) is (row["outcome"] == "order"), name
        if row["outcome"] != "order":
            assert any(row["says"] in one["problem"] for one in rejects(out)), name


def test_entry_without_a_resource_is_rejected_with_the_whole(tmp_path: Path) -> None:
    source = tmp_path / "b.json"
    content = bundle([*BESIDE, request("one")])
    content["entry"].append({"fullUrl": "http://example.org/nothing"})
    source.write_text(json.dumps(content), encoding="utf-8")
    result = batch(source, "-o", tmp_path / "out")
    assert result.exit_code == 4
    (one,) = rejects(tmp_path / "out")
    assert one["problem"] == "b.json, entry[4] is no resource of FHIR: it has no resourceType."
    assert one["original"] == [source.read_text(encoding="utf-8")]
    assert (summary(tmp_path / "out")["rows"], summary(tmp_path / "out")["labels"]) == (1, 0)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("b.json", b"{}", "b.json is no resource of FHIR: it has no resourceType. If each line is an order of its own, say so with --format jsonl."),
        ("b.json", b'{"resourceType": "Bundle"', "b.json is not JSON that can be read: "),
        ("b.json", b'{"resourceType": "Patient", "id": "sam"}', "b.json holds no MedicationRequest and no MedicationDispense. Check that it is the file."),
        ("b.json", b'{"resourceType": "MedicationRequest", "id": "J\xf6rg"}', "b.json is not UTF-8 text: byte 0xF6 in line 1. FHIR is nothing else: have it sent again."),
    ],
)  # fmt: skip
def test_file_that_is_no_fhir_is_refused_before_the_first_row(
    name: str, content: bytes, says: str, tmp_path: Path
) -> None:
    source = tmp_path / name
    source.write_bytes(content)
    result = batch(source, "-o", tmp_path / "out")
    assert result.exit_code == (3 if "holds no" in says else 2)
    assert says in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_options_for_columns_are_refused(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "b.ndjson", MANY)
    for given, says in [
        (("--map", "dose={A}"), "b.ndjson is FHIR and has no columns to map. Leave --map and --map-file out, or read it in a run of its own."),
        (("--encoding", "cp1252"), "is FHIR, which is UTF-8. Leave --encoding out."),
    ]:  # fmt: skip
        for convert in ((), ("--convert",)):
            result = batch(source, *given, *convert, "-o", tmp_path / "out")
            assert (result.exit_code, says in result.stderr) == (2, True), result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["b.ndjson"]


def test_one_long_line_and_standard_input(tmp_path: Path) -> None:
    padded = bundle([*MANY, {**PATIENT, "id": "other", "text": {"status": "generated", "div": "x" * 1_100_000}}])  # fmt: skip
    given = json.dumps(padded).encode()
    assert batch("-", "--format", "fhir", "-o", tmp_path / "out", given=given).exit_code == 4
    assert summary(tmp_path / "out")["labels"] == 3
