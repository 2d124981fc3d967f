"""``scmsim sensitivity``: which factors matter, of a scenario or of a finished sweep."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scmsim.cli.commands import (
    ExecutorOption,
    ForceOption,
    Format,
    FormatOption,
    MeasuresOption,
    OutOption,
    ReplicationsOption,
    SeedOption,
    SetOption,
    WorkersOption,
    figures_named,
    whole_number,
)
from scmsim.cli.figures import columns, printable, records
from scmsim.cli.guard import note, say, warn
from scmsim.cli.shipped import scenario_path
from scmsim.errors import UsageError
from scmsim.words import counted, number

if TYPE_CHECKING:
    from scmsim.experiments.sensitivity.result import Sensitivity

MOST_ROWS = 40
SHOWN = {
    "sobol": {"first": "alone", "total": "with others"},
    "conditional_means": {"first": "alone", "total": "with others"},
    "morris": {"mu": "mu", "mu_star": "mu*", "sigma": "sigma"},
    "regression": {"coefficient": "coefficient", "rank_correlation": "rank correlation"},
    "one_at_a_time": {"figure_at_low": "at its low end", "figure_at_high": "at its high end"},
}
"""Which columns of a method's table are shown, and what they are called."""


@dataclass(frozen=True)
class SensitivityOptions:
    """What ``scmsim sensitivity`` can be told."""

    source: Annotated[
        str, typer.Argument(metavar="SCENARIO|DIR", help="A scenario, or the folder of a finished sweep.")
    ]
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", metavar="PATH=LOW..HIGH", help="What to vary in a scenario, and how far. Repeatable."),
    ] = None
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            metavar="sobol|morris",
            help="Shares of the variance (unless given), or elementary effects from fewer runs. Of a sweep: "
            "conditional_means or regression, as its design allows.",
        ),
    ] = None
    points: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            parser=whole_number(1),
            help="Sobol: N x (factors + 2) points, N a power of 2, 64 unless given. Morris: N trajectories, 10.",
        ),
    ] = None
    measures: MeasuresOption = None
    replications: ReplicationsOption = None
    seed: SeedOption = None
    settings: SetOption = None
    out: OutOption = None
    format: FormatOption = Format.table
    executor: ExecutorOption = None
    workers: WorkersOption = None
    no_report: Annotated[bool, typer.Option("--no-report", help="With --out, write no report.html.")] = False
    force: ForceOption = False


def sensitivity(options: SensitivityOptions) -> None:
    """Say which factors matter: how much of a figure's variance comes from each.

    All points meet the same random numbers. Of a finished sweep no run is repeated.
    """
    found = _of_sweep(options) if Path(options.source).is_dir() else _of_scenario(options)
    if options.out is not None:
        found.write(options.out, force=options.force, report=not options.no_report)
    writers = {Format.table: _as_table, Format.json: _as_json, Format.csv: _as_csv}
    print(writers[options.format](found))
    if options.out is not None and not options.no_report:
        say(f"Report: {options.out / 'report.html'}")


def _of_sweep(options: SensitivityOptions) -> "Sensitivity":
    from scmsim.experiments.sensitivity.sensitivity import sensitivity as find

    given = {
        "--vary": options.vary,
        "--points": options.points,
        "--replications": options.replications,
        "--seed": options.seed,
        "--set": options.settings,
    }
    for name in [name for name, value in given.items() if value is not None]:
        raise UsageError(f"{options.source} is a folder of a finished sweep, which {name} cannot change: leave it out")
    return find(Path(options.source), method=options.method, measures=figures_named(options.measures))


def _of_scenario(options: SensitivityOptions) -> "Sensitivity":
    from scmsim.experiments.sensitivity.sensitivity import sensitivity as find
    from scmsim.experiments.sweep.ends import in_whole_numbers
    from scmsim.experiments.sweep.factors import varied
    from scmsim.scenario.load import load

    vary: dict[str, Any] = {}
    for text in options.vary or []:
        path, variation = varied(text)
        if path in vary:
            raise UsageError(f"two factors on one path: {path} and {path}")
        vary[path] = variation
    scenario = load(scenario_path(options.source), options.settings or [])
    warn(scenario.warnings)
    note(in_whole_numbers(vary.items()))
    return find(
        scenario,
        vary,
        options.method,
        points=options.points,
        replications=options.replications,
        measures=figures_named(options.measures),
        seed=options.seed,
        where=options.executor,
        workers=options.workers,
    )


def _as_table(found: "Sensitivity") -> str:
    """Give the answer in words, and under it a table."""
    from scmsim.experiments.sensitivity.words import RANKING, important_first

    shown = SHOWN[found.method]
    frame = found.indices if len(found.indices) else found.effects
    places = {measure: place for place, measure in enumerate(important_first(found.measures))}
    frame = frame.assign(place=frame["measure"].map(places), size=-frame[RANKING[found.method]].abs())
    frame = frame.sort_values(["place", "size"], kind="stable")
    rows = [["measure", "factor", *shown.values()]]
    for row in frame.head(MOST_ROWS).to_dict("records"):
        rows.append([str(row["measure"]), str(row["factor"]), *(_cell(row, name) for name in shown)])
    words = "\n".join(printable(sentence) for sentence in found.sentences)
    left = len(frame) - MOST_ROWS
    more = f"\n... and {counted(left, 'more row')}: --format csv prints all" if left > 0 else ""
    return f"{words}\n\n{columns(rows)}{more}"


def _cell(row: dict[Any, Any], name: str) -> str:
    if math.isnan(row[name]):
        return "-"
    low, high = row.get(f"{name}_low", math.nan), row.get(f"{name}_high", math.nan)
    return number(row[name]) + ("" if math.isnan(low) else f" [{number(low)}, {number(high)}]")


def _as_json(found: "Sensitivity") -> str:
    answer = {
        "scenario": found.scenario.name,
        "method": found.method,
        "seed": found.manifest["seed"],
        "replications": found.manifest["replications"],
        "indices": records(found.indices),
        "effects": records(found.effects),
        "noise": records(found.noise),
        "sentences": list(found.sentences),
    }
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2)


def _as_csv(found: "Sensitivity") -> str:
    from scmsim.experiments.storage.csvs import to_text

    return to_text(found.indices if len(found.indices) else found.effects).removesuffix("\n")
