"""Where a search begins: the scenario's own values, the textbook's, and those of guaranteed-service placement."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from scmsim.errors import ScmsimError
from scmsim.experiments.optimize.constraints import Limit
from scmsim.experiments.optimize.variables import Variable, value_in
from scmsim.experiments.safety_stock.placement import place_stock
from scmsim.policies.levels import critical_ratio
from scmsim.scenario.scenario import Scenario

USUAL_LEVELS = (0.9, 0.95, 0.99)
TEXTBOOK_KINDS = ("base_stock", "min_max", "reorder_point")
"""Policies whose levels follow from a service target."""

Start = tuple[str, tuple[float, ...]]
"""Where values come from, and one value per variable."""


def starts(scenario: Scenario, varied: Sequence[Variable], limits: Sequence[Limit] = ()) -> list[Start]:
    """Return good guesses, each once.

    The scenario's own values come first; then those that the normal approximation gives for several service levels
    (`scmsim.policies.targets`: newsvendor, economic order quantity); then the base stocks of guaranteed-service
    placement (`place_stock`). Values outside the ends are moved to them.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> newsvendor = load("scenarios/newsvendor.yaml")
    >>> level = Variable("nodes.stand.stock.paper.policy.level", 40, 80)
    >>> starts(newsvendor, [level])[:2]
    [('as it stands', (56.604,)), ('service_level 0.9', (60.2524,))]
    """
    own = [value_in(scenario, one.steps) for one in varied]
    found: dict[tuple[float, ...], str] = {}
    guesses: list[tuple[str, list[float | None]]] = [("as it stands", own)]
    guesses += _textbook(scenario, varied, limits)
    guesses += _placed(scenario, varied)
    for source, guess in guesses:
        if guess is not own and guess == own:
            continue
        values = tuple(
            one.rounded(_first(new, old, (one.low + one.high) / 2))
            for one, new, old in zip(varied, guess, own, strict=True)
        )
        found.setdefault(values, source)
    return [(source, values) for values, source in found.items()]


def _first(*numbers: float | None) -> float:
    return next(number for number in numbers if number is not None)


def _targets(scenario: Scenario, limits: Sequence[Limit]) -> Iterator[tuple[str, str]]:
    """Give service targets as (their name, how a policy says them)."""
    yield "service_level optimal", "service_level: optimal"
    for ratio in _critical(scenario):
        yield f"critical ratio {ratio:.4g}", f"service_level: {ratio!r}"
    for limit in limits:
        if limit.sense == ">=" and 0 < limit.bound < 1:
            kind = "fill_rate" if limit.measure.metric == "fill_rate" else "service_level"
            yield f"{kind} {limit.bound:g}", f"{kind}: {limit.bound:g}"
    for level in USUAL_LEVELS:
        yield f"service_level {level:g}", f"service_level: {level:g}"


def _stocks(scenario: Scenario, varied: Sequence[Variable]) -> dict[tuple[str, str], str]:
    """Return the kind of policy of every stock whose policy is varied and that has a textbook."""
    wanted = {(str(one.steps[1]), str(one.steps[3])) for one in varied if _is_policy(one)}
    kinds = {(point.node, point.product): getattr(point.policy, "kind", "") for point in scenario.network.points}
    return {key: kinds[key] for key in sorted(wanted) if kinds.get(key) in TEXTBOOK_KINDS}


def _is_policy(one: Variable) -> bool:
    steps = one.steps
    return len(steps) == 6 and (steps[0], steps[2], steps[4]) == ("nodes", "stock", "policy")


def _textbook(
    scenario: Scenario, varied: Sequence[Variable], limits: Sequence[Limit]
) -> Iterator[tuple[str, list[float | None]]]:
    stocks = _stocks(scenario, varied)
    for name, said in _targets(scenario, limits):
        levels: dict[tuple[str | int, ...], float] = {}
        for (node, product), kind in stocks.items():
            policy = f'nodes."{node}".stock."{product}".policy'
            with suppress(ScmsimError):
                changed = scenario.set(f"{policy}={{kind: {kind}, {said}}}")
                for one in varied:
                    if one.steps[:5] == ("nodes", node, "stock", product, "policy"):
                        value = value_in(changed, one.steps)
                        levels |= {} if value is None else {one.steps: value}
        if levels:
            yield name, [levels.get(one.steps) for one in varied]


def _placed(scenario: Scenario, varied: Sequence[Variable]) -> Iterator[tuple[str, list[float | None]]]:
    if not any(_is_policy(one) and one.steps[5] == "level" for one in varied):
        return
    for service in {0.95: None, **dict.fromkeys(_critical(scenario))}:
        with suppress(ScmsimError):
            levels = place_stock(scenario, service_level=service).levels
            guess = [
                levels.get(f"{one.steps[1]}/{one.steps[3]}") if _is_policy(one) and one.steps[5] == "level" else None
                for one in varied
            ]
            yield f"guaranteed service {service:.4g}", guess


def _critical(scenario: Scenario) -> Iterator[float]:
    """Give the critical ratio of the stocks that serve end customers, where it is the same for all."""
    with suppress(ValueError):
        facing = [point for point in scenario.network.points if point.demands and not point.unlimited]
        ratios = {critical_ratio(point.backorder_cost, point.holding_cost) for point in facing}
        yield from (ratio for ratio in ratios if len(ratios) == 1 and ratio >= 0.5)
