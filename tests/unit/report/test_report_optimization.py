"""The page of an optimisation, and the numbers behind its figures."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import scmsim as sc
from scmsim.experiments.optimize.optimization import Optimization
from scmsim.experiments.optimize.optimize import optimize
from scmsim.report import page
from scmsim.report.optimization_figures import MOST_TRIALS, plot_candidates, plot_convergence, plot_search, thinned
from scmsim.report.optimization_page import data_candidates

SCENARIO = Path(__file__).parents[3] / "scenarios" / "newsvendor.yaml"
HOSTILE = "</script><script>alert(1)</script>"


def search(trials: int = 6, limits: tuple[str, ...] = ("fill_rate >= 0.5",)) -> Optimization:
    """Look for the newsvendor's stock in a few trials."""
    scenario = sc.load(SCENARIO)
    path = next(
        f"nodes.{node}.stock.{product}.policy.level"
        for node, said in scenario.file.nodes.items()
        for product in said.demand
    )
    return optimize(
        scenario,
        minimize="total_cost",
        subject_to=limits,
        vary={path: {"from": 1, "to": 200}},
        trials=trials,
        replications=3,
        where="here",
    )


@pytest.fixture(scope="module")
def found() -> Optimization:
    return search()


def test_the_best_so_far_counts_only_what_met_the_constraints(found: Optimization) -> None:
    """Tests that trials that missed a constraint are crosses, the others dots, and the line follows the dots alone."""
    frame = pd.DataFrame(
        {
            "trial": [1, 2, 3],
            "source": ["textbook", HOSTILE, "search"],
            "value": [5.0, 1.0, 4.0],
            "feasible": [True, False, True],
            "best": [5.0, 5.0, 4.0],
        }
    )
    missed, met, best = plot_convergence(frame, "total_cost").data
    assert (list(missed.x), list(met.x)) == ([2], [1, 3])
    assert list(best.y) == [5.0, 5.0, 4.0]
    assert "<script>" not in missed.customdata[0][1]


def test_of_many_trials_every_new_best_is_drawn() -> None:
    """Tests that thinning out keeps each trial that improved on all before it."""
    values = np.where(np.arange(9001) % 1500 == 7, 100.0 - np.arange(9001) / 100, 200.0)
    frame = pd.DataFrame({"trial": range(9001), "value": values, "feasible": True})
    frame["best"] = frame["value"].cummin()
    drawn = thinned(frame)
    assert len(drawn) <= MOST_TRIALS + 10
    assert set(frame.loc[frame["best"].diff() < 0, "trial"]) <= set(drawn["trial"])


def test_bars_reach_to_what_is_assured(found: Optimization) -> None:
    """Tests that the objective has its interval on both sides, a constrained measure its bound on one."""
    frame = data_candidates(found)
    cost, fill = (frame[frame["measure"] == measure].iloc[0] for measure in ("total_cost", "fill_rate"))
    first = found.candidates.iloc[0]
    assert cost["high"] - cost["mean"] == pytest.approx(first["half_width"])
    assert fill["low"] == first["assured fill_rate >= 0.5"]
    assert fill["high"] == fill["mean"]


def test_constraints_are_lines_in_the_unit_of_the_axis(found: Optimization) -> None:
    """Tests that a bound on a share stands at its percentage, and inside the view."""
    figure = plot_candidates(data_candidates(found), {"fill_rate": [0.5]})
    (line,) = figure.layout.shapes
    assert (line.x0, line.xref) == (50.0, "x2")
    low, high = figure.layout.xaxis2.range
    assert low < 50 < high


def test_every_trial_stands_in_the_field_of_every_parameter(found: Optimization) -> None:
    """Tests that the picture of the search holds all trials with a known objective."""
    figure = plot_search(found.trials, found.paths, "total_cost")
    assert [len(trace.x) for trace in figure.data] == [int(found.trials["estimate"].notna().sum())] * len(found.paths)


def test_the_page_says_what_to_paste(found: Optimization) -> None:
    """Tests that the best values stand as lines, the constraint in words, and seed and trials at the foot."""
    text = page(found)
    assert page(found) == text
    assert found.overrides[0] in text
    assert "Fill rate ≥ 50 %" in text
    assert f"<dt>trials</dt><dd>{len(found.trials)}</dd>" in text


def test_where_nothing_keeps_to_the_constraints_the_page_says_so() -> None:
    """Tests that the nearest values are not called the best."""
    text = page(search(3, ("fill_rate >= 0.5", "total_cost <= 0.001")))
    assert "The nearest values: no candidate is sure to keep to the constraints" in text
    assert "not shown to hold" in text


def test_names_are_text_on_the_page(found: Optimization) -> None:
    """Tests that markup in the source of a trial or in the scenario's question is shown, not run."""
    trials = found.trials.assign(source=HOSTILE)
    text = page(replace(found, trials=trials))
    assert HOSTILE not in text


def test_figures_can_be_had_one_by_one(found: Optimization) -> None:
    """Tests that ``plot`` gives the page's three figures."""
    assert repr(found.plot).endswith("convergence, search, candidates>")
    assert found.plot.convergence().layout.xaxis.title.text == "trial"
    assert len(found.plot.search().data) == len(found.paths)
    assert len(found.plot.candidates().layout.shapes) == 1
    unknown = replace(found, trials=found.trials.assign(estimate=np.nan))
    with pytest.raises(sc.UsageError, match="The objective is undefined for every candidate"):
        unknown.plot.search()


def test_warnings_of_the_scenario_stand_on_the_page(found: Optimization) -> None:
    """Tests that what is hardly meant is said before the values, and that there is no such part without a warning."""
    assert 'id="warnings"' not in page(found)
    sale = "{price: 9, promotions: [{from: 9000, until: 9010, discount: 0.2}]}"
    odd = replace(found, scenario=found.scenario.set(f"nodes.stand.sales.paper={sale}"))
    assert len(odd.scenario.warnings) == 1
    assert "found a promotion from 9000 until 9010, outside the run" in page(odd)
