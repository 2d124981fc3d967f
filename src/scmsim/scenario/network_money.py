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
    """Money per unit: an amount, or where that is None the seller's unit cost with ``rate`` of it on top."""

    amount: float | None
    rate: float | None = None

    def of(self, unit_cost: float) -> float:
        """Return the price of a unit that costs the seller ``unit_cost``, without promotions."""
        return self.amount if self.amount is not None else unit_cost * (1.0 + (self.rate or 0.0))


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

    def unit_price(self, tick: int, unit_cost: float) -> float:
        """Return the price of a unit ordered at a tick that costs the seller ``unit_cost``."""
        return self.price.of(unit_cost) * (1.0 - self.discount(tick))
