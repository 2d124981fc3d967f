"""Progress, and what an interrupted run leaves behind."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scmsim.cli.progress import progress
from scmsim.experiments.run import run as replicate


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that long work on a terminal names itself on stderr and says how much is done."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress("beer-game") as shown:
        assert shown is not None
        shown(1.5, 3)
    assert "beer-game" in terminal.getvalue()
    assert "50%" in terminal.getvalue()


def test_there_is_no_progress_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that nothing is shown on a stderr that is not a terminal."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with progress("beer-game") as shown:
        assert shown is None
    assert stream.getvalue() == ""


def test_an_interrupted_run_leaves_nothing(scmsim: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that Ctrl-C in the second replication ends with 130, one word, and no folder."""

    def interrupted(*arguments: Any, replication: int, **more: Any) -> None:
        if replication == 2:
            raise KeyboardInterrupt
        simulate(*arguments, replication=replication, **more)

    simulate = replicate.simulate
    monkeypatch.setattr(replicate, "simulate", interrupted)
    monkeypatch.chdir(tmp_path)
    assert scmsim("run", "beer_game_noisy", "--replications", 3, "--out", "runs/noisy") == (130, "", "Interrupted\n")
    assert list(tmp_path.iterdir()) == []
