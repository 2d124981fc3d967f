"""A finished search read back from its folder."""

from os import PathLike
from pathlib import Path

from scmsim.errors import UsageError
from scmsim.experiments.optimize.optimization import Optimization
from scmsim.experiments.optimize.store import KIND, TABLES
from scmsim.experiments.storage import csvs
from scmsim.experiments.storage.folder import SCENARIO, read_experiment
from scmsim.scenario.load import load


def open_optimization(folder: str | PathLike[str]) -> Optimization:
    """Read a stored search back.

    Raises
    ------
    UsageError
        The folder holds none, or one that was not finished.
    """
    folder = Path(folder)
    manifest = read_experiment(folder, KIND)
    tables = manifest.pop("tables", None)
    if not isinstance(tables, dict):
        raise UsageError(f"{folder} holds a search that was interrupted: give the same command again, and it goes on")
    trials, candidates = (csvs.read(folder / f"{name}.csv", tables[name]) for name in TABLES)
    return Optimization(scenario=load(folder / SCENARIO), manifest=manifest, trials=trials, candidates=candidates)
