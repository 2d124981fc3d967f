"""A run written to disk: tables, KPIs, the scenario it came from, a manifest and the report."""

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from scmsim.errors import MissingExtra, UsageError
from scmsim.experiments.storage import csvs
from scmsim.experiments.storage.folder import REPORT, SCENARIO, check_target, write_contents, written_whole
from scmsim.experiments.storage.report import write_report

if TYPE_CHECKING:
    from os import PathLike

    from scmsim.experiments.run.result import Result

FORMATS = ("csv", "parquet")


def check_formats(formats: Sequence[str]) -> None:
    """Make sure that tables can be written in these formats.

    Raises
    ------
    UsageError
        A format is unknown, or none is given.
    MissingExtra
        Parquet is asked for and not installed.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise UsageError(
            f"Tables can be written as csv or parquet, not as {unknown[0]!r}" if unknown else "Give a format"
        )
    if "parquet" in formats and importlib.util.find_spec("pyarrow") is None:
        raise MissingExtra("Writing Parquet", "parquet")


def write_run(
    result: "Result",
    folder: "str | PathLike[str]",
    *,
    force: bool = False,
    formats: Sequence[str] = ("csv",),
    report: bool = True,
) -> Path:
    """Write a result to a folder, whole or not at all.

    Parameters
    ----------
    result : Result
        What a run gave.
    folder : path
        Made with its parents; it may exist when it is empty or holds the same run.
    force : bool
        Also replace another run.
    formats : sequence of str
        How to write the recorded tables: ``"csv"``, ``"parquet"`` or both. KPIs are always CSV.
    report : bool
        Also write ``report.html``.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    UsageError
        The folder holds something else, or a format is unknown.
    ScmsimError
        The disk is full or the place not writable; nothing is half-written.
    """
    folder = Path(folder)
    check_formats(formats)
    check_target(folder, result.manifest, force=force)
    with written_whole(folder) as new:
        tables = _write_tables(result, new, formats)
        result.scenario.save(new / SCENARIO)
        if report:
            write_report(result, new / REPORT)
        write_contents(new, {**result.manifest, "tables": tables})
    return folder


def _write_tables(result: "Result", folder: Path, formats: Sequence[str]) -> dict[str, dict[str, str]]:
    """Write every table and say what the columns of each hold."""
    for name, frame in {"kpis": result.kpis, "values": result.values}.items():
        csvs.write(frame, folder / f"{name}.csv")
    for name, frame in result.tables.items():
        if "csv" in formats:
            csvs.write(frame, folder / f"{name}.csv")
        if "parquet" in formats:
            frame.to_parquet(folder / f"{name}.parquet", index=False)
    frames: Mapping[str, pd.DataFrame] = {"kpis": result.kpis, "values": result.values, **result.tables}
    return {name: csvs.kinds(frame) for name, frame in frames.items()}
