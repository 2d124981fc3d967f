"""The page of a comparison, and the numbers behind its figures."""

import re
from typing import Any

import pytest

import scmsim as sc
from scmsim.errors import UsageError
from scmsim.experiments.compare.compare import compare
from scmsim.experiments.compare.comparison import Comparison
from scmsim.report import page
from scmsim.report.comparison_data import (
    answers,
    data_differences,
    data_frontier,
    data_replications,
    trade_offs,
    units_of,
)
from scmsim.report.comparison_figures import COLORS, OPEN, plot_differences, plot_frontier, plot_replications

HOSTILE = "</script><script>alert(1)</script>\"'<b>"
MEASURES = ("fill_rate", "total_cost", "average_on_hand")


def shop(**changes: Any) -> dict[str, Any]:
    """Give a shop whose customers come by chance; ``changes`` replace whole sections."""
    return {
        "scmsim": 1,
        "name": "shop",
        "time": {"unit": "day", "horizon": 60},
        "products": {"tea": {"unit": "box"}},
        "nodes": {
            "garden": {"kind": "supplier"},
            "shop": {
                "kind": "retailer",
                "stock": {
                    "tea": {
                        "initial": 20,
                        "holding_cost": 1,
                        "backorder_cost": 4,
                        "policy": {"kind": "base_stock", "level": 14},
                    }
                },
                "demand": {"tea": {"kind": "poisson", "mean": 5}},
            },
        },
        "lanes": [{"from": "garden", "to": "shop", "lead_time": 2}],
        **changes,
    }


LEVEL = "nodes.shop.stock.tea.policy.level"


@pytest.fixture(scope="module")
def found() -> Comparison:
    policies = {"more": {LEVEL: 20}, HOSTILE: {LEVEL: 26}}
    return compare(sc.from_dict(shop()), policies=policies, measures=MEASURES, replications=6, where="here")


def without_scripts(text: str) -> str:
    """Give what a reader sees of a page, markup and all."""
    return re.sub(r"<script.*?</script>", "", text, flags=re.S)


def test_the_forest_shows_every_pair_on_every_measure(found: Comparison) -> None:
    """Tests that the differences drawn are those of the table, each the first named less the second."""
    frame = data_differences(found)
    assert frame.groupby("measure", sort=False).size().to_dict() == dict.fromkeys(MEASURES, 3)
    row = frame[(frame["measure"] == "total_cost") & (frame["one"] == "more")].iloc[0]
    means = found.estimates.set_index(["scenario", "measure"])["mean"]
    assert row["mean"] == pytest.approx(means["more", "total_cost"] - means["base", "total_cost"])
    assert row["wide_low"] < row["low"] < row["mean"] < row["high"] < row["wide_high"]


def test_of_many_pairs_those_with_the_first_are_drawn() -> None:
    """Tests that five scenarios are drawn against the first only, and that the page says so."""
    policies = {f"level {level}": {LEVEL: level} for level in (16, 18, 20, 22)}
    many = compare(sc.from_dict(shop()), policies=policies, measures=["total_cost"], replications=2, where="here")
    frame = data_differences(many)
    assert set(frame["other"]) == {"base"}
    assert len(frame) == 4
    assert "Drawn against the first scenario" in page(many)


def test_the_colour_of_a_difference_is_its_verdict(found: Comparison) -> None:
    """Tests that a better first is blue, a better second orange, and what is undecided grey."""
    frame = data_differences(found)
    rows = frame[frame["measure"] == "fill_rate"].assign(verdict=["better", "worse", "undecided"])
    (dots,) = [trace for trace in plot_differences(rows).data if trace.mode == "markers"]
    assert list(dots.marker.color) == [COLORS["better"], COLORS["worse"], OPEN]


def test_shares_are_drawn_in_points(found: Comparison) -> None:
    """Tests that a difference of fill rates is drawn a hundred times as large, and told in points."""
    frame = data_differences(found)
    rows = frame[frame["measure"] == "fill_rate"].reset_index(drop=True)
    (dots,) = [trace for trace in plot_differences(rows).data if trace.mode == "markers"]
    assert list(dots.x) == pytest.approx((100 * rows["mean"]).tolist())
    assert "points" in dots.customdata[0][0]


def test_the_direction_that_is_better_stands_in_words(found: Comparison) -> None:
    """Tests that cost is better to the left, fill rate to the right, and stock on hand neither."""
    notes = [note.text for note in plot_differences(data_differences(found)).layout.annotations]
    assert notes[1:3] == ["◀ second better", "first better ▶"]
    assert notes[4:6] == ["◀ first better", "second better ▶"]
    assert notes[7:9] == ["◀ first has less", "first has more ▶"]


def test_the_frontier_joins_what_nothing_beats(found: Comparison) -> None:
    """Tests that a scenario is efficient unless another is as good on both goals and better on one."""
    assert trade_offs(found) == [("total_cost", "fill_rate")]
    frame = data_frontier(found, "total_cost", "fill_rate")
    for row in frame.itertuples():
        beaten = frame[(frame["cost"] < row.cost) & (frame["service"] >= row.service)]
        assert row.efficient == beaten.empty
    line = plot_frontier(frame, "total_cost", "fill_rate").data[0]
    assert len(line.x) == int(frame["efficient"].sum())
    assert list(line.x) == sorted(line.x)


def test_replications_are_lines_and_their_mean(found: Comparison) -> None:
    """Tests that every replication is a line through the scenarios, in their order, and the mean one more."""
    frame = data_replications(found, "total_cost")
    assert list(frame.columns) == list(found.scenarios)
    figure = plot_replications(frame, "total_cost")
    assert len(figure.data) == found.replications + 1
    assert list(figure.data[-1].y) == pytest.approx(frame.mean().tolist())


def test_conclusions_come_before_single_differences(found: Comparison) -> None:
    """Tests that the page begins with who is best, and loses no sentence but the opening, which stands above."""
    said = answers(found)
    assert said[0].startswith("On ")
    assert sorted(said) == sorted(found.sentences[1:])


def test_the_page_is_the_same_for_the_same_answer_and_asks_for_nothing(found: Comparison) -> None:
    """Tests that two pages of a comparison are equal, refer to nothing outside, and show hostile names as text."""
    text = page(found)
    assert page(found) == text
    seen = without_scripts(text)
    assert re.findall(r"<(?:script|img|link|iframe|source)[^>]*(?:src|href)=\"(?!data:)", seen) == []
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in seen
    assert "<b>" not in seen.replace("<body>", "")


def test_the_foot_tells_where_it_comes_from(found: Comparison) -> None:
    """Tests that scenarios, seed, replications, confidence and versions stand at the foot."""
    foot = page(found).split("<footer>")[1].split("</footer>")[0]
    for name in ("scenarios", "seed", "replications", "confidence", "versions"):
        assert f"<dt>{name}</dt>" in foot
    assert next(iter(found.scenarios.values())).sha256[:12] in foot


def test_one_replication_without_chance_needs_no_lines() -> None:
    """Tests that where nothing is left to chance the page says so in place of the lines."""
    sure = shop()
    sure["nodes"]["shop"]["demand"]["tea"] = {"kind": "constant", "value": 5}
    text = page(compare(sc.from_dict(sure), policies={"more": {LEVEL: 20}}, measures=MEASURES, where="here"))
    assert "there is one replication of each scenario" in text


def test_a_comparison_plots_the_figures_of_its_page(found: Comparison) -> None:
    """Tests that `.plot` gives the page's figures, by default of the first goals and measure, and refuses others."""
    assert found.plot.differences() == plot_differences(data_differences(found), units_of(found))
    frame = data_frontier(found, "total_cost", "fill_rate")
    assert found.plot.frontier() == plot_frontier(frame, "total_cost", "fill_rate", units_of(found))
    assert found.plot.frontier("fill_rate", "total_cost").layout.yaxis.title.text == "Total cost, money"
    assert len(found.plot.replications("total_cost").data) == found.replications + 1
    with pytest.raises(UsageError, match="there is no 'average_on_hand' to draw; there is: fill_rate and total_cost"):
        found.plot.frontier("average_on_hand")
    with pytest.raises(UsageError, match="there is no 'profit' to draw"):
        found.plot.replications("profit")


def test_a_selection_stands_on_the_page_with_what_it_took() -> None:
    """Tests that the page says how often each scenario was run, and that the figures rest on the first stage."""
    asked = {"measures": MEASURES, "replications": 5, "select": "total_cost", "indifference": 0.5, "most": 60}
    policies = {"near": {LEVEL: 20}, "far": {LEVEL: 21}}
    chosen = compare(sc.from_dict(shop()), policies=policies, where="here", **asked)
    assert chosen.went_on
    text = page(chosen)
    assert "Those that the selection went on to make are not in these figures" in text
    for name, made in chosen.selection.replications.items():
        assert re.search(rf">{name}</th><td[^>]*>{made}</td>", text)
    assert len(data_replications(chosen, "total_cost")) == 5
