"""Constraints of a search: figures that have to keep to a bound, and how sure one can be that they do."""

from collections.abc import Iterable, Sequence
from math import inf, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic_core import PydanticCustomError

from scmsim.errors import UsageError
from scmsim.experiments.measures import Measure, chosen
from scmsim.scenario.network import Network
from scmsim.scenario.schema_experiments import constraint

Array = NDArray[np.float64]

SHARES = frozenset(
    {"fill_rate", "cycle_service_level", "period_service_level", "ready_rate"}
    | {"on_time_in_full_line", "on_time_in_full_unit", "on_time_in_full_value"}
)
"""Metrics that are never below 0 or above 1."""


class Limit(NamedTuple):
    """One figure and the bound it has to keep to: ``sense`` is ``>=`` or ``<=``."""

    measure: Measure
    sense: str
    bound: float

    def __str__(self) -> str:
        return f"{self.measure} {self.sense} {np.format_float_positional(self.bound, trim='-')}"

    def shortfall(self, figure: float) -> float:
        """Return by how much a figure misses the bound, as a share of it; at most 0 where it keeps to it.

        An undefined figure misses it entirely. A bound of 0 is missed by the figure itself.

        Examples
        --------
        >>> round(Limit(Measure("fill_rate"), ">=", 0.9).shortfall(0.81), 6)
        0.1
        """
        if np.isnan(figure):
            return 1.0
        missing = self.bound - figure if self.sense == ">=" else figure - self.bound
        return float(missing / (abs(self.bound) or 1.0))

    def assured(self, values: Array, confidence: float, count: int | None = None) -> float:
        """Return the one-sided bound that the mean keeps to with the given confidence.

        Parameters
        ----------
        values : array of float
            The figure of every replication; what is undefined is left out.
        confidence : float
            The chance that such a bound holds.
        count : int, optional
            How many replications the bound is to rest on, if it is not as many as there are values.

        Returns
        -------
        float
            For ``>=`` the lower bound, for ``<=`` the upper one; NaN where it cannot be said.

        Notes
        -----
        mean ∓ t(confidence; n − 1) sd / √n. A. M. Law, Simulation Modeling and Analysis, 5th ed., ch. 4.

        Examples
        --------
        >>> limit = Limit(Measure("fill_rate"), ">=", 0.9)
        >>> round(limit.assured(np.array([0.93, 0.95, 0.97]), 0.95), 4)
        0.9163
        """
        known = values[~np.isnan(values)]
        if len(known) == 0:
            return float("nan")
        mean, spread = float(known.mean()), float(np.ptp(known))
        if spread == 0:
            return mean
        from scipy.special import stdtrit

        n = len(known) if count is None else count
        half = float(stdtrit(max(n - 1, 1), confidence)) * float(known.std(ddof=1)) / sqrt(n)
        return mean - half if self.sense == ">=" else mean + half


def limits(network: Network, texts: Sequence[str]) -> list[Limit]:
    """Read constraints; one on several figures (``fill_rate@kind=retailer >= 0.97``) holds for each of them.

    Raises
    ------
    UsageError
        One cannot be read, is on a figure that the network does not have, or can never hold.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> network = load("scenarios/beer_game.yaml").network
    >>> [str(limit) for limit in limits(network, ["fill_rate@kind=retailer >= 0.97", "total_cost <= 300"])]
    ['fill_rate@retailer >= 0.97', 'total_cost <= 300']
    """
    found: dict[Limit, None] = {}
    for text in texts:
        try:
            said = constraint(text)
        except PydanticCustomError as error:
            raise UsageError(f"the constraint {text!r}: expected {error.message()}") from None
        found |= {Limit(one, said.sense, said.bound): None for one in chosen(network, [said.measure])}
    _check_possible(found)
    return list(found)


def _check_possible(found: Iterable[Limit]) -> None:
    """Refuse a share outside 0 to 1, and bounds that contradict each other."""
    least: dict[Measure, Limit] = {}
    most: dict[Measure, Limit] = {}
    for limit in found:
        low, high = (0.0, 1.0) if limit.measure.metric in SHARES else (-inf, inf)
        if limit.bound > high if limit.sense == ">=" else limit.bound < low:
            raise UsageError(
                f"the constraint '{limit}' can never hold: {limit.measure.metric} is a share, from 0 to 1"
                + (f"; for {limit.bound:g} % write {limit.bound / 100:g}" if 1 < limit.bound <= 100 else "")
            )
        tightest = least if limit.sense == ">=" else most
        other = tightest.get(limit.measure, limit)
        tighter = limit.bound > other.bound if limit.sense == ">=" else limit.bound < other.bound
        tightest[limit.measure] = limit if tighter else other
    for measure in least.keys() & most.keys():
        if least[measure].bound > most[measure].bound:
            raise UsageError(f"the constraints '{least[measure]}' and '{most[measure]}' contradict each other")
