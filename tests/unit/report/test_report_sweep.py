"""The page of a sweep, and the numbers behind its figures."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import scmsim as sc
from scmsim.errors import Problem
from scmsim.experiments.sweep.result import Sweep
from scmsim.experiments.sweep.sweep import sweep
from scmsim.report import page
from scmsim.report.sweep_data import around, drawn_factors, drawn_measures, sweep_sentences
from scmsim.report.sweep_effects import MOST_LEVELS, data_effect, data_surface, levels_of, plot_effects, plot_surface
from scmsim.report.sweep_parallel import MOST_POINTS, data_parallel, plot_parallel
from scmsim.report.sweep_tables import best_points, best_tables, factor_table

SCENARIOS = Path(__file__).parents[3] / "scenarios"
WEIGHT, TARGET = "defaults.stock.policy.supply_line_weight", "defaults.stock.policy.target"


def runs_of(points: int, replications: int = 2) -> pd.DataFrame:
    """Give runs of a grid of two factors whose cost is known: 10 a + b + the number of the replication."""
    side = round(points**0.5)
    rows = [
        (side * a + b, replication, float(a), b, 10.0 * a + b + replication)
        for a in range(side)
        for b in range(side)
        for replication in range(1, replications + 1)
    ]
    return pd.DataFrame(rows, columns=["point", "replication", "a", "b", "total_cost"])


@pytest.fixture(scope="module")
def found() -> Sweep:
    scenario = sc.load(SCENARIOS / "beer_game_noisy.yaml", ["time.horizon=30", "time.warm_up=5"])
    return sweep(
        scenario,
        {WEIGHT: [0, 0.5, 1], TARGET: [8, 17]},
        replications=2,
        measures=["fill_rate", "total_cost", "units_demanded"],
        where="here",
    )


def test_an_effect_is_the_mean_over_all_points_of_a_value() -> None:
    """Tests that the mean at a value is that over all its runs, and its interval that over replications alone."""
    effect = data_effect(runs_of(9), "a", "total_cost")
    assert effect["mean"].tolist() == [2.5, 12.5, 22.5]
    assert effect["points"].tolist() == [3, 3, 3]
    assert effect["half_width"].tolist() == pytest.approx([12.706 * 0.5] * 3, rel=1e-4)


def test_one_replication_has_no_interval() -> None:
    """Tests that without a second replication there is a mean and no interval."""
    assert data_effect(runs_of(9, 1), "a", "total_cost")["half_width"].isna().all()


def test_many_values_are_put_into_ranges_and_few_are_left() -> None:
    """Tests that a list of twelve numbers stays as it is, and a thousand become ranges with as many each."""
    assert levels_of(pd.Series(range(12)), 4)["rank"].nunique() == 12
    many = levels_of(pd.Series(np.linspace(0, 1, 1000)))
    counts = many["rank"].value_counts()
    assert len(counts) == MOST_LEVELS
    assert counts.max() - counts.min() <= 1
    assert many["place"].is_monotonic_increasing


def test_words_are_levels_of_their_own() -> None:
    """Tests that factors that are words, or yes and no, are not read as numbers."""
    assert levels_of(pd.Series(["b", "a", "b"]))["label"].tolist() == ["b", "a", "b"]
    assert levels_of(pd.Series([True, False]))["label"].tolist() == ["True", "False"]


def test_a_surface_has_a_mean_for_every_two_values() -> None:
    """Tests that rows are the one factor and columns the other, and that pairs without runs stay empty."""
    runs = runs_of(9)
    means, columns, rows = data_surface(runs[runs["point"] != 8], "a", "b", "total_cost")
    assert (columns, rows) == (["0", "1", "2"], ["0", "1", "2"])
    assert means.to_numpy()[1].tolist() == [2.5, 12.5, 22.5]
    assert np.isnan(means.to_numpy()[2, 2])
    figure = plot_surface(runs, "a", "b", "total_cost")
    assert figure.data[0].reversescale is True


def test_parallel_coordinates_take_the_best_the_worst_and_some_between() -> None:
    """Tests that of many points the best and the worst are drawn, ranked by fifths of all of them."""
    points = pd.DataFrame({"point": range(5000), "a": np.arange(5000.0), "total_cost": np.arange(5000.0)[::-1]})
    drawn = data_parallel(points, "total_cost")
    assert len(drawn) == MOST_POINTS
    assert drawn["total_cost"].iloc[[0, -1]].tolist() == [0.0, 4999.0]
    assert drawn["fifth"].value_counts().to_dict() == dict.fromkeys(range(5), MOST_POINTS // 5)
    assert [trace.name for trace in plot_parallel(points, ["a"], ["total_cost"], "total_cost").data][::-1] == [
        "best fifth",
        "second fifth",
        "middle fifth",
        "fourth fifth",
        "worst fifth",
    ]


def test_undefined_points_are_neither_best_nor_drawn() -> None:
    """Tests that a point without a value is not ranked."""
    points = pd.DataFrame({"point": [0, 1, 2], "a": [1, 2, 3], "fill_rate": [0.5, np.nan, 0.9]})
    assert best_points(points, "fill_rate")["point"].tolist() == [2, 0]
    assert data_parallel(points, "fill_rate")["point"].tolist() == [2, 0]


def test_only_what_is_better_in_one_direction_has_best_points() -> None:
    """Tests that no points are called best for having much on hand."""
    points = pd.DataFrame({"point": [0, 1], "a": [1, 2], "average_on_hand": [5.0, 9.0], "total_cost": [3.0, 2.0]})
    halves = {name: points["a"] * 0.1 for name in ("average_on_hand", "total_cost")}
    tables = best_tables(points, halves, ["a"], ["average_on_hand", "total_cost"])
    assert (tables.count("<summary>"), "<summary>Lowest: Total cost" in tables) == (1, True)
    assert best_tables(points, halves, ["a"], ["average_on_hand"]) == ""


def test_figures_of_a_sweep_for_notebooks(found: Sweep) -> None:
    """Tests that effects, surface and lines are drawn of the measure of most interest, or of the one named."""
    assert found.plot.effects().layout.yaxis.title.text.startswith("Total cost")
    assert found.plot.surface(TARGET, measure="fill_rate").layout.xaxis.title.text.endswith("target")
    assert len(found.plot.parallel("fill_rate").data) == 5
    with pytest.raises(sc.UsageError, match="There is no measure 'cost'; there are: fill_rate, total_cost and units_"):
        found.plot.effects("cost")
    with pytest.raises(sc.UsageError, match="There is no factor 'x'; there are: "):
        found.plot.surface("x")


def test_measures_that_do_not_vary_are_not_drawn(found: Sweep) -> None:
    """Tests that demand, the same at all points, is left out of the figures and kept in the glossary."""
    assert drawn_measures(found) == ["fill_rate", "total_cost"]
    assert drawn_factors(found) == [WEIGHT, TARGET]
    assert 'id="metric-units_demanded"' in page(found)


def test_the_first_sentence_names_the_best_point(found: Sweep) -> None:
    """Tests that the answer is the point with the lowest cost, as the table of points has it."""
    said = sweep_sentences(found)
    best = found.summary.loc[found.summary["total_cost"].idxmin()]
    assert said[0].startswith("Total cost is lowest")
    assert f"supply_line_weight = {best[WEIGHT]:g}" in said[0]
    assert f"target = {best[TARGET]:g}" in said[0]
    assert any(text.startswith("Total cost depends most on") for text in said)


def test_the_first_sentence_says_when_the_best_point_may_be_another() -> None:
    """Tests that points no further apart than chance are told of with the best, and one replication is doubted."""
    stand = sc.load(SCENARIOS / "newsvendor.yaml", ["time.horizon=40"])
    level = "nodes.stand.stock.paper.policy.level"
    close = sweep(stand, {level: [56, 57, 200]}, replications=4, measures="total_cost", where="here")
    best, other = close.summary.sort_values("total_cost")[level].tolist()[:2]
    said = sweep_sentences(close)[0]
    assert f"= {best:g}, but the point at" in said
    assert said.endswith(f"level = {other:g} cannot be told from it.")
    single = sweep(stand, {level: [56, 57]}, replications=1, measures="total_cost", where="here")
    assert sweep_sentences(single)[0].endswith("; one replication does not tell how much of that is chance.")


def test_factors_varied_alone_are_compared_with_the_first_point() -> None:
    """Tests that runs in which another factor differs from the scenario's own do not count for a factor."""
    scenario = sc.load(SCENARIOS / "beer_game.yaml")
    alone = sweep(
        scenario,
        {WEIGHT: [0, 0.5], TARGET: [10, 20]},
        design="one_at_a_time",
        measures=["total_cost"],
        where="here",
    )
    runs = around(alone, TARGET)
    assert (runs[WEIGHT] == alone.points[WEIGHT].iloc[0]).all()
    assert len(runs) == 3
    assert "no two factors were varied together" in page(alone)


def test_the_page_of_a_sweep_is_whole(found: Sweep) -> None:
    """Tests that equal sweeps give equal pages with every part, the design and the seed at the foot."""
    text = page(found)
    assert page(found) == text
    for part in ("factors", "best", "ledger", "glossary"):
        assert f'<section id="{part}">' in text
    foot = text.split("<footer>")[1]
    assert "<dt>seed</dt>" in foot
    assert "<dt>design</dt><dd>grid</dd>" in foot
    assert "SELECT &quot;" in text
    odd = Problem("a.yaml:1:1", "nodes.shop.demand.beer", "a mean of 0", "some demand")
    warned = replace(found, scenario=replace(found.scenario, warnings=(odd,)))
    assert "found a mean of 0; expected some demand" in page(warned)


def test_the_table_of_factors_escapes_their_values() -> None:
    """Tests that a value that is markup is shown as text."""
    table = factor_table(pd.DataFrame({"point": [0], "nodes.a.kind": ["<script>"]}), ["nodes.a.kind"])
    assert "&lt;script&gt;" in table
    assert "<script>" not in table


def test_all_fields_have_one_scale(found: Sweep) -> None:
    """Tests that the effects of all factors are drawn on the same range, so that they can be compared."""
    figure = plot_effects({factor: found.runs for factor in (WEIGHT, TARGET)}, "total_cost")
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range
