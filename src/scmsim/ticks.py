"""Time as integers: one tick is a millionth of the scenario's time unit.

Floats lose simultaneity (``3 * 0.1 != 0.3``), and in a supply chain most things happen at the same instant, so every
interval and every lead time is rounded to ticks once and then only added.
"""

TICKS = 1_000_000

LONG_AGO = -(2**62)
"""A tick before every start."""


def to_ticks(duration: float) -> int:
    """Round a duration in the scenario's unit to whole ticks.

    Examples
    --------
    >>> to_ticks(0.1) * 3 == to_ticks(0.3)
    True
    """
    return round(duration * TICKS)


def from_ticks(ticks: int) -> float:
    """Give a number of ticks in the scenario's unit.

    Examples
    --------
    >>> from_ticks(2_500_000)
    2.5
    """
    return ticks / TICKS
