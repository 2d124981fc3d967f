"""Where the customers' money goes: the numbers behind the picture of the chain's income."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scmsim.metrics.money import LINES
from scmsim.report.answers import at_level, chain_figure
from scmsim.report.stages import data_stages

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result

EARNED = ("revenue", "late_fees_received", "discounts_received")
SPENT = ("cost_of_goods_sold", "late_fees_paid", "discounts_given")
"""The lines of income by which the stages of a chain deal with each other and with the customers."""

EXPENSES = tuple(line.name for line in LINES if line.name not in (*EARNED, *SPENT))
"""The other lines: what running a stage costs."""

CUSTOMERS, GOODS, PROFIT, LOSS, BUILT_UP, DRAWN_DOWN, VARIED, INCOME, OTHERS = (
    "customers",
    "cost of goods",
    "profit",
    "loss",
    "earned within the chain, still in stock",
    "earned within the chain before",
    "charged within the chain above standard cost",
    "income",
    "the other stages",
)
VARIANCE = "cost_variance_expense"
MOST_STAGES = 10
TINY = 1e-6

Ends = tuple[str, str]
"""A box of the picture: what it is (``"stage"``, ``"cost"``, ``"gain"``: a cost below 0, such as a tax that is paid
back, or one of the fixed words) and its name."""

Amounts = defaultdict[tuple[Ends, Ends], float]


@dataclass(frozen=True, slots=True)
class Flow:
    """Money that flows from one box to another."""

    source: Ends
    target: Ends
    amount: float


def data_income(result: "Result") -> list[Flow]:
    """Divide what end customers were sold into what each stage added, its costs and its profit.

    Left, the sales to customers (revenue, late fees, less discounts), paid or not yet. What a stage earned beyond the
    cost of the goods it sold flows to it and on to its costs and its profit; what the goods sold to customers had cost
    the chain flows to ``cost of goods``. Where what stages earned on goods that still lie in others' stock has grown,
    that is income that no customer was charged for yet; where it has shrunk, customers were charged for what was earned
    before. At standard cost, what stages paid each other above it is a cost variance of theirs and no cost of the
    chain. Everything that flows into a box flows out of it.

    Returns
    -------
    list of Flow
        Money of the measured time, a mean over replications; of more than ten stages those with the most, the others
        together.
    """
    lines = _by_node(result)
    margin = {node: _margin(line) for node, line in lines.items()}
    costs = {node: {name: line[name] for name in EXPENSES if line.get(name)} for node, line in lines.items()}
    stages = _shown(result, margin, costs)
    flows: Amounts = defaultdict(float)
    for name, end in stages.items():
        _divide(flows, end, margin.get(name, 0.0), costs.get(name, {}))
    varied = _varied(result, lines)
    growth = _unrealised(result, lines) - varied
    added = sum(max(0.0, amount) for amount in margin.values())
    _close(flows, _sold(result) - added + growth + varied, growth, varied)
    return [Flow(*ends, amount) for ends, amount in flows.items() if amount > TINY]


def profit_share(flows: list[Flow]) -> float | None:
    """Give the part of the sales to customers that the chain kept as profit, losses taken off; None without any sales.

    What its stages earned on goods that still lie in stock is not part of it, as no customer was charged for it.
    """
    sold = sum(flow.amount for flow in flows if flow.source[0] == CUSTOMERS)
    kept = sum(flow.amount for flow in flows if flow.target[0] in (PROFIT, DRAWN_DOWN))
    lost = sum(flow.amount for flow in flows if flow.source[0] in (LOSS, BUILT_UP))
    return (kept - lost) / sold if sold > TINY else None


def _by_node(result: "Result") -> dict[str, dict[str, float]]:
    """Give every node's lines of income."""
    rows = at_level(result.kpis, "node")
    rows = rows[rows["metric"].isin((*EARNED, *SPENT, *EXPENSES)) & rows["mean"].notna()]
    lines: dict[str, dict[str, float]] = {}
    for node, metric, mean in zip(rows["node"], rows["metric"], rows["mean"], strict=True):
        lines.setdefault(str(node), {})[str(metric)] = float(mean)
    return lines


def _margin(lines: Mapping[str, float]) -> float:
    """Give what trade brought beyond the cost of the goods sold."""
    return sum(lines.get(name, 0.0) for name in EARNED) - sum(lines.get(name, 0.0) for name in SPENT)


def _sold(result: "Result") -> float:
    """Give what end customers were charged: the chain's revenue and late fees, less the discounts given to them."""
    chain = {name: chain_figure(result, name).mean or 0.0 for name in ("revenue", "late_fees_received")}
    return sum(chain.values()) - (chain_figure(result, "discounts_given").mean or 0.0)


def _unrealised(result: "Result", lines: Mapping[str, Mapping[str, float]]) -> float:
    """Give by how much the nodes' gross margins are more than the chain's: the growth of what is unrealised."""
    gross = sum(line.get("revenue", 0.0) - line.get("cost_of_goods_sold", 0.0) for line in lines.values())
    chain = (chain_figure(result, name).mean or 0.0 for name in ("revenue", "cost_of_goods_sold"))
    growth = gross - next(chain) + next(chain)
    return growth if abs(growth) > TINY * abs(gross) else 0.0


def _varied(result: "Result", lines: Mapping[str, Mapping[str, float]]) -> float:
    """Give by how much the nodes' cost variances exceed the chain's: what they paid each other above standard."""
    own = sum(line.get(VARIANCE, 0.0) for line in lines.values())
    varied = own - (chain_figure(result, VARIANCE).mean or 0.0)
    return varied if abs(varied) > TINY * sum(abs(line.get("revenue", 0.0)) for line in lines.values()) else 0.0


def _shown(result: "Result", margin: dict[str, float], costs: dict[str, dict[str, float]]) -> dict[str, Ends]:
    """Give every stage its box, upstream last; of many stages the smallest share one."""
    spent = {name: sum(map(abs, lines.values())) for name, lines in costs.items()}
    sizes = {name: max(abs(margin.get(name, 0.0)), spent.get(name, 0.0)) for name in {**margin, **spent}}
    ranked = sorted(sizes, key=lambda name: (-sizes[name], name))
    kept = set(ranked if len(ranked) <= MOST_STAGES else ranked[: MOST_STAGES - 1])
    order = [name for name in reversed(data_stages(result)) if name in sizes]
    return {name: ("stage", name) if name in kept else (OTHERS, "") for name in order}


def _divide(flows: Amounts, stage: Ends, margin: float, costs: dict[str, float]) -> None:
    """Let a stage's margin flow to it, and on to its costs and its profit."""
    _add(flows, (CUSTOMERS, ""), stage, margin)
    _add(flows, stage, (GOODS, ""), -margin)
    for account, amount in costs.items():
        _add(flows, stage, ("cost", account), amount)
        _add(flows, ("gain", account), stage, -amount)
    left = margin - sum(costs.values())
    _add(flows, stage, (PROFIT, ""), left)
    _add(flows, (LOSS, ""), stage, -left)


def _add(flows: Amounts, source: Ends, target: Ends, amount: float) -> None:
    if amount > TINY:
        flows[source, target] += amount


def _close(flows: Amounts, goods: float, growth: float, varied: float) -> None:
    """Let what no stage added flow to the goods, and what stages earned from each other alone come in or go out."""
    _add(flows, (CUSTOMERS, ""), (GOODS, ""), goods)
    _add(flows, (CUSTOMERS, ""), (DRAWN_DOWN, ""), -growth)
    _add(flows, (CUSTOMERS, ""), (VARIED, ""), -varied)
    if max(growth, varied) <= TINY:
        return
    for source, target in [ends for ends in flows if ends[0] == (CUSTOMERS, "")]:
        flows[(INCOME, ""), target] = flows.pop((source, target))
    total = sum(amount for (source, _), amount in flows.items() if source == (INCOME, ""))
    _add(flows, (CUSTOMERS, ""), (INCOME, ""), total - max(growth, 0.0) - max(varied, 0.0))
    _add(flows, (BUILT_UP, ""), (INCOME, ""), growth)
    _add(flows, (VARIED, ""), (INCOME, ""), varied)
