"""What a scenario says to no effect, or hardly means: it can be run, and a warning says what to change."""

import pickle

import pytest

import scmsim as sc
from scmsim.policies.base import Policy
from scmsim.scenario.cautions_share import _needs

CHAIN = """
scmsim: 1
name: chain
time: {unit: day, horizon: 100}
products: {tea: {}}
nodes:
  mill: {kind: supplier}
  depot: {kind: warehouse, stock: {tea: {initial: 40, policy: {kind: base_stock, level: 40}}}}
  shop:
    kind: retailer
    stock: {tea: {initial: 20, policy: {kind: base_stock, level: 20}}}
    demand: {tea: {kind: poisson, mean: 4}}
lanes:
  - {from: mill, to: depot}
  - {from: depot, to: shop, lead_time: 2}
"""
PRICE = "lanes.1.price=5"
ECHELON = "nodes.depot.stock.tea.policy.position=echelon"


def warnings(*overrides, text=CHAIN):
    """Return the warnings about the chain with changes, without the changes themselves."""
    found = sc.loads(text, "chain.yaml", overrides=overrides).warnings
    return [str(warning).split(": ", 1)[1] if str(warning).startswith("--set") else str(warning) for warning in found]


def said(override, *others):
    """Return the one warning that a change leads to, without the change itself."""
    (warning,) = sc.loads(CHAIN, overrides=[*others, override]).warnings
    assert warning.where == f"--set {override}"
    return str(warning).removeprefix(f"--set {override}: ")


def test_an_ordinary_scenario_has_no_warnings():
    """Tests that a chain with prices, terms, an overdraft limit and a promotion within the run gives no warning."""
    promotion = "[{from: 90, until: 110, discount: 0.2}]"
    finance = "{overdraft_limit: 0, overdraft_rate: 0, limit_orders_to_cash: true, insolvency: stop_buying, grace: 3}"
    assert warnings(
        PRICE, f"lanes.1.promotions={promotion}", "lanes.1.terms={net: 10, late: 3, late_fee: 0.01}",
        f"nodes.shop.finance={finance}", "nodes.shop.finance.loan=10", "nodes.shop.finance.loan_rate=0.01",
    ) == []  # fmt: skip


@pytest.mark.parametrize(("start", "until"), [(-9, 1), (101, 110)])
def test_a_promotion_outside_the_run(start, until):
    """Tests that a promotion that ends when the run begins, or begins when it ends, is told with the run's times."""
    promotions = f"lanes.1.promotions=[{{from: {start}, until: {until}, discount: 0.2}}]"
    assert said(promotions, PRICE) == (
        f"lanes.1.promotions.0: found a promotion from {start} until {until}, outside the run; "
        "expected one within the run, which is from 1 to 101"
    )


@pytest.mark.parametrize(("at", "is_late"), [(100.5, False), (101, True)])
def test_a_disruption_after_the_run(at, is_late):
    """Tests that a disruption by a date at which the run is over is told, and one just before it is not."""
    strike = f"disruptions={{storm: {{of: {{node: mill}}, when: {{kind: dates, times: [{{at: {at}, lasts: 2}}]}}}}}}"
    told = "disruptions.storm.when.times.0.at: found 101, when the run is over; "
    told += "expected a time within the run, which is from 1 to 101"
    found = [str(warning).removeprefix(f"--set {strike}: ") for warning in sc.loads(CHAIN, overrides=[strike]).warnings]
    assert found == ([told] if is_late else [])


def test_a_promotion_of_customers_outside_the_run():
    """Tests that sales are looked at, too, one promotion at a time."""
    sale = "{price: 9, promotions: [{from: 5, until: 9, discount: 0.2}, {from: 500, until: 510, discount: 0.2}]}"
    assert said(f"nodes.shop.sales.tea={sale}") == (
        "nodes.shop.sales.tea.promotions.1: found a promotion from 500 until 510, outside the run; "
        "expected one within the run, which is from 1 to 101"
    )


def test_orders_limited_to_cash_that_has_no_limit():
    """Tests that `limit_orders_to_cash` without an overdraft limit is told to limit nothing."""
    assert said("nodes.shop.finance.limit_orders_to_cash=true", PRICE) == (
        "nodes.shop.finance.limit_orders_to_cash: found `limit_orders_to_cash` where any amount may be owed to the "
        "bank, which limits no order; expected an `overdraft_limit`, too. Write `overdraft_limit: 0` for no overdraft."
    )


def test_an_insolvency_that_can_never_be():
    """Tests that an insolvency without an overdraft limit is told never to come."""
    assert said("nodes.shop.finance.insolvency=stop_buying", PRICE) == (
        "nodes.shop.finance.insolvency: found `insolvency` where any amount may be owed to the bank, which can never "
        "be; expected an `overdraft_limit`, too. Write `overdraft_limit: 0` for no overdraft."
    )


def test_a_loan_rate_without_a_loan():
    """Tests that the interest on no loan is told, and the interest on an overdraft that may come is not."""
    assert said("nodes.shop.finance.loan_rate=0.01", "nodes.shop.finance.overdraft_rate=0.01") == (
        "nodes.shop.finance.loan_rate: found `loan_rate` without a loan; expected a `loan`, too"
    )


@pytest.mark.parametrize("late", ["5", "{dist: uniform, low: 0, high: 10}"])
def test_a_habit_that_makes_a_firm_insolvent(late):
    """Tests that paying 5 late on the average with a grace of 3 is told, with the grace that mends it."""
    finance = "nodes.shop.finance={insolvency: stop_trading, grace: 3}"
    assert said(f"lanes.1.terms.late={late}", PRICE, finance) == (
        "lanes.1.terms.late: found payments 5 late by shop, which even with cash is then insolvent; "
        "expected at most 3, its `grace`. Set nodes.shop.finance.grace to 5 or more."
    )


def test_the_firm_with_a_habit_is_insolvent():
    """Tests that what the warning says is so: the rich shop that pays 5 late with a grace of 3 stops buying at once."""
    rich = ["nodes.shop.finance={cash: 9999, insolvency: stop_trading, grace: 3}", "lanes.1.terms.late=5", PRICE]
    scenario = sc.loads(CHAIN, overrides=rich)
    times = sc.run(scenario, record="full").orders.query("node == 'shop'")["time"]
    patient = sc.run(scenario.set("nodes.shop.finance.grace=5"), record="full").orders.query("node == 'shop'")["time"]
    assert (times.max() <= 10, patient.max() > 90) == (True, True)


def test_late_fees_of_those_who_are_never_late():
    """Tests that a fee is told where the buyer has all the money it needs and no habit of paying late."""
    assert said("lanes.1.terms.late_fee=0.01", PRICE) == (
        "lanes.1.terms.late_fee: found `late_fee` of a buyer who never pays late; "
        "expected `late`, or an `overdraft_limit` of the buyer"
    )
    assert said("nodes.shop.sales.tea={price: 9, terms: {net: 3, late_fee: 0.01}}") == (
        "nodes.shop.sales.tea.terms.late_fee: found `late_fee` of a buyer who never pays late; expected `late`, too"
    )
    assert warnings("lanes.1.terms.late_fee=0.01", PRICE, "lanes.1.messages.invoice=3") == []


@pytest.mark.parametrize(
    ("policy", "quantity", "value"),
    [
        ("{kind: reorder_point, reorder_point: 5, order_quantity: 30}", 30, 150),
        ("{kind: base_stock, level: 20, order_multiple: 24}", 24, 120),
        ("{kind: base_stock, level: 20, minimum_order: 21}", 21, 105),
        ("{kind: scripted, orders: [4, 25]}", 25, 125),
        ("{kind: base_stock, level: 45}", 25, 125),
        ("{kind: min_max, minimum: 5, maximum: 30}", 25, 125),
    ],
)
def test_a_credit_limit_below_one_order(policy, quantity, value):
    """Tests that an order that is known and worth more than the whole limit is told with what it is worth."""
    assert said("lanes.1.credit_limit=100", PRICE, f"nodes.shop.stock.tea.policy={policy}") == (
        f"lanes.1.credit_limit: found 100, less than one order of {quantity} tea for shop; expected at least {value}. "
        "An order larger than the whole limit waits for good."
    )


def test_a_credit_limit_of_nothing():
    """Tests that a limit of 0 is told, unless all is paid in advance."""
    assert said("lanes.1.credit_limit=0", PRICE) == (
        "lanes.1.credit_limit: found 0, with which no order of tea for shop is ever entered; expected at least what an "
        "order is worth, or no `credit_limit`"
    )
    assert warnings(PRICE, "lanes.1.credit_limit=0", "lanes.1.terms.prepay=true", "lanes.1.terms.net=0") == []


def test_a_credit_limit_for_what_is_not_paid_in_advance():
    """Tests that an order of 30 at 5 fits a limit of 100 with half of it down, or in a promotion at half the price."""
    lot = "nodes.shop.stock.tea.policy={kind: reorder_point, reorder_point: 5, order_quantity: 30}"
    assert warnings(lot, PRICE, "lanes.1.credit_limit=100", "lanes.1.terms.down_payment=0.5") == []
    half = "lanes.1.promotions=[{from: 5, until: 9, discount: 0.5}]"
    assert warnings(lot, PRICE, "lanes.1.credit_limit=100", half) == []


def test_noise_of_receipts_that_reports_of_stock_correct():
    """Tests that noise of `pipeline` is told to be without effect beside `stock`."""
    told = warnings(ECHELON, "lanes.1.share.stock=true", "lanes.1.share.pipeline.noise=3")
    assert told == [
        "lanes.1.share.pipeline.noise: found `noise` of receipts where `stock` is told, too, and says what has been "
        "received; expected `noise` of the `stock`"
    ]
    assert warnings(ECHELON, "lanes.1.share.stock.noise=3", "lanes.1.share.pipeline=true") == []


@pytest.mark.parametrize(
    ("kind", "expected", "others"),
    [
        ("point_of_sale", "a forecast `of: point_of_sale` at the sender", []),
        (
            "forecast",
            "a `customer_forecast` at the sender",
            ["nodes.shop.stock.tea.policy={kind: order_up_to, safety_stock: 2, forecast: {kind: constant, value: 4}}"],
        ),
        ("stock", "a policy with `position: echelon` at the sender, or `vendor_managed` at the receiver", []),
        ("pipeline", "`stock` that is told and used, too", []),
    ],
)
def test_a_report_that_nobody_uses(kind, expected, others):
    """Tests that each kind of report is told to be recorded only, with what would use it."""
    assert said(f"lanes.1.share.{kind}=true", *others) == (
        f"lanes.1.share.{kind}: found `{kind}` told to nobody who uses it; expected {expected}. "
        "It is recorded, and changes no decision."
    )


@pytest.mark.parametrize(
    "used",
    [
        ["lanes.1.share={stock: true, pipeline: true}", ECHELON],
        ["lanes.1.share.point_of_sale=true",
         "nodes.depot.stock.tea.policy={kind: order_up_to, safety_stock: 2, "
         "forecast: {kind: constant, value: 4, of: point_of_sale}}"],
        ["lanes.1.share.forecast=true",
         "nodes.depot.stock.tea.policy={kind: order_up_to, safety_stock: 2, forecast: {kind: customer_forecast}}",
         "nodes.shop.stock.tea.policy={kind: order_up_to, safety_stock: 2, forecast: {kind: constant, value: 4}}"],
        ["lanes.1.share={stock: true, pipeline: true}",
         "nodes.shop.stock.tea.policy={kind: vendor_managed, minimum: 9, maximum: 20}"],
    ],
)  # fmt: skip
def test_a_report_that_is_used(used):
    """Tests that what an echelon policy, a forecast or a supplier that decides is told gives no warning."""
    assert warnings(*used) == []


FULL = "lanes.1.dispatch={when: full, minimum_load: {units: 24}}"
LOST = "nodes.shop.demand.tea.unmet=lost"


@pytest.mark.parametrize(
    ("policy", "most"),
    [
        ("{kind: base_stock, level: 20}", 20),
        ("{kind: min_max, minimum: 5, maximum: 22}", 22),
        ("{kind: reorder_point, reorder_point: 8, order_quantity: 12}", 12),
        ("{kind: kanban, cards: 3, container: 7}", 21),
    ],
)
def test_a_load_that_never_leaves(policy, most):
    """Tests that a load of 24 is told where the shop never has as much on order, and that such a run gets nothing."""
    policy = f"nodes.shop.stock.tea.policy={policy}"
    assert said(FULL, LOST, policy) == (
        "lanes.1.dispatch.minimum_load: found a load that never leaves: shop has at most "
        f"{most} of the 24 (units) it waits for on order; expected a smaller `minimum_load`, or a `longest_wait`, too"
    )
    stuck = sc.run(sc.loads(CHAIN, overrides=[FULL, LOST, policy])).shipments
    assert stuck.query("buyer == 'shop'").empty


@pytest.mark.parametrize(
    "others",
    [
        [],
        [LOST, "lanes.1.dispatch.longest_wait=3"],
        [LOST, "nodes.shop.stock.tea.policy.level=24"],
        [LOST, "nodes.shop.stock.tea.policy={kind: order_up_to, safety_stock: 2, forecast: {kind: naive}}"],
    ],
)
def test_a_load_that_leaves(others):
    """Tests that no load is told that backorders, a longest wait or a higher level make leave, or a forecast may."""
    assert warnings(FULL, *others) == []


@pytest.mark.parametrize(
    ("place", "who"),
    [
        ("lanes.1.priority", "shop at depot"),
        ("nodes.shop.demand.tea.priority", "customers of tea at shop"),
    ],
)
def test_a_class_that_no_rule_heeds(place, who):
    """Tests that a class is told where the stock has no rule for short stock, and not where it has any."""
    node = who.rpartition(" ")[2]
    assert said(f"{place}=2") == (
        f"{place}: found a `priority` of {who}, which serves first come, first served; "
        f"expected `allocation: {{kind: priority}}`, or of another kind, at {node}. "
        "The report tells the classes apart; no decision does."
    )
    assert warnings(f"{place}=2", f"nodes.{node}.stock.tea.allocation={{kind: first_come}}") == []


def test_a_class_of_production_that_no_rule_heeds():
    """Tests that the class of a product is told where neither its components nor its machines look at it."""
    works = "{kind: factory, make: {kit: {components: {tea: 1}, priority: 2}}, stock: {kit: {policy: POLICY}}}"
    text = CHAIN.replace("tea: {}}", "tea: {}, kit: {}}").replace("  depot:", "  works: WORKS\n  depot:")
    text = text.replace("WORKS", works).replace("POLICY", "{kind: base_stock, level: 9}") + "  - mill -> works\n"
    text = text.replace("nodes:", "defaults: {stock: {policy: {kind: base_stock, level: 9}}}\nnodes:")
    (warning,) = warnings(text=text)
    assert "nodes.works.make.kit.priority: found a `priority` of the production of kit at works, which" in warning
    assert warnings("nodes.works.stock.tea.allocation={kind: fair_share}", text=text) == []
    stages = "nodes.works.make.kit.stages=[{name: pack, resource: desk, time: 1}]"
    assert warnings(stages, "nodes.works.resources={desk: {sequencing: {kind: priority}}}", text=text) == []
    assert warnings(stages, "nodes.works.resources={desk: {}}", text=text) == [warning]


def test_what_is_relayed_is_used():
    """Tests that a shop's stock is used where only the stage above its depot looks at its echelon."""
    text = CHAIN.replace("  mill: {kind: supplier}", "  mill: {kind: supplier}\n  plant: {kind: warehouse, stock: "
                         "{tea: {policy: {kind: echelon_base_stock, level: 90}}}}")  # fmt: skip
    text = text.replace("from: mill, to: depot}", "from: plant, to: depot, share: {stock: true}}\n  - mill -> plant")
    assert warnings("lanes.2.share={stock: true}", text=text) == []


def test_policies_from_elsewhere_may_use_anything():
    """Tests that a report to a policy that is not scmsim's own gives no warning."""

    class Listening(Policy):
        def decide(self, state, view):
            return self.shaped(view.told.point_of_sale), state

    assert _needs(Listening()) == {"point_of_sale", "forecast", "stock", "pipeline"}


def test_defaults_are_mentioned_where_they_mean_nothing_anywhere():
    """Tests that a default is told once where nobody can use it, and not at all as soon as one node does."""
    limit = "defaults.finance.limit_orders_to_cash=true"
    assert said(limit, PRICE).startswith("defaults.finance.limit_orders_to_cash: found `limit_orders_to_cash` where")
    assert warnings(limit, PRICE, "nodes.shop.finance.overdraft_limit=5") == []


def test_places_are_lines_of_the_file():
    """Tests that a warning about a file names its line and column, and that warnings come in the order of the file."""
    text = CHAIN.replace("lead_time: 2}", "lead_time: 2, price: 5, terms: {late_fee: 0.1}}")
    text = text.replace("    demand:", "    finance: {loan_rate: 0.1}\n    demand:")
    scenario = sc.loads(text, "chain.yaml")
    assert [warning.where for warning in scenario.warnings] == ["chain.yaml:12:26", "chain.yaml:16:71"]
    assert pickle.loads(pickle.dumps(scenario)).warnings == scenario.warnings


def test_nothing_is_printed(capfd):
    """Tests that the library keeps its warnings to itself."""
    assert warnings("nodes.shop.finance.loan_rate=0.01")
    assert capfd.readouterr() == ("", "")
