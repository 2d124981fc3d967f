"""Loading: from a file, a text or a mapping, to a scenario that can be changed, written and drawn."""

from pathlib import Path
from time import process_time
from typing import Any

import networkx
import numpy as np
import pytest
import scipy.stats

from scmsim.errors import ScenarioError, UsageError
from scmsim.policies.base_stock import BaseStock
from scmsim.scenario.header import header
from scmsim.scenario.load import from_dict, load, loads

SCENARIOS = sorted((Path(__file__).resolve().parents[3] / "scenarios").rglob("*.yaml"))
BEER_GAME = """\
# question: how hard do orders swing when each stage sees only its customer's orders?   source: Sterman (1989)
# answer: even the best anchor-and-adjust player pays 46 + 50 + 54 + 54 = 204
scmsim: 1
name: beer-game
time: {unit: week, start: 1, horizon: 36}
products: {beer: {unit: case}}
defaults:
  stock: {initial: 12, holding_cost: 0.5, backorder_cost: 1.0, initial_pipeline: 4, first_orders: [4, 4, 4, 4],
          policy: {kind: anchor_and_adjust, forecast: {kind: constant, value: 4}, stock_weight: 1,
                   supply_line_weight: 1, target: 28}}
  lane: {order_delay: 2, lead_time: 2}
nodes:
  brewery:     {kind: factory, make: {beer: {lead_time: 3}}, stock: {beer: {policy: {target: 20}}}}
  distributor: {kind: distributor}
  wholesaler:  {kind: warehouse}
  retailer:    {kind: retailer, demand: {beer: {kind: step, before: 4, after: 8, at: 5}}}
lanes: [brewery -> distributor, distributor -> wholesaler, wholesaler -> retailer]
"""
SHOP: dict[str, Any] = {
    "scmsim": 1,
    "name": "shop",
    "time": {"horizon": 100},
    "products": {"tea": {}},
    "nodes": {
        "importer": {"kind": "supplier"},
        "shop": {
            "kind": "retailer",
            "stock": {"tea": {"policy": {"kind": "base_stock", "level": 10}}},
            "demand": {"tea": {"kind": "poisson", "mean": 4}},
        },
    },
    "lanes": ["importer -> shop"],
}


def test_beer_game_of_the_design_loads() -> None:
    """Tests that the design's example is read with its defaults merged key by key."""
    scenario = loads(BEER_GAME)
    brewery = scenario.file.nodes["brewery"].stock["beer"]
    assert (brewery.initial, brewery.first_orders) == (12.0, (4.0, 4.0, 4.0, 4.0))
    assert repr(brewery.policy) == (
        "AnchorAndAdjust(forecast=Constant(value=4.0), stock_weight=1.0, supply_line_weight=1.0, target=20.0)"
    )
    assert [(point.node, point.level) for point in scenario.network.points] == [
        ("retailer", 0),
        ("wholesaler", 1),
        ("distributor", 2),
        ("brewery", 3),
    ]
    assert scenario.header == {
        "question": "how hard do orders swing when each stage sees only its customer's orders?",
        "source": "Sterman (1989)",
        "answer": "even the best anchor-and-adjust player pays 46 + 50 + 54 + 54 = 204",
    }


def test_spaces_in_a_comment_cost_no_time() -> None:
    """Tests that a comment of 200,000 spaces at the head of a file is read within a second, and in words as it is."""
    begun = process_time()
    found = header("# answer: tea" + " " * 200_000 + "cake   source: me\n")
    assert process_time() - begun < 1
    assert (found["answer"][:3], found["answer"][-4:], found["source"]) == ("tea", "cake", "me")


@pytest.mark.parametrize("path", SCENARIOS, ids=[path.stem for path in SCENARIOS])
def test_shipped_scenarios_are_written_and_read_back(path: Path, tmp_path: Path) -> None:
    """Tests that every scenario of the project, saved without its folder, is the same scenario."""
    scenario = load(path)
    copy = load(scenario.save(tmp_path / "copy.yaml"))
    assert copy.file == scenario.file
    assert (copy.sha256, copy.header, copy.network) == (scenario.sha256, scenario.header, scenario.network)


def test_default_of_a_stock_that_is_not_listed() -> None:
    """Tests that the default stock is kept, and only what is incomplete in it is left out."""
    text = BEER_GAME.replace("kind: anchor_and_adjust, ", "").replace(
        "policy: {target: 20}", "policy: {kind: anchor_and_adjust}"
    )
    with pytest.raises(ScenarioError, match="beer at distributor without a policy"):
        loads(text)


def test_problem_of_a_default_is_told_once() -> None:
    """Tests that an error in a default that many entries take is told once, where it stands."""
    with pytest.raises(ScenarioError, match=r"defaults\.lane\.lead_time: found -2") as caught:
        loads(BEER_GAME.replace("lead_time: 2}", "lead_time: -2}"), "beer.yaml")
    assert [problem.where for problem in caught.value.problems] == ["beer.yaml:11:37"]


def test_default_that_nothing_takes_is_checked() -> None:
    """Tests that unknown keys and wrong values of unused defaults are found."""
    with pytest.raises(ScenarioError, match="found an unknown key `mtu`") as caught:
        loads(
            BEER_GAME.replace("  lane:", "  make: {mtu: 1, unit_cost: x}\n  demand: {unmet: gone}\n  lane:"),
            "beer.yaml",
        )
    assert [problem.path for problem in caught.value.problems] == [
        "defaults.make.mtu",
        "defaults.make.unit_cost",
        "defaults.demand.unmet",
    ]


def test_many_problems_are_all_told_in_order() -> None:
    """Tests that fifty problems are fifty lines, in the order of the file."""
    lines = "".join(f"  - retailer -> nowhere{number}\n" for number in range(50))
    with pytest.raises(ScenarioError, match="nowhere49") as caught:
        loads(BEER_GAME[: BEER_GAME.index("lanes:")] + "lanes:\n" + lines, "beer.yaml")
    assert [problem.where for problem in caught.value.problems] == [
        f"beer.yaml:{18 + number}:5" for number in range(50)
    ]


def test_troubles_of_the_text_and_of_the_schema_together() -> None:
    """Tests that a duplicate key does not hide what is wrong elsewhere, and a tag does not bring errors of its own."""
    text = BEER_GAME.replace("name: beer-game", "name: !!set {a, b}\nname: x").replace("horizon: 36", "horizon: 0")
    with pytest.raises(ScenarioError, match="tag") as caught:
        loads(text, "beer.yaml")
    assert [problem.path for problem in caught.value.problems] == ["name", "name", "time.horizon"]


def test_mark_of_utf8_and_windows_line_endings(tmp_path: Path) -> None:
    """Tests that a file saved by a Windows editor is read."""
    file = tmp_path / "beer.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + BEER_GAME.replace("\n", "\r\n").encode())
    scenario = load(file)
    assert scenario == loads(BEER_GAME)
    assert scenario.path == file
    assert scenario.header["source"] == "Sterman (1989)"


def test_file_that_is_not_there(tmp_path: Path) -> None:
    """Tests that a missing file, a folder and an impossible name are errors of usage, the first with a hint."""
    (tmp_path / "beer_game.yaml").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=r"no file .*beer_gaem\.yaml\. Did you mean .*beer_game\.yaml\?"):
        load(tmp_path / "beer_gaem.yaml")
    with pytest.raises(UsageError, match="is a folder: expected a scenario file"):
        load(tmp_path)
    with pytest.raises(UsageError, match="cannot be read|no file"):
        load("a\0b.yaml")


def test_set_returns_a_changed_copy() -> None:
    """Tests that a scenario is never changed, and changes add up."""
    scenario = loads(BEER_GAME)
    changed = scenario.set("time.horizon=52").set("nodes.retailer.stock.beer.policy.target=24", "lanes.2.lead_time=1")
    assert (scenario.file.time.horizon, changed.file.time.horizon) == (36.0, 52.0)
    assert "target=24.0" in repr(changed.file.nodes["retailer"].stock["beer"].policy)
    assert changed.sha256 != scenario.sha256
    assert changed != scenario
    with pytest.raises(ScenarioError, match="--set time.horizon=0: time.horizon: found 0"):
        changed.set("time.horizon=0")


def test_from_dict_takes_python_objects() -> None:
    """Tests that policies, distributions of scipy, numpy's numbers and tuples may stand in a mapping."""
    mapping = SHOP | {
        "time": {"horizon": np.int64(100), "warm_up": np.float64(1.5)},
        "nodes": {
            "importer": {"kind": "supplier"},
            "shop": {
                "kind": "retailer",
                "stock": {"tea": {"policy": BaseStock(level=12), "first_orders": np.array([1, 2])}},
                "demand": {"tea": {"kind": "replay", "values": range(3)}},
            },
        },
        "lanes": ({"from": "importer", "to": "shop", "lead_time": scipy.stats.gamma(2, scale=3)},),
    }
    mapping["nodes"]["shop"]["demand"]["tea"]["values"] = list(range(3))
    scenario = from_dict(mapping)
    stock = scenario.file.nodes["shop"].stock["tea"]
    assert (repr(stock.policy), stock.first_orders) == ("BaseStock(level=12.0)", (1.0, 2.0))
    assert scenario.file.lanes[0].lead_time.mean_value == pytest.approx(6)  # type: ignore[union-attr]
    assert loads(scenario.to_yaml()) == scenario
    assert scenario.set("time.horizon=7").file.time.horizon == 7.0


def test_from_dict_says_what_is_wrong_without_a_file() -> None:
    """Tests that problems of a mapping have a path and no file, and equal problems at two paths are both told."""
    broken = SHOP | {"time": {"horizon": -1, "warm_up": -1}}
    with pytest.raises(ScenarioError, match="found -1") as caught:
        from_dict(broken)
    assert [str(problem) for problem in caught.value.problems] == [
        "time.horizon: found -1; expected a number greater than 0",
        "time.warm_up: found -1; expected a number of at least 0",
    ]
    with pytest.raises(UsageError, match="a scenario should be a mapping, not list"):
        from_dict([])  # type: ignore[arg-type]


def test_from_dict_does_not_keep_the_mapping() -> None:
    """Tests that changing the mapping afterwards does not change the scenario made of it."""
    mapping = {**SHOP, "time": {"horizon": 100}}
    scenario = from_dict(mapping)
    mapping["time"]["horizon"] = 5
    assert scenario.set("name=other").file.time.horizon == 100.0


def test_json_and_yaml_are_the_same_scenario() -> None:
    """Tests that the hash depends on what is said and not on how."""
    import json

    spelled_out = {**SHOP, "run": {"seed": 1}, "lanes": [{"to": "shop", "from": "importer", "crossing": True}]}
    assert loads(json.dumps(SHOP)).sha256 == from_dict(spelled_out).sha256


def test_graph_has_kinds_and_lanes() -> None:
    """Tests that the network is given to networkx with attributes that can be exported."""
    graph = loads(BEER_GAME).to_networkx()
    assert networkx.is_directed_acyclic_graph(graph)
    assert graph.nodes["brewery"] == {"kind": "factory", "segment": "internal", "label": "brewery"}
    assert list(graph.edges(data=True))[0] == (
        "brewery",
        "distributor",
        {"products": "beer", "order_delay": 2.0, "lead_time": 2.0},
    )
    assert "brewery" in "".join(networkx.generate_graphml(graph))


def test_html_shows_names_and_runs_none() -> None:
    """Tests that a notebook shows any name as text."""
    name = '<script>alert("1")</script>'
    html = from_dict({**SHOP, "name": name})._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_empty_entries_take_their_defaults() -> None:
    """Tests that a product and a stock without a value are entries without anything of their own."""
    text = BEER_GAME.replace("{beer: {unit: case}}", "{beer: }").replace(
        "{kind: distributor}", "{kind: distributor, stock: {beer: }}"
    )
    assert loads(text).file.nodes["distributor"].stock["beer"].initial == 12.0


def test_names_are_any_text() -> None:
    """Tests that names with quotes, dots, arrows, colons and other scripts survive being written and read."""
    names = ["a \"b\" 'c'", "NO", "12:30", "x -> y", "St. Gallen: Süd #1", "東京", "- 1", "true", "{x}", "&a *b"]
    nodes = {name: {"kind": "retailer", "demand": {"tea": {"kind": "constant", "value": 1}}} for name in names}
    scenario = from_dict(
        {
            **SHOP,
            "defaults": {"stock": {"policy": {"kind": "base_stock", "level": 5}}},
            "nodes": {"importer": {"kind": "supplier"}, **nodes},
            "lanes": [{"from": "importer", "to": name} for name in names],
        }
    )
    assert loads(scenario.to_yaml()) == scenario
    assert set(scenario.network.nodes) == {"importer", *names}


@pytest.mark.parametrize("name", ["beer_game", "beer_game.yaml"])
def test_name_of_a_shipped_scenario(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that who loads a shipped scenario by its name is told how to come by its file."""
    monkeypatch.chdir(tmp_path)
    hint = r"beer_game is a scenario that comes with scmsim: `scmsim new beer_game` copies it to beer_game\.yaml$"
    with pytest.raises(UsageError, match=rf"^no file {name}\. {hint}"):
        load(name)
    (tmp_path / "beer_game2.yaml").write_text("")
    with pytest.raises(UsageError, match=rf"^no file {name}\. Did you mean beer_game2\.yaml\? {hint}"):
        load(name)
    with pytest.raises(UsageError, match=r"`scmsim new information_sharing/off` copies it to information_sharing/off"):
        load(Path("information_sharing") / "off")
    with pytest.raises(UsageError, match=r"no file elsewhere.beer_game\.yaml$"):
        load(Path("elsewhere") / "beer_game.yaml")
