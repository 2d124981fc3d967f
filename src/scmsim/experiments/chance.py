"""Whether anything in a network is left to chance."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from scmsim.inputs.demand import Demand
from scmsim.inputs.distributions import Distribution
from scmsim.scenario.network import Network
from scmsim.specification import Specification


def involves_chance(network: Network) -> bool:
    """Tell whether two replications of a network can differ.

    It asks whatever could draw random numbers for some, and looks whether it drew.

    Examples
    --------
    >>> from scmsim.scenario.load import load
    >>> [involves_chance(load(f"scenarios/{name}.yaml").network) for name in ("beer_game", "newsvendor")]
    [False, True]
    """
    return any(each.when.is_random for each in network.disruptions) or any(_draws(one) for one in _inputs(network))


def _inputs(thing: Any) -> Iterator[Demand | Distribution]:
    """Find every demand and every distribution inside a part of a network."""
    if isinstance(thing, Demand | Distribution):
        yield thing
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from _inputs(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from _inputs(value)
    elif is_dataclass(thing) and not isinstance(thing, Specification):
        for field in fields(thing):
            yield from _inputs(getattr(thing, field.name))


def _draws(one: Demand | Distribution) -> bool:
    rng = np.random.default_rng(0)
    before = str(rng.bit_generator.state)
    if isinstance(one, Distribution):
        one.sample(rng, 1)
    elif one.timing == "continuous":
        next(one.arrivals(rng, 0.0))
    else:
        next(one.blocks(rng, 0.0, one.interval))
    return str(rng.bit_generator.state) != before
