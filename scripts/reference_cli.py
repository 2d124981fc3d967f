"""The reference page of the command line, from the commands themselves."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

import typer

from scmsim.cli.main import app

HEAD = """# The command line

<!-- Generated from the commands by `scripts/references.py`. Do not edit. -->

What a command finds goes to stdout, what it has to say beside that to stderr. `SCENARIO` is a file, or the name of a
scenario that comes with scmsim (`scmsim list`). Options that are *repeatable* may be given several times. `scmsim
COMMAND --help` prints what stands here.

| exit code | meaning |
|---|---|
| 0 | done |
| 2 | what was asked cannot be done: a misspelt option, a folder that is in use |
| 3 | the scenario is invalid; all problems are on stderr |
| 4 | the run failed |
| 130 | interrupted by Ctrl+C; what was finished is kept |
| 143 | asked to end by another program (SIGTERM) |

On a terminal, long work shows how far it is. Into a pipe, nothing but figures is written. `NO_COLOR` is respected,
and `SCMSIM_DEBUG=1` (or `--debug`) shows where an error comes from.
"""


class Command:
    """A command of the command line: its full name, what it says about itself, and its parameters."""

    def __init__(self, name: str, spec: Any) -> None:
        self.name = name
        self.help = str(spec.help or "")
        self.parameters = [Parameter(one) for one in spec.params]


class Parameter:
    """An argument or an option of a command."""

    def __init__(self, spec: Any) -> None:
        self.is_option = spec.param_type_name == "option"
        self.names = [*spec.opts, *spec.secondary_opts] if self.is_option else [spec.metavar or spec.name.upper()]
        self.value = "" if getattr(spec, "is_flag", False) or not self.is_option else str(spec.metavar or "")
        self.is_repeatable = bool(getattr(spec, "multiple", False)) or getattr(spec, "nargs", 1) == -1
        self.is_required = bool(spec.required)
        self.help = str(spec.help or "")
        self.default = _shown(spec.default)


def commands() -> list[Command]:
    """Return every command, those of a group with its name before theirs; the first is scmsim itself."""
    return list(_commands("scmsim", typer.main.get_command(app)))


def _commands(name: str, spec: Any) -> Iterator[Command]:
    inner = getattr(spec, "commands", None)
    if inner is None or name == "scmsim":
        yield Command(name, spec)
    for each, found in (inner or {}).items():
        yield from _commands(f"{name} {each}", found)


def cli_markdown() -> str:
    """Return the reference page of the command line, as Markdown."""
    found = commands()
    index = ["| command | what it does |", "|---|---|"]
    for one in found[1:]:
        index.append(f"| [`{one.name}`](#{one.name.replace(' ', '-')}) | {_cell(first_sentence(one.help))} |")
    parts = [HEAD, "## Commands\n", "\n".join(index) + "\n"]
    for one in [*found[1:], found[0]]:
        parts += _section(one)
    return "\n".join(parts).rstrip() + "\n"


def _section(command: Command) -> Iterator[str]:
    yield f"## {command.name}\n"
    if command.name == "scmsim":
        yield "What every command takes, before its name: `scmsim --debug run beer_game`.\n"
    else:
        yield _paragraphs(command.help)
    arguments = [one for one in command.parameters if not one.is_option]
    if arguments:
        yield "| argument | meaning |\n|---|---|"
        yield "\n".join(f"| `{one.names[0]}` | {_told(one)} |" for one in arguments) + "\n"
    options = [one for one in command.parameters if one.is_option and one.names != ["--help"]]
    if options:
        yield "| option | value | default | meaning |\n|---|---|---|---|"
        yield "\n".join(_row(one) for one in options) + "\n"


def _row(option: Parameter) -> str:
    names = ", ".join(f"`{name}`" for name in option.names)
    value = f"`{_cell(option.value)}`" if option.value else ""
    default = "required" if option.is_required else f"`{option.default}`" if option.default else ""
    return f"| {names} | {value} | {default} | {_told(option)} |"


def _told(parameter: Parameter) -> str:
    said = _cell(parameter.help)
    if parameter.is_repeatable and "epeatable" not in said:
        said += " Repeatable."
    return said


def first_sentence(text: str) -> str:
    """Return what a help text says first."""
    return _one_line(text.strip().split("\n\n")[0])


def _paragraphs(text: str) -> str:
    """Return a help text with a line per paragraph, and options in it as code."""
    told = [_as_code(_one_line(each)) for each in text.strip().replace("\b", "").split("\n\n")]
    return "\n\n".join(told) + "\n"


def _as_code(text: str) -> str:
    return re.sub(r"(?<![\w`-])(--[a-z][a-z-]*)", r"`\1`", text.replace("``", "`"))


def _cell(text: str) -> str:
    plain = _one_line(text).replace(r"\[", "[").replace("|", r"\|")
    return _as_code(plain) if " " in plain else plain


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _shown(default: Any) -> str:
    if default is None or default is False or callable(default) or default in ([], ()):
        return ""
    return str(default.value if isinstance(default, Enum) else default)
