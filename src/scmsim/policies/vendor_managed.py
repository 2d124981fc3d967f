"""The supplier decides, within its customer's minimum and maximum."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from scmsim.policies.base import Policy, State
from scmsim.policies.lots import down_to_multiple
from scmsim.policies.view import View
from scmsim.specification import Number
from scmsim.words import figure


class VendorManaged(Policy):
    """Vendor-managed inventory: the supplier sends what fills the stock up to ``maximum`` when it is at ``minimum``.

    It decides with what it has been told: the customer's stock and receipts. It never promises more than it has free,
    and there is no order to wait for.

    Source: Disney & Towill (2003); Fry, Kapuscinski & Olsen (2001).

    Examples
    --------
    >>> from scmsim.policies.view import Told
    >>> policy = VendorManaged(minimum=4, maximum=20)
    >>> policy.decide(None, View(net_stock=3, on_order=1, demand=2))
    (16.0, None)
    >>> policy.decide(None, View(net_stock=3, on_order=1, demand=2, told=Told(supply=10.0)))
    (10.0, None)
    >>> policy.decide(None, View(net_stock=3, on_order=2, demand=2))
    (0.0, None)
    """

    decided_by_supplier: ClassVar[bool] = True
    kind: Literal["vendor_managed"] = "vendor_managed"
    minimum: Number
    """Inventory position, as the supplier knows it (without what is further down), at or below which it
    sends, in units."""
    maximum: Number
    """Inventory position that it fills up to, in units; not below the minimum."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.maximum < self.minimum:
            raise ValueError(f"maximum should not be below minimum: found {self.maximum:g} below {self.minimum:g}")
        return self

    def rule(self) -> str:
        """Say when and up to what the supplier sends."""
        minimum, maximum = figure(self.minimum), figure(self.maximum)
        return f"orders up to {maximum}, as its supplier decides, when the position is at or below {minimum}"

    def decide(self, state: State, view: View) -> tuple[float, State]:
        """Return what fills up to the maximum, as far as there is supply, when triggered; else 0."""
        position = view.net_stock + view.on_order
        if position > self.minimum:
            return 0.0, state
        wanted, supply = self.shaped(self.maximum - position), view.told.supply
        return (wanted if wanted <= supply else self._within(supply)), state

    def _within(self, supply: float) -> float:
        """Return the most that may be sent out of a supply that is too short, in whole lots."""
        lot = self.order_multiple or (1.0 if self.rounding == "half_up" else 0.0)
        most = down_to_multiple(supply, lot) if lot else supply
        return most if most >= self.minimum_order else 0.0
