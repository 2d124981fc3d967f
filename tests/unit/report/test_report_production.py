"""The section of the report on production."""

import json
from pathlib import Path

import pytest

import scmsim as sc
from scmsim.flows.operations import STATES
from scmsim.report.production_section import data_gantt, data_machines, plot_gantt, production_panels

SCENARIOS = Path(__file__).parents[3] / "scenarios"


@pytest.fixture(scope="module")
def result() -> sc.Result:
    """The works in which radios are made, tested, packed and prepared."""
    return sc.run(sc.load(SCENARIOS / "production" / "stages.yaml"))


def test_the_time_of_machines_is_split_as_the_measures_say(result: sc.Result) -> None:
    """Tests that the shares of every resource add up to 1, and weighted by machines to the node's measures."""
    found = data_machines(result)
    assert found[list(STATES)].sum(axis=1).tolist() == pytest.approx([1.0] * 3)
    kpis = result.kpis.query("node == 'works' and product.isna()").set_index("metric")["mean"]
    weights = [2 / 4, 1 / 4, 1 / 4]
    for state, metric in (("setup", "machine_setup_share"), ("work", "machine_utilisation")):
        assert sum(found[state] * weights) == pytest.approx(kpis[metric])


def test_a_machine_is_drawn_doing_one_thing_at_a_time(result: sc.Result) -> None:
    """Tests that the bars of every machine follow each other, and that all work of the run is drawn."""
    bars = data_gantt(result, "works")
    assert set(bars["machine"]) == {"bench 1", "bench 2", "lab", "packer"}
    for _, own in bars.groupby("machine"):
        assert (own["until"].to_numpy()[:-1] <= own["time"].to_numpy()[1:] + 1e-9).all()


@pytest.fixture(scope="module")
def crowded() -> sc.Result:
    """Many products on more machines than are drawn."""
    names = [f"part {number:02d}" for number in range(12)]
    stage = {"name": "press", "resource": "press", "time": 1}
    scenario = {
        "scmsim": 1,
        "name": "crowded",
        "time": {"horizon": 60},
        "products": dict.fromkeys(names, {}),
        "nodes": {
            "works": {
                "kind": "factory",
                "resources": {"press": {"machines": 40}},
                "make": {name: {"batch": 1, "stages": [stage]} for name in names},
                "stock": {name: {"policy": {"kind": "scripted", "orders": [50]}} for name in names},
            }
        },
    }
    return sc.run(sc.loads(json.dumps(scenario)))


def test_bars_are_of_one_height_and_products_that_are_made_least_share_a_colour(crowded: sc.Result) -> None:
    """Tests that no bar is higher than a row, whichever rows its product is on, and that no two colours are alike."""
    figure = plot_gantt(crowded, "works")
    assert {bar.width for bar in figure.data} == {0.7}
    assert len({bar.marker.color for bar in figure.data}) == len(figure.data) == 9
    assert figure.data[-1].name == "other products"


def test_what_does_not_fit_into_the_chart_is_said(result: sc.Result, crowded: sc.Result) -> None:
    """Tests that the chart ends where its last bar begins, and that its text says what is not drawn."""
    assert plot_gantt(crowded, "works").layout.xaxis.range == (1, data_gantt(crowded, "works")["time"].max())
    assert "the rest of the time and the machines is in the table of operations" in production_panels(crowded)[1].text
    assert "did not fit" not in production_panels(result)[1].text


def test_the_section_is_there_where_something_is_made_in_stages(result: sc.Result) -> None:
    """Tests that there are the two figures and the table, only the table in a summary, and nothing elsewhere."""
    machines, gantt = production_panels(result)
    assert (machines.key, gantt.key) == ("machines", "gantt")
    assert ">13.3 %<" in machines.below
    (summary,) = production_panels(sc.run(result.scenario, record="summary"))
    assert summary.missing.startswith("This run kept a summary only.")
    assert production_panels(sc.run(sc.load(SCENARIOS / "beer_game.yaml"), record="summary")) == []
