"""Forecasts of demand, as pure functions of an explicit memory: every kind of this package under one roof."""

from typing import Annotated

from scmsim.policies.forecast_known import Planned, Stated
from scmsim.policies.forecasting_averages import (
    Ar1Mmse,
    Constant,
    CustomerForecast,
    ExponentialSmoothing,
    MovingAverage,
    Naive,
)
from scmsim.policies.forecasting_base import Forecast, State
from scmsim.policies.forecasting_intermittent import Croston, SyntetosBoylan, TeunterSyntetosBabai
from scmsim.policies.forecasting_seasons import HoltWinters
from scmsim.policies.forecasting_trends import Holt
from scmsim.policies.kinds import ByKind, classes_by_kind

__all__ = [
    "AnyForecast",
    "Ar1Mmse",
    "Constant",
    "Croston",
    "CustomerForecast",
    "ExponentialSmoothing",
    "Forecast",
    "Holt",
    "HoltWinters",
    "MovingAverage",
    "Naive",
    "Planned",
    "State",
    "Stated",
    "SyntetosBoylan",
    "TeunterSyntetosBabai",
    "forecast_kinds",
]


def forecast_kinds() -> dict[str, type[Forecast]]:
    """Return every forecast class by its kind: those of this package, and subclasses defined anywhere else.

    Raises
    ------
    ValueError
        Two classes declare the same kind.

    Examples
    --------
    >>> forecast_kinds()["naive"]
    <class 'scmsim.policies.forecasting_averages.Naive'>
    """
    return classes_by_kind(Forecast)


AnyForecast = Annotated[Forecast, ByKind(forecast_kinds)]
"""The type of a field that holds a forecast of any kind."""
