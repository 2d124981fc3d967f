"""The folder of a sweep: begun, gone on with, finished, and never another's."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scmsim.errors import ScmsimError, UsageError
from scmsim.experiments.changes import changes
from scmsim.experiments.storage.folder import (
    MANIFEST,
    SCENARIO,
    check_no_strangers,
    check_target,
    kind_of,
    read_any,
    write_manifest,
    written_whole,
)
from scmsim.experiments.sweep.export import Tables, export
from scmsim.experiments.sweep.ledger import DATABASE, Ledger, check_free, has_begun, reader
from scmsim.experiments.sweep.plan import KIND, Assignment
from scmsim.experiments.sweep.result import Sweep
from scmsim.scenario.load import load

_SAME = {
    "design": "the design",
    "seed": "the seed",
    "measures": "the figures",
    "columns": "the factors",
}
"""What has to be the same for a sweep to go on, and what it is called."""
MOST_CHANGES = 5
"""So many changes of a scenario are told."""


def prepare(folder: Path, task: Assignment, manifest: Mapping[str, Any], *, force: bool) -> None:
    """Make a folder ready for a sweep: a new one, or one that holds a part of the same sweep.

    Parameters
    ----------
    folder : Path
        Where it shall be kept.
    task : Assignment
        What shall be done.
    manifest : mapping
        What it is.
    force : bool
        Whether something else of scmsim that is there is replaced.

    Raises
    ------
    UsageError
        It holds something else, or a sweep that differs; the message says in what.
    """
    stored = read_any(folder) if (folder / MANIFEST).is_file() else None
    if stored is not None and kind_of(stored) == KIND:
        check_no_strangers(folder, stored)
        differences = [*_differences(stored, manifest), *_changes(folder, stored, task)] or _other_points(folder, task)
        if not differences:
            return
        if not force:
            raise UsageError(
                f"{folder} holds a sweep that differs: {'; '.join(differences)}. Give another folder, or replace it "
                f"(force)"
            )
    check_target(folder, manifest, force=force)
    with written_whole(folder) as new:
        task.scenario.save(new / SCENARIO)
        write_manifest(new / MANIFEST, manifest)
        check_free(folder)  # another sweep may have begun there since


def resume(
    ledger: Ledger, folder: Path | None, task: Assignment, manifest: Mapping[str, Any], writing: Callable[[int], None]
) -> None:
    """Write down what a sweep is, with the points that are not there yet, and tell ``writing`` the number of each."""

    def points() -> Iterator[tuple[int, tuple[str, ...], tuple[Any, ...]]]:
        for point in task.points(first=ledger.points()):
            writing(point[0])
            yield point

    ledger.say({key: value for key, value in manifest.items() if key != "files"})
    ledger.add_points(points())
    if folder is not None and read_any(folder) != json.loads(json.dumps(manifest)):
        new = folder / f".{MANIFEST}.new"
        try:
            write_manifest(new, manifest)
            new.replace(folder / MANIFEST)
        except OSError as error:
            raise ScmsimError(f"{folder / MANIFEST} could not be written: {error.strerror or error}") from None


def finish(
    ledger: Ledger, folder: Path | None, task: Assignment, manifest: Mapping[str, Any], formats: Sequence[str]
) -> Sweep:
    """Write the tables of a sweep whose every run is there, let go of its ledger, and return it."""
    if folder is None:
        ledger.database.execute("COMMIT")
        database = ledger.database.serialize()
        ledger.close()
        return Sweep(scenario=task.scenario, manifest=manifest, database=database)
    wanted = dict.fromkeys(["csv", *formats])
    export(Tables(ledger.database, task.columns), folder, list(wanted), manifest)
    ledger.close()
    return Sweep(scenario=task.scenario, manifest=manifest, folder=folder)


def _differences(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Say in what a stored sweep differs from one that is to be done."""
    found = []
    for key, name in _SAME.items():
        if json.dumps(stored.get(key)) != json.dumps(wanted[key]):
            found.append(f"{name}: there {_short(stored.get(key))}, now {_short(wanted[key])}")
    for key in ("points", "replications"):
        there = stored.get(key)
        if not isinstance(there, int) or there > wanted[key]:
            said = f"{key}: there {there}, now {wanted[key]} (more can be added, none taken away"
            found.append(f"{said}: ask for at least {there}, which costs nothing again)")
    versions = [manifest.get("versions", {}).get("scmsim") for manifest in (stored, wanted)]
    if versions[0] != versions[1]:
        found.append(f"the version of scmsim: there {versions[0]}, now {versions[1]}")
    return found


def _changes(folder: Path, stored: Mapping[str, Any], task: Assignment) -> list[str]:
    """Say what the scenario of a stored sweep says otherwise than the one that is to be swept."""
    if all(stored.get(key) == value for key, value in task.identity.items()):
        return []
    try:
        found = [change.sentence for change in changes(load(folder / SCENARIO), task.scenario)]
    except ScmsimError:
        return [f"the scenario has changed since, and {folder / SCENARIO} cannot be read to say in what"]
    if not found:
        return ["the scenario is written in another way (its defaults, tables or files), though it says the same"]
    more = f" and {len(found) - MOST_CHANGES} more" if len(found) > MOST_CHANGES else ""
    return [f"the scenario has changed since: {', '.join(found[:MOST_CHANGES])}{more}"]


def _short(value: Any) -> str:
    said = value if isinstance(value, str | int) else ", ".join(map(str, value or ()))
    return said if isinstance(said, int) or len(said) <= 100 else f"{said[:100]}..."  # type: ignore[return-value]


def _other_points(folder: Path, task: Assignment) -> list[str]:
    """Say which point of a stored sweep is not one of those that are to be done."""
    if not (folder / DATABASE).is_file():
        return []
    database = reader(folder)
    try:
        if not has_begun(database):
            return []
        rows = database.execute("SELECT overrides FROM points ORDER BY point")
        planned = (list(changes) for _, changes, _ in task.points())
        for number, ((text,), changes) in enumerate(zip(rows, planned, strict=False)):
            if (there := json.loads(text)) != changes:
                return [f"point {number}: there {', '.join(there) or 'the scenario itself'}, now {', '.join(changes)}"]
        return []
    finally:
        database.close()
