"""``scmsim theory``: what is known exactly of a scenario, beside what its simulation says."""

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scmsim.cli.commands import Format, FormatOption, ReplicationsOption, ScenarioArgument, SeedOption, SetOption
from scmsim.cli.figures import CHAIN, UNDEFINED, columns, printable, records
from scmsim.cli.guard import say, warn
from scmsim.cli.progress import progress
from scmsim.cli.shipped import scenario_path
from scmsim.words import figure, with_trust

if TYPE_CHECKING:
    from scmsim.theory.comparison import Theory


@dataclass(frozen=True)
class TheoryOptions:
    """What ``scmsim theory`` can be told."""

    scenario: ScenarioArgument
    replications: ReplicationsOption = None
    seed: SeedOption = None
    settings: SetOption = None
    format: FormatOption = Format.table


def theory(options: TheoryOptions) -> None:
    """Print what theory knows of a scenario beside what the simulation says.

    Exact answers and bounds are shown for the parts of the scenario that a textbook formula covers; nothing is said of
    the rest. Unless --replications says how many, anything left to chance runs at least 10 times.
    """
    from scmsim.scenario.load import load
    from scmsim.theory.comparison import theory as compared

    scenario = load(scenario_path(options.scenario), options.settings or [])
    warn(scenario.warnings)
    with progress(scenario.name) as shown:
        found = compared(scenario, replications=options.replications, seed=options.seed, progress=shown)
    writers = {Format.table: _as_table, Format.json: _as_json, Format.csv: _as_csv}
    if options.format is not Format.table or not found.known:
        for sentence in found.sentences:
            say(sentence)
    text = writers[options.format](found)
    if text:
        print(text)


def _as_table(found: "Theory") -> str:
    if not found.known:
        return ""
    rows = records(found.comparison)
    notes = dict.fromkeys((row["model"], row["formula"], row["source"]) for row in rows)
    body = [
        [
            _place(row),
            row["model"],
            row["measure"],
            _SIGNS[row["kind"]] + figure(row["theory"]),
            _simulated(row),
            row["verdict"],
        ]
        for row in rows
    ]
    table = columns([["", "model", "measure", "theory", "simulated", "verdict"], *body])
    said = [f"{printable(name)}: {formula}. {source}." for name, formula, source in notes]
    return "\n".join([*map(printable, found.sentences), "", table, "", *said])


_SIGNS = {"exact": "", "lower bound": "≥ ", "upper bound": "≤ ", "approximation": "≈ "}


def _simulated(row: dict[str, Any]) -> str:
    mean, half = row["simulated"], row["half_width"]
    if mean is None:
        return UNDEFINED
    return with_trust(mean, math.nan if half is None else half if half > 1e-9 * abs(mean) else 0.0)


def _place(row: dict[str, Any]) -> str:
    return CHAIN if row["node"] is None else str(row["node"]) + (f"/{row['product']}" if row["product"] else "")


def _as_csv(found: "Theory") -> str:
    from scmsim.experiments.storage.csvs import to_text

    return to_text(found.comparison).removesuffix("\n")


def _as_json(found: "Theory") -> str:
    answer = {
        "scenario": found.scenario.name,
        "replications": found.replications,
        "seed": found.seed,
        "sentences": list(found.sentences),
        "theory": records(found.comparison),
    }
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2)
