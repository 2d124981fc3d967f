"""The bad end of a figure: its worst value over replications, and the mean of the worst share of them."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scmsim.metrics import CATALOGUE

if TYPE_CHECKING:
    import pandas as pd


def tail_mean(losses: NDArray[np.float64], share: float) -> float:
    """Return the mean of the largest share of some losses: conditional value at risk, or expected shortfall.

    Where the share is no whole number of values, the last of them counts in part. NaN without any value.

    Source: Rockafellar and Uryasev (2002), Conditional value-at-risk for general loss distributions, Journal of Banking
    and Finance 26(7), equation 25.

    Parameters
    ----------
    losses : array of float
        One per replication, all equally likely; more is worse. NaN are left out.
    share : float
        Above 0, at most 1.

    Examples
    --------
    >>> tail_mean(np.array([1.0, 2.0, 3.0, 10.0]), 0.5), tail_mean(np.array([1.0, 2.0, 3.0, 10.0]), 0.375)
    (6.5, 7.666666666666667)
    """
    ordered = np.sort(losses[~np.isnan(losses)])[::-1]
    if not len(ordered):
        return float("nan")
    weights = np.clip(share * len(ordered) - np.arange(len(ordered)), 0.0, 1.0)
    return float((weights * ordered).sum() / weights.sum())


def tail_table(values: "pd.DataFrame", share: float) -> "pd.DataFrame":
    """Return the bad end of every figure of the chain that may be better or worse, over replications.

    Parameters
    ----------
    values : DataFrame
        The figures of every replication (`scmsim.experiments.run.result.Result.values`).
    share : float
        How many of the replications are the bad ones; above 0, at most 1.

    Returns
    -------
    DataFrame
        One row per metric: its ``mean``, its ``worst`` value and the mean of the worst ``share`` (``tail``), over the
        ``n`` replications in which it was defined.
    """
    import pandas as pd

    chain = values[values["node"].isna() & values["product"].isna() & values["segment"].isna()]
    rows = []
    for name in chain["metric"].unique().tolist():
        drawn = chain.loc[chain["metric"] == name, "value"]
        known = drawn.dropna().to_numpy(dtype=np.float64)
        if len(known) and CATALOGUE[name].better:
            sign = -1.0 if CATALOGUE[name].better == "higher" else 1.0
            worst, tail = sign * (sign * known).max() + 0.0, sign * tail_mean(sign * known, share) + 0.0
            rows.append((name, float(known.mean()), float(worst), float(tail), len(known)))
    return pd.DataFrame(rows, columns=["metric", "mean", "worst", "tail", "n"])
