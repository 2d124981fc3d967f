"""What money allows: orders cut to cash, down payments, credit limits and insolvency, worked out by hand."""

import pytest

import scmsim as sc
from scmsim.engine.recorder import COLUMNS, Keeper
from scmsim.flows.money import account
from scmsim.scenario.network import FromLane
from scmsim.simulation import Simulation
from scmsim.ticks import TICKS

SHOP = """
scmsim: 1
name: shop
time: {{horizon: {horizon}}}
products: {{p: {{{product}}}}}
nodes:
  mill: {{kind: supplier}}
  depot:
    kind: warehouse
    stock: {{p: {{initial: {depot}, policy: {{kind: scripted, orders: {depot_orders}}}}}}}
    finance: {{{depot_finance}}}
  shop:
    kind: retailer
    stock: {{p: {{initial: {initial}, policy: {policy}}}}}
    finance: {{{finance}}}
    sales: {{p: {{price: {price}}}}}
    demand: {{p: {demand}}}
lanes:
  - {{from: mill, to: depot, lead_time: 1, price: 5, terms: {{net: 1}}}}
  - {{from: {seller}, to: shop, lead_time: 1, {lane}}}
"""
GIVEN = {
    "horizon": 8,
    "product": "",
    "depot": 100,
    "depot_orders": "[0]",
    "depot_finance": "",
    "initial": 0,
    "policy": "{kind: base_stock, level: 10}",
    "finance": "",
    "price": 5,
    "demand": "{kind: constant, value: 1}",
    "seller": "depot",
    "lane": "price: 3, terms: {net: 10}",
}


class Run:
    """A run, by node and in time units."""

    def __init__(self, text):
        keeper = Keeper()
        self.network = sc.loads(text).network
        self.simulation = Simulation(self.network, seed=1, sinks=[keeper])
        self.simulation.run()
        self.tables = keeper.tables()

    def rows(self, table, node, column="point"):
        """Return the rows of a node's only stock as dictionaries."""
        (index,) = [point.index for point in self.network.points if point.node == node]
        rows = [dict(zip(COLUMNS[table], row, strict=True)) for row in self.tables[table].tolist()]
        return [row | {"time": row["time"] / TICKS} for row in rows if row[column] == index]

    def orders(self, node):
        """Return (time, quantity) of what a node has ordered."""
        return [(row["time"], row["quantity"]) for row in self.rows("orders", node)]

    def receipts(self, node):
        """Return (time, quantity) of what a node has received."""
        return [(row["time"], row["quantity"]) for row in self.rows("deliveries", node, "buyer")]

    def balance(self, node, name):
        """Return what an account of a node holds at the end."""
        return self.simulation.books.books[node].balances[account(name)]


@pytest.fixture
def told():
    """Run the chain of a mill, a depot and a shop with changes."""
    return lambda **changes: Run(SHOP.format(**GIVEN | changes))


POOR = "cash: 20, overdraft_limit: 0, limit_orders_to_cash: true"


@pytest.mark.known_answer("finance.cash")
@pytest.mark.known_answer("node.finance")
@pytest.mark.known_answer("finance.limit_orders_to_cash")
def test_orders_are_cut_to_what_can_be_paid(told):
    """Tests that 20 of cash buy 6 of 11 whole units at 3; then 30 - 18 owed buy 4, and 35 - 30 owed buy 1."""
    run = told(finance=POOR, product="whole_units: true")
    assert run.orders("shop")[:3] == [(1.0, 6.0), (2.0, 4.0), (3.0, 1.0)]


def test_orders_in_lots_are_cut_to_whole_lots(told):
    """Tests that an order in multiples of 4 that money limits to 6.7 units is for 4."""
    run = told(finance=POOR, policy="{kind: base_stock, level: 10, order_multiple: 4}")
    assert run.orders("shop")[0] == (1.0, 4.0)


def test_an_order_below_the_minimum_is_not_placed(told):
    """Tests that nothing is ordered when money suffices for less than the smallest order."""
    run = told(finance=POOR, policy="{kind: base_stock, level: 10, minimum_order: 8}", horizon=1)
    assert run.orders("shop") == []


def test_what_costs_nothing_is_ordered_without_money(told):
    """Tests that a node that owes more than it has orders all it wants at a price of 0."""
    run = told(finance="overdraft_limit: 0, fixed_cost: 9, limit_orders_to_cash: true", lane="price: 0", horizon=3)
    assert run.orders("shop")[0] == (1.0, 11.0)


def test_a_node_without_a_limit_orders_what_it_wants(told):
    """Tests that nothing stands between a stock and its source where money cannot run out."""
    run = told(finance="cash: 0, limit_orders_to_cash: true")
    assert run.orders("shop")[0] == (1.0, 11.0)
    stock = next(stock for stock in run.simulation.stocks.values() if stock.point.node == "shop")
    assert isinstance(stock.point.source, FromLane)
    assert type(stock.source).__name__ == "LaneProcess"


def test_an_order_waits_for_its_down_payment(told):
    """Tests that 8 units at 4, half of it down, wait at 1 with 10 in cash, are known, and go at 2 with 20."""
    run = told(
        initial=10,
        policy="{kind: base_stock, level: 16}",
        demand="{kind: constant, value: 2}",
        finance="overdraft_limit: 0",
        lane="price: 4, terms: {down_payment: 0.5, net: 10}",
        horizon=2,
    )
    assert run.orders("shop") == [(2.0, 8.0), (2.0, 2.0)]
    assert run.balance("shop", "cash") == 0.0


CREDIT = "price: 5, credit_limit: 50, terms: {net: 3}"


@pytest.mark.known_answer("lane.credit_limit")
@pytest.mark.parametrize("seller", ["depot", "mill"])
def test_orders_beyond_the_credit_limit_wait_for_payment(told, seller):
    """Tests that after 30 of 50 the next 30 wait, and a small order behind them, until the first are paid at 5."""
    run = told(policy="{kind: scripted, orders: [6, 6, 2, 0]}", lane=CREDIT, seller=seller)
    assert run.orders("shop") == [(1.0, 6.0), (2.0, 6.0), (3.0, 2.0)]
    assert run.receipts("shop") == [(2.0, 6.0), (6.0, 6.0), (6.0, 2.0)]


def test_what_is_owed_never_exceeds_the_credit_limit(told):
    """Tests that a buyer who orders 5 units at 5 each time owes at most its limit of 50, orders included."""
    text = SHOP.format(**GIVEN | {"policy": "{kind: scripted, orders: [5, 5, 5, 5, 5, 5]}", "lane": CREDIT})
    simulation = Simulation(sc.loads(text).network, seed=1)
    seen = []
    simulation.clock.on_close(lambda _tick: seen.append(simulation.books.exposure(1)))
    simulation.run()
    assert max(seen) == 50.0


SINKING = {
    "policy": "{kind: scripted, orders: [4, 4, 4, 4, 4, 4, 4, 4]}",
    "lane": "price: 5, terms: {net: 1}",
    "demand": "{kind: step, before: 0, after: 1, at: 5}",
    "price": 20,
}


@pytest.mark.known_answer("finance.insolvency:stop_buying")
def test_an_insolvent_node_buys_again_when_it_has_paid(told):
    """Tests that no order goes out from 4 on, the first invoice being due at 3, until the third is paid at 7."""
    run = told(**SINKING, finance="overdraft_limit: 0, insolvency: stop_buying")
    assert [time for time, _ in run.orders("shop")] == [1.0, 2.0, 3.0, 7.0, 8.0]


@pytest.mark.known_answer("finance.grace")
def test_grace_puts_the_insolvency_off(told):
    """Tests that a grace of 1.5 after the due date at 3 leaves the order of 4 and takes that of 5."""
    run = told(**SINKING, finance="overdraft_limit: 0, insolvency: stop_buying, grace: 1.5")
    assert [time for time, _ in run.orders("shop")][:4] == [1.0, 2.0, 3.0, 4.0]
    assert 5.0 not in [time for time, _ in run.orders("shop")]


CHAIN = """
scmsim: 1
name: chain
time: {{horizon: 9}}
products: {{p: {{}}}}
defaults:
  finance: {{overdraft_limit: 0}}
nodes:
  mill: {{kind: supplier}}
  farm: {{kind: warehouse, stock: {{p: {{initial: 100, policy: {{kind: scripted, orders: [0]}}}}}}}}
  depot:
    kind: warehouse
    stock: {{p: {{initial: 10, policy: {{kind: scripted, orders: [4, 4, 4, 4, 4, 4, 4, 4, 4]}}}}}}
    finance: {{insolvency: {insolvency}}}
  shop:
    kind: retailer
    stock: {{p: {{initial: 1, policy: {{kind: scripted, orders: [1, 1, 1, 1, 1, 1, 1, 1, 1]}}}}}}
    sales: {{p: {{price: 3}}}}
    demand: {{p: {{kind: constant, value: 1}}}}
lanes:
  - {{from: mill, to: farm, price: 2}}
  - {{from: farm, to: depot, lead_time: 1, price: 5, terms: {{net: 1}}}}
  - {{from: depot, to: shop, lead_time: 1, price: 1}}
"""


@pytest.mark.known_answer("finance.insolvency:stop_trading")
def test_the_end_of_a_node_is_felt_by_its_supplier_and_its_customers():
    """Tests that a depot that cannot pay 20 at 3 orders, ships and pays nothing from 4 on."""
    run = Run(CHAIN.format(insolvency="stop_trading"))
    assert [time for time, _ in run.orders("depot")] == [1.0, 2.0, 3.0]
    assert run.receipts("shop") == [(2.0, 1.0), (3.0, 1.0), (4.0, 1.0)]
    assert run.rows("stock", "shop")[-1]["backorders"] == 5.0
    assert run.balance("farm", "receivables") == 60.0
    assert run.balance("depot", "payables") == -60.0


def test_the_stock_of_a_node_that_has_stopped_is_there_and_is_nobodys():
    """Tests that the depot keeps 10 - 3 + 12 units on hand, receipts after its end included, and owes 6 orders of 1."""
    run = Run(CHAIN.format(insolvency="stop_trading"))
    last = run.rows("stock", "depot")[-1]
    assert (last["on_hand"], last["backorders"]) == (19.0, 6.0)
    assert run.receipts("depot") == [(2.0, 4.0), (3.0, 4.0), (4.0, 4.0)]


@pytest.mark.known_answer("finance.insolvency:ignore")
def test_insolvency_that_is_ignored_stops_nothing():
    """Tests that by default a node that owes what it cannot pay goes on."""
    run = Run(CHAIN.format(insolvency="ignore"))
    assert len(run.orders("depot")) == 9
    assert len(run.receipts("shop")) == 8


def test_orders_in_the_mail_at_the_start_meet_the_credit_limit(told):
    """Tests that of two mailed orders of 30 in value, at 1 and 2, the second waits until the first is paid."""
    run = told(
        policy="{kind: scripted, orders: [0]}, initial_pipeline: "
        "{orders: [{at: 1, quantity: 6}, {at: 2, quantity: 6}]}",
        lane=CREDIT,
    )
    assert run.receipts("shop") == [(2.0, 6.0), (6.0, 6.0)]


def test_an_order_larger_than_the_credit_limit_is_never_entered(told):
    """Tests that an order of 60 under a limit of 50 waits for good, as does everything behind it."""
    run = told(policy="{kind: scripted, orders: [12, 1, 0]}", lane=CREDIT)
    assert run.receipts("shop") == []
    assert len(run.simulation.gates.desks[1].held) == 2


def test_credit_is_looked_at_before_the_clerks_enter_the_order():
    """Tests that an order which clerks take 1 to enter is held first, and entered 1 after the payment at 6."""
    text = SHOP.format(**GIVEN | {"policy": "{kind: scripted, orders: [6, 6, 0]}", "lane": CREDIT, "horizon": 12})
    clerks = "    clerks: {order_processing: {time: 1}}\n"
    run = Run(text.replace("    kind: warehouse\n", "    kind: warehouse\n" + clerks))
    assert run.receipts("shop") == [(3.0, 6.0), (8.0, 6.0)]


def test_a_supplier_that_decides_knows_of_orders_that_wait(told):
    """Tests that under vendor-managed inventory an order of 11 that waits for 11 in cash is decided once."""
    run = told(
        initial=10,
        policy="{kind: vendor_managed, minimum: 9, maximum: 20}",
        finance="overdraft_limit: 0",
        price=2,
        lane="price: 1, terms: {prepay: true}, share: {stock: true, pipeline: true}",
        horizon=10,
    )
    assert run.orders("shop") == [(6.0, 11.0)]
    assert not run.simulation.stocks[0].source.waiting


FACTORY = """
scmsim: 1
name: factory
time: {horizon: 8}
products: {p: {}, part: {}}
defaults: {finance: {overdraft_limit: 0}}
nodes:
  mill: {kind: supplier}
  farm: {kind: warehouse, stock: {part: {initial: 100, policy: {kind: scripted, orders: [0]}}}}
  factory:
    kind: factory
    make: {p: {lead_time: 2, components: {part: 1}}}
    stock:
      p: {policy: {kind: scripted, orders: [1, 1, 1, 1, 1, 1, 1, 1]}}
      part: {initial: 20, policy: {kind: scripted, orders: [5, 0]}}
    finance: {insolvency: stop_trading, grace: 1}
    demand: {p: {kind: constant, value: 1}}
lanes:
  - {from: mill, to: farm}
  - {from: farm, to: factory, price: 5, terms: {net: 1}}
"""


def test_a_factory_that_has_stopped_makes_nothing():
    """Tests that a factory whose invoice was due at 2 starts nothing after 3, and what it was making is seized."""
    keeper = Keeper()
    network = sc.loads(FACTORY).network
    simulation = Simulation(network, seed=1, sinks=[keeper])
    simulation.run()
    (made,) = [stock for stock in simulation.stocks.values() if stock.point.product == "p"]
    (part,) = [
        stock for stock in simulation.stocks.values() if (stock.point.node, stock.point.product) == ("factory", "part")
    ]
    assert [row[0] / TICKS for row in keeper.tables()["production"].tolist()] == [1.0, 2.0, 3.0]
    assert (made.seized, made.on_hand, made.backorders) == (2.0, 0.0, 7.0)
    assert (part.seized, part.on_hand) == (22.0, 0.0)


def test_a_node_that_has_stopped_pays_no_wages():
    """Tests that fixed costs of 1 a period are paid from the start at 1 until the failure at 3, and no longer."""
    text = FACTORY.replace("grace: 1}", "grace: 1, fixed_cost: 1}").replace("net: 1", "net: 1, late: 50")
    simulation = Simulation(sc.loads(text).network, seed=1)
    simulation.run()
    assert simulation.books.books["factory"].balances[account("wages")] == pytest.approx(2)


def test_customers_prepay_nothing_where_trade_has_ended():
    """Tests that customers who wait prepay 1 each before the failure at 3, and from then on wait without paying."""
    text = FACTORY.replace("demand: {p: {", "sales: {p: {price: 1, terms: {prepay: true}}}\n    demand: {p: {")
    keeper = Keeper()
    network = sc.loads(text).network
    simulation = Simulation(network, seed=1, sinks=[keeper])
    simulation.run()
    rows = [dict(zip(COLUMNS["payments"], row, strict=True)) for row in keeper.tables()["payments"].tolist()]
    paid = [(round(row["time"] / TICKS), row["amount"]) for row in rows if row["payer"] == -1 and row["amount"]]
    (made,) = [stock for stock in simulation.stocks.values() if stock.point.product == "p"]
    assert paid == [(1, 1.0), (2, 1.0)]
    assert (made.backorders, len(made.waiting)) == (7.0, 7)


def test_nodes_prepay_nothing_to_one_that_has_stopped(told):
    """Tests that a shop prepays 1 a period to a depot that fails at 3, and that its later orders wait there unpaid."""
    run = told(
        depot_orders="[10, 0]",
        depot_finance="overdraft_limit: 0, insolvency: stop_trading",
        policy="{kind: scripted, orders: [1, 1, 1, 1, 1, 1, 1, 1]}",
        lane="price: 1, terms: {prepay: true}",
    )
    names = sorted(run.network.nodes)
    rows = [dict(zip(COLUMNS["payments"], row, strict=True)) for row in run.tables["payments"].tolist()]
    paid = [
        (row["time"] / TICKS, row["amount"]) for row in rows if row["payer"] == names.index("shop") and row["amount"]
    ]
    assert paid == [(1.0, 1.0), (2.0, 1.0), (3.0, 1.0)]
    assert [time for time, _ in run.orders("shop")] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    assert run.balance("shop", "advances_paid") == 0
    assert next(stock for stock in run.simulation.stocks.values() if stock.point.node == "depot").backorders == 5.0


def test_what_is_paid_in_advance_is_not_owed_once_more():
    """Tests that of 200 in cash 100, 50 and 50 are prepaid one after the other, while goods are still under way."""
    text = SHOP.format(
        **GIVEN
        | {
            "finance": "cash: 200, overdraft_limit: 0, limit_orders_to_cash: true",
            "policy": "{kind: scripted, orders: [10, 0, 5, 5, 5]}",
            "demand": "{kind: constant, value: 0}",
            "lane": "price: 10, terms: {prepay: true}",
        }
    )
    run = Run(text.replace("lead_time: 1, price: 10", "lead_time: 4, price: 10"))
    assert run.orders("shop") == [(1.0, 10.0), (3.0, 5.0), (4.0, 5.0)]
    assert run.balance("shop", "cash") == 0
    assert run.simulation.books.committed("shop") == 0


def test_money_for_next_to_nothing_buys_nothing():
    """Tests that cash left over by rounding places no order, and that the audit finds it right."""
    scenario = """
scmsim: 1
name: penniless
time: {horizon: 3}
products: {tea: {}}
nodes:
  port: {kind: supplier}
  shop:
    kind: retailer
    finance: {cash: 3.0e-16, overdraft_limit: 0, limit_orders_to_cash: true}
    stock: {tea: {initial: 0, policy: {kind: base_stock, level: 4}}}
    demand: {tea: {kind: constant, value: 1}}
lanes: [{from: port, to: shop, price: 1}]
"""
    result = sc.run(sc.loads(scenario), audit=True)
    assert result.orders.empty
    assert set(result.events["kind"]) == {"dropped"}
