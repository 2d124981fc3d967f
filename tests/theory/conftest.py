"""What the theory tests share: runs of scenario files, and interval estimates over their replications.

The bounded form, which the suite runs, allows standard errors four times as wide as the full form. The full form runs
every scenario sixteen times as long, or sixteen times as often where it has no warm-up because its horizon is part of
the question: ``pytest tests/theory --long``, or ``SCMSIM_FULL_THEORY=1`` in the environment.
"""

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

import scmsim

SCENARIOS = Path(__file__).parent / "scenarios"
FULL_FORM_LENGTH = 16
BOUNDED_FORM_WIDTH = 4.0

Measure = str | Callable[[Mapping[str, float]], float]


class Estimate(NamedTuple):
    """Mean over independent replications, and its standard error."""

    mean: float
    standard_error: float


class Laboratory:
    """Runs the scenario files of the theory tests, each once per session."""

    def __init__(self, full: bool) -> None:
        self.full = full
        self.width = 1.0 if full else BOUNDED_FORM_WIDTH

    @cache  # noqa: B019 - one laboratory per session
    def run(self, name: str, changes: tuple[str, ...] = ()) -> scmsim.Result:
        """Run a scenario in summary, changed by ``path=value`` settings, at the length of the chosen form."""
        scenario = scmsim.load(SCENARIOS / f"{name}.yaml", changes)
        if self.full:
            scenario = scenario.set(lengthening(scenario))
        return scmsim.run(scenario, record="summary")

    def estimate(self, name: str, measure: Measure, node: str | None, changes: tuple[str, ...] = ()) -> Estimate:
        """Estimate a measure at a node, a stock (``node/product``) or in the whole chain (None) over replications."""
        values = self.run(name, changes).values
        by_metric = values[rows_of(values, node)].pivot(index="replication", columns="metric", values="value")
        wanted = by_metric[measure] if isinstance(measure, str) else by_metric.apply(measure, axis="columns")
        return Estimate(float(wanted.mean()), float(wanted.std(ddof=1) / len(wanted) ** 0.5))

    def check(self, estimate: Estimate, expected: float, width: float) -> None:
        """Assert that a value lies within three standard errors, and that these are narrow (a share of the value)."""
        assert 0 < estimate.standard_error <= width * self.width * expected, (estimate, expected)
        assert abs(estimate.mean - expected) <= 3 * estimate.standard_error, (estimate, expected)


def lengthening(scenario: scmsim.Scenario) -> str:
    """Return the setting that makes a scenario as long as the full form wants it."""
    time = scenario.file.time
    if time.warm_up == 0:
        return f"run.replications={scenario.file.run.replications * FULL_FORM_LENGTH}"
    return f"time.horizon={time.warm_up + (time.horizon - time.warm_up) * FULL_FORM_LENGTH:g}"


def rows_of(values: pd.DataFrame, where: str | None) -> "pd.Series[bool]":
    """Return which rows of a table of values are about a node's only product, a stock or the whole chain."""
    if where is None:
        return values.node.isna() & values["product"].isna() & values.segment.isna()
    node, _, product = where.partition("/")
    of_product = values["product"] == product if product else values["product"].notna()
    return (values.node == node) & of_product


@pytest.fixture(scope="session")
def laboratory(request: pytest.FixtureRequest) -> Laboratory:
    """The runs that the theory tests of one session share."""
    wanted = os.environ.get("SCMSIM_FULL_THEORY", "") not in ("", "0")
    return Laboratory(full=wanted or bool(request.config.getoption("--long", default=False)))
