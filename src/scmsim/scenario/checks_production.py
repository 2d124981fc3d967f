"""What can be wrong with machines, stages, shifts and breakdowns, where every part is well formed."""

from collections.abc import Iterator

from scmsim.inputs.distributions import Distribution
from scmsim.policies.forecasting_averages import Constant
from scmsim.policies.mrp import Mrp
from scmsim.scenario.findings import Finding
from scmsim.scenario.flow import Flow
from scmsim.scenario.located import listed
from scmsim.scenario.schema_network import Make, Node
from scmsim.scenario.schema_production import Resource, Shifts, Stage
from scmsim.scenario.troubles import did_you_mean
from scmsim.ticks import to_ticks

Path = tuple[str | int, ...]


def production_findings(flow: Flow) -> Iterator[Finding]:
    """Find stages without machines, shifts that are none, and what the works cannot be combined with."""
    for name, node in sorted(flow.file.nodes.items()):
        for resource, said in sorted(node.resources.items()):
            yield from _resource(flow, ("nodes", name, "resources", resource), name, resource, said)
        for product, make in sorted(node.make.items()):
            path = ("nodes", name, "make", product)
            yield from _stages(flow, path, node, make) if make.stages else _plain(path, make)
        if node.resources:
            yield from _blocks(name, node)
        yield from _plans(flow, name, node)


def _plans(flow: Flow, name: str, node: Node) -> Iterator[Finding]:
    """Find forecasts that would count what goes into other products twice."""
    for component in sorted({one for make in node.make.values() for one in make.components}):
        policy = flow.stock((name, component)).policy
        makers = [product for product, make in sorted(node.make.items()) if component in make.components]
        planned = [product for product in makers if isinstance(flow.stock((name, product)).policy, Mrp)]
        if isinstance(policy, Mrp) and planned and not isinstance(policy.forecast, Constant):
            found = (
                f"a forecast that would learn what {component} is taken for {listed(planned, 6)}, which says so itself"
            )
            hint = "Write `forecast: {kind: constant, value: 0}`, or what its own customers ask for."
            path = ("nodes", name, "stock", component, "policy", "forecast")
            yield Finding(path, found, "a constant forecast of its own customers' demand", hint)


def _plain(path: Path, make: Make) -> Iterator[Finding]:
    for key, is_said in (("batch", make.batch is not None), ("promise", make.promise != "lead_time")):
        if is_said:
            found, hint = f"`{key}` of what is made without `stages`", "Give it `stages`, or leave this out."
            yield Finding((*path, key), found, "`stages`, too", hint)


def _resource(flow: Flow, path: Path, node: str, name: str, said: Resource) -> Iterator[Finding]:
    made = flow.file.nodes[node].make
    if not any(stage.resource == name for make in made.values() for stage in make.stages):
        hint = f"Write `stages: [{{name: make, resource: {name}, time: 1}}]` at what it makes."
        yield Finding(path, f"machines that no stage at {node} uses", "a stage that uses them", hint)
    users = sorted(product for product, make in made.items() if any(stage.resource == name for stage in make.stages))
    for one in sorted({*said.setups, *(other for row in said.setups.values() for other in row)} - {*users}):
        found = f"a setup for {one}, which no stage makes on {name}"
        hint = did_you_mean(one, dict.fromkeys(users))
        yield Finding((*path, "setups"), found, f"one of {listed(users, 12)}" if users else "no setups", hint)
    for one, row in sorted(said.setups.items()):
        if row.get(one):
            found = f"a setup of {row[one]:g} from {one} to {one}, which is never made"
            yield Finding((*path, "setups", one, one), found, "setups between two products", "Add it to `batch_time`.")
    breakdowns = said.breakdowns
    if breakdowns is not None:
        mean = breakdowns.time_between
        if to_ticks(mean.mean_value if isinstance(mean, Distribution) else mean) < 1:
            found = "machines that fail as soon as they are repaired"
            yield Finding((*path, "breakdowns", "time_between"), found, "a time above 0")
    if said.calendar is not None:
        yield from _shifts((*path, "calendar"), said.calendar)
    if said.overtime is not None:
        yield from _overtime((*path, "overtime"), said)


def _shifts(path: Path, said: Shifts) -> Iterator[Finding]:
    period, last = to_ticks(said.period), 0
    for number, (start, end) in enumerate(said.open):
        at = (*path, "open", number)
        if to_ticks(end) <= to_ticks(start):
            yield Finding(at, f"a shift from {start:g} to {end:g}", "an end after its beginning")
        elif to_ticks(end) > period:
            found, hint = f"a shift that ends at {end:g}", "Write one that goes on in the next period as two."
            yield Finding(at, found, f"at most {said.period:g}, the period", hint)
        elif to_ticks(start) < last:
            yield Finding(at, f"a shift from {start:g}, before the end of the one before", "shifts one after the other")
        last = max(last, to_ticks(end))


def _overtime(path: Path, said: Resource) -> Iterator[Finding]:
    calendar = said.calendar
    if calendar is None:
        yield Finding(path, "overtime of machines that work all the time", "a `calendar`, too")
        return
    ends = [*calendar.open, (calendar.open[0][0] + calendar.period, 0.0)]
    gaps = [later[0] - one[1] for one, later in zip(ends, ends[1:], strict=False)]
    least = min((gap for gap in gaps if gap > 0), default=0.0)
    if said.overtime is not None and said.overtime.at_most > least:
        found = f"{said.overtime.at_most:g}"
        yield Finding((*path, "at_most"), found, f"at most {least:g}, the shortest time between two shifts")


def _stages(flow: Flow, path: Path, node: Node, make: Make) -> Iterator[Finding]:
    product = str(path[-1])
    names = [stage.name for stage in make.stages]
    for number, stage in enumerate(make.stages):
        at = (*path, "stages", number)
        if names.index(stage.name) < number:
            yield Finding((*at, "name"), f"a second stage {stage.name}", "a name of its own for every stage")
        if stage.resource not in node.resources:
            known = sorted(node.resources)
            expected = f"one of {listed(known, 12)}" if known else "machines among the node's `resources`"
            hint = did_you_mean(stage.resource, node.resources) or f"Add `resources: {{{stage.resource}: {{}}}}`."
            yield Finding((*at, "resource"), f"the unknown resource {stage.resource!r}", expected, hint)
        if number == 0 and stage.buffer is not None:
            found = "a `buffer` before the first stage"
            yield Finding((*at, "buffer"), found, "none: what is ordered waits there, and blocks no machine")
        if not _below(stage.scrap, 1.0, or_equal=True):
            yield Finding((*at, "scrap"), _said(stage.scrap), "a share up to 1", "Write 0.05 for 5 %.")
        yield from _rework(flow, at, product, names[: number + 1], stage)
    if make.batch is not None and make.batch < 1 and flow.file.products[product].whole_units:
        yield Finding((*path, "batch"), f"jobs of {make.batch:g} {product}, counted in whole units", "1 or more")
    policy = flow.stock((str(path[1]), product)).policy
    if policy is not None and policy.allow_negative:
        found = f"{product} with `allow_negative`, made in stages"
        yield Finding(path, found, "no negative orders: nothing goes backward through the works")
    perishable = [one for one in (product, *make.components) if flow.file.products[one].shelf_life is not None]
    if perishable:
        found = f"stages of {product}, and a `shelf_life` of {listed(perishable, 6)}"
        yield Finding(path, found, "one of the two", "What waits between two stages would expire there.")


def _rework(flow: Flow, path: Path, product: str, names: list[str], stage: Stage) -> Iterator[Finding]:
    rework = stage.rework
    if rework is None:
        return
    if rework.to not in names:
        hint = did_you_mean(rework.to, dict.fromkeys(names))
        expected = f"this stage or one before it: {listed(names, 12)}"
        yield Finding((*path, "rework", "to"), f"rework that goes to {rework.to}", expected, hint)
    if not _below(rework.share, 1.0):
        found = f"a share of {_said(rework.share)}, so that nothing is ever finished"
        yield Finding((*path, "rework", "share"), found, "a share below 1", "Write 0.05 for 5 %.")
    if not flow.file.products[product].whole_units:
        found = f"rework of {product}, which is not counted in whole units"
        hint = "Set `whole_units: true`: ever smaller parts of a unit would go round for ever."
        yield Finding((*path, "rework"), found, "a product of whole units", hint)


def _blocks(name: str, node: Node) -> Iterator[Finding]:
    """Find machines that could wait for each other for ever: buffers on routes that come back to a machine."""
    after: dict[str, set[str]] = {resource: set() for resource in node.resources}
    for make in node.make.values():
        for one, later in zip(make.stages, make.stages[1:], strict=False):
            after.setdefault(one.resource, set()).add(later.resource)
    for product, make in sorted(node.make.items()):
        for number, (one, later) in enumerate(zip(make.stages, make.stages[1:], strict=False), start=1):
            if later.buffer is not None and _leads(after, later.resource, one.resource):
                found = f"a `buffer` before {later.resource}, from where jobs can come back to {one.resource}"
                hint = "Machines could wait for each other for ever."
                yield Finding(("nodes", name, "make", product, "stages", number, "buffer"), found, "none there", hint)


def _leads(after: dict[str, set[str]], start: str, goal: str) -> bool:
    seen, left = set[str](), [start]
    while left:
        here = left.pop()
        if here == goal:
            return True
        if here not in seen:
            seen.add(here)
            left += sorted(after.get(here, ()))
    return False


def _below(share: float | Distribution, most: float, *, or_equal: bool = False) -> bool:
    mean = share.mean_value if isinstance(share, Distribution) else share
    return mean < most or (or_equal and mean <= most)


def _said(share: float | Distribution) -> str:
    return f"a mean of {share.mean_value:g}" if isinstance(share, Distribution) else f"{share:g}"
