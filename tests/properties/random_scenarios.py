"""Random scenarios for the laws: trees of one product, fed by a supplier or by a factory with a bill of materials."""

from hypothesis import strategies as st
from random_works import works

quantities = st.integers(0, 20)
times = st.sampled_from([0, 0, 0.5, 1, 2, 3])
random_times = st.sampled_from(
    [
        {"dist": "uniform", "low": 0.5, "high": 3},
        {"dist": "gamma", "mean": 2, "cv": 0.8},
        {"dist": "discrete", "values": [0, 1, 4], "weights": [0.3, 0.4, 0.3]},
    ]
)
lead_times = st.one_of(times, times, random_times)
forecasts = st.sampled_from(
    [{"kind": "moving_average", "periods": 4}, {"kind": "exponential_smoothing", "weight": 0.3}, {"kind": "naive"}]
)
reviews = st.one_of(
    st.just("continuous"),
    st.fixed_dictionaries(
        {
            "interval": st.sampled_from([1, 1, 1, 2, 0.5]),
            "offset": st.sampled_from([0, 0, 0.5, 1]),
            "timing": st.sampled_from(["after_demand", "after_demand", "before_demand"]),
        }
    ),
)
levels = st.integers(0, 40)


@st.composite
def policies(draw, review):
    """Return a policy that goes with the review."""
    kinds = ["base_stock", "min_max", "reorder_point", "scripted"]
    if review != "continuous":
        kinds += ["order_up_to", "smoothed_order_up_to", "anchor_and_adjust"]
    kind = draw(st.sampled_from(kinds))
    policy = {"kind": kind}
    if kind == "base_stock":
        policy["level"] = draw(levels)
    elif kind == "min_max":
        low = draw(levels)
        policy |= {"minimum": low, "maximum": low + draw(st.integers(1, 20))}
    elif kind == "reorder_point":
        policy |= {"reorder_point": draw(levels), "order_quantity": draw(st.integers(1, 15))}
    elif kind == "scripted":
        policy["orders"] = draw(st.lists(quantities, min_size=1, max_size=12))
    elif kind == "anchor_and_adjust":
        policy |= {"forecast": draw(forecasts), "stock_weight": 0.5, "supply_line_weight": 0.4, "target": draw(levels)}
    else:
        policy |= {"forecast": draw(forecasts), "safety_factor": draw(st.sampled_from([0, 1])), "demand_sd": 2}
        if kind == "smoothed_order_up_to":
            policy["smoothing_time"] = draw(st.sampled_from([1, 2, 4]))
    if draw(st.booleans()) and kind != "scripted":
        policy["rounding"] = "half_up"
    return policy


@st.composite
def stocks(draw):
    """Return what a scenario says of a stock."""
    review = draw(reviews)
    return {
        "initial": draw(st.integers(-10, 40)),
        "initial_pipeline": draw(st.sampled_from([0, 0, 2, 4])),
        "holding_cost": 1,
        "backorder_cost": 4,
        "review": review,
        "policy": draw(policies(review)),
    }


demands = st.fixed_dictionaries(
    {"unmet": st.sampled_from(["backorder", "backorder", "lost"])},
).flatmap(
    lambda common: st.sampled_from(
        [
            {"kind": "poisson", "mean": 4},
            {"kind": "normal", "mean": 5, "sd": 2},
            {
                "kind": "compound_poisson",
                "rate": 2,
                "size": {"dist": "discrete", "values": [1, 3], "weights": [0.5, 0.5]},
            },
            {"kind": "step", "before": 4, "after": 8, "at": 5},
        ]
    ).map(lambda demand: {**demand, **common})
)


@st.composite
def lanes(draw, origin, destination):
    """Return a lane."""
    return {
        "from": origin,
        "to": destination,
        "order_delay": draw(times),
        "lead_time": draw(lead_times),
        "crossing": draw(st.booleans()),
    }


@st.composite
def scenarios(draw):
    """Return a scenario as a mapping: two to six nodes, a product, and components where a factory stands at the top."""
    made = draw(st.booleans())
    size = draw(st.integers(1, 5))
    names = [f"n{number}" for number in range(size)]
    parents = {name: draw(st.sampled_from(names[:number])) for number, name in enumerate(names) if number}
    nodes = {name: {"kind": "warehouse", "stock": {"p": draw(stocks())}} for name in names}
    links = [draw(lanes(parent, name)) for name, parent in parents.items()]
    leaves = [name for name in names if name not in parents.values()]
    for name in names:
        if name in leaves or draw(st.sampled_from([False, False, True])):
            count = draw(st.sampled_from([1, 1, 2]))
            nodes[name]["demand"] = {"p": [draw(demands) for _ in range(count)]}
    products = {"p": {"whole_units": draw(st.booleans())}}
    root = nodes[names[0]]
    if made:
        components = draw(st.sampled_from([{}, {"c": 1}, {"c": 2, "d": 0.5}]))
        root |= {"kind": "factory", "make": {"p": {"lead_time": draw(lead_times), "components": components}}}
        for component in components:
            products[component] = {}
            root["stock"][component] = draw(stocks())
        if draw(st.booleans()):
            root["resources"], more = draw(works(products["p"]["whole_units"]))
            root["make"]["p"] |= more
    needed = [*root["stock"]][1:] if made else ["p"]
    if needed:
        nodes["s"] = {"kind": "supplier", "lead_time": draw(times)}
        links.append(draw(lanes("s", names[0])) | {"products": needed})
    if products["p"]["whole_units"]:
        for node in nodes.values():
            _in_whole_units(node)
    return {
        "scmsim": 1,
        "name": "random",
        "time": {"horizon": draw(st.integers(3, 30)), "start": draw(st.sampled_from([0, 1]))},
        "products": products,
        "nodes": nodes,
        "lanes": links,
    }


def _in_whole_units(node):
    """Ask for whole units only, of a product that cannot be divided."""
    for demand in node.get("demand", {}).get("p", []):
        if demand["kind"] == "normal":
            demand["rounding"] = "half_up"
    if "stock" in node and node["stock"]["p"]["policy"]["kind"] != "scripted":
        node["stock"]["p"]["policy"]["rounding"] = "half_up"
