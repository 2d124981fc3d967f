"""Quantity options: what is ordered when something else is wanted."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scmsim.policies.base_stock import BaseStock
from scmsim.policies.lots import fewest_lots, up_to_multiple
from scmsim.policies.quantities import Quantities, shape

wanted = st.floats(min_value=-1e6, max_value=1e6)
options = st.builds(
    Quantities,
    allow_negative=st.booleans(),
    rounding=st.sampled_from(["none", "half_up"]),
    minimum_order=st.floats(min_value=0, max_value=100),
    order_multiple=st.none() | st.sampled_from([0.1, 0.5, 1.0, 6.0, 12.5]),
)


@pytest.mark.known_answer("policy.rounding:half_up")
@pytest.mark.known_answer("policy.rounding:none")
@pytest.mark.parametrize(
    ("chosen", "asked", "expected"),
    [
        ({}, -2.0, 0.0),
        ({}, 2.5, 2.5),
        ({"allow_negative": True}, -2.0, -2.0),
        ({"rounding": "half_up"}, 2.5, 3.0),
        ({"rounding": "half_up"}, 2.4999, 2.0),
        ({"rounding": "half_up"}, 0.49999999999999994, 0.0),
        ({"rounding": "half_up", "allow_negative": True}, -2.5, -2.0),
        ({"minimum_order": 10}, 3.0, 10.0),
        ({"minimum_order": 10}, 0.0, 0.0),
        ({"minimum_order": 10}, 12.0, 12.0),
        ({"order_multiple": 6}, 7.0, 12.0),
        ({"order_multiple": 6}, 12.0, 12.0),
        ({"order_multiple": 0.1}, 0.30000000000000004, pytest.approx(0.3)),
        ({"order_multiple": 6, "minimum_order": 10}, 3.0, 12.0),
        ({"rounding": "half_up", "minimum_order": 2.5}, 1.0, 3.0),
        ({"rounding": "half_up", "minimum_order": 10}, 0.4, 0.0),
        ({"allow_negative": True, "minimum_order": 10, "order_multiple": 6}, -7.0, -6.0),
    ],
)
def test_options_in_sequence(chosen: dict[str, object], asked: float, expected: float) -> None:
    """Tests that quantities are clipped, then rounded, then raised to a multiple, then to the minimum."""
    assert shape(asked, Quantities(**chosen)) == expected  # type: ignore[arg-type]


@given(asked=wanted, chosen=options)
def test_every_option_holds_at_once(asked: float, chosen: Quantities) -> None:
    """Tests that the result is finite and allowed by every option."""
    ordered = chosen.shaped(asked)
    assert math.isfinite(ordered)
    assert chosen.allow_negative or ordered >= 0
    assert ordered <= 0 or ordered >= chosen.minimum_order * (1 - 1e-9)
    if chosen.order_multiple is not None:
        lots = ordered / chosen.order_multiple
        assert lots == pytest.approx(round(lots), abs=1e-6)
    elif chosen.rounding == "half_up":
        assert ordered == round(ordered)


@given(asked=wanted, chosen=options)
def test_the_shortcut_for_plain_quantities_is_the_same(asked: float, chosen: Quantities) -> None:
    """Tests that `shaped` is `shape`, also where it takes the shortcut."""
    assert chosen.shaped(asked) == shape(asked, chosen)
    assert Quantities().shaped(asked) == shape(asked, Quantities())


def test_a_copy_looks_at_its_own_options() -> None:
    """Tests that a changed copy of a policy that has decided before does not use the original's options."""
    original = BaseStock(level=10)
    assert original.plain_quantities
    assert not original.model_copy(update={"allow_negative": True}).plain_quantities
    assert not original.changed(order_multiple=6).plain_quantities
    assert original == BaseStock(level=10)


@pytest.mark.parametrize("field", ["order_multiple", "minimum_order"])
def test_options_out_of_range(field: str) -> None:
    """Tests that negative lots and minima are refused by name."""
    with pytest.raises(ValidationError, match=field):
        Quantities(**{field: -1.0})  # type: ignore[arg-type]


@given(gap=st.floats(0, 1e6), lot=st.floats(1e-3, 1e6), beyond=st.booleans())
def test_fewest_lots(gap: float, lot: float, beyond: bool) -> None:
    """Tests that the lots cover the gap, and that one fewer would not."""
    ordered = fewest_lots(gap, lot, beyond)
    fewer = (round(ordered / lot) - 1) * lot
    assert ordered > gap or (ordered == gap and not beyond)
    assert fewer < gap or (fewer == gap and beyond) or ordered == 0


def test_lots_finer_than_a_float_can_tell() -> None:
    """Tests that a vanishing lot size leaves the quantity as it is instead of overflowing."""
    assert up_to_multiple(1e12, 5e-324) == 1e12
    assert fewest_lots(1e12, 5e-324, beyond=True) == 1e12
