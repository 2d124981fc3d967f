"""What a sweep's factors do to a measure, alone and two together: the numbers and their pictures."""

from itertools import combinations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from scmsim.experiments.statistics.estimates import estimate
from scmsim.report.factor_words import called
from scmsim.report.labels import in_plot, number, wrapped
from scmsim.report.look import SOFT, blank
from scmsim.report.measure_words import axis_title, better_of, measure_title, scale_of, value_text
from scmsim.report.multiples import fields, heading, suffix
from scmsim.report.stages import PALETTE

MOST_LEVELS = 12
"""A factor with more values than this is drawn in so many ranges at most, each with as many values."""
MOST_ALONE = 60
"""The same where a value is shared by several points, or no other factor varies: then each is worth a mark."""

BAD_TO_GOOD = ((0, "#FBD9B5"), (0.5, "#FBF3E6"), (1, "#6FAED6"))
NEUTRAL = ((0, "#F5F7FA"), (1, "#5B7FA6"))


def levels_of(values: pd.Series, most: int = MOST_LEVELS, as_they_are: int = MOST_LEVELS) -> pd.DataFrame:
    """Put the values of a factor into levels: words and a few numbers as they are, more in ``most`` ranges.

    Returns
    -------
    DataFrame
        In the order of ``values``: the ``rank`` of its level, the ``place`` of that on an axis (a number's middle, or
        the rank of a word), and its ``label``.

    Examples
    --------
    >>> import pandas as pd
    >>> levels_of(pd.Series([0.5, 0.1, 0.5])).values.tolist()
    [[1, 0.5, '0.5'], [0, 0.1, '0.1'], [1, 0.5, '0.5']]
    """
    numbers = pd.to_numeric(values, errors="coerce")
    if numbers.isna().any() or values.map(lambda value: isinstance(value, bool)).any():
        ranks, names = pd.factorize(values.astype(str), sort=False)
        return pd.DataFrame({"rank": ranks, "place": ranks.astype(float), "label": names.to_numpy()[ranks]})
    unique = np.unique(numbers)
    if len(unique) <= as_they_are:
        ranks = np.searchsorted(unique, numbers)
        return pd.DataFrame({"rank": ranks, "place": unique[ranks], "label": [number(each) for each in unique[ranks]]})
    order = np.searchsorted(unique, numbers)
    ranks = order * most // len(unique)
    grouped = numbers.reset_index(drop=True).groupby(ranks)
    middle, low, high = grouped.mean().to_numpy(), grouped.min().to_numpy(), grouped.max().to_numpy()
    ends = zip(map(_short, low), map(_short, high), strict=True)
    labels = [one if one == other else f"{one} … {other}" for one, other in ends]
    return pd.DataFrame({"rank": ranks, "place": middle[ranks], "label": [labels[rank] for rank in ranks]})


def _short(value: float) -> str:
    return number(float(f"{value:.3g}"))


def few(count: float) -> int:
    """Give a number of levels that leaves each of them some points: from four to twelve.

    Examples
    --------
    >>> few(1.5), few(9.3), few(2000)
    (4, 9, 12)
    """
    return max(4, min(MOST_LEVELS, int(count)))


def data_effect(runs: pd.DataFrame, factor: str, measure: str, *, alone: bool = False) -> pd.DataFrame:
    """Give the mean of a measure at every level of a factor, over all points that share it.

    Parameters
    ----------
    runs : DataFrame
        A row per run: ``point``, ``replication``, a column per factor and per measure.
    factor, measure : str
        Columns of it.
    alone : bool
        Whether no other factor varies.

    Returns
    -------
    DataFrame
        ``place`` and ``label`` of the level, ``mean``, ``half_width`` (of the 95 % t-interval over replications, each
        of which is averaged over the points first; NaN where there is one) and ``points``.
    """
    points, values = runs["point"].nunique(), runs[factor].nunique()
    exact = MOST_ALONE if alone or points >= 2 * values else MOST_LEVELS
    levels = levels_of(runs[factor].reset_index(drop=True), few(points / 5), exact)
    table = levels.assign(
        value=runs[measure].to_numpy(dtype=float),
        replication=runs["replication"].to_numpy(),
        point=runs["point"].to_numpy(),
    )
    per = table.groupby(["rank", "replication"])["value"].mean().unstack("replication")
    means, halves, _ = estimate(per.to_numpy(dtype=float).T)
    first = table.groupby("rank")[["place", "label"]].first()
    shared = table.groupby("rank")["point"].nunique()
    found = first.assign(mean=means, half_width=halves, points=shared.to_numpy())
    return found.reset_index(drop=True)


def plot_effects(runs: dict[str, pd.DataFrame], measure: str, units: dict[str, str] | None = None) -> go.Figure:
    """Draw the mean of a measure over the values of factors, one field each, all on one scale.

    Parameters
    ----------
    runs : dict of DataFrame
        By factor, the runs over which its effect is averaged (`data_effect`).
    measure : str
        What is drawn.
    units : dict of str
        The unit of every metric.
    """
    figure = fields([210] * len(runs), 3)
    scale, names, notes = scale_of(measure), called(list(runs)), []
    lows, highs = [], []
    for place, (factor, own) in enumerate(runs.items()):
        effect = data_effect(own, factor, measure, alone=len(runs) == 1)
        half = effect["half_width"].fillna(0.0)
        lows.append(float((scale * (effect["mean"] - half)).min()))
        highs.append(float((scale * (effect["mean"] + half)).max()))
        _draw_effect(figure, place, measure, effect)
        notes.append(heading(place, f"<b>{in_plot(names[factor], 40)}</b>", hovertext=in_plot(factor)))
        ticks = {"tickvals": effect["place"], "ticktext": [in_plot(text, 12) for text in effect["label"]]}
        words = ticks if not _numeric(effect) else {"nticks": 6}
        figure.update_layout({f"xaxis{suffix(place)}": words})
    low, high = np.nanmin([*lows, np.inf]), np.nanmax([*highs, -np.inf])
    if np.isfinite(low) and np.isfinite(high):
        room = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
        figure.update_yaxes(range=[low - room, high + room], nticks=6)
    figure.update_layout(annotations=notes, showlegend=False)
    figure.update_layout(yaxis_title={"text": in_plot(axis_title(measure, units or {})), "standoff": 18})
    return figure


def _numeric(effect: pd.DataFrame) -> bool:
    return bool(pd.to_numeric(effect["label"].str.replace(",", ""), errors="coerce").notna().all()) or bool(
        effect["label"].str.contains(" … ").any()
    )


def _draw_effect(figure: go.Figure, place: int, measure: str, effect: pd.DataFrame) -> None:
    scale, at = scale_of(measure), suffix(place)
    figure.add_scatter(
        x=effect["place"],
        y=scale * effect["mean"],
        xaxis=f"x{at}",
        yaxis=f"y{at}",
        mode="lines+markers",
        line={"color": PALETTE[0], "width": 2},
        marker={"size": 8},
        error_y={
            "array": scale * effect["half_width"],
            "visible": bool(effect["half_width"].notna().any()),
            "color": SOFT,
            "thickness": 1.4,
        },
        customdata=[
            [in_plot(row["label"]), value_text(measure, row["mean"]), row["points"]]
            for row in effect.to_dict("records")
        ],
        hovertemplate="%{customdata[0]}: <b>%{customdata[1]}</b><br>mean of %{customdata[2]} points<extra></extra>",
    )


def pairs_of(factors: list[str]) -> list[tuple[str, str]]:
    """List the pairs of factors, the first of each across."""
    return list(combinations(factors, 2))


def data_surface(runs: pd.DataFrame, across: str, up: str, measure: str) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Give the mean of a measure at every two levels of two factors, over all runs that share them.

    Returns
    -------
    DataFrame, list of str, list of str
        Means (a row per level of ``up``, a column per level of ``across``, NaN where there is no run), and the labels
        of the columns and of the rows.
    """
    most = few((runs["point"].nunique() / 3) ** 0.5)
    columns, rows = (levels_of(runs[factor].reset_index(drop=True), most) for factor in (across, up))
    table = pd.DataFrame({"column": columns["rank"], "row": rows["rank"], "value": runs[measure].to_numpy(dtype=float)})
    means = table.groupby(["row", "column"])["value"].mean().unstack("column")
    means = means.reindex(index=range(rows["rank"].max() + 1), columns=range(columns["rank"].max() + 1))
    return means, _labels(columns), _labels(rows)


def _labels(levels: pd.DataFrame) -> list[str]:
    return [str(text) for text in levels.drop_duplicates("rank").sort_values("rank")["label"]]


def plot_surface(runs: pd.DataFrame, across: str, up: str, measure: str) -> go.Figure:
    """Draw a measure over two factors as a field of colours; bluer is better where one direction is better."""
    means, columns, rows = data_surface(runs, across, up, measure)
    values, better = means.to_numpy(dtype=float), better_of(measure)
    wide, high = called([across, up]).values()
    texts = [[value_text(measure, value) for value in row] for row in values]
    few = len(columns) <= 8
    figure = blank(150 + 34 * len(rows))
    figure.add_heatmap(
        z=scale_of(measure) * values,
        text=texts,
        texttemplate="%{text}" if few else "",
        customdata=[[[*map(in_plot, (column, row, wide, high))] for column in columns] for row in rows],
        hovertemplate=(
            "%{customdata[2]}: %{customdata[0]}<br>%{customdata[3]}: %{customdata[1]}"
            f"<br>{in_plot(measure_title(measure))}: <b>%{{text}}</b><extra></extra>"
        ),
        hoverongaps=False,
        colorscale=NEUTRAL if better is None else BAD_TO_GOOD,
        reversescale=better == "lower",
        colorbar={"thickness": 12, "outlinewidth": 0, "len": 1, "tickfont": {"size": 12}, "separatethousands": True},
        xgap=1,
        ygap=1,
    )
    figure.update_xaxes(
        tickvals=list(range(len(columns))),
        ticktext=[in_plot(text, 22).replace(" … ", "<br>– ") for text in columns],
        title_text=in_plot(wide, 44),
        showgrid=False,
    )
    return figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[in_plot(text, 18) for text in rows],
        title_text=wrapped(high, min(44, max(16, 5 * len(rows)))),  # it stands upright: no longer than the field
        showgrid=False,
    )
