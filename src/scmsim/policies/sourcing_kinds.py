"""The rules for where an order goes: priority, split, cheapest, fastest, most stock, quotation, base and surge."""

from collections.abc import Sequence
from math import floor
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from scmsim.policies.sourcing import Choice, Memory, Offer, Sourcing, all_to, free, unasked
from scmsim.policies.view import View
from scmsim.specification import NonNegative, Positive

Name = Annotated[str, Field(min_length=1, max_length=200)]
_SLACK = 1e-9


class Priority(Sourcing):
    """The first supplier of a list that has enough free, each asked in turn.

    Where none has, the first gets the order, which waits there. An order is never parted.

    Examples
    --------
    >>> rule = Priority(suppliers=["near", "far"])
    >>> offers = [Offer("far", 1, 5, free=50.0), Offer("near", 2, 1, free=3.0)]
    >>> rule.choose(10.0, offers, None)
    ((10.0, 0.0), None)
    """

    enquires: ClassVar[bool] = True

    kind: Literal["priority"] = "priority"
    """The name of this kind."""
    suppliers: Annotated[tuple[Name, ...], Field(strict=False, min_length=2)]
    """The suppliers, the one that is asked first before the others."""

    def named(self) -> tuple[str, ...]:
        """Return the list."""
        return self.suppliers

    def expected(self, offers: Sequence[Offer]) -> tuple[float, ...]:
        """Expect everything from the first."""
        return all_to(self._ranked(offers)[0], 1.0, offers)

    def asks(self, quantity: float, offers: Sequence[Offer]) -> tuple[int, ...]:
        """Ask the next of the list while nobody has enough."""
        if any(free(offer) >= quantity - _SLACK for offer in offers):
            return ()
        return tuple(place for place in self._ranked(offers) if offers[place].free is None)[:1]

    def choose(
        self, quantity: float, offers: Sequence[Offer], memory: Memory, *, whole_units: bool = False
    ) -> tuple[Choice, Memory]:
        """Give the order to the first that has enough, or else to the first."""
        ranked = self._ranked(offers)
        able = (place for place in ranked if free(offers[place]) >= quantity - _SLACK)
        return all_to(next(able, ranked[0]), quantity, offers), memory

    def _ranked(self, offers: Sequence[Offer]) -> list[int]:
        return sorted(range(len(offers)), key=lambda place: self.suppliers.index(offers[place].supplier))


class Split(Sourcing):
    """Every supplier gets its share of every order, one order each.

    Whole units go to whoever is furthest behind its share of all units ordered so far (largest remainder), so that the
    shares hold in the long run; what a supplier's own `minimum_order` and `order_multiple` add is not counted.

    Examples
    --------
    >>> rule, offers = Split(shares={"a": 0.7, "b": 0.3}), [Offer("a", 1, 1), Offer("b", 1, 1)]
    >>> rule.choose(10.0, offers, rule.start(["a", "b"]))[0]
    (7.0, 3.0)
    >>> first, memory = rule.choose(1.0, offers, rule.start(["a", "b"]), whole_units=True)
    >>> first, rule.choose(1.0, offers, memory, whole_units=True)[0]
    ((1.0, 0.0), (0.0, 1.0))
    """

    kind: Literal["split"] = "split"
    """The name of this kind."""
    proportions: Annotated[dict[Name, Positive], Field(min_length=2, alias="shares")]
    """The part of each supplier by name, in proportion to these numbers: `{near: 0.3, far: 0.7}`."""

    def named(self) -> tuple[str, ...]:
        """Return the suppliers that have a share."""
        return tuple(self.proportions)

    def shares(self, suppliers: Sequence[str]) -> tuple[float, ...]:
        """Return the shares, which add up to 1."""
        whole = sum(self.proportions[name] for name in suppliers)
        return tuple(self.proportions[name] / whole for name in suppliers)

    def start(self, suppliers: Sequence[str]) -> Memory:
        """Return that nothing has been ordered from anyone."""
        return (0.0,) * len(suppliers)

    def choose(
        self, quantity: float, offers: Sequence[Offer], memory: Memory, *, whole_units: bool = False
    ) -> tuple[Choice, Memory]:
        """Give everyone its share of what has been ordered so far and now, less what it has got."""
        shares = self.shares([offer.supplier for offer in offers])
        if not whole_units or quantity != floor(quantity):
            given = tuple(share * quantity for share in shares[:-1])
            given = (*given, quantity - sum(given))
        else:
            total = sum(memory) + quantity
            given = _whole([share * total - before for share, before in zip(shares, memory, strict=True)], quantity)
        return given, tuple(before + units for before, units in zip(memory, given, strict=True))


def _whole(wanted: list[float], quantity: float) -> Choice:
    """Share out whole units, as near as can be to what is wanted, by largest remainder; ties to the earlier."""
    given = [max(0, floor(units + _SLACK)) for units in wanted]
    while (missing := round(quantity) - sum(given)) != 0:
        step = 1 if missing > 0 else -1
        places = [place for place, units in enumerate(given) if step > 0 or units > 0]
        given[max(places, key=lambda place: (step * (wanted[place] - given[place]), -place))] += step
    return tuple(float(units) for units in given)


class Cheapest(Sourcing):
    """The supplier at which a unit of this order costs least; among equals the faster, then by name.

    Counted are the price with its breaks and promotions at this quantity, duty, the `purchase_cost` of the stock where
    the lane has no price, and what the lane charges per unit and per shipment.

    Examples
    --------
    >>> Cheapest().choose(5.0, [Offer("near", 2.0, 1.0), Offer("far", 1.5, 9.0)], None)
    ((0.0, 5.0), None)
    """

    kind: Literal["cheapest"] = "cheapest"
    """The name of this kind."""

    def expected(self, offers: Sequence[Offer]) -> tuple[float, ...]:
        """Expect everything from the one with the lowest price for a small order."""
        return self.choose(1.0, offers, None)[0]

    def choose(
        self, quantity: float, offers: Sequence[Offer], memory: Memory, *, whole_units: bool = False
    ) -> tuple[Choice, Memory]:
        """Give the order to the cheapest."""
        best = min(range(len(offers)), key=lambda at: (offers[at].cost, offers[at].time, offers[at].supplier))
        return all_to(best, quantity, offers), memory


class Fastest(Sourcing):
    """The supplier with the shortest mean time from order to receipt; among equals the cheaper, then by name.

    Examples
    --------
    >>> Fastest().choose(5.0, [Offer("near", 2.0, 1.0), Offer("far", 1.5, 9.0)], None)
    ((5.0, 0.0), None)
    """

    kind: Literal["fastest"] = "fastest"
    """The name of this kind."""

    def expected(self, offers: Sequence[Offer]) -> tuple[float, ...]:
        """Expect everything from the fastest."""
        return self.choose(1.0, offers, None)[0]

    def choose(
        self, quantity: float, offers: Sequence[Offer], memory: Memory, *, whole_units: bool = False
    ) -> tuple[Choice, Memory]:
        """Give the order to the fastest."""
        best = min(range(len(offers)), key=lambda at: (offers[at].time, offers[at].cost, offers[at].supplier))
        return all_to(best, quantity, offers), memory


class MostStock(Sourcing):
    """The supplier that says it has most free, all being asked; among equals the cheaper, then by name.

    Examples
    --------
    >>> MostStock().choose(5.0, [Offer("near", 2.0, 1.0, free=8.0), Offer("far", 1.5, 9.0, free=30.0)], None)
    ((0.0, 5.0), None)
    """

    enquires: ClassVar[bool] = True

    kind: Literal["most_stock"] = "most_stock"
    """The name of this kind."""

    def asks(self, quantity: float, offers: Sequence[Offer]) -> tuple[int, ...]:
        """Ask everybody."""
        return unasked(offers)

    def choose(
        self, quantity: float, offers: Sequence[Offer], memory: Memory, *, whole_units: bool = False
    ) -> tuple[Choice, Memory]:
        """Give the order to the one that has most."""
        best = min(range(len(offers)), key=lambda at: (-free(offers[at]), offers[at].cost, offers[at].supplier))
        return all_to(best, quantity, offers), memory


class Quotation(Sourcing):
    """A request for quotation to every supplier; each quotes price and time, and the best score gets the order.

    A supplier's score is the weighted sum of lowest price / its price, shortest time / its time, and its reliability:
    the share of its orders so far that came whole by the date promised. Among equals the first by name is taken.

    The order has the price that was quoted, for the quantity that was asked about, and its time is promised.

    Examples
    --------
    >>> rule = Quotation(price=1.0, time=0.5)
    >>> [round(score, 3) for score in rule.scores([Offer("near", 2.0, 1.0), Offer("far", 1.0, 4.0)])]
    [1.0, 1.125]
    """

    enquires: ClassVar[bool] = True
    binds: ClassVar[bool] = True

    kind: Literal["quotation"] = "quotation"
    """The name of this kind."""
    price: NonNegative = 1.0
    """The weight of a low price."""
    time: NonNegative = 0.0
    """The weight of a short time to receipt."""
    reliability: NonNegative = 0.0
    """The weight of the share of earlier orders that came whole by the date promised."""

    def asks(self, quantity: float, offers: Sequence[Offer]) -> tuple[int, ...]:
        """Ask everybody."""
        return unasked(offers)

    def scores(self, offers: Sequence[Offer]) -> list[float]:
        """Return the score of every offer; the highest is the best."""
        cheapest, fastest = min(offer.cost for offer in offers), min(offer.time for offer in offers)
        return [
            self.price * _part(cheapest, offer.cost)
            + self.time * _part(fastest, offer.time)
            + self.reliability * offer.reliability
            for offer in offers
        ]

    def choose(
        self, quantity: float, offers: Sequence[Offer], memory: Memory, *, whole_units: bool = False
    ) -> tuple[Choice, Memory]:
        """Give the order to the best score."""
        scores = self.scores(offers)
        best = min(range(len(offers)), key=lambda at: (-scores[at], offers[at].supplier))
        return all_to(best, quantity, offers), memory


def _part(lowest: float, own: float) -> float:
    return 1.0 if own <= lowest else lowest / own


class BaseSurge(Sourcing):
    """The same quantity from one supplier at every review, and what is needed beyond it from another.

    Dual sourcing with a standing order (tailored base-surge): Allon and Van Mieghem (2010), Global dual sourcing:
    tailored base-surge allocation to near- and offshore production, Management Science 56(1), 110-124. The base comes
    even when nothing is needed.

    Examples
    --------
    >>> rule = BaseSurge(base="far", surge="near", quantity=6.0)
    >>> offers = [Offer("far", 1, 9), Offer("near", 2, 1)]
    >>> rule.choose(rule.total(10.0), offers, None)[0], rule.choose(rule.total(0.0), offers, None)[0]
    ((6.0, 4.0), (6.0, 0.0))
    """

    kind: Literal["base_surge"] = "base_surge"
    """The name of this kind."""
    base: Name
    """The supplier of the base, as a rule the slow and cheap one."""
    surge: Name
    """The supplier of the rest, as a rule the fast and dear one."""
    quantity: Positive
    """The base: units ordered at every review."""
    level: Literal["joint", "own"] = "joint"
    """What the stock's policy counts as on order. `joint`: everything, and the surge is what it wants beyond the base.
    `own`: only what the surge supplier has to deliver, and the surge is all that it wants."""

    def named(self) -> tuple[str, ...]:
        """Return both."""
        return self.base, self.surge

    def expected(self, offers: Sequence[Offer]) -> tuple[float, ...]:
        """Expect what has to come in time from the supplier of the surge."""
        return tuple(1.0 if offer.supplier == self.surge else 0.0 for offer in offers)

    def sees(self, view: View, on_order: Sequence[float], suppliers: Sequence[str]) -> View:
        """Leave the base out of what is on order where the surge has its own level."""
        if self.level == "joint":
            return view
        return view._replace(on_order=view.on_order - on_order[list(suppliers).index(self.base)])

    def total(self, quantity: float) -> float:
        """Return the base and the surge."""
        return max(quantity, self.quantity) if self.level == "joint" else self.quantity + max(0.0, quantity)

    def choose(
        self, quantity: float, offers: Sequence[Offer], memory: Memory, *, whole_units: bool = False
    ) -> tuple[Choice, Memory]:
        """Give the base to its supplier, and the rest to the other."""
        base = min(quantity, self.quantity)
        return tuple(base if offer.supplier == self.base else quantity - base for offer in offers), memory


def sourcing_kinds() -> dict[str, type[Sourcing]]:
    """Return the rules by their kind."""
    rules: tuple[type[Sourcing], ...] = (Priority, Split, Cheapest, Fastest, MostStock, Quotation, BaseSurge)
    return {str(rule.model_fields["kind"].default): rule for rule in rules}
