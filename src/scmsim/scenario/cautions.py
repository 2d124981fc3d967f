"""What a valid scenario says to no effect, or hardly means: warnings, with their places."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from scmsim.errors import Problem
from scmsim.inputs.distributions import Distribution
from scmsim.policies.base import Policy
from scmsim.policies.view import View
from scmsim.scenario.cautions_disruption import late_strikes
from scmsim.scenario.cautions_distribution import full_loads, unheeded_classes
from scmsim.scenario.cautions_share import OWN, unused_reports
from scmsim.scenario.cautions_supply import idle_supply
from scmsim.scenario.findings import Finding
from scmsim.scenario.located import Located
from scmsim.scenario.network import Lane, Network, Point, Sale
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.schema_money import Finance, Promotion, Terms
from scmsim.scenario.troubles import locate, ordered

Path = tuple[str | int, ...]
Looks = Iterator[tuple[Path, Finding | None]]
"""Places that were looked at, and what is to be said of them, if anything."""
SLACK = 1e-9


def cautions(file: ScenarioFile, network: Network, root: Located, main: str) -> tuple[Problem, ...]:
    """Return what can be run and is hardly meant, in the order of the file.

    What ``defaults`` say is mentioned only where it means nothing anywhere.

    Parameters
    ----------
    file, network : ScenarioFile, Network
        The scenario, valid.
    root : Located
        Where everything stands.
    main : str
        What messages call the file.
    """
    looks = [*unused_reports(file, network), *full_loads(network), *unheeded_classes(file, network)]
    looks += chain(idle_supply(file, network), late_strikes(file))
    if network.money is not None:
        looks += chain(_promotions(file), _finances(file), _late(file), _late_fees(file), _credit(file, network))
    meant = {root.nearest(path)[0].path for path, finding in looks if finding is None}
    found = [locate(root, finding) for _, finding in looks if finding is not None]
    kept = [trouble for trouble in found if (trouble.path or ())[:1] != ("defaults",) or trouble.path not in meant]
    return ordered(kept, main)


def _promotions(file: ScenarioFile) -> Looks:
    for index, lane in enumerate(file.lanes):
        yield from _outside(file, ("lanes", index, "promotions"), lane.promotions)
    for name, node in file.nodes.items():
        for product, sale in node.sales.items():
            yield from _outside(file, ("nodes", name, "sales", product, "promotions"), sale.promotions)


def _outside(file: ScenarioFile, path: Path, promotions: tuple[Promotion, ...]) -> Looks:
    start, end = file.time.start, file.time.start + file.time.horizon
    for position, promotion in enumerate(promotions):
        if promotion.until <= start or promotion.start >= end:
            found = f"a promotion from {promotion.start:g} until {promotion.until:g}, outside the run"
            expected = f"one within the run, which is from {start:g} to {end:g}"
            yield (*path, position), Finding((*path, position), found, expected)
        else:
            yield (*path, position), None


_UNLIMITED = "an `overdraft_limit`, too"
_NO_OVERDRAFT = "Write `overdraft_limit: 0` for no overdraft."


def _finances(file: ScenarioFile) -> Looks:
    bought: dict[str, list[Terms]] = defaultdict(list)
    for lane in file.lanes:
        if lane.price is not None or lane.prices:
            bought[lane.destination].append(lane.terms)
    for name, node in file.nodes.items():
        path: Path = ("nodes", name, "finance")
        finance = node.finance
        if finance is None or node.kind == "supplier":
            continue
        unlimited = finance.overdraft_limit is None
        if finance.limit_orders_to_cash:
            here = (*path, "limit_orders_to_cash")
            found = "`limit_orders_to_cash` where any amount may be owed to the bank, which limits no order"
            yield here, Finding(here, found, _UNLIMITED, _NO_OVERDRAFT) if unlimited else None
        if finance.insolvency != "ignore":
            here = (*path, "insolvency")
            found = "`insolvency` where any amount may be owed to the bank, which can never be"
            never = unlimited and not any(_is_late(terms, finance) for terms in bought[name])
            yield here, Finding(here, found, _UNLIMITED, _NO_OVERDRAFT) if never else None
        if finance.loan_rate:
            here = (*path, "loan_rate")
            yield here, None if finance.loan else Finding(here, "`loan_rate` without a loan", "a `loan`, too")


def _is_late(terms: Terms, finance: Finance) -> bool:
    """Tell whether the buyer's habit alone makes it insolvent."""
    return _mean(terms.late) > finance.grace and terms.discount is None and not terms.prepay


def _mean(time: float | Distribution) -> float:
    return time.mean_value if isinstance(time, Distribution) else time


def _late(file: ScenarioFile) -> Looks:
    """Find buyers who have the money and are declared insolvent, because they mean to pay late."""
    for index, lane in enumerate(file.lanes):
        finance, name = file.nodes[lane.destination].finance, lane.destination
        is_priced = lane.price is not None or lane.prices
        if is_priced and finance is not None and finance.insolvency != "ignore" and _is_late(lane.terms, finance):
            path, late = ("lanes", index, "terms", "late"), _mean(lane.terms.late)
            found = f"payments {late:g} late by {name}, which even with cash is then insolvent"
            hint = f"Set nodes.{name}.finance.grace to {late:g} or more."
            yield path, Finding(path, found, f"at most {finance.grace:g}, its `grace`", hint)


def _late_fees(file: ScenarioFile) -> Looks:
    for index, lane in enumerate(file.lanes):
        path: Path = ("lanes", index, "terms", "late_fee")
        finance = file.nodes[lane.destination].finance
        waits = lane.messages.invoice != 0 or file.nodes[lane.origin].clerks.billing is not None
        may_run_out = finance is not None and finance.overdraft_limit is not None
        expected = "`late`, or an `overdraft_limit` of the buyer"
        yield from _late_fee(path, lane.terms, expected, never_late=not (waits or may_run_out))
    for name, node in file.nodes.items():
        for product, sale in node.sales.items():
            path = ("nodes", name, "sales", product, "terms", "late_fee")
            yield from _late_fee(path, sale.terms, "`late`, too", never_late=True)


def _late_fee(path: Path, terms: Terms, expected: str, *, never_late: bool) -> Looks:
    if terms.late_fee:
        has_no_effect = never_late and terms.late == 0
        yield path, Finding(path, "`late_fee` of a buyer who never pays late", expected) if has_no_effect else None


def _credit(file: ScenarioFile, network: Network) -> Looks:
    points = {(point.node, point.product): point for point in network.points}
    for lane in network.lanes:
        for product, sale in sorted(lane.sales.items()):
            at_one_price = sale.price.amount is not None and len(points[lane.destination, product].ways) == 1
            if lane.credit_limit is not None and at_one_price:
                yield _one_order(lane, lane.credit_limit, points[lane.destination, product], sale, file)


def _one_order(lane: Lane, limit: float, point: Point, sale: Sale, file: ScenarioFile) -> tuple[Path, Finding | None]:
    path: Path = ("lanes", lane.index, "credit_limit")
    finance = file.nodes[point.node].finance
    is_cut = finance is not None and finance.limit_orders_to_cash and finance.overdraft_limit is not None
    lowest = (sale.price.amount or 0.0) * (1.0 - max((one.discount for one in sale.promotions), default=0.0))
    quantity = _known_order(point, is_cut=is_cut)
    owed = lowest * (1.0 - sale.terms.down_payment)
    if limit == 0 and owed > 0:
        found = f"0, with which no order of {point.product} for {point.node} is ever entered"
        return path, Finding(path, found, f"at least what an order is worth, or no `{path[-1]}`")
    value = quantity * owed
    if value <= limit * (1.0 + SLACK):
        return path, None
    found = f"{limit:g}, less than one order of {quantity:g} {point.product} for {point.node}"
    return path, Finding(path, found, f"at least {value:g}", "An order larger than the whole limit waits for good.")


def _known_order(point: Point, *, is_cut: bool) -> float:
    """Return the largest order of a stock that is known before the run; orders cut to cash can be smaller."""
    policy = point.policy
    if policy is None:
        return 0.0
    known = [policy.minimum_order, policy.order_multiple or 0.0]
    if not is_cut:
        known += [getattr(policy, "order_quantity", None) or 0.0, *getattr(policy, "orders", ()), *point.first_orders]
        known += _at_least(policy, point)
    return max(known)


def _at_least(policy: Policy, point: Point) -> Iterator[float]:
    """Return what a policy that goes by its own position alone orders at first, whatever is asked for, or each time."""
    if policy.forecasts or policy.needs() or policy.decided_by_supplier or not type(policy).__module__.startswith(OWN):
        return
    if not point.first_orders:
        coming = sum(quantity for _, quantity in (*point.shipments_due, *point.orders_mailed))
        yield policy.decide(policy.start(), View(net_stock=point.initial, on_order=coming, demand=0.0))[0]
    lowest, highest = (getattr(policy, name, None) for name in ("minimum", "maximum"))
    if lowest is not None and highest is not None:
        yield policy.shaped(highest - lowest)
