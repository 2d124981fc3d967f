"""Where a chain is fragile: every node and every lane is struck in turn, on the same random numbers."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import ScenarioError, UsageError
from scmsim.experiments.chance import involves_chance
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.dispatch import draws
from scmsim.experiments.keywords import only_known, whole
from scmsim.experiments.measures import Measure
from scmsim.experiments.run.run import loaded
from scmsim.experiments.statistics.estimates import estimate
from scmsim.experiments.statistics.tail import tail_mean
from scmsim.experiments.storage.report import write_report
from scmsim.experiments.stress.words import cautioned, told
from scmsim.metrics import CATALOGUE
from scmsim.scenario.scenario import Scenario
from scmsim.scenario.writing import written
from scmsim.ticks import TICKS

if TYPE_CHECKING:
    import pandas as pd

    from scmsim.experiments.execution.executors import Where

REPLICATIONS = 20
"""So many where nobody says how many and chance plays a part."""
NAME = "stress test"
"""What the disruption is called."""
TIMES = ("time_to_survive", "time_to_recover")
Array = NDArray[np.float64]


class Target(NamedTuple):
    """What is struck: a ``node`` or a ``lane``, and what it is called."""

    kind: str
    name: str


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Stress:
    """Where a chain is fragile.

    Attributes
    ----------
    scenario : Scenario
        What was struck.
    by : str
        The figure by which the impact is measured: ``profit``, ``total_cost`` or ``fill_rate``.
    at, lasts : float
        When each was struck, and for how long (time units).
    seed, replications : int
        What it rests on.
    share : float
        The share of the replications that are the bad ones.
    ranking : DataFrame
        One row per node and lane, the most fragile first: ``rank``, ``kind``, ``name``, ``impact`` (by how much the
        figure is worse than without, on average over replications), ``half_width`` of its 95 % interval, ``worst``
        replication, ``tail`` (mean of the bad ones), ``fill_rate_lost``, ``time_to_survive``, ``time_to_recover``, and
        why it could not be struck (``reason``; then there is no rank).
    sentences : tuple of str
        The answer in words; the first holds it.
    """

    scenario: Scenario
    by: str
    at: float
    lasts: float
    seed: int
    replications: int
    share: float
    ranking: "pd.DataFrame"
    sentences: tuple[str, ...]

    def write(self, folder: str | PathLike[str]) -> Path:
        """Write the ranking (CSV and JSON) and the page to a folder; files of these names are replaced."""
        from scmsim.experiments.storage.csvs import write

        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        write(self.ranking, target / "ranking.csv")
        (target / "stress.json").write_text(self.as_json() + "\n", encoding="utf-8", newline="\n")
        write_report(self, target / "report.html")
        return target

    def as_json(self) -> str:
        """Give everything as one JSON object; what is undefined is null."""
        from scmsim.words import known

        rows = [{key: known(value) for key, value in row.items()} for row in self.ranking.to_dict("records")]
        answer = {
            "scenario": self.scenario.name,
            "sha256": self.scenario.sha256,
            "by": self.by,
            "at": self.at,
            "lasts": self.lasts,
            "seed": self.seed,
            "replications": self.replications,
            "share": self.share,
            "ranking": rows,
            "sentences": list(self.sentences),
        }
        return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2)

    def __repr__(self) -> str:
        return f"<Stress: {self.scenario.name}, {len(self.ranking)} nodes and lanes by {self.by}>"


class Wishes(TypedDict, total=False):
    """What can be asked of a stress test, and where it is made.

    Parameters
    ----------
    at : float
        When each is struck (time units, on the run's clock); a quarter into the measured time unless given.
    lasts : float
        For how long (time units); a tenth of the measured time unless given.
    by : str
        The chain's figure that tells the impact; unless given, ``profit`` where money is counted, else ``total_cost``
        where anything has a cost, else ``fill_rate``.
    replications : int
        How many; as many as the file says unless given, and 20 where it says 1 and chance plays a part.
    seed : int
        Where chance begins; the scenario's own unless given.
    where, workers
        Where the work is done: `scmsim.experiments.execution.dispatch.run_batches`.
    progress : callable
        Called with (nodes and lanes done, in all).
    """

    at: float | None
    lasts: float | None
    by: str | None
    replications: int | None
    seed: int | None
    where: "Where"
    workers: int | None
    progress: Callable[[int, int], None] | None


def stress(scenario: Scenario | str | PathLike[str], **wishes: Unpack[Wishes]) -> Stress:
    """Strike every node and every lane of a scenario in turn, and say which of them costs most.

    A struck node ships, receives and makes nothing; over a struck lane nothing is shipped. All meet the same random
    numbers, those of the scenario as it stands, with which they are compared.

    Parameters
    ----------
    scenario : Scenario, str or path-like
        What to strike; a path is loaded first.
    **wishes
        ``at``, ``lasts``, ``by``, ``replications``, ``seed``, ``where``, ``workers``, ``progress``: see `Wishes`.

    Raises
    ------
    UsageError
        An argument is out of its range, or nothing can be struck.
    SimulationError
        A run failed.

    Examples
    --------
    >>> stress("scenarios/beer_game.yaml", lasts=2).ranking["kind"].value_counts().to_dict()
    {'node': 4, 'lane': 3}
    """
    only_known(stress, wishes, Wishes)
    scenario = loaded(scenario, "stress")
    begin, length = _when(scenario, wishes.get("at"), wishes.get("lasts"))
    seed = wishes.get("seed")
    trial = _Trial(
        base=Blueprint.of(scenario),
        figures=[_figure(scenario, wishes.get("by")), Measure("fill_rate")],
        replications=_number(scenario, wishes.get("replications")),
        seed=whole("seed", scenario.file.run.seed if seed is None else seed, least=0),
        wishes=wishes,
    )
    targets = list(_targets(scenario))
    changes = [_change(scenario, target, begin, length) for target in targets]
    reasons = [_reason(trial.base, change) for change in changes]
    if all(reasons):
        raise UsageError(f"{scenario.name}: nothing in it can be struck: {reasons[0]}")
    usual = trial.draw([()], trial.figures)[0]
    found = trial.struck({place: changes[place] for place, reason in enumerate(reasons) if not reason})
    share = scenario.file.measures.resilience.tail
    rows = [
        _row(target, reasons[place], _Losses(found[place], usual, trial.figures[0], share) if place in found else None)
        for place, target in enumerate(targets)
    ]
    ranking = _ranked(rows)
    return Stress(
        scenario=scenario,
        by=trial.figures[0].metric,
        at=begin,
        lasts=length,
        seed=trial.seed,
        replications=trial.replications,
        share=share,
        ranking=ranking,
        sentences=(*told(scenario, ranking, trial.figures[0].metric, length), *cautioned(scenario, usual[:, 1])),
    )


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """What is simulated, and where."""

    base: Blueprint
    figures: list[Measure]
    replications: int
    seed: int
    wishes: Wishes

    def draw(self, cases: Sequence[tuple[str, ...]], figures: Sequence[Measure]) -> Array:
        """Give figures of the scenario, changed in different ways: shape (cases, replications, figures)."""
        work = [(self.base, changes) for changes in cases]
        where, workers = self.wishes.get("where"), self.wishes.get("workers")
        return draws(work, figures, range(1, self.replications + 1), seed=self.seed, where=where, workers=workers)

    def struck(self, changes: dict[int, str]) -> dict[int, Array]:
        """Give the figures of each change, and the times to survive and to recover."""
        found: dict[int, Array] = {}
        progress = self.wishes.get("progress")
        for part in _parts(list(changes)):
            drawn = self.draw([(changes[place],) for place in part], [*self.figures, *map(Measure, TIMES)])
            found |= dict(zip(part, drawn, strict=True))
            if progress:
                progress(len(found), len(changes))
        return found


class _Losses(NamedTuple):
    """The figures with a stop and without it, by which of them the impact is measured, and the share of bad ones."""

    drawn: Array
    usual: Array
    by: Measure
    share: float


def _when(scenario: Scenario, at: float | None, lasts: float | None) -> tuple[float, float]:
    calendar = scenario.network.calendar
    measured = (calendar.end - calendar.warm) / TICKS
    first, end = calendar.start / TICKS, calendar.end / TICKS
    begin = float(round(calendar.warm / TICKS + measured / 4)) if at is None else float(at)
    length = float(max(1, round(measured / 10))) if lasts is None else float(lasts)
    begin = min(max(begin, first), end) if at is None else begin
    if not first <= begin < end:
        raise UsageError(f"at must lie in the run, from {first:g} to below {end:g}, not {begin:g}")
    if not 0 < length <= 1e9:
        raise UsageError(f"lasts must be above 0, not {length:g}")
    return begin, length


def _figure(scenario: Scenario, by: str | None) -> Measure:
    from scmsim.experiments.measures import measures

    network = scenario.network
    if by is None:
        has_costs = Measure("total_cost") in measures(network, ["total_cost"])
        costly = any(p.holding_cost or p.backorder_cost or p.order_cost or p.purchase_cost for p in network.points)
        by = "profit" if network.money is not None else "total_cost" if has_costs and costly else "fill_rate"
    if by not in CATALOGUE or CATALOGUE[by].better is None:
        raise UsageError(f"by must be a figure of which more or less is better (profit, total_cost, ...), not {by!r}")
    if Measure(by) not in measures(network, [by]):
        raise UsageError(f"there is no {by} of the whole chain in {scenario.name}")
    return Measure(by)


def _number(scenario: Scenario, replications: int | None) -> int:
    own = scenario.file.run.replications
    usual = own if own > 1 or not involves_chance(scenario.network) else REPLICATIONS
    return whole("replications", usual if replications is None else replications, least=1)


def _targets(scenario: Scenario) -> Iterator[Target]:
    file = scenario.file
    yield from (Target("node", name) for name in sorted(file.nodes))
    lanes = dict.fromkeys((lane.origin, lane.destination) for lane in file.lanes if not lane.returns)
    yield from (Target("lane", f"{origin} -> {destination}") for origin, destination in sorted(lanes))


def _change(scenario: Scenario, target: Target, at: float, lasts: float) -> str:
    times = [{"at": at, "lasts": lasts}]
    blow = {"of": {target.kind: target.name}, "when": {"kind": "dates", "times": times}}
    own = {name: written(said) for name, said in scenario.file.disruptions.items()}
    name = next(name for name in (NAME, *(f"{NAME} {number}" for number in range(2, len(own) + 3))) if name not in own)
    return f"disruptions={json.dumps({**own, name: blow}, ensure_ascii=False)}"


def _reason(base: Blueprint, change: str) -> str:
    """Return why something cannot be struck; nothing where it can."""
    try:
        base.scenario([change])
    except ScenarioError as error:
        return "; ".join(dict.fromkeys(problem.found for problem in error.problems))
    return ""


def _parts(going: Sequence[int], size: int = 8) -> Iterator[Sequence[int]]:
    for first in range(0, len(going), size):
        yield going[first : first + size]


def _row(target: Target, reason: str, losses: _Losses | None) -> dict[str, Any]:
    row: dict[str, Any] = {"rank": None, "kind": target.kind, "name": target.name}
    nothing = float("nan")
    if losses is None:
        names = ("impact", "half_width", "worst", "tail", "fill_rate_lost", *TIMES)
        return row | dict.fromkeys(names, nothing) | {"reason": reason}
    drawn, usual = losses.drawn, losses.usual
    sign = -1.0 if CATALOGUE[losses.by.metric].better == "higher" else 1.0
    worse = sign * (drawn[:, 0] - usual[:, 0])
    means, widths, _ = estimate(np.column_stack([worse, usual[:, 1] - drawn[:, 1], drawn[:, 2], drawn[:, 3]]))
    return row | {
        "impact": means[0],
        "half_width": widths[0],
        "worst": nothing if np.isnan(worse).all() else float(np.nanmax(worse)),
        "tail": tail_mean(worse, losses.share),
        "fill_rate_lost": means[1],
        **dict(zip(TIMES, means[2:].tolist(), strict=True)),
        "reason": "",
    }


def _ranked(rows: list[dict[str, Any]]) -> "pd.DataFrame":
    import pandas as pd

    frame = pd.DataFrame(rows)
    order = sorted(
        range(len(frame)),
        key=lambda at: (np.isnan(rows[at]["impact"]), -np.nan_to_num(rows[at]["impact"]), rows[at]["kind"], at),
    )
    frame = frame.iloc[order].reset_index(drop=True)
    struck = frame["impact"].notna()
    frame["rank"] = pd.Series(np.where(struck, np.arange(1, len(frame) + 1), 0)).where(struck).astype("Int64")
    return frame
