"""Reports of whatever is stored."""

from pathlib import Path

import pytest

import scmsim as sc
from scmsim.errors import UsageError
from scmsim.experiments.compare.compare import compare
from scmsim.experiments.replicate.replicate import replicate
from scmsim.experiments.sensitivity.sensitivity import sensitivity
from scmsim.experiments.storage.report import replace_report
from scmsim.experiments.stored import open_stored
from scmsim.experiments.sweep.sweep import sweep
from scmsim.report import page, write_report

SCENARIOS = Path(__file__).parents[3] / "scenarios"
WEIGHT = "defaults.stock.policy.supply_line_weight"


def test_every_kind_is_read_back_and_reported_on_alike(tmp_path: Path) -> None:
    """Tests that a folder of any kind gives back what was written, whose page is that of the original."""
    beer = sc.load(SCENARIOS / "beer_game.yaml")
    shop = sc.load(SCENARIOS / "newsvendor.yaml")
    originals = {
        "run": sc.run(beer),
        "compare": compare(beer, policies={"half": {WEIGHT: 0.5}}, measures=["total_cost"], where="here"),
        "sweep": sweep(beer, {WEIGHT: [0, 1]}, measures=["total_cost"], where="here"),
        "sensitivity": sensitivity(beer, {WEIGHT: "0..1"}, "morris", points=2, measures=["total_cost"], where="here"),
        "replicate": replicate(shop, ["total_cost"], replications=5, where="here"),
    }
    for name, original in originals.items():
        folder = tmp_path / name
        original.write(folder)
        stored = open_stored(folder)
        assert type(stored) is type(original)
        path = replace_report(stored, folder)
        assert path.read_text(encoding="utf-8") == page(original)
        assert [entry.name for entry in folder.iterdir() if entry.name.startswith(".")] == []


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    """Tests that a folder of a kind that this version does not know says what it holds, and what could be read."""
    (tmp_path / "manifest.json").write_text('{"scmsim_experiment": 1, "kind": "dream"}', encoding="utf-8")
    with pytest.raises(UsageError, match="holds a stored dream; this version reads: run, compare, sweep"):
        open_stored(tmp_path)


def test_there_is_no_report_of_anything_else(tmp_path: Path) -> None:
    """Tests that what is no result is refused, and no file is left."""
    with pytest.raises(UsageError, match="there is no report of a dict; there is one of: Result"):
        write_report({}, tmp_path / "report.html")
    assert list(tmp_path.iterdir()) == []
