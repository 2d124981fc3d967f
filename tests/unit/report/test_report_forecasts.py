"""The section on forecasts: what was expected beside what came, and how good that was."""

from collections.abc import Callable
from typing import Any

import pandas as pd

import scmsim as sc
from scmsim.report import page
from scmsim.report.forecast_section import accuracy_table, data_forecasts, forecast_panels, plot_forecast, shown


def test_every_forecast_stands_beside_the_demand_it_was_made_for(beer: sc.Result) -> None:
    """Tests that smoothing what was expected before and what came gives what is expected next."""
    frame = data_forecasts(beer)
    rows = frame[frame["node"] == "brewery"].reset_index(drop=True)
    assert len(rows) == 35
    smoothed = 0.36 * rows["demand"] + 0.64 * rows["forecast"]
    pd.testing.assert_series_equal(smoothed[:-1], rows["forecast"][1:].reset_index(drop=True), check_names=False)


def test_the_figure_draws_forecast_and_demand(beer: sc.Result) -> None:
    """Tests that both lines stand at the reviews that saw the demand, downstream stocks first."""
    compared = data_forecasts(beer)
    assert [node for node, _ in shown(beer, compared)] == ["retailer", "wholesaler", "distributor", "brewery"]
    figure = plot_forecast(beer, compared, ("retailer", "beer"))
    assert [line.name for line in figure.data] == ["forecast", "demand"]
    assert list(figure.data[1].x[:2]) == [2.0, 3.0]
    assert list(figure.data[1].y[:6]) == [4, 4, 4, 8, 8, 8]
    assert figure.layout.yaxis.title.text == "cases per week"


def test_the_table_says_how_good_each_forecast_was(beer: sc.Result) -> None:
    """Tests that each stock has a row with the kind of its forecast and the figures of the KPI table."""
    table = accuracy_table(beer)
    assert table.count("<tr>") == 5
    assert table.count("exponential_smoothing") == 4
    kpis = beer.kpis[(beer.kpis["node"] == "retailer") & (beer.kpis["metric"] == "forecast_mae")]
    assert f"<td>{kpis['mean'].iloc[0]:.4g}</td>" in table


def test_only_what_forecasts_has_the_section(
    beer: sc.Result, bike: sc.Result, beer_mapping: Callable[..., dict[str, Any]]
) -> None:
    """Tests that stocks that only fill up have no section, and that a summary has the table without a picture."""
    assert '<div id="forecasts"' in page(beer)
    assert forecast_panels(bike) == []
    (panel,) = forecast_panels(sc.run(sc.from_dict(beer_mapping()), record="summary"))
    assert panel.choices == ()
    assert panel.missing.startswith("This run kept a summary only.")
    assert panel.below == accuracy_table(beer)
