"""``{file: demand.csv, column: units}``: numbers that stand in a column of a CSV file."""

from collections.abc import Iterator
from typing import Any

from scmsim.scenario.csvfile import Folder, Refused, Row, numbers, opened
from scmsim.scenario.located import Located, Place, clipped
from scmsim.scenario.troubles import Trouble

_KEYS = ("file", "column")


def with_columns(root: Located, folder: Folder, troubles: list[Trouble]) -> Located:
    """Return the scenario with ``values`` in the place of every ``file`` and ``column``; each file is read once."""
    wanted: dict[str, dict[str, list[Located]]] = {}
    for entry in _references(root):
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
    users = [entry for entries in columns.values() for entry in entries]
    try:
        with opened(folder.find(name)) as table:
            positions: dict[str, int] = {}
            for column, entries in columns.items():
                try:
                    positions[column] = table.column(column)
                except Refused as refusal:
                    troubles.extend(_said(refusal, folder.shown(name), entry, "column") for entry in entries)
            rows = list(table.rows)
    except Refused as refusal:
        troubles.extend(_said(refusal, folder.shown(name), entry, "file") for entry in users)
        return {}
    source = folder.shown(name)
    return {(name, column): _column(rows, at, source, columns[column][0], troubles) for column, at in positions.items()}


def _column(rows: list[Row], position: int, source: str, user: Located, troubles: list[Trouble]) -> Located:
    cells = [row.cells[position] for row in rows]
    values = numbers(cells)
    place = Place(source, rows[0].line, position + 1)
    if isinstance(values, int):
        where = place._replace(line=rows[values].line)
        cell = cells[values].strip()
        found = f"{clipped(cell)!r}" if cell else "an empty cell"
        hint = f"In column {user.value['column'].value}."
        troubles.append(Trouble(where, (*user.path, "values", values), found, "a finite number", hint))
        return Located((), place, user.path)
    column = Located(tuple(values), place, (*user.path, "values"))
    column.lines = [row.line for row in rows]
    return column


def _said(refusal: Refused, source: str, entry: Located, key: str) -> Trouble:
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
