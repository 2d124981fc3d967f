"""The numbers behind the figures."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

import scmsim as sc
from scmsim.report import answers, labels, series
from scmsim.report.map import data_network
from scmsim.report.stages import PALETTE, data_stages

Run = Callable[..., sc.Result]


def test_orders_are_summed_by_stage_and_bucket(beer: sc.Result) -> None:
    """Tests that the drawn orders are those of the table, and that end demand is the customers' alone."""
    frame = series.data_orders(beer)
    drawn = frame.groupby("node")["quantity"].sum()
    placed = beer.orders.groupby("node")["quantity"].sum()
    assert all(drawn[name] == pytest.approx(placed[name]) for name in placed.index)
    demand = frame[frame["node"] == series.END_DEMAND]["quantity"].tolist()
    assert demand == [4.0] * 4 + [8.0] * 32


@pytest.mark.parametrize("bucket", [1, 12])
def test_net_stock_is_drawn_as_it_changed(run: Run, beer_mapping: Callable[..., dict[str, Any]], bucket: int) -> None:
    """Tests that the net stock drawn for a week is what the week ended with, however long the buckets are."""
    result = run(beer_mapping(time={"unit": "week", "horizon": 36, "bucket": bucket}))
    frame = series.data_net_stock(result)
    drawn = frame[frame["node"] == "retailer"].set_index("time")["net_stock"]
    stock = result.stock[result.stock["node"] == "retailer"]
    ends = [stock[stock["time"] < week + 1]["net_stock"].iloc[-1] for week in range(1, 37)]
    assert drawn.index.tolist() == list(range(1, 37))
    assert drawn.tolist() == pytest.approx(ends)


def test_of_too_many_states_the_lowest_are_drawn(monkeypatch: pytest.MonkeyPatch, beer: sc.Result) -> None:
    """Tests that a figure with too many states shows the lowest of every step, and that the page can say so."""
    exact = series.data_net_stock(beer)
    assert series.stock_step(beer) == 0
    monkeypatch.setattr(series, "MOST_STATES", 100)
    monkeypatch.setattr(series, "MOST_STEPS", 9)
    thin = series.data_net_stock(beer)
    assert series.stock_step(beer) == 4_000_000
    for name in ("brewery", "retailer"):
        weekly = exact[exact["node"] == name]["net_stock"].to_numpy()
        assert thin[thin["node"] == name]["net_stock"].tolist() == weekly.reshape(9, 4).min(axis=1).tolist()


def test_lanes_bear_their_delays_when_they_are_few(run: Run, beer_mapping: Callable[..., dict[str, Any]]) -> None:
    """Tests that three lanes say order delay + lead time, a random one its mean, and that thirty say nothing."""
    mapping = beer_mapping()
    mapping["lanes"] = [
        "brewery -> distributor",
        {"from": "distributor", "to": "wholesaler", "order_delay": 0, "lead_time": 1},
        {"from": "wholesaler", "to": "retailer", "lead_time": {"dist": "uniform", "low": 1, "high": 3}},
    ]
    told = [way.delays for way in data_network(run(mapping)).ways]
    assert told == ["2 + 2", "1", "2 + ≈ 2", ""]
    assert not any(way.delays for way in data_network(run(_shops(30))).ways)


def test_end_demand_of_a_component_counts_what_a_unit_sold_takes(bike: sc.Result) -> None:
    """Tests that six bikes a day are six frames and twelve wheels a day."""
    for product, daily in (("bike", 6.0), ("frame", 6.0), ("wheel", 12.0)):
        frame = series.data_orders(bike, product)
        assert set(frame[frame["node"] == series.END_DEMAND]["quantity"]) == {daily}


def test_products_that_are_made_of_each_other_are_not_added_up(bike: sc.Result) -> None:
    """Tests that no sum of bikes and wheels is offered, and that what customers buy comes first."""
    assert series.data_products(bike) == ["bike", "frame", "wheel"]


def test_a_calendar_gives_dates(bike: sc.Result) -> None:
    """Tests that steps carry dates where the scenario has a start date."""
    assert series.data_orders(bike)["time"].iloc[0].to_pydatetime() == datetime(2026, 1, 5)


def test_a_long_run_is_drawn_in_fewer_steps(run: Run, beer_mapping: Callable[..., dict[str, Any]]) -> None:
    """Tests that buckets are joined beyond a thousand steps, and that no unit is lost by it."""
    result = run(beer_mapping(time={"unit": "week", "horizon": 3000}))
    frame = series.data_orders(result)
    demand = frame[frame["node"] == series.END_DEMAND]["quantity"]
    assert len(demand) == 1000
    assert demand.sum() == 4 * 4 + 8 * 2996


def test_costs_add_up_to_the_stage_and_the_chain(beer: sc.Result) -> None:
    """Tests that the lines of the cost figure sum to total cost."""
    frame = answers.data_cost(beer)
    assert list(dict.fromkeys(frame["node"])) == ["brewery", "distributor", "wholesaler", "retailer"]
    assert frame["mean"].sum() == pytest.approx(answers.chain_figure(beer, "total_cost").mean)


def test_of_many_stages_the_cheapest_are_summed(run: Run) -> None:
    """Tests that thirty shops give sixteen bars that still sum to the whole."""
    result = run(_shops(30))
    frame = answers.data_cost(result)
    assert frame["node"].nunique() == answers.MOST_BARS
    assert answers.OTHERS in set(frame["node"])
    assert frame["mean"].sum() == pytest.approx(answers.chain_figure(result, "total_cost").mean)


def test_undefined_figures_stay_undefined(beer: sc.Result) -> None:
    """Tests that a metric that is not there has no number, rather than zero."""
    assert answers.chain_figure(beer, "no_such_metric") == answers.Figure(None)


def test_every_stage_has_a_colour_of_its_own_up_to_eight(beer: sc.Result, run: Run) -> None:
    """Tests that few stages differ in colour, that of many only eight do, and that looks never repeat among 24."""
    assert len({stage.color for stage in data_stages(beer).values()}) == 4
    many = [stage for stage in data_stages(run(_shops(23))).values() if stage.active]
    assert len({(stage.color, stage.dash) for stage in many}) == len(many) == 24
    assert {stage.fill for stage in many} > set(PALETTE)


def test_stated_positions_win(run: Run, beer_mapping: Callable[..., dict[str, Any]]) -> None:
    """Tests that a node stands where the scenario puts it, and the others in the same box."""
    mapping = beer_mapping()
    mapping["nodes"]["brewery"]["position"] = [10, 20]
    mapping["nodes"]["retailer"]["position"] = [50, 60]
    marks = {mark.stage.name: mark.place for mark in data_network(run(mapping)).marks if mark.stage}
    assert marks["brewery"] == (10, 20)
    assert marks["retailer"] == (50, 60)
    assert 10 <= marks["wholesaler"][0] <= 50


def test_a_crowded_column_is_not_labelled(run: Run) -> None:
    """Tests that of a depot and thirty shops only the depot is named in the picture."""
    labelled = [mark.label for mark in data_network(run(_shops(30))).marks if mark.label]
    assert labelled == ["depot", "source"] or labelled == ["source", "depot"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (204.0, "204"), (1e13, "1e+13"), (-3.14159, "-3.142"), (2e-5, "2.00e-05"), (float("nan"), "–")],
)
def test_numbers_are_short(value: float, text: str) -> None:
    """Tests that numbers keep four digits, and that what is undefined is a dash."""
    assert labels.number(value) == text


def _shops(count: int) -> dict[str, Any]:
    shop = {"kind": "retailer", "demand": {"tea": {"kind": "constant", "value": 2}}}
    stock = {"initial": 20, "holding_cost": 1, "policy": {"kind": "base_stock", "level": 30}}
    return {
        "scmsim": 1,
        "name": "shops",
        "time": {"horizon": 10},
        "products": {"tea": {}},
        "defaults": {"stock": stock, "lane": {"lead_time": 1}},
        "nodes": {
            "source": {"kind": "supplier"},
            "depot": {"kind": "warehouse"},
            **{f"shop {number:02}": shop for number in range(count)},
        },
        "lanes": ["source -> depot", *({"from": "depot", "to": f"shop {number:02}"} for number in range(count))],
    }
