"""From a scenario as written to a network ready to run: everything inferred, defaulted and converted to ticks."""

from dataclasses import replace

from scmsim.scenario import network as net
from scmsim.scenario.checks import Checks
from scmsim.scenario.convert import calendar, delay, messages_of, node_of, share_of
from scmsim.scenario.disruptions import disruptions_of
from scmsim.scenario.findings import Unresolvable
from scmsim.scenario.flow import Flow
from scmsim.scenario.money import finance_of, lane_sales, money_of
from scmsim.scenario.points import PointBuilder
from scmsim.scenario.production import resources_of
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.schema_network import Lane
from scmsim.scenario.supply import passing_of
from scmsim.scenario.topology import end_demand, levels
from scmsim.scenario.transport import fleets_of, transit_of, transport_of
from scmsim.ticks import to_ticks


def resolve(file: ScenarioFile) -> net.Network:
    """Turn a validated scenario into a network.

    Parameters
    ----------
    file : ScenarioFile
        A scenario in which every name that is used exists.

    Returns
    -------
    Network

    Raises
    ------
    Unresolvable
        With everything that keeps the scenario from being a network: products without a source, stocks with two, stocks
        that replenish each other in a circle, stocks without a policy, levels that cannot be computed.
    """
    flow = Flow(file)
    checks = Checks(flow)
    if not checks.is_network:
        raise Unresolvable(tuple(checks.findings))
    feeds = flow.feeds()
    try:
        level = levels(feeds)
    except ValueError as error:
        checks.report_circle(error.args[0])
        raise Unresolvable(tuple(checks.findings)) from None
    served = end_demand(feeds, {key for key in flow.keys if key[1] in file.nodes[key[0]].demand})
    ordered = sorted(flow.keys, key=lambda key: (level[key], key))
    index = {key: position for position, key in enumerate(ordered)}
    builder = PointBuilder(flow, index, level, served)
    points = tuple(builder.point(key) for key in ordered)
    if findings := (*checks.findings, *builder.findings):
        raise Unresolvable(findings)
    triplets = (
        (index[key], index[customer], units) for key in ordered for customer, units in sorted(served[key].items())
    )
    network = _assemble(flow, points, tuple(triplets), tuple(builder.notes))
    resilience = net.Resilience(**file.measures.resilience.model_dump())
    return (
        replace(network, disruptions=disruptions_of(flow, index), resilience=resilience)
        if file.disruptions
        else network
    )


def _assemble(
    flow: Flow, points: tuple[net.Point, ...], triplets: tuple[tuple[int, int, float], ...], notes: tuple[str, ...]
) -> net.Network:
    file, money = flow.file, money_of(flow.file)
    return net.Network(
        name=file.name,
        calendar=calendar(file),
        products={
            name: net.Product(
                name=name,
                unit=product.unit,
                value=product.value,
                whole_units=product.whole_units,
                standard_cost=product.standard_cost,
            )
            for name, product in sorted(file.products.items())
        },
        nodes=_nodes(file, money),
        money=money,
        lanes=tuple(_lane(flow, index, lane) for index, lane in enumerate(file.lanes)),
        points=points,
        end_demand=triplets,
        on_time_in_full=_tolerance(file),
        notes=notes,
        resources=resources_of(file),
    )


def _nodes(file: ScenarioFile, money: net.Money | None) -> dict[str, net.Node]:
    nodes = {name: replace(node_of(name, node), fleets=fleets_of(node)) for name, node in sorted(file.nodes.items())}
    if money is None:
        return nodes
    return {
        name: node if node.kind == "supplier" else replace(node, finance=finance_of(file.nodes[name].finance))
        for name, node in nodes.items()
    }


def _tolerance(file: ScenarioFile) -> net.OnTimeInFull:
    given = file.measures.on_time_in_full
    early = None if given.early is None else to_ticks(given.early)
    return net.OnTimeInFull(reference=given.reference, early=early, late=to_ticks(given.late))


def _lane(flow: Flow, index: int, lane: Lane) -> net.Lane:
    products = tuple(sorted(flow.cargo.carried[index]))
    transport, (transit, wait) = transport_of(flow.file, lane, products), transit_of(flow.file, lane)
    return net.Lane(
        index=index,
        origin=lane.origin,
        destination=lane.destination,
        products=products,
        order_delay=delay(lane.order_delay),
        lead_time=replace(transit, ticks=transit.ticks + wait.ticks),
        supplier_time=delay(flow.file.nodes[lane.origin].lead_time),
        crossing=lane.crossing,
        share=net.Share() if lane.returns else share_of(lane.share),
        messages=messages_of(lane.messages),
        unit_cost=lane.unit_cost if transport is None else 0.0,
        shipment_cost=lane.shipment_cost if transport is None else 0.0,
        holding_cost=lane.holding_cost,
        sales=lane_sales(lane, products),
        credit_limit=None if lane.returns else lane.credit_limit,
        duty=lane.duty,
        transport=transport,
        lasting=to_ticks(lane.minimum_life),
        is_for_returns=lane.returns,
        cancel_after=None if lane.cancel_after is None else to_ticks(lane.cancel_after),
        lateral=lane.lateral,
        keep=lane.keep,
        passing=passing_of(flow, lane, products),
    )
