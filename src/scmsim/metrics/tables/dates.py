"""Instants of the run as dates of the calendar."""

import numpy as np
import numpy.typing as npt

from scmsim.metrics.layout import Array
from scmsim.scenario.network import Calendar
from scmsim.ticks import TICKS

SECONDS = {"hour": 3600, "day": 86_400, "week": 604_800}
"""Units of time with a length that never varies; only they give dates."""


def dates(calendar: Calendar, ticks: Array) -> npt.NDArray[np.datetime64] | None:
    """Return instants as dates, to the second.

    Parameters
    ----------
    calendar : Calendar
        Its ``start`` falls on midnight of its ``start_date``.
    ticks : ndarray
        Instants, in ticks.

    Returns
    -------
    ndarray or None
        None where the calendar has no start date, or a unit of no fixed length (month) or no known one (period).

    Examples
    --------
    >>> from datetime import date
    >>> frame = {"start": 1_000_000, "end": 9_000_000, "warm": 1_000_000, "bucket": 1_000_000}
    >>> calendar = Calendar(unit="day", start_date=date(2024, 2, 28), **frame)
    >>> dates(calendar, np.array([1_000_000.0, 3_500_000.0]))
    array(['2024-02-28T00:00:00', '2024-03-01T12:00:00'], dtype='datetime64[s]')
    """
    unit = calendar.unit.lower().removesuffix("s")
    if calendar.start_date is None or unit not in SECONDS:
        return None
    passed = np.rint((ticks - calendar.start) * (SECONDS[unit] / TICKS)).astype("timedelta64[s]")
    found: npt.NDArray[np.datetime64] = np.datetime64(calendar.start_date, "s") + passed
    return found
