"""The section on production: what machines did with their time, a Gantt chart of them, and what came out."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from scmsim.flows.operations import STATES
from scmsim.report.answers import Figure, data_table
from scmsim.report.labels import in_plot, number, percent
from scmsim.report.look import blank, label_rows, row_height
from scmsim.report.panels import Panel
from scmsim.report.point_table import point_table
from scmsim.report.stages import data_stages
from scmsim.ticks import from_ticks
from scmsim.words import counted

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

SPLIT = (
    "What the machines did in the measured time. Blocked: a finished job stays in the machine, as there is no room "
    "before its next stage. Starved: the machine waits for a job that is elsewhere in the works, or for components."
)
GANTT = (
    "Every machine from the beginning of the measured time, in the first replication: what it made, when it was being "
    "set up, broken, blocked or closed. White: it had nothing to do."
)
CUT = " More did not fit: the rest of the {rest} is in the table of operations."
OTHERS = "other products"
MADE = "What came out of the works in the measured time."
MISSING = "This run kept a summary only. What every machine did needs full recording."
COLORS = {
    "work": "#77AADD",
    "setup": "#EEDD88",
    "down": "#EE8866",
    "blocked": "#FFAABB",
    "starved": "#99DDFF",
    "idle": "#E4E7EB",
    "closed": "#BBBBBB",
}
PRODUCTS = ("#77AADD", "#44BB99", "#BBCC33", "#AAAA00", "#99DDFF", "#4477AA", "#228833", "#66CCEE")
COLOR_OF_OTHERS = "#C9B6E4"
MEASURES = {
    "throughput": "throughput",
    "production_cycle_time": "cycle time",
    "average_work_in_process": "in process",
    "queue_time": "wait per queue",
    "schedule_adherence": "on schedule",
    "scrap_rate": "scrap",
    "units_reworked": "reworked",
    "setups": "setups",
    "machine_cost": "machine cost",
}
SHARES = frozenset({"schedule_adherence", "scrap_rate"})
MOST_BARS = 400
MOST_MACHINES = 30


def production_panels(result: "Result") -> list[Panel]:
    """List what machines did and what came out; nothing where nothing is made in stages."""
    if not result.scenario.network.resources:
        return []
    table = production_table(result)
    if result.record == "summary":
        return [Panel("machines", "Machines", MADE, (), MISSING, below=table)]
    means = f" Means over {counted(result.replications, 'replication')}." if result.replications > 1 else ""
    charts = tuple((node, plot_gantt(result, node)) for node in _factories(result))
    return [
        Panel("machines", "Machines", SPLIT + means, (("", plot_machines(result)),), below=table),
        Panel("gantt", "What every machine did", GANTT + _cut(result), charts, choice="Factory", least_width=620),
    ]


def data_machines(result: "Result") -> pd.DataFrame:
    """Return the share of the measured time that machines spent in every state.

    Returns
    -------
    DataFrame
        ``node``, ``resource``, and a column for each of `STATES`: means over machines and replications.
    """
    network = result.scenario.network
    warm, end = from_ticks(network.calendar.warm), from_ticks(network.calendar.end)
    rows = result.operations
    rows = rows[rows["until"].notna()]
    spent = (rows["until"].clip(upper=end) - rows["time"].clip(lower=warm)).clip(lower=0.0)
    found = rows.assign(spent=spent).groupby(["node", "resource", "kind"], observed=True)["spent"].sum()
    lines = []
    for resource in network.resources:
        there = resource.machines * (end - warm) * result.replications
        shares = {state: float(found.get((resource.node, resource.name, state), 0.0)) / there for state in STATES}
        lines.append({"node": resource.node, "resource": resource.name, **shares})
    return pd.DataFrame(lines, columns=["node", "resource", *STATES])


def plot_machines(result: "Result") -> go.Figure:
    """Draw the time of machines by state, as stacked bars."""
    frame, stages = data_machines(result), data_stages(result)
    several = frame["node"].nunique() > 1
    names = [
        f"{stages[str(node)].label}, {name}" if several else str(name)
        for node, name in zip(frame["node"], frame["resource"], strict=True)
    ]
    figure = blank(110 + row_height(names) * len(names))
    for state in STATES:
        if not frame[state].any():
            continue
        figure.add_bar(
            y=list(range(len(names))),
            x=frame[state],
            orientation="h",
            name=state,
            marker={"color": COLORS[state], "line": {"color": "white", "width": 1}},
            text=[percent(value) if value >= 0.08 else "" for value in frame[state]],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            customdata=[[in_plot(name), percent(value)] for name, value in zip(names, frame[state], strict=True)],
            hovertemplate=f"%{{customdata[0]}}: {state} %{{customdata[1]}}<extra></extra>",
        )
    figure.update_layout(barmode="stack", bargap=0.35, showlegend=True)
    label_rows(figure, names)
    return figure.update_xaxes(title_text="share of the measured time", range=[0, 1], tickformat=".0%")


def data_gantt(result: "Result", node: str) -> pd.DataFrame:
    """Return what the machines of a factory did, from the beginning of the measured time, as far as can be drawn.

    Returns
    -------
    DataFrame
        ``machine`` (its name), ``kind``, ``product``, ``order``, ``quantity``, ``time`` and ``until``: at most
        `MOST_BARS` rows of the first replication.
    """
    network = result.scenario.network
    warm, rows = from_ticks(network.calendar.warm), result.operations
    first = rows["replication"] == rows["replication"].min()
    rows = rows[first & (rows["node"] == node) & (rows["until"] > warm)]
    rows = rows[~rows["kind"].isin(["idle", "starved"])]
    machines = {resource.name: resource.machines for resource in network.resources if resource.node == node}
    names = [
        f"{name} {machine}" if machines[name] > 1 else name
        for name, machine in zip(rows["resource"], rows["machine"], strict=True)
    ]
    rows = rows.assign(machine=names, time=rows["time"].clip(lower=warm))
    rows = rows[(rows["until"] > rows["time"]) & rows["machine"].isin(_machines(result, node))]
    rows = rows.sort_values("time", kind="stable").head(MOST_BARS)
    found: pd.DataFrame = rows[["machine", "kind", "product", "order", "quantity", "time", "until"]]
    return found.reset_index(drop=True)


def plot_gantt(result: "Result", node: str) -> go.Figure:
    """Draw what the machines of a factory did, one row each."""
    frame, names = data_gantt(result, node), _machines(result, node)
    figure = blank(120 + row_height(names) * len(names))
    frame["until"] = frame["until"].clip(upper=_last(result, frame))
    for name, color, which in _groups(frame):
        rows = frame[which]
        if rows.empty:
            continue
        figure.add_bar(
            y=[names.index(machine) for machine in rows["machine"]],
            x=rows["until"] - rows["time"],
            base=rows["time"],
            width=0.7,
            orientation="h",
            name=in_plot(name, 24),
            marker={"color": color, "line": {"color": "white", "width": 0.5}},
            customdata=_hovers(rows),
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.update_layout(barmode="overlay", showlegend=True)
    label_rows(figure, names)
    calendar = result.scenario.network.calendar
    return figure.update_xaxes(
        title_text=f"time ({in_plot(calendar.unit)})", range=[from_ticks(calendar.warm), _last(result, frame)]
    )


def production_table(result: "Result") -> str:
    """Write what came out of the works by product (HTML)."""
    table = data_table(result, tuple(MEASURES), "point")
    made = {point: figures for point, figures in table.items() if _is_known(figures.get("throughput"))}
    return point_table(result, made, MEASURES, SHARES)


def _groups(frame: pd.DataFrame) -> list[tuple[str, str, "pd.Series[bool]"]]:
    """Give name, colour and rows of all that a machine may be seen to do; products that are made least share one."""
    is_work = frame["kind"] == "work"
    spent = (frame["until"] - frame["time"])[is_work].groupby(frame["product"].astype(object)).sum()
    own = sorted(spent.sort_values(ascending=False, kind="stable").index[: len(PRODUCTS)])
    found = [(str(name), PRODUCTS[place], is_work & (frame["product"] == name)) for place, name in enumerate(own)]
    if len(spent) > len(own):
        found.append((OTHERS, COLOR_OF_OTHERS, is_work & ~frame["product"].isin(own)))
    found += [(state, COLORS[state], frame["kind"] == state) for state in ("setup", "down", "blocked", "closed")]
    return found


def _cut(result: "Result") -> str:
    """Say what is not drawn: time, machines, or nothing."""
    network = result.scenario.network
    machines = [sum(one.machines for one in network.resources if one.node == node) for node in _factories(result)]
    is_late = any(len(data_gantt(result, node)) >= MOST_BARS for node in _factories(result))
    rest = [word for word, is_cut in (("time", is_late), ("machines", max(machines) > MOST_MACHINES)) if is_cut]
    return CUT.format(rest=" and the ".join(rest)) if rest else ""


def _factories(result: "Result") -> list[str]:
    return sorted({resource.node for resource in result.scenario.network.resources})


def _machines(result: "Result", node: str) -> list[str]:
    """Name the machines of a factory, as many as are drawn."""
    found = [
        f"{resource.name} {number + 1}" if resource.machines > 1 else resource.name
        for resource in result.scenario.network.resources
        if resource.node == node
        for number in range(resource.machines)
    ]
    return found[:MOST_MACHINES]


def _last(result: "Result", frame: pd.DataFrame) -> float:
    """Return until when all machines are known: up to the last row that is drawn, or the end of the run."""
    end = from_ticks(result.scenario.network.calendar.end)
    return end if len(frame) < MOST_BARS else float(frame["time"].max())


def _hovers(rows: pd.DataFrame) -> list[str]:
    found = []
    for row in rows.to_dict("records"):
        job = f"{number(row['quantity'])} {in_plot(row['product'])}, order {row['order']}: " if row["order"] else ""
        span = f"{number(row['time'])} – {number(row['until'])}"
        found.append(f"{in_plot(row['machine'])}<br>{job}{row['kind']}<br>{span}")
    return found


def _is_known(figure: Figure | None) -> bool:
    return figure is not None and figure.mean is not None and not np.isnan(figure.mean)
