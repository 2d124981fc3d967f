"""Compare scenarios on the same random numbers."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import SimulationError, UsageError
from scmsim.experiments.blueprint import Blueprint
from scmsim.experiments.chance import involves_chance
from scmsim.experiments.comparable import check_comparable, measured, units
from scmsim.experiments.comparison import Comparison
from scmsim.experiments.dispatch import draws
from scmsim.experiments.folder import check_target
from scmsim.experiments.measures import Measure
from scmsim.experiments.selection import FEWEST, Selection, independent_replications, kim_nelson
from scmsim.experiments.statistics import CONFIDENCE
from scmsim.experiments.variants import Policies, named, variants
from scmsim.metrics import CATALOGUE
from scmsim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from scmsim.experiments.executors import Where

Array = NDArray[np.float64]
Progress = Callable[[float, int], None]

REPLICATIONS = 20
"""So many where nobody says how many and chance plays a part."""
MOST = 1000
"""So many replications of a scenario a selection makes at most."""
PART = 10
"""So many replications are made between two reports of progress."""


class Wishes(TypedDict, total=False):
    """What can be asked of a comparison, and where it is made.

    Parameters
    ----------
    confidence : float
        How sure intervals and verdicts are to be; 0.95 unless given.
    worth : mapping
        For measures (``fill_rate``), the smallest difference worth knowing of, in the measure's unit.
    select : str
        A measure by which the best is to be selected (procedure KN), with as many replications as it takes;
    indifference : float
        and the smallest difference in it that matters.
    most : int
        So many replications of a scenario for that at most.
    where, workers
        `scmsim.experiments.dispatch.run_batches`; this machine's cores unless given.
    progress : callable
        Called with (simulations done, simulations planned so far).
    out : path
        Where the comparison is written when it is done; whether it can be is found out before (`Comparison.write`).
    force : bool
        Whether another experiment there is replaced.
    """

    confidence: float
    worth: Mapping[str, float] | None
    select: str | None
    indifference: float | None
    most: int
    where: "Where"
    workers: int | None
    progress: Progress | None
    out: str | PathLike[str] | None
    force: bool


def compare(
    *scenarios: Scenario | str | PathLike[str],
    policies: Policies = None,
    measures: str | Sequence[str] | None = None,
    replications: int | None = None,
    seed: int | None = None,
    **wishes: Unpack[Wishes],
) -> Comparison:
    """Say which of several scenarios is better, on what, by how much, and how sure that is.

    All of them meet the same random numbers: a replication of one is compared with the same replication of another.

    Parameters
    ----------
    *scenarios : Scenario, str or path-like
        Two or more, the others to be compared with the first; or one with ``policies``. Paths are loaded.
    policies : bool or mapping, optional
        Variants of the first scenario: by name, what each changes (``{"large": {"nodes.shop.stock.bread.initial": 9}}``
        or ``{"large": ["nodes.shop.stock.bread.initial=9"]}``); or True for those of the file
        (``experiments.compare.policies``).
    measures : str or sequence of str, optional
        Which figures: ``fill_rate``, ``total_cost@retailer``, ``fill_rate@*``. Unless given, those of the file, or else
        service, cost, swings of orders, and with money profit and cash.
    replications : int, optional
        Of each scenario; unless given, as many as the file says, and 20 where it says 1 and chance plays a part.
    seed : int, optional
        Where chance begins; the first scenario's own unless given.
    **wishes
        ``confidence``, ``worth``, ``select``, ``indifference``, ``most``, ``where``, ``workers``, ``progress``,
        ``out``, ``force``: see `Wishes`.

    Returns
    -------
    Comparison

    Raises
    ------
    UsageError
        There is only one scenario, they cannot be compared, or an argument is out of its range.
    ScenarioError
        A scenario or a variant is not valid.
    SimulationError
        A run failed.

    Examples
    --------
    >>> path = "nodes.stand.stock.paper.policy.level"
    >>> found = compare("scenarios/newsvendor.yaml", policies={"more": {path: 60}}, measures=["total_cost"])
    >>> found.differences[["scenario", "base", "verdict"]].values.tolist()
    [['more', 'base', 'worse']]
    """
    cases = named(variants(scenarios, policies))
    check_comparable(cases)
    first = next(iter(cases.values()))
    chance = any(involves_chance(case.network) for case in cases.values())
    block = first.file.experiments.compare if policies is True and first.file.experiments else None
    if measures is None and block is not None and block.measures:
        measures = block.measures
    if replications is None:
        replications = block.replications if block is not None else None
    count = _whole("replications", _usual_number(first, chance) if replications is None else replications, least=1)
    besides = [*(wishes.get("worth") or ()), *filter(None, [wishes.get("select")])]
    found = measured(cases, [measures] if isinstance(measures, str) else measures, besides)
    laboratory = Laboratory(
        cases=cases,
        measures=found,
        seed=_whole("seed", first.file.run.seed if seed is None else seed, least=0),
        replications=count,
        chance=chance,
        wishes=_checked(wishes, found, chance, count),
    )
    out, force = wishes.get("out"), wishes.get("force", False)
    if out is not None:
        check_target(Path(out), laboratory.manifest, force=force)
    answer = laboratory.compare()
    if out is not None:
        answer.write(out, force=force)
    return answer


def _usual_number(scenario: Scenario, chance: bool) -> int:
    own = scenario.file.run.replications
    return own if own > 1 or not chance else REPLICATIONS


@dataclass(frozen=True, kw_only=True)
class Laboratory:
    """Where scenarios meet the same random numbers: what is simulated, and what is asked of it."""

    cases: Mapping[str, Scenario]
    measures: tuple[Measure, ...]
    seed: int
    replications: int
    chance: bool
    wishes: Wishes

    def compare(self) -> Comparison:
        """Make the replications of every scenario, and more of some where the best is to be selected."""
        import pandas as pd

        numbers = range(1, self.replications + 1)
        figures = self.draw(range(len(self.cases)), numbers)
        columns = pd.DataFrame(figures.reshape(-1, len(self.measures)), columns=[str(one) for one in self.measures])
        names = [name for name in self.cases for _ in numbers]
        keys = pd.DataFrame({"scenario": names, "replication": [*numbers] * len(self.cases)})
        return Comparison(
            scenarios=dict(self.cases),
            measures=self.measures,
            values=pd.concat([keys, columns], axis=1),
            selection=self._selected(figures),
            manifest=self.manifest,
        )

    def draw(self, cases: Sequence[int], numbers: range) -> Array:
        """Give figures: shape (cases, replications, measures)."""
        progress = self.wishes.get("progress")
        if progress is None:
            return self._drawn(cases, numbers)
        parts = []
        for start in range(numbers.start, numbers.stop, PART):
            progress((start - 1) * len(cases), (numbers.stop - 1) * len(cases))
            parts.append(self._drawn(cases, range(start, min(start + PART, numbers.stop))))
        return np.concatenate(parts, axis=1)

    def _drawn(self, cases: Sequence[int], numbers: range) -> Array:
        names, blueprints = [*self.cases], self._blueprints
        work = [(blueprints[case], ()) for case in cases]
        where, workers = self.wishes.get("where"), self.wishes.get("workers")
        try:
            return draws(work, self.measures, numbers, seed=self.seed, where=where, workers=workers)
        except SimulationError as error:
            shown = ", ".join(f"case {at} is {names[case]}" for at, case in enumerate(cases, 1))
            raise SimulationError(f"{error} ({shown})") from None

    @cached_property
    def _blueprints(self) -> list[Blueprint]:
        return [Blueprint.of(case) for case in self.cases.values()]

    def _selected(self, figures: Array) -> Selection | None:
        wanted = self.wishes.get("select")
        if not wanted:
            return None
        column = [str(one) for one in self.measures].index(wanted)
        sign = 1.0 if CATALOGUE[self.measures[column].metric].better == "higher" else -1.0
        first, names = sign * figures[:, :, column], [*self.cases]
        indifference, confidence = float(self.wishes.get("indifference") or 0), self.wishes["confidence"]
        if self.chance:
            race = kim_nelson(
                first,
                lambda left, numbers: sign * self.draw(left, numbers)[:, :, column],
                indifference=indifference,
                confidence=confidence,
                most=self.wishes["most"],
            )
            left, counts, means = race.left, race.counts.tolist(), sign * race.means
            apart = independent_replications(first, indifference, confidence)
        else:
            left, counts, means, apart = [int(np.argmax(first[:, 0]))], [1] * len(names), sign * first[:, 0], 0
        return Selection(
            measure=wanted,
            indifference=indifference,
            confidence=confidence,
            left=tuple(names[one] for one in left),
            replications=dict(zip(names, counts, strict=True)),
            means=dict(zip(names, means.tolist(), strict=True)),
            independent=apart,
        )

    @property
    def manifest(self) -> dict[str, Any]:
        """What the comparison comes from, with nothing in it that changes when it is repeated."""
        from scmsim.experiments.comparison_folder import KIND, stored_name
        from scmsim.experiments.manifest import describe

        hashes = {name: case.sha256 for name, case in self.cases.items()}
        first = next(iter(self.cases.values()))
        return {
            "scmsim_experiment": 1,
            "kind": KIND,
            "scenario": first.name,
            "sha256": hashlib.sha256(repr(hashes).encode()).hexdigest(),
            "scenarios": [
                {"name": name, "scenario": case.name, "sha256": case.sha256, "stored": stored_name(number, name)}
                for number, (name, case) in enumerate(self.cases.items(), 1)
            ],
            "seed": self.seed,
            "replications": self.replications,
            "measures": [str(one) for one in self.measures],
            "measures_in_parts": [list(one) for one in self.measures],
            "units": units(first, self.measures),
            "confidence": self.wishes["confidence"],
            "worth": dict(self.wishes.get("worth") or {}),
            "select": self.wishes.get("select"),
            "indifference": self.wishes.get("indifference"),
            "most": self.wishes["most"] if self.wishes.get("select") else None,
            "chance": self.chance,
            "versions": describe(first, seed=self.seed, replications=self.replications, record="summary")["versions"],
        }


def _checked(wishes: Wishes, found: Sequence[Measure], chance: bool, count: int) -> Wishes:
    """Check what is asked for, and put in what is not said.

    Raises
    ------
    UsageError
        Something is out of its range.
    """
    confidence = _number("confidence", wishes.get("confidence", CONFIDENCE))
    if not 0.5 <= confidence < 1:
        raise UsageError(f"confidence must be at least 0.5 and below 1, not {confidence:g}")
    worth = {name: _number(f"worth of {name}", value) for name, value in (wishes.get("worth") or {}).items()}
    for name, value in worth.items():
        if value <= 0:
            raise UsageError(f"worth of {name} must be above 0, not {value:g}")
    select, indifference = wishes.get("select"), wishes.get("indifference")
    if (select is None) != (indifference is None):
        raise UsageError("select and indifference go together: by which figure, and which difference in it matters")
    most = _whole("most", wishes.get("most", MOST), least=2)
    if select is not None and indifference is not None:
        _check_selection(select, _number("indifference", indifference), found, count if chance else FEWEST)
        if most < count:
            raise UsageError(f"most must be at least the {count} replications of the first stage, not {most}")
    return {**wishes, "confidence": confidence, "worth": worth, "most": most}


def _check_selection(select: str, indifference: float, found: Sequence[Measure], count: int) -> None:
    (measure,) = [one for one in found if str(one) == select]
    if CATALOGUE[measure.metric].better is None:
        raise UsageError(f"{select} cannot be selected by: neither more nor less of it is better")
    if indifference <= 0:
        raise UsageError(f"indifference must be above 0, not {indifference:g}")
    if count < FEWEST:
        raise UsageError("select needs 2 replications or more to begin with (10 is usual), not 1")


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not isfinite(value):
        raise UsageError(f"{name} must be a number, not {value!r}")
    return float(value)


def _whole(name: str, value: Any, *, least: int) -> int:
    from scmsim.experiments.replication import whole

    return whole(name, value, least=least)
