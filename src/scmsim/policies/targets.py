"""Levels computed from a service target and what is known about a stock, with the sentence that says how."""

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from scmsim.policies.base import Plan
from scmsim.policies.levels import (
    Moments,
    critical_ratio,
    demand_over,
    economic_order_quantity,
    level_for_fill_rate,
    safety_factor,
)
from scmsim.words import figure

OpenShare = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
"""A number between 0 and 1, both excluded."""


def _service_level(value: object) -> float | Literal["optimal"]:
    if value == "optimal":
        return "optimal"
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1:
        return float(value)
    raise PydanticCustomError("service_level", "Input should be a number between 0 and 1, both excluded, or 'optimal'")


ServiceLevel = Annotated[
    float | Literal["optimal"],
    PlainValidator(_service_level),
    WithJsonSchema({"anyOf": [{"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, {"const": "optimal"}]}),
]
"""The chance of no shortage, or ``optimal``: the one that minimises holding plus backorder cost."""


class Computed(NamedTuple):
    """A computed quantity and the sentence that says how it was computed."""

    value: float
    note: str


def exactly_one(ways: dict[str, Any]) -> None:
    """Check that a level is given in exactly one way.

    Raises
    ------
    ValueError
        None is given, or several are.

    Examples
    --------
    >>> exactly_one({"level": 20, "service_level": 0.95, "fill_rate": None})
    Traceback (most recent call last):
    ValueError: give level, or service_level, or fill_rate: found level and service_level
    """
    given = [name for name, value in ways.items() if value is not None]
    if len(given) != 1:
        raise ValueError(f"give {', or '.join(ways)}: found {' and '.join(given) or 'none'}")


def known_demand(plan: Plan, wanted_by: str) -> Moments:
    """Return mean and standard deviation of the demand per period.

    Raises
    ------
    ValueError
        Demand on the stock has no stated moments.
    """
    if plan.demand_mean is None or plan.demand_sd is None:
        raise ValueError(
            f"{wanted_by} needs the mean and standard deviation of demand, and a demand on this stock does not state "
            "them: give the level itself"
        )
    return Moments(plan.demand_mean, plan.demand_sd)


def required_service(service_level: float | Literal["optimal"], plan: Plan) -> float:
    """Return the service level as a number: the newsvendor's critical ratio where it is ``optimal``.

    Raises
    ------
    ValueError
        The costs do not define a critical ratio.
    """
    if service_level == "optimal":
        return critical_ratio(plan.backorder_cost, plan.holding_cost)
    return service_level


def spread(demand: Moments, periods: float, lead_time_sd: float) -> str:
    """Write the standard deviation of demand over the protection time as a product or root.

    Examples
    --------
    >>> spread(Moments(50, 8), 5, 0)
    '8 × √5'
    >>> spread(Moments(50, 8), 5, 1.5)
    '√(5 × 8² + 50² × 1.5²)'
    """
    if lead_time_sd == 0:
        return f"{figure(demand.sd)} × √{figure(periods)}"
    return f"√({figure(periods)} × {figure(demand.sd)}² + {figure(demand.mean)}² × {figure(lead_time_sd)}²)"


def level_for_service(name: str, service_level: float | Literal["optimal"], plan: Plan) -> Computed:
    """Return the level that covers demand over the protection time with a given probability.

    Source: normal approximation, Snyder & Shen §4.3.

    Raises
    ------
    ValueError
        The plan lacks the demand's moments, or the costs behind ``optimal``.

    Examples
    --------
    >>> plan = Plan(demand_mean=50, demand_sd=8, lead_time=4, lead_time_sd=0, interval=1, before_demand=True,
    ...             holding_cost=0.18, backorder_cost=0.70, order_cost=0)
    >>> level_for_service("base stock", "optimal", plan).note
    'base stock 264.8 = 250 + 0.8255 × 8 × √5, critical ratio 0.7955 (normal approximation, Snyder & Shen §4.3)'
    """
    demand = known_demand(plan, "service_level")
    covered = demand_over(demand, plan.protection, plan.lead_time_sd)
    service = required_service(service_level, plan)
    factor = safety_factor(service)
    level = covered.mean + factor * covered.sd
    terms = _terms(covered.mean, factor, spread(demand, plan.protection, plan.lead_time_sd))
    target = f"{'critical ratio' if service_level == 'optimal' else 'service level'} {figure(service)}"
    note = f"{name} {figure(level)} = {terms}, {target} (normal approximation, Snyder & Shen §4.3)"
    return Computed(level, note)


def level_for_fill(name: str, fill_rate: float, lot: float | None, plan: Plan) -> Computed:
    """Return the level that serves a given share of units at once.

    Without a lot, the units replenished per cycle are the mean demand of a review interval; under continuous review the
    fill rate of unit-sized demand is then the chance of stock on hand, and the service level's formula holds.

    Raises
    ------
    ValueError
        The plan lacks the demand's moments, or the mean demand is 0.
    """
    demand = known_demand(plan, "fill_rate")
    if lot is None and plan.interval == 0:
        return level_for_service(name, fill_rate, plan)
    lot = plan.interval * demand.mean if lot is None else lot
    if lot <= 0:
        raise ValueError(f"fill_rate needs a mean demand above 0: found {demand.mean:g}")
    covered = demand_over(demand, plan.protection, plan.lead_time_sd)
    level = level_for_fill_rate(fill_rate, covered, lot)
    factor = (level - covered.mean) / covered.sd if covered.sd > 0 else 0.0
    terms = _terms(covered.mean, factor, spread(demand, plan.protection, plan.lead_time_sd))
    target = f"fill rate {figure(fill_rate)} of {figure(lot)} units a cycle"
    note = f"{name} {figure(level)} = {terms}, {target} (normal loss function, Snyder & Shen ch. 5)"
    return Computed(level, note)


def economic_lot(name: str, plan: Plan) -> Computed:
    """Return the economic order quantity.

    Raises
    ------
    ValueError
        Mean demand, order cost or holding cost is not above 0 or not known.

    Examples
    --------
    >>> plan = Plan(demand_mean=1300, demand_sd=0, lead_time=0, lead_time_sd=0, interval=0, before_demand=False,
    ...             holding_cost=0.225, backorder_cost=0, order_cost=8)
    >>> economic_lot("order quantity", plan).note
    'order quantity 304 = √(2 × 8 × 1300 / 0.225) (economic order quantity, Snyder & Shen §3.2)'
    """
    if plan.demand_mean is None:
        raise ValueError(
            "the economic order quantity needs the mean of demand, and a demand on this stock does not state it: "
            f"give the {name} itself"
        )
    lot = economic_order_quantity(plan.demand_mean, plan.order_cost, plan.holding_cost)
    root = f"√(2 × {figure(plan.order_cost)} × {figure(plan.demand_mean)} / {figure(plan.holding_cost)})"
    return Computed(lot, f"{name} {figure(lot)} = {root} (economic order quantity, Snyder & Shen §3.2)")


def safety_stock(factor: float, demand: Moments, periods: float, lead_time_sd: float) -> Computed:
    """Return factor × standard deviation of demand over ``periods``, in units.

    Source: normal approximation, Snyder & Shen §4.3.

    Examples
    --------
    >>> safety_stock(0.842, Moments(50, 8), 5, 0.0).note
    'safety stock 15.06 = 0.842 × 8 × √5 (normal approximation, Snyder & Shen §4.3)'
    """
    units = factor * demand_over(demand, periods, lead_time_sd).sd
    terms = f"{figure(factor)} × {spread(demand, periods, lead_time_sd)}"
    return Computed(units, f"safety stock {figure(units)} = {terms} (normal approximation, Snyder & Shen §4.3)")


def _terms(mean: float, factor: float, deviation: str) -> str:
    return f"{figure(mean)} {'+' if factor >= 0 else '−'} {figure(abs(factor))} × {deviation}"
