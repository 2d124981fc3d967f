"""Which combinations of the factors' values are run."""

import math
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scmsim.engine.streams import Streams
from scmsim.errors import UsageError
from scmsim.experiments.sweep.factors import Factor, as_text, override

DESIGNS = ("grid", "random", "latin_hypercube", "sobol", "one_at_a_time")
DRAWN = frozenset({"random", "latin_hypercube", "sobol"})
"""The designs that draw as many points as they are told to."""
MOST_RUNS = 10_000_000
"""So many runs a sweep may have, and so many points."""
LESS = "vary less, in larger steps, or draw some points (design latin_hypercube with a number of points)"
STREAM = "design"
_MOST_FACTORS_OF_SOBOL = 21_201


@dataclass(frozen=True)
class Plan:
    """The points of a design, by number from 0.

    Parameters
    ----------
    factors : tuple of Factor
        What varies.
    design : str
        One of `DESIGNS`.
    size : int
        How many points there are.
    base : tuple
        What the scenario itself says for each factor; None where it says nothing.
    """

    factors: tuple[Factor, ...]
    design: str
    size: int
    base: tuple[Any, ...] = ()
    _columns: tuple[list[Any], ...] = field(default=(), repr=False)
    _changes: tuple[tuple[int, Any], ...] = field(default=(), repr=False)

    def __len__(self) -> int:
        return self.size

    def values(self, number: int) -> tuple[Any, ...]:
        """Return the values of all factors at a point."""
        if self.design == "grid":
            found = []
            for one in reversed(self.factors):
                number, place = divmod(number, len(one.values))
                found.append(one.values[place])
            return tuple(reversed(found))
        if self.design == "one_at_a_time":
            values = list(self.base)
            for place, value in self._changes[number - 1 : number] if number else ():
                values[place] = value
            return tuple(values)
        return tuple(column[number] for column in self._columns)

    def overrides(self, number: int) -> tuple[str, ...]:
        """Return the changes that make the scenario of a point; point 0 of one at a time is the scenario itself."""
        if self.design == "one_at_a_time":
            changes = self._changes[number - 1 : number] if number else ()
            return tuple(override(self.factors[place].path, value) for place, value in changes)
        if self.design == "grid":
            found = []
            for texts in reversed(self._texts):
                number, place = divmod(number, len(texts))
                found.append(texts[place])
            return tuple(reversed(found))
        paths = (one.path for one in self.factors)
        return tuple(override(path, value) for path, value in zip(paths, self.values(number), strict=True))

    @cached_property
    def _texts(self) -> tuple[tuple[str, ...], ...]:
        """Write the changes that a grid is made of, each once."""
        return tuple(tuple(override(one.path, value) for value in one.values) for one in self.factors)

    def column(self, place: int) -> Iterable[Any]:
        """Return the values that a factor takes, in any order, each at least once."""
        if self.design == "grid":
            return self.factors[place].values
        if self.design == "one_at_a_time":
            return [*self.base[place : place + 1], *(value for at, value in self._changes if at == place)]
        return self._columns[place]

    def all_values(self) -> Iterator[tuple[Any, ...]]:
        """Yield the values of every point, in order."""
        return map(self.values, range(self.size))


def planned(
    factors: Sequence[Factor], design: str = "grid", points: int | None = None, seed: int = 1, base: Sequence[Any] = ()
) -> Plan:
    """Lay out the points of an experiment; the same for the same seed.

    Parameters
    ----------
    factors : sequence of Factor
        What varies.
    design : str
        ``grid``: every combination of the listed values. ``one_at_a_time``: the scenario itself, and each value of each
        factor while the others stay. ``random``, ``latin_hypercube``, ``sobol``: so many points drawn from lists,
        ranges and distributions, independently, or so that every factor is covered evenly (McKay, Beckman and Conover
        1979), or with all their combinations (Sobol 1967, scrambled; best with a power of 2).
    points : int, optional
        How many are drawn.
    seed : int
        Where chance begins; the design has a stream of its own.
    base : sequence, optional
        What the scenario itself says for each factor.

    Raises
    ------
    UsageError
        There is no such design, it needs a number of points or takes none, or there would be too many.

    Examples
    --------
    >>> plan = planned([Factor("a", (1, 2)), Factor("b", ("x", "y", "z"))])
    >>> len(plan), plan.values(4), plan.overrides(4)
    (6, (2, 'y'), ('a=2', 'b="y"'))
    """
    factors = tuple(factors)
    if design not in DESIGNS:
        raise UsageError(f"no design {design!r}: expected one of {', '.join(DESIGNS)}")
    if not factors:
        raise UsageError("nothing to vary: give at least one factor, for instance --vary time.horizon=26,52")
    if design in DRAWN:
        count = _drawn_number(design, points)
        if design == "sobol" and not power_of_two(count):
            near = 2 ** max(0, round(math.log2(count)))
            warnings.warn(
                f"{count} points of a Sobol sequence are not balanced: a power of 2 is, for instance {near}",
                stacklevel=2,
            )
        columns = _drawn(factors, design, count, seed)
        return Plan(factors, design, count, tuple(base), columns)
    factors = tuple(map(_each_once, factors))
    if points is not None:
        raise UsageError(f"a number of points is for the designs {', '.join(sorted(DRAWN))}, not for {design}")
    if design == "one_at_a_time":
        return _one_at_a_time(factors, tuple(base) or (None,) * len(factors))
    unlisted = [one.path for one in factors if not one.values]
    if unlisted:
        raise UsageError(
            f"a grid needs the values of {unlisted[0]}: list them, give a range LOW:HIGH:STEP, or another design "
            f"({', '.join(sorted(DRAWN))})"
        )
    return Plan(factors, design, _checked_size(math.prod(len(one.values) for one in factors)), tuple(base))


def _drawn_number(design: str, points: int | None) -> int:
    if points is None:
        raise UsageError(f"the design {design} needs a number of points, for instance --points 256")
    if isinstance(points, bool) or not isinstance(points, int) or points < 1:
        raise UsageError(f"the number of points is {points!r}; expected a whole number of at least 1")
    return _checked_size(points)


def _each_once(one: Factor) -> Factor:
    """Leave out values that a factor has already, and say so."""
    if {type(value) for value in one.values} <= {int, float} and len(set(one.values)) == len(one.values):
        return one
    texts = [as_text(value) for value in one.values]
    different = dict(zip(reversed(texts), reversed(one.values), strict=True))
    if len(different) == len(texts):
        return one
    again = next(text for text, times in Counter(texts).items() if times > 1)
    count = len(texts) - len(different)
    said = f"1 value is listed again ({again})" if count == 1 else f"{count:,} values are listed again (as {again})"
    warnings.warn(f"{one.path}: {said} and left out: each is run once", stacklevel=3)
    return replace(one, values=tuple(different[text] for text in dict.fromkeys(texts)))


def _checked_size(size: int) -> int:
    if size > MOST_RUNS:
        raise UsageError(f"{size:,} points are more than the {MOST_RUNS:,} that one sweep may have: {LESS}")
    return size


def check_runs(points: int, replications: int) -> None:
    """Refuse so many runs that they would hardly come to an end.

    Raises
    ------
    UsageError
        There are more than `MOST_RUNS`.
    """
    if points * replications > MOST_RUNS:
        raise UsageError(
            f"{points:,} points x {replications:,} replications are {points * replications:,} runs, more than the "
            f"{MOST_RUNS:,} that one sweep may have (at a hundredth of a second each "
            f"{points * replications / 8_640_000:,.0f} days on one core): {LESS}, or take fewer replications"
        )


def _one_at_a_time(factors: tuple[Factor, ...], base: tuple[Any, ...]) -> Plan:
    known = [as_text(value) for value in base]
    changes = [
        (place, value)
        for place, one in enumerate(factors)
        for value in one.ends
        if not _equal(as_text(value), known[place])
    ]
    return Plan(factors, "one_at_a_time", _checked_size(len(changes) + 1), base, (), tuple(changes))


def _equal(one: str, other: str) -> bool:
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other


def _drawn(factors: tuple[Factor, ...], design: str, count: int, seed: int) -> tuple[list[Any], ...]:
    drawn = shares(design, count, len(factors), seed)
    return tuple(one.at(drawn[:, place]) for place, one in enumerate(factors))


def shares(design: str, count: int, dimensions: int, seed: int) -> NDArray[np.float64]:
    """Draw points of the unit cube.

    Parameters
    ----------
    design : str
        ``random``, ``latin_hypercube`` or ``sobol``.
    count, dimensions : int
        How many points, and of how many numbers each.
    seed : int
        Where chance begins.

    Returns
    -------
    ndarray
        Shape (count, dimensions), from 0 to 1.
    """
    generator = Streams(seed, 0).generator(STREAM)
    if design == "random":
        return generator.random((count, dimensions))
    from scipy.stats import qmc

    if design == "latin_hypercube":
        return np.asarray(qmc.LatinHypercube(dimensions, **_seeded(generator)).random(count), dtype=np.float64)
    if dimensions > _MOST_FACTORS_OF_SOBOL:
        raise UsageError(f"the design sobol takes at most {_MOST_FACTORS_OF_SOBOL:,} factors")
    engine = qmc.Sobol(dimensions, scramble=True, **_seeded(generator))
    return np.asarray(engine.random_base2(count.bit_length())[:count], dtype=np.float64)


def _seeded(generator: np.random.Generator) -> dict[str, Any]:
    """Name the generator as the installed scipy does: ``rng`` since 1.15, ``seed`` before."""
    import inspect

    from scipy.stats import qmc

    return {"rng" if "rng" in inspect.signature(qmc.Sobol).parameters else "seed": generator}


def power_of_two(number: int) -> bool:
    """Tell whether a number is a power of 2, as Sobol's sequence would have it.

    Examples
    --------
    >>> [power_of_two(number) for number in (1, 96, 128)]
    [True, False, True]
    """
    return number & (number - 1) == 0
