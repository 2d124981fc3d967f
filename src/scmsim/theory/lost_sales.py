"""Stocks whose customers do not wait: Erlang's loss formula, and the newsvendor.

Continuous review, base stock S, Poisson demand of rate a per lead time: units on order are the busy lines of a
telephone exchange, whatever the law of the lead time (as long as orders may cross). Reviews before demand with no lead
time: every period begins with S, as the newsvendor's does.

Sources: Erlang (1917); Karush (1957), A queuing model for an inventory problem, Operations Research 5(5); Zipkin
(2000), ch. 7; Arrow, Harris & Marschak (1951).
"""

from collections.abc import Iterator
from math import floor

from scmsim.experiments.measures import Measure
from scmsim.policies.base_stock import BaseStock
from scmsim.scenario.network import Network
from scmsim.theory.laws import arrivals, periodic
from scmsim.theory.plain import Stock, plain_stocks
from scmsim.theory.rows import Model, Reading, Row
from scmsim.theory.single import has_whole_numbers
from scmsim.ticks import TICKS
from scmsim.words import figure

MOST_UNITS = 100_000
"""The highest level that is looked at."""


def lost_sales(network: Network) -> Iterator[Row]:
    """Recognise base stocks with unlimited supply and one demand that is lost where it is not met at once."""
    for stock in plain_stocks(network).values():
        policy = stock.point.policy
        if not (stock.is_alone and type(policy) is BaseStock and stock.has_plain_orders and policy.level is not None):
            continue
        if stock.point.demands[0].model.unmet != "lost":
            continue
        if network.products[stock.product].whole_units and not has_whole_numbers(stock):
            continue
        review = stock.point.review
        if review is not None and review.continuous:
            yield from _erlang(stock, policy.level)
        else:
            yield from _newsvendor(stock, policy.level)


def erlang_b(servers: int, load: float) -> float:
    """Return the share of calls that find all servers busy.

    Examples
    --------
    >>> round(erlang_b(5, 3.0), 6), round(erlang_b(10, 8.0), 6)
    (0.110054, 0.121661)
    """
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = load * blocked / (server + load * blocked)
    return blocked


def _erlang(stock: Stock, level: float) -> Iterator[Row]:
    law = arrivals(stock.point.demands[0].model)
    if law is None or not law.is_unit or level != floor(level) or level < 0 or stock.lead_time <= 0:
        return
    if level > MOST_UNITS or (stock.delay is None and not crosses(stock)):
        return
    load = law.rate * stock.lead_time
    lost = erlang_b(int(level), load)
    on_hand = level - load * (1 - lost)
    price = stock.point.demands[0].model.lost_sale_cost
    cost = stock.cost(on_hand, 0.0, law.rate * (1 - lost), law.rate * (1 - lost))
    model = Model(
        stock.node,
        stock.product,
        "Erlang loss",
        "B(S, a) = (a^S / S!) / sum over k <= S of a^k / k!, a = demand over the mean lead time; on hand S - a (1 - B)",
        "Karush (1957), Operations Research 5(5); Zipkin (2000), ch. 7",
    )
    yield from model.rows(
        {
            "fill_rate": 1 - lost,
            "average_on_hand": on_hand,
            "cost_per_period": None if cost is None else (cost + price * law.rate * lost) or None,
        }
    )
    yield _lost(model, lost)


def crosses(stock: Stock) -> bool:
    """Tell whether lead times are independent and later orders may overtake: only one of its times is random."""
    lane = stock.lane
    return lane is not None and lane.crossing and not (lane.order_delay.distribution or lane.supplier_time.distribution)


def _lost(model: Model, share: float) -> Row:
    figures = tuple(Measure(name, node=model.node, product=model.product) for name in ("units_lost", "units_demanded"))
    return Row(
        node=model.node,
        product=model.product,
        model=model.name,
        measure=Reading("units_lost / units_demanded", figures, lambda columns: columns[:, 0] / columns[:, 1]),
        expected=share,
        kind="exact",
        formula=model.formula,
        source=model.source,
    )


def _newsvendor(stock: Stock, level: float) -> Iterator[Row]:
    demand, review = stock.point.demands[0], stock.point.review
    law, unit = periodic(demand.model), demand.interval
    if law is None or review is None or not review.before_demand or stock.delay != 0 or review.interval != unit:
        return
    if (review.offset - demand.offset) % unit or level < 0 or law.mean <= 0:
        return
    one, price, periods = law.over(1), demand.model.lost_sale_cost, TICKS / unit

    def known(level: float) -> tuple[float, float, float | None]:
        short = one.loss(level)
        on_hand, sold = level - one.mean + short, (one.mean - short) * periods
        cost = stock.cost(on_hand, 0.0, sold, None)
        return on_hand, short, None if cost is None else cost + price * short * periods

    on_hand, short, cost = known(level)
    model = Model(
        stock.node,
        stock.product,
        "newsvendor",
        "every period begins with S: left over E(S - D)+, lost E(D - S)+",
        "Arrow, Harris and Marschak (1951); Snyder and Shen, section 4.3",
    )
    yield from model.rows(
        {"average_on_hand": on_hand, "fill_rate": 1 - short / one.mean, "cost_per_period": cost or None}
    )
    yield _lost(model, short / one.mean)
    per_unit = stock.cost(0.0, 0.0, 1.0, None)
    held = stock.point.holding_cost / periods
    if price > 0 and held > 0 and per_unit == 0:
        best = one.quantile(price / (price + held))
        yield Model(
            stock.node, stock.product, f"best newsvendor: {figure(best)}",
            "the level that covers demand with probability p / (p + h)", model.source,
        ).row("cost_per_period", known(best)[2] or 0.0, "lower bound")  # fmt: skip
