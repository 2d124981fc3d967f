"""A comparison in a folder: written whole, and read back."""

import re
from pathlib import Path

from scmsim.errors import UsageError
from scmsim.experiments.compare.comparison import Comparison
from scmsim.experiments.compare.selection import Selection
from scmsim.experiments.measures import Measure
from scmsim.experiments.storage import csvs
from scmsim.experiments.storage.folder import (
    REPORT,
    check_target,
    read_experiment,
    write_contents,
    written_whole,
)
from scmsim.experiments.storage.report import write_report
from scmsim.scenario.load import load

KIND = "compare"


def write_comparison(found: Comparison, folder: Path, *, force: bool = False, report: bool = True) -> Path:
    """Write a comparison to a folder, whole or not at all.

    Parameters
    ----------
    found : Comparison
        What is written: ``values.csv``, ``estimates.csv``, ``differences.csv``, ``best.csv``, ``frontier.csv``, the
        scenarios, each in a file of its own that needs no other, ``manifest.json`` and ``report.html``.
    folder : Path
        Made with its parents; it may exist when it is empty or holds the same comparison.
    force : bool
        Also replace another experiment.
    report : bool
        Also write the report.

    Raises
    ------
    UsageError
        The folder holds something else.
    ScmsimError
        The disk is full or the place not writable; nothing is half-written.
    """
    check_target(folder, found.manifest, force=force)
    with written_whole(folder) as new:
        tables = csvs.write_all(found.tables, new)
        for scenario, entry in zip(found.scenarios.values(), found.manifest["scenarios"], strict=True):
            scenario.save(new / entry["stored"])
        if report:
            write_report(found, new / REPORT)
        selection = found.selection.to_dict() if found.selection else None
        write_contents(new, {**found.manifest, "selection": selection, "tables": tables})
    return folder


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


def stored_name(number: int, name: str) -> str:
    """Name the file in which a scenario is stored.

    Examples
    --------
    >>> stored_name(1, "as it is/now")
    'scenario_1_as_it_is_now.yaml'
    """
    return f"scenario_{number}_{re.sub(r'[^A-Za-z0-9-]+', '_', name)[:60]}.yaml"


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
