"""Time-phased netting: the record of distribution and material requirements planning."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from scmsim.policies.lots import up_to_multiple

NOTHING = 1e-9
"""Units below which a requirement is rounding."""

LotRule = Callable[[Sequence[float]], float]
"""From the net requirements of a period and those after it to the lot that is received in it, in units."""


class Record(NamedTuple):
    """The record of one stock, period by period, in units.

    Parameters
    ----------
    gross, scheduled : tuple of float
        Gross requirements and scheduled receipts, as they were given.
    projected : tuple of float
        Projected on hand at the end of each period, planned receipts included.
    planned : tuple of float
        Planned receipts.
    """

    gross: tuple[float, ...]
    scheduled: tuple[float, ...]
    projected: tuple[float, ...]
    planned: tuple[float, ...]

    def releases(self, lead_time: int) -> tuple[float, ...]:
        """Return the planned order releases: planned receipts ``lead_time`` periods earlier, past ones in the first.

        Examples
        --------
        >>> record = netted(4, gross=[0, 10, 0, 40, 10], scheduled=[50, 0, 0, 0, 0], lots=fixed_quantity(50))
        >>> record.releases(1)
        (0.0, 0.0, 0.0, 50.0, 0.0)
        """
        released = [0.0] * len(self.planned)
        for period, quantity in enumerate(self.planned):
            released[max(0, period - lead_time)] += quantity
        return tuple(released)


def lot_for_lot() -> LotRule:
    """Return the rule that orders what is required, no more.

    Examples
    --------
    >>> lot_for_lot()([7.0, 5.0])
    7.0
    """
    return lambda net: net[0]


def fixed_period(periods: int) -> LotRule:
    """Return the rule that orders what ``periods`` periods require together.

    Examples
    --------
    >>> fixed_period(2)([7.0, 5.0, 3.0])
    12.0
    """
    return lambda net: sum(islice(net, periods))


def fixed_quantity(quantity: float) -> LotRule:
    """Return the rule that orders the fewest lots of one size that cover what is required.

    Examples
    --------
    >>> fixed_quantity(5)([7.0, 5.0])
    10.0
    """
    return lambda net: up_to_multiple(net[0], float(quantity))


def netted(
    on_hand: float,
    gross: Sequence[float],
    scheduled: Sequence[float],
    *,
    lots: LotRule,
    safety_stock: float = 0.0,
    earliest: int = 0,
) -> Record:
    """Net gross requirements, period by period, against what is on hand and what is due.

    Projected on hand = what the period before left + scheduled receipts − gross requirements. Where that is below the
    safety stock a lot is planned to be received.

    Source: Orlicky (1975); Vollmann, Berry, Whybark & Jacobs ch. 7 and 8; Silver, Pyke & Thomas ch. 15.

    Parameters
    ----------
    on_hand : float
        Units at the start, less what is owed.
    gross, scheduled : sequence of float
        Gross requirements and scheduled receipts of every period, in units, equally many.
    lots : LotRule
        How large a lot is.
    safety_stock : float
        Units below which projected on hand must not fall.
    earliest : int
        The first period, from 0, in which a lot can be received; what is short before is made up for then.

    Examples
    --------
    Vollmann, Berry, Whybark & Jacobs, the basic MRP record: 4 on hand, lots of 50.

    >>> record = netted(4, gross=[0, 10, 0, 40, 10], scheduled=[50, 0, 0, 0, 0], lots=fixed_quantity(50))
    >>> record.projected
    (54.0, 44.0, 44.0, 4.0, 44.0)
    >>> record.planned
    (0.0, 0.0, 0.0, 0.0, 50.0)
    """
    level, projected, planned = float(on_hand), [], []
    for period, (required, due) in enumerate(zip(gross, scheduled, strict=True)):
        level += due - required
        lot = 0.0
        if period >= earliest and safety_stock - level > NOTHING:
            lot = lots(_net(level, gross[period + 1 :], scheduled[period + 1 :], safety_stock))
            level += lot
        projected.append(level)
        planned.append(lot)
    return Record(tuple(map(float, gross)), tuple(map(float, scheduled)), tuple(projected), tuple(planned))


def _net(level: float, gross: Sequence[float], scheduled: Sequence[float], safety_stock: float) -> list[float]:
    """Return the net requirements of a period that falls short, and of those after it."""
    net, level = [safety_stock - level], safety_stock
    for required, due in zip(gross, scheduled, strict=True):
        level += due - required
        short = max(0.0, safety_stock - level)
        net.append(short)
        level += short
    return net
