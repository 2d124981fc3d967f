"""Laws of money that hold in every run, beside those that `test_everything` checks."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

import scmsim as sc
from scmsim.engine.recorder import Keeper
from scmsim.simulation import Simulation

sys.path.insert(0, str(Path(__file__).parent))

from laws import CLOSE, Run, check_balances
from random_money import money_scenarios


def test_customers_who_pay_in_advance_do_not_open_an_instant_again():
    """Tests that money which comes when customers have to wait pays for an order that waits for money, a tick later."""
    mapping = {
        "scmsim": 1,
        "name": "prepaid",
        "time": {"horizon": 5},
        "products": {"p": {}},
        "nodes": {
            "s": {"kind": "supplier"},
            "shop": {
                "kind": "retailer",
                "demand": {"p": {"kind": "constant", "value": 4}},
                "stock": {"p": {"policy": {"kind": "base_stock", "level": 0}}},
                "sales": {"p": {"price": 5, "terms": {"prepay": True}}},
                "finance": {"overdraft_limit": 0},
            },
        },
        "lanes": [{"from": "s", "to": "shop", "lead_time": 1, "price": 2, "terms": {"prepay": True}}],
    }
    run = Run(sc.from_dict(mapping).network)
    check_balances(run)
    assert run.tables["orders"][:2, 0].tolist() == [1_000_001, 2_000_000]


@given(money_scenarios())
@settings(max_examples=25, deadline=None)
def test_what_is_read_changes_nothing(mapping):
    """Tests that every balance of every instant is the same whether anybody reads invoices, payments and messages."""
    network, found = sc.from_dict(mapping).network, []
    for reads in (("ledger",), ("ledger", "invoices", "payments", "messages")):
        keeper = Keeper(reads)
        Simulation(network, seed=1, sinks=[keeper]).run()
        lines = keeper.tables()["ledger"]
        assert (np.diff(lines[:, 0]) >= 0).all()
        keys, place = np.unique(lines[:, [0, 2, 3, 5, 6, 7]], axis=0, return_inverse=True)
        moved = np.bincount(place.reshape(-1), lines[:, 4], len(keys))
        some = np.abs(moved) > CLOSE
        found.append((keys[some], moved[some]))
    (keys, moved), (documented, told) = found
    assert np.array_equal(keys, documented)
    np.testing.assert_allclose(moved, told, rtol=1e-9, atol=CLOSE)


@given(money_scenarios())
@settings(max_examples=8, deadline=None)
def test_statements_and_measures_tell_the_same(mapping):
    """Tests that statements balance, and that profit and contributions agree with the measures of the same run."""
    result = sc.run(sc.from_dict(mapping))
    if "ledger" not in result.tables:
        return
    lines = result.statements.astype({"node": object}).fillna({"node": "chain"}).set_index(["node", "line"])["amount"]
    names = {name for name, _ in lines.index}
    kpis = result.kpis[result.kpis["product"].isna() & result.kpis["segment"].isna()]
    found = kpis.assign(node=kpis["node"].fillna("chain")).set_index(["metric", "node"])["mean"]
    for name in names:
        size = 1 + abs(lines[name]).max()
        assert lines[name, "total_assets"] == pytest.approx(lines[name, "total_claims"], abs=CLOSE * size)
        for line in ("revenue", "cost_of_goods_sold", "gross_margin", "profit"):
            assert lines[name, line] == pytest.approx(found[line, name], abs=CLOSE * size), (name, line)
        assert lines[name, "cash"] == pytest.approx(found["closing_cash", name], abs=CLOSE * size)
    served = result.cost_to_serve.dropna().groupby("seller")["contribution"].sum()
    for name, contribution in served.items():
        assert contribution == pytest.approx(lines[name, "profit"], abs=CLOSE * (1 + abs(lines[name]).max())), name
