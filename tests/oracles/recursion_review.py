"""What a review of the recursion decides: what the stock sees or was told, and the formula of its policy."""

import sys
from math import floor, inf
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from recursion_chain import Stock
from recursion_decisions import (
    CloseCall,
    learn,
    listed,
    shaped,
    wanted_by_cards,
    wanted_by_forecast,
    wanted_by_level,
)
from recursion_forecasts import When
from recursion_information import Information
from recursion_planning import wanted_by_plan

RECORDS = ("drp", "mrp")
PLANS = ("order_up_to", "smoothed_order_up_to", "anchor_and_adjust", "days_of_supply", *RECORDS)


def decided(stock: Stock, now: int, information: Information, close: list[CloseCall]) -> float:
    """Let the forecast absorb what came since the last review, and return the units to order."""
    policy, net_stock = stock.policy, stock.on_hand - stock.backorders()
    if policy["kind"] == "vendor_managed":
        return _sent_by_the_supplier(stock, information, close)
    if policy["kind"] in PLANS:
        interval, seen = stock.review["interval"], stock.review["timing"] == "after_demand"
        when = When(interval, now - information.start + seen)
        information.see(stock, now, interval)
        learn(stock, when)
        if policy["kind"] in RECORDS:
            needed = information.requirements(stock, now)
            wanted = wanted_by_plan(stock, net_stock, now, when, needed, close)
        else:
            wanted = wanted_by_forecast(stock, net_stock, when, close)
    elif policy["kind"] == "kanban":
        wanted = wanted_by_cards(policy, net_stock, stock.on_order, close)
    elif policy["kind"] == "scripted":
        wanted = listed(policy, stock.reviews)
    else:
        wanted = wanted_by_level(policy, net_stock + stock.on_order + _below(stock, information), close)
    return shaped(policy, wanted, close)


def _below(stock: Stock, information: Information) -> float:
    """Return what a policy adds to the inventory position: for an echelon, what is known to be below."""
    echelon = stock.policy["kind"] == "echelon_base_stock" or stock.policy.get("position") == "echelon"
    return information.downstream(stock) if echelon else 0.0


def _sent_by_the_supplier(stock: Stock, information: Information, close: list[CloseCall]) -> float:
    """Return what the supplier sends: up to the maximum at or below the minimum, as far as it knows, and as it has."""
    policy, known = stock.policy, information.known[stock]
    position = known.net_stock + stock.on_order + stock.received - known.received
    close.append(CloseCall(abs(position - policy["minimum"]), position))
    if position > policy["minimum"]:
        return 0.0
    wanted, has = shaped(policy, policy["maximum"] - position, close), _free(stock.source)
    if wanted <= has:
        return wanted
    if lot := policy.get("order_multiple") or (1 if policy.get("rounding") == "half_up" else 0):
        close.append(CloseCall(abs(has / lot - round(has / lot)), has))
        has = floor(has / lot + 1e-9) * lot
    if least := policy.get("minimum_order"):
        close.append(CloseCall(abs(has - least), has))
        return has if has >= least else 0.0
    return has


def _free(supplier: Stock | None) -> float:
    """Return the units of a supplier that nobody has asked for yet; today's mail is opened in its own turn."""
    assert supplier is not None
    stocks = supplier.capacity.stocks if supplier.capacity else [supplier]
    lines = [line for one in stocks for line in one.queue]
    lines += [line for one in stocks for line in one.inbox if not line.by_mail]
    has = supplier.capacity.left if supplier.capacity else inf if supplier.unlimited else supplier.on_hand
    return max(0.0, has - sum(line.waiting + line.set_aside for line in lines))
