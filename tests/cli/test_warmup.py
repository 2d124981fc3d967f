"""``scmsim warmup``: how much of the beginning to leave out."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

FULL = ("--set", "nodes.shop.stock.part.initial=900", "--set", "time.horizon=300", "--set", "time.warm_up=0")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_says_what_to_paste(scmsim: Callable) -> None:
    """Tests that the suggestion is one sentence with the setting, and that a run takes it."""
    outcome = scmsim("warmup", "min_max", *FULL, "--replications", 3, "--series", "net_stock")
    (said,) = [line for line in outcome.out.splitlines() if line.startswith("Leave out")]
    setting = said.partition("(--set ")[2].partition(")")[0]
    assert setting.startswith("time.warm_up=")
    assert 85 <= float(setting.partition("=")[2]) <= 130
    assert scmsim("run", "min_max", *FULL, "--set", setting).code == 0


def test_json_and_csv_hold_every_series(scmsim: Callable) -> None:
    """Tests that the forms for machines hold the same suggestions, and the sentences go to stderr."""
    asked = ("warmup", "min_max", *FULL, "--replications", 2, "--series", "net_stock", "--series", "orders@*")
    as_json, as_csv = (scmsim(*asked, "--format", form) for form in ("json", "csv"))
    answer = json.loads(as_json.out)
    assert [row["series"] for row in answer["series"]] == ["net_stock", "orders@shop"]
    assert answer["warm_up"] == max(row["warm_up"] for row in answer["series"])
    rows = list(csv.DictReader(io.StringIO(as_csv.out)))
    assert [float(row["warm_up"]) for row in rows] == [row["warm_up"] for row in answer["series"]]
    assert as_json.err == as_csv.err
    assert as_json.err.startswith("Leave out the first ")


def test_a_page_is_written_and_not_overwritten(scmsim: Callable, folder: Path) -> None:
    """Tests that --out writes one page, which stays unless --force is given."""
    asked = ("warmup", "min_max", *FULL, "--replications", 2, "--out", folder / "page.html")
    assert scmsim(*asked).code == 0
    assert (folder / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    again = scmsim(*asked)
    assert (again.code, "page.html exists" in again.err) == (2, True)
    assert scmsim(*asked, "--force").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--series", "stock"), 2, "no series 'stock'"),
        (("--series", "orders@shops"), 2, "The nodes are: "),
        (("--set", "time.horizon=15", "--set", "time.warm_up=0"), 2, "15 periods (of 1 day) is too short"),
        (("--set", "time.horizon=-1"), 3, "time.horizon"),
        (("--out", "."), 2, "is a folder"),
        (("--out", "nowhere/page.html"), 2, "there is no folder"),
    ],
)
def test_what_cannot_be_done_is_refused(scmsim: Callable, arguments: tuple[str, ...], code: int, said: str) -> None:
    """Tests that an unknown series, a short run and a page that cannot be written are refused with a clear word."""
    outcome = scmsim("warmup", "min_max", *arguments)
    assert outcome.code == code
    assert said in outcome.err
    assert outcome.out == ""
