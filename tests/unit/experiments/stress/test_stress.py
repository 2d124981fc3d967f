"""Stress tests: every part is struck in turn, on the same random numbers, and ranked by what that costs."""

import json
from pathlib import Path

import numpy as np
import pytest

import scmsim
from scmsim.errors import UsageError
from scmsim.experiments.statistics.tail import tail_mean
from scmsim.experiments.stress.stress import Stress, stress
from scmsim.report import page
from scmsim.report.stress_page import data_stress, plot_stress

CHAIN = """
scmsim: 1
name: two-ways
time: {horizon: 40}
products: {tea: {}}
nodes:
  port: {kind: supplier}
  safe: {kind: retailer, stock: {tea: {initial: 99, policy: {kind: scripted, orders: [0]}}}, demand: {tea: DEMAND}}
  bare: {kind: retailer, stock: {tea: {initial: 2, backorder_cost: 1, policy: LEVEL}}, demand: {tea: DEMAND}}
lanes: [LANE, port -> bare]
"""
DEMAND = "{kind: poisson, mean: 2}"
LEVEL = "{kind: base_stock, level: 2}"


def chain(lane: str = "port -> safe", demand: str = "{kind: constant, value: 2}") -> scmsim.Scenario:
    """Return a port with a shop that has stock for weeks, and one that lives from day to day."""
    return scmsim.loads(CHAIN.replace("LANE", lane).replace("DEMAND", demand).replace("LEVEL", LEVEL))


@pytest.fixture(scope="module")
def found() -> Stress:
    """The chain, struck for 3 days from day 10 on."""
    return stress(chain(), at=10, lasts=3)


def test_the_most_fragile_come_first(found: Stress) -> None:
    """Tests that what the bare shop owes on the days 11 and 12, 2 + 4, is what its supplier and its lane cost."""
    ranking = found.ranking.set_index("name")
    assert found.ranking["rank"].tolist() == [1, 2, 3, 4, 5]
    assert {name: float(ranking.loc[name, "impact"]) for name in ("port", "port -> bare")} == {
        "port": 6.0,
        "port -> bare": 6.0,
    }
    assert ranking.loc["bare", "impact"] == 12, "2 + 4 + 6: its own customers are turned away from the first day on"
    assert ranking.loc["safe", "impact"] == 0
    assert ranking.loc["port -> safe", "impact"] == 0
    assert found.sentences[0].endswith("3 periods without it make the total cost worse by 12.")
    assert found.sentences[1].startswith("Nothing is lost at")


def test_times_and_service_stand_beside_the_impact(found: Stress) -> None:
    """Tests that the bare shop fails after a day, has recovered after 3, and that 4 of 160 units come late."""
    row = found.ranking.set_index("name").loc["port -> bare"]
    assert (row["time_to_survive"], row["time_to_recover"]) == (1, 3)
    assert row["fill_rate_lost"] == pytest.approx(4 / 160)
    assert row["worst"] == pytest.approx(6) == row["tail"]


def test_what_cannot_be_struck_is_said_and_has_no_rank() -> None:
    """Tests that a lane with loads is listed last with the reason, and that the others are struck all the same."""
    ranking = stress(chain("{from: port, to: safe, dispatch: {every: 7}}"), at=10, lasts=3).ranking
    refused = ranking[ranking["reason"] != ""]
    assert set(refused["name"]) == {"port", "safe", "port -> safe"}
    assert refused["rank"].isna().all()
    assert "goods move in loads" in refused["reason"].iloc[0]
    assert ranking["rank"].dropna().tolist() == [1, 2]


def test_the_same_random_numbers_with_and_without() -> None:
    """Tests that a stop of what nobody needs costs exactly nothing, however random demand is, and repeats."""
    one, two = (stress(chain(demand=DEMAND), at=10, lasts=3, replications=4).ranking for _ in range(2))
    assert one.set_index("name").loc["port -> safe", "impact"] == 0.0
    assert one.equals(two)
    row = one.set_index("name").loc["port -> bare"]
    assert 0 < row["impact"] <= row["tail"] <= row["worst"]


def test_own_disruptions_stay() -> None:
    """Tests that a scenario with disruptions of its own is struck on top of them, under a name of its own."""
    scenario = chain().set("disruptions={flood: {of: {node: port}, when: {kind: dates, times: [{at: 5, lasts: 1}]}}}")
    assert stress(scenario, at=10, lasts=3).ranking["impact"].max() == 12.0


def test_own_disruptions_are_said_and_kept_whatever_they_are_called() -> None:
    """Tests that one with the name of the test stays, and that the times are said to be of it, too."""
    strike = "{of: {node: port}, when: {kind: dates, times: [{at: 10, lasts: 30}]}}"
    always = chain().set(f"disruptions={{stress test: {strike}}}")
    result = stress(always, at=20, lasts=3)
    assert result.ranking.set_index("name").loc["port", "impact"] == 0
    assert any(said.startswith("The scenario's own disruptions (stress test) strike") for said in result.sentences)


def test_it_is_written_and_drawn(found: Stress, tmp_path: Path) -> None:
    """Tests that the folder holds ranking, JSON without NaN and a page, and that the picture shows the shares."""
    folder = found.write(tmp_path / "out")
    assert sorted(file.name for file in folder.iterdir()) == ["ranking.csv", "report.html", "stress.json"]
    told = json.loads((folder / "stress.json").read_text(encoding="utf-8"))
    assert [row["name"] for row in told["ranking"]] == found.ranking["name"].tolist()
    assert {row["time_to_survive"] for row in told["ranking"]} == {0.0, 1.0, None}
    assert data_stress(found) == {"bare": 1.0, "port": 0.5, "port -> bare": 0.5, "safe": 0.0, "port -> safe": 0.0}
    assert "#A61B1B" in str(plot_stress(found).to_dict())
    assert page(found) == page(found)
    assert "src=" not in page(found).partition("<script>")[0]


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"at": 99}, "at must lie in the run, from 1 to below 41, not 99"),
        ({"lasts": 0}, "lasts must be above 0, not 0"),
        ({"by": "average_on_hand"}, "by must be a figure of which more or less is better"),
        ({"replications": 0}, "replications must be"),
    ],
)
def test_what_is_out_of_range_is_refused(wishes: dict[str, float], message: str) -> None:
    """Tests that a wish that makes no sense is refused in words."""
    with pytest.raises(UsageError, match=message):
        stress(chain(), **wishes)


@pytest.mark.known_answer("resilience.tail")
def test_the_tail_is_the_mean_of_the_worst() -> None:
    """Tests conditional value at risk: whole shares, a share that parts a value, all of them, and none."""
    losses = np.array([4.0, 1.0, 3.0, 2.0])
    assert [tail_mean(losses, share) for share in (0.25, 0.5, 1.0)] == [4.0, 3.5, 2.5]
    assert tail_mean(losses, 0.375) == pytest.approx((4 + 0.5 * 3) / 1.5)
    assert np.isnan(tail_mean(np.array([np.nan]), 0.5))


def test_the_tail_of_a_run_is_that_of_every_figure_of_the_chain() -> None:
    """Tests that costs are worst where they are highest, service where it is lowest, and the tail lies in between."""
    result = scmsim.run(chain(demand=DEMAND).set("run.replications=10").set("measures.resilience.tail=0.2"))
    found = result.tail.set_index("metric")
    chained = result.values[result.values[["segment", "node", "product"]].isna().all(axis=1)]
    for name, sign in (("total_cost", -1), ("fill_rate", 1)):
        drawn = sorted(sign * chained.loc[chained["metric"] == name, "value"])
        assert found.loc[name, "worst"] == sign * drawn[0]
        assert found.loc[name, "tail"] == pytest.approx(sign * (drawn[0] + drawn[1]) / 2)
    assert found["n"].max() == 10
