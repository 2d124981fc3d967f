"""Distribution requirements planning: time-phased netting of forecasts against what is due."""

from collections import defaultdict
from math import ceil
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from scmsim.policies.base import Plan, Policy, State
from scmsim.policies.netting import LotRule, Record, fixed_period, fixed_quantity, lot_for_lot, netted
from scmsim.policies.safety import Protected
from scmsim.policies.view import View
from scmsim.specification import NonNegative, Positive
from scmsim.words import figure

DUST = 1e-9
"""Periods below which a time is rounding."""


class Drp(Protected):
    """Release the planned orders that cannot wait for the next review.

    A record sets the forecast of every coming period against projected on hand and the orders that are due, each in its
    period; where projected on hand would fall below the safety stock, a lot is planned, and released its lead time
    earlier. What is short before any new order could come is made up for by the first that can.

    Source: Martin (1983); Vollmann, Berry, Whybark & Jacobs ch. 8; Silver, Pyke & Thomas ch. 15.

    Examples
    --------
    Two weeks of lead time, 45 less 20 on hand, 60 due next week: 65, 45, 25 and 5 without another order, which the
    safety stock of 20 does not allow; but that order need not leave before the week after next.

    >>> from scmsim.policies.view import Told
    >>> policy = Drp(forecast={"kind": "constant", "value": 20}, lead_time=2, lot_sizing="fixed_quantity", lot_size=60,
    ...              safety_stock=20)
    >>> policy.decide(None, View(net_stock=25, on_order=60, demand=20, told=Told(receipts=((1.0, 60.0),))))
    (0.0, None)
    >>> policy.decide(None, View(net_stock=45, on_order=0, demand=20))
    (60.0, None)
    """

    clean_start: ClassVar[bool] = True
    kind: Literal["drp"] = "drp"
    lead_time: NonNegative | None = None
    """Periods from an order to its receipt that are planned with; order delay + lead time when it is not given."""
    lot_sizing: Literal["lot_for_lot", "fixed_period", "fixed_quantity"] = "lot_for_lot"
    """Whether a lot is what a period requires (`lot_for_lot`), what several periods require (`fixed_period`), or a
    multiple of one size (`fixed_quantity`)."""
    periods: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """Periods whose requirements make up a lot, for `lot_sizing: fixed_period`."""
    lot_size: Positive | None = None
    """Units in a lot, for `lot_sizing: fixed_quantity`."""

    @model_validator(mode="after")
    def _lots(self) -> Self:
        wanted = {"fixed_period": "periods", "fixed_quantity": "lot_size"}.get(self.lot_sizing)
        for name in ("periods", "lot_size"):
            if name == wanted and getattr(self, name) is None:
                raise ValueError(f"give `{name}` with `lot_sizing: {self.lot_sizing}`: found no `{name}`")
            if name != wanted and getattr(self, name) is not None:
                found = f"`{name}: {getattr(self, name):g}`"
                raise ValueError(f"no `{name}` with `lot_sizing: {self.lot_sizing}`: found {found}")
        return self

    def prepare(self, plan: Plan) -> Policy:
        """Take lead time, review and cover from the plan, and compute the safety stock.

        Raises
        ------
        ValueError
            Reviews are not a whole number of periods apart, so that the record has no periods.
        """
        if plan.interval < 1 or plan.interval % 1:
            found = f"reviews every {plan.interval:g} periods" if plan.interval else "continuous review"
            raise ValueError(
                f"{self.kind} plans whole periods and needs reviews that are 1, 2, … periods apart: found {found}"
            )
        lead_time = plan.lead_time if self.lead_time is None else self.lead_time
        return self.protected(plan).changed(lead_time=lead_time)

    def needs(self) -> frozenset[str]:
        """Return what has to be told: when the open orders are due, and what the forecast needs."""
        return super().needs() | {"receipts"}

    def rule(self) -> str:
        """Say what is netted, and how large lots are."""
        lots = {
            "lot_for_lot": "lot for lot",
            "fixed_period": f"in lots for {self.periods} periods",
            "fixed_quantity": f"in lots of {figure(self.lot_size or 0.0)}",
        }[self.lot_sizing]
        return f"orders what the forecast ({self.forecast!r}){self.safety_rule()} lacks, netted by period, {lots}"

    def decide(self, state: State, view: View) -> tuple[float, State]:
        """Return the planned receipts that a later order could not bring in time."""
        state = self.learn(state, view)
        due = self._periods_to_cover()
        return self.shaped(sum(self.record(state, view).planned[:due])), state

    def record(self, state: State, view: View, periods: int = 0) -> Record:
        """Return the record from this review on: its first period is the review's own, then one period after another.

        The demand of the first period is over where reviews come after demand.

        Parameters
        ----------
        state : State
            What is remembered, the demand of this review included.
        view : View
            What is known.
        periods : int
            How many periods it has at least.
        """
        count = max(periods, self._periods_to_cover() + (self.periods or 1) - 1)
        gross = self._gross(state, view, count)
        scheduled = self._scheduled(view, count)
        earliest = ceil(self._lead_time() - DUST)
        safety = self.safety(state)
        return netted(view.net_stock, gross, scheduled, lots=self._rule(), safety_stock=safety, earliest=earliest)

    def _gross(self, state: State, _view: View, count: int) -> list[float]:
        seen = self.review_timing != "before_demand"
        totals = [self.expected(state, float(period)) for period in range(count + (not seen))]
        gross = [max(0.0, later - earlier) for earlier, later in zip(totals, totals[1:], strict=False)]
        return [0.0, *gross] if seen else gross

    def _scheduled(self, view: View, count: int) -> list[float]:
        """Return what is due in each period; what is late, in the first; what nobody knows of, when it could come.

        Orders that were given up are still listed: what is on order says how many units there are.
        """
        by_period: dict[int, float] = defaultdict(float)
        left = view.on_order
        for due, quantity in sorted(view.told.receipts, reverse=True):
            taken = min(quantity, left)
            by_period[max(0, ceil(due - DUST))] += taken
            left -= taken
        by_period[ceil(self._lead_time() - DUST)] += left
        return [by_period[period] for period in range(count)]

    def _periods_to_cover(self) -> int:
        """Return the periods, this one included, for which an order at the next review would come too late."""
        return ceil(self._lead_time() + (self.review_interval or 1.0) - DUST)

    def _lead_time(self) -> float:
        if self.lead_time is None:
            raise ValueError("drp's lead time is open: prepare(plan) computes it")
        return self.lead_time

    def _rule(self) -> LotRule:
        if self.periods is not None:
            return fixed_period(self.periods)
        return lot_for_lot() if self.lot_size is None else fixed_quantity(self.lot_size)
