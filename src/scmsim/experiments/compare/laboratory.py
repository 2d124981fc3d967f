"""Where scenarios meet the same random numbers: what a comparison simulates, and what is asked of it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from scmsim.errors import SimulationError
from scmsim.experiments.compare.comparable import units
from scmsim.experiments.compare.comparison import Comparison
from scmsim.experiments.compare.selection import More, Selection, independent_replications, kim_nelson
from scmsim.experiments.compare.variants import repeated
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.dispatch import draws
from scmsim.experiments.measures import Measure
from scmsim.metrics import CATALOGUE
from scmsim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from scmsim.experiments.execution.executors import Where

Array = NDArray[np.float64]
Progress = Callable[[float, int], None]

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
        `scmsim.experiments.execution.dispatch.run_batches`; this machine's cores unless given.
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
        made = [self.draw(range(len(self.cases)), range(1, self.replications + 1))]
        further: list[tuple[Sequence[int], Array]] = []

        def more(left: Sequence[int], numbers: range) -> Array:
            further.append((left, self.draw(left, numbers)))
            return further[-1][1]

        selection = self._selected(made[0], more)
        figures = [
            np.concatenate([made[0][case], *(drawn[left.index(case)] for left, drawn in further if case in left)])
            for case in range(len(self.cases))
        ]
        if selection is not None:
            counts = selection.replications.values()
            figures = [one[: max(count, self.replications)] for one, count in zip(figures, counts, strict=True)]
        return Comparison(
            scenarios=dict(self.cases),
            measures=self.measures,
            values=self._values(figures),
            selection=selection,
            manifest=self.manifest,
        )

    def _values(self, figures: Sequence[Array]) -> "pd.DataFrame":
        """Put the figures of every scenario, one row per replication, below one another."""
        import pandas as pd

        columns = pd.DataFrame(np.concatenate(figures), columns=[str(one) for one in self.measures])
        names = [name for name, own in zip(self.cases, figures, strict=True) for _ in own]
        numbers = [number for own in figures for number in range(1, len(own) + 1)]
        return pd.concat([pd.DataFrame({"scenario": names, "replication": numbers}), columns], axis=1)

    def draw(self, cases: Sequence[int], numbers: range) -> Array:
        """Give figures: shape (cases, replications, measures); what says the same is simulated once."""
        firsts = [self._first_of[case] for case in cases]
        once = list(dict.fromkeys(firsts))
        drawn = self._drawn(once, numbers)
        return drawn[[once.index(first) for first in firsts]]

    def _drawn(self, cases: Sequence[int], numbers: range) -> Array:
        progress = self.wishes.get("progress")
        if progress is None:
            return self._simulated(cases, numbers)
        parts = []
        for start in range(numbers.start, numbers.stop, PART):
            progress((start - 1) * len(cases), (numbers.stop - 1) * len(cases))
            parts.append(self._simulated(cases, range(start, min(start + PART, numbers.stop))))
        return np.concatenate(parts, axis=1)

    def _simulated(self, cases: Sequence[int], numbers: range) -> Array:
        names, blueprints = [*self.cases], self._blueprints
        work = [(blueprints[case], ()) for case in cases]
        where, workers = self.wishes.get("where"), self.wishes.get("workers")
        try:
            return draws(work, self.measures, numbers, seed=self.seed, where=where, workers=workers)
        except SimulationError as error:
            shown = ", ".join(f"case {at} is {names[case]}" for at, case in enumerate(cases, 1))
            raise SimulationError(f"{error} ({shown})") from None

    @cached_property
    def _first_of(self) -> list[int]:
        """For every scenario, the place of the first that says the same."""
        names, again = [*self.cases], repeated(self.cases)
        return [names.index(again.get(name, name)) for name in names]

    @cached_property
    def _blueprints(self) -> list[Blueprint]:
        return [Blueprint.of(case) for case in self.cases.values()]

    def _selected(self, figures: Array, more: More) -> Selection | None:
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
                lambda left, numbers: sign * more(left, numbers)[:, :, column],
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
        from scmsim.experiments.compare.folder import KIND, stored_name
        from scmsim.experiments.storage.manifest import describe

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
