"""The ``tables`` section: entries of a scenario that stand in CSV files, one row each."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from scmsim.scenario.csvfile import Folder, RefusedError, Row, opened
from scmsim.scenario.located import Located, Path, Place, clipped, listed
from scmsim.scenario.scalars import scalar
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.shapes import Shape, fields, shapes, step
from scmsim.scenario.troubles import Trouble, did_you_mean


class _Section(NamedTuple):
    """What the rows of a table are: the columns that name an entry, and the path of the entry they name."""

    keys: tuple[str, ...]
    path: Callable[..., Path]


class _Column(NamedTuple):
    """How the cells of a column are read, and where in an entry they belong."""

    position: int
    parts: tuple[str, ...]
    read: Callable[[str], Any]
    separated: bool


_SECTIONS = {
    "products": _Section(("name",), lambda name: ("products", name)),
    "nodes": _Section(("name",), lambda name: ("nodes", name)),
    "stock": _Section(("node", "product"), lambda node, product: ("nodes", node, "stock", product)),
    "demand": _Section(("node", "product"), lambda node, product: ("nodes", node, "demand", product)),
    "make": _Section(("node", "product"), lambda node, product: ("nodes", node, "make", product)),
    "components": _Section(
        ("node", "product", "component"),
        lambda node, product, component: ("nodes", node, "make", product, "components", component),
    ),
    "lanes": _Section(("from", "to"), lambda origin, destination: ("lanes", f"{origin} -> {destination}")),
}
"""The tables, in the order in which they are read: nodes before what stands at nodes."""
_SEPARATOR = ";"
"""What stands between the elements of a list in one cell."""


def with_tables(root: Located, folder: Folder, troubles: list[Trouble]) -> Located:
    """Return the scenario with the rows of its tables among the entries of the file."""
    for section, form in _SECTIONS.items():
        name = root.get("tables", section)
        if name is None or not isinstance(name.value, str):
            continue
        reader = _TableReader(root, section, form, folder.shown(name.value), troubles)
        try:
            with opened(folder.find(name.value)) as table:
                rows = reader.entries(table.header, table.rows)
        except RefusedError as refusal:
            found, expected, hint, line, column = refusal.args
            place = Place(folder.shown(name.value), line, column) if line else name.place
            troubles.append(Trouble(place, name.path, found, expected, hint))
            continue
        root = _united(root, rows, troubles)
    return root


class _TableReader:
    def __init__(self, root: Located, section: str, form: _Section, source: str, troubles: list[Trouble]) -> None:
        self.root, self.section, self.form, self.source, self.troubles = root, section, form, source, troubles
        self.lanes: list[Located] = []

    def entries(self, header: list[str], rows: Iterator[Row]) -> Located:
        """Return a tree like a scenario's that holds only what the table says."""
        found = Located({}, Place(self.source, 1, 1))
        keys = [self._key_column(header, key) for key in self.form.keys]
        columns = [column for at, name in enumerate(header) if at not in keys for column in self._column(at, name)]
        for row in rows:
            if None not in keys:
                self._row(found, row, [row.cells[at].strip() for at in keys if at is not None], columns)
        if self.lanes:
            found.value["lanes"] = Located(self.lanes, found.place, ("lanes",))
        return found

    def _key_column(self, header: list[str], key: str) -> int | None:
        if header.count(key) == 1:
            return header.index(key)
        found = f"{header.count(key) or 'no'} column{'s' if key in header else ''} {key!r}"
        self._trouble(1, 1, found, f"a column for each of {listed(self.form.keys)}", did_you_mean(key, header))
        return None

    def _column(self, position: int, name: str) -> Iterator[_Column]:
        parts: tuple[str, ...] = tuple(name.split("."))
        here = step(step(shapes(ScenarioFile), _TOP[self.section]), 0 if self.section == "lanes" else "name")
        for part in _INSIDE.get(self.section, ()):
            here = step(here, part)
        if self.section == "components":
            parts, here = self._quantity(position, name), here
        for part in parts:
            below = step(here, part)
            if not below or not part:
                known = [found for found in fields(here) if found not in self.form.keys]
                hint = did_you_mean(part, known)
                self._trouble(1, position + 1, f"an unknown column {clipped(name)!r}", f"one of {listed(known)}", hint)
                return
            here = below
        yield _Column(position, parts, _reading(here), _is_list(here))

    def _quantity(self, position: int, name: str) -> tuple[str, ...]:
        if name != "quantity":
            self._trouble(
                1, position + 1, f"an unknown column {clipped(name)!r}", "quantity", did_you_mean(name, ["quantity"])
            )
        return ()

    def _row(self, found: Located, row: Row, keys: list[str], columns: list[_Column]) -> None:
        if not all(keys):
            missing = self.form.keys[keys.index("")]
            self._trouble(row.line, 1, f"no {missing}", f"a {missing} in every row")
            return
        path = self.form.path(*keys)
        if path[0] == "nodes" and self.section != "nodes" and path[1] not in self.root.entries("nodes"):
            known = self.root.entries("nodes")
            self._trouble(
                row.line,
                1,
                f"the unknown node {clipped(keys[0])!r}",
                "the name of a node",
                did_you_mean(keys[0], known),
            )
            return
        entry = self._entry(row, path, columns)
        if self.section == "lanes":
            place = entry.place
            ends = {"from": Located(keys[0], place, path), "to": Located(keys[1], place, path)}
            self.lanes.append(entry.like(ends | entry.value))
        else:
            self._insert(found, path, entry)

    def _entry(self, row: Row, path: Path, columns: list[_Column]) -> Located:
        entry = Located({}, Place(self.source, row.line, 1), path)
        for column in columns:
            cell = row.cells[column.position].strip()
            if cell:
                place = Place(self.source, row.line, column.position + 1)
                value = _cell(cell, column, place, path)
                if not column.parts:
                    return value
                _mapping(entry, column.parts[:-1], place)[column.parts[-1]] = value
        return entry

    def _insert(self, found: Located, path: Path, entry: Located) -> None:
        section = _mapping(found, path[:-1], entry.place)
        if path[-1] in section:
            first = section[path[-1]].place.line
            self._trouble(
                entry.place.line,
                1,
                f"a second row for {listed([str(part) for part in path[1::2]])}",
                "one row for each",
                f"The first is at line {first}.",
            )
        section.setdefault(path[-1], entry)

    def _trouble(self, line: int, column: int, found: str, expected: str, hint: str = "") -> None:
        self.troubles.append(Trouble(Place(self.source, line, column), ("tables", self.section), found, expected, hint))


_TOP = {"products": "products", "lanes": "lanes"} | dict.fromkeys(
    ("nodes", "stock", "demand", "make", "components"), "nodes"
)
_INSIDE = {
    "stock": ("stock", "product"),
    "demand": ("demand", "product"),
    "make": ("make", "product"),
    "components": ("make", "product", "components", "component"),
}


def _cell(cell: str, column: _Column, place: Place, path: Path) -> Located:
    path = (*path, *column.parts)
    if not column.separated:
        return Located(column.read(cell), place, path)
    elements = [element.strip() for element in cell.split(_SEPARATOR)]
    return Located(
        [Located(column.read(element), place, (*path, at)) for at, element in enumerate(elements)], place, path
    )


def _mapping(entry: Located, parts: Sequence[str | int], place: Place) -> dict[Any, Located]:
    """Return the mapping at a path, made where there is none."""
    here = entry
    for part in parts:
        here = here.value.setdefault(part, Located({}, place, (*here.path, part)))
    return here.value  # type: ignore[no-any-return]


def _is_list(here: list[Shape]) -> bool:
    return bool(here) and all(str(shape.type).startswith("tuple") or shape.type is type(None) for shape in here)


def _reading(here: list[Shape]) -> Callable[[str], Any]:
    """Return how a cell is read: by the rules of YAML, or as the text it is where only a text can stand."""
    items = [item for shape in here for item in (step([shape], 0) if _is_list([shape]) else [shape])]
    return scalar if any(item.type in (int, float, bool) for item in items) else str


def _united(own: Located, rows: Located, troubles: list[Trouble]) -> Located:
    """Return what two trees say together; what both say is reported."""
    if isinstance(own.value, dict) and isinstance(rows.value, dict):
        both = dict(own.value)
        for key, entry in rows.value.items():
            both[key] = _united(own.value[key], entry, troubles) if key in own.value else entry
        return own.like(both)
    if isinstance(own.value, list) and isinstance(rows.value, list) and rows.path == ("lanes",):
        return own.like(_lanes(own.value, rows.value, troubles))
    if own.value is None and isinstance(rows.value, dict | list):
        return rows
    hint = f"The file says it at line {own.place.line}." if own.place.line else ""
    troubles.append(Trouble(rows.place, rows.path, "something that the scenario file says too", "one of the two", hint))
    return own


def _lanes(own: list[Located], rows: list[Located], troubles: list[Trouble]) -> list[Located]:
    """Add the rows to the lanes: a row about a lane that the file lists, without products, completes that lane."""
    lanes = list(own)
    places: dict[tuple[str, ...], list[int]] = {}
    for index, lane in enumerate(own):
        places.setdefault(_ends(lane), []).append(index)
    for row in rows:
        same = places.get(_ends(row), [])
        if len(same) == 1 and "products" not in row.value:
            rest = {key: entry for key, entry in row.value.items() if key not in ("from", "to")}
            lanes[same[0]] = _united(lanes[same[0]], row.like(rest), troubles)
        else:
            lanes.append(row)
    return lanes


def _ends(lane: Located) -> tuple[str, ...]:
    return tuple(str(end.value) if (end := lane.get(key)) is not None else "" for key in ("from", "to"))
