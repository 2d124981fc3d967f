"""A comparison in a folder, written whole."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from scmsim.experiments.storage import csvs
from scmsim.experiments.storage.folder import (
    REPORT,
    check_target,
    write_contents,
    written_whole,
)
from scmsim.experiments.storage.report import write_report

if TYPE_CHECKING:
    from scmsim.experiments.compare.comparison import Comparison

KIND = "compare"


def write_comparison(found: "Comparison", folder: Path, *, force: bool = False, report: bool = True) -> Path:
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


def stored_name(number: int, name: str) -> str:
    """Name the file in which a scenario is stored.

    Examples
    --------
    >>> stored_name(1, "as it is/now")
    'scenario_1_as_it_is_now.yaml'
    """
    return f"scenario_{number}_{re.sub(r'[^A-Za-z0-9-]+', '_', name)[:60]}.yaml"
