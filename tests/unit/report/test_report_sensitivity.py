"""The page of a sensitivity analysis, and its figures."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import scmsim as sc
from scmsim.experiments.sensitivity.sensitivity import sensitivity
from scmsim.experiments.sweep.sweep import sweep
from scmsim.report import page
from scmsim.report.sensitivity_figures import MOST_FACTORS, plot_morris, plot_shares, plot_tornado

BEER = Path(__file__).parents[3] / "scenarios" / "beer_game.yaml"
WEIGHT, TARGET = "defaults.stock.policy.supply_line_weight", "defaults.stock.policy.target"
HOSTILE = "nodes.<script>alert(1)</script>.x"


def effects(**changes: list[object]) -> pd.DataFrame:
    """Give the effects of two factors, the second of which moves more, and down."""
    columns = {
        "factor": [HOSTILE, TARGET],
        "low": [0.0, 1.0],
        "high": [1.0, 9.0],
        "figure_at_low": [0.90, 0.95],
        "figure_at_high": [0.92, 0.80],
        "difference": [0.02, -0.15],
        "half_width": [0.01, np.nan],
        "figure": [0.91, 0.91],
    }
    return pd.DataFrame({**columns, **changes})


def test_a_tornado_has_the_largest_on_top_and_tells_the_direction() -> None:
    """Tests that bars reach from the figure at the lowest value to that at the highest, ranked by their size."""
    rises, falls = plot_tornado(effects(), "fill_rate").data
    assert (list(falls.y), list(rises.y)) == ([0], [1])
    assert (falls.base[0], falls.base[0] + falls.x[0]) == pytest.approx((95.0, 80.0))
    assert "&lt;script&gt;" in rises.customdata[0]


def test_the_scenario_as_it_is_stands_as_a_line_where_it_is_known() -> None:
    """Tests that the dotted line is at the scenario's own figure, and absent where there is none."""
    (line,) = plot_tornado(effects(), "fill_rate").layout.shapes
    assert line.x0 == pytest.approx(91.0)
    assert not plot_tornado(effects(figure=[np.nan, np.nan]), "fill_rate").layout.shapes


def test_changes_stand_with_their_half_widths() -> None:
    """Tests that a change is told with its interval where it has one, in the axis' unit."""
    notes = [note.text for note in plot_tornado(effects(), "fill_rate").layout.annotations]
    assert notes == ["−15", "+2 ± 1"]


def test_shares_are_ranked_by_the_last_index_and_cut() -> None:
    """Tests that the largest total is on top, that intervals are drawn, and that of many factors some are left out."""
    count = MOST_FACTORS + 10
    frame = pd.DataFrame({"factor": [f"a.f{number}" for number in range(count)], "first": 0.1})
    frame["total"] = np.arange(count) / count
    frame["total_low"], frame["total_high"] = frame["total"] - 0.1, frame["total"] + 0.2
    first, total = plot_shares(frame, {"first": "alone", "total": "in all"}, "share").data
    assert len(total.x) == MOST_FACTORS
    assert list(total.x) == sorted(total.x, reverse=True)
    assert list(total.error_x.array) == pytest.approx([0.2] * MOST_FACTORS)
    assert first.error_x.visible is False


def test_elementary_effects_of_a_share_are_in_points() -> None:
    """Tests that both axes of Morris's picture are in percent for a fill rate."""
    frame = pd.DataFrame(
        {"factor": [TARGET], "mu_star": [0.2], "mu_star_low": [0.1], "mu_star_high": [0.3], "sigma": [0.05]}
    )
    dots = plot_morris(frame, "fill_rate").data[0]
    assert (dots.x[0], dots.y[0], dots.error_x.array[0]) == pytest.approx((20.0, 5.0, 10.0))


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_the_page_of_a_sensitivity_is_whole(method: str) -> None:
    """Tests that each method has a tornado, its indices, its sentences and its origin."""
    found = sensitivity(
        sc.load(BEER),
        {WEIGHT: "0..1", TARGET: "10..30"},
        method,
        points=4,
        measures=["total_cost"],
        where="here",
    )
    text = page(found)
    assert 'id="tornado" class="figure"' in text
    assert 'id="indices" class="figure"' in text
    assert f"<dt>method</dt><dd>{method}</dd>" in text
    assert found.plot.tornado().layout.xaxis.title.text.startswith("Total cost")
    assert len(found.plot.indices("total_cost").data) == 2
    with pytest.raises(sc.UsageError, match="There is no measure 'cost'; there are: total_cost"):
        found.plot.tornado("cost")


def test_a_finished_sweep_has_a_page_of_its_sensitivity() -> None:
    """Tests that indices from the runs of a grid are drawn as those of an analysis of its own."""
    grid = sweep(sc.load(BEER), {WEIGHT: [0, 0.5, 1], TARGET: [10, 20]}, measures=["total_cost"], where="here")
    assert 'id="indices" class="figure"' in page(sensitivity(grid))
