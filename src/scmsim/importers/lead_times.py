"""Lead times as they were: a list of deliveries in a CSV file becomes an empirical distribution for a lane."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

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
    return deliveries(path, ordered, delivered, where=where).days


class Deliveries(NamedTuple):
    """What was read out of a list of deliveries.

    Attributes
    ----------
    days : list of int
        The days from order to delivery, the shortest first.
    undated, backwards : int
        Rows left out as one of the two is no date, and as the delivery is before the order.
    """

    days: list[int]
    undated: int
    backwards: int

    def left_out(self) -> list[str]:
        """Say which rows were left out, if any, one sentence each."""
        dates = "dates are read as 2024-02-28, 28.02.2024, 02/28/2024 or 28-Feb-24"
        reasons = (self.undated, f"without two dates ({dates})"), (self.backwards, "delivered before the order")
        return [f"{number} row{'s' * (number > 1)} left out: {reason}" for number, reason in reasons if number]


def deliveries(
    path: "str | PathLike[str]", ordered: str, delivered: str, *, where: Mapping[str, str] | None = None
) -> Deliveries:
    """Read the days from order to delivery as `lead_times` does, and count the rows that are left out."""
    found = list(_days(Path(path), ordered, delivered, where or {}))
    days = sorted(each for each in found if each is not None and each >= 0)
    if not days:
        chosen = "".join(f", {column} = {text}" for column, text in (where or {}).items())
        raise UsageError(f"{path}: no row has a date in both {ordered!r} and {delivered!r}{chosen}")
    undated = found.count(None)
    return Deliveries(days, undated, len(found) - undated - len(days))


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


def _days(path: Path, ordered: str, delivered: str, where: Mapping[str, str]) -> Iterator[int | None]:
    """Give the days of every row that is asked for; None where one of the two is no date."""
    rows = csv.DictReader(_text(path).splitlines())
    for column in (ordered, delivered, *where):
        if column not in (rows.fieldnames or ()):
            known = ", ".join(rows.fieldnames or ()) or "none"
            raise UsageError(f"{path}: found no column {column!r}; expected one of {known}")
    for row in rows:
        first, last = _date(row[ordered]), _date(row[delivered])
        if all((row[column] or "").strip() == text for column, text in where.items()):
            yield (last - first).days if first and last else None


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
