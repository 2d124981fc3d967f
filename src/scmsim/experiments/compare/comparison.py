"""What a comparison gives: every scenario's figures, their differences, and what follows from them."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scmsim.errors import Problem
from scmsim.experiments.compare import verdicts
from scmsim.experiments.compare.selection import Selection
from scmsim.experiments.compare.sentences import Told, told
from scmsim.experiments.compare.variants import repeated
from scmsim.experiments.compare.verdicts import Evidence
from scmsim.experiments.measures import Measure
from scmsim.scenario.scenario import Scenario
from scmsim.words import counted

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Comparison:
    """The answer to which of several scenarios is better, on what, by how much, and how sure that is.

    Everything but `values` and `selection` is computed from the first `replications` of `values`. The first scenario is
    the one that the sentences compare the others with.

    Attributes
    ----------
    scenarios : dict of str to Scenario
        What was compared, by the name it has here.
    measures : tuple of Measure
        On what.
    values : DataFrame
        One row per scenario and replication: ``scenario``, ``replication``, and every figure in a column of its name;
        NaN where it is undefined. Rows of the same replication met the same random numbers. A selection adds
        replications of those that it went on with; all other tables rest on the first `replications`.
    selection : Selection or None
        What came of selecting the best (procedure KN), where that was asked for.
    manifest : dict
        Where it comes from: names and hashes of the scenarios, seed, replications, measures, confidence, versions.

    Examples
    --------
    >>> from scmsim.experiments.compare.compare import compare
    >>> found = compare("scenarios/beer_game.yaml", "scenarios/beer_game_base_stock.yaml")
    >>> found
    <Comparison: beer_game, beer_game_base_stock; seed 1, 1 replication>
    >>> found.differences.query("measure == 'total_cost'")[["scenario", "difference", "verdict"]].values.tolist()
    [['beer_game_base_stock', -24.0, 'better']]
    """

    scenarios: Mapping[str, Scenario]
    measures: tuple[Measure, ...]
    values: "pd.DataFrame"
    selection: Selection | None = None
    manifest: Mapping[str, Any]

    @property
    def seed(self) -> int:
        """The seed of every random stream."""
        return int(self.manifest["seed"])

    @property
    def replications(self) -> int:
        """How many replications of each scenario figures and differences rest on (a selection may have made more)."""
        return int(self.manifest["replications"])

    @property
    def went_on(self) -> bool:
        """Whether a selection made more replications than those on which figures and differences rest."""
        return self.selection is not None and max(self.selection.replications.values()) > self.replications

    @property
    def confidence(self) -> float:
        """How sure intervals and verdicts are meant to be."""
        return float(self.manifest["confidence"])

    @cached_property
    def evidence(self) -> Evidence:
        """The figures as one array, and what is needed to judge them."""
        names = [str(one) for one in self.measures]
        draws = self.values.loc[self.values["replication"] <= self.replications, names].to_numpy(np.float64)
        return Evidence(
            names=tuple(self.scenarios),
            measures=self.measures,
            units=self.manifest["units"],
            draws=draws.reshape(len(self.scenarios), self.replications, len(names)),
            confidence=self.confidence,
            worth=self.manifest["worth"],
            chance=bool(self.manifest["chance"]),
            same=repeated(self.scenarios),
        )

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What of the scenarios can be run and is hardly meant, each once."""
        return tuple(dict.fromkeys(warning for case in self.scenarios.values() for warning in case.warnings))

    @property
    def plot(self) -> Any:
        """Figures of this comparison: ``found.plot.differences()``. What draws is loaded when it is asked for."""
        return importlib.import_module("scmsim.report").ComparisonPlots(self)

    @cached_property
    def estimates(self) -> "pd.DataFrame":
        """One row per scenario and measure: ``mean`` with its own interval, ``n`` replications, ``unit``."""
        return verdicts.estimates(self.evidence)

    @cached_property
    def differences(self) -> "pd.DataFrame":
        """One row per pair of scenarios and measure: by how much ``scenario`` is above ``base``, paired by replication.

        ``low`` and ``high`` bound the ``difference`` so that all rows together are covered with the confidence wanted
        (Bonferroni); ``low_alone`` and ``high_alone`` each row by itself. ``p`` is that of the paired t-test,
        ``p_adjusted`` corrected for all rows (Bonferroni). ``verdict``, which says what ``low`` and ``high`` say:
        ``better``, ``worse`` (or ``higher``, ``lower`` where neither is better), ``equal`` in every replication,
        ``equivalent`` (apart by less than is worth knowing), ``undecided``, ``unknown`` (one replication) or
        ``undefined``. ``still_needed``: about how many more replications would decide what is undecided.
        """
        return verdicts.compared(self.evidence)

    @cached_property
    def best(self) -> "pd.DataFrame":
        """One row per measure and scenario: its mean minus the best of the others, between ``low`` and ``high`` (MCB).

        ``verdict``: ``best``, ``maybe best``, ``not best``; for each measure so sure for all scenarios together.
        """
        return verdicts.best(self.evidence)

    @cached_property
    def frontier(self) -> "pd.DataFrame":
        """One row per scenario: its service, cost and money, ``efficient`` or ``dominated_by`` others."""
        return verdicts.frontier(self.evidence, self.differences)

    @cached_property
    def told(self) -> Told:
        """The same in words: an opening, the differences, and what follows from them."""
        return told(self.evidence, self.differences, self.best, self.frontier, self.selection)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The same in words, one sentence after the other."""
        return self.told.sentences

    @property
    def tables(self) -> dict[str, "pd.DataFrame"]:
        """All tables by name."""
        names = ("values", "estimates", "differences", "best", "frontier")
        return {name: getattr(self, name) for name in names}

    def write(self, folder: "str | PathLike[str]", *, force: bool = False, report: bool = True) -> Path:
        """Write tables, scenarios, manifest and report to a folder (`write_comparison`)."""
        from scmsim.experiments.compare.folder import write_comparison

        return write_comparison(self, Path(folder), force=force, report=report)

    def __repr__(self) -> str:
        return (
            f"<Comparison: {', '.join(self.scenarios)}; seed {self.seed}, {counted(self.replications, 'replication')}>"
        )

    def _repr_html_(self) -> str:
        from html import escape

        words = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences)
        columns = ["scenario", "base", "measure", "difference", "low", "high", "p_adjusted", "verdict", "still_needed"]
        table = self.differences[columns].to_html(index=False, max_rows=60, na_rep="", escape=True)
        return f"<p><b>{escape(', '.join(self.scenarios))}</b></p>\n<ul>{words}</ul>\n{table}"
