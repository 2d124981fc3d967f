"""The series a warm-up is judged by: what a run orders and holds, period by period, from its very beginning."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scmsim.engine.recorder import Keeper
from scmsim.errors import UsageError
from scmsim.experiments.warmup.mser import BATCH, FEWEST_BATCHES, moving_average, mser
from scmsim.metrics.layout import Layout
from scmsim.metrics.series import period_series
from scmsim.scenario.network import Network
from scmsim.scenario.troubles import did_you_mean
from scmsim.simulation import simulate
from scmsim.ticks import TICKS, from_ticks

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

COLUMNS = ("orders", "demand", "net_stock", "on_hand", "backorders", "in_transit")
MOST_NODES = 12
"""Of more nodes than this, the orders of every segment are judged and not those of every node."""


class Selection(NamedTuple):
    """A series: which column, summed over which points."""

    name: str
    column: str
    points: NDArray[np.int64]


def selections(network: Network, wanted: Sequence[str] | None = None) -> list[Selection]:
    """Say which series are judged.

    Parameters
    ----------
    network : Network
        What is simulated.
    wanted : sequence of str, optional
        As for `scmsim.experiments.warmup.warmup.suggest_warm_up`; the usual ones unless given.

    Raises
    ------
    UsageError
        There is no such series; the message says which there are.
    """
    layout = Layout(network)
    if wanted is None:
        return [each for each in _usual(layout) if len(each.points)]
    found: dict[str, Selection] = {}
    for text in wanted:
        column, at, whose = text.strip().partition("@")
        if column not in COLUMNS:
            hint = did_you_mean(column, COLUMNS) or "There are: " + ", ".join(COLUMNS)
            raise UsageError(f"no series {column!r}. {hint}")
        matching = _matching(layout, column, whose) if at else [_chain(layout, column)]
        if not matching:
            raise UsageError(f"no series {text!r}: there is no such stock. The nodes are: {', '.join(layout.nodes)}")
        found |= {each.name: each for each in matching}
    return list(found.values())


def periods_of(network: Network) -> int:
    """Return how many whole periods a run has.

    Raises
    ------
    UsageError
        They are too few to judge a warm-up by.
    """
    calendar = network.calendar
    periods = (calendar.end - calendar.start) // calendar.bucket
    fewest = FEWEST_BATCHES * BATCH
    if periods < fewest:
        length = f"{from_ticks(calendar.bucket):g} {calendar.unit}"
        raise UsageError(
            f"a run of {periods} periods (of {length}) is too short to judge a warm-up by: expected {fewest} at least. "
            f"Lengthen it: --set time.horizon={from_ticks(10 * fewest * calendar.bucket):g}"
        )
    return periods


def period_values(network: Network, chosen: Sequence[Selection], *, seed: int, replication: int) -> Array:
    """Simulate one replication, and give its series: shape (series, whole periods), from the start of the run."""
    periods, layout = periods_of(network), Layout(network)
    keeper = Keeper(("orders", "demand", "stock"))
    simulate(network, seed=seed, replication=replication, sinks=[keeper])
    frame = period_series(network, keeper.tables())
    found = [frame[one.column].to_numpy().reshape(-1, layout.size)[:periods, one.points] for one in chosen]
    return np.stack([own.sum(axis=1) for own in found])


def judged(network: Network, names: Sequence[str], values: Array) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Cut every series, as its mean over the replications and one by one (`WarmUp.suggestions`, `WarmUp.statistic`)."""
    import pandas as pd

    length = from_ticks(network.calendar.bucket)
    rows, tables = [], []
    for place, name in enumerate(names):
        found = mser(values[:, place].mean(axis=0))
        single = [mser(each).observations for each in values[:, place]]
        rows.append(
            {
                "series": name,
                "warm_up": found.observations * length,
                "mean": found.mean,
                "at_bound": found.at_bound,
                "median": float(np.median(single)) * length,
                "largest": max(single) * length,
            }
        )
        candidates = np.arange(len(found.statistic)) * BATCH * length
        tables.append(pd.DataFrame({"series": name, "warm_up": candidates, "mser": found.statistic}))
    return pd.DataFrame(rows), pd.concat(tables, ignore_index=True)


def averaged(network: Network, names: Sequence[str], values: Array) -> "pd.DataFrame":
    """Average every series over the replications, and smooth it (`WarmUp.series`)."""
    import pandas as pd

    calendar, periods = network.calendar, values.shape[2]
    times = (calendar.start + np.arange(periods) * calendar.bucket) / TICKS
    window = window_of(periods)
    means = values.mean(axis=0)
    return pd.concat(
        [
            pd.DataFrame({"series": name, "time": times, "mean": mean, "moving_average": moving_average(mean, window)})
            for name, mean in zip(names, means, strict=True)
        ],
        ignore_index=True,
    )


def window_of(periods: int) -> int:
    """Return how far the moving average of a series reaches to either side: a fortieth of it, and two at least.

    Examples
    --------
    >>> window_of(52), window_of(400)
    (2, 10)
    """
    return max(2, periods // 40)


def _usual(layout: Layout) -> list[Selection]:
    chain = [_chain(layout, "net_stock"), _chain(layout, "backorders")]
    ordering = layout.stocked & np.array([point.source is not None for point in layout.network.points])
    if len(set(layout.node[ordering])) <= MOST_NODES:
        places, group, prefix = layout.nodes, layout.node, ""
    else:
        places, group, prefix = layout.segments, layout.segment, "segment="
    orders = [
        Selection(f"orders@{prefix}{name}", "orders", np.flatnonzero(ordering & (group == place)))
        for place, name in enumerate(places)
    ]
    return [*chain, *orders]


def _chain(layout: Layout, column: str) -> Selection:
    return Selection(column, column, np.flatnonzero(layout.stocked))


def _matching(layout: Layout, column: str, whose: str) -> list[Selection]:
    key, equals, name = whose.partition("=")
    if equals and key in ("segment", "product"):
        names, group = (layout.segments, layout.segment) if key == "segment" else (layout.products, layout.product)
        found = [(f"{key}={each}", group == place) for place, each in enumerate(names) if fnmatchcase(each, name)]
    else:
        node, slash, product = whose.partition("/")
        nodes = [place for place, each in enumerate(layout.nodes) if fnmatchcase(each, node)]
        found = [(layout.nodes[place], layout.node == place) for place in nodes]
        if slash:
            products = [place for place, each in enumerate(layout.products) if fnmatchcase(each, product)]
            found = [
                (f"{label}/{layout.products[place]}", mask & (layout.product == place))
                for label, mask in found
                for place in products
            ]
    chosen = (Selection(f"{column}@{label}", column, np.flatnonzero(mask & layout.stocked)) for label, mask in found)
    return [each for each in chosen if len(each.points)]
