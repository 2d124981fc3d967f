"""First-order autoregressive demand."""

import math
from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.inputs.demand_autocorrelated import AutoregressiveDemand
from scmsim.inputs.sampling import Array

Draw = Callable[..., Array]
MANY = 100_000


@pytest.mark.parametrize("autocorrelation", [-0.7, 0.0, 0.5, 0.95])
def test_autocorrelation_is_the_stated_one(draw: Draw, autocorrelation: float) -> None:
    """Tests that neighbours are correlated as stated, and second neighbours by the square, within 5 standard errors."""
    demand = AutoregressiveDemand(mean=0, autocorrelation=autocorrelation, innovation_sd=2, minimum=None)
    drawn = draw(demand, MANY)
    error = math.sqrt((1 - autocorrelation**2) / MANY)
    assert np.corrcoef(drawn[1:], drawn[:-1])[0, 1] == pytest.approx(autocorrelation, abs=5 * error + 1e-4)
    assert np.corrcoef(drawn[2:], drawn[:-2])[0, 1] == pytest.approx(autocorrelation**2, abs=15 * error + 1e-3)


@settings(derandomize=True, max_examples=30, deadline=None)
@given(weight=st.floats(-0.999, 0.999), seed=st.integers(0, 1000))
def test_it_is_the_recursion(draw: Draw, weight: float, seed: int) -> None:
    """Tests that the quantities are what the plain recursion makes of the same innovations, across blocks."""
    demand = AutoregressiveDemand(mean=10, autocorrelation=weight, innovation_sd=3, minimum=None)
    rng = np.random.default_rng(seed)
    last = rng.normal(0.0, demand.stationary_sd)
    expected = []
    for size in (64, 128, 256):
        for innovation in rng.normal(0.0, 3.0, size):
            last = weight * last + innovation
            expected.append(10 + last)
    assert draw(demand, 448, seed=seed) == pytest.approx(np.array(expected), rel=1e-9, abs=1e-9)


def test_it_starts_stationary() -> None:
    """Tests that the very first quantity varies as much as any later one: there is nothing to warm up."""
    demand = AutoregressiveDemand(mean=0, autocorrelation=0.9, innovation_sd=1, minimum=None)
    firsts = [next(demand.blocks(np.random.default_rng(seed), 1.0, 1.0))[0] for seed in range(2000)]
    assert np.std(firsts) == pytest.approx(1 / math.sqrt(0.19), rel=5 / math.sqrt(4000))


def test_clipping_is_not_remembered(draw: Draw) -> None:
    """Tests that clipping changes what is asked and not what follows."""
    fields = {"mean": 1, "autocorrelation": 0.8, "innovation_sd": 2}
    free = draw(AutoregressiveDemand(**fields, minimum=None), 1000)
    assert draw(AutoregressiveDemand(**fields), 1000).tolist() == np.maximum(free, 0).tolist()
    rounded = draw(AutoregressiveDemand(**fields, rounding="half_up"), 1000)
    assert rounded.tolist() == np.floor(np.maximum(free, 0) + 0.5).tolist()


def test_two_iterators_do_not_share_memory() -> None:
    """Tests that two runs of one model, taken in turns, are the runs they would be alone."""
    demand = AutoregressiveDemand(mean=50, autocorrelation=0.8, innovation_sd=2)
    alone = np.concatenate(list(islice(demand.blocks(np.random.default_rng(1), 1.0, 1.0), 3)))
    first, second = (demand.blocks(np.random.default_rng(seed), 1.0, 1.0) for seed in (1, 2))
    in_turns = np.concatenate([[next(first), next(second)][0] for _ in range(3)])
    assert in_turns.tolist() == alone.tolist()


def test_no_innovations_is_constant(draw: Draw) -> None:
    """Tests that innovations of 0 leave the mean every period."""
    assert set(draw(AutoregressiveDemand(mean=5, autocorrelation=0.5, innovation_sd=0), 200)) == {5.0}


@pytest.mark.known_answer("demand:ar1")
def test_moments_are_stationary() -> None:
    """Tests that the variance is that of the whole demand, not of its innovations."""
    demand = AutoregressiveDemand(mean=100, autocorrelation=0.6, innovation_sd=8, minimum=None)
    assert demand.moments() == pytest.approx((100, 64 / (1 - 0.36)))


@pytest.mark.parametrize("autocorrelation", [-1, 1, 1.5, float("nan")])
def test_explosive_demand_is_refused(autocorrelation: float) -> None:
    """Tests that an autocorrelation of 1 or more in size, which has no stationary distribution, is refused."""
    with pytest.raises(ValidationError, match=r"(greater|less) than -?1|finite"):
        AutoregressiveDemand(mean=1, autocorrelation=autocorrelation, innovation_sd=1)


def test_sd_must_say_of_what() -> None:
    """Tests that a plain sd, which might mean either, is refused."""
    with pytest.raises(ValidationError, match="innovation_sd\n  Field required"):
        AutoregressiveDemand(mean=1, autocorrelation=0.5, sd=1)  # type: ignore[call-arg]
