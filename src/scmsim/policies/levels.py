"""Textbook formulas for lots and levels.

Sources: Snyder & Shen, Fundamentals of Supply Chain Theory (2nd ed., 2019); Zipkin, Foundations of Inventory Management
(2000); Silver, Pyke & Thomas, Inventory and Production Management in Supply Chains (4th ed., 2017).
"""

from math import erfc, exp, pi, sqrt
from statistics import NormalDist
from typing import NamedTuple

_NORMAL = NormalDist()
_FAR = 38.0
"""Safety factor at which the unit normal loss is 0 to double precision."""


class Moments(NamedTuple):
    """Mean and standard deviation of a quantity, in units."""

    mean: float
    sd: float


def economic_order_quantity(demand: float, order_cost: float, holding_cost: float) -> float:
    """Return the lot √(2Kλ/h) that minimises ordering plus holding cost, in units.

    Source: Harris (1913); Snyder & Shen §3.2.

    Parameters
    ----------
    demand : float
        Units per time.
    order_cost : float
        Money per order.
    holding_cost : float
        Money per unit and time, above 0.

    Raises
    ------
    ValueError
        ``holding_cost`` is not above 0, or the lot would be 0.

    Examples
    --------
    Snyder & Shen, example 3.1:

    >>> round(economic_order_quantity(demand=1300, order_cost=8, holding_cost=0.225), 3)
    304.047
    """
    if demand <= 0 or order_cost <= 0 or holding_cost <= 0:
        found = f"{demand:g}, {order_cost:g} and {holding_cost:g}"
        raise ValueError(
            f"the economic order quantity needs mean demand, order_cost and holding_cost above 0: found {found}"
        )
    return sqrt(2 * order_cost * demand / holding_cost)


def critical_ratio(backorder_cost: float, holding_cost: float) -> float:
    """Return the service level b/(b + h) that minimises holding plus backorder cost.

    Source: Arrow, Harris & Marschak (1951); Snyder & Shen §4.3.

    Parameters
    ----------
    backorder_cost, holding_cost : float
        Money per unit and time, both above 0.

    Raises
    ------
    ValueError
        A cost is not above 0, so that no finite level is best.

    Examples
    --------
    >>> critical_ratio(backorder_cost=9, holding_cost=1)
    0.9
    """
    if backorder_cost <= 0 or holding_cost <= 0:
        raise ValueError(
            "service_level optimal needs backorder_cost and holding_cost above 0: "
            f"found {backorder_cost:g} and {holding_cost:g}"
        )
    return backorder_cost / (backorder_cost + holding_cost)


def demand_over(demand: Moments, periods: float, lead_time_sd: float = 0.0) -> Moments:
    """Return the moments of independent demand over a time of ``periods``, itself random when ``lead_time_sd`` > 0.

    mean·τ and √(τσ² + mean²·sd(τ)²). Source: Snyder & Shen §4.3; Silver, Pyke & Thomas ch. 6.

    Parameters
    ----------
    demand : Moments
        Of the demand of one period.
    periods : float
        Periods covered, on the average.
    lead_time_sd : float
        Standard deviation of their number.

    Examples
    --------
    >>> demand_over(Moments(50, 8), 4)
    Moments(mean=200, sd=16.0)
    >>> round(demand_over(Moments(50, 8), 4, lead_time_sd=1).sd, 3)
    52.498
    """
    return Moments(demand.mean * periods, sqrt(periods * demand.sd**2 + (demand.mean * lead_time_sd) ** 2))


def safety_factor(service_level: float) -> float:
    """Return the z with Φ(z) = ``service_level``: the chance that normal demand stays below mean + z·sd.

    Source: Snyder & Shen §4.3.

    Examples
    --------
    Snyder & Shen, example 4.4: demand N(50, 8²), order first, lead time 4, critical ratio 0.70/0.88.

    >>> demand = demand_over(Moments(50, 8), 5)
    >>> round(demand.mean + safety_factor(critical_ratio(0.70, 0.18)) * demand.sd, 3)
    264.767
    """
    return _NORMAL.inv_cdf(service_level)


def unit_normal_loss(z: float) -> float:
    """Return L(z) = E[(Z − z)⁺] of a standard normal Z: the units short per unit of standard deviation.

    Source: Snyder & Shen eq. (C.22); Zipkin ch. 6.

    Examples
    --------
    >>> round(unit_normal_loss(1.3), 6)
    0.045528
    """
    return max(0.0, exp(-z * z / 2) / sqrt(2 * pi) - z * erfc(z / sqrt(2)) / 2)


def inverse_unit_normal_loss(loss: float) -> float:
    """Return the z whose unit normal loss is ``loss``, by bisection.

    Raises
    ------
    ValueError
        ``loss`` is not above 0: no safety factor excludes every shortage.

    Examples
    --------
    >>> round(inverse_unit_normal_loss(unit_normal_loss(1.3)), 9)
    1.3
    """
    if loss <= 0:
        raise ValueError(f"a unit normal loss is above 0: found {loss:g}")
    low, high = -loss - 1, _FAR
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if unit_normal_loss(middle) > loss else (low, middle)
    return high


def level_for_fill_rate(fill_rate: float, demand: Moments, lot: float) -> float:
    """Return the level at which the units short per cycle, sd·L(z), are the share 1 − ``fill_rate`` of the lot.

    Units still short from the cycle before are counted again, so the level errs on the safe side when the fill rate is
    low. Source: Snyder & Shen ch. 5 (type-2 service); Silver, Pyke & Thomas ch. 6 (measure P2).

    Parameters
    ----------
    fill_rate : float
        Units served at once / units demanded, between 0 and 1, both excluded.
    demand : Moments
        Of the demand over the protection time.
    lot : float
        Units replenished per cycle.

    Examples
    --------
    >>> round(level_for_fill_rate(0.98, Moments(100, 20), lot=50), 2)
    125.11
    """
    short = (1 - fill_rate) * lot
    if demand.sd == 0:
        return demand.mean - short
    return demand.mean + demand.sd * inverse_unit_normal_loss(short / demand.sd)
