"""Where the scenarios lie that come with scmsim."""

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
