"""What every demand model is, and the list of them."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict, Field, model_validator

from scmsim.inputs.distributions import NonNegativeOrDistribution
from scmsim.inputs.kinds import kinds_of, require, shown
from scmsim.inputs.returns import Returns
from scmsim.inputs.sampling import Array
from scmsim.specification import Interval, NonNegative, Specification
from scmsim.ticks import to_ticks

Moments = tuple[float, float]
"""Mean and variance, each per time unit."""
PriorityClass = Annotated[int, Field(ge=1, le=1000)]
"""A class of customers: 1 comes first."""
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Demand(Specification):
    """What end customers ask of one stock.

    A subclass adds ``kind`` (a ``Literal`` with its value as default), its parameters, `moments`, and one of two ways
    to ask: a periodic model (``timing = "periodic"``) defines `blocks`, one that comes at instants of its own
    (``timing = "continuous"``) defines `arrivals`. What a model remembers from one period to the next lives in the
    iterator, never on the model.
    """

    model_config = ConfigDict(json_schema_extra=require("kind"))
    timing: ClassVar[Literal["periodic", "continuous"]] = "periodic"
    """Whether demand comes every `interval`, or at instants that the model draws."""

    kind: str
    """Which demand model."""
    unmet: Literal["backorder", "lost", "patience"] = "backorder"
    """What becomes of demand that cannot be met at once: it waits (`backorder`), goes elsewhere (`lost`), or waits for
    so long and then goes (`patience`)."""
    patience: NonNegativeOrDistribution | None = None
    """How long customers wait for what is not shipped before they go (time units), or a distribution; with `unmet:
    patience`. What arrives at the very instant still serves them."""
    priority: PriorityClass = 1
    """The class of these customers among all who draw on the stock, 1 first."""
    ship: Literal["partial", "complete"] = "partial"
    """Whether customers take what is there, or only all they asked for."""
    substitutes: Annotated[tuple[Name, ...], Field(strict=False)] = ()
    """Products of the same node that customers take instead when this one is short, the first that has units."""
    lost_sale_cost: NonNegative = 0
    """Cost of each unit lost, in money per unit."""
    interval: Interval = 1
    """Time between two demands, in the scenario's time unit (periodic models)."""
    offset: NonNegative = 0
    """Time from the start of the run to the first demand, in the scenario's time unit."""
    minimum_life: NonNegative = 0
    """The least time that units with a shelf life must still keep for these customers, in the scenario's time unit."""
    returns: Returns | None = None
    """What these customers send back. By default nothing."""

    @model_validator(mode="after")
    def _interval_only_when_periodic(self) -> Self:
        if self.timing == "continuous" and "interval" in self.model_fields_set and self.interval != 1:
            raise ValueError(f"interval does not apply: {self.kind} demand comes at instants of its own")
        return self

    @model_validator(mode="after")
    def _patience_where_it_ends(self) -> Self:
        if self.patience is not None and self.unmet != "patience":
            raise ValueError(f"`unmet: patience`, to which `patience` belongs: found `unmet: {self.unmet}`")
        if self.patience is None and self.unmet == "patience":
            raise ValueError("`patience`, which says how long customers wait: found `unmet: patience` alone")
        return self

    def blocks(self, rng: np.random.Generator, start: float, interval: float) -> Iterator[Array]:
        """Give the quantities asked, in blocks, for ever: the k-th over all blocks is due at ``start + k * interval``.

        Parameters
        ----------
        rng : numpy.random.Generator
            The demand's own stream; nothing else may draw from it.
        start : float
            Instant of the first demand, in the scenario's time unit: the start of the run plus `offset`.
        interval : float
            Time between two demands, in the same unit.
        """
        raise NotImplementedError

    def arrivals(self, rng: np.random.Generator, start: float) -> Iterator[tuple[Array, Array]]:
        """Give increasing instants and the quantity asked at each, in blocks, for ever.

        Parameters
        ----------
        rng : numpy.random.Generator
            The demand's own stream; nothing else may draw from it.
        start : float
            Instant after which demand comes, in the scenario's time unit.
        """
        raise NotImplementedError

    def moments(self) -> Moments | None:
        """Give mean and variance of demand per time unit in the long run, in units and units squared.

        They are those of one period divided by the interval: correlation between periods is not in them. None where
        there is no long run (a trend) or a moment is not finite.
        """
        return None

    def __repr_args__(self) -> Any:
        return shown(self, "kind")


def per_time_unit(mean: float, variance: float, interval: float) -> Moments | None:
    """Turn the moments of one period's demand into moments per time unit; None where one is not finite.

    Examples
    --------
    >>> per_time_unit(14.0, 7.0, interval=7.0)
    (2.0, 1.0)
    """
    return (mean / interval, variance / interval) if np.isfinite([mean, variance]).all() else None


def instants(start: float, interval: float, first: int, n: int) -> npt.NDArray[np.int64]:
    """List the instants of `n` demands, from the one numbered `first`, in ticks: each duration is rounded once.

    Examples
    --------
    >>> instants(start=1, interval=0.1, first=2, n=2)
    array([1200000, 1300000])
    """
    return to_ticks(start) + to_ticks(interval) * np.arange(first, first + n, dtype=np.int64)


def demand_kinds() -> dict[str, type[Demand]]:
    """List every demand model by the name it has in a scenario file.

    Examples
    --------
    >>> demand_kinds()["step"].__name__
    'StepDemand'
    """
    return kinds_of(Demand, "kind")
