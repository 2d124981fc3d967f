"""``scmsim place-stock``: where to keep safety stock, so that holding it costs least."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from scmsim.cli.commands import Format, FormatOption, ScenarioArgument, SetOption, number_in
from scmsim.cli.figures import columns, printable
from scmsim.cli.guard import say, warn
from scmsim.cli.shipped import scenario_path
from scmsim.errors import UsageError
from scmsim.words import number

if TYPE_CHECKING:
    from scmsim.experiments.safety_stock.placement import Placement


@dataclass(frozen=True)
class PlaceStockOptions:
    """What ``scmsim place-stock`` can be told."""

    scenario: ScenarioArgument
    service_level: Annotated[
        list[str] | None,
        typer.Option(
            "--service-level",
            metavar="[NODE=]SHARE",
            help="The chance that demand stays within its bound (0.95), for all nodes or for one. Repeatable.",
        ),
    ] = None
    grid: Annotated[
        float,
        typer.Option(metavar="TIME", parser=number_in(1e-6), help="Length of a time step; times are whole steps."),
    ] = 1.0
    settings: SetOption = None
    format: FormatOption = Format.table


def place_stock(options: PlaceStockOptions) -> None:
    """Find where to keep safety stock, by the guaranteed-service model; the network has to be a tree."""
    from scmsim.experiments.safety_stock.placement import SERVICE_LEVEL
    from scmsim.experiments.safety_stock.placement import place_stock as placed
    from scmsim.scenario.load import load

    scenario = load(scenario_path(options.scenario), options.settings or [])
    warn(scenario.warnings)
    named, share = _levels(options.service_level or [])
    serving = {point.node for point in scenario.network.points if point.demands}
    levels = {**dict.fromkeys(serving, SERVICE_LEVEL if share is None else share), **named}
    found = placed(scenario, service_level=levels, grid=options.grid)
    writers = {Format.table: _as_table, Format.json: _as_json, Format.csv: _as_csv}
    for caution in found.cautions:
        say(f"Warning: {caution}")
    print(writers[options.format](found))


def _levels(texts: list[str]) -> tuple[dict[str, float], float | None]:
    """Return the service levels of nodes by name, and that of all others."""
    named: dict[str, float] = {}
    whole: float | None = None
    for text in texts:
        node, given, share = text.rpartition("=")
        try:
            level = float(share)
        except ValueError:
            raise UsageError(f"--service-level {text!r}: expected SHARE or NODE=SHARE, for instance 0.97") from None
        if given:
            named[node] = level
        else:
            whole = level
    return named, whole


def _as_table(found: "Placement") -> str:
    rows = found.stages.to_dict("records")
    names = [str(name) for name in found.stages.columns]
    table = columns(
        [names, *([printable(str(row["stage"])), *(number(row[name]) for name in names[1:])] for row in rows)]
    )
    paste = [f'  --set "{text}"' for text in found.overrides]
    return "\n".join([*map(printable, found.sentences), "", table, "", "To use it:", *paste])


def _as_csv(found: "Placement") -> str:
    from scmsim.experiments.storage.csvs import to_text

    return to_text(found.stages).removesuffix("\n")


def _as_json(found: "Placement") -> str:
    answer = {
        "cost": found.cost,
        "grid": found.grid,
        "stages": found.stages.to_dict("records"),
        "overrides": list(found.overrides),
        "sentences": list(found.sentences),
        "cautions": list(found.cautions),
    }
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2)
