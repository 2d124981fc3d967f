"""``scmsim warmup``: how long a run takes to forget how it began."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scmsim.cli.commands import Format, FormatOption, ScenarioArgument, SeedOption, SetOption, folder_name, whole_number
from scmsim.cli.figures import columns
from scmsim.cli.guard import say, warn
from scmsim.cli.progress import progress
from scmsim.cli.shipped import scenario_path
from scmsim.errors import UsageError
from scmsim.words import known

if TYPE_CHECKING:
    from scmsim.experiments.warmup.warmup import WarmUp


@dataclass(frozen=True)
class WarmUpOptions:
    """What ``scmsim warmup`` can be told."""

    scenario: ScenarioArgument
    series: Annotated[
        list[str] | None,
        typer.Option(
            "--series",
            metavar="SERIES",
            help="What to judge by: net_stock, orders@brewery, net_stock@shop/tea, orders@*. Repeatable.",
        ),
    ] = None
    replications: Annotated[
        int | None,
        typer.Option(metavar="N", parser=whole_number(1), help="Independent runs that are averaged; 10 unless given."),
    ] = None
    seed: SeedOption = None
    settings: SetOption = None
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", parser=folder_name, help="Write a page with every series and what is left out."),
    ] = None
    format: FormatOption = Format.table
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False


def warm_up(options: WarmUpOptions) -> None:
    """Suggest a warm-up: the first part of the run, which is not measured.

    Replications are averaged period by period, and cut where MSER-5 says; the series that takes longest decides.
    """
    from scmsim.experiments.warmup.warmup import suggest_warm_up
    from scmsim.scenario.load import load

    _check_out(options)
    scenario = load(scenario_path(options.scenario), options.settings or [])
    warn(scenario.warnings)
    with progress(scenario.name) as shown:
        found = suggest_warm_up(
            scenario, options.series, replications=options.replications, seed=options.seed, progress=shown
        )
    writers = {Format.table: _as_table, Format.json: _as_json, Format.csv: _as_csv}
    print(writers[options.format](found))
    if options.format is not Format.table:
        for sentence in found.sentences:
            say(sentence)
    if options.out is not None:
        say(f"Page: {found.write(options.out)}")


def _check_out(options: WarmUpOptions) -> None:
    out = options.out
    if out is None:
        return
    if out.is_dir():
        raise UsageError(f"{out} is a folder; expected the name of a page, for instance {out / 'warmup.html'}")
    if not out.parent.is_dir():
        raise UsageError(f"{out}: there is no folder {out.parent}")
    if out.exists() and not options.force:
        raise UsageError(f"{out} exists; give another name, or --force to replace it")


def _as_table(found: "WarmUp") -> str:
    rows = [
        [
            str(row["series"]),
            f"{row['warm_up']:g}{' !' if row['at_bound'] else ''}",
            f"{row['median']:g}",
            f"{row['largest']:g}",
            f"{row['mean']:,.2f}",
        ]
        for row in found.suggestions.to_dict("records")
    ]
    heads = ["series", "warm-up", "median of one", "largest of one", "mean after it"]
    return "\n".join([columns([heads, *rows]), "", *found.sentences])


def _as_json(found: "WarmUp") -> str:
    rows = found.suggestions.to_dict("records")
    answer = {
        "scenario": found.scenario.name,
        "replications": found.replications,
        "seed": found.seed,
        "warm_up": found.warm_up,
        "too_short": found.too_short,
        "series": [{key: known(value) for key, value in row.items()} for row in rows],
    }
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2)


def _as_csv(found: "WarmUp") -> str:
    from scmsim.experiments.storage.csvs import to_text

    return to_text(found.suggestions).removesuffix("\n")
