"""Tables as CSV files that come back as they were, and that a spreadsheet shows instead of running."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

VERSION = tuple(int(part) for part in pd.__version__.split(".")[:2])
KINDS = {"integer": "int64", "number": "float64", "flag": "bool", "text": "str", "date": "str"}
EXACT: dict[str, Any] = {} if VERSION >= (3, 1) else {"float_precision": "round_trip"}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "'")
"""What makes a spreadsheet take a text for a formula (OWASP, CSV injection; the wide forms count in some languages)."""


def kind_of(column: "pd.Series[Any]") -> str:
    """Name what a column holds: integer, number, flag, date or text."""
    if pd.api.types.is_bool_dtype(column):
        return "flag"
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    if pd.api.types.is_numeric_dtype(column):
        return "number"
    return "date" if pd.api.types.is_datetime64_any_dtype(column) else "text"


def kinds(frame: pd.DataFrame) -> dict[str, str]:
    """Name what each column of a table holds, as `read` needs to know.

    Examples
    --------
    >>> kinds(pd.DataFrame({"node": ["retailer"], "time": [1.0], "replication": [1]}))
    {'node': 'text', 'time': 'number', 'replication': 'integer'}
    """
    return {str(name): kind_of(frame[name]) for name in frame.columns}


def as_texts(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Give a column of texts the type that reading it from a file gives, with NaN where there is none."""
    return column.astype("str") if VERSION >= (3, 0) else column.astype(object).where(column.notna(), np.nan)


def texts(columns: Mapping[str, "np.ndarray[Any, Any]"]) -> dict[str, "pd.Series[Any]"]:
    """Give arrays of texts, with None where there is none, the one type that all tables use for them."""
    return {name: as_texts(pd.Series(column)) for name, column in columns.items()}


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Give every column of text the one type that all tables use for it."""
    return frame.assign(**{name: as_texts(frame[name]) for name, kind in kinds(frame).items() if kind == "text"})


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before every text that a spreadsheet could take for a formula; numbers stay as they are.

    Examples
    --------
    >>> guarded(pd.DataFrame({"node": ["=1+1", "retailer"], "value": [-1.0, 2.0]})).to_dict("list")
    {'node': ["'=1+1", 'retailer'], 'value': [-1.0, 2.0]}
    """
    safe = frame.copy()
    for name in [name for name, kind in kinds(frame).items() if kind == "text"]:
        column = as_texts(safe[name])
        dangerous = column.str.startswith(DANGEROUS).fillna(False).astype(bool)
        safe[name] = column.where(~dangerous, "'" + column)
    return safe


def to_text(frame: pd.DataFrame) -> str:
    """Write a table as the text of a CSV file, with an empty cell for what is undefined."""
    return str(guarded(frame).to_csv(index=False, lineterminator="\n"))


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write a table to a CSV file in UTF-8."""
    guarded(frame).to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def write_all(frames: Mapping[str, pd.DataFrame], folder: Path) -> dict[str, dict[str, str]]:
    """Write tables to CSV files of their names, and return what each column of each holds (`kinds`)."""
    for name, frame in frames.items():
        write(frame, folder / f"{name}.csv")
    return {name: kinds(frame) for name, frame in frames.items()}


def read(path: Path, columns: Mapping[str, str]) -> pd.DataFrame:
    """Read a table back as it was written; ``columns`` says what each column holds (`kinds`)."""
    frame: pd.DataFrame = pd.read_csv(
        path,
        dtype={name: KINDS[kind] for name, kind in columns.items()},
        keep_default_na=False,
        na_values={name: [""] for name in columns},
        encoding="utf-8",
        **EXACT,
    )
    for name, kind in columns.items():
        if kind == "text":
            frame[name] = frame[name].str.removeprefix("'")
        if kind == "date":
            frame[name] = pd.to_datetime(frame[name], format="ISO8601")
    return frame
