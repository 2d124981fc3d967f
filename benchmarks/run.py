"""Measure every claim about speed and memory in one go: ``python benchmarks/run.py``. See benchmarks/README.md."""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import stockpyl_environment

from scenarios import (
    DAYS,
    MACHINES,
    PRODUCTS,
    RETAILERS,
    WAREHOUSES,
    distribution_network,
    four_stage_chain,
    four_stage_chain_drawn,
    four_stage_chain_with_money,
    job_shop,
)
from scmsim.importers import import_willems

HERE = Path(__file__).resolve().parent
PERIODS = 10_000
ROUNDS = 5
STAGES = 4
LEAST = {"summary": 40.0, "full": 20.0}
AIM = 60.0
MOST_SECONDS, MOST_MEGABYTES = 30.0, 1000.0
GROWTH_MEGABYTES = 10.0
STAGES_OF_19, MOST_SECONDS_OF_19 = 156, 10.0
MOST_SECONDS_OF_SHOP = 10.0
SLOWEST_WITH_MONEY, MEASURABLE = 0.5, 0.03
POINTS, REPLICATIONS = 1_000, 10
SWEEPS = 2
FASTER_ON_TWO, MOST_PER_WORKER, MOST_OVERHEAD = 1.8, 200.0, 0.15


class Row(NamedTuple):
    """One claim: what was measured, what is asked for, whether it holds (None: not measured)."""

    claim: str
    measured: str
    target: str
    holds: bool | None


def against_stockpyl(folder: Path) -> Iterator[Row]:
    """Compare stockpyl and scmsim, in turn, on the same demand: processor time, and the same total cost."""
    scenario = four_stage_chain(folder, PERIODS)
    try:
        interpreter = stockpyl_environment.python()
    except (subprocess.CalledProcessError, OSError) as error:
        yield Row("four-stage chain against stockpyl 1.0.2", f"stockpyl cannot be installed: {error}", "", None)
        return
    found: dict[str, list[dict[str, Any]]] = {"stockpyl": [], "summary": [], "full": []}
    for number in range(1, ROUNDS + 1):
        say(f"four-stage chain, round {number} of {ROUNDS}")
        found["stockpyl"].append(measure(HERE / "measure_stockpyl.py", folder / "chain.json", python=interpreter))
        for record in LEAST:
            found[record].append(measure(HERE / "measure_scmsim.py", scenario, record))
    check_costs([run["total_cost"] for runs in found.values() for run in runs])
    took = {name: statistics.median(run["seconds"]["processor"] for run in runs) for name, runs in found.items()}
    for record, least in LEAST.items():
        ratio = took["stockpyl"] / took[record]
        aim = f", aim {AIM:g}x" if record == "summary" else ""
        measured = f"{ratio:.1f}x ({took['stockpyl']:.2f} s / {took[record]:.3f} s)"
        claim = f"four-stage chain, {PERIODS:,} periods, {record}: times stockpyl"
        yield Row(claim, measured, f">= {least:g}x{aim}", ratio >= least)
    speed = STAGES * PERIODS / took["summary"]
    yield Row("the same, node-periods per processor second, summary", f"{speed:,.0f}", "", None)


def check_costs(costs: list[float]) -> None:
    """Stop unless all runs of the chain cost the same."""
    if any(not math.isclose(cost, costs[0], rel_tol=1e-6) for cost in costs):
        raise SystemExit(f"the runs do not agree on the total cost: {sorted(set(costs))}")
    say(f"all {len(costs)} runs agree on the total cost: {costs[0]:,.6g}")


def large_network(folder: Path) -> Iterator[Row]:
    """Time and weigh one plant -> 4 warehouses -> 100 retailers with 50 products over a year."""
    say("distribution network")
    found = measure(HERE / "measure_scmsim.py", distribution_network(folder), "summary")
    load, run, peak = found["seconds"]["load"], found["seconds"]["run"], found["peak"]
    points = (1 + WAREHOUSES + RETAILERS) * PRODUCTS
    claim = f"1 plant, {WAREHOUSES} warehouses, {RETAILERS} retailers, (s,S), {DAYS} days, {PRODUCTS} products"
    speed = points * DAYS / found["seconds"]["processor"]
    measured = (
        f"{load + run:.1f} s (loading {load:.1f}, running {run:.1f}; {speed:,.0f} node-periods per processor second)"
    )
    yield Row(f"{claim}: time", measured, f"< {MOST_SECONDS:g} s", load + run < MOST_SECONDS)
    yield Row("the same: peak memory", *weighed(peak, MOST_MEGABYTES))


def real_chain(folder: Path) -> Iterator[Row]:
    """Time chain 19 of Willems (2008) over a year of days."""
    claim = f"chain 19 of Willems (2008), {STAGES_OF_19} stages, a year of days, summary: time"
    shared = Path(os.environ.get("SCMSIM_SHARED") or HERE.parents[1] / "shared") / "data" / "willems2008"
    tables = [shared / f"19_{table}.csv" for table in ("SD", "LL")]
    if not all(table.is_file() for table in tables):
        yield Row(claim, "needs the data: SCMSIM_SHARED names their folder", f"< {MOST_SECONDS_OF_19:g} s", None)
        return
    say("chain 19 of Willems (2008)")
    scenario = folder / "willems_19.yaml"
    scenario.write_text(import_willems(*tables), encoding="utf-8")
    found = measure(HERE / "measure_scmsim.py", scenario, "summary")
    load, run = found["seconds"]["load"], found["seconds"]["run"]
    measured = f"{load + run:.1f} s (loading {load:.1f}, running {run:.1f})"
    yield Row(claim, measured, f"< {MOST_SECONDS_OF_19:g} s", load + run < MOST_SECONDS_OF_19)


def shop(folder: Path) -> Iterator[Row]:
    """Time a job shop over a year of days."""
    say("job shop")
    found = measure(HERE / "measure_scmsim.py", job_shop(folder), "summary")
    load, run = found["seconds"]["load"], found["seconds"]["run"]
    claim = f"job shop, {MACHINES} machines, {PRODUCTS} products, {DAYS} days, summary: time"
    measured = f"{load + run:.1f} s (loading {load:.1f}, running {run:.1f})"
    yield Row(claim, measured, f"< {MOST_SECONDS_OF_SHOP:g} s", load + run < MOST_SECONDS_OF_SHOP)


def memory_growth(folder: Path) -> Iterator[Row]:
    """Weigh summary runs of the chain over 10,000 and over 100,000 periods."""
    peaks = {}
    for periods in (PERIODS, 10 * PERIODS):
        say(f"memory over {periods:,} periods")
        scenario = four_stage_chain_drawn(folder, periods)
        peaks[periods] = measure(HERE / "measure_scmsim.py", scenario, "summary")["peak"]
    claim = f"summary run, memory added by {10 * PERIODS:,} instead of {PERIODS:,} periods"
    if None in peaks.values():
        yield Row(claim, *weighed(None, GROWTH_MEGABYTES))
        return
    growth = peaks[10 * PERIODS] - peaks[PERIODS]
    measured = f"{growth:.1f} MB ({peaks[PERIODS]:.0f} MB, then {peaks[10 * PERIODS]:.0f} MB)"
    yield Row(claim, measured, f"< {GROWTH_MEGABYTES:g} MB", growth < GROWTH_MEGABYTES)


def cost_of_money(folder: Path) -> Iterator[Row]:
    """Compare the chain with and without prices, and without prices with and without the metrics of money."""
    say("four-stage chain with and without money")
    plain, priced = four_stage_chain_drawn(folder, PERIODS), four_stage_chain_with_money(folder, PERIODS)
    found = measure(HERE / "measure_money.py", plain, priced, ROUNDS)
    plain_time, priced_time = statistics.median(found["plain"]), statistics.median(found["priced"])
    share = plain_time / priced_time
    claim = f"four-stage chain, {PERIODS:,} periods, summary: speed with prices and terms, of that without"
    measured = f"{share:.0%} ({plain_time:.3f} s / {priced_time:.3f} s)"
    yield Row(claim, measured, f">= {SLOWEST_WITH_MONEY:.0%}", share >= SLOWEST_WITH_MONEY)
    plain_time, bare_time = min(found["plain"]), min(found["bare"])
    more = plain_time / bare_time - 1
    claim = "the same without prices: time added by the metrics of money"
    yield Row(claim, f"{more:+.1%} ({plain_time:.3f} s / {bare_time:.3f} s)", f"< {MEASURABLE:.0%}", more < MEASURABLE)


def on_two_workers(folder: Path) -> Iterator[Row]:
    """Compare a sweep on one worker and on two: time, memory and all that is not simulating."""
    scenario = HERE.parent / "scenarios" / "beer_game_noisy.yaml"
    found: dict[int, list[dict[str, Any]]] = {1: [], 2: []}
    for number in range(1, SWEEPS + 1):
        for workers, sweeps in found.items():
            say(f"sweep of {POINTS:,} points on {workers} worker{'s' if workers > 1 else ''}, {number} of {SWEEPS}")
            sweeps.append(measure(HERE / "measure_sweep.py", scenario, POINTS, REPLICATIONS, workers))
    if len({one["cost"] for sweeps in found.values() for one in sweeps}) != 1:
        raise SystemExit("the sweeps do not agree on the total cost")
    one, two = (min(sweeps, key=lambda each: float(each["wall"])) for sweeps in found.values())
    ratio = one["wall"] / two["wall"]
    claim = f"sweep, {POINTS:,} points x {REPLICATIONS} replications of the 36-week beer game, two workers: times one"
    measured = f"{ratio:.2f}x ({one['wall']:.1f} s / {two['wall']:.1f} s)"
    yield Row(claim, measured, f">= {FASTER_ON_TWO:g}x", ratio >= FASTER_ON_TWO)
    yield Row("the same: peak memory per worker", *weighed(two["peak"], MOST_PER_WORKER))
    for workers, each in ((1, one), (2, two)):
        overhead = 1 - each["simulating"] / (each["wall"] * workers)
        measured = (
            f"{overhead:.1%} (simulating {each['simulating']:.1f} of {each['wall'] * workers:.1f} worker seconds)"
        )
        claim = f"the same, workers: {workers}: everything but simulating"
        yield Row(claim, measured, f"< {MOST_OVERHEAD:.0%}", overhead < MOST_OVERHEAD)


def weighed(peak: float | None, most: float) -> tuple[str, str, bool | None]:
    """Return measured, target and verdict of a peak of memory."""
    if peak is None:
        return "this system does not say", f"< {most:g} MB", None
    return f"{peak:.0f} MB", f"< {most:g} MB", peak < most


def measure(script: Path, *arguments: object, python: Path | str = sys.executable) -> dict[str, Any]:
    """Run a script in a process of its own; return the JSON object it prints."""
    command = [str(python), str(script), *map(str, arguments)]
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=compiled)
    if done.returncode != 0:
        raise SystemExit(f"{script.name} failed:\n{done.stderr}")
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def say(text: str) -> None:
    """Tell whoever waits what is going on."""
    print(text, file=sys.stderr, flush=True)


def table(rows: list[Row]) -> str:
    """Write the rows under each other."""
    verdicts = {True: "holds", False: "MISSED", None: "-"}
    lines = [("claim", "measured", "target", "verdict")]
    lines += [(row.claim, row.measured, row.target, verdicts[row.holds]) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


BENCHMARKS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "stockpyl": against_stockpyl,
    "network": large_network,
    "willems": real_chain,
    "shop": shop,
    "memory": memory_growth,
    "money": cost_of_money,
    "sweep": on_two_workers,
}


def main() -> int:
    """Measure what the command line asks for; return 1 when a claim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all by default")
    chosen = parser.parse_args().names or list(BENCHMARKS)
    if unknown := set(chosen) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    rows: list[Row] = []
    for name in chosen:
        with TemporaryDirectory() as folder:
            rows += BENCHMARKS[name](Path(folder))
    print(table(rows))
    return 1 if any(row.holds is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
