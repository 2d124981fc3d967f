"""Buying ahead: while a promotion runs, buyers take more than they need, and less after it."""

from scmsim.policies.view import View


def tempted(view: View, discount: float, units: float) -> View:
    """Return what a buyer decides by who knows of a promotion.

    Parameters
    ----------
    view : View
        What it has been told otherwise.
    discount : float
        The share that is taken off the seller's price now, 0 when no promotion runs.
    units : float
        Units to buy ahead: the net stock looks that much lower while a promotion runs.

    Examples
    --------
    >>> tempted(View(net_stock=10.0, on_order=0.0, demand=4.0), discount=0.2, units=6.0).position
    4.0
    >>> tempted(View(net_stock=10.0, on_order=0.0, demand=4.0), discount=0.0, units=6.0).position
    10.0
    """
    if not discount:
        return view
    return view._replace(net_stock=view.net_stock - units, told=view.told._replace(discount=discount))


def stocked_up(consumed: float, pantry: float, target: float) -> tuple[float, float]:
    """Return what end customers buy, and what they have at home afterwards.

    They buy what they consume and what is missing at home, and nothing while there is too much at home. Units are
    conserved: what was at home and is bought is consumed or at home.

    Parameters
    ----------
    consumed : float
        Units used up this time.
    pantry : float
        Units at home before.
    target : float
        Units they want at home: 0 when no promotion runs.

    Examples
    --------
    >>> stocked_up(consumed=4.0, pantry=0.0, target=8.0)
    (12.0, 8.0)
    >>> stocked_up(consumed=4.0, pantry=8.0, target=0.0)
    (0.0, 4.0)
    >>> stocked_up(consumed=4.0, pantry=1.0, target=0.0)
    (3.0, 0.0)
    """
    bought = max(0.0, consumed + target - pantry)
    return bought, pantry + bought - consumed
