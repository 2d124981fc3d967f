"""``scmsim diff``: what differs between two scenarios, or between two results."""

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scmsim.cli.commands import MeasuresOption, figures_named, one_of
from scmsim.cli.figures import printable, records
from scmsim.cli.shipped import scenario_path

if TYPE_CHECKING:
    from scmsim.experiments.diff.diff import Difference


class DiffFormat(StrEnum):
    """How a difference is printed."""

    table = "table"
    json = "json"


@dataclass(frozen=True)
class DiffOptions:
    """What ``scmsim diff`` can be told."""

    a: Annotated[str, typer.Argument(metavar="A", help="A scenario, or a folder of results.")]
    b: Annotated[str, typer.Argument(metavar="B", help="Another of the same.")]
    measures: MeasuresOption = None
    format: Annotated[
        DiffFormat,
        typer.Option(
            "--format",
            metavar="table|json",
            parser=one_of(DiffFormat),
            autocompletion=lambda: [form.value for form in DiffFormat],
            help="How the difference is printed on stdout.",
        ),
    ] = DiffFormat.table
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Leave with 1 where something differs, else 0.")] = (
        False
    )


def diff(options: DiffOptions) -> None:
    """Say what differs between two scenarios, or between two results.

    Scenarios are compared by what they mean: defaults and tables are in their places first. Of two results the figures
    follow, B less A, on the same random numbers where the seeds are equal.
    """
    from scmsim.experiments.diff.diff import diff as compare

    found = compare(_named(options.a), _named(options.b), measures=figures_named(options.measures))
    print(_as_json(found) if options.format == DiffFormat.json else _as_text(found))
    if options.exit_code and found:
        raise typer.Exit(1)


def _named(name: str) -> Path:
    path = Path(name)
    return path if path.is_dir() else scenario_path(name)


def _as_text(found: "Difference") -> str:
    return "\n".join(printable(sentence) for sentence in found.sentences)


def _as_json(found: "Difference") -> str:
    from scmsim.experiments.changes import dotted

    answer = {
        "a": found.titles[0],
        "b": found.titles[1],
        "changes": [
            {"path": dotted(change.path), "sentence": change.sentence, "override": change.override} | change.values()
            for change in found.changes
        ],
        "only_in": dict(zip("ab", map(list, found.only_in), strict=True)),
        "warnings": list(found.warnings),
        "figures": None if found.figures is None else records(found.figures),
        "sentences": list(found.sentences),
    }
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2)
