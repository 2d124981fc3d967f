"""Random scenarios in which money flows: `random_scenarios` with prices, terms, credit, finance and promotions."""

import sys
from pathlib import Path

from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from random_scenarios import scenarios

COSTS = [1, 2, 3.5]
STEADY = {"poisson", "normal", "compound_poisson"}

short_times = st.sampled_from([0, 0, 1, 2.5, 5])
habits = st.one_of(short_times, st.just({"dist": "uniform", "low": 0, "high": 4}))
prices = st.one_of(
    st.sampled_from([0, 3, 6.5]),
    st.fixed_dictionaries({"kind": st.just("markup"), "rate": st.sampled_from([0, 0.2, 0.5])}),
)
some_promotions = st.sampled_from(
    [
        [],
        [],
        [{"from": 3, "until": 6, "discount": 0.3}],
        [{"from": 2, "until": 4, "discount": 0.1}, {"from": 8, "until": 9.5, "discount": 0.5}],
    ]
)


@st.composite
def terms(draw):
    """Return terms of payment."""
    net = draw(short_times)
    found = {
        "invoice": draw(st.sampled_from(["shipment", "delivery", "delivery", "monthly"])),
        "net": net,
        "late": draw(habits),
        "late_fee": draw(st.sampled_from([0, 0, 0.01])),
    }
    kind = draw(st.sampled_from(["plain", "plain", "plain", "prepay", "down_payment", "discount"]))
    if kind == "prepay":
        return {"invoice": found["invoice"], "prepay": True}
    if kind == "down_payment":
        found["down_payment"] = draw(st.sampled_from([0.25, 0.5]))
    elif kind == "discount":
        found["discount"] = {"rate": 0.02, "within": net / 2}
    return found


@st.composite
def finances(draw):
    """Return the money of a node."""
    cash = draw(st.sampled_from([0, 0, 50, 500]))
    found = {
        "cash": cash,
        "overdraft_limit": draw(st.sampled_from([None, None, 0, 100, 1000])),
        "overdraft_rate": draw(st.sampled_from([0, 0.001])),
        "loan": draw(st.sampled_from([0, 0, 200])),
        "loan_rate": draw(st.sampled_from([0, 0.002])),
        "fixed_cost": draw(st.sampled_from([0, 0, 2.5])),
        "limit_orders_to_cash": draw(st.sampled_from([False, False, True])),
        "insolvency": draw(st.sampled_from(["ignore", "stop_buying", "stop_trading"])),
        "grace": draw(st.sampled_from([0, 1, 5])),
    }
    return {key: value for key, value in found.items() if value is not None}


@st.composite
def _lane(draw, lane):
    """Give a lane a price and what goes with one, or the cost of buying from outside to nobody."""
    lane |= {"unit_cost": draw(st.sampled_from([0, 0.5])), "shipment_cost": draw(st.sampled_from([0, 0, 4]))}
    lane["holding_cost"] = draw(st.sampled_from([0, 0, 0.1]))
    if draw(st.integers(0, 4)):
        lane |= {"price": draw(prices), "terms": draw(terms()), "promotions": draw(some_promotions)}
        lane |= {"duty": draw(st.sampled_from([0, 0, 0.1]))}
        if draw(st.booleans()):
            lane["credit_limit"] = draw(st.sampled_from([20, 100, 1000]))
        if draw(st.booleans()):
            lane["messages"] = {"invoice": draw(short_times), "remittance": draw(short_times)}
    return lane


@st.composite
def _sale(draw, demands):
    """Return what the end customers of a stock pay."""
    sale = {"price": draw(prices), "terms": draw(terms()), "promotions": draw(some_promotions)}
    if sale["promotions"] and all(demand["kind"] in STEADY for demand in demands):
        sale["buy_ahead"] = draw(st.sampled_from([0, 0, 2]))
    return sale


@st.composite
def money_scenarios(draw):
    """Return a scenario as a mapping in which money is counted."""
    mapping = draw(scenarios())
    mapping["money"] = {
        "valuation": draw(st.sampled_from(["moving_average", "standard"])),
        "tax_rate": draw(st.sampled_from([0, 0.25])),
        "month": draw(st.sampled_from([4, 7.5])),
    }
    for product in mapping["products"].values():
        product["standard_cost"] = draw(st.sampled_from(COSTS))
    mapping["lanes"] = [draw(_lane(lane)) for lane in mapping["lanes"]]
    demands = [demand for node in mapping["nodes"].values() for demand in node.get("demand", {}).get("p", [])]
    is_steady = all(demand["kind"] in STEADY for demand in demands)
    into = {lane["to"]: lane for lane in mapping["lanes"]}
    for name, node in mapping["nodes"].items():
        if node["kind"] == "supplier":
            continue
        if draw(st.integers(0, 3)):
            node["finance"] = draw(finances())
        if "demand" in node and draw(st.integers(0, 5)):
            node["sales"] = {"p": draw(_sale(node["demand"]["p"]))}
        for stock in node["stock"].values():
            stock["order_cost"] = draw(st.sampled_from([0, 0, 3]))
        lane, stock = into.get(name), node["stock"]["p"]
        if lane is not None and "make" not in node:
            if "price" not in lane:
                stock["purchase_cost"] = draw(st.sampled_from([0, 2]))
            elif lane["promotions"] and is_steady:
                stock["buy_ahead"] = draw(st.sampled_from([0, 0, 2]))
        if "make" in node:
            node["make"]["p"] |= {
                "unit_cost": draw(st.sampled_from([0, 1.5])),
                "batch_cost": draw(st.sampled_from([0, 5])),
            }
    return mapping


def _steadied(found, draw):
    """Take from a price and its terms all that makes a payment depend on anything but the goods."""
    found.pop("promotions", None)
    found.pop("buy_ahead", None)
    found.pop("credit_limit", None)
    if isinstance(found.get("price"), dict):
        found["price"] = draw(st.sampled_from([3, 6.5]))
    terms = found.get("terms", {})
    for key in ("late_fee", "prepay", "down_payment", "discount"):
        terms.pop(key, None)
    if terms.get("invoice") == "monthly":
        terms["invoice"] = "delivery"
    for key in ("late", "net"):
        if isinstance(terms.get(key), dict):
            terms[key] = draw(st.sampled_from([0, 1, 2.5]))


def _slowed(found, draw):
    """Let what is under way take time."""
    time = found.get("lead_time", 0)
    if isinstance(time, dict):
        found["lead_time"] = {"dist": "uniform", "low": 0.5, "high": 3}
    elif not time:
        found["lead_time"] = draw(st.sampled_from([1, 0.7]))


@st.composite
def steady_money_scenarios(draw):
    """Return a scenario as a mapping in which money is counted, and decides nothing."""
    mapping = draw(money_scenarios())
    mapping["time"]["bucket"] = draw(st.sampled_from([1, 0.75, 3]))
    for lane in mapping["lanes"]:
        _steadied(lane, draw)
        _slowed(lane, draw)
    for node in mapping["nodes"].values():
        for key in ("overdraft_limit", "overdraft_rate", "limit_orders_to_cash", "insolvency", "grace"):
            node.get("finance", {}).pop(key, None)
        for sale in node.get("sales", {}).values():
            _steadied(sale, draw)
        for stock in node.get("stock", {}).values():
            stock.pop("buy_ahead", None)
        node.pop("resources", None)
        for made in node.get("make", {}).values():
            for key in ("stages", "promise", "batch"):
                made.pop(key, None)
            _slowed(made, draw)
    return mapping
