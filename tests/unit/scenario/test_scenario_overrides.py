"""Overrides: how a path is written, and what one value changes."""

import pytest

from scmsim.errors import ScenarioError, UsageError
from scmsim.scenario.load import loads
from scmsim.scenario.overrides import parsed
from scmsim.scenario.scenario import Scenario

TEXT = """
scmsim: 1
name: chain
time: {horizon: 50}
products: {tea: {}, rice: {}}
defaults:
  stock: {policy: {kind: base_stock, level: 40}}
  lane: {lead_time: 2}
nodes:
  importer: {kind: supplier}
  depot: {kind: warehouse}
  "St. Gallen":
    kind: retailer
    demand:
      tea: {kind: poisson, mean: 4}
      rice: [{kind: constant, value: 1}, {kind: constant, value: 2}]
lanes:
  - importer -> depot
  - {from: depot, to: St. Gallen, products: [tea]}
  - {from: depot, to: St. Gallen, products: [rice]}
"""


def changed(*overrides: str) -> Scenario:
    """Load the chain with overrides."""
    return loads(TEXT, "chain.yaml", overrides=overrides)


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("time.horizon=52", ("time", "horizon"), "52"),
        ('nodes."a.b=c".label=x=y', ("nodes", "a.b=c", "label"), "x=y"),
        ("nodes.'a b'.label=", ("nodes", "a b", "label"), ""),
        ("nodes.007.label=x", ("nodes", "007", "label"), "x"),
        ("lanes.0.lead_time=1.5", ("lanes", 0, "lead_time"), "1.5"),
        ('lanes."a -> b".lead_time=2', ("lanes", "a -> b", "lead_time"), "2"),
        (
            "lanes.a->b.lead_time={dist: gamma, mean: 2.5, cv: 1}",
            ("lanes", "a->b", "lead_time"),
            "{dist: gamma, mean: 2.5, cv: 1}",
        ),
    ],
)
def test_paths(override: str, path: tuple[str | int, ...], value: str) -> None:
    """Tests that names with dots, signs of equality and spaces can be written in a path."""
    assert parsed(override) == (path, value)


@pytest.mark.parametrize("override", ["", "time.horizon", "=5", "a..b=1", ".a=1", 'a"b=1', "nodes.'x=1"])
def test_not_an_override(override: str) -> None:
    """Tests that what is not PATH=VALUE is an error of usage."""
    with pytest.raises(UsageError, match=r"^the change .*: expected PATH=VALUE, .*\(on the command line: --set "):
        parsed(override)


def test_value_in_a_section() -> None:
    """Tests that numbers, texts and whole collections can be set."""
    file = changed("time.horizon=1e2", "name=NO", "run={seed: 7, replications: 2}", "description=").file
    assert (file.time.horizon, file.name, file.run.seed, file.run.replications) == (100.0, "NO", 7, 2)
    assert file.description is None


def test_value_that_is_only_in_the_defaults() -> None:
    """Tests that an override of what an entry has from its defaults keeps the rest of them."""
    stock = changed("nodes.depot.stock.tea.policy.level=24").file.nodes["depot"].stock["tea"]
    assert stock.policy is not None
    assert stock.policy.model_dump(include={"kind", "level"}) == {"kind": "base_stock", "level": 24.0}


def test_defaults_themselves() -> None:
    """Tests that defaults can be overridden before they are merged."""
    file = changed("defaults.lane.lead_time=5", "defaults.stock.initial=7").file
    assert [lane.lead_time for lane in file.lanes] == [5.0, 5.0, 5.0]
    assert file.defaults.stock is not None
    assert file.defaults.stock.initial == 7.0


@pytest.mark.parametrize("lane", ["0", "importer:depot", "importer->depot", '"importer -> depot"', "'importer->depot'"])
def test_lane_by_position_and_by_ends(lane: str) -> None:
    """Tests that a lane written as a text becomes a mapping with what is set."""
    times = [found.lead_time for found in changed(f"lanes.{lane}.lead_time=9").file.lanes]
    assert times == [9.0, 2.0, 2.0]


def test_every_lane_between_two_nodes() -> None:
    """Tests that a lane's ends name all the lanes between them, as one position names all lanes of a chain."""
    file = changed("lanes.'depot:St. Gallen'.unit_cost=3").file
    assert [lane.unit_cost for lane in file.lanes] == [0.0, 3.0, 3.0]
    chain = TEXT.split("lanes:")[0] + "lanes: [importer -> depot -> St. Gallen]\n"
    assert [lane.lead_time for lane in loads(chain, overrides=["lanes.0.lead_time=4"]).file.lanes] == [4.0, 4.0]


def test_one_demand_and_several() -> None:
    """Tests that a single demand is reached with and without a position, one of several with it."""
    demand = (
        changed('nodes."St. Gallen".demand.tea.mean=5', 'nodes."St. Gallen".demand.rice.1.value=8')
        .file.nodes["St. Gallen"]
        .demand
    )
    assert [repr(found) for found in demand["tea"]] == ["PoissonDemand(mean=5.0)"]
    assert [found.moments() for found in demand["rice"]] == [(1.0, 0.0), (8.0, 0.0)]
    again = changed('nodes."St. Gallen".demand.tea.0.mean=6').file.nodes["St. Gallen"].demand["tea"]
    assert [repr(found) for found in again] == ["PoissonDemand(mean=6.0)"]


def test_kind_that_differs_replaces_the_default() -> None:
    """Tests that a policy of another kind takes nothing from the default's."""
    policy = (
        changed("nodes.depot.stock.tea.policy={kind: min_max, minimum: 1, maximum: 2}")
        .file.nodes["depot"]
        .stock["tea"]
        .policy
    )
    assert repr(policy) == "MinMax(minimum=1.0, maximum=2.0)"


def test_later_overrides_win() -> None:
    """Tests that overrides are applied in their order."""
    assert changed("time.horizon=60", "time.horizon=70").file.time.horizon == 70.0


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("tme.horizon=5", "tme: found the unknown name 'tme'; expected one of scmsim,"),
        ("time.horizn=5", "Did you mean `time.horizon`?"),
        ("time.horizon.x=5", "time.horizon.x: found nothing below time.horizon; expected a path of the scenario"),
        ("nodes.dept.label=x", "Did you mean `nodes.depot`?"),
        ("nodes.depot.stock.coffee.initial=1", "found the unknown name 'coffee'; expected one of tea, rice"),
        ("lanes.importer:dept.lead_time=1", "found no lane 'importer:dept'"),
        ("lanes.3.lead_time=1", "found no lane 3; expected one of importer -> depot"),
        ('nodes."St. Gallen".demand.rice.2.value=1', "found no element 2; expected a position from 0 to 1"),
        ("nodes.depot.stock.tea.policy.lvl=1", "Did you mean `nodes.depot.stock.tea.policy.level`?"),
        ("time.horizon=-1", "--set time.horizon=-1: time.horizon: found -1; expected a number greater than 0"),
        ("time.horizon=[1", "--set time.horizon=[1: time.horizon: found"),
        ("time.horizon=", "time.horizon: found nothing; expected a number greater than 0"),
        ("time.horizon=null", "time.horizon: found nothing; expected a number greater than 0"),
        (
            'lanes."importer -> depot -> St. Gallen".lead_time=3',
            "A lane is named by its two ends: lanes.importer:depot, lanes.depot:St. Gallen.",
        ),
    ],
)
def test_what_is_wrong_is_said_of_the_override(override: str, said: str) -> None:
    """Tests that paths are checked against the schema, and values like those of the file, at the override's place."""
    with pytest.raises(ScenarioError, match="--set") as caught:
        changed(override)
    assert [problem.where for problem in caught.value.problems] == [f"--set {override}"]
    assert said in str(caught.value)


def test_one_more_disruption() -> None:
    """Tests that a whole disruption may be one more, where there are none and where there are, and a part may not."""
    strike = "{of: {node: depot}, when: {kind: dates, times: [{at: 5, lasts: 2}]}}"
    both = changed(f"disruptions.flood={strike}", f"disruptions.storm={strike}")
    assert sorted(both.file.disruptions) == ["flood", "storm"]
    with pytest.raises(ScenarioError, match="found the unknown name 'strom'; expected one of flood"):
        changed(f"disruptions.flood={strike}", "disruptions.strom.stops=[orders]")


def test_table_named_by_an_override() -> None:
    """Tests that the name of a table can be overridden, and is checked."""
    with pytest.raises(ScenarioError, match="A scenario that was not read from a file has no folder"):
        changed("tables.stock=stock.csv")


def test_null_is_what_stands_where_nothing_is_said() -> None:
    """Tests that null and no value at all take away what a key said, where it may be left out."""
    for value in ("null", "~", ""):
        assert changed("time.start_date=2024-02-29", f"time.start_date={value}").file.time.start_date is None
