"""The scenarios that come with scmsim, and how a user names one."""

import difflib
import os
from importlib.resources import files
from pathlib import Path

from scmsim.errors import UsageError


def scenarios_folder() -> Path:
    """Find the shipped scenarios: in the package where it is installed, else in the source tree it is edited in.

    Raises
    ------
    UsageError
        Neither has any.
    """
    package = Path(str(files("scmsim")))
    for folder in (package / "scenarios", package.parent.parent / "scenarios"):
        if folder.is_dir():
            return folder
    raise UsageError("The shipped scenarios are not installed: install scmsim again")


def shipped() -> dict[str, Path]:
    """Give the shipped scenarios by name, sorted.

    Examples
    --------
    >>> shipped()["beer_game"].name
    'beer_game.yaml'
    """
    return {path.stem: path for path in sorted(scenarios_folder().glob("*.yaml"))}


def shipped_path(name: str) -> Path:
    """Find a shipped scenario by its name.

    Raises
    ------
    UsageError
        There is none; the message names the nearest and all.
    """
    known = shipped()
    if name not in known:
        raise UsageError(
            f"No shipped scenario is called {name!r}.{nearest(name, list(known))} There are: {', '.join(known)}"
        )
    return known[name]


def scenario_path(name: str) -> Path:
    """Find what a user calls a scenario: a file, or else the name of a shipped one.

    Raises
    ------
    UsageError
        There is neither.
    """
    path = Path(name)
    if os.path.isfile(path):
        return path
    known = shipped()
    if name in known:
        return known[name]
    if os.path.isdir(path):
        raise UsageError(f"{name} is a folder; a scenario is a file")
    if os.path.exists(path):
        raise UsageError(f"{name} is not a regular file, but a device or a pipe; a scenario is a regular file")
    beside = (
        [str(path.parent / entry.name) for entry in path.parent.glob("*.yaml")] if os.path.isdir(path.parent) else []
    )
    hint = nearest(name, [*beside, *known])
    raise UsageError(f"There is no file {name}, and no shipped scenario of that name (scmsim list).{hint}")


def nearest(name: str, known: list[str]) -> str:
    """Suggest what may have been meant, as a sentence with a space before it, or nothing.

    Examples
    --------
    >>> nearest("bear_game", ["beer_game", "newsvendor"])
    ' Did you mean beer_game?'
    """
    close = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean {close[0]}?" if close else ""
