"""Goods that wait for a load: when they leave, what goes together, and that nothing is lost on the way."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scmsim
from scmsim.engine.recorder import COLUMNS, Keeper
from scmsim.metrics.audit.auditor import Auditor
from scmsim.simulation import simulate


def scenario(lane: dict[str, Any], orders: list[float], **more: Any) -> "scmsim.Scenario":
    """Return a depot that never runs short, and a shop that places these orders, one a day."""
    shop = {"initial": 0, "policy": {"kind": "scripted", "orders": orders}}
    return scmsim.from_dict(
        {
            "scmsim": 1,
            "name": "dock",
            "time": {"horizon": 40},
            "products": {"tea": {"weight": 2, "whole_units": True, **more.pop("tea", {})}},
            "nodes": {
                "mill": {"kind": "supplier"},
                "depot": {
                    "kind": "warehouse",
                    "stock": {"tea": {"initial": 500, "policy": {"kind": "base_stock", "level": 500}}},
                    **more.pop("depot", {}),
                },
                "shop": {"kind": "retailer", "stock": {"tea": shop}},
            },
            "lanes": ["mill -> depot", {"from": "depot", "to": "shop", **lane}],
            **more,
        }
    )


def audited(case: "scmsim.Scenario", seed: int = 1) -> dict[str, pd.DataFrame]:
    """Run a scenario with the audit on, and return its tables as data frames."""
    auditor, keeper = Auditor(case.network), Keeper()
    simulate(case.network, seed=seed, sinks=[auditor, keeper], on_instant=auditor.observe)
    return {name: pd.DataFrame(rows, columns=COLUMNS[name]) for name, rows in keeper.tables().items()}


def loads(tables: dict[str, pd.DataFrame]) -> list[tuple[float, float]]:
    """Return when each load left, and its units."""
    found = tables["freight"].groupby("load").agg(time=("time", "first"), units=("quantity", "sum"))
    return [(time / 1e6, units) for time, units in found.itertuples(index=False)]


@pytest.mark.known_answer("lane.dispatch")
@pytest.mark.known_answer("dispatch.every")
@pytest.mark.known_answer("dispatch.offset")
def test_a_schedule_takes_what_is_ready_by_its_instant() -> None:
    """Tests by hand departures on days 2, 5, 8: of 1, 2, 3, ... ordered day by day, 3, 12 and 21 leave.

    They arrive two days later. At the dock they are still the depot's: on hand there, owed, on order at the shop.
    """
    tables = audited(scenario({"lead_time": 2, "dispatch": {"every": 3, "offset": 1}}, [1, 2, 3, 4, 5, 6, 7, 8]))
    assert loads(tables)[:3] == [(2, 3), (5, 12), (8, 21)]
    sent = tables["shipments"].query("buyer == 0")
    assert (sent["arrives"] - sent["time"] == 2e6).all()
    stock = tables["stock"]
    depot = stock[(stock["point"] == 1) & (stock["time"] == 4e6)].iloc[-1]
    shop = stock[(stock["point"] == 0) & (stock["time"] == 4e6)].iloc[-1]
    assert (depot["backorders"], shop["on_order"], shop["in_transit"]) == (7, 7, 0)
    assert depot["on_hand"] - depot["backorders"] + depot["on_order"] == 500


@pytest.mark.known_answer("dispatch.when:full")
@pytest.mark.known_answer("dispatch.minimum_load")
@pytest.mark.known_answer("dispatch.longest_wait")
@pytest.mark.known_answer("mode.capacity")
@pytest.mark.known_answer("load_size.weight")
@pytest.mark.known_answer("product.weight")
def test_full_loads_leave_at_once_and_the_rest_waits_for_long_at_most() -> None:
    """Tests by hand trucks of 10: 12 leave as 10, and 2 wait three days for more; then 25 leave as 10 and 10, and 5."""
    lane = {"dispatch": {"when": "full", "minimum_load": 1, "longest_wait": 3}, "modes": {"van": {"capacity": {}}}}
    lane["modes"]["van"]["capacity"] = {"weight": 20}
    tables = audited(scenario(lane, [12, 1, 0, 0, 0, 25]))
    assert loads(tables) == [(1, 10), (4, 3), (6, 10), (6, 10), (9, 5)]
    assert tables["freight"]["order"].nunique() < len(tables["freight"])


@pytest.mark.known_answer("lane.return_time")
@pytest.mark.known_answer("node.fleets")
def test_a_vehicle_has_to_come_back() -> None:
    """Tests by hand one van that is away 2 + 2 days: five loads ordered in five days leave on days 1, 5, 9, 13, 17."""
    lane = {"lead_time": 2, "fleet": "vans", "unit_cost": 3, "shipment_cost": 50}
    tables = audited(scenario(lane, [1] * 5, depot={"fleets": {"vans": {"number": 1}}}))
    assert [time for time, _ in loads(tables)] == [1, 5, 9, 13, 17]
    assert tables["freight"]["cost"].tolist() == [53] * 5
    assert tables["freight"]["mode"].tolist() == [-1] * 5
    lane["return_time"] = 0.5
    tables = audited(scenario(lane, [1] * 5, depot={"fleets": {"vans": {"number": 1}}}))
    assert [time for time, _ in loads(tables)] == [1, 3.5, 6, 8.5, 11]


def test_waiting_for_a_vehicle_is_that_of_erlang() -> None:
    """Tests M/M/3 with arrivals 2.4 and service 1: loads wait 1.0787 on the average, within three standard errors.

    The standard error of a mean over so many days is found from twenty batches.
    """
    case = scmsim.load("scenarios/distribution/fleet.yaml", ["time.horizon=2050"])
    keeper = Keeper(["demand", "freight"])
    simulate(case.network, seed=7, sinks=[keeper])
    asked = keeper.tables()["demand"]
    asked = asked[asked[:, 2] == 0]
    left = dict(zip(*keeper.tables()["freight"][:, [5, 0]].T, strict=True))
    waits = np.array([(left[order] - time) / 1e6 for time, order in asked[:, [0, 3]] if order in left])[120:]
    batches = np.array([batch.mean() for batch in np.array_split(waits, 20)])
    error = batches.std(ddof=1) / np.sqrt(20)
    assert error < 0.25
    assert abs(waits.mean() - 1.078652) < 3 * error


@pytest.mark.known_answer("lane.modes")
@pytest.mark.known_answer("lane.mode_choice")
@pytest.mark.known_answer("lane.distance")
@pytest.mark.known_answer("mode.weight_cost")
@pytest.mark.known_answer("mode.shipment_cost")
@pytest.mark.known_answer("mode.distance_cost")
@pytest.mark.known_answer("mode.co2")
@pytest.mark.known_answer("mode.co2_weight")
@pytest.mark.known_answer("load_size.units")
def test_each_load_chooses_its_mode_anew() -> None:
    """Tests by hand that 52 units go as a truck of 50, and 2 by parcel at 8 each; parts share cost and CO2."""
    modes = {
        "parcel": {"lead_time": 1, "weight_cost": 4, "co2_weight": 0.01},
        "truck": {"lead_time": 3, "shipment_cost": 100, "distance_cost": 1, "co2": 9, "capacity": {"units": 50}},
    }
    lane = {"modes": modes, "mode_choice": {"kind": "cheapest"}, "distance": 20, "dispatch": {"every": 2, "offset": 1}}
    freight = audited(scenario(lane, [30, 22]))["freight"]
    found = freight[["mode", "quantity", "cost", "co2"]].to_numpy()
    assert found == pytest.approx(np.array([[1, 30, 72, 5.4], [1, 20, 48, 3.6], [0, 2, 16, 0.8]]))


@pytest.mark.known_answer("mode.unit_cost")
def test_a_mode_costs_per_unit_and_per_load() -> None:
    """Tests by hand that a van for 50, and 3 a unit, costs 62 with 4 units and 71 with 7."""
    freight = audited(scenario({"modes": {"van": {"unit_cost": 3, "shipment_cost": 50}}}, [4, 7]))["freight"]
    assert freight["cost"].tolist() == [62, 71]


@pytest.mark.known_answer("mode.volume_cost")
@pytest.mark.known_answer("mode.co2_distance")
@pytest.mark.known_answer("mode.return_time")
@pytest.mark.known_answer("load_size.volume")
@pytest.mark.known_answer("product.volume")
def test_by_air_or_by_sea() -> None:
    """Tests by hand that 3 m3 fly for 12, 4 sail for 15, 6 fly for 24, and 4 wait for the ship that left on day 2."""
    freight = audited(scmsim.load("scenarios/distribution/air_or_sea.yaml"))["freight"]
    island = freight[freight["mode"] >= 0][["time", "mode", "quantity", "cost", "co2"]].to_numpy()
    expected = [[1e6, 0, 6, 12, 1.2], [2e6, 1, 8, 15, 6], [3e6, 0, 12, 24, 2.4], [7e6, 1, 8, 15, 6]]
    assert island == pytest.approx(np.array(expected))


def test_lots_of_two_products_share_a_load_by_weight() -> None:
    """Tests that of 200 for a truck the product that weighs three quarters of the load pays three quarters."""
    case = scmsim.load("scenarios/distribution/shared_load.yaml")
    freight = audited(case)["freight"]
    lanes = [(lane.destination, len(lane.products)) for lane in case.network.lanes]
    first = freight[(freight["lane"] == lanes.index(("together", 2))) & (freight["time"] == 2e6)]
    by_point = first.groupby("buyer")["cost"].sum()
    names = {point.index: point.product for point in case.network.points}
    assert {names[int(point)]: cost for point, cost in by_point.items()} == pytest.approx(
        {"bar": 200 * 900 / 990, "mat": 200 * 90 / 990}
    )


def test_nothing_overtakes_within_a_mode_where_it_may_not() -> None:
    """Tests that with `crossing: false` loads of drawn times arrive in the order in which they left."""
    drawn = {"dist": "uniform", "low": 0, "high": 9}
    lane = {"modes": {"van": {"lead_time": drawn}}, "crossing": False}
    arrives = audited(scenario(lane, [1] * 30))["shipments"].query("buyer == 0")["arrives"]
    assert arrives.is_monotonic_increasing
    lane["crossing"] = True
    assert not audited(scenario(lane, [1] * 30))["shipments"].query("buyer == 0")["arrives"].is_monotonic_increasing


def test_title_passes_when_the_load_departs() -> None:
    """Tests that the shop owes what it has bought, and pays the carrier, from the departure on, not from its order."""
    lane = {"lead_time": 1, "price": 10, "shipment_cost": 7, "dispatch": {"every": 5, "offset": 3}}
    lane["terms"] = {"invoice": "shipment", "net": 2}
    result = scmsim.run(scenario(lane, [3, 4]))
    books = result.ledger
    sold = books.query("account == 'revenue' and node == 'depot'")
    assert sold[["time", "amount"]].to_numpy().tolist() == [[4, -30], [4, -40]]
    carried = books.query("account == 'transport' and node == 'shop'")
    assert carried["amount"].tolist() == [7]
    assert result.invoices.query("seller == 'depot'")["time"].tolist() == [4, 4]
    assert result.shipments.query("buyer == 'shop'")["time"].tolist() == [4, 4]


@pytest.mark.known_answer("fleet.cost")
def test_vehicles_are_paid_for_by_their_owner() -> None:
    """Tests that two vans at 5 a day cost the depot 400 in forty days, in the books and among the cost lines."""
    lane = {"fleet": "vans", "price": 1}
    case = scenario(lane, [1], depot={"fleets": {"vans": {"number": 2, "cost": 5}}})
    result = scmsim.run(case)
    rows = result.kpis.query("node == 'depot' and `product`.isna()").set_index("metric")["mean"]
    assert (rows["transport_cost"], rows["transport_expense"]) == (400, 400)
    assert rows["fleet_utilisation"] == 0
    audited(case)


MODES = {
    "parcel": {"lead_time": 1, "weight_cost": 2},
    "truck": {"lead_time": {"dist": "uniform", "low": 1, "high": 4}, "shipment_cost": 60, "capacity": {"weight": 30}},
}
CHOICES = [
    {"kind": "cheapest"},
    {"kind": "fastest"},
    {"kind": "urgency", "normal": "truck", "urgent": "parcel"},
    {"kind": "weight_break", "breaks": [{"from": 0, "mode": "parcel"}, {"from": 12, "mode": "truck"}]},
]
DISPATCHES = [
    None,
    {"every": 2.5, "offset": 0.5},
    {"when": "full", "minimum_load": {"weight": 25}, "longest_wait": 2},
    {"when": "full", "minimum_load": {"units": 7}},
]


@settings(max_examples=15)
@given(
    choice=st.sampled_from(CHOICES),
    dispatch=st.sampled_from(DISPATCHES),
    vans=st.integers(0, 2),
    more=st.fixed_dictionaries(
        {},
        optional={
            "share": st.just({"stock": True, "pipeline": True, "point_of_sale": True}),
            "messages": st.just({"invoice": 1, "remittance": 1, "shipping_notice": 0.5}),
            "credit_limit": st.just(900),
            "holding_cost": st.just(0.1),
        },
    ),
    flags=st.tuples(st.booleans(), st.booleans()),
    seed=st.integers(1, 1000),
)
def test_units_and_money_are_conserved(
    choice: dict, dispatch: dict | None, vans: int, more: dict, flags: tuple[bool, bool], seed: int
) -> None:
    """Tests with the audit on that loads conserve units and money, beside clerks, sharing, credit and production."""
    whole, clerks = flags
    modes = {name: {**mode, **({"fleet": "vans"} if vans and name == "truck" else {})} for name, mode in MODES.items()}
    lane = {"modes": modes, "mode_choice": choice, "price": 9, **({"dispatch": dispatch} if dispatch else {}), **more}
    stock = {"initial": 25, "holding_cost": 1, "backorder_cost": 2, "policy": {"kind": "base_stock", "level": 40}}
    plant: dict[str, Any] = {"kind": "factory", "make": {"kit": {"lead_time": 1, "components": {"part": 2}}}}
    plant |= {"clerks": {"order_processing": {"number": 1, "time": 0.1}}} if clerks else {}
    plant |= {"fleets": {"vans": {"number": vans, "cost": 3}}} if vans else {}
    case = scmsim.from_dict(
        {
            "scmsim": 1,
            "name": "mixed",
            "time": {"horizon": 40},
            "money": {},
            "products": {name: {"weight": weight, "whole_units": whole} for name, weight in (("part", 1), ("kit", 3))},
            "defaults": {"stock": stock, "demand": {"kind": "poisson", "mean": 4}},
            "nodes": {
                "mill": {"kind": "supplier", "lead_time": 1},
                "plant": plant,
                "shop": {"kind": "retailer", "demand": {"kit": {}, "part": {}}, "sales": {"kit": {"price": 30}}},
            },
            "lanes": [
                {"from": "mill", "to": "plant", "lead_time": 2, "price": 1, "dispatch": {"every": 3}},
                {"from": "plant", "to": "shop", "products": ["kit", "part"], **lane},
            ],
        }
    )
    tables = audited(case, seed)
    sent = tables["shipments"].groupby("order")["quantity"].sum()
    assert tables["freight"].groupby("order")["quantity"].sum().equals(sent)


def test_vehicles_are_busy_until_they_are_back() -> None:
    """Tests by hand that a van away from 1 to 5 is busy for 2 of the 8 days measured from 3 on."""
    lane = {"lead_time": 3, "return_time": 1, "fleet": "vans"}
    case = scenario(lane, [1], depot={"fleets": {"vans": {"number": 1}}}, time={"horizon": 10, "warm_up": 2})
    kpis = scmsim.run(case).kpis
    busy = kpis[kpis["metric"] == "fleet_utilisation"]
    assert busy["mean"].dropna().tolist() == [0.25] * 3
    assert set(busy["node"].dropna()) == {"depot"}


def test_loads_do_not_depend_on_the_order_of_the_file() -> None:
    """Tests that two lanes that compete for one van at one instant get it in the order of their names."""
    shop = {"kind": "retailer", "stock": {"tea": {"policy": {"kind": "scripted", "orders": [1, 2, 3]}}}}
    depot = {"kind": "warehouse", "fleets": {"vans": {"number": 1}}}
    depot["stock"] = {"tea": {"initial": 50, "policy": {"kind": "base_stock", "level": 50}}}
    nodes = [("mill", {"kind": "supplier"}), ("depot", depot), ("a", shop), ("b", shop)]
    lanes = [{"from": "depot", "to": name, "lead_time": 0.4, "fleet": "vans"} for name in ("a", "b")]
    found = []
    for step in (1, -1):
        two = {"scmsim": 1, "name": "two", "time": {"horizon": 9}, "products": {"tea": {}}}
        case = scmsim.from_dict({**two, "nodes": dict(nodes[::step]), "lanes": ["mill -> depot", *lanes][::step]})
        found.append(scmsim.run(case).freight[["time", "destination", "quantity"]].to_numpy().tolist())
    assert found[0] == found[1]
    assert found[0][:3] == [[1, "a", 1], [1.8, "b", 1], [2.6, "a", 2]]


@pytest.mark.parametrize("lane", [{"dispatch": {"every": 9, "offset": 6}}, {"fleet": "van", "lead_time": 8}])
def test_no_load_leaves_a_sender_whose_trade_has_ended(lane: dict[str, Any]) -> None:
    """Tests that what waits for a departure or a vehicle stays when an invoice of 70 cannot be paid on day 4."""
    finance = {"cash": 0, "overdraft_limit": 0, "insolvency": "stop_trading"}
    stock = {"initial": 10, "policy": {"kind": "scripted", "orders": [7]}}
    depot = {"stock": {"tea": stock}, "finance": finance, "fleets": {"van": {"number": 1}} if "fleet" in lane else {}}
    bought = {"from": "mill", "to": "depot", "price": 10, "terms": {"net": 3}}
    case = scenario({}, [4, 4, 0], depot=depot, lanes=[bought, {"from": "depot", "to": "shop", **lane}])
    found = loads(audited(case))
    assert found == ([] if "dispatch" in lane else [(1.0, 4.0)])
