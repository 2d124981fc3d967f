"""What can be wrong with modes, departures and fleets, where every part is well formed."""

from collections.abc import Iterator

from scmsim.policies.transport import ByWeight
from scmsim.scenario.findings import Finding
from scmsim.scenario.flow import Flow
from scmsim.scenario.located import listed
from scmsim.scenario.schema_network import Lane
from scmsim.scenario.schema_transport import Dispatch, LoadSize, Mode
from scmsim.scenario.transport import OWN, has_loads, said_modes, size_of
from scmsim.scenario.troubles import did_you_mean

Path = tuple[str | int, ...]


def transport_findings(flow: Flow) -> Iterator[Finding]:
    """Find what keeps the loads of a lane from being moved, and fleets that nobody uses."""
    for index, lane in enumerate(flow.file.lanes):
        path: Path = ("lanes", index)
        yield from _modes(path, lane)
        yield from _choice(path, lane)
        for name, mode in said_modes(lane).items():
            yield from _fleet(flow, (*path, "modes", name) if name else path, lane.origin, mode)
        if lane.dispatch is not None:
            yield from _dispatch((*path, "dispatch"), lane, lane.dispatch)
        if has_loads(lane):
            yield from _measures(flow, path, lane, sorted(flow.cargo.carried[index]))
            yield from _units(flow, path, lane, sorted(flow.cargo.carried[index]))
    yield from _fleets(flow)


def _modes(path: Path, lane: Lane) -> Iterator[Finding]:
    for key in OWN:
        if lane.modes and getattr(lane, key):
            found = f"`{key}` of a lane with modes"
            hint = "Move it into the modes."
            if isinstance(getattr(lane, key), float):
                hint += f" Where it is a default, write `{key}: 0` here."
            yield Finding((*path, key), found, f"`{key}` of each mode", hint)
    for name, mode in lane.modes.items():
        at = (*path, "modes", name)
        if mode.capacity is not None and not _said(mode.capacity):
            yield Finding((*at, "capacity"), "a capacity of nothing", "`units`, `weight` or `volume`")
        by_distance = [key for key in ("distance_cost", "co2_distance", "co2_weight") if getattr(mode, key)]
        if by_distance and lane.distance is None:
            hint = "Add `distance` to the lane."
            yield Finding((*at, by_distance[0]), f"`{by_distance[0]}` where no distance is given", "a distance", hint)


def _choice(path: Path, lane: Lane) -> Iterator[Finding]:
    choice, names, at = lane.mode_choice, sorted(lane.modes), (*path, "mode_choice")
    if choice is None:
        if len(names) > 1:
            hint = "Add `mode_choice: {kind: cheapest}`, or another kind."
            yield Finding(path, f"several modes: {listed(names, 6)}", "a rule that chooses among them", hint)
        return
    if len(names) < 2:
        hint = "Add a mode, or remove `mode_choice`."
        yield Finding(at, f"a choice among {len(names) or 'no'} mode{'s' * (not names)}", "two modes or more", hint)
        return
    for wrong in dict.fromkeys(name for name in choice.named() if name not in names):
        expected = f"one of {listed(names, 12)}"
        yield Finding(at, f"the unknown mode {wrong}", expected, did_you_mean(wrong, dict.fromkeys(names)))
    if isinstance(choice, ByWeight):
        starts = [one.start for one in choice.breaks]
        if min(starts) > 0:
            yield Finding((*at, "breaks"), f"no mode for less than {min(starts):g}", "a break with `from: 0`")
        for start in dict.fromkeys(start for start in starts if starts.count(start) > 1):
            yield Finding((*at, "breaks"), f"two modes from {start:g} on", "one mode from each weight on")


def _dispatch(path: Path, lane: Lane, dispatch: Dispatch) -> Iterator[Finding]:
    if (dispatch.every is None) == (dispatch.when is None):
        found = "neither `every` nor `when`" if dispatch.every is None else "both `every` and `when`"
        yield Finding(path, found, "a schedule (`every: 7`), or `when: full`")
        return
    if dispatch.every is not None:
        for key in ("minimum_load", "longest_wait"):
            if getattr(dispatch, key) is not None:
                yield Finding((*path, key), f"`{key}` of departures on a schedule", f"`{key}` only with `when: full`")
        return
    if dispatch.offset:
        yield Finding((*path, "offset"), "`offset` of departures without a schedule", "`offset` only with `every`")
    least = dispatch.minimum_load
    if least is None:
        hint = "Add `minimum_load: {units: 20}`, or with a capacity `minimum_load: 0.9`."
        yield Finding(path, "no `minimum_load`", "how much has to wait before a load departs", hint)
    elif isinstance(least, LoadSize):
        if not _said(least):
            yield Finding((*path, "minimum_load"), "a load of nothing", "`units`, `weight` or `volume`")
    else:
        modes = list(lane.modes.values())
        if len(modes) != 1 or modes[0].capacity is None:
            found, hint = "a share of a capacity, which the lane does not have", "Write `{weight: 900}`, or `units`."
            if len(modes) > 1:
                found = "a share of a capacity, where several modes have one"
            yield Finding((*path, "minimum_load"), found, "one mode with a `capacity`, or an amount", hint)
        elif least > 1:
            yield Finding((*path, "minimum_load"), f"{least:g}", "a share above 0 and up to 1", _in_percent(least))


def _in_percent(share: float) -> str:
    return f"For {share:g} % write {share / 100:g}." if share <= 100 else ""


def _fleet(flow: Flow, path: Path, sender: str, mode: Mode) -> Iterator[Finding]:
    if mode.fleet is None:
        if mode.return_time is not None:
            yield Finding((*path, "return_time"), "`return_time` without a fleet", "a `fleet`, or neither")
        return
    known = flow.file.nodes[sender].fleets
    if mode.fleet not in known:
        expected = f"one of the fleets of {sender}: {listed(sorted(known), 12)}" if known else f"a fleet of {sender}"
        hint = did_you_mean(mode.fleet, known) or f"Add `fleets: {{{mode.fleet}: {{number: 3}}}}` to {sender}."
        yield Finding((*path, "fleet"), f"the unknown fleet {mode.fleet!r}", expected, hint)


def _fleets(flow: Flow) -> Iterator[Finding]:
    used = {(lane.origin, lane.fleet) for lane in flow.file.lanes}
    used |= {(lane.origin, mode.fleet) for lane in flow.file.lanes for mode in lane.modes.values()}
    misnamed = {node for node, fleet in used if fleet is not None and fleet not in flow.file.nodes[node].fleets}
    for name, node in sorted(flow.file.nodes.items()):
        for fleet, said in node.fleets.items():
            path = ("nodes", name, "fleets", fleet)
            if (name, fleet) not in used and name not in misnamed:
                hint = f"Write `fleet: {fleet}` at a lane that leaves {name}."
                yield Finding(path, f"a fleet that no lane of {name} uses", "a lane that uses it", hint)
            if said.cost and node.kind == "supplier":
                expected = "no cost: a supplier is outside the chain"
                yield Finding((*path, "cost"), f"the cost of a fleet of {name}, which is a supplier", expected)


def _measures(flow: Flow, path: Path, lane: Lane, products: list[str]) -> Iterator[Finding]:
    """Find products without a weight or a volume that somebody counts."""
    for measure in ("weight", "volume"):
        by = _counts(lane, measure)
        without = [name for name in products if getattr(flow.file.products[name], measure) is None]
        if by and without:
            found = f"{by}, but no {measure} of {listed(without, 6)}"
            hint = f"Add it: `products: {{{without[0]}: {{{measure}: 1}}}}`."
            yield Finding(path, found, f"the {measure} of every product that the lane carries", hint)


def _counts(lane: Lane, measure: str) -> str:
    """Return what of a lane counts weight or volume."""
    for name, mode in lane.modes.items():
        if mode.capacity is not None and getattr(mode.capacity, measure) is not None:
            return f"loads of {name} with a limit of {measure}"
        if any(getattr(mode, key, 0.0) for key in (f"{measure}_cost", f"co2_{measure}")):
            return f"{name} charged by {measure}" if getattr(mode, f"{measure}_cost") else f"CO2 of {name} by {measure}"
    least = lane.dispatch.minimum_load if lane.dispatch is not None else None
    if isinstance(least, LoadSize) and getattr(least, measure) is not None:
        return f"a `minimum_load` by {measure}"
    return "modes by weight" if measure == "weight" and isinstance(lane.mode_choice, ByWeight) else ""


def _units(flow: Flow, path: Path, lane: Lane, products: list[str]) -> Iterator[Finding]:
    """Find units that fit into no load, and orders of less than nothing."""
    for product in products:
        said = flow.file.products[product]
        for name, mode in lane.modes.items():
            limit = size_of(mode.capacity)
            too_large = limit.units < 1 or limit.weight < (said.weight or 0) or limit.volume < (said.volume or 0)
            if said.whole_units and too_large:
                found = f"a capacity that takes no whole unit of {product}"
                yield Finding(
                    (*path, "modes", name, "capacity"),
                    found,
                    "room for one unit at least",
                    "Or set `whole_units: false`.",
                )
        policy = flow.stock((lane.destination, product)).policy
        if policy is not None and policy.allow_negative:
            found = f"{product} at {lane.destination} with `allow_negative`, brought in loads"
            yield Finding(path, found, "no negative orders where goods move in loads: nothing travels back")


def _said(size: LoadSize | Mode) -> bool:
    return any(getattr(size, key) is not None for key in type(size).model_fields)
