"""The folder of a stored run or experiment: written whole or not at all, and never over something else."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scmsim.errors import ScmsimError, UsageError
from scmsim.experiments.storage.manifest import FORMAT, same_run, title

MANIFEST = "manifest.json"
REPORT = "report.html"
SCENARIO = "scenario.yaml"
ENTRIES: dict[str, tuple[type, str]] = {
    "scenario": (str, "the scenario's name"),
    "sha256": (str, "the scenario's hash"),
    "seed": (int, "a whole number"),
    "replications": (int, "a whole number"),
    "files": (list, "a list of file names"),
}
"""What the manifest of every stored run says, besides what is read with the tables."""
TAGS = ("scmsim_run", "scmsim_experiment")
"""The key by which a manifest is known, and under which it says its format: of a run, of an experiment."""
NO_IDENTITY = frozenset({"versions", "files", "tables", "file", "overrides"})
"""What the manifest of an experiment may say otherwise and still be that of the same experiment."""


def read_any(folder: Path) -> dict[str, Any]:
    """Read the manifest of whatever is stored in a folder, a run or an experiment.

    Raises
    ------
    UsageError
        The folder holds neither, or one that this version cannot read.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{folder} is not a stored run: it has no {MANIFEST}") from None
    except OSError as error:
        raise UsageError(f"{folder / MANIFEST} cannot be read: {error.strerror or error}") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UsageError(f"{folder / MANIFEST} cannot be read: expected JSON, broken at {place}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{folder / MANIFEST} cannot be read: expected JSON in UTF-8") from error
    tag = next((tag for tag in TAGS if isinstance(manifest, dict) and tag in manifest), None)
    if tag is None:
        raise UsageError(f"{folder / MANIFEST} is not the manifest of a run of scmsim")
    if manifest[tag] != FORMAT:
        raise UsageError(f"{folder} was written in format {manifest[tag]}; this version reads format {FORMAT}")
    return dict(manifest)


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """Give a manifest as the text of its file."""
    return json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_manifest(path: Path, manifest: Mapping[str, Any]) -> None:
    """Write what is stored in a folder to a file."""
    path.write_text(manifest_text(manifest), encoding="utf-8", newline="\n")


def write_contents(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a folder that is otherwise complete, with the names of all files that are in it."""
    files = sorted([*(entry.name for entry in folder.iterdir()), MANIFEST])
    write_manifest(folder / MANIFEST, {**manifest, "files": files})


def kind_of(manifest: Mapping[str, Any]) -> str:
    """Say what a manifest is of: ``run``, or the kind of an experiment (``sweep``, ``compare``, ...)."""
    return "run" if "scmsim_run" in manifest else str(manifest.get("kind"))


def read_experiment(folder: Path, kind: str) -> dict[str, Any]:
    """Read the manifest of a stored experiment of a kind.

    Raises
    ------
    UsageError
        The folder holds something else.
    """
    manifest = read_any(folder)
    if kind_of(manifest) != kind:
        raise UsageError(f"{folder} holds {_named(kind_of(manifest))}; expected {_named(kind)}")
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a stored run.

    Raises
    ------
    UsageError
        The folder holds no run, or one that this version cannot read.
    """
    manifest = read_any(folder)
    if kind_of(manifest) != "run":
        raise UsageError(f"{folder} is not a stored run: it holds {_named(kind_of(manifest))}")
    for key, (kind, expected) in ENTRIES.items():
        found = manifest.get(key)
        if not isinstance(found, kind) or isinstance(found, bool):
            shown = "nothing" if found is None else json.dumps(found, ensure_ascii=False)[:60]
            raise UsageError(f"{folder / MANIFEST}: {key}: found {shown}; expected {expected}")
    return manifest


def check_target(folder: Path, manifest: Mapping[str, Any], *, force: bool = False) -> None:
    """Make sure that a run or an experiment may be written to a folder, before the work of running it.

    Parameters
    ----------
    folder : Path
        Where it shall be stored; it may exist when it is empty or holds the same run or experiment.
    manifest : mapping
        What the run is (`describe`), or the experiment: with ``scmsim_experiment`` and ``kind``. An experiment is the
        same when all it says here, but for versions and files, is the same.
    force : bool
        Also replace another one. Nothing but what scmsim wrote is ever replaced.

    Raises
    ------
    UsageError
        The folder holds something else, or is no folder.
    """
    if folder.is_file():
        raise UsageError(f"{folder} is a file; {_named(kind_of(manifest))} is written to a folder")
    if not folder.exists():
        _check_writable(folder)
        return
    _check_not_current(folder)
    contents = sorted(entry.name for entry in folder.iterdir())
    if not contents:
        return
    if MANIFEST not in contents:
        raise UsageError(f"{folder} is not empty and holds no run of scmsim: give another folder")
    stored = read_any(folder)
    if kind_of(stored) == "run":
        read_manifest(folder)
    check_no_strangers(folder, stored)
    if not _same(stored, manifest) and not force:
        raise UsageError(f"{folder} holds {_other(stored, manifest)}: give another folder, or replace it (force)")


def check_no_strangers(folder: Path, stored: Mapping[str, Any]) -> None:
    """Make sure that a folder holds nothing but what its manifest names.

    Raises
    ------
    UsageError
        Something else is in it.
    """
    known = {MANIFEST, REPORT, *map(str, stored.get("files", []))}
    strangers = sorted(entry.name for entry in folder.iterdir() if entry.name not in known)
    if strangers:
        raise UsageError(
            f"{folder} also holds {strangers[0]}, which is not part of the {kind_of(stored)}: "
            f"move it, or give another folder"
        )


def _same(stored: Mapping[str, Any], manifest: Mapping[str, Any]) -> bool:
    if kind_of(stored) == "run" or kind_of(manifest) == "run":
        return kind_of(stored) == kind_of(manifest) and same_run(stored, manifest)
    return all(stored.get(key) == value for key, value in manifest.items() if key not in NO_IDENTITY)


def _other(stored: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """Say what a folder holds instead of what is to be written there."""
    kind = kind_of(stored)
    if kind != kind_of(manifest):
        return _named(kind)
    if kind != "run":
        return f"another {_named(kind).split(' ', 1)[1]} or one of a scenario that has changed since"
    changed = "" if title(stored) != title(manifest) else " of a scenario that has changed since"
    return f"another run{changed} ({title(stored)})"


_NAMES = {
    "run": "a run",
    "sweep": "a sweep",
    "compare": "a comparison",
    "optimize": "an optimization",
    "replicate": "a replication",
}


def _named(kind: str) -> str:
    return _NAMES.get(kind, f"{'an' if kind[:1] in tuple('aeiou') else 'a'} {kind}")


def _check_writable(folder: Path) -> None:
    around = next(parent for parent in folder.resolve().parents if parent.exists())
    if not around.is_dir() or not os.access(around, os.W_OK):
        raise UsageError(f"{folder} cannot be made: {around} is not a folder that you may write to")


def _check_not_current(folder: Path) -> None:
    if Path.cwd().is_relative_to(folder.resolve()):
        raise UsageError(f"{folder} is the current folder or one around it: give a folder inside it")


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write to, which takes the place of ``folder`` when everything in it is written.

    Raises
    ------
    ScmsimError
        The disk is full, the place is not writable, ...: ``folder`` is then as it was.
    """
    target = folder.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
            new = Path(scratch) / "new"
            new.mkdir()
            yield new
            _swap(new, target, Path(scratch) / "old")
    except OSError as error:
        raise ScmsimError(f"The run could not be written to {folder}: {error.strerror or error}") from error


def _swap(new: Path, target: Path, old: Path) -> None:
    """Put the new folder in the place of the old one, and the old one back if that fails."""
    if target.exists():
        os.replace(target, old)
    try:
        os.replace(new, target)
    except OSError:
        if old.exists():
            os.replace(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)
