"""Demand whose periods are independent draws."""

import math
import time
from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.inputs import demand_random as r
from scmsim.inputs.sampling import Array

Draw = Callable[..., Array]


@settings(derandomize=True, max_examples=40, deadline=None)
@given(mean=st.floats(0.5, 500), cv=st.floats(0.05, 0.8))
def test_mean_within_five_standard_errors(draw: Draw, mean: float, cv: float) -> None:
    """Tests that 4,000 periods have the stated mean within five standard errors, whatever the parameters."""
    overdispersed = math.sqrt(1 / mean + cv**2)
    demands = [
        r.NormalDemand(mean=mean, cv=cv),
        r.PoissonDemand(mean=mean),
        r.NegativeBinomialDemand(mean=mean, cv=overdispersed),
        r.GammaDemand(mean=mean, cv=cv),
        r.LognormalDemand(mean=mean, cv=cv),
        r.UniformDemand(low=mean * (1 - cv), high=mean * (1 + cv)),
        r.GammaDemand(mean=mean, cv=cv, rounding="half_up"),
    ]
    for demand in demands:
        stated, variance = demand.moments() or (math.nan, math.nan)
        assert draw(demand, 4000).mean() == pytest.approx(stated, abs=5 * math.sqrt(variance / 4000))


@pytest.mark.known_answer("demand:poisson")
@pytest.mark.known_answer("demand:negative_binomial")
@pytest.mark.known_answer("demand:gamma")
@pytest.mark.known_answer("demand:lognormal")
@pytest.mark.known_answer("demand:uniform")
@pytest.mark.known_answer("demand:discrete")
@pytest.mark.known_answer("demand.rounding:none")
@pytest.mark.parametrize(
    ("demand", "limit", "share"),
    [
        (r.PoissonDemand(mean=2), 0, math.exp(-2)),
        (r.NegativeBinomialDemand(mean=4, sd=3), 0, (4 / 9) ** 3.2),
        (r.NegativeBinomialDemand(mean=2, sd=math.sqrt(6)), 1, 1 - (2 / 3) ** 2),
        (r.GammaDemand(mean=5, sd=5), 5, 1 - math.exp(-1)),
        (r.LognormalDemand(mean=5, cv=2), math.sqrt(5), 0.5),
        (r.UniformDemand(low=2, high=10), 4, 0.25),
        (r.DiscreteDemand(values=[0, 10, 40], weights=[0.5, 0.3, 0.2]), 10, 0.8),
    ],
    ids=lambda given: getattr(given, "kind", None),
)
def test_shares_follow_the_law(draw: Draw, demand: r.IndependentDemand, limit: float, share: float) -> None:
    """Tests P(demand <= limit) by hand within five standard errors, the negative binomial's as a geometric law, too.

    A gamma law with cv 1 is exponential; the median of a lognormal law is its mean / sqrt(1 + cv^2).
    """
    n = 20_000
    assert (draw(demand, n) <= limit).mean() == pytest.approx(share, abs=5 * math.sqrt(share * (1 - share) / n))


@settings(derandomize=True, deadline=None)
@given(mean=st.floats(-20, 20), sd=st.floats(0, 20), minimum=st.floats(-10, 10))
def test_normal_is_clipped_at_its_minimum(draw: Draw, mean: float, sd: float, minimum: float) -> None:
    """Tests that clipping raises what lies below the minimum and leaves the rest as it was."""
    free = draw(r.NormalDemand(mean=mean, sd=sd, minimum=None), 200)
    assert draw(r.NormalDemand(mean=mean, sd=sd, minimum=minimum), 200).tolist() == np.maximum(free, minimum).tolist()


def test_normal_may_be_negative_for_theory(draw: Draw) -> None:
    """Tests that minimum null leaves negative demand in, and the moments those of the normal distribution."""
    demand = r.NormalDemand(mean=0, sd=1, minimum=None)
    assert draw(demand, 1000).min() < -2
    assert demand.moments() == (0.0, 1.0)


@pytest.mark.known_answer("demand:normal")
def test_normal_clips_at_zero_by_default(draw: Draw) -> None:
    """Tests that normal demand is clipped at 0 unless told otherwise, and its moments are those of what is left."""
    demand = r.NormalDemand(mean=0, sd=1)
    assert draw(demand, 1000).min() == 0
    assert demand.moments() == pytest.approx((1 / math.sqrt(2 * math.pi), 0.5 - 0.5 / math.pi))


@pytest.mark.parametrize(
    "demand",
    [
        r.NormalDemand(mean=3.3, sd=2, rounding="half_up"),
        r.GammaDemand(mean=3.3, sd=2, rounding="half_up"),
        r.LognormalDemand(mean=3.3, sd=2, rounding="half_up"),
        r.UniformDemand(low=0, high=7, rounding="half_up"),
    ],
    ids=lambda demand: demand.kind,
)
def test_rounding_gives_whole_units(draw: Draw, demand: Any) -> None:
    """Tests that rounding changes each quantity to the whole number next to it, a half upward."""
    exact = type(demand)(**{**demand.model_dump(), "rounding": "none"})
    assert draw(demand, 500).tolist() == np.floor(draw(exact, 500) + 0.5).tolist()


def test_counts_are_whole(draw: Draw) -> None:
    """Tests that Poisson and negative binomial demand come in whole units."""
    for demand in (r.PoissonDemand(mean=3), r.NegativeBinomialDemand(mean=3, sd=3)):
        drawn = draw(demand, 500)
        assert (drawn == np.floor(drawn)).all()


def test_discrete_demand_asks_only_what_is_listed(draw: Draw) -> None:
    """Tests that discrete demand takes its values and no others."""
    assert set(draw(r.DiscreteDemand(values=[0, 10, 40], weights=[0.5, 0.3, 0.2]), 500)) == {0, 10, 40}


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (r.NormalDemand, {"mean": 5, "sd": 1, "cv": 0.2}, "sd and cv both given: give one"),
        (r.GammaDemand, {"mean": 5}, "neither sd nor cv given: give one"),
        (
            r.NegativeBinomialDemand,
            {"mean": 9, "sd": 3},
            "sd too small: a negative binomial's variance exceeds its mean",
        ),
        (r.UniformDemand, {"low": 5, "high": 3}, "low 5 is above high 3"),
        (r.UniformDemand, {"low": -1, "high": 3}, "greater than or equal to 0"),
        (r.DiscreteDemand, {"values": [1, 2], "weights": [0.5, 0.6]}, "weights not summing to 1: they sum to 1.1"),
        (r.DiscreteDemand, {"values": [-1, 2], "weights": [0.5, 0.5]}, "greater than or equal to 0"),
        (r.NormalDemand, {"mean": 5, "sd": -1}, "greater than or equal to 0"),
        (r.PoissonDemand, {"mean": -1}, "greater than or equal to 0"),
        (r.GammaDemand, {"mean": 5, "sd": 1, "rounding": "up"}, "Input should be 'none' or 'half_up'"),
    ],
)
def test_mistakes_are_named(kind: Any, fields: dict[str, Any], message: str) -> None:
    """Tests that each wrong combination of parameters is refused in words that say how to mend it."""
    with pytest.raises(ValidationError, match=message):
        kind(**fields)


def test_draws_come_in_blocks() -> None:
    """Tests that a Poisson draw costs far less than the 0.8 microseconds of a draw by itself."""
    blocks = r.PoissonDemand(mean=16).blocks(np.random.default_rng(1), 1.0, 1.0)
    list(islice(blocks, 6))
    spent = []
    for _ in range(20):
        begun = time.perf_counter()
        drawn = len(next(blocks))
        spent.append((time.perf_counter() - begun) / drawn)
    assert min(spent) < 0.4e-6
