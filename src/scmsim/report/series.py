"""The numbers behind the figures over time: what was ordered and demanded per bucket, and what stood in stock."""

from collections.abc import Collection
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scmsim.metrics.tables.dates import dates
from scmsim.report.stages import MOST_LINES, by_volume
from scmsim.ticks import TICKS, from_ticks

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result
    from scmsim.scenario.network import Calendar, Network

END_DEMAND = ""
"""The node of a line that belongs to no node: what end customers demand."""

MOST_STEPS = 1000
WINDOW = 100
"""Of more steps than this (by a quarter), a figure shows so many at first, and the others when asked."""

MOST_STATES = MOST_STEPS * MOST_LINES
"""Of more states of stock than this (instants times stages), a figure shows only the lowest of every step of time."""

MOST_PRODUCTS = 20
ALL_PRODUCTS = None


@dataclass(frozen=True, slots=True)
class Axis:
    """The steps that a figure over time is drawn in: ``count`` steps of ``width`` ticks from ``start`` on.

    Parameters
    ----------
    start, width, count : int
        In ticks; the steps are whole buckets, and an incomplete last one is left out.
    calendar : Calendar
        The run's.
    """

    start: int
    width: int
    count: int
    calendar: "Calendar"

    @property
    def length(self) -> float:
        """The length of a step in the scenario's unit."""
        return from_ticks(self.width)

    def index(self, times: pd.Series) -> np.ndarray:
        """Give the step that every time (in the scenario's unit) falls in; some may lie outside of the axis."""
        return np.asarray((as_ticks(times) - self.start) // self.width)

    def instants(self) -> np.ndarray:
        """Give the start of every step and the end of the last, as dates where the calendar has them."""
        return self.shown(self.start + self.width * np.arange(self.count + 1, dtype=float))

    @property
    def window(self) -> tuple[int, int] | None:
        """The part of a long run that is shown at first, in ticks, from the warm-up's end; None: all of it."""
        if self.count <= 1.25 * WINDOW:
            return None
        first = min(self.index_of(self.calendar.warm), self.count - WINDOW)
        return self.start + first * self.width, self.start + (first + WINDOW) * self.width

    def index_of(self, tick: int) -> int:
        """Give the step that an instant falls in."""
        return (tick - self.start) // self.width

    def shown(self, ticks: np.ndarray) -> np.ndarray:
        """Give instants as the axis shows them."""
        dated = dates(self.calendar, ticks)
        return ticks / TICKS if dated is None else dated

    @property
    def dated(self) -> bool:
        """Whether the axis shows dates."""
        return dates(self.calendar, np.empty(0)) is not None


def axis_of(calendar: "Calendar") -> Axis:
    """Cut a run into buckets, several to a step where there would be more than a screen can show."""
    span = calendar.end - calendar.start
    width = calendar.bucket * max(1, ceil(span // calendar.bucket / MOST_STEPS))
    return Axis(calendar.start, min(width, span), max(1, span // width), calendar)


def data_products(result: "Result") -> list[str | None]:
    """List the products a figure over time can be drawn for, the one that matters most first.

    The sum over all products (None) is offered where adding them makes sense: the same unit, none made from another.
    """
    network = result.scenario.network
    names = [name for name in network.products if any(point.product == name for point in network.points)]
    if len(names) < 2:
        return list(names)
    volume = {name: _end_volume(result, name) for name in names}
    ranked = sorted(names, key=lambda name: (-volume[name], name))
    summed = [ALL_PRODUCTS] if addable(network, names) else []
    return [*summed, *ranked[:MOST_PRODUCTS]]


def data_orders(result: "Result", product: str | None = ALL_PRODUCTS) -> pd.DataFrame:
    """Sum what every stage ordered, and what end customers demanded, per step of time.

    Parameters
    ----------
    result : Result
        A run recorded in full.
    product : str, optional
        The product; the sum over all of them unless given.

    Returns
    -------
    DataFrame
        ``time`` (start of the step), ``node`` (``""`` is end customers' demand) and ``quantity``, in the product's
        units; of more than eight stages, the eight busiest.
    """
    axis = axis_of(result.scenario.network.calendar)
    orders = _of(_first_replication(result, "orders"), product)
    lines: dict[str, np.ndarray] = {}
    for name, rows in _busiest(result, orders, product):
        lines[name] = _per_step(axis, rows["time"], rows["quantity"])
    lines[END_DEMAND] = _end_demand(result, axis, product)
    return tidy(axis.instants()[:-1], lines, "quantity")


def data_net_stock(result: "Result", product: str | None = ALL_PRODUCTS) -> pd.DataFrame:
    """Read every stage's net stock (on hand − backorders) at every instant at which one of them may have changed.

    Where that is too much to draw (see `stock_step`), the lowest net stock of every step of time stands at its start.

    Parameters
    ----------
    result : Result
        A run recorded in full.
    product : str, optional
        The product; the sum over all of them unless given.

    Returns
    -------
    DataFrame
        ``time`` (from when on), ``node`` and ``net_stock`` in the product's units; of more than eight stages, the eight
        busiest.
    """
    axis = axis_of(result.scenario.network.calendar)
    drawn, instants = _stock_instants(result, product)
    step = step_of(axis.calendar, len(drawn) * len(instants))
    starts = np.arange(axis.start, axis.calendar.end, step) if step else instants
    every = np.union1d(instants, starts)
    first_of = np.searchsorted(every, starts)
    lines = {}
    for name, rows in drawn:
        held = sum((_held(group, every) for _, group in rows.groupby("product")), np.zeros(len(every)))
        lines[name] = np.minimum.reduceat(held, first_of) if len(starts) else held
    return tidy(axis.shown(starts.astype(float)), lines, "net_stock")


def stock_step(result: "Result", product: str | None = ALL_PRODUCTS) -> int:
    """Give the step, in ticks, of which a figure shows the lowest net stock only; 0 where it shows every state.

    A step is one time unit, or several where the run has more of them than a screen can show.
    """
    drawn, instants = _stock_instants(result, product)
    return step_of(result.scenario.network.calendar, len(drawn) * len(instants))


def first_replication(result: "Result") -> int | None:
    """Give the replication that the figures over time show, or None where no time series were recorded."""
    orders = result.tables.get("orders")
    if orders is None:
        return None
    return int(orders["replication"].min()) if len(orders) else 1


def _first_replication(result: "Result", table: str) -> pd.DataFrame:
    frame = result.tables[table]
    return frame[frame["replication"] == first_replication(result)]


def _of(frame: pd.DataFrame, product: str | None) -> pd.DataFrame:
    return frame if product is ALL_PRODUCTS else frame[frame["product"] == product]


def _busiest(result: "Result", frame: pd.DataFrame, product: str | None) -> list[tuple[str, pd.DataFrame]]:
    """Pick the rows of the busiest stages, as many as a figure can show, each with its stage's name."""
    names = by_volume(result, sorted(frame["node"].unique()), product)[:MOST_LINES]
    kept = frame[frame["node"].isin(names)]
    return [(name, kept[kept["node"] == name]) for name in names]


def _per_step(axis: Axis, times: pd.Series, quantities: pd.Series) -> np.ndarray:
    steps = axis.index(times)
    inside = (steps >= 0) & (steps < axis.count)
    weights = quantities.to_numpy(dtype=float)[inside]
    return np.bincount(steps[inside], weights=weights, minlength=axis.count)


def _stock_instants(result: "Result", product: str | None) -> tuple[list[tuple[str, pd.DataFrame]], np.ndarray]:
    """Give the states of the stages to draw, and all instants (in ticks) at which one of them was written."""
    drawn = _busiest(result, _of(_first_replication(result, "stock"), product), product)
    ticks = [as_ticks(rows["time"]) for _, rows in drawn]
    instants = np.unique(np.concatenate(ticks)) if ticks else np.empty(0, dtype=np.int64)
    return drawn, instants[instants < result.scenario.network.calendar.end]


def step_of(calendar: "Calendar", states: int) -> int:
    """Give the step, in ticks, of which only the lowest value of so many states is drawn; 0 where all of them are."""
    if states <= MOST_STATES:
        return 0
    return TICKS * ceil((calendar.end - calendar.start) / TICKS / MOST_STEPS)


def _held(rows: pd.DataFrame, instants: np.ndarray) -> np.ndarray:
    """Give the net stock that one stock has from every instant on: what was written last holds until the next is."""
    last = np.searchsorted(as_ticks(rows["time"]), instants, side="right") - 1
    return np.where(last < 0, 0.0, rows["net_stock"].to_numpy(dtype=float)[np.maximum(last, 0)])


def as_ticks(times: pd.Series) -> np.ndarray:
    """Turn times in the scenario's unit into ticks."""
    return np.asarray(np.rint(times.to_numpy(dtype=float) * TICKS).astype(np.int64))


def tidy(starts: np.ndarray, lines: dict[str, np.ndarray], column: str) -> pd.DataFrame:
    """Put lines that share their instants below each other in one frame: ``time``, ``node`` and their values."""
    parts = [pd.DataFrame({"time": starts, "node": name, column: values}) for name, values in lines.items()]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["time", "node", column])


def _end_demand(result: "Result", axis: Axis, product: str | None) -> np.ndarray:
    """Sum end customers' demand, in units of the product: of a component, as much as their demand takes."""
    network = result.scenario.network
    demand = _first_replication(result, "demand")
    demand = demand[of_customers(demand)]
    if product is not ALL_PRODUCTS:
        taken = _units_taken(network, product)
        demand = demand[demand["product"].isin({sold for _, sold in taken})]
        weights = [taken.get(sold, 0.0) for sold in zip(demand["node"], demand["product"], strict=True)]
        demand = demand.assign(quantity=demand["quantity"] * np.array(weights, dtype=float))
    return _per_step(axis, demand["time"], demand["quantity"])


def of_customers(demand: pd.DataFrame) -> "pd.Series[bool]":
    """Tell which orders came from end customers."""
    return demand["buyer"].isna()


def _units_taken(network: "Network", product: str) -> dict[tuple[str, str], float]:
    """Give how many units of a product one unit of each end demand takes, at the last stages that hold the product."""
    points = network.points
    served: dict[tuple[str, str], dict[int, float]] = {}
    for at, faced, units in network.end_demand:
        if points[at].product == product:
            served.setdefault((points[faced].node, points[faced].product), {})[at] = units
    taken = {}
    for sold, stocks in served.items():
        feeding = {way.supplier for at in stocks for way in points[at].regular}
        taken[sold] = sum(units for at, units in stocks.items() if at not in feeding)
    return taken


def _end_volume(result: "Result", product: str) -> float:
    kpis = result.kpis
    rows = kpis[(kpis["metric"] == "demand_mean") & (kpis["product"] == product) & kpis["node"].notna()]
    facing = {point.node for point in result.scenario.network.points if point.demands}
    return float(rows[rows["node"].isin(facing)]["mean"].sum())


def addable(network: "Network", names: Collection[str]) -> bool:
    """Tell whether a sum over products means something: the same unit, and nothing in the network is assembled."""
    assembled = any(getattr(point.source, "components", ()) for point in network.points)
    return not assembled and len({network.products[name].unit for name in names}) == 1
