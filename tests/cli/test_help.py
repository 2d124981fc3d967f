"""What the command line says about itself."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

COMMANDS = ["run", "validate", "schema", "new", "list", "report", "trace", "import"]


def test_help_names_every_command(scmsim: Callable) -> None:
    """Tests that --help lists the commands on stdout and ends well."""
    outcome = scmsim("--help")
    assert outcome.code == 0
    assert all(f" {name} " in outcome.out for name in COMMANDS)


@pytest.mark.parametrize(
    "command", [*([name] for name in COMMANDS), *(["import", name] for name in ("willems", "lead-times"))], ids=" ".join
)
def test_every_command_explains_itself(scmsim: Callable, command: list[str]) -> None:
    """Tests that every command has help that ends with a sentence about it."""
    outcome = scmsim(*command, "--help")
    assert outcome.code == 0
    assert "Usage: scmsim " + " ".join(command) in outcome.out


def test_extra_is_named(scmsim: Callable) -> None:
    """Tests that the brackets of an extra are not taken for markup."""
    words = scmsim("run", "-h").out.replace("│", " ").split()
    assert "scmsim[parquet])." in words


def test_version(scmsim: Callable) -> None:
    """Tests that --version prints the version of the installed package."""
    from scmsim import __version__

    assert scmsim("--version").out == f"scmsim {__version__}\n"


def test_no_command_is_a_usage_error(scmsim: Callable) -> None:
    """Tests that scmsim alone shows its help and exits with 2."""
    outcome = scmsim()
    assert outcome.code == 2
    assert "Usage: scmsim" in outcome.out + outcome.err


def test_unknown_command(scmsim: Callable) -> None:
    """Tests that a misspelt command exits with 2 and names the nearest on stderr."""
    outcome = scmsim("vaildate", "x.yaml")
    assert outcome.code == 2
    assert outcome.out == ""
    assert "validate" in outcome.err


def test_no_colour_where_none_is_wanted() -> None:
    """Tests that no escape codes are written where NO_COLOR is set, and none into a pipe."""
    for setting in ({"NO_COLOR": "1"}, {}):
        environment = {
            name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR")
        } | setting
        done = subprocess.run(
            [sys.executable, "-m", "scmsim", "run", "--help"], env=environment, capture_output=True, check=True
        )
        assert b"\x1b" not in done.stdout
