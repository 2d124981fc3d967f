"""The notebook of the documentation: it runs from top to bottom, and says what it should."""

import runpy
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[1] / "docs" / "notebooks" / "two_policies.py"


@pytest.fixture(scope="module")
def defined() -> dict[str, Any]:
    """What the cells of the notebook have defined when all of them have run."""
    _, defined = runpy.run_path(str(NOTEBOOK))["app"].run()
    return dict(defined)


def test_the_notebook_compares_two_players(defined: dict[str, Any]) -> None:
    """Tests that whoever counts everything on order is surely cheaper."""
    rows = defined["comparison"].differences.query("measure == 'total_cost'")
    assert len(rows) == 1
    assert "counts_everything" in " ".join(defined["comparison"].sentences)
    assert rows["verdict"].item() in ("better", "worse")


def test_the_notebook_sweeps_a_weight(defined: dict[str, Any]) -> None:
    """Tests that of the weights tried three quarters costs least, from 20 runs of each."""
    assert len(defined["sweep"].runs) == 5 * 20
    assert defined["costs"]["mean"].idxmin() == 0.75
