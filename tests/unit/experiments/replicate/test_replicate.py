"""Many runs of one scenario, until it is precise enough."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import scmsim as sc
from scmsim.experiments.replicate.replicate import replicate, run_to_precision
from scmsim.experiments.replicate.stored import open_replication
from scmsim.experiments.statistics.estimates import estimate
from scmsim.experiments.statistics.intervals import quantile_interval, tail_mean
from scmsim.words import with_trust

MEASURES = ["total_cost", "fill_rate@retailer", "average_on_hand@*tailer"]


@pytest.fixture(scope="module")
def noisy(scenarios: Path) -> sc.Scenario:
    """A short beer game with chance in it."""
    return sc.load(scenarios / "beer_game_noisy.yaml", ["time.horizon=30", "time.warm_up=5"])


def test_values_are_those_of_single_runs(noisy: sc.Scenario) -> None:
    """Tests that every value of every replication is the one that an ordinary run gives, to the last bit."""
    found = replicate(noisy, MEASURES, replications=3, seed=4)
    run = sc.run(noisy, replications=3, seed=4, record="summary").values
    assert found.values.columns.tolist() == [
        "replication",
        "total_cost",
        "fill_rate@retailer",
        "average_on_hand@retailer",
    ]
    own = run[run["product"].isna() & run["segment"].isna()]
    cost = own[(own["metric"] == "total_cost") & own["node"].isna()]["value"]
    fill = own[(own["metric"] == "fill_rate") & (own["node"] == "retailer")]["value"]
    np.testing.assert_array_equal(found.values["total_cost"], cost)
    np.testing.assert_array_equal(found.values["fill_rate@retailer"], fill)


def test_more_replications_never_change_earlier_ones(noisy: sc.Scenario) -> None:
    """Tests that the first replications are the same however many follow, given as a number or by a precision."""
    few, many = (replicate(noisy, "total_cost", replications=count).values for count in (4, 9))
    grown = replicate(noisy, "total_cost", until="total_cost:5%").values
    assert len(grown) > 10
    pd.testing.assert_frame_equal(many.head(4), few)
    pd.testing.assert_frame_equal(grown.head(9), many)


def test_the_place_does_not_matter(noisy: sc.Scenario) -> None:
    """Tests that this process and two workers give the same values and say the same."""
    here, local = (replicate(noisy, until="total_cost:10%", where=where) for where in ("here", "local:2"))
    pd.testing.assert_frame_equal(here.values, local.values)
    assert here.sentences == local.sentences


def test_the_summary_follows_from_the_values(noisy: sc.Scenario) -> None:
    """Tests that every column of the summary is what the statistics of this package give for the kept values."""
    found = replicate(noisy, MEASURES, replications=80, where="local")
    for row in found.summary.to_dict("records"):
        own = found.values[row["measure"]].to_numpy()
        means, widths, counts = estimate(own[:, None])
        assert (row["mean"], row["half_width"], row["n"]) == (means[0], widths[0], counts[0])
        assert (row["min"], row["max"]) == (own.min(), own.max())
        assert row["sd"] == pytest.approx(own.std(ddof=1))
        assert row["beyond"] == pytest.approx(1 - 0.05 ** (1 / 80))
        for name, share in (("median", 0.5), ("p05", 0.05), ("p95", 0.95)):
            low, high = row[f"{name}_low"], row[f"{name}_high"]
            assert (row[name], low, high) == quantile_interval(own, share)[:3]
            assert low <= row[name] <= high
        if pd.notna(row["tail"]):
            assert row["tail_mean"] == tail_mean(own, 0.05, highest=row["tail"] == "highest").estimate
            assert np.isnan([row["tail_low"], row["tail_high"]]).all()
    tails = found.summary.set_index("measure")["tail"]
    assert (tails["total_cost"], tails["fill_rate@retailer"]) == ("highest", "lowest")
    assert "mean of the worst 5 % from 500 on" in found.sentences[-1]


def test_a_precision_is_met_and_told(noisy: sc.Scenario) -> None:
    """Tests that goals, sentences and the interval agree, and goals' figures are among the values."""
    found = replicate(noisy, ["fill_rate@retailer"], until=["total_cost:5%", "average_on_hand@retailer:1"])
    goals = found.goals.set_index("measure")
    assert goals["met"].all()
    assert (goals["needed"] == found.replications).all()
    assert goals["wanted"].to_dict() == {"total_cost": "5%", "average_on_hand@retailer": "1"}
    own = found.summary.set_index("measure").loc["total_cost"]
    assert own["half_width"] <= 0.05 * own["mean"]
    assert found.sentences[0].startswith(f"Needed {found.replications} replications: ")
    assert f"total_cost is {with_trust(own['mean'], own['half_width'])} (5% asked)" in found.sentences[0]


def test_the_cap_is_told_with_what_would_do(noisy: sc.Scenario) -> None:
    """Tests that a run that hits its cap says so, with the replications that it would take."""
    found = replicate(noisy, until="total_cost:1%", most=15)
    (row,) = found.goals.to_dict("records")
    assert (found.replications, row["met"]) == (15, False)
    assert row["needed"] > 100
    assert found.sentences[0].startswith("15 replications, the most allowed, are too few: total_cost is ")
    assert found.sentences[0].endswith(f"where 1% was asked, which takes about {row['needed']:,.0f}")


def test_without_chance_nothing_varies_and_that_is_said(scenarios: Path) -> None:
    """Tests that a scenario without chance meets any precision with one replication, and is told to hold none."""
    found = replicate(scenarios / "beer_game.yaml", until="total_cost:0.001")
    assert found.goals[["half_width", "met", "needed"]].values.tolist() == [[0.0, True, 1.0]]
    assert found.replications == 1
    assert found.sentences[0].startswith("Nothing in this scenario is left to chance")
    assert found.sentences[0].endswith("one replication says it all. total_cost is 204")


def test_a_figure_that_chance_does_not_touch_is_told(noisy: sc.Scenario) -> None:
    """Tests that a figure which never differs although there is chance is named, and why that may be."""
    found = replicate(noisy, until="units_lost:0.001")
    assert (found.replications, found.goals["half_width"].tolist()) == (10, [0.0])
    assert found.sentences[1].startswith("No difference in 10 replications: units_lost. Either no chance touches")


def test_one_replication_has_no_intervals(noisy: sc.Scenario) -> None:
    """Tests that of one replication every figure has a mean and no interval, which is said."""
    found = replicate(noisy, "total_cost", replications=1)
    (row,) = found.summary.to_dict("records")
    assert row["mean"] == row["min"] == row["max"] == row["median"]
    assert np.isnan([row["half_width"], row["sd"], row["median_low"], row["tail_low"]]).all()
    assert found.sentences == ("One replication has no interval",)


def test_too_few_for_a_quantile_is_said(noisy: sc.Scenario) -> None:
    """Tests that bounds that ten replications are too few for are NaN, and from how many on there are some."""
    found = replicate(noisy, "total_cost", replications=10)
    (row,) = found.summary.to_dict("records")
    assert np.isnan([row["p05_low"], row["p95_high"]]).all()
    assert np.isfinite([row["median_low"], row["median_high"]]).all()
    assert "intervals for the 5 % and 95 % quantiles from 72 on" in found.sentences[-1]
    assert "at most 26 % of all runs lie below the lowest of these 10" in found.sentences[0]


def test_a_run_to_a_precision_is_a_run_of_that_length(noisy: sc.Scenario) -> None:
    """Tests that running to a precision gives the very result of a run of as many replications."""
    result, sentences, reached = run_to_precision(noisy, ["total_cost:5%"], where="here")
    assert reached
    assert sentences[0].startswith(f"Needed {result.replications} replications: total_cost")
    assert result == sc.run(noisy, replications=result.replications, record="summary")
    assert result.manifest == sc.run(noisy, replications=result.replications, record="summary").manifest


def test_a_notebook_shows_sentences_and_summary(noisy: sc.Scenario) -> None:
    """Tests that the notebook's view holds every sentence and a row per figure, and the text a short name."""
    found = replicate(noisy, MEASURES, replications=2)
    shown = found._repr_html_()
    assert all(sentence in shown for sentence in found.sentences)
    assert shown.count("<tr") == 4
    assert repr(found) == "<Replication: beer-game-noisy, seed 11, 2 replications of 3 figures>"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"replications": 0}, "replications must be a whole number of at least 1, not 0"),
        ({"replications": 2.5}, "replications must be a whole number of at least 1, not 2.5"),
        ({"seed": -1}, "seed must be a whole number of at least 0, not -1"),
        ({"until": "total_cost:5%", "replications": 5}, "give one of them"),
        ({"until": "total_cost:5%", "most": 4}, "most must be at least 10"),
        ({"until": []}, "until names no figure"),
        ({"until": "order_variance_ratio:5%"}, "order_variance_ratio"),
        ({"measures": "costs"}, "no metric 'costs'"),
        ({"where": "moon"}, "no place 'moon' to work at"),
    ],
)
def test_bad_arguments_are_refused(noisy: sc.Scenario, named: dict, said: str) -> None:
    """Tests that an argument out of its range, a contradiction and an unknown figure are refused, and why."""
    with pytest.raises(sc.UsageError, match=said):
        replicate(noisy, **named)


def test_what_is_no_scenario_is_refused() -> None:
    """Tests that something else than a scenario or a path is refused by the name of the function."""
    with pytest.raises(sc.UsageError, match="replicate needs a scenario, .* not int"):
        replicate(5)


def test_a_stored_replication_is_read_back_as_it_was(noisy: sc.Scenario, tmp_path: Path) -> None:
    """Tests that values, summary, goals, sentences and scenario come back to the last bit, with goals and without."""
    for name, asked in (("goals", {"until": "total_cost:20%"}), ("number", {"replications": 3})):
        found = replicate(noisy, MEASURES, **asked)
        stored = open_replication(found.write(tmp_path / name))
        for frame in ("values", "summary", "goals"):
            pd.testing.assert_frame_equal(getattr(stored, frame), getattr(found, frame))
        assert (stored.sentences, stored.seed, stored.scenario) == (found.sentences, found.seed, found.scenario)


def test_the_report_says_what_is_hardly_meant(noisy: sc.Scenario, tmp_path: Path) -> None:
    """Tests that what is written has a page with both figures and with every warning of the scenario."""
    meant = sc.Problem("beer.yaml:1:1", "nodes.retailer", "a mean of 0", "some demand")
    odd = replace(noisy, warnings=(meant,))
    folder = replicate(odd, "total_cost", replications=3).write(tmp_path / "kept")
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert "nodes.retailer: found a mean of 0; expected some demand" in text
    assert text.count('class="figure"') == 2
    assert "report.html" in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]


def test_figures_are_drawn_from_the_values(noisy: sc.Scenario) -> None:
    """Tests that the runs are all drawn, and that the mean ends at that of the summary with its interval."""
    found = replicate(noisy, MEASURES, replications=8)
    own = found.summary.set_index("measure").loc["fill_rate@retailer"]
    (dots,) = found.plot.values("total_cost").data
    assert sorted(dots.y) == sorted(found.values["total_cost"])
    low, high, mean = (np.asarray(line.y) for line in found.plot.convergence("fill_rate@retailer").data)
    assert len(mean) == 7
    assert mean[-1] == pytest.approx(100 * own["mean"])
    assert high[-1] - low[-1] == pytest.approx(200 * own["half_width"])
    with pytest.raises(sc.UsageError, match="no figure 'x'; there are: total_cost, fill_rate@retailer, "):
        found.plot.values("x")
    with pytest.raises(sc.UsageError, match="total_cost is defined in 1 of 1 replications: 2 needed"):
        replicate(noisy, "total_cost", replications=1).plot.convergence()


def test_another_replication_is_not_overwritten(noisy: sc.Scenario, tmp_path: Path) -> None:
    """Tests that a folder takes the same replications again, others only by force, and never a stranger's place."""
    one, other = (replicate(noisy, "total_cost", replications=count) for count in (2, 3))
    one.write(tmp_path / "kept")
    one.write(tmp_path / "kept")
    with pytest.raises(sc.UsageError, match="holds another replication"):
        other.write(tmp_path / "kept")
    other.write(tmp_path / "kept", force=True)
    assert open_replication(tmp_path / "kept").replications == 3
    (tmp_path / "kept" / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(sc.UsageError, match=r"also holds letter\.txt"):
        one.write(tmp_path / "kept", force=True)


def test_a_broken_folder_is_refused(noisy: sc.Scenario, tmp_path: Path) -> None:
    """Tests that a folder without a table, or with a run in it, is not opened, and why."""
    folder = replicate(noisy, "total_cost", replications=2).write(tmp_path / "broken")
    (folder / "values.csv").unlink()
    with pytest.raises(sc.UsageError, match=r"holds no whole replication: .*values\.csv"):
        open_replication(folder)
    sc.run(noisy, replications=1, record="summary").write(tmp_path / "run", report=False)
    with pytest.raises(sc.UsageError, match="holds a run; expected a replication"):
        open_replication(tmp_path / "run")
