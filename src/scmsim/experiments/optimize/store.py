"""How a search is described, and kept in a folder while it goes on."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scmsim.errors import ScmsimError, UsageError
from scmsim.experiments.optimize.problem import Problem
from scmsim.experiments.storage import csvs
from scmsim.experiments.storage.folder import MANIFEST, REPORT, SCENARIO, check_target, manifest_text
from scmsim.experiments.storage.manifest import FORMAT
from scmsim.experiments.storage.manifest import describe as describe_run
from scmsim.experiments.storage.report import write_report
from scmsim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from scmsim.experiments.optimize.optimization import Optimization

KIND = "optimize"
STUDY = "study.sqlite"
LOCK = "lock.sqlite"
"""Held by the one process that searches; not there otherwise."""
BEST = "best.yaml"
TABLES = ("trials", "candidates")
_FILES = (
    *(f"{STUDY}{ending}" for ending in ("", "-journal", "-wal", "-shm")),
    *(f"{name}.csv" for name in TABLES),
    LOCK,
    f"{LOCK}-journal",
    BEST,
    SCENARIO,
    REPORT,
    MANIFEST,
)


def describe(scenario: Scenario, problem: Problem, trials: int) -> dict[str, Any]:
    """Say what a search is of, with nothing in it that changes when it is repeated."""
    run = describe_run(scenario, seed=problem.seed, replications=problem.replications, record="summary")
    return {
        "scmsim_experiment": FORMAT,
        "kind": KIND,
        **{key: run[key] for key in ("scenario", "file", "sha256", "seed", "replications")},
        "fresh": problem.fresh,
        "finalists": problem.candidates,
        "objective": str(problem.objective),
        "maximize": problem.maximize,
        "subject_to": [str(limit) for limit in problem.limits],
        "vary": {
            one.path: {"from": one.low, "to": one.high, "integer": one.integer, "log": one.log}
            for one in problem.variables
        },
        "confidence": problem.confidence,
        "trials": trials,
        **({} if problem.chance else {"chance": False}),
        "versions": run["versions"],
        "files": list(_FILES),
    }


def begin(folder: Path, manifest: Mapping[str, Any], *, force: bool = False) -> Path:
    """Make a folder ready for a search, or for going on with the same one.

    Raises
    ------
    UsageError
        It holds something else, or another search and ``force`` is false.
    """
    check_target(folder, _identity(manifest), force=force)
    folder.mkdir(parents=True, exist_ok=True)
    if force and not _is_same(folder, manifest):
        for name in _FILES:
            if not name.startswith(LOCK):
                (folder / name).unlink(missing_ok=True)
    if not (folder / MANIFEST).exists():
        _write_text(folder / MANIFEST, manifest_text(manifest))
    return folder


@contextmanager
def occupied(folder: Path, manifest: Mapping[str, Any], *, force: bool = False) -> Iterator[Path]:
    """Make a folder ready (`begin`), and keep others from searching in it meanwhile.

    Raises
    ------
    UsageError
        It holds something else, or another search and ``force`` is false.
    ScmsimError
        Another process searches there.
    """
    check_target(folder, _identity(manifest), force=force)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / MANIFEST).exists():
        _write_text(folder / MANIFEST, manifest_text(manifest))
    lock = sqlite3.connect(folder / LOCK, isolation_level=None, timeout=1.0)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise ScmsimError(f"another scmsim is searching in {folder}: wait for it, or end it") from None
        try:
            yield begin(folder, manifest, force=force)
        finally:
            lock.close()
            (folder / LOCK).unlink(missing_ok=True)
    finally:
        lock.close()


def _identity(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return what makes a search the same; it may go on for more trials."""
    return {key: value for key, value in manifest.items() if key != "trials"}


def _is_same(folder: Path, manifest: Mapping[str, Any]) -> bool:
    try:
        check_target(folder, _identity(manifest))
    except UsageError:
        return False
    return True


def write(result: "Optimization", folder: Path, *, force: bool = False) -> Path:
    """Write a finished search to its folder."""
    begin(folder, result.manifest, force=force)
    for name in TABLES:
        new = folder / f".{name}.csv"
        csvs.write(getattr(result, name), new)
        os.replace(new, folder / f"{name}.csv")
    _write_text(folder / SCENARIO, result.scenario.to_yaml())
    _write_text(folder / BEST, result.to_yaml())
    tables = {name: csvs.kinds(getattr(result, name)) for name in TABLES}
    _write_text(folder / MANIFEST, manifest_text({**result.manifest, "tables": tables}))
    write_report(result, folder / REPORT)
    return folder


def _write_text(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}")
    new.write_text(text, encoding="utf-8", newline="\n")
    os.replace(new, path)
