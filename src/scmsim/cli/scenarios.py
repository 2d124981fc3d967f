"""``scmsim validate``, ``schema``, ``new``, ``list`` and ``import``: everything about scenario files."""

import json
import shlex
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from scmsim.cli.commands import ForceOption, Format, FormatOption, SetOption, number_in, one_of
from scmsim.cli.guard import say, warn
from scmsim.cli.shipped import scenario_path, shipped, shipped_path
from scmsim.errors import Problem, ScenarioError, UsageError
from scmsim.words import counted

OutputOption = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file.")]


PROBLEM = ("file", "where", "path", "found", "expected", "hint")


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
    format: FormatOption = Format.table


def validate(options: ValidateOptions) -> None:
    """Check scenario files without running them.

    Every problem is one line on stderr, or with --format json or csv one entry on stdout; exit code 3 when there is
    any. What can be run and is hardly meant is a warning on stderr, and leaves the exit code at 0.
    """
    from scmsim.scenario.load import load

    found: list[tuple[str, Problem]] = []
    wrong = 0
    for name in options.scenarios:
        try:
            warn(load(scenario_path(name), options.settings or []).warnings)
        except ScenarioError as error:
            found += [(name, problem) for problem in error.problems]
            wrong += 1
            if options.format is Format.table:
                say(str(error))
        else:
            if options.format is Format.table:
                print(f"{name}: ok")
    _print_problems(found, options.format)
    if found:
        say(f"{counted(len(found), 'problem')} in {wrong} of {counted(len(options.scenarios), 'file')}")
        raise typer.Exit(ScenarioError.exit_code)


def _print_problems(found: Sequence[tuple[str, Problem]], form: Format) -> None:
    """Print problems for a program to read; a reader has seen them."""
    rows = [{"file": file, **{name: getattr(problem, name) for name in PROBLEM[1:]}} for file, problem in found]
    if form is Format.json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    elif form is Format.csv:
        from scmsim.experiments.storage.csvs import DANGEROUS

        safe = [
            {name: f"'{text}" if text.startswith(DANGEROUS) else text for name, text in row.items()} for row in rows
        ]
        print(_as_csv(PROBLEM, safe), end="")


def _as_csv(names: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    import csv
    import io

    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


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
    target = options.target or _target(options.name)
    source = shipped_path(options.source or options.name)
    if target.is_dir():
        raise UsageError(f"{target} is a folder; --as needs the name of a file")
    beside = {source.parent / name: target.parent / name for name in sorted(set(_named_files(source)))}
    copies = {source: target, **beside}
    if not options.force:
        for path in copies.values():
            _refuse_existing(path)
    for origin, copy in copies.items():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origin, copy)
    print(target)
    say(f"Run it: scmsim run {quoted(str(target))}")


def _target(name: str) -> Path:
    """Give the file of a name, which does not lead out of the current folder."""
    target = Path(f"{name}.yaml")
    if not name.strip():
        raise UsageError("The name is empty: expected a shipped scenario (scmsim list), or with --from a name")
    if not target.resolve().is_relative_to(Path.cwd().resolve()):
        raise UsageError(
            f"{name} leads out of the current folder: give a plain name, and where to write with "
            f"--as {quoted(str(target))}"
        )
    return target


def quoted(text: str) -> str:
    """Quote a word for a shell if it needs it: in double quotes, which every shell knows, where nothing stands against.

    Examples
    --------
    >>> quoted("shop.yaml"), quoted("my shop.yaml"), quoted("a$b.yaml")
    ('shop.yaml', '"my shop.yaml"', "'a$b.yaml'")
    """
    safe = shlex.quote(text)
    if safe == text or any(mark in text for mark in ('"', "$", "`", "!", "%", "\\\\")):
        return safe
    return f'"{text}"'


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
        print(_as_csv(["name", "question"], rows), end="")
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
    holding_rate: Annotated[
        float,
        typer.Option(metavar="X", parser=number_in(0), help="Cost of stock, in money per money of value and year."),
    ] = 0.25
    service_level: Annotated[
        float, typer.Option(metavar="X", parser=number_in(0, 1), help="For stages that state none, between 0 and 1.")
    ] = 0.95
    demand: Annotated[
        Shape,
        typer.Option(
            metavar="normal|gamma",
            parser=one_of(Shape),
            autocompletion=lambda: [shape.value for shape in Shape],
            help="The distribution of the final stages' demand.",
        ),
    ] = Shape.normal


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


@dataclass(frozen=True)
class LeadTimesOptions:
    """What ``scmsim import lead-times`` can be told."""

    deliveries: Annotated[
        Path, typer.Argument(metavar="DELIVERIES", help="A CSV file, a delivery per row.", exists=True, dir_okay=False)
    ]
    ordered: Annotated[str, typer.Option(metavar="COLUMN", help="The column with the date of the order.")] = "ordered"
    delivered: Annotated[str, typer.Option(metavar="COLUMN", help="The column with that of delivery.")] = "delivered"
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=TEXT", help="Only rows that hold this text there: one vendor. Repeatable."),
    ] = None


def import_lead_times(options: LeadTimesOptions) -> None:
    """Turn a list of deliveries into the lead time of a lane, as it was observed."""
    from scmsim.importers.lead_times import as_distribution, deliveries

    where = {}
    for text in options.where or ():
        column, mark, wanted = text.partition("=")
        if not mark:
            raise UsageError(f"--where {text}: expected COLUMN=TEXT")
        where[column.strip()] = wanted.strip()
    found = deliveries(options.deliveries, options.ordered, options.delivered, where=where)
    days = found.days
    print(as_distribution(days))
    mean, word = sum(days) / len(days), "delivery" if len(days) == 1 else "deliveries"
    say(f"{len(days)} {word}: {days[0]} to {days[-1]} days, {mean:.1f} on the average")
    for text in found.left_out():
        say(text)


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
