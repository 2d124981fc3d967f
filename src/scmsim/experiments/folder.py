"""The folder of a stored run: written whole or not at all, and never over something else."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scmsim.errors import ScmsimError, UsageError
from scmsim.experiments.manifest import FORMAT, same_run, title

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


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a stored run.

    Raises
    ------
    UsageError
        The folder holds no run, or one that this version cannot read.
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
    if not isinstance(manifest, dict) or "scmsim_run" not in manifest:
        raise UsageError(f"{folder / MANIFEST} is not the manifest of a run of scmsim")
    if manifest["scmsim_run"] != FORMAT:
        raise UsageError(f"{folder} was written in format {manifest['scmsim_run']}; this version reads format {FORMAT}")
    for key, (kind, expected) in ENTRIES.items():
        found = manifest.get(key)
        if not isinstance(found, kind) or isinstance(found, bool):
            shown = "nothing" if found is None else json.dumps(found, ensure_ascii=False)[:60]
            raise UsageError(f"{folder / MANIFEST}: {key}: found {shown}; expected {expected}")
    return manifest


def check_target(folder: Path, manifest: Mapping[str, Any], *, force: bool = False) -> None:
    """Make sure that a run may be written to a folder, before the work of running it.

    Parameters
    ----------
    folder : Path
        Where the run shall be stored; it may exist when it is empty or holds the same run.
    manifest : mapping
        What the run is (`describe`).
    force : bool
        Also replace another run. Nothing but a run of scmsim is ever replaced.

    Raises
    ------
    UsageError
        The folder holds something else, or is no folder.
    """
    if folder.is_file():
        raise UsageError(f"{folder} is a file; a run is written to a folder")
    if not folder.exists():
        _check_writable(folder)
        return
    _check_not_current(folder)
    contents = sorted(entry.name for entry in folder.iterdir())
    if not contents:
        return
    if MANIFEST not in contents:
        raise UsageError(f"{folder} is not empty and holds no run of scmsim: give another folder")
    stored = read_manifest(folder)
    strangers = [name for name in contents if name not in {MANIFEST, REPORT, *stored.get("files", [])}]
    if strangers:
        raise UsageError(
            f"{folder} also holds {strangers[0]}, which is not part of the run: move it, or give another folder"
        )
    if not same_run(stored, manifest) and not force:
        changed = "" if title(stored) != title(manifest) else " of a scenario that has changed since"
        raise UsageError(
            f"{folder} holds another run{changed} ({title(stored)}): give another folder, or replace it "
            f"(force=True, or --force on the command line)"
        )


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
