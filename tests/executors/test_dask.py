"""Tests with a real scheduler and two real workers on loopback, each a process of its own, some of which get killed.

Starting them takes longer than all tests: they are started once, and the tests kill them in turn. What a test needs
and finds dead is started again.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from scmsim.errors import ScmsimError, UsageError
from scmsim.experiments.execution import cluster as module
from scmsim.experiments.execution import dispatch, executors
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.dispatch import run_batches
from scmsim.experiments.execution.work import Batch, Point, Run
from scmsim.experiments.measures import Measure
from scmsim.scenario.load import load

if TYPE_CHECKING:
    import psutil

pytest.importorskip("distributed", reason="needs Dask: install the extra test")
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="needs signals"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]

COUNT = 12


class Processes(NamedTuple):
    """A cluster, process by process."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]

    @property
    def where(self) -> str:
        """What a user would say."""
        return f"dask:{self.address}"


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def begin(module: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start a process of Dask's, as a user would on a command line."""
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", "--host", "127.0.0.1", "--no-dashboard", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


LOOPBACK = ("--dashboard-address", "127.0.0.1:0")


def scheduler(port: int) -> "subprocess.Popen[bytes]":
    """A scheduler that listens at a port."""
    return begin("dask_scheduler", "--port", str(port), *LOOPBACK)


def worker(address: str) -> "subprocess.Popen[bytes]":
    """A worker of the scheduler at an address; it comes by and by."""
    return begin("dask_worker", address, "--nthreads", "1", "--no-nanny", *LOOPBACK)


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    """A scheduler and two workers, whatever becomes of them."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    found = Processes(address, scheduler(port), [worker(address), worker(address)])
    yield found
    executors.close()
    for process in (*found.workers, found.scheduler):
        process.kill()
        process.wait()


@pytest.fixture
def cluster(processes: Processes) -> Processes:
    """A scheduler and two workers, all alive."""
    assert processes.scheduler.poll() is None, "the test that ends the scheduler has to be the last one"
    for place, process in enumerate(processes.workers):
        if process.poll() is not None:
            processes.workers[place] = worker(processes.address)
    wait_for(processes)
    return processes


def wait_for(cluster: Processes) -> None:
    """Wait until the scheduler answers and all workers have come."""
    deadline = time.monotonic() + 60
    while True:
        try:
            site = executors.opened(executors.place(cluster.where))
            break
        except UsageError:
            assert time.monotonic() < deadline, "the scheduler does not answer"
    while len(site._client.nthreads()) < len(cluster.workers):  # type: ignore[attr-defined]
        assert time.monotonic() < deadline, "the workers do not come"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def batches(scenarios: Path) -> list[Batch]:
    """A sweep over the supply-line weight, one batch per point; every point takes some hundredths of a second."""
    blueprint = Blueprint.of(load(scenarios / "beer_game_noisy.yaml", ["time.horizon=150"]))
    measures = (Measure("total_cost"), Measure("fill_rate", node="retailer"))
    weights = [f"defaults.stock.policy.supply_line_weight={at / COUNT}" for at in range(COUNT)]
    return [Batch(blueprint, measures, 7, (Point(at, (text,), (1, 2)),)) for at, text in enumerate(weights)]


@pytest.fixture(scope="module")
def expected(batches: list[Batch]) -> dict[tuple[int, int], bytes]:
    """What this process finds."""
    return figures(run for runs in run_batches(batches, "here") for run in runs)


def figures(runs: Iterator[Run]) -> dict[tuple[int, int], bytes]:
    """The bytes of the figures of every run, each of which came once and did not fail."""
    found: dict[tuple[int, int], bytes] = {}
    for run in runs:
        assert not run.error
        assert (run.point, run.replication) not in found, "a run came back twice"
        found[run.point, run.replication] = np.array(run.values).tobytes()
    return found


def test_a_cluster_gives_the_same_bytes(
    cluster: Processes, batches: list[Batch], expected: dict[tuple[int, int], bytes]
) -> None:
    """Tests that two workers of a cluster find, bit for bit, what this process finds."""
    assert figures(run for runs in run_batches(batches, cluster.where) for run in runs) == expected


def test_a_killed_worker_loses_nothing(
    cluster: Processes, batches: list[Batch], expected: dict[tuple[int, int], bytes]
) -> None:
    """Tests that with one of two workers killed in the middle, the other does its work, too, each run once."""

    def with_murder() -> Iterator[Run]:
        for at, runs in enumerate(run_batches(batches, cluster.where)):
            if at == 4:
                os.kill(cluster.workers[0].pid, signal.SIGKILL)
            yield from runs

    assert figures(with_murder()) == expected
    assert cluster.workers[0].wait(timeout=5) == -signal.SIGKILL
    assert cluster.workers[1].poll() is None


@pytest.fixture(scope="module")
def made() -> "Iterator[psutil.Process]":
    """This process, with a cluster of one worker that it made for the occasion."""
    import dask
    import psutil

    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        executors.opened(executors.place("dask")._replace(workers=1))
    yield psutil.Process()
    executors.close()


class Deadly:
    """A blueprint that ends whatever process opens it."""

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (1,)


def test_a_batch_that_kills_workers_is_given_up(
    made: "psutil.Process", batches: list[Batch], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a run of which Dask's workers die also when it is alone is failed, and what died with it is not."""
    monkeypatch.setattr(dispatch, "DEATHS", 1)
    some = [batch._replace(points=(batch.points[0]._replace(replications=(1,)),)) for batch in batches[:3]]
    some[1] = some[1]._replace(blueprint=Deadly())  # type: ignore[arg-type]
    found = [run for runs in run_batches(some, "dask", workers=1) for run in runs]
    assert sorted((run.point, bool(run.error)) for run in found) == [(0, False), (1, True), (2, False)]
    assert "while it simulated this and nothing else was under way" in next(run.error for run in found if run.error)


def test_a_cluster_of_this_machine(
    made: "psutil.Process", batches: list[Batch], expected: dict[tuple[int, int], bytes]
) -> None:
    """Tests that a cluster made for the occasion works, listens on loopback alone, and is gone when it is closed."""
    import psutil

    found = figures(run for runs in run_batches(batches[:8], "dask", workers=1) for run in runs)
    assert found == {key: value for key, value in expected.items() if key[0] < 8}
    (site,) = [each for place, (_, each) in executors._open.items() if place.kind == "dask" and not place.address]
    heads = [psutil.Process(one.pid) for one in site._own.workers]  # type: ignore[attr-defined]
    workers = [*heads, *(child for one in heads for child in one.children(recursive=True))]
    assert len(workers) > 1
    heard = {
        each.laddr.ip for one in [made, *workers] for each in one.net_connections("tcp") if each.status == "LISTEN"
    }
    assert heard == {"127.0.0.1"}
    site.close()
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert not alive


def test_a_dead_address_is_said_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that an address where nobody answers is refused within ten seconds, before anything runs."""
    assert module.PATIENCE < 10
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    address, begun = f"tcp://127.0.0.1:{free_port()}", time.monotonic()
    with pytest.raises(UsageError, match=f"no Dask scheduler answers at {address}: .*"):
        run_batches([], f"dask:{address}")
    assert time.monotonic() - begun < 5


def test_a_lost_scheduler_leaves_what_was_done(
    cluster: Processes,
    batches: list[Batch],
    expected: dict[tuple[int, int], bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Tests that with the scheduler killed in the middle, one sentence says so, after everything that was done."""
    found_until_lost = run_batches(batches, cluster.where)
    done = [run for _ in range(4) for run in next(found_until_lost)]
    os.kill(cluster.scheduler.pid, signal.SIGKILL)
    begun = time.monotonic()
    with pytest.raises(ScmsimError) as lost:
        done.extend(run for runs in found_until_lost for run in runs)
    assert time.monotonic() - begun < 15
    assert str(lost.value) == f"the cluster at {cluster.address} was lost; the same command takes up where it stopped"
    assert lost.value.exit_code == 4
    found = figures(iter(done))
    assert 8 <= len(found) < len(expected)
    assert found.items() <= expected.items()
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    with pytest.raises(UsageError, match=f"no Dask scheduler answers at {cluster.address}"):
        run_batches(batches, cluster.where)
