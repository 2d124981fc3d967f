"""A scenario as a tree of values that know where they were written."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

Path = tuple[str | int, ...]


class Place(NamedTuple):
    """Where something stands: a file with line and column from 1, or a source that has no lines.

    Examples
    --------
    >>> print(Place("beer.yaml", 7, 5), Place("--set time.horizon=0"))
    beer.yaml:7:5 --set time.horizon=0
    """

    source: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source


class Located:
    """A value, the place where it stands, the place of its key, and its path in the text it came from.

    ``value`` is a dict of Located, a list of Located, or a scalar. A value read from a CSV column is one Located with a
    tuple of numbers; then ``lines`` holds the line of each.
    """

    __slots__ = ("key_place", "lines", "path", "place", "value")

    def __init__(self, value: Any, place: Place, path: Path = (), key_place: Place | None = None) -> None:
        self.value = value
        self.place = place
        self.path = path
        self.key_place = key_place or place
        self.lines: Sequence[int] = ()

    def like(self, value: Any) -> "Located":
        """Return another value at the same place."""
        return Located(value, self.place, self.path, self.key_place)

    def get(self, *path: str | int) -> "Located | None":
        """Return what stands at the path below this value, or None."""
        here: Located | None = self
        for part in path:
            here = here.child(part) if here is not None else None
        return here

    def child(self, part: str | int) -> "Located | None":
        """Return the entry of a mapping or the element of a list, or None."""
        if isinstance(self.value, dict):
            return self.value.get(part)
        if isinstance(part, int) and isinstance(self.value, list | tuple) and 0 <= part < len(self.value):
            return self.value[part] if isinstance(self.value, list) else self._cell(part)
        return None

    def entries(self, *path: str | int) -> "dict[str, Located]":
        """Return the mapping at the path, or an empty one when there is no mapping."""
        here = self.get(*path)
        return here.value if here is not None and isinstance(here.value, dict) else {}

    def items(self, *path: str | int) -> "list[Located]":
        """Return the list at the path, or an empty one when there is no list."""
        here = self.get(*path)
        return here.value if here is not None and isinstance(here.value, list) else []

    def nearest(self, path: Sequence[str | int]) -> "tuple[Located, int]":
        """Return the deepest value on the way along the path, and how many steps of the path lead to it.

        The position of a list counts as a step where one element stands without its list.
        """
        here = self
        for steps, part in enumerate(path):
            if isinstance(part, int) and isinstance(here.value, dict):
                continue
            below = here.child(part)
            if below is None:
                return here, steps
            here = below
        return here, len(path)

    def plain(self) -> Any:
        """Return the value without places; lists become tuples."""
        if isinstance(self.value, dict):
            return {key: entry.plain() for key, entry in self.value.items()}
        if isinstance(self.value, list):
            return tuple([entry.plain() for entry in self.value])
        return self.value

    def moved(self, path: Path, key_place: Place | None) -> "Located":
        """Return a copy of the tree that hangs at another path; the places stay."""
        copy = Located(self.value, self.place, path, key_place)
        copy.lines = self.lines
        if isinstance(self.value, dict):
            copy.value = {key: entry.moved((*path, key), entry.key_place) for key, entry in self.value.items()}
        elif isinstance(self.value, list):
            copy.value = [entry.moved((*path, at), entry.key_place) for at, entry in enumerate(self.value)]
        return copy

    def walk(self) -> "Iterator[Located]":
        """Yield this value and everything below it, in the order of the file."""
        waiting = [self]
        while waiting:
            here = waiting.pop()
            yield here
            if isinstance(here.value, dict):
                waiting.extend(reversed(here.value.values()))
            elif isinstance(here.value, list):
                waiting.extend(reversed(here.value))

    def _cell(self, row: int) -> "Located":
        line = self.lines[row] if row < len(self.lines) else self.place.line
        return Located(self.value[row], self.place._replace(line=line), (*self.path, row))


def from_plain(value: Any, place: Place, path: Path = ()) -> Located:
    """Build a tree from plain Python data, every value of which stands at the one place."""
    if isinstance(value, dict):
        entries = {str(key): from_plain(entry, place, (*path, str(key))) for key, entry in value.items()}
        return Located(entries, place, path)
    if isinstance(value, list | tuple):
        return Located([from_plain(entry, place, (*path, at)) for at, entry in enumerate(value)], place, path)
    return Located(value, place, path)


def dotted(path: Sequence[str | int]) -> str:
    """Write a path with dots; a part that holds a dot is put in quotes.

    Examples
    --------
    >>> dotted(("nodes", "St. Gallen", "demand", "beer", 0))
    'nodes."St. Gallen".demand.beer.0'
    """
    return ".".join(f'"{part}"' if "." in str(part) or part == "" else str(part) for part in path)


def shown(value: Any) -> str:
    """Say what a value is, the way a message shows it.

    Examples
    --------
    >>> shown("12 weeks"), shown(True), shown(None), shown({"a": 1}), shown([1, 2]), shown(12.0)
    ("the text '12 weeks'", 'true', 'nothing', 'a mapping with the key a', 'a list of 2', '12')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of more than 60 digits"
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:g}" if abs(value) < 1e6 and float(f"{value:g}") == value else repr(value)
    if isinstance(value, str):
        return f"the text {clipped(value)!r}"
    if isinstance(value, dict):
        keys = [clipped(str(key)) for key in value]
        if not keys:
            return "an empty mapping"
        return f"a mapping with the key{'s' if len(keys) > 1 else ''} {listed(keys, 6)}"
    return f"a list of {len(value)}" if isinstance(value, list | tuple) else str(value)


def clipped(text: str, length: int = 60) -> str:
    """Cut a long text, so that a message stays a message."""
    return text if len(text) <= length else text[: length - 1] + "…"


def listed(names: Sequence[str], most: int = 30) -> str:
    """Join names with commas, up to a number of them."""
    return ", ".join(names) if len(names) <= most else ", ".join(names[:most]) + f" and {len(names) - most} more"


def one_of(names: Sequence[str], most: int = 30) -> str:
    """Say which names may stand at a place.

    Examples
    --------
    >>> one_of(["a", "b"]), one_of(["a"])
    ('one of a, b', 'a')
    """
    return ("one of " if len(names) > 1 else "") + listed(names, most)


def megabytes(size: int) -> str:
    """Write a size in bytes, rounded up so that what is above a limit looks so.

    Examples
    --------
    >>> megabytes(50_000_000), megabytes(5_000_001)
    ('50 MB', '5.1 MB')
    """
    return f"{math.ceil(size / 1e5) / 10:g} MB"
