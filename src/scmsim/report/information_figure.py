"""The picture of how long messages take."""

from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from scmsim.report.information import KINDS, data_delays, longest_delays
from scmsim.report.labels import compact, in_plot, number
from scmsim.report.look import AT_END, blank, with_room
from scmsim.report.stages import data_stages
from scmsim.words import plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

ROW = 44
LONGEST = 12
PARTS = (("on the way", "#77AADD"), ("at the clerks'", "#EE8866"))


def plot_delays(result: "Result") -> go.Figure:
    """Draw the mean time from sent to received of every kind of message between two nodes."""
    frame, unit = longest_delays(data_delays(result)), plural(result.scenario.network.calendar.unit)
    labels = _labels(result, frame)
    jams = bool((frame["waiting"] > 0).any())
    figure = blank((84 if jams else 62) + ROW * len(frame))
    lengths = (frame["mean"] - frame["waiting"], frame["waiting"])
    for (name, color), length in zip(PARTS, lengths, strict=True):
        if name == PARTS[0][0] or jams:
            figure.add_bar(
                x=length,
                y=list(range(len(frame))),
                orientation="h",
                name=name,
                marker={"color": color, "line": {"color": "white", "width": 1}},
                customdata=[[label, number(time)] for label, time in zip(labels, length, strict=True)],
                hovertemplate=f"%{{customdata[0]}}<br>{name}: %{{customdata[1]}} {in_plot(unit)}<extra></extra>",
            )
    ends = [{"x": mean, "y": place, "text": compact(mean), **AT_END} for place, mean in enumerate(frame["mean"])]
    figure.update_layout(
        barmode="stack", bargap=0.4, annotations=ends, showlegend=jams, margin={"t": 28 if jams else 8}
    )
    rows = {"tickvals": list(range(len(labels))), "ticktext": labels, "range": [len(labels) - 0.5, -0.5]}
    figure.update_yaxes(showgrid=False, **rows)
    return figure.update_xaxes(title_text=in_plot(unit), range=with_room(frame["mean"]), nticks=6)


def _labels(result: "Result", frame: pd.DataFrame) -> list[str]:
    """Write what was sent, and below it between whom."""
    stages = data_stages(result)
    labels = []
    for kind, sender, receiver, lanes in frame[["kind", "sender", "receiver", "lanes"]].itertuples(index=False):
        ways = [in_plot(stages[name].label, LONGEST) for name in (sender, receiver)]
        labels.append(f"{KINDS.get(kind, kind)}<br>{' → '.join(ways) if lanes == 1 else f'{lanes} lanes'}")
    return labels
