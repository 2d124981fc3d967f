"""Run a scenario without and with money in turn: ``python measure_money.py PLAIN PRICED ROUNDS``; print times as JSON.

The scenario without money is run with all metrics and without those of money. Times are processor time of a run with
``summary`` recording and its KPI table; all runs share one process, so that nothing but the work differs, and
the first round does not count.
"""

import json
import sys
import time
from pathlib import Path

import scmsim
from scmsim.metrics import CATALOGUE, Collector, Metric, measure
from scmsim.scenario.network import Network
from scmsim.simulation import simulate

NOT_MONEY = [metric for metric in CATALOGUE.values() if metric.group != "money"]


def main(plain: Path, priced: Path, rounds: int) -> None:
    """Measure every kind of run, once per round."""
    without, with_money = scmsim.load(plain).network, scmsim.load(priced).network
    everything = list(CATALOGUE.values())
    runs = {"bare": (without, NOT_MONEY), "plain": (without, everything), "priced": (with_money, everything)}
    found: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, arguments in runs.items():
            seconds = timed(*arguments)
            if number:
                found[name].append(seconds)
    print(json.dumps(found))


def timed(network: Network, metrics: list[Metric]) -> float:
    """Run a network once and return the processor seconds that took."""
    started = time.process_time()
    collector = Collector(network, metrics)
    simulate(network, seed=1, sinks=[collector])
    measure(collector)
    return time.process_time() - started


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
