"""Material requirements planning: time-phased netting over the levels of a bill of materials."""

from math import ceil
from typing import Annotated, Literal

from pydantic import Field

from scmsim.policies.base import State
from scmsim.policies.drp import DUST, Drp
from scmsim.policies.forecasting import AnyForecast
from scmsim.policies.forecasting_averages import Constant
from scmsim.policies.view import View

REQUIREMENTS = "requirements"
"""What such a policy has to be told: what it will need for what is made of it."""


class Mrp(Drp):
    """Release the planned orders that cannot wait, for customers and for what is planned to be made of it.

    The gross requirements of a stock are the forecast of its own customers, and what the planned orders of the products
    that are made of it at the same factory will take, each in the period in which it is released: as long as these have
    this policy, too. What they have ordered already it owes, or has delivered. So a forecast at the top is exploded
    over all levels of the bill of materials. Otherwise it is as `drp`.

    Source: Orlicky (1975); Vollmann, Berry, Whybark & Jacobs ch. 7.

    Examples
    --------
    A wheel that takes two weeks is needed for ten carts in three weeks' time: there is still a week.

    >>> from scmsim.policies.view import Told
    >>> policy = Mrp(lead_time=2, review_interval=1)
    >>> needed = Told(requirements=(0.0, 0.0, 0.0, 40.0))
    >>> policy.decide(policy.start(), View(net_stock=0, on_order=0, demand=0, told=needed))
    (0.0, None)
    >>> policy.decide(policy.start(), View(net_stock=0, on_order=0, demand=0, told=Told(requirements=(0.0, 0.0, 40.0))))
    (40.0, None)
    """

    kind: Literal["mrp"] = "mrp"  # type: ignore[assignment]
    forecast: AnyForecast = Constant(value=0.0)
    """How the demand of its own customers is forecast, in units per period; 0 when it is not given. For what goes into
    other products it must be `constant`: nothing else tells that demand from theirs."""
    horizon: Annotated[int, Field(ge=1, le=1000)] = 26
    """Periods that it plans ahead, so that its components know what it will take. At least the longest way through the
    levels below it."""

    def needs(self) -> frozenset[str]:
        """Return what has to be told: when the open orders are due, and what is planned to be made of it."""
        return super().needs() | {REQUIREMENTS}

    def releases(self, state: State, view: View) -> tuple[float, ...]:
        """Return the units that it plans to order in each period from now on, what it orders now left out.

        Parameters
        ----------
        state : State
            What it remembers after this review.
        view : View
            What it saw at this review.
        """
        due, lead_time = self._periods_to_cover(), ceil(self._lead_time() - DUST)
        planned = self.record(state, view, self.horizon + lead_time + 1).planned
        found = [0.0] * (self.horizon + 1)
        for period, quantity in enumerate(planned):
            if period >= due and period - lead_time <= self.horizon:
                found[period - lead_time] += quantity
        return tuple(found)

    def _gross(self, state: State, view: View, count: int) -> list[float]:
        own, needed = super()._gross(state, view, count), view.told.requirements
        return [units + (needed[period] if period < len(needed) else 0.0) for period, units in enumerate(own)]
