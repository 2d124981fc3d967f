"""Laws that every demand model keeps."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from scmsim.inputs.demand import Demand, demand_kinds, instants, per_time_unit
from scmsim.inputs.sampling import Array

Draw = Callable[..., Array]
MANY = 60_000


def test_same_seed_same_demand(any_periodic: Demand, draw: Draw) -> None:
    """Tests that demand depends on its stream and on nothing that outlives the iterator."""
    assert draw(any_periodic, 500, seed=7).tolist() == draw(any_periodic, 500, seed=7).tolist()


@pytest.mark.parametrize("n", [1, 64, 65, 192, 1000])
def test_longer_run_keeps_the_past(any_periodic: Demand, draw: Draw, n: int) -> None:
    """Tests that the first n quantities do not depend on how many are drawn after them."""
    assert draw(any_periodic, n).tolist() == draw(any_periodic, 9000)[:n].tolist()


def test_never_negative_by_default(any_periodic: Demand, draw: Draw) -> None:
    """Tests that no model asks for less than nothing unless told that it may."""
    assert draw(any_periodic, 5000).min() >= 0


def test_blocks_are_vectors_of_floats(any_periodic: Demand) -> None:
    """Tests that blocks are float64 vectors which grow from 64 draws or little more."""
    blocks = list(islice(any_periodic.blocks(np.random.default_rng(1), 1.0, 1.0), 3))
    assert {block.dtype for block in blocks} == {np.dtype(np.float64)}
    assert [64 <= len(block) // 2**k <= 65 for k, block in enumerate(blocks)] == [True, True, True]


def test_long_run_moments(any_periodic: Demand, draw: Draw) -> None:
    """Tests that mean and variance over a long run are those stated, correlation between periods allowed for."""
    stated = any_periodic.moments()
    assert stated is not None
    mean, variance = stated
    drawn = draw(any_periodic, MANY, seed=11)[1000:]
    assert drawn.mean() == pytest.approx(mean, abs=10 * np.sqrt(variance / MANY) + 1e-12)
    assert drawn.var() == pytest.approx(variance, rel=0.05, abs=1e-12)


def test_moments_are_per_time_unit(any_periodic: Demand) -> None:
    """Tests that demand every two time units has half the mean and half the variance per time unit."""
    once = any_periodic.moments()
    every_other = type(any_periodic)(**{**any_periodic.model_dump(), "interval": 2}).moments()
    assert once is not None
    assert every_other == pytest.approx((once[0] / 2, once[1] / 2))


def test_repr_rebuilds(any_demand: Demand) -> None:
    """Tests that evaluating the repr gives an equal model."""
    names: dict[str, Any] = {}
    exec("from scmsim.inputs.distributions import *", names)
    names |= {kind.__name__: kind for kind in demand_kinds().values()}
    names |= {part.__name__: part for part in _parts()}
    assert eval(repr(any_demand), names) == any_demand


def _parts() -> list[type]:
    from scmsim.inputs.demand_composed import Season, Surge
    from scmsim.inputs.demand_known import Pulse

    return [Season, Surge, Pulse]


def test_model_is_frozen(any_demand: Demand) -> None:
    """Tests that a model cannot be changed in place."""
    with pytest.raises(ValidationError, match="Instance is frozen"):
        any_demand.offset = 3.0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"interval": 0}, "greater than or equal to 0.0001"),
        ({"interval": 1e-9}, "greater than or equal to 0.0001"),
        ({"offset": -1}, "greater than or equal to 0"),
        ({"unmet": "forgotten"}, "Input should be 'backorder', 'lost' or 'patience'"),
        ({"lost_sale_cost": -1}, "greater than or equal to 0"),
        ({"mean": "many"}, "Input should be a valid number"),
        ({"mean": float("inf")}, "Input should be a finite number"),
        ({"level": 3}, "Extra inputs are not permitted"),
    ],
)
def test_common_fields_are_checked(fields: dict[str, Any], message: str) -> None:
    """Tests that the fields common to all models are checked in each."""
    with pytest.raises(ValidationError, match=message):
        demand_kinds()["poisson"](**{"mean": 4, **fields})


def test_instants_do_not_drift() -> None:
    """Tests that the k-th instant is the rounded start plus k rounded intervals, however large k is."""
    assert instants(start=0.3, interval=0.1, first=10**6, n=1).tolist() == [300_000 + 100_000 * 10**6]


def test_undefined_moments_are_none() -> None:
    """Tests that an infinite variance is reported as unknown, not as a number."""
    assert per_time_unit(3.0, float("inf"), 1.0) is None


def test_base_class_says_what_to_define() -> None:
    """Tests that a model which defines neither way of asking has neither, and no moments."""
    nameless = Demand(kind="nameless")
    assert nameless.moments() is None
    with pytest.raises(NotImplementedError):
        nameless.blocks(np.random.default_rng(1), 1.0, 1.0)
    with pytest.raises(NotImplementedError):
        nameless.arrivals(np.random.default_rng(1), 1.0)
