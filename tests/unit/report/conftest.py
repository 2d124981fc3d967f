"""Results to report on: small, quick and real."""

from collections.abc import Callable
from typing import Any

import pytest

import scmsim as sc

PLAYER = {
    "kind": "anchor_and_adjust",
    "forecast": {"kind": "exponential_smoothing", "weight": 0.36, "initial": 4},
    "stock_weight": 0.26,
    "supply_line_weight": 0.34,
    "target": 17,
}


def beer_game(**changes: Any) -> dict[str, Any]:
    """Give the beer game with the mean estimated player; ``changes`` replace whole sections."""
    return {
        "scmsim": 1,
        "name": "beer game",
        "time": {"unit": "week", "horizon": 36},
        "products": {"beer": {"unit": "case"}},
        "defaults": {
            "stock": {
                "initial": 12,
                "holding_cost": 0.5,
                "backorder_cost": 1,
                "initial_pipeline": 4,
                "first_orders": [4, 4, 4, 4],
                "policy": PLAYER,
            },
            "lane": {"order_delay": 2, "lead_time": 2},
        },
        "nodes": {
            "brewery": {"kind": "factory", "make": {"beer": {"lead_time": 3}}},
            "distributor": {"kind": "distributor"},
            "wholesaler": {"kind": "warehouse"},
            "retailer": {"kind": "retailer", "demand": {"beer": {"kind": "step", "before": 4, "after": 8, "at": 5}}},
        },
        "lanes": ["brewery -> distributor -> wholesaler -> retailer"],
        **changes,
    }


def bikes() -> dict[str, Any]:
    """Give a chain that makes a bike of a frame and two wheels, and sells it in two shops."""
    stock = {"initial": 40, "holding_cost": 1, "policy": {"kind": "base_stock", "level": 40}}
    daily = {"bike": {"kind": "constant", "value": 3}}
    return {
        "scmsim": 1,
        "name": "bikes",
        "time": {"unit": "day", "horizon": 30, "warm_up": 5, "start_date": "2026-01-05"},
        "products": {"bike": {}, "frame": {}, "wheel": {}},
        "defaults": {"stock": stock, "lane": {"lead_time": 2}},
        "nodes": {
            "mill": {"kind": "supplier", "supplies": ["frame", "wheel"]},
            "assembly": {
                "kind": "factory",
                "make": {"bike": {"lead_time": 1, "components": {"frame": 1, "wheel": 2}}},
            },
            "east": {"kind": "retailer", "demand": daily},
            "west": {"kind": "retailer", "demand": daily},
        },
        "lanes": ["mill -> assembly", "assembly -> east", "assembly -> west"],
    }


@pytest.fixture
def run() -> Callable[..., sc.Result]:
    """Run a scenario given as a mapping."""

    def run_mapping(mapping: dict[str, Any], **options: Any) -> sc.Result:
        return sc.run(sc.from_dict(mapping), **options)

    return run_mapping


@pytest.fixture(scope="session")
def beer() -> sc.Result:
    return sc.run(sc.from_dict(beer_game()))


@pytest.fixture(scope="session")
def bike() -> sc.Result:
    return sc.run(sc.from_dict(bikes()))


@pytest.fixture
def beer_mapping() -> Callable[..., dict[str, Any]]:
    return beer_game


@pytest.fixture
def bike_mapping() -> Callable[[], dict[str, Any]]:
    return bikes
