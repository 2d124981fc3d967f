"""Scenarios in which time stands still, as whoever wrote one meets them."""

import copy
from typing import Any

import pytest

import scmsim as sc

STANDSTILL: dict[str, Any] = {
    "scmsim": 1,
    "name": "standstill",
    "time": {"unit": "week", "horizon": 10},
    "products": {"beer": {}},
    "nodes": {
        "brewery": {"kind": "supplier", "yield": 0.5},
        "shop": {
            "kind": "retailer",
            "stock": {
                "beer": {
                    "initial": 0,
                    "review": "continuous",
                    "policy": {"kind": "scripted", "orders": [4], "afterwards": "repeat"},
                }
            },
            "demand": {"beer": {"kind": "constant", "value": 1}},
        },
    },
    "lanes": [{"from": "brewery", "to": "shop", "lead_time": 0}],
}


def test_a_run_in_which_time_stands_still_says_where() -> None:
    """Tests that a stock which orders again whenever half of an order is lost at once ends the run, and is named."""
    said = (
        "the run of standstill failed at week 1: time stands still: one thing leads to another 10,000 times at one "
        "instant (beer at shop: each of their orders leads to the next: review at intervals, or let none order from "
        "itself through others)"
    )
    with pytest.raises(sc.SimulationError) as ended:
        sc.run(sc.from_dict(STANDSTILL))
    assert str(ended.value) == said


def test_with_intervals_it_goes_on() -> None:
    """Tests that the hint helps."""
    nodes = copy.deepcopy(STANDSTILL["nodes"])
    nodes["shop"]["stock"]["beer"]["review"] = {"interval": 1}
    assert len(sc.run(sc.from_dict(STANDSTILL | {"nodes": nodes})).orders) == 10
