"""Measure what it costs to send work away: ``python benchmarks/measure_executors.py [SCENARIO]``.

Two places with two worker processes each are measured: processes of this machine, and a Dask cluster whose scheduler
and workers talk over tcp on 127.0.0.1. Each is given tasks that do nothing, and then a sweep of the noisy beer game
over 36 weeks in batches as any experiment sends them. The fastest of some rounds counts, as other work on the machine
can only add time.
"""

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from pathlib import Path
from typing import NamedTuple

from scmsim.experiments.execution import executors
from scmsim.experiments.execution.batches import WORTH_SENDING, batched
from scmsim.experiments.execution.blueprint import Blueprint
from scmsim.experiments.execution.dispatch import run_batches
from scmsim.experiments.execution.executors import Place, Site
from scmsim.experiments.execution.work import Batch, Point, ready, work
from scmsim.experiments.measures import chosen
from scmsim.scenario.load import load

WORKERS = 2
PLACES = {
    f"processes of this machine ({WORKERS})": Place("local", workers=WORKERS),
    f"Dask on 127.0.0.1 ({WORKERS} workers)": Place("dask", workers=WORKERS),
}
TASKS, ROUNDS = 400, 5
POINTS, REPLICATIONS = 100, 10
WEIGHT = "defaults.stock.policy.supply_line_weight"
MEASURES = ["total_cost", "total_cost@*", "fill_rate@retailer", "order_variance_ratio@*"]
BEER = Path(__file__).resolve().parent.parent / "scenarios" / "beer_game_noisy.yaml"


class Took(NamedTuple):
    """Seconds that passed, and those of them that this process (and a scheduler in it) was at work."""

    wall: float
    processor: float


def main(path: Path) -> None:
    """Measure both places, and print a row of each."""
    scenario = load(path, ["time.horizon=36", "time.warm_up=0"])
    blueprint, measures = Blueprint.of(scenario), tuple(chosen(scenario.network, MEASURES))
    points = [Point(at, (f"{WEIGHT}={at / POINTS}",), tuple(range(1, REPLICATIONS + 1))) for at in range(POINTS)]
    run, point = seconds_of_work(Batch(blueprint, measures, 1, tuple(points[:20])))
    print(f"A run with its figures: {1e3 * run:.2f} ms of processor time; making the scenario of a point: ", end="")
    print(f"{1e3 * point:.2f} ms")
    for name, place in PLACES.items():
        start = timed(lambda place=place: list(all_there(executors.opened(place))))
        empty = fastest(lambda place=place: empty_tasks(executors.opened(place)))
        print(f"{name}: {start.wall:.1f} s to start; a task that does nothing takes ", end="")
        print(f"{1e3 * empty.wall / TASKS:.2f} ms ({1e3 * empty.processor / TASKS:.2f} ms of processor time here)")
        busy = max(share_simulating(place, points, blueprint, measures) for _ in range(ROUNDS - 2))
        print(
            f"  batches of {WORTH_SENDING:g} s of the beer game: simulating and measuring is {100 * busy:.1f} % of ",
            end="",
        )
        print("the time that the workers had")
    executors.close()


def timed(action: Callable[[], object]) -> Took:
    """Do something once."""
    wall, processor = time.perf_counter(), time.process_time()
    action()
    return Took(time.perf_counter() - wall, time.process_time() - processor)


def fastest(action: Callable[[], object]) -> Took:
    """Do something several times; the least wall time and the least processor time."""
    rounds = [timed(action) for _ in range(ROUNDS)]
    return Took(min(one.wall for one in rounds), min(one.processor for one in rounds))


def seconds_of_work(batch: Batch) -> Took:
    """Give the processor time of a run with its figures, and of making the scenario of a point."""
    once = batch._replace(points=tuple(point._replace(replications=point.replications[:1]) for point in batch.points))
    many, few = (fastest(lambda each=each: work(each)).processor for each in (batch, once))
    count = len(batch.points)
    run = (many - few) / (count * (REPLICATIONS - 1))
    return Took(run, few / count - run)


def all_there(site: Site) -> Iterator[None]:
    """Wait until every worker of a place has come."""
    while (client := getattr(site, "_client", None)) is not None and len(client.nthreads()) < WORKERS:
        time.sleep(0.02)
    for future in [site.submit(ready) for _ in range(WORKERS)]:
        yield future.result()


def empty_tasks(site: Site) -> None:
    """Send tasks that do nothing, as many ahead as an experiment does."""
    left, pending = TASKS, set()
    while left or pending:
        while left and len(pending) < site.room():
            pending.add(site.submit(ready))
            left -= 1
        _, pending = wait(pending, return_when=FIRST_COMPLETED)


def share_simulating(place: Place, points: list[Point], blueprint: Blueprint, measures: tuple[object, ...]) -> float:
    """Do a sweep, and give the share of the workers' time that was spent on simulating and measuring."""
    batches = batched(points, blueprint, measures, 1)
    begun = time.perf_counter()
    runs = [run for runs in run_batches(batches, place.kind, WORKERS) for run in runs]
    wall = time.perf_counter() - begun
    if len(runs) != POINTS * REPLICATIONS or any(run.error for run in runs):
        raise SystemExit("the sweep is not complete")
    return sum(run.seconds for run in runs) / (WORKERS * wall)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else BEER)
