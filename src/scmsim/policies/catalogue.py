"""Every kind of policy and forecast there is: those of this package, and those that users have defined."""

import importlib
import pkgutil
from functools import cache
from typing import Annotated

import scmsim.policies
from scmsim.policies.base import Policy
from scmsim.policies.forecasting import AnyForecast, Forecast, forecast_kinds
from scmsim.policies.kinds import ByKind, classes_by_kind

__all__ = ["AnyForecast", "AnyPolicy", "Forecast", "Policy", "forecast_kinds", "policy_kinds"]


def policy_kinds() -> dict[str, type[Policy]]:
    """Return every policy class by its kind: the modules of this package, and subclasses defined anywhere else.

    Raises
    ------
    ValueError
        Two classes declare the same kind.

    Examples
    --------
    >>> policy_kinds()["base_stock"](level=20)
    BaseStock(level=20.0)
    """
    _import_modules()
    return classes_by_kind(Policy)


@cache
def _import_modules() -> None:
    for module in pkgutil.iter_modules(scmsim.policies.__path__):
        importlib.import_module(f"scmsim.policies.{module.name}")


AnyPolicy = Annotated[Policy, ByKind(policy_kinds)]
"""The type of a field that holds a policy of any kind."""
