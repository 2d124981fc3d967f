"""The ``tables`` section: entries of a scenario that stand in CSV files, one row each."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from scmsim.scenario.csvfile import Folder, RefusedError, Row, opened
from scmsim.scenario.located import Located, Path, Place, clipped, listed, one_of
from scmsim.scenario.scalars import scalar
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.shapes import Shape, fields, shapes, step
from scmsim.scenario.troubles import Trouble, did_you_mean
from scmsim.scenario.union import united
from scmsim.words import counted


class _Section(NamedTuple):
    """What the rows of a table are: the columns that name an entry, the entry's path, and the column it is, if one."""

    keys: tuple[str, ...]
    path: Callable[..., Path]
    value: str = ""


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
    "sales": _Section(("node", "product"), lambda node, product: ("nodes", node, "sales", product)),
    "components": _Section(
        ("node", "product", "component"),
        lambda node, product, component: ("nodes", node, "make", product, "components", component),
        "quantity",
    ),
    "lanes": _Section(("from", "to"), lambda origin, destination: ("lanes", f"{origin} -> {destination}")),
}
"""The tables, in the order in which they are read: nodes before what stands at nodes."""
_SEPARATOR = ";"
"""What stands between the elements of a list in one cell."""
MOST_COLUMNS = 1_000
"""How many columns a table may have; entries have far fewer keys."""


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
        root = united(root, rows, troubles)
    return root


class _TableReader:
    def __init__(self, root: Located, section: str, form: _Section, source: str, troubles: list[Trouble]) -> None:
        self.root, self.section, self.form, self.source, self.troubles = root, section, form, source, troubles
        self.lanes: list[Located] = []

    def entries(self, header: list[str], rows: Iterator[Row]) -> Located:
        """Return a tree like a scenario's that holds only what the table says."""
        found = Located({}, Place(self.source, 1, 1))
        keys = [self._key_column(header, key) for key in self.form.keys]
        columns = self._columns(header, keys)
        for row in rows:
            if None not in keys and columns is not None:
                self._row(found, row, [row.cells[at].strip() for at in keys if at is not None], columns)
        if self.lanes:
            found.value["lanes"] = Located(self.lanes, found.place, ("lanes",))
        return found

    def _key_column(self, header: list[str], key: str) -> int | None:
        if header.count(key) == 1:
            return header.index(key)
        found = f"{header.count(key) or 'no'} column{'s' if key in header else ''} {key!r}"
        wanted = [*self.form.keys, self.form.value] if self.form.value else self.form.keys
        self._trouble(1, 1, found, f"a column for each of {listed(wanted)}", did_you_mean(key, header))
        return None

    def _columns(self, header: list[str], keys: Sequence[int | None]) -> list[_Column] | None:
        """Return how each column is read that does not name the entry, or None where they cannot be read together."""
        if self.form.value and self._key_column(header, self.form.value) is None:
            return None
        if len(header) > MOST_COLUMNS:
            self._trouble(1, 1, f"a table of {counted(len(header), 'column')}", f"at most {MOST_COLUMNS:,}")
            return None
        found = [self._column(at, name) for at, name in enumerate(header) if at not in keys]
        columns = [column for column in found if column is not None]
        taken: dict[tuple[str, ...], str] = {}
        for column in sorted(columns, key=lambda column: column.parts):
            name = header[column.position]
            over = next(
                (
                    taken[column.parts[:depth]]
                    for depth in range(1 + len(column.parts))
                    if column.parts[:depth] in taken
                ),
                None,
            )
            if over is not None:
                hint = f"The column {over!r} says the same."
                self._trouble(
                    1, column.position + 1, f"the column {clipped(name)!r}", "one column for each value", hint
                )
                return None
            taken[column.parts] = name
        return columns

    def _column(self, position: int, name: str) -> _Column | None:
        here = step(step(shapes(ScenarioFile), _TOP[self.section]), 0 if self.section == "lanes" else "name")
        for part in _INSIDE.get(self.section, ()):
            here = step(here, part)
        if name == self.form.value:
            return _Column(position, (), _reading(here), False)
        parts = tuple(name.split("."))
        for part in parts:
            known = [self.form.value] if self.form.value else [key for key in fields(here) if key not in self.form.keys]
            here = step(here, part)
            if not here or not part:
                found = f"an unknown column {clipped(name)!r}"
                self._trouble(1, position + 1, found, one_of(known) or "no such column", did_you_mean(part, known))
                return None
        return _Column(position, parts, _reading(here), _is_list(here))

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
    ("nodes", "stock", "demand", "make", "sales", "components"), "nodes"
)
_INSIDE = {
    "stock": ("stock", "product"),
    "demand": ("demand", "product"),
    "make": ("make", "product"),
    "sales": ("sales", "product"),
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
