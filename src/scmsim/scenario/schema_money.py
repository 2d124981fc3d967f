"""The part of a scenario file that describes money: prices, terms of payment, promotions, and what a node can pay."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from scmsim.inputs.distributions import NonNegativeOrDistribution
from scmsim.inputs.kinds import OneOf
from scmsim.specification import Interval, NonNegative, Number, Positive, Share, Specification


class Money(Specification):
    """How money is counted. Giving it, a price, `sales` or `finance` switches the books on."""

    currency: Annotated[str, Field(min_length=1, max_length=50)] = "money"
    """The name of the currency, for reports."""
    valuation: Literal["moving_average", "standard"] = "moving_average"
    """What a unit in stock is worth: the average of what the units there cost, or the product's `standard_cost`."""
    tax_rate: Share = 0.0
    """The share of a node's profit of the run that is paid as tax at its end. The tax on the profit of the warm-up is
    paid when that ends; a loss after it brings tax back."""
    month: Interval = 30.0
    """The time between two monthly invoices (time units)."""


class PriceRule(Specification):
    """How the price of a unit is found."""

    def amount_and_rate(self) -> tuple[float | None, float | None]:
        """Return money per unit, or None and the margin on the seller's unit cost; None twice where there are tiers."""
        raise NotImplementedError

    def tiers(self) -> tuple[tuple[float, float], ...]:
        """Return (units from which it holds, money per unit), the smallest first; none without breaks."""
        return ()

    @property
    def is_incremental(self) -> bool:
        """Whether the price of a tier is only that of the units beyond its limit."""
        return False


class FixedPrice(PriceRule):
    """The same price throughout. A plain number means the same."""

    kind: Literal["fixed"] = "fixed"
    """The name of this kind."""
    amount: NonNegative
    """Money per unit."""

    def amount_and_rate(self) -> tuple[float | None, float | None]:
        """Return the amount."""
        return self.amount, None


class MarkupPrice(PriceRule):
    """The seller's cost and a margin on it."""

    kind: Literal["markup"] = "markup"
    """The name of this kind."""
    rate: NonNegative
    """The margin as a share of what the unit costs the seller when the order is placed: 0.25 adds a quarter."""

    def amount_and_rate(self) -> tuple[float | None, float | None]:
        """Return the margin."""
        return None, self.rate


class Break(Specification):
    """A quantity from which the price is another."""

    start: Annotated[Positive, Field(alias="from")]
    """The units of an order from which the price holds."""
    price: NonNegative
    """Money per unit."""


class BrokenPrice(PriceRule):
    """A price that depends on how much is ordered at once."""

    amount: NonNegative
    """Money per unit below the first break."""
    breaks: Annotated[tuple[Break, ...], Field(strict=False, min_length=1)]
    """The quantities from which the price is another: `[{from: 100, price: 9}]`."""

    def amount_and_rate(self) -> tuple[float | None, float | None]:
        """Return that it is neither one amount nor a margin."""
        return None, None

    def tiers(self) -> tuple[tuple[float, float], ...]:
        """Return the price below the first break, and those from each break on."""
        return ((0.0, self.amount), *sorted((one.start, one.price) for one in self.breaks))


class AllUnitsPrice(BrokenPrice):
    """An all-units discount: every unit of an order costs what its quantity says.

    A promotion takes its share off that. Orders in the mail when the run begins cost `amount` per unit.
    """

    kind: Literal["all_units"] = "all_units"
    """The name of this kind."""


class IncrementalPrice(BrokenPrice):
    """An incremental discount: only the units of an order beyond a break cost what the break says.

    All units of the order are then invoiced at its average price. A promotion takes its share off that. Orders in the
    mail when the run begins cost `amount` per unit.
    """

    kind: Literal["incremental"] = "incremental"
    """The name of this kind."""

    @property
    def is_incremental(self) -> bool:
        """Say so."""
        return True


def price_kinds() -> Mapping[str, type[PriceRule]]:
    """Return the rules for a price by their kind."""
    return {
        "fixed": FixedPrice,
        "markup": MarkupPrice,
        "all_units": AllUnitsPrice,
        "incremental": IncrementalPrice,
    }


AnyPrice = Annotated[float | PriceRule, OneOf("kind", price_kinds, NonNegative)]
"""A number, or a rule."""


class Promotion(Specification):
    """A time during which the price is lower."""

    start: Annotated[Number, Field(alias="from")]
    """The first instant of the lower price (on the run's clock, time units)."""
    until: Number
    """When the price is back to normal (on the run's clock, time units)."""
    discount: Share
    """The part of the price that is taken off: 0.2 is a fifth."""


Promotions = Annotated[tuple[Promotion, ...], Field(strict=False)]


class EarlyPayment(Specification):
    """A discount for paying before the invoice is due."""

    rate: Share
    """The part of the invoice that need not be paid."""
    within: NonNegative
    """For payment up to this long after the invoice (time units)."""


class Terms(Specification):
    """When and how an invoice is paid."""

    invoice: Literal["shipment", "delivery", "monthly"] = "delivery"
    """What makes the seller write an invoice: each shipment, each delivery, or every `money.month` for all deliveries
    since the last."""
    net: NonNegativeOrDistribution = 0.0
    """Time from the invoice to the date it is due (time units), or a distribution."""
    prepay: bool = False
    """Whether the whole is paid when the order is placed. End customers prepay what they wait for; what they are served
    at once they pay as `net` says. `down_payment` and `discount` cannot stand beside it, nor on a lane `net`, `late`
    and `late_fee`."""
    down_payment: Share = 0.0
    """The share of the order's value that is paid when it is placed."""
    discount: EarlyPayment | None = None
    """What is taken off for early payment."""
    late: NonNegativeOrDistribution = 0.0
    """How long after the due date this buyer pays (time units), or a distribution. A buyer who can afford an early
    `discount` takes it all the same, and then pays within its time."""
    late_fee: NonNegative = 0.0
    """The fee for paying late, as a share of what is overdue, per time unit."""


class Sale(Specification):
    """What end customers pay for one product at one node."""

    price: AnyPrice
    """Money per unit: a number, or a mapping with `kind`."""
    terms: Terms = Terms()
    """When they pay. By default cash, when they take the units."""
    promotions: Promotions = ()
    """Times of lower prices, one after the other."""
    buy_ahead: NonNegative = 0.0
    """How much these customers stock up while a promotion runs (periods of their mean demand)."""


class Finance(Specification):
    """The money of a node, and what happens when it runs out."""

    cash: Number = 0.0
    """Cash at the start (money)."""
    overdraft_limit: NonNegative | None = None
    """How far cash may fall below 0 (money). By default there is no limit. Only invoices and advances wait when it is
    reached, and only an unpaid invoice makes a node insolvent: wages, duty, interest, holding and transport are always
    paid, even beyond the limit."""
    overdraft_rate: NonNegative = 0.0
    """Interest on negative cash (share per time unit)."""
    loan: NonNegative = 0.0
    """A loan taken before the start, whose money is part of `cash` (money)."""
    loan_rate: NonNegative = 0.0
    """Interest on the loan (share per time unit)."""
    fixed_cost: NonNegative = 0.0
    """Wages and other costs that do not depend on what is done (money per time unit)."""
    limit_orders_to_cash: bool = False
    """Whether the node orders no more than it can pay for with cash and what `overdraft_limit` leaves, everything it
    owes and has ordered considered. Without an `overdraft_limit` this does nothing: it can pay for anything."""
    insolvency: Literal["ignore", "stop_buying", "stop_trading"] = "ignore"
    """What an unpaid invoice leads to: nothing; no orders until everything overdue is paid; or the end of the node's
    trade. Then what it has is set aside, what is ordered from it waits for good, end customers wait or go as `unmet` of
    their demand says, and nobody pays it in advance any more. Without an `overdraft_limit` a node can always pay."""
    grace: NonNegative = 0.0
    """How long an invoice may stay unpaid after its due date before that happens (time units). A habit of paying `late`
    counts, too."""
