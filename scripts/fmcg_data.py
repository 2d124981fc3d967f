"""The SupplyGraph files: what an FMCG company in Bangladesh sold and produced, per product and day, in units.

Source: Wasi, Islam and Akib (2024), "SupplyGraph: A Benchmark Dataset for Supply Chain Planning using Graph Neural
Networks", arXiv 2401.15299, published under the LGPL-2.1.
"""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Units = NDArray[np.float64]
SALES = "Sales Order.csv"
PRODUCTION = "Production .csv"
WEEK = 7


@dataclass(frozen=True)
class Series:
    """Units per day (rows) and product (columns). Two columns may differ in a suffix only; names are kept."""

    products: tuple[str, ...]
    days: tuple[date, ...]
    units: Units

    @property
    def total(self) -> Units:
        """Units per day of all products together."""
        return np.asarray(self.units.sum(axis=1))


def read(folder: Path, table: str) -> Series:
    """Read one of the ``Temporal Data/Unit`` tables."""
    file = folder / "Temporal Data" / "Unit" / table
    with file.open(encoding="utf-8-sig", newline="") as lines:
        header, *rows = list(csv.reader(lines))
    days = tuple(date.fromisoformat(row[0][:10]) for row in rows)
    if any((later - earlier).days != 1 for earlier, later in zip(days, days[1:], strict=False)):
        raise SystemExit(f"{file.name}: a day is missing")
    return Series(tuple(header[1:]), days, np.array([[float(cell or 0) for cell in row[1:]] for row in rows]))


def weekly(units: Units) -> Units:
    """Sum whole weeks of days, from the last day backwards."""
    weeks = len(units) // WEEK
    return np.asarray(units[len(units) - weeks * WEEK :].reshape(weeks, WEEK, *units.shape[1:]).sum(axis=1))


def variance_ratio(orders: Units, demand: Units) -> Units:
    """Return Var(orders) / Var(demand) per column, NaN where either never varies."""
    above, below = orders.var(axis=0), demand.var(axis=0)
    return np.where((above > 0) & (below > 0), above / np.where(below > 0, below, 1.0), np.nan)


def lagged_correlation(values: Units, lag: int) -> float:
    """Return the correlation of a series with itself some days later, NaN for a constant one."""
    if len(values) <= lag + 1 or values.std() == 0:
        return float("nan")
    centred = values - values.mean()
    return float((centred[lag:] * centred[:-lag]).sum() / (centred**2).sum())
