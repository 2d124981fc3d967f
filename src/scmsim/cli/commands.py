"""How a command is declared: a frozen class of its options, and a function of one such object."""

import inspect
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

from scmsim.cli.guard import guarded

Options = TypeVar("Options")
Function = Callable[[Options], None]


class Format(StrEnum):
    """How figures are printed."""

    table = "table"
    json = "json"
    csv = "csv"


ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario file, or the name of a shipped one.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change one value of the scenario: time.horizon=52. Repeatable."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How figures are printed on stdout.")]
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
