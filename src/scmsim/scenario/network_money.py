"""What the nodes and lanes of a network are described with, in ticks: delays, prices, terms of payment, finances."""

from dataclasses import dataclass

from scmsim.inputs.distributions import Distribution
from scmsim.ticks import TICKS


@dataclass(frozen=True, slots=True)
class Delay:
    """A time that passes: ``ticks`` on the average, or always when there is no distribution."""

    ticks: int
    distribution: Distribution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """How money is counted; ``month`` in ticks."""

    currency: str = "money"
    valuation: str = "moving_average"
    tax_rate: float = 0.0
    month: int = 30 * TICKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Finance:
    """The money of a node: rates per time unit, ``grace`` in ticks, ``overdraft_limit`` None for any."""

    cash: float = 0.0
    overdraft_limit: float | None = None
    overdraft_rate: float = 0.0
    loan: float = 0.0
    loan_rate: float = 0.0
    fixed_cost: float = 0.0
    limit_orders_to_cash: bool = False
    insolvency: str = "ignore"
    grace: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """Money per unit: an amount; or by tiers of quantity; or what the unit costs the seller plus a rate.

    Parameters
    ----------
    amount : float or None
        The same for every unit, whenever it is ordered.
    rate : float or None
        The margin on what the unit costs the seller.
    tiers : tuple of (float, float)
        Units from which a price holds, and that price, beginning with 0 units.
    is_incremental : bool
        Whether a tier's price is only that of the units beyond its limit.

    Examples
    --------
    >>> [Price(None, tiers=((0.0, 10.0), (100.0, 9.0))).of(0.0, units) for units in (99, 100)]
    [10.0, 9.0]
    >>> Price(None, tiers=((0.0, 10.0), (100.0, 9.0)), is_incremental=True).of(0.0, 200)
    9.5
    """

    amount: float | None
    rate: float | None = None
    tiers: tuple[tuple[float, float], ...] = ()
    is_incremental: bool = False

    def of(self, unit_cost: float, quantity: float = 0.0) -> float:
        """Return the price of a unit in an order of ``quantity``, which costs the seller ``unit_cost``.

        Promotions are not taken off. The price by tiers of an order of no units, or fewer, is that of the first tier.
        """
        if self.amount is not None:
            return self.amount
        if self.tiers:
            return self._incremental(quantity) if self.is_incremental else self._all_units(quantity)
        return unit_cost * (1.0 + (self.rate or 0.0))

    def _all_units(self, quantity: float) -> float:
        reached = [price for start, price in self.tiers if start <= quantity]
        return reached[-1] if reached else self.tiers[0][1]

    def _incremental(self, quantity: float) -> float:
        if quantity <= 0:
            return self.tiers[0][1]
        ends = [start for start, _ in self.tiers[1:]] + [quantity]
        pairs = zip(self.tiers, ends, strict=True)
        return sum(price * max(0.0, min(end, quantity) - start) for (start, price), end in pairs) / quantity


@dataclass(frozen=True, slots=True)
class Promotion:
    """A share taken off the price in [start, end), in ticks."""

    start: int
    end: int
    discount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """When and how an invoice is paid; ``late_fee`` per time unit, ``discount_within`` in ticks."""

    invoice: str = "delivery"
    net: Delay = Delay(0)
    prepay: bool = False
    down_payment: float = 0.0
    discount_rate: float = 0.0
    discount_within: int = 0
    late: Delay = Delay(0)
    late_fee: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What a product costs its buyer, and when it is paid; ``buy_ahead`` is in periods of mean demand.

    Promotions are in the order of time and do not overlap.
    """

    price: Price
    terms: Terms = Terms()
    promotions: tuple[Promotion, ...] = ()
    buy_ahead: float = 0.0

    def discount(self, tick: int) -> float:
        """Return the share that a promotion takes off the price at a tick, 0 when there is none."""
        for promotion in self.promotions:
            if promotion.start <= tick < promotion.end:
                return promotion.discount
        return 0.0

    def unit_price(self, tick: int, unit_cost: float, quantity: float = 0.0) -> float:
        """Return the price of a unit, in an order of ``quantity`` placed at a tick, that costs the seller so much."""
        return self.price.of(unit_cost, quantity) * (1.0 - self.discount(tick))
