"""``scmsim optimize`` and ``scmsim safety-stock``: the best values under constraints; levels for a target service."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from scmsim.cli.figures import columns, printable, records
from scmsim.cli.guard import FAILED, note, say, warn
from scmsim.cli.progress import counting
from scmsim.cli.shipped import scenario_path
from scmsim.errors import UsageError
from scmsim.words import number

if TYPE_CHECKING:
    from scmsim.experiments.optimize.optimization import Optimization
    from scmsim.experiments.safety_stock.shift import SafetyStock
    from scmsim.scenario.scenario import Scenario


@dataclass(frozen=True)
class OptimizeOptions:
    """What ``scmsim optimize`` can be told."""

    scenario: ScenarioArgument
    minimize: Annotated[
        str | None, typer.Option("--minimize", metavar="MEASURE", help="The figure to make small: total_cost.")
    ] = None
    maximize: Annotated[
        str | None, typer.Option("--maximize", metavar="MEASURE", help="The figure to make large: profit@shop.")
    ] = None
    subject_to: Annotated[
        list[str] | None,
        typer.Option(
            "--subject-to",
            metavar="CONSTRAINT",
            help="What has to hold: 'fill_rate@kind=retailer >= 0.97'. Repeatable.",
        ),
    ] = None
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="PATH=LOW..HIGH",
            help=r"What may be changed, and between which ends; perhaps with ,log or ,integer or ,real. Repeatable.",
        ),
    ] = None
    trials: Annotated[
        int | None, typer.Option(metavar="N", parser=whole_number(1), help="How many candidates are tried (100).")
    ] = None
    replications: Annotated[
        int | None, typer.Option(metavar="N", parser=whole_number(1), help="How often each is simulated (10).")
    ] = None
    fresh: Annotated[
        int | None,
        typer.Option(metavar="N", parser=whole_number(2), help="How often the finalists are simulated again (40)."),
    ] = None
    confidence: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE", parser=number_in(0.5, 0.9999), help="How sure all constraints have to hold (0.95)."
        ),
    ] = None
    seed: SeedOption = None
    settings: SetOption = None
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", parser=folder_name, help="Keep the search in this folder, where it goes on, and its answer."
        ),
    ] = None
    format: FormatOption = Format.table
    executor: ExecutorOption = None
    workers: WorkersOption = None
    force: ForceOption = False


def optimize(options: OptimizeOptions) -> None:
    r"""Find the values that make a figure small or large while others keep to their bounds.

    Needs scmsim\[optimize]. What is not given is taken from the scenario's block experiments.optimize. With --out, the
    same command goes on where the search was interrupted. Exit code 4: no candidate keeps to the constraints.
    """
    from scmsim.experiments.execution.executors import check_place
    from scmsim.experiments.optimize.optimize import optimize as search
    from scmsim.experiments.sweep.ends import in_whole_numbers

    scenario = _loaded(options.scenario, options.settings)
    check_place(options.executor, options.workers)
    note(in_whole_numbers(_varied(scenario, options.vary)))
    with counting("candidates") as shown:
        found = search(
            scenario,
            minimize=options.minimize,
            maximize=options.maximize,
            subject_to=options.subject_to or (),
            vary=options.vary or (),
            trials=options.trials,
            replications=options.replications,
            fresh=options.fresh,
            confidence=options.confidence,
            seed=options.seed,
            out=options.out,
            force=options.force,
            where=options.executor,
            workers=options.workers,
            progress=shown,
        )
    print({Format.table: as_table, Format.json: as_json, Format.csv: as_csv}[options.format](found))
    if options.out is not None:
        say(f"Report: {options.out / 'report.html'}")
    if not found.found:
        raise typer.Exit(FAILED)


def _varied(scenario: "Scenario", texts: list[str] | None) -> list[tuple[str, Any]]:
    """Return what is varied, given here or in the file."""
    if texts:
        return [(path, ends) for path, _, ends in (text.partition("=") for text in texts)]
    block = scenario.file.experiments.optimize if scenario.file.experiments is not None else None
    return list(block.vary.items()) if block is not None else []


def _loaded(name: str, settings: list[str] | None) -> "Scenario":
    from scmsim.scenario.load import load

    scenario = load(scenario_path(name), settings or [])
    warn(scenario.warnings)
    return scenario


def as_csv(found: "Optimization") -> str:
    """Give the finalists as CSV, safe to open in a spreadsheet."""
    from scmsim.experiments.storage.csvs import to_text

    return to_text(found.candidates).removesuffix("\n")


def as_json(found: "Optimization") -> str:
    """Give the answer as one JSON object; what is undefined is null."""
    answer = {
        **{
            key: value for key, value in found.manifest.items() if key not in ("files", "versions", "scmsim_experiment")
        },
        "found": found.found,
        "values": found.nearest,
        "overrides": list(found.overrides),
        "sentences": list(found.sentences),
        "constraints": records(found.constraints),
        "candidates": records(found.candidates),
    }
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2)


def as_table(found: "Optimization") -> str:
    """Give the answer in sentences, what to paste, and the finalists as a table to read."""
    said = [printable(sentence) for sentence in found.sentences]
    paste = [f"  --set {_shell(text)}" for text in found.overrides]
    use = "To use it:" if found.found else "Its values, to look further from there:"
    shown = [*found.paths, found.objective, "half_width", "search", "met"]
    rows = [[str(at + 1), *(_cell(row[name]) for name in shown)] for at, row in enumerate(records(found.candidates))]
    table = columns([["finalist", *shown], *rows])
    return "\n".join([*said, "", use, *paste, "", table])


def _shell(text: str) -> str:
    """Quote what a shell would take apart."""
    return text if all(sign.isalnum() or sign in "._=-+/:" for sign in text) else f"'{text}'"


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "-"
    return number(value) if isinstance(value, int | float) else str(value)


@dataclass(frozen=True)
class SafetyStockOptions:
    """What ``scmsim safety-stock`` can be told."""

    scenario: ScenarioArgument
    target: Annotated[
        str,
        typer.Option(
            "--target",
            metavar="MEASURE=SHARE",
            help="fill_rate=0.97; or period_service_level, cycle_service_level, ready_rate.",
        ),
    ]
    node: Annotated[
        list[str] | None,
        typer.Option("--node", metavar="NAME", help="Whose stocks; those that serve end customers. Repeatable."),
    ] = None
    replications: Annotated[
        int, typer.Option(metavar="N", parser=whole_number(1), help="How many runs the levels are read off.")
    ] = 10
    seed: SeedOption = None
    settings: SetOption = None
    format: FormatOption = Format.table
    executor: ExecutorOption = None
    workers: WorkersOption = None


def safety_stock(options: SafetyStockOptions) -> None:
    """Find the levels with which stocks give a target service: the shift method."""
    from scmsim.experiments.safety_stock.shift import safety_stock as levels

    metric, target = _target(options.target)
    scenario = _loaded(options.scenario, options.settings)
    found = levels(
        scenario,
        metric=metric,
        target=target,
        nodes=options.node or (),
        replications=options.replications,
        seed=options.seed,
        where=options.executor,
        workers=options.workers,
    )
    for caution in found.cautions:
        say(f"Warning: {printable(caution)}")
    writers = {Format.table: _levels_as_table, Format.json: _levels_as_json, Format.csv: _levels_as_csv}
    print(writers[options.format](found))


def _target(text: str) -> tuple[str, float]:
    metric, _, share = text.partition("=")
    try:
        return metric.strip(), float(share)
    except ValueError:
        raise UsageError(f"--target {text!r}: expected MEASURE=SHARE, for instance fill_rate=0.97") from None


def _levels_as_table(found: "SafetyStock") -> str:
    paste = [f"  --set {_shell(text)}" for text in found.overrides]
    said = [printable(sentence) for sentence in found.sentences]
    return "\n".join(
        [
            *said,
            "",
            "To use them:",
            *paste,
            "",
            "In the scenario file, as a variant:",
            found.to_yaml().removesuffix("\n"),
        ]
    )


def _levels_as_csv(found: "SafetyStock") -> str:
    from scmsim.experiments.storage.csvs import to_text

    return to_text(found.levels).removesuffix("\n")


def _levels_as_json(found: "SafetyStock") -> str:
    answer = {
        "metric": found.metric,
        "target": found.target,
        "levels": records(found.levels),
        "overrides": list(found.overrides),
        "rounds": found.rounds,
        "sentences": list(found.sentences),
        "cautions": list(found.cautions),
    }
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2)
