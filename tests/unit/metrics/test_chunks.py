"""The same number comes out whatever the chunks."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scmsim.engine.recorder import COLUMNS, Chunk
from scmsim.metrics import Collector, measure
from scmsim.metrics.accumulator import Accumulator
from scmsim.metrics.facts import pieces
from scmsim.metrics.layout import Layout
from scmsim.ticks import TICKS


@pytest.fixture(scope="module")
def workload():
    """Return facts of a factory at random instants: consistent enough for every accumulator to have work."""
    rng = np.random.default_rng(7)
    end, count = 60 * TICKS, 400

    def times():
        return np.sort(rng.integers(0, 4 * 60, count)) * (TICKS // 4)

    tables, orders = {}, np.arange(count)
    placed = times()
    buyer = rng.choice([0, 1], count)
    quantity = rng.choice([0.0, 1.0, 2.5, 10.0], count)
    tables["orders"] = np.column_stack([placed, buyer, orders, quantity])
    asked, seller = times(), rng.choice([0, 1, 2], count)
    served = rng.uniform(0, 1, count).round(1) * quantity
    lost = np.where(rng.random(count) < 0.2, quantity - served, 0.0)
    who = np.array([-1, 0, 1])[seller]
    tables["demand"] = np.column_stack(
        [asked, seller, who, orders + count, quantity, served, np.where(who < 0, lost, 0)]
    )
    rows = []
    for row in tables["orders"]:
        maker = 0 if row[1] == 0 else 2
        first, last = np.sort(row[0] + TICKS * rng.integers(1, 6, 2))
        for due, complete in ((first, 0), (last, 1)):
            rows.append((due, maker, row[1], row[2], row[0], row[0] + 3 * TICKS, 0.5 * row[3], complete))
    for row in tables["demand"][tables["demand"][:, 2] < 0]:
        rows.append((row[0] + TICKS * rng.integers(0, 3), 0, -1, row[3], row[0], row[0], row[4] - row[6], 1))
    tables["deliveries"] = np.array(sorted(row for row in rows if row[0] < end), dtype=np.float64)
    levels = rng.choice([0.0, 1.0, 7.5, 1e-13], (count, 4))
    tables["stock"] = np.column_stack([times(), rng.choice([0, 1], count), levels])
    shipped = np.column_stack([times(), np.full(count, 2), np.full(count, 1), orders, quantity, np.full(count, end)])
    return tables | {"shipments": shipped, "production": np.empty((0, len(COLUMNS["production"])))}


def measured(bench, workload, *, bucket, warm, cuts=()):
    """Return the values of a run of 60 weeks in chunks that end at these buckets."""
    calendar, values = bench.calendar(end=60, bucket=bucket, warm=warm), {"car": 9.0, "wheel": 1.0}
    lane = bench.lane(0, "mill", "factory", unit_cost=1.0, shipment_cost=2.0, holding_cost=0.5)
    more = {"end_demand": ((0, 0, 1.0), (1, 0, 4.0)), "on_time_in_full": bench.terms(early=1, late=1)}
    network = bench.network(bench.factory().points, calendar, lanes=(lane,), values=values, **more)
    collector = Collector(network)
    ticks = sorted({round(cut * bucket * TICKS) for cut in cuts if cut * bucket < 60})
    for chunk in bench.chunks(network, workload, ticks):
        collector.update(chunk)
    return measure(collector)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cuts=st.sets(st.integers(1, 59), max_size=20),
    bucket=st.sampled_from([0.25, 1, 1.5, 7]),
    warm=st.sampled_from([0, 10.25, 21]),
)
def test_any_chunks_give_the_numbers_of_the_whole_run(bench, workload, cuts, bucket, warm):
    """Tests that every KPI of every row agrees to 1e-9 with the run fed as one chunk."""
    whole = measured(bench, workload, bucket=bucket, warm=warm)
    parts = measured(bench, workload, bucket=bucket, warm=warm, cuts=cuts)
    np.testing.assert_allclose(parts["value"], whole["value"], rtol=1e-9, atol=1e-12)
    assert whole["value"].notna().sum() > 150


def test_a_large_chunk_is_cut_at_bucket_boundaries(bench):
    """Tests that the pieces cover the chunk without a gap, hold all rows once, and end on buckets."""
    layout = Layout(bench.shop(bench.calendar(end=10, bucket=2)))
    rows = np.array([[t * TICKS / 4, 0, t, 1] for t in range(40)], dtype=np.float64)
    found = list(pieces(layout, Chunk(0, 10 * TICKS, {"orders": rows}), most_rows=12))
    assert [(piece.start // TICKS, piece.end // TICKS) for piece in found] == [(0, 2), (2, 4), (4, 6), (6, 10)]
    assert [len(piece.tables["orders"]) for piece in found] == [8, 8, 8, 16]


def test_an_accumulator_has_to_say_what_it_does():
    """Tests that the base class refuses to be one."""
    with pytest.raises(NotImplementedError):
        Accumulator(None).update(None)


def test_memory_does_not_grow_with_the_horizon(bench):
    """Tests that what the accumulators keep after 50 and after 500 periods of the same facts is of one size."""

    def kept(periods):
        network = bench.chain(bench.calendar(end=periods))
        collector = Collector(network)
        tables = {name: [] for name in COLUMNS}
        for t in range(periods):
            tables["orders"].append((t, 0, t, 5))
            tables["demand"].append((t, 0, -1, 10_000 + t, 5, 5 * (t % 2), 5 * (1 - t % 2)))
            tables["deliveries"].append((t, 0, -1, 10_000 + t, t, t, 5 * (t % 2), 1))
            if t >= 3:
                tables["deliveries"].append((t, 1, 0, t - 3, t - 3, t, 5, 1))
            tables["stock"].append((t, 0, t % 3, 0, 0, 0))
        chunks = bench.chunks(network, bench.tables(**tables), [k * TICKS for k in range(25, periods, 25)])
        for chunk in chunks:
            collector.update(chunk)
        return sum(_size(each) for each in collector._accumulators.values())

    assert kept(500) == kept(50)


def _size(thing):
    if isinstance(thing, np.ndarray):
        return thing.size
    inside = getattr(thing, "__dict__", None) or {
        name: getattr(thing, name) for name in getattr(type(thing), "__slots__", ()) if hasattr(thing, name)
    }
    return sum(_size(value) for name, value in inside.items() if name != "layout")
