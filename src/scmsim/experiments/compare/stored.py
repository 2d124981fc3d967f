"""A comparison read back from its folder."""

from pathlib import Path

from scmsim.errors import UsageError
from scmsim.experiments.compare.comparison import Comparison
from scmsim.experiments.compare.folder import KIND
from scmsim.experiments.compare.selection import Selection
from scmsim.experiments.measures import Measure
from scmsim.experiments.storage import csvs
from scmsim.experiments.storage.folder import read_experiment
from scmsim.scenario.load import load


def open_comparison(folder: Path | str) -> Comparison:
    """Read a comparison back.

    Raises
    ------
    UsageError
        The folder holds none, or not all of it.
    """
    folder = Path(folder)
    manifest = read_experiment(folder, KIND)
    try:
        kinds, selection = manifest.pop("tables"), manifest.pop("selection")
        manifest.pop("files")
        values = csvs.read(folder / "values.csv", kinds["values"])
        scenarios = {entry["name"]: load(folder / entry["stored"]) for entry in manifest["scenarios"]}
        found = Comparison(
            scenarios=scenarios,
            measures=tuple(Measure(*parts) for parts in manifest["measures_in_parts"]),
            values=values,
            selection=Selection.from_dict(selection) if selection else None,
            manifest=manifest,
        )
        found.evidence  # noqa: B018 - whether the table is whole shows here
        _check_further(found)
    except (KeyError, TypeError, ValueError, AttributeError, OSError, UsageError) as error:
        said = f"{type(error).__name__}: {error}" if not isinstance(error, UsageError) else str(error)
        raise UsageError(f"{folder} is not a whole stored comparison: {said}") from None
    return found


def _check_further(found: Comparison) -> None:
    """Make sure that all the replications that a selection made are there.

    Raises
    ------
    ValueError
        Some are missing.
    """
    made = found.selection.replications if found.selection else {}
    counts = found.values["scenario"].value_counts()
    for name in found.scenarios:
        if counts[name] != (expected := max(made.get(name, 0), found.replications)):
            raise ValueError(f"values.csv has {counts[name]} replications of {name}, and the manifest {expected}")
