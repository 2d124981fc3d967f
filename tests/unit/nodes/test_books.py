"""One supplier, one retailer, and every account worked out by hand."""

from pathlib import Path

import numpy as np
import pytest

import scmsim as sc
from scmsim.engine.recorder import COLUMNS, Keeper
from scmsim.flows.information import CODES
from scmsim.flows.money import ACCOUNTS, EVENTS, OUTSIDE
from scmsim.simulation import Simulation
from scmsim.ticks import TICKS

NAMES = ACCOUNTS + OUTSIDE

SHOP = """
scmsim: 1
name: shop
time: {{horizon: {horizon}}}
{money}
products: {{p: {{}}}}
nodes:
  depot:
    kind: warehouse
    stock: {{p: {{initial: {depot_initial}, policy: {{kind: scripted, orders: [0]}} }}}}
    finance: {{cash: 200}}
  mill: {{kind: supplier}}
  shop:
    kind: retailer
    stock: {{p: {{initial: {initial}, policy: {{kind: scripted, orders: {orders}, allow_negative: true}} {stock}}}}}
    finance: {{{finance}}}
    sales: {{p: {{price: 8 {sale}}}}}
    demand: {{p: {{{demand}}}}}
lanes:
  - {{from: mill, to: depot, price: 3}}
  - {{from: depot, to: shop, lead_time: {lead}, {lane}}}
"""

NO_DEMAND = "kind: constant, value: 0"
ONE_DAY = "kind: step, before: 2, after: 0, at: 2"

NEGATIVE = ", allow_negative: true"
GIVEN = {
    "horizon": 4,
    "money": "",
    "depot_initial": 20,
    "initial": 4,
    "orders": "[10]",
    "stock": "",
    "finance": "cash: 100",
    "sale": "",
    "demand": "kind: constant, value: 2",
    "lead": 1,
    "lane": "price: 5, terms: {net: 2}",
}


class Run:
    """A run and its books, in names and time units."""

    def __init__(self, text):
        self.network = sc.loads(text).network
        keeper = Keeper()
        self.simulation = Simulation(self.network, seed=1, sinks=[keeper])
        self.simulation.clock.on_close(self._check)
        self.simulation.run()
        self.tables = keeper.tables()
        self.nodes = [*sorted(self.network.nodes), "outside"]

    def _check(self, _tick):
        balances = self.simulation.books.balances
        size = 1 + sum(abs(amount) for amount in balances.values())
        money = sum(amount for (_, code), amount in balances.items() if code == 0 or code >= len(ACCOUNTS))
        assert abs(money) <= 1e-9 * size

    def balances(self, node, skip=("equity",)):
        """Return what is not 0 of a node's accounts."""
        index = self.nodes.index(node)
        found = {NAMES[code]: amount for (at, code), amount in self.simulation.books.balances.items() if at == index}
        return {name: amount for name, amount in found.items() if abs(amount) > 1e-9 and name not in skip}

    def rows(self, table):
        """Return the rows of a table as dictionaries with times in time units."""
        rows = [dict(zip(COLUMNS[table], row, strict=True)) for row in self.tables[table].tolist()]
        for row in rows:
            for column in {"time", "due", "received"} & row.keys():
                row[column] /= TICKS
        return rows

    def cash(self, node):
        """Return (time, amount) of every line of a node's cash but the first."""
        index = self.nodes.index(node)
        lines = [row for row in self.rows("ledger") if row["node"] == index and row["account"] == 0]
        return [(row["time"], row["amount"]) for row in lines if EVENTS[int(row["event"])] != "opening"]

    def paid(self, payer):
        """Return (time, amount) of every payment of a node."""
        index = self.nodes.index(payer)
        return [(row["time"], row["amount"]) for row in self.rows("payments") if row["payer"] == index]


def run(**changes):
    """Run the shop with something changed."""
    return Run(SHOP.format(**GIVEN | changes))


@pytest.mark.known_answer("lane.price")
@pytest.mark.known_answer("scenario.money")
def test_every_account_after_goods_are_sold_and_paid_for():
    """Tests every balance: 8 units sold at 8, 10 bought at 5 and paid two periods after they came."""
    told = run()
    assert told.balances("shop", skip=()) == {
        "cash": 100 - 50 + 64,
        "inventory": 6 * 5,
        "revenue": -64,
        "cost_of_goods_sold": 40,
        "equity": -(100 + 20),
    }
    assert told.balances("depot", skip=()) == {
        "cash": 250,
        "inventory": 10 * 3,
        "revenue": -50,
        "cost_of_goods_sold": 30,
        "equity": -(200 + 60),
    }
    assert told.balances("outside") == {"customers": -64, "owners": -300}


def test_goods_are_owed_before_they_are_paid():
    """Tests that title passes at shipment: the seller has a receivable and the buyer goods in transit and a payable."""
    told = run(horizon=1)
    assert told.balances("shop") == {
        "cash": 116,
        "inventory": 10,
        "in_transit": 50,
        "payables": -50,
        "revenue": -16,
        "cost_of_goods_sold": 10,
    }
    assert told.balances("depot") == {
        "cash": 200,
        "receivables": 50,
        "inventory": 30,
        "revenue": -50,
        "cost_of_goods_sold": 30,
    }


def test_an_order_is_no_revenue():
    """Tests that nothing is posted at the seller for what was ordered and cannot be shipped yet."""
    told = run(depot_initial=0)
    assert told.balances("depot") == {"cash": 200}
    assert told.balances("shop") == {
        "cash": 100 + 4 * 8,
        "revenue": -32,
        "cost_of_goods_sold": 20,
    }


@pytest.mark.known_answer("terms.net")
@pytest.mark.known_answer("terms.invoice:delivery")
@pytest.mark.known_answer("lane.terms")
def test_an_invoice_is_due_the_net_time_after_delivery():
    """Tests the invoice and the payment of goods that leave at 1, arrive at 2 and are due at 4."""
    told = run()
    (invoice,) = [row for row in told.rows("invoices") if row["buyer"] >= 0]
    assert invoice | {"order": 0} == {
        "time": 2,
        "invoice": invoice["invoice"],
        "order": 0,
        "seller": 0,
        "buyer": 2,
        "amount": 50,
        "due": 4,
    }
    (payment,) = [row for row in told.rows("payments") if row["payer"] == 2]
    assert (payment["time"], payment["invoice"], payment["amount"], payment["payee"], payment["received"]) == (
        4, invoice["invoice"], 50, 0, 4,
    )  # fmt: skip


@pytest.mark.known_answer("terms.invoice:shipment")
@pytest.mark.parametrize(("kind", "paid"), [("shipment", 3.0), ("delivery", 4.0)])
def test_when_an_invoice_is_written(kind, paid):
    """Tests that the net time runs from shipment or from delivery."""
    assert run(lane=f"price: 5, terms: {{net: 2, invoice: {kind}}}").paid("shop") == [(paid, 50)]


@pytest.mark.known_answer("money.month")
@pytest.mark.known_answer("terms.invoice:monthly")
def test_a_monthly_invoice_is_for_all_deliveries_of_the_month():
    """Tests that deliveries at 2 and 3 stand on one invoice, written when the month of 3 periods ends at 4."""
    told = run(
        horizon=8,
        money="money: {month: 3}",
        orders="[2, 4]",
        demand=NO_DEMAND,
        lane="price: 5, terms: {net: 1, invoice: monthly}",
    )
    (invoice,) = told.rows("invoices")
    assert (invoice["time"], invoice["order"], invoice["amount"], invoice["due"]) == (4, 0, 30, 5)
    assert told.paid("shop") == [(5, 30)]


@pytest.mark.known_answer("terms.discount")
def test_an_early_payment_earns_its_discount():
    """Tests that 2 % are taken off at the end of the discount window, on both sides."""
    told = run(lane="price: 5, terms: {net: 2, discount: {rate: 0.02, within: 1}}")
    assert told.paid("shop") == [(3, 49)]
    assert told.balances("shop")["discounts_received"] == -1
    assert told.balances("depot")["discounts_given"] == 1
    assert told.balances("depot")["cash"] == 249


def test_no_discount_outside_its_window():
    """Tests that a buyer without the money when the window ends pays the whole amount when it is due."""
    lane = "price: 5, terms: {net: 3, discount: {rate: 0.02, within: 1}}"
    told = run(finance="cash: 0, overdraft_limit: 0", lane=lane, initial=8, horizon=6)
    assert told.paid("shop") == [(5, 50)]
    assert "discounts_received" not in told.balances("shop")


@pytest.mark.known_answer("terms.late")
@pytest.mark.known_answer("terms.late_fee")
def test_a_late_payer_pays_the_fee():
    """Tests that an invoice due at 4 and paid at 5 costs a tenth more, which the seller earns."""
    told = run(horizon=6, lane="price: 5, terms: {net: 2, late: 1, late_fee: 0.1}")
    assert told.paid("shop") == [(5, 55)]
    assert told.balances("shop")["late_fees_paid"] == 5
    assert told.balances("depot")["late_fees_received"] == -5


def test_late_payers_follow_their_own_stream():
    """Tests that lateness is drawn: invoices of two orders are paid at different, later, reproducible times."""
    lane = "price: 5, terms: {net: 0, late: {dist: uniform, low: 0.2, high: 2}}"
    told = run(horizon=8, orders="[1, 1, 1]", lane=lane)
    late = [time - due for (time, _), due in zip(told.paid("shop"), (2, 3, 4), strict=True)]
    assert all(0.2 <= each <= 2 for each in late)
    assert len(set(late)) == 3
    assert run(horizon=8, orders="[1, 1, 1]", lane=lane).paid("shop") == told.paid("shop")


def test_what_cannot_be_paid_waits_for_money():
    """Tests that 50 due at 2 is paid when sales of 16 a period have brought that much, at 4."""
    told = run(initial=20, finance="cash: 0, overdraft_limit: 0", lane="price: 5, terms: {net: 0}")
    assert told.paid("shop") == [(4, 50)]
    assert [amount for _, amount in told.cash("shop")] == [16, 16, 16, 16, -50]


@pytest.mark.known_answer("finance.overdraft_limit")
def test_the_overdraft_goes_as_far_as_its_limit():
    """Tests that with 20 of overdraft the same 50 is paid two periods earlier, since 32 + 20 covers it."""
    told = run(initial=20, finance="cash: 0, overdraft_limit: 20", lane="price: 5, terms: {net: 0}")
    assert told.cash("shop") == [(1, 16), (2, 16), (2, -50), (3, 16), (4, 16)]


def test_the_oldest_invoice_is_paid_first():
    """Tests that a small younger invoice does not overtake a large older one."""
    told = run(initial=20, orders="[10, 1]", finance="cash: 0, overdraft_limit: 0", lane="price: 5, terms: {net: 0}")
    assert told.paid("shop") == [(4, 50), (4, 5)]


@pytest.mark.known_answer("messages.remittance")
def test_a_payment_is_on_its_way_in_between():
    """Tests that money sent at 4 lies in clearing until it arrives two periods later."""
    lane = "price: 5, terms: {net: 2}, messages: {remittance: 2}"
    assert run(lane=lane).balances("outside")["in_clearing"] == 50
    told = run(lane=lane, horizon=6)
    assert "in_clearing" not in told.balances("outside")
    assert told.cash("depot") == [(6, 50)]


@pytest.mark.known_answer("messages.invoice")
def test_an_invoice_takes_its_time():
    """Tests that an invoice that arrives after its date is paid when it arrives."""
    told = run(horizon=6, lane="price: 5, terms: {net: 0}, messages: {invoice: 3}")
    assert told.paid("shop") == [(5, 50)]


@pytest.mark.known_answer("terms.prepay")
def test_a_prepaid_order_is_paid_when_it_is_placed():
    """Tests that the whole value is an advance at order, and that the invoice sets it off against what is owed."""
    told = run(lane="price: 5, terms: {prepay: true}", depot_initial=0, horizon=1)
    assert told.balances("shop")["advances_paid"] == 50
    assert told.balances("depot")["advances_received"] == -50
    told = run(lane="price: 5, terms: {prepay: true}")
    assert told.cash("shop")[:2] == [(1, 16), (1, -50)]
    assert not {"advances_paid", "payables"} & told.balances("shop").keys()
    assert not {"advances_received", "receivables"} & told.balances("depot").keys()
    assert told.balances("depot")["cash"] == 250
    assert [row["buyer"] for row in told.rows("invoices") if row["buyer"] >= 0] == []


@pytest.mark.known_answer("terms.down_payment")
def test_a_down_payment_is_taken_off_the_invoice():
    """Tests that a fifth is paid at order and the rest when the invoice is due."""
    told = run(lane="price: 5, terms: {net: 2, down_payment: 0.2}")
    assert told.paid("shop") == [(1, 10), (4, 40)]
    assert told.balances("depot") == run().balances("depot")
    assert told.balances("shop") == run().balances("shop")


@pytest.mark.known_answer("lane.promotions")
def test_a_promotion_counts_when_the_order_is_placed():
    """Tests that of two orders that leave after a promotion, the one placed in it is cheaper."""
    lane = "price: 5, order_delay: 1, promotions: [{from: 1, until: 2, discount: 0.2}]"
    assert run(orders="[5, 5]", lane=lane).paid("shop") == [(3, 20), (4, 25)]


@pytest.mark.known_answer("price:markup")
def test_a_markup_is_on_the_sellers_cost():
    """Tests that a markup of half on the depot's cost of 3 makes a price of 4.50."""
    assert run(lane="price: {kind: markup, rate: 0.5}").paid("shop") == [(2, 45)]


@pytest.mark.known_answer("lane.duty")
def test_duty_adds_to_the_cost_of_goods():
    """Tests that a duty of 10 % is paid at receipt to customs and lies in the stock's value."""
    told = run(initial=0, demand=NO_DEMAND, lane="price: 5, duty: 0.1")
    assert told.balances("shop") == {"cash": 45, "inventory": 55}
    assert told.balances("outside")["customs"] == 5


@pytest.mark.known_answer("money.valuation:standard")
def test_standard_cost_shows_the_variance():
    """Tests that units bought at 5 with a standard cost of 4 lie at 4, and that the rest is an expense."""
    text = SHOP.format(**GIVEN | {"money": "money: {valuation: standard}", "demand": NO_DEMAND, "initial": 0})
    told = Run(text.replace("products: {p: {}}", "products: {p: {standard_cost: 4}}"))
    assert told.balances("shop") == {"cash": 50, "inventory": 40, "cost_variance": 10}


def test_goods_without_a_price_go_over_at_cost():
    """Tests that between nodes without a price value moves from owners to owners, and no profit arises."""
    told = run(lane="order_delay: 0", demand=NO_DEMAND, initial=0)
    assert told.balances("shop", skip=()) == {"cash": 100, "inventory": 30, "equity": -130}
    assert told.balances("depot", skip=()) == {"cash": 200, "inventory": 30, "equity": -230}


def test_what_is_given_back_is_undone():
    """Tests that a return of 3 units at the price of the order takes back revenue, cost and money."""
    told = run(orders="[10, 0, 0, -3]", demand=NO_DEMAND, horizon=8)
    assert told.paid("shop") == [(4, 50), (7, -15)]
    assert told.balances("shop") == {"cash": 65, "inventory": 20 + 50 - 15}
    assert told.balances("depot") == {
        "cash": 235,
        "inventory": 30 + 9,
        "revenue": -35,
        "cost_of_goods_sold": 21,
    }


def test_what_is_under_way_at_the_start_is_paid_for():
    """Tests that the opening shows the pipeline in transit, and that its delivery costs nothing more."""
    told = run(stock=", initial_pipeline: 3", orders="[0]", demand=NO_DEMAND, horizon=1)
    assert told.balances("shop", skip=()) == {"cash": 100, "inventory": 35, "equity": -135}


@pytest.mark.known_answer("finance.fixed_cost")
@pytest.mark.known_answer("finance.loan")
@pytest.mark.known_answer("finance.loan_rate")
def test_costs_of_time_are_paid_at_the_end_of_every_time_unit():
    """Tests holding, wages and the interest on a loan over two periods without trade."""
    told = run(
        horizon=2,
        orders="[0]",
        demand=NO_DEMAND,
        stock=", holding_cost: 0.5",
        finance="cash: 100, fixed_cost: 7, loan: 200, loan_rate: 0.01",
    )
    assert told.balances("shop") == {
        "cash": pytest.approx(100 - 2 * (4 * 0.5 + 7 + 2)),
        "inventory": 20,
        "loans": -200,
        "holding": 4,
        "wages": 14,
        "interest": 4,
    }
    assert {round(time, 3) for time, _ in told.cash("shop")} == {2, 3}


@pytest.mark.known_answer("finance.overdraft_rate")
def test_interest_is_paid_on_the_overdraft_for_as_long_as_it_lasts():
    """Tests that 50 overdrawn from 2.5 on costs a tenth of that per time unit, half of it by the end of the period."""
    told = run(
        horizon=2,
        demand=NO_DEMAND,
        lead=1.5,
        finance="cash: 0, overdraft_rate: 0.1",
        lane="price: 5, terms: {net: 0}",
    )
    assert told.cash("shop") == [(2.5, -50), (pytest.approx(3), pytest.approx(-50 * 0.1 * 0.5))]


@pytest.mark.known_answer("money.tax_rate")
def test_tax_is_paid_on_the_profit_of_the_run():
    """Tests that a quarter of revenue less cost goes to the state when the run ends."""
    told = run(money="money: {tax_rate: 0.25}")
    assert told.balances("shop")["tax"] == pytest.approx(0.25 * (64 - 40))
    assert told.balances("outside")["tax"] == pytest.approx(0.25 * 24 + 0.25 * 20)


EARNER = """
scmsim: 1
name: earner
time: {{horizon: 20, warm_up: {warm_up}}}
money: {{tax_rate: 0.5}}
products: {{p: {{}}}}
nodes:
  mill: {{kind: supplier}}
  shop:
    kind: retailer
    stock: {{p: {{initial: 10, policy: {{kind: base_stock, level: 10}}}}}}
    finance: {{fixed_cost: {wages}}}
    sales: {{p: {{price: 10}}}}
    demand: {{p: {demand}}}
lanes: [{{from: mill, to: shop, price: 5}}]
"""


def taxed(demand="{kind: constant, value: 10}", wages=5, warm_up=10):
    """Return (time, amount) of the tax of a shop that earns 5 a unit less its wages, and its whole tax."""
    told = Run(EARNER.format(demand=demand, wages=wages, warm_up=warm_up))
    shop, tax = told.nodes.index("shop"), ACCOUNTS.index("tax")
    lines = [row for row in told.rows("ledger") if row["node"] == shop and row["account"] == tax]
    return [(row["time"], row["amount"]) for row in lines], told.simulation.books.books["shop"].balances[tax]


def test_tax_on_the_profit_of_the_warm_up_is_paid_when_it_ends():
    """Tests that of 45 earned a day half is paid when the ten days of the warm-up end, and half when the run ends."""
    lines, whole = taxed()
    assert [amount for _, amount in lines] == pytest.approx([225, 225])
    assert whole == pytest.approx(450)
    assert 10.9 < lines[0][0] < 11 < 20.9 < lines[1][0] < 21


def test_a_warm_up_that_ends_within_a_time_unit_bears_its_part_of_the_wages():
    """Tests that 10 sales of 50 in 9.5 days, less wages for 9.5 days, are taxed when the warm-up ends."""
    lines, whole = taxed(warm_up=9.5)
    assert [amount for _, amount in lines] == pytest.approx([0.5 * (500 - 5 * 9.5), 0.5 * (500 - 5 * 10.5)])
    assert whole == pytest.approx(450)


def test_a_loss_after_the_warm_up_brings_tax_back():
    """Tests that 450 of profit, taxed with 225, and a loss of 50 after it leave a tax of 200."""
    lines, whole = taxed(demand="{kind: step, before: 10, after: 0, at: 11}")
    assert [amount for _, amount in lines] == pytest.approx([225, -25])
    assert whole == pytest.approx(200)


def test_a_loss_of_the_warm_up_is_taken_off_the_profit_after_it():
    """Tests that a loss of 50 is not taxed, and 450 of profit after it are taxed as 400."""
    lines, whole = taxed(demand="{kind: step, before: 0, after: 10, at: 11}")
    assert [amount for _, amount in lines] == pytest.approx([200])
    assert whole == pytest.approx(200)


MAKER = """
scmsim: 1
name: maker
time: {horizon: 4}
products: {part: {value: 2}, thing: {}}
nodes:
  mill: {kind: supplier}
  works:
    kind: factory
    make: {thing: {lead_time: 2, components: {part: 3}, unit_cost: 1, batch_cost: 10}}
    stock:
      part: {initial: 30, policy: {kind: scripted, orders: [6]}, purchase_cost: 4, order_cost: 2}
      thing: {initial: 0, policy: {kind: scripted, orders: [5]}}
    finance: {cash: 100}
    demand: {thing: {kind: constant, value: 1}}
    sales: {thing: {price: 20}}
lanes: [{from: mill, to: works, lead_time: 1, unit_cost: 0.5, shipment_cost: 3}]
"""


@pytest.mark.known_answer("make.unit_cost")
@pytest.mark.known_answer("make.batch_cost")
def test_production_gathers_what_it_takes():
    """Tests that 5 things take 15 parts at 2, work at 1 and a batch at 10, which is 9 a thing when they are sold."""
    told = Run(MAKER)
    assert told.balances("works") == {
        "cash": 100 + 80 - 15 - 24 - 2 - 6,
        "inventory": 30 + 24 + 9,
        "revenue": -80,
        "cost_of_goods_sold": 36,
        "ordering": 2,
        "transport": 6,
    }
    assert told.balances("outside")["raw_material"] == 24
    assert told.balances("outside")["carriers"] == 6
    assert told.balances("outside")["wages"] == 17


def test_what_is_in_the_works_is_worth_something():
    """Tests the work in process while things are made."""
    told = Run(MAKER.replace("horizon: 4", "horizon: 2"))
    assert told.balances("works")["work_in_process"] == 45


def test_a_scenario_without_money_has_no_books():
    """Tests that no books are made and nothing is posted where nothing is said of money."""
    keeper = Keeper(("ledger", "invoices", "payments"))
    path = Path(sc.__file__).parents[2] / "scenarios" / "beer_game.yaml"
    simulation = Simulation(sc.load(path).network, seed=1, sinks=[keeper])
    simulation.run()
    assert simulation.books is None
    assert [len(table) for table in keeper.tables().values()] == [0, 0, 0]


def test_the_rows_of_the_ledger_are_the_balances():
    """Tests that what was written down adds up to the balances, and every posting to 0 at every node but outside."""
    told = run(
        lane="price: 5, terms: {net: 1, down_payment: 0.3, late: 1, late_fee: 0.1}", horizon=9, orders="[4, 4, 4]"
    )
    added, postings = {}, {}
    for row in told.rows("ledger"):
        key = int(row["node"]), int(row["account"])
        added[key] = added.get(key, 0.0) + row["amount"]
        posting = postings.setdefault(row["posting"], {"node": 0.0, "money": 0.0})
        is_outside = told.nodes[int(row["node"])] == "outside"
        posting["node"] += 0.0 if is_outside else row["amount"]
        posting["money"] += row["amount"] if is_outside or row["account"] == 0 else 0.0
    assert {key: amount for key, amount in told.simulation.books.balances.items() if amount} == pytest.approx(
        {key: amount for key, amount in added.items() if amount}
    )
    assert all(abs(total) < 1e-9 for posting in postings.values() for total in posting.values())


def at_close(text, look):
    """Run a scenario and return what ``look`` gives at the end of every whole time unit's instant."""
    simulation, seen = Simulation(sc.loads(text).network, seed=1), []
    simulation.clock.on_close(lambda tick: seen.append(look(simulation.books)) if tick % TICKS == 0 else None)
    simulation.run()
    return seen


def test_what_is_at_stake_between_two_nodes():
    """Tests exposure, commitment and price while 10 units at 5 are ordered, shipped at 2, owed and paid at 5."""
    lane = "price: 5, order_delay: 1, terms: {net: 2}, credit_limit: 60"
    finance = "cash: 100, limit_orders_to_cash: true"
    text = SHOP.format(**GIVEN | {"horizon": 6, "finance": finance, "lane": lane}).replace(NEGATIVE, "")
    shop = next(point.index for point in sc.loads(text).network.points if point.node == "shop")
    seen = at_close(text, lambda books: (books.exposure(1), books.committed("shop"), books.price(shop)))
    assert seen == [(0, 50, 5), (50, 50, 5), (50, 50, 5), (50, 50, 5), (0, 0, 5), (0, 0, 5)]


def test_what_nobody_limits_is_not_followed():
    """Tests that exposure and commitment are nan where no credit and no orders are limited."""
    seen = at_close(SHOP.format(**GIVEN), lambda books: (books.exposure(1), books.committed("shop")))
    assert np.isnan(seen).all()


class Desk:
    """A seller that tells the books of every order it enters, twice."""

    def __init__(self, seller, books, point):
        self.seller, self.books, self.point, self.index = seller, books, point, seller.index
        self.seen = []

    def take(self, order):
        for _ in range(2):
            self.books.enter(order.number, self.point, order.quantity)
        self.seen += [self.books.order_value(order.number, self.point, order.quantity), self.books.exposure(1)]
        self.seller.take(order)


def test_an_entered_order_counts_in_the_exposure_once_until_it_is_shipped():
    """Tests that an order which its seller can ship in part is at stake whole, whether it is owed or waits."""
    lane = "price: 5, terms: {net: 2}, credit_limit: 1000"
    text = SHOP.format(**GIVEN | {"depot_initial": 4, "lane": lane}).replace(NEGATIVE, "")
    simulation = Simulation(sc.loads(text).network, seed=1)
    (shop,) = [stock for stock in simulation.stocks.values() if stock.point.node == "shop"]
    desk = shop.source._seller = Desk(shop.source._seller, simulation.books, shop.index)
    simulation.run()
    assert desk.seen == [50, 50]
    assert simulation.books.exposure(1) == 50 - 20


def test_what_a_node_can_pay_and_has_not_paid():
    """Tests that what is available is cash and overdraft, and that an unpaid invoice is overdue from its due date."""
    finance = "cash: 0, overdraft_limit: 10"
    text = SHOP.format(
        **GIVEN | {"horizon": 4, "demand": NO_DEMAND, "finance": finance, "lane": "price: 5, terms: {net: 1}"}
    )
    seen = at_close(text, lambda books: (books.available("shop"), books.oldest_due("shop"), books.overdue("shop")))
    assert seen == [(10, None, 0), (10, 3 * TICKS, 0), (10, 3 * TICKS, 0), (10, 3 * TICKS, TICKS)]


def test_those_who_watch_are_told_of_money_and_invoices():
    """Tests that watchers hear of every payment that comes in and of every invoice that has arrived."""
    simulation, heard = Simulation(sc.loads(SHOP.format(**GIVEN)).network, seed=1), []
    books, clock = simulation.books, simulation.clock
    books.on_cash("depot", lambda: heard.append(("cash", clock.now // TICKS, books.available("depot"))))
    books.on_invoice("shop", lambda invoice: heard.append(("invoice", clock.now // TICKS, invoice.amount)))
    simulation.run()
    assert heard == [("cash", 1, float("inf")), ("invoice", 2, 50), ("cash", 4, float("inf"))]


@pytest.mark.known_answer("sale.terms")
@pytest.mark.known_answer("node.sales")
def test_customers_pay_by_their_terms():
    """Tests that end customers who buy on credit pay when it is due, and until then owe it."""
    told = run(sale=", terms: {net: 1.5}", orders="[0]", initial=20)
    assert [amount for _, amount in told.cash("shop")] == [16, 16, 16]
    assert [time for time, _ in told.cash("shop")] == [2.5, 3.5, 4.5]
    assert told.balances("shop")["receivables"] == 16


def test_what_customers_wait_for_has_the_price_of_its_day():
    """Tests that units asked for in a promotion and delivered after it are sold at the promotion's price."""
    told = run(
        initial=0,
        orders="[2]",
        demand=ONE_DAY,
        sale=", promotions: [{from: 1, until: 2, discount: 0.5}]",
    )
    assert told.balances("shop")["revenue"] == -8


def test_customers_pay_in_advance_for_what_they_wait_for():
    """Tests that a customer who pays half down pays that when he asks, and the rest when he gets the goods."""
    told = run(initial=0, orders="[2]", demand=ONE_DAY, sale=", terms: {down_payment: 0.5}")
    assert told.cash("shop")[:2] == [(pytest.approx(1, abs=1e-5), 8), (2, 8)]
    assert not {"advances_received", "receivables"} & told.balances("shop").keys()


def test_what_was_owed_to_customers_at_the_start_is_sold():
    """Tests that a negative initial stock is worth nothing at the start and is sold when it is delivered."""
    told = run(initial=-3, demand=NO_DEMAND)
    assert told.balances("shop")["revenue"] == -24
    assert told.balances("shop")["cost_of_goods_sold"] == 15


def test_a_run_that_ends_within_a_time_unit_pays_for_the_part():
    """Tests that wages of 7 per time unit are 10.50 after one and a half."""
    told = run(horizon=1.5, orders="[0]", demand=NO_DEMAND, finance="cash: 100, fixed_cost: 7")
    assert told.balances("shop")["wages"] == 10.5


def test_units_of_one_order_in_two_shipments_keep_their_cost():
    """Tests that what is in transit is emptied when an order comes in parts, without a price."""
    told = run(depot_initial=4, lane="order_delay: 0", demand=NO_DEMAND, initial=0)
    assert told.balances("shop") == {"cash": 100, "inventory": 12}


@pytest.mark.known_answer("desks.billing")
def test_clerks_write_one_invoice_after_the_other():
    """Tests that two invoices asked for at 2 and 3 leave a clerk who takes 1.5 for each at 3.5 and 5."""
    text = SHOP.format(**GIVEN | {"horizon": 8, "orders": "[1, 1]", "lane": "price: 5, terms: {net: 1}"})
    told = Run(text.replace("finance: {cash: 200}", "finance: {cash: 200}\n    clerks: {billing: {time: 1.5}}"))
    lane = [row for row in told.rows("invoices") if row["buyer"] >= 0]
    assert [(row["time"], row["due"]) for row in lane] == [(3.5, 4.5), (5, 6)]
    assert told.paid("shop") == [(4.5, 5), (6, 5)]


def test_clerks_of_a_supplier_write_its_invoices():
    """Tests that a supplier, which keeps no books, has clerks who take 1.5 for the invoice of what arrives at 1."""
    text = SHOP.format(**GIVEN | {"depot_initial": 0, "horizon": 6}).replace("orders: [0]", "orders: [4]")
    told = Run(text.replace("mill: {kind: supplier}", "mill: {kind: supplier, clerks: {billing: {time: 1.5}}}"))
    mill = told.nodes.index("mill")
    assert [(row["time"], row["amount"]) for row in told.rows("invoices") if row["seller"] == mill] == [(2.5, 12)]


def test_invoices_and_payments_are_messages():
    """Tests the messages of an invoice that is two periods in the mail and of the payment that takes one."""
    told = run(horizon=8, lane="price: 5, terms: {net: 1}, messages: {invoice: 2, remittance: 1}")
    index = {point.node: point.index for point in told.network.points}
    codes = {CODES["invoice"]: "invoice", CODES["remittance"]: "remittance"}
    found = [
        (codes[row["kind"]], row["time"], row["received"], row["sender"], row["receiver"], row["quantity"])
        for row in told.rows("messages")
        if row["kind"] in codes and -1 not in (row["sender"], row["receiver"])
    ]
    assert found == [
        ("invoice", 2, 4, index["depot"], index["shop"], 50),
        ("remittance", 4, 5, index["shop"], index["depot"], 50),
    ]
