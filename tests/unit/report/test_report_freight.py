"""The section on transport: loads by lane and mode."""

from pathlib import Path

import pytest

import scmsim as sc
from scmsim.report import page
from scmsim.report.freight_section import data_freight, freight_panels, freight_table

DISTRIBUTION = Path(__file__).parents[3] / "scenarios" / "distribution"


@pytest.fixture(scope="module")
def choosers() -> sc.Result:
    """Run three shops with the same orders and another rule for the mode each."""
    return sc.run(DISTRIBUTION / "mode_choice.yaml", replications=2)


def test_loads_add_up_by_lane_and_mode(choosers: sc.Result) -> None:
    """Tests by hand four parcels of 10 lamps, and trucks of 30 and 50: 40 % of a truck's 100 on the average."""
    found = data_freight(choosers).set_index(["destination", "mode"])
    assert found.loc[("saver", "parcel"), ["loads", "units", "cost"]].tolist() == [4, 40, 320]
    assert found.loc[("saver", "truck"), ["loads", "units", "used", "cost", "co2"]].tolist() == pytest.approx(
        [8, 320, 0.4, 1600, 720]
    )
    assert list(found.loc["hurrier"].index) == ["parcel"]


def test_the_section_agrees_with_the_kpis(choosers: sc.Result) -> None:
    """Tests that loads, cost and CO2 by mode add up to the shop's figures."""
    found = data_freight(choosers).groupby("destination")[["loads", "cost", "co2"]].sum()
    kpis = choosers.kpis.query("node == 'weigher' and `product`.isna()").set_index("metric")["mean"]
    assert found.loc["weigher"].tolist() == pytest.approx([kpis[name] for name in ("loads", "transport_cost", "co2")])


def test_only_loads_have_the_section(choosers: sc.Result) -> None:
    """Tests that the page shows the table where goods move in loads, that a summary says why it has none."""
    assert '<h2 id="transport-title">Transport</h2>' in page(choosers)
    assert freight_table(choosers).count("<tr>") == 6
    (panel,) = freight_panels(sc.run(DISTRIBUTION / "mode_choice.yaml", record="summary"))
    assert panel.missing.startswith("This run kept a summary only.")
    assert freight_panels(sc.run(DISTRIBUTION.parent / "newsvendor.yaml")) == []
