"""YAML 1.2 text in, a tree that knows its lines out; nothing in the text can build an object or grow without limit."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from scmsim.scenario.located import Located, Path, Place, clipped
from scmsim.scenario.scalars import scalar
from scmsim.scenario.syntax import MISPLACED, syntax_trouble
from scmsim.scenario.troubles import Trouble

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 50
"""How many mappings and lists may stand inside one another."""
MOST_REPEATED = 100_000
"""How many values aliases may add to a file."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


class Reading(NamedTuple):
    """What a text holds: its tree (None when there is none), and what is wrong with the text."""

    root: Located | None
    troubles: tuple[Trouble, ...]
    flagged: tuple[Path, ...] = ()


class _UnreadableError(Exception):
    """The text cannot be read any further."""


def read(text: str, source: str, place: Place | None = None) -> Reading:
    """Read one YAML document.

    Parameters
    ----------
    text : str
        The document.
    source : str
        The name of the file, for messages.
    place : Place, optional
        Where everything in the text is said to stand, when it has no lines of its own.

    Examples
    --------
    >>> reading = read("time: {horizon: 36}", "beer.yaml")
    >>> found = reading.root.get("time", "horizon")
    >>> print(found.value, found.place)
    36 beer.yaml:1:17
    """
    reader = _Reader(text, source, place)
    try:
        root: Located | None = reader.document()
    except _UnreadableError:
        root = None
    return Reading(root, tuple(reader.troubles), tuple(reader.flagged))


class _Reader:
    def __init__(self, text: str, source: str, place: Place | None) -> None:
        self.text, self.source, self.fixed = text, source, place
        self.troubles: list[Trouble] = []
        self.flagged: list[Path] = []
        self.anchors: dict[str, Located | None] = {}
        self.sizes: dict[str, int] = {}
        self.repeated = 0

    def document(self) -> Located:
        self._refuse_control_characters()
        events = yaml.parse(self.text, Loader=_Loader)
        try:
            return self._only_document(events)
        except yaml.MarkedYAMLError as error:
            raise self._stop(syntax_trouble(error, self.text, self._mark(error.problem_mark))) from None
        except yaml.YAMLError as error:
            raise self._stop(Trouble(self._at(1, 1), None, str(error), "YAML")) from None

    def _only_document(self, events: Iterator[Any]) -> Located:
        root: Located | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    where = self._mark(event.start_mark)
                    raise self._stop(
                        Trouble(where, None, "a second document", "one scenario per file", "Remove `---`.")
                    )
                root = self._value(next(events), events, (), None)
        if root is None or (root.value is None and not self.troubles):
            found = "nothing but comments" if self.text.strip() else "an empty file"
            raise self._stop(Trouble(self._at(1, 1), None, found, "a scenario"))
        return root

    def _value(self, event: Any, events: Iterator[Any], path: Path, key: Place | None) -> Located:
        place = self._mark(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor, place, path, key)
        if event.tag is not None:
            self._flag(
                place, path, f"the tag {_short(event.tag)}", "a value without a tag", "A scenario holds data only."
            )
        if event.anchor:
            self.anchors[event.anchor] = None
            self.sizes.pop(event.anchor, None)
        if isinstance(event, yaml.ScalarEvent):
            found = Located(scalar(event.value) if event.implicit[0] else event.value, place, path, key)
        else:
            if len(path) >= DEEPEST:
                deep = Trouble(place, None, "values nested too deeply", f"at most {DEEPEST} levels")
                raise self._stop(deep)
            collect = self._mapping if isinstance(event, yaml.MappingStartEvent) else self._list
            found = Located(collect(events, path), place, path, key)
        if event.anchor:
            self.anchors[event.anchor] = found
        return found

    def _list(self, events: Iterator[Any], path: Path) -> list[Located]:
        found: list[Located] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self._value(event, events, (*path, len(found)), None))
        return found

    def _mapping(self, events: Iterator[Any], path: Path) -> dict[str, Located]:
        found: dict[str, Located] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            place = self._mark(event.start_mark)
            name = self._key(event, events, path)
            entry = self._value(next(events), events, (*path, name), place)
            if name == "<<" and getattr(event, "implicit", (False,))[0]:
                hint = "Merge keys are not part of YAML 1.2: use `defaults`."
                self._flag(place, (*path, name), "the merge key `<<`", "a key of the scenario", hint)
            elif name in found:
                first = found[name].key_place
                hint = f"It was given before at line {first.line}." if first.line else ""
                self._flag(place, (*path, name), "a key that is given twice", "every key once", hint)
            else:
                found[name] = entry
        return found

    def _key(self, event: Any, events: Iterator[Any], path: Path) -> str:
        if isinstance(event, yaml.ScalarEvent):
            if event.tag is not None:
                self._value(event, events, (*path, event.value), None)
            return str(event.value)
        place = self._mark(event.start_mark)
        value = self._value(event, events, (*path, "?"), None).value
        if isinstance(value, dict | list):
            self._flag(place, path, "a mapping or a list as a key", "a text as a key", MISPLACED)
        return str(value)

    def _alias(self, anchor: Any, place: Place, path: Path, key: Place | None) -> Located:
        if anchor not in self.anchors:
            hint = "A text that begins with * needs quotes."
            raise self._stop(Trouble(place, path, f"the alias *{anchor}", "an anchor before it", hint))
        target = self.anchors[anchor]
        if target is None:
            inside = Trouble(place, path, f"the alias *{anchor} inside what it stands for", "a value")
            raise self._stop(inside)
        self.repeated += self._size(anchor, target)
        if self.repeated > MOST_REPEATED:
            found = f"aliases that repeat more than {MOST_REPEATED} values"
            raise self._stop(Trouble(place, path, found, "fewer repetitions", "Move what is repeated to `defaults`."))
        return target.moved(path, key)

    def _size(self, anchor: str, target: Located) -> int:
        if anchor not in self.sizes:
            self.sizes[anchor] = sum(1 for _ in target.walk())
        return self.sizes[anchor]

    def _refuse_control_characters(self) -> None:
        bad = _CONTROL.search(self.text)
        if bad is None:
            return
        before = self.text[: bad.start()]
        place = self._at(before.count("\n") + 1, bad.start() - before.rfind("\n"))
        hint = "The file may be damaged, or not be a text file."
        found = f"the control character U+{ord(bad[0]):04X}"
        raise self._stop(Trouble(place, None, found, "printable characters", hint))

    def _flag(self, place: Place, path: Path, found: str, expected: str, hint: str) -> None:
        self.troubles.append(Trouble(place, path, found, expected, hint))
        self.flagged.append(path)

    def _stop(self, trouble: Trouble) -> _UnreadableError:
        self.troubles.append(trouble)
        return _UnreadableError()

    def _mark(self, mark: Any) -> Place:
        return self._at(mark.line + 1, mark.column + 1) if mark is not None else self._at(1, 1)

    def _at(self, line: int, column: int) -> Place:
        return self.fixed or Place(self.source, line, column)


def _short(tag: str) -> str:
    return clipped(tag.replace("tag:yaml.org,2002:", "!!"))
