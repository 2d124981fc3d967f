"""Run one sweep and print what it took, as JSON: ``python measure_sweep.py SCENARIO POINTS REPLICATIONS WORKERS``.

The scenario is the noisy beer game over 36 weeks; its supply-line weight is varied. The ledger, the tables and the
design are written as ``scmsim sweep --out`` writes them, and all of it is timed, the start of the workers included. The
libraries are loaded before the clock starts, those of the figures included, by a sweep of two points.
"""

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import scmsim
from scmsim.experiments.execution import executors
from scmsim.experiments.sweep.sweep import sweep

WEIGHT = "defaults.stock.policy.supply_line_weight"
MEASURES = ["total_cost", "total_cost@*", "fill_rate@retailer", "order_variance_ratio@*"]


def main(path: Path, points: int, replications: int, workers: int) -> None:
    """Measure one sweep."""
    scenario = scmsim.load(path).set("time.horizon=36", "time.warm_up=0")
    place = executors.resolved(None, workers)
    weights = [point / points for point in range(points)]
    with TemporaryDirectory() as folder:
        sweep(
            scenario, {WEIGHT: [0.0, 1.0]}, replications=2, measures=MEASURES, out=Path(folder) / "first", where="here"
        )
        begun = time.perf_counter()
        found = sweep(
            scenario,
            {WEIGHT: weights},
            replications=replications,
            measures=MEASURES,
            out=Path(folder) / "sweep",
            workers=workers,
        )
        wall = time.perf_counter() - begun
        runs = found.runs
        with closing(sqlite3.connect(Path(folder) / "sweep" / "sweep.sqlite")) as ledger:
            (simulating,) = ledger.execute("SELECT SUM(seconds) FROM timing").fetchone()
    if len(runs) != points * replications or (runs["error"].fillna("") != "").any():
        raise SystemExit("the sweep is not complete")
    pids = executors.opened(place).pids if place.kind == "local" else ["self"]
    peaks = [peak for pid in pids if (peak := peak_megabytes(pid)) is not None]
    cost = float(runs["total_cost"].sum())
    print(json.dumps({"wall": wall, "simulating": simulating, "peak": max(peaks, default=None), "cost": cost}))


def peak_megabytes(pid: int | str) -> float | None:
    """Return the most memory a process has held, in MB; None where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return int(lines["VmHWM"].split()[0]) / 1e3


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
