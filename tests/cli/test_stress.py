"""``scmsim stress``: where a chain is fragile."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_forms_hold_the_same_ranking(scmsim: Callable, folder: Path) -> None:
    """Tests that table, JSON and CSV rank the stages of the beer game alike, and that the folder holds the page."""
    asked = ("stress", "beer_game", "--lasts", 4, "--executor", "here")
    table = scmsim(*asked, "--out", folder / "fragile")
    as_json, as_csv = (scmsim(*asked, "--format", form) for form in ("json", "csv"))
    ranked = [row["name"] for row in json.loads(as_json.out)["ranking"]]
    assert [row["name"] for row in csv.DictReader(io.StringIO(as_csv.out))] == ranked
    assert [line.split("  ")[0] for line in table.out.splitlines()[2:9]] == [str(rank) for rank in range(1, 8)]
    assert "The chain is most fragile at brewery" in table.out
    assert (folder / "fragile" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    again = scmsim(*asked, "--out", folder / "fragile")
    assert (again.code, "exists" in again.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--at", "99"), 2, "at must lie in the run"),
        (("--by", "nothing"), 2, "by must be a figure"),
        (("--set", "time.horizon=-1"), 3, "time.horizon"),
    ],
)
def test_what_cannot_be_done_is_refused(scmsim: Callable, arguments: tuple[str, ...], code: int, said: str) -> None:
    """Tests that what makes no sense is refused with a clear word."""
    outcome = scmsim("stress", "beer_game", *arguments)
    assert outcome.code == code
    assert said in outcome.err
    assert outcome.out == ""
