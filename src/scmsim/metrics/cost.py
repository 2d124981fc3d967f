"""Cost by line: a rate times what it is charged on, over the measured time, at the point that holds or receives."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from scmsim.metrics.accumulator import Accumulator
from scmsim.metrics.flow_totals import DemandTotals, OrderTotals, ReceiptTotals, ShipmentTotals
from scmsim.metrics.freight import Freight, fleet_costs, freight_costs
from scmsim.metrics.layout import Array
from scmsim.metrics.loss_totals import LossTotals
from scmsim.metrics.metric import Measured, Metric, define
from scmsim.metrics.rollup import Total
from scmsim.metrics.shop_totals import MachineTotals
from scmsim.metrics.states import States
from scmsim.metrics.way_charges import WayCharges, charges_vary
from scmsim.scenario.network import FromLane, FromProduction, Lane, Network, Point


class Line(NamedTuple):
    """A cost line: every rate of it with what that rate is charged on."""

    name: str
    formula: str
    definition: str
    charges: tuple[tuple[Callable[[Network, Point], float], Callable[[Measured], Array]], ...]
    needs: tuple[type[Accumulator], ...]


def _lane(point: Point, network: Network, rate: Callable[[Lane], float]) -> float:
    return rate(network.lanes[point.source.lane]) if isinstance(point.source, FromLane) else 0.0


def _in_transit(network: Network, point: Point) -> float:
    return max((network.lanes[way.lane].holding_cost for way in point.ways), default=0.0)


def _make(point: Point, rate: Callable[[FromProduction], float]) -> float:
    return rate(point.source) if isinstance(point.source, FromProduction) else 0.0


def _unit_cost_in_stages(make: FromProduction) -> float:
    """Return what a unit costs that may be scrapped at a stage."""
    return make.unit_cost if make.route is not None else 0.0


def _lost_sale(_: Network, point: Point) -> float:
    return next((float(demand.model.lost_sale_cost) for demand in point.demands), 0.0)


def _machines(network: Network, point: Point) -> float:
    """Return 1 for what is made on machines that cost anything."""
    resources, made = network.resources, point.source
    stages = made.route.stages if isinstance(made, FromProduction) and made.route is not None else ()
    used = [resources[stage.resource] for stage in stages]
    return float(any(one.setup_cost or one.time_cost or one.overtime_cost for one in used))


def _takes_back(network: Network, point: Point) -> float:
    """Return 1 for a stock at the end of a lane for returns that costs anything."""
    lanes = [lane for lane in network.lanes if lane.is_for_returns and lane.destination == point.node]
    return float(any(lane.unit_cost or lane.shipment_cost for lane in lanes))


LINES = (
    Line(
        "holding_cost",
        "sum of holding_cost x time integral of units on hand",
        "Cost of the units on hand, by the time they lie.",
        ((lambda _, point: point.holding_cost, lambda measured: measured[States].on_hand),),
        (States,),
    ),
    Line(
        "backorder_cost",
        "sum of backorder_cost x time integral of units backordered",
        "Cost of the units owed, by the time they are owed, at the stock that owes them.",
        ((lambda _, point: point.backorder_cost, lambda measured: measured[States].backorders),),
        (States,),
    ),
    Line(
        "ordering_cost",
        "sum of order_cost x orders placed",
        "Fixed cost of every replenishment order other than 0 placed in the measured time, at the stock that orders.",
        ((lambda _, point: point.order_cost, lambda measured: measured[OrderTotals].orders),),
        (OrderTotals,),
    ),
    Line(
        "purchase_cost",
        "sum of purchase_cost x units received",
        "Cost of the units received in the measured time, at the stock that receives.",
        ((lambda _, point: point.purchase_cost, lambda measured: measured[ReceiptTotals].units),),
        (ReceiptTotals,),
    ),
    Line(
        "transport_cost",
        "sum of lane.unit_cost x units received over the lane + lane.shipment_cost x shipments sent over it; "
        "or of what loads cost + fleet.cost x vehicles x measured time",
        "Cost of transport into the stock: units received, and shipments sent, in the measured time. One shipment "
        "is one product sent at one instant. Where goods move in loads (modes, departures, a fleet): what the loads "
        "cost that departed for the stock; the cost of vehicles is the sender's, shared by what they may carry. A lane "
        "for returns costs when it is used.",
        (
            (lambda net, point: _lane(point, net, lambda lane: lane.unit_cost), lambda m: m[ReceiptTotals].units),
            (
                lambda net, point: _lane(point, net, lambda lane: lane.shipment_cost),
                lambda m: m[ShipmentTotals].shipments,
            ),
            (charges_vary, lambda m: m[WayCharges].money),
            (freight_costs, lambda m: m[Freight].money),
            (fleet_costs, lambda m: np.full(m.layout.size, m.time)),
            (_takes_back, lambda m: m[LossTotals].transport),
        ),
        (ReceiptTotals, ShipmentTotals, WayCharges, Freight, LossTotals),
    ),
    Line(
        "make_cost",
        "sum of make.unit_cost x units made or scrapped in production + make.batch_cost x production orders placed",
        "Cost of production: units finished or scrapped on the way and production orders placed in the measured time.",
        (
            (lambda _, point: _make(point, lambda make: make.unit_cost), lambda m: m[ReceiptTotals].units),
            (lambda _, point: _make(point, _unit_cost_in_stages), lambda m: m[MachineTotals].scrapped),
            (lambda _, point: _make(point, lambda make: make.batch_cost), lambda m: m[OrderTotals].orders),
        ),
        (ReceiptTotals, OrderTotals, MachineTotals),
    ),
    Line(
        "machine_cost",
        "sum of resource.setup_cost x setups + resource.time_cost x time of setup and work + overtime.cost x that in "
        "overtime",
        "Cost of machines: setups begun, and time of setup and work, in the measured time, at the product made then.",
        ((_machines, lambda m: m[MachineTotals].money),),
        (MachineTotals,),
    ),
    Line(
        "in_transit_cost",
        "sum of lane.holding_cost x time integral of units in transit",
        "Cost of the units on their way over a lane, by the time it takes, at the stock that receives them.",
        ((_in_transit, lambda m: m[States].in_transit),),
        (States,),
    ),
    Line(
        "lost_sale_cost",
        "sum of lost_sale_cost x units lost",
        "Cost of the end customers' units that were asked for in the measured time and lost.",
        ((_lost_sale, lambda measured: measured[DemandTotals].lost[2]),),
        (DemandTotals,),
    ),
    Line(
        "disposal_cost",
        "sum of disposal_cost x units expired or scrapped",
        "Cost of throwing away units in the measured time that expired, or that customers sent back, where they lay.",
        ((lambda _, point: point.disposal_cost, lambda m: m[LossTotals].expired + m[LossTotals].scrapped),),
        (LossTotals,),
    ),
)
"""Every line of total_cost."""


def amounts(line: Line, measured: Measured) -> Array | None:
    """Return the line's cost per point in money; None when no rate of it is priced anywhere in the network."""
    network = measured.network
    total, priced = np.zeros(len(network.points)), False
    for rate_of, charged_on in line.charges:
        rates = np.array([rate_of(network, point) for point in network.points])
        if rates.any():
            priced = True
            total += rates * charged_on(measured)
    return total if priced else None


def _line(measured: Measured, line: Line) -> Total | None:
    found = amounts(line, measured)
    return None if found is None else Total(found)


def _sum(measured: Measured) -> Array:
    total = np.zeros(measured.layout.size)
    for line in LINES:
        found = amounts(line, measured)
        if found is not None:
            total += found
    return total


def _total(measured: Measured) -> Total:
    return Total(_sum(measured))


def _per_period(measured: Measured) -> Total:
    return Total(_sum(measured) / measured.time)


ALL = tuple(dict.fromkeys(kind for line in LINES for kind in line.needs))

define(
    Metric(
        name="total_cost",
        title="Total cost",
        group="cost",
        unit="{currency}",
        better="lower",
        formula=" + ".join(line.name for line in LINES),
        definition="All cost lines of the measured time, each at the stock that holds or receives. Rolled up, it is "
        "the sum.",
        needs=ALL,
        compute=_total,
    )
)

define(
    Metric(
        name="cost_per_period",
        title="Cost per time unit",
        group="cost",
        unit="{currency} per {time}",
        better="lower",
        formula="total_cost / measured time",
        definition="Total cost of the measured time per unit of it. Rolled up, it is the sum.",
        needs=ALL,
        compute=_per_period,
    )
)

for _each in LINES:
    define(
        Metric(
            name=_each.name,
            title=_each.name.replace("_", " ").capitalize(),
            group="cost",
            unit="{currency}",
            better="lower",
            formula=_each.formula,
            definition=f"{_each.definition} Rolled up, it is the sum. Left out where the scenario puts no price on it.",
            needs=_each.needs,
            compute=partial(_line, line=_each),
        )
    )
