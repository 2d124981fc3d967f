"""Little's law: what is on its way is what comes per time times how long it takes, in any scenario.

Both sides are measured; they differ by what is on its way when measuring begins and ends.

Source: Little (1961), A proof for the queuing formula L = lambda W, Operations Research 9(3).
"""

from collections.abc import Iterator

import numpy as np

from scmsim.experiments.measures import Measure
from scmsim.scenario.network import FromProduction, Network, Point
from scmsim.theory.rows import Array, Reading, Row
from scmsim.ticks import TICKS

FORMULA = "units on their way = units that come per time unit x mean time on the way; ends count apart"
LONG = 10
"""Measured time, in times on the way, from which the ends count little."""
SOURCE = "Little (1961), Operations Research 9(3)"


def littles_law(network: Network) -> Iterator[Row]:
    """Recognise lanes that take a known time, and works."""
    time = (network.calendar.end - network.calendar.warm) / TICKS
    for point in network.points:
        if point.unlimited or network.disruptions:
            continue
        if isinstance(point.source, FromProduction):
            if point.source.route is not None and not network.has_scrap:
                yield _in_the_works(point, time)
        else:
            way = _time_on_the_way(network, point)
            if way and time >= LONG * way:
                yield _on_the_way(point, way, time)


def _time_on_the_way(network: Network, point: Point) -> float | None:
    """Return how long goods take to a stock, in time units; None where that is not the same for all of them."""
    if len(point.ways) != 1:
        return None
    lane, supplier = network.lanes[point.ways[0].lane], network.points[point.ways[0].supplier]
    known = lane.lead_time.distribution is None and lane.transport is None and not lane.passing and not lane.lateral
    whole = supplier.supply.good == 1.0 and point.keeping is None and lane.cancel_after is None
    return lane.lead_time.ticks / TICKS if known and whole else None


def _on_the_way(point: Point, way: float, time: float) -> Row:
    received = Measure("units_received", node=point.node, product=point.product)
    measure = Reading.of("average_in_transit", point.node, point.product)

    def expected(columns: Array) -> Array:
        return columns[:, 0] / time * way

    def ends(columns: Array) -> Array:
        return 2 * way / time * np.maximum(columns[:, 0], expected(columns[:, 1:]))

    return _row(
        point,
        measure,
        Reading("units_received x lead time", (received,), expected),
        Reading("what is on its way at the ends", (*measure.figures, received), ends),
    )


def _in_the_works(point: Point, time: float) -> Row:
    node, product = point.node, point.product
    throughput = Measure("throughput", node=node, product=product)
    stay = Measure("production_cycle_time", node=node, product=product)
    measure = Reading.of("average_work_in_process", node, product)

    def ends(columns: Array) -> Array:
        return 4 * columns[:, 1] / time * columns[:, 0]

    return _row(
        point,
        measure,
        Reading("throughput x time in the works", (throughput, stay), lambda columns: columns[:, 0] * columns[:, 1]),
        Reading("what is in the works at the ends", (*measure.figures, stay), ends),
    )


def _row(point: Point, measure: Reading, expected: Reading, tolerance: Reading) -> Row:
    return Row(
        node=point.node,
        product=point.product,
        model="Little's law",
        measure=measure,
        expected=expected,
        kind="exact",
        formula=FORMULA,
        source=SOURCE,
        tolerance=tolerance,
    )
