"""Safety stock by the shift method: how far a level has to move, read off what happened at another level.

While what is short is backordered, raising a level by some units raises net stock by as many units at every instant,
and changes no order. So one run says what every other level would have given: the chance of no shortage is a quantile
of net stock, and the fill rate follows instant by instant. Where levels upstream change too, or sales are lost, net
stock does not move exactly alike, and the reading is repeated at the new levels until it stays.

Source: the shortfall of Glasserman and Tayur (1995), Sensitivity analysis for base-stock levels in multiechelon
production-inventory systems, Management Science 41(2); the shift of safety stock by a quantile: Boulaksil (2016),
Safety stock placement in supply chains with demand forecast updates, Operations Research Perspectives 3.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, NamedTuple, Unpack

import numpy as np

from scmsim.errors import UsageError
from scmsim.experiments.chance import involves_chance
from scmsim.experiments.changes import dotted
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.dispatch import draws
from scmsim.experiments.keywords import only_known, whole
from scmsim.experiments.measures import chosen
from scmsim.experiments.replicate.replicate import Chance
from scmsim.experiments.safety_stock.net_stock import READINGS, Sample, sampled
from scmsim.experiments.statistics.estimates import estimate
from scmsim.policies.base import Policy
from scmsim.scenario.network import FromProduction, Network, Point
from scmsim.scenario.scenario import Scenario
from scmsim.words import counted, number, with_trust

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS, ROUNDS, EXCESS = 10, 8, 3.0
"""Runs that are read; how often at most; how many times its lead time's demand a stock has in excess at first."""
_NEAR = 1e-3
EVENTS = {
    "fill_rate": "instants with demand",
    "period_service_level": "periods with demand",
    "cycle_service_level": "replenishment cycles",
    "ready_rate": "stretches of time with the same stock",
}
"""What a service is seen in, by its measure."""
SHIFTED = (("level",), ("minimum", "maximum"), ("reorder_point",), ("safety_stock",), ("target",))
"""Parameters of a policy that move net stock by what they are moved themselves; the first that it has."""


class Levelled(NamedTuple):
    """A stock whose level is sought.

    Its place, the parameters that move, those from which they were computed, and the units they have moved so far.
    """

    point: Point
    keys: tuple[str, ...]
    computed: tuple[str, ...] = ()
    shift: float = 0.0

    @property
    def path(self) -> str:
        """The path of its policy."""
        return dotted(("nodes", self.point.node, "stock", self.point.product, "policy"))

    def levels(self) -> dict[str, float]:
        """Return the parameters as they are now."""
        return {key: _tidy(float(getattr(self.point.policy, key)) + self.shift) for key in self.keys}

    def overrides(self) -> Iterator[str]:
        """Give the changes, the stock at the start among them."""
        yield from (f"{self.path}.{key}=" for key in self.computed)
        yield from (f"{self.path}.{key}={value!r}" for key, value in self.levels().items())
        yield f"{self.path.removesuffix('.policy')}.initial={_tidy(self.point.initial + self.shift)!r}"


def _tidy(value: float) -> float:
    return int(value) if float(value).is_integer() else float(f"{value:.8g}")


@dataclass(frozen=True, eq=False, repr=False)
class SafetyStock:
    """Levels that give a target service, and what they give.

    Attributes
    ----------
    metric, target
        What was asked for.
    levels : DataFrame
        One row per stock and parameter: ``node``, ``product``, ``parameter``, ``before``, ``after``, ``achieved`` (the
        metric on fresh replications) and its ``half_width``.
    overrides : tuple of str
        The changes, to paste after ``--set``; the stock at the start moves with the level.
    rounds : int
        How many times the scenario was read.
    chance : bool
        Whether anything in the scenario is left to chance.
    replications : int
        How many runs the levels are read off.
    seen : int
        How many events (`EVENTS`) these runs have, of the stock that has fewest.
    """

    metric: str
    target: float
    levels: "pd.DataFrame"
    overrides: tuple[str, ...]
    rounds: int
    chance: bool = True
    replications: int = 1
    seen: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer in words."""
        rows = [
            f"{row['product']} at {row['node']}: {row['parameter']} {number(row['before'])} -> {number(row['after'])}; "
            f"{self.metric} {self._achieved(row['achieved'], row['half_width'])}."
            for row in self.levels.to_dict("records")
        ]
        runs = counted(self.replications, "replication") if self.chance else "one run"
        times = runs if self.rounds == 1 else f"{runs} {self.rounds} times, each time at the levels of the time before"
        certain = (
            "Nothing in this scenario is left to chance: one run says all, and these levels cover the demand and the "
            "lead times as they stand there, and no others. To guard against chance, give the demand or the lead times "
            "a distribution."
        )
        said = f"Levels for {self.metric} {self._target}, read off {times}."
        return (*rows, said) if self.chance else (*rows, said, certain)

    @property
    def cautions(self) -> tuple[str, ...]:
        """Where fresh replications show another service than the target, and whether it could be seen at all."""
        if not self.chance:
            return ()
        said, needed = [], math.ceil(1 / (1 - self.target) - 1e-6)
        if self.seen < needed:
            said.append(
                f"The runs that were read have {self.seen:,} {EVENTS[self.metric]}: a service of {self._target} cannot "
                f"be told from 1 in fewer than {needed:,}. Use more replications, or a longer time.horizon"
            )
        for row in self.levels.drop_duplicates(["node", "product"]).to_dict("records"):
            mean, width = row["achieved"], row["half_width"]
            if not abs(mean - self.target) > width or (mean > self.target and self.seen < needed):
                continue
            how = "miss the target" if mean < self.target else "are above the target"
            said.append(
                f"{row['product']} at {row['node']}: fresh replications {how} of {self._target}: {self.metric} "
                f"{with_trust(mean, width)}. More replications, or a longer time.horizon, place the level more exactly"
            )
        return tuple(said)

    @property
    def _target(self) -> str:
        return np.format_float_positional(self.target, trim="-")

    def _achieved(self, mean: float, width: float) -> str:
        return f"{with_trust(mean, width)} on fresh replications" if self.chance else f"{number(mean)} with them"

    def to_yaml(self) -> str:
        """Write the changes as a variant for a scenario file's ``experiments.compare``."""
        pairs = [text.rsplit("=", 1) for text in self.overrides]
        lines = "".join(f"        '{path}': {value}\n" for path, value in pairs)
        return f"experiments:\n  compare:\n    policies:\n      {self.metric}-{self._target}:\n{lines}"

    def __repr__(self) -> str:
        return f"<SafetyStock: {self.metric} {self._target}, {len(self.levels)} levels>"

    def _repr_html_(self) -> str:
        words = (*self.sentences, *(f"{caution}." for caution in self.cautions))
        said = "".join(f"<li>{escape(sentence)}</li>" for sentence in words)
        return f"<ul>{said}</ul>\n{self.levels.to_html(index=False, escape=True)}"


def safety_stock(
    scenario: Scenario,
    *,
    metric: str,
    target: float,
    nodes: Sequence[str] = (),
    replications: int = REPLICATIONS,
    **chance: Unpack[Chance],
) -> SafetyStock:
    """Find the levels with which every stock gives a target service, by the shift method.

    Parameters
    ----------
    scenario : Scenario
        The network with its policies; the parameters that are levels are moved, everything else stays.
    metric : str
        ``fill_rate``, ``period_service_level``, ``cycle_service_level`` or ``ready_rate``.
    target : float
        Between 0 and 1, both excluded.
    nodes : sequence of str
        Whose stocks; those that serve end customers unless given.
    replications : int
        How many runs are read; one where nothing is left to chance.
    **chance
        ``seed``, ``where`` and ``workers``, as for `scmsim.experiments.replicate.replicate.replicate`.

    Returns
    -------
    SafetyStock

    Raises
    ------
    UsageError
        There is no such node or metric, or a stock's policy has no level that can be moved.

    Examples
    --------
    Snyder and Shen, example 4.4: base stock for 95 % of the periods, 250 + 1.645 × 8 × √5 = 279.4.

    >>> import scmsim as sc
    >>> stand = sc.load("src/scmsim/verification/scenarios/s02_base_stock.yaml").set("time.horizon=300")
    >>> found = safety_stock(stand, metric="period_service_level", target=0.95)
    >>> bool(276 < found.levels["after"].iloc[0] < 283)
    True
    """
    only_known(safety_stock, chance, Chance)
    if metric not in READINGS:
        raise UsageError(f"no target can be set for {metric!r}: expected one of {', '.join(READINGS)}")
    if not 0 < target < 1:
        raise UsageError(f"the target of {metric}: found {target:g}; expected a number between 0 and 1, both excluded")
    replications = whole("replications", replications, least=1)
    given, where, workers = chance.get("seed"), chance.get("where"), chance.get("workers")
    seed = scenario.file.run.seed if given is None else given
    uncertain = involves_chance(scenario.network)
    replications = replications if uncertain else 1
    stocks = [each._replace(shift=_excess(scenario.network, each.point)) for each in _wanted(scenario, nodes)]
    stocks, rounds, seen = _found(scenario, stocks, (metric, target), (seed, replications))
    changes = tuple(text for each in stocks for text in each.overrides())
    names = [f"{metric}@{each.point.node}/{each.point.product}" for each in stocks]
    measures = chosen(scenario.network, names)
    fresh = range(replications + 1, 3 * replications + 2) if uncertain else range(1, 2)
    figures = draws([(Blueprint.of(scenario), changes)], measures, fresh, seed=seed, where=where, workers=workers)[0]
    means, widths, _ = estimate(figures)
    trust = widths.tolist() if uncertain else [0.0] * len(widths)
    levels = _frame(stocks, means.tolist(), trust)
    return SafetyStock(metric, target, levels, changes, rounds, uncertain, replications, seen)


def _wanted(scenario: Scenario, nodes: Sequence[str]) -> list[Levelled]:
    network = scenario.network
    strange = [name for name in nodes if name not in network.nodes]
    if strange:
        raise UsageError(f"no node {strange[0]!r}; the nodes are {', '.join(network.nodes)}")
    points = [
        point
        for point in network.points
        if not point.unlimited and (point.node in nodes if nodes else bool(point.demands))
    ]
    if not points:
        raise UsageError(f"{', '.join(nodes) or 'no node'}: no stock there whose level could be moved")
    return [Levelled(point, _keys(point), _computed_from(scenario, point)) for point in points]


def _computed_from(scenario: Scenario, point: Point) -> tuple[str, ...]:
    """Return the parameters of a policy that stand in the file in place of its levels."""
    stock = scenario.file.nodes[point.node].stock.get(point.product)
    written = getattr(stock, "policy", None)
    return tuple(
        key for key in ("service_level", "fill_rate", "safety_factor") if getattr(written, key, None) is not None
    )


def _keys(point: Point) -> tuple[str, ...]:
    policy: Policy | None = point.policy
    if getattr(policy, "position", "local") == "local":
        for keys in SHIFTED:
            if all(isinstance(getattr(policy, key, None), int | float) for key in keys):
                return keys
    kind = getattr(policy, "kind", "none")
    raise UsageError(
        f"{point.product} at {point.node}: the shift method needs a policy with a local level "
        f"({', '.join(key for keys in SHIFTED for key in keys)}), found one of kind {kind}"
    )


def _excess(network: Network, point: Point) -> float:
    """Return units that make a shortage unlikely in the first run."""
    means = [demand.model.moments() for demand in point.demands]
    rate = sum(moments[0] for moments in means if moments is not None)
    base = max((abs(float(getattr(point.policy, key))) for key in _keys(point)), default=0.0)
    return float(math.ceil(EXCESS * max(rate, base, 1.0)))


def _found(
    scenario: Scenario, stocks: list[Levelled], wanted: tuple[str, float], runs: tuple[int, int]
) -> tuple[list[Levelled], int, int]:
    """Read and move until nothing moves any more; tell how often that was, and in how many events service was seen."""
    reading, target = READINGS[wanted[0]], wanted[1]
    for turn in range(1, ROUNDS + 1):
        changed = scenario.set(*(text for each in stocks for text in each.overrides()))
        samples = sampled(changed.network, [each.point.index for each in stocks], *runs)
        moves = [_whole(each, samples[each.point.index], reading(samples[each.point.index], target)) for each in stocks]
        stocks = [each._replace(shift=each.shift + move) for each, move in zip(stocks, moves, strict=True)]
        if turn > 1 and all(
            abs(move) <= _NEAR * max(1.0, abs(each.shift)) for each, move in zip(stocks, moves, strict=True)
        ):
            break
        if turn == 1 and _is_exact(scenario.network, stocks, samples):
            break
    return stocks, turn, min(_events(sample, wanted[0]) for sample in samples.values())


def _events(sample: Sample, metric: str) -> int:
    seen = {
        "fill_rate": sample.asked,
        "period_service_level": sample.periods,
        "cycle_service_level": sample.cycles,
        "ready_rate": sample.states,
    }
    return len(seen[metric])


def _whole(each: Levelled, sample: Sample, move: float) -> float:
    """Round a move up to whole units where only whole units are ever asked for."""
    counted = sample.is_whole and all(float(value).is_integer() for value in each.levels().values())
    return math.ceil(move - 1e-9) if counted else move


def _is_exact(network: Network, stocks: Sequence[Levelled], samples: Mapping[int, Sample]) -> bool:
    """Whether one reading is enough: nothing is lost, and no stock supplies another whose level moved."""
    moved = {each.point.index for each in stocks}
    suppliers = {way.supplier for each in stocks for way in each.point.regular}
    made = any(isinstance(each.point.source, FromProduction) for each in stocks)
    return not (moved & suppliers) and not made and not any(sample.loses for sample in samples.values())


def _frame(stocks: Sequence[Levelled], achieved: Sequence[float], widths: Sequence[float]) -> "pd.DataFrame":
    import pandas as pd

    rows = [
        {
            "node": each.point.node,
            "product": each.point.product,
            "parameter": key,
            "before": float(getattr(each.point.policy, key)),
            "after": float(value),
            "achieved": mean,
            "half_width": width,
        }
        for each, mean, width in zip(stocks, achieved, widths, strict=True)
        for key, value in each.levels().items()
    ]
    return pd.DataFrame(rows)
