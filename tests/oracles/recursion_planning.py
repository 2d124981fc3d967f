"""What the recursion orders by plan: the textbook's record of distribution or material requirements in full.

What material requirements planning orders later, it tells the components of what it makes.
"""

import sys
from math import ceil
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from recursion_chain import Stock
from recursion_decisions import CloseCall, forecast_of, safety
from recursion_forecasts import When, over


def scheduled(stock: Stock, now: int, way: float, count: int) -> list[float]:
    """Return what is due in each period from now on, the mean time of its way after it was ordered; what is late, now.

    What is on order says how much of that is still to come; what was given up is missing from the first.
    """
    found, left = [0.0] * max(count, ceil(way) + 1), stock.on_order
    for order in sorted(stock.due, key=lambda order: -order.promised):
        if order.open > 0:
            units = min(order.open, left)
            period = max(0, ceil(order.promised - now))
            left -= units
            if period < len(found):
                found[period] += units
    found[ceil(way)] += left
    return found


def wanted_by_plan(
    stock: Stock, net_stock: float, now: int, when: When, needed: list[float], close: list[CloseCall]
) -> float:
    """Return the planned receipts that an order at the next review could not bring in time.

    What is planned to be made of the stock needs so many units in each period, beside what its customers ask for.
    """
    policy = stock.policy
    way = policy["lead_time"] if policy.get("lead_time") is not None else stock.way()
    due = ceil(way + when.interval)
    lasts = policy.get("periods", 1)
    count, first, horizon = due + lasts - 1, ceil(way), 0
    if policy["kind"] == "mrp":
        horizon = policy.get("horizon", 26)
        count = max(count, horizon + first + 1)
    seen = stock.review["timing"] == "after_demand"
    totals = [over(forecast_of(stock), stock.memory, period, when) for period in range(count + 1)]
    gross = [max(0.0, later - earlier) for earlier, later in zip(totals, totals[1:], strict=False)]
    gross = [0.0, *gross][:count] if seen else gross
    gross = [units + (needed[period] if period < len(needed) else 0.0) for period, units in enumerate(gross)]
    receipts, keep = scheduled(stock, now, way, count), safety(stock)
    planned, on_hand = [0.0] * count, net_stock
    for period in range(count):
        on_hand += receipts[period] - gross[period]
        short = keep - on_hand
        if period < first or short <= 1e-9:
            close.append(CloseCall(abs(short), keep - short)) if period >= first and "lot_size" in policy else None
            continue
        planned[period] = _lot(stock, short, (receipts, gross, period, on_hand), close)
        on_hand += planned[period]
    stock.plan = [0.0 if first + period < due else planned[first + period] for period in range(horizon + 1) if horizon]
    stock.planned_at = now
    return sum(planned[:due])


def _lot(
    stock: Stock, short: float, record: tuple[list[float], list[float], int, float], close: list[CloseCall]
) -> float:
    """Return the lot for what is short: that, or what several periods lack, or the fewest lots of one size."""
    policy = stock.policy
    if size := policy.get("lot_size"):
        lots = short / size
        close.append(CloseCall(abs(lots - round(lots)) * size, short))
        return ceil(lots - 1e-9) * size
    receipts, gross, period, on_hand = record
    lot, level = short, on_hand + short
    for later in range(period + 1, min(period + policy.get("periods", 1), len(gross))):
        level += receipts[later] - gross[later]
        lack = max(0.0, safety(stock) - level)
        lot, level = lot + lack, level + lack
    return lot
