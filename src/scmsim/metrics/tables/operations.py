"""The table of operations as people read it."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from scmsim.flows.operations import FIRST_STATE, KINDS
from scmsim.metrics.layout import Array, Index, Layout
from scmsim.scenario.network import FromProduction

Columns = dict[str, npt.NDArray[np.generic]]


def operations(layout: Layout, facts: Mapping[str, Array], case: Index) -> Columns:
    """Give the columns of the table of operations; ``case`` is that of every row."""
    resources = layout.network.resources
    point, resource = facts["point"].astype(np.int64), facts["resource"].astype(np.int64)
    numbers: Columns = {name: facts[name] for name in ("time", "quantity", "waiting")}
    return numbers | {
        "order": facts["order"].astype(np.int64),
        "case": case,
        "node": _names([one.node for one in resources], resource),
        "resource": _names([one.name for one in resources], resource),
        "machine": facts["machine"].astype(np.int64) + 1,
        "kind": _names(list(KINDS), facts["kind"].astype(np.int64)),
        "product": _names([*layout.products, None], np.where(point < 0, -1, layout.product[point])),
        "stage": _stages(layout, point, facts["stage"].astype(np.int64)),
        "job": facts["job"].astype(np.int64),
        "resumed": facts["resumed"] > 0.5,
        "overtime": facts["overtime"] > 0.5,
        "until": _until(layout, facts),
    }


def _stages(layout: Layout, point: Index, stage: Index) -> npt.NDArray[np.object_]:
    names: list[str | None] = []
    first = []
    for each in layout.network.points:
        first.append(len(names))
        route = each.source.route if isinstance(each.source, FromProduction) else None
        names += [one.name for one in route.stages] if route is not None else []
    place = np.where(point < 0, -1, np.array([*first, 0])[point] + stage)
    return _names([*names, None], place)


def _until(layout: Layout, facts: Mapping[str, Array]) -> Array:
    """Return when the state of a machine ends: with its next one, or with the run."""
    until = np.full(len(facts["time"]), np.nan)
    row = np.flatnonzero(facts["kind"] >= FIRST_STATE)
    machine = facts["resource"][row] * 1e6 + facts["machine"][row]
    order = np.argsort(machine, kind="stable")
    row, machine = row[order], machine[order]
    if len(row):
        is_last = np.append(machine[1:] != machine[:-1], True)
        until[row] = np.where(is_last, float(layout.end), np.append(facts["time"][row[1:]], 0.0))
    return until


def _names(names: list[str] | list[str | None], index: Index) -> npt.NDArray[np.object_]:
    return np.array([*names, None], dtype=object)[index]
