"""A factory must not lose what is in a machine, pay for a setup twice, or wait for ever for a repair."""

import pytest

import scmsim as sc
from scmsim.flows.operations import CODES
from scmsim.ticks import TICKS

WORKS = """
scmsim: 1
name: works
time: {{unit: hour, start: 0, horizon: 200}}
products: {{part: {{whole_units: true}}, other: {{whole_units: true}}}}
nodes:
  works:
    kind: factory
    resources: {{lathe: {{{lathe}}}}}
    make:
      part: {{stages: [{{name: turn, resource: lathe, time: 1}}]}}
      other: {{stages: [{{name: turn, resource: lathe, time: 1}}]}}
    stock:
      part: {{policy: {{kind: scripted, orders: [{part}]}}}}
      other: {{policy: {{kind: scripted, orders: [{other}]}}}}
"""


def works(lathe, part="10", other="0"):
    """Return a lathe and the orders for its two products."""
    return WORKS.format(lathe=lathe, part=part, other=other)


def states(run, *kinds):
    """Return (state, from, until) of the lathe, for some kinds of states."""
    codes = {CODES[kind]: kind for kind in CODES}
    rows = [row for row in run.tables["operations"].tolist() if row[2] == 0 and row[3] >= CODES["setup"]]
    ends = [row[0] for row in rows[1:]] + [200 * TICKS]
    found = [(codes[row[3]], row[0] / TICKS, end / TICKS) for row, end in zip(rows, ends, strict=True)]
    return [state for state in found if state[0] in kinds]


def test_breakdown_that_loses_the_part_in_the_machine(story):
    """Tests that ten hours of work, broken off twice by a failure, are worked in full, once, and the parts come."""
    run = story(works("breakdowns: {time_between: 4, repair_time: 3}"))
    assert run.receipts("works", "part") == [(16, 10)]
    assert sum(until - since for _, since, until in states(run, "work")) == 10
    assert states(run, "down")[:2] == [("down", 4, 7), ("down", 11, 14)]
    assert run.at(20, "on_order", "works", "part") == 0


def test_shift_that_loses_the_part_in_the_machine(story):
    """Tests that work that no shift is long enough for is worked in several."""
    run = story(works("calendar: {period: 24, open: [[0, 4]]}"))
    assert run.receipts("works", "part") == [(50, 10)]


def test_setup_counted_twice():
    """Tests that a setup that a breakdown and the end of a shift break off is one, and is paid for once."""
    said = "setup_time: 6, setup_cost: 50, breakdowns: {time_between: 3, repair_time: 1}"
    scenario = sc.loads(works(f"{said}, calendar: {{period: 24, open: [[0, 5]]}}"))
    kpis = sc.run(scenario, record="summary").kpis.query("node == 'works' and product.isna()").set_index("metric")
    assert kpis["mean"]["setups"] == 1
    assert kpis["mean"]["machine_cost"] == 50
    assert kpis["mean"]["machine_setup_share"] * 200 == pytest.approx(6)


def test_setup_for_what_the_machine_is_set_up_for(story):
    """Tests that the second of two orders for one product needs no setup, and one for another does."""
    run = story(works("setup_time: 2", part="1, 1", other="0, 0, 1"))
    assert len(states(run, "setup")) == 2
    assert run.receipts("works", "part") == [(3, 1), (4, 1)]
    assert run.receipts("works", "other") == [(7, 1)]


@pytest.mark.parametrize("clock", ["busy", "calendar"])
def test_repair_that_never_ends(story, clock):
    """Tests that every breakdown ends after its repair, and that repairs without a length take no time."""
    run = story(works(f"breakdowns: {{time_between: 4, repair_time: 3, clock: {clock}}}", part="40"))
    down = states(run, "down")
    assert len(down) > 5
    assert all(until - since == 3 for _, since, until in down if until < 200)
    run = story(works(f"breakdowns: {{time_between: 4, repair_time: 0, clock: {clock}}}"))
    assert run.receipts("works", "part") == [(10, 10)]


def test_rework_that_never_ends(story):
    """Tests that units of which nine of ten go back come out in the end."""
    text = works("machines: 1", part="5").replace("time: 1}]}\n      other", "time: 1, REWORK}]}\n      other")
    run = story(text.replace("REWORK", "rework: {share: 0.9, to: turn}"))
    assert sum(units for _, units in run.receipts("works", "part")) == 5


@pytest.mark.parametrize(("scrap", "received", "lost", "completed"), [(0.5, 2, 2, 3), (1, 0, 4, None)])
def test_an_order_whose_last_units_are_scrapped_stays_open(scrap, received, lost, completed):
    """Tests that of 4 parts each second one, or all, are scrapped, and none is on order then."""
    text = works("", part="4").replace("stages: [{name: turn", f"batch: 1, stages: [{{scrap: {scrap}, name: turn", 1)
    result = sc.run(sc.loads(text))
    order = result.orders.astype(object).where(result.orders.notna(), None).iloc[0]
    assert order[["received", "lost", "completed"]].tolist() == [received, lost, completed]
    assert result.stock[result.stock["product"] == "part"]["on_order"].iloc[-1] == 0
