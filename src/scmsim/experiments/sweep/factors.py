"""What an experiment varies: a path of the scenario, and the values it takes or the ends between which it lies."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from scmsim.errors import UsageError
from scmsim.experiments.sweep.ends import between, check_counts, takes_kinds, written_ends
from scmsim.inputs.distribution_base import Distribution, RealDistribution
from scmsim.inputs.distribution_discrete import Discrete, Empirical, Geometric, NegativeBinomial, Poisson
from scmsim.inputs.distribution_scipy import Scipy, from_scipy
from scmsim.inputs.sampling import half_up
from scmsim.scenario.overrides import parsed
from scmsim.scenario.reader import read
from scmsim.scenario.schema_experiments import Between, Steps, Varied, span
from scmsim.scenario.writing import written

Array = NDArray[np.float64]

ENDS = "expected LOW..HIGH with LOW below HIGH, perhaps with ,log or ,integer or ,real at its end"
TAILS = (0.05, 0.95)
"""The shares at which a distribution is tried where its ends are asked for: it may have none."""
_HALVINGS = 200


@dataclass(frozen=True)
class Factor:
    """One thing that varies.

    Parameters
    ----------
    path : str
        A path of the scenario, as after ``--set``.
    values : tuple
        The values it takes; empty where it lies between two ends or has a distribution.
    spread : Between or Distribution, optional
        The ends or the distribution.

    Examples
    --------
    >>> Factor("time.horizon", spread=Between.model_validate({"from": 10, "to": 20})).at(np.array([0.0, 0.25]))
    [10, 12.5]
    """

    path: str
    values: tuple[Any, ...] = ()
    spread: Between | Distribution | None = None

    def at(self, shares: Array) -> list[Any]:
        """Return the values at shares from 0 to 1: quantiles, or the elements of a list that stand there."""
        if self.spread is None:
            places = np.minimum((shares * len(self.values)).astype(int), len(self.values) - 1)
            return [self.values[place] for place in places]
        if isinstance(self.spread, Between):
            return [_tidy(value) for value in _between(self.spread, shares).tolist()]
        return [_tidy(value) for value in quantiles(self.spread, shares).tolist()]

    @property
    def ends(self) -> tuple[Any, ...]:
        """The values themselves where they are listed, otherwise the ends, or the 5 % and the 95 % quantile."""
        if self.spread is None:
            return self.values
        return tuple(self.at(np.array((0.0, 1.0) if isinstance(self.spread, Between) else TAILS)))

    @property
    def said(self) -> Any:
        """What it varies over, as plain data from which `factor` makes it again."""
        return list(self.values) if self.spread is None else written(self.spread)


def factor(path: str, variation: Any) -> Factor:
    """Make a factor.

    Parameters
    ----------
    path : str
        A path of the scenario.
    variation : object
        A list of values (or a `range`, an array); a text ``0:1:0.05`` or ``1..9``; a mapping with ``from`` and ``to``;
        a distribution of scmsim, as a mapping or as an object, or a frozen one of scipy. What ``1..9`` means at a path:
        `scmsim.experiments.sweep.ends.between`.

    Raises
    ------
    UsageError
        The variation is none of these, or has no values.

    Examples
    --------
    >>> factor("time.horizon", "10:30:10").values
    (10, 20, 30)
    """
    check_counts(path)
    if isinstance(variation, str) and ".." in variation:
        try:
            written = written_ends(variation)
        except ValueError:
            raise UsageError(f"{path}: found {variation!r}; {ENDS}") from None
        return Factor(path, spread=between(path, written, variation))
    variation = from_scipy(variation)
    if isinstance(variation, np.ndarray | range):
        variation = np.asarray(variation).tolist()
    try:
        found = Varied().validate(variation)
    except ValidationError as error:
        raise UsageError(f"{path}: {'; '.join(_words(problem) for problem in error.errors())}") from None
    except ValueError as error:
        raise UsageError(f"{path}: expected {error}") from None
    if isinstance(found, str):
        found = span(found)
    if isinstance(found, Steps):
        return Factor(path, tuple(found.values()))
    if isinstance(found, Between | Distribution):
        return Factor(path, spread=found)
    return Factor(path, tuple(value.item() if isinstance(value, np.generic) else value for value in found))


def _words(problem: Any) -> str:
    place = ".".join(map(str, problem["loc"]))
    return f"{place}: {problem['msg']}" if place else str(problem["msg"])


def varied(text: str) -> tuple[str, Any]:
    """Read what stands after ``--vary``: a path, and over what it varies.

    Parameters
    ----------
    text : str
        ``PATH=a,b,c`` (values like those of a file; a comma inside ``{}``, ``[]`` or quotes does not separate),
        ``PATH=0:1:0.05``, ``PATH=1..9``, ``PATH=1..9,log``, ``PATH={from: 1, to: 9, log: true}`` or
        ``PATH={dist: normal, ...}``. A single mapping with ``kind`` is a value where kinds are at home (a policy, a
        demand), and a distribution elsewhere.

    Raises
    ------
    UsageError
        It is nothing of that.

    Examples
    --------
    >>> varied("nodes.shop.stock.tea.policy={kind: base_stock, level: 3},{kind: base_stock, level: 4}")[1]
    [{'kind': 'base_stock', 'level': 3}, {'kind': 'base_stock', 'level': 4}]
    >>> varied("time.horizon=10,20"), varied("a.b=0:1:0.5")
    (('time.horizon', [10, 20]), ('a.b', '0:1:0.5'))
    """
    try:
        steps, rest = parsed(text)
    except UsageError:
        raise UsageError(f"--vary {text[:80]!r}: expected PATH=VALUES, for instance time.horizon=26,52") from None
    path = text[: len(text) - len(rest) - 1].strip()
    if not rest.strip():
        raise UsageError(f"--vary {path}: no values; expected some, for instance {path}=1,2,3 or {path}=0:1:0.1")
    try:
        span(rest.partition(",")[0] if ".." in rest else rest)
        return path, rest.strip()
    except ValueError as error:
        if ":" in rest and not set(rest) - set("0123456789.:eE+- "):
            raise UsageError(f"--vary {path}: expected {error}") from None
    reading = read(f"[{rest}]", "", None)
    if reading.root is None or reading.troubles:
        problem = reading.troubles[0].problem()
        raise UsageError(f"--vary {path}: found {problem.found}; expected {problem.expected}")
    values = [_listed(value) for value in reading.root.plain()]
    if len(values) != 1 or not isinstance(values[0], Mapping):
        return path, values
    spread = {"from", "to", "dist"} & set(values[0]) or (not takes_kinds(steps) and _is_distribution(values[0]))
    return path, values[0] if spread else values


def _is_distribution(value: Mapping[str, Any]) -> bool:
    """Tell whether a mapping with ``kind`` is a distribution, and not a policy or a demand as a single value."""
    from scmsim.scenario.catalogue import DISTRIBUTIONS

    try:
        Varied().validate(value)
    except ValidationError:
        return value.get("kind") in DISTRIBUTIONS.kinds()
    except ValueError:
        return False
    return True


def _listed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _listed(entry) for key, entry in value.items()}
    return [_listed(entry) for entry in value] if isinstance(value, tuple) else value


def override(path: str, value: Any) -> str:
    """Write a value at a path as a change of the scenario.

    Examples
    --------
    >>> override("nodes.shop.label", "tea & more"), override("time.horizon", 10.0)
    ('nodes.shop.label="tea & more"', 'time.horizon=10')
    """
    return f"{path}={as_text(value)}"


def as_text(value: Any) -> str:
    """Write a value so that it reads back as it is in a scenario file."""
    try:
        return json.dumps(written(value), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        raise UsageError(f"{str(value)[:60]!r} is no value that a scenario could hold") from None


def _between(ends: Between, shares: Array) -> Array:
    if ends.log:
        low, high = math.log(ends.low), math.log(ends.high + (1 if ends.integer else 0))
        found = np.exp(low + shares * (high - low))
    else:
        found = ends.low + shares * (ends.high + (1 if ends.integer else 0) - ends.low)
    return np.clip(np.floor(found) if ends.integer else found, ends.low, ends.high)


def _tidy(value: float) -> float:
    """Round to 12 digits, so that a design is the same on every machine and can be read."""
    rounded = float(f"{value:.12g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 2**53 else rounded


@singledispatch
def quantiles(distribution: Distribution, shares: Array) -> Array:
    """Return the quantiles of a distribution.

    Parameters
    ----------
    distribution : Distribution
        What is drawn from.
    shares : array of float
        Between 0 and 1.

    Raises
    ------
    UsageError
        It is not known how to find them, or they are infinite.

    Examples
    --------
    >>> from scmsim.inputs.distributions import Normal, Uniform
    >>> quantiles(Uniform(low=2, high=4), np.array([0.25])).round(9).tolist()
    [2.5]
    >>> quantiles(Normal(mean=0, sd=1), np.array([0.975])).round(4).tolist()
    [1.96]
    """
    raise UsageError(f"a design cannot be drawn from the distribution {distribution.dist}: give its values as a list")


@quantiles.register
def _(distribution: RealDistribution, shares: Array) -> Array:
    """Halve an interval until its ends are neighbours: P(X < x) is known for every x."""
    inside = np.clip(shares, 1e-9, 1 - 1e-9)
    step = max(distribution.sd_before_rounding, abs(distribution.mean_before_rounding), 1.0)
    if not math.isfinite(step):
        step = 1.0
    low = np.full(len(shares), distribution.lowest if math.isfinite(distribution.lowest) else -step)
    high = np.full(len(shares), distribution.mean_before_rounding + step)
    for _ in range(_HALVINGS):
        short = 1 - distribution.at_least(high) < inside
        high = np.where(short, high + (high - low) + step, high)
        far = (1 - distribution.at_least(low) > inside) & (low > distribution.lowest)
        low = np.where(far, np.maximum(low - (high - low) - step, distribution.lowest), low)
        if not short.any() and not far.any():
            break
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = 1 - distribution.at_least(middle) < inside
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return half_up(high) if distribution.rounding == "half_up" else high


@quantiles.register
def _(distribution: Scipy, shares: Array) -> Array:
    found = np.asarray(distribution.frozen.ppf(np.clip(shares, 1e-9, 1 - 1e-9)), dtype=np.float64)
    found = found if distribution.minimum is None else np.maximum(found, distribution.minimum)
    return half_up(found) if distribution.rounding == "half_up" else found


@quantiles.register
def _(distribution: Poisson, shares: Array) -> Array:
    from scipy.stats import poisson

    return np.asarray(poisson.ppf(_inner(shares), distribution.mean), dtype=np.float64)


@quantiles.register
def _(distribution: NegativeBinomial, shares: Array) -> Array:
    from scipy.stats import nbinom

    successes = distribution.mean**2 / (distribution.variance - distribution.mean)
    return np.asarray(
        nbinom.ppf(_inner(shares), successes, distribution.mean / distribution.variance), dtype=np.float64
    )


@quantiles.register
def _(distribution: Geometric, shares: Array) -> Array:
    from scipy.stats import geom

    trials = distribution.mean + 1 - distribution.minimum
    return np.asarray(geom.ppf(_inner(shares), 1 / trials), dtype=np.float64) - (1 - distribution.minimum)


@quantiles.register
def _(distribution: Discrete, shares: Array) -> Array:
    return _of_table(distribution.values, distribution.weights, shares)


@quantiles.register
def _(distribution: Empirical, shares: Array) -> Array:
    return _of_table(distribution.numbers, np.full(len(distribution.numbers), 1 / len(distribution.numbers)), shares)


def _inner(shares: Array) -> Array:
    return np.clip(shares, 1e-9, 1 - 1e-9)


def _of_table(values: Sequence[float] | Array, weights: Sequence[float] | Array, shares: Array) -> Array:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(np.asarray(weights, dtype=np.float64)[order])
    places = np.searchsorted(reached / reached[-1], shares - 1e-12)
    return np.asarray(values, dtype=np.float64)[order][np.minimum(places, len(order) - 1)]
