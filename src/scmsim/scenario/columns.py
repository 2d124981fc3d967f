"""``{file: demand.csv, column: units}``: numbers that stand in a column of a CSV file."""

from collections.abc import Iterator
from typing import Any

from scmsim.scenario.csvfile import Folder, RefusedError, Table, numbers, opened
from scmsim.scenario.located import Located, Place, clipped
from scmsim.scenario.troubles import Trouble

_KEYS = ("file", "column")


def with_columns(root: Located, folder: Folder, troubles: list[Trouble]) -> Located:
    """Return the scenario with ``values`` in the place of every ``file`` and ``column``; each file is read once."""
    wanted: dict[str, dict[str, list[Located]]] = {}
    for entry in _references(root):
        if "values" in entry.value:
            hint = "Remove one of them."
            both = Trouble(entry.value["file"].key_place, entry.path, "`values` and `file`", "one of the two", hint)
            troubles.append(both)
            continue
        file, column = (entry.value[key].value for key in _KEYS)
        wanted.setdefault(file, {}).setdefault(column, []).append(entry)
    if not wanted:
        return root
    found: dict[tuple[str, str], Located] = {}
    for name, columns in wanted.items():
        found |= _file(name, columns, folder, troubles)
    return _replaced(root, found)


def _references(root: Located) -> Iterator[Located]:
    for entry in root.walk():
        if _refers(entry):
            yield entry


def _refers(entry: Located) -> bool:
    if not isinstance(entry.value, dict) or "file" not in entry.value or "column" not in entry.value:
        return False
    return all(isinstance(entry.value[key].value, str) for key in _KEYS)


def _file(
    name: str, columns: dict[str, list[Located]], folder: Folder, troubles: list[Trouble]
) -> dict[tuple[str, str], Located]:
    source = folder.shown(name)
    try:
        with opened(folder.find(name)) as table:
            positions = _positions(table, columns, source, troubles)
            lines: list[int] = []
            cells: dict[str, list[str]] = {column: [] for column in positions}
            for row in table.rows:
                lines.append(row.line)
                for column, at in positions.items():
                    cells[column].append(row.cells[at])
    except RefusedError as refusal:
        users = [entry for entries in columns.values() for entry in entries]
        troubles.extend(_said(refusal, source, entry, "file") for entry in users)
        return {}
    found = {}
    for column, at in positions.items():
        place = Place(source, lines[0], at + 1)
        found[name, column] = _column(cells[column], lines, place, columns[column][0], troubles)
    return found


def _positions(table: Table, columns: dict[str, list[Located]], source: str, troubles: list[Trouble]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for column, entries in columns.items():
        try:
            positions[column] = table.column(column)
        except RefusedError as refusal:
            troubles.extend(_said(refusal, source, entry, "column") for entry in entries)
    return positions


def _column(cells: list[str], lines: list[int], place: Place, user: Located, troubles: list[Trouble]) -> Located:
    values = numbers(cells)
    path = (*user.path, "values")
    if isinstance(values, int):
        found = f"{clipped(cells[values].strip())!r}" if cells[values].strip() else "an empty cell"
        hint = f"It stands in the column {user.value['column'].value}."
        troubles.append(Trouble(place._replace(line=lines[values]), (*path, values), found, "a finite number", hint))
        return Located((), place, path)
    column = Located(tuple(values), place, path)
    column.lines = lines
    return column


def _said(refusal: RefusedError, source: str, entry: Located, key: str) -> Trouble:
    found, expected, hint, line, column = refusal.args
    reference = entry.value[key]
    place = Place(source, line, column) if line else reference.place
    return Trouble(place, reference.path, found, expected, hint)


def _replaced(entry: Located, found: dict[tuple[str, str], Located]) -> Located:
    if isinstance(entry.value, list):
        below = [_replaced(item, found) for item in entry.value]
        return entry if all(map(_same, below, entry.value)) else entry.like(below)
    if not isinstance(entry.value, dict):
        return entry
    values: dict[str, Any] = {key: _replaced(item, found) for key, item in entry.value.items()}
    if _refers(entry) and "values" not in values:
        column = found.get((values["file"].value, values["column"].value))
        if column is not None and column.value:
            del values["file"], values["column"]
            return entry.like(values | {"values": column})
    return entry if all(map(_same, values.values(), entry.value.values())) else entry.like(values)


def _same(one: object, other: object) -> bool:
    return one is other
