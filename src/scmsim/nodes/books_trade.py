"""Trade: what is ordered has a price, and what is shipped is owed at that price."""

from scmsim.flows.material import RESIDUE
from scmsim.flows.money import MovingAverage
from scmsim.flows.postings import posting
from scmsim.nodes.books_billing import Billing
from scmsim.nodes.books_journal import Journal
from scmsim.nodes.books_payments import Payments
from scmsim.nodes.books_relation import Ends, Relation
from scmsim.nodes.disruptions_pace import Extent
from scmsim.nodes.workshop import Workshop
from scmsim.scenario.network import Sale
from scmsim.ticks import LONG_AGO

ADVANCE_USED, ADVANCE_EARNED = posting("advance_used"), posting("advance_earned")


class Contract:
    """What one product costs in one relation.

    Parameters
    ----------
    relation : Relation
        Who buys from whom.
    sale : Sale
        Price and promotions.
    worth : MovingAverage
        What the seller's stock is worth, for a price that follows it.
    ends : tuple of (int, int)
        The points of the seller and of the buyer, -1 for end customers.

    Attributes
    ----------
    down_payment : float
        The share of an order's value that is paid when it is placed.
    list_price : float or None
        The price of a unit where it is always the same.
    is_agreed_at_order : bool
        Whether anything but the date has to be known of an order's placing to sell it later.
    bills_at_shipment : bool
        Whether goods are invoiced when they leave, rather than later.
    """

    __slots__ = (
        "bills_at_shipment",
        "down_payment",
        "ends",
        "is_agreed_at_order",
        "list_price",
        "relation",
        "sale",
        "worth",
    )

    def __init__(self, relation: Relation, sale: Sale, worth: MovingAverage, ends: Ends) -> None:
        self.relation = relation
        self.ends = ends
        self.sale = sale
        self.worth = worth
        self.down_payment = sale.terms.down_payment
        self.bills_at_shipment = relation.terms.invoice == "shipment"
        self.list_price = None if sale.promotions else sale.price.amount
        self.is_agreed_at_order = sale.price.amount is None or bool(sale.terms.down_payment)

    @property
    def is_listed(self) -> bool:
        """Whether nothing at all has to be known of an order to sell it."""
        return self.list_price is not None and not self.down_payment and not self.relation.is_followed

    def price(self, tick: int, quantity: float = 0.0) -> float:
        """Return the price of a unit in an order of ``quantity`` at a tick, at what a unit costs the seller now."""
        if self.list_price is not None:
            return self.list_price
        return self.sale.unit_price(tick, self.worth.unit_cost, quantity)


class ShakenContract(Contract):
    """What one product costs in one relation, where disruptions change the price.

    Parameters
    ----------
    relation, sale, worth, ends
        As for `Contract`.
    factor : Extent
        By what the price is multiplied now.
    """

    __slots__ = ("_factor",)

    def __init__(self, relation: Relation, sale: Sale, worth: MovingAverage, ends: Ends, factor: Extent) -> None:
        super().__init__(relation, sale, worth, ends)
        self._factor = factor
        self.list_price = None
        self.is_agreed_at_order = True

    def price(self, tick: int, quantity: float = 0.0) -> float:
        """Return the price of a unit in an order that is placed now; one from before the run is at the usual price."""
        usual = super().price(tick, quantity)
        return usual if tick == LONG_AGO else usual * self._factor.value


class Load:
    """What of an order is under way or in the works.

    Attributes
    ----------
    units, value : float
        How much, and what it has cost.
    """

    __slots__ = ("units", "value")

    def __init__(self) -> None:
        self.units = self.value = 0.0

    def put(self, units: float, value: float) -> None:
        """Put units on their way."""
        self.units += units
        self.value += value

    def take(self, units: float) -> float:
        """Take units from those on their way, and return their share of the cost."""
        there, worth = self.units, self.value
        left = there - units
        if -RESIDUE < left < RESIDUE:
            self.units = self.value = 0.0
            return worth
        value = worth * units / there
        self.units, self.value = left, worth - value
        return value


class Deal(Load):
    """An order at the price that was agreed when it was placed.

    Attributes
    ----------
    advance : float
        What has been paid of it in advance, as a share of its value.
    is_open, is_entered : bool
        Whether its unshipped value counts among the buyer's open orders; in the seller's exposure.
    """

    __slots__ = ("advance", "contract", "is_entered", "is_open", "number", "price", "quantity")

    def __init__(self, number: float, contract: Contract, price: float, quantity: float) -> None:
        self.units = self.value = 0.0
        self.number = number
        self.contract = contract
        self.price = price
        self.quantity = quantity
        self.advance = 0.0
        self.is_open = False
        self.is_entered = False

    def lose(self, units: float) -> None:
        """Count units that will never be shipped neither as ordered by the buyer nor as entered by the seller."""
        credit, relation = (1.0 - self.advance) * self.price * units, self.contract.relation
        if self.is_open and relation.buyer is not None:
            relation.buyer.open_orders -= credit
        if self.is_entered:
            relation.entered -= credit

    def ship(self, units: float) -> float:
        """Put units on their way, which their buyer then owes, and return their value."""
        value = self.price * units
        self.units += units
        self.value += value
        credit, relation = (1.0 - self.advance) * value, self.contract.relation
        relation.owed += credit
        buyer = relation.buyer
        if buyer is not None:
            buyer.owed += value
            buyer.prepaid += value - credit
            if self.is_open:
                buyer.open_orders -= credit
        if self.is_entered:
            relation.entered -= credit
        return value


class Trade:
    """The orders that have a price, and the invoices for them.

    Parameters
    ----------
    journal, payments, billing : Journal, Payments, Billing
        Where it is posted; who pays; who writes invoices.
    workshop : Workshop
        The means of the run.

    Attributes
    ----------
    deals : dict of float to Deal
        The orders that are not delivered yet, by number.
    """

    __slots__ = ("_billing", "_clock", "_payments", "_post", "deals")

    def __init__(self, journal: Journal, payments: Payments, billing: Billing, workshop: Workshop) -> None:
        self._billing = billing
        self._clock = workshop.clock
        self._post = journal.post
        self._payments = payments
        self.deals: dict[float, Deal] = {}

    def agree(self, number: float, contract: Contract, quantity: float, quoted: float = 0.0) -> Deal:
        """Fix the price of an order that is placed now, as quoted if it was, and pay what is to be paid in advance."""
        price, relation = quoted or contract.list_price, contract.relation
        if price is None:
            price = contract.price(self._clock.now, quantity)
        deal = self.deals[number] = Deal(number, contract, price, quantity)
        if contract.down_payment and quantity > 0:
            deal.advance = contract.down_payment
            self._payments.advance(relation, number, deal.advance * deal.price * quantity, contract.ends)
        if relation.buyer is not None:
            deal.is_open = True
            relation.buyer.open_orders += (1.0 - deal.advance) * deal.price * quantity
        return deal

    def deal(self, number: float, contract: Contract, quantity: float) -> Deal:
        """Return the deal of an order; one in the mail when the run began is at the price of a small order then."""
        found = self.deals.get(number)
        if found is None:
            found = self.deals[number] = Deal(number, contract, contract.price(LONG_AGO), quantity)
        return found

    def enter(self, deal: Deal) -> None:
        """Count an order that its seller has entered in the seller's exposure."""
        if not deal.is_entered:
            deal.is_entered = True
            deal.contract.relation.entered += (1.0 - deal.advance) * deal.price * deal.quantity

    def bill(self, contract: Contract, order: float, value: float, advance: float) -> None:
        """Have goods invoiced; the share of them that has been paid in advance is taken off."""
        if advance:
            self._apply_advance(contract.relation, order, advance * value)
        self._billing.bill(contract.relation, order, (1.0 - advance) * value, contract.ends)

    def _apply_advance(self, relation: Relation, order: float, amount: float) -> None:
        now, buyer, seller = self._clock.now, relation.buyer, relation.seller
        if buyer is not None:
            buyer.owed -= amount
            buyer.prepaid -= amount
            self._post((now, ADVANCE_USED, buyer.index, relation.seller_index, order, amount, 0.0, 0.0))
        if seller is not None:
            self._post((now, ADVANCE_EARNED, seller.index, relation.buyer_index, order, amount, 0.0, 0.0))
