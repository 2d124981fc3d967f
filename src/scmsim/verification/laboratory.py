"""Where the cases run: scenario files of this package, and interval estimates over their replications.

The bounded form allows standard errors four times as wide as the full form. The full form runs every scenario sixteen
times as long, or sixteen times as often where it has no warm-up because its horizon is part of the question.
"""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scmsim.experiments.run.result import Result
from scmsim.experiments.run.run import run
from scmsim.scenario.load import load
from scmsim.scenario.scenario import Scenario
from scmsim.scenario.shipped import scenarios_folder
from scmsim.verification.case import Case, Finding, Measure, Value

if TYPE_CHECKING:
    import pandas as pd

FULL_FORM_LENGTH = 16
BOUNDED_FORM_WIDTH = 4.0
SURE = 0.9973
"""The chance with which an interval holds the known value: that of three standard errors, if these were known."""


class Estimate(NamedTuple):
    """Mean over independent replications, its standard error, and how many they are."""

    mean: float
    standard_error: float
    replications: int

    @property
    def errors(self) -> float:
        """Standard errors to either side in an interval: three, and more where few tell how large one is.

        The quantile of Student's t distribution. Source: Law (2015), Simulation Modeling and Analysis, ch. 4.5.

        Examples
        --------
        >>> [round(Estimate(1.0, 0.1, count).errors, 2) for count in (8, 20, 1000)]
        [4.53, 3.45, 3.01]
        """
        from scipy.stats import t

        return float(t.ppf((1 + SURE) / 2, max(self.replications - 1, 1)))


class Laboratory:
    """Runs scenarios, each once.

    Parameters
    ----------
    full : bool
        Whether in the full form.

    Examples
    --------
    >>> laboratory = Laboratory()
    >>> round(laboratory.estimate("s01_newsvendor", "cost_per_period", "stand").mean, 1)
    2.0
    """

    def __init__(self, full: bool = False) -> None:
        self.full = full
        self.width = 1.0 if full else BOUNDED_FORM_WIDTH
        self._runs: dict[tuple[str, tuple[str, ...]], Result] = {}

    def run(self, name: str, changes: Iterable[str] = ()) -> Result:
        """Run a scenario in summary, changed by ``path=value`` settings, at the length of the chosen form."""
        wanted = (name, tuple(changes))
        if wanted not in self._runs:
            self._runs[wanted] = run(self._scenario(*wanted), record="summary")
        return self._runs[wanted]

    def recorded(self, name: str, changes: Iterable[str] = ()) -> Result:
        """Run a scenario as `run` does, with all tables; it is not kept."""
        return run(self._scenario(name, changes))

    def _scenario(self, name: str, changes: Iterable[str]) -> Scenario:
        scenario = scenario_named(name, changes)
        return scenario.set(lengthening(scenario)) if self.full else scenario

    def estimate(self, name: str, measure: Measure, place: str | None, changes: Iterable[str] = ()) -> Estimate:
        """Estimate a measure at a node, a stock (``node/product``) or in the whole chain (None) over replications."""
        values = self.run(name, changes).values
        by_metric = values[rows_of(values, place)].pivot(index="replication", columns="metric", values="value")
        wanted = by_metric[measure] if isinstance(measure, str) else by_metric.apply(measure, axis="columns")
        error = float(wanted.std(ddof=1)) if len(wanted) > 1 else 0.0
        return Estimate(float(wanted.mean()), error / len(wanted) ** 0.5, len(wanted))

    def finding(self, case: Case, value: Value) -> Finding:
        """Measure one value of a case."""
        estimate = self.estimate(case.scenario, value.measure, value.place, case.changes)
        return self.judged(value.label, value.expected, estimate, value.share)._replace(
            tolerance=value.tolerance, relation=value.relation
        )

    def judged(self, what: str, expected: float, estimate: Estimate, share: float) -> Finding:
        """Lay an estimate beside what is known, with an interval no wider than a share of it."""
        error, most = (estimate.standard_error, share * self.width * abs(expected)) if share else (0.0, 0.0)
        return Finding(what, expected, estimate.mean, estimate.errors * error, estimate.errors * most)


def scenario_named(name: str, changes: Iterable[str] = ()) -> Scenario:
    """Load a scenario of this package, or a shipped one (``shipped/beer_game``), with settings changed."""
    own = name.removeprefix("shipped/")
    folder = scenarios() if own == name else scenarios_folder()
    return load(folder / f"{own}.yaml", tuple(changes))


def scenarios() -> Path:
    """Return the folder of the scenarios of the cases."""
    return Path(str(files("scmsim.verification"))) / "scenarios"


def lengthening(scenario: Scenario) -> str:
    """Return the setting that makes a scenario as long as the full form wants it."""
    time = scenario.file.time
    if time.warm_up == 0:
        return f"run.replications={scenario.file.run.replications * FULL_FORM_LENGTH}"
    return f"time.horizon={time.warm_up + (time.horizon - time.warm_up) * FULL_FORM_LENGTH:g}"


def rows_of(values: "pd.DataFrame", where: str | None) -> "pd.Series[bool]":
    """Return which rows of a table of values are about a node's only product, a stock or the whole chain."""
    if where is None:
        return values.node.isna() & values["product"].isna() & values.segment.isna()
    node, _, product = where.partition("/")
    of_product = values["product"] == product if product else values["product"].notna()
    return (values.node == node) & of_product
