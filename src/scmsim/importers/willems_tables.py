"""The two tables of a Willems (2008) chain, read strictly: every mistake is found, with its file and line."""

import csv
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from scmsim.errors import Problem, ScenarioError, UsageError

CLASSES = ("Part", "Manuf", "Trans", "Dist", "Retail")
STAGE_COLUMNS = ("Stage Name", "stageClassification", "stageTime")
ARC_COLUMNS = ("sourceStage", "destinationStage")
OUTCOMES = range(1, 7)
LARGEST = 1e12


class Row(NamedTuple):
    """One line of a table: its number in the file and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage: a step of the chain that takes time, adds value and may hold stock.

    Times are in days, costs in money per unit, demand in units per day. ``outcomes`` are the (time, probability) pairs
    of the stage's time where the file gives them; the probabilities sum to 1.
    """

    name: str
    line: int
    kind: str
    cost: float = 0.0
    time: float = 0.0
    time_sd: float = 0.0
    outcomes: tuple[tuple[float, float], ...] = ()
    demand: tuple[float, float] | None = None
    service_level: float | None = None
    service_time: float | None = None
    position: tuple[float, float] | None = None


@dataclass(frozen=True)
class Tables:
    """A chain as its files say it: stages by name, arcs as (from, to), and what was mended while reading."""

    stages: dict[str, Stage]
    arcs: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


@dataclass
class Findings:
    """The problems found in one file so far, and the notes on what was mended."""

    file: Path
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, line: int, path: str, found: str, expected: str, hint: str = "") -> None:
        """Record one problem at a line of the file."""
        self.problems.append(Problem(f"{self.file.name}:{line}", path, found, expected, hint))


def read_tables(stages: Path, arcs: Path) -> Tables:
    """Read a chain's stage table (``NN_SD.csv``) and arc table (``NN_LL.csv``).

    Raises
    ------
    UsageError
        A file cannot be opened.
    ScenarioError
        Every problem of both files: a missing column, text where a number belongs, an arc to an unknown stage, a
        cycle, ...
    """
    said, linked = Findings(stages), Findings(arcs)
    known = _stages(said)
    links = _arcs(linked, known)
    if not linked.problems:
        _find_cycle(linked, [link for link, _ in links], {link: line for link, line in links})
    problems = (*said.problems, *linked.problems)
    if problems:
        raise ScenarioError(problems)
    return Tables(known, tuple(link for link, _ in links), tuple(said.notes))


def _rows(findings: Findings, columns: tuple[str, ...]) -> list[Row]:
    """Read a table's lines that hold anything; a missing column leaves none."""
    try:
        text = findings.file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{findings.file}: {error.strerror or 'cannot be read'}") from error
    except UnicodeDecodeError:
        findings.add(1, "", "bytes that are not UTF-8 text", "a CSV table in UTF-8")
        return []
    reader = csv.reader(text.splitlines())
    header = [cell.strip() for cell in next(reader, [])]
    for column in columns:
        if column not in header:
            close = get_close_matches(column, header, 1)
            hint = f"Did you mean the column {close[0]!r}?" if close else ""
            findings.add(1, "", f"no column {column!r}", f"the columns {', '.join(columns)}", hint)
    return [] if findings.problems else list(_cells(reader, header))


def _cells(reader: Iterator[list[str]], header: list[str]) -> Iterator[Row]:
    for line, row in enumerate(reader, start=2):
        if any(cell.strip() for cell in row):
            yield Row(line, {key: cell.strip() for key, cell in zip(header, row, strict=False) if key})


def _stages(findings: Findings) -> dict[str, Stage]:
    found: dict[str, Stage] = {}
    rows = _rows(findings, STAGE_COLUMNS)
    for row in rows:
        stage = _stage(findings, row)
        if stage.name in found:
            line = found[stage.name].line
            findings.add(
                row.line, stage.name, f"the stage {stage.name!r} again", f"each stage once (first on line {line})"
            )
        found.setdefault(stage.name, stage)
    if not findings.problems:
        if not found:
            findings.add(1, "", "no stages", "one line per stage")
        elif all(stage.demand is None for stage in found.values()):
            findings.add(1, "", "no stage with an avgDemand", "demand at one stage at least")
    return found


def _stage(findings: Findings, row: Row) -> Stage:
    name = row.cells.get("Stage Name", "")
    if not name:
        findings.add(row.line, "Stage Name", "nothing", "the name of a stage")

    def number(column: str, accept: Callable[[float], bool], expected: str) -> float | None:
        return _number(findings, row, column, accept, expected)

    def amount(column: str) -> float:
        return number(column, lambda value: value >= 0, "a number of at least 0") or 0.0

    mean = number("avgDemand", lambda value: value >= 0, "a number of at least 0")
    x, y = (number(column, math.isfinite, "a number") for column in ("xPosition", "yPosition"))
    return Stage(
        name=name,
        line=row.line,
        kind=_kind(findings, row),
        cost=amount("stageCost"),
        time=amount("stageTime"),
        time_sd=amount("stdDev stageTime"),
        outcomes=_outcomes(findings, row, amount),
        demand=None if mean is None else (mean, amount("stdDevDemand")),
        service_level=number("serviceLevel", lambda value: 0 < value < 1, "a number between 0 and 1"),
        service_time=number("maxServiceTime", lambda value: value >= 0, "a number of at least 0"),
        position=None if x is None or y is None else (x, y),
    )


def _number(findings: Findings, row: Row, column: str, accept: Callable[[float], bool], expected: str) -> float | None:
    """Read a cell as a number; an empty cell is None."""
    text = row.cells.get(column, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if abs(value) <= LARGEST and accept(value):
        return value
    findings.add(row.line, column, repr(text), expected)
    return None


def _kind(findings: Findings, row: Row) -> str:
    """Read the class of a stage; the data also write Part as Parts."""
    text = row.cells.get("stageClassification", "")
    kind = text.removesuffix("s") if text == "Parts" else text
    if kind not in CLASSES:
        close = get_close_matches(text, CLASSES, 1)
        hint = f"Did you mean {close[0]!r}?" if close else ""
        findings.add(row.line, "stageClassification", repr(text), f"one of {', '.join(CLASSES)}", hint)
    return kind


def _outcomes(findings: Findings, row: Row, amount: Callable[[str], float]) -> tuple[tuple[float, float], ...]:
    """Read the times a stage may take and their probabilities, scaled to sum to 1."""
    pairs = [(amount(f"stageTime_{k}"), amount(f"stageTime_%_{k}")) for k in OUTCOMES]
    pairs = [(time, share) for time, share in pairs if share > 0]
    total = math.fsum(share for _, share in pairs)
    if not pairs:
        return ()
    if abs(total - 1) > 0.05:
        findings.add(row.line, "stageTime_%", f"probabilities that sum to {total:.4g}", "probabilities that sum to 1")
    elif abs(total - 1) > 1e-9:
        findings.notes.append(f"{row.cells['Stage Name']}: probabilities sum to {total:.6g}, scaled to 1")
    merged: dict[float, float] = {}
    for time, share in pairs:
        merged[time] = merged.get(time, 0.0) + share / total
    return tuple(merged.items())


def _arcs(findings: Findings, known: dict[str, Stage]) -> list[tuple[tuple[str, str], int]]:
    seen: dict[tuple[str, str], int] = {}
    for row in _rows(findings, ARC_COLUMNS):
        ends = tuple(row.cells.get(column, "") for column in ARC_COLUMNS)
        for column, name in zip(ARC_COLUMNS, ends, strict=True):
            if known and name not in known:
                close = get_close_matches(name, known, 1)
                hint = f"Did you mean {close[0]!r}?" if close else ""
                findings.add(row.line, column, repr(name), "a stage of the stage table", hint)
        arc = (ends[0], ends[1])
        if arc in seen:
            findings.add(
                row.line, "", f"the arc {arc[0]} -> {arc[1]} again", f"each arc once (first on line {seen[arc]})"
            )
        seen.setdefault(arc, row.line)
    return list(seen.items())


def _find_cycle(findings: Findings, arcs: list[tuple[str, str]], lines: dict[tuple[str, str], int]) -> None:
    """Report one arc of the arcs that lie on cycles, with the stages that remain when every end is taken off."""
    rest = list(arcs)
    while True:
        feeding = {source for source, _ in rest}
        fed = {destination for _, destination in rest}
        kept = [arc for arc in rest if arc[1] in feeding and arc[0] in fed]
        if len(kept) == len(rest):
            break
        rest = kept
    if rest:
        stages = ", ".join(sorted({name for arc in rest for name in arc}))
        findings.add(min(lines[arc] for arc in rest), "", f"a cycle through {stages}", "arcs that lead downstream only")
