"""What no measure counts, from the full records of runs: who waits (Q02), where jobs are (Q06), what is short (S14)."""

from collections.abc import Iterator

import pandas as pd

from scmsim.verification.case import LOOSE, TIGHT, Case, Finding
from scmsim.verification.laboratory import Estimate, Laboratory

SHARE = 2.5 * TIGHT
"""Largest standard error, as a share of the value, of shares and of jobs at a machine that is half idle (full form)."""
THREE_MACHINES = ("nodes.works.resources.machine.machines=3", "nodes.works.demand.item.rate=2.4")


def estimate_of(by_replication: "pd.Series[float]") -> Estimate:
    """Return the mean over replications, and its standard error."""
    count = len(by_replication)
    return Estimate(float(by_replication.mean()), float(by_replication.std(ddof=1) / count**0.5), count)


def moments(operations: pd.DataFrame, *kinds: str) -> pd.DataFrame:
    """Return when each of some things happened to every job at every stage, one column a kind."""
    jobs = operations[operations["kind"].isin(kinds)]
    return jobs.pivot_table(index=["replication", "stage", "job"], columns="kind", values="time", aggfunc="min")


def share_that_waits(laboratory: Laboratory) -> Iterator[Finding]:
    """Find the share of jobs that no machine takes the moment they come."""
    result = laboratory.recorded("q01_single_machine", THREE_MACHINES)
    time = result.scenario.file.time
    jobs = moments(result.operations, "arrived", "taken").dropna()
    jobs = jobs[jobs["arrived"] >= time.start + time.warm_up]
    waits = (jobs["taken"] > jobs["arrived"]).astype(float).groupby(level="replication").mean()
    yield laboratory.judged("share of jobs that wait", 0.647191, estimate_of(waits), SHARE)


def jobs_at_each(laboratory: Laboratory) -> Iterator[Finding]:
    """Find the mean number of jobs at each of two machines."""
    result = laboratory.recorded("q06_two_machines")
    time = result.scenario.file.time
    begin, end = time.start + time.warm_up, time.start + time.horizon
    jobs = moments(result.operations, "arrived", "finished")
    stays = jobs["finished"].fillna(end).clip(lower=begin) - jobs["arrived"].clip(lower=begin)
    mean = stays.groupby(level=["replication", "stage"]).sum().unstack("stage") / (end - begin)
    for stage, expected, share in (("first", 1.0, SHARE), ("second", 5.0, 0.02)):
        yield laboratory.judged(f"jobs at the {stage} machine", expected, estimate_of(mean[stage]), share)


def shortfall(laboratory: Laboratory) -> Iterator[Finding]:
    """Find what is on order when a period's orders have been served: with no lead time all of it is short."""
    result = laboratory.recorded("s14_supplier_capacity")
    time = result.scenario.file.time
    closes = result.stock[(result.stock["node"] == "shop") & (result.stock["time"] >= time.start + time.warm_up)]
    short = closes.set_index("replication")["on_order"].groupby(level="replication")
    nothing = short.apply(lambda units: float((units == 0).mean()))
    yield laboratory.judged("mean shortfall", 1.527005, estimate_of(short.mean()), LOOSE)
    yield laboratory.judged("chance of no shortfall", 0.567164, estimate_of(nothing), SHARE)


CASES = (
    Case(
        name="Q02-share-that-waits",
        what="M/M/3 at a load of 0.8",
        source="queueing theory: Erlang's delay formula",
        grade="C",
        compute=share_that_waits,
        kinds=("resource.machines",),
    ),
    Case(
        name="Q06-each-machine",
        what="two M/M/1 queues in a row, one by one",
        source="Jackson 1957, product form",
        grade="C",
        compute=jobs_at_each,
        kinds=("make.stages",),
    ),
    Case(
        name="S14-shortfall",
        what="what is short at a supplier who makes 6 a period",
        source="exact: stationary distribution of the shortfall max(0, W + D - 6), D Poisson(5)",
        compute=shortfall,
    ),
)
