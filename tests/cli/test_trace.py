"""``scmsim trace``."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import scmsim as sc

SHOP = """
scmsim: 1
name: shop
time: {unit: day, horizon: 9, start_date: 2024-03-01}
products: {p: {unit: piece}}
money: {currency: EUR}
nodes:
  mill: {kind: supplier}
  depot: {kind: warehouse, finance: {cash: 100}, stock: {p: {initial: 10, policy: {kind: base_stock, level: 10}}}}
  shop: {kind: retailer, finance: {cash: 100}, sales: {p: {price: 5, terms: {net: 1}}},
         stock: {p: {initial: 3, policy: {kind: base_stock, level: 5}}},
         demand: {p: {kind: replay, values: [4, 0, 2], afterwards: zero}}}
lanes:
- {from: mill, to: depot, lead_time: 1, price: 1}
- {from: depot, to: shop, order_delay: 1, lead_time: 1, price: 3, terms: {net: 2}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small scenario in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.yaml").write_text(SHOP, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of its run."""
    return sc.run(sc.loads(SHOP)).write(tmp_path_factory.mktemp("runs") / "shop", report=False)


def events(outcome: object) -> list[tuple[object, ...]]:
    """Give (time, node, event, units, money, received) of every step."""
    names = ("time", "node", "event", "quantity", "money", "received")
    return [tuple(step[name] for name in names) for step in json.loads(outcome.out)["events"]]  # type: ignore[attr-defined]


def test_a_case_from_demand_to_cash(scmsim: Callable, stored: Path) -> None:
    """Tests every step of one customer's demand: partly late, replenished up the chain, invoiced and paid."""
    outcome = scmsim("trace", stored, "--demand", 1, "--format", "json")
    found = json.loads(outcome.out)
    assert (outcome.code, found["scenario"], found["replication"], found["case"]) == (0, "shop", 1, 1)
    told = events(outcome)
    for step in [
        (1.0, "shop", "demand", 4.0, None, 1.0),
        (1.0, "shop", "shortage", 3.0, None, None),
        (1.0, "shop", "delivery", 3.0, None, None),
        (1.0, "shop", "order", 6.0, None, 2.0),
        (2.0, "depot", "shipment", 6.0, None, 3.0),
        (2.0, "depot", "order", 6.0, None, 2.0),
        (2.0, "shop", "payment", None, 15.0, 2.0),
        (3.0, "shop", "receipt", 6.0, None, None),
        (3.0, "shop", "delivery", 1.0, None, None),
        (3.0, "depot", "invoice", None, 18.0, None),
        (5.0, "shop", "payment", None, 18.0, 5.0),
    ]:
        assert step in told
    assert [step[0] for step in told] == sorted(step[0] for step in told)
    assert found["cash"] == {"depot": 12.0, "shop": 2.0}


def test_an_order_a_demand_and_a_payment_of_one_case_tell_the_same(scmsim: Callable, stored: Path) -> None:
    """Tests that each way into a case gives its whole timeline."""
    payments = (stored / "payments.csv").read_text(encoding="utf-8").splitlines()
    columns = payments[0].split(",")
    number = next(
        dict(zip(columns, line.split(","), strict=True))["payment"] for line in payments[1:] if ",18.0," in line
    )
    ways = [("--demand", 1), ("--order", 2), ("--order", 1), ("--payment", number)]
    told = {tuple(events(scmsim("trace", stored, *way, "--format", "json"))) for way in ways}
    assert len(told) == 1


def test_the_table_is_a_timeline(scmsim: Callable, stored: Path) -> None:
    """Tests the heading, the dates, the words, and the cash at the end."""
    lines = scmsim("trace", stored, "--order", 2).out.splitlines()
    assert lines[0] == "shop, replication 1, order 2: case 1"
    assert lines[2].split() == ["day", "date", "where", "product", "what", "happened", "received"]
    assert " ".join(lines[4].split()) == "1 2024-03-01 shop p a customer asks for 4 (order 1) 1"
    assert " ".join(lines[5].split()) == "1 2024-03-01 shop p can serve 3 of 4 at once; 1 has to wait"
    assert any("pays depot 18.00 (invoice" in line for line in lines)
    assert lines[-1] == "cash moved by this case: depot +12.00, shop +2.00"


def test_a_scenario_is_run_first(scmsim: Callable, stored: Path) -> None:
    """Tests that a scenario file gives what its stored run gives, and a shipped one is found by name."""
    assert scmsim("trace", "shop.yaml", "--order", 2).out == scmsim("trace", stored, "--order", 2).out
    outcome = scmsim("trace", "beer_game", "--order", 48)
    assert "orders 12 from distributor (order 48)" in outcome.out
    assert "cash" not in outcome.out


def test_another_replication(scmsim: Callable) -> None:
    """Tests that a replication of its own has a case of its own."""
    one, two = (
        scmsim("trace", "beer_game_noisy", "--demand", 21, "--replication", number, "--format", "json").out
        for number in (1, 2)
    )
    assert (json.loads(one)["replication"], json.loads(two)["replication"]) == (1, 2)
    assert json.loads(one)["events"] != json.loads(two)["events"]


def test_a_collective_invoice_is_traced_by_its_payment(scmsim: Callable, folder: Path) -> None:
    """Tests that a payment of a monthly invoice, which has no single order, is told with its invoice."""
    text = SHOP.replace("net: 2}", "net: 2, invoice: monthly}").replace("{currency: EUR}", "{month: 4}")
    (folder / "monthly.yaml").write_text(text, encoding="utf-8")
    for number in range(1, 20):
        outcome = scmsim("trace", "monthly.yaml", "--payment", number, "--format", "json")
        if outcome.code == 0 and json.loads(outcome.out)["case"] is None:
            break
    assert [step[2] for step in events(outcome)] == ["invoice", "payment"]


MONTHLY = SHOP.replace("net: 2}", "net: 2, invoice: monthly}").replace("{currency: EUR}", "{month: 4}")


def test_a_case_that_is_invoiced_monthly_is_told_to_its_money(scmsim: Callable, folder: Path) -> None:
    """Tests that the collective invoice after the delivery is told with its payment, and not counted as cash."""
    (folder / "monthly.yaml").write_text(MONTHLY, encoding="utf-8")
    lines = [" ".join(line.split()) for line in scmsim("trace", "monthly.yaml", "--order", 2).out.splitlines()]
    assert "5 2024-03-05 depot sends shop collective invoice 5 over 18.00, due at 7, which covers this" in lines
    assert "7 2024-03-07 shop pays depot 18.00 (collective invoice 5, payment 6) 7" in lines
    assert not any("collective invoice 7" in line for line in lines)
    assert lines[-1] == "cash moved by this case: depot -6.00, shop +20.00 (collective invoices are not counted)"
    told = json.loads(scmsim("trace", "monthly.yaml", "--order", 2, "--format", "json").out)["events"]
    assert [step["event"] for step in told if step["collective"]] == ["invoice", "payment"]


def test_what_comes_when_the_month_is_closed_is_on_the_next_invoice(scmsim: Callable, folder: Path) -> None:
    """Tests a delivery at the instant of a collective invoice, which clerks then take half a day to write."""
    slow = MONTHLY.replace("depot: {kind", "depot: {clerks: {billing: {time: 0.5}}, kind")
    (folder / "slow.yaml").write_text(slow, encoding="utf-8")
    told = json.loads(scmsim("trace", "slow.yaml", "--demand", 4, "--format", "json").out)["events"]
    assert ("receipt", 5.0) in [(step["event"], step["time"]) for step in told]
    assert [(step["time"], step["money"]) for step in told if step["collective"]] == [(9.5, 6.0)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Say which case: give one of --order ID, --demand ID and --payment ID"),
        (["--order", 1, "--demand", 1], "Say which case: give one of --order ID, --demand ID and --payment ID"),
        (["--order", 99], "There is no order 99: the orders of this replication have numbers from 2 to"),
        (["--demand", 2], "No end customer asked under this number: order 2 was placed by a node (--order 2)"),
        (["--demand", 99], "there is no demand 99; the demands of this replication have numbers from 1 to"),
        (["--payment", 99], "There is no payment 99: the payments of this replication have numbers from 1 to"),
        (["--order", 1, "--replication", 2], "has no replication 2: replications are numbered from 1 to 1"),
    ],
)
def test_what_cannot_be_traced(scmsim: Callable, stored: Path, arguments: list[object], said: str) -> None:
    """Tests that every request that cannot be met exits with 2 and says what there is."""
    outcome = scmsim("trace", stored, *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err


def test_a_run_without_prices_has_no_payments(scmsim: Callable) -> None:
    """Tests that the message says why."""
    outcome = scmsim("trace", "beer_game", "--payment", 1)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "Error: There are no payments in a run of beer-game: nothing in it has a price\n"


def test_a_summary_holds_no_case(scmsim: Callable) -> None:
    """Tests that a folder without tables says how to get them."""
    sc.run("shop.yaml", record="summary").write("short", report=False)
    outcome = scmsim("trace", "short", "--order", 2)
    assert (outcome.code, outcome.out) == (2, "")
    assert "holds a summary without tables: run the scenario again without --summary" in outcome.err


def test_a_folder_that_is_no_run(scmsim: Callable, folder: Path, stored: Path) -> None:
    """Tests that a folder without a run, and one that has lost a table, exit with 2."""
    (folder / "empty").mkdir()
    assert "is not a stored run" in scmsim("trace", "empty", "--order", 2).err
    shutil.copytree(stored, "torn")
    (folder / "torn/orders.csv").unlink()
    outcome = scmsim("trace", "torn", "--order", 2)
    assert outcome.code == 2
    assert "orders.csv is missing" in outcome.err


def test_a_run_of_an_older_version(scmsim: Callable, stored: Path) -> None:
    """Tests that a stored run whose tables have no cases says what to do."""
    result = sc.open(stored)
    tables = {name: frame.drop(columns="case", errors="ignore") for name, frame in result.tables.items()}
    replace(result, tables=tables).write("old", report=False)
    outcome = scmsim("trace", "old", "--order", 2)
    assert (outcome.code, outcome.out) == (2, "")
    assert "was written by a version that followed no cases: run the scenario again" in outcome.err


def test_a_scenario_that_does_not_load(scmsim: Callable, folder: Path) -> None:
    """Tests that a broken scenario exits with 3."""
    (folder / "bad.yaml").write_text("scmsim: 1\nname: bad\n", encoding="utf-8")
    assert scmsim("trace", "bad.yaml", "--order", 1).code == 3
