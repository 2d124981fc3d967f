"""Random chains for the oracle: several products, kits, whole instants, and more often than not too little stock."""

import sys
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from random_information import Telling
from random_policies import ALONE, KINDS, Draw, Mapping, policies, quantities

delays = st.sampled_from([0, 0, 1, 1, 2, 3])
uncertain = st.one_of(
    delays,
    delays,
    delays,
    delays,
    st.sampled_from(
        [
            {"dist": "discrete", "values": [0, 1, 3], "weights": [0.25, 0.5, 0.25]},
            {"dist": "discrete", "values": [1, 2], "weights": [0.5, 0.5]},
        ]
    ),
)
allocations = st.one_of(
    st.just({}),
    st.just({}),
    st.sampled_from(
        [
            {"kind": "priority"},
            {"kind": "proportional"},
            {"kind": "fair_share"},
            {"kind": "reserve", "keep": [3]},
            {"kind": "reserve", "keep": [2.5, 8]},
        ]
    ).map(lambda rule: {"allocation": rule}),
)
priorities = st.sampled_from([{}, {"priority": 2}, {"priority": 3}])
limits = st.sampled_from(
    [
        {},
        {},
        {"capacity": {"units": 6}},
        {"capacity": {"units": 9, "period": 2}},
        {"capacity": {"units": 10, "of": "all"}},
        {"minimum_order": 5},
        {"order_multiple": 4},
        {"yield": 0.75},
        {"yield": 0.9, "capacity": {"units": 7.5}},
    ]
)
reviews = st.fixed_dictionaries(
    {
        "interval": st.sampled_from([1, 1, 1, 2, 3]),
        "offset": st.sampled_from([0, 0, 1, 2]),
        "timing": st.sampled_from(["after_demand", "after_demand", "before_demand"]),
    }
)


@st.composite
def stocks(draw: Draw, kinds: tuple[str, ...] = KINDS) -> Mapping:
    """Return what a scenario says of a stock, whose policy is one of some kinds."""
    review = draw(reviews)
    return {
        "initial": draw(st.integers(-8, 24)),
        "initial_pipeline": draw(st.sampled_from([0, 0, 0, 2, 4.5])),
        "first_orders": draw(st.sampled_from([[], [], [], [4, 4], [0, 5, 2.5]])),
        "review": review,
        "policy": draw(policies(review["interval"], kinds)),
    } | draw(allocations)


demands = st.builds(
    lambda said, priority: said | priority,
    st.fixed_dictionaries(
        {
            "kind": st.just("replay"),
            "values": st.lists(quantities, min_size=1, max_size=10),
            "afterwards": st.sampled_from(["repeat", "repeat", "last", "zero"]),
            "interval": st.sampled_from([1, 1, 1, 2, 3]),
            "offset": st.sampled_from([0, 0, 1]),
            "unmet": st.sampled_from(["backorder", "lost"]),
        }
    ),
    priorities,
)


class Chain:
    """A scenario that grows downstream, node by node; ``is_told``: with policies that need to be told of others."""

    def __init__(self, draw: Draw, *, is_told: bool = True) -> None:
        self.draw = draw
        self.is_told = is_told
        self.nodes: Mapping = {}
        self.products: Mapping = {}
        self.lanes: dict[tuple[str, str], Mapping] = {}
        self.offered: list[tuple[str, str]] = []

    def add(self, kind: str) -> None:
        """Add a node of a kind."""
        name = f"n{len(self.nodes)}"
        {"supplier": self._supplier, "factory": self._factory, "warehouse": self._seller}[kind](name)

    def _product(self, name: str) -> str:
        self.products[name] = {}
        return name

    def _supplier(self, name: str) -> None:
        self.nodes[name] = {"kind": "supplier", "lead_time": self.draw(delays)} | self.draw(limits)
        self.offered += [
            (name, self._product(f"raw_{name}_{number}")) for number in range(self.draw(st.integers(1, 2)))
        ]

    def _buy(self, name: str, origin: str, product: str) -> None:
        """Let a node receive a product over the lane from another."""
        if (origin, name) not in self.lanes:
            times: Mapping = {"order_delay": self.draw(uncertain)}
            # Which of two orders that arrive, or are begun, together takes the next drawn time is nobody's business.
            times["lead_time"] = self.draw(delays if isinstance(times["order_delay"], dict) else uncertain)
            if isinstance(times["lead_time"], dict):
                times["crossing"] = self.draw(st.booleans())
            if self.nodes[origin]["kind"] != "supplier":
                times |= self.draw(priorities)
            self.lanes[origin, name] = {"from": origin, "to": name, "products": [], **times}
        lane = self.lanes[origin, name]
        lane["products"].append(product)
        self._stock(name, product, [lane["order_delay"], lane["lead_time"]])

    def _stock(self, name: str, product: str, times: list[Any]) -> None:
        """Give a node a stock; nobody knows what is on its way over times that are drawn."""
        said = self.draw(stocks(KINDS if self.is_told else ALONE))
        if any(isinstance(time, dict) for time in times):
            said["initial_pipeline"] = 0
        self.nodes[name]["stock"][product] = said

    def _several_products(self, name: str, sizes: list[int]) -> list[str]:
        """Let a node receive some of the products that are offered, each from one place."""
        different = {product for _, product in self.offered}
        size = min(self.draw(st.sampled_from(sizes)), len(different))
        if not size:
            return []
        offers = st.lists(st.sampled_from(self.offered), min_size=size, max_size=size, unique_by=lambda offer: offer[1])
        chosen = self.draw(offers)
        for origin, product in chosen:
            self._buy(name, origin, product)
        return [product for _, product in chosen]

    def _seller(self, name: str) -> None:
        self.nodes[name] = {"kind": self.draw(st.sampled_from(["warehouse", "retailer"])), "stock": {}}
        self.offered += [(name, product) for product in self._several_products(name, [1, 1, 2])]

    def _factory(self, name: str) -> None:
        self.nodes[name] = {"kind": "factory", "stock": {}, "make": {}}
        received = self._several_products(name, [0, 1, 2, 2, 3])
        parts = list(received)
        for number in range(self.draw(st.sampled_from([1, 1, 2]))):
            made = self._product(f"made_{name}_{number}")
            size = min(self.draw(st.sampled_from([1, 2, 2, 3])), len(parts))
            kit = self.draw(st.lists(st.sampled_from(parts), min_size=size, max_size=size, unique=True)) if size else []
            per_unit = {part: self.draw(st.sampled_from([1, 1, 2, 0.5])) for part in kit}
            lead_time = self.draw(delays if per_unit else uncertain)
            make = {"lead_time": lead_time, "components": per_unit} | self.draw(priorities)
            self.nodes[name]["make"][made] = make
            self._stock(name, made, [lead_time])
            parts.append(made)
        self.offered += [(name, part) for part in parts]
        if self.is_told and self.draw(st.sampled_from([False, False, False, True])):
            for stock in self.nodes[name]["stock"].values():
                stock["policy"] = self.draw(policies(stock["review"]["interval"], ("mrp",)))

    def add_demand(self) -> None:
        """Let end customers ask for whatever feeds no other stock, and now and then for something else."""
        sold = {(lane["from"], product) for lane in self.lanes.values() for product in lane["products"]}
        for name, node in self.nodes.items():
            used = {part for make in node.get("make", {}).values() for part in make["components"]}
            for product in node.get("stock", {}):
                needed = (name, product) in sold or product in used
                count = self.draw(st.sampled_from([0, 0, 0, 1, 2] if needed else [1, 1, 2]))
                asked = [self.draw(demands) for _ in range(count)]
                if node["stock"][product]["policy"]["kind"] == "make_to_order":
                    asked = [demand | {"unmet": "backorder"} for demand in asked]
                if asked:
                    node.setdefault("demand", {})[product] = asked

    def _state_demand(self) -> None:
        """Let records come again where a policy asks for the mean of what they state."""
        said = [stock["policy"] for node in self.nodes.values() for stock in node.get("stock", {}).values()]
        if any("demand_sd" in policy or policy.get("forecast") == {"kind": "stated"} for policy in said):
            for node in self.nodes.values():
                for demands in node.get("demand", {}).values():
                    demands[:] = [demand | {"afterwards": "repeat"} for demand in demands]

    def scenario(self) -> Mapping:
        """Return the scenario as a mapping."""
        time = {"start": self.draw(st.sampled_from([0, 1, 5])), "horizon": self.draw(st.integers(4, 24))}
        links = list(self.lanes.values())
        if self.is_told:
            Telling(self.draw, self.nodes, self.lanes).tell()
        self._state_demand()
        return {
            "scmsim": 1,
            "name": "random",
            "time": time,
            "products": self.products,
            "nodes": self.nodes,
            "lanes": links,
        }


@st.composite
def chains(draw: Draw, *, is_told: bool = True) -> Mapping:
    """Return a scenario of two to seven nodes: an upstream end, then anything that can be fed."""
    chain = Chain(draw, is_told=is_told)
    chain.add(draw(st.sampled_from(["supplier", "supplier", "factory"])))
    for _ in range(draw(st.sampled_from([0, 1, 2, 2, 3, 3, 4, 5]))):
        chain.add(draw(st.sampled_from(["supplier", "factory", "factory", "factory", "warehouse", "warehouse"])))
    chain.add(draw(st.sampled_from(["warehouse", "warehouse", "factory"])))
    chain.add_demand()
    return chain.scenario()
