"""What the recursion knows of others: what was told over lanes, and when it was heard.

A lane's ``share`` says what its buyer tells its seller: ``stock`` (with ``pipeline``, what it has received goes with
it), ``point_of_sale`` and ``forecast``. Reports leave at regular instants, at the beginning of their sender's own turn,
with a delay of whole periods and an error that is always the same. What is made in a node is no secret to its
components.
"""

import sys
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from recursion_chain import Stock
from recursion_decisions import forecast_of, learn
from recursion_forecasts import When, over

KINDS = ("point_of_sale", "forecast", "stock", "pipeline")
Heard = tuple[Stock, str, tuple[float, ...]]


@dataclass
class Known:
    """What a seller has been told of a stock that it feeds; before the first report, its state at the start."""

    net_stock: float
    echelon: float
    forecast: float
    received: float = 0.0
    sold: float = 0.0
    sold_until: int = 0


class Information:
    """What all stocks of a chain tell each other, given their levels and the first period."""

    def __init__(self, levels: dict[Stock, int], start: int) -> None:
        self.start = start
        self.levels = levels
        self.known: dict[Stock, Known] = {}
        self.below: dict[Stock, list[Stock]] = {stock: [] for stock in levels}
        self.made: dict[Stock, list[Stock]] = {stock: [] for stock in levels}
        self.told_sales: dict[Stock, float] = {}
        self.arriving: dict[int, list[Heard]] = {}
        for stock in levels:
            if stock.source:
                self.below[stock.source].append(stock)
            for component in stock.components or {}:
                self.made[component].append(stock)

    def begin(self) -> None:
        """Let everybody know the state at the start, from the customers up."""
        for stock in sorted(self.levels, key=lambda stock: self.levels[stock]):
            stock.sold_until = self.start - 1
            if stock.source:
                echelon = self.net_stock(stock) + self.downstream(stock)
                forecast = self._expected_at_start(stock)
                self.known[stock] = Known(self.net_stock(stock), echelon, forecast, sold_until=self.start - 1)

    # ---- what a stock knows

    @staticmethod
    def net_stock(stock: Stock) -> float:
        """Return net stock, all that was asked for at this instant included; what will be lost is not owed."""
        waiting = sum(line.waiting + line.set_aside for line in stock.queue if not line.lost_if_unmet)
        waiting += sum(line.waiting for line in stock.inbox)
        leaving = sum(line.waiting for line in stock.queue if line.lost_if_unmet)
        net = stock.on_hand - waiting
        return net - min(leaving, max(0.0, net))

    def downstream(self, stock: Stock) -> float:
        """Return the units that have left for a stock's customers and theirs, as far as it has been told."""
        total = 0.0
        for buyer in self.below[stock]:
            if "stock" in buyer.share:
                told, asked = self.known[buyer], buyer.entered.get(stock, 0.0) + self._coming(stock, buyer)
                on_its_way = asked - told.received if "pipeline" in buyer.share else self._unshipped(stock, buyer)
                total += on_its_way + told.echelon
        for product in self.made[stock]:
            per_unit = (product.components or {})[stock]
            asked = product.entered.get(stock, 0.0) + self._coming(stock, product)
            total += asked + per_unit * (self.net_stock(product) + self.downstream(product) - product.received)
        return total

    @staticmethod
    def _coming(stock: Stock, customer: Stock) -> float:
        return sum(line.waiting for line in stock.inbox if line.customer == customer.place)

    @staticmethod
    def _unshipped(stock: Stock, buyer: Stock) -> float:
        return sum(line.waiting for line in (*stock.queue, *stock.inbox) if line.buyer is buyer)

    def sold(self, stock: Stock) -> float:
        """Return what end customers have asked for since the start, of it and below, as far as it has been told."""
        told = sum(self.known[buyer].sold for buyer in self.below[stock])
        made = sum(self.sold(product) * (product.components or {})[stock] for product in self.made[stock])
        return stock.sold + told + made

    def sold_until(self, stock: Stock, now: int) -> int:
        """Return the latest period of which all sales are known that anybody tells."""
        told = [self.known[buyer].sold_until for buyer in self.below[stock] if "point_of_sale" in buyer.share]
        return min(told + [self.sold_until(product, now) for product in self.made[stock]], default=now)

    def expected(self, stock: Stock) -> float:
        """Return what all customers expect to ask for per period, as they have told."""
        told = sum(self.known[buyer].forecast for buyer in self.below[stock] if "forecast" in buyer.share)
        made = (self._expected_by(product) * (product.components or {})[stock] for product in self.made[stock])
        return told + sum(made)

    def see(self, stock: Stock, now: int, interval: int, reviewed: Stock | None = None) -> None:
        """Write down what a review of a stock, or of a copy of it, has to learn from: what came in an interval."""
        into = reviewed or stock
        into.seen, into.seen_periods = into.asked, interval
        forecast = forecast_of(stock)
        if forecast["kind"] == "customer_forecast":
            into.told_forecast = self.expected(stock)
        elif forecast.get("of") == "point_of_sale":
            until, sold = self.sold_until(stock, now), self.sold(stock)
            into.seen, into.seen_periods = sold - stock.sold_seen, max(0, until - stock.sold_until)
            if into.seen_periods:
                into.sold_seen, into.sold_until = sold, until

    def requirements(self, stock: Stock, now: int) -> list[float]:
        """Return what will be taken of a component in each period from now on, as far as its node has planned."""
        found: list[float] = []
        for product in self.made[stock] if stock.policy["kind"] == "mrp" else []:
            per_unit = (product.components or {})[stock]
            for period, units in enumerate(product.plan):
                at = max(0, product.planned_at + period - now)
                found += [0.0] * (at + 1 - len(found))
                found[at] += per_unit * units
        return found

    # ---- what is told

    def hear(self, now: int) -> None:
        """Let the reports arrive that took their time."""
        for buyer, kind, told in self.arriving.pop(now, []):
            self._hear(buyer, kind, told)

    def tell(self, stock: Stock, now: int) -> None:
        """Let a stock tell its seller what is due at this instant."""
        for kind in KINDS:
            said = stock.share.get(kind)
            since = now - self.start - (said or {}).get("offset", 0)
            if said is None or since < 0 or since % said.get("interval", 1):
                continue
            told = self._told(stock, kind, said.get("noise", 0.0), now)
            if said.get("delay", 0):
                self.arriving.setdefault(now + said["delay"], []).append((stock, kind, told))
            else:
                self._hear(stock, kind, told)

    def _told(self, stock: Stock, kind: str, error: float, now: int) -> tuple[float, ...]:
        if kind == "point_of_sale":
            sold, before = self.sold(stock), self.told_sales.get(stock, 0.0)
            self.told_sales[stock] = sold
            return max(0.0, sold - before + error), self.sold_until(stock, now)
        if kind == "forecast":
            return (max(0.0, self._expected_by(stock, now) + error),)
        net_stock = self.net_stock(stock)
        return net_stock + error, net_stock + self.downstream(stock) + error, stock.received

    def _hear(self, buyer: Stock, kind: str, told: tuple[Any, ...]) -> None:
        known = self.known[buyer]
        if kind == "point_of_sale":
            known.sold, known.sold_until = known.sold + told[0], max(known.sold_until, told[1])
        elif kind == "forecast":
            (known.forecast,) = told
        elif kind == "stock":
            known.net_stock, known.echelon, known.received = told

    def _expected_by(self, stock: Stock, now: int | None = None) -> float:
        """Return what a stock expects per period; of a review that is due now, what that is going to expect."""
        if "forecast" not in stock.policy and stock.policy["kind"] != "mrp":
            return 0.0
        interval, seen = stock.review["interval"], stock.review["timing"] == "after_demand"
        since = -1 if now is None else now - self.start - stock.review["offset"]
        if now is None or since < 0 or since % interval:
            return stock.rate if stock.expected is not None else self._expected_at_start(stock)
        ahead = copy(stock)
        ahead.asked += sum(line.waiting for line in stock.inbox)
        self.see(stock, now, interval, ahead)
        learn(ahead, When(interval, now - self.start + seen))
        return ahead.rate

    def _expected_at_start(self, stock: Stock) -> float:
        if "forecast" not in stock.policy and stock.policy["kind"] != "mrp":
            return 0.0
        if forecast_of(stock)["kind"] == "customer_forecast":
            return self.expected(stock)
        review = stock.review
        following = review["offset"] - review["interval"] + (review["timing"] == "after_demand")
        return over(forecast_of(stock), None, 1, When(review["interval"], following))
