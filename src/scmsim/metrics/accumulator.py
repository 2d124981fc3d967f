"""What every accumulator is: it swallows facts chunk by chunk and keeps only what its metrics need."""

from typing import ClassVar

import numpy as np

from scmsim.metrics.facts import Facts
from scmsim.metrics.layout import Array, Index, Layout


class Accumulator:
    """A running summary of one or more tables of facts, of a size that does not depend on the length of the run.

    A subclass names the tables it reads in ``tables`` (or overrides `reads`), makes room in ``__init__`` and adds facts
    in `update`. Its public attributes are its result.

    Parameters
    ----------
    layout : Layout
        The network the facts will be about.

    Examples
    --------
    >>> class Receipts(Accumulator):
    ...     tables = frozenset({"deliveries"})
    ...     def __init__(self, layout):
    ...         super().__init__(layout)
    ...         self.units = 0.0
    ...     def update(self, facts):
    ...         self.units += facts.deliveries.quantity.sum()
    """

    tables: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the tables that are needed to measure this network."""
        return cls.tables

    def update(self, facts: Facts) -> None:
        """Add one stretch of the run; stretches come in order and leave no gap."""
        raise NotImplementedError

    def finish(self) -> None:
        """Settle what is still open when the run has ended; called once, after the last `update`."""


def by_point(point: Index, size: int, amount: Array | None = None) -> Array:
    """Sum amounts (or count rows) by point.

    Examples
    --------
    >>> by_point(np.array([0, 2, 0]), 3, np.array([1.0, 5.0, 2.0])).tolist()
    [3.0, 0.0, 5.0]
    """
    return np.bincount(point, weights=amount, minlength=size).astype(np.float64, copy=False)


def by_kind(kind: Index, point: Index, size: int, amount: Array | None = None) -> Array:
    """Sum amounts (or count rows) by who asked and by point: an array of 3 rows, one per kind of buyer."""
    return by_point(kind * size + point, 3 * size, amount).reshape(3, size)


def stable_order(group: Index, groups: int) -> Index:
    """Return the order that brings rows of a group together and leaves them in the order in which they came."""
    small = group.astype(np.uint16) if groups <= 0xFFFF else group
    return np.argsort(small, kind="stable")
