"""Guards and protocols: what they refuse, what they warn about, and whom they name for it."""

from __future__ import annotations

import datetime as dt
import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from course_orders import TITRATION, WEIGHED, order_of, schedule_of
from tables import Row, cases, plain, rows

from liquidose import LiquidoseError, Schedule, make_schedule
from liquidose.courses.guards import birthday
from liquidose.courses.protocol import Protocol, load_protocol
from liquidose.errors import BadFile, CheckTheAmount, CheckTheRoute, UnitsDoNotMatch
from liquidose.files import decode_toml
from liquidose.orders.order import load_order
from liquidose.plan import make_plan
from liquidose.site import Site

EXAMPLES = Path(__file__).parent.parent / "examples"
US = EXAMPLES / "protocols" / "baclofen-us.toml"
UK = EXAMPLES / "protocols" / "baclofen-uk.toml"
BORN = 'birth_date = 2008-03-09\nweight = "40 kg"'
DATED = "start = 2026-11-23" + TITRATION


def guarded(row: Row, breach: str = "refuse") -> Schedule:
    return schedule_of(row["directions"], top=f'[[guard]]\nbreach = "{breach}"\n{row["guard"]}')


@cases("guards.toml", "refused")
def test_what_breaks_a_guard_is_refused_with_its_source(row: Row) -> None:
    with pytest.raises(LiquidoseError) as caught:
        guarded(row)
    assert plain(str(caught.value)) == row["message"]


@cases("guards.toml", "kept")
def test_what_keeps_a_guard_is_not(row: Row) -> None:
    assert not [w for w in guarded(row).warnings if w.code.startswith("guard-")]


@pytest.mark.parametrize(
    "row",
    [r for r in rows("guards.toml", "refused") if "The guard says" in r["message"]],
    ids=lambda r: r["id"],
)
def test_a_guard_that_only_warns_says_the_same(row: Row) -> None:
    found = [plain(w.text) for w in guarded(row, "warn").warnings if w.code.startswith("guard-")]
    assert found[0] == row["message"].partition(" Check the order")[0]


def test_what_was_checked_is_told_with_its_source() -> None:
    guards = '[[guard]]\nrule = "most_per_day"\namount = "80 mg"\nsource = "Dr A. Example"\n[[guard]]\nrule = "no_gap"'
    assert [plain(w.text) for w in schedule_of(TITRATION, top=guards).guarded] == [
        "Checked against the guards of the order: at most 80 mg a day (Dr A. Example); no day without a dose between "
        "doses (the order)."
    ]


def test_every_breach_is_told_where_a_guard_only_warns() -> None:
    found = schedule_of(TITRATION, top='[[guard]]\nrule = "most_per_dose"\namount = "10 mg"\nbreach = "warn"')
    breaches = [w for w in found.warnings if w.code == "guard-most-per-dose"]
    assert len(breaches) == 6  # three doses a day in two steps


def test_a_step_that_only_the_lines_make_too_large_is_warned_about_and_never_refused() -> None:
    found = schedule_of(
        'times = ["morning"]\nsteps = [{ dose = "5.3 mg", days = 1 }, { dose = "7.5 mg", days = 1 }]\nthen = "continue"',
        top='[[guard]]\nrule = "largest_step"\namount = "2.2 mg"',
    )
    assert [plain(w.text) for w in found.guarded if w.code != "guards"] == [
        "From step 1 to step 2 the dose rises by 2.4 mg a day as measured. The guard says: at most 2.2 mg a day up or down "
        "in one step, the last step to none included (the order)."
    ]


def test_a_guard_by_weight_that_only_warns_is_told_where_it_cannot_be_checked() -> None:
    guard = '[[guard]]\nrule = "most_per_day"\namount = "2 mg/kg"\nbreach = "warn"'
    found = schedule_of(TITRATION, top=guard, patient="")
    assert [plain(w.text) for w in found.guarded if w.code != "guards"] == [
        "Not checked: The guard most_per_day is 2 mg per kg, and the order does not give what it counts by. "
        "Write patient.weight, or height and weight."
    ]
    assert schedule_of(TITRATION, top=guard + "\nto_age = 8", patient="birth_date = 2000-01-01").steps


@pytest.mark.parametrize("protocol", [False, True])
@pytest.mark.parametrize("patient", ['weight = "60 kg"\nheight = "150 cm"', 'bsa = "1.58 m2"'])
def test_a_guard_by_surface_is_held_where_no_dose_counts_by_it(
    patient: str, tmp_path: Path, *, protocol: bool
) -> None:
    """1.58 m2 at 25 mg/m2 are 39.5 mg, and 36 are kept."""
    guard = 'rule = "most_per_day"\namount = "25 mg/m2"\nsource = "somebody"'
    top = f"[[guard]]\n{guard}"
    if protocol:
        text = Path(EXAMPLES / "protocols" / "baclofen-us.toml").read_text(encoding="utf-8")
        (tmp_path / "own.toml").write_text(f"{text}\n[[guard]]\n{guard}", encoding="utf-8")
        top = f'protocol = "{(tmp_path / "own.toml").as_posix()}"'
    course = 'times_a_day = 2\ndose = "{}"\nfor_days = 3\nthen = "continue"'
    assert schedule_of(course.format("18 mg"), top=top, patient=patient).steps
    with pytest.raises(LiquidoseError, match="is 40\u00a0mg a day"):
        schedule_of(course.format("20 mg"), top=top, patient=patient)
    with pytest.raises(LiquidoseError, match="does not give what it counts by"):
        schedule_of(course.format("18 mg"), top=top, patient="")


def test_the_numbers_of_a_guard_are_read_as_the_order_writes_them() -> None:
    course = 'times = ["morning"]\ndose = "7,5 mg"\nfor_days = 3\nthen = "continue"'
    top = 'locale = "de-DE"\n[[guard]]\nrule = "most_per_dose"\namount = "7,4 mg"'
    with pytest.raises(CheckTheAmount, match=r"at most 7\.4"):
        schedule_of(course, top=top)


AGED = '[[guard]]\nrule = "most_per_dose"\namount = "10 mg"\nbreach = "warn"\n'


@pytest.mark.parametrize(
    ("ages", "born", "held"),
    [
        ("from_age = 12", "2014-11-26", {"2", "3", "4"}),  # twelve on the first day of step 2, which is 10 mg
        ("from_age = 12", "2014-11-28", {"2", "3", "4"}),  # and on its last
        ("from_age = 12", "2014-11-29", {"3", "4"}),
        ("to_age = 12", "2014-11-29", {"1", "2", "3"}),  # on the birthday itself it still holds
        ("to_age = 12", "2014-11-28", {"1", "2"}),
        ("from_age = 8\nto_age = 12", "2000-01-01", set()),
        ("to_age = 8", "2026-01-01", {"1", "2", "3", "4"}),
    ],
)
def test_ages_are_those_on_the_days_of_each_step(ages: str, born: str, held: set[str]) -> None:
    top = AGED.replace("10 mg", "1 mg") + ages
    found = schedule_of(DATED, top=top, patient=f"birth_date = {born}")
    assert {w.text.split()[1] for w in found.guarded if w.code != "guards"} == held


def test_a_guard_of_an_age_holds_for_the_steps_of_that_age_only() -> None:
    guards = "".join(
        f'[[guard]]\nrule = "{rule}"\nbreach = "warn"\nfrom_age = 12\n'
        for rule in ('largest_step"\namount = "5 mg', 'shortest_step"\ndays = "4', "no_gap")
    ).replace('"4"', "4")
    found = schedule_of(DATED, top=guards, patient="birth_date = 2014-12-02")
    assert [plain(w.text).partition(". ")[0] for w in found.guarded if w.code != "guards"] == [
        "From step 3 to step 4 the dose rises by 15 mg a day"
    ]


@pytest.mark.parametrize(("directions", "patient"), [(DATED, WEIGHED), (TITRATION, BORN)])
def test_an_age_that_is_not_known_is_told(directions: str, patient: str) -> None:
    found = schedule_of(directions, top=AGED + "from_age = 12\nto_age = 18", patient=patient)
    assert [plain(w.text) for w in found.guarded if w.code != "guards"] == [
        "Not checked, as the birth date or the dates are not known: at most 10 mg for each dose, from 12 years of age "
        "up to the birthday of 18 years (the order)."
    ]


def test_a_birthday_on_29_february_is_on_1_march_of_a_common_year() -> None:
    assert birthday(dt.date(2020, 2, 29), 8) == dt.date(2028, 2, 29)
    assert birthday(dt.date(2020, 2, 29), 9) == dt.date(2029, 3, 1)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ('{ dose = "5 mg", days = 1 }, { dose = "50 mg", days = 1 }', "Step 2 is 50 mg a day, at least ten times step 1 (5 mg a day). Check the decimal point."),
        ('{ dose = "50 mg", days = 1 }, { dose = "5 mg", days = 1 }', "Step 2 is 5 mg a day, at most a tenth of step 1 (50 mg a day). Check the decimal point."),
        ('{ dose = "50 mg", days = 1 }, { dose = "none", days = 1 }, { dose = "5 mg", days = 1 }', "Step 3 is 5 mg a day, at most a tenth of step 1 (50 mg a day). Check the decimal point."),
        ('{ dose = "5 mg", days = 1 }, { dose = "49 mg", days = 1 }', None),
    ],
)  # fmt: skip
def test_a_step_ten_times_its_neighbour_is_doubted(steps: str, message: str | None) -> None:
    found = schedule_of(f'times = ["morning"]\nsteps = [{steps}]\nthen = "continue"')
    assert [plain(w.text) for w in found.guarded if w.code != "guards"] == ([message] if message else [])


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ('{ dose = { morning = "5 mg", bedtime = "0.5 mg" }, days = 1 }, { dose = { morning = "5 mg", bedtime = "5 mg" }, days = 1 }', [
            "Step 2 is 5 mg at bedtime, at least ten times step 1 (0.5 mg). Check the decimal point.",
            "Step 1 is 5 mg in the morning, at least ten times the 0.5 mg at bedtime. Check the decimal point.",
        ]),
        ('{ dose = "5 mg", times_a_day = 4, days = 1 }, { dose = "50 mg", times_a_day = 1, days = 1 }',
         ["Step 2 is 50 mg as dose 1, at least ten times step 1 (5 mg). Check the decimal point."]),
        ('{ dose = "50 mg", times = ["morning"], days = 1 }, { dose = "5 mg", times = ["morning", "noon"], days = 1 }',
         ["Step 2 is 5 mg in the morning, at most a tenth of step 1 (50 mg). Check the decimal point."]),
        ('{ dose = { morning = "5 mg", bedtime = "0.6 mg" }, days = 1 }', []),
    ],
)  # fmt: skip
def test_one_dose_ten_times_another_is_doubted(steps: str, message: list[str]) -> None:
    found = schedule_of(f'steps = [{steps}]\nthen = "continue"')
    assert [plain(w.text) for w in found.guarded if w.code == "tenfold-step"] == message


def test_a_first_step_of_a_tenth_of_what_is_taken_now_is_doubted() -> None:
    found = schedule_of(
        'times = ["morning"]\ntaper = { from = "50 mg", doses = ["5 mg"], every = "1 week" }\nthen = "stop"'
    )
    assert plain(found.guarded[0].text) == (
        "Step 1 is 5 mg a day, at most a tenth of the dose until now (50 mg a day). Check the decimal point."
    )


@pytest.mark.parametrize(
    ("dose", "strength", "doubted"),
    [
        ("5 mL", "5 mg/mL", True),
        ("5 mL", "5 mg/5 mL", False),
        ("10 mL", "10 mg/5 mL", True),
        ("2 mL", "10 mg/5 mL", True),
        ("4 mL", "5 mg/mL", False),
        ("5 mg", "5 mg/mL", False),
    ],
)
def test_a_number_of_ml_that_is_the_number_of_mg_on_the_bottle_is_doubted(
    dose: str,
    strength: str,
    doubted: bool,  # noqa: FBT001
) -> None:
    found = schedule_of(
        f'times = ["morning", "noon"]\ndose = "{dose}"\nfor_days = 3\nthen = "continue"', strength=strength
    )
    assert bool([w for w in found.warnings if w.code == "mg-or-ml"]) is doubted


def test_both_readings_of_such_a_number_are_told_in_full() -> None:
    found = schedule_of(
        'times = ["morning"]\ndose = "5 mL"\nfor_days = 3\nthen = "continue"', strength="5 mg/mL"
    )
    (told,) = [plain(w.text) for w in found.warnings if w.code == "mg-or-ml"]
    assert told == (
        "Step 1: 5 mL is ordered from a bottle of 5 mg per mL, and holds 25 mg. Check that mL and not mg was meant."
    )


@pytest.mark.parametrize("written", ["7.5 mL", "7.4 mL"])
def test_a_written_volume_may_be_the_exact_or_the_measured_one(written: str) -> None:
    assert schedule_of(
        f'times = ["morning"]\ndose = "7.5 mg"\nvolume = "{written}"\nfor_days = 3\nthen = "continue"'
    ).steps


# --- protocols -----------------------------------------------------------------------------------------------


@pytest.fixture
def order_file(tmp_path: Path) -> Path:
    """The titration of the examples beside its protocols, for a test to change."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    return tmp_path / "examples" / "baclofen-titration.toml"


def changed(path: Path, *changes: tuple[str, str]) -> str:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return str(path)


def refusal(path: str, site: Site | None = None) -> LiquidoseError:
    with pytest.raises(LiquidoseError) as caught:
        make_schedule(load_order(path), site)
    return caught.value


INTRATHECAL = (
    "Baclofen into the spinal canal is counted in micrograms and is another medicine (FDA labels of oral and intrathecal "
    "baclofen). Check the order with the prescriber."
)


@pytest.mark.parametrize("path", [US, UK])
def test_every_guard_and_advice_of_the_examples_has_a_source(path: Path) -> None:
    protocol = load_protocol(str(path))
    assert all(guard.source for guard in protocol.guard)
    assert all(advice.source for advice in protocol.advice)
    assert {guard.rule for guard in protocol.guard} >= {
        "most_per_day", "shortest_step", "largest_step", "no_stop_without_taper", "no_gap",
    }  # fmt: skip
    assert {advice.topic for advice in protocol.advice} >= {
        "stopping", "kidneys", "drowsiness", "food", "when-to-call",
    }  # fmt: skip


def test_a_protocol_that_holds_is_told_with_its_approver_and_its_advice() -> None:
    schedule = make_schedule(load_order(str(EXAMPLES / "baclofen-titration.toml")), Site(profile="us"))
    told = [plain(w.text) for w in schedule.guarded]
    assert told[0].startswith(
        "Checked against baclofen-us, version 1, approved by nobody yet: an example: at most 80 mg a day (Ozobax label"
    )
    assert any(text.startswith("Alcohol, opioids, benzodiazepines") for text in told)
    assert any("kidneys" in text and "nothing is reduced here" in text for text in told)
    assert {w.level for w in schedule.guarded} == {"note"}
    assert schedule.warnings[-1].code == "keep-giving"


def test_a_site_without_a_profile_is_told_whose_protocol_it_is() -> None:
    schedule = make_schedule(load_order(str(EXAMPLES / "baclofen-taper.toml")))
    assert plain(schedule.guarded[0].text) == (
        "The protocol baclofen-us, version 1 is for the United States, and the site states no profile: check that it "
        "holds here."
    )


def test_the_protocol_of_another_country_is_refused() -> None:
    error = refusal(str(EXAMPLES / "baclofen-titration.toml"), Site(profile="uk"))
    assert str(error) == (
        "The protocol baclofen-us, version 1 is for the United States, and the site's profile is 'uk'. "
        "Name the protocol of your country."
    )


def test_the_protocol_of_another_drug_is_refused(order_file: Path) -> None:
    error = refusal(changed(order_file, ('name = "baclofen"', 'name = "lactulose"')))
    assert str(error) == (
        "The order is for lactulose, and the protocol baclofen-us, version 1 is for baclofen, Ozobax, Ozobax DS, Fleqsuvy. "
        "Name the protocol of this drug, or none."
    )


def test_baclofen_in_micrograms_is_refused_by_the_protocol(order_file: Path) -> None:
    path = changed(
        order_file,
        ('start = "5 mg", step = "5 mg"', 'start = "5000 mcg", step = "5000 mcg"'),
        ('target = "20 mg"', 'target = "20000 mcg"'),
    )
    error = refusal(path)
    assert isinstance(error, UnitsDoNotMatch)
    assert str(error) == (
        "The dose is counted in mcg, and the protocol baclofen-us, version 1 refuses every unit but mg. "
        + INTRATHECAL
    )
    changed(Path(path), ('protocol = "protocols/baclofen-us.toml"', ""))
    assert (
        make_schedule(load_order(path)).steps[0].doses[0].measured.ml == 5
    )  # the protocol says so, not the program


def test_a_bottle_in_micrograms_is_refused_by_the_protocol(order_file: Path) -> None:
    error = refusal(changed(order_file, ('"5 mg/5 mL"', '"1000 mcg/mL"')))
    assert str(error).startswith("The strength is counted in mcg, and the protocol baclofen-us")


def test_an_intrathecal_drug_is_refused_by_the_protocol(order_file: Path) -> None:
    error = refusal(changed(order_file, ('form = "oral solution"', 'form = "intrathecal solution"')))
    assert isinstance(error, CheckTheRoute)
    assert str(error) == (
        "'intrathecal' stands in the drug of the order, and the protocol baclofen-us, version 1 refuses it. "
        + INTRATHECAL
    )


def test_an_injection_is_refused_by_the_protocol(order_file: Path) -> None:
    path = changed(
        order_file, ('route = "by mouth"', 'route = "by injection"'), ('form = "oral solution"\n', "")
    )
    assert str(refusal(path)) == (
        "The order is by injection, and the protocol baclofen-us, version 1 is for doses by mouth or by tube. "
        + INTRATHECAL
    )


def test_an_intrathecal_route_is_no_route_of_an_order_at_all(order_file: Path) -> None:
    with pytest.raises(BadFile, match="'intrathecal' is not a route"):
        load_order(changed(order_file, ('route = "by mouth"', 'route = "intrathecal"')))


def test_a_dose_by_tube_is_one_of_the_protocols_routes(order_file: Path) -> None:
    schedule = make_schedule(load_order(changed(order_file, ('"by mouth"', '"by tube"'))))
    assert schedule.manner == "Give through the feeding tube, with food."


def test_a_patient_outside_the_population_is_refused_at_the_step_of_that_day(order_file: Path) -> None:
    path = changed(order_file, ("birth_date = 2008-03-09", "birth_date = 2014-11-24"))
    assert plain(str(refusal(path))) == (
        "The protocol baclofen-us, version 1 is for patients from 12 years of age: safety below is not established (US labels "
        "of oral baclofen), and the patient is younger in step 1, from 23 Nov 2026. Name the protocol of this age."
    )
    changed(Path(path), ("2014-11-24", "2014-11-23"))
    assert make_schedule(load_order(path)).steps


def test_a_patient_who_grows_out_of_the_population_is_refused_too(order_file: Path) -> None:
    protocol = order_file.parent / "protocols" / "baclofen-us.toml"
    changed(protocol, ("from_age = 12\npopulation", "to_age = 18\n# population"))
    path = changed(order_file, ("birth_date = 2008-03-09", "birth_date = 2008-11-30"))
    assert plain(str(refusal(path))) == (
        "The protocol baclofen-us, version 1 is for patients up to the birthday of 18 years, and the patient is older "
        "in step 3, from 29 Nov 2026. Name the protocol of this age."
    )


def test_an_age_that_the_order_leaves_out_is_told(order_file: Path) -> None:
    schedule = make_schedule(load_order(changed(order_file, ("birth_date = 2008-03-09\n", ""))))
    assert plain(schedule.guarded[0].text) == (
        "The protocol baclofen-us, version 1 is for patients from 12 years of age: safety below is not established (US labels "
        "of oral baclofen). The age was not checked: the order lacks the birth date or the start."
    )


def test_a_protocol_past_its_review_warns_by_the_date_of_the_order(order_file: Path) -> None:
    assert not told_of_review(str(order_file))
    assert told_of_review(changed(order_file, ("date = 2026-11-22", "date = 2027-11-23"))) == [
        "The protocol baclofen-us, version 1 was to be reviewed by 22 Nov 2027, before this order of 23 Nov 2027."
    ]
    assert told_of_review(changed(order_file, ("date = 2027-11-23\n", ""))) == [
        "The protocol baclofen-us, version 1 is to be reviewed by 22 Nov 2027, and the order has no date."
    ]


def told_of_review(path: str) -> list[str]:
    schedule = make_schedule(load_order(path), Site(profile="us"))
    return [plain(w.text) for w in schedule.guarded if w.code == "protocol-review"]


def test_the_protocols_guards_are_held_to(order_file: Path) -> None:
    path = changed(order_file, ('target = "20 mg"', 'target = "30 mg"'))
    assert plain(str(refusal(path))) == (
        "Step 6 is 90 mg a day. The protocol baclofen-us, version 1, says: at most 80 mg a day (Ozobax label, dosage and "
        "administration). Check the order with the prescriber. No override passes this guard."
    )


@pytest.mark.parametrize(
    ("born", "target", "allowed"),
    [
        ("2018-11-27", "15 mg", True),  # step 3, of 45 mg a day, begins the day after the eighth birthday
        ("2018-11-28", "15 mg", False),  # and here on it, where the lower most still holds
        ("2018-11-28", "10 mg", True),
        ("2018-01-01", "20 mg", True),
        ("2018-01-01", "25 mg", False),
    ],
)
def test_uk_children_have_the_most_of_their_age_on_each_day(
    order_file: Path,
    born: str,
    target: str,
    allowed: bool,  # noqa: FBT001
) -> None:
    path = changed(
        order_file,
        ("baclofen-us", "baclofen-uk"),
        ('every = "3 days"', 'every = "1 week"'),
        ("start = 2026-11-23", "start = 2026-11-14"),
        ("birth_date = 2008-03-09", f'birth_date = {born}\nweight = "30 kg"'),
        ('target = "20 mg"', f'target = "{target}"'),
    )
    if allowed:
        assert make_schedule(load_order(path), Site(profile="uk")).steps
    else:
        assert "mg a day. The protocol baclofen-uk, version 1, says: at most" in plain(
            str(refusal(path, Site(profile="uk")))
        )


def test_a_protocol_may_round_down_to_keep_its_own_most(order_file: Path) -> None:
    protocol = order_file.parent / "protocols" / "baclofen-us.toml"
    changed(protocol, ('amount = "80 mg"', 'amount = "22.65 mg"'))
    path = changed(
        order_file,
        (
            'titrate = { start = "5 mg", step = "5 mg", every = "3 days", target = "20 mg" }',
            'dose = "7.55 mg"\nfor_days = 3',
        ),
    )
    schedule = make_schedule(load_order(path))
    assert schedule.steps[0].doses[0].measured.ml == Fraction(37, 5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('approved_by = "nobody yet: an example"', 'approved_by = " "'), "approved_by must say who approved the protocol, or that nobody has yet. Correct it there."),
        (('days = 3\nsource = "Ozobax label, dosage and administration"\n\n[[guard]]\nrule = "largest_step"', 'days = 3\n\n[[guard]]\nrule = "largest_step"'), "every guard of a protocol needs a source. Correct it there."),
        (("review = 2027-11-22\n", ""), "Object missing required field `review`. Correct it there."),
        (('rule = "no_gap"', 'rule = "no_gaps"'), "guard[4].rule: 'no_gaps' is not one of its values. Did you mean 'no_gap'?"),
    ],
)  # fmt: skip
def test_a_protocol_with_a_fault_is_refused(order_file: Path, change: tuple[str, str], message: str) -> None:
    changed(order_file.parent / "protocols" / "baclofen-us.toml", change)
    error = refusal(str(order_file))
    assert isinstance(error, BadFile)
    assert str(error).endswith(message)


def test_a_protocol_that_is_not_there_is_refused(order_file: Path) -> None:
    error = refusal(changed(order_file, ("baclofen-us", "baclofen-fr")))
    assert "baclofen-fr.toml cannot be read: No such file or directory." in str(error)


def test_a_protocol_without_limits_of_age_or_reason_says_only_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "plain.toml"
    path.write_text(
        'id = "p"\ntitle = "P"\nversion = "1"\ndrug = ["baclofen"]\njurisdiction = "us"\nroutes = ["by tube"]\n'
        'units = ["mg"]\napproved_by = "A. Example"\nreview = 2030-01-01\n',
        encoding="utf-8",
    )
    assert load_protocol(str(path)).named == "p, version 1"
    with pytest.raises(CheckTheRoute) as caught:
        make_schedule(order_of(TITRATION, top=f'protocol = "{path}"'))
    assert str(caught.value) == (
        "The order is by mouth, and the protocol p, version 1 is for doses by tube. Check the order with the prescriber."
    )


def test_a_course_by_volume_cannot_be_held_to_a_protocol_in_mg() -> None:
    with pytest.raises(UnitsDoNotMatch):
        make_schedule(
            order_of(
                'times = ["morning"]\ndose = "5 mL"\nfor_days = 3\nthen = "continue"',
                top=f'protocol = "{US}"',
            )
        )


def test_a_protocol_is_a_value() -> None:
    assert isinstance(load_protocol(str(US)), Protocol)


# --- the label of one dose --------------------------------------------------------------------------------------


def label(directions: str, **parts: str) -> tuple[str, list[str]]:
    plan = make_plan(order_of(directions, **parts))
    return plain(plan.direction), [plain(text) for text in plan.cautions]


def test_a_label_of_one_step_says_for_how_long() -> None:
    course = 'times = ["morning"]\ndose = "5 mg"\nfor_days = {}\nthen = "stop"\nwith = "food"'
    assert label(course.format(10))[0] == "Give 5 mL by mouth in the morning, for 10 days, with food."
    assert label(course.format(1))[0] == "Give 5 mL by mouth in the morning, for 1 day, with food."


def test_a_label_of_one_step_to_be_reviewed_says_both() -> None:
    course = (
        'start = 2026-12-01\ntimes = ["morning"]\ndose = "5 mg"\nfor_days = 10\nthen = "review on 2026-12-20"'
    )
    direction, cautions = label(course)
    assert direction == "Give 5 mL by mouth in the morning, for 10 days."
    assert "Review on 20 Dec 2026." in cautions
    assert not any("runs out" in text for text in cautions)


def test_a_label_of_one_step_that_goes_on_says_so() -> None:
    direction, cautions = label('times = ["morning"]\ndose = "5 mg"\nfor_days = 10\nthen = "continue"')
    assert direction == "Give 5 mL by mouth in the morning."
    assert "Keep giving 5 mL. Do not stop. Get more before day 11." in cautions


def test_one_written_step_is_one_dose() -> None:
    course = 'steps = [{ dose = "5 mg", days = 10, times = ["morning"] }]\nthen = "stop"'
    assert label(course)[0] == "Give 5 mL by mouth in the morning, for 10 days."
    course = 'times = ["noon"]\nsteps = [{ dose = "5 mg", days = 10, times_a_day = 2 }]\nthen = "stop"'
    assert label(course)[0] == "Give 5 mL by mouth twice a day, for 10 days."
    course = 'times = ["noon"]\nsteps = [{ dose = "5 mg", days = 10 }]\nthen = "stop"'
    assert label(course)[0] == "Give 5 mL by mouth at noon, for 10 days."


@pytest.mark.parametrize(
    "directions",
    [
        TITRATION,
        'steps = [{ dose = { morning = "5 mg", bedtime = "10 mg" }, days = 10 }]\nthen = "stop"',
        'times = ["morning"]\nsteps = [{ dose = "5 mg", days = 10, cycle = { on = 1, off = 1 } }]\nthen = "stop"',
        'times = ["morning"]\ndose = "5 mg"\nfor_days = 10\ncycle = { on = 1, off = 1 }\nthen = "stop"',
        'times = ["morning", "noon"]\ndose = "10.2 mg/day"\nsplit = "unequal"\nfor_days = 10\nthen = "stop"',
    ],
)
def test_a_course_of_several_doses_has_no_label(directions: str) -> None:
    with pytest.raises(LiquidoseError) as caught:
        make_plan(order_of(directions))
    assert str(caught.value) == (
        "The order is a course of several doses, and a label has room for one: it would say less than was ordered. "
        "Print the course with 'liquidose schedule'."
    )


def test_a_label_is_held_to_guards_and_a_protocol_as_well() -> None:
    with pytest.raises(CheckTheAmount, match="at most 14"):
        label('times = ["morning"]\ndose = "15 mg"', top='[[guard]]\nrule = "most_per_day"\namount = "14 mg"')
    plan = make_plan(
        order_of(
            'times = ["morning"]\ndose = "15 mg"\n[dispense]\ndate = 2026-11-22',
            top=f'protocol = "{US}"',
            patient=BORN,
        )
    )
    assert any(text.startswith("Checked against baclofen-us") for text in map(plain, plan.off_paper))
    assert not any("baclofen-us" in text for text in plan.cautions)
    assert not any(w.code.startswith("age") for w in plan.warnings)


def test_a_label_is_measured_as_its_guard_allows() -> None:
    guard = '[[guard]]\nrule = "most_per_dose"\namount = "7.55 mg"'
    assert (
        label('times = ["morning"]\ndose = "7.55 mg"', top=guard)[0] == "Give 7.4 mL by mouth in the morning."
    )


def test_a_volume_in_a_plain_order_is_checked() -> None:
    with pytest.raises(CheckTheAmount, match="the order writes 50"):
        label('times = ["morning"]\ndose = "5 mg"\nvolume = "50 mL"')
    assert (
        label('times = ["morning"]\ndose = "5 mg"\nvolume = "5 mL"')[0]
        == "Give 5 mL by mouth in the morning."
    )


@pytest.mark.parametrize(
    ("hours", "times", "cycle", "problem"),
    [
        ('morning = "08:00"\nnoon = "12:00"', '"morning", "noon"', "", "08:00 and at 12:00"),
        ('morning = "08:00"\nnoon = "12:00"', '"noon", "morning"', "", "08:00 and at 12:00"),
        ('morning = "08:00"\nafternoon = "16:00"', '"morning", "afternoon"', "", None),
        ('morning = "08:00"\nafternoon = "15:59"', '"morning", "afternoon"', "", "08:00 and at 15:59"),
        ('morning = "06:00"\nbedtime = "22:30"', '"morning", "bedtime"', "", "22:30 and at 06:00"),
        ('morning = "06:00"\nbedtime = "22:30"', '"morning", "bedtime"', "{ on = 1, off = 1 }", None),
        (
            'morning = "06:00"\nbedtime = "22:30"',
            '"morning", "bedtime"',
            "{ on = 2, off = 1 }",
            "22:30 and at 06:00",
        ),
        ('morning = "08:00"\nnoon = "12:00"', '"morning", "bedtime"', "", None),
        ('bedtime = "22:00"', '"bedtime"', "", None),
    ],
)
def test_clock_times_that_are_stated_are_held_to_the_shortest_interval(
    hours: str, times: str, cycle: str, problem: str | None
) -> None:
    directions = f'times = [{times}]\ndose = "5 mg"\nfor_days = 3\nthen = "stop"'
    directions += f"\ncycle = {cycle}" if cycle else ""
    guard = '[[guard]]\nrule = "shortest_interval"\nhours = 8\n'
    told = (
        "Step 1 has doses at {}. The guard says: at least 8 hours between doses (the order). Check the order"
    )
    both = ((guard + f"[day_parts]\n{hours}\n", Site()), (guard, site_with(hours)))
    for top, site in both:  # the order's own clock times, and those of the site
        if problem is None:
            assert not [w for w in schedule_of(directions, site, top=top).warnings if w.level == "warning"]
            continue
        with pytest.raises(CheckTheAmount) as caught:
            schedule_of(directions, site, top=top)
        assert plain(str(caught.value)).startswith(told.format(problem))


def site_with(hours: str) -> Site:
    return decode_toml(f"[day_parts]\n{hours}", Site, name="site.toml")
