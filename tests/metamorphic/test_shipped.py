"""Laws of the shipped scenarios that hold whatever chance brings."""

import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

import changes

import scmsim as sc
from scmsim.engine.recorder import Keeper
from scmsim.errors import ScenarioError
from scmsim.simulation import simulate

pytestmark = pytest.mark.timeout(3600)
FOLDER = Path(__file__).parents[2] / "scenarios"
FEW = ("beer_game.yaml", "information_sharing/off.yaml", "distribution/fleet.yaml")


def names(*, long: bool) -> list[str]:
    """Return which scenarios are tried."""
    return sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.yaml")) if long else list(FEW)


def shortened(name: str) -> sc.Scenario:
    """Return a shipped scenario that runs no longer than 60 time units."""
    scenario = sc.load(FOLDER / name)
    time = scenario.file.time
    return scenario.set(f"time.horizon={min(60, time.horizon):g}", f"time.warm_up={min(time.warm_up, 5):g}")


def asked(scenario: sc.Scenario) -> dict[tuple[str, str], np.ndarray]:
    """Return when end customers asked for how much, of every product at every node."""
    keeper = Keeper(("demand",))
    simulate(scenario.network, seed=scenario.file.run.seed, sinks=[keeper])
    rows = keeper.tables()["demand"]
    mine = {(point.node, point.product): rows[:, 1] == point.index for point in scenario.network.points}
    return {place: rows[own & (rows[:, 2] == -1)][:, [0, 4]] for place, own in mine.items()}


def with_other_policies(scenario: sc.Scenario) -> sc.Scenario:
    """Return the scenario in which every stock has another policy."""
    places = [point for point in scenario.network.points if point.policy is not None]
    paths = [f'nodes."{point.node}".stock."{point.product}".policy' for point in places]
    text = "{kind: reorder_point, reorder_point: 5, order_quantity: 9}"
    return scenario.set(*[f"{path}={text}" for path in paths])


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> list[str]:
    """The scenarios that are tried: a few, or with --long all."""
    return names(long=request.config.getoption("--long"))


def test_common_random_numbers(tried: list[str]) -> None:
    """Tests that customers ask for the same at the same time whatever the policies are.

    Left out are scenarios in which another policy is refused, and those whose customers take a substitute, which is
    asked for when the first product is short.
    """
    count = 0
    for name in tried:
        scenario = shortened(name)
        if any(demand.service.substitutes for point in scenario.network.points for demand in point.demands):
            continue
        try:
            other = with_other_policies(scenario)
        except ScenarioError:
            continue
        before, after = asked(scenario), asked(other)
        for place, rows in before.items():
            assert np.array_equal(rows, after.get(place, rows[:0])), (name, place)
        count += 1
    assert count >= len(FEW) - 1


def test_an_island_changes_no_shipped_scenario(tried: list[str]) -> None:
    """Tests that every figure of every node stays the same, to the last bit, beside a shop that nobody knows."""
    count = 0
    for name in tried:
        scenario = shortened(name)
        try:
            both = sc.from_dict(changes.with_an_island(yaml.safe_load(scenario.to_yaml())))
        except ScenarioError:
            continue
        alone, beside = (sc.run(one, replications=1, record="summary").kpis for one in (scenario, both))
        keys = ["metric", "node", "product"]
        joined = alone[alone["node"].notna()].merge(beside, on=keys, suffixes=("", "_beside"))
        assert len(joined) >= len(alone[alone["node"].notna()]), name
        assert np.array_equal(joined["mean"], joined["mean_beside"], equal_nan=True), name
        count += 1
    assert count >= len(FEW) - 1
