"""The bullwhip effect: how much more orders vary than the demand that causes them, and what it does to stock."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from scmsim.metrics.buckets import DemandBuckets, EndDemandBuckets, OrderBuckets
from scmsim.metrics.layout import Array
from scmsim.metrics.metric import Measured, Metric, define
from scmsim.metrics.moments import Moments
from scmsim.metrics.rollup import Series, divide
from scmsim.metrics.states import States

_SERIES = (
    "Orders and demand are summed per bucket, an empty bucket counts as 0, variances divide by n; only whole "
    "buckets inside the measured time count. A node's series sums its products: orders that leave the node, demand "
    "from outside it. Not defined beyond nodes, where series of different stages would be added up. "
)
_UNITS = ", and at a node that makes products of others, where orders and demand have different units"
_CHEN = "Chen, Drezner, Ryan and Simchi-Levi (2000), Quantifying the bullwhip effect, Management Science 46(3)"
_FRANSOO = "Fransoo and Wouters (2000), Measuring the bullwhip effect, Supply Chain Management 5(2)"
_DISNEY = "Disney and Towill (2003), On the bullwhip and inventory variance, Omega 31(3)"

Summary = Callable[[Moments], Array]
Keeper = States | OrderBuckets | DemandBuckets | EndDemandBuckets


class _Kind(NamedTuple):
    """One kind of series, at points and at nodes."""

    points: Moments
    nodes: Moments


def _kinds(measured: Measured, kind: type[Keeper]) -> _Kind:
    found = measured[kind]
    if isinstance(found, States):
        return _Kind(found.net_stock, found.node_net_stock)
    return _Kind(found.points, found.nodes)


def variance(moments: Moments) -> Array:
    """Return the population variance."""
    return moments.variance


def mean(moments: Moments) -> Array:
    """Return the mean."""
    return moments.mean


def variation(moments: Moments) -> Array:
    """Return the coefficient of variation: standard deviation / mean."""
    return divide(np.sqrt(moments.variance), moments.mean)


def dispersion(moments: Moments) -> Array:
    """Return the variance-to-mean ratio."""
    return divide(moments.variance, moments.mean)


def _one(kind: type[Keeper], summary: Summary) -> Callable[[Measured], Series]:
    def compute(measured: Measured) -> Series:
        series = _kinds(measured, kind)
        where = None if kind is DemandBuckets else measured.layout.stocked
        return Series(summary(series.points), summary(series.nodes), where)

    return compute


def _quotient(over: type[Keeper], under: type[Keeper], summary: Summary) -> Callable[[Measured], Series]:
    def compute(measured: Measured) -> Series:
        above, below = _kinds(measured, over), _kinds(measured, under)
        points, nodes = (divide(summary(a), summary(b)) for a, b in zip(above, below, strict=True))
        if under is DemandBuckets and summary is not variation:
            nodes = np.where(measured.layout.assembles, np.nan, nodes)
        return Series(points, nodes, measured.layout.stocked)

    return compute


class _Ratio(NamedTuple):
    name: str
    title: str
    formula: str
    what: str
    source: str
    compute: Callable[[Measured], Series]
    needs: tuple[type[Keeper], ...]
    null: str = ""


def _ratio(ratio: _Ratio) -> None:
    define(
        Metric(
            name=ratio.name,
            title=ratio.title,
            group="bullwhip",
            unit="ratio",
            better="lower",
            bucket="time.bucket",
            formula=ratio.formula,
            definition=f"{ratio.what} {_SERIES}Null where the denominator is 0{ratio.null}.",
            source=ratio.source,
            needs=ratio.needs,
            compute=ratio.compute,
        )
    )


_ratio(
    _Ratio(
        "order_variance_ratio",
        "Order variance ratio",
        "Var(orders placed per bucket) / Var(demand received per bucket)",
        "The bullwhip effect of one stage: above 1, the stock passes on more variation than it receives.",
        _CHEN,
        _quotient(OrderBuckets, DemandBuckets, variance),
        (OrderBuckets, DemandBuckets),
        _UNITS,
    )
)
_ratio(
    _Ratio(
        "cumulative_order_variance_ratio",
        "Cumulative order variance ratio",
        "Var(orders placed per bucket) / Var(end customers' demand served per bucket)",
        "The bullwhip effect up to this stage: orders against the demand of all end customers that the stock "
        "serves, directly or through the network, at the time they ask and in the units of it that they take.",
        _CHEN,
        _quotient(OrderBuckets, EndDemandBuckets, variance),
        (OrderBuckets, EndDemandBuckets),
    )
)
_ratio(
    _Ratio(
        "order_cv_ratio",
        "Order variation ratio",
        "(sd / mean of orders per bucket) / (sd / mean of demand per bucket)",
        "The bullwhip effect by coefficients of variation, which leaves out a difference of levels.",
        _FRANSOO,
        _quotient(OrderBuckets, DemandBuckets, variation),
        (OrderBuckets, DemandBuckets),
    )
)
_ratio(
    _Ratio(
        "var_mean_ratio",
        "Order dispersion ratio",
        "(Var / mean of orders per bucket) / (Var / mean of demand per bucket)",
        "The bullwhip effect by variance-to-mean ratios.",
        _DISNEY,
        _quotient(OrderBuckets, DemandBuckets, dispersion),
        (OrderBuckets, DemandBuckets),
        _UNITS,
    )
)
_ratio(
    _Ratio(
        "net_stock_amplification",
        "Net stock amplification",
        "Var(net stock at bucket ends) / Var(demand received per bucket)",
        "How much net stock (on hand - backorders) varies for the demand it meets.",
        _DISNEY,
        _quotient(States, DemandBuckets, variance),
        (States, DemandBuckets),
        _UNITS,
    )
)


def _plain(name: str, title: str, formula: str, kind: type[Keeper], summary: Summary) -> None:
    define(
        Metric(
            name=name,
            title=title,
            group="bullwhip",
            unit="{quantity}" if summary is mean else "{quantity}²",
            bucket="time.bucket",
            formula=formula,
            definition=f"{_SERIES}Null without a whole bucket.",
            needs=(kind,),
            compute=_one(kind, summary),
        )
    )


_plain("order_variance", "Variance of orders", "Var(orders placed per bucket)", OrderBuckets, variance)
_plain("demand_variance", "Variance of demand", "Var(demand received per bucket)", DemandBuckets, variance)
_plain("net_stock_variance", "Variance of net stock", "Var(net stock at bucket ends)", States, variance)
_plain("order_mean", "Mean of orders", "mean of orders placed per bucket", OrderBuckets, mean)
_plain("demand_mean", "Mean of demand", "mean of demand received per bucket", DemandBuckets, mean)
_plain("net_stock_mean", "Mean of net stock", "mean of net stock at bucket ends", States, mean)
