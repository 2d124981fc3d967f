"""Laws that hold after every instant of every run."""

import sys
from pathlib import Path

import numpy as np
from hypothesis import given, settings

import scmsim as sc
from scmsim.engine.recorder import Keeper
from scmsim.metrics.audit import Auditor
from scmsim.simulation import Simulation

sys.path.insert(0, str(Path(__file__).parent))

from random_scenarios import scenarios


def _run(mapping, seed=1):
    network = sc.from_dict(mapping).network
    keeper = Keeper()
    auditor = Auditor(network)
    simulation = Simulation(network, seed=seed, sinks=[keeper, auditor])
    ticks = []
    simulation.clock.on_close(ticks.append)
    simulation.clock.on_close(lambda tick: _legal(simulation))
    simulation.clock.on_close(lambda tick: auditor.observe(simulation, tick))
    simulation.run()
    return network, keeper.tables(), ticks


def _legal(simulation):
    """Check what must hold of the live state after every instant."""
    for stock in simulation.stocks.values():
        place = f"{stock.point.product} at {stock.point.node}"
        assert stock.on_hand >= -1e-9, f"{place}: {stock.on_hand} on hand"
        assert stock.reserved >= -1e-9, f"{place}: {stock.reserved} reserved"
        assert stock.on_order >= stock.in_transit - 1e-6, f"{place}: more in transit than on order"
        waiting = sum(order.unshipped for order in stock.waiting)
        assert abs(waiting - stock.backorders) < 1e-6, f"{place}: {stock.backorders} backorders, {waiting} waiting"
        if simulation.network.products[stock.point.product].whole_units:
            idle = stock.on_hand >= 1 and any(order.unshipped >= 1 for order in stock.waiting)
        else:
            idle = stock.on_hand > 1e-6 and bool(stock.waiting)
        assert not idle, f"{place}: {stock.on_hand} units lie there while orders wait"
        assert not stock.inbox, f"{place}: an order was left unopened"


@given(scenarios())
@settings(max_examples=150, deadline=None)
def test_units_are_conserved_at_every_instant(mapping):
    """Tests that on hand, backorders, on order and in transit always equal what the records of all orders add up to."""
    network, tables, _ = _run(mapping)
    assert len(tables["stock"]) >= sum(not point.unlimited for point in network.points)


@given(scenarios())
@settings(max_examples=60, deadline=None)
def test_time_never_runs_back(mapping):
    """Tests that instants only ever increase, and that every table is in the order of time."""
    _, tables, ticks = _run(mapping)
    assert all(earlier < later for earlier, later in zip(ticks, ticks[1:], strict=False))
    for name, rows in tables.items():
        assert (np.diff(rows[:, 0]) >= 0).all(), name


@given(scenarios())
@settings(max_examples=60, deadline=None)
def test_no_order_is_delivered_more_than_once(mapping):
    """Tests that no order receives more units than it asked for, however many partial shipments it came in."""
    _, tables, _ = _run(mapping)
    ordered = {number: quantity for _, _, number, quantity in tables["orders"]}
    delivered = dict.fromkeys(ordered, 0.0)
    for _, _, buyer, number, placed, _, quantity, _ in tables["deliveries"]:
        if buyer >= 0 and placed >= 0:
            delivered[number] += quantity
    assert all(delivered[number] <= quantity + 1e-6 for number, quantity in ordered.items())


@given(scenarios())
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_file_changes_nothing(mapping):
    """Tests that nodes, lanes and products listed the other way round give the same facts, bit for bit."""
    turned = (
        mapping
        | {key: dict(reversed(mapping[key].items())) for key in ("nodes", "products")}
        | {"lanes": mapping["lanes"][::-1]}
    )
    _, first, _ = _run(mapping)
    _, second, _ = _run(turned)
    for name in first:
        assert np.array_equal(first[name], second[name]), name


@given(scenarios())
@settings(max_examples=40, deadline=None)
def test_a_longer_horizon_does_not_change_the_past(mapping):
    """Tests that the facts of a run are the beginning of the facts of a longer one."""
    longer = mapping | {"time": mapping["time"] | {"horizon": mapping["time"]["horizon"] * 2}}
    network, first, _ = _run(mapping)
    _, second, _ = _run(longer)
    for name, rows in first.items():
        past = second[name][second[name][:, 0] < network.calendar.end]
        assert np.array_equal(rows, past), name


@given(scenarios())
@settings(max_examples=30, deadline=None)
def test_the_same_seed_gives_the_same_facts(mapping):
    """Tests that two runs of one seed agree bit for bit."""
    _, first, _ = _run(mapping, seed=7)
    _, second, _ = _run(mapping, seed=7)
    assert all(np.array_equal(first[name], second[name]) for name in first)
