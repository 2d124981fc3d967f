"""Which factors matter: of a scenario, and of a finished sweep."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import scmsim as sc
from scmsim.errors import ScenarioError, UsageError
from scmsim.experiments.sensitivity import words as sensitivity_words
from scmsim.experiments.sensitivity.from_sweep import of_runs
from scmsim.experiments.sensitivity.noise import noise
from scmsim.experiments.sensitivity.result import Sensitivity, open_sensitivity
from scmsim.experiments.sensitivity.sensitivity import sensitivity
from scmsim.experiments.sweep.sweep import sweep

SHOP = """
scmsim: 1
name: shop
time: {unit: day, horizon: 20}
products: {tea: {unit: box}}
nodes:
  source: {kind: supplier}
  shop:
    kind: retailer
    stock: {tea: {initial: 10, holding_cost: 1, backorder_cost: 5, policy: {kind: base_stock, level: 10}}}
    demand: {tea: {kind: constant, value: 4}}
lanes: [{from: source, to: shop, lead_time: 1, unit_cost: 1, shipment_cost: 1}]
"""
UNIT, SHIPMENT = "lanes.source:shop.unit_cost", "lanes.source:shop.shipment_cost"
VARY = {UNIT: "0..1", SHIPMENT: "0..1"}


@pytest.fixture(scope="module")
def shop() -> sc.Scenario:
    """A shop without chance: every day 4 units in one shipment, so a day's transport costs 4 u + s."""
    return sc.loads(SHOP)


def test_the_shares_of_a_linear_cost_are_known(shop: sc.Scenario) -> None:
    """Tests that the shares of u units at a cost, and of n shipments at another, are as u² to n²."""
    found = sensitivity(shop, VARY, points=64, measures=["transport_cost"], where="here")
    whole = {path: sc.run(shop.set(f"{UNIT}=0", f"{SHIPMENT}=0", f"{path}=1"), record="summary") for path in VARY}
    counts = [
        run.kpis.query("metric == 'transport_cost' and segment.isna() and node.isna() and product.isna()")[
            "mean"
        ].item()
        for run in whole.values()
    ]
    shares = np.square(counts) / np.square(counts).sum()
    assert found.indices["first"].to_numpy() == pytest.approx(shares, abs=0.02)
    assert found.indices["total"].to_numpy() == pytest.approx(shares, abs=0.02)
    assert found.sentences[0].startswith("most of the variance of transport_cost comes from unit_cost (9")
    bars = found.effects.set_index("factor")
    assert bars["difference"].to_numpy() == pytest.approx(counts)
    assert bars["figure"].to_numpy() == pytest.approx([sum(counts)] * 2)


def test_elementary_effects_of_a_linear_cost_are_its_slopes(shop: sc.Scenario) -> None:
    """Tests that mu is what moving a factor through its whole range costs, with no spread."""
    found = sensitivity(shop, VARY, "morris", points=3, measures=["transport_cost"], where="here")
    assert found.indices["mu"].to_numpy() == pytest.approx(found.effects["difference"].to_numpy())
    assert found.indices["sigma"].to_numpy() == pytest.approx([0, 0], abs=1e-9)


def test_common_random_numbers_and_the_seed_decide_everything(shop: sc.Scenario) -> None:
    """Tests that the same seed gives the same answer, and chance is told from what the factors do."""
    random = shop.set("nodes.shop.demand.tea={kind: poisson, mean: 4}")
    one, again = (
        sensitivity(random, VARY, points=8, replications=3, measures=["transport_cost"], where="here") for _ in range(2)
    )
    pd.testing.assert_frame_equal(one.indices, again.indices)
    row = one.noise.iloc[0]
    assert row["points"] + row["replications"] + row["rest"] == pytest.approx(1)
    assert 0 < row["replications"] < 0.2
    assert any(sentence.startswith("chance: of the variance of transport_cost") for sentence in one.sentences)


def test_one_replication_of_chance_is_owned_up_to(shop: sc.Scenario) -> None:
    """Tests that the answer says that chance cannot be told from one replication, and only where there is any."""
    random = shop.set("nodes.shop.demand.tea={kind: poisson, mean: 4}")
    warned = [
        sensitivity(each, VARY, "morris", points=2, measures=["transport_cost"], where="here").sentences[-1]
        for each in (random, shop)
    ]
    assert warned[0] == "one replication: how much of this is chance cannot be told, use more replications"
    assert warned[1] != warned[0]


def test_noise_is_taken_apart() -> None:
    """Tests the parts of an additive table with noise in it: points 4, replications 1, rest 0.25 of the variance."""
    rng = np.random.default_rng(1)
    values = 2 * rng.normal(size=(400, 1)) + rng.normal(size=(1, 300)) + 0.5 * rng.normal(size=(400, 300))
    found = noise(values)
    assert [found.points, found.replications, found.rest] == pytest.approx(np.array([4, 1, 0.25]) / 5.25, abs=0.06)
    assert found.left == pytest.approx(0.25 / 300 / 4, rel=0.2)
    assert np.isnan(noise(np.ones((3, 1))).points)


def test_whole_numbers_are_taken_where_nothing_else_is_valid(shop: sc.Scenario) -> None:
    """Tests that a factor that must be whole is varied in whole numbers without being told."""
    path = "nodes.shop.stock.tea.policy.forecast.periods"
    forecast = "{kind: moving_average, periods: 4}"
    moving = shop.set(f"nodes.shop.stock.tea.policy={{kind: order_up_to, safety_factor: 1, forecast: {forecast}}}")
    found = sensitivity(moving, {path: "2..5"}, points=8, measures=["total_cost"], where="here")
    assert set(found.runs[path]) == {2, 3, 4, 5}


def test_every_bad_factor_is_named_before_anything_runs(shop: sc.Scenario) -> None:
    """Tests that a path that does not exist and an end that is not valid are both reported, each once."""
    with pytest.raises(ScenarioError) as refused:
        sensitivity(shop, {"lanes.source:shop.lead_tim": "1..2", "lanes.source:shop.unit_cost": "-1..2"})
    said = [str(problem) for problem in refused.value.problems]
    assert len(said) == 2
    assert "lead_tim" in said[0]
    assert "found -1; expected a number of at least 0" in said[1]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"vary": {}}, "nothing to vary: give paths and their ranges"),
        ({"vary": VARY, "method": "fast"}, "no method 'fast' for a scenario: expected sobol or morris"),
        ({"vary": VARY, "points": 0}, "points: expected a whole number of at least 1, found 0"),
        ({"vary": VARY, "replications": 0}, "replications: expected a whole number of at least 1, found 0"),
        ({"vary": {UNIT: "0..1", 'lanes."source -> shop".unit_cost': "0..2"}}, "two factors on one path"),
        ({"vary": VARY, "measures": ["fil_rate"]}, "no metric 'fil_rate'. Did you mean `fill_rate`?"),
        ({"vary": {UNIT: "2..1"}}, UNIT),
    ],
)
def test_what_cannot_be_done_is_refused(shop: sc.Scenario, given: dict, message: str) -> None:
    """Tests the message for every call that makes no sense."""
    with pytest.raises(UsageError) as refused:
        sensitivity(shop, **given)
    assert message in str(refused.value)


def test_a_sensitivity_is_written_and_read_back(shop: sc.Scenario, tmp_path: Path) -> None:
    """Tests that the folder holds the same answer, and is not overwritten by another."""
    found = sensitivity(shop, VARY, points=4, measures=["transport_cost"], where="here")
    folder = found.write(tmp_path / "out")
    assert 'id="tornado" class="figure"' in (folder / "report.html").read_text(encoding="utf-8")
    back = open_sensitivity(folder)
    assert back.sentences == found.sentences
    for name in ("indices", "effects", "noise", "runs"):
        pd.testing.assert_frame_equal(getattr(back, name), getattr(found, name), check_dtype=False)
    other = sensitivity(shop, VARY, points=8, measures=["transport_cost"], where="here")
    with pytest.raises(UsageError, match="give another folder"):
        other.write(folder)
    assert other.write(folder, force=True, report=False) == folder
    assert "<li>most of the variance" in found._repr_html_()
    assert not (folder / "report.html").exists()


def grid(figure) -> pd.DataFrame:
    """Make the runs of a whole grid of a in 0, 1 and b in 0, 1, 2."""
    rows = [(a, b) for a in (0, 1) for b in (0, 1, 2)]
    return pd.DataFrame(
        [(at, 1, a, b, figure(a, b)) for at, (a, b) in enumerate(rows)], columns=["point", "replication", *"aby"]
    )


ABOUT = (sc.loads(SHOP), {"replications": 1})


def test_a_whole_grid_shares_its_variance_out_exactly() -> None:
    """Tests y = 3a + b: 9/4 of the variance from a, 2/3 from b; and y = a b, where part is from both together."""
    found = of_runs(grid(lambda a, b: 3 * a + b), "ab", "y", design="grid", about=ABOUT)
    assert found.method == "conditional_means"
    shares = np.array([9 / 4, 2 / 3]) / (9 / 4 + 2 / 3)
    assert found.indices["first"].to_numpy() == pytest.approx(shares)
    assert found.indices["total"].to_numpy() == pytest.approx(shares)
    joint = of_runs(grid(lambda a, b: a * b), "ab", "y", design="grid", about=ABOUT).indices
    # E[y | a] = a, E[y | b] = b / 2: variances 1/4 and 1/6 of 7/12 in all
    assert joint["first"].to_numpy() == pytest.approx([3 / 7, 2 / 7])
    assert joint["total"].to_numpy() == pytest.approx([5 / 7, 4 / 7])


def test_drawn_points_give_the_regression_of_their_line() -> None:
    """Tests that y = 2a - b + noise over 500 drawn points gives the standardised slopes within their intervals."""
    rng = np.random.default_rng(3)
    a, b = rng.random((2, 500))
    y = 2 * a - b + 0.1 * rng.normal(size=500)
    runs = pd.DataFrame({"point": range(500), "replication": 1, "a": a, "b": b, "y": y})
    found = of_runs(runs, "ab", "y", design="latin_hypercube", about=ABOUT)
    exact = np.array([2, -1]) * np.sqrt(1 / 12) / np.sqrt(5 / 12 + 0.01)
    assert found.method == "regression"
    assert found.indices["coefficient"].to_numpy() == pytest.approx(exact, abs=0.04)
    assert pd.Series(y).corr(pd.Series(a), method="spearman") == pytest.approx(found.indices["rank_correlation"][0])
    assert found.indices["r_squared"][0] == pytest.approx(1 - 0.01 / (5 / 12 + 0.01), abs=0.01)
    assert found.sentences[0].startswith("y rises most with a (standardised coefficient +0.8")
    assert found.effects["difference"].to_numpy() == pytest.approx([1.6, -0.8], abs=0.2)


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_a_sweep_of_another_design_does_not_pretend(method: str) -> None:
    """Tests that Sobol's and Morris's indices are refused on a grid, with what is offered instead."""
    with pytest.raises(UsageError, match=rf"need a design of their own, and this sweep's is grid: .*--method {method}"):
        of_runs(grid(lambda a, b: a), "ab", "y", design="grid", method=method, about=ABOUT)


def test_words_as_values_of_drawn_points_are_refused() -> None:
    """Tests that nothing is regressed on names."""
    runs = pd.DataFrame({"point": [0, 1], "replication": 1, "a": ["fifo", "lifo"], "y": [1.0, 2.0]})
    with pytest.raises(UsageError, match="a has values that are not numbers"):
        of_runs(runs, "a", "y", design="random", about=ABOUT)


def test_a_finished_sweep_is_read_and_not_run_again(shop: sc.Scenario, tmp_path: Path) -> None:
    """Tests a stored grid, by its folder and by itself, and one factor at a time for a tornado."""
    made = sweep(shop, {UNIT: [1, 2, 3], SHIPMENT: [1, 2]}, measures=["transport_cost"], where="here")
    folder = made.write(tmp_path / "sweep")
    found = sensitivity(folder)
    pd.testing.assert_frame_equal(found.indices, sensitivity(made).indices)
    assert found.indices["first"].sum() == pytest.approx(1)
    assert found.write(tmp_path / "out").is_dir()
    alone = sensitivity(sweep(shop, {UNIT: [1, 3]}, design="one_at_a_time", measures=["transport_cost"], where="here"))
    assert alone.sentences[0].startswith("unit_cost moves transport_cost most, everything else as it is: from ")
    with pytest.raises(UsageError, match="a finished sweep has its points: leave it out"):
        sensitivity(made, points=8)


def told(shares: dict[str, list[list[float]]]) -> Sensitivity:
    """Give the answer of Sobol's method for shares of two factors: first with its interval, total with its interval."""
    columns = ["first", "first_low", "first_high", "total", "total_low", "total_high"]
    indices = pd.DataFrame([row for rows in shares.values() for row in rows], columns=columns)
    indices.insert(0, "measure", [measure for measure in shares for _ in range(2)])
    indices.insert(1, "factor", [UNIT, SHIPMENT] * len(shares))
    noise = pd.DataFrame([{"measure": m, "points": 1, "replications": 0, "rest": 0, "left": 0} for m in shares])
    manifest = {"method": "sobol", "vary": {UNIT: "", SHIPMENT: ""}, "measures": list(shares), "replications": 2}
    empty = pd.DataFrame()
    return Sensitivity(
        scenario=sc.loads(SHOP), indices=indices, effects=empty, noise=noise, runs=empty, manifest=manifest
    )


def test_interactions_and_impossible_shares_are_told() -> None:
    """Tests that total shares stand beside own ones, and that a share above all of the variance is owned up to."""
    rows = [[0.6, 0.4, 0.8, 0.9, 0.7, 1.1], [0.1, 0.0, 0.2, 0.4, 0.3, 0.5]]
    (said,) = told({"total_cost": rows}).sentences
    assert said == (
        "most of the variance of total_cost comes from unit_cost (60 %, between 40 % and 80 %; 90 % with others), then "
        "shipment_cost (10 %; 40 % with others); 30 % from factors acting together, unit_cost above all"
    )
    rows[0][3:] = [1.07, 0.88, 1.26]
    assert told({"total_cost": rows}).sentences[-1] == (
        "a share below 0 % or above 100 % is the error of an estimate: the total share of unit_cost in total_cost is "
        "told as 107 %, between 88 % and 126 %; more points make it smaller"
    )


def test_of_many_figures_the_most_important_are_told() -> None:
    """Tests that six of many figures have a sentence each, that of the others it is counted which factor leads."""
    high, low = [0.9, 0.8, 1.0, 0.9, 0.8, 1.0], [0.1, 0.0, 0.2, 0.1, 0.0, 0.2]
    parts = {f"order_mean@node{number}": [low, high] for number in range(30)}
    said = told({**parts, "total_cost": [high, low], "fill_rate": [high, low]}).sentences
    assert [text.split(" comes")[0].split()[-1] for text in said[:2]] == ["total_cost", "fill_rate"]
    assert len(said) == 7
    assert said[-1] == "of 26 other figures 26 depend most on shipment_cost: see the table"


def test_the_sentence_follows_the_intervals_and_not_the_largest_estimate() -> None:
    """Tests that a factor sure to matter is told although another, whose interval reaches 0, has a larger estimate."""
    rows = [
        {"name": "level", "mu_star": 110.0, "mu_star_low": 0.0, "mu_star_high": 262.0, "sigma": 95.0},
        {"name": "cost", "mu_star": 42.7, "mu_star_low": 3.64, "mu_star_high": 81.8, "sigma": 24.6},
    ]
    said = sensitivity_words._morris("total_cost", rows)
    assert said == (
        "cost moves total_cost, by 43 ± 39 through its whole range; level may matter more (110, between 0 and 262), "
        "or not at all: use more points"
    )
    assert "can be told from none" in sensitivity_words._morris("total_cost", rows[:1])
    line = [
        {"name": name, "coefficient": at, "coefficient_low": at - wide, "coefficient_high": at + wide}
        | {"rank_correlation": at, "r_squared": 0.8}
        for name, at, wide in (("level", 0.6, 0.7), ("cost", 0.4, 0.1))
    ]
    assert sensitivity_words._line("total_cost", line).startswith("total_cost rises with cost (standardised coeff")
    share = {"first": 0.5, "first_low": -0.1, "first_high": 0.9, "total": 0.5, "total_low": 0.0, "total_high": 1.0}
    sure = share | {"name": "cost", "first": 0.3, "first_low": 0.2, "first_high": 0.4}
    said = sensitivity_words._variance("total_cost", [share | {"name": "level"}, sure])
    assert said.startswith("a part of the variance of total_cost comes from cost (30 %, between 20 % and 40 %;")
