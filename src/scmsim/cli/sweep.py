"""``scmsim sweep`` and ``scmsim export``: a scenario at many points, and its tables in other formats."""

import json
import math
import shlex
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scmsim.cli.commands import (
    ExecutorOption,
    ForceOption,
    Format,
    FormatOption,
    MeasuresOption,
    ReplicationsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    WorkersOption,
    figures_named,
    folder_name,
    one_of,
    whole_number,
)
from scmsim.cli.figures import KEY_FIGURES, UNDEFINED, columns
from scmsim.cli.guard import FAILED, exit_code, note, say, warn
from scmsim.cli.progress import counting, progress
from scmsim.cli.shipped import scenario_path
from scmsim.errors import UsageError
from scmsim.words import counted, known, number, with_trust

if TYPE_CHECKING:
    from scmsim.experiments.sweep.result import Sweep
    from scmsim.experiments.sweep.sweep import Stage
    from scmsim.scenario.scenario import Scenario

MOST_ROWS, MOST_FIGURES = 40, 6
LONGEST_COMMAND = 1000
"""A longer one is not written out again."""
WORDS = {"checking": "checking values", "writing": "writing down the points"}
"""What is said of the stages in which no run is made yet."""


class Design(StrEnum):
    """Which combinations are run."""

    grid = "grid"
    random = "random"
    latin_hypercube = "latin_hypercube"
    sobol = "sobol"
    one_at_a_time = "one_at_a_time"


class TableFormat(StrEnum):
    """What tables are exported to."""

    csv = "csv"
    excel = "excel"
    parquet = "parquet"


@dataclass(frozen=True)
class SweepOptions:
    """What ``scmsim sweep`` can be told."""

    scenario: ScenarioArgument
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="PATH=VALUES",
            help=r"A factor: PATH=1,2,3 or PATH=0:1:0.05 or PATH=1..9 (perhaps with ,log or ,integer or ,real) or "
            "'PATH={dist: uniform, low: 0, high: 1}'. "
            "Repeatable; takes the place of those in the file.",
        ),
    ] = None
    design: Annotated[
        Design | None,
        typer.Option(
            metavar="|".join(Design),
            parser=one_of(Design),
            autocompletion=lambda: [*Design],
            help="Which combinations are run; a grid unless the file says otherwise.",
        ),
    ] = None
    points: Annotated[
        int | None,
        typer.Option(metavar="N", parser=whole_number(1), help="How many, for random, latin_hypercube and sobol."),
    ] = None
    replications: ReplicationsOption = None
    seed: SeedOption = None
    measures: MeasuresOption = None
    settings: SetOption = None
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            parser=folder_name,
            help="Keep every run in this folder; what was interrupted goes on there.",
        ),
    ] = None
    format: FormatOption = Format.table
    excel: Annotated[
        bool, typer.Option("--excel", help=r"With --out, write runs.xlsx, too (needs scmsim\[excel]).")
    ] = False
    parquet: Annotated[
        bool, typer.Option("--parquet", help=r"With --out, write runs.parquet, too (needs scmsim\[parquet]).")
    ] = False
    no_report: Annotated[bool, typer.Option("--no-report", help="With --out, write no report.html.")] = False
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Do the runs again that failed.")] = False
    executor: ExecutorOption = None
    workers: WorkersOption = None
    force: ForceOption = False

    @property
    def formats(self) -> list[str]:
        """What is written besides CSV."""
        return [name for name, wanted in (("excel", self.excel), ("parquet", self.parquet)) if wanted]


class _Told(ExitStack):
    """What the user is told on the way: bars on a terminal, a line of JSON per stage in a pipe."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.last: Stage | None = None
        self._bar: Callable[[Any, int], None] | None = None

    def __call__(self, stage: "Stage") -> None:
        """Tell of a stage."""
        before, self.last = self.last, stage
        new = before is None or before.stage != stage.stage
        if not sys.stderr.isatty():
            if new:
                say(json.dumps({**stage._asdict(), "share": round(stage.share, 3)}))
            return
        if stage.stage == "refused":
            return
        if stage.stage == "planned":
            size = f"{counted(stage.points, 'point')} x {counted(stage.replications, 'replication')}"
            say(f"{self._name}: {size}, {counted(stage.runs, 'run')}")
        elif new:
            self.close()
            words = WORDS.get(stage.stage)
            self._bar = self.enter_context(progress(f"{self._name}: {words}") if words else counting(self._name))
        if self._bar is not None:
            counts = stage.stage not in WORDS
            self._bar(stage.done if counts else stage.share, stage.runs if counts else 1)


def sweep(options: SweepOptions) -> None:
    """Simulate a scenario at many points, and print means with intervals.

    With --out every run is kept in a ledger (DIR/sweep.sqlite) as soon as it is done: a sweep that was interrupted,
    by whatever, goes on where it was when the same command is given again. More replications or points can be added.
    """
    from scmsim.experiments.sweep.ends import in_whole_numbers
    from scmsim.experiments.sweep.factors import varied
    from scmsim.experiments.sweep.sweep import sweep as swept
    from scmsim.scenario.load import load

    _check(options)
    scenario = load(scenario_path(options.scenario), options.settings or [])
    warn(scenario.warnings)
    factors = [varied(text) for text in options.vary] if options.vary else None
    note(in_whole_numbers(factors or _of_file(scenario)))
    with _Told(scenario.name) as told, _warnings_said():
        try:
            found = swept(
                scenario,
                factors,
                design=options.design.value if options.design is not None else None,
                points=options.points,
                replications=options.replications,
                measures=figures_named(options.measures),
                seed=options.seed,
                out=options.out,
                where=options.executor,
                workers=options.workers,
                force=options.force,
                retry_failed=options.retry_failed,
                formats=options.formats,
                report=not options.no_report,
                tell=told,
            )
        except KeyboardInterrupt as interruption:
            code = exit_code(interruption)
        else:
            code = 0
    if code:
        say(_interrupted(told.last, options.out))
        raise typer.Exit(code)
    print(_WRITERS[options.format](found, options.measures is not None))
    _conclude(found, options.out)


def _of_file(scenario: "Scenario") -> list[tuple[str, Any]]:
    block = scenario.file.experiments.sweep if scenario.file.experiments is not None else None
    return list(block.vary.items()) if block is not None else []


def _check(options: SweepOptions) -> None:
    if options.out is None and options.formats:
        raise UsageError(f"--{options.formats[0]} writes a file and needs a folder for it: add --out DIR")
    if options.out is None and options.retry_failed:
        raise UsageError("--retry-failed is about the runs in a folder: add --out DIR")


@contextmanager
def _warnings_said() -> Iterator[None]:
    """Say warnings as they come, in one line each."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = lambda message, *_args, **_rest: say(f"Warning: {message}")
        yield


def _interrupted(last: "Stage | None", out: Path | None) -> str:
    if last is None or last.stage in ("planned", *WORDS):
        return "Interrupted: nothing has run"
    if out is None:
        return f"Interrupted: {last.done:,} of {counted(last.runs, 'run')} were done and are lost; --out DIR keeps them"
    again = shlex.join(["scmsim", *sys.argv[1:]])
    command = f": {again}" if len(again) <= LONGEST_COMMAND else ""
    return (
        f"Interrupted: about {last.done:,} of {counted(last.runs, 'run')} are in {out}. The same command goes on there"
        f"{command}"
    )


def _conclude(found: "Sweep", out: Path | None) -> None:
    """Say where everything is, and leave with an error where runs failed."""
    if out is not None:
        say(f"Tables: {out / 'runs.csv'}, {out / 'summary.csv'}; every run: {out / 'sweep.sqlite'}")
        if (out / "report.html").exists():
            say(f"Report: {out / 'report.html'}")
    failed = found.failed
    if not failed:
        return
    first = found.runs.loc[found.runs["error"].notna()].iloc[0]
    again = ". The same command with --retry-failed does them again" if out is not None else ""
    say(
        f"Error: {failed:,} of {counted(len(found.runs), 'run')} failed, the first at point {first['point']}, "
        f"replication {first['replication']}: {first['error']}{again}"
    )
    raise typer.Exit(FAILED)


def _as_csv(found: "Sweep", _chosen: bool) -> str:
    from scmsim.experiments.storage.csvs import to_text

    return to_text(found.summary).removesuffix("\n")


def _as_json(found: "Sweep", _chosen: bool) -> str:
    from scmsim.experiments.sweep.export import half_width

    points = [
        {
            "point": row["point"],
            "factors": {name: known(row[name]) for name in found.factors},
            "runs": row["runs"],
            "failed": row["failed"],
            "measures": {
                name: {"mean": known(row[name]), "half_width": known(row[half_width(name)])} for name in found.measures
            },
        }
        for row in found.summary.to_dict("records")
    ]
    answer = {
        "scenario": found.scenario.name,
        "design": found.design,
        "replications": found.replications,
        "seed": found.seed,
        "factors": list(found.factors),
        "measures": list(found.measures),
        "points": points,
    }
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2)


def _as_table(found: "Sweep", chosen: bool) -> str:
    from scmsim.experiments.sweep.export import half_width
    from scmsim.report.factor_words import called

    figures = list(found.measures) if chosen else [name for name in KEY_FIGURES if name in found.measures]
    figures = (figures or list(found.measures))[:MOST_FIGURES]
    names = called(list(found.factors))
    head = ["point", *(names[factor] for factor in found.factors), *figures]
    body = [
        [
            str(row["point"]),
            *(_value(row[name]) for name in found.factors),
            *(_estimate(row[name], row[half_width(name)]) for name in figures),
        ]
        for row in found.summary.head(MOST_ROWS).to_dict("records")
    ]
    left = len(found.summary) - len(body)
    more = f"\n... and {counted(left, 'more point')}: --format csv prints all" if left > 0 else ""
    return columns([head, *body]) + more


def _value(value: Any) -> str:
    if isinstance(value, float):
        return UNDEFINED if math.isnan(value) else f"{value:g}"
    return UNDEFINED if value is None else str(value)


def _estimate(mean: float, half: float) -> str:
    if math.isnan(mean):
        return UNDEFINED
    return with_trust(mean, half) if half > 0 else number(mean)


_WRITERS: dict[Format, Callable[["Sweep", bool], str]] = {
    Format.table: _as_table,
    Format.json: _as_json,
    Format.csv: _as_csv,
}


@dataclass(frozen=True)
class ExportOptions:
    """What ``scmsim export`` can be told."""

    folder: Annotated[
        Path, typer.Argument(metavar="DIR", parser=folder_name, help="A folder that scmsim sweep --out wrote.")
    ]
    format: Annotated[
        TableFormat,
        typer.Option(
            "--format",
            metavar="|".join(TableFormat),
            parser=one_of(TableFormat),
            autocompletion=lambda: [*TableFormat],
            help=r"What to write: runs.csv and summary.csv, runs.xlsx (scmsim\[excel]), or runs.parquet.",
        ),
    ] = TableFormat.csv


def export(options: ExportOptions) -> None:
    """Write the tables of a stored sweep, finished or not, to other formats."""
    from scmsim.experiments.sweep.result import open_sweep

    found = open_sweep(options.folder)
    for path in found.export(options.format.value):
        print(path)
    if found.missing:
        say(f"{counted(found.missing, 'run')} of this sweep are not done yet")
