"""What is told and no decision uses."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from scmsim.policies.base import Policy
from scmsim.scenario.findings import Finding
from scmsim.scenario.network import FromProduction, Network
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.schema_information import Report, Share

USED_BY = {
    "point_of_sale": "a forecast `of: point_of_sale` at the sender",
    "forecast": "a `customer_forecast` at the sender",
    "stock": "a policy with `position: echelon` at the sender, or `vendor_managed` at the receiver",
    "pipeline": "`stock` that is told and used, too",
}
"""What makes use of each kind of report."""
RECORDED = "It is recorded, and changes no decision."
OWN = "scmsim."
"""Policies from elsewhere may use anything they are told."""


def unused_reports(file: ScenarioFile, network: Network) -> Iterator[tuple[tuple[str | int, ...], Finding | None]]:
    """Return every report of a scenario, with what is to be said of it where nobody's decisions depend on it."""
    if not any(lane.share for lane in network.lanes):
        return
    used = _used(network)
    yield from _noise_of_receipts(file)
    for lane in network.lanes:
        for kind in Share.model_fields:
            if getattr(lane.share, kind) is not None:
                path = ("lanes", lane.index, "share", kind)
                finding = Finding(path, f"`{kind}` told to nobody who uses it", USED_BY[kind], RECORDED)
                yield path, None if (lane.index, kind) in used else finding


def _noise_of_receipts(file: ScenarioFile) -> Iterator[tuple[tuple[str | int, ...], Finding | None]]:
    """Find receipts that are told wrongly where a report of stock says what has been received, too."""
    for index, lane in enumerate(file.lanes):
        told, stock = lane.share.pipeline, lane.share.stock
        if isinstance(told, Report) and told.noise != 0:
            path = ("lanes", index, "share", "pipeline", "noise")
            found = "`noise` of receipts where `stock` is told, too, and says what has been received"
            yield path, Finding(path, found, "`noise` of the `stock`") if stock else None


def _used(network: Network) -> set[tuple[int, str]]:
    """Return the lanes and kinds of reports that some decision depends on."""
    lanes, fed = _below(network)
    used: set[tuple[int, str]] = set()
    for point in network.points:
        policy = point.policy
        if policy is None:
            continue
        needs = _needs(policy)
        if policy.decided_by_supplier:
            used |= {(way.lane, "stock") for way in point.ways}
            needs |= {"stock"}
        if "forecast" in needs:
            used |= {(lane, "forecast") for lane in lanes[point.index]}
        for kind in needs & {"stock", "point_of_sale"}:
            used |= {(lane, kind) for below in _reached(point.index, fed) for lane in lanes[below]}
    return used | {(lane, "pipeline") for lane, kind in used if kind == "stock"}


def _needs(policy: Policy) -> frozenset[str]:
    return policy.needs() if type(policy).__module__.startswith(OWN) else frozenset(USED_BY)


def _below(network: Network) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return, by stock, the lanes over which its customers are served, and the stocks that it feeds."""
    lanes: dict[int, list[int]] = defaultdict(list)
    fed: dict[int, list[int]] = defaultdict(list)
    for point in network.points:
        for way in point.regular:
            lanes[way.supplier].append(way.lane)
            fed[way.supplier].append(point.index)
        if isinstance(point.source, FromProduction):
            for component, _ in point.source.components:
                fed[component].append(point.index)
    return lanes, fed


def _reached(point: int, fed: dict[int, list[int]]) -> Iterable[int]:
    seen, waiting = {point}, [point]
    while waiting:
        further = set(fed[waiting.pop()]) - seen
        seen |= further
        waiting += further
    return seen
