"""Units that expired, that customers sent back, and how long units given out could still be used."""

import numpy as np

from scmsim.flows.events import CODES
from scmsim.metrics.accumulator import Accumulator, by_point
from scmsim.metrics.facts import Facts
from scmsim.metrics.layout import Array, Layout

EXPIRED, ISSUED, RETURNED, SCRAPPED, SENT_BACK, DESTROYED = (
    CODES[kind] for kind in ("expired", "issued", "returned", "scrapped", "sent_back", "destroyed")
)


class LossTotals(Accumulator):
    """Totals over the measured time, per point, of goods that expire or come back.

    Attributes
    ----------
    expired, scrapped : ndarray
        Units that expired; that came back and were thrown away.
    destroyed : ndarray
        Units that were destroyed in the stock, or on their way to it.
    returned : ndarray
        Units that came back, at the stock where they were bought.
    issued, life : ndarray
        Units with a shelf life that were given out, and the sum over them of the time units they could still be used.
    transport : ndarray
        Money that lanes for returns cost, at the stock to which they lead.
    """

    tables = frozenset({"events"})

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self._counts = bool(self.reads(layout))
        self.expired, self.scrapped, self.returned, self.issued, self.life, self.transport, self.destroyed = (
            np.zeros(layout.size) for _ in range(7)
        )

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the events' table if anything expires, comes back or is destroyed."""
        network = layout.network
        return cls.tables if network.has_expiry or network.has_returns or network.has_blows else frozenset()

    def update(self, facts: Facts) -> None:
        """Add the events of one chunk."""
        if not self._counts:
            return
        time, kind, point, partner, _, units, value = facts.table("events")
        measured = time >= self.layout.warm

        def added(which: float, place: Array, amount: Array) -> Array:
            rows = measured & (kind == which)
            return by_point(place[rows].astype(np.int64), self.layout.size, amount[rows])

        self.expired += added(EXPIRED, point, units)
        self.destroyed += added(DESTROYED, point, units)
        self.scrapped += added(SCRAPPED, point, units)
        self.returned += added(RETURNED, partner, units)
        self.issued += added(ISSUED, point, units)
        self.life += added(ISSUED, point, units * value)
        self.transport += added(SENT_BACK, partner, value)
