"""Money from hand-made ledgers: a shop that buys from a depot, which buys from works that keep no books."""

import numpy as np
import pytest

from scmsim.engine.recorder import COLUMNS
from scmsim.flows.money import ACCOUNTS, EXPENSES, INCOME
from scmsim.flows.postings import HAS_PARTNER, OWN, POSTINGS, lines_of, posting
from scmsim.metrics import CATALOGUE, Collector, measure
from scmsim.metrics.metric import GROUPS
from scmsim.metrics.money_totals import MoneyAccumulator
from scmsim.scenario.network import Finance, Messages, Money, Sale
from scmsim.scenario.network_money import Delay, Price, Terms
from scmsim.ticks import TICKS

DEPOT, SHOP, WORKS, OUTSIDE = range(4)
NOBODY = -1
MONEY_TABLES = {"journal", "ledger", "invoices", "payments"}


def entry(time, kind, node, partner, *amounts):
    """Return an entry of the journal: what happened at a node, and up to three amounts."""
    return (time, posting(kind), node, partner, 0, *amounts, *(0 for _ in range(3 - len(amounts))))


def trade(time):
    """Return a week: the shop buys 10 units at 6 that cost the depot 4, and sells 10 at 9 for cash."""
    return [
        entry(time, "shipment", DEPOT, SHOP, 60, 40),
        entry(time, "delivery", SHOP, DEPOT, 60),
        entry(time, "sale", SHOP, NOBODY, 90, 60),
        entry(time, "receipt_from_customers", SHOP, NOBODY, 90),
    ]


@pytest.fixture
def chain(bench):
    """Return a function that makes the network, money being counted."""

    def make(calendar=None, **more):
        return bench.chain(calendar, money=Money(currency="crown"), **more)

    return make


def test_trade_within_the_chain_cancels(bench, chain):
    """Tests profit by hand: the depot earns 20, the shop 30, the chain sells for 90 what cost it 40."""
    value = bench.reader(chain(), journal=trade(1))
    assert [value("revenue", node=node) for node in ("depot", "shop")] == [60, 90]
    assert [value("cost_of_goods_sold", node=node) for node in ("depot", "shop")] == [40, 60]
    assert [value("gross_margin", node=node) for node in ("depot", "shop")] == [20, 30]
    assert (value("revenue"), value("cost_of_goods_sold"), value("gross_margin")) == (90, 40, 50)
    assert (value("profit"), value("profit", node="depot"), value("profit", segment="internal")) == (50, 20, 20)
    assert value("revenue", segment="internal") == 60


def test_trade_within_a_segment_cancels(bench):
    """Tests that two nodes of one segment sell nothing to each other as far as the segment is concerned."""
    network = bench.chain(money=Money())
    nodes = {name: node for name, node in network.nodes.items()}
    object.__setattr__(nodes["depot"], "segment", "downstream")
    value = bench.reader(network, journal=trade(1))
    assert (value("revenue", segment="downstream"), value("cost_of_goods_sold", segment="downstream")) == (90, 40)


def test_every_line_of_profit_has_its_own_figure(bench, chain):
    """Tests that what every kind of posting does to income and expenses is counted, and that profit is their sum."""
    held = {}
    for name in (name for name in POSTINGS if not HAS_PARTNER[posting(name)]):
        amounts = np.array([100.0, 10.0, 1.0]) + posting(name)
        value = bench.reader(chain(), journal=[entry(2, name, SHOP, NOBODY, *amounts)])
        for whose, code, signs in lines_of(POSTINGS[name]):
            if whose == OWN:
                held[name, ACCOUNTS[code]] = amounts @ signs
        profit = 0.0
        for account in (*INCOME, *EXPENSES):
            figure = next(figure for figure in (account, f"{account}_expense") if figure in CATALOGUE)
            sign = -1 if account in INCOME else 1
            expected = sign * held.get((name, account), 0.0)
            profit -= sign * expected
            assert value(figure, node="shop") == value(figure) == expected, (name, account)
        assert value("profit") == value("profit", node="shop") == pytest.approx(profit), name
    assert {account for _, account in held} >= {"revenue", "holding", "wages", "interest", "late_fees_paid", "tax"}


def test_the_warm_up_is_not_measured(bench, chain):
    """Tests that of two equal weeks only the one that is not warm-up counts, but cash does."""
    value = bench.reader(chain(bench.calendar(warm=5)), journal=trade(4.999) + trade(5))
    assert (value("revenue"), value("closing_cash")) == (90, 180)


def test_days_of_everything(bench, chain):
    """Tests cash to cash by hand over 10 weeks.

    Stock of 60 lies from 0 to 5: 30 on the average; cost of goods 60, 6 a week: 5 weeks. The customer owes 90 from 5 to
    7: 18, of 9 a week: 2. The shop owes 60 from 0 to 8: 48, of 6 a week: 8. Together -1.
    """
    rows = [
        entry(0, "shipment_from_outside", SHOP, WORKS, 60),
        entry(2, "delivery", SHOP, WORKS, 60),
        entry(5, "sale", SHOP, NOBODY, 90, 60),
        entry(7, "receipt_from_customers", SHOP, NOBODY, 90),
        entry(8, "payment_outside", SHOP, WORKS, 60),
    ]
    for where in ({"node": "shop"}, {"segment": "downstream"}, {}):
        value = bench.reader(chain(), journal=rows)
        assert value("days_of_inventory", **where) == pytest.approx(5)
        assert value("days_receivable", **where) == pytest.approx(2)
        assert value("days_payable", **where) == pytest.approx(8)
        assert value("cash_to_cash", **where) == pytest.approx(-1)
        assert value("gmroi", **where) == pytest.approx(30 / 30)


def test_money_paid_in_advance_shortens_the_days(bench, chain):
    """Tests that 90 paid 3 weeks before the sale are -3 weeks receivable, and 60 paid 2 before receipt -2 payable."""
    rows = [
        entry(1, "advance_outside", SHOP, WORKS, 60),
        entry(2, "advance_from_customers", SHOP, NOBODY, 90),
        entry(3, "shipment_from_outside", SHOP, WORKS, 60),
        entry(3, "delivery", SHOP, WORKS, 60),
        entry(3, "advance_used", SHOP, WORKS, 60),
        entry(5, "sale", SHOP, NOBODY, 90, 60),
        entry(5, "advance_earned", SHOP, NOBODY, 90),
    ]
    value = bench.reader(chain(), journal=rows)
    assert value("days_receivable", node="shop") == pytest.approx(-3)
    assert value("days_payable", node="shop") == pytest.approx(-2)


def test_what_is_undefined_is_null(bench, chain, undefined):
    """Tests that a chain that sold nothing has no days, no return and no variance ratio, and no money."""
    value = bench.reader(chain())
    for name in ("days_of_inventory", "days_receivable", "days_payable", "cash_to_cash", "gmroi"):
        assert value(name) == undefined, name
        assert value(name, node="shop") == undefined, name
    assert value("cash_variance_ratio", node="shop") == undefined
    assert (value("revenue"), value("profit"), value("closing_cash"), value("peak_overdraft")) == (0, 0, 0, 0)


def test_the_lowest_cash_is_that_at_the_end_of_an_instant(bench, chain):
    """Tests that a dip within an instant does not count, one between two instants does, and purses are put together."""

    def cash(time, node, amount):
        return entry(time, "receipt_from_customers", node, NOBODY, amount)

    rows = [cash(1, SHOP, -100), cash(1, SHOP, 70), cash(2, DEPOT, 25), cash(3, SHOP, 50), cash(4, DEPOT, -40)]
    value = bench.reader(chain(), journal=rows)
    assert value("peak_overdraft", node="shop") == 30
    assert value("peak_overdraft", node="depot") == 15
    assert value("peak_overdraft") == 30
    value = bench.reader(chain(bench.calendar(warm=2)), journal=rows)
    assert value("peak_overdraft", node="shop") == 30
    assert value("peak_overdraft") == 5
    value = bench.reader(chain(bench.calendar(warm=3)), journal=rows)
    assert value("peak_overdraft", node="shop") == 0
    assert (value("closing_cash", node="shop"), value("closing_cash")) == (20, 5)


def test_insolvency_is_time_and_not_invoices(bench):
    """Tests the union of overdue times: due at 2 and 3 with a grace of 1, paid at 5 and 6, is 3 to 6."""
    network = bench.chain(money=Money())
    object.__setattr__(network.nodes["shop"], "finance", Finance(grace=TICKS))
    invoices = [(0, 1, 0, DEPOT, SHOP, 60, 2), (0, 2, 0, DEPOT, SHOP, 60, 3), (6, 3, 0, DEPOT, SHOP, 60, 8)]
    invoices += [(0, 4, 0, SHOP, NOBODY, 60, 0), (0, 5, 0, WORKS, DEPOT, 60, 9.5)]
    payments = [(5, 1, 1, 0, SHOP, DEPOT, 60, 5), (6, 2, 2, 0, SHOP, DEPOT, 60, 6), (9, 3, 3, 0, SHOP, DEPOT, 60, 9)]
    value = bench.reader(network, invoices=invoices, payments=payments)
    assert value("days_insolvent", node="shop") == pytest.approx(3)
    assert value("days_insolvent", node="depot") == pytest.approx(0.5)
    assert value("days_insolvent") == pytest.approx(3.5)


def test_the_cash_bullwhip(bench, chain):
    """Tests variances of cash per week: customers pay 0 and 10 in turn, the shop pays the depot 0 and 20."""
    rows = []
    for week in range(10):
        paid, passed_on = 10 * (week % 2), 20 * (week % 2)
        rows.append(entry(week, "receipt_from_customers", SHOP, NOBODY, paid))
        rows.append(entry(week + 0.5, "settlement", SHOP, DEPOT, passed_on))
    rows.append(entry(0, "opening_money", SHOP, NOBODY, 1000))
    rows.sort(key=lambda row: row[0])
    value = bench.reader(chain(), journal=rows)
    assert value("cash_variance_ratio", node="shop") == pytest.approx(1)
    assert value("cash_variance_ratio", node="depot") == pytest.approx(4)


@pytest.mark.parametrize("warm", [0, 4.5])
def test_any_chunks_give_the_numbers_of_the_whole_run(bench, warm):
    """Tests that cutting a random ledger at any weeks changes no figure."""
    rng = np.random.default_rng(3)
    rows, invoices, payments = [], [], []
    for time in np.sort(rng.integers(0, 400, 300)) / 10:
        kind, (node, partner) = str(rng.choice(list(POSTINGS))), rng.permutation([DEPOT, SHOP])
        if not HAS_PARTNER[posting(kind)]:
            partner = rng.choice([NOBODY, partner, WORKS])
        rows.append(entry(time, kind, node, partner, *rng.integers(-9, 10, 3)))
    for number, time in enumerate(np.sort(rng.integers(0, 400, 12)) / 10, 1):
        invoices.append((time, number, 0, DEPOT, SHOP, 5, time + rng.integers(0, 5)))
        payments.append((time + rng.integers(0, 12), number, number, 0, SHOP, DEPOT, 5, 0))
    payments = sorted(row for row in payments if row[0] < 40)
    network = bench.chain(bench.calendar(end=40, warm=warm), money=Money())
    tables = bench.tables(journal=rows, invoices=invoices, payments=payments)
    found = []
    for cuts in ((), (7,), range(1, 40), (3, 4, 5, 20)):
        collector = Collector(network)
        for chunk in bench.chunks(network, tables, [cut * TICKS for cut in cuts]):
            collector.update(chunk)
        found.append(measure(collector)["value"].to_numpy(dtype=float))
    for values in found[1:]:
        np.testing.assert_allclose(values, found[0], rtol=1e-9, atol=1e-9)
    assert 0 < bench.reader(network, journal=rows, invoices=invoices, payments=payments)("days_insolvent") < 35


def test_without_money_there_are_no_figures_and_nothing_is_read(bench):
    """Tests that a network without money reads no table of money and prints no figure of it."""
    collector = Collector(bench.chain())
    assert not collector.reads & {"journal", "ledger", "invoices", "payments"}
    names = {name for name, metric in CATALOGUE.items() if metric.group == "money"}
    assert names
    assert not names & set(bench.measured(bench.chain(), journal=trade(1))["metric"])


@pytest.mark.parametrize(
    "change",
    [
        {"messages": Messages(invoice=Delay(TICKS))},
        {"sales": {"beer": Sale(price=Price(6.0), terms=Terms(late=Delay(TICKS)))}},
    ],
)
def test_documents_are_read_where_somebody_may_pay_late(bench, change):
    """Tests that invoices and payments are read if one is late on its way or paid late, and the journal always."""
    assert Collector(bench.chain(money=Money())).reads & MONEY_TABLES == {"journal"}
    assert Collector(bench.chain(money=Money(), lane=change)).reads & MONEY_TABLES == MONEY_TABLES - {"ledger"}


def test_documents_are_read_where_somebody_may_lack_money(bench, chain):
    """Tests that a limit to the overdraft of one node is enough."""
    network = chain()
    object.__setattr__(network.nodes["shop"], "finance", Finance(overdraft_limit=5.0))
    assert Collector(network).reads >= {"journal", "invoices", "payments"}


def test_figures_are_in_the_scenarios_currency(bench, chain):
    """Tests units, and that money comes after everything else and says where it is from."""
    units = bench.measured(chain()).drop_duplicates("metric").set_index("metric")["unit"]
    assert (units["revenue"], units["cash_to_cash"], units["gmroi"]) == ("crown", "week", "ratio")
    assert list(units.index)[-1] == "cash_variance_ratio"
    assert GROUPS[-1] == "money"


def test_only_nodes_with_books_have_figures(bench, chain):
    """Tests that the unlimited works have no row, and that neither products nor single stocks have one."""
    rows = bench.measured(chain()).query("metric == 'profit'")
    assert rows[["segment", "node", "product"]].astype(object).where(rows.notna(), None).to_numpy().tolist() == [
        [None, "shop", None],
        [None, "depot", None],
        ["internal", None, None],
        ["downstream", None, None],
        [None, None, None],
    ]


def test_a_money_accumulator_has_to_say_what_it_does(bench, chain):
    """Tests that the base class refuses to be one."""
    from scmsim.metrics.layout import Layout

    with pytest.raises(NotImplementedError):
        MoneyAccumulator(Layout(chain())).update(None)
    assert COLUMNS["journal"][0] == "time"
