"""``scmsim stress``: where a chain is fragile."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scmsim.cli.commands import (
    ExecutorOption,
    ForceOption,
    Format,
    FormatOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    WorkersOption,
    folder_name,
    number_in,
    whole_number,
)
from scmsim.cli.figures import columns, printable
from scmsim.cli.guard import say, warn
from scmsim.cli.progress import counting
from scmsim.cli.shipped import scenario_path
from scmsim.errors import UsageError
from scmsim.words import number

if TYPE_CHECKING:
    from scmsim.experiments.stress.stress import Stress


@dataclass(frozen=True)
class StressOptions:
    """What ``scmsim stress`` can be told."""

    scenario: ScenarioArgument
    at: Annotated[
        float | None,
        typer.Option(
            metavar="TIME", parser=number_in(-1e9), help="When each is struck; a quarter into the measured time."
        ),
    ] = None
    lasts: Annotated[
        float | None,
        typer.Option(metavar="TIME", parser=number_in(0), help="For how long; a tenth of the measured time."),
    ] = None
    by: Annotated[
        str | None,
        typer.Option(metavar="METRIC", help="The figure that tells the impact: profit, total_cost, fill_rate, ..."),
    ] = None
    replications: Annotated[
        int | None, typer.Option(metavar="N", parser=whole_number(1), help="Independent runs of each.")
    ] = None
    seed: SeedOption = None
    settings: SetOption = None
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", parser=folder_name, help="Write the ranking and a page with the network to DIR."),
    ] = None
    format: FormatOption = Format.table
    executor: ExecutorOption = None
    workers: WorkersOption = None
    force: ForceOption = False


def stress(options: StressOptions) -> None:
    """Strike every node and every lane in turn, and rank them by what that costs."""
    from scmsim.experiments.stress.stress import stress as struck
    from scmsim.scenario.load import load

    out = options.out
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())) and not options.force:
        raise UsageError(f"{out} exists; give another name, or --force to write into it")
    scenario = load(scenario_path(options.scenario), options.settings or [])
    warn(scenario.warnings)
    with counting(scenario.name) as shown:
        found = struck(
            scenario,
            at=options.at,
            lasts=options.lasts,
            by=options.by,
            replications=options.replications,
            seed=options.seed,
            where=options.executor,
            workers=options.workers,
            progress=shown,
        )
    writers = {Format.table: as_table, Format.json: lambda found: found.as_json(), Format.csv: as_csv}
    print(writers[options.format](found))
    if out is not None:
        found.write(out)
        say(f"Report: {out / 'report.html'}")


def as_table(found: "Stress") -> str:
    """Give the ranking as a table to read, and the answer below it."""
    heads = ["rank", "struck", "impact", "±", "worst", "tail", "survives", "recovers"]
    names = ("impact", "half_width", "worst", "tail", "time_to_survive", "time_to_recover")
    rows = [
        ["-" if row["reason"] else str(row["rank"]), printable(str(row["name"])), *(_said(row[name]) for name in names)]
        for row in found.ranking.to_dict("records")
    ]
    reasons = [
        f"{printable(str(row['name']))} was not struck: {printable(str(row['reason']))}"
        for row in found.ranking.to_dict("records")
        if row["reason"]
    ]
    return "\n".join([columns([heads, *rows]), "", *map(printable, found.sentences), *reasons])


def as_csv(found: "Stress") -> str:
    """Give the ranking as CSV."""
    from scmsim.experiments.storage.csvs import to_text

    return to_text(found.ranking).removesuffix("\n")


def _said(value: float) -> str:
    return "-" if value != value else number(value)
