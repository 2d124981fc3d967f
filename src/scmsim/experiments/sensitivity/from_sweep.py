"""A sensitivity from a finished sweep: what its design honestly allows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import UsageError
from scmsim.experiments.sensitivity.noise import noise
from scmsim.experiments.sensitivity.result import KIND, Sensitivity
from scmsim.experiments.statistics.estimates import CONFIDENCE, half_widths, moments
from scmsim.experiments.sweep.result import Sweep

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

RESAMPLES = 400
END = 0.2
"""The share of points at each end of a factor that a tornado compares where its values are not listed."""
_STREAM = 0x5E95
_ELSEWHERE = "scmsim sensitivity SCENARIO --vary PATH=LOW..HIGH --method"


def of_sweep(sweep: Sweep, *, method: str | None = None, measures: Sequence[str] | None = None) -> Sensitivity:
    """Find out which factors of a finished sweep matter.

    Parameters
    ----------
    sweep : Sweep
        All of whose runs are done.
    method : str, optional
        ``conditional_means`` (a whole grid), ``regression`` (points drawn from ranges) or ``one_at_a_time``; whichever
        its design allows unless given.
    measures : sequence of str, optional
        Which of its figures; all unless given.

    Raises
    ------
    UsageError
        It is not finished, its design does not allow the method, or a figure is not among its own.
    """
    if sweep.missing:
        raise UsageError(f"the sweep is not finished: {sweep.missing} of its runs are still to be done")
    names = list(sweep.measures) if measures is None else _known(measures, sweep.measures)
    about = (sweep.scenario, {**sweep.manifest, "vary": sweep.manifest["factors"]})
    return of_runs(sweep.runs, sweep.factors, names, design=sweep.design, method=method, about=about)


def _known(asked: Sequence[str], known: Sequence[str]) -> list[str]:
    from fnmatch import fnmatchcase

    found = dict.fromkeys(name for wanted in asked for name in known if fnmatchcase(name, wanted))
    missing = [wanted for wanted in asked if not any(fnmatchcase(name, wanted) for name in known)]
    if missing:
        raise UsageError(f"no figure {missing[0]!r} in this sweep: there are {', '.join(known)}")
    return list(found)


def of_runs(
    runs: "pd.DataFrame",
    factors: Sequence[str],
    measures: Sequence[str],
    *,
    design: str,
    method: str | None = None,
    about: tuple[Any, Any],
) -> Sensitivity:
    """Find out which factors matter from a table of runs.

    Parameters
    ----------
    runs : DataFrame
        One row per run: ``point``, ``replication``, a column per factor and a column per figure.
    factors, measures : sequence of str
        The columns.
    design : str
        How the points were chosen.
    method : str, optional
        As for `of_sweep`.
    about : (Scenario, mapping)
        Where the runs come from.
    """
    import pandas as pd

    if runs.empty:
        raise UsageError("the sweep has no finished runs yet: finish it first")
    points = runs.drop_duplicates("point").set_index("point")[list(factors)].sort_index()
    method = _allowed(points, design, method)
    indices, effects, chance = [], [], []
    for name in measures:
        cube = runs.pivot(index="point", columns="replication", values=name).loc[points.index]
        values = cube.to_numpy(dtype=np.float64)
        chance.append({"measure": name, **noise(values)._asdict()})
        indices += [{"measure": name, **row} for row in _METHODS[method](points, values)]
        effects += [{"measure": name, **row} for row in _tornado(points, values, method)]
    scenario, manifest = about
    kept = ("scenario", "file", "sha256", "seed", "replications", "vary", "versions")
    said = {key: manifest[key] for key in kept if key in manifest}
    own = {"scmsim_experiment": 1, "kind": KIND, "method": method, "design": design, "points": len(points)}
    return Sensitivity(
        scenario=scenario,
        indices=pd.DataFrame(indices, columns=["measure", "factor"] if not indices else None),
        effects=pd.DataFrame(effects),
        noise=pd.DataFrame(chance),
        runs=runs[["point", "replication", *factors, *measures]],
        manifest={**said, **own, "measures": list(measures), "vary": said.get("vary", dict.fromkeys(factors))},
    )


def _allowed(points: "pd.DataFrame", design: str, method: str | None) -> str:
    """Choose the method, or refuse the one asked for."""
    if method in ("sobol", "morris"):
        raise UsageError(
            f"{method.title()} indices need a design of their own, and this sweep's is {design}: "
            f"`{_ELSEWHERE} {method}` runs one. Of this sweep: {_best(points, design)}"
        )
    best = _best(points, design)
    if method is None or method == best:
        return best
    if method not in _METHODS:
        raise UsageError(f"no method {method!r}: expected one of sobol, morris, {', '.join(_METHODS)}")
    if method == "conditional_means" or design == "one_at_a_time":
        raise UsageError(f"the sweep's design, {design}, does not allow {method}: {best} it does")
    _check_numbers(points)
    return method


def _best(points: "pd.DataFrame", design: str) -> str:
    if design == "one_at_a_time":
        return "one_at_a_time"
    sizes = [points[name].map(str).nunique() for name in points]
    if design == "grid" and int(np.prod(sizes)) == len(points):
        return "conditional_means"
    _check_numbers(points)
    return "regression"


def _check_numbers(points: "pd.DataFrame") -> None:
    import pandas as pd

    texts = [name for name in points if not pd.api.types.is_numeric_dtype(points[name].infer_objects())]
    if texts:
        raise UsageError(
            f"{texts[0]} has values that are not numbers, and the points are no whole grid: nothing honest can be said "
            f"of it; sweep a whole grid, or finish this one"
        )


def _conditional_means(points: "pd.DataFrame", values: Array) -> list[dict[str, Any]]:
    """Share the variance out over a whole grid: first and total order, for factors uniform over their listed values.

    Var(E[y | x]) / Var(y) and 1 - Var(E[y | all but x]) / Var(y): A. Saltelli et al., *Global Sensitivity Analysis: The
    Primer* (2008), section 1.2.2. Intervals: percentile bootstrap over the replications.
    """
    codes = {name: np.unique(points[name].map(str), return_inverse=True)[1] for name in points}
    sizes = [int(code.max()) + 1 for code in codes.values()]
    order = np.ravel_multi_index(tuple(codes.values()), tuple(sizes)).argsort()
    cube = values[order].reshape(*sizes, -1)
    found = _shares(cube.mean(axis=-1))
    count = cube.shape[-1]
    bounds = np.full((2, 2, len(sizes)), np.nan)
    if count >= 2:
        weights = np.random.default_rng(_STREAM).multinomial(count, np.full(count, 1 / count), size=RESAMPLES) / count
        ends = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
        bounds = np.quantile([_shares(cube @ weight) for weight in weights], ends, axis=0)
    return [
        {
            "factor": name,
            "first": found[0, at], "first_low": bounds[0, 0, at], "first_high": bounds[1, 0, at],
            "total": found[1, at], "total_low": bounds[0, 1, at], "total_high": bounds[1, 1, at],
            "n": len(points),
        }
        for at, name in enumerate(codes)
    ]  # fmt: skip


def _shares(means: Array) -> Array:
    """Return first-order and total-order shares of a grid of averages, shape (2, factors)."""
    axes = range(means.ndim)
    variance = means.var()
    if not variance > (1e-12 * np.abs(means).max()) ** 2:
        return np.full((2, means.ndim), np.nan)
    first = [means.mean(axis=tuple(other for other in axes if other != axis)).var() / variance for axis in axes]
    total = [1 - means.mean(axis=axis).var() / variance for axis in axes]
    return np.array([first, total])


def _regression(points: "pd.DataFrame", values: Array) -> list[dict[str, Any]]:
    """Fit a straight line: standardised coefficients with t-intervals, and Spearman's rank correlations.

    A. Saltelli et al., *Global Sensitivity Analysis: The Primer* (2008), section 1.2.5; intervals of the rank
    correlation: D. G. Bonett and T. A. Wright, Psychometrika 65 (2000), with Fisher's transformation.
    """
    whole = ~np.isnan(values).any(axis=1)
    figures = values[whole].mean(axis=1)
    inputs = points.to_numpy(dtype=np.float64)[whole]
    count, factors = inputs.shape
    lacking = {name: np.nan for name in _REGRESSION}
    varies = (
        count > factors + 2 and figures.std() > 1e-12 * np.abs(figures).max() and bool((inputs.std(axis=0) > 0).all())
    )
    if not varies:
        return [{"factor": name, **lacking, "n": count} for name in points]
    from scipy.special import stdtrit
    from scipy.stats import rankdata

    x, y = ((part - part.mean(axis=0)) / part.std(axis=0) for part in (inputs, figures))
    coefficients, *_ = np.linalg.lstsq(x, y, rcond=None)
    rest = float(((y - x @ coefficients) ** 2).sum())
    spread = np.sqrt(np.diag(np.linalg.pinv(x.T @ x)) * rest / (count - factors - 1))
    widths = stdtrit(count - factors - 1, 0.5 + CONFIDENCE / 2) * spread
    ranks, rank = rankdata(inputs, axis=0), rankdata(figures)
    rows = []
    for at, name in enumerate(points):
        correlation = float(np.corrcoef(ranks[:, at], rank)[0, 1])
        reach = stdtrit(1e9, 0.5 + CONFIDENCE / 2) * np.sqrt((1 + correlation**2 / 2) / (count - 3))
        middle = np.arctanh(np.clip(correlation, -1 + 1e-12, 1 - 1e-12))
        numbers = (coefficients[at], coefficients[at] - widths[at], coefficients[at] + widths[at], correlation)
        found = (*numbers, np.tanh(middle - reach), np.tanh(middle + reach), 1 - rest / count)
        rows.append({"factor": name, **dict(zip(_REGRESSION, map(float, found), strict=True)), "n": count})
    return rows


_REGRESSION = (
    "coefficient", "coefficient_low", "coefficient_high",
    "rank_correlation", "rank_correlation_low", "rank_correlation_high", "r_squared",
)  # fmt: skip


def _none(points: "pd.DataFrame", values: Array) -> list[dict[str, Any]]:
    """One factor at a time shares out no variance."""
    return []


_METHODS = {"conditional_means": _conditional_means, "regression": _regression, "one_at_a_time": _none}


def _tornado(points: "pd.DataFrame", values: Array, method: str) -> list[dict[str, Any]]:
    """Compare the figure at the two ends of every factor: its lowest and highest values, or fifths of the points."""
    rows = []
    for name in map(str, points):
        ends = _ends(points, name, method)
        if ends is None:
            continue
        means = [values[place].mean(axis=0) for place in ends]
        (mean,), (sd,), count = moments((means[1] - means[0])[:, None])
        column = points[name].tolist()
        shown = [_middle([column[at] for at in np.flatnonzero(place)]) for place in ends]
        figures = {"figure_at_low": float(means[0].mean()), "figure_at_high": float(means[1].mean())}
        width = float(half_widths(np.array([sd]), count)[0])
        rows.append(
            {
                "factor": name,
                "low": shown[0],
                "high": shown[1],
                **figures,
                "difference": float(mean),
                "half_width": width,
            }
        )
    return rows


def _ends(points: "pd.DataFrame", name: str, method: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """Return which points lie at the low and at the high end of a factor; None where it does not vary."""
    column = points[name].to_list()
    if method == "one_at_a_time":
        others = [other for other in points if other != name]
        mine = (points[others].map(str) == points[others].iloc[0].map(str)).all(axis=1).to_numpy()
    else:
        mine = np.ones(len(points), dtype=bool)
    levels = [value for at, value in enumerate(column) if mine[at]]
    try:
        keys = np.array([float(value) for value in column])
    except (TypeError, ValueError):
        known = list(dict.fromkeys(map(str, levels)))
        keys = np.array([known.index(str(value)) if str(value) in known else -1 for value in column], dtype=np.float64)
    low, high = (np.quantile(keys[mine], share) for share in ((END, 1 - END) if method == "regression" else (0, 1)))
    return None if low == high else (mine & (keys <= low), mine & (keys >= high))


def _middle(values: list[Any]) -> Any:
    """Return the mean of numbers; of anything else the first."""
    if all(isinstance(value, int | float) for value in values):
        return float(np.mean(values))
    return str(values[0])
