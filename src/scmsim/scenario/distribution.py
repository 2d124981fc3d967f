"""From what a scenario says of goods that expire, come back or only pass through to what is simulated."""

from collections.abc import Mapping
from dataclasses import replace

from scmsim.inputs.demand import Demand
from scmsim.inputs.distribution_shifted import Shifted
from scmsim.policies.make_to_order import MakeToOrder
from scmsim.scenario.convert import delay
from scmsim.scenario.network_distribution import Keeping, Returns
from scmsim.scenario.network_money import Delay
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.schema_network import Lane, Stock
from scmsim.scenario.topology import Key
from scmsim.ticks import from_ticks, to_ticks


def passing_on(stock: Stock) -> Stock:
    """Return a stock of a cross-dock, which orders what is ordered from it."""
    return stock.model_copy(update={"policy": MakeToOrder()}) if stock.policy is None else stock


def with_handling(file: ScenarioFile, lane: Lane, found: Delay) -> Delay:
    """Return how long goods take over a lane until its receiver can use them, if transport takes so long."""
    dock = file.nodes[lane.destination].cross_dock
    if dock is None or not dock.handling_time:
        return found
    handling = to_ticks(dock.handling_time)
    drawn = found.distribution
    longer = None if drawn is None else Shifted(dist="shifted", of=drawn, by=from_ticks(handling))
    return replace(found, ticks=found.ticks + handling, distribution=longer)


def keeping_of(file: ScenarioFile, key: Key, stock: Stock) -> Keeping | None:
    """Return how long units of a stock keep; None where they keep for ever."""
    name, product = key
    life = file.products[product].shelf_life
    if life is None:
        return None
    node = file.nodes[name]
    if node.kind == "supplier":
        return Keeping(life=to_ticks(remaining_life(file, name, product)))
    wishes = [demand.minimum_life for demand in node.demand.get(product, ())]
    wishes += [lane.minimum_life for lane in file.lanes if lane.origin == name]
    return Keeping(
        life=to_ticks(life),
        issuing=stock.issuing,
        initial_age=to_ticks(stock.initial_age),
        is_choosy=any(wishes),
    )


def remaining_life(file: ScenarioFile, name: str, product: str) -> float:
    """Return how long units of a supplier keep after they arrive; infinite where they keep for ever."""
    life = file.products[product].shelf_life
    said = file.nodes[name].remaining_life
    given = said.get(product) if isinstance(said, Mapping) else said
    return float(given if given is not None else life or 0.0)


def return_lane(file: ScenarioFile, origin: str, destination: str, product: str) -> int | None:
    """Return the position of the lane for returns that brings a product from one node to another, if there is one."""
    for position, lane in enumerate(file.lanes):
        carries = lane.returns and (lane.products is None or product in lane.products)
        if carries and (lane.origin, lane.destination) == (origin, destination):
            return position
    return None


def returns_of(file: ScenarioFile, index: Mapping[Key, int], key: Key, demand: Demand, stream: str) -> Returns | None:
    """Return what the customers of one demand send back."""
    said, (name, product) = demand.returns, key
    if said is None or not said.share:
        return None
    to = said.to or name
    return Returns(
        stream=stream.replace("demand/", "returns/", 1),
        share=said.share,
        delay=delay(said.delay),
        shop=index[key],
        to=index.get((to, product), index[key]),
        restock=said.restock,
        refund=said.refund,
        lane=None if to == name else return_lane(file, name, to, product),
        whole_units=file.products[product].whole_units,
    )
