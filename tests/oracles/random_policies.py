"""Random policies for the oracle: every kind that reviews at regular instants, with every forecast."""

from typing import Any

from hypothesis import strategies as st

Draw = st.DrawFn
Mapping = dict[str, Any]

quantities = st.one_of(st.integers(0, 12), st.integers(0, 48).map(lambda quarters: quarters / 4))
levels = st.integers(0, 40)
weights = st.sampled_from([0.2, 0.5, 0.36, 1])
forecasts = st.one_of(
    st.builds(lambda value: {"kind": "constant", "value": value}, quantities),
    st.just({"kind": "naive"}),
    st.just({"kind": "stated"}),
    st.builds(
        lambda periods, initial: {"kind": "moving_average", "periods": periods, "initial": initial},
        st.integers(1, 5),
        st.one_of(st.none(), quantities),
    ),
    st.builds(
        lambda weight, initial: {"kind": "exponential_smoothing", "weight": weight, "initial": initial},
        weights,
        st.one_of(st.none(), quantities),
    ),
    st.builds(
        lambda weight, trend, damping, start: (
            {"kind": "holt", "weight": weight, "trend_weight": trend, "damping": damping} | start
        ),
        weights,
        st.sampled_from([0, 0.3, 1]),
        st.sampled_from([1, 0.8]),
        st.sampled_from([{}, {"initial": 5}, {"initial": 4, "initial_trend": 0.5}]),
    ),
    st.builds(
        lambda seasonality, weight, trend, start: (
            {"kind": "holt_winters", "length": 3, "seasonality": seasonality, "weight": weight}
            | {"trend_weight": trend, "season_weight": 0.4}
            | (start if seasonality == "additive" else {})
        ),
        st.sampled_from(["additive", "multiplicative"]),
        weights,
        st.sampled_from([0, 0.3]),
        st.sampled_from([{}, {"initial": 6, "initial_trend": 0.5, "initial_season": [1, -2, 1]}]),
    ),
    st.builds(
        lambda kind, weight, start: {"kind": kind, "weight": weight} | start,
        st.sampled_from(["croston", "sba"]),
        weights,
        st.sampled_from([{}, {"initial_size": 6, "initial_interval": 2}]),
    ),
    st.builds(
        lambda weight, fading, start: {"kind": "tsb", "weight": weight, "probability_weight": fading} | start,
        weights,
        weights,
        st.sampled_from([{}, {"initial_size": 6, "initial_probability": 0.5}]),
    ),
    st.builds(
        lambda mean, correlation: {"kind": "ar1_mmse", "mean": mean, "autocorrelation": correlation},
        quantities,
        st.sampled_from([-0.5, 0, 0.5, 0.8]),
    ),
    st.builds(
        lambda values, afterwards: {"kind": "planned", "values": values, "afterwards": afterwards},
        st.lists(quantities, min_size=1, max_size=6),
        st.sampled_from(["last", "repeat", "zero"]),
    ),
)
triggers = st.sampled_from(["at_or_below", "below"])


def without_none(mapping: Mapping) -> Mapping:
    """Return the mapping without the keys that are None."""
    return {key: value for key, value in mapping.items() if value is not None}


safeties = st.one_of(
    st.just({}),
    st.builds(lambda units: {"safety_stock": units}, st.integers(-5, 12)),
    st.builds(
        lambda factor, sd: factor | {"demand_sd": sd},
        st.sampled_from([{"safety_factor": 0.5}, {"safety_factor": 1.64}, {"service_level": 0.9}]),
        st.integers(1, 4),
    ),
    st.builds(
        lambda measure, weight, start: {
            "safety_factor": 1.2,
            "forecast_error": {"measure": measure, "weight": weight} | start,
        },
        st.sampled_from(["mad", "mse"]),
        weights,
        st.sampled_from([{}, {"initial": 2}]),
    ),
)


@st.composite
def targets(draw: Draw) -> Mapping:
    """Return the parameters of a target that follows a forecast."""
    target: Mapping = {"forecast": draw(forecasts)} | draw(safeties)
    return target | without_none({"cover": draw(st.sampled_from([None, None, 0, 2, 4.5]))})


records = st.builds(
    lambda target, lots, time: target | lots | time,
    targets(),
    st.sampled_from(
        [
            {},
            {"lot_sizing": "fixed_period", "periods": 3},
            {"lot_sizing": "fixed_quantity", "lot_size": 7.5},
            {"lot_sizing": "fixed_quantity", "lot_size": 4},
        ]
    ),
    st.sampled_from([{}, {}, {"lead_time": 2}]),
)


def policies_by_kind(kind: str) -> st.SearchStrategy[Mapping]:
    """Return the parameters of one kind of policy."""
    return {
        "base_stock": st.fixed_dictionaries({"level": levels}),
        "vendor_managed": st.builds(
            lambda minimum, more: {"minimum": minimum, "maximum": minimum + more}, levels, st.integers(0, 20)
        ),
        "echelon_base_stock": st.fixed_dictionaries({"level": st.integers(0, 80)}),
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
        "days_of_supply": st.builds(
            lambda target, days: target | days,
            targets(),
            st.sampled_from(
                [{"days": 3}, {"days": 4.5}, {"min_days": 2, "max_days": 5}, {"min_days": 0, "max_days": 3}]
            ),
        ),
        "kanban": st.fixed_dictionaries({"cards": st.integers(1, 8), "container": st.sampled_from([1, 4, 7.5])}),
        "make_to_order": st.just({}),
        "drp": records,
        "mrp": st.builds(
            lambda record, ahead, silent: without_none(record | ahead | silent),
            records,
            st.sampled_from([{}, {"horizon": 12}]),
            st.sampled_from([{}, {}, {"forecast": None}]),
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


ALONE = (
    "base_stock",
    "min_max",
    "reorder_point",
    "order_up_to",
    "smoothed_order_up_to",
    "anchor_and_adjust",
    "scripted",
    "days_of_supply",
    "kanban",
    "make_to_order",
    "drp",
)
"""The kinds that need to be told nothing by others."""
KINDS = (*ALONE, "echelon_base_stock", "vendor_managed", "mrp")


options = st.sampled_from(
    [{}, {}, {}, {"rounding": "half_up"}, {"minimum_order": 3}, {"order_multiple": 4}, {"order_multiple": 2.5}]
)


@st.composite
def policies(draw: Draw, interval: int, kinds: tuple[str, ...] = KINDS) -> Mapping:
    """Return a policy for reviews so far apart with, now and then, a quantity option, or something it is told."""
    kind = draw(st.sampled_from(kinds))
    policy = {"kind": kind} | draw(policies_by_kind(kind))
    if policy.get("forecast", {}).get("kind") == "ar1_mmse" and interval > 1:
        policy["forecast"] = {"kind": "naive"}
    if kinds != ALONE:
        _tell(draw, policy)
    if kind == "kanban":
        lots = [{}, {}, {"order_multiple": 2 * policy["container"]}, {"minimum_order": policy["container"]}]
        return policy | draw(st.sampled_from(lots if policy["cards"] > 1 else [{}]))
    return policy | draw(options)


def _tell(draw: Draw, policy: Mapping) -> None:
    """Let a policy follow, now and then, what it is told by others."""
    told = draw(st.sampled_from([*["orders"] * 6, "point_of_sale", "customer_forecast"]))
    if told == "point_of_sale" and policy.get("forecast", {"kind": "holt_winters"})["kind"] != "holt_winters":
        policy["forecast"] |= {"of": "point_of_sale"}
    if "forecast" in policy and told == "customer_forecast":
        policy["forecast"] = {"kind": "customer_forecast"}
    if policy["kind"] in ("base_stock", "min_max") and draw(st.sampled_from([False] * 5 + [True])):
        policy["position"] = "echelon"
