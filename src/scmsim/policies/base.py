"""What every replenishment policy is: frozen parameters and a pure decision."""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, Self

from scmsim.policies.quantities import Quantities
from scmsim.policies.view import View

State = Any
"""What a policy remembers between two decisions: its own business, handed in and handed out, never kept."""


Decide = Callable[[State, View], tuple[float, State]]
"""Whatever decides for a stock: memory and view in, units to order and memory out."""


class Plan(NamedTuple):
    """What is known about a stock before the run, for levels that are computed and not given.

    Parameters
    ----------
    demand_mean, demand_sd : float or None
        Mean and standard deviation of the demand on the stock per time unit, pooled over everything it feeds; None
        where a demand has no stated moments.
    lead_time : float
        Mean of order delay plus lead time, in time units.
    lead_time_sd : float
        Its standard deviation.
    interval : float
        Time between two reviews, 0 for continuous review.
    before_demand : bool
        Whether reviews come before the demand of their instant.
    holding_cost, backorder_cost, order_cost : float
        The stock's cost rates (per unit and time, per unit and time, per order).
    customers_wait : bool
        Whether all its customers wait for what is not there.
    first_review : float
        Time from the start of the run to the first review.
    """

    demand_mean: float | None
    demand_sd: float | None
    lead_time: float
    lead_time_sd: float
    interval: float
    before_demand: bool
    holding_cost: float
    backorder_cost: float
    order_cost: float
    customers_wait: bool = True
    first_review: float = 0.0

    @property
    def protection(self) -> float:
        """Periods that one order has to cover: order delay + lead time + interval, less one when demand is seen first.

        Never less than 0 (reviews more frequent than periods).
        """
        seen = 0.0 if self.before_demand or self.interval == 0 else 1.0
        return max(0.0, self.lead_time + self.interval - seen)


class Policy(Quantities):
    """A replenishment policy.

    A subclass adds its parameters and `decide`, which ends with ``return self.shaped(wanted), state`` so that the
    quantity options hold; and, to be named in scenario files, ``kind: Literal["its_name"] = "its_name"``. It knows no
    clock, no node and no lead time but what `prepare` put into its parameters.

    Examples
    --------
    >>> class Replace(Policy):
    ...     def decide(self, state: State, view: View) -> tuple[float, State]:
    ...         return self.shaped(view.demand), state
    >>> Replace(order_multiple=6).decide(None, View(net_stock=3, on_order=0, demand=4))
    (6.0, None)
    """

    decided_by_supplier: ClassVar[bool] = False
    """Whether the supplier decides, with what it has been told about the stock."""
    follows_receipts: ClassVar[bool] = False
    """Whether a unit made for someone who waits calls for another, so that continuous review follows it."""
    forecasts: ClassVar[bool] = False
    """Whether it has a forecast to tell; see `expectation`."""
    note: str = ""
    """Where the numbers come from, for the report; written when a level is computed from a target."""

    def prepare(self, plan: Plan) -> "Policy":
        """Return the policy with every level that was left open computed from the plan.

        Raises
        ------
        ValueError
            The plan does not hold what the level needs; the message says what and how to mend it.
        """
        return self

    def describe(self) -> str:
        """Say in one line what the policy does with its parameters, and which formula gave them."""
        return "; ".join(part for part in (self.rule(), self.note, self._options()) if part)

    def rule(self) -> str:
        """Say in one clause what the policy does with its parameters."""
        return type(self).__name__

    def start(self) -> State:
        """Return the memory with which a run starts."""
        return None

    def needs(self) -> frozenset[str]:
        """Return what has to be told for its decisions: names of what a lane can share."""
        return frozenset()

    def expectation(self, state: State, view: View | None = None) -> float | None:
        """Return the demand it expects per period, in units, after what ``view`` shows; None if it does not forecast.

        Nothing is remembered: this is what it can tell its supplier.
        """
        return None

    def decide(self, state: State, view: View) -> tuple[float, State]:
        """Return the units to order, and the memory for the next decision."""
        raise NotImplementedError

    def decider(self) -> "Decide":
        """Return `decide`, or a function that decides the same in less time, for whoever asks again and again."""
        return self.decide

    def changed(self, **parameters: Any) -> Self:
        """Return a copy with other parameters, checked like a new one.

        Raises
        ------
        ValueError
            The parameters are not valid together.
        """
        kept = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**{**kept, **parameters})

    def _options(self) -> str:
        parts = (
            "may be negative" if self.allow_negative else "",
            "rounded half up" if self.rounding == "half_up" else "",
            f"in multiples of {self.order_multiple:g}" if self.order_multiple is not None else "",
            f"at least {self.minimum_order:g}" if self.minimum_order else "",
        )
        return ("orders " + ", ".join(part for part in parts if part)) if any(parts) else ""
