"""What differs between two scenarios, and between two results."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind, ttest_rel

import scmsim as sc
from scmsim.errors import UsageError
from scmsim.experiments.compare.compare import compare
from scmsim.experiments.diff.diff import Difference, diff
from scmsim.experiments.diff.figures import differences, told
from scmsim.experiments.sweep.sweep import sweep

SHOP = """
scmsim: 1
name: shop
time: {unit: day, horizon: 60}
products: {tea: {unit: box}}
defaults: {stock: {initial: 10, holding_cost: 1, backorder_cost: 5, policy: {kind: base_stock, level: 20}}}
nodes:
  source: {kind: supplier}
  depot: {kind: warehouse}
  shop: {kind: retailer, demand: {tea: {kind: poisson, mean: 4}}}
lanes: [source -> depot, {from: depot, to: shop, lead_time: 1}]
"""
LANE = "lanes.depot:shop.lead_time"


@pytest.fixture(scope="module")
def shop() -> sc.Scenario:
    """A small chain."""
    return sc.loads(SHOP)


def said(one: sc.Scenario, *overrides: str) -> list[str]:
    """Say what overrides change."""
    return list(diff(one, one.set(*overrides)).sentences)


changes = st.lists(
    st.one_of(
        st.integers(0, 60).map(lambda value: f"nodes.shop.stock.tea.policy.level={value}"),
        st.floats(0, 9, allow_nan=False).map(lambda value: f"{LANE}={value!r}"),
        st.sampled_from(
            [
                "nodes.depot.stock.tea.policy={kind: min_max, minimum: 3, maximum: 9}",
                "nodes.shop.stock.tea.policy={kind: reorder_point, reorder_point: 5, order_quantity: 7}",
                "nodes.shop.stock.tea.review=continuous",
                "nodes.shop.stock.tea.review.interval=2",
                "nodes.shop.stock.tea.initial_pipeline=[{at: 2, quantity: 3}]",
                "nodes.shop.demand.tea={kind: replay, values: [1, 2, 3, 4, 5, 6, 7, 8]}",
                "nodes.shop.demand.tea=[{kind: poisson, mean: 1}, {kind: poisson, mean: 2}]",
                "nodes.shop.stock.tea.first_orders=[1, 2, 3]",
                "lanes.source:depot.lead_time={dist: uniform, low: 1, high: 2}",
                "lanes.depot:shop.share.point_of_sale=true",
                "lanes.depot:shop.price=3",
                "nodes.shop.label=corner shop",
                "products.tea.value=2.5",
                "time.start_date=2024-02-29",
                "run.seed=9",
                "name=other",
            ]
        ),
    ),
    max_size=5,
)


@given(changes, changes)
def test_applying_the_changes_leads_from_one_to_the_other(left: list[str], right: list[str]) -> None:
    """Tests that the overrides of a difference make B's network from A, and that nothing is then different."""
    base = sc.loads(SHOP)
    try:
        one, other = base.set(*left), base.set(*right)
    except sc.ScenarioError:
        return
    found = diff(one, other)
    overrides = [change.override for change in found.changes]
    if None in overrides:
        return
    made = one.set(*overrides)
    assert made.network == other.network
    assert not diff(made, other)


@given(changes)
def test_a_scenario_does_not_differ_from_itself_however_it_is_written(overrides: list[str]) -> None:
    """Tests that diff(a, a) is empty, also when one of them has its defaults written out."""
    try:
        one = sc.loads(SHOP).set(*overrides)
    except sc.ScenarioError:
        return
    assert not diff(one, one)
    assert diff(one, sc.loads(one.to_yaml())).sentences == ("no difference",)


def test_the_law_is_about_most_changes() -> None:
    """Tests that every single change of the law has an override that brings it about."""
    base = sc.loads(SHOP)
    for override in ["nodes.depot.stock.tea.policy={kind: min_max, minimum: 3, maximum: 9}", f"{LANE}=2", "name=b"]:
        (change,) = diff(base, base.set(override)).changes
        assert base.set(change.override).network == base.set(override).network


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("nodes.shop.stock.tea.policy.level=24", "nodes.shop.stock.tea.policy.level: 20 -> 24"),
        (f"{LANE}=3", "lane depot -> shop: lead_time 1 -> 3"),
        (f"{LANE}={{dist: gamma, mean: 2, cv: 0.5}}", "lane depot -> shop: lead_time 1 -> gamma (mean 2, cv 0.5)"),
        ("nodes.shop.demand.tea.mean=4.25", "nodes.shop.demand.tea.mean: 4 -> 4.25"),
        (
            "nodes.depot.stock.tea.policy={kind: min_max, minimum: 3, maximum: 9}",
            "nodes.depot.stock.tea.policy: base_stock (minimum_order 0, position local, level 20) -> "
            "min_max (minimum_order 0, position local, minimum 3, maximum 9, trigger at_or_below)",
        ),
        ("nodes.shop.stock.tea.review=continuous", None),
        ("time.start_date=2024-02-29", "time.start_date: none -> 2024-02-29"),
    ],
)
def test_a_change_is_said_by_where_it_is_in_the_chain(shop: sc.Scenario, override: str, sentence: str | None) -> None:
    """Tests the sentences of single changes."""
    (found,) = said(shop, override)
    if sentence is None:
        sentence = "nodes.shop.stock.tea.review: (interval 1, offset 0, timing after_demand) -> continuous"
    assert found == sentence


def test_what_only_one_has_is_said_as_such(shop: sc.Scenario) -> None:
    """Tests that nodes, lanes, products and demands that only one scenario has are named, in the order of the file."""
    more = sc.loads(
        SHOP.replace("lanes: [source -> depot,", "lanes: [source -> hub -> depot,")
        .replace("  depot:", "  hub: {kind: distributor}\n  depot:")
        .replace("{tea: {unit: box}}", "{tea: {unit: box}, jam: {}}")
        .replace("{kind: poisson, mean: 4}", "{kind: poisson, mean: 4}, jam: {kind: poisson, mean: 1}")
    )
    assert diff(shop, more).sentences == (
        "product jam: only in B",
        "stock of depot/jam: only in B",
        "stock of shop/jam: only in B",
        "demand of shop/jam: only in B",
        "node hub: only in B",
        "lane source -> depot: only in A",
        "lane depot -> shop: products [tea] -> [jam, tea]",
        "lane source -> hub: only in B",
        "lane hub -> depot: only in B",
    )


def test_columns_of_csv_files_are_summed_up(tmp_path: Path) -> None:
    """Tests that of 365 values is said how many differ, and the instant of the first."""
    values = np.arange(365)
    for name, change in (("a", 0), ("b", 1)):
        record = values.copy()
        record[3:100:9] += change
        (tmp_path / f"{name}.csv").write_text("tea\n" + "\n".join(map(str, record)), encoding="utf-8")
    text = SHOP.replace("{kind: poisson, mean: 4}", "{kind: replay, file: NAME.csv, column: tea}")
    one, other = (sc.loads(text.replace("NAME", name), folder=tmp_path) for name in "ab")
    assert "demand of shop/tea: 365 values, 11 differ, first at day 4" in diff(one, other).sentences


def test_the_order_of_a_file_does_not_matter(shop: sc.Scenario) -> None:
    """Tests that nodes and lanes in another order are the same scenario."""
    lanes, depot = "lanes: [source -> depot, {from: depot, to: shop, lead_time: 1}]", "  depot: {kind: warehouse}\n"
    text = SHOP.replace(lanes, "lanes: [{from: depot, to: shop, lead_time: 1}, source -> depot]")
    text = text.replace(depot, "").replace("lanes: [", f"{depot}lanes: [")
    other = sc.loads(text)
    assert [*other.file.nodes] != [*shop.file.nodes]
    assert not diff(shop, other)


def test_the_figures_are_those_of_paired_tests_on_the_same_random_numbers(shop: sc.Scenario) -> None:
    """Tests means, intervals and their reading against scipy's paired t-test, and the cause that is named."""
    short = shop.set("nodes.shop.stock.tea.policy.level=9", "nodes.shop.stock.tea.initial=9")
    one, other = (sc.run(each, replications=12, record="summary") for each in (short, short.set(f"{LANE}=2")))
    found = diff(one, other, measures=["fill_rate@shop", "holding_cost@shop"])
    row = found.figures.set_index("measure").loc["fill_rate@shop"]
    drawn = [
        each.values.query("metric == 'fill_rate' and node == 'shop' and product.isna()")["value"].to_numpy()
        for each in (one, other)
    ]
    low, high = ttest_rel(drawn[1], drawn[0]).confidence_interval()
    assert (row["n"], row["paired"], row["unit"]) == (12, True, "ratio")
    assert row["difference"] == pytest.approx((drawn[1] - drawn[0]).mean())
    assert [row["difference"] - row["half_width"], row["difference"] + row["half_width"]] == pytest.approx([low, high])
    points, width = 100 * row["difference"], 100 * row["half_width"]
    assert found.sentences[0] == "lane depot -> shop: lead_time 1 -> 2"
    assert (
        f"lane depot -> shop: lead_time +1 day -> fill rate of shop {points:+.1f} ± {width:.1f} points"
        in (found.sentences)
        or f"lane depot -> shop: lead_time +1 day -> fill rate of shop {points:+.0f} ± {width:.0f} points"
        in found.sentences
    )
    assert found.sentences[-1].startswith("paired differences on the same random numbers")


def test_other_seeds_are_compared_after_welch(shop: sc.Scenario) -> None:
    """Tests that runs of other random numbers are not paired, that this is said, and scipy's interval is found."""
    one, other = (sc.run(shop, replications=n, seed=seed, record="summary") for n, seed in ((8, 1), (13, 2)))
    found = diff(one, other, measures=["average_on_hand@shop"])
    assert not found.changes
    (row,) = found.figures.to_dict("records")
    drawn = [
        each.values.query("metric == 'average_on_hand' and node == 'shop' and product.isna()")["value"].to_numpy()
        for each in (one, other)
    ]
    low, high = ttest_ind(drawn[1], drawn[0], equal_var=False).confidence_interval()
    assert [row["difference"] - row["half_width"], row["difference"] + row["half_width"]] == pytest.approx([low, high])
    assert found.sentences[-2].startswith("the runs are independent (other seeds or replications): unpaired")
    assert found.sentences[-1] == "mean of average_on_hand@shop: 15.91 in A (8 replications) and 15.95 in B (13)"


def test_what_is_undefined_is_left_out_of_pairs() -> None:
    """Tests that a pair with a hole counts on neither side, and that one pair has no interval."""
    one, other = np.array([[1.0], [np.nan], [5.0]]), np.array([[2.0], [9.0], [np.nan]])
    a, b, difference, width, n = differences(one, other, paired=True)
    assert (a[0], b[0], difference[0], n[0]) == (1.0, 2.0, 1.0, 1)
    assert np.isnan(width[0])


def test_results_without_chance_have_no_interval(shop: sc.Scenario) -> None:
    """Tests that a difference of single runs is said without an interval, and why."""
    fixed = shop.set("nodes.shop.demand.tea={kind: constant, value: 4}")
    found = diff(
        sc.run(fixed), sc.run(fixed.set("nodes.shop.stock.tea.holding_cost=2")), measures=["holding_cost@shop"]
    )
    assert found.figures["half_width"].isna().all()
    assert found.sentences[-1] == "one replication each: these differences have no intervals"


def test_the_same_result_does_not_differ(shop: sc.Scenario, tmp_path: Path) -> None:
    """Tests that a result and its stored self have no difference."""
    result = sc.run(shop, replications=2, record="summary")
    folder = result.write(tmp_path / "run", report=False)
    assert diff(result, folder).sentences == ("no difference",)
    assert not diff(folder, folder)


def test_sweeps_are_compared_point_by_point(shop: sc.Scenario) -> None:
    """Tests that the points that two sweeps share are compared, each on its own."""
    vary = {"nodes.shop.stock.tea.policy.level": [16, 20]}
    one, other = (
        sweep(each, vary, measures=["total_cost"], replications=3, where="here")
        for each in (shop, shop.set(f"{LANE}=2"))
    )
    found = diff(one, other)
    assert found.figures["case"].tolist() == [f"nodes.shop.stock.tea.policy.level = {level}" for level in (16, 20)]
    assert found.figures["paired"].all()


def test_comparisons_are_compared_variant_by_variant(shop: sc.Scenario) -> None:
    """Tests that variants of one name are compared, and their scenarios first."""
    policies = {"low": {"nodes.shop.stock.tea.policy.level": 12}}
    one, other = (
        compare(each, policies=policies, measures=["total_cost"], replications=3, where="here")
        for each in (shop, shop.set(f"{LANE}=2"))
    )
    found = diff(one, other)
    assert "low: lane depot -> shop: lead_time 1 -> 2" in found.sentences
    assert set(found.figures["case"]) == set(one.scenarios)


def test_what_only_one_result_has_is_said(shop: sc.Scenario) -> None:
    """Tests that variants and figures that only one comparison has are named, and make a difference by themselves."""
    level = "nodes.shop.stock.tea.policy.level"
    one, other = (
        compare(shop, policies=policies, measures=measures, replications=2, where="here")
        for policies, measures in (
            ({"low": {level: 12}, "mid": {level: 15}}, ["total_cost"]),
            ({"high": {level: 30}, "low": {level: 12}}, ["total_cost", "fill_rate@shop"]),
        )
    )
    found = diff(one, other)
    assert found.only_in == (("mid",), ("high",))
    assert bool(found)
    assert found.sentences[:3] == (
        "only in A, and so not compared: mid",
        "only in B, and so not compared: high",
        "careful: figures only in B, and so not compared: fill_rate@shop",
    )


def test_results_that_are_hard_to_compare_say_so(shop: sc.Scenario) -> None:
    """Tests that another horizon, warm-up, seed and number of replications are said with both values."""
    other = shop.set("time.horizon=90", "time.warm_up=10")
    found = diff(sc.run(shop, replications=2, record="summary"), sc.run(other, seed=7, record="summary"))
    assert found.warnings == (
        "time.horizon is 60 in A and 90 in B, so that their figures are about different times",
        "time.warm_up is 0 in A and 10 in B, so that their figures are about different times",
        "the seed is 1 in A and 7 in B, so that they met different random numbers",
        "A has 2 replications and B has 1",
    )
    assert f"careful: {found.warnings[0]}" in found.sentences


def test_a_scenario_and_a_result_are_not_compared(shop: sc.Scenario) -> None:
    """Tests that the refusal says which is which."""
    with pytest.raises(
        UsageError, match=r"A is a scenario \(shop\), B is a result \(shop, seed 1, 1 replication\): give"
    ):
        diff(shop, sc.run(shop, record="summary"))


def test_anything_else_is_refused(shop: sc.Scenario) -> None:
    """Tests that other objects, and figures of scenarios, are refused in words."""
    with pytest.raises(
        UsageError, match=r"two scenarios or two results \(runs, replications, comparisons, sweeps\), not int"
    ):
        diff(shop, 3)
    found = sc.sensitivity(shop, {"nodes.shop.stock.tea.holding_cost": "0..1"}, "morris", points=2, where="here")
    with pytest.raises(UsageError, match=r"not a sensitivity. It says how much factors matter"):
        diff(found, found)
    with pytest.raises(UsageError, match="scenarios have no figures"):
        diff(shop, shop, measures=["fill_rate"])


def test_a_difference_shows_itself_in_a_notebook(shop: sc.Scenario) -> None:
    """Tests that the page says what differs and escapes names."""
    found = diff(shop, shop.set("name=<b>"))
    assert "<li>name: shop -&gt; &lt;b&gt;</li>" in found._repr_html_()
    assert isinstance(found, Difference)
    assert isinstance(diff(sc.run(shop), sc.run(shop)).figures, pd.DataFrame)


def test_means_over_other_numbers_of_replications_are_shown(shop: sc.Scenario) -> None:
    """Tests that the caution comes first, and that means that rest on other numbers of replications are told apart."""
    one, other = (sc.run(shop, replications=count, record="summary") for count in (2, 4))
    found = diff(one, other, measures=["total_cost"])
    assert found.sentences[:2] == (
        "careful: A has 2 replications and B has 4",
        "no difference in the replications that both have",
    )
    assert found.sentences[2].startswith("mean of total_cost: ")
    assert "in A (2 replications) and " in found.sentences[2]
    assert not found


def test_a_constant_difference_is_said_to_be_exact() -> None:
    """Tests that a width that rounding alone made is none, in shares and in money."""
    row = {"measure": "fill_rate@shop", "difference": -0.03302, "half_width": 2e-15, "unit": "ratio"}
    assert told(row) == "fill rate of shop -3.302 points exactly"
    assert told(row | {"measure": "total_cost", "unit": "money", "difference": 12.0}) == "total cost +12 exactly"
