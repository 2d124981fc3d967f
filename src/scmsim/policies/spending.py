"""How much of an order a buyer can afford."""

from math import floor, inf

from scmsim.policies.base import Policy

_SLACK = 1e-9


def affordable(quantity: float, price: float, money: float, lot: float = 0.0, minimum: float = 0.0) -> float:
    """Return the part of an order that can be paid for; less than a billionth of a unit is none.

    Parameters
    ----------
    quantity : float
        Units wanted.
    price : float
        Money per unit.
    money : float
        What may be spent.
    lot : float
        Units that an order is a multiple of; 0 for any.
    minimum : float
        The smallest order in units; if that is too dear nothing is ordered.

    Examples
    --------
    >>> affordable(10.0, price=3.0, money=20.0, lot=1.0)
    6.0
    >>> affordable(10.0, price=3.0, money=20.0, minimum=8.0)
    0.0
    >>> affordable(10.0, price=3.0, money=-5.0)
    0.0
    >>> affordable(10.0, price=0.0, money=-5.0)
    10.0
    >>> affordable(10.0, price=3.0, money=1e-15)
    0.0
    """
    if price <= 0 or money == inf or price * quantity <= money + _SLACK * abs(money):
        return quantity
    units = max(0.0, money) / price
    if lot:
        units = floor(units / lot + _SLACK) * lot
    return units if units >= max(minimum, _SLACK) else 0.0


def lot_of(policy: Policy | None, *, whole_units: bool) -> float:
    """Return the units that the orders of a policy are multiples of; 0 for any.

    Examples
    --------
    >>> lot_of(Policy(order_multiple=6), whole_units=True), lot_of(Policy(rounding="half_up"), whole_units=False)
    (6.0, 1.0)
    """
    if policy is not None and policy.order_multiple is not None:
        return policy.order_multiple
    return 1.0 if whole_units or (policy is not None and policy.rounding != "none") else 0.0
