"""Demand at real instants."""

import math
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from scmsim.inputs.demand_arrivals import CompoundPoissonDemand
from scmsim.inputs.distributions import Geometric, Normal
from scmsim.inputs.sampling import Array


def arrivals(demand: CompoundPoissonDemand, blocks: int, seed: int = 1, start: float = 1.0) -> tuple[Array, Array]:
    """Give instants and sizes of the first few blocks."""
    drawn = list(islice(demand.arrivals(np.random.default_rng(seed), start), blocks))
    return np.concatenate([due for due, _ in drawn]), np.concatenate([sizes for _, sizes in drawn])


@settings(derandomize=True, max_examples=30, deadline=None)
@given(rate=st.floats(0.01, 100), start=st.floats(-100, 1000))
def test_instants_increase_from_the_start(rate: float, start: float) -> None:
    """Tests that customers come one after another, the first after the start."""
    due, sizes = arrivals(CompoundPoissonDemand(rate=rate), 4, start=start)
    assert due[0] > start
    assert (np.diff(due) > 0).all()
    assert due.shape == sizes.shape


def test_size_one_is_a_poisson_process() -> None:
    """Tests that gaps are exponential with mean 1 / rate and every size is 1, when only a rate is given."""
    due, sizes = arrivals(CompoundPoissonDemand(rate=4), 8)
    assert stats.kstest(np.diff(due), stats.expon(scale=0.25).cdf).pvalue > 1e-3
    assert set(sizes) == {1.0}


def test_longer_run_keeps_the_past() -> None:
    """Tests that the first customers do not depend on how many come after them."""
    demand = CompoundPoissonDemand(rate=2, size={"dist": "geometric", "mean": 3})
    few, many = arrivals(demand, 2), arrivals(demand, 6)
    assert few[0].tolist() == many[0][:192].tolist()
    assert few[1].tolist() == many[1][:192].tolist()


@pytest.mark.known_answer("demand:compound_poisson")
@pytest.mark.parametrize(("size", "mean", "square"), [(2, 2, 4), (Geometric(mean=3), 3, 15), (stats.gamma(2), 2, 6)])
def test_moments_per_time_unit(size: Any, mean: float, square: float) -> None:
    """Tests that demand per time unit has mean rate x E[size] and variance rate x E[size squared]."""
    demand = CompoundPoissonDemand(rate=5, size=size)
    assert demand.moments() == pytest.approx((5 * mean, 5 * square))
    due, sizes = arrivals(demand, 10, start=0)
    per_unit = np.bincount(due.astype(int), weights=sizes)[:-1]
    assert per_unit.mean() == pytest.approx(5 * mean, abs=5 * math.sqrt(5 * square / len(per_unit)))
    assert per_unit.var() == pytest.approx(5 * square, rel=0.1)


def test_sizes_are_never_negative() -> None:
    """Tests that a size distribution which reaches below 0 is clipped there."""
    demand = CompoundPoissonDemand(rate=1, size={"dist": "normal", "mean": 1, "sd": 2})
    assert demand.size == Normal(mean=1, sd=2, minimum=0)
    assert arrivals(demand, 3)[1].min() == 0


def test_it_is_not_periodic() -> None:
    """Tests that the model says it comes at instants of its own and gives no blocks."""
    demand = CompoundPoissonDemand(rate=1)
    assert demand.timing == "continuous"
    with pytest.raises(NotImplementedError):
        demand.blocks(np.random.default_rng(1), 1.0, 1.0)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"rate": 0}, "greater than 0"),
        ({"rate": 1, "size": 0}, "size is 0: customers who ask for nothing are no demand"),
        ({"rate": 1, "size": -1}, "greater than or equal to 0"),
        ({"rate": 1, "size": {"dist": "uniform", "low": -2, "high": 1}}, r"can be negative \(down to -2\)"),
        ({"rate": 1, "interval": 7}, "interval does not apply: compound_poisson demand comes at instants of its own"),
    ],
)
def test_mistakes_are_named(fields: dict[str, Any], message: str) -> None:
    """Tests that each wrong parameter is refused in words that say why."""
    with pytest.raises(ValidationError, match=message):
        CompoundPoissonDemand(**fields)
