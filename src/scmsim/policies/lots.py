"""Arithmetic of lots."""

from math import ceil, floor

_DUST = 1e-9
"""Share of a lot below which a surplus is rounding noise and does not call for another lot."""

_FINEST = 2.0**53
"""Number of lots from which on a lot is finer than a float can tell."""


def up_to_multiple(quantity: float, lot: float) -> float:
    """Return the next multiple of ``lot`` at or above ``quantity``, to within 1e-9 lots, in units.

    Examples
    --------
    >>> up_to_multiple(13.0, 6.0), up_to_multiple(12.000000000000002, 6.0)
    (18.0, 12.0)
    """
    lots = quantity / lot
    return ceil(lots - _DUST) * lot if abs(lots) < _FINEST else quantity


def down_to_multiple(quantity: float, lot: float) -> float:
    """Return the last multiple of ``lot`` at or below ``quantity``, to within 1e-9 lots, in units.

    Examples
    --------
    >>> down_to_multiple(13.0, 6.0), down_to_multiple(17.999999999999996, 6.0)
    (12.0, 18.0)
    """
    lots = quantity / lot
    return floor(lots + _DUST) * lot if abs(lots) < _FINEST else quantity


def fewest_lots(gap: float, lot: float, beyond: bool) -> float:
    """Return the smallest multiple of ``lot`` that is at least ``gap`` ≥ 0, or greater than it when ``beyond``.

    Examples
    --------
    >>> fewest_lots(10.0, 5.0, beyond=False), fewest_lots(10.0, 5.0, beyond=True)
    (10.0, 15.0)
    """
    if gap < lot and (gap > 0 or beyond):
        return lot

    def enough(lots: int) -> bool:
        return lots * lot > gap or (lots * lot == gap and not beyond)

    if gap / lot >= _FINEST:
        return gap
    count = floor(gap / lot) + 1 if beyond else ceil(gap / lot)
    if enough(count - 1):
        return (count - 1) * lot
    return (count if enough(count) else count + 1) * lot
