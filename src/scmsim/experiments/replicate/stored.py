"""Replications read back from their folder."""

from pathlib import Path

from scmsim.errors import UsageError
from scmsim.experiments.replicate.folder import KIND, TABLES
from scmsim.experiments.replicate.result import Replication
from scmsim.experiments.storage import csvs
from scmsim.experiments.storage.folder import SCENARIO, read_experiment
from scmsim.scenario.load import load


def open_replication(folder: Path | str) -> Replication:
    """Read stored replications back.

    Raises
    ------
    UsageError
        The folder holds none, or not all of them.
    """
    folder = Path(folder)
    manifest = read_experiment(folder, KIND)
    try:
        frames = {name: csvs.read(folder / f"{name}.csv", manifest["tables"][name]) for name in TABLES}
        return Replication(
            scenario=load(folder / SCENARIO),
            seed=int(manifest["seed"]),
            sentences=tuple(map(str, manifest["sentences"])),
            **frames,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OSError, UsageError) as error:
        said = str(error) if isinstance(error, UsageError) else f"{type(error).__name__}: {error}"
        raise UsageError(f"{folder} holds no whole replication: {said}") from None
