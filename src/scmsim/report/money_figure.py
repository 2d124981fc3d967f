"""The picture of where the customers' money goes."""

from collections import defaultdict
from textwrap import wrap
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from scmsim.report.labels import compact, in_plot, number, wrapped
from scmsim.report.look import blank
from scmsim.report.money_flows import (
    BUILT_UP,
    CUSTOMERS,
    DRAWN_DOWN,
    GOODS,
    LOSS,
    OTHERS,
    PROFIT,
    VARIED,
    Ends,
    Flow,
    data_income,
)
from scmsim.report.stages import NEUTRAL, Stage, data_stages

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

LONGEST = 16
PAD = 34
LEAST, MOST = 280, 700
BOXES = {
    CUSTOMERS: "#52606D",
    GOODS: "#9AA5B1",
    PROFIT: "#44AA77",
    LOSS: "#C8553D",
    BUILT_UP: "#B9A77C",
    DRAWN_DOWN: "#B9A77C",
    VARIED: "#B9A77C",
}
COST = "#DDAA77"
GAINS = {"tax_expense": "tax paid back", "cost_variance_expense": "cost below standard"}
"""What is said of a cost that is below 0."""


def plot_income(result: "Result") -> go.Figure:
    """Draw how the sales to customers divide into goods, the stages' costs and their profit."""
    return plot_flows(result, data_income(result))


def plot_flows(result: "Result", flows: list[Flow]) -> go.Figure:
    """Draw flows of money from left to right, each box as high as what passes through it."""
    stages, money = data_stages(result), result.scenario.network.money
    currency = in_plot(money.currency if money else "money", LONGEST)
    boxes = list(dict.fromkeys(end for flow in flows for end in (flow.source, flow.target)))
    place = {box: rank for rank, box in enumerate(boxes)}
    through = _through(flows)
    colors = [_color(box, stages) for box in boxes]
    figure = blank(int(min(MOST, max(LEAST, 60 + (PAD + 26) * _tallest(flows)))))
    named = [_words(box, stages) for box in boxes]
    figure.add_sankey(
        arrangement="fixed" if not flows else "snap",
        valueformat=",.4~g",
        node={
            "label": [f"{_stacked(box, stages)}<br>{compact(through[box])}" for box in boxes],
            "color": colors,
            "pad": PAD,
            "thickness": 14,
            "line": {"width": 0},
            "customdata": [
                f"{name}: {number(through[box])} {currency}" for name, box in zip(named, boxes, strict=True)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        link={
            "source": [place[flow.source] for flow in flows],
            "target": [place[flow.target] for flow in flows],
            "value": [flow.amount for flow in flows],
            "color": [_faint(_tint(flow, stages)) for flow in flows],
            "customdata": [
                f"{named[place[flow.source]]} → {named[place[flow.target]]}: {number(flow.amount)} {currency}"
                for flow in flows
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )
    return figure.update_layout(margin={"l": 4, "r": 4, "t": 14, "b": 24})


def _words(box: Ends, stages: dict[str, Stage]) -> str:
    kind, name = box
    if kind == "stage":
        return in_plot(stages[name].label, LONGEST)
    if kind == "customers":
        return "sales to customers"
    if kind == "gain":
        return GAINS.get(name, f"{in_plot(name.removesuffix('_expense').replace('_', ' '))} got back")
    return in_plot(name.removesuffix("_expense").replace("_", " ")) if kind == "cost" else kind


def _stacked(box: Ends, stages: dict[str, Stage]) -> str:
    """Write what stands at a box: lines of few letters, so that it stays clear of the next boxes on a narrow screen."""
    if box[0] == "stage":
        return wrapped(stages[box[1]].label)
    return "<br>".join(wrap(_words(box, stages), LONGEST, break_long_words=False))


def _color(box: Ends, stages: dict[str, Stage]) -> str:
    kind, name = box
    if kind == "stage":
        return stages[name].fill
    return COST if kind in ("cost", "gain") else BOXES.get(kind, NEUTRAL)


def _tint(flow: Flow, stages: dict[str, Stage]) -> str:
    """A flow has its stage's colour, coming or going; one without a stage, its target's."""
    for end in (flow.source, flow.target):
        if end[0] in ("stage", OTHERS):
            return _color(end, stages)
    return _color(flow.target, stages)


def _faint(color: str) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.3)"


def _through(flows: list[Flow]) -> dict[Ends, float]:
    """Sum what passes through every box: what comes in or what goes out, whichever is there."""
    into: defaultdict[Ends, float] = defaultdict(float)
    out: defaultdict[Ends, float] = defaultdict(float)
    for flow in flows:
        into[flow.target] += flow.amount
        out[flow.source] += flow.amount
    return {box: max(into[box], out[box]) for box in {**into, **out}}


def _tallest(flows: list[Flow]) -> int:
    """Count the boxes above each other at the right end, where they are most."""
    sources = {flow.source for flow in flows}
    return max(len({flow.target for flow in flows} - sources), len({flow.target for flow in flows} & sources), 1)
