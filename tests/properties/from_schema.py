"""Mappings drawn from the schema itself: every kind, choice and optional key that it knows, those of later added too.

What a scenario is made of is read off the models. Tables below only say which numbers suit a key, and which names.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import combinations
from types import NoneType
from typing import Any, Literal, NamedTuple, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from scmsim.policies.sourcing import Sourcing
from scmsim.policies.transport import ModeChoice
from scmsim.scenario.catalogue import DEMANDS, POLICIES
from scmsim.scenario.shapes import Shape, elements, field_shapes, step

LEFT_OUT = "leave it out"
"""What the description of a key says that a scenario should not give."""
NOT_DRAWN = frozenset({"file", "column", "note", "label", "position", "start_date", "currency", "unit", "parameters"})
"""Keys that hold texts, and change nothing of what happens or need files."""
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
    )
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
    "ComposedDemand": {"patience": 6, "returns": 6, "season": 3, "pulses": 3},
}
"""Keys that others hang on, or that are seldom left: drawn once in so many times, besides being drawn like others."""


SELDOM: Mapping[str, int] = {
    **dict.fromkeys(("reorder_point", "sba", "tsb", "holt"), 6),
    **dict.fromkeys(("naive", "planned", "moving_average", "holt_winters"), 5),
    **dict.fromkeys(("stated", "croston", "exponential_smoothing", "scripted"), 4),
    **dict.fromkeys(("make_to_order", "kanban"), 3),
    **dict.fromkeys(("weight_break", "urgency", "priority", "all_units", "quotation"), 1),
    **dict.fromkeys(("incremental", "split", "normal", "reserve", "fastest"), 1),
    **dict.fromkeys(("days_of_supply", "order_up_to", "drp", "smoothed_order_up_to", "anchor_and_adjust"), 1),
}
"""Kinds of which there are many in their family: drawn so many times more often than others."""


class Names(NamedTuple):
    """Names that a key may hold where it holds names, in the order in which they are used."""

    products: tuple[str, ...] = ("p", "q")
    suppliers: tuple[str, ...] = ("s", "t")
    modes: tuple[str, ...] = ("air", "sea")
    nodes: tuple[str, ...] = ("n",)
    fleets: tuple[str, ...] = ("van",)


class Key(NamedTuple):
    """A key of a model."""

    name: str
    required: bool
    shapes: tuple[Shape, ...]


@cache
def keys(model: type[BaseModel]) -> Mapping[str, Key]:
    """Return the keys of a model that are drawn."""
    found = {}
    for name, info in model.model_fields.items():
        alias = info.alias or name
        if alias in NOT_DRAWN or LEFT_OUT in " ".join((info.description or "").split()):
            continue
        allowed = tuple(shape for shape in field_shapes(info) if shape.type not in (NoneType, None))
        if not all(get_origin(shape.type) is Literal and get_args(shape.type) == (info.default,) for shape in allowed):
            found[alias] = Key(alias, info.is_required(), allowed)
    return found


@cache
def kinds(family: Any) -> tuple[tuple[str, type[BaseModel]], ...]:
    """Return the models of a family with their kinds, what is seldom taken several times."""
    found = tuple(family.kinds().items())
    return found + tuple(one for one in found for _ in range(SELDOM.get(one[0], 0)))


@dataclass(frozen=True)
class Pen:
    """Writes mappings of models; ``pick`` chooses among so many, 0 being the simplest."""

    pick: Callable[[int], int]
    names: Names = field(default_factory=Names)
    most: int = 2
    entry: int = 0
    without: frozenset[str] = frozenset()

    def one_of(self, options: Sequence[Any]) -> Any:
        """Return one of some things."""
        return options[self.pick(len(options))] if len(options) > 1 else options[0]

    def model(self, model: type[BaseModel], base: Mapping[str, Any] | None = None, least: int = 0) -> dict[str, Any]:
        """Return a mapping of a model: what is in ``base``, what it needs, and some of its optional keys."""
        if model.__name__ in WHOLE:
            return dict(self.one_of(WHOLE[model.__name__]))
        known, found = keys(model), dict(base or {})
        needed = [key.name for key in known.values() if key.required and key.name not in found]
        given = self.one_of(smallest(model))
        others = frozenset[str]().union(*smallest(model)) - given
        needed += [name for name in sorted(given) if name not in found and name in known]
        for pen in (self, replace(self, most=0), SIMPLEST) if base is None else (self,):
            for name in needed:
                pen._add(found, known[name], model)
            if base is not None or is_valid(model, found):
                break
        for name, times in OFTEN.get(model.__name__, {}).items() if self.most else ():
            if name in known and name not in found and name not in self.without and self.pick(times) == times - 1:
                said = dict(found)
                self._add(said, known[name], model)
                found = said if base is not None or is_valid(model, said) else found
        left = [name for name in known if name not in found and name not in self.without | others]
        for _ in range(min(len(left), least + self.pick(self.most + 1))):
            name = left.pop(self.pick(len(left)))
            said = dict(found)
            self._add(said, known[name], model)
            if base is not None or is_valid(model, said):
                found = said
        return found

    def _add(self, found: dict[str, Any], key: Key, model: type[BaseModel]) -> None:
        value = self.value(key.shapes, key.name, model)
        if value is not None:
            found[key.name] = value
            found |= TOGETHER.get((model.__name__, key.name), TOGETHER.get(("", key.name), {}))

    def value(self, shapes: Sequence[Shape], key: str, model: type[BaseModel]) -> Any:
        """Return a value that a key may have; None where none is known."""
        shape = self.one_of(shapes)
        origin = get_origin(shape.type)
        if shape.family is not None:
            kind, found = self.one_of(kinds(shape.family))
            return {shape.tag: kind} | self.model(found)
        if origin is Literal:
            return self.one_of(get_args(shape.type))
        if shape.type is bool:
            return not model.model_fields[_field(model, key)].default
        if shape.type in (int, float):
            return self.number(shape, key, model)
        if shape.type is str:
            return self.name(key, model)
        if origin is dict:
            return self._mapping(shape, key, model)
        if origin in (tuple, list):
            return self._list(shape, key, model)
        if shape.models():
            return self.model(shape.type, least=int(not any(each.required for each in keys(shape.type).values())))
        return None

    def number(self, shape: Shape, key: str, model: type[BaseModel]) -> float | int:
        """Return a number within the bounds of a key."""
        in_turn = ONE_AFTER_THE_OTHER.get((model.__name__, key))
        wanted = [in_turn[self.entry]] if in_turn is not None else [*NUMBERS.get(key, USUAL), *USUAL]
        fitting = [each for each in wanted if _fits(each, shape)]
        fitting = fitting[: max(1, len(NUMBERS.get(key, USUAL)))]
        found = self.one_of(fitting)
        return int(found) if shape.type is int else found

    def name(self, key: str, model: type[BaseModel]) -> str | None:
        """Return a name that a key may hold."""
        names = self._pool(key, model)
        if issubclass(model, Sourcing | ModeChoice):
            place = [each.name for each in keys(model).values()].index(key)
            return names[place % len(names)]
        if model.__name__ == "WeightBreak":
            return names[self.entry % len(names)]
        return self.one_of(names) if names else None

    def _pool(self, key: str, model: type[BaseModel]) -> tuple[str, ...]:
        if issubclass(model, Sourcing):
            return self.names.suppliers
        if key in ("modes", "mode") or issubclass(model, ModeChoice):
            return self.names.modes
        if "fleet" in key:
            return self.names.fleets
        return self.names.nodes if key == "to" else self.names.products

    def _mapping(self, shape: Shape, key: str, model: type[BaseModel]) -> dict[str, Any] | None:
        names = self._pool(key, model)
        count = min(len(names), 1 + self.pick(3)) if names else 0
        some = names if issubclass(model, Sourcing) else names[:count]
        inner = step([shape], "name")
        return {name: self.value(inner, key, model) for name in some} or None

    def _list(self, shape: Shape, key: str, model: type[BaseModel]) -> list[Any] | None:
        inner = elements([shape])
        if any(one.type is str for one in inner):
            names = self._pool(key, model)
            return list(names) if issubclass(model, Sourcing) else list(names[: 1 + self.pick(len(names))])
        least = max([1, *(getattr(one, "min_length", None) or 1 for one in shape.constraints)])
        numbers = all(one.type in (int, float) for one in inner)
        count = 3 if numbers else least + self.pick(2)
        return [replace(self, entry=place).value(inner, key, model) for place in range(count)]


SIMPLEST = Pen(lambda _: 0, most=0)
"""Writes the simplest there is."""


def _field(model: type[BaseModel], alias: str) -> str:
    return next(name for name, info in model.model_fields.items() if (info.alias or name) == alias)


def _fits(number: float, shape: Shape) -> bool:
    if shape.type is int and number != int(number):
        return False
    for one in shape.constraints:
        for name, holds in _BOUNDS.items():
            limit = getattr(one, name, None)
            if limit is not None and not holds(number, limit):
                return False
    return True


_BOUNDS: Mapping[str, Callable[[float, float], bool]] = {
    "ge": lambda number, limit: number >= limit,
    "gt": lambda number, limit: number > limit,
    "le": lambda number, limit: number <= limit,
    "lt": lambda number, limit: number < limit,
}


def is_valid(model: type[BaseModel], mapping: Mapping[str, Any]) -> bool:
    """Tell whether a mapping by itself keeps to a model."""
    try:
        model.model_validate(mapping)
    except ValidationError:
        return False
    return True


@cache
def smallest(model: type[BaseModel]) -> tuple[frozenset[str], ...]:
    """List the sets of optional keys, of at most three, that a mapping of the model cannot do without."""
    if model.__name__ in ALTERNATIVES:
        return tuple(ALTERNATIVES[model.__name__])
    known = keys(model)
    optional = [key.name for key in known.values() if not key.required]
    found: list[frozenset[str]] = []
    for size in range(4):
        for some in map(frozenset, combinations(optional, size)):
            if any(less <= some for less in found):
                continue
            mapping: dict[str, Any] = {}
            for key in known.values():
                if key.required or key.name in some:
                    SIMPLEST._add(mapping, key, model)
            if is_valid(model, mapping):
                found.append(some)
        if frozenset() in found:
            break
    return tuple(found) or (frozenset(),)


@cache
def below(count: int) -> st.SearchStrategy[int]:
    """Return the whole numbers below a count."""
    return st.integers(0, count - 1)


def pens(draw: Callable[[Any], Any]) -> Pen:
    """Return a pen that draws."""
    return Pen(lambda count: draw(below(count)) if count > 1 else 0)
