"""What can be wrong with what is shared: decisions that need what nobody tells them."""

from collections.abc import Iterator

from scmsim.policies.base import Policy
from scmsim.scenario.findings import Finding
from scmsim.scenario.flow import Flow
from scmsim.scenario.schema_information import Report, Share
from scmsim.scenario.topology import Key

MOST_REPORTS = 1e9
_FROM_EVERYONE_BELOW = ("stock", "point_of_sale")
"""What has to be told on every lane from the customers up; a forecast is told on the last lane only."""


def information_findings(flow: Flow) -> Iterator[Finding]:
    """Return what is wrong with what a scenario shares.

    Parameters
    ----------
    flow : Flow
        The stocks of a scenario in which each has one source.
    """
    for index, lane in enumerate(flow.file.lanes):
        yield from _reports(flow, index, lane.share)
        if lane.share.forecast is not False:
            yield from _forecasters(flow, index)
    for key in flow.keys:
        policy = flow.stock(key).policy
        if policy is None or flow.file.nodes[key[0]].kind == "supplier":
            continue
        if policy.decided_by_supplier:
            yield from _managed(flow, key)
        for kind in _FROM_EVERYONE_BELOW:
            if kind in policy.needs():
                yield from _not_told(flow, key, kind)
        if "forecast" in policy.needs():
            yield from _no_forecast(flow, key)


def _reports(flow: Flow, index: int, share: Share) -> Iterator[Finding]:
    """Refuse more reports than any machine could write."""
    for kind in Share.model_fields:
        report = getattr(share, kind)
        if not isinstance(report, Report) or isinstance(report.interval, str):
            continue
        path = ("lanes", index, "share", kind, "interval")
        if flow.file.time.horizon / report.interval > MOST_REPORTS:
            found = f"about {flow.file.time.horizon / report.interval:.1g} reports in the run"
            yield Finding(path, found, f"at most {MOST_REPORTS:.0e}", "Lengthen the interval.")


def _forecasters(flow: Flow, index: int) -> Iterator[Finding]:
    lane = flow.file.lanes[index]
    for product in sorted(flow.cargo.carried[index]):
        policy = flow.stock((lane.destination, product)).policy
        if policy is not None and not policy.forecasts:
            yield Finding(
                ("lanes", index, "share", "forecast"),
                f"a forecast of {product} from {lane.destination}, whose policy {_kind(policy)} does not forecast",
                "a policy that forecasts there",
                "Use order_up_to, for example, or do not share a forecast.",
            )


def _managed(flow: Flow, key: Key) -> Iterator[Finding]:
    name, product = key
    lanes = flow.lanes_into.get(key)
    if not lanes or product in flow.file.nodes[name].make:
        path = ("nodes", name, "stock", product, "policy")
        found = f"vendor-managed {product} at {name}, which makes it"
        yield Finding(path, found, "a supplier that decides, at the other end of a lane", "Use another kind of policy.")
        return
    lane = flow.file.lanes[lanes[0]]
    for kind in ("stock", "pipeline") if len(lanes) == 1 else ():
        if getattr(lane.share, kind) is False:
            what = "its stock" if kind == "stock" else "what it has received"
            yield _missing(
                lanes[0], kind, f"{name} that does not tell {lane.origin} {what} of {product}", (name, product)
            )


def _not_told(flow: Flow, key: Key, kind: str) -> Iterator[Finding]:
    """Find every lane below a stock that does not share a kind of information."""
    what = "its stock of {}" if kind == "stock" else "how much {} customers buy"
    waiting, seen = [key], {key}
    while waiting:
        name, product = waiting.pop()
        for index, lane in enumerate(flow.file.lanes):
            if lane.origin == name and product in flow.cargo.carried[index] and not lane.lateral:
                waiting += _new((lane.destination, product), seen)
                if getattr(lane.share, kind) is False:
                    found = f"{lane.destination} that does not tell {name} {what.format(product)}"
                    yield _missing(index, kind, found, key)
        for made, make in flow.file.nodes[name].make.items():
            if product in make.components:
                waiting += _new((name, made), seen)


def _new(key: Key, seen: set[Key]) -> list[Key]:
    found = [] if key in seen else [key]
    seen.add(key)
    return found


def _no_forecast(flow: Flow, key: Key) -> Iterator[Finding]:
    name, product = key
    node = flow.file.nodes[name]
    path = ("nodes", name, "stock", product, "policy", "forecast")
    expected = "customers that all tell their forecasts"
    if product in node.demand:
        found = f"customer_forecast for {product} at {name}, where end customers buy"
        yield Finding(path, found, expected, "They tell none: forecast the point_of_sale or the orders.")
    for index, lane in enumerate(flow.file.lanes):
        is_told = lane.lateral or lane.share.forecast is not False
        if lane.origin == name and product in flow.cargo.carried[index] and not is_told:
            found = f"{lane.destination} that does not tell {name} its forecast of {product}"
            yield _missing(index, "forecast", found, key)
    for made, make in node.make.items():
        policy = flow.stock((name, made)).policy
        if product in make.components and policy is not None and not policy.forecasts:
            found = f"customer_forecast for {product} at {name}, of which {made} is made without a forecast"
            yield Finding(path, found, expected, f"Give {made} at {name} a policy that forecasts.")


def _missing(index: int, kind: str, found: str, key: Key) -> Finding:
    expected = f"`share: {{{kind}: true}}` on this lane, for the policy of {key[1]} at {key[0]}"
    return Finding(("lanes", index, "share", kind), found, expected)


def _kind(policy: Policy) -> str:
    return str(getattr(policy, "kind", type(policy).__name__))
