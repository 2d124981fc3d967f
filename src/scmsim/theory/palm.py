"""Independent lead times that may cross: units on order are Poisson, whatever the law of the lead time (Palm).

Source: Palm (1938); Zipkin, Foundations of Inventory Management (2000), ch. 7.
"""

from collections.abc import Iterator

from scmsim.inputs.distribution_base import RealDistribution
from scmsim.policies.base_stock import BaseStock
from scmsim.scenario.network import Network
from scmsim.theory.laws import arrivals
from scmsim.theory.lost_sales import crosses
from scmsim.theory.plain import Stock, plain_stocks
from scmsim.theory.positions import continuous, figures, positions_of
from scmsim.theory.rows import Model, Row
from scmsim.theory.single import has_whole_numbers


def crossing_lead_times(network: Network) -> Iterator[Row]:
    """Recognise base stocks under Poisson demand of single units with random lead times."""
    for stock in plain_stocks(network).values():
        point, policy = stock.point, stock.point.policy
        if not (stock.is_alone and type(policy) is BaseStock and stock.has_plain_orders and stock.delay is None):
            continue
        law = arrivals(point.demands[0].model)
        if law is None or not law.is_unit or point.demands[0].model.unmet != "backorder":
            continue
        whole = has_whole_numbers(stock) or not network.products[stock.product].whole_units
        if point.review is None or not point.review.continuous or not crosses(stock) or not whole:
            continue
        found = positions_of(policy, law.sizes, 0.0)
        if found is None:
            continue
        known = figures(found, continuous(law, stock.lead_time))
        cost = stock.cost(known.on_hand, known.backorders, law.mean, law.rate)
        yield from Model(
            stock.node,
            stock.product,
            "base stock, lead times that cross",
            "units on order are Poisson with mean (demand rate x mean lead time), whatever the law of the lead time",
            "Palm (1938); Zipkin (2000), Foundations of Inventory Management, ch. 7",
        ).rows(
            {
                "average_on_hand": known.on_hand,
                "average_backorders": known.backorders,
                "fill_rate": known.fill_rate if takes_time(stock) else None,
                "ready_rate": known.ready_rate,
                "cost_per_period": cost or None,
            }
        )


def takes_time(stock: Stock) -> bool:
    """Tell whether no order is ever received at the instant of its placing."""
    fixed = sum(each.ticks for each in stock.delays if each.distribution is None)
    varying = [each.distribution for each in stock.delays if each.distribution is not None]
    return fixed > 0 or all(
        law.lowest > 0 or (isinstance(law, RealDistribution) and law.rounding == "none") for law in varying
    )
