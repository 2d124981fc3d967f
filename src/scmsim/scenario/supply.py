"""Where the units of a stock come from: its lanes, the rule that chooses among them, and their suppliers' limits."""

from collections.abc import Mapping
from math import hypot, sqrt
from typing import NamedTuple

from scmsim.inputs.distributions import Distribution
from scmsim.policies.sourcing import Offer
from scmsim.scenario.convert import delay
from scmsim.scenario.flow import Flow, lanes_by_name
from scmsim.scenario.network import Delay, FromLane, FromSeveral
from scmsim.scenario.network_supply import UNLIMITED, Capacity, Supply
from scmsim.scenario.schema_network import Lane, Node
from scmsim.scenario.schema_supply import Capacity as SaidCapacity
from scmsim.scenario.topology import Key
from scmsim.scenario.transport import carriage_of, transit_of
from scmsim.ticks import TICKS, to_ticks


class LeadTime(NamedTuple):
    """Mean and standard deviation of the time from an order to its receipt, in time units."""

    mean: float
    sd: float


def shares_of(flow: Flow, key: Key) -> tuple[float, ...]:
    """Return the part of a stock's units that each of its lanes is taken to bring, by the supplier's name.

    That is what its rule says of the long run, or the same for all where that depends on the run.
    """
    lanes, rule = lanes_by_name(flow.file, flow.lanes_into[key]), flow.stock(key).sourcing
    if len(lanes) == 1 or rule is None:
        return (1.0 / len(lanes),) * len(lanes)
    said = rule.shares([flow.file.lanes[lane].origin for lane in lanes])
    return said if said is not None else (1.0 / len(lanes),) * len(lanes)


def source_of(flow: Flow, index: Mapping[Key, int], key: Key) -> FromLane | FromSeveral:
    """Return the lane that brings a stock, or the lanes and the rule."""
    lanes, rule = lanes_by_name(flow.file, flow.lanes_into[key]), flow.stock(key).sourcing
    ways = tuple(FromLane(lane, index[flow.file.lanes[lane].origin, key[1]]) for lane in lanes)
    return ways[0] if len(ways) == 1 or rule is None else FromSeveral(ways, rule)


def times_over(flow: Flow, key: Key, index: int) -> tuple[Delay, Delay, Delay, Delay]:
    """Return the order delay of a stock over one of its lanes, the times of supplier and transport, and the wait.

    The wait is the longest for a departure.
    """
    lane, policy = flow.file.lanes[index], flow.stock(key).policy
    mail = Delay(0) if policy is not None and policy.decided_by_supplier else delay(lane.order_delay)
    return mail, delay(flow.file.nodes[lane.origin].lead_time), *transit_of(flow.file, lane)


def lead_time_of(flow: Flow, key: Key) -> LeadTime:
    """Return the time that a stock waits for an order; of several lanes each as often as its rule expects.

    What comes through a cross-dock, which has nothing in stock, also takes the way there.
    """
    lanes, rule = lanes_by_name(flow.file, flow.lanes_into[key]), flow.stock(key).sourcing
    found = [_time_over(flow, key, lane) for lane in lanes]
    if rule is None or len(lanes) == 1:
        return found[0]
    offers = [
        Offer(flow.file.lanes[lane].origin, _list_cost(flow, key, lane), time.mean)
        for lane, time in zip(lanes, found, strict=True)
    ]
    shares = rule.expected(offers)
    mean = sum(share * time.mean for share, time in zip(shares, found, strict=True))
    square = sum(share * (time.sd**2 + time.mean**2) for share, time in zip(shares, found, strict=True))
    return LeadTime(mean, sqrt(max(0.0, square - mean**2)))


def _time_over(flow: Flow, key: Key, index: int) -> LeadTime:
    own, origin = lead_time(*times_over(flow, key, index)), flow.file.lanes[index].origin
    if flow.file.nodes[origin].cross_dock is None:
        return own
    before = lead_time_of(flow, (origin, key[1]))
    return LeadTime(own.mean + before.mean, hypot(own.sd, before.sd))


def passing_of(flow: Flow, lane: Lane, products: tuple[str, ...]) -> dict[str, int]:
    """Return the mean ticks from an order to its arrival at the sender of a lane, a cross-dock, by product."""
    if flow.file.nodes[lane.origin].cross_dock is None:
        return {}
    return {product: to_ticks(lead_time_of(flow, (lane.origin, product)).mean) for product in products}


def lead_time(*times: Delay) -> LeadTime:
    """Return mean and standard deviation of the sum of independent times.

    Examples
    --------
    >>> lead_time(Delay(2_000_000), Delay(500_000))
    LeadTime(mean=2.5, sd=0.0)
    """
    mean = sum(time.ticks for time in times) / TICKS
    return LeadTime(mean, sqrt(sum(time.distribution.sd_value**2 for time in times if time.distribution is not None)))


def _list_cost(flow: Flow, key: Key, index: int) -> float:
    """Return what a unit costs over a lane, as far as that is known before the run."""
    lane = flow.file.lanes[index]
    price, carriage = lane.prices.get(key[1], lane.price), carriage_of(flow.file, lane, key[1])
    if price is None:
        return flow.stock(key).purchase_cost + carriage
    if isinstance(price, float | int):
        return price * (1.0 + lane.duty) + carriage
    tiers, (amount, _) = price.tiers(), price.amount_and_rate()
    return (tiers[0][1] if tiers else amount or 0.0) * (1.0 + lane.duty) + carriage


def supply_of(node: Node, product: str) -> Supply:
    """Return the limits of an outside supplier for one product."""
    lot = node.order_multiple
    found = Supply(
        capacity=_capacity(node),
        minimum_order=_of(node.minimum_order, product) or 0.0,
        order_multiple=_of(lot, product) if lot is not None else None,
        good=node.good.nonnegative() if isinstance(node.good, Distribution) else float(node.good),
    )
    return UNLIMITED if found == UNLIMITED else found


def _capacity(node: Node) -> Capacity | None:
    said = node.capacity
    if said is None:
        return None
    if isinstance(said, SaidCapacity):
        return Capacity(said.units, to_ticks(said.period), said.of == "all")
    return Capacity(float(said))


def _of(said: float | Mapping[str, float], product: str) -> float | None:
    return said.get(product) if isinstance(said, Mapping) else float(said)
