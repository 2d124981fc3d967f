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


def talking_and_paying(**changes: Any) -> dict[str, Any]:
    """Give a chain whose stages tell and pay each other and have clerks; ``changes`` replace whole sections."""
    finance = {"cash": 500, "overdraft_limit": 800, "overdraft_rate": 0.001, "fixed_cost": 8, "grace": 3}
    clerk = {"number": 1, "time": {"dist": "exponential", "mean": 0.5}}
    return {
        "scmsim": 1,
        "name": "talking and paying",
        "time": {"unit": "day", "horizon": 100, "warm_up": 20},
        "run": {"seed": 3},
        "money": {"currency": "euro", "tax_rate": 0.2},
        "products": {"tea": {"unit": "box"}},
        "defaults": {
            "lane": {
                "lead_time": 2,
                "order_delay": 1,
                "messages": {"confirmation": 0.5, "invoice": 2, "remittance": 1},
                "terms": {"net": 14, "late_fee": 0.001},
            },
            "stock": {"initial": 60, "holding_cost": 0.05, "policy": {"kind": "base_stock", "level": 60}},
        },
        "nodes": {
            "garden": {"kind": "supplier"},
            "packer": {"kind": "factory", "finance": finance, "clerks": {"billing": {"number": 1, "time": 0.8}}},
            "depot": {"kind": "warehouse", "finance": finance, "clerks": {"order_processing": clerk}},
            "shop": {
                "kind": "retailer",
                "finance": {**finance, "cash": 200},
                "stock": {"tea": {"initial": 45, "policy": {"level": 40}}},
                "demand": {"tea": {"kind": "poisson", "mean": 10}},
                "sales": {"tea": {"price": 9, "terms": {"net": 5}}},
            },
        },
        "lanes": [
            {"from": "garden", "to": "packer", "price": 4},
            {"from": "packer", "to": "depot", "price": 5.5},
            {"from": "depot", "to": "shop", "price": 7, "share": {"point_of_sale": {"delay": 1, "interval": 7}}},
        ],
        **changes,
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


@pytest.fixture(scope="session")
def paying() -> sc.Result:
    return sc.run(sc.from_dict(talking_and_paying()))


@pytest.fixture
def paying_mapping() -> Callable[..., dict[str, Any]]:
    return talking_and_paying
