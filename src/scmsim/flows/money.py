"""Money: the accounts of a node, those outside the chain, and what stock is worth.

A debit is positive, a credit negative, everywhere.
"""

from scmsim.flows.material import RESIDUE

ASSETS = ("cash", "receivables", "advances_paid", "inventory", "in_transit", "work_in_process")
"""What a node has; a debit adds to them."""

CLAIMS = ("payables", "advances_received", "loans", "tax_payable", "equity")
"""What a node owes, to others and to its owners; a credit adds to them."""

INCOME = ("revenue", "late_fees_received", "discounts_received")
"""What a node earns; a credit adds to them."""

EXPENSES = (
    "cost_of_goods_sold",
    "holding",
    "backorder_penalty",
    "ordering",
    "transport",
    "duty",
    "production",
    "wages",
    "interest",
    "late_fees_paid",
    "discounts_given",
    "write_off",
    "cost_variance",
    "tax",
)
"""What running a node costs; a debit adds to them."""

ACCOUNTS = ASSETS + CLAIMS + INCOME + EXPENSES
"""The accounts of a node; an account's code is its place here."""

OUTSIDE = (
    "customers",
    "raw_material",
    "wages",
    "carriers",
    "warehousing",
    "penalties",
    "interest",
    "tax",
    "customs",
    "owners",
    "banks",
    "in_clearing",
)
"""Where the chain's money comes from and goes to, and payments on their way between two nodes.

The code of such an account is ``len(ACCOUNTS)`` plus its place here, so that no code means two things. With a debit for
what went out there, the cash of all nodes and all of these sum to 0 at any time.
"""

EVENTS = (
    "opening",
    "order",
    "shipment",
    "delivery",
    "production_start",
    "production_finish",
    "sale",
    "invoice",
    "payment",
    "cost",
    "interest",
    "wages",
    "tax",
    "write_off",
    "advance",
    "return",
)
"""Why something was posted; an event's code is its place here."""


def account(name: str) -> int:
    """Return the code of a node's account.

    Examples
    --------
    >>> ACCOUNTS[account("inventory")]
    'inventory'
    """
    return ACCOUNTS.index(name)


def outside(name: str) -> int:
    """Return the code of an account outside the chain.

    Examples
    --------
    >>> outside("customers") == len(ACCOUNTS)
    True
    """
    return len(ACCOUNTS) + OUTSIDE.index(name)


def event(name: str) -> int:
    """Return the code of an event.

    Examples
    --------
    >>> EVENTS[event("sale")]
    'sale'
    """
    return EVENTS.index(name)


class MovingAverage:
    """What a stock is worth: every unit costs the average of what is there, formed anew at each receipt.

    Attributes
    ----------
    units, value : float
        What is there, and what it has cost.
    unit_cost : float
        Cost of a unit; while nothing is there, that of the last one.

    Examples
    --------
    >>> beer = MovingAverage(2.0)
    >>> beer.receive(10, 20.0), beer.receive(10, 40.0)
    (0.0, 0.0)
    >>> beer.issue(5)
    15.0
    >>> beer.units, beer.value
    (15.0, 45.0)
    """

    __slots__ = ("unit_cost", "units", "value")

    def __init__(self, unit_cost: float) -> None:
        self.unit_cost = unit_cost
        self.units = 0.0
        self.value = 0.0

    def receive(self, units: float, value: float) -> float:
        """Take in units that have cost ``value``; return the part of it that they are not worth.

        There is such a part only when the stock owed units that customers gave back: those left at the cost of then.
        """
        there = self.units
        held, total = there + units, self.value + value
        if held > RESIDUE and there >= 0 and total >= 0:
            self.units, self.value, self.unit_cost = held, total, total / held
            return 0.0
        if units > 0:
            self.unit_cost = value / units
        return self._carry(held, total)

    def issue(self, units: float) -> float:
        """Take units out and return what they have cost."""
        held, total = self.units - units, self.value
        if held < RESIDUE and held > -RESIDUE:
            held = 0.0
        self.units = held
        left = self.value = held * self.unit_cost
        return total - left

    def _carry(self, held: float, total: float) -> float:
        """Carry on with so many units at the unit cost; return what of the total that leaves."""
        if -RESIDUE < held < RESIDUE:
            held = 0.0
        self.units, self.value = held, held * self.unit_cost
        return total - self.value


class StandardCost(MovingAverage):
    """What a stock is worth: every unit costs what was laid down beforehand.

    Examples
    --------
    >>> beer = StandardCost(2.0)
    >>> beer.receive(10, 26.0)
    6.0
    >>> beer.issue(4)
    8.0
    """

    __slots__ = ()

    def receive(self, units: float, value: float) -> float:
        """Take in units that have cost ``value``; return by how much that is above the standard."""
        return self._carry(self.units + units, self.value + value)


VALUATIONS: dict[str, type[MovingAverage]] = {"moving_average": MovingAverage, "standard": StandardCost}
"""The ways to value stock, by their names in a scenario."""
