"""What a scenario says of money, resolved."""

import pytest

import scmsim as sc
from scmsim.scenario.network import Delay, Finance, Money, Price, Promotion, Sale, Terms
from scmsim.ticks import TICKS

PUB = """
scmsim: 1
name: pub
time: {horizon: 20}
products: {beer: {}, malt: {}, nuts: {}}
defaults:
  stock: {policy: {kind: base_stock, level: 20}}
nodes:
  farm: {kind: supplier}
  brewery: {kind: factory, make: {beer: {components: {malt: 2}, unit_cost: 1}}}
  pub: {kind: retailer, demand: {beer: {kind: constant, value: 4}, nuts: {kind: constant, value: 1}}}
lanes:
  - {from: farm, to: brewery, products: [malt]}
  - {from: brewery, to: pub, products: [beer]}
  - {from: farm, to: pub, products: [nuts]}
"""


def network(*overrides):
    return sc.loads(PUB).set(*overrides).network


def point(found, node, product):
    (one,) = [point for point in found.points if (point.node, point.product) == (node, product)]
    return one


def test_without_prices_there_is_no_money():
    """Tests that a scenario that says nothing of money has none, and no node has finances."""
    found = network()
    assert found.money is None
    assert [node.finance for node in found.nodes.values()] == [None] * 3
    assert [lane.sales for lane in found.lanes] == [{}] * 3


@pytest.mark.parametrize(
    "override",
    ["money={}", "nodes.pub.finance.cash=1", "nodes.pub.sales.beer.price=9", "lanes.1.price=3",
     "lanes.1.prices.beer=3"],
)  # fmt: skip
def test_anything_of_money_switches_it_on(override):
    """Tests that each key of money alone makes every node but suppliers keep books."""
    found = network(override)
    assert found.money == Money()
    assert found.nodes["brewery"].finance == Finance()
    assert found.nodes["farm"].finance is None


def test_finances_come_in_ticks():
    """Tests that a node's finances take the defaults, its own keys, and ticks for the grace."""
    found = network("defaults.finance.cash=7", "nodes.pub.finance.grace=1.5", "money.month=4")
    assert found.nodes["pub"].finance == Finance(cash=7.0, grace=1_500_000)
    assert found.nodes["brewery"].finance == Finance(cash=7.0)
    assert found.nodes["farm"].finance is None
    assert found.money.month == 4 * TICKS


@pytest.mark.known_answer("lane.prices")
def test_a_price_by_product_goes_before_the_price_of_the_lane():
    """Tests that products have their own price where they have one, and none where the lane has none."""
    found = network("lanes.0.price=1", "lanes.1.prices.beer.kind=markup", "lanes.1.prices.beer.rate=0.5")
    assert found.lanes[0].sales == {"malt": Sale(price=Price(1.0))}
    assert found.lanes[1].sales == {"beer": Sale(price=Price(None, 0.5))}
    assert found.lanes[2].sales == {}


@pytest.mark.known_answer("price:fixed")
def test_a_fixed_price_is_a_number_written_out():
    """Tests that a mapping of the kind fixed is the price that its amount is alone, at every unit cost."""
    number, mapping = (network(f"lanes.0.price={price}") for price in ("2.5", "{kind: fixed, amount: 2.5}"))
    assert mapping.lanes[0].sales == number.lanes[0].sales == {"malt": Sale(price=Price(2.5))}
    assert [mapping.lanes[0].sales["malt"].unit_price(0, cost) for cost in (0.0, 4.0)] == [2.5, 2.5]


def test_terms_come_in_ticks():
    """Tests that terms are what was written, in ticks, and that prepaying is a down payment of everything."""
    terms = "{net: 30, late: 2, late_fee: 0.01, invoice: monthly}"
    found = network("lanes.1.price=3", f"lanes.1.terms={terms}")
    assert found.lanes[1].sales["beer"].terms == Terms(
        invoice="monthly",
        net=Delay(30 * TICKS),
        late=Delay(2 * TICKS),
        late_fee=0.01,
    )
    prepaid = network("lanes.1.price=3", "lanes.1.terms.prepay=true")
    assert prepaid.lanes[1].sales["beer"].terms == Terms(prepay=True, down_payment=1.0)


def test_promotions_come_in_the_order_of_time():
    """Tests that promotions are sorted, half-open and taken off the price."""
    promotions = "[{from: 9, until: 12, discount: 0.5}, {from: 2, until: 4, discount: 0.25}]"
    sale = network("nodes.pub.sales.beer.price=8", f"nodes.pub.sales.beer.promotions={promotions}").points[0].sale
    assert sale.promotions == (Promotion(2 * TICKS, 4 * TICKS, 0.25), Promotion(9 * TICKS, 12 * TICKS, 0.5))
    prices = [sale.unit_price(time * TICKS, 0.0) for time in (1, 2, 3.999999, 4, 9, 12)]
    assert prices == [8.0, 6.0, 6.0, 8.0, 4.0, 8.0]


def test_a_markup_follows_the_cost():
    """Tests that a price of cost plus half is 6 at a cost of 4, and 4.5 with a quarter off."""
    sale = Sale(price=Price(None, 0.5), promotions=(Promotion(0, 1, 0.25),))
    assert (sale.unit_price(1, 4.0), sale.unit_price(0, 4.0)) == (6.0, 4.5)


def test_stock_at_the_start_is_worth_what_it_takes():
    """Tests that malt costs its price and duty, beer 2 malt and 1, the pub's beer half more than the brewery's."""
    found = network("lanes.0.price=2", "lanes.0.duty=0.5", "lanes.1.price={kind: markup, rate: 0.5}")
    assert point(found, "brewery", "malt").opening_cost == 3.0
    assert point(found, "brewery", "beer").opening_cost == 7.0
    assert point(found, "pub", "beer").opening_cost == 10.5


@pytest.mark.known_answer("product.standard_cost")
@pytest.mark.known_answer("product.value")
def test_a_standard_cost_goes_before_a_value():
    """Tests that stock is worth its product's standard cost, or else its value, wherever it lies."""
    found = network(
        "lanes.0.price=2", "products.beer.value=5", "products.malt.standard_cost=1", "products.malt.value=9"
    )
    assert point(found, "brewery", "malt").opening_cost == 1.0
    assert point(found, "pub", "beer").opening_cost == 5.0


def test_a_purchase_cost_is_what_stock_is_worth_without_a_price():
    """Tests that what a lane without a price brings is worth the purchase cost, or else what it cost its sender."""
    found = network("money={}", "nodes.brewery.stock.malt.purchase_cost=2")
    assert point(found, "brewery", "malt").opening_cost == 2.0
    assert point(found, "pub", "beer").opening_cost == 5.0


def test_what_is_bought_ahead_is_in_units():
    """Tests that 3 periods of a mean demand of 4 are 12 units at the pub, and at the brewery for its malt 24."""
    promotions = "[{from: 2, until: 4, discount: 0.25}]"
    found = network(
        "nodes.pub.sales.beer.price=8",
        f"nodes.pub.sales.beer.promotions={promotions}",
        "nodes.pub.sales.beer.buy_ahead=3",
        "lanes.0.price=2",
        f"lanes.0.promotions={promotions}",
        "nodes.brewery.stock.malt.buy_ahead=3",
    )
    assert point(found, "pub", "beer").demands[0].pantry == 12.0
    assert point(found, "brewery", "malt").buy_ahead == 24.0


def test_an_empty_section_of_money_survives_writing():
    """Tests that a scenario with `money:` and nothing under it is written and read back with its books on."""
    scenario = sc.loads(PUB + "money:\n")
    again = sc.loads(scenario.to_yaml())
    assert scenario.network.money == again.network.money == Money()


def test_prices_survive_writing():
    """Tests that prices, promotions and terms are written and read back."""
    scenario = sc.loads(PUB).set(
        "lanes.1.price={kind: markup, rate: 0.5}",
        "lanes.1.promotions=[{from: 2, until: 4, discount: 0.25}]",
        "lanes.1.terms={net: {dist: poisson, mean: 3}, discount: {rate: 0.02, within: 1}}",
        "nodes.pub.sales.beer={price: 8, buy_ahead: 0}",
    )
    assert sc.loads(scenario.to_yaml()) == scenario


def test_defaults_of_lanes_are_no_mistake_of_lanes_without_a_price():
    """Tests that default terms may meet lanes that have no price, and are taken by those that have one."""
    found = network("defaults.lane.terms.net=5", "lanes.1.price=3", "defaults.stock.buy_ahead=2")
    assert found.lanes[1].sales["beer"].terms.net == Delay(5 * TICKS)


def test_money_in_tables(tmp_path):
    """Tests that prices, terms and finances may stand in CSV tables with dotted columns."""
    (tmp_path / "sales.csv").write_text("node,product,price,terms.net\npub,beer,9,2\npub,nuts,3,\n", encoding="utf-8")
    lanes = "from,to,price,prices.beer,terms.discount.rate,terms.discount.within,terms.net\nbrewery,pub,3,4,0.02,1,9\n"
    (tmp_path / "lanes.csv").write_text(lanes, encoding="utf-8")
    (tmp_path / "nodes.csv").write_text("name,finance.cash\nbrewery,50\n", encoding="utf-8")
    text = PUB + "tables: {sales: sales.csv, lanes: lanes.csv, nodes: nodes.csv}\n"
    (tmp_path / "pub.yaml").write_text(text, encoding="utf-8")
    found = sc.load(tmp_path / "pub.yaml").network
    assert point(found, "pub", "beer").sale == Sale(price=Price(9.0), terms=Terms(net=Delay(2 * TICKS)))
    assert point(found, "pub", "nuts").sale == Sale(price=Price(3.0))
    assert found.nodes["brewery"].finance == Finance(cash=50.0)
    assert found.lanes[1].sales["beer"].price == Price(4.0)
    assert found.lanes[1].sales["beer"].terms.discount_rate == 0.02


@pytest.mark.parametrize(
    ("default", "own"),
    [
        ("defaults.lane.terms={net: 30, late: 2}", "lanes.1.price=3"),
        ("defaults.lane.terms={net: 30, late: 2}", "lanes.1={from: brewery, to: pub, price: 3, terms: {prepay: true}}"),
        ("defaults.lane.promotions=[{from: 3, until: 5, discount: 0.5}]", "lanes.1.prices.beer=3"),
        ("defaults.sale={buy_ahead: 2, terms: {net: 3, down_payment: 0.5}}",
         "nodes.pub.sales.beer={price: 9, terms: {prepay: true}}"),
    ],
)  # fmt: skip
def test_defaults_of_money_that_mean_nothing_somewhere_are_left_out_there(default, own):
    """Tests that terms by default neither reach lanes without a price nor contradict `prepay`, and read back so."""
    scenario = sc.loads(PUB).set(default, own)
    assert sc.loads(scenario.to_yaml()) == scenario


def test_prepaying_takes_the_place_of_default_terms():
    """Tests that a lane that prepays keeps nothing of what defaults say of paying later, and customers keep `net`."""
    changes = ["defaults.lane.terms={net: 30, invoice: shipment}", "defaults.sale.terms={net: 3, down_payment: 0.5}"]
    prepaid = ["lanes.1.price=3", "lanes.1.terms.prepay=true"]
    found = network(*changes, *prepaid, "nodes.pub.sales.beer={price: 9, terms: {prepay: true}}")
    assert found.lanes[1].sales["beer"].terms == Terms(invoice="shipment", prepay=True, down_payment=1.0)
    sale = point(found, "pub", "beer").sale
    assert sale.terms == Terms(net=Delay(3 * TICKS), prepay=True, down_payment=1.0)
