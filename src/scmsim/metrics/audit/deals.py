"""Who sells what to whom, and on which terms: what the audit of amounts has to know of a network in advance."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import NamedTuple

from scmsim.scenario.network import Clerks, FromLane, Lane, Messages, Network, Point, Promotion, Sale, Terms

CUSTOMERS = -1
"""The node of end customers in tables, and their point."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Relation:
    """One buyer of one seller: nodes by their place among the names, terms, and how long invoices and payments take.

    ``keeps_books`` says whether the seller does, ``pays_at_once`` whether the buyer can pay whatever is due.
    """

    seller: int
    buyer: int
    keeps_books: bool
    pays_at_once: bool
    terms: Terms
    messages: Messages
    clerks: Clerks | None


class Shock:
    """How often a disruption has been at work, and by what it multiplies prices meanwhile.

    Examples
    --------
    >>> shock = Shock(1.5)
    >>> shock.begins.append(3.0), shock.ends.append(5.0)
    (None, None)
    >>> [shock.at(tick) for tick in (2, 3, 5)]
    [1.0, 1.5, 1.0]
    """

    __slots__ = ("begins", "ends", "factor")

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self.begins: list[float] = []
        self.ends: list[float] = []

    def at(self, tick: float) -> float:
        """Return the factor at a tick, when everything of it has taken effect."""
        factor: float = self.factor ** (bisect_right(self.begins, tick) - bisect_right(self.ends, tick))
        return factor


class Deal(NamedTuple):
    """What one product costs in a relation; what a unit costs the seller is that of a point, or ``unit_cost``.

    ``may_be_held`` says whether an order has been looked at before it is shipped, because of a credit limit. ``tiers``
    are (units, price from there on), and with ``is_incremental`` each holds for the units beyond it only.
    """

    relation: Relation
    amount: float | None
    rate: float
    promotions: tuple[Promotion, ...]
    down_payment: float
    seller: int
    unit_cost: float
    duty: float
    may_be_held: bool
    tiers: tuple[tuple[float, float], ...] = ()
    is_incremental: bool = False
    shocks: tuple[Shock, ...] = ()

    def price(self, tick: float, unit_cost: float, quantity: float = 0.0) -> float:
        """Return the price of a unit in an order of ``quantity`` at a tick, which costs the seller so much."""
        return self._usual(tick, unit_cost, quantity) * prod(shock.at(tick) for shock in self.shocks)

    def _usual(self, tick: float, unit_cost: float, quantity: float) -> float:
        price = unit_cost * (1.0 + self.rate) if self.amount is None else self.amount
        if self.tiers:
            price = self._at(quantity)
        for promotion in self.promotions:
            if promotion.start <= tick < promotion.end:
                return price * (1.0 - promotion.discount)
        return price

    def _at(self, quantity: float) -> float:
        """Return the price by tiers: going up from one to the next, each replaces or tops the one before."""
        price = self.tiers[0][1]
        total = price * quantity
        for (_, before), (start, now) in pairwise(self.tiers):
            if quantity >= start:
                price = now
                total += (now - before) * (quantity - start)
        return total / quantity if self.is_incremental and quantity > 0 else price

    @property
    def is_fixed_early(self) -> bool:
        """Whether an order has to be remembered from when it is placed, to know what it costs when it is shipped."""
        return bool(self.amount is None or self.promotions or self.down_payment or self.shocks)


class Way(NamedTuple):
    """How a point gets its units: the nodes, the point they come from (-1: from outside), and the deal if there is one.

    ``paid_at_the_door`` is the price of a unit that a lane without a price brings from outside.
    """

    seller: int
    buyer: int
    source: int
    deal: Deal | None
    paid_at_the_door: float


class Deals:
    """All deals of a network.

    Attributes
    ----------
    node : list of int
        The node of every point, by its place among the names.
    ways : dict of (int, int) to Way
        How each stock gets its units over a lane, by the points of its supplier and of itself.
    supplier : dict of int to int
        The point of the only supplier, for stocks that one lane brings.
    sales : dict of int to Deal
        What end customers pay at a point.
    shocks : dict of int to Shock
        What has changed prices so far, by the number of the disruption.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        place = {name: index for index, name in enumerate(sorted(network.nodes))}
        self._place = place
        self.node = [place[point.node] for point in network.points]
        self._lanes: dict[int, Relation] = {}
        self.shocks = {each.number: Shock(each.remaining) for each in network.disruptions if each.what == "price"}
        self.ways: dict[tuple[int, int], Way] = {}
        self.supplier = {point.index: point.ways[0].supplier for point in network.points if len(point.ways) == 1}
        self.sales: dict[int, Deal] = {}
        for point in network.points:
            for way in point.ways:
                self.ways[way.supplier, point.index] = self._way(point, way)
            if point.sale is not None and not point.unlimited:
                self.sales[point.index] = self._sale(point, point.sale)

    def _way(self, point: Point, source: FromLane) -> Way:
        lane, supplier = self._network.lanes[source.lane], self._network.points[source.supplier]
        sale, deal = lane.sales.get(point.product), None
        if sale is not None:
            relation = self._lanes.get(lane.index) or self._relation(point, supplier, source.lane)
            shocks = self._shocks([each.number for each in self._network.disruptions if lane.index in each.lane_prices])
            deal = _deal(relation, sale, supplier, lane)._replace(shocks=shocks)
        origin = -1 if supplier.unlimited else supplier.index
        return Way(self.node[supplier.index], self.node[point.index], origin, deal, point.purchase_cost)

    def _relation(self, point: Point, supplier: Point, lane_index: int) -> Relation:
        """Return the relation between the ends of a lane, which all its products share."""
        nodes, lane = self._network.nodes, self._network.lanes[lane_index]
        finance = nodes[point.node].finance
        relation = self._lanes[lane_index] = Relation(
            seller=self.node[supplier.index],
            buyer=self.node[point.index],
            keeps_books=any(not each.unlimited for each in self._network.points if each.node == supplier.node),
            pays_at_once=finance is None or finance.overdraft_limit is None,
            terms=next(iter(lane.sales.values())).terms,
            messages=lane.messages,
            clerks=nodes[supplier.node].billing_clerks,
        )
        return relation

    def _sale(self, point: Point, sale: Sale) -> Deal:
        relation = Relation(
            seller=self.node[point.index],
            buyer=CUSTOMERS,
            keeps_books=True,
            pays_at_once=True,
            terms=sale.terms,
            messages=Messages(),
            clerks=None,
        )
        shocks = self._shocks([each.number for each in self._network.disruptions if point.index in each.sale_prices])
        return _deal(relation, sale, point, None)._replace(shocks=shocks)

    def _shocks(self, numbers: list[int]) -> tuple[Shock, ...]:
        return tuple(self.shocks[number] for number in numbers)


def _deal(relation: Relation, sale: Sale, seller: Point, lane: Lane | None) -> Deal:
    return Deal(
        relation=relation,
        amount=sale.price.amount,
        rate=sale.price.rate or 0.0,
        promotions=sale.promotions,
        down_payment=sale.terms.down_payment,
        seller=-1 if seller.unlimited else seller.index,
        unit_cost=seller.opening_cost,
        duty=lane.duty if lane is not None else 0.0,
        may_be_held=lane is not None and lane.credit_limit is not None,
        tiers=sale.price.tiers,
        is_incremental=sale.price.is_incremental,
    )
