"""Small networks and hand-made facts for the tests of metrics."""

from collections.abc import Callable, Iterable, Sequence
from math import nan

import numpy as np
import pytest

from scmsim.engine.recorder import COLUMNS, Chunk
from scmsim.inputs.demand_known import ConstantDemand
from scmsim.metrics import Collector, Metric, measure
from scmsim.scenario.network import (
    Calendar,
    CustomerDemand,
    Delay,
    FromLane,
    FromProduction,
    Lane,
    Network,
    Node,
    OnTimeInFull,
    Point,
    Product,
)
from scmsim.ticks import TICKS

TIMES = {"time", "placed", "promised", "arrives", "finishes", "due", "received"}

Rows = Sequence[tuple[float, ...]]


def table(name: str, rows: Rows) -> np.ndarray:
    """Turn rows with times in units into what the recorder hands over, with times in ticks."""
    found = np.array(rows, dtype=np.float64).reshape(len(rows), len(COLUMNS[name]))
    for place, column in enumerate(COLUMNS[name]):
        if column in TIMES:
            found[:, place] = np.rint(found[:, place] * TICKS)
    return found


class Bench:
    """Builds networks, cuts facts into chunks, and measures them."""

    inf = float("inf")

    def calendar(
        self, *, start: float = 0, end: float = 10, warm: float | None = None, bucket: float = 1, **more
    ) -> Calendar:
        """Return a calendar given in time units; without a warm-up unless ``warm`` says so."""
        warm = start if warm is None else warm
        ticks = {"start": start, "end": end, "warm": warm, "bucket": bucket}
        return Calendar(unit=more.pop("unit", "week"), **{key: round(at * TICKS) for key, at in ticks.items()}, **more)

    def customers(self, **model) -> CustomerDemand:
        """Return an end customers' demand; its model is never asked."""
        return CustomerDemand("demand", ConstantDemand(kind="constant", value=1, **model), TICKS, 0)

    def shop(self, calendar: Calendar | None = None, **point) -> Network:
        """Return one stock, of beer at a shop: point 0, made without components, facing end customers."""
        network = {"on_time_in_full": point.pop("on_time_in_full", OnTimeInFull())}
        demands = point.pop("demands", (self.customers(),))
        source = point.pop("source", FromProduction(lead_time=Delay(0)))
        shop = Point(index=0, node="shop", product="beer", level=0, demands=demands, source=source, **point)
        return self.network([shop], calendar, end_demand=((0, 0, 1.0),), **network)

    def chain(self, calendar: Calendar | None = None, lane: dict | None = None, **more) -> Network:
        """Return shop (point 0) <- depot (point 1) <- works (unlimited, point 2); lead time 2, order delay 1."""
        rates = more.pop("rates", {})
        points = [
            Point(
                index=0,
                node="shop",
                product="beer",
                level=0,
                demands=(self.customers(),),
                source=FromLane(0, 1),
                **rates,
            ),
            Point(index=1, node="depot", product="beer", level=1, source=FromLane(1, 2), **rates),
            Point(index=2, node="works", product="beer", level=2, unlimited=True),
        ]
        ways = [("depot", "shop"), ("works", "depot")]
        lanes = tuple(self.lane(index, *way, **(lane or {})) for index, way in enumerate(ways))
        return self.network(points, calendar, lanes=lanes, end_demand=((0, 0, 1.0), (1, 0, 1.0), (2, 0, 1.0)), **more)

    def factory(self, calendar: Calendar | None = None, **more) -> Network:
        """Return a factory: cars (point 0), of 4 wheels each (point 1), which a lane brings from an unlimited mill."""
        make = FromProduction(lead_time=Delay(TICKS), components=((1, 4.0),), **more.pop("make", {}))
        points = [
            Point(index=0, node="factory", product="car", level=0, demands=(self.customers(),), source=make),
            Point(index=1, node="factory", product="wheel", level=1, source=FromLane(0, 2)),
            Point(index=2, node="mill", product="wheel", level=2, unlimited=True),
        ]
        served = ((0, 0, 1.0), (1, 0, 4.0), (2, 0, 4.0))
        return self.network(points, calendar, lanes=(self.lane(0, "mill", "factory"),), end_demand=served, **more)

    def lane(self, index: int, origin: str, destination: str, **more) -> Lane:
        """Return a lane with order delay 1 and lead time 2."""
        times = {
            "order_delay": Delay(TICKS),
            "lead_time": Delay(2 * TICKS),
            "supplier_time": Delay(0),
            "crossing": True,
        }
        return Lane(index=index, origin=origin, destination=destination, products=(), **{**times, **more})

    def network(self, points: Iterable[Point], calendar: Calendar | None = None, **more) -> Network:
        """Return a network of points; nodes and products follow from them, segments from the nodes' names."""
        points = tuple(points)
        segments = {"works": "upstream", "mill": "upstream", "depot": "internal", "factory": "internal"}
        values = more.pop("values", {})
        names = dict.fromkeys(point.node for point in points)
        products = dict.fromkeys(point.product for point in points)
        lanes = more.pop("lanes", ())
        return Network(
            name="test",
            calendar=calendar or self.calendar(),
            products={name: Product(name=name, unit="case", value=values.get(name)) for name in products},
            nodes={n: Node(name=n, kind="warehouse", segment=segments.get(n, "downstream"), label=n) for n in names},
            points=points,
            lanes=lanes,
            **more,
        )

    def terms(self, reference: str = "promised", *, early: float | None = None, late: float = 0) -> OnTimeInFull:
        """Return how deliveries are judged, tolerances in time units."""
        return OnTimeInFull(
            reference=reference, early=None if early is None else round(early * TICKS), late=round(late * TICKS)
        )

    def tables(self, **rows: Rows) -> dict[str, np.ndarray]:
        """Return the recorder's tables; times in units."""
        return {name: table(name, rows.get(name, ())) for name in COLUMNS}

    def chunks(self, network: Network, tables: dict[str, np.ndarray], cuts: Sequence[int] = ()) -> list[Chunk]:
        """Cut the run's tables at ticks."""
        edges = [network.calendar.start, *cuts, network.calendar.end]
        pairs = zip(edges[:-1], edges[1:], strict=True)
        return [
            Chunk(a, b, {name: rows[(rows[:, 0] >= a) & (rows[:, 0] < b)] for name, rows in tables.items()})
            for a, b in pairs
        ]

    def measured(
        self, network: Network, cuts: Sequence[int] = (), metrics: Iterable[Metric] | None = None, **rows: Rows
    ):
        """Return the KPI table of facts given as rows with times in units."""
        collector = Collector(network, metrics)
        for chunk in self.chunks(network, self.tables(**rows), cuts):
            collector.update(chunk)
        return measure(collector)

    def reader(self, network: Network, **rows: Rows) -> Callable[..., float]:
        """Return a function from a metric, and the names of a row, to its value."""
        frame = self.measured(network, **rows)
        names = ["segment", "node", "product"]
        values = {
            (metric, *(None if key != key or key is None else key for key in keys)): value
            for metric, *keys, value in frame[["metric", *names, "value"]].itertuples(index=False)
        }

        def value(
            metric: str, *, segment: str | None = None, node: str | None = None, product: str | None = None
        ) -> float:
            return values[metric, segment, node, product]

        return value


@pytest.fixture
def bench() -> Bench:
    """A workbench for metrics."""
    return Bench()


@pytest.fixture
def undefined():
    """What an undefined value is equal to in `pytest.approx`."""
    return pytest.approx(nan, nan_ok=True)
