"""Every order is in a legal state after every instant, and no unit of it is delivered twice."""

from typing import Any

from scmsim.simulation import Simulation

CLOSE = 1e-6


def check_orders(simulation: Simulation, tick: int) -> None:
    """Check, after an instant, every order that waits at a stock.

    It has been entered and not in the future, it waits once, and what is unshipped of it is part of what is
    undelivered, which is part of what was ordered. One that takes units back has all signs turned.
    """
    for stock in simulation.stocks.values():
        place = f"{stock.point.product} at {stock.point.node} at tick {tick}"
        numbers = [order.number for order in stock.waiting]
        assert len(set(numbers)) == len(numbers), f"{place}: an order waits twice"
        for order in stock.waiting:
            sign = -1 if order.quantity < 0 else 1
            amounts = (0, sign * order.unshipped, sign * order.undelivered, sign * order.quantity)
            legal = all(less <= more + CLOSE for less, more in zip(amounts, amounts[1:], strict=False))
            assert legal, f"{place}: order {order.number} with {amounts} units"
            assert order.entered <= tick, f"{place}: order {order.number} waits before it was entered"


def check_deliveries_one_by_one(tables: Any) -> None:
    """Check, delivery by delivery, that an order gets no more than it asks for, and nothing once it is complete."""
    ordered = dict(zip(tables["orders"][:, 2].tolist(), tables["orders"][:, 3].tolist(), strict=True))
    placed_at = dict(zip(tables["orders"][:, 2].tolist(), tables["orders"][:, 0].tolist(), strict=True))
    delivered: dict[float, float] = {}
    complete: set[float] = set()
    for time, _, buyer, number, placed, _, quantity, is_last in tables["deliveries"].tolist():
        if buyer < 0 or placed < 0 or number not in ordered:
            continue
        assert time >= placed_at[number], f"order {number} was delivered before it was placed"
        assert number not in complete or abs(quantity) < CLOSE, f"order {number} got units after its last"
        delivered[number] = delivered.get(number, 0.0) + quantity
        assert abs(delivered[number]) <= abs(ordered[number]) + CLOSE, f"order {number} got units twice"
        if is_last:
            complete.add(number)


def check_shipments_one_by_one(tables: Any) -> None:
    """Check, shipment by shipment, that no order has more shipped than was asked for, and none arrives in the past."""
    asked = dict(zip(tables["demand"][:, 3].tolist(), tables["demand"][:, 4].tolist(), strict=True))
    shipped: dict[float, float] = {}
    for time, _, _, number, quantity, arrives in tables["shipments"].tolist():
        assert arrives >= time, f"order {number} arrives before it is shipped"
        shipped[number] = shipped.get(number, 0.0) + quantity
        if number in asked:
            assert abs(shipped[number]) <= abs(asked[number]) + CLOSE, f"order {number} was served twice"
