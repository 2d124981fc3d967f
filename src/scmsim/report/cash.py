"""The cash of every stage over time."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from scmsim.report.labels import in_plot, number
from scmsim.report.lines import LONGEST_LABEL, draw_lines
from scmsim.report.look import INK, SOFT
from scmsim.report.series import as_ticks, axis_of, first_replication, step_of, tidy
from scmsim.report.stages import MOST_LINES, by_volume, data_stages

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

CASH = "cash"
CLOSE = 0.09
"""Names of limits that are closer to each other than this share of what cash spans would overlap."""
NEAR = 0.35
"""An overdraft limit is drawn where it lies no further below the lowest cash than this share of what cash spans."""


def data_cash(result: "Result") -> pd.DataFrame:
    """Add up what every stage's cash became at every instant at which one of them changed.

    Where that is too much to draw (see `cash_step`), the lowest cash of every step of time stands at its start.

    Parameters
    ----------
    result : Result
        A run recorded in full, with money.

    Returns
    -------
    DataFrame
        ``time`` (from when on), ``node`` and ``cash`` in money, at the end of each instant; of more than eight stages,
        the eight busiest.
    """
    axis, held = axis_of(result.scenario.network.calendar), _purses(result)
    instants = _instants(result, held)
    step = step_of(axis.calendar, len(held) * len(instants))
    starts = np.arange(axis.start, axis.calendar.end, step) if step else instants
    every = np.union1d(instants, starts)
    first_of = np.searchsorted(every, starts)
    lines = {}
    for name, (ticks, cash) in held.items():
        last = np.searchsorted(ticks, every, side="right") - 1
        now = np.where(last < 0, 0.0, cash[np.maximum(last, 0)])
        lines[name] = np.minimum.reduceat(now, first_of) if len(starts) else now
    return tidy(axis.shown(starts.astype(float)), lines, CASH)


def cash_step(result: "Result") -> int:
    """Give the step, in ticks, of which a figure shows the lowest cash only; 0 where it shows every change."""
    held = _purses(result)
    return step_of(result.scenario.network.calendar, len(held) * len(_instants(result, held)))


def plot_cash(result: "Result") -> go.Figure:
    """Draw every stage's cash over time, with the overdraft limits that are within reach."""
    frame = data_cash(result)
    figure = draw_lines(result, frame, CASH, "hv", windowed=False)
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=0, y1=0, line={"color": INK, "width": 1.2})
    stages, drawn = data_stages(result), set(frame["node"])
    shared = _shared(near_limits(result, frame))
    sides = _sides(shared, frame)
    for limit, names in shared.items():
        color = stages[names[0]].color if len(names) == 1 else SOFT
        look = {"color": color, "width": 1.4, "dash": "dot"}
        figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=-limit, y1=-limit, line=look)
        who = "" if len(names) == len(drawn) else f" ({_listed([stages[name].label for name in names])})"
        side = sides[limit]
        word = {"showarrow": False, "xanchor": side, "yanchor": "top", "font": {"size": 12, "color": color}}
        figure.add_annotation(
            x=1 if side == "right" else 0, y=-limit, xref="paper", text=f"overdraft limit {number(limit)}{who}", **word
        )
    money = result.scenario.network.money
    return figure.update_yaxes(title_text=in_plot(money.currency if money else "money", LONGEST_LABEL))


def near_limits(result: "Result", frame: pd.DataFrame) -> dict[str, float]:
    """Give the overdraft limits of the drawn stages that are worth a line: those that cash comes near to."""
    if frame.empty:
        return {}
    reach = frame[CASH].min() - NEAR * (frame[CASH].max() - frame[CASH].min())
    nodes = result.scenario.network.nodes
    stated = {name: nodes[name].finance for name in dict.fromkeys(frame["node"])}
    limits = {name: terms.overdraft_limit for name, terms in stated.items() if terms is not None}
    return {name: limit for name, limit in limits.items() if limit and -limit >= reach}


def _sides(limits: Iterable[float], frame: pd.DataFrame) -> dict[float, str]:
    """Give the side on which each limit is named: not that of the next one above, where that is close."""
    sides: dict[float, str] = {}
    if not frame.empty:
        close, above = CLOSE * (frame[CASH].max() - frame[CASH].min()), -np.inf
        for limit in sorted(limits):
            near = limit - above < close
            sides[limit] = "left" if near and sides[above] == "right" else "right"
            above = limit
    return sides


def _shared(limits: dict[str, float]) -> dict[float, list[str]]:
    found: dict[float, list[str]] = {}
    for name, limit in limits.items():
        found.setdefault(limit, []).append(name)
    return found


def _listed(labels: list[str]) -> str:
    named = ", ".join(in_plot(label, 14) for label in labels[:2])
    return named + (f" and {len(labels) - 2} more" if len(labels) > 2 else "")


def _purses(result: "Result") -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Give the instants at which each drawn stage's cash changed, and what it was then: the last word of an instant."""
    ledger = result.tables["ledger"]
    rows = ledger[(ledger["account"] == CASH) & (ledger["replication"] == first_replication(result))]
    active = [name for name, stage in data_stages(result).items() if stage.active]
    found = {}
    for name in by_volume(result, active)[:MOST_LINES]:
        own = rows[rows["node"] == name]
        if own.empty:
            continue
        ticks, total = as_ticks(own["time"]), own["amount"].to_numpy(dtype=float).cumsum()
        last = np.append(ticks[1:] != ticks[:-1], True)
        found[name] = (ticks[last], total[last])
    return found


def _instants(result: "Result", held: dict[str, tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    calendar = result.scenario.network.calendar
    ticks = np.unique(np.concatenate([[calendar.start], *(ticks for ticks, _ in held.values())]).astype(np.int64))
    return ticks[ticks < calendar.end]
