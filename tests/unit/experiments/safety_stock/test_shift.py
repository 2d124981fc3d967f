"""The shift method: exact where theory is, and repeated where levels depend on each other."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import scmsim as sc
from scmsim.experiments.safety_stock.net_stock import READINGS, Sample
from scmsim.experiments.safety_stock.shift import SafetyStock, safety_stock

THEORY = "src/scmsim/verification/scenarios"


@pytest.mark.parametrize("target", [0.8, 0.9, 0.95])
def test_the_base_stock_is_the_poisson_quantile(target: float) -> None:
    """Tests that the level for a fill rate is the least S with P(N < S) at least the target: demand 4, lead time 2."""
    shop = sc.load(f"{THEORY}/s09_base_stock_continuous.yaml").set("time.horizon=600")
    found = safety_stock(shop, metric="fill_rate", target=target, where="here")
    assert found.levels["after"].tolist() == [stats.poisson(8).ppf(target) + 1]
    assert found.rounds == 1


def test_the_base_stock_is_the_normal_quantile() -> None:
    """Tests that 95 % of the periods need 250 + 1.645 × 8 × √5, within three standard errors of the quantile."""
    stand = sc.load(f"{THEORY}/s02_base_stock.yaml").set("time.horizon=520")
    found = safety_stock(stand, metric="period_service_level", target=0.95, where="here")
    sd = 8 * 5**0.5
    error = (0.95 * 0.05 / (500 * 10 / 5)) ** 0.5 / stats.norm.pdf(stats.norm.ppf(0.95)) * sd
    assert found.levels["after"].iloc[0] == pytest.approx(250 + stats.norm.ppf(0.95) * sd, abs=3 * error)


@pytest.mark.parametrize("metric", ["fill_rate", "period_service_level", "cycle_service_level", "ready_rate"])
def test_the_target_is_met_on_the_runs_that_were_read(metric: str) -> None:
    """Tests that the engine, run again at the new level on the same random numbers, gives the target itself."""
    stand = sc.load(f"{THEORY}/s02_base_stock.yaml").set("time.horizon=270")
    found = safety_stock(stand, metric=metric, target=0.9, replications=2, where="here")
    again = sc.run(stand.set(*found.overrides), replications=2, record="summary").values
    mine = again[(again["metric"] == metric) & (again["node"] == "stand") & (again["product"] == "paper")]
    assert mine["value"].mean() == pytest.approx(0.9, abs=0.006)


def test_both_levels_of_a_min_max_policy_move_alike() -> None:
    """Tests that (s, S) keeps S − s, and meets its target on fresh replications."""
    shop = sc.load("scenarios/min_max.yaml").set("time.horizon=220")
    found = safety_stock(shop, metric="fill_rate", target=0.9, where="here")
    before, after = found.levels["before"], found.levels["after"]
    assert after.diff().iloc[1] == before.diff().iloc[1] == 34
    assert found.levels["achieved"].iloc[0] == pytest.approx(0.9, abs=0.03)


def test_levels_that_depend_on_each_other_are_read_again() -> None:
    """Tests that every stage of a chain meets its target, which no single reading gives."""
    chain = sc.load("scenarios/three_stage_chain.yaml").set("time.horizon=420")
    found = safety_stock(chain, metric="fill_rate", target=0.95, nodes=["shop", "depot", "plant"], where="here")
    assert found.rounds > 1
    assert found.levels["achieved"].tolist() == pytest.approx([0.95] * 3, abs=0.01)


def test_a_computed_level_is_replaced() -> None:
    """Tests that a policy with a service level gets a level instead, and that the scenario accepts it."""
    stand = sc.load("scenarios/newsvendor.yaml").set(
        "time.horizon=100", "nodes.stand.stock.paper.policy={kind: base_stock, service_level: 0.5}"
    )
    found = safety_stock(stand, metric="fill_rate", target=0.99, where="here")
    assert "nodes.stand.stock.paper.policy.service_level=" in found.overrides
    assert stand.set(*found.overrides).network.points[0].policy is not None
    assert "policy.level" in found.to_yaml()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"metric": "total_cost"}, "no target can be set for 'total_cost': expected one of fill_rate, "),
        ({"target": 1.0}, "the target of fill_rate: found 1; expected a number between 0 and 1, both excluded"),
        ({"nodes": ["nowhere"]}, "no node 'nowhere'; the nodes are press, stand"),
        ({"nodes": ["press"]}, "press: no stock there whose level could be moved"),
    ],
)
def test_what_cannot_be_asked_is_refused(changes: dict, said: str) -> None:
    """Tests that a strange measure, target or node is refused in a sentence."""
    asked = {"metric": "fill_rate", "target": 0.9, **changes}
    with pytest.raises(sc.UsageError, match=said):
        safety_stock(sc.load("scenarios/newsvendor.yaml"), **asked)


def test_a_policy_without_a_level_is_refused() -> None:
    """Tests that a policy with nothing to move is named, with what is needed."""
    stand = sc.load("scenarios/newsvendor.yaml").set(
        "nodes.stand.stock.paper.policy={kind: scripted, orders: [1, 2]}", "time.horizon=5"
    )
    with pytest.raises(
        sc.UsageError, match="paper at stand: the shift method needs a policy with a local level .*scripted"
    ):
        safety_stock(stand, metric="fill_rate", target=0.9)


def test_without_chance_a_level_covers_what_is_known() -> None:
    """Tests that a deterministic scenario is run once, gives figures without an interval, and says what they mean."""
    game = sc.load("scenarios/beer_game_base_stock.yaml").set("time.horizon=20")
    found = safety_stock(game, metric="fill_rate", target=0.95, where="here")
    assert found.levels["half_width"].tolist() == [0.0]
    assert "Nothing in this scenario is left to chance" in found.sentences[-1]
    assert "±" not in "".join(found.sentences)


def test_a_move_is_the_quantile_of_net_stock() -> None:
    """Tests that of 20 periods that ended with −10 to 9 units left, 90 % need 8 units more: two may stay below 0."""
    left, ones = np.arange(-10.0, 10.0), np.ones(20)
    sample = Sample(before=left + 1, asked=ones, periods=left, cycles=left, states=left, spans=ones, loses=False)
    assert READINGS["period_service_level"](sample, 0.9) == 8


def test_a_target_that_fresh_replications_miss_is_said_to_be_missed() -> None:
    """Tests the caution on each side of the target, none within the interval, and what a high target would take."""
    rows = {"node": "shop", "product": "tea", "parameter": "level", "before": 9.0, "after": 8.0, "half_width": 0.001}

    def cautions(achieved: float, target: float = 0.98, seen: int = 400) -> tuple[str, ...]:
        levels = pd.DataFrame([rows | {"achieved": achieved}])
        return SafetyStock("fill_rate", target, levels, (), 1, True, 4, seen).cautions

    assert cautions(0.9804) == ()
    assert cautions(0.9774)[0].startswith("tea at shop: fresh replications miss the target of 0.98: fill_rate 0.9774 ±")
    assert "are above the target of 0.98" in cautions(0.99)[0]
    (said,) = cautions(1.0, target=0.9999)
    assert said.startswith("The runs that were read have 400 instants with demand: a service of 0.9999 cannot be told")
    assert "in fewer than 10,000." in said


def test_the_answer_says_how_many_replications_were_read() -> None:
    """Tests that four replications are not told as one run, and are counted with their days of demand."""
    stand = sc.load("scenarios/newsvendor.yaml").set("time.horizon=40")
    found = safety_stock(stand, metric="fill_rate", target=0.9, replications=4, where="here")
    assert found.sentences[-1] == "Levels for fill_rate 0.9, read off 4 replications."
    assert found.seen == 160
