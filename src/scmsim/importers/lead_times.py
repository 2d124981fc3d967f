"""Lead times as they were: a list of deliveries in a CSV file becomes an empirical distribution for a lane."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scmsim.errors import UsageError

if TYPE_CHECKING:
    from os import PathLike

FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d-%b-%y", "%m/%d/%y")
"""How dates may be written, tried in this order."""
MOST = 100


def lead_times(
    path: "str | PathLike[str]", ordered: str, delivered: str, *, where: Mapping[str, str] | None = None
) -> list[int]:
    """Read the days from order to delivery out of a list of deliveries.

    Parameters
    ----------
    path : path
        A CSV file in UTF-8 or Latin-1 with a heading line.
    ordered, delivered : str
        The columns with the two dates.
    where : mapping of str to str, optional
        Only rows that hold these texts in these columns: one vendor, for example.

    Returns
    -------
    list of int
        Days, the shortest first. Rows in which one of the two is no date are left out, as are deliveries before the
        order.

    Raises
    ------
    UsageError
        The file cannot be read, has no such column, or no row is left.
    """
    found = sorted(days for days in _days(Path(path), ordered, delivered, where or {}) if days >= 0)
    if not found:
        chosen = "".join(f", {column} = {text}" for column, text in (where or {}).items())
        raise UsageError(f"{path}: no row has a date in both {ordered!r} and {delivered!r}{chosen}")
    return found


def as_distribution(days: list[int], most: int = MOST) -> str:
    """Write lead times as the distribution of a lane.

    Of more than ``most`` values, the quantiles at the middle of as many equal parts stand for all.

    Examples
    --------
    >>> as_distribution([21, 24, 33])
    'lead_time: {dist: empirical, values: [21, 24, 33]}'
    >>> as_distribution(list(range(1000)), most=4)
    'lead_time: {dist: empirical, values: [125, 375, 625, 875]}'
    """
    if len(days) > most:
        days = [days[int((part + 0.5) * len(days) / most)] for part in range(most)]
    return f"lead_time: {{dist: empirical, values: [{', '.join(map(str, days))}]}}"


def _days(path: Path, ordered: str, delivered: str, where: Mapping[str, str]) -> Iterator[int]:
    rows = csv.DictReader(_text(path).splitlines())
    for column in (ordered, delivered, *where):
        if column not in (rows.fieldnames or ()):
            known = ", ".join(rows.fieldnames or ()) or "none"
            raise UsageError(f"{path}: found no column {column!r}; expected one of {known}")
    for row in rows:
        first, last = _date(row[ordered]), _date(row[delivered])
        if first and last and all((row[column] or "").strip() == text for column, text in where.items()):
            yield (last - first).days


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _date(text: str | None) -> date | None:
    for form in FORMATS:
        try:
            return datetime.strptime((text or "").strip(), form).date()  # noqa: DTZ007 - days have no time zone
        except ValueError:
            continue
    return None
