"""Promotions: stocks that order ahead and customers who stock up, worked out by hand."""

import pytest

import scmsim as sc
from scmsim.engine.recorder import COLUMNS, Keeper
from scmsim.inputs.demand_known import ConstantDemand
from scmsim.nodes.promotions import StockingCustomers
from scmsim.scenario.network import CustomerDemand, Price, Promotion, Sale
from scmsim.simulation import Simulation
from scmsim.ticks import TICKS

SHOP = """
scmsim: 1
name: shop
time: {{horizon: {horizon}}}
products: {{p: {{{product}}}}}
nodes:
  mill: {{kind: supplier}}
  shop:
    kind: retailer
    stock: {{p: {{initial: 10, policy: {{kind: base_stock, level: 10}}{stock}}}}}
    sales: {{p: {{price: 9{sale}}}}}
    demand: {{p: {demand}}}
lanes:
  - {{from: mill, to: shop, lead_time: 1, price: 2{lane}}}
"""
GIVEN = {"horizon": 8, "product": "", "stock": "", "sale": "", "lane": "", "demand": "{kind: constant, value: 2}"}
ON_SALE = ", promotions: [{from: 3, until: 5, discount: 0.25}]"


@pytest.fixture
def told():
    """Run a scenario and return (time, quantity) of every row of a table."""

    def run(table, **changes):
        keeper = Keeper()
        simulation = Simulation(sc.loads(SHOP.format(**GIVEN | changes)).network, seed=1, sinks=[keeper])
        simulation.run()
        quantity = COLUMNS[table].index("quantity")
        rows = keeper.tables()[table].tolist()
        return [(row[0] / TICKS, row[quantity]) for row in rows if table == "orders" or row[1] == 0]

    return run


@pytest.mark.known_answer("stock.buy_ahead")
def test_a_stock_orders_ahead_while_a_promotion_runs(told):
    """Tests that a base-stock player with level 10 lifts it by 3 periods of demand, 6 units, at 3 and drops it at 5."""
    orders = told("orders", stock=", buy_ahead: 3", lane=ON_SALE)
    assert orders == [(1.0, 2.0), (2.0, 2.0), (3.0, 8.0), (4.0, 2.0), (8.0, 2.0)]


def test_a_promotion_alone_changes_no_order(told):
    """Tests that a stock without `buy_ahead` orders what is asked of it, whatever its seller offers."""
    assert told("orders", lane=ON_SALE) == told("orders")


def test_whole_units_are_bought_ahead(told):
    """Tests that 0.7 periods of a demand of 2 are 1 unit (1.4, rounded) of a product counted in whole units."""
    orders = told("orders", stock=", buy_ahead: 0.7", lane=ON_SALE, product="whole_units: true")
    assert orders[2:5] == [(3.0, 3.0), (4.0, 2.0), (5.0, 1.0)]


@pytest.mark.known_answer("sale.buy_ahead")
@pytest.mark.known_answer("sale.promotions")
def test_customers_stock_up_and_then_stay_away(told):
    """Tests that customers who use 2 buy 2 + 2 x 2 at the start of a promotion, and live on it when it is over."""
    bought = told("demand", sale=ON_SALE + ", buy_ahead: 2")
    assert bought == [(1.0, 2.0), (2.0, 2.0), (3.0, 6.0), (4.0, 2.0), (7.0, 2.0), (8.0, 2.0)]


def test_customers_buy_in_the_end_what_they_use(told):
    """Tests that a promotion changes when customers at real instants buy, and not how much in the long run."""
    arrivals = {"demand": "{kind: compound_poisson, rate: 3, size: 2}", "horizon": 60}
    plain = told("demand", **arrivals)
    tempted = told("demand", sale=ON_SALE + ", buy_ahead: 4", **arrivals)
    during = sum(units for time, units in tempted if 3 <= time < 5)
    assert during > 24 + sum(units for time, units in plain if 3 <= time < 5) - 2
    assert sum(units for _, units in tempted) == pytest.approx(sum(units for _, units in plain))


def test_what_customers_buy_is_consumed_or_at_home():
    """Tests that units bought = units consumed + units at home, after every purchase."""
    network = sc.loads(SHOP.format(**GIVEN)).network
    simulation = Simulation(network, seed=1)
    stock = simulation.stocks[0]
    sale = Sale(price=Price(1.0), promotions=(Promotion(0, 1, 0.5),))
    demand = CustomerDemand("d", ConstantDemand(value=3), TICKS, 0, pantry=7.5)
    customers = StockingCustomers(demand, sale, stock, simulation._workshop, 0)
    bought = 0.0
    for tick in range(5):
        simulation.clock.now = tick
        bought += next(customers._quantities)
        assert bought == customers.consumed + customers.pantry
    assert (customers.consumed, customers.pantry) == (15.0, 0.0)


def test_without_promotions_nobody_keeps_anything(told):
    """Tests that customers are of the plain kind where nothing is bought ahead."""
    assert told("demand") == [(float(time), 2.0) for time in range(1, 9)]
