"""What suits the keys of the schema when they are drawn: numbers, what goes together, and how often each is drawn."""

from collections.abc import Mapping, Sequence
from typing import Any

from scmsim.scenario.catalogue import DEMANDS, POLICIES

NUMBERS: Mapping[str, Sequence[float]] = {
    "level": (20, 5, 12, 40),
    "minimum": (4, 0, 10),
    "maximum": (25, 12, 40),
    "minimum_order": (2, 0, 5),
    "order_multiple": (2, 3, 5),
    "low": (1, 0, 2),
    "mode": (3, 2),
    "high": (5, 4, 8),
    "before": (4, 2),
    "after": (8, 1),
    "at": (5, 3, 9),
    "every": (2, 1, 3.5),
    "interval": (1, 2, 0.5),
    "period": (1, 2, 5),
    "mean": (3, 1, 0.5, 6),
    "rate": (2, 0.7),
    "sd": (1, 2),
    "cv": (0.5, 1),
    "weight": (0.3, 0.5, 1),
    "autocorrelation": (0.5, -0.5),
    "container": (4, 2),
    "cards": (3, 5, 8),
    "shelf_life": (6, 3, 10, 2.5),
    "remaining_life": (3, 2, 5),
    "minimum_life": (1, 0.5, 2),
    "initial_age": (1, 0.5),
    "capacity": (6, 3, 12),
    "units": (10, 6, 3),
    "volume": (10, 4),
    "yield": (0.9, 0.5),
    "minimum_load": (0.5, 1),
    "longest_wait": (2, 0, 4),
    "cancel_after": (3, 1, 6),
    "patience": (2, 0, 1, 3.5),
    "keep": (3, 0, 8),
    "credit_limit": (100, 30, 1000),
    "days": (5, 3),
    "min_days": (2, 3),
    "max_days": (6, 9),
    "cash": (0, 50, 500),
    "overdraft_limit": (100, 0, 1000),
    "loan_rate": (0.001, 0.01),
    "overdraft_rate": (0.001, 0.01),
    "late_fee": (0.01, 0.1),
    "duty": (0.1,),
    "refund": (1, 0, 0.5),
    "share": (0.3, 0.1, 1),
    "number": (1, 2, 4),
    "priority": (1, 2, 3),
    "noise": (1, -2),
    "offset": (0.5, 1, 2),
    "handling_time": (1, 0, 0.5),
    "length": (3,),
    "periods": (3, 2),
    "lot_size": (6,),
    "service_level": (0.9, 0.6),
    "fill_rate": (0.9, 0.6),
    "initial": (10, 0, 30, -5),
    "initial_pipeline": (2, 4),
    "target": (20, 8),
    "reorder_point": (10, 4),
    "order_quantity": (8, 5),
    "shape": (1.5, 0.8),
    "scale": (2,),
    "stock_weight": (0.5, 1, 0.2),
    "supply_line_weight": (0.5, 1, 0),
    "smoothing_time": (2, 4, 1),
    "block_length": (1, 2),
    "buy_ahead": (2, 1),
    "month": (7.5, 4),
    "standard_cost": (3, 1, 6.5),
    "machines": (1, 2, 3),
    "time": (0.1, 0, 0.25),
    "batch_time": (0.1, 0, 0.25),
    "setup_time": (0.1, 0, 0.5),
    "setup_cost": (3, 0),
    "time_cost": (2, 0),
    "scrap": (0.1, 1),
    "buffer": (1, 0, 2),
    "batch": (3, 1, 2),
    "time_between": (2.5, 1),
    "repair_time": (0.5, 0, 1),
    "queue": (0.5, 0),
    "at_most": (0.25, 0.1),
    "horizon": (4, 8),
    "lasts": (3, 0, 1.5, 6),
    "up": (4, 2),
    "down": (2, 1, 0.5),
    "fail": (0.2, 0.5),
    "recover": (0.4, 1),
    "probability": (0.7, 0, 1),
    "remaining": (0.5, 0, 1.5),
    "known_after": (0, 1, 2.5),
    "in_transit": (0.5, 1, 0.1),
    "price": (5, 3, 0, 6.5),
    "amount": (5, 3, 6.5),
}
"""Numbers that suit a key, as far as they lie within its bounds; the first is the simplest."""
USUAL = (1, 0, 2, 0.5, 3, 5, 0.2)
TOGETHER: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("", "patience"): {"unmet": "patience"},
    ("", "lot_size"): {"lot_sizing": "fixed_quantity"},
    ("Drp", "periods"): {"lot_sizing": "fixed_period"},
    ("", "forecast_error"): {"safety_factor": 1},
}
"""What goes with a key (of a model, or of all), where its model asks for that."""
ONE_AFTER_THE_OTHER: Mapping[tuple[str, str], Sequence[float]] = {
    ("WeightBreak", "from"): (0, 8, 20),
    ("Strike", "at"): (4, 9, 4.5),
    ("Break", "from"): (5, 10, 20),
    ("Promotion", "from"): (3, 9, 15),
    ("Promotion", "until"): (6, 10.5, 18),
    ("Promotion", "discount"): (0.3, 0.5, 0.1),
    ("Due", "at"): (1, 2.5, 4),
    ("LoadSize", "weight"): (10, 10, 10),
    ("Reserve", "keep"): (0, 2, 6),
    ("Discrete", "values"): (1, 3, 4),
    ("Discrete", "weights"): (0.5, 0.25, 0.25),
    ("DiscreteDemand", "values"): (1, 3, 4),
    ("DiscreteDemand", "weights"): (0.5, 0.25, 0.25),
}
"""Numbers of the first, second and third entry of a list."""
WHOLE: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "Scipy": (
        {"dist": "scipy", "name": "expon", "parameters": {"scale": 2}},
        {"dist": "scipy", "name": "gamma", "arguments": [2.0]},
    ),
    "Shifts": (
        {"period": 1, "open": [[0.25, 0.75]]},
        {"period": 2, "open": [[0, 0.5], [1, 2]]},
        {"period": 3, "open": [[0.5, 3]]},
    ),
}
"""Models that are not drawn key by key."""
ALTERNATIVES: Mapping[str, Sequence[frozenset[str]]] = {
    "Dispatch": (frozenset({"every"}), frozenset({"when", "minimum_load"})),
    "BaseStock": (frozenset({"level"}), frozenset({"level"}), frozenset({"service_level"}), frozenset({"fill_rate"})),
    "MinMax": (frozenset({"minimum", "maximum"}), frozenset({"minimum", "maximum"}), frozenset({"service_level"})),
    "ReorderPoint": (
        frozenset({"reorder_point", "order_quantity"}),
        frozenset({"reorder_point", "order_quantity"}),
        frozenset({"service_level", "order_quantity"}),
    ),
    "LoadSize": (frozenset({"units"}), frozenset({"weight"}), frozenset({"volume"})),
}
"""Keys one set of which has to be given, where only the whole scenario tells that, or tells it of one of them."""
DEMAND_CLASSES = [model.__name__ for model in DEMANDS.kinds().values()]
FORECASTING = [model.__name__ for model in POLICIES.kinds().values() if "forecast" in model.model_fields]
OFTEN: Mapping[str, Mapping[str, int]] = {
    "Lane": {"modes": 2, "dispatch": 6, "terms": 2, "promotions": 6, "prices": 8, "credit_limit": 8, "duty": 8}
    | {"priority": 10, "ship": 10, "cancel_after": 8, "minimum_life": 8, "holding_cost": 8, "share": 5},
    "Stock": {"allocation": 3, "review": 4, "issuing": 6, "initial_pipeline": 8, "initial_age": 10, "buy_ahead": 12},
    "Node": {"capacity": 3, "yield": 4, "minimum_order": 6, "order_multiple": 6, "remaining_life": 8, "clerks": 6},
    "Product": {"shelf_life": 3, "whole_units": 4},
    "Mode": {"capacity": 3, "shipment_cost": 3},
    "Finance": {"insolvency": 2, "overdraft_limit": 2, "limit_orders_to_cash": 4},
    "Terms": {"invoice": 3, "net": 3, "down_payment": 6, "discount": 6},
    "Review": {"timing": 2, "interval": 3},
    "Returns": {"to": 2, "delay": 2},
    **dict.fromkeys(DEMAND_CLASSES, {"patience": 6, "returns": 6, "ship": 10, "priority": 8, "substitutes": 5}),
    **dict.fromkeys(FORECASTING, {"forecast_error": 6, "service_level": 8, "lot_size": 4, "periods": 4}),
    "Dispatch": {"longest_wait": 3},
    "HoltWinters": {"seasonality": 2},
    "Resource": {"sequencing": 1, "breakdowns": 3, "calendar": 3, "overtime": 5, "setup_time": 2},
    "Stage": {"time": 1, "batch_time": 2, "scrap": 4, "rework": 6, "buffer": 3},
    "Disruption": {"stops": 2, "remaining": 4, "destroys": 2, "reactions": 3},
    "ComposedDemand": {"patience": 6, "returns": 6, "season": 3, "pulses": 3},
}
"""Keys that others hang on, or that are seldom left: drawn once in so many times, besides being drawn like others."""


SELDOM: Mapping[str, int] = {
    **dict.fromkeys(("reorder_point", "sba"), 6),
    **dict.fromkeys(("naive", "planned", "holt", "moving_average", "holt_winters"), 5),
    **dict.fromkeys(("stated", "tsb", "croston", "exponential_smoothing", "scripted"), 4),
    **dict.fromkeys(("make_to_order", "kanban"), 3),
    **dict.fromkeys(("weight_break", "urgency", "priority", "all_units", "shortest", "quotation"), 1),
    **dict.fromkeys(("incremental", "renewal", "split", "normal", "reserve", "fastest"), 1),
    **dict.fromkeys(("days_of_supply", "order_up_to", "drp", "smoothed_order_up_to", "anchor_and_adjust"), 1),
}
"""Kinds of which there are many in their family: drawn so many times more often than others."""
