"""Policies that look at the echelon, and the one by which the supplier decides."""

import pytest
from pydantic import ValidationError

from scmsim.policies.base import Plan, Policy
from scmsim.policies.base_stock import BaseStock, EchelonBaseStock
from scmsim.policies.min_max import MinMax
from scmsim.policies.vendor_managed import VendorManaged
from scmsim.policies.view import Told, View

VIEW = View(net_stock=3, on_order=2, demand=4, told=Told(downstream=20))


@pytest.mark.known_answer("policy.position:local")
def test_a_local_position_ignores_what_is_below() -> None:
    """Tests that nothing that is told changes a local decision."""
    assert BaseStock(level=10).decide(None, VIEW) == (5, None)
    assert MinMax(minimum=6, maximum=10).decide(None, VIEW) == (5, None)


@pytest.mark.known_answer("policy:echelon_base_stock")
@pytest.mark.known_answer("policy.position:echelon")
@pytest.mark.parametrize(
    "policy",
    [
        BaseStock(level=30, position="echelon"),
        EchelonBaseStock(level=30),
        MinMax(minimum=25, maximum=30, position="echelon"),
    ],
)
def test_an_echelon_position_counts_what_is_below(policy: Policy) -> None:
    """Tests that an echelon policy restores the position with what it has been told is below."""
    assert policy.decide(None, VIEW) == (5, None)
    assert policy.needs() == {"stock"}
    assert "echelon" in policy.describe()


def test_a_copy_with_another_position_decides_by_it() -> None:
    """Tests that a copy does not keep how its original looked at the position."""
    local = BaseStock(level=30)
    assert local.decide(None, VIEW) == (25, None)
    assert local.model_copy(update={"position": "echelon"}).decide(None, VIEW) == (5, None)
    assert local.changed(position="echelon").decide(None, VIEW) == (5, None)


@pytest.mark.parametrize("kind", [BaseStock, MinMax])
def test_an_echelon_level_is_not_computed_from_a_service_level(kind: type[Policy]) -> None:
    """Tests that a level for an echelon has to be given, because it does not follow from one stock's lead time."""
    with pytest.raises(ValidationError, match="service_level does not apply: an echelon position needs the level"):
        kind(service_level=0.9, position="echelon")


def test_a_local_level_is_still_computed(plan: Plan) -> None:
    """Tests that the position has no part in levels computed for one stock."""
    assert BaseStock(service_level=0.9).prepare(plan).needs() == frozenset()


@pytest.mark.parametrize(
    ("net_stock", "supply", "sent"),
    [(4, 100.0, 14), (4, 9.0, 9), (5, 100.0, 0), (4, 0.0, 0)],
)
def test_a_supplier_fills_up_to_the_maximum_from_what_it_has(net_stock: float, supply: float, sent: float) -> None:
    """Tests that the supplier sends at or below the minimum only, up to the maximum, and never more than is free."""
    policy = VendorManaged(minimum=6, maximum=20)
    assert policy.decide(None, View(net_stock, 2, 0, Told(supply=supply))) == (sent, None)
    assert policy.decided_by_supplier


def test_a_supplier_needs_a_maximum_above_the_minimum() -> None:
    """Tests that levels the wrong way round are refused."""
    with pytest.raises(ValidationError, match="maximum should not be below minimum: found 2 below 6"):
        VendorManaged(minimum=6, maximum=2)
