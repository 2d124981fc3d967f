"""CSV files beside a scenario: found without leaving its folder, read without trusting them."""

import csv
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from pathlib import Path as File
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple, TextIO

from scmsim.scenario.located import clipped, listed, megabytes
from scmsim.scenario.troubles import did_you_mean

LARGEST_TABLE = 200_000_000
"""The largest CSV file that is read, in bytes."""


class RefusedError(Exception):
    """A file that cannot be read: what was found, what was expected, a hint; and where, if it was opened.

    ``args`` are found, expected, hint, line and column (0 when the file was not opened).
    """

    def __init__(self, found: str, expected: str, hint: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(found, expected, hint, line, column)


class Row(NamedTuple):
    """The cells of one row, and the line on which it ends."""

    line: int
    cells: list[str]


class Folder:
    """The folder of a scenario, which its files cannot leave.

    Parameters
    ----------
    path : pathlib.Path or None
        None for a scenario that was not read from a file.
    shown : str
        How the folder is written in messages, ending with a separator; empty for the current one.

    Attributes
    ----------
    used : set of str
        The names of the files that were found.
    """

    def __init__(self, path: File | None, shown: str = "") -> None:
        self.path, self._shown = path, shown
        self.used: set[str] = set()

    def shown(self, name: str) -> str:
        """Return how a file of the folder is written in messages."""
        return self._shown + name

    def find(self, name: str) -> File:
        """Return the file of a name.

        Raises
        ------
        RefusedError
            The name leads out of the folder, or to nothing that may be read.
        """
        if self.path is None:
            raise RefusedError(
                f"the file {name!r}", "no files", "A scenario that was not read from a file has no folder."
            )
        if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or PureWindowsPath(name).root:
            raise RefusedError(f"the absolute path {clipped(name)!r}", _INSIDE, "Put the file beside the scenario.")
        if ".." in PureWindowsPath(name).parts:
            raise RefusedError(
                f"the path {clipped(name)!r}, which leaves the folder", _INSIDE, "Put the file beside the scenario."
            )
        found = self._existing(self.path, name)
        self.used.add(name)
        return found

    def _existing(self, folder: File, name: str) -> File:
        try:
            found = (folder / name).resolve()
            mode = found.stat()
        except (OSError, ValueError, RuntimeError):
            raise RefusedError(
                f"no file {clipped(name)!r}", "an existing file", did_you_mean(name, _csv_files(folder))
            ) from None
        if not found.is_relative_to(folder.resolve()):
            raise RefusedError(f"the link {clipped(name)!r}, which leads out of the folder", _INSIDE)
        if not stat.S_ISREG(mode.st_mode):
            raise RefusedError(f"{clipped(name)!r}, which is not a file", "a CSV file")
        if mode.st_size > LARGEST_TABLE:
            raise RefusedError(f"a file of {megabytes(mode.st_size)}", f"at most {megabytes(LARGEST_TABLE)}")
        return found


_INSIDE = "a path inside the scenario's folder"


class Table(NamedTuple):
    """A CSV file that is open: its header, and its rows as they are read."""

    header: list[str]
    rows: Iterator[Row]

    def column(self, name: str) -> int:
        """Return the position of a column.

        Raises
        ------
        RefusedError
            There is none of that name, or there are two.
        """
        if self.header.count(name) == 1:
            return self.header.index(name)
        if name in self.header:
            raise RefusedError(
                f"two columns {clipped(name)!r}", "one column of each name", "", 1, self.header.index(name) + 1
            )
        hint = did_you_mean(name, self.header)
        if len(self.header) == 1 and (";" in self.header[0] or "\t" in self.header[0]):
            hint = "The file is not separated by commas: save it as CSV with commas."
        raise RefusedError(f"no column {clipped(name)!r}", f"one of the columns {listed(self.header)}", hint)


@contextmanager
def opened(file: File) -> Iterator[Table]:
    """Open a CSV file, UTF-8 with or without a mark at its beginning, with a header and at least one row.

    Raises
    ------
    RefusedError
        The file is none of this.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            yield _table(stream)
    except UnicodeDecodeError:
        raise _not_utf8(file.read_bytes()) from None
    except csv.Error as error:
        raise RefusedError(f"no CSV ({error})", "a CSV file", "", 1, 1) from None
    except OSError as error:
        raise RefusedError(f"a file that cannot be read ({error.strerror})", "a CSV file") from None


def _not_utf8(data: bytes) -> RefusedError:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start
        line, column = data.count(b"\n", 0, at) + 1, at - data.rfind(b"\n", 0, at)
        found = f"byte 0x{data[at]:02X} at position {at}, which is not UTF-8"
        return RefusedError(found, "UTF-8 text", "Save the file as CSV UTF-8.", line, column)
    return RefusedError("a file that changes while it is read", "a CSV file")


def _table(stream: TextIO) -> Table:
    reader = csv.reader(stream, strict=True)
    header = [name.strip() for name in next(reader, [])]
    if not any(header):
        raise RefusedError(
            "an empty file" if not header else "an empty header", "a header and at least one row", "", 1, 1
        )
    return Table(header, _rows(reader, len(header)))


def _rows(reader: Any, width: int) -> Iterator[Row]:
    line = blank = 0
    try:
        for cells in reader:
            if not any(cells):
                blank = blank or reader.line_num
                continue
            if blank:
                raise RefusedError("an empty line", "rows without gaps", "", blank, 1)
            line = reader.line_num
            if len(cells) != width:
                raise RefusedError(_counted(len(cells)), f"{_counted(width)}, as in the header", "", line, 1)
            yield Row(line, cells)
    except csv.Error as error:
        raise RefusedError(f"no CSV ({error})", "a CSV file", "A quote may be open.", reader.line_num, 1) from None
    if line == 0:
        raise RefusedError("a header and no rows", "at least one row", "", 1, 1)


def _counted(cells: int) -> str:
    return f"{cells} cell" + ("s" if cells != 1 else "")


def numbers(cells: Sequence[str]) -> list[float] | int:
    """Convert cells to finite numbers, or return the position of the first that is not one."""
    try:
        found = list(map(float, cells))
        if all(map(isfinite, found)) and "_" not in "".join(cells):
            return found
    except ValueError:
        pass
    return next(position for position, cell in enumerate(cells) if not _is_number(cell))


def _is_number(cell: str) -> bool:
    try:
        return isfinite(float(cell)) and "_" not in cell
    except ValueError:
        return False


def _csv_files(folder: File) -> list[str]:
    try:
        return sorted(entry.name for entry in os.scandir(folder) if entry.name.lower().endswith(".csv"))[:1000]
    except OSError:
        return []
