"""Cases: which demand an order goes back to."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import scmsim as sc
from scmsim.metrics.tables.frames import frames
from scmsim.scenario.network import Review
from scmsim.ticks import TICKS

CUSTOMER, SHOP, DEPOT = -1, 0, 1


def cases(bench: Any, *, early: bool = False, **rows: Any) -> dict[str, dict[int, int]]:
    """Return the case of every order, by table, in a chain of a shop (point 0) and a depot (point 1)."""
    chain = bench.chain()
    if early:
        points = [_with_review(point) for point in chain.points]
        chain = bench.network(points, lanes=chain.lanes)
    found = frames(chain, bench.tables(**rows))
    return {
        name: dict(zip(frame["order"].tolist(), frame["case"].tolist(), strict=True))
        for name, frame in found.items()
        if "case" in frame
    }


def _with_review(point: Any) -> Any:
    return replace(point, review=Review(interval=TICKS, before_demand=True))


def test_an_order_goes_back_to_the_first_demand_since_the_one_before(bench: Any) -> None:
    """Tests two demands between two orders, the first of which opens the case of the second order."""
    found = cases(
        bench,
        demand=[(0, SHOP, CUSTOMER, 1, 4, 4, 0), (1, SHOP, CUSTOMER, 3, 4, 4, 0), (2, SHOP, CUSTOMER, 4, 4, 4, 0)],
        orders=[(0, SHOP, 2, 4), (2, SHOP, 5, 8)],
    )
    assert found["demand"] == {1: 1, 3: 3, 4: 4}
    assert found["orders"] == {2: 1, 5: 3}


def test_a_case_runs_up_the_chain(bench: Any) -> None:
    """Tests that the depot's order, its shipment and the deliveries belong to the customer's demand."""
    found = cases(
        bench,
        demand=[(0, SHOP, CUSTOMER, 1, 4, 4, 0), (1, DEPOT, SHOP, 2, 4, 4, 0)],
        orders=[(0, SHOP, 2, 4), (1, DEPOT, 3, 4)],
        shipments=[(1, DEPOT, SHOP, 2, 4, 3)],
        deliveries=[(0, SHOP, CUSTOMER, 1, 0, 0, 4, 1), (3, DEPOT, SHOP, 2, 0, 3, 4, 1)],
    )
    assert found["orders"] == {2: 1, 3: 1}
    assert found["shipments"] == {2: 1}
    assert found["deliveries"] == {1: 1, 2: 1}


def test_without_demand_an_order_is_a_case_of_its_own(bench: Any) -> None:
    """Tests an order before any demand, one after no new demand, and goods that were under way at the start."""
    found = cases(
        bench,
        demand=[(2, SHOP, CUSTOMER, 3, 4, 4, 0)],
        orders=[(0, SHOP, 2, 4), (2, SHOP, 4, 4), (3, SHOP, 5, 1)],
        deliveries=[(1, DEPOT, SHOP, 1, -1e-6, 1, 4, 1)],
    )
    assert found["orders"] == {2: 2, 4: 3, 5: 5}
    assert found["deliveries"] == {1: 1}


def test_a_review_before_demand_answers_the_demand_of_the_instant_before(bench: Any) -> None:
    """Tests that customers' demand at the instant of an order belongs to the next order, and a node's to this one."""
    demand = [
        (0, SHOP, CUSTOMER, 3, 4, 4, 0),
        (1, DEPOT, SHOP, 4, 4, 4, 0),
        (1, SHOP, CUSTOMER, 6, 4, 4, 0),
    ]
    orders = [(0, SHOP, 1, 4), (0, DEPOT, 2, 4), (1, SHOP, 4, 4), (1, DEPOT, 5, 4)]
    found = cases(bench, early=True, demand=demand, orders=orders)
    assert found["orders"] == {1: 1, 2: 2, 4: 3, 5: 3}


def test_products_and_nodes_do_not_mix(bench: Any) -> None:
    """Tests that demand at another point opens no case here, at the same instants."""
    found = cases(
        bench,
        demand=[(0, DEPOT, SHOP, 1, 4, 4, 0), (1, SHOP, CUSTOMER, 3, 4, 4, 0)],
        orders=[(1, DEPOT, 2, 4), (1, SHOP, 4, 4)],
    )
    assert found["orders"] == {2: 1, 4: 3}


def test_messages_and_money_belong_to_the_case_of_their_order(bench: Any) -> None:
    """Tests that each takes its order's case, a payment that of its invoice, and what is about no order none."""
    found = frames(
        bench.chain(),
        bench.tables(
            demand=[(0, SHOP, CUSTOMER, 1, 4, 4, 0)],
            orders=[(0, SHOP, 2, 4)],
            messages=[(0, 0, SHOP, DEPOT, 2, 4, 0), (0, 7, SHOP, DEPOT, 0, 4, 0)],
            invoices=[(1, 1, 2, 0, 1, 8, 3), (2, 2, 0, 0, 1, 9, 3)],
            payments=[(3, 1, 1, 0, 1, 0, 8, 3), (3, 2, 2, 0, 1, 0, 9, 3), (3, 3, 0, 2, 1, 0, 9, 3)],
            ledger=[(0, 1, 0, 0, 5, 0, 2, 1), (0, 1, 0, 3, -5, 0, 0, -1)],
        ),
    )
    assert {name: found[name]["case"].tolist() for name in ("messages", "invoices", "payments", "ledger")} == {
        "messages": [1, 0],
        "invoices": [1, 0],
        "payments": [1, 0, 1],
        "ledger": [1, 0],
    }


@pytest.mark.parametrize("name", ["beer_game", "assembly", "one_warehouse_three_retailers"])
def test_the_definition_gives_the_same_row_by_row(scenarios: Any, name: str) -> None:
    """Tests the cases of a run against the definition, followed demand by demand in plain Python."""
    scenario = sc.load(scenarios / f"{name}.yaml").set("time.horizon=30")
    result = sc.run(scenario, replications=1)
    demand = list(result.demand[["time", "node", "product", "order", "buyer"]].itertuples(index=False))
    case = {row.order: int(row.order) for row in demand}
    last: dict[tuple[str, str], float] = {}
    for order in result.orders.sort_values("order").itertuples(index=False):
        place = (order.node, order.product)
        since = [
            row.order
            for row in demand
            if (row.node, row.product) == place and last.get(place, -np.inf) < row.time <= order.time
        ]
        case[order.order] = case[since[0]] if since and since[0] < order.order else order.order
        last[place] = order.time
    assert result.orders["case"].tolist() == [case[number] for number in result.orders["order"]]
    assert len(set(result.orders["case"])) < len(result.orders)
