"""``scmsim verify``: known answers on the command line."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from scmsim.verification import catalogue
from scmsim.verification.case import Finding

BEER_GAME = Path(__file__).parents[2] / "scenarios" / "beer_game.yaml"


@pytest.fixture
def wrong_constant(monkeypatch: pytest.MonkeyPatch) -> None:
    """T04 with a known value that is not found."""
    wrong = [
        replace(case, compute=lambda _: [Finding("constant", 2.5, 2.4525, tolerance=1e-3)])
        for case in catalogue.cases()
        if case.id == "T04"
    ]
    monkeypatch.setattr(catalogue, "cases", lambda: tuple(wrong))


def test_what_holds(scmsim: Callable) -> None:
    """Tests that cases that hold are printed with what is known and found, and that the command ends with 0."""
    outcome = scmsim("verify", "T03", "T04", "--workers", "1")
    assert outcome.code == 0
    lines = [line for line in outcome.out.splitlines() if line.startswith("T04-rinott")]
    assert [known for known in ("2.4525", "3.8753") for line in lines if f" {known} " in line] == ["2.4525", "3.8753"]
    assert all(line.endswith("holds") for line in lines)
    assert "2 cases of 2 hold (4 known values)" in outcome.err


@pytest.mark.usefixtures("wrong_constant")
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_what_does_not_hold(scmsim: Callable, form: str) -> None:
    """Tests that a known value that is not found is reported in every format, and that the command ends with 1."""
    outcome = scmsim("verify", "--workers", "1", "--format", form)
    assert outcome.code == 1
    assert "differs" in outcome.out
    assert "0 cases of 1 hold (1 known value), 1 do not" in outcome.err


def test_formats_hold_the_same(scmsim: Callable) -> None:
    """Tests that JSON and CSV give every known value as a row, with the verdict."""
    found = json.loads(scmsim("verify", "T03", "--format", "json").out)
    rows = list(csv.DictReader(StringIO(scmsim("verify", "T03", "--format", "csv").out)))
    assert found["holds"] is True
    assert [row["figure"] for row in found["values"]] == [row["figure"] for row in rows] == ["eta", "h squared"]
    assert [row["verdict"] for row in rows] == ["holds", "holds"]
    assert [float(row["expected"]) for row in rows] == [0.859083, 15.463502]


def test_list(scmsim: Callable) -> None:
    """Tests that --list names the cases of a family, with those of the full form, and runs none."""
    outcome = scmsim("verify", "--family", "R", "--full", "--list", "--format", "json")
    listed = json.loads(outcome.out)
    assert [row["case"] for row in listed if row["form"] == "full"] == ["R02-example-9.1"]
    assert {row["family"] for row in listed} == {"R"}
    assert "R01-level-8000" in scmsim("verify", "--list").out


def test_what_there_is_not(scmsim: Callable) -> None:
    """Tests that an unknown case and an unknown family are usage errors."""
    outcome = scmsim("verify", "S99")
    assert (outcome.code, outcome.out) == (2, "")
    assert "no case 'S99'" in outcome.err
    assert scmsim("verify", "--family", "X").code == 2


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--markdown", "page.txt", "expected a file in a folder that exists, ending with .md"),
        ("--markdown", "nowhere/page.md", "expected a file in a folder that exists, ending with .md"),
        ("--counts", "nowhere.yaml", "there is no such file"),
        ("--counts", str(BEER_GAME), "expected names of runs, each with `what`, `date` and `counts`"),
    ],
)
def test_files_that_cannot_be_used(scmsim: Callable, tmp_path: Path, option: str, value: str, said: str) -> None:
    """Tests that a page or counts that cannot be written or read are refused before anything is run."""
    outcome = scmsim("verify", option, tmp_path / value)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err


def test_page(scmsim: Callable, tmp_path: Path) -> None:
    """Tests that --markdown writes a page with a figure and the numbers beside it, and shows counts of long runs."""
    counts = tmp_path / "counts.yaml"
    counts.write_text(
        "fuzz: {what: Broken files., command: pytest, date: 2026-01-02, counts: {files_read: 1200}}", encoding="utf-8"
    )
    page = tmp_path / "page.md"
    assert scmsim("verify", "G02", "T04", "--markdown", page, "--counts", counts, "--workers", "1").code == 0
    text = page.read_text(encoding="utf-8")
    assert "| `T04-rinott` | A |" in text
    assert "![Beer game: simulated against known values](page/G.svg)" in text
    assert "| files read | 1,200 |" in text
    assert (tmp_path / "page" / "T.svg").read_text(encoding="utf-8").startswith("<svg")
    assert (tmp_path / "page" / "findings.csv").exists()
