"""When the books of a run may be written afterwards, block by block, rather than with every event."""

from math import floor, inf

from scmsim.engine.recorder import Recorder
from scmsim.scenario.network import Delay, Finance, FromLane, FromProduction, Messages, Network, Point, Sale
from scmsim.ticks import TICKS

DOCUMENTS = ("invoices", "payments", "messages")
"""What is only written when it happens."""


def can_wait(network: Network, recorder: Recorder) -> bool:
    """Tell whether a run's postings can all be worked out from its records, block by block.

    They can where nobody reads the documents, no money decides anything, every price and every term of payment is the
    same all the time, and goods take time wherever they move: then all that a stock receives at an instant is there
    before anything leaves it.
    """
    nodes = network.nodes
    return (
        not any(recorder.reads(table) for table in DOCUMENTS)
        and not (network.has_choices or network.has_yields or network.has_loads or network.has_rules)
        and not (network.has_expiry or network.has_returns or network.resources or network.disruptions)
        and all(node.finance is None or _decides_nothing(node.finance) for node in nodes.values())
        and all(lane.credit_limit is None for lane in network.lanes)
        and all(_is_simple(sale, lane.messages) for lane in network.lanes for sale in lane.sales.values())
        and not any(nodes[lane.origin].billing_clerks for lane in network.lanes if lane.sales)
        and all(point.sale is None or _is_simple(point.sale, Messages()) for point in network.points)
        and all(_takes_time(point, network) for point in network.points)
    )


def _decides_nothing(finance: Finance) -> bool:
    """Tell whether nothing hangs on a node's cash: neither what it does nor what it pays."""
    return (
        finance.overdraft_limit in (None, inf)
        and not finance.overdraft_rate
        and not finance.limit_orders_to_cash
        and finance.insolvency == "ignore"
    )


def _is_simple(sale: Sale, messages: Messages) -> bool:
    """Tell whether a price is always the same, and whether its payment follows goods after the same time."""
    terms = sale.terms
    delays = (terms.net, terms.late, messages.invoice, messages.remittance)
    return (
        sale.price.amount is not None
        and not sale.promotions
        and not (terms.down_payment or terms.discount_rate or terms.late_fee)
        and terms.invoice in ("shipment", "delivery")
        and all(delay.distribution is None for delay in delays)
    )


def _takes_time(point: Point, network: Network) -> bool:
    """Tell whether what a stock orders never comes at the instant at which it leaves."""
    source = point.source
    if isinstance(source, FromLane):
        return _is_never_zero(network.lanes[source.lane].lead_time)
    return not isinstance(source, FromProduction) or _is_never_zero(source.lead_time)


def _is_never_zero(delay: Delay) -> bool:
    """Tell whether a time is at least one tick, however it is drawn and rounded."""
    distribution = delay.distribution
    if distribution is None:
        return delay.ticks > 0
    lowest = distribution.lowest
    if getattr(distribution, "rounding", "none") != "none":
        lowest = floor(lowest)
    return lowest * TICKS > 1
