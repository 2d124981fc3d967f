"""``scmsim compare``: which of several scenarios is better, on what, by how much, how sure."""

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
    SeedOption,
    SetOption,
    WorkersOption,
    figures_named,
    folder_name,
    number_in,
    whole_number,
)
from scmsim.cli.figures import columns, printable, records
from scmsim.cli.guard import say, warn
from scmsim.cli.progress import progress
from scmsim.cli.shipped import scenario_path
from scmsim.errors import UsageError
from scmsim.words import listed, number, roughly, with_trust

if TYPE_CHECKING:
    from scmsim.experiments.compare.comparison import Comparison
    from scmsim.experiments.compare.selection import Selection
    from scmsim.experiments.compare.variants import Policies
    from scmsim.scenario.scenario import Scenario

WORDS = {"better": "better", "worse": "worse", "undecided": "cannot tell", "unknown": "one replication: cannot tell"}


@dataclass(frozen=True)
class CompareOptions:
    """What ``scmsim compare`` can be told."""

    scenarios: Annotated[
        list[str],
        typer.Argument(
            metavar="SCENARIO...",
            help="Scenario files, or names of shipped ones; the others are compared with the first.",
        ),
    ]
    policies: Annotated[
        bool, typer.Option("--policies", help="Compare the variants that the file lists under experiments.compare.")
    ] = False
    variant: Annotated[
        list[str] | None,
        typer.Option(
            "--variant",
            metavar="NAME:PATH=VALUE[,PATH=VALUE]",
            help="Also compare the first scenario with some of it changed. Repeatable.",
        ),
    ] = None
    settings: SetOption = None
    measures: MeasuresOption = None
    replications: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            parser=whole_number(1),
            help="Independent runs of each, at least 1; unless given the file's number, and 20 where that is 1.",
        ),
    ] = None
    seed: SeedOption = None
    confidence: Annotated[
        float,
        typer.Option(
            metavar="SHARE", parser=number_in(0.5, 0.999999), help="How sure intervals and verdicts are to be."
        ),
    ] = 0.95
    worth: Annotated[
        list[str] | None,
        typer.Option(
            "--worth",
            metavar="MEASURE:SIZE",
            help="The smallest difference worth knowing of: fill_rate:0.01. Repeatable.",
        ),
    ] = None
    select: Annotated[
        str | None,
        typer.Option(
            "--select", metavar="MEASURE", help="Select the best by this figure, with as many replications as it takes."
        ),
    ] = None
    indifference: Annotated[
        float | None,
        typer.Option(metavar="SIZE", parser=number_in(0), help="With --select, the smallest difference that matters."),
    ] = None
    most: Annotated[
        int,
        typer.Option(metavar="N", parser=whole_number(2), help="With --select, so many replications of each at most."),
    ] = 1000
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", parser=folder_name, help="Write tables, scenarios, manifest and report to this folder."
        ),
    ] = None
    format: FormatOption = Format.table
    executor: ExecutorOption = None
    workers: WorkersOption = None
    force: ForceOption = False


def compare(options: CompareOptions) -> None:
    """Compare scenarios on the same random numbers: which is better, on what, by how much, how sure.

    One file is compared with its own variants: with --policies those that it lists, with --variant those given here.
    Where --select comes to no choice, that is a warning on stderr and "reached": false in the JSON; the exit code stays
    0.
    """
    from scmsim.experiments.compare.compare import compare as compared

    scenarios = _loaded(options)
    with progress("compare") as shown:
        found = compared(
            *scenarios,
            policies=_variants(options),
            measures=figures_named(options.measures),
            replications=options.replications,
            seed=options.seed,
            confidence=options.confidence,
            worth=_worth(options.worth or []),
            select=options.select,
            indifference=options.indifference,
            most=options.most,
            where=options.executor,
            workers=options.workers,
            progress=shown,
            out=options.out,
            force=options.force,
        )
    print({Format.table: as_table, Format.json: as_json, Format.csv: as_csv}[options.format](found))
    if found.selection is not None and found.selection.chosen is None:
        left = listed([printable(name) for name in found.selection.left])
        say(f"Warning: none was selected, as {left} are left after the most replications allowed: --most allows more")
    said = {warning for scenario in scenarios for warning in scenario.warnings}
    warn(warning for warning in found.warnings if warning not in said)
    if options.out is not None:
        say(f"Report: {options.out / 'report.html'}")


def _loaded(options: CompareOptions) -> "list[Scenario]":
    from scmsim.scenario.load import load

    found = [load(scenario_path(name), options.settings or []) for name in options.scenarios]
    for scenario in found:
        warn(scenario.warnings)
    return found


def _variants(options: CompareOptions) -> "Policies":
    from scmsim.experiments.compare.variants import inline

    if options.policies and options.variant:
        raise UsageError("--policies and --variant both say what to compare: give one of them")
    return options.policies or inline(options.variant or []) or None


def _worth(texts: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in texts:
        name, _, size = text.rpartition(":")
        try:
            found[name] = float(size)
        except ValueError:
            name = ""
        if not name or not math.isfinite(found[name]):
            raise UsageError(f"--worth {text!r}: expected MEASURE:SIZE, for instance fill_rate:0.01")
    return found


def as_csv(found: "Comparison") -> str:
    """Give the differences as CSV, safe to open in a spreadsheet."""
    from scmsim.experiments.storage.csvs import to_text

    return to_text(found.differences).removesuffix("\n")


def as_json(found: "Comparison") -> str:
    """Give everything as one JSON object; what is undefined is null."""
    chosen = found.selection
    answer = {
        "scenarios": list(found.scenarios),
        "replications": found.replications,
        "seed": found.seed,
        "confidence": found.confidence,
        "sentences": list(found.sentences),
        **{name: records(frame) for name, frame in found.tables.items() if name != "values"},
        "selection": {**chosen.to_dict(), "reached": chosen.chosen is not None} if chosen else None,
    }
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2)


def as_table(found: "Comparison") -> str:
    """Give the answer in sentences, and every scenario's figures and their differences as tables to read."""
    parts = [
        "\n".join(printable(sentence) for sentence in found.sentences),
        _own_figures(found),
        _all_differences(found),
    ]
    return "\n\n".join([*parts, _selection(found.selection)] if found.selection else parts)


def _own_figures(found: "Comparison") -> str:
    cells = {
        (row["scenario"], row["measure"]): _with_width(row["mean"], row["half_width"])
        for row in records(found.estimates)
    }
    names = [str(measure) for measure in found.measures]
    body = [[name, *(cells[scenario, name] for scenario in found.scenarios)] for name in names]
    replications = f"first {found.replications:,}" if found.went_on else ""
    return columns([[replications, *found.scenarios], *body])


def _selection(selection: "Selection") -> str:
    """Say how often every scenario was run for a selection, and what came out."""
    body = [
        [name, f"{made:,}", number(selection.means[name]), selection.fate(name)]
        for name, made in selection.replications.items()
    ]
    return columns([["selection", "replications", f"mean {selection.measure}", "left"], *body])


def _all_differences(found: "Comparison") -> str:
    head = ["", "difference", "low", "high", "verdict", "replications needed"]
    body = [
        [
            f"{row['measure']}: {row['pair']}",
            *(_figure(row[name]) for name in ("difference", "low", "high")),
            WORDS.get(row["verdict"], row["verdict"]),
            _more(row),
        ]
        for row in records(found.differences)
    ]
    return columns([head, *body])


def _more(row: dict[str, Any]) -> str:
    needed = row["still_needed"]
    if needed is None:
        return "beyond reach" if row["verdict"] == "undecided" else ""
    return f"about {roughly(needed)}" if needed else ""


def _with_width(mean: float | None, width: float | None) -> str:
    return with_trust(mean, width) if mean is not None and width else _figure(mean)


def _figure(value: float | None) -> str:
    return "-" if value is None else number(value)
