"""Selecting the best: Kim and Nelson's procedure, and Rinott's constant."""

import numpy as np
import pytest

from scmsim.errors import SimulationError
from scmsim.experiments.compare.selection import (
    Race,
    Selection,
    independent_replications,
    kim_nelson,
    rinott_constant,
)

MEANS = np.array([0.0, 0.0, 0.0, 1.0])
"""The slippage configuration: the best is ahead of all others by the indifference, the hardest case that counts."""


class Source:
    """Draws figures on common random numbers, the same for a replication whoever asks, and counts how many."""

    def __init__(self, seed: int, means: np.ndarray = MEANS, spread: float = 2.0) -> None:
        self.seed, self.means, self.spread, self.made = seed, means, spread, 0

    def __call__(self, scenarios, numbers) -> np.ndarray:
        self.made += len(scenarios) * len(numbers)
        return np.array([self.one(number) for number in numbers]).T[list(scenarios)]

    def one(self, number: int) -> np.ndarray:
        rng = np.random.default_rng([self.seed, number])
        return self.means + rng.normal(0, self.spread) + rng.normal(0, self.spread, len(self.means))


def race(seed: int, most: int = 10_000, **changes) -> tuple[Race, Source]:
    source = Source(seed, **changes)
    first = source(range(len(source.means)), range(1, 11))
    return kim_nelson(first, source, indifference=1.0, confidence=0.9, most=most), source


def test_rinott_of_two_is_exact_for_many_replications() -> None:
    """Tests that for 2 scenarios of known variance the constant becomes sqrt(2) times the normal quantile 1.645."""
    assert rinott_constant(2, 0.95, 100_000) == pytest.approx(np.sqrt(2) * 1.6449, abs=1e-3)


def test_the_best_is_chosen_as_often_as_promised() -> None:
    """Tests that in 200 races in the hardest configuration the best is chosen in 90 % or more.

    The promise is at least 90 %; the procedure is conservative under common random numbers, so no band below is given.
    """
    chosen = [race(seed)[0].left for seed in range(200)]
    assert sum(left == [3] for left in chosen) / 200 >= 0.90


def test_scenarios_that_are_far_behind_leave_early() -> None:
    """Tests that hopeless scenarios stop after the first stage, while the two at the top go on."""
    found, source = race(1, means=np.array([-50.0, -60.0, 0.0, 0.1]))
    assert found.left[0] in (2, 3)
    assert found.counts[:2].tolist() == [10, 10]
    assert found.counts[2:].min() > 10
    assert source.made <= 4 * 10 + 2 * (found.counts.max() - 10 + 9)


def test_the_race_stops_where_it_is_told_to() -> None:
    """Tests that with equal scenarios and few replications allowed, more than one is left, none beyond the limit."""
    found, _ = race(2, most=12, means=np.zeros(4), spread=50.0)
    assert len(found.left) > 1
    assert found.counts.max() == 12


def test_identical_scenarios_end_in_one() -> None:
    """Tests that scenarios without any difference are told to be as good as each other at once: one is chosen."""
    draws = np.tile(np.arange(10.0), (3, 1))
    assert kim_nelson(draws, None, indifference=1.0, confidence=0.95, most=10).left == [0]
    draws[0] -= 500  # that one goes at once, and the same two that stay need no more replications
    assert kim_nelson(draws, None, indifference=1.0, confidence=0.95, most=100).left == [1]


def test_the_order_of_scenarios_does_not_matter() -> None:
    """Tests that the same scenario is chosen, after as many replications, when they are named in another order."""
    order = [2, 0, 3, 1]
    source = Source(4)
    first = source(range(4), range(1, 11))
    found = kim_nelson(
        first[order],
        lambda left, numbers: source([order[one] for one in left], numbers),
        indifference=1.0,
        confidence=0.9,
        most=10_000,
    )
    straight, _ = race(4)
    assert [order[one] for one in found.left] == straight.left
    assert found.counts.tolist() == straight.counts[order].tolist()


def test_an_undefined_figure_is_refused() -> None:
    """Tests that a figure that a replication leaves undefined cannot be selected by, and that it is said which."""
    draws = np.ones((2, 3))
    draws[1, 2] = np.nan
    with pytest.raises(SimulationError, match="undefined in replication 3"):
        kim_nelson(draws, None, indifference=1.0, confidence=0.95, most=10)


def test_independent_numbers_take_rinotts_many() -> None:
    """Tests Rinott's second stage: ceil((h S / indifference)²) of each, and never less than the first stage."""
    draws = np.array([[-1.0, 1.0] * 10, [0.0, 0.001] * 10])
    sd = draws[0].std(ddof=1)
    wide = int(np.ceil((rinott_constant(2, 0.95, 20) * sd / 0.1) ** 2))
    assert independent_replications(draws, 0.1, 0.95) == wide + 20


def test_a_selection_survives_as_plain_data() -> None:
    """Tests that a selection comes back equal from what is stored of it."""
    found = Selection(
        measure="total_cost",
        indifference=5.0,
        confidence=0.95,
        left=("a", "b"),
        replications={"a": 20, "b": 20},
        means={"a": 1.5, "b": 1.25},
        independent=80,
    )
    assert Selection.from_dict(found.to_dict()) == found
    assert found.chosen is None
