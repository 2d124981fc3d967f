"""``scmsim validate``, ``schema``, ``new``, ``list`` and ``import``: everything about scenario files."""

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from scmsim.cli.commands import ForceOption, Format, FormatOption, SetOption
from scmsim.cli.guard import counted, say
from scmsim.cli.shipped import scenario_path, shipped, shipped_path
from scmsim.errors import ScenarioError, UsageError

OutputOption = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file.")]


class Shape(StrEnum):
    """Which distribution takes a stated mean and standard deviation."""

    normal = "normal"
    gamma = "gamma"


@dataclass(frozen=True)
class ValidateOptions:
    """What ``scmsim validate`` can be told."""

    scenarios: Annotated[
        list[str], typer.Argument(metavar="SCENARIO...", help="Scenario files, or names of shipped ones.")
    ]
    settings: SetOption = None


def validate(options: ValidateOptions) -> None:
    """Check scenario files without running them.

    Every problem is one line on stderr; exit code 3 when there is any.
    """
    from scmsim.scenario.load import load

    problems = wrong = 0
    for name in options.scenarios:
        try:
            load(scenario_path(name), options.settings or [])
        except ScenarioError as error:
            say(str(error))
            problems, wrong = problems + len(error.problems), wrong + 1
        else:
            print(f"{name}: ok")
    if problems:
        say(f"{counted(problems, 'problem')} in {wrong} of {counted(len(options.scenarios), 'file')}")
        raise typer.Exit(ScenarioError.exit_code)


@dataclass(frozen=True)
class SchemaOptions:
    """What ``scmsim schema`` can be told."""

    output: OutputOption = None
    force: ForceOption = False


def schema(options: SchemaOptions) -> None:
    """Print the JSON Schema of a scenario file, for an editor that completes and checks while one writes."""
    from scmsim.scenario.json_schema import scenario_json_schema

    text = json.dumps(scenario_json_schema(), indent=2, ensure_ascii=False)
    _deliver(text, options.output, force=options.force)


@dataclass(frozen=True)
class NewOptions:
    """What ``scmsim new`` can be told."""

    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A shipped scenario (scmsim list), or with --from a name of your own.")
    ]
    source: Annotated[
        str | None, typer.Option("--from", metavar="SHIPPED", help="The shipped scenario to start from.")
    ] = None
    target: Annotated[
        Path | None, typer.Option("--as", metavar="FILE", help="The file to write; NAME.yaml unless given.")
    ] = None
    force: ForceOption = False


def new(options: NewOptions) -> None:
    """Copy a shipped scenario, and the CSV files it names, to start from."""
    source = shipped_path(options.source or options.name)
    target = options.target or Path(f"{options.name}.yaml")
    beside = {source.parent / name: target.parent / name for name in sorted(set(_named_files(source)))}
    copies = {source: target, **beside}
    if not options.force:
        for path in copies.values():
            _refuse_existing(path)
    for origin, copy in copies.items():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origin, copy)
    print(target)
    say(f"Run it: scmsim run {target}")


def _named_files(scenario: Path) -> Iterator[str]:
    """Give the CSV files that a scenario names."""
    import yaml

    def texts(value: Any) -> Iterable[str]:
        if isinstance(value, dict):
            for item in value.values():
                yield from texts(item)
        elif isinstance(value, list):
            for item in value:
                yield from texts(item)
        elif isinstance(value, str) and value.endswith(".csv"):
            yield value

    yield from texts(yaml.safe_load(scenario.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class ListOptions:
    """What ``scmsim list`` can be told."""

    format: FormatOption = Format.table


def list_shipped(options: ListOptions) -> None:
    """List the shipped scenarios with the question each one asks."""
    rows = [{"name": name, "question": _question(path)} for name, path in shipped().items()]
    if options.format is Format.json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    elif options.format is Format.csv:
        import csv
        import io

        text = io.StringIO()
        writer = csv.DictWriter(text, ["name", "question"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        print(text.getvalue(), end="")
    else:
        width = max(len(row["name"]) for row in rows)
        print("\n".join(f"{row['name']:{width}}  {row['question']}".rstrip() for row in rows))


def _question(path: Path) -> str:
    from scmsim.scenario.header import header

    return header(path.read_text(encoding="utf-8")).get("question", "")


@dataclass(frozen=True)
class WillemsOptions:
    """What ``scmsim import willems`` can be told."""

    stages: Annotated[
        Path, typer.Argument(metavar="STAGES", help="The CSV file of the chain's stages.", exists=True, dir_okay=False)
    ]
    arcs: Annotated[
        Path, typer.Argument(metavar="ARCS", help="The CSV file of the chain's arcs.", exists=True, dir_okay=False)
    ]
    output: OutputOption = None
    force: ForceOption = False
    name: Annotated[str | None, typer.Option(help="The scenario's name; made from the file's unless given.")] = None
    holding_rate: Annotated[float, typer.Option(min=0, help="Cost of stock, in money per money of value and year.")] = (
        0.25
    )
    service_level: Annotated[float, typer.Option(help="For stages that state none, between 0 and 1.")] = 0.95
    demand: Annotated[Shape, typer.Option(help="The distribution of the final stages' demand.")] = Shape.normal


def import_willems(options: WillemsOptions) -> None:
    """Turn a chain of Willems (2008) into a scenario file."""
    from scmsim.importers.willems import import_willems as imported

    text = imported(
        options.stages,
        options.arcs,
        name=options.name,
        holding_rate=options.holding_rate,
        service_level=options.service_level,
        demand=options.demand.value,
    )
    _deliver(text, options.output, force=options.force)


def _deliver(text: str, output: Path | None, *, force: bool) -> None:
    """Print a text, or write it to a file and say so."""
    if output is None:
        print(text.removesuffix("\n"))
        return
    if not force:
        _refuse_existing(output)
    try:
        output.write_text(text.removesuffix("\n") + "\n", encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from error
    say(f"Written: {output}")


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise UsageError(f"{path} exists already: give another name, or --force to replace it")
