"""From the units of a scenario file to ticks."""

from scmsim.inputs.distributions import Distribution
from scmsim.scenario import network as net
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.schema_information import Clerks, Messages, Report, Share
from scmsim.scenario.schema_network import Due, Node, Review, Stock
from scmsim.ticks import to_ticks

SEGMENTS = {
    "supplier": "upstream",
    "factory": "internal",
    "warehouse": "internal",
    "distributor": "downstream",
    "retailer": "downstream",
}


def calendar(file: ScenarioFile) -> net.Calendar:
    """Return the time frame of the run."""
    time = file.time
    start = to_ticks(time.start)
    return net.Calendar(
        unit=time.unit,
        start=start,
        end=start + to_ticks(time.horizon),
        warm=start + to_ticks(time.warm_up),
        bucket=to_ticks(time.bucket),
        start_date=time.start_date,
    )


def node_of(name: str, node: Node) -> net.Node:
    """Return a node."""
    return net.Node(
        name=name,
        kind=node.kind,
        segment=node.segment or SEGMENTS[node.kind],
        label=node.label or name,
        position=node.position,
        order_clerks=_clerks(node.clerks.order_processing),
        billing_clerks=_clerks(node.clerks.billing),
    )


def _clerks(clerks: Clerks | None) -> net.Clerks | None:
    return None if clerks is None else net.Clerks(clerks.number, delay(clerks.time))


def share_of(share: Share) -> net.Share:
    """Return what is told over a lane."""
    return net.Share(**{kind: _report(getattr(share, kind)) for kind in Share.model_fields})


def messages_of(messages: Messages) -> net.Messages:
    """Return how long messages take."""
    return net.Messages(**{kind: delay(getattr(messages, kind)) for kind in Messages.model_fields})


def _report(told: bool | Report) -> net.Report | None:
    if told is False:
        return None
    report = Report() if told is True else told
    return net.Report(
        delay=delay(report.delay),
        interval=0 if isinstance(report.interval, str) else to_ticks(report.interval),
        offset=to_ticks(report.offset),
        noise=report.noise,
    )


def calendar_review(stock: Stock) -> net.Review:
    """Return when a stock decides."""
    review = stock.review
    if not isinstance(review, Review):
        return net.Review(interval=0)
    return net.Review(
        interval=to_ticks(review.interval),
        offset=to_ticks(review.offset),
        before_demand=review.timing == "before_demand",
    )


def delay(time: float | Distribution) -> net.Delay:
    """Return a time as written, in ticks."""
    if isinstance(time, Distribution):
        duration = time.nonnegative()
        return net.Delay(to_ticks(duration.mean_value), duration)
    return net.Delay(to_ticks(time))


def listed(dues: tuple[Due, ...]) -> tuple[tuple[int, float], ...]:
    """Return what is due, in ticks."""
    return tuple((to_ticks(due.at), due.quantity) for due in dues)
