"""Running cases: what holds, what does not, what cannot be run; and the table of all ids."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from scmsim.errors import UsageError
from scmsim.verification.case import FAMILIES, Case, Finding
from scmsim.verification.catalogue import cases, chosen, named
from scmsim.verification.coverage import coverage
from scmsim.verification.laboratory import Laboratory, scenarios
from scmsim.verification.table import outcomes_table
from scmsim.verification.verify import Outcome, judge, verify


def judged(**changes: object) -> Outcome:
    """Judge a case whose one finding is right, with something of it changed."""
    case = Case(name="T00-none", what="nothing", source="nobody", compute=lambda _: [Finding("one", 1, 1)])
    return judge(replace(case, **changes), Laboratory())


def test_what_is_found_holds() -> None:
    """Tests that a case whose values are found holds, and that one wrong value among them makes it fail."""
    right, wrong = Finding("one", 1, 1), Finding("two", 2, 2.5)
    assert judged().holds
    both = judged(compute=lambda _: [right, wrong])
    assert both.fails
    assert outcomes_table([both])["verdict"].tolist() == ["holds", "differs"]


def test_a_wrong_expected_value_is_found_out() -> None:
    """Tests that S15 holds as it is and fails where its known cost is taken to be a tenth higher."""
    case = named("S15-lost-sale-19")
    wrong = replace(case, values=tuple(replace(value, expected=1.1 * value.expected) for value in case.values))
    laboratory = Laboratory()
    assert judge(case, laboratory).holds
    outcome = judge(wrong, laboratory)
    assert outcome.fails
    assert [finding.verdict for finding in outcome.findings] == ["differs"]


def test_a_case_that_finds_nothing_fails() -> None:
    """Tests that a case with no finding, and one that breaks down, are no cases that hold."""
    nothing = judged(compute=None)
    broken = judged(compute=lambda _: [Finding("ratio", 1, 1 / 0)])
    assert nothing.fails
    assert broken.fails
    assert broken.error == "ZeroDivisionError: division by zero"
    assert outcomes_table([nothing, broken])[["verdict", "said"]].values.tolist() == [
        ["failed", "it found nothing"],
        ["failed", "ZeroDivisionError: division by zero"],
    ]


def test_a_case_that_needs_what_is_not_there_is_not_run() -> None:
    """Tests that a case without its package neither holds nor fails, and says what it needs."""
    outcome = judged(needs="nowhere_to_be_found")
    assert (outcome.holds, outcome.fails) == (False, False)
    assert outcome.skipped == "needs nowhere_to_be_found, which is not installed"


def test_two_workers_find_what_one_does() -> None:
    """Tests that the findings do not depend on where they were made, and come in the order of the cases."""
    wanted = chosen(["T03", "G01", "M11"])
    told: list[tuple[int, int]] = []
    here = verify(wanted, workers=1, progress=lambda done, total: told.append((done, total)))
    there = verify(wanted, workers=2)
    assert [outcome.case.name for outcome in there] == ["M11-battery", "G01-equilibrium", "T03-kim-nelson"]
    assert [outcome.findings for outcome in here] == [outcome.findings for outcome in there]
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_choice_of_cases() -> None:
    """Tests that ids, names and families choose cases, and that what runs in the full form only has to be named."""
    assert {case.id for case in chosen(family="B")} == {f"B{number:02d}" for number in range(1, 11)}
    assert [case.name for case in chosen(["S07", "S06-mean-15"])] == ["S06-mean-15", "S07-min-max"]
    assert len(chosen(["S06"], full=True)) > len(chosen(["S06"]))
    with pytest.raises(UsageError, match=r"no case 'S99': scmsim verify --list shows all"):
        chosen(["S99"])
    with pytest.raises(UsageError, match=r"no family of cases 'X': expected B \(bullwhip effect\), S "):
        chosen(family="X")


def test_cases_are_told_apart() -> None:
    """Tests that every case has a name of its own, a family, a source and something to be found."""
    names = [case.name for case in cases()]
    assert len(set(names)) == len(names)
    for case in cases():
        assert case.family in FAMILIES
        assert case.grade in ("A", "B", "C")
        assert case.what, case.name
        assert case.source, case.name
        assert case.compute is not None or (case.scenario and case.values), case.name


def test_every_scenario_is_run_by_a_case() -> None:
    """Tests that no scenario file lies among the cases' that none of them names."""
    folder = scenarios().parent
    said = " ".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    assert [path.stem for path in scenarios().glob("*.yaml") if f'"{path.stem}"' not in said] == []


def test_every_id_is_a_case_or_says_why_not() -> None:
    """Tests that the table of all ids has a case for each, or a reason, and that no case has an id it does not list."""
    table = coverage()
    assert [one.id for one in table if not one.cases and not one.left_out] == []
    assert {case.id for case in cases()} <= {one.id for one in table}
    assert all(one.what for one in table)


def test_no_id_is_missing_from_the_table() -> None:
    """Tests that the table lists the ids of the list of cases from which it was made, where that is at hand."""
    shared = Path(os.environ.get("SCMSIM_SHARED") or Path(__file__).parents[4] / "shared")
    file = shared / "validation" / "CASES.md"
    if not file.exists():
        pytest.skip("needs the shared data: no folder ../shared/data, and SCMSIM_SHARED names none")
    text = file.read_text(encoding="utf-8")
    chapter = text[text.index("## 1.") : text.index("## 2.")]
    ids = set(re.findall(r"\b([BSMGFQRT]\d\d)\b", chapter)) | {"M02", "M03", "M04"}
    assert ids == {one.id for one in coverage()}
