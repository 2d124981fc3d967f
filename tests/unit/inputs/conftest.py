"""What the tests of uncertain inputs share: one valid example of each kind, and ways to draw from them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from scmsim.inputs.demand import Demand, demand_kinds
from scmsim.inputs.distributions import Distribution, distribution_kinds
from scmsim.inputs.sampling import Array

DISTRIBUTIONS: dict[str, dict[str, Any]] = {
    "normal": {"mean": 5, "cv": 0.4},
    "gamma": {"mean": 5, "cv": 0.4},
    "lognormal": {"mean": 5, "sd": 2},
    "uniform": {"low": 2, "high": 4},
    "exponential": {"mean": 4},
    "triangular": {"low": 1, "mode": 2, "high": 6},
    "weibull": {"mean": 5, "cv": 0.5},
    "poisson": {"mean": 4},
    "negative_binomial": {"mean": 4, "sd": 3},
    "geometric": {"mean": 4},
    "discrete": {"values": [1, 2, 5], "weights": [0.5, 0.3, 0.2]},
    "empirical": {"values": [3, 5, 10, 10]},
    "scipy": {"name": "gamma", "arguments": [2], "parameters": {"scale": 3}},
}

DEMANDS: dict[str, dict[str, Any]] = {
    "constant": {"value": 4},
    "step": {"before": 4, "after": 8, "at": 5},
    "pulses": {"level": 4, "pulses": [{"at": 3, "quantity": 10}]},
    "normal": {"mean": 50, "sd": 8},
    "poisson": {"mean": 16},
    "negative_binomial": {"mean": 4, "cv": 0.75},
    "gamma": {"mean": 5, "sd": 2},
    "lognormal": {"mean": 5, "cv": 0.4},
    "uniform": {"low": 0, "high": 12},
    "discrete": {"values": [0, 10], "weights": [0.5, 0.5]},
    "compound_poisson": {"rate": 3, "size": {"dist": "geometric", "mean": 2}},
    "ar1": {"mean": 100, "autocorrelation": 0.6, "innovation_sd": 8},
    "composed": {
        "base": {"kind": "poisson", "mean": 20},
        "season": {"length": 12, "amplitude": 0.3, "peak": 6},
        "pulses": [{"at": 10, "length": 2, "times": 2}],
    },
    "replay": {"values": [3, 1, 2]},
    "bootstrap": {"values": [3, 1, 2, 8], "block_length": 2},
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for ``any_distribution``, ``any_demand`` or ``any_periodic`` once for every kind."""
    if "any_distribution" in metafunc.fixturenames:
        kinds = distribution_kinds()
        metafunc.parametrize(
            "any_distribution", [kinds[n](**e) for n, e in DISTRIBUTIONS.items()], ids=list(DISTRIBUTIONS)
        )
    if "any_demand" in metafunc.fixturenames:
        metafunc.parametrize("any_demand", list(_demands().values()), ids=list(DEMANDS))
    if "any_periodic" in metafunc.fixturenames:
        periodic = {name: demand for name, demand in _demands().items() if demand.timing == "periodic"}
        metafunc.parametrize("any_periodic", list(periodic.values()), ids=list(periodic))


def _demands() -> dict[str, Demand]:
    return {name: demand_kinds()[name](**example) for name, example in DEMANDS.items()}


def _draw(demand: Demand, n: int, seed: int = 1, start: float = 1.0, interval: float = 1.0) -> Array:
    drawn: list[Array] = []
    for block in demand.blocks(np.random.default_rng(seed), start, interval):
        drawn.append(block)
        if sum(map(len, drawn)) >= n:
            break
    return np.concatenate(drawn)[:n]


def _sample(distribution: Distribution, n: int, seed: int = 1) -> Array:
    return distribution.sample(np.random.default_rng(seed), n)


@pytest.fixture(scope="session")
def draw() -> Callable[..., Array]:
    """Give a function that draws the first n quantities of a periodic demand."""
    return _draw


@pytest.fixture(scope="session")
def sample() -> Callable[..., Array]:
    """Give a function that draws n values of a distribution."""
    return _sample


@pytest.fixture(scope="session")
def examples() -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """Give the example parameters: of distributions, and of demand models."""
    return DISTRIBUTIONS, DEMANDS
