"""Tests of what a worker does with a batch."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.work import Batch, Gauge, Point, work
from scmsim.experiments.measures import Measure, measures
from scmsim.metrics import Collector, Figures
from scmsim.scenario.load import load
from scmsim.simulation import simulate

COST = Measure("total_cost")


@pytest.fixture
def blueprint(scenarios: Path) -> Blueprint:
    """The noisy beer game over 36 weeks."""
    return Blueprint.of(load(scenarios / "beer_game_noisy.yaml", ["time.horizon=36", "time.warm_up=0"]))


def test_figures_are_those_of_a_run(blueprint: Blueprint) -> None:
    """Tests that a gauge reads what measuring everything gives, whichever figures are asked for and in any order."""
    network = blueprint.scenario().network
    every = measures(network)
    collector = Collector(network)
    simulate(network, seed=3, replication=2, sinks=[collector])
    whole = Figures(collector).values
    picked = np.random.default_rng(1).permutation(len(every))[:60]
    read = Gauge(network, [every[at] for at in picked]).read(3, 2)
    assert np.array(read).tobytes() == whole[picked].tobytes()


def test_a_run_does_not_depend_on_its_batch(blueprint: Blueprint) -> None:
    """Tests that a run gives the same alone and among others."""
    among = work(Batch(blueprint, (COST,), 5, (Point(0, ("lanes.0.lead_time=3",), (1, 2)), Point(1, (), (4, 3)))))
    (alone,) = work(Batch(blueprint, (COST,), 5, (Point(1, (), (3,)),)))
    assert [(run.point, run.replication) for run in among] == [(0, 1), (0, 2), (1, 4), (1, 3)]
    assert among[3].values == alone.values
    assert among[3].values != among[2].values
    assert all(run.seconds > 0 for run in among)


def test_failures_stay_in_their_places(blueprint: Blueprint) -> None:
    """Tests that a point which is no scenario fails with what is wrong with it, and that the next goes on."""
    bad, unknown = Point(0, ("time.horizon=soon",), (1, 2)), Point(1, ("time.horizons=3",), (1,))
    found = work(Batch(blueprint, (COST,), 5, (bad, unknown, Point(2, (), (1,)))))
    assert [(run.point, run.replication, len(run.values)) for run in found] == [
        (0, 1, 0),
        (0, 2, 0),
        (1, 1, 0),
        (2, 1, 1),
    ]
    assert found[0].error.startswith("--set time.horizon=soon: time.horizon: found the text 'soon'; expected a number")
    assert "Did you mean `time.horizon`?" in found[2].error
    assert found[3].error == ""


def test_a_failure_of_any_kind_is_recorded(blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that an error in somebody else's policy fails that run with its kind and words, not the batch."""

    def broken(self: Gauge, seed: int, replication: int) -> tuple[float, ...]:
        raise ZeroDivisionError("no demand yet")

    monkeypatch.setattr(Gauge, "read", broken)
    found = work(Batch(blueprint, (COST,), 5, (Point(0, (), (1, 2)),)))
    assert [run.error for run in found] == ["ZeroDivisionError: no demand yet"] * 2


def test_figures_that_are_not_there_are_named(blueprint: Blueprint) -> None:
    """Tests that a figure of a node that a point does not have fails the run."""
    (run,) = work(Batch(blueprint, (Measure("fill_rate", node="moon"),), 1, (Point(0, (), (1,)),)))
    assert run.error == "there is no figure fill_rate@moon in this network"


def test_batches_travel(blueprint: Blueprint) -> None:
    """Tests that a batch and its runs are the same after pickling."""
    batch = Batch(blueprint, (COST,), 5, (Point(0, (), (1,)),))
    assert pickle.loads(pickle.dumps(batch)) == batch
    runs = work(batch)
    assert pickle.loads(pickle.dumps(runs)) == runs


def test_a_cost_that_does_not_arise_is_nothing(blueprint: Blueprint) -> None:
    """Tests that a point at which a lane costs nothing has transport costs of 0, and does not fail."""
    points = tuple(Point(at, (f"defaults.lane.unit_cost={cost}",), (1,)) for at, cost in enumerate((2, 0)))
    dear, free = work(Batch(blueprint, (Measure("transport_cost"), COST), 1, points))
    assert dear.values[0] > 0
    assert (free.values[0], free.error) == (0.0, "")
    assert free.values[1] == pytest.approx(dear.values[1] - dear.values[0])
