"""Tests of the loop that sends work out, with real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scmsim.errors import ScmsimError, SimulationError, UsageError
from scmsim.experiments.execution import dispatch, executors
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.dispatch import batched, draws, run_batches
from scmsim.experiments.execution.work import Batch, Point, Run
from scmsim.experiments.measures import Measure, chosen
from scmsim.scenario.load import load

WEIGHT = "defaults.stock.policy.supply_line_weight"


@pytest.fixture
def blueprint(scenarios: Path) -> Blueprint:
    """The noisy beer game over 36 weeks."""
    return Blueprint.of(load(scenarios / "beer_game_noisy.yaml", ["time.horizon=36", "time.warm_up=0"]))


@pytest.fixture(autouse=True, scope="module")
def _closed() -> Iterator[None]:
    """Close every place that the tests opened."""
    yield
    executors.close()


def points(count: int, replications: Sequence[int] = (1, 2)) -> list[Point]:
    """Some settings of the supply-line weight."""
    return [Point(number, (f"{WEIGHT}={number / count}",), tuple(replications)) for number in range(count)]


def singles(blueprint: Blueprint, count: int) -> list[Batch]:
    """One batch per point."""
    measures = tuple(chosen(blueprint.scenario().network, ["total_cost", "fill_rate@*"]))
    return [Batch(blueprint, measures, 7, (point,)) for point in points(count)]


def gathered(found: Iterator[list[Run]]) -> dict[tuple[int, int], tuple[bytes, str]]:
    """Put runs in order, each at most once, with the bytes of their figures."""
    runs = [run for each in found for run in each]
    by_number = {(run.point, run.replication): (np.array(run.values).tobytes(), run.error) for run in runs}
    assert len(by_number) == len(runs), "a run came back twice"
    return dict(sorted(by_number.items()))


class Deadly:
    """A blueprint that ends whatever process opens it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (1,)


def deadly(batch: Batch) -> Batch:
    """The same batch, but no worker survives it."""
    return batch._replace(blueprint=Deadly())  # type: ignore[arg-type]


def test_every_place_gives_the_same_bytes(blueprint: Blueprint) -> None:
    """Tests that this process, one worker, two workers, all cores and threads give every run bit for bit alike."""
    there = gathered(run_batches(singles(blueprint, 12), "here"))
    assert list(there) == [(point, number) for point in range(12) for number in (1, 2)]
    assert not any(error for _, error in there.values())
    for where in ("local:1", "local:2", None):
        assert gathered(run_batches(singles(blueprint, 12), where)) == there
    with ThreadPoolExecutor(3) as threads:
        assert gathered(run_batches(singles(blueprint, 12), threads)) == there
    measures = singles(blueprint, 1)[0].measures
    assert gathered(run_batches(batched(points(12), blueprint, measures, 7), "local:2")) == there


SCRIPT = """
import sys
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.dispatch import draws
from scmsim.experiments.measures import usual
from scmsim.scenario.load import load
scenario = load(sys.argv[1], ["time.horizon=36", "time.warm_up=0"])
found = draws([(Blueprint.of(scenario), ())], usual(scenario.network), range(1, 9), seed=3, where="local", workers=2)
sys.stdout.write(found.tobytes().hex())
"""


def test_nothing_depends_on_the_hash_seed(scenarios: Path) -> None:
    """Tests that a script without a guard gives the same bytes for any PYTHONHASHSEED, its workers included."""
    found = set()
    for number in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(scenarios / "beer_game_noisy.yaml")],
            env={**os.environ, "PYTHONHASHSEED": number},
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout)
    assert len(found) == 1
    assert len(found.pop()) > 1000


def test_short_work_starts_no_process(blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that work of a moment is done in this process, unless somebody says where."""
    monkeypatch.setattr(dispatch, "HERE_FIRST", 60.0)
    executors.close()
    gathered(run_batches(singles(blueprint, 2)))
    assert not executors.is_open(executors.resolved(None, None))  # type: ignore[arg-type]


def test_longer_work_moves_to_the_cores(blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that work which turns out to be long is taken over by workers, and that nothing is lost on the way."""
    executors.close()
    monkeypatch.setattr(dispatch, "HERE_FIRST", 0.0)
    there = gathered(run_batches(singles(blueprint, 6), "here"))
    assert gathered(run_batches(singles(blueprint, 6), workers=2)) == there
    assert executors.is_open(executors.Place("local", workers=2))


def test_work_known_to_be_long_is_handed_on_at_once(blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that workers start after the first run where it tells that much is left, without waiting for a moment."""
    executors.close()
    monkeypatch.setattr(dispatch, "HERE_FIRST", 60.0)
    monkeypatch.setattr(dispatch, "WORTH_STARTING", 0.0)
    measures = chosen(blueprint.scenario().network, ["total_cost"])
    there = gathered(run_batches(batched(points(6), blueprint, measures, 1), "here"))
    assert gathered(run_batches(batched(points(6), blueprint, measures, 1, runs=12), workers=2)) == there
    assert executors.is_open(executors.Place("local", workers=2))


def test_work_is_taken_as_it_is_needed(blueprint: Blueprint) -> None:
    """Tests that no more than two batches per worker are under way, however long the sweep."""
    taken = 0

    def endless() -> Iterator[Batch]:
        nonlocal taken
        while True:
            taken += 1
            yield singles(blueprint, 1)[0]

    found = run_batches(endless(), "local:2")
    for _ in range(10):
        next(found)
    assert taken <= 10 + 2 * 2 + 2
    found.close()  # type: ignore[attr-defined]


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_killed_workers_lose_nothing(blueprint: Blueprint) -> None:
    """Tests that with workers killed again and again, every run comes back once and with the same bytes."""
    there = gathered(run_batches(singles(blueprint, 36), "here"))
    site = executors.opened(executors.Place("local", workers=2))
    assert isinstance(site, executors.Local)
    killed: list[int] = []

    def with_murders() -> Iterator[list[Run]]:
        for at, runs in enumerate(run_batches(singles(blueprint, 36), "local:2")):
            if at % 12 == 5 and (pids := site.pids):
                os.kill(pids[0], signal.SIGKILL)
                killed.append(pids[0])
            yield runs

    assert gathered(with_murders()) == there
    assert len(set(killed)) == 3


def test_a_batch_that_kills_is_given_up(blueprint: Blueprint) -> None:
    """Tests that runs of which workers die again and again are recorded as failed, one by one, and the rest goes on."""
    batches = singles(blueprint, 8)
    batches[3] = deadly(batches[3])
    found = gathered(run_batches(batches, "local:2"))
    assert len(found) == 16
    failed = {key: error for key, (_, error) in found.items() if error}
    assert set(failed) == {(3, 1), (3, 2)}
    said = "the worker died 2 times while it simulated this and nothing else was under way (it ended with exit code 1)"
    assert set(failed.values()) == {said}


class Shared:
    """A place with one process for all that is under way: when it dies, everything there dies with it, and is blamed.

    Parameters
    ----------
    per_death : int
        How many deaths it reports at a time, as Dask does.
    """

    def __init__(self, per_death: int) -> None:
        self.per_death = per_death
        self.under_way: dict[Future[list[Run]], Batch] = {}
        self.died: list[int] = []

    def submit(self, fn: Any, /, *args: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        (self.under_way[future],) = args
        return future

    def room(self) -> int:
        return 4

    def deaths(self, error: BaseException) -> int:
        return self.per_death if isinstance(error, ProcessLookupError) else 0

    def lost(self, error: BaseException | None = None) -> None:
        return None

    def stop(self) -> None:
        """Nothing is ever under way when it is asked for."""

    close = stop

    def wait(self, pending: Any, **_: Any) -> tuple[set[Any], set[Any]]:
        """Do the first task, unless one of those that are there is deadly."""
        if any(isinstance(batch.blueprint, Deadly) for batch in self.under_way.values()):
            self.died.append(len(self.under_way))
            for future in self.under_way:
                future.set_exception(ProcessLookupError("the process died"))
            self.under_way.clear()
        else:
            future = next(iter(self.under_way))
            future.set_result(dispatch.work(self.under_way.pop(future)))
        return {future for future in pending if future.done()}, set()


@pytest.mark.parametrize("per_death", [1, 4])
def test_the_innocent_are_not_blamed(blueprint: Blueprint, per_death: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that of all runs that died together only the one that also dies alone fails, and no other dies with it."""
    site = Shared(per_death)
    monkeypatch.setattr(dispatch, "wait", site.wait)
    batches = singles(blueprint, 8)
    batches[2] = deadly(batches[2])
    found = gathered(dispatch._elsewhere(iter(batches), site))  # type: ignore[arg-type]
    assert [key for key, (_, error) in found.items() if error] == [(2, 1), (2, 2)]
    there = gathered(run_batches(singles(blueprint, 8), "here"))
    assert {key: one for key, one in found.items() if key[0] != 2} == {
        key: one for key, one in there.items() if key[0] != 2
    }
    together, alone = (4, 2) if per_death == 1 else (1, 1)
    assert site.died[0] == 4
    assert site.died[-2 * alone :] == [1] * (2 * alone), "a suspect was not alone"
    assert len(site.died) <= together + 2 * alone


def test_interruption_ends_the_workers(blueprint: Blueprint) -> None:
    """Tests that Ctrl-C is passed on at once and leaves nothing under way, and that the same place works again."""
    site = executors.opened(executors.Place("local", workers=2))
    found = dispatch._elsewhere(iter(singles(blueprint, 40)), site)
    next(found)
    pids = site.pids  # type: ignore[attr-defined]
    begun = time.monotonic()

    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dispatch, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            list(found)
    assert time.monotonic() - begun < 5
    assert len(gathered(run_batches(singles(blueprint, 3), "local:2"))) == 6
    assert not set(pids) & set(site.pids)  # type: ignore[attr-defined]


class Broken:
    """An executor whose workers have gone."""

    def __init__(self, good: int) -> None:
        self.good = good

    def submit(self, fn: Any, /, *args: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        self.good -= 1
        if self.good < 0:
            future.set_exception(OSError("the job was ended"))
        else:
            future.set_result(fn(*args))
        return future


def test_a_broken_executor_is_said_in_a_sentence(blueprint: Blueprint) -> None:
    """Tests that what was done is given before the failure of a user's own executor is raised."""
    runs: list[Run] = []
    said = r"^the executor Broken failed \(the job was ended\); what was done is kept$"
    with pytest.raises(ScmsimError, match=said):
        runs.extend(run for each in run_batches(singles(blueprint, 80), Broken(5)) for run in each)
    assert len(runs) == 10


def test_draws_are_in_their_places(blueprint: Blueprint) -> None:
    """Tests that figures stand by case, replication and measure, whatever the order of the replications asked for."""
    cases = [(blueprint, (f"{WEIGHT}=0",)), (blueprint, (f"{WEIGHT}=1",))]
    measures = [Measure("total_cost"), Measure("fill_rate", node="retailer")]
    found = draws(cases, measures, [4, 1, 2], seed=5, where="local:2")
    assert found.shape == (2, 3, 2)
    again = draws(cases[1:], measures[:1], [1, 2, 4], seed=5, where="here")
    assert again[0, :, 0].tolist() == found[1, [1, 2, 0], 0].tolist()
    assert (found[0] != found[1]).any()


def test_a_failed_draw_says_which(blueprint: Blueprint) -> None:
    """Tests that a case that is no valid scenario is named with its replication."""
    with pytest.raises(SimulationError, match=r"replication 1 of case 2 failed: --set time.horizon=-1: time.horizon"):
        draws([(blueprint, ()), (blueprint, ("time.horizon=-1",))], [Measure("total_cost")], [1], seed=1)


def test_impossible_places_are_refused_before_anything_runs(blueprint: Blueprint) -> None:
    """Tests that the call itself fails, not the first batch."""
    with pytest.raises(UsageError, match="no place 'moon' to work at: expected here, local"):
        run_batches(singles(blueprint, 1), "moon")
