"""From what a scenario says of machines and stages to what is simulated."""

from collections.abc import Mapping

from scmsim.inputs.distributions import Distribution
from scmsim.policies.sequencing import FirstInFirstOut
from scmsim.scenario import network_production as net
from scmsim.scenario.convert import delay
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.schema_network import Make
from scmsim.scenario.schema_production import Resource, Shifts, Stage
from scmsim.ticks import to_ticks


def places_of(file: ScenarioFile) -> dict[tuple[str, str], int]:
    """Number the resources of all nodes by node and name, so that nothing depends on a file's order."""
    found = sorted((name, resource) for name, node in file.nodes.items() for resource in node.resources)
    return {key: index for index, key in enumerate(found)}


def resources_of(file: ScenarioFile) -> tuple[net.Resource, ...]:
    """Return the machines of all nodes."""
    return tuple(_resource(index, key, file.nodes[key[0]].resources[key[1]]) for key, index in places_of(file).items())


def _resource(index: int, key: tuple[str, str], said: Resource) -> net.Resource:
    breakdowns, overtime = said.breakdowns, said.overtime
    return net.Resource(
        index=index,
        node=key[0],
        name=key[1],
        machines=said.machines,
        sequencing=said.sequencing or FirstInFirstOut(),
        setup_time=delay(said.setup_time),
        setups={(one, other): to_ticks(time) for one, row in said.setups.items() for other, time in row.items()},
        setup_cost=said.setup_cost,
        time_cost=said.time_cost,
        breakdowns=None
        if breakdowns is None
        else net.Breakdowns(
            delay(breakdowns.time_between), delay(breakdowns.repair_time), only_busy=breakdowns.clock == "busy"
        ),
        shifts=None if said.calendar is None else shifts_of(said.calendar),
        overtime=None
        if overtime is None
        else net.Overtime(to_ticks(overtime.queue), to_ticks(overtime.at_most), overtime.cost),
    )


def shifts_of(said: Shifts) -> net.Shifts | None:
    """Return when machines work; None where that is all the time.

    Examples
    --------
    >>> shifts_of(Shifts(period=24, open=[[6, 14], [14, 22]])).windows
    ((6000000, 22000000),)
    """
    period, joined = to_ticks(said.period), list[tuple[int, int]]()
    for start, end in sorted((to_ticks(start), to_ticks(end)) for start, end in said.open):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return None if joined == [(0, period)] else net.Shifts(period, tuple(joined))


def route_of(file: ScenarioFile, node: str, make: Make) -> net.Route | None:
    """Return the stages of making a product; None where it takes its lead time."""
    places = {resource: index for (name, resource), index in places_of(file).items() if name == node}
    if not make.stages or any(stage.resource not in places for stage in make.stages):
        return None
    numbers = {stage.name: place for place, stage in enumerate(make.stages)}
    stages = tuple(_stage(stage, place, places, numbers) for place, stage in enumerate(make.stages))
    return net.Route(stages=stages, batch=make.batch, priority=make.priority, promise=make.promise == "queue")


def _stage(said: Stage, place: int, resources: Mapping[str, int], numbers: Mapping[str, int]) -> net.Stage:
    rework = said.rework
    return net.Stage(
        name=said.name,
        resource=resources[said.resource],
        time=delay(said.time),
        batch_time=delay(said.batch_time),
        setup_time=None if said.setup_time is None else delay(said.setup_time),
        scrap=_share(said.scrap),
        rework=0.0 if rework is None else _share(rework.share),
        rework_to=place if rework is None else numbers.get(rework.to, place),
        buffer=said.buffer,
    )


def _share(said: float | Distribution) -> float | Distribution:
    return said.nonnegative() if isinstance(said, Distribution) else float(said)
