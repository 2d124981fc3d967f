"""What a chain earns does not hang on what its stages charge each other, whatever they order and when."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scmsim as sc

COST, PRICE, HORIZON = 6.0, 15.0, 12
amounts = st.lists(st.integers(0, 20), min_size=1, max_size=6)
prices = st.one_of(
    st.floats(1, 20).map(lambda amount: round(amount, 2)),
    st.floats(0, 2).map(lambda rate: {"kind": "markup", "rate": round(rate, 2)}),
)


@st.composite
def chains(draw):
    """Draw a maker and two to four stages that hand its product on, at any price or none."""
    names = [f"stage_{number}" for number in range(draw(st.integers(2, 4)))]
    orders = {name: draw(amounts) for name in names}
    nodes = {"maker": {"kind": "factory", "make": {"p": {"unit_cost": COST, "lead_time": draw(st.integers(0, 2))}}}}
    nodes["maker"]["stock"] = {"p": {"policy": {"kind": "base_stock", "level": draw(st.integers(0, 20))}}}
    lanes = []
    for before, name in zip(["maker", *names], names, strict=False):
        stock = {"initial": draw(st.integers(0, 15)), "policy": {"kind": "scripted", "orders": orders[name]}}
        nodes[name] = {"kind": "warehouse", "stock": {"p": stock}}
        price = {} if draw(st.integers(0, 4)) == 0 else {"price": draw(prices)}
        promotion = {"promotions": [{"from": 3, "until": 5, "discount": 0.25}]} if price and draw(st.booleans()) else {}
        lanes.append({"from": before, "to": name, "lead_time": draw(st.integers(0, 3)), **price, **promotion})
    demand = {"kind": "replay", "afterwards": "zero", "values": draw(amounts)}
    nodes[names[-1]] |= {
        "kind": "retailer",
        "demand": {"p": demand},
        "sales": {"p": {"price": PRICE}},
        "finance": {"cash": 1},
    }
    return {
        "scmsim": 1,
        "name": "chain",
        "time": {"unit": "day", "horizon": HORIZON, "warm_up": draw(st.integers(0, HORIZON - 1))},
        "money": {"valuation": draw(st.sampled_from(["moving_average", "standard"]))},
        "products": {"p": {"value": COST, "standard_cost": COST}},
        "nodes": nodes,
        "lanes": lanes,
    }


def chain_of(result):
    """Return the chain's lines of the statements."""
    lines = result.statements
    return lines[lines["node"].isna()].set_index("line")["amount"]


@settings(max_examples=15)
@given(chains())
def test_prices_within_the_chain_are_nothing_to_it(mapping):
    """Tests that every unit is worth what it cost to make, and each one sold earned the customer's price above that."""
    result = sc.run(sc.from_dict(mapping))
    lines = chain_of(result)
    sold = result.deliveries[result.deliveries["buyer"].isna()]
    units = result.stock.groupby("node").last()[["on_hand", "in_transit"]].to_numpy().sum()
    measured = sold[sold["time"] >= 1 + mapping["time"]["warm_up"]]
    goods = lines[["inventory", "in_transit", "work_in_process", "unrealised_profit"]].sum()
    assert goods == pytest.approx(COST * units, abs=1e-6)
    assert lines["profit"] == pytest.approx((PRICE - COST) * measured["quantity"].sum(), abs=1e-6)
    assert lines["retained_earnings"] == pytest.approx((PRICE - COST) * sold["quantity"].sum(), abs=1e-6)
    assert lines["total_assets"] == pytest.approx(lines["total_claims"], abs=1e-6)
    kpis = result.kpis[result.kpis[["segment", "node", "product"]].isna().all(axis=1)].set_index("metric")["mean"]
    assert kpis["profit"] == pytest.approx(lines["profit"], abs=1e-6)
    assert lines["cost_of_goods_sold"] == pytest.approx(COST * measured["quantity"].sum(), abs=1e-6)
    assert lines["cost_variance"] == pytest.approx(0, abs=1e-6)
    for figure, line in (("cost_of_goods_sold",) * 2, ("cost_variance_expense", "cost_variance")):
        assert kpis[figure] == pytest.approx(lines[line], abs=1e-6)


@settings(max_examples=6)
@given(chains())
def test_a_chain_that_has_sold_all_earned_what_its_stages_earned(mapping):
    """Tests that nothing is taken off once the stocks are empty: what one stage did not earn, another did."""
    last = list(mapping["nodes"])[-1]
    stages = [name for name in mapping["nodes"] if name != "maker"]
    stocks = {name: mapping["nodes"][name]["stock"]["p"] for name in stages}
    mapping["nodes"]["maker"]["stock"]["p"]["policy"]["level"] = 0
    passed = [10, 0, 7, 3]
    for stock in stocks.values():
        stock["policy"]["orders"], stock["initial"] = passed, 0
    mapping["nodes"][last]["demand"]["p"]["values"] = [4, 9, 0, 7]
    mapping["time"] = {"unit": "day", "horizon": 40}
    result = sc.run(sc.from_dict(mapping))
    lines, own = chain_of(result), result.statements.query("line == 'profit' and node.notna()")["amount"].sum()
    assert lines[["inventory", "in_transit", "work_in_process"]].abs().max() < 1e-6
    assert lines["unrealised_profit"] == pytest.approx(0, abs=1e-6)
    assert lines["profit"] == pytest.approx(own)
    assert lines["profit"] == pytest.approx((PRICE - COST) * 20)
