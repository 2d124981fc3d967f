"""``scmsim run`` and ``scmsim report``: from a scenario to its answer, and from a stored answer to its report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scmsim.cli.commands import (
    ForceOption,
    Format,
    FormatOption,
    OutOption,
    ReplicationsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    folder_name,
    whole_number,
)
from scmsim.cli.figures import print_figures
from scmsim.cli.guard import say, warn
from scmsim.cli.progress import progress
from scmsim.cli.shipped import scenario_path
from scmsim.errors import UsageError

if TYPE_CHECKING:
    from scmsim.experiments.run.result import Result
    from scmsim.scenario.scenario import Scenario


@dataclass(frozen=True)
class RunOptions:
    """What ``scmsim run`` can be told."""

    scenario: ScenarioArgument
    replications: ReplicationsOption = None
    seed: SeedOption = None
    until: Annotated[
        list[str] | None,
        typer.Option(
            "--until",
            metavar="MEASURE:PRECISION",
            help="Replicate until the 95 % half width is this small: fill_rate:0.5% (of the mean), total_cost:10. "
            "Repeatable.",
        ),
    ] = None
    most: Annotated[
        int | None,
        typer.Option(
            "--most", metavar="N", parser=whole_number(10), help="With --until, so many replications at most (1000)."
        ),
    ] = None
    settings: SetOption = None
    out: OutOption = None
    format: FormatOption = Format.table
    force: ForceOption = False
    parquet: Annotated[
        bool, typer.Option("--parquet", help=r"With --out, write tables as Parquet too (needs scmsim\[parquet]).")
    ] = False
    summary: Annotated[
        bool, typer.Option("--summary", help="Write no tables: memory and disk do not grow with the run.")
    ] = False
    audit: Annotated[
        bool, typer.Option("--audit", help="Work every stock and balance out again from the records, and compare.")
    ] = False

    @property
    def formats(self) -> Sequence[str]:
        """How tables are written."""
        return ("csv", "parquet") if self.parquet else ("csv",)


def run(options: RunOptions) -> None:
    """Run a scenario and print its figures.

    Nothing is written unless --out names a folder; what lies there already is kept, unless it is the same run or
    --force is given. What the scenario says to no effect is a warning on stderr, and so is a precision (--until) that
    was not reached; the JSON then says "reached": false, and the exit code stays 0.
    """
    from scmsim.scenario.load import load

    if options.parquet and options.out is None:
        raise UsageError("--parquet writes tables and needs a folder for them: add --out DIR")
    _check_until(options)
    overrides = options.settings or []
    scenario = load(scenario_path(options.scenario), overrides)
    warn(scenario.warnings)
    if options.out is not None and not options.until:
        _check_out(options.out, options, scenario)
    result, reached = _precise(options, scenario) if options.until else (_simulated(options, scenario), None)
    if options.audit:
        say("Audit: every stock and every balance follows from the records")
    result = replace(result, manifest={**result.manifest, "overrides": list(overrides)})
    if options.out is not None:
        result.write(options.out, force=options.force, formats=options.formats)
    print_figures(result, options.format, reached)
    if options.out is not None:
        say(f"Report: {options.out / 'report.html'}")


def _check_out(out: Path, options: RunOptions, scenario: "Scenario") -> None:
    """Find out that the folder cannot be written before the work is done, not after."""
    from scmsim.experiments.run.folder import check_formats
    from scmsim.experiments.storage.folder import check_target
    from scmsim.experiments.storage.manifest import describe

    own = scenario.file.run
    seed = own.seed if options.seed is None else options.seed
    manifest = describe(scenario, seed=seed, replications=options.replications or own.replications, record="full")
    check_formats(options.formats)
    check_target(out, manifest, force=options.force)


def _check_until(options: RunOptions) -> None:
    if options.until and options.replications is not None:
        raise UsageError("--until finds out how many replications there are: leave --replications out, or give --most")
    if options.most is not None and not options.until:
        raise UsageError("--most limits a run to a precision: add --until, for instance --until fill_rate:0.5%")


def _precise(options: RunOptions, scenario: "Scenario") -> "tuple[Result, bool]":
    """Run to a precision, and say whether it was reached.

    Where tables or an audit are wanted, too, run that many replications again for them.
    """
    from scmsim.experiments.replicate.precision import MOST
    from scmsim.experiments.replicate.replicate import run_to_precision

    if options.out is not None:
        _check_out(options.out, replace(options, replications=_stored_replications(options.out)), scenario)
    with progress(scenario.name) as shown:
        found = run_to_precision(
            scenario, options.until or [], most=options.most or MOST, seed=options.seed, progress=shown
        )
    first, *others = found.sentences
    for sentence in (first if found.reached else f"Warning: {first}", *others):
        say(sentence)
    if not options.audit and (options.out is None or options.summary):
        return found.result, found.reached
    again = replace(options, replications=found.result.replications)
    if options.out is not None:
        _check_out(options.out, again, scenario)
    return _simulated(again, scenario), found.reached


def _stored_replications(out: Path) -> int | None:
    """Return how many replications the run in a folder has, if there is one: nothing but that number may differ."""
    from scmsim.experiments.storage.folder import read_manifest

    try:
        return int(read_manifest(out)["replications"])
    except UsageError:
        return None


def _simulated(options: RunOptions, scenario: "Scenario") -> "Result":
    from scmsim.experiments.run.run import run as replicate

    full = options.out is not None and not options.summary
    with progress(scenario.name) as shown:
        return replicate(
            scenario,
            seed=options.seed,
            replications=options.replications,
            record="full" if full else "summary",
            progress=shown,
            audit=options.audit or None,
        )


@dataclass(frozen=True)
class ReportOptions:
    """What ``scmsim report`` can be told."""

    folder: Annotated[Path, typer.Argument(metavar="DIR", parser=folder_name, help="A folder that scmsim wrote.")]


def report(options: ReportOptions) -> None:
    """Write the report of a stored run or experiment again."""
    from scmsim.experiments.storage.report import replace_report
    from scmsim.experiments.stored import open_stored

    print(replace_report(open_stored(options.folder), options.folder))
