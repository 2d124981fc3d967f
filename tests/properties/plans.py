"""Scenarios in the making: what random scenarios are drawn into, and what is asked of it on the way."""

from dataclasses import dataclass, field, replace
from typing import Any

from from_schema import Names, Pen, kinds

OF_MONEY = frozenset({"price", "prices", "promotions", "terms", "credit_limit", "duty", "buy_ahead"})
OF_STAGES = frozenset({"stages", "batch", "promise"})
SIMPLEST_POLICY = {"kind": "base_stock", "level": 12}


@dataclass
class Plan:
    """A scenario in the making: its mapping, and what each of its parts was before anything was added to it.

    A ``plain`` one has nothing that keeps its nodes and lanes from being struck.
    """

    pen: Pen
    money: bool
    products: tuple[str, ...]
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    forecasting: set[tuple[str, str]] = field(default_factory=set)
    goods: dict[str, dict[str, Any]] = field(default_factory=dict)
    lanes: list[dict[str, Any]] = field(default_factory=list)
    bare: dict[int, dict[str, Any]] = field(default_factory=dict)
    plain: bool = False

    def remember(self, part: dict[str, Any]) -> dict[str, Any]:
        """Keep what a part is before anything is added."""
        self.bare[id(part)] = dict(part)
        return part


def inner_nodes(plan: Plan) -> list[str]:
    """Return the nodes that are no suppliers."""
    return [name for name, node in plan.nodes.items() if node["kind"] != "supplier"]


def pen_without(plan: Plan, without: set[str] | frozenset[str]) -> Pen:
    """Return a pen that leaves some keys out, those of money too where there is none."""
    left_out = frozenset(without) | (frozenset() if plan.money else OF_MONEY)
    return replace(plan.pen, without=left_out)


def names_of(plan: Plan, **others: tuple[str, ...]) -> Names:
    """Return the names of a scenario, some of which are others."""
    return Names(products=plan.products, nodes=tuple(inner_nodes(plan)))._replace(**others)


def one_kind(pen: Pen, family: Any, with_key: str = "", **attributes: object) -> dict[str, Any]:
    """Return a kind of a family; one that has a key, or attributes of its class, where these are given."""
    some = [(kind, model) for kind, model in kinds(family) if not with_key or with_key in model.model_fields]
    for name, value in attributes.items():
        some = [(kind, model) for kind, model in some if getattr(model, name, None) == value]
    kind, model = pen.one_of(some)
    return {family.tag: kind} | pen.model(model)
