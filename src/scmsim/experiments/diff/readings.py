"""Results of every kind, read for their figures: the common ground on which two of them are compared."""

from collections.abc import Callable
from pathlib import Path

from scmsim.errors import UsageError
from scmsim.experiments.compare.comparison import Comparison
from scmsim.experiments.diff.figures import Reading, of_run
from scmsim.experiments.measures import Measure, measures
from scmsim.experiments.optimize.optimization import Optimization
from scmsim.experiments.replicate.result import Replication
from scmsim.experiments.run.result import Result
from scmsim.experiments.sensitivity.result import Sensitivity
from scmsim.experiments.stored import open_stored
from scmsim.experiments.sweep.result import Sweep
from scmsim.scenario.network import Network


def reading(source: object) -> Reading:
    """Read the figures of a result, or of the folder it is stored in.

    Raises
    ------
    UsageError
        It is no result whose figures could be compared.
    """
    result = open_stored(source) if isinstance(source, Path) else source
    for kind, read in _READERS.items():
        if isinstance(result, kind):
            return read(result)
    named = f"{source}, which holds " if isinstance(source, Path) else ""
    named += _INSTEAD.get(type(result), type(result).__name__)
    raise UsageError(
        f"diff compares two scenarios or two results (runs, replications, comparisons, sweeps), not {named}"
    )


def of_comparison(found: Comparison) -> Reading:
    """Read the figures of a comparison, one case per scenario."""
    import pandas as pd

    names = [str(one) for one in found.measures]
    index = pd.RangeIndex(1, found.replications + 1, name="replication")
    draws = {
        name: pd.DataFrame(values, index=index, columns=names)
        for name, values in zip(found.scenarios, found.evidence.draws, strict=True)
    }
    return Reading(repr(found)[1:-1], found.seed, found.scenarios, draws, found.measures)


def of_sweep(found: Sweep) -> Reading:
    """Read the figures of a sweep, one case per point, called by its values."""
    draws = {}
    for number, runs in found.runs.groupby("point", sort=True):
        values = runs.iloc[0][list(found.factors)]
        case = ", ".join(f"{path} = {value}" for path, value in values.items()) or f"point {number}"
        draws[case] = runs.set_index("replication")[list(found.measures)].astype("float64")
    named = _named(found.scenario.network, list(found.measures))
    return Reading(repr(found)[1:-1], found.seed, {"": found.scenario}, draws, named)


def of_replication(found: Replication) -> Reading:
    """Read the figures of replications."""
    draws = found.values.set_index("replication")
    named = _named(found.scenario.network, [str(name) for name in draws])
    return Reading(repr(found)[1:-1], found.seed, {"": found.scenario}, {"": draws}, named)


def _named(network: Network, names: list[str]) -> tuple[Measure, ...]:
    """Find the figures of these addresses."""
    known = {str(one): one for one in measures(network, list(dict.fromkeys(name.partition("@")[0] for name in names)))}
    return tuple(known[name] for name in names if name in known)


_INSTEAD: dict[type, str] = {
    Optimization: "an optimization. To compare what two of them found, run the scenario with the best values of each "
    "(scmsim run SCENARIO --set PATH=VALUE --out DIR), and compare the runs",
    Sensitivity: "a sensitivity. It says how much factors matter, not what the figures are: compare sweeps, or runs",
}
"""What is no reading, and what to compare in its stead."""
_READERS: dict[type, Callable[..., Reading]] = {
    Result: of_run,
    Comparison: of_comparison,
    Sweep: of_sweep,
    Replication: of_replication,
}
