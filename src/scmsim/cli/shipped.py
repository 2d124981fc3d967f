"""The scenarios that come with scmsim, and how a user names one."""

import difflib
import os
from pathlib import Path

from scmsim.errors import UsageError
from scmsim.scenario.shipped import scenarios_folder


def shipped() -> dict[str, Path]:
    """Give the shipped scenarios by name, sorted; one of a family is named with its folder, with ``/`` everywhere.

    Examples
    --------
    >>> shipped()["beer_game"].name, shipped()["information_sharing/off"].name
    ('beer_game.yaml', 'off.yaml')
    """
    folder = scenarios_folder()
    named = {path.relative_to(folder).with_suffix("").as_posix(): path for path in folder.rglob("*.yaml")}
    return dict(sorted(named.items()))


def find(name: str) -> Path | None:
    """Find a shipped scenario by its name, which may be written with the separator of the system's paths.

    Examples
    --------
    >>> find("beer_game").name, find("nothing")
    ('beer_game.yaml', None)
    """
    return shipped().get(name.replace(os.sep, "/"))


def shipped_path(name: str) -> Path:
    """Find a shipped scenario by its name.

    Raises
    ------
    UsageError
        There is none; the message names the nearest and all.
    """
    found = find(name)
    if found is None:
        known = list(shipped())
        family = [one for one in known if one.startswith(f"{name}/")]
        if family:
            raise UsageError(f"{name} is a family of shipped scenarios: name one of {', '.join(family)}")
        raise UsageError(f"No shipped scenario is called {name!r}.{nearest(name, known)} There are: {', '.join(known)}")
    return found


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
    found = find(name)
    if found is not None:
        return found
    if os.path.isdir(path):
        raise UsageError(f"{name} is a folder; a scenario is a file")
    if os.path.exists(path):
        raise UsageError(f"{name} is not a regular file, but a device or a pipe; a scenario is a regular file")
    beside = (
        [str(path.parent / entry.name) for entry in path.parent.glob("*.yaml")] if os.path.isdir(path.parent) else []
    )
    hint = nearest(name, [*beside, *shipped()])
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
