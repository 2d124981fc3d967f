"""What theory says of one figure: a number or a bound, the formula in words, and where it comes from."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.experiments.measures import Measure

Kind = Literal["exact", "lower bound", "upper bound", "approximation"]
Array = NDArray[np.float64]
NOISE = 1e-13
"""What rounding may leave of nothing."""


def _first(columns: Array) -> Array:
    return columns[:, 0]


class Reading(NamedTuple):
    """A number that every replication gives: one of its figures, or what several of them say together.

    Parameters
    ----------
    name : str
        What it is called.
    figures : tuple of Measure
        What is read.
    combine : callable
        From an array with a row per replication and a column per figure to a number per replication.
    """

    name: str
    figures: tuple[Measure, ...]
    combine: Callable[[Array], Array] = _first

    @classmethod
    def of(cls, metric: str, node: str | None = None, product: str | None = None) -> "Reading":
        """Return the reading of one figure.

        Examples
        --------
        >>> Reading.of("fill_rate", "shop", "tea").figures
        (Measure(metric='fill_rate', segment=None, node='shop', product='tea'),)
        """
        return cls(metric, (Measure(metric, node=node, product=product),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure that theory knows.

    Parameters
    ----------
    node, product : str or None
        Whose figure it is; both None for the whole chain.
    model : str
        The name of the model: ``base stock``, ``M/M/1``.
    measure : Reading
        What it is compared with.
    expected : float or Reading
        What theory says: a number, or what follows from other figures of the same replications.
    kind : str
        ``exact``, ``lower bound``, ``upper bound``, or ``approximation``.
    formula : str
        How it is computed, in words.
    source : str
        Where the formula is from.
    tolerance : float or Reading
        What the formula leaves out at most: lots that are not infinitely small, what is on its way at the ends.
    """

    node: str | None
    product: str | None
    model: str
    measure: Reading
    expected: float | Reading
    kind: Kind
    formula: str
    source: str
    tolerance: float | Reading = 0.0

    @property
    def figures(self) -> tuple[Measure, ...]:
        """Every figure that the comparison needs."""
        readings = (self.measure, self.expected, self.tolerance)
        return tuple(figure for each in readings if isinstance(each, Reading) for figure in each.figures)


@dataclass(frozen=True, slots=True)
class Model:
    """A model at one place, of which several figures are known.

    Examples
    --------
    >>> known = Model("shop", "tea", "base stock", "on hand = S - demand over the lead time", "Zipkin (2000), ch. 6")
    >>> [row.measure.name for row in known.rows({"average_on_hand": 3.2, "fill_rate": None})]
    ['average_on_hand']
    """

    node: str | None
    product: str | None
    name: str
    formula: str
    source: str

    def row(self, metric: str, expected: float, kind: Kind = "exact", tolerance: float = 0.0) -> Row:
        """Return what is known of one metric."""
        return Row(
            node=self.node,
            product=self.product,
            model=self.name,
            measure=Reading.of(metric, self.node, self.product),
            expected=float(expected) if abs(expected) > NOISE else 0.0,
            kind=kind,
            formula=self.formula,
            source=self.source,
            tolerance=tolerance,
        )

    def rows(self, known: dict[str, float | None]) -> Iterator[Row]:
        """Give a row for every metric that is known; None: it is not. No run comes near what is infinite."""
        for metric, value in known.items():
            if value is not None and isfinite(value):
                yield self.row(metric, value)


Rows = Iterable[Row]
