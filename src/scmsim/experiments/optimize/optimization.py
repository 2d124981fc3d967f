"""What a search found: the best values, what they cost, how sure it is that the constraints hold."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scmsim.experiments.optimize.constraints import Limit
from scmsim.experiments.optimize.finalists import Finalist, judged
from scmsim.experiments.optimize.problem import Array, Problem, Trial
from scmsim.experiments.statistics.estimates import half_widths
from scmsim.experiments.storage import csvs
from scmsim.scenario.scenario import Scenario
from scmsim.words import counted, number, with_trust


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Optimization:
    """The answer of a search.

    Attributes
    ----------
    scenario : Scenario
        What was searched.
    manifest : dict
        What was asked for: objective, constraints, what was varied, seed, replications.
    trials : DataFrame
        One row per candidate of the search: ``trial``, ``source``, ``replications``, a column per path, a column per
        measure (mean over the search's replications), ``estimate`` of the objective, ``shortfall`` (by how much it
        misses the constraints, as a share of their bounds; at most 0 where it keeps to them) and ``feasible``. A
        candidate that a third of the replications showed to be worse has fewer of them.
    candidates : DataFrame
        The finalists on replications that the search has not seen, the best first: ``trial``, a column per path and
        per measure, ``half_width`` of the objective, ``search`` (what the search had estimated), ``difference`` of the
        objective to the first row's with its ``difference_half_width`` (paired), ``assured CONSTRAINT`` (the one-sided
        bound) for each constraint, and ``met``.
    """

    scenario: Scenario
    manifest: Mapping[str, Any]
    trials: pd.DataFrame
    candidates: pd.DataFrame

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        problem: Problem,
        trials: Sequence[Trial],
        compared: Sequence[tuple[Trial, Array]],
        manifest: Mapping[str, Any],
    ) -> "Optimization":
        """Put together what the search and the comparison of the finalists gave."""
        numbers = {trial.values: number for number, trial in enumerate(trials, start=1)}
        finalists = judged(problem, compared)
        return cls(
            scenario=scenario,
            manifest=manifest,
            trials=csvs.tidy(pd.DataFrame([_row(problem, trial, numbers) for trial in trials])),
            candidates=pd.DataFrame([_final_row(problem, one, finalists[0], numbers) for one in finalists]),
        )

    @property
    def objective(self) -> str:
        """The figure that was made small or large."""
        return str(self.manifest["objective"])

    @property
    def paths(self) -> list[str]:
        """What was varied."""
        return list(self.manifest["vary"])

    @property
    def found(self) -> bool:
        """Whether a candidate keeps to all constraints with the stated confidence."""
        return bool(self.candidates["met"].iloc[0])

    @property
    def best(self) -> dict[str, float]:
        """The best values by path; empty where no candidate keeps to the constraints."""
        return self.nearest if self.found else {}

    @property
    def nearest(self) -> dict[str, float]:
        """The values of the first finalist: the best, or those that miss the constraints least."""
        row = self.candidates.iloc[0]
        whole = {path: bool(said["integer"]) for path, said in self.manifest["vary"].items()}
        return {path: int(row[path]) if whole[path] else float(row[path]) for path in self.paths}

    @property
    def overrides(self) -> tuple[str, ...]:
        """The values of the first finalist as ``path=value``, to paste after ``--set``."""
        return tuple(f"{path}={value!r}" for path, value in self.nearest.items())

    @property
    def estimate(self) -> float:
        """The objective at the first finalist, from fresh replications."""
        return float(self.candidates[self.objective].iloc[0])

    @property
    def half_width(self) -> float:
        """Half-width of its 95 % interval."""
        return float(self.candidates["half_width"].iloc[0])

    @property
    def optimism(self) -> float:
        """How much better the search thought the first finalist to be than fresh replications show it."""
        gap = self.estimate - float(self.candidates["search"].iloc[0])
        return -gap if self.manifest["maximize"] else gap

    @property
    def constraints(self) -> pd.DataFrame:
        """The constraints at the first finalist: ``constraint``, ``estimate``, ``assured`` bound and ``met``."""
        row = self.candidates.iloc[0]
        found = []
        for text in self.manifest["subject_to"]:
            measure, sense, bound = text.rsplit(" ", 2)
            assured = float(row[f"assured {text}"])
            met = assured >= float(bound) if sense == ">=" else assured <= float(bound)
            found.append({"constraint": text, "estimate": float(row[measure]), "assured": assured, "met": met})
        return pd.DataFrame(found, columns=["constraint", "estimate", "assured", "met"])

    @property
    def convergence(self) -> pd.DataFrame:
        """How the search went: ``trial``, ``value`` of the objective, ``best`` so far (NaN: none yet), ``feasible``."""
        worst = -np.inf if self.manifest["maximize"] else np.inf
        kept = self.trials["estimate"].where(self.trials["feasible"], worst)
        best = kept.cummax() if self.manifest["maximize"] else kept.cummin()
        return pd.DataFrame(
            {
                "trial": self.trials["trial"],
                "value": self.trials["estimate"],
                "best": best.where(np.isfinite(best)),
                "feasible": self.trials["feasible"],
            }
        )

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer in words."""
        return (*self._verdict(), *(self._constraint(row) for row in self.constraints.itertuples()), *self._account())

    def _verdict(self) -> list[str]:
        values = ", ".join(f"{path} = {number(value)}" for path, value in self.nearest.items())
        cost = f"{self.objective} {self._shown(self.estimate, self.half_width)}"
        if self.found:
            return [f"Best: {values}, with {cost}."]
        keeping = int(self.trials["feasible"].sum())
        if keeping:
            said = f"{keeping} of them seemed to in the search, so more replications may show one that does"
        else:
            said = "none of them did in the search either"
        return [
            f"No candidate keeps to all constraints with {self.manifest['confidence']:.4g} confidence; {said}.",
            f"Nearest: {values}, with {cost}. This is no answer: it does not keep to the constraints either.",
        ]

    def _constraint(self, row: Any) -> str:
        least = "at least" if " >= " in row.constraint else "at most"
        if not self.chance:
            return f"{row.constraint}: {'holds' if row.met else 'does not hold'}; it is {number(row.estimate)}."
        verdict, sure = "holds" if row.met else "not shown to hold", f"{self.manifest['confidence']:.4g} confidence"
        return (
            f"{row.constraint}: {verdict}; estimate {number(row.estimate)}, {least} {number(row.assured)} with {sure} "
            f"over all constraints and finalists."
        )

    @property
    def chance(self) -> bool:
        """Whether anything that was searched is left to chance."""
        return bool(self.manifest.get("chance", True))

    def _shown(self, mean: float, width: float) -> str:
        return with_trust(mean, width) if self.chance else number(mean)

    def _account(self) -> list[str]:
        tried, dropped = len(self.trials), int((self.trials["replications"] < self.manifest["replications"]).sum())
        if not self.chance:
            return [
                f"{counted(tried, 'candidate')} tried, each in one run: nothing here is left to chance, so that every "
                "other run would give the same, and figures have no interval."
            ]
        early = (
            f" ({dropped:,} of them given up after the first few runs, as they were almost surely worse than the best)"
            if dropped
            else ""
        )
        finalists, fresh = len(self.candidates), counted(self.manifest["fresh"], "replication")
        again = "the best one" if finalists == 1 else f"the best {finalists}"
        found = [
            f"{counted(tried, 'candidate')} tried on {counted(self.manifest['replications'], 'replication')}{early}; "
            f"{again} run again on {fresh} that the search had not seen. All figures above are from these.",
            self._promised(),
        ]
        rest = self.candidates[self.candidates["met"]].iloc[1:]
        if len(rest) and self.found:
            gap, width = float(rest["difference"].iloc[0]), float(rest["difference_half_width"].iloc[0])
            clear = "a clear" if abs(gap) > width else "no clear"
            found.append(f"The next finalist differs by {with_trust(gap, width)}: {clear} difference.")
        return found

    def _promised(self) -> str:
        """Say what the search's own replications had promised of the first finalist."""
        before, gap = number(float(self.candidates["search"].iloc[0])), number(abs(self.optimism))
        if self.optimism < 0:
            return f"In the search it had looked worse: {before}, {gap} worse than on these."
        return (
            f"In the search it had looked better: {before}, {gap} better than on these. That is usual, as a search "
            f"picks what was lucky on its own runs: expect {number(self.estimate)}."
        )

    def to_yaml(self) -> str:
        """Write the values of the first finalist as a variant for a scenario file's ``experiments.compare``."""
        lines = "".join(f"        {_quoted(path)}: {value!r}\n" for path, value in self.nearest.items())
        said = "".join(f"# {sentence}\n" for sentence in self._verdict())
        return (
            f"{said}experiments:\n  compare:\n    policies:\n      {'optimized' if self.found else 'nearest'}:\n{lines}"
        )

    @property
    def plot(self) -> Any:
        """Figures of this search: ``found.plot.convergence()``. The layer that draws is loaded when it is asked for."""
        return importlib.import_module("scmsim.report.optimization_plots").OptimizationPlots(self)

    def write(self, folder: str | PathLike[str], *, force: bool = False) -> Path:
        """Write tables, values, scenario, manifest and report to a folder (`scmsim.open` reads it back).

        Raises
        ------
        UsageError
            The folder holds something else.
        """
        from scmsim.experiments.optimize.store import write

        return write(self, Path(folder), force=force)

    def __repr__(self) -> str:
        state = "" if self.found else ", constraints not met"
        return f"<Optimization: {self.manifest['scenario']}, {self.objective} {number(self.estimate)}{state}>"

    def _repr_html_(self) -> str:
        said = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences)
        return f"<ul>{said}</ul>\n{self.candidates.to_html(index=False, max_rows=30, na_rep='', escape=True)}"


def _quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"


def _values(problem: Problem, trial: Trial) -> dict[str, float]:
    return {one.path: value for one, value in zip(problem.variables, trial.values, strict=True)}


def _row(problem: Problem, trial: Trial, numbers: Mapping[tuple[float, ...], int]) -> dict[str, Any]:
    means = _means(trial.figures)
    return {
        "trial": numbers[trial.values],
        "source": trial.source,
        "replications": len(trial.figures),
        **_values(problem, trial),
        **{str(measure): means[at] for at, measure in enumerate(problem.measures)},
        "estimate": trial.estimate,
        "shortfall": trial.shortfall,
        "feasible": trial.feasible,
    }


def _means(figures: Array) -> list[float]:
    known = ~np.isnan(figures)
    counts = known.sum(axis=0)
    sums = np.where(known, figures, 0.0).sum(axis=0)
    return [float(total / count) if count else float("nan") for total, count in zip(sums, counts, strict=True)]


def _half_width(values: Array, *, chance: bool) -> float:
    known = values[~np.isnan(values)]
    if not chance and len(known):
        return 0.0
    if len(known) < 2:
        return float("nan")
    return float(half_widths(np.array([known.std(ddof=1)]), np.array([len(known)]))[0])


def _final_row(
    problem: Problem, one: Finalist, first: Finalist, numbers: Mapping[tuple[float, ...], int]
) -> dict[str, Any]:
    means, difference = _means(one.figures), one.figures[:, 0] - first.figures[:, 0]
    return {
        "trial": numbers[one.trial.values],
        **_values(problem, one.trial),
        **{str(measure): means[at] for at, measure in enumerate(problem.measures)},
        "half_width": _half_width(one.figures[:, 0], chance=problem.chance),
        "search": one.trial.estimate,
        "difference": float(np.nanmean(difference)),
        "difference_half_width": _half_width(difference, chance=problem.chance),
        **{f"assured {limit}": _assured(problem, one, limit) for limit in problem.limits},
        "met": one.met,
    }


def _assured(problem: Problem, one: Finalist, limit: Limit) -> float:
    return limit.assured(one.figures[:, problem.column(limit)], problem.level)
