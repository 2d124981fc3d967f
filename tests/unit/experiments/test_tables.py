"""Which tables a run keeps, and how they come back from a folder."""

from pathlib import Path

import pytest

import scmsim as sc
from scmsim.metrics.tables.columns import OPTIONAL, TABLES


def test_tables_of_flows_that_a_scenario_does_not_use_are_left_out(scenarios: Path, tmp_path: Path) -> None:
    """Tests that stocks that only fill up keep no messages, forecasts, money; asking gives no rows."""
    result = sc.run(scenarios / "beer_game_base_stock.yaml")
    assert set(result.tables) == set(TABLES) - OPTIONAL
    folder = result.write(tmp_path / "beer", report=False)
    assert not {f"{name}.csv" for name in OPTIONAL} & {path.name for path in folder.iterdir()}
    for name in OPTIONAL:
        frame = getattr(result, name)
        assert frame.empty
        assert list(frame) == ["replication", *(c.name for c in TABLES[name] if c.name != "date")]


def test_tables_of_all_flows_come_back_as_they_were(scenarios: Path, tmp_path: Path) -> None:
    """Tests that messages, invoices, payments and ledgers are stored with the others."""
    result = sc.run(scenarios / "insolvency.yaml")
    unused = {"forecasts", "freight", "operations"}
    assert set(result.tables) == set(TABLES) - unused
    assert all(not getattr(result, name).empty for name in OPTIONAL - unused)
    assert sc.open(result.write(tmp_path / "run", report=False)) == result


def test_a_summary_keeps_no_table(scenarios: Path) -> None:
    """Tests that asking for a table of a summary says how to get it."""
    result = sc.run(scenarios / "insolvency.yaml", record="summary")
    for name in ("ledger", "payments", "orders"):
        with pytest.raises(sc.UsageError, match=f"This run kept no table of {name}: run it with record='full'"):
            getattr(result, name)
