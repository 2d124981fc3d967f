"""Tests of scenarios that can be made again anywhere."""

import pickle
import shutil
from pathlib import Path

import pytest

from scmsim.errors import ScenarioError, UsageError
from scmsim.experiments.execution.blueprint import Blueprint, digest
from scmsim.scenario.load import from_dict, load

TEXT = """
scmsim: 1
name: shop
time: {horizon: 3}
products: {tea: {}}
nodes:
  source: {kind: supplier}
  shop:
    kind: retailer
    stock: {tea: {initial: 10, policy: {kind: base_stock, level: 10}}}
    demand: {tea: {kind: replay, file: demand.csv, column: units}}
lanes: [source -> shop]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A scenario that reads a CSV file, and another such file."""
    (tmp_path / "shop.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "demand.csv").write_text("units\n1\n2\n3\n", encoding="utf-8")
    (tmp_path / "more.csv").write_text("units\n4\n5\n6\n", encoding="utf-8")
    return tmp_path


def test_nothing_of_the_folder_is_needed_afterwards(folder: Path) -> None:
    """Tests that a blueprint, pickled, makes the same scenario when the folder it came from has gone."""
    scenario = load(folder / "shop.yaml")
    sent = pickle.dumps(Blueprint.of(scenario))
    shutil.rmtree(folder)
    assert pickle.loads(sent).scenario() == scenario
    longer = pickle.loads(sent).scenario(["time.horizon=2"])
    assert (longer.file.time.horizon, longer.sha256 == scenario.sha256) == (2, False)


def test_files_of_changed_copies_come_along(folder: Path) -> None:
    """Tests that a file which only a changed copy reads is there, and that others are not."""
    scenario = load(folder / "shop.yaml")
    change = "nodes.shop.demand.tea.file=more.csv"
    blueprint = Blueprint.of(scenario, scenario.set(change))
    shutil.rmtree(folder)
    assert blueprint.scenario([change]) != blueprint.scenario()
    with pytest.raises(ScenarioError, match="other.csv"):
        blueprint.scenario(["nodes.shop.demand.tea.file=other.csv"])


def test_a_file_that_has_gone_is_said(folder: Path) -> None:
    """Tests that drawing up a blueprint without its files fails with the name of the file."""
    scenario = load(folder / "shop.yaml")
    (folder / "demand.csv").unlink()
    with pytest.raises(UsageError, match=r"demand\.csv cannot be read any more: No such file"):
        Blueprint.of(scenario)


def test_scenarios_of_python_data(scenarios: Path) -> None:
    """Tests that a scenario made of a mapping has a blueprint, too."""
    import yaml

    mapping = yaml.safe_load((scenarios / "beer_game.yaml").read_text(encoding="utf-8"))
    blueprint = pickle.loads(pickle.dumps(Blueprint.of(from_dict(mapping))))
    assert blueprint.scenario(["time.horizon=12"]).file.time.horizon == 12


def test_the_digest_is_of_the_contents(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests that the digest follows the text, the files and the changes, and not the folder."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(folder, elsewhere, dirs_exist_ok=True)
    text = (folder / "shop.yaml").read_text(encoding="utf-8")
    from scmsim.scenario.load import loads

    first = digest(Blueprint.of(loads(text, folder=folder)))
    assert digest(Blueprint.of(loads(text, folder=elsewhere))) == first
    assert digest(Blueprint.of(loads(text, folder=folder, overrides=["time.horizon=2"]))) != first
    (elsewhere / "demand.csv").write_text("units\n1\n2\n4\n", encoding="utf-8")
    assert digest(Blueprint.of(loads(text, folder=elsewhere))) != first


def test_making_one_does_not_change_the_next(folder: Path) -> None:
    """Tests that scenarios made of one text do not see each other's changes, nor their errors."""
    blueprint = Blueprint.of(load(folder / "shop.yaml"))
    before = blueprint.scenario()
    blueprint.scenario(["nodes.shop.stock.tea.policy.level=99", "products.tea.unit=box"])
    with pytest.raises(ScenarioError, match=r"--set time\.horizon=0: time\.horizon: found 0"):
        blueprint.scenario(["time.horizon=0"])
    assert blueprint.scenario() == before == load(folder / "shop.yaml")
