"""Theory beside simulation: what is simulated, what the verdicts mean, and that both agree."""

import math
from pathlib import Path

import pytest

import scmsim
from scmsim.theory import theory
from scmsim.theory.comparison import Estimate, verdict

SCENARIOS = Path(__file__).parents[3] / "src" / "scmsim" / "verification" / "scenarios"
INTERVAL = Estimate(0.1, half_width=0.02, wide=0.05, replications=20)


@pytest.mark.parametrize(
    ("kind", "apart", "slack", "said"),
    [
        ("exact", INTERVAL._replace(mean=0.01), 0.0, "agrees"),
        ("exact", INTERVAL._replace(mean=-0.04), 0.0, "agrees, at the edge"),
        ("exact", INTERVAL, 0.0, "differs by 0.1"),
        ("approximation", INTERVAL, 0.09, "agrees"),
        ("lower bound", INTERVAL, 0.0, "bound holds"),
        ("lower bound", INTERVAL._replace(mean=-0.04), 0.0, "bound holds"),
        ("lower bound", INTERVAL._replace(mean=-0.1), 0.0, "breaks the bound"),
        ("upper bound", INTERVAL, 0.0, "breaks the bound"),
        ("exact", Estimate(0.1, math.nan, math.nan, 1), 0.0, "one run: no interval"),
        ("exact", Estimate(0.0, math.nan, math.nan, 1), 1e-6, "agrees"),
        ("exact", Estimate(math.nan, math.nan, math.nan, 0), 0.0, "not measured"),
    ],
)
def test_verdicts(kind: str, apart: Estimate, slack: float, said: str) -> None:
    """Tests that a verdict says on which side of which interval theory lies."""
    assert verdict(kind, apart, slack) == said


@pytest.mark.parametrize(
    ("name", "horizon", "replications"),
    [
        ("b01_moving_average", 250, 4),
        ("m07_three_retailers", 30, 6),
        ("s03_economic_order_quantity", 12.1625, 1),
        ("s07_min_max", 520, 4),
        ("s11_lost_sales", 60, 8),
    ],
)
def test_theory_agrees_with_the_engine(name: str, horizon: float, replications: int) -> None:
    """Tests that every figure that is recognised lies in the interval that the engine gives, the wide one at most."""
    scenario = scmsim.load(SCENARIOS / f"{name}.yaml", [f"time.horizon={horizon}"])
    found = theory(scenario, replications=replications)
    assert len(found.comparison) == len(found.known) > 2
    assert set(found.comparison.verdict) <= {"agrees", "agrees, at the edge", "bound holds"}
    assert found.replications == replications


def test_what_is_too_rare_is_not_called_wrong() -> None:
    """Tests that a level so high that the run sees no backorder is told as such, and is no difference."""
    level = ["nodes.shop.stock.item.policy.level=22", "nodes.shop.stock.item.initial=22", "time.horizon=25"]
    found = theory(scmsim.load(SCENARIOS / "s09_base_stock_continuous.yaml", level), replications=3)
    verdicts = dict(zip(found.comparison.measure, found.comparison.verdict, strict=True))
    assert verdicts["average_backorders"] == verdicts["fill_rate"] == "too rare to be seen"
    assert "too rare to be seen in this run" in found.sentences[0]


def test_a_start_that_counts_is_told() -> None:
    """Tests that a run without warm-up from an empty shelf differs from the long run, and that the reason is said."""
    scenario = scmsim.load(
        SCENARIOS / "s02_base_stock.yaml", ["time={unit: day, horizon: 20}", "nodes.stand.stock.paper.initial=0"]
    )
    found = theory(scenario, replications=5)
    assert found.comparison.verdict.str.startswith("differs").any()
    assert "There is no warm-up" in found.sentences[1]


def test_chance_is_run_ten_times_and_certainty_once() -> None:
    """Tests that a scenario with chance and one replication of its own is run ten times, one without chance once."""
    short = scmsim.load(SCENARIOS / "s07_min_max.yaml", ["run.replications=1", "time={unit: period, horizon: 40}"])
    assert theory(short).replications == 10
    assert theory(SCENARIOS / "s03_economic_order_quantity.yaml").replications == 1


def test_nothing_known_is_said_kindly(scenarios: Path) -> None:
    """Tests that a scenario without a known answer gives an empty table with its columns, and a sentence."""
    found = theory(scenarios / "disruption" / "fire.yaml")
    assert len(found.comparison) == 0
    assert "verdict" in found.comparison
    assert found.sentences[0].startswith("Nothing in this scenario has an answer that is recognised.")
    assert "Nothing in this scenario" in found._repr_html_()


@pytest.mark.parametrize("argument", ["replications", "seed"])
def test_arguments_are_checked(argument: str) -> None:
    """Tests that a number that cannot be is refused before anything is run."""
    with pytest.raises(scmsim.UsageError, match=f"{argument} must be a whole number"):
        theory(SCENARIOS / "s07_min_max.yaml", **{argument: -1})  # type: ignore[arg-type]
