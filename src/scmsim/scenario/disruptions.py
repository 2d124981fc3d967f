"""What goes wrong, as a simulation needs to know it: everything that a disruption concerns, listed."""

from collections.abc import Mapping
from typing import NamedTuple

from scmsim.scenario.flow import Flow
from scmsim.scenario.network_disruption import Disruption, Reactions
from scmsim.scenario.production import places_of
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.schema_disruption import Disruption as Said
from scmsim.scenario.schema_disruption import Expedite
from scmsim.scenario.topology import Key
from scmsim.ticks import to_ticks

AT_A_NODE = ("shipments", "receipts", "production")
ON_A_LANE = ("shipments",)
"""What stops where nobody says what."""


class Struck(NamedTuple):
    """What a disruption is of: the word for it, a node or a lane, the lanes, and the resources of a factory."""

    what: str
    node: str | None
    lanes: tuple[int, ...]
    resources: tuple[int, ...] = ()


def machines_of(node: str, resource: str) -> str:
    """Write the machines of a factory as one text.

    Examples
    --------
    >>> machines_of("plant", "mill")
    'plant/mill'
    """
    return f"{node}/{resource}"


def ends_of(lane: str) -> tuple[str, str]:
    """Return the sender and the receiver of a lane written as one text; empty texts where it is none.

    Examples
    --------
    >>> ends_of("port -> plant")
    ('port', 'plant')
    """
    origin, arrow, destination = (part.strip() for part in lane.partition("->"))
    return (origin, destination) if arrow else ("", "")


def struck_of(flow: Flow, said: Said) -> Struck:
    """Return what a disruption is of."""
    what, name = next((key, name) for key, name in said.of.model_dump().items() if name is not None)
    if what == "resource":
        factory, index = next((key[0], at) for key, at in places_of(flow.file).items() if machines_of(*key) == name)
        return Struck(what, factory, (), (index,))
    origin, destination = ends_of(name)
    lanes = tuple(
        index
        for index, lane in enumerate(flow.file.lanes)
        if (lane.origin, lane.destination) == (origin, destination) and not lane.returns
    )
    node = None if what == "lane" or lanes else name
    resources = tuple(index for key, index in places_of(flow.file).items() if key[0] == node)
    return Struck(what, node, lanes, resources)


def stops_of(said: Said, what: str) -> tuple[str, ...]:
    """Return what stops."""
    if what not in ("node", "lane"):
        return ()
    if said.stops is not None:
        return said.stops
    return AT_A_NODE if what == "node" else ON_A_LANE


def disruptions_of(flow: Flow, index: Mapping[Key, int]) -> tuple[Disruption, ...]:
    """Return the disruptions of a scenario, by name."""
    return tuple(
        _disruption(flow, index, name, number, said)
        for number, (name, said) in enumerate(sorted(flow.file.disruptions.items()), 1)
    )


def _disruption(flow: Flow, index: Mapping[Key, int], name: str, number: int, said: Said) -> Disruption:
    what, node, lanes, resources = struck_of(flow, said)
    file, stops = flow.file, stops_of(said, what)
    here = [key for key in flow.keys if key[0] == node]
    points = tuple(index[key] for key in here)
    outside = node is not None and file.nodes[node].kind == "supplier"
    out = lanes or tuple(i for i, lane in enumerate(file.lanes) if lane.origin == node and not lane.returns)
    into = lanes or tuple(i for i, lane in enumerate(file.lanes) if lane.destination == node and not lane.returns)
    made = tuple(index[key] for key in here if node is not None and key[1] in file.nodes[node].make)
    in_stages = _in_stages(file, node, resources)
    asked = tuple(index[key] for key in here if node is not None and key[1] in file.nodes[node].demand)
    ends = [(file.lanes[lane].destination, product) for lane in lanes for product in sorted(flow.cargo.carried[lane])]
    struck = [index[key] for key in ends] or list(points) or [0]
    if what == "resource":
        struck = [index[key] for key in here if key[1] in in_stages]
    by_kind = what in ("node", "lane")
    avoided = tuple(
        sorted(
            {
                *(out if {"orders", "shipments"} & {*stops} else ()),
                *(into if {"transit", "receipts"} & {*stops} else ()),
            }
        )
    )
    return Disruption(
        name=name,
        number=number,
        what=what,
        when=said.when,
        remaining=said.remaining,
        doors=out if "orders" in stops else (),
        shut=points if "shipments" in stops else (),
        barred=out if "shipments" in stops else (),
        slow=into if "transit" in stops else (),
        full=into if "receipts" in stops else (),
        idle=tuple(index[key] for key in here if index[key] in made and key[1] not in in_stages)
        if "production" in stops
        else (),
        machines=resources if "production" in stops or what == "resource" else (),
        capacity=points if what == "capacity" else (),
        demand=asked if what == "demand" else (),
        lane_prices=lanes if what == "price" else (),
        sale_prices=asked if what == "price" and not lanes else (),
        stock=points if said.destroys.stock and not outside else (),
        stock_share=said.destroys.stock,
        loads=into if said.destroys.in_transit and by_kind else (),
        loads_share=said.destroys.in_transit,
        reactions=_reactions(flow, said, avoided),
        place=struck[0],
    )


def _in_stages(file: ScenarioFile, node: str | None, resources: tuple[int, ...]) -> frozenset[str]:
    """Return the products of a node that go over any of some machines of it."""
    if node is None:
        return frozenset()
    names = {name for (place, name), index in places_of(file).items() if place == node and index in resources}
    made = file.nodes[node].make
    return frozenset(product for product, make in made.items() if names & {stage.resource for stage in make.stages})


def _reactions(flow: Flow, said: Said, avoided: tuple[int, ...]) -> Reactions | None:
    given = said.reactions
    if not (given.switch_source or given.reroute or given.expedite):
        return None
    return Reactions(
        known_after=to_ticks(given.known_after),
        lanes=avoided if given.switch_source or given.reroute else (),
        reroute=given.reroute,
        expedite=tuple((index, place) for each in given.expedite for index, place in modes_of(flow, each)),
    )


def modes_of(flow: Flow, hurried: Expedite) -> list[tuple[int, int]]:
    """Return the lanes over which goods travel faster, each with the place of the mode among its modes."""
    return [
        (index, sorted(lane.modes).index(hurried.mode))
        for index, lane in enumerate(flow.file.lanes)
        if (lane.origin, lane.destination) == ends_of(hurried.lane) and hurried.mode in lane.modes
    ]
