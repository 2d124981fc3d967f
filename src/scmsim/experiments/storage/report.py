"""The report beside what is stored. The layer above is found by name, so that nothing here depends on it."""

import importlib
import os
from pathlib import Path
from typing import Any

from scmsim.experiments.storage.folder import REPORT


def write_report(result: Any, path: Path) -> None:
    """Write the report of a run or experiment."""
    importlib.import_module("scmsim.report").write_report(result, path)


def replace_report(result: Any, folder: Path) -> Path:
    """Write the report of what a folder holds, in place of the one that is there if there is one.

    Returns
    -------
    Path
        The file.
    """
    path = folder / REPORT
    new = path.with_name(f".{REPORT}.new")
    try:
        write_report(result, new)
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
    return path
