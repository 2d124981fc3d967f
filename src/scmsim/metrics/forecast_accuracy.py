"""How good forecasts were: what every stock expected at a review, against what was asked for until the next one."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from scmsim.metrics.accumulator import Accumulator, by_point, stable_order
from scmsim.metrics.facts import EPSILON, Facts
from scmsim.metrics.layout import Array, Layout, Mask
from scmsim.metrics.metric import Measured, Metric, define
from scmsim.metrics.rollup import Ratio

_WHAT = (
    "Of every stock whose policy forecasts: what it expected at a review, per period, against what was asked of it "
    "until its next review, per period; reviews inside the measured time count. Not defined beyond stocks. "
)
_HYNDMAN = "Hyndman and Koehler (2006), Another look at measures of forecast accuracy, Int. J. of Forecasting 22(4)"
_POINTS = frozenset({"point"})


class ForecastErrors(Accumulator):
    """Errors of the forecasts made at one review for the time until the next, both in the measured time.

    Attributes
    ----------
    count : ndarray
        Forecasts per point that demand could be compared with.
    error, absolute, squared : ndarray
        Sums per point of forecast - demand, of its size and of its square.
    naive : ndarray
        Sum per point of the sizes of the errors that the latest demand would have made as a forecast.
    """

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self.count, self.error, self.absolute, self.squared, self.naive = (np.zeros(layout.size) for _ in range(5))
        self._latest = np.full((layout.size, 3), np.nan)

    @classmethod
    def reads(cls, layout: Layout) -> frozenset[str]:
        """Return the forecasts' table if any policy forecasts."""
        return frozenset({"forecasts"} if forecasting(layout).any() else ())

    def update(self, facts: Facts) -> None:
        """Compare the forecasts of each point's latest reviews with the demand of the next."""
        time, place, forecast, demand = facts.table("forecasts")
        known = np.flatnonzero(~np.isnan(self._latest[:, 0]))
        point = np.concatenate([known, place.astype(np.int64)])
        order = stable_order(point, self.layout.size)
        point = point[order]
        reviews = np.concatenate([self._latest[known], np.column_stack([time, forecast, demand])])[order]
        follows = np.flatnonzero(point[1:] == point[:-1])
        follows = follows[reviews[follows, 0] >= self.layout.warm]
        of, before, after = point[follows], reviews[follows], reviews[follows + 1]
        error, change = before[:, 1] - after[:, 2], np.abs(after[:, 2] - before[:, 2])
        change[change <= EPSILON * np.maximum(1.0, np.abs(after[:, 2]))] = 0.0
        self.count += by_point(of, self.layout.size)
        self.error += by_point(of, self.layout.size, error)
        self.absolute += by_point(of, self.layout.size, np.abs(error))
        self.squared += by_point(of, self.layout.size, error**2)
        self.naive += by_point(of, self.layout.size, change)
        last = np.flatnonzero(np.append(point[1:] != point[:-1], True)[: len(point)])
        self._latest[point[last]] = reviews[last]


def forecasting(layout: Layout) -> Mask:
    """Tell which points forecast what is asked of them from review to review."""
    return np.array([point.forecasts for point in layout.network.points], dtype=np.bool_)


class _Accuracy(NamedTuple):
    name: str
    title: str
    unit: str
    formula: str
    what: str
    null: str
    source: str
    better: str | None
    parts: Callable[[ForecastErrors], tuple[Array, Array]]


def _accuracy(accuracy: _Accuracy) -> None:
    def compute(measured: Measured) -> Ratio | None:
        where = forecasting(measured.layout)
        if not where.any():
            return None
        above, below = accuracy.parts(measured[ForecastErrors])
        return Ratio(above, below, where, _POINTS)

    define(
        Metric(
            name=accuracy.name,
            title=accuracy.title,
            group="forecast",
            unit=accuracy.unit,
            better=accuracy.better,
            bucket="review.interval",
            formula=accuracy.formula,
            definition=f"{accuracy.what} {_WHAT}Null {accuracy.null}.",
            source=accuracy.source,
            needs=(ForecastErrors,),
            compute=compute,
        )
    )


_UNIT = "{quantity} per {time}"
_NO_REVIEWS = "where there are no two reviews in the measured time"

_accuracy(
    _Accuracy(
        "forecast_bias",
        "Forecast bias",
        _UNIT,
        "mean of (forecast - demand)",
        "The mean error: above 0, forecasts were too high on average, below 0 too low.",
        _NO_REVIEWS,
        _HYNDMAN,
        None,
        lambda errors: (errors.error, errors.count),
    )
)
_accuracy(
    _Accuracy(
        "forecast_mae",
        "Mean absolute forecast error",
        _UNIT,
        "mean of |forecast - demand|",
        "How far forecasts were off on average, in either direction.",
        _NO_REVIEWS,
        _HYNDMAN,
        "lower",
        lambda errors: (errors.absolute, errors.count),
    )
)
_accuracy(
    _Accuracy(
        "forecast_rmse",
        "Root mean square forecast error",
        _UNIT,
        "square root of the mean of (forecast - demand)²",
        "How far forecasts were off, large errors weighing more.",
        _NO_REVIEWS,
        _HYNDMAN,
        "lower",
        lambda errors: (np.sqrt(errors.squared), np.sqrt(errors.count)),
    )
)
_accuracy(
    _Accuracy(
        "forecast_mase",
        "Mean absolute scaled forecast error (MASE)",
        "ratio",
        "mean of |forecast - demand| / mean of |demand - demand before|",
        "The mean absolute error over that of naive forecasts (as much as last time) of the same demand: below 1, the "
        "forecasts were better than those.",
        "where demand does not change, or there are no two reviews in the measured time",
        _HYNDMAN,
        "lower",
        lambda errors: (errors.absolute, errors.naive),
    )
)
