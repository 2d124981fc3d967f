"""Theory beside simulation: every figure that is known, and what the replications say of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from os import PathLike
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scmsim.experiments.chance import involves_chance
from scmsim.experiments.measures import measures
from scmsim.experiments.run.run import loaded
from scmsim.experiments.statistics.estimates import half_widths, moments
from scmsim.scenario.scenario import Scenario
from scmsim.theory.recognition import recognise
from scmsim.theory.rows import Array, Reading, Row
from scmsim.words import counted, listed, number

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 10
"""Replications of a scenario with chance, unless someone says how many."""
SURE = 0.999
"""A value outside the interval of this confidence differs; outside the usual one only, it may be bad luck."""
RARE = "too rare to be seen"
SELDOM = 0.02
"""Where all replications say 0 or 1, theory may be so far from it without there being more to it."""
DUST = 1e-6
"""The share of a value by which numbers without chance may differ."""
NOTHING = (
    "Nothing in this scenario has an answer that is recognised. Formulas know single stocks with base stock, (s, S) "
    "and (r, Q), chains and trees of base stocks, order-up-to chains, lost sales, lots and single queues, as long as "
    "nothing is rounded, limited, disrupted or shared beyond what they cover."
)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Theory:
    """What theory knows of a scenario, beside what its replications say.

    Attributes
    ----------
    scenario : Scenario
        What was run.
    known : tuple of Row
        What theory says.
    comparison : DataFrame
        One row per figure that is known: ``node``, ``product``, ``model``, ``measure``, ``theory``, ``kind`` (exact,
        lower bound, upper bound, approximation), ``simulated`` and the ``half_width`` of its 95 % t-interval over ``n``
        replications, ``verdict``, ``formula``, ``source``.
    seed, replications : int
        Where chance began, and how many independent runs there were; 0 where nothing was recognised.
    """

    scenario: Scenario
    known: tuple[Row, ...]
    comparison: "pd.DataFrame"
    seed: int
    replications: int

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer in words."""
        if not self.known:
            return (NOTHING,)
        verdicts = self.comparison["verdict"]
        differing = int(verdicts.str.startswith(("differs", "breaks")).sum())
        said = f"Theory knows {counted(len(self.known), 'figure')} of this scenario: {_agreeing(verdicts, differing)}."
        return (said, *self._reasons(differing))

    def _reasons(self, differing: int) -> tuple[str, ...]:
        if not differing:
            return ()
        if self.scenario.file.time.warm_up == 0:
            return (
                "There is no warm-up: theory speaks of the long run, and the start counts in this one. Try "
                "scmsim warmup, and --set time.warm_up=...",
            )
        return (
            "Theory speaks of the long run: where a figure differs, the run may still remember its start (scmsim "
            "warmup), or be too short to have seen what is rare (--set time.horizon=...).",
        )

    def __repr__(self) -> str:
        return f"<Theory: {self.scenario.name}, {counted(len(self.known), 'figure')} known>"

    def _repr_html_(self) -> str:
        said = " ".join(self.sentences)
        return f"<p>{escape(said)}</p>\n{self.comparison.to_html(index=False, max_rows=100, escape=True)}"


def _agreeing(verdicts: "pd.Series[str]", differing: int) -> str:
    agreeing = int(verdicts.str.startswith(("agrees", "bound holds")).sum())
    if agreeing == len(verdicts):
        return "the simulation agrees with all of them"
    rare = int((verdicts == RARE).sum())
    open_still = len(verdicts) - agreeing - differing - rare
    parts = [f"{agreeing} agree"]
    parts += [f"{differing} {'differs' if differing == 1 else 'differ'}"] if differing else []
    parts += [f"{rare} {'is' if rare == 1 else 'are'} {RARE} in this run"] if rare else []
    parts += [f"{open_still} cannot be judged (a single run has no interval)"] if open_still else []
    return listed(parts)


def theory(
    scenario: Scenario | str | PathLike[str],
    *,
    replications: int | None = None,
    seed: int | None = None,
    progress: Callable[[float, int], None] | None = None,
) -> Theory:
    """Put what theory knows of a scenario beside what its simulation says.

    Parameters
    ----------
    scenario : Scenario, str or path-like
        What to run; a path is loaded first. Horizon and warm-up are its own.
    replications : int, optional
        Independent runs. Unless given, the scenario's own number, and at least 10 where anything is left to chance.
    seed : int, optional
        Where chance begins; the scenario's own unless given.
    progress : callable, optional
        Called with (replications done, replications in all).

    Returns
    -------
    Theory

    Raises
    ------
    UsageError
        An argument is out of its range.
    SimulationError
        A run failed.

    Examples
    --------
    >>> import scmsim as sc
    >>> found = theory(sc.load("scenarios/newsvendor.yaml"), replications=5)
    >>> found.comparison[["measure", "kind"]].values.tolist()[-1]
    ['cost_per_period', 'lower bound']
    """
    from scmsim.experiments.keywords import whole
    from scmsim.experiments.replicate.replicate import replicate

    scenario = loaded(scenario, "theory")
    count = whole("replications", replications, least=1) if replications is not None else _usual(scenario)
    network = scenario.network
    there = set(measures(network))
    known = tuple(row for row in recognise(network) if there.issuperset(row.figures))
    first = scenario.file.run.seed if seed is None else whole("seed", seed, least=0)
    if not known:
        return Theory(scenario=scenario, known=(), comparison=_table((), {}, False), seed=first, replications=0)
    wanted = list(dict.fromkeys(str(figure) for row in known for figure in row.figures))
    found = replicate(scenario, wanted, replications=count, seed=first, progress=progress)
    values = {name: found.values[name].to_numpy(dtype=np.float64) for name in wanted}
    return Theory(
        scenario=scenario,
        known=known,
        comparison=_table(known, values, involves_chance(network)),
        seed=first,
        replications=count,
    )


def _usual(scenario: Scenario) -> int:
    own = scenario.file.run.replications
    return max(own, FEWEST) if involves_chance(scenario.network) else own


class Estimate(NamedTuple):
    """What replications say of a difference from theory, and how wide its intervals are."""

    mean: float
    half_width: float
    wide: float
    replications: int


def _table(known: Sequence[Row], values: Mapping[str, Array], chance: bool) -> "pd.DataFrame":
    import pandas as pd

    columns = (
        "node", "product", "model", "measure", "theory", "kind", "simulated", "half_width", "n", "verdict", "formula",
        "source",
    )  # fmt: skip
    return pd.DataFrame([_compared(row, values, chance) for row in known], columns=list(columns))


def _compared(row: Row, values: Mapping[str, Array], chance: bool) -> dict[str, object]:
    simulated = _read(row.measure, values)
    expected = (
        _read(row.expected, values) if isinstance(row.expected, Reading) else np.full(len(simulated), row.expected)
    )
    tolerance = np.nanmean(_read(row.tolerance, values)) if isinstance(row.tolerance, Reading) else row.tolerance
    shown, apart = _estimate(simulated, chance), _estimate(simulated - expected, chance)
    theory_says = float(np.nanmean(expected)) if len(expected) else float("nan")
    slack = float(tolerance) + DUST * max(abs(theory_says), 1e-9)
    return {
        "node": row.node,
        "product": row.product,
        "model": row.model,
        "measure": row.measure.name,
        "theory": theory_says,
        "kind": row.kind,
        "simulated": shown.mean,
        "half_width": shown.half_width,
        "n": shown.replications,
        "verdict": RARE if _is_too_rare(shown, apart, slack) else verdict(row.kind, apart, slack),
        "formula": row.formula,
        "source": row.source,
    }


def _is_too_rare(shown: Estimate, apart: Estimate, slack: float) -> bool:
    """Whether no replication saw any shortage: all of them say 0, or 1, and theory a little else."""
    return shown.half_width == 0 and shown.mean in (0.0, 1.0) and slack < abs(apart.mean) < SELDOM


def _read(reading: Reading, values: Mapping[str, Array]) -> Array:
    columns = np.column_stack([values[str(figure)] for figure in reading.figures])
    return np.asarray(reading.combine(columns), dtype=np.float64)


def _estimate(draws: Array, chance: bool) -> Estimate:
    """Return mean and half widths; where nothing is left to chance, one replication is enough."""
    means, sds, counts = moments(draws[:, np.newaxis])
    usual, wide = (half_widths(sds, counts, share)[0] for share in (0.95, SURE))
    if counts[0] and not chance:
        usual = wide = 0.0
    return Estimate(float(means[0]), float(usual), float(wide), int(counts[0]))


def verdict(kind: str, apart: Estimate, slack: float = 0.0) -> str:
    """Say what an estimate of (simulated - theory) means.

    Examples
    --------
    >>> verdict("exact", Estimate(0.01, 0.02, 0.05, 20)), verdict("exact", Estimate(0.1, 0.02, 0.05, 20))
    ('agrees', 'differs by 0.1')
    >>> verdict("lower bound", Estimate(0.1, 0.02, 0.05, 20))
    'bound holds'
    """
    if np.isnan(apart.mean):
        return "not measured"
    usual, wide = (0.0 if np.isnan(width) else width for width in (apart.half_width, apart.wide))
    if kind in ("lower bound", "upper bound"):
        beyond = -apart.mean if kind == "lower bound" else apart.mean
        if beyond <= wide + slack:
            return "bound holds"
    elif abs(apart.mean) <= usual + slack:
        return "agrees"
    elif abs(apart.mean) <= wide + slack:
        return "agrees, at the edge"
    if np.isnan(apart.half_width):
        return "one run: no interval"
    return "breaks the bound" if kind.endswith("bound") else "differs by " + number(apart.mean)
