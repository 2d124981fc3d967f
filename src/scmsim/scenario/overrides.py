"""``path=value`` from the command line, written into a scenario before it is checked.

A path is dotted: ``nodes.retailer.stock.beer.policy.target=24``. A name with a dot in it goes in quotes
(``nodes."St. Gallen".kind``). A lane is named by its position in the file, from 0, or by its ends:
``lanes.a:b.lead_time`` needs no quotes in any shell; ``lanes."a -> b".lead_time`` works too. The value is read like a
value of the file; ``null``, or nothing, is what stands where a key is left out.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from scmsim.errors import UsageError
from scmsim.scenario.lanes import lane_text
from scmsim.scenario.located import Located, Path, Place, clipped, dotted, from_plain, listed
from scmsim.scenario.reader import read
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.shapes import Shape, elements, fields, shapes, step
from scmsim.scenario.troubles import Trouble, did_you_mean

_PART = re.compile(r'"(?P<double>[^"]*)"|\'(?P<single>[^\']*)\'|(?P<bare>[^.\'"]+)')
_BY_PRODUCT = frozenset({"stock", "demand", "make", "components", "sales", "prices"})
_FREE = frozenset({"parameters"})
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


class _PathError(Exception):
    """A path that leads nowhere; ``args`` are the trouble."""


def parsed(override: str) -> tuple[Path, str]:
    """Split an override into its path and the text of its value.

    Raises
    ------
    UsageError
        It is not of the form ``path=value``.

    Examples
    --------
    >>> parsed("lanes.a:b.lead_time=2")
    (('lanes', 'a:b', 'lead_time'), '2')
    >>> parsed('nodes."St. Gallen".demand.beer.0.mean=4')
    (('nodes', 'St. Gallen', 'demand', 'beer', 0, 'mean'), '4')
    """
    found: list[str | int] = []
    at = 0
    while match := _PART.match(override, at):
        bare = match["bare"]
        if bare is not None and "=" in bare:
            name, _, _ = bare.partition("=")
            found += [_part(name)] if name.strip() else []
            end = match.start() + len(name)
            return _complete(override, found), override[end + 1 :]
        found.append(
            _part(bare) if bare is not None else match["double"] if match["double"] is not None else match["single"]
        )
        at = match.end()
        if override[at : at + 1] == "=":
            return _complete(override, found), override[at + 1 :]
        if override[at : at + 1] != ".":
            break
        at += 1
    raise _malformed(override)


def _complete(override: str, path: list[str | int]) -> Path:
    if not path:
        raise _malformed(override)
    return tuple(path)


def _malformed(override: str) -> UsageError:
    return UsageError(
        f"the change {clipped(override)!r}: expected PATH=VALUE, for instance time.horizon=52 "
        f"(on the command line: --set time.horizon=52)"
    )


def _part(text: str) -> str | int:
    return int(text) if re.fullmatch(r"0|[1-9]\d{0,8}", text.strip()) else text.strip()


def overridden(root: Located, overrides: Iterable[str], troubles: list[Trouble]) -> Located:
    """Return the scenario with the overrides written into it, in their order.

    Values take the override as their place, so that whatever is wrong with them later is said of the override.
    """
    for override in overrides:
        path, text = parsed(override)
        place = Place(f"--set {override}")
        reading = read(text, "", place) if text.strip() not in _NOTHING else None
        if reading is not None and (reading.root is None or reading.troubles):
            troubles.extend(trouble._replace(path=path) for trouble in reading.troubles)
            continue
        value = from_plain(reading.root.plain() if reading is not None and reading.root is not None else None, place)
        root, trouble = written(root, path, value, place)
        troubles += [trouble] if trouble is not None else []
    return root


def checked(root: Located, path: Path, place: Place) -> Trouble | None:
    """Return what is wrong with a path of the scenario, or None where something can be written there."""
    return written(root, path, from_plain(None, place), place)[1]


def written(root: Located, path: Path, value: Located, place: Place) -> tuple[Located, Trouble | None]:
    """Return the scenario with a value at a path, or as it was, with what is wrong with the path.

    Parameters
    ----------
    root : Located
        The scenario.
    path : Path
        As `parsed` gives it.
    value : Located
        What to write; it keeps its own place.
    place : Place
        Where the path was written.
    """
    try:
        return _Writer(root, path, place, value).written(), None
    except _PathError as refusal:
        return root, refusal.args[0]


class _Writer:
    """Writes one value into a tree, checking each step of its path."""

    def __init__(self, root: Located, path: Path, place: Place, value: Located) -> None:
        self.root, self.path, self.place, self.value = root, path, place, value

    def written(self) -> Located:
        return self._write(self.root, 0, shapes(ScenarioFile))

    def _write(self, here: Located | None, steps: int, allowed: list[Shape]) -> Located:
        if steps == len(self.path):
            return self.value.moved(self.path, self.place)
        part = self.path[steps]
        if here is not None and isinstance(here.value, list):
            return self._write_into_list(here, steps, allowed)
        names = fields(allowed)
        if not names and (items := elements(allowed)):  # one thing, where a list may stand, too
            return self._write(here, steps + (part == 0), items)
        key = str(part)
        entries = here.value if here is not None and isinstance(here.value, dict) else {}
        if key not in names:
            self._check_key(key, steps, list(names), entries)
        below = self._write(entries.get(key), steps + 1, step(allowed, key))
        if here is not None and isinstance(here.value, dict):
            return here.like({**entries, key: below})
        return Located({key: below}, self.place, self.path[:steps])

    def _write_into_list(self, here: Located, steps: int, allowed: list[Shape]) -> Located:
        positions = self._positions(here, steps)
        items = list(here.value)
        for position in positions:
            items[position] = self._write(items[position], steps + 1, step(allowed, position))
        return here.like(items)

    def _positions(self, here: Located, steps: int) -> list[int]:
        """Return the elements of a list that a part names; several lanes of a chain share one position of the file."""
        part = self.path[steps]
        if steps == 1 and self.path[0] == "lanes":
            found = lanes_named(here.value, part)
            if not found:
                names = [lane_text(lane) for lane in here.value]
                hint = _lanes_of_chain(here.value, part) or did_you_mean(part, names)
                self._refuse(steps, f"no lane {part!r}", f"one of {listed(names, 12)}", hint)
            return found
        if isinstance(part, int) and part < len(here.value):
            return [part]
        self._refuse(
            steps, f"no element {part!r}", f"a position from 0 to {len(here.value) - 1}" if here.value else "a list"
        )
        return []

    def _check_key(self, key: str, steps: int, names: list[str], entries: dict[str, Located]) -> None:
        known = names or self._names(steps, entries)
        if key in known or (steps and self.path[steps - 1] in _FREE) or self._is_new_disruption(steps):
            return
        if not known:
            self._refuse(steps, f"nothing below {dotted(self.path[:steps])}", "a path of the scenario")
        hint = did_you_mean(key, known)
        found = dotted((*self.path[:steps], hint.split("`")[1])) if hint else ""
        self._refuse(
            steps, f"the unknown name {key!r}", f"one of {listed(known)}", f"Did you mean `{found}`?" if hint else ""
        )

    def _is_new_disruption(self, steps: int) -> bool:
        """Tell whether a whole disruption is written, which may be one more; of others only parts are known."""
        is_whole = len(self.path) == steps + 1 and isinstance(self.value.value, dict)
        return is_whole and steps == 1 and self.path[0] == "disruptions"

    def _names(self, steps: int, entries: dict[str, Located]) -> list[str]:
        """Return the names of nodes or products that may stand here."""
        section = self.path[steps - 1] if steps else ""
        return [*self.root.entries("products")] if section in _BY_PRODUCT else [*entries]

    def _refuse(self, steps: int, found: str, expected: str, hint: str = "") -> None:
        raise _PathError(Trouble(self.place, self.path[: steps + 1], found, expected, hint))


def lanes_named(lanes: Sequence[Located], part: str | int) -> list[int]:
    """Return where the lanes stand that a part of a path names, by their position in the file or by their ends."""
    if isinstance(part, int):
        return [at for at, lane in enumerate(lanes) if lane.path == ("lanes", part)]
    wanted: list[Any] = _ends(part)
    return [at for at, lane in enumerate(lanes) if [_value(lane, end) for end in ("from", "to")] == wanted]


def _ends(part: str) -> list[str]:
    ends = re.split(r"\s*->\s*|\s*:\s*", part.strip()) if "->" in part else part.split(":")
    return [end.strip() for end in ends]


def _lanes_of_chain(lanes: Sequence[Located], part: str | int) -> str:
    """Say how the lanes of a chain are named, where a path names the whole chain."""
    ends = _ends(part) if isinstance(part, str) else []
    single = [f"{one}:{other}" for one, other in pairwise(ends)]
    if len(single) < 2 or not all(lanes_named(lanes, name) for name in single):
        return ""
    return f"A lane is named by its two ends: {', '.join(f'lanes.{name}' for name in single)}."


def _value(lane: Located, end: str) -> Any:
    found = lane.get(end)
    return found.value if found is not None else None
