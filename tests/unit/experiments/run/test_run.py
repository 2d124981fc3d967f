"""Several runs of one scenario, and what they say together."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import scmsim as sc
from scmsim.experiments.run.run import summarise
from scmsim.experiments.statistics.estimates import estimate
from scmsim.metrics import Collector, Figures

KEYS = ["metric", "segment", "node", "product"]


@pytest.fixture(scope="module")
def noisy(scenarios: Path) -> sc.Scenario:
    """A beer game with chance in it."""
    return sc.load(scenarios / "beer_game_noisy.yaml")


def test_figures_are_the_estimates_of_the_values(noisy: sc.Scenario) -> None:
    """Tests that mean, half-width and n of every figure follow from the values of the replications."""
    result = sc.run(noisy, replications=4, record="summary")
    draws = result.values["value"].to_numpy().reshape(4, -1)
    means, widths, counts = estimate(draws)
    np.testing.assert_array_equal(result.kpis["mean"], means)
    np.testing.assert_array_equal(result.kpis["half_width"], widths)
    np.testing.assert_array_equal(result.kpis["n"], counts)
    pd.testing.assert_frame_equal(result.values[KEYS].head(len(result.kpis)), result.kpis[KEYS])


def test_a_replication_does_not_depend_on_how_many_follow(noisy: sc.Scenario) -> None:
    """Tests that the first two of three replications are the same as two replications."""
    two, three = (sc.run(noisy, replications=count) for count in (2, 3))
    pd.testing.assert_frame_equal(three.values.query("replication <= 2"), two.values)
    pd.testing.assert_frame_equal(three.orders.query("replication <= 2"), two.orders)


def test_recording_changes_no_figure(noisy: sc.Scenario) -> None:
    """Tests that summary and full recording give the same figures, and only full gives tables."""
    summary, full = (sc.run(noisy, replications=2, record=record) for record in ("summary", "full"))
    pd.testing.assert_frame_equal(summary.kpis, full.kpis)
    assert summary.tables == {}
    assert set(full.tables) == {"orders", "shipments", "stock", "demand", "deliveries", "production", "forecasts"}
    assert all(list(frame["replication"].unique()) == [1, 2] for frame in full.tables.values())


def test_the_scenario_says_how_often_unless_told(noisy: sc.Scenario) -> None:
    """Tests that seed and replications are the scenario's own unless they are given."""
    changed = noisy.set("run.seed=7", "run.replications=2")
    assert sc.run(changed) == sc.run(changed, seed=7, replications=2)
    assert sc.run(changed).manifest["seed"] == 7


def test_progress_ends_with_everything_done(noisy: sc.Scenario) -> None:
    """Tests that progress never falls and ends with all replications."""
    seen: list[tuple[float, int]] = []
    sc.run(noisy, replications=3, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3.0, 3)
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"replications": 0}, "replications must be a whole number of at least 1, not 0"),
        ({"replications": 2.5}, r"replications must be a whole number of at least 1, not 2\.5"),
        ({"seed": -1}, "seed must be a whole number of at least 0, not -1"),
        ({"seed": True}, "seed must be a whole number of at least 0, not True"),
        ({"record": "everything"}, "record must be 'summary' or 'full', not 'everything'"),
    ],
    ids=str,
)
def test_arguments_out_of_range(noisy: sc.Scenario, arguments: dict[str, object], said: str) -> None:
    """Tests that an argument that makes no sense is refused in a sentence."""
    with pytest.raises(sc.UsageError, match=said):
        sc.run(noisy, **arguments)


def test_replications_that_measure_different_things_are_refused(scenarios: Path) -> None:
    """Tests that figures of different networks are never averaged."""
    figures = []
    for name in ("beer_game", "newsvendor"):
        collector = Collector(sc.load(scenarios / f"{name}.yaml").network)
        figures.append(Figures(collector))
    with pytest.raises(sc.SimulationError, match="do not measure the same things"):
        summarise(figures)


def test_a_result_shows_itself_in_a_notebook(noisy: sc.Scenario) -> None:
    """Tests that the notebook's view names the run and escapes what a scenario calls itself."""
    result = sc.run(noisy.set("name=<script>"), record="summary", replications=1)
    assert "&lt;script&gt;, seed" in result._repr_html_()
    assert "<script>" not in result._repr_html_()


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_is_loaded(scenarios: Path, kind: type) -> None:
    """Tests that run takes the path of a scenario file, too."""
    path = scenarios / "beer_game.yaml"
    assert sc.run(kind(path)) == sc.run(sc.load(path))


def test_what_is_no_scenario_is_refused() -> None:
    """Tests that run says how to make a scenario of something else, and that a missing file is told."""
    with pytest.raises(sc.UsageError, match="not dict: make one with load, loads or from_dict"):
        sc.run({"name": "shop"})  # type: ignore[arg-type]
    with pytest.raises(sc.UsageError, match=r"no file nowhere\.yaml"):
        sc.run("nowhere.yaml")
