"""One row per figure: its mean, its spread, its quantiles and its worst, each with what it is worth."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scmsim.experiments.measures import Measure
from scmsim.experiments.statistics.estimates import half_widths, moments
from scmsim.experiments.statistics.intervals import Interval, quantile_interval, share_beyond_worst, tail_mean
from scmsim.metrics import CATALOGUE
from scmsim.metrics.layout import Layout
from scmsim.scenario.network import Network

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = {"median": 0.5, "p05": 0.05, "p95": 0.95}
TAIL = 0.05
WORST = {"higher": "lowest", "lower": "highest"}


def summary(network: Network, measures: Sequence[Measure], draws: NDArray[np.float64]) -> "pd.DataFrame":
    """Sum up figures of replications.

    Parameters
    ----------
    network : Network
        Whose figures.
    measures : sequence of Measure
        Which.
    draws : array of float, shape (replications, measures)
        NaN where undefined.

    Returns
    -------
    DataFrame
        The columns of `scmsim.experiments.replicate.replicate.Replication.summary`.
    """
    import pandas as pd

    from scmsim.experiments.storage.csvs import tidy

    layout = Layout(network)
    means, sds, counts = moments(draws)
    widths = half_widths(sds, counts)
    rows = []
    for place, one in enumerate(measures):
        own = draws[:, place]
        own = own[~np.isnan(own)]
        row: dict[str, Any] = {
            "measure": str(one),
            "unit": CATALOGUE[one.metric].unit_in(layout),
            "mean": means[place],
            "half_width": widths[place],
            "n": int(counts[place]),
            "sd": sds[place],
            "min": own.min() if len(own) else np.nan,
            "max": own.max() if len(own) else np.nan,
            "beyond": share_beyond_worst(len(own)),
        }
        for name, share in QUANTILES.items():
            row |= _columns(name, name, quantile_interval(own, share))
        rows.append(row | _tail(one, own))
    return tidy(pd.DataFrame(rows))


def _tail(one: Measure, own: NDArray[np.float64]) -> dict[str, Any]:
    """Give the mean of the worst twentieth, where either end is known to be the worse."""
    worst = WORST.get(CATALOGUE[one.metric].better or "", "")
    if not worst:
        return {"tail": None} | _columns("tail_mean", "tail", Interval(np.nan, np.nan, np.nan, len(own)))
    return {"tail": worst} | _columns("tail_mean", "tail", tail_mean(own, TAIL, highest=worst == "highest"))


def _columns(name: str, prefix: str, interval: Interval) -> dict[str, float]:
    return {name: interval.estimate, f"{prefix}_low": interval.low, f"{prefix}_high": interval.high}
