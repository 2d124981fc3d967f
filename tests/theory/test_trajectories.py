"""Deterministic cases, period by period: the beer game and a three-stage chain.

Sources: G01 to G03 follow the board game of Sterman (1989), whose published costs the benchmark reproduces exactly; the
trajectories and M13 come from independent recursions.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import scmsim

HERE = Path(__file__).parent
CLASSROOM = HERE.parents[1] / "scenarios"
STAGES = ("retailer", "wholesaler", "distributor", "brewery")

# fmt: off
BENCHMARK_ORDERS = {
    "retailer": (
        4, 4, 4, 4, 12, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
        8, 8,
    ),
    "wholesaler": (
        4, 4, 4, 4, 8, 4, 12, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
        8, 8,
    ),
    "distributor": (
        4, 4, 4, 4, 8, 4, 8, 4, 12, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
        8, 8,
    ),
    "brewery": (
        4, 4, 4, 4, 4, 4, 8, 4, 8, 4, 12, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
        8, 8,
    ),
}
BENCHMARK_NET_STOCK = {
    "retailer": (
        12, 12, 12, 12, 8, 4, 0, -4, 0, 0, 0, -4, 0, 0, 0, -4, 0, 0, -4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0,
    ),
    "wholesaler": (
        12, 12, 12, 12, 12, 12, 4, 0, 0, -4, 0, 0, 0, -4, 0, 0, -4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0,
    ),
    "distributor": (
        12, 12, 12, 12, 12, 12, 8, 8, 4, 0, 0, -4, 0, 0, -4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0,
    ),
    "brewery": (
        12, 12, 12, 12, 12, 12, 8, 8, 4, 8, 0, 0, -4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0,
    ),
}
HUMAN_ORDERS = {
    "retailer": (
        4, 4, 4, 4, 6.7192, 8.440423, 9.677713, 10.593291, 10.825421, 10.654696, 10.333722, 10.839734,
        10.992223, 10.733277, 10.106083, 10.544757, 10.761989, 10.595177, 9.943401, 9.749617, 9.764061,
        9.259606, 8.086387, 6.219243, 3.796007, 2.360656, 2.844428, 3.605809, 4.715693, 5.973758, 7.037587,
        7.876716, 8.451206, 8.759026, 8.857081, 8.802472,
    ),
    "wholesaler": (
        4, 4, 4, 4, 4.2392, 4.218055, 5.884683, 8.11873, 10.43275, 12.666033, 14.154784, 14.733411, 14.517053,
        15.587207, 16.372731, 16.478444, 15.66541, 15.664555, 15.976194, 15.602534, 14.142574, 11.977162,
        9.369389, 6.241381, 2.392391, 0, 0, 0, 0, 0, 0, 0, 0, 2.717067, 5.39214, 7.763124,
    ),
    "distributor": (
        4, 4, 4, 4, 4.2392, 4.218055, 4.347083, 4.420594, 5.46277, 7.574617, 10.477554, 13.91774, 17.138552,
        19.456009, 20.467733, 22.18304, 24.1128, 25.118382, 24.610966, 23.323341, 21.604509, 19.268308,
        15.882628, 11.353867, 5.838166, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ),
    "brewery": (
        4, 4, 4, 4, 4.5928, 4.540396, 4.640929, 4.58674, 4.609232, 4.630395, 5.277901, 7.021159, 10.035209,
        14.190773, 18.838035, 23.039899, 25.873467, 28.008392, 29.750625, 30.791167, 30.490117, 28.820205,
        26.029721, 22.296558, 17.516367, 11.547281, 4.372877, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ),
}
HUMAN_NET_STOCK = {
    "retailer": (
        12, 12, 12, 12, 8, 4, 0, -4, -5.2808, -4.840377, -3.7608, -7.542745, -9.658063, -9.539332, -7.195663,
        -10.775068, -13.312298, -13.737681, -11.260127, -11.121606, -12.100448, -10.065238, -3.874465, 6.96357,
        22.003469, 32.534391, 32.620778, 30.840021, 26.636027, 20.996683, 15.841112, 11.446921, 8.162613,
        6.136371, 5.173958, 5.050673,
    ),
    "wholesaler": (
        12, 12, 12, 12, 12, 12, 9.2808, 4.840377, -0.598136, -6.973372, -11.914111, -14.450076, -14.440128,
        -20.859269, -26.388721, -29.547381, -29.17591, -31.582146, -35.322977, -35.882945, -31.635573,
        -22.547154, -9.271316, 7.342545, 27.26455, 50.795932, 57.164873, 61.045597, 60.59356, 56.987751,
        52.272058, 46.298301, 39.260714, 31.383998, 22.932792, 14.173766,
    ),
    "distributor": (
        12, 12, 12, 12, 12, 12, 11.7608, 11.542745, 9.897263, 5.996587, -0.089081, -8.334519, -17.026533,
        -24.185328, -28.224826, -35.673513, -45.025085, -51.46832, -52.942957, -49.769476, -42.705771,
        -32.434839, -18.569021, -0.795558, 20.62622, 44.874957, 63.389208, 74.743075, 80.581241, 80.581241,
        80.581241, 80.581241, 80.581241, 80.581241, 80.581241, 77.864174,
    ),
    "brewery": (
        12, 12, 12, 12, 12, 12, 11.7608, 12.135545, 12.328859, 12.549194, 11.673165, 8.707779, 2.86062,
        -5.779219, -15.896613, -25.317413, -31.594372, -34.939377, -36.012277, -35.257192, -31.859766,
        -25.432483, -16.245824, -5.024015, 7.913563, 22.589416, 39.047809, 56.564176, 68.111457, 72.484335,
        72.484335, 72.484335, 72.484335, 72.484335, 72.484335, 72.484335,
    ),
}
SERIAL_NET_STOCK = {
    "stage_1": (2, 3, 0, 0, 5, -2, -1, 4, -1, -1, 7, -5, -3, 2, -2, 0, 3, 1, -3, 1, 1, 3, 1, 2),
    "stage_2": (1, 2, -1, 0, 2, -3, 1, 0, -2, 0, 3, -6, 1, -4, 1, -1, 2, 0, -4, -1, 0, 2, 0, 1),
    "stage_3": (6, 2, 0, -2, 3, 0, -3, 3, 0, -3, 5, -1, -5, 2, 1, -1, 1, 2, -5, -1, 4, 2, 1, 0),
}
SERIAL_COST = (
    60, 57, 38, 36, 65, 116.24, 77.12, 58, 77.12, 75.12, 77, 231.6, 155.36, 42, 126.24, 36, 55, 47, 145.36, 39,
    51, 57, 45, 48,
)
# fmt: on


def kpi(result: scmsim.Result, metric: str, node: str | None = None) -> float:
    """Return one figure of a node, or of the whole chain."""
    rows = result.kpis[(result.kpis.metric == metric) & result.kpis["product"].isna()]
    rows = rows[rows.node == node] if node else rows[rows.node.isna() & rows.segment.isna()]
    return float(rows["mean"].iloc[0])


def orders(result: scmsim.Result, node: str, periods: np.ndarray[Any, Any]) -> list[float]:
    """Return what a node ordered in each period."""
    placed = result.orders[result.orders.node == node].groupby("time").quantity.sum()
    return [float(quantity) for quantity in placed.reindex(periods, fill_value=0.0)]


def at_close(result: scmsim.Result, node: str, column: str, periods: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a column of a node's stock at the end of each period."""
    rows = result.stock[result.stock.node == node]
    return rows.groupby("time")[column].last().reindex(periods, method="ffill").to_numpy()


def net_stock(result: scmsim.Result, node: str, periods: np.ndarray[Any, Any]) -> list[float]:
    """Return a node's net stock at the end of each period."""
    closing = at_close(result, node, "on_hand", periods) - at_close(result, node, "backorders", periods)
    return [float(units) for units in closing]


WEEKS = np.arange(1.0, 37.0)


def check_game(
    result: scmsim.Result, expected_orders: Mapping[str, Any], expected_stock: Mapping[str, Any], tolerance: float
) -> None:
    """Assert that every stage ordered and held what it should, week by week."""
    for stage in STAGES:
        assert orders(result, stage, WEEKS) == pytest.approx(expected_orders[stage], abs=tolerance), stage
        assert net_stock(result, stage, WEEKS) == pytest.approx(expected_stock[stage], abs=tolerance), stage


def test_beer_game_stands_still_while_demand_does() -> None:
    """Tests that with full pipes and constant demand every order is 4 and every inventory 12 (G01, closed form)."""
    result = scmsim.run(scmsim.load(HERE / "scenarios" / "g01_equilibrium.yaml"))
    check_game(result, dict.fromkeys(STAGES, (4,) * 36), dict.fromkeys(STAGES, (12,) * 36), 0)
    assert [kpi(result, "cost_per_period", stage) for stage in STAGES] == [6, 6, 6, 6]


@pytest.mark.known_answer("node.kind:distributor")
def test_beer_game_benchmark_pays_what_was_published() -> None:
    """Tests that the benchmark players pay 46, 50, 54 and 54, exactly and week by week (G02, Sterman 1989)."""
    result = scmsim.run(scmsim.load(CLASSROOM / "beer_game.yaml"))
    assert [kpi(result, "total_cost", stage) for stage in STAGES] == [46, 50, 54, 54]
    assert kpi(result, "total_cost") == 204
    check_game(result, BENCHMARK_ORDERS, BENCHMARK_NET_STOCK, 0)


def test_beer_game_benchmark_without_the_forced_weeks_pays_180() -> None:
    """Tests that players who are free from the first week pay 36, 44, 52 and 48 (G02, the variant without)."""
    result = scmsim.run(scmsim.load(CLASSROOM / "beer_game.yaml", ["defaults.stock.first_orders=[]"]))
    assert [kpi(result, "total_cost", stage) for stage in STAGES] == [36, 44, 52, 48]


def test_beer_game_of_the_mean_player() -> None:
    """Tests cost, orders and net stock of the mean estimated player to a thousandth (G03, independent recursion)."""
    result = scmsim.run(scmsim.load(CLASSROOM / "beer_game_human.yaml"))
    costs = [kpi(result, "total_cost", stage) for stage in STAGES]
    assert costs == pytest.approx([280.268006, 627.408023, 885.626685, 686.174914], abs=1e-3)
    assert kpi(result, "total_cost") == pytest.approx(2479.477628, abs=1e-3)
    check_game(result, HUMAN_ORDERS, HUMAN_NET_STOCK, 1e-3)


def test_order_variances_of_the_mean_player() -> None:
    """Tests the population variances of the orders of the mean estimated player (G03, independent recursion)."""
    result = scmsim.run(scmsim.load(CLASSROOM / "beer_game_human.yaml"))
    variances = [kpi(result, "order_variance", stage) for stage in STAGES]
    assert variances == pytest.approx([7.589543, 36.714526, 79.582268, 116.075694], abs=1e-3)


def test_serial_chain_period_by_period() -> None:
    """Tests net stock and cost of every period of a deterministic three-stage chain (M13, independent recursion)."""
    result = scmsim.run(scmsim.load(HERE / "scenarios" / "m13_serial_trace.yaml"))
    periods = np.arange(24.0)
    for stage, expected in SERIAL_NET_STOCK.items():
        assert net_stock(result, stage, periods) == list(expected), stage
    assert serial_costs(result, periods) == pytest.approx(SERIAL_COST, abs=1e-6)
    assert kpi(result, "total_cost") == pytest.approx(1815.16, abs=1e-6)


def serial_costs(result: scmsim.Result, periods: np.ndarray[Any, Any]) -> list[float]:
    """Return what every period cost: the rates of the scenario times what was held, moved and owed at its end."""
    rates = {"on_hand": (7, 4, 2), "in_transit": (4, 2, 0), "backorders": (37.12, 0, 0)}
    costs = [
        rate * at_close(result, f"stage_{number}", column, periods)
        for column, stages in rates.items()
        for number, rate in enumerate(stages, 1)
    ]
    return [float(cost) for cost in sum(costs)]
