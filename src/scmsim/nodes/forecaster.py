"""What a stock believed at each review: written down for those who read it."""

from typing import Any

from scmsim.nodes.workshop import Workshop
from scmsim.policies.base import Decide
from scmsim.policies.view import View
from scmsim.scenario.network import Point
from scmsim.ticks import TICKS


class Forecaster:
    """The decisions of a stock whose forecasts are written down, with the demand that they are judged by.

    Parameters
    ----------
    decide : callable
        How the stock decides.
    point : Point
        The stock; its policy forecasts, at periodic reviews.
    workshop : Workshop
        The means of the run.

    Raises
    ------
    ValueError
        The stock does not forecast, or has no periodic review.
    """

    __slots__ = ("_clock", "_decide", "_index", "_interval", "_policy", "_row")

    def __init__(self, decide: Decide, point: Point, workshop: Workshop) -> None:
        if point.policy is None or point.review is None or not point.forecasts:
            raise ValueError(
                f"expected a stock that forecasts at periodic reviews, found {point.product} at {point.node}"
            )
        self._decide = decide
        self._policy = point.policy
        self._interval = point.review.interval / TICKS
        self._index = float(point.index)
        self._clock = workshop.clock
        self._row = workshop.recorder.writer("forecasts")

    def decide(self, state: Any, view: View) -> tuple[float, Any]:
        """Return the units to order, and the memory for the next decision."""
        quantity, state = self._decide(state, view)
        expected = self._policy.expectation(state) or 0.0
        self._row((self._clock.time, self._index, expected, view.demand / self._interval))
        return quantity, state
