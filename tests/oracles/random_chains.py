"""Random chains for the oracle: several products, kits, whole instants, and more often than not too little stock."""

from typing import Any

from hypothesis import strategies as st

Draw = st.DrawFn
Mapping = dict[str, Any]

delays = st.sampled_from([0, 0, 1, 1, 2, 3])
quantities = st.one_of(st.integers(0, 12), st.integers(0, 48).map(lambda quarters: quarters / 4))
levels = st.integers(0, 40)
forecasts = st.one_of(
    st.builds(lambda value: {"kind": "constant", "value": value}, quantities),
    st.just({"kind": "naive"}),
    st.builds(
        lambda periods, initial: {"kind": "moving_average", "periods": periods, "initial": initial},
        st.integers(1, 5),
        st.one_of(st.none(), quantities),
    ),
    st.builds(
        lambda weight, initial: {"kind": "exponential_smoothing", "weight": weight, "initial": initial},
        st.sampled_from([0.2, 0.5, 0.36, 1]),
        st.one_of(st.none(), quantities),
    ),
)
reviews = st.fixed_dictionaries(
    {
        "interval": st.sampled_from([1, 1, 1, 2, 3]),
        "offset": st.sampled_from([0, 0, 1, 2]),
        "timing": st.sampled_from(["after_demand", "after_demand", "before_demand"]),
    }
)
triggers = st.sampled_from(["at_or_below", "below"])


def without_none(mapping: Mapping) -> Mapping:
    """Return the mapping without the keys that are None."""
    return {key: value for key, value in mapping.items() if value is not None}


@st.composite
def targets(draw: Draw) -> Mapping:
    """Return the parameters of a target that follows a forecast."""
    safety = draw(st.sampled_from(["none", "units", "factor"]))
    target: Mapping = {"forecast": draw(forecasts)}
    if safety == "units":
        target["safety_stock"] = draw(st.integers(-5, 12))
    elif safety == "factor":
        target |= {"safety_factor": draw(st.sampled_from([0.5, 1.64])), "demand_sd": draw(st.integers(1, 4))}
    return target | without_none({"cover": draw(st.sampled_from([None, None, 0, 2, 4.5]))})


def policies_by_kind(kind: str) -> st.SearchStrategy[Mapping]:
    """Return the parameters of one kind of policy."""
    return {
        "base_stock": st.fixed_dictionaries({"level": levels}),
        "min_max": st.builds(
            lambda minimum, more, trigger: {"minimum": minimum, "maximum": minimum + more, "trigger": trigger},
            levels,
            st.integers(0, 20),
            triggers,
        ),
        "reorder_point": st.fixed_dictionaries(
            {"reorder_point": levels, "order_quantity": st.sampled_from([1, 4, 7.5, 15]), "trigger": triggers}
        ),
        "order_up_to": targets(),
        "smoothed_order_up_to": st.builds(
            lambda target, time: target | {"smoothing_time": time}, targets(), st.sampled_from([1, 1.5, 4])
        ),
        "anchor_and_adjust": st.fixed_dictionaries(
            {
                "forecast": forecasts,
                "stock_weight": st.sampled_from([0.26, 0.5, 1]),
                "supply_line_weight": st.sampled_from([0, 0.34, 0.5, 1]),
                "target": levels,
            }
        ),
        "scripted": st.fixed_dictionaries(
            {
                "orders": st.lists(quantities, min_size=1, max_size=8),
                "afterwards": st.sampled_from(["zero", "last", "repeat"]),
            }
        ),
    }[kind]


KINDS = (
    "base_stock",
    "min_max",
    "reorder_point",
    "order_up_to",
    "smoothed_order_up_to",
    "anchor_and_adjust",
    "scripted",
)


@st.composite
def policies(draw: Draw) -> Mapping:
    """Return a policy with, now and then, a quantity option."""
    kind = draw(st.sampled_from(KINDS))
    option = draw(
        st.sampled_from(
            [{}, {}, {}, {"rounding": "half_up"}, {"minimum_order": 3}, {"order_multiple": 4}, {"order_multiple": 2.5}]
        )
    )
    return {"kind": kind} | draw(policies_by_kind(kind)) | option


@st.composite
def stocks(draw: Draw) -> Mapping:
    """Return what a scenario says of a stock."""
    return {
        "initial": draw(st.integers(-8, 24)),
        "initial_pipeline": draw(st.sampled_from([0, 0, 0, 2, 4.5])),
        "first_orders": draw(st.sampled_from([[], [], [], [4, 4], [0, 5, 2.5]])),
        "review": draw(reviews),
        "policy": draw(policies()),
    }


demands = st.fixed_dictionaries(
    {
        "kind": st.just("replay"),
        "values": st.lists(quantities, min_size=1, max_size=10),
        "afterwards": st.sampled_from(["repeat", "repeat", "last", "zero"]),
        "interval": st.sampled_from([1, 1, 1, 2, 3]),
        "offset": st.sampled_from([0, 0, 1]),
        "unmet": st.sampled_from(["backorder", "lost"]),
    }
)


class Chain:
    """A scenario that grows downstream, node by node."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
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
        self.nodes[name] = {"kind": "supplier", "lead_time": self.draw(delays)}
        self.offered += [
            (name, self._product(f"raw_{name}_{number}")) for number in range(self.draw(st.integers(1, 2)))
        ]

    def _buy(self, name: str, origin: str, product: str) -> None:
        """Let a node receive a product over the lane from another."""
        if (origin, name) not in self.lanes:
            order_delay, lead_time = self.draw(delays), self.draw(delays)
            times = {"order_delay": order_delay, "lead_time": lead_time}
            self.lanes[origin, name] = {"from": origin, "to": name, "products": [], **times}
        self.lanes[origin, name]["products"].append(product)
        self.nodes[name]["stock"][product] = self.draw(stocks())

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
            self.nodes[name]["make"][made] = {"lead_time": self.draw(delays), "components": per_unit}
            self.nodes[name]["stock"][made] = self.draw(stocks())
            parts.append(made)
        self.offered += [(name, part) for part in parts]

    def add_demand(self) -> None:
        """Let end customers ask for whatever feeds no other stock, and now and then for something else."""
        sold = {(lane["from"], product) for lane in self.lanes.values() for product in lane["products"]}
        for name, node in self.nodes.items():
            used = {part for make in node.get("make", {}).values() for part in make["components"]}
            for product in node.get("stock", {}):
                needed = (name, product) in sold or product in used
                count = self.draw(st.sampled_from([0, 0, 0, 1, 2] if needed else [1, 1, 2]))
                if count:
                    node.setdefault("demand", {})[product] = [self.draw(demands) for _ in range(count)]

    def scenario(self) -> Mapping:
        """Return the scenario as a mapping."""
        time = {"start": self.draw(st.sampled_from([0, 1, 5])), "horizon": self.draw(st.integers(4, 24))}
        links = list(self.lanes.values())
        return {
            "scmsim": 1,
            "name": "random",
            "time": time,
            "products": self.products,
            "nodes": self.nodes,
            "lanes": links,
        }


@st.composite
def chains(draw: Draw) -> Mapping:
    """Return a scenario of two to seven nodes: an upstream end, then anything that can be fed."""
    chain = Chain(draw)
    chain.add(draw(st.sampled_from(["supplier", "supplier", "factory"])))
    for _ in range(draw(st.sampled_from([0, 1, 2, 2, 3, 3, 4, 5]))):
        chain.add(draw(st.sampled_from(["supplier", "factory", "factory", "factory", "warehouse", "warehouse"])))
    chain.add(draw(st.sampled_from(["warehouse", "warehouse", "factory"])))
    chain.add_demand()
    return chain.scenario()
