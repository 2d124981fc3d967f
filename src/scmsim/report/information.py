"""How long messages take: the numbers behind the picture of delays, and who is told what."""

from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from scmsim.report.labels import number
from scmsim.report.stages import data_stages
from scmsim.ticks import from_ticks
from scmsim.words import plural

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result
    from scmsim.scenario.network import Delay, Lane, Network, Report

KINDS = {
    "quotation_requested": "request for quotation",
    "quotation": "quotation",
    "order": "order",
    "confirmation": "confirmation",
    "shipping_notice": "shipping notice",
    "delivery_receipt": "delivery receipt",
    "invoice": "invoice",
    "remittance": "payment",
    "forecast": "forecast",
    "point_of_sale": "point-of-sale report",
    "stock": "stock report",
    "pipeline": "pipeline report",
}
"""What every kind of message is called, in the order in which one case brings them about."""

MOST_DELAYS = 12
"""So many rows are drawn, those of the longest times; the table has them all."""

MANY = 8
"""Of more rows than this, those that say the same of several lanes are joined."""

MOST_ROWS = 100
SHORTEST = 1e-9
SWITCHES = ("point_of_sale", "forecast", "stock", "pipeline")


def data_delays(result: "Result") -> pd.DataFrame:
    """Give the time from sent to received of every kind of message between two nodes, end customers' orders left out.

    Returns
    -------
    DataFrame
        ``kind``, ``sender``, ``receiver``, ``messages`` (how many were received), ``mean`` and ``longest`` (time units,
        over all replications), ``waiting`` (the part of the mean spent with clerks: what is beyond the mean delay on
        the way; 0 where no clerk stands), the senders that stand downstream first; empty where none was
        recorded.
    """
    frame = result.tables.get("messages")
    columns = ["kind", "sender", "receiver", "messages", "mean", "longest", "waiting"]
    if frame is None or frame.empty:
        return pd.DataFrame(columns=columns)
    sent = frame[frame["sender"].notna() & frame["receiver"].notna()]
    sent = sent[sent["received"].notna()]
    taken = (sent["received"] - sent["time"]).groupby([sent["kind"], sent["sender"], sent["receiver"]], observed=True)
    found = taken.agg(["count", "mean", "max"]).reset_index()
    found.columns = pd.Index(columns[:-1])
    desks = _on_the_way(result.scenario.network)
    keys = zip(found["kind"], found["sender"], found["receiver"], found["mean"], strict=True)
    found["waiting"] = [max(0.0, mean - desks.get((kind, one, other), mean)) for kind, one, other, mean in keys]
    stages = {name: place for place, name in enumerate(reversed(data_stages(result)))}
    kinds = {name: place for place, name in enumerate(KINDS)}
    keyed = found.assign(_kind=found["kind"].map(kinds), _from=found["sender"].map(stages))
    return keyed.sort_values(["_kind", "_from", "receiver"], kind="stable")[columns].reset_index(drop=True)


def delayed(delays: pd.DataFrame) -> pd.DataFrame:
    """Pick what did not arrive at once."""
    return delays[delays["longest"] > SHORTEST]


def rows_of(late: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of the picture, with their number of ``lanes``: of many, those of a kind that took equally long
    are one."""
    if len(late) <= MANY:
        return late.assign(lanes=1)
    keyed = late.assign(mean=late["mean"].round(6), waiting=late["waiting"].round(6))
    same = ["kind", "mean", "waiting"]
    joined = keyed.assign(lanes=keyed.groupby(same, observed=True)["kind"].transform("size"))
    return joined.drop_duplicates(same)


def longest_delays(delays: pd.DataFrame) -> pd.DataFrame:
    """Pick the rows to draw, in their order."""
    rows = rows_of(delayed(delays))
    return rows.loc[rows["mean"].nlargest(MOST_DELAYS, keep="first").index.sort_values()]


def at_once(delays: pd.DataFrame) -> list[str]:
    """Name the kinds of messages that all arrived at the instant they were sent."""
    longest = delays.groupby("kind")["longest"].max()
    instant = {str(kind) for kind, time in longest.items() if time <= SHORTEST}
    return [KINDS.get(kind, kind) for kind in sorted(instant, key=lambda kind: list(KINDS).index(kind))]


def data_sharing(result: "Result") -> list[tuple[str, str, dict[str, str]]]:
    """List who tells whom what beyond orders: buyer, seller, and for every kind of report when, in words."""
    network = result.scenario.network
    found = []
    for lane in network.lanes:
        shared = {name: getattr(lane.share, name) for name in SWITCHES}
        told = {name: _when(report, network.calendar.unit) for name, report in shared.items() if report is not None}
        if told:
            found.append((lane.destination, lane.origin, told))
    order = {name: place for place, name in enumerate(reversed(data_stages(result)))}
    return sorted(found, key=lambda each: (order[each[0]], order[each[1]]))


def uses_information(network: "Network") -> bool:
    """Tell whether a scenario shares information, delays the messages that go with orders, or has clerks."""
    lanes = any(lane.share or any(_ways(lane).values()) for lane in network.lanes)
    return lanes or any(node.order_clerks or node.billing_clerks for node in network.nodes.values())


def _ways(lane: "Lane") -> dict[str, int]:
    """Give the mean delay, in ticks, of the messages that go with an order."""
    kinds = ("request", "quotation", "confirmation", "shipping_notice", "delivery_receipt", "invoice", "remittance")
    return {kind: getattr(lane.messages, kind).ticks for kind in kinds}


def _on_the_way(network: "Network") -> dict[tuple[str, str, str], float]:
    """Give the mean delay, in time units, of the messages that clerks handle, by kind, sender and receiver."""
    delays: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    for lane in network.lanes:
        seller = network.nodes[lane.origin]
        if seller.order_clerks:
            delays["order", lane.destination, lane.origin] = from_ticks(lane.order_delay.ticks)
        if seller.billing_clerks:
            delays["invoice", lane.origin, lane.destination] = from_ticks(lane.messages.invoice.ticks)
    return dict(delays)


def _when(report: "Report", unit: str) -> str:
    """Say how often something is told, how late and how exactly."""
    rhythm = "at once" if report.interval == 0 else f"every {_length(from_ticks(report.interval), unit)}"
    said = [rhythm]
    if report.delay.ticks or report.delay.distribution:
        said.append(f"{_spelled(report.delay, unit)} later")
    if report.noise != 0:
        said.append("with errors")
    return ", ".join(said)


def _length(length: float, unit: str) -> str:
    return unit if length == 1 else f"{number(length)} {plural(unit)}"


def _spelled(delay: "Delay", unit: str) -> str:
    length = from_ticks(delay.ticks)
    about = "≈ " if delay.distribution else ""
    return f"{about}{number(length)} {unit if length == 1 else plural(unit)}"
