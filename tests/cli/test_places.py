"""``--executor`` and ``--workers``: a place that there is not is refused before anything is begun."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

LEVEL = "nodes.stand.stock.paper.policy.level"
SWEEP = ("sweep", "newsvendor", "--vary", f"{LEVEL}=50,60", "--out", "kept")
OPTIMIZE = ("optimize", "newsvendor", "--minimize", "total_cost", "--vary", f"{LEVEL}=40..80", "--out", "kept")


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> str:
    """An address where nobody listens."""
    pytest.importorskip("distributed", reason="needs the extra dask")
    monkeypatch.setattr("scmsim.experiments.execution.cluster.PATIENCE", 0.2)
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return f"dask:tcp://127.0.0.1:{tried.getsockname()[1]}"


@pytest.mark.parametrize("command", [SWEEP, (*SWEEP, "--force"), OPTIMIZE], ids=["sweep", "force", "optimize"])
def test_a_dead_cluster_leaves_nothing_behind(
    scmsim: Callable, command: tuple[str, ...], dead: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that where no scheduler answers one sentence says so, and neither a folder nor another word is left."""
    monkeypatch.chdir(tmp_path)
    outcome = scmsim(*command, "--executor", dead)
    assert outcome.code == 2
    assert outcome.err.startswith(f"Error: no Dask scheduler answers at {dead.removeprefix('dask:')}: ")
    assert outcome.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [SWEEP, OPTIMIZE], ids=["sweep", "optimize"])
def test_workers_that_cannot_be_had_leave_nothing_behind(
    scmsim: Callable, command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that two options which contradict each other are refused with nothing written and nothing begun."""
    monkeypatch.chdir(tmp_path)
    outcome = scmsim(*command, "--executor", "local:2", "--workers", "3")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "Error: local:2 and 3 workers cannot both be had: say where, or how many\n"
    assert list(tmp_path.iterdir()) == []


def test_a_finished_sweep_needs_no_place(
    scmsim: Callable, dead: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a sweep with every run in its folder is answered from there, though the cluster is gone by then."""
    monkeypatch.chdir(tmp_path)
    short = (*SWEEP, "--set", "time.horizon=40", "--no-report")
    first = scmsim(*short, "--executor", "here")
    again = scmsim(*short, "--executor", dead)
    assert (first.code, again.code) == (0, 0)
    assert again.out == first.out
