"""The audit of money finds amounts that balance and are wrong all the same, and names the first."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import scmsim as sc
from scmsim.engine.recorder import Chunk, Keeper
from scmsim.errors import AuditError
from scmsim.flows.money import ACCOUNTS, OUTSIDE, MovingAverage, event
from scmsim.metrics.audit.auditor import Auditor
from scmsim.metrics.audit.ledger import LedgerAudit
from scmsim.metrics.audit.rules import RULES
from scmsim.scenario.network import Network, Sale
from scmsim.simulation import simulate
from scmsim.ticks import TICKS

CHAIN = """
scmsim: 1
name: chain
time: {horizon: 24, warm_up: 4.5}
products: {chair: {}, wood: {standard_cost: 2, shelf_life: 4}}
money: {tax_rate: 0.25, month: 5}
nodes:
  mill: {kind: supplier}
  forest: {kind: supplier}
  works:
    kind: factory
    make: {chair: {lead_time: 1, components: {wood: 2}, unit_cost: 1.5, batch_cost: 4}}
    finance: {cash: 40, overdraft_rate: 0.01, fixed_cost: 3, loan: 60, loan_rate: 0.002}
    stock:
      chair: {initial: 12, holding_cost: 0.1, initial_pipeline: 4, policy: {kind: base_stock, level: 24}}
      wood: {initial: 30, order_cost: 2, disposal_cost: 0.1, policy: {kind: base_stock, level: 60}}
  depot:
    kind: warehouse
    finance: {cash: 10, overdraft_limit: 25}
    stock:
      chair:
        initial: 8
        initial_pipeline: 3
        holding_cost: 0.2
        backorder_cost: 0.3
        disposal_cost: 0.2
        policy: {kind: base_stock, level: 16}
  shop:
    kind: retailer
    finance: {cash: 30}
    sales: {chair: {price: 14, promotions: [{from: 6, until: 9, discount: 0.25}], terms: {net: 2}}}
    stock: {chair: {initial: -2, policy: {kind: base_stock, level: 11}}}
    demand: {chair: {kind: poisson, mean: 4}}
  stall:
    kind: retailer
    sales: {chair: {price: {kind: markup, rate: 0.5}, terms: {down_payment: 0.5, invoice: monthly}}}
    stock: {chair: {initial: 3, policy: {kind: base_stock, level: 4}}}
    demand: {chair: {kind: poisson, mean: 1, returns: {share: 0.5, delay: 1, to: depot, restock: 0.5, refund: 0.8}}}
  kiosk:
    kind: retailer
    stock: {chair: {initial: 2, purchase_cost: 5, policy: {kind: base_stock, level: 5}}}
    demand: {chair: {kind: poisson, mean: 1}}
lanes:
- {from: mill, to: works, products: [wood], lead_time: 1, price: 3,
   terms: {invoice: monthly, net: 3, down_payment: 0.1},
   promotions: [{from: 3, until: 8, discount: 0.5}]}
- {from: works, to: depot, order_delay: 1, lead_time: 2, unit_cost: 0.2, shipment_cost: 1, holding_cost: 0.05,
   price: {kind: markup, rate: 0.3}, duty: 0.1, messages: {remittance: 1, invoice: 0.5},
   terms: {invoice: shipment, down_payment: 0.2, net: 2}}
- {from: depot, to: shop, lead_time: 1, price: 11, terms: {net: 2, late: 1.5, late_fee: 0.01}}
- {from: depot, to: stall, lead_time: 1}
- {from: stall, to: depot, returns: true, lead_time: 1, unit_cost: 0.3}
- {from: forest, to: kiosk, lead_time: 1}
"""
NODES = ("depot", "forest", "kiosk", "mill", "shop", "stall", "works", "outside")
CODES = {name: code for code, name in enumerate(ACCOUNTS)} | {
    f"outside {name}": len(ACCOUNTS) + place for place, name in enumerate(OUTSIDE)
}
Tables = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def network() -> Network:
    """A chain that makes, sells, moves, taxes, pays late and pays early."""
    return sc.loads(CHAIN).network


@pytest.fixture
def tables(network: Network) -> Tables:
    """Everything that was recorded of one run of it."""
    keeper = Keeper()
    simulate(network, seed=1, sinks=[keeper])
    return keeper.tables()


def audited(network: Network, tables: Tables) -> None:
    """Audit what was recorded of a run, in one block."""
    Auditor(network).update(Chunk(network.calendar.start, network.calendar.end, tables))


def lines(tables: Tables, node: str, account: str, why: str) -> np.ndarray:
    """Return the rows of the ledger of a node's account and an event, in the order of time."""
    ledger = tables["ledger"]
    codes = (NODES.index(node), CODES[account], event(why))
    return np.flatnonzero((ledger[:, [2, 3, 5]] == codes).all(axis=1))


def scale(tables: Tables, why: str, node: str, accounts: tuple[str, ...], which: int = 3) -> tuple[float, int]:
    """Make these lines of a posting larger, by a tenth of the first; return its time and its order."""
    ledger = tables["ledger"]
    row = lines(tables, node, accounts[0], why)[which]
    posting = ledger[:, 1] == ledger[row, 1]
    chosen = posting & np.isin(ledger[:, 3], [CODES[name] for name in accounts])
    assert chosen.sum() == len(accounts)
    ledger[chosen, 4] += np.sign(ledger[chosen, 4]) * 0.1 * abs(ledger[row, 4])
    return ledger[row, 0] / TICKS, int(ledger[row, 6])


def said(time: float, where: str, order: int) -> str:
    """Return how the audit begins to name an event, and how it ends."""
    touched = rf" \(order {order}\)" if order else ""
    when = re.escape(f"{time:.10g}")
    return rf"^The audit failed at period {when}: {where}: expected .*, found .* in the books{touched}$"


def test_sound_amounts_pass(network: Network) -> None:
    """Tests every kind of event, in the blocks of the run itself, with the books and without."""
    auditor = Auditor(network)
    simulate(network, seed=1, sinks=[auditor], on_instant=auditor.observe)
    simulate(network, seed=2, sinks=[Auditor(network)])
    standard = sc.loads(CHAIN).set("money.valuation=standard").network
    simulate(standard, seed=1, sinks=[Auditor(standard)])


def test_every_rule_is_used(network: Network, tables: Tables) -> None:
    """Tests that the chain above has postings of every event and account of the rules, but for a few.

    Those of machines are in `test_shop_money`, and those of disruptions in `test_disruptions`.
    """
    found = set(zip(*tables["ledger"][:, [5, 3]].T.astype(int).tolist(), strict=True))
    wanted = {
        (event(rule.event), CODES[name])
        for rule in RULES.values()
        for name in (*rule.own, *(f"outside {each}" for each in rule.outside), *rule.partner)
    }
    missing = {
        (code, CODES[name]) for code in (event("payment"),) for name in ("discounts_received", "discounts_given")
    }
    missing |= {(event(why), CODES["cost_variance"]) for why in ("delivery", "production_finish", "return")}
    missing |= {(event("cost"), CODES["production"]), (event("write_off"), CODES["work_in_process"])}
    missing |= {(event("write_off"), CODES["in_transit"])}
    assert wanted - found == missing


@pytest.mark.parametrize("every", [1.0, 2.5, 7.0])
def test_blocks_do_not_matter(network: Network, tables: Tables, every: float) -> None:
    """Tests that a run passes however its records are cut into blocks."""
    auditor, size, end = Auditor(network), int(every * TICKS), network.calendar.end
    for start in range(network.calendar.start, end, size):
        until = min(start + size, end)
        rows = {name: table[(table[:, 0] >= start) & (table[:, 0] < until)] for name, table in tables.items()}
        auditor.update(Chunk(start, until, rows))


WRONG: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "price of a sale": ("sale", "shop", ("revenue", "receivables")),
    "cost of a sale": ("sale", "shop", ("cost_of_goods_sold", "inventory")),
    "price that follows the cost": ("sale", "stall", ("revenue", "receivables")),
    "price between two nodes": ("shipment", "depot", ("revenue", "receivables")),
    "cost of what is shipped": ("shipment", "works", ("cost_of_goods_sold", "inventory")),
    "debt for raw material": ("shipment", "works", ("payables", "in_transit")),
    "value that moves without a price": ("shipment", "stall", ("equity", "in_transit")),
    "value of what is received": ("delivery", "works", ("inventory", "in_transit")),
    "price paid at the door": ("delivery", "kiosk", ("inventory", "cash", "outside raw_material")),
    "cost of components": ("production_start", "works", ("inventory", "work_in_process")),
    "value of what was made": ("production_finish", "works", ("inventory", "work_in_process")),
    "duty": ("delivery", "depot", ("cash", "inventory", "outside customs")),
    "cost of work": ("production_start", "works", ("cash", "work_in_process", "outside wages")),
    "advance that is taken off": ("invoice", "depot", ("payables", "advances_paid")),
    "holding cost": ("cost", "works", ("holding", "cash", "outside warehousing")),
    "backorder cost": ("cost", "depot", ("backorder_penalty", "cash", "outside penalties")),
    "cost of ordering": ("cost", "works", ("ordering", "cash", "outside wages")),
    "cost of transport": ("cost", "depot", ("transport", "cash", "outside carriers")),
    "wages": ("wages", "works", ("wages", "cash", "outside wages")),
    "interest": ("interest", "works", ("interest", "cash", "outside interest")),
    "cost of what expires": ("write_off", "works", ("write_off", "inventory")),
    "cost of throwing it away": ("write_off", "works", ("write_off", "cash", "outside warehousing")),
    "price that is paid back": ("return", "stall", ("revenue", "cash", "outside customers")),
    "cost of what is in stock again": ("return", "depot", ("cost_of_goods_sold", "inventory")),
    "cost of the way back": ("return", "depot", ("transport", "cash", "outside carriers")),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_amount_that_balances_is_found(network: Network, tables: Tables, name: str) -> None:
    """Tests that the instant, the node, the account, the event and the order of a wrong amount are named.

    The ledgers alone do not show it.
    """
    why, node, accounts = WRONG[name]
    time, order = scale(tables, why, node, accounts)
    whole = Chunk(network.calendar.start, network.calendar.end, tables)
    assert LedgerAudit(network).first(whole) is None
    with pytest.raises(AuditError, match=said(time, rf"{node}: ({'|'.join(accounts)}) \({why}\)", order)):
        audited(network, tables)


def test_wrong_tax_is_found(network: Network, tables: Tables) -> None:
    """Tests that tax on another profit than that of the warm-up and of the run is found."""
    time, _ = scale(tables, "tax", "shop", ("tax", "cash", "outside tax"), which=0)
    assert time == (network.calendar.warm - 1) / TICKS
    with pytest.raises(AuditError, match=said(time, r"shop: tax \(tax\)", 0)):
        audited(network, tables)


def test_a_wrong_start_is_found(network: Network, tables: Tables) -> None:
    """Tests that stock at the start is worth what the scenario says, and no more."""
    equity = lines(tables, "works", "equity", "opening")[0]
    inventory = lines(tables, "works", "inventory", "opening")[0]
    tables["ledger"][[inventory, equity], 4] += (7.0, -7.0)
    with pytest.raises(AuditError, match=said(1.0, r"works: inventory \(opening\)", 0)):
        audited(network, tables)


def extra(tables: Tables, place: int, more: float, paid: str, got: str) -> tuple[float, str]:
    """Let a payment be larger, with all that is posted of it; return when it is made and what it is called."""
    row = tables["payments"][place]
    time, number, invoice, order, payer, payee, _, received = row
    row[6] += more
    ledger = tables["ledger"]
    for when, node, names in ((time, payer, (paid, "cash")), (received, payee, (got, "cash"))):
        own = (
            (ledger[:, 0] == when)
            & (ledger[:, 2] == node)
            & (ledger[:, 5] == event("payment"))
            & (ledger[:, 6] == order)
        )
        sign = 1.0 if node == payer else -1.0
        for name, amount in zip(names, (sign * more, -sign * more), strict=True):
            (line,) = np.flatnonzero(own & (ledger[:, 3] == CODES[name]))
            ledger[line, 4] += amount
        posting = ledger[line, 1]
        ledger[(ledger[:, 1] == posting) & (ledger[:, 2] == len(NODES) - 1), 4] += sign * more
    return time / TICKS, f"payment {number:.0f} of invoice {invoice:.0f}"


def test_a_wrong_late_fee_is_found(network: Network, tables: Tables) -> None:
    """Tests that a fee for more than the days it was late is found, whatever payments and both ledgers say."""
    payments = tables["payments"]
    late = np.flatnonzero((payments[:, 4] == NODES.index("shop")) & (payments[:, 2] > 0))[2]
    time, name = extra(tables, int(late), 0.25, "late_fees_paid", "late_fees_received")
    assert LedgerAudit(network).first(Chunk(network.calendar.start, network.calendar.end, tables)) is None
    where = rf"shop: (late_fees_paid \(payment\)|{name})"
    with pytest.raises(AuditError, match=said(time, where, int(payments[late, 3]))):
        audited(network, tables)


Change = Callable[[np.ndarray], None]


def _add(column: int, more: float) -> Change:
    def change(row: np.ndarray) -> None:
        row[column] += more

    return change


@pytest.mark.parametrize(
    ("table", "seller", "change", "what"),
    [
        ("invoices", "depot", _add(5, 1.0), r"depot: invoice \d+"),
        ("invoices", "depot", _add(6, TICKS), r"depot: the due date of invoice \d+"),
        ("invoices", "mill", _add(5, 1.0), r"mill: invoice \d+"),
        ("invoices", "mill", _add(6, -TICKS), r"mill: the due date of invoice \d+"),
        ("invoices", "stall", _add(5, 1.0), r"stall: invoice \d+"),
        ("payments", "works", _add(7, 0.5 * TICKS), r"depot: the arrival of payment \d+( of invoice \d+| in advance)"),
    ],
)
def test_a_wrong_document_is_found(
    network: Network, tables: Tables, table: str, seller: str, change: Change, what: str
) -> None:
    """Tests that amounts and dates of invoices follow from goods and terms, collective ones too."""
    rows = tables[table]
    column = {"invoices": 3, "payments": 5}[table]
    row = rows[np.flatnonzero(rows[:, column] == NODES.index(seller))[1]]
    change(row)
    order = int(row[2] if table == "invoices" else row[3])
    with pytest.raises(AuditError, match=said(row[0] / TICKS, what, order)):
        AmountsAlone(network).update(Chunk(network.calendar.start, network.calendar.end, tables))


class AmountsAlone(Auditor):
    """An audit that does not compare ledgers with payments."""

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self._ledgers = None


@pytest.mark.parametrize(
    ("table", "what"), [("invoices", r"(the time of )?invoice( \d+)?"), ("payments", r"payment of invoice \d+")]
)
def test_a_missing_document_is_found(network: Network, tables: Tables, table: str, what: str) -> None:
    """Tests that goods without an invoice and an invoice that is not paid are found, when it was time."""
    rows = tables[table]
    buyer = {"invoices": 4, "payments": 4}[table]
    place = np.flatnonzero(rows[:, buyer] == NODES.index("shop"))[1]
    time = rows[place, 0] / TICKS
    tables[table] = np.delete(rows, place, axis=0)
    with pytest.raises(AuditError, match=rf"at period {time:.10g}: (depot|shop): ({what}|.* \(payment\))"):
        AmountsAlone(network).update(Chunk(network.calendar.start, network.calendar.end, tables))


def test_a_promotion_on_other_days_is_found(network: Network, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that an engine whose promotions begin a day late is stopped at the first order of the first day."""
    right = Sale.discount
    monkeypatch.setattr(Sale, "discount", lambda sale, tick: right(sale, tick - TICKS))
    wood = next(point.index for point in network.points if (point.node, point.product) == ("works", "wood"))
    orders = tables["orders"]
    order = orders[(orders[:, 1] == wood) & (orders[:, 0] >= 3 * TICKS), 2][0]
    where = r"works: (payables \(shipment\)|in_transit \(shipment\)|payment \d+ in advance)"
    with pytest.raises(AuditError, match=said(3.0, where, int(order))):
        simulate(network, seed=1, sinks=[Auditor(network)])


def test_another_average_is_found(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that an engine which values stock at its last price, not the average, is stopped at the next price."""

    def receive(worth: Any, units: float, value: float) -> float:
        worth.units += units
        worth.value += value
        worth.unit_cost = value / units if units else worth.unit_cost
        return 0.0

    monkeypatch.setattr(MovingAverage, "receive", receive)
    where = r"(depot: payment \d+ in advance|works: cost_of_goods_sold \(shipment\))"
    with pytest.raises(AuditError, match=rf"at period [\d.]+: {where}: expected"):
        simulate(network, seed=1, sinks=[Auditor(network)])
