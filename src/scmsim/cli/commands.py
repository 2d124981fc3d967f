"""How a command is declared: a frozen class of its options, and a function of one such object."""

import inspect
import math
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

from scmsim.cli.guard import guarded

Options = TypeVar("Options")
Choice = TypeVar("Choice", bound=StrEnum)
Function = Callable[[Options], None]


class Format(StrEnum):
    """How figures are printed."""

    table = "table"
    json = "json"
    csv = "csv"


def one_of(kind: type[Choice]) -> Callable[[str], Choice]:
    """Read one of several words, and say what they are when it is another.

    Examples
    --------
    >>> one_of(Format)("json").value
    'json'
    """
    words = [member.value for member in kind]

    def choice(text: str) -> Choice:
        if text not in words:
            raise typer.BadParameter(f"expected {', '.join(words[:-1])} or {words[-1]}, found {text!r}")
        return kind(text)

    return choice


def whole_number(least: int) -> Callable[[str | int], int]:
    """Read a whole number that is not too small."""

    def number(text: str | int) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise typer.BadParameter(f"expected a whole number of at least {least}, found {str(text)!r}")
        return value

    return number


def number_in(least: float, most: float = math.inf) -> Callable[[str | float], float]:
    """Read a finite number between two bounds, which it may equal."""
    wanted = f"a number of at least {least:g}" if math.isinf(most) else f"a number from {least:g} to {most:g}"

    def number(text: str | float) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and least <= value <= most):
            raise typer.BadParameter(f"expected {wanted}, found {str(text)!r}")
        return value

    return number


def folder_name(text: str | Path) -> Path:
    """Read the name of a folder; an empty one would be the current folder."""
    if not str(text).strip():
        raise typer.BadParameter("the folder name is empty")
    return Path(text)


def executor_name(text: str) -> str:
    """Read the name of a place where work is done."""
    from scmsim.errors import UsageError
    from scmsim.experiments.execution.executors import place

    try:
        place(text)
    except UsageError as error:
        raise typer.BadParameter(str(error)) from None
    return text


def figures_named(texts: list[str] | None) -> list[str] | None:
    """Return the names of figures that an option gives, several of which may stand in one text."""
    from scmsim.experiments.measures import named

    return None if texts is None else [name for text in texts for name in named(text)]


ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario file, or the name of a shipped one.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change one value of the scenario: time.horizon=52. Repeatable."),
]
FormatOption = Annotated[
    Format,
    typer.Option(
        "--format",
        metavar="table|json|csv",
        parser=one_of(Format),
        autocompletion=lambda: [form.value for form in Format],
        help="How figures are printed on stdout.",
    ),
]
ExecutorOption = Annotated[
    str | None,
    typer.Option(
        "--executor",
        metavar="WHERE",
        parser=executor_name,
        help=r"Where the work is done: here, local\[:N] (default: all cores), dask or dask:tcp://HOST:PORT.",
    ),
]
"""Where an experiment runs; it is handed to the library as ``where``."""
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", metavar="N", parser=whole_number(1), help="How many local processes work; all cores."),
]
"""How many processes work on it; it is handed to the library as ``workers``."""
SeedOption = Annotated[
    int | None,
    typer.Option(metavar="N", parser=whole_number(0), help="Where chance begins; the scenario's own unless given."),
]
ReplicationsOption = Annotated[
    int | None,
    typer.Option(metavar="N", parser=whole_number(1), help="Independent runs; the scenario's own unless given."),
]
MeasuresOption = Annotated[
    list[str] | None,
    typer.Option(
        "--measures",
        metavar="MEASURE[,MEASURE]",
        help="Which figures: fill_rate, total_cost@retailer, fill_rate@*. Repeatable.",
    ),
]
"""Figures by name; `figures_named` takes them apart."""
OutOption = Annotated[
    Path | None,
    typer.Option(metavar="DIR", parser=folder_name, help="Write tables, manifest and report to this folder."),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace what is there.")]


def command(app: typer.Typer, options: type[Options], name: str) -> Callable[[Function[Options]], Function[Options]]:
    """Make a function of one options object a command whose arguments are the fields of its class."""

    def declare(function: Function[Options]) -> Function[Options]:
        def invoked(**given: Any) -> None:
            guarded(lambda: function(options(**given)))

        invoked.__doc__ = inspect.getdoc(function)
        invoked.__annotations__ = get_type_hints(options, include_extras=True)
        invoked.__signature__ = inspect.signature(options)  # type: ignore[attr-defined]
        app.command(name)(invoked)
        return function

    return declare
