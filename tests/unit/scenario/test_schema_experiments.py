"""The section `experiments` of a scenario file."""

from pathlib import Path

import pytest

import scmsim as sc
from scmsim.experiments.execution.blueprint import Blueprint

BEER = Path("scenarios/beer_game.yaml").read_text(encoding="utf-8")
TARGET = "nodes.retailer.stock.beer.policy.target"
BLOCK = f"""
experiments:
  # a comparison, a sweep and a search
  compare: {{policies: {{high: {{{TARGET}: 30, defaults.lane.lead_time: 3}}}}}}

  sweep:
    vary:
      {TARGET}: 20:40:5
      lanes.0.lead_time: [1, {{dist: uniform, low: 1, high: 2}}]
      time.horizon: {{kind: uniform, low: 20, high: 40}}
  optimize: {{minimize: total_cost, vary: {{{TARGET}: {{from: 4, to: 40}}}}, subject_to: ["fill_rate@* >= 0.9"]}}
"""


def test_experiments_are_no_part_of_what_a_scenario_says() -> None:
    """Tests that hash and figures of a run do not depend on the experiments that stand beside it."""
    plain, own = sc.loads(BEER), sc.loads(BEER + BLOCK)
    assert own.sha256 == plain.sha256
    assert sc.run(own) == sc.run(plain)


def test_experiments_survive_writing() -> None:
    """Tests that a scenario written as one file has its experiments, and reads back to the same."""
    own = sc.loads(BEER + BLOCK)
    again = sc.loads(own.to_yaml())
    assert again == own
    assert again.file.experiments is not None
    assert again.file.experiments.compare is not None
    assert again.file.experiments.compare.policies["high"][TARGET] == 30


@pytest.mark.parametrize(
    "text", [BEER.rstrip("\n") + BLOCK, BLOCK.lstrip("\n") + BEER, BEER + BLOCK.replace("{minimize", "&a {minimize")]
)
def test_a_blueprint_goes_without_them(text: str) -> None:
    """Tests that work is sent out without the experiments, and that every line stays where it is."""
    blueprint = Blueprint.of(sc.loads(text))
    made = blueprint.scenario(["time.horizon=3"])
    assert made.file.experiments is None
    assert made.file.time.horizon == 3
    assert blueprint.source.text.count("\n") == text.count("\n")
    with pytest.raises(sc.ScenarioError) as caught:
        sc.loads(text.replace("unit: week", "unit: []"))
    line = text[: text.index("unit: week")].count("\n") + 1
    assert caught.value.problems[0].where.startswith(f"<text>:{line}:")


def test_mappings_have_experiments_too() -> None:
    """Tests that a scenario made from Python data may hold experiments, with objects for distributions."""
    mapping = {
        "scmsim": 1,
        "name": "shop",
        "time": {"horizon": 9},
        "products": {"tea": {}},
        "nodes": {
            "mill": {"kind": "supplier"},
            "shop": {"kind": "retailer", "stock": {"tea": {"policy": {"kind": "base_stock", "level": 3}}}},
        },
        "lanes": ["mill -> shop"],
        "experiments": {"sweep": {"vary": {"nodes.shop.stock.tea.policy.level": [1, 2]}}},
    }
    shop = sc.from_dict(mapping)
    assert shop.file.experiments is not None
    assert Blueprint.of(shop).scenario().file.experiments is None


def test_a_change_can_be_made_to_them() -> None:
    """Tests that --set reaches into the experiments."""
    own = sc.loads(BEER + BLOCK, overrides=["experiments.sweep.replications=7"])
    assert own.file.experiments is not None
    assert own.file.experiments.sweep is not None
    assert own.file.experiments.sweep.replications == 7
