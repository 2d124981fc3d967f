"""Replications in a folder, written whole."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from scmsim.experiments.storage import csvs
from scmsim.experiments.storage.folder import (
    REPORT,
    SCENARIO,
    check_target,
    write_contents,
    written_whole,
)
from scmsim.experiments.storage.manifest import FORMAT, describe
from scmsim.experiments.storage.report import write_report

if TYPE_CHECKING:
    from scmsim.experiments.replicate.result import Replication

KIND = "replicate"
TABLES = ("values", "summary", "goals")


def described(found: "Replication") -> dict[str, Any]:
    """Say what replications come from, with nothing in it that changes when they are repeated."""
    goals = [
        f"{measure}:{wanted}" for measure, wanted in zip(found.goals["measure"], found.goals["wanted"], strict=True)
    ]
    run = describe(found.scenario, seed=found.seed, replications=found.replications, record="summary")
    return {
        "scmsim_experiment": FORMAT,
        "kind": KIND,
        **{key: run[key] for key in ("scenario", "file", "sha256", "seed", "replications")},
        "measures": found.summary["measure"].tolist(),
        "until": goals,
        "versions": run["versions"],
    }


def write_replication(found: "Replication", folder: Path, *, force: bool = False, report: bool = True) -> Path:
    """Write replications to a folder, whole or not at all.

    Parameters
    ----------
    found : Replication
        What is written: ``values.csv``, ``summary.csv``, ``goals.csv``, ``scenario.yaml``, ``manifest.json`` and
        ``report.html``.
    folder : Path
        Made with its parents; it may exist when it is empty or holds the same replications.
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
    manifest = described(found)
    check_target(folder, manifest, force=force)
    with written_whole(folder) as new:
        tables = csvs.write_all({name: getattr(found, name) for name in TABLES}, new)
        found.scenario.save(new / SCENARIO)
        if report:
            write_report(found, new / REPORT)
        write_contents(new, {**manifest, "sentences": list(found.sentences), "tables": tables})
    return folder
