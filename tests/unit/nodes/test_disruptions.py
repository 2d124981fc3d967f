"""Disruptions by hand: what stops, what waits, what goes on, and what is lost."""

from pathlib import Path
from typing import Any

import pytest

import scmsim
from scmsim.engine.clock import Clock, Phases
from scmsim.engine.recorder import Keeper
from scmsim.experiments.run.result import Result
from scmsim.metrics.audit.auditor import Auditor
from scmsim.nodes.disruptions_pace import Extent, Pace
from scmsim.simulation import simulate
from scmsim.ticks import TICKS

SCENARIOS = Path(__file__).parents[3] / "scenarios" / "disruption"
DAYS = range(4, 12)
CHAIN = """
scmsim: 1
name: chain
time: {{horizon: 20, start: 1}}
products: {{bread: {{whole_units: {whole}}}}}
nodes:
  mill: {{kind: supplier, lead_time: {preparation}{supply}}}
  depot:
    kind: warehouse
    stock: {{bread: {{initial: {depot}, policy: {{kind: scripted, orders: [{wanted}]}}}}}}
  shop: {{kind: retailer, stock: {{bread: {{policy: {{kind: scripted, orders: [{orders}]}}}}}}}}
  stall: {{kind: retailer, stock: {{bread: {{policy: {{kind: scripted, orders: [{others}]}}}}}}}}
lanes:
  - {{from: mill, to: depot, lead_time: {supplied}}}
  - {{from: depot, to: shop, lead_time: {way}, order_delay: {mail}, crossing: false}}
  - {{from: depot, to: stall}}
disruptions:
  blow: {{of: {{{of}}}, when: {{kind: dates, times: [{times}]}}, {what}}}
"""
USUAL: dict[str, Any] = {
    "whole": "false",
    "preparation": 0,
    "supply": "",
    "depot": 0,
    "wanted": 0,
    "orders": 0,
    "others": 0,
    "supplied": 0,
    "way": 0,
    "mail": 0,
    "times": "{at: 3, lasts: 4}",
}


def receipts(node: str, **changed: Any) -> list[tuple[float, float]]:
    """Run the chain under audit, and return when a node receives how much."""
    network = scmsim.loads(CHAIN.format(**USUAL | changed)).network
    keeper, auditor = Keeper(("deliveries",)), Auditor(network)
    simulate(network, seed=1, sinks=[keeper, auditor], on_instant=auditor.observe)
    point = next(point.index for point in network.points if point.node == node)
    rows = keeper.tables()["deliveries"]
    return [(time / TICKS, quantity) for time, _, buyer, _, _, _, quantity, _ in rows.tolist() if buyer == point]


def net_stock(result: Result, node: str) -> list[float]:
    """Return what a node of the example has, or owes, each evening of the days 4 to 11."""
    rows = result.stock.query("node == @node").set_index("time")["net_stock"]
    return [float(rows[:day].iloc[-1]) for day in DAYS]


@pytest.mark.known_answer("scenario.disruptions")
def test_four_ways_to_stop() -> None:
    """Tests that shops 2 days off, closed off on the days 5 to 8, have and owe each day what they do by hand."""
    result = scmsim.run(SCENARIOS / "four_stops.yaml")
    at_the_sender = [10, 10, 10, 5, 0, -5, -10, 10]
    assert net_stock(result, "by_mail") == at_the_sender
    assert net_stock(result, "at_the_gate") == at_the_sender
    assert net_stock(result, "on_the_road") == [10, 5, 0, -5, -10, -10, -10, 10]
    assert net_stock(result, "at_the_ramp") == [10, 5, 0, -5, -10, 10, 10, 10]


def test_orders_that_wait_are_on_order_and_not_yet_owed() -> None:
    """Tests that the depot is asked for nothing while orders wait outside, and owes them where shipments wait."""
    result = scmsim.run(SCENARIOS / "four_stops.yaml")
    asked = result.demand.query("node == 'depot' and 5 <= time < 9").groupby("product")["quantity"].sum().to_dict()
    assert asked == {"milk": 20, "rice": 20, "salt": 20}
    owed = result.stock.query("node == 'depot' and product == 'milk' and 5 <= time <= 9")["backorders"]
    assert owed.tolist() == [5, 10, 15, 20, 0]
    position = result.stock.query("node in ('by_mail', 'at_the_gate')")
    assert set(position["net_stock"] + position["on_order"]) == {20}


@pytest.mark.parametrize("stop", ["orders", "shipments", "transit", "receipts"])
def test_an_outside_supplier_stops_too(stop: str) -> None:
    """Tests that what an unlimited supplier of a depot a day away would bring on the days 3 to 6 comes when it may."""
    of = "node: depot" if stop in ("transit", "receipts") else "node: mill"
    found = receipts("depot", wanted="1, 1, 1, 1, 1, 1, 1, 1", supplied=1, of=of, what=f"stops: [{stop}]")
    due = {
        "orders": [(2, 1), (3, 1), *[(8, 1)] * 5, (9, 1)],
        "shipments": [(2, 1), (3, 1), *[(8, 1)] * 5, (9, 1)],
        "transit": [(2, 1), (7, 1), *[(8, 1)] * 5, (9, 1)],
        "receipts": [(2, 1), *[(7, 1)] * 5, (8, 1), (9, 1)],
    }
    assert found == due[stop]


def test_what_is_prepared_waits_at_the_gate() -> None:
    """Tests that a supplier goes on preparing while nothing leaves it."""
    found = receipts("depot", wanted="1, 0, 2", preparation=3, supplied=1, of="node: mill", what="stops: [shipments]")
    assert found == [(8, 1), (8, 2)]


def test_what_waits_for_a_lane_holds_up_nobody_else() -> None:
    """Tests that the stall is served while the older order of the shop waits, which then goes before younger ones."""
    chain = {"depot": 10, "orders": "0, 0, 8", "others": "0, 0, 0, 1, 0, 0, 4", "of": "lane: depot -> shop"}
    assert receipts("stall", **chain, what="stops: [shipments]") == [(4, 1), (7, 1)]
    assert receipts("shop", **chain, what="stops: [shipments]") == [(7, 8)]


def test_orders_that_waited_outside_keep_their_places() -> None:
    """Tests that of two orders let in together the one that came first is served first, and not pro rata."""
    chain = {"depot": 4, "orders": "0, 0, 3", "others": "0, 0, 0, 3", "of": "node: depot", "what": "stops: [orders]"}
    assert receipts("shop", **chain) == [(7, 3)]
    assert receipts("stall", **chain) == [(7, 1)]


def test_goods_that_stand_still_are_never_overtaken() -> None:
    """Tests that loads of random times stay in their order on a lane that stops twice, and all come."""
    orders = ", ".join(str(n) for n in range(1, 12))
    found = receipts(
        "shop",
        depot=99,
        orders=orders,
        way="{dist: exponential, mean: 2}",
        times="{at: 3, lasts: 2}, {at: 8, lasts: 1}",
        of="lane: depot -> shop",
        what="stops: [transit]",
    )
    assert [quantity for _, quantity in found] == list(range(1, 12))
    assert not any(3 <= time < 5 or 8 <= time < 9 for time, _ in found)


@pytest.mark.known_answer("disruption.remaining")
@pytest.mark.parametrize(("remaining", "arrives"), [(1.0, 8.0), (0.5, 10.0), (0.25, 11.0), (0.0, 12.0)])
def test_goods_go_on_at_a_part_of_their_speed(remaining: float, arrives: float) -> None:
    """Tests that 7 days of road, of which 4 go at a part of the speed, take 7 + 4 (1 - part) days."""
    what = f"stops: [transit], remaining: {remaining}"
    assert receipts("shop", depot=5, orders=5, way=7, of="lane: depot -> shop", what=what) == [(arrives, 5)]


def test_overlapping_times_end_with_the_last() -> None:
    """Tests that a gate that two times close opens once, when both are over."""
    found = receipts(
        "shop",
        depot=5,
        orders="0, 0, 5",
        times="{at: 2, lasts: 4}, {at: 4, lasts: 5}",
        of="lane: depot -> shop",
        what="stops: [shipments]",
    )
    assert found == [(9, 5)]


def test_a_disruption_that_follows_at_once_leaves_no_gap() -> None:
    """Tests that nothing slips through at the instant at which one time ends and the next begins."""
    times = "{at: 3, lasts: 2}, {at: 5, lasts: 2}"
    found = receipts("depot", wanted="0, 0, 0, 4", times=times, of="node: mill", what="stops: [shipments]")
    assert found == [(7, 4)]


def test_a_capacity_is_lost_in_the_middle_of_a_period() -> None:
    """Tests that a supplier of 10 a week, of which half is lost for its second half, ships 7.5, and 10 a week later."""
    chain = {"supply": ", capacity: {units: 10, period: 4}", "wanted": 30, "times": "{at: 3, lasts: 2}"}
    found = receipts("depot", **chain, of="capacity: mill", what="remaining: 0.5")
    assert found == [(1, 10), (5, 10), (9, 10)]
    chain |= {"wanted": "0, 0, 30"}
    assert receipts("depot", **chain, of="capacity: mill", what="remaining: 0.5") == [
        (3, 7.5),
        (5, 10),
        (9, 10),
        (13, 2.5),
    ]


def test_production_stands_still() -> None:
    """Tests that chairs due on day 4 come on day 7, those half done a day later, and that complete kits wait."""
    result = scmsim.run(SCENARIOS / "factory_stops.yaml")
    made = result.deliveries.query("product == 'chair'").groupby("time")["quantity"].sum().to_dict()
    assert made == {3: 4, 7: 4, 8: 4, 9: 16}
    wood = result.stock.query("product == 'wood'").set_index("time")["on_hand"]
    assert [float(wood[day]) for day in (4, 5, 6, 7)] == [4, 8, 12, 0]


@pytest.mark.known_answer("destruction.stock", "destruction.in_transit", "disruption.destroys")
@pytest.mark.known_answer("occurrence:dates")
def test_a_fire_destroys_and_is_written_off() -> None:
    """Tests that 20 of 40 and 4 of 16 burn, that they are ordered again, and that 5 is lost with each."""
    result = scmsim.run(SCENARIOS / "fire.yaml")
    burnt = result.events.query("kind == 'destroyed'")[["partner", "quantity", "value"]].fillna("").values.tolist()
    assert burnt == [["", 20.0, 100.0], ["maker", 4.0, 20.0]]
    assert result.orders.query("node == 'depot' and time == 3")["quantity"].tolist() == [24.0]
    ledger = result.ledger.query("event == 'write_off'").groupby("account")["amount"].sum().to_dict()
    assert ledger == {"inventory": -100.0, "in_transit": -20.0, "write_off": 120.0}


def test_whole_units_are_destroyed_whole() -> None:
    """Tests that of three loads of one unit each, of which half is lost, one goes at once and no half ever."""
    chain = {"whole": "true", "depot": 9, "orders": "1, 1, 1", "way": 5, "times": "{at: 4, lasts: 0}"}
    found = receipts("shop", **chain, of="lane: depot -> shop", what="destroys: {in_transit: 0.5}, stops: []")
    assert found == [(6, 1), (8, 1)]


def test_demand_rises_and_numbers_stay() -> None:
    """Tests that the same customers come, who ask for three times as much on two days."""
    name = SCENARIOS / "panic_buying.yaml"
    asked = scmsim.run(name).demand.query("buyer.isna()")["quantity"].tolist()
    assert asked == [4, 4, 12, 12, 4, 4]


@pytest.mark.known_answer("occurrence:triggered")
def test_one_disruption_sets_another_off() -> None:
    """Tests that a flood follows the quake of day 3 two days later, in about half of the runs, for four days."""
    result = scmsim.run(SCENARIOS / "chain_reaction.yaml", replications=1, seed=3)
    happened = result.events.query("kind in ('struck', 'ended')")[["time", "kind", "value"]].values.tolist()
    quake, flood = [[3, "struck", 2], [6, "ended", 2]], [[5, "struck", 1], [9, "ended", 1]]
    assert happened in (quake, sorted(quake + flood))


def test_a_disruption_has_random_numbers_of_its_own() -> None:
    """Tests that demand is the same to the last bit with and without a random disruption, and with another one."""
    text = """
scmsim: 1
name: own
time: {horizon: 50}
products: {tea: {}}
nodes:
  port: {kind: supplier}
  shop:
    kind: retailer
    stock: {tea: {policy: {kind: base_stock, level: 9}}}
    demand: {tea: {kind: poisson, mean: 5}}
lanes: [port -> shop]
"""
    storm = "disruptions: {storm: {of: {node: port}, when: {kind: markov, fail: 0.2, recover: 0.3}}}"
    asked = [scmsim.run(scmsim.loads(text + more)).demand.query("buyer.isna()") for more in ("", storm)]
    assert asked[0]["quantity"].tolist() == asked[1]["quantity"].tolist()


def ordered(result: Result) -> list[tuple[float, str, float]]:
    """Return when, where and how much the shop orders of those who could supply it."""
    orders = result.events.query("kind == 'sourced'")
    return list(orders[["time", "partner", "quantity"]].itertuples(index=False, name=None))


@pytest.mark.known_answer("reactions.switch_source", "reactions.known_after", "disruption.reactions")
def test_orders_go_elsewhere_while_it_is_known() -> None:
    """Tests that the shop orders from the far supplier from day 5, when it knows, to day 9, and that nobody waits."""
    result = scmsim.run(SCENARIOS / "switch_source.yaml")
    near = [(day, "near", 2) for day in (1, 2, 3, 4, 10, 11, 12)]
    assert ordered(result) == sorted(near + [(day, "far", 2) for day in range(5, 10)])
    assert result.stock.query("node == 'shop'")["backorders"].max() == 0


@pytest.mark.known_answer("reactions.reroute")
@pytest.mark.parametrize("stops", ["shipments", "orders"])
def test_what_waits_is_called_off_and_ordered_elsewhere(stops: str) -> None:
    """Tests that 12 that wait at the port, or outside it, are given up on day 5 and come from the other on day 7."""
    scenario = scmsim.load(SCENARIOS / "reroute.yaml", [f"disruptions.storm.stops=[{stops}]"])
    result = scmsim.run(scenario)
    assert ordered(result) == [(4, "south_port", 12), (5, "north_port", 12)]
    confirmed = result.events.query("kind == 'cancellation_confirmed'")[["time", "node", "quantity"]].values.tolist()
    assert confirmed == [[5, "shop", 12]]
    assert result.deliveries[["time", "quantity"]].values.tolist() == [[7, 12]]
    assert set(result.stock.query("time >= 4")["net_stock"] + result.stock.query("time >= 4")["on_order"]) == {12}


@pytest.mark.known_answer("reactions.expedite")
def test_goods_take_the_faster_mode_meanwhile() -> None:
    """Tests that what leaves on the days 5 to 8 goes by air, a day off, and all else by sea."""
    result = scmsim.run(SCENARIOS / "expedite.yaml")
    assert result.freight.set_index("time")["mode"].to_dict() == {
        day: "air" if 5 <= day < 9 else "sea" for day in range(1, 11)
    }


def test_a_depot_gives_up_what_waits_in_its_queue() -> None:
    """Tests that a rerouted order is owed no more by the depot where it waited, in its books and the records alike."""
    text = """
scmsim: 1
name: queue
time: {horizon: 12}
products: {sofa: {}}
nodes:
  works: {kind: supplier}
  south: {kind: warehouse, stock: {sofa: {initial: 20, policy: {kind: scripted, orders: [0]}}}}
  north: {kind: warehouse, stock: {sofa: {initial: 20, policy: {kind: scripted, orders: [0]}}}}
  shop: {kind: retailer, stock: {sofa: {sourcing: {kind: cheapest}, policy: {kind: scripted, orders: [0, 0, 0, 12]}}}}
lanes:
  - works -> south
  - works -> north
  - {from: south, to: shop, unit_cost: 1}
  - {from: north, to: shop, lead_time: 2, unit_cost: 3}
disruptions:
  storm:
    of: {lane: south -> shop}
    when: {kind: dates, times: [{at: 3, lasts: 7}]}
    reactions: {known_after: 2, reroute: true}
"""
    network = scmsim.loads(text).network
    keeper, auditor = Keeper(), Auditor(network)
    simulate(network, seed=1, sinks=[keeper, auditor], on_instant=auditor.observe)
    south = next(point.index for point in network.points if point.node == "south")
    owed = [(time / TICKS, owed) for time, point, _, owed, _, _ in keeper.tables()["stock"].tolist() if point == south]
    assert owed == [(1, 0), (4, 12), (5, 0)]


def test_what_is_due_when_it_is_slowed_again_comes_at_that_instant() -> None:
    """Tests that work with a part of a tick left over from one slow time is not dated back by the next one."""
    clock, speed = Clock(), Extent()
    ended: list[int] = []
    pace = Pace(clock, speed)
    pace.begin(20, lambda _: ended.append(clock.now), None)
    for tick, strikes in ((10, True), (13, False), (22, True), (40, False)):
        change = speed.strike if strikes else speed.lift
        clock.at(tick, Phases.state, change, 0.5)
    clock.run(99)
    assert ended == [22]


def test_no_more_is_destroyed_than_there_is():
    """Tests that of whole units, of which a policy that does not round has left a part, all are lost and no more."""
    scenario = """
scmsim: 1
name: parts-of-units
time: {start: 0, horizon: 6}
products: {tea: {whole_units: true}}
nodes:
  port: {kind: supplier}
  shop:
    kind: retailer
    stock: {tea: {initial: 0, policy: {kind: scripted, rounding: none, orders: [2.6]}}}
lanes: [{from: port, to: shop}]
disruptions:
  fire: {of: {node: shop}, when: {kind: dates, times: [{at: 3, lasts: 1}]}, destroys: {stock: 1}}
"""
    result = scmsim.run(scmsim.loads(scenario))
    assert result.events.query("kind == 'destroyed'")["quantity"].tolist() == [2.6]
    assert result.stock["on_hand"].tolist()[-1] == 0
