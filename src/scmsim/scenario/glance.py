"""Whether one of many numbers fits into a scenario, told at a glance: by the schema alone, from data laid out once."""

from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from scmsim.scenario.located import Located, Path


def mark() -> float:
    """Make a number that is told from all others by being this one."""
    return float("0.5")


def of_model(model: type[BaseModel]) -> Callable[[Any], bool]:
    """Return what tells whether plain data is what a model describes."""

    def holds(plain: Any) -> bool:
        try:
            model.model_validate(plain)
        except ValidationError:
            return False
        return True

    return holds


def fitting(merged: Located | None, marked: float, holds: Callable[[Any], bool]) -> Callable[[Any], bool] | None:
    """Return what tells whether a number can stand where a mark does; None where the mark is nowhere.

    What is around a number does not depend on it, so that what passes needs no closer look. What does not pass does:
    it finds the words for what is wrong.

    Parameters
    ----------
    merged : Located or None
        A part of a scenario, everything in its place.
    marked : float
        The very object that stands in it (`mark`).
    holds : callable
        Tells whether that part is as it should be, as plain data.
    """
    plain = merged.plain() if merged is not None else None
    places = list(_places(plain, marked))
    if not places:
        return None

    def fits(value: Any) -> bool:
        if type(value) not in (int, float):
            return False
        data = plain
        for place in places:
            data = _replaced(data, place, value)
        return holds(data)

    return fits


def _places(plain: Any, marked: float) -> Iterator[Path]:
    entries = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, tuple) else ()
    for part, entry in entries:
        if entry is marked:
            yield (part,)
        elif isinstance(entry, dict | tuple):
            yield from ((part, *rest) for rest in _places(entry, marked))


def _replaced(plain: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    part, below = path[0], _replaced(plain[path[0]], path[1:], value)
    if isinstance(plain, dict):
        return {**plain, part: below}
    return tuple(below if at == part else entry for at, entry in enumerate(plain))
