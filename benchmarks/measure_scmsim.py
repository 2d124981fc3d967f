"""Run one scenario in scmsim and print what it took, as JSON: ``python measure_scmsim.py SCENARIO summary|full``.

The libraries are loaded before the clock starts, by a run of ten periods. The times cover the run and its KPI table.
"""

import json
import sys
import time
from pathlib import Path

import scmsim


def main(path: Path, record: str) -> None:
    """Measure one run."""
    started = time.perf_counter()
    scenario = scmsim.load(path)
    loaded = time.perf_counter()
    assert not scmsim.run(scenario.set("time.horizon=10", "time.warm_up=0"), record=record).kpis.empty
    ready = time.perf_counter()
    computing = time.process_time()
    kpis = scmsim.run(scenario, record=record).kpis
    computed, done = time.process_time(), time.perf_counter()
    chain = kpis[(kpis["metric"] == "total_cost") & kpis[["segment", "node", "product"]].isna().all(axis=1)]
    seconds = {"load": loaded - started, "run": done - ready, "processor": computed - computing}
    found = {"rows": len(kpis), "total_cost": float(chain["mean"].iloc[0]), "peak": peak_megabytes()}
    print(json.dumps({"seconds": seconds, **found}))


def peak_megabytes() -> float | None:
    """Return the most memory this process has held, in MB; None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak / 1e6 if sys.platform == "darwin" else peak / 1e3)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
