"""A sensitivity from runs made for it: Sobol's or Morris's design, and one factor at a time for the tornado."""

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple, Unpack

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import UsageError
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.dispatch import draws
from scmsim.experiments.keywords import only_known
from scmsim.experiments.measures import Measure, chosen, usual
from scmsim.experiments.replicate.replicate import Chance
from scmsim.experiments.sensitivity import morris, sobol
from scmsim.experiments.sensitivity.factors_tried import checked
from scmsim.experiments.sensitivity.noise import noise
from scmsim.experiments.sensitivity.result import KIND, Sensitivity
from scmsim.experiments.statistics.estimates import half_widths, moments
from scmsim.experiments.sweep.factors import Factor, factor, override
from scmsim.scenario.load import load
from scmsim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

POINTS = {"sobol": 64, "morris": 10}
"""Rows of Sobol's design, and trajectories of Morris's, unless somebody says."""


def sensitivity(
    source: object,
    vary: Mapping[str, Any] | None = None,
    method: str | None = None,
    *,
    points: int | None = None,
    replications: int | None = None,
    measures: Sequence[str] | None = None,
    **chance: Unpack[Chance],
) -> Sensitivity:
    """Find out which factors matter.

    Parameters
    ----------
    source : Scenario, Sweep or path
        A scenario, which is run for it; or a finished sweep (or its folder), whose runs are used.
    vary : mapping
        What to vary in a scenario: paths, each with a text ``"1..9"``, a mapping with ``from`` and ``to``, a
        distribution or a list of values.
    method : str, optional
        ``sobol`` (unless given): shares of the variance, from points x (factors + 2) points. ``morris``: elementary
        effects, from points x (factors + 1). Of a finished sweep: ``conditional_means`` or ``regression``, whichever
        its design allows.
    points : int, optional
        Rows of Sobol's design, a power of 2 (64 unless given); or trajectories of Morris's (10).
    replications : int, optional
        Runs of every point, whose figures are averaged; the scenario's own number unless given.
    measures : sequence of str, optional
        Which figures: unless given the chain's, and the nodes' where it has none.
    **chance
        ``seed``, ``where`` and ``workers``, as for `scmsim.replicate`. All points meet the same random numbers.

    Returns
    -------
    Sensitivity

    Raises
    ------
    UsageError
        There is no such method, path or figure, or the design of a sweep does not allow the method.
    ScenarioError
        The scenario is not valid at an end of a factor; every problem is said.
    SimulationError
        A run failed.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> beer = load("scenarios/beer_game.yaml")
    >>> half = "nodes.retailer.stock.beer"
    >>> found = sensitivity(beer, {f"{half}.holding_cost": "0..1", f"{half}.initial": "12..13"}, "morris",
    ...                     points=4, measures=["holding_cost@retailer"], where="here")
    >>> found.indices[["factor", "n"]].values.tolist()
    [['nodes.retailer.stock.beer.holding_cost', 4], ['nodes.retailer.stock.beer.initial', 4]]
    """
    only_known(sensitivity, chance, Chance)
    if isinstance(source, str | PathLike):
        source = _opened(source)
    if not isinstance(source, Scenario):
        from scmsim.experiments.sensitivity.from_sweep import of_sweep
        from scmsim.experiments.sweep.result import Sweep

        if not isinstance(source, Sweep):
            raise UsageError(f"sensitivity needs a scenario or a finished sweep, not {type(source).__name__}")
        given = [name for name, value in (("vary", vary), ("points", points), ("replications", replications)) if value]
        if given:
            raise UsageError(
                f"a finished sweep has its {given[0]}: leave it out, or give a scenario instead of the sweep"
            )
        return of_sweep(source, method=method, measures=measures)
    run, seed = source.file.run, chance.get("seed")
    plan = _planned(source, vary or {}, method or "sobol", points, run.seed if seed is None else seed)
    plan = plan._replace(
        replications=run.replications if replications is None else _whole("replications", replications),
        measures=tuple(chosen(source.network, measures) if measures is not None else usual(source.network)),
    )
    cases = [(plan.blueprint, changes) for changes in plan.overrides()]
    numbers = range(1, plan.replications + 1)
    where, workers = chance.get("where"), chance.get("workers")
    values = draws(cases, plan.measures, numbers, seed=plan.seed, where=where, workers=workers)
    return _summed(plan, values)


def _opened(source: "str | PathLike[str]") -> object:
    from pathlib import Path

    path = Path(source)
    if not path.is_dir():
        return load(path)
    from scmsim.experiments.sweep.result import open_sweep

    return open_sweep(path)


class _Plan(NamedTuple):
    """What is run: the design in the unit cube, then the scenario as it is, then each factor at both ends."""

    scenario: Scenario
    blueprint: Blueprint
    factors: tuple[Factor, ...]
    method: str
    design: Array
    seed: int
    replications: int = 1
    measures: tuple[Measure, ...] = ()

    def columns(self) -> list[list[Any]]:
        """Return the values of every factor at the points of the design."""
        flat = self.design.reshape(-1, len(self.factors))
        return [one.at(flat[:, place]) for place, one in enumerate(self.factors)]

    def overrides(self) -> list[tuple[str, ...]]:
        """Return the changes that make each point."""
        paths = [one.path for one in self.factors]
        points = [
            tuple(override(path, value) for path, value in zip(paths, values, strict=True))
            for values in zip(*self.columns(), strict=True)
        ]
        alone = [(override(one.path, end),) for one in self.factors for end in (one.ends[0], one.ends[-1])]
        return [*points, (), *alone]


def _planned(scenario: Scenario, vary: Mapping[str, Any], method: str, points: int | None, seed: int) -> _Plan:
    if method not in POINTS:
        raise UsageError(f"no method {method!r} for a scenario: expected sobol or morris")
    if not vary:
        raise UsageError("nothing to vary: give paths and their ranges, for instance --vary time.horizon=26..52")
    factors = checked(scenario, [factor(path, variation) for path, variation in vary.items()])
    number = POINTS[method] if points is None else _whole("points", points)
    sample: Callable[[int, int, int], Array] = {"sobol": sobol.sample, "morris": morris.sample}[method]
    design = sample(len(factors), number, seed)
    return _Plan(scenario, Blueprint.of(scenario), factors, method, design, seed)


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise UsageError(f"{name}: expected a whole number of at least 1, found {value!r}")
    return value


def _summed(plan: _Plan, values: Array) -> Sensitivity:
    """Turn the figures of all runs, shape (points, replications, measures), into the answer."""
    import pandas as pd

    from scmsim.experiments.storage.manifest import describe

    inside = len(values) - 1 - 2 * len(plan.factors)
    names = [str(one) for one in plan.measures]
    paths = [one.path for one in plan.factors]
    described = describe(plan.scenario, seed=plan.seed, replications=plan.replications, record="")
    manifest = {
        "scmsim_experiment": 1,
        "kind": KIND,
        **{key: value for key, value in described.items() if key not in ("scmsim_run", "record", "overrides")},
        "method": plan.method,
        "points": plan.design.shape[1] if plan.method == "sobol" else plan.design.shape[0],
        "vary": {one.path: one.said for one in plan.factors},
        "measures": names,
    }
    return Sensitivity(
        scenario=plan.scenario,
        indices=pd.concat(
            [_indices(plan, name, values[:inside, :, at].mean(axis=1)) for at, name in enumerate(names)],
            ignore_index=True,
        ),
        effects=_effects(plan, values[inside:]),
        noise=pd.DataFrame([{"measure": n, **noise(values[:inside, :, at])._asdict()} for at, n in enumerate(names)]),
        runs=_runs(plan, values, paths, names),
        manifest=manifest,
    )


def _indices(plan: _Plan, name: str, means: Array) -> "pd.DataFrame":
    import pandas as pd

    shaped = means.reshape(plan.design.shape[:2])
    if plan.method == "sobol":
        found: Any = sobol.indices(shaped, seed=plan.seed)
    else:
        found = morris.effects(morris.elementary(plan.design, shaped), seed=plan.seed)
    frame = pd.DataFrame(found._asdict())
    frame.insert(0, "measure", name)
    frame.insert(1, "factor", [one.path for one in plan.factors])
    return frame


def _effects(plan: _Plan, values: Array) -> "pd.DataFrame":
    import pandas as pd

    rows = []
    for measure, name in enumerate(plan.measures):
        for place, one in enumerate(plan.factors):
            low, high = values[1 + 2 * place, :, measure], values[2 + 2 * place, :, measure]
            (mean,), (sd,), count = moments((high - low)[:, None])
            figures = [float(each.mean()) for each in (values[0, :, measure], low, high)]
            width = float(half_widths(np.array([sd]), count)[0])
            rows.append((str(name), one.path, one.ends[0], one.ends[-1], *figures, float(mean), width))
    columns = ("low", "high", "figure", "figure_at_low", "figure_at_high", "difference", "half_width")
    return pd.DataFrame(rows, columns=["measure", "factor", *columns])


def _runs(plan: _Plan, values: Array, paths: list[str], names: list[str]) -> "pd.DataFrame":
    import pandas as pd

    inside = plan.design.shape[0] * plan.design.shape[1]
    each = plan.replications
    frame = pd.DataFrame(
        {
            "point": np.repeat(np.arange(inside), each),
            "replication": np.tile(np.arange(1, each + 1), inside),
            **{
                path: np.repeat(np.array(column, dtype=object), each)
                for path, column in zip(paths, plan.columns(), strict=True)
            },
        }
    ).infer_objects()
    figures = pd.DataFrame(values[:inside].reshape(inside * each, len(names)), columns=names)
    return pd.concat([frame, figures], axis=1)
