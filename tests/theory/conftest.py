"""What the theory tests share: runs of scenario files, and interval estimates over their replications.

The bounded form, which the suite runs, allows standard errors four times as wide as the full form. The full form runs
every scenario sixteen times as long: ``pytest tests/theory --long``, or ``SCMSIM_FULL_THEORY=1`` in the environment.
"""

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

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
            time = scenario.file.time
            measured = (time.horizon - time.warm_up) * FULL_FORM_LENGTH
            scenario = scenario.set(f"time.horizon={time.warm_up + measured:g}")
        return scmsim.run(scenario, record="summary")

    def estimate(self, name: str, measure: Measure, node: str | None, changes: tuple[str, ...] = ()) -> Estimate:
        """Estimate a measure at a node (None: the whole chain) over the scenario's replications."""
        values = self.run(name, changes).values
        at_node = (
            values.node.isna() & values["product"].isna() & values.segment.isna()
            if node is None
            else ((values.node == node) & values["product"].notna())
        )
        by_metric = values[at_node].pivot(index="replication", columns="metric", values="value")
        wanted = by_metric[measure] if isinstance(measure, str) else by_metric.apply(measure, axis="columns")
        return Estimate(float(wanted.mean()), float(wanted.std(ddof=1) / len(wanted) ** 0.5))


@pytest.fixture(scope="session")
def laboratory(request: pytest.FixtureRequest) -> Laboratory:
    """The runs that the theory tests of one session share."""
    wanted = os.environ.get("SCMSIM_FULL_THEORY", "") not in ("", "0")
    return Laboratory(full=wanted or bool(request.config.getoption("--long", default=False)))
