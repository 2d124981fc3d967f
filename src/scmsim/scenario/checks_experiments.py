"""Whether the paths and the listed values of a scenario's experiments are ones that it could have.

A value is looked at together with the entry that it changes (the node, the lane, the section), and no further: what
only the whole network can tell is found when the experiment begins.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from scmsim.errors import UsageError
from scmsim.scenario import glance
from scmsim.scenario.columns import with_columns
from scmsim.scenario.csvfile import Folder
from scmsim.scenario.findings import Finding
from scmsim.scenario.lanes import spelled_out
from scmsim.scenario.located import Located, Path, from_plain
from scmsim.scenario.merge import with_defaults
from scmsim.scenario.messages import findings
from scmsim.scenario.overrides import checked, lanes_named, parsed, written
from scmsim.scenario.schema import ScenarioFile
from scmsim.scenario.schema_experiments import Steps, span
from scmsim.scenario.shapes import Shape, shapes, step
from scmsim.scenario.shorthand import Setting
from scmsim.scenario.troubles import KeyFinding, Trouble, locate
from scmsim.scenario.validate import fits

_FEW = 8
"""Of more values than this it is first asked at a glance whether they fit."""
_ENTRIES = frozenset({"nodes", "products", "lanes"})
_SECTIONS = frozenset({"time", "run", "measures", "money"})
_NOT_VARIED = {
    "experiments": "a path of the scenario itself",
    "scmsim": "a path of what the scenario says",
    "tables": "a path inside the scenario, not a file",
}


class Check(NamedTuple):
    """What experiments are checked against.

    Parameters
    ----------
    root : Located
        The scenario, before its defaults are merged.
    folder : Folder
        Where its CSV files are.
    setting : Setting
        What hints have to know.
    values : bool
        Whether to look at values, too, and not at paths alone.
    """

    root: Located
    folder: Folder
    setting: Setting
    values: bool = True


def experiment_troubles(check: Check) -> list[Trouble]:
    """Return what is wrong with the paths and the listed values of the experiments of a scenario."""
    found: list[Trouble] = []
    for section in ("sweep", "optimize"):
        found += factor_troubles(check, check.root.entries("experiments", section, "vary"))
    for variant in check.root.entries("experiments", "compare", "policies").values():
        if isinstance(variant.value, dict):
            found += _variant(check, variant.value)
    return found


def factor_troubles(check: Check, vary: Mapping[str, Located]) -> Iterator[Trouble]:
    """Yield what is wrong with factors: paths that lead nowhere or meet, values that cannot stand there.

    Parameters
    ----------
    check : Check
        The scenario.
    vary : mapping
        By path a list of values, a range or a distribution.
    """
    known: dict[str, Path] = {}
    for text, entry in vary.items():
        path = yield from _path(check, text, entry)
        if path is None:
            continue
        other = next((name for name, taken in known.items() if overlap(check.root, path, taken)), None)
        if other is not None:
            found, hint = f"{text}, which {other} varies, too", "Vary one of the two."
            finding = KeyFinding(entry.path, found, "each path in one factor", hint)
            yield locate(check.root, finding)._replace(place=entry.key_place)
            continue
        known[text] = path
        if check.values:
            yield from _values(check, path, entry)


def _variant(check: Check, changes: Mapping[str, Located]) -> Iterator[Trouble]:
    known: list[tuple[Path, Located]] = []
    for text, value in changes.items():
        path = yield from _path(check, text, value)
        if path is None:
            return
        known.append((path, value))
    if check.values:
        yield from _together(check, known)


def _path(check: Check, text: str, entry: Located) -> Generator[Trouble, None, Path | None]:
    """Yield what is wrong with a path, and return it taken apart, or None."""
    place = entry.key_place
    try:
        path, rest = parsed(f"{text}=")
    except UsageError:
        path, rest = (), "?"
    if rest or not path:
        yield Trouble(place, entry.path, f"the path {text!r}", "a path of the scenario, for instance time.horizon")
        return None
    if path[0] in _NOT_VARIED:
        yield Trouble(place, entry.path, f"the path {text!r}", _NOT_VARIED[str(path[0])])
        return None
    trouble = checked(check.root, path, place)
    if trouble is not None:
        yield trouble
        return None
    return path


def overlap(root: Located, one: Path, other: Path) -> bool:
    """Tell whether what stands at one path is, or is part of, what stands at another.

    Examples
    --------
    >>> from scmsim.scenario.located import Place
    >>> overlap(from_plain({}, Place("")), ("nodes", "a", "stock"), ("nodes", "a", "stock", "beer", "initial"))
    True
    """
    first, second = _resolved(root, one), _resolved(root, other)
    return all(_same(*parts) for parts in zip(first, second, strict=False))


def _resolved(root: Located, path: Path) -> tuple[Any, ...]:
    """Write a path in the one way there is: a lane by its positions, the first of a list of demands without its 0."""
    parts: list[Any] = list(path)
    if len(parts) > 1 and parts[0] == "lanes":
        parts[1] = frozenset(lanes_named(root.items("lanes"), parts[1]))
    if len(parts) > 4 and parts[2] == "demand" and parts[4] == 0 and not root.items(*path[:4]):
        del parts[4]
    return tuple(parts)


def _same(one: Any, other: Any) -> bool:
    return bool(one & other) if isinstance(one, frozenset) and isinstance(other, frozenset) else str(one) == str(other)


def _listed(entry: Located) -> list[Located]:
    """Return the values of a factor that can be told without drawing them: all of a list, the ends of a range."""
    if isinstance(entry.value, list):
        return list(entry.value)
    ends: list[Any] = []
    if isinstance(entry.value, dict):
        ends = [end.value for end in map(entry.get, ("from", "to")) if end is not None]
    elif isinstance(entry.value, str):
        try:
            found = span(entry.value)
        except ValueError:
            return []
        values = found.values() if isinstance(found, Steps) and found.number < 3 else None
        if values is None:
            values = Steps(found.low, found.low + found.step, found.step).values() if isinstance(found, Steps) else []
            values = [*values, found.high] if isinstance(found, Steps) else [found.low, found.high]
        ends = list(values)
    return [from_plain(_whole(end), entry.place) for end in ends]


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _values(check: Check, path: Path, factor: Located) -> Iterator[Trouble]:
    """Yield what is wrong with the values of a factor, each in the entry that it changes."""
    root, _ = written(check.root, path, from_plain(None, factor.place), factor.key_place)
    place = _entry(root, path)
    entry = root.get(*place) if place is not None else None
    if place is None or entry is None:
        return
    listed, at_once = _listed(factor), None
    if len(listed) > _FEW:
        mark = glance.mark()
        merged = _merged(check, place, _put(entry, path[len(place) :], from_plain(mark, factor.place)), [])
        at_once = glance.fitting(merged, mark, glance.of_model(_model(_shapes(place))))
    for value in listed:
        if at_once is None or not at_once(value.value):
            yield from _look(check, place, _put(entry, path[len(place) :], value.moved(path, factor.key_place)))


def default_fits(check: Check, path: Path) -> Callable[[Any], bool] | None:
    """Return what tells whether a number can stand at a path of the defaults, or None where a closer look is needed."""
    mark = glance.mark()
    root = check.root.like({key: entry for key, entry in check.root.value.items() if key != "experiments"})
    root, trouble = written(root, path, from_plain(mark, root.place), root.key_place)
    if trouble is not None:
        return None
    merged = with_columns(with_defaults(spelled_out(root, [])), check.folder, [])
    return glance.fitting(merged, mark, fits)


def _put(here: Located, path: Path, value: Located) -> Located:
    """Put a value at a path that is known to lead somewhere."""
    if not path:
        return value
    part, rest = path[0], path[1:]
    if isinstance(here.value, list):
        return here.like([_put(item, rest, value) if at == part else item for at, item in enumerate(here.value)])
    if str(part) not in here.value:  # the first of a list, which stands without its list
        return _put(here, rest, value)
    return here.like({**here.value, str(part): _put(here.value[str(part)], rest, value)})


def _together(check: Check, changes: list[tuple[Path, Located]]) -> Iterator[Trouble]:
    """Yield what is wrong with the changes of a variant, in the entries that they change."""
    root = check.root
    for path, value in changes:
        root, trouble = written(root, path, value, value.key_place)
        if trouble is not None:
            yield trouble
            return
    for place in dict.fromkeys(_entry(root, path) for path, _ in changes):
        entry = root.get(*place) if place is not None else None
        if place is not None and entry is not None:
            yield from _look(check, place, entry)


def _entry(root: Located, path: Path) -> Path | None:
    """Return the path of the entry that holds a path, or None where it is not known."""
    if path[0] in _SECTIONS:
        return path[:1]
    if path[0] not in _ENTRIES or len(path) < 2:
        return None
    if path[0] == "lanes":
        found = lanes_named(root.items("lanes"), path[1])
        return ("lanes", found[0]) if found else None
    return path[:2]


def _look(check: Check, place: Path, entry: Located) -> Iterator[Trouble]:
    """Look at one entry of a scenario, its defaults merged."""
    troubles: list[Trouble] = []
    merged = _merged(check, place, entry, troubles)
    yield from troubles
    if merged is not None:
        for finding in _findings(merged, _shapes(place), check.setting):
            yield locate(merged, finding)


def _merged(check: Check, place: Path, entry: Located, troubles: list[Trouble]) -> Located | None:
    """Merge an entry with the defaults of the scenario."""
    here: dict[str, Located] = {key: check.root.value[key] for key in ("defaults",) if key in check.root.value}
    if place[0] == "lanes":
        here["lanes"] = check.root.like([entry])
    else:
        here[str(place[0])] = entry if len(place) == 1 else check.root.like({place[1]: entry})
    small = spelled_out(check.root.like(here), troubles)
    small = with_columns(with_defaults(small), check.folder, troubles)
    return small.get(*(("lanes", 0) if place[0] == "lanes" else place))


def _shapes(place: Path) -> list[Shape]:
    found = shapes(ScenarioFile)
    for part in place:
        found = step(found, part)
    return found


def _findings(entry: Located, here: list[Shape], setting: Setting) -> list[Finding]:
    try:
        _model(here).model_validate(entry.plain())
    except ValidationError as error:
        return findings(error.errors(include_url=False), entry, here, setting)
    return []


def _model(here: list[Shape]) -> type[BaseModel]:
    found: type[BaseModel] = next(shape.type for shape in here if shape.models())
    return found
