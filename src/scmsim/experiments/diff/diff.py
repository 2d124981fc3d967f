"""What differs between two scenarios, or between two results."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scmsim.errors import UsageError
from scmsim.experiments.changes import ABSENT, Change, changes, dotted, text
from scmsim.experiments.diff.apart import MOST_NAMED, cautions, only_in, uneven_means
from scmsim.scenario.load import load
from scmsim.scenario.scenario import Scenario
from scmsim.words import counted, listed, plural

if TYPE_CHECKING:
    import pandas as pd

    from scmsim.experiments.diff.figures import Reading

_NO_CAUSE = ("name", "description", "run")
"""What a scenario says that changes no figure on the same random numbers."""
_TIMES = frozenset({"lead_time", "order_delay", "interval", "offset", "horizon", "warm_up", "net"})


@dataclass(frozen=True, eq=False, kw_only=True)
class Difference:
    """What differs between A and B.

    Attributes
    ----------
    titles : tuple of str
        What A and B are.
    changes : tuple of Change
        What their scenarios say differently, in the order of a file.
    figures : DataFrame or None
        Of two results, one row per figure that differs (`scmsim.experiments.diff.figures.figures`); of two scenarios
        None.
    only_in : tuple of (tuple of str, tuple of str)
        Of two results, the cases (variants of comparisons, points of sweeps) that only A has, and only B.
    warnings : tuple of str
        What makes the figures of two results hard to compare: other times, seeds or numbers of replications.
    uneven : tuple of str
        Of two results with different numbers of replications, the means over all that each has, in words.
    sentences : tuple of str
        All of it in words.

    Examples
    --------
    >>> import scmsim as sc
    >>> beer = sc.load("scenarios/beer_game.yaml")
    >>> found = diff(beer, beer.set("lanes.brewery:distributor.lead_time=3"))
    >>> print(*found.sentences, sep="\\n")
    lane brewery -> distributor: lead_time 2 -> 3
    >>> bool(found), bool(diff(beer, beer))
    (True, False)
    """

    titles: tuple[str, str]
    changes: tuple[Change, ...]
    figures: "pd.DataFrame | None" = field(default=None, repr=False)
    unit: str = field(default="", repr=False)
    only_in: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    warnings: tuple[str, ...] = ()
    uneven: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.changes) or any(self.only_in) or (self.figures is not None and len(self.figures) > 0)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """What differs, in words: first what the scenarios say, then what only one result has, then the figures."""
        careful = [f"careful: {warning}" for warning in self.warnings]
        if not self:
            shared = " in the replications that both have" if self.uneven else ""
            return (*careful, f"no difference{shared}", *self.uneven)
        missing = [
            f"only in {letter}, and so not compared: {listed(names, MOST_NAMED)}"
            for letter, names in zip("AB", self.only_in, strict=True)
            if names
        ]
        return (*(change.sentence for change in self.changes), *missing, *careful, *self._about_figures(), *self.uneven)

    @property
    def cause(self) -> str:
        """The one thing that was changed, in words; empty where there is more than one, or none."""
        found = [change for change in self.changes if change.path[0] not in _NO_CAUSE]
        return _cause(found[0], self.unit) if len(found) == 1 else ""

    def _about_figures(self) -> list[str]:
        from scmsim.experiments.diff.figures import is_clear, told

        if self.figures is None:
            return []
        if not len(self.figures):
            return ["no figure differs"]
        rows: list[dict[str, Any]] = self.figures.to_dict("records")  # type: ignore[assignment]
        clear = [row for row in rows if is_clear(row)]
        start = self.cause or "from A to B"
        said = [f"{start}{_of_case(row)} -> {told(row)}" for row in clear]
        said += [f"{start}{_of_case(row)}: {told(row)}" for row in rows if row["difference"] != row["difference"]]
        open_ = len(rows) - len(said)
        if open_:
            verb = "differs" if open_ == 1 else "differ"
            said.append(f"{counted(open_, 'figure')} {verb} by no more than chance may")
        return [*said, _method(rows)]

    def __repr__(self) -> str:
        count = 0 if self.figures is None else len(self.figures)
        figures = "" if self.figures is None else f", {counted(count, 'figure')}"
        made = counted(len(self.changes), "change")
        return f"<Difference: {self.titles[0]} against {self.titles[1]}: {made}{figures}>"

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences)
        frame = "" if self.figures is None else self.figures.to_html(index=False, max_rows=30, na_rep="", escape=True)
        return f"<p><b>A</b>: {escape(self.titles[0])}<br><b>B</b>: {escape(self.titles[1])}</p><ul>{items}</ul>{frame}"


def diff(a: object, b: object, *, measures: Sequence[str] | None = None) -> Difference:
    """Say what differs between two scenarios, or between two results.

    Parameters
    ----------
    a, b : Scenario, Result or path
        Two scenarios (or their files), or two results (or the folders they are stored in).
    measures : sequence of str, optional
        Which figures of results are compared, for instance ``["fill_rate@*", "total_cost"]``.

    Returns
    -------
    Difference
        Of results first what their scenarios say differently; then the figures, B less A, replication by replication
        where both met the same random numbers.

    Raises
    ------
    UsageError
        One is a scenario and the other a result, or one of them is neither.
    ScenarioError
        A file holds no valid scenario.
    """
    one, other = _opened(a), _opened(b)
    if isinstance(one, Scenario) and isinstance(other, Scenario):
        if measures is not None:
            raise UsageError("scenarios have no figures: run both, and compare the results")
        return Difference(titles=(_title(one), _title(other)), changes=changes(one, other))
    if isinstance(one, Scenario) or isinstance(other, Scenario):
        kinds = [("a scenario" if isinstance(each, Scenario) else "a result") for each in (one, other)]
        raise UsageError(
            f"A is {kinds[0]} ({_title(one)}), B is {kinds[1]} ({_title(other)}): "
            f"give two scenarios, or two results (scmsim run SCENARIO --out DIR makes one)"
        )
    return _of_results(one, other, measures)


def _of_results(one: "Reading", other: "Reading", measures: Sequence[str] | None) -> Difference:
    from scmsim.experiments.diff.figures import figures

    found: list[Change] = []
    for case in [case for case in one.scenarios if case in other.scenarios]:
        for change in changes(one.scenarios[case], other.scenarios[case]):
            said = f"{case}: {change.sentence}" if case else change.sentence
            found.append(Change(change.path, change.before, change.after, said, change.override))
    return Difference(
        titles=(one.title, other.title),
        changes=tuple(found),
        figures=figures(one, other, measures),
        unit=one.scenario.file.time.unit,
        only_in=only_in(one, other),
        warnings=cautions(one, other),
        uneven=uneven_means(one, other, measures),
    )


def _opened(source: object) -> "Scenario | Reading":
    from scmsim.experiments.diff.readings import reading

    if isinstance(source, Scenario):
        return source
    if isinstance(source, str | PathLike):
        path = Path(source)
        return reading(path) if path.is_dir() else load(path)
    return reading(source)


def _title(source: "Scenario | Reading") -> str:
    if isinstance(source, Scenario):
        return str(source.path) if source.path is not None else source.name
    return source.title


def _of_case(row: dict[str, Any]) -> str:
    return f" ({row['case']})" if row["case"] else ""


def _method(rows: Sequence[dict[str, Any]]) -> str:
    """Say what the intervals are."""
    if all(row["half_width"] != row["half_width"] for row in rows):
        return "one replication each: these differences have no intervals"
    if all(row["paired"] for row in rows):
        how = "paired differences on the same random numbers"
    else:
        how = "the runs are independent (other seeds or replications): unpaired differences after Welch"
    most = counted(max(row["n"] for row in rows), "replication")
    return f"{how}; 95 % intervals, each on its own, up to {most}"


def _cause(change: Change, unit: str) -> str:
    """Say a change as a cause: numbers by how much, anything else from what to what."""
    before, after = change.before, change.after
    if ABSENT in (before, after) or not all(isinstance(value, int | float) for value in (before, after)):
        return change.sentence
    where = f"lane {change.path[1]}: {dotted(change.path[2:])}" if change.path[0] == "lanes" else dotted(change.path)
    by = after - before
    sign = "+" if by > 0 else "-"
    size = text(float(f"{abs(by):.12g}"))
    spelled = unit if size == "1" else plural(unit)
    return f"{where} {sign}{size}" + (f" {spelled}" if change.path[-1] in _TIMES else "")
