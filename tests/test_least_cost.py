"""The numbers in the header of the shipped search: what an optimisation of the scenario as it stands gives."""

from pathlib import Path

import pytest

import scmsim

SCENARIO = Path(__file__).parents[1] / "scenarios" / "experiments" / "least_cost_base_stock.yaml"
PLANT, SHOP = (f"nodes.{name}.stock.part.policy.level" for name in ("plant", "shop"))


def kpi(*settings: str, metric: str, node: str | None = None) -> float:
    """Return a figure of the scenario with changes, over replications that the search never sees."""
    kpis = scmsim.run(scmsim.load(SCENARIO, settings), replications=20, seed=7, record="summary").kpis
    rows = kpis[(kpis["metric"] == metric) & kpis["segment"].isna() & kpis["product"].isna()]
    rows = rows[rows["node"].isna() if node is None else rows["node"] == node]
    return float(rows["mean"].iloc[0])


def test_the_header_of_the_search_holds() -> None:
    """Tests that levels, costs before and after, and the service in the header come out when its levels are run."""
    said = scmsim.load(SCENARIO).header["answer"]
    assert "10.8 at the plant and 6.5 at the shop" in said
    levels = (f"{PLANT}=10.8", f"{SHOP}=6.5")
    assert "43.5 ± 0.3 a week instead of 64.0 ± 0.8" in said
    assert kpi(*levels, metric="cost_per_period") == pytest.approx(43.5, abs=0.6)
    assert kpi(metric="cost_per_period") == pytest.approx(64.0, abs=1.6)
    assert "97.8 % are served at once, at least 97.5 %" in said
    served = kpi(*levels, metric="fill_rate", node="shop")
    assert served == pytest.approx(0.978, abs=0.004)
    assert served >= 0.975
