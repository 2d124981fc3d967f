"""Run a scenario at many points, and keep every run in a ledger from which it can go on."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, TypedDict, Unpack

import numpy as np
from pydantic import ValidationError

from scmsim.errors import ScmsimError, UsageError
from scmsim.experiments.execution.dispatch import batched, run_batches
from scmsim.experiments.execution.executors import Where, check_place
from scmsim.experiments.execution.work import Point
from scmsim.experiments.keywords import only_known
from scmsim.experiments.measures import named
from scmsim.experiments.run.run import loaded
from scmsim.experiments.sweep.export import check_formats
from scmsim.experiments.sweep.ledger import DATABASE, Ledger, check_free
from scmsim.experiments.sweep.plan import Assignment, Vary, assigned
from scmsim.experiments.sweep.result import Sweep
from scmsim.experiments.sweep.store import finish, prepare, resume
from scmsim.scenario.scenario import Scenario
from scmsim.scenario.schema_experiments import Sweep as Block


class Stage(NamedTuple):
    """How far a sweep has come.

    Parameters
    ----------
    stage : str
        ``planned`` (nothing but the size is known), ``checking`` (values), ``writing`` (points to the ledger),
        ``checked`` (nothing has run), ``running`` or ``done``; or
        ``refused`` (a path, a value or the folder will not do). Checking and writing are told of where they take time.
    points, replications, runs : int
        What there is to do: runs are points times replications.
    done, failed : int
        Runs in the ledger, and those of them that failed.
    new : int
        Runs that this call has made.
    share : float
        How much of this stage is behind, from 0 to 1.
    """

    stage: str
    points: int
    replications: int
    runs: int
    done: int
    failed: int
    new: int
    share: float


class Pace:
    """Says when it is time to tell of progress: not within the first moment, and then a few times a second."""

    FIRST, NEXT = 0.5, 0.2

    def __init__(self) -> None:
        self._next = time.monotonic() + self.FIRST

    def due(self) -> bool:
        """Return whether it is time, and begin to wait again if so."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self.NEXT
        return True


class Running(TypedDict, total=False):
    """How a sweep is carried out.

    Parameters
    ----------
    seed : int, optional
        Where chance begins, at least 0; the scenario's own unless given.
    out : path, optional
        The folder in which everything is kept. A sweep that was interrupted goes on there when it is asked for again.
    where : str or executor, optional
        As for `scmsim.experiments.execution.dispatch.run_batches`; on this machine's cores unless given.
    workers : int, optional
        How many processes of this machine.
    force : bool
        Replace another sweep in the folder.
    retry_failed : bool
        Do the runs again that failed.
    formats : sequence of str
        What is written besides CSV: ``excel``, ``parquet``.
    report : bool
        Write ``report.html`` in the end; True unless given.
    tell : callable, optional
        Called with a `Stage` whenever something has happened.
    """

    seed: int | None
    out: "str | PathLike[str] | None"
    where: Where
    workers: int | None
    force: bool
    retry_failed: bool
    formats: Sequence[str]
    report: bool
    tell: Callable[[Stage], None] | None


def sweep(
    scenario: Scenario | str | PathLike[str],
    vary: Vary | None = None,
    *,
    design: str | None = None,
    points: int | None = None,
    replications: int | None = None,
    measures: str | Sequence[str] | None = None,
    **running: Unpack[Running],
) -> Sweep:
    """Simulate a scenario at many points, all on the same random numbers.

    What is not given is taken from ``experiments: sweep:`` in the scenario's file.

    Parameters
    ----------
    scenario : Scenario, str or path-like
        What is varied; a path is loaded first.
    vary : mapping, optional
        By path of the scenario a list of values, a range (``"0:1:0.05"``, ``"1..9"``, ``{"from": 1, "to": 9}``) or a
        distribution (`scmsim.experiments.sweep.factors.factor`).
    design : str, optional
        ``grid`` (default), ``one_at_a_time``, ``random``, ``latin_hypercube`` or ``sobol``
        (`scmsim.experiments.sweep.design.planned`).
    points : int, optional
        How many, for the designs that draw them.
    replications : int, optional
        Runs at each point; the scenario's own number unless given.
    measures : str or sequence of str, optional
        The figures to keep, for instance ``["total_cost", "fill_rate@*"]``; the usual ones unless given.
    **running
        How it is carried out: ``seed``, ``out``, ``where``, ``workers``, ``force``, ... (`Running`).

    Returns
    -------
    Sweep
        Every run, every point, means with intervals. A run that failed is there with its error.

    Raises
    ------
    UsageError
        Something is asked for that there is not, or the folder holds something else.
    ScenarioError
        A path leads nowhere, or a value cannot stand there.
    ScmsimError
        The folder cannot be written any more; what was finished is kept.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> beer = load("scenarios/beer_game.yaml")
    >>> found = sweep(beer, {"nodes.retailer.stock.beer.policy.target": [28, 20]}, measures="total_cost", where="here")
    >>> found.summary["total_cost"].tolist()
    [204.0, 430.0]
    """
    only_known(sweep, running, Running)
    scenario = loaded(scenario, by="sweep")
    check_formats(running.get("formats", ()))
    _check_place(running)
    if (out := running.get("out")) is not None:
        check_free(Path(out))
    changes = {"design": design, "points": points, "replications": replications, "measures": measures}
    block = _block(scenario.file.experiments.sweep if scenario.file.experiments is not None else None, vary, changes)
    with _refusal_told(running) as running:
        return carried_out(assigned(scenario, vary, block, running.get("seed"), _looking(running)), running)


@contextmanager
def _refusal_told(running: Running) -> Iterator[Running]:
    """Tell of a refusal where the size was told already, and nothing else."""
    tell, last = running.get("tell") or (lambda _: None), list[Stage]()

    def told(stage: Stage) -> None:
        last[:] = [stage]
        tell(stage)

    try:
        yield {**running, "tell": told}
    except ScmsimError:
        if last and last[0].stage in ("planned", "checking"):
            tell(last[0]._replace(stage="refused"))
        raise


def _check_place(running: Running) -> None:
    """Make sure that there is somewhere to work, before a folder is made; what is begun may need nothing any more."""
    out = running.get("out")
    if out is None or running.get("force", False) or not (Path(out) / DATABASE).exists():
        check_place(running.get("where"), running.get("workers"))


def _looking(running: Running) -> Callable[[int, int, int, int], None]:
    """Tell of the size at once, and then of the check now and then."""
    tell, pace = running.get("tell") or (lambda _: None), Pace()

    def looking(points: int, replications: int, done: int, of: int) -> None:
        if not done:
            tell(Stage("planned", points, replications, points * replications, 0, 0, 0, 0.0))
        elif pace.due():
            tell(Stage("checking", points, replications, points * replications, 0, 0, 0, done / of))

    return looking


def _block(own: Block | None, vary: Vary | None, changes: dict[str, Any]) -> Block | None:
    """Return the file's own section, with what the call says instead."""
    if own is None and vary is None:
        raise UsageError(
            "nothing to vary: give factors (--vary PATH=VALUES, or vary={path: values}), or write `experiments: "
            "{sweep: {vary: ...}}` in the scenario"
        )
    given = {key: value for key, value in changes.items() if value is not None}
    if "measures" in given:
        given["measures"] = tuple(named(given["measures"]))
    if own is not None and "design" in given and "points" not in given and given["design"] != own.design:
        own = own.model_copy(update={"points": None})
    kept = {name: getattr(own, name) for name in own.model_fields_set} if own is not None else {}
    try:
        return Block.model_validate({"vary": {"time.horizon": (1,)}, **kept, **given})
    except ValidationError as error:
        problem = error.errors()[0]
        name, said = problem["loc"][0], problem["msg"].removeprefix("Input should be ")
        raise UsageError(f"{name} is {given.get(str(name))!r}; expected {said}") from None


def carried_out(task: Assignment, running: Running) -> Sweep:
    """Do what of a sweep is not done yet.

    Parameters
    ----------
    task : Assignment
        The sweep.
    running : Running
        How.
    """
    folder = Path(out) if (out := running.get("out")) is not None else None
    manifest = task.manifest()
    if folder is not None:
        prepare(folder, task, manifest, force=running.get("force", False))
    ledger = Ledger(folder / DATABASE if folder is not None else None, task.columns, task.seed)
    try:
        resume(ledger, folder, task, manifest, _writing(task, running))
        if running.get("retry_failed", False):
            ledger.forget_failed()
        ledger.commit()
        _work(ledger, task, running)
        found = finish(ledger, folder, task, manifest, running.get("formats", ()))
    except BaseException:  # an interruption, too, keeps what there is
        with suppress(ScmsimError, sqlite3.Error):
            ledger.close()
        raise
    if folder is not None and running.get("report", True):
        found.report()
    return found


def _writing(task: Assignment, running: Running) -> Callable[[int], None]:
    """Tell now and then which point is written to the ledger."""
    tell, pace, points = running.get("tell") or (lambda _: None), Pace(), len(task.plan)

    def writing(number: int) -> None:
        if pace.due():
            tell(Stage("writing", points, task.replications, task.runs, 0, 0, 0, number / points))

    return writing


def _work(ledger: Ledger, task: Assignment, running: Running) -> None:
    """Send out every run that is not in the ledger, and write down what comes back."""
    tell = running.get("tell") or (lambda _: None)
    done = ledger.done(len(task.plan), task.replications)
    there, new = int(done.sum()), 0

    def stage(name: str) -> Stage:
        done = there + new
        share = 0.0 if name == "checked" else done / task.runs
        return Stage(name, len(task.plan), task.replications, task.runs, done, ledger.failed, new, share)

    tell(stage("checked"))
    pending, missing = _pending(task, done), task.runs - there
    batches = batched(pending, task.blueprint, task.measures, task.seed, runs=missing)
    if there < task.runs:
        found = run_batches(batches, running.get("where"), running.get("workers"))
        tell(stage("running"))
        for runs in found:
            new += ledger.add(runs, {run.point: task.plan.values(run.point) for run in runs})
            tell(stage("running"))
    ledger.commit()
    tell(stage("done"))


def _pending(task: Assignment, done: np.ndarray[Any, np.dtype[np.bool_]]) -> Iterator[Point]:
    for number in np.flatnonzero(~done.all(axis=1)).tolist():
        missing = tuple((np.flatnonzero(~done[number]) + 1).tolist())
        yield Point(number, task.plan.overrides(number), missing)
