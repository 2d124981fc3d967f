"""Tests of how points are cut into batches."""

from pathlib import Path

import pytest

from scmsim.experiments.execution.batches import Batches, batched
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.work import Batch, Point, Run
from scmsim.experiments.measures import Measure
from scmsim.scenario.load import load


@pytest.fixture
def blueprint(scenarios: Path) -> Blueprint:
    """The beer game."""
    return Blueprint.of(load(scenarios / "beer_game.yaml"))


def counts(batch: Batch) -> list[int]:
    """How many replications of each point a batch holds."""
    return [len(point.replications) for point in batch.points]


def runs(count: int, seconds: float) -> list[Run]:
    """Runs that took so long each."""
    return [Run(0, number, (), "", seconds) for number in range(count)]


def test_every_run_is_in_one_batch(blueprint: Blueprint) -> None:
    """Tests that all replications of all points come, once and in order, however the pace changes on the way."""
    points = [Point(number, (), tuple(range(1, 8))) for number in range(40)]
    batches = batched(points, blueprint, [Measure("total_cost")], 9)
    found = []
    for at, batch in enumerate(batches):
        found += [(point.number, number) for point in batch.points for number in point.replications]
        assert (batch.seed, batch.measures) == (9, (Measure("total_cost"),))
        batches.learn(runs(3, 0.5 / (at + 1)))
    assert found == [(point.number, number) for point in points for number in point.replications]


def test_batches_take_a_third_of_a_second(blueprint: Blueprint) -> None:
    """Tests that the first batch is one run, and that later ones hold as many as take 0.3 seconds at the known pace."""
    batches = batched((Point(number, (), (1,)) for number in range(1000)), blueprint, [], 1)
    assert counts(next(batches)) == [1]
    batches.learn(runs(1, 0.01))
    assert sum(counts(next(batches))) == 30
    for _ in range(20):
        batches.learn(runs(10, 0.12))
    assert sum(counts(next(batches))) == 3
    batches.learn(runs(5, 100.0))
    assert counts(next(batches)) == [1]


def test_the_last_batches_are_smaller(blueprint: Blueprint) -> None:
    """Tests that no batch takes longer than a sixteenth of what is left, and none is cut below 0.05 seconds."""
    points = (Point(number, (), (1,)) for number in range(1000))
    batches = batched(points, blueprint, [], 1, runs=1000)
    assert batches.seconds_left == 0
    batches.learn(runs(200, 1 / 64))
    assert batches.seconds_left == pytest.approx(12.5)
    assert batches.size == 20
    batches.learn(runs(600, 1 / 64))
    assert batches.size == 13
    batches.learn(runs(190, 1 / 64))
    assert batches.size == 4


def test_points_stay_whole_where_they_fit(blueprint: Blueprint) -> None:
    """Tests that a point is built in one place where its replications fit into a batch, and cut where they do not."""
    points = [
        Point(0, (), (1, 2)),
        *(Point(number, (), tuple(range(1, 7))) for number in (1, 2)),
        Point(3, (), (1,) * 25),
    ]
    batches = batched(points, blueprint, [], 1)
    batches.learn(runs(10, 0.03))
    assert [counts(batch) for batch in batches] == [[2, 6], [6, 4], [10], [10], [1]]


def test_scenarios_are_not_mixed(blueprint: Blueprint) -> None:
    """Tests that a batch is of one scenario."""
    other = Blueprint(blueprint.source.changed(("time.horizon=10",)))
    jobs = [(blueprint, Point(0, (), (1, 2))), (other, Point(1, (), (1, 2))), (other, Point(2, (), (1, 2)))]
    batches = Batches(jobs, [], 1)
    batches.learn(runs(1, 0.0))
    assert [(batch.blueprint is other, counts(batch)) for batch in batches] == [(False, [2]), (True, [2, 2])]
