"""A chain of Willems (2008) as a scenario: stages become nodes, arcs become lanes and bills of materials.

The 19 chains of Willems, S. P. (2008), "Data Set: Real-World Multiechelon Supply Chains Used for Inventory
Optimization", Manufacturing & Service Operations Management 10(1), 19-23, doi 10.1287/msom.1070.0176, come as two CSV
tables each. Every decision of the mapping is in docs/how-to/import-willems.md.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scmsim.errors import UsageError
from scmsim.importers.willems_chain import Chain, StageTime, clipped_moments, stated_moments
from scmsim.importers.willems_tables import Stage, Tables, read_tables
from scmsim.importers.yaml_text import render

CARRIERS = {"Trans": "warehouse", "Dist": "distributor", "Retail": "retailer"}
SEGMENTS = {"Part": "upstream", "Manuf": "internal", "Trans": "internal", "Dist": "downstream", "Retail": "downstream"}
MOMENTS = {"normal": clipped_moments, "gamma": stated_moments}
DEMANDS = {"normal": {"kind": "normal", "minimum": 0}, "gamma": {"kind": "gamma"}}
DAYS_PER_YEAR = 365.0
HORIZON = 365.0
SOURCE = """\
source: Willems, S. P. (2008), Data Set: Real-World Multiechelon Supply Chains Used for Inventory Optimization,
Manufacturing & Service Operations Management 10(1), 19-23, doi 10.1287/msom.1070.0176 (to be cited with any result)"""
MAPPING = """\
mapping: a stage that makes, or that joins several parts, is a factory (lead time: stage time); the others move what
they receive (lane lead time: stage time). Each stage orders up to mean x L + z x sqrt(L x sd^2 + mean^2 x sdL^2)
for its own stage time L and the pooled demand it feeds, and starts with that much on hand; parts pass straight
through a factory (base stock 0)."""


@dataclass(frozen=True, kw_only=True)
class _Choices:
    """What the data leave open: money per money and year, a probability, the kind of demand."""

    holding_rate: float
    service_level: float
    demand: str


def import_willems(
    stages: Path,
    arcs: Path,
    *,
    name: str | None = None,
    holding_rate: float = 0.25,
    service_level: float = 0.95,
    demand: str = "normal",
) -> str:
    """Turn a chain's stage table and arc table into the text of a scenario file.

    Parameters
    ----------
    stages, arcs : Path
        ``NN_SD.csv`` and ``NN_LL.csv``.
    name : str, optional
        The scenario's name; by default made from the file's.
    holding_rate : float
        Cost of holding stock, in money per money of its value and year.
    service_level : float
        For stages that state none: the probability of no stock-out during the stage time.
    demand : {"normal", "gamma"}
        Which distribution takes the stated mean and standard deviation. A normal is clipped at 0, which lifts its mean
        where it varies much; a gamma keeps both.

    Returns
    -------
    str
        A scenario in YAML.

    Raises
    ------
    UsageError
        A file cannot be opened, or an option is out of its range.
    ScenarioError
        Everything that is wrong in the two tables, with file and line.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     stages, arcs = Path(folder, "stages.csv"), Path(folder, "arcs.csv")
    ...     _ = stages.write_text(
    ...         "Stage Name,stageCost,stageClassification,avgDemand,stdDevDemand,stageTime\\n"
    ...         "Grower,2,Part,,,4\\n"
    ...         "Shop,1,Retail,10,2,1\\n"
    ...     )
    ...     _ = arcs.write_text("sourceStage,destinationStage\\nGrower,Shop\\n")
    ...     text = import_willems(stages, arcs, name="apples")
    >>> print(text[text.index("lanes:"):], end="")
    lanes: [{from: Grower, to: Shop, lead_time: 1, unit_cost: 1}]
    """
    choices = _Choices(holding_rate=holding_rate, service_level=service_level, demand=demand)
    _check(choices)
    tables = read_tables(stages, arcs)
    chain = Chain(tables.stages, tables.arcs, MOMENTS[demand])
    title = name or f"willems-{stages.stem.removesuffix('_SD')}"
    return _header(title, (stages, arcs), tables, chain, choices) + render(_document(title, tables, chain, choices))


def _check(choices: _Choices) -> None:
    if not 0 <= choices.holding_rate < math.inf:
        raise UsageError(f"the holding rate is at least 0 a year, not {choices.holding_rate:g}")
    if not 0 < choices.service_level < 1:
        raise UsageError(f"the service level lies between 0 and 1, not at {choices.service_level:g}")
    if choices.demand not in MOMENTS:
        raise UsageError(f"the demand is {' or '.join(MOMENTS)}, not {choices.demand!r}")


def _header(title: str, files: tuple[Path, Path], tables: Tables, chain: Chain, choices: _Choices) -> str:
    says = [
        f"{' '.join(title.split())}: {len(tables.stages)} stages, {len(tables.arcs)} arcs",
        "imported from " + " and ".join(" ".join(file.name.split()) for file in files),
        *SOURCE.splitlines(),
        "",
        *MAPPING.splitlines(),
        f"chosen, not in the data: holding a unit for a year costs {choices.holding_rate:g} of the value added so far;",
        f"service level {choices.service_level:g} where none is stated",
        *(f"note: {note}" for note in (*tables.notes, *_service_time_notes(tables), *chain.notes())),
    ]
    return "".join(f"# {line}\n" if line else "\n" for line in says)


def _service_times(tables: Tables) -> list[float]:
    return sorted({stage.service_time for stage in tables.stages.values() if stage.service_time is not None})


def _service_time_notes(tables: Tables) -> list[str]:
    times = _service_times(tables)
    if len(times) < 2:
        return []
    return [f"maxServiceTime differs ({', '.join(f'{time:g}' for time in times)} days), so on_time_in_full allows none"]


def _document(title: str, tables: Tables, chain: Chain, choices: _Choices) -> dict[str, Any]:
    times = _service_times(tables)
    warm_up = min(math.ceil(max(stage.time for stage in tables.stages.values())), HORIZON // 2)
    return {
        "scmsim": 1,
        "name": title,
        "time": {"unit": "day", "horizon": HORIZON, "warm_up": warm_up},
        "measures": {"on_time_in_full": {"late": times[0] if len(times) == 1 else 0}},
        "products": {maker: {"value": _rounded(chain.value(maker))} for maker in chain.makers},
        "defaults": {"stock": {"policy": {"kind": "base_stock", "level": 0}}, "demand": DEMANDS[choices.demand]},
        "nodes": {stage.name: _node(stage, chain, choices) for stage in tables.stages.values()},
        "lanes": [_lane(arc, chain) for arc in tables.arcs],
    }


def _node(stage: Stage, chain: Chain, choices: _Choices) -> dict[str, Any]:
    makes = stage.name in chain.makers
    node: dict[str, Any] = {"kind": "factory" if makes else CARRIERS[stage.kind]}
    if makes and SEGMENTS[stage.kind] != "internal":
        node["segment"] = SEGMENTS[stage.kind]
    if stage.position is not None:
        node["position"] = list(stage.position)
    product = chain.product(stage.name)
    if makes:
        node["make"] = {product: _make(stage, chain)}
    node["stock"] = _stocks(stage, chain, choices)
    if stage.demand is not None:
        node["demand"] = {product: _demand(*stage.demand)}
    return node


def _make(stage: Stage, chain: Chain) -> dict[str, Any]:
    parts = {chain.product(source): 1 for source in chain.sources(stage.name)}
    return _said(lead_time=_duration(stage), components=parts, unit_cost=_rounded(stage.cost, 12))


def _stocks(stage: Stage, chain: Chain, choices: _Choices) -> dict[str, Any]:
    def cost(at: str) -> float:
        return _rounded(chain.value(at) * choices.holding_rate / DAYS_PER_YEAR)

    level = _rounded(chain.level(stage.name, stage.service_level or choices.service_level))
    stocks = {chain.product(stage.name): _said(initial=level, holding_cost=cost(stage.name), policy={"level": level})}
    if stage.name in chain.makers:
        stocks |= {chain.product(source): _said(holding_cost=cost(source)) for source in chain.sources(stage.name)}
    return stocks


def _lane(arc: tuple[str, str], chain: Chain) -> dict[str, Any] | str:
    source, destination = arc
    stage = chain.stages[destination]
    said = {} if destination in chain.makers else _said(lead_time=_duration(stage), unit_cost=_rounded(stage.cost, 12))
    if not said and not any(mark in name for name in arc for mark in (">", "\n")):
        return f"{source} -> {destination}"
    return {"from": source, "to": destination, **said}


def _demand(mean: float, sd: float) -> dict[str, Any]:
    return {"mean": mean, "sd": sd} if sd > 0 else {"kind": "constant", "value": mean}


def _duration(stage: Stage) -> float | dict[str, Any]:
    """Give the stage time: its listed outcomes, else a gamma with its mean and sd, else the number."""
    if len(stage.outcomes) > 1:
        return {
            "dist": "discrete",
            "values": [value for value, _ in stage.outcomes],
            "weights": [_rounded(share, 12) for _, share in stage.outcomes],
        }
    time = StageTime.of(stage)
    if time.sd > 0 and time.mean > 0:
        return {"dist": "gamma", "mean": time.mean, "sd": time.sd}
    return time.mean


def _said(**values: Any) -> dict[str, Any]:
    """Leave out what is zero or empty: the schema's defaults."""
    return {key: value for key, value in values.items() if isinstance(value, Mapping) and value or value not in (0, {})}


def _rounded(value: float, digits: int = 6) -> float:
    return float(f"{value:.{digits}g}")
