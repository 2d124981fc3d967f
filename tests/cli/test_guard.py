"""Errors at the edge of the program."""

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable

import pytest
import typer

from scmsim.cli.guard import guarded, use_plain_warnings
from scmsim.errors import MissingExtra, Problem, ScenarioError, SimulationError, UsageError


def raising(error: BaseException) -> Callable[[], None]:
    """Give an action that fails."""

    def action() -> None:
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UsageError("There is no file x.yaml"), 2, "Error: There is no file x.yaml\n"),
        (
            MissingExtra("Writing Parquet", "parquet"),
            2,
            "Error: Writing Parquet needs an optional package: pip install 'scmsim[parquet]'\n",
        ),
        (
            ScenarioError((Problem("a.yaml:1:1", "name", "1", "a text"),)),
            3,
            "a.yaml:1:1: name: found 1; expected a text\n1 problem\n",
        ),
        (SimulationError("A queue overflowed"), 4, "Error: A queue overflowed\n"),
        (KeyboardInterrupt(), 130, "Interrupted\n"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_errors_become_sentences(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tests that every error on purpose ends in its sentence on stderr, its exit code, and nothing on stdout."""
    with pytest.raises(typer.Exit) as left:
        guarded(raising(error))
    assert left.value.exit_code == code
    assert capsys.readouterr() == ("", said)


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM ends a process at once on Windows")
def test_being_asked_to_end_is_like_an_interruption(capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that SIGTERM ends in a sentence and 143, and that signals mean what they meant before."""
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(typer.Exit) as left:
        guarded(lambda: signal.raise_signal(signal.SIGTERM))
    assert (left.value.exit_code, capsys.readouterr().err) == (143, "Interrupted\n")
    assert signal.getsignal(signal.SIGTERM) is before


def test_unexpected_errors_ask_for_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that a defect of ours is one line without a traceback, says how to report it, and exits with 4."""
    with pytest.raises(typer.Exit) as left:
        guarded(raising(ZeroDivisionError("division\nby zero")))
    said = capsys.readouterr().err
    assert left.value.exit_code == 4
    assert said.count("\n") == 1
    assert said.startswith(
        "Error: this should not have happened (ZeroDivisionError: division by zero). Please report it"
    )


def test_debugging_shows_the_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that SCMSIM_DEBUG=1 shows where an error comes from."""
    monkeypatch.setenv("SCMSIM_DEBUG", "1")
    with pytest.raises(typer.Exit):
        guarded(raising(ZeroDivisionError("division by zero")))
    assert "Traceback (most recent call last)" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no head")
def test_a_reader_that_leaves_early_is_no_error() -> None:
    """Tests that a closed pipe ends a command quietly."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        done = subprocess.run([sys.executable, "-m", "scmsim", "list"], stdout=closed, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")


def test_warnings_of_python_are_a_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that what a library or a plug-in that is left out warns of is told without places in source code."""
    monkeypatch.setattr(warnings, "formatwarning", warnings.formatwarning)
    use_plain_warnings()
    assert warnings.formatwarning("left out", RuntimeWarning, "catalogue.py", 125) == "Warning: left out\n"
