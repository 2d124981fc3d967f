"""The section of the report on what was wasted and what came back."""

from pathlib import Path

import pytest

import scmsim as sc
from scmsim.report.losses_section import losses_panels
from scmsim.report.map import data_network

SCENARIOS = Path(__file__).parents[3] / "scenarios"


@pytest.mark.parametrize(
    ("name", "title", "figures"),
    [
        ("distribution/perishable_issuing", "Waste", ("25 %", "1.5", "4.8")),
        ("distribution/returns", "Returns", ("400", "40 %", "100", "300")),
    ],
)
def test_waste_and_returns_have_their_place(name: str, title: str, figures: tuple[str, ...]) -> None:
    """Tests that the section is called after what there is, and tells the numbers of the scenario's answer."""
    (panel,) = losses_panels(sc.run(sc.load(SCENARIOS / f"{name}.yaml"), record="summary"))
    assert panel.title == title
    assert all(f">{figure}<" in panel.below for figure in figures)


def test_there_is_no_section_where_nothing_expires_or_comes_back() -> None:
    """Tests that the beer game's page says nothing of waste or returns."""
    assert losses_panels(sc.run(sc.load(SCENARIOS / "beer_game.yaml"), record="summary")) == []


def test_a_lane_for_returns_is_drawn_and_moves_no_stage() -> None:
    """Tests that the stages stand where they do without the lane for returns, which is one more way in the picture."""
    scenario = sc.load(SCENARIOS / "distribution" / "returns.yaml")
    text = (SCENARIOS / "distribution" / "returns.yaml").read_text(encoding="utf-8")
    plain = sc.loads(text.split("- {from: shop, to: warehouse")[0].replace("to: warehouse, restock", "restock"))
    back, without = (data_network(sc.run(each, record="summary")) for each in (scenario, plain))
    assert [mark.place for mark in back.marks] == [mark.place for mark in without.marks]
    assert len(back.ways) == len(without.ways) + 1
