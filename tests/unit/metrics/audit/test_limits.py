"""The audit finds what money forbids: credit beyond a limit, paying or ordering without cash, insolvent trade."""

import re

import pytest

import scmsim as sc
from scmsim.errors import AuditError
from scmsim.metrics.audit.auditor import Auditor
from scmsim.nodes.books_payments import Payments
from scmsim.nodes.credit import CreditDesk
from scmsim.nodes.insolvency import Standing
from scmsim.nodes.purse import Purse
from scmsim.simulation import simulate

SHOP = """
scmsim: 1
name: shop
time: {{horizon: 14}}
products: {{p: {{}}}}
nodes:
  mill: {{kind: supplier}}
  depot: {{kind: warehouse, stock: {{p: {{initial: 90, policy: {{kind: scripted, orders: [0]}}}}}}}}
  shop:
    kind: retailer
    stock: {{p: {{initial: 5, policy: {{kind: scripted, orders: {orders}}}}}}}
    finance: {{{finance}}}
    sales: {{p: {{price: 6}}}}
    demand: {{p: {{kind: constant, value: 1}}}}
lanes:
- {{from: mill, to: depot}}
- {{from: depot, to: shop, lead_time: 1, price: 5, {lane}}}
"""
CASES = {
    "credit": {"orders": "[6, 6, 2, 0]", "lane": "credit_limit: 50, terms: {net: 3}", "finance": ""},
    "cash": {"orders": "[6, 0]", "lane": "terms: {net: 2}", "finance": "cash: 5, overdraft_limit: 4"},
    "orders": {
        "orders": "[6, 6, 6, 6, 6]",
        "lane": "terms: {net: 2}",
        "finance": "cash: 20, overdraft_limit: 0, limit_orders_to_cash: true",
    },
    "buying": {
        "orders": "[4, 4, 4, 4, 4, 4, 4, 4, 4]",
        "lane": "terms: {net: 1}",
        "finance": "overdraft_limit: 0, insolvency: stop_buying, grace: 1",
    },
    "trading": {
        "orders": "[4, 4, 4, 4, 4, 4, 4, 4, 4]",
        "lane": "terms: {net: 1}",
        "finance": "overdraft_limit: 0, insolvency: stop_trading, grace: 1",
    },
}


def audited(case):
    """Run a case under the audit."""
    network = sc.loads(SHOP.format(**CASES[case])).network
    auditor = Auditor(network)
    simulate(network, seed=1, sinks=[auditor], on_instant=auditor.observe)


@pytest.mark.parametrize("case", CASES)
def test_runs_within_the_limits_pass(case):
    """Tests that holding, waiting, cutting and stopping as they should be are nothing to the audit."""
    audited(case)


def test_what_is_cancelled_need_not_be_paid():
    """Tests that a buyer may order again, within its cash, for what it has cancelled at a seller who has nothing."""
    case = CASES["orders"] | {"lane": "cancel_after: 1.5"}
    network = sc.loads(SHOP.format(**case), overrides=["nodes.depot.stock.p.initial=0"]).network
    auditor = Auditor(network)
    simulate(network, seed=1, sinks=[auditor], on_instant=auditor.observe)


def patient(monkeypatch):
    """Give every node five times its grace."""
    built = Standing.__init__

    def build(self, *arguments):
        built(self, *arguments)
        self._grace *= 5

    monkeypatch.setattr(Standing, "__init__", build)


def test_an_advance_is_paid_back_whatever_the_overdraft():
    """Tests that a node which has spent an advance gives it back for what is cancelled, and the audit lets it."""
    text = """
scmsim: 1
name: advance
time: {horizon: 6}
products: {p: {}}
nodes:
  mill: {kind: supplier}
  depot: {kind: warehouse, finance: {overdraft_limit: 0}, stock: {p: {policy: {kind: scripted, orders: [6, 0]}}}}
  shop:
    kind: retailer
    stock: {p: {policy: {kind: scripted, orders: [10, 0]}}}
    demand: {p: {kind: constant, value: 0}}
lanes:
- {from: mill, to: depot, lead_time: 3, price: 5, terms: {prepay: true}}
- {from: depot, to: shop, price: 3, terms: {prepay: true}, cancel_after: 1}
"""
    network = sc.loads(text).network
    auditor, seen = Auditor(network), []

    def watch(simulation, tick):
        auditor.observe(simulation, tick)
        seen.append(simulation.books.available("depot"))

    simulate(network, seed=1, sinks=[auditor], on_instant=watch)
    assert min(seen) < 0


BROKEN = {
    "credit": (
        lambda patch: patch.setattr(CreditDesk, "_has_room_for", lambda *_: True),
        "period 2: depot: credit granted, orders included: expected 50 from the records, found 60 in the books",
    ),
    "cash": (
        lambda patch: patch.setattr(Payments, "_affordable", lambda *_: True),
        "period 4: shop: cash after a payment that could wait: expected -4 from the records, found -7 in the books",
    ),
    "orders": (
        lambda patch: patch.setattr(Purse, "_affordable", lambda _, quantity: quantity),
        "period 1: shop: what could be ordered: expected 26 from the records, found 30 in the books",
    ),
    "buying": (
        patient,
        "period 6: shop: orders while insolvent: expected 0 from the records, found 4 in the books",
    ),
    "trading": (
        patient,
        "period 6: shop: orders after the end of its trade: expected 0 from the records, found 4 in the books",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_money_forbids_is_found(case, monkeypatch):
    """Tests that a gate which stands open is found, with when, whose, and by how much."""
    break_it, said = BROKEN[case]
    break_it(monkeypatch)
    with pytest.raises(AuditError, match=re.escape(f"The audit failed at {said}")):
        audited(case)
