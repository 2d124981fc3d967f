"""Which combinations of values are run."""

import json

import numpy as np
import pytest

from scmsim.errors import UsageError
from scmsim.experiments.sweep.design import Plan, planned, shares
from scmsim.experiments.sweep.factors import Factor, factor

TWO = (Factor("a", (1, 2)), Factor("b", ("x", "y", "z")))
BETWEEN = (factor("a", "0..1"), factor("b", {"from": 1, "to": 100, "log": True}), factor("c", [1, 2, 3, 4]))


def everything(plan: Plan) -> list[tuple[object, ...]]:
    """List all points of a plan."""
    return list(plan.all_values())


def test_grid_is_every_combination_once() -> None:
    """Tests the order of a grid: the last factor changes fastest."""
    plan = planned(TWO)
    assert everything(plan) == [(1, "x"), (1, "y"), (1, "z"), (2, "x"), (2, "y"), (2, "z")]
    assert plan.overrides(5) == ("a=2", 'b="z"')


def test_values_listed_twice_are_run_once() -> None:
    """Tests that what a factor has already is left out of a grid with a word, and a weight in a drawn design."""
    with pytest.warns(UserWarning, match=r"a\.b: 2 values are listed again \(as 1\) and left out: each is"):
        plan = planned([Factor("a.b", (1, 2, 1.0, 3, 1))])
    assert [plan.values(number) for number in range(len(plan))] == [(1,), (2,), (3,)]
    assert len(planned([Factor("a.b", (1, 1, 2))], "random", 9)) == 9


def test_one_at_a_time_begins_with_the_scenario_itself() -> None:
    """Tests that one factor changes at a time, and that what the scenario says anyway is not run twice."""
    plan = planned(TWO, "one_at_a_time", base=(1.0, "w"))
    assert everything(plan) == [(1.0, "w"), (2, "w"), (1.0, "x"), (1.0, "y"), (1.0, "z")]
    assert [plan.overrides(number) for number in (0, 1, 4)] == [(), ("a=2",), ('b="z"',)]
    ends = planned(BETWEEN, "one_at_a_time", base=(0.5, 10, 1))
    assert everything(ends)[1:5] == [(0, 10, 1), (1, 10, 1), (0.5, 1, 1), (0.5, 100, 1)]


def test_latin_hypercube_covers_every_factor_evenly() -> None:
    """Tests that each of n equal parts of each factor holds exactly one of n points."""
    found = shares("latin_hypercube", 50, 3, seed=2)
    assert (np.sort(np.floor(found * 50), axis=0) == np.arange(50)[:, None]).all()


def test_sobol_points_are_balanced() -> None:
    """Tests that 2^6 points of a Sobol sequence fill every one of 64 equal boxes of every two factors but few twice."""
    found = shares("sobol", 64, 2, seed=3)
    for first, second in ((64, 1), (1, 64), (8, 8), (2, 32)):
        boxes = np.floor(found[:, 0] * first) * second + np.floor(found[:, 1] * second)
        assert len(np.unique(boxes)) == 64


@pytest.mark.parametrize("design", ["random", "latin_hypercube", "sobol"])
def test_the_same_seed_gives_the_same_design(design: str) -> None:
    """Tests that a design depends on its seed alone, and that another seed gives another."""
    first, again, other = (planned(BETWEEN, design, 16, seed) for seed in (7, 7, 8))
    assert everything(first) == everything(again)
    assert everything(first) != everything(other)
    assert len(first) == 16
    assert json.loads(first.overrides(3)[1].removeprefix("b=")) == first.values(3)[1]


@pytest.mark.parametrize("design", ["random", "sobol"])
def test_more_points_begin_with_the_fewer(design: str) -> None:
    """Tests that points can be added to a random design and to a Sobol sequence."""
    assert everything(planned(BETWEEN, design, 32, 5))[:16] == everything(planned(BETWEEN, design, 16, 5))


def test_sobol_without_a_power_of_two_warns() -> None:
    """Tests that a number of points that leaves a Sobol sequence unbalanced is carried out with a warning."""
    with pytest.warns(UserWarning, match="100 points of a Sobol sequence are not balanced: .* for instance 128"):
        plan = planned(BETWEEN, "sobol", 100)
    assert len(plan) == 100


@pytest.mark.parametrize(
    ("factors", "design", "points", "said"),
    [
        (TWO, "gird", None, "no design 'gird': expected one of grid, random"),
        ((), "grid", None, "nothing to vary"),
        (TWO, "sobol", None, "the design sobol needs a number of points"),
        (TWO, "random", 0, "expected a whole number of at least 1"),
        (TWO, "random", True, "expected a whole number of at least 1"),
        (TWO, "grid", 5, "not for grid"),
        (BETWEEN, "grid", None, "a grid needs the values of a: list them"),
        (TWO, "random", 10_000_001, "10,000,001 points are more than the 10,000,000"),
        ([factor(name, "1:1000:1") for name in "abcd"], "grid", None, "1,000,000,000,000 points are more"),
    ],
)
def test_designs_that_cannot_be(factors: object, design: str, points: int | None, said: str) -> None:
    """Tests that a design that is unknown, incomplete or too large is refused with the reason."""
    with pytest.raises(UsageError, match=said):
        planned(factors, design, points)  # type: ignore[arg-type]
